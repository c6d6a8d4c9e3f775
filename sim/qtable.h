/* qtable: a quantile function as a table of cubics: one random word in, one value out, in a few nanoseconds.
 *
 * The top bit of the word picks the side of the median; the other 63 say how far out in that tail: v = (2r + 1) / 2^65, with r the
 * word on the lower side and its complement on the upper side, so that v is the lower or upper tail probability, from 2^-65 to 1/2.
 * Cells are log-linear in v: each octave of v is cut into 2^bits equal cells, as many as the error asks for, so that both tails are
 * as exact as the middle, as far out as a 64-bit word reaches. In each cell a cubic through four points of the quantile function;
 * neighbours share their ends, so the whole is continuous. A cell that holds a kink or a jump (mixtures) is cut again, and again.
 *
 * Monotone: a larger word never gives a smaller value, rounding included. The way through a cell is taken in 2^32 steps, and a
 * cubic is accepted only when its smallest slope makes each step larger than what rounding can take away; otherwise the cell is
 * linear.
 *
 * Immutable after compilation, so threads may share it. The arithmetic is plain IEEE: the same bits on every processor. */
#ifndef SIM_QTABLE_H
#define SIM_QTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/arena.h"

enum { QTABLE_OCTAVES = 64 };

/* value = c[0] + c[1] t + c[2] t^2 + c[3] t^3 with t in [0, 1) growing with v; one cell is half a cache line.
 * c[3] NaN: the cell is cut again, and c[0] is the index of its parts in `finer`. */
struct qtable_cell {
	double c[4];
};

/* 2^bits cells from index `first` on; `uneven`: some of them are cut again. One word, so that vectors of them can be loaded:
 * first | bits << 32 | uneven << 63. */
struct qtable_cut {
	uint64_t word;
};

static inline uint32_t qtable__first(struct qtable_cut c)
{
	return (uint32_t)c.word;
}

static inline unsigned qtable__bits(struct qtable_cut c)
{
	return c.word >> 32 & 63;
}

static inline bool qtable__cut_again(struct qtable_cut c)
{
	return c.word >> 63;
}

/* The fields are private; they stand here because qtable_value is inline. */
struct qtable {
	struct qtable_cut octave[2 * QTABLE_OCTAVES]; /* lower side, then upper; by number of leading zeros */
	struct qtable_cell *cells;
	struct qtable_cut *finer;
	size_t cell_count, finer_count;
	double error_bound; /* see qtable_compile */
};

/* The quantile function: p and q are the lower and upper tail probabilities; the smaller one is exact. Must not decrease in p, and
 * be finite. */
typedef double qtable_quantile(const void *ctx, double p, double q);

/* Compiles a table into `a`. `scale` > 0 says how small a value still matters: errors are relative to the value, or to scale x
 * 2^-30 where the value is smaller. The largest one at the points where a cubic's error peaks goes to `error_bound`; cells narrower
 * than 2^-26 of their octave, which hold the jumps, are left out of it: there the value is right for a probability that much
 * off. */
const struct qtable *qtable_compile(qtable_quantile *quantile, const void *ctx, double scale, struct arena *a);

double qtable__uneven(const struct qtable *t, struct qtable_cut cut, uint64_t fraction); /* descends into cells cut again */

/* The value of a cell at `fraction` / 2^64 of its width. */
static inline double qtable__cubic(const struct qtable_cell *cell, uint64_t fraction)
{
	uint64_t bits = 0x3ff0000000000000u | fraction >> 32 << 20; /* the double 1 + t */
	double t;
	memcpy(&t, &bits, sizeof t);
	t -= 1;
	return cell->c[0] + (t * cell->c[1] + t * t * (cell->c[2] + t * cell->c[3]));
}

/* The value that belongs to a random word. */
static inline double qtable_value(const struct qtable *t, uint64_t word)
{
	uint64_t upper = word >> 63;
	uint64_t r = (word ^ -upper) << 1 | 1; /* v = r / 2^65 */
	unsigned octave = (unsigned)__builtin_clzll(r);
	uint64_t fraction = r << octave << 1; /* of the octave, in units of 2^-64 */
	struct qtable_cut cut = t->octave[upper * QTABLE_OCTAVES + octave];
	if (__builtin_expect(qtable__cut_again(cut), 0))
		return qtable__uneven(t, cut, fraction);
	const struct qtable_cell *cell = &t->cells[qtable__first(cut) + (fraction >> 1 >> (63 - qtable__bits(cut)))];
	return qtable__cubic(cell, fraction << qtable__bits(cut));
}

/* The same for `count` words, to the bit; faster where the processor has wide vectors. */
void qtable_values(const struct qtable *t, const uint64_t *words, size_t count, double *out);

#endif
