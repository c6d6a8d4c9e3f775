/* draw: random numbers as a pure function of who draws, what for, and which draw it is.
 *
 * Word i of (seed, replication, entity, purpose, sub) is word i mod 4 of the Philox4x64-10 block with counter (i div 4, entity,
 * purpose, sub) and key (seed, replication). Streams therefore need no storage and no order of creation, a thread count cannot
 * change a result, and common random numbers hold by construction: request i of a source draws the same words in every
 * configuration. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11; implementation:
 * Random123. */
#ifndef SIM_DRAW_H
#define SIM_DRAW_H

#include <stddef.h>
#include <stdint.h>

struct draw_key {
	uint64_t seed, replication;
};

/* One word; 14-20 ns. For what is drawn rarely. */
uint64_t draw_word(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t index);

/* Words first .. first+count-1 into out; `first` and `count` are multiples of 4; about 3 ns a word. */
void draw_words(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t first, size_t count,
                uint64_t *out);

/* A uniform double strictly between 0 and 1: a multiple of 2^-52, plus 2^-53. */
static inline double draw_uniform(uint64_t word)
{
	return ((double)(word >> 12) + 0.5) * 0x1p-52;
}

/* A whole number below n (n >= 1), by the multiply-high method; bias below n/2^64. */
static inline uint64_t draw_below(uint64_t word, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)word * n) >> 64);
}

#endif
