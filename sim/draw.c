#include "sim/draw.h"

#include <assert.h>
#include <stdbool.h>

#include <Random123/philox.h>

#include "sim/base/wide.h"

enum { DRAW_BLOCK = 4 }; /* words in one Philox4x64 block */

/* Inlined, so that the ten keys of the rounds are computed once for a block of draws. */
__attribute__((always_inline)) static inline philox4x64_ctr_t draw_block(const struct draw_key *key, uint64_t block,
                                                                         uint64_t entity, uint64_t purpose, uint64_t sub)
{
	philox4x64_ctr_t counter = {{block, entity, purpose, sub}};
	philox4x64_key_t philox_key = {{key->seed, key->replication}};
	return philox4x64(counter, philox_key); /* ten rounds */
}

uint64_t draw_word(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t index)
{
	assert(key != NULL);
	return draw_block(key, index / DRAW_BLOCK, entity, purpose, sub).v[index % DRAW_BLOCK];
}

/* --- many words at a time -------------------------------------------------------------------------------------------------------- */

static void draw_one_by_one(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t block,
                            size_t count, uint64_t *out)
{
	for (size_t i = 0; i < count; i += DRAW_BLOCK, block++) {
		philox4x64_ctr_t words = draw_block(key, block, entity, purpose, sub);
		out[i] = words.v[0];
		out[i + 1] = words.v[1];
		out[i + 2] = words.v[2];
		out[i + 3] = words.v[3];
	}
}

enum { DRAW_LANES = 16, DRAW_ROUNDS = 10 };

/* The upper half of a 64 x 64 bit product from products of halves, which vector units have. */
__attribute__((always_inline)) static inline uint64_t draw_multiply_high(uint64_t a, uint64_t b)
{
	uint64_t low = UINT32_MAX, a0 = a & low, a1 = a >> 32, b0 = b & low, b1 = b >> 32;
	uint64_t cross = a0 * b1, other = a1 * b0, carry = (a0 * b0 >> 32) + (cross & low) + (other & low);
	return a1 * b1 + (cross >> 32) + (other >> 32) + (carry >> 32);
}

/* The same words for DRAW_LANES blocks side by side, in plain loops that the compiler turns into vectors: half the time where vectors
 * are 512 bits wide, and slower than one by one where they are not. Integers only, so no processor can tell. */
WIDE_VECTORS static void draw_side_by_side(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub,
                                           uint64_t block, uint64_t *restrict out)
{
	uint64_t a[DRAW_LANES], b[DRAW_LANES], c[DRAW_LANES], d[DRAW_LANES], seed = key->seed, replication = key->replication;
	for (size_t i = 0; i < DRAW_LANES; i++)
		a[i] = block + i, b[i] = entity, c[i] = purpose, d[i] = sub;
	for (int round = 0; round < DRAW_ROUNDS; round++) {
		for (size_t i = 0; i < DRAW_LANES; i++) {
			uint64_t ahigh = draw_multiply_high(a[i], PHILOX_M4x64_0), alow = a[i] * PHILOX_M4x64_0;
			uint64_t chigh = draw_multiply_high(c[i], PHILOX_M4x64_1), clow = c[i] * PHILOX_M4x64_1;
			a[i] = chigh ^ b[i] ^ seed;
			b[i] = clow;
			c[i] = ahigh ^ d[i] ^ replication;
			d[i] = alow;
		}
		seed += PHILOX_W64_0;
		replication += PHILOX_W64_1;
	}
	for (size_t i = 0; i < DRAW_LANES; i++)
		out[4 * i] = a[i], out[4 * i + 1] = b[i], out[4 * i + 2] = c[i], out[4 * i + 3] = d[i];
}

void draw_words(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t first, size_t count,
                uint64_t *out)
{
	enum { SPAN = DRAW_LANES * DRAW_BLOCK };
	assert(key != NULL);
	assert(first % DRAW_BLOCK == 0 && count % DRAW_BLOCK == 0);
	assert(out != NULL || count == 0);
	size_t done = 0;
	if (wide_vectors())
		for (; count - done >= SPAN; done += SPAN)
			draw_side_by_side(key, entity, purpose, sub, (first + done) / DRAW_BLOCK, out + done);
	draw_one_by_one(key, entity, purpose, sub, (first + done) / DRAW_BLOCK, count - done, out + done);
}
