/* keylaw: which partition key or message group an event has: a number from 0, uniform or with Zipf's law. Inversion: one word, one key. */
#ifndef MODELS_INVOKE_KEYLAW_H
#define MODELS_INVOKE_KEYLAW_H

#include <stdint.h>

#include "models/spec/resource.h"
#include "sim/arena.h"

/* Compiled; const afterwards. */
struct key_law {
	uint32_t count;        /* 0: no keys */
	const uint64_t *below; /* zipf: key k for words below below[k]; NULL: uniform */
};

void key_law_compile(struct key_law *law, const struct keys_spec *spec, struct arena *a);

/* The key of a random word; 0 where there are none. */
uint32_t key_of(const struct key_law *law, uint64_t word);

#endif
