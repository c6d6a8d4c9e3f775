#include "sim/draw.h"

#include <assert.h>

#include <Random123/philox.h>

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

void draw_words(const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub, uint64_t first, size_t count,
                uint64_t *out)
{
	assert(key != NULL);
	assert(first % DRAW_BLOCK == 0 && count % DRAW_BLOCK == 0);
	assert(out != NULL || count == 0);
	uint64_t block = first / DRAW_BLOCK;
	for (size_t i = 0; i < count; i += DRAW_BLOCK, block++) {
		philox4x64_ctr_t words = draw_block(key, block, entity, purpose, sub);
		out[i] = words.v[0];
		out[i + 1] = words.v[1];
		out[i + 2] = words.v[2];
		out[i + 3] = words.v[3];
	}
}
