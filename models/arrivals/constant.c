/* constant: equal gaps; the first request comes at 1/Rate. Times are computed from the request's number, so they do not drift. */
#include "models/arrivals/arrival.h"

static simtime flat_time(const struct arrival_plan *p, uint64_t number)
{
	double t = (double)(number + 1) / p->spec->rate_per_s * 1e9;
	return t < (double)SIMTIME_LONGEST ? simtime_from_ns(t) : SIMTIME_NEVER;
}

static void fill(struct arrival_stream *s)
{
	const struct arrival_plan *p = s->plan;
	for (size_t i = 0; i < ARRIVAL_BLOCK; i++) {
		if (p->intensity.flat)
			s->block[i] = flat_time(p, s->index + i);
		else if (i > 0 && s->block[i - 1] == SIMTIME_NEVER)
			s->block[i] = SIMTIME_NEVER;
		else
			s->block[i] = intensity_advance(&p->intensity, &s->cursor, 1);
	}
}

const struct arrival_ops arrival_constant = {"constant", fill};
