/* renewal: independent gaps in operational time: exponential (Poisson, also with given rates), gamma (renewal). */
#include "models/arrivals/arrival.h"
#include "models/spec/purpose.h"

/* At a constant rate the running sum itself is the time: one multiplication. */
static void fill_flat(struct arrival_stream *s, const double *gaps)
{
	const struct arrival_plan *p = s->plan;
	double sum = s->operational, ns = 1 / p->intensity.rate_per_ns;
	for (size_t i = 0; i < ARRIVAL_BLOCK; i++) {
		sum += gaps[i];
		double t = sum * ns;
		s->block[i] = t < (double)SIMTIME_LONGEST ? simtime_from_ns(t) : SIMTIME_NEVER;
	}
	s->operational = sum;
}

static void fill_shaped(struct arrival_stream *s, const double *gaps)
{
	const struct arrival_plan *p = s->plan;
	bool over = false;
	for (size_t i = 0; i < ARRIVAL_BLOCK; i++) {
		if (!over)
			s->block[i] = intensity_advance(&p->intensity, &s->cursor, gaps[i] > 0 ? gaps[i] : 1e-300);
		over = over || s->block[i] == SIMTIME_NEVER;
		if (over)
			s->block[i] = SIMTIME_NEVER;
	}
}

static void fill(struct arrival_stream *s)
{
	uint64_t words[ARRIVAL_BLOCK];
	double gaps[ARRIVAL_BLOCK];
	draw_words(&s->key, s->plan->entity, PURPOSE_ARRIVAL, 0, s->index, ARRIVAL_BLOCK, words);
	variate_values(&s->plan->gap, words, ARRIVAL_BLOCK, gaps);
	if (s->plan->intensity.flat)
		fill_flat(s, gaps);
	else
		fill_shaped(s, gaps);
}

const struct arrival_ops arrival_renewal = {"renewal", fill};
const struct arrival_ops arrival_poisson = {"poisson", fill};
const struct arrival_ops arrival_rates = {"rates", fill};
