/* gslrng: a generator for GSL's own samplers (gsl_ran_*) over the words of draw.h.
 *
 * For what has no inverse that is worth compiling. A sampler takes as many words as it likes; since the stream belongs to one
 * (entity, purpose, sub), that moves no other stream. Nothing is allocated: the state stands in the struct, which must not be
 * moved. */
#ifndef SIM_GSLRNG_H
#define SIM_GSLRNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "sim/draw.h"

enum { GSLRNG_AHEAD = 4 };

struct gslrng_state {
	struct draw_key key;
	uint64_t entity, purpose, sub;
	uint64_t index;               /* of the next word */
	uint64_t words[GSLRNG_AHEAD]; /* the block that holds it, once its first word was asked for */
};

struct gslrng {
	gsl_rng rng; /* give &g.rng to GSL */
	struct gslrng_state state;
};

/* Begins the stream at its word 0. */
void gslrng_init(struct gslrng *g, const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub);

/* For gsl_rng_alloc and GSL's own tests: values 0 .. 2^64 - 1; gsl_rng_set(s) begins the stream (seed s, all else 0). */
const gsl_rng_type *gslrng_type(void);

#endif
