#include "sim/stopping.h"

#include <assert.h>
#include <math.h>

void stopping_init(struct stopping *s, double precision, uint64_t cap)
{
	assert(precision > 0);
	assert(cap >= 1);
	*s = (struct stopping){.precision = precision, .cap = cap};
}

/* How wide an interval is for its mean: infinite where that cannot be told, 0 where there is nothing to be precise about. */
static double stopping_relative(const struct interval *i)
{
	if (!interval_known(i))
		return 0;
	double half = interval_half_width(i);
	if (isnan(half))
		return INFINITY;
	assert(half >= 0);
	return half == 0 ? 0 : half / fabs(i->mean);
}

static void stopping_look(struct stopping *s, const struct interval *watched, size_t count)
{
	s->worst = 0;
	s->worst_relative = 0;
	for (size_t i = 0; i < count; i++) {
		double relative = stopping_relative(&watched[i]);
		if (relative > s->worst_relative) {
			s->worst = i;
			s->worst_relative = relative;
		}
	}
	s->reached = s->worst_relative <= s->precision;
}

uint64_t stopping_next(struct stopping *s, uint64_t done, const struct interval *watched, size_t count)
{
	assert(s->cap >= 1);
	assert(watched != NULL || count == 0);
	uint64_t left = done < s->cap ? s->cap - done : 0, batch = STOPPING_BATCH;
	if (done < STOPPING_FIRST && left > 0) {
		batch = STOPPING_FIRST - done;
		return batch < left ? batch : left;
	}
	stopping_look(s, watched, count);
	if (s->reached)
		return 0;
	return batch < left ? batch : left;
}
