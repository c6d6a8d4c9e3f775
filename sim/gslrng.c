#include "sim/gslrng.h"

#include <assert.h>
#include <limits.h>

static_assert(ULONG_MAX == UINT64_MAX, "GSL hands random numbers on as unsigned long");

static unsigned long gslrng_get(void *state)
{
	struct gslrng_state *s = state;
	uint64_t at = s->index % GSLRNG_AHEAD;
	if (at == 0)
		draw_words(&s->key, s->entity, s->purpose, s->sub, s->index, GSLRNG_AHEAD, s->words);
	s->index++;
	return s->words[at];
}

static double gslrng_get_double(void *state)
{
	double u = draw_uniform(gslrng_get(state));
	assert(u > 0 && u < 1);
	return u;
}

static void gslrng_set(void *state, unsigned long seed)
{
	*(struct gslrng_state *)state = (struct gslrng_state){.key = {.seed = seed}};
}

const gsl_rng_type *gslrng_type(void)
{
	static const gsl_rng_type type = {"philox4x64", ULONG_MAX,        0, sizeof(struct gslrng_state), gslrng_set,
	                                  gslrng_get,   gslrng_get_double};
	return &type;
}

void gslrng_init(struct gslrng *g, const struct draw_key *key, uint64_t entity, uint64_t purpose, uint64_t sub)
{
	assert(key != NULL);
	g->state = (struct gslrng_state){.key = *key, .entity = entity, .purpose = purpose, .sub = sub};
	g->rng = (gsl_rng){gslrng_type(), &g->state};
}
