/* gcra: a token bucket with continuous refill as one number, the generic cell rate algorithm (ITU-T I.371).
 *
 * A bucket of `depth` tokens that refills at `rate` a second, full at the start, is the theoretical arrival time of the next conforming
 * event: taking a token moves it one interval on; a token is there when it lies at most (depth - 1) intervals ahead of now. One add and
 * one compare. Intervals that are no whole nanoseconds are carried in 2^-32 ns, so a rate is exact over any length of run. */
#ifndef SIM_GCRA_H
#define SIM_GCRA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/simtime.h"

struct gcra {
	simtime theoretical; /* theoretical arrival time, whole nanoseconds */
	uint32_t fraction;   /* and 2^-32 ns */
	uint32_t step_fraction;
	simtime step;  /* the interval */
	simtime ahead; /* how far ahead of now it may lie: (depth - 1) intervals; SIMTIME_NEVER for no limit */
};

/* rate > 0 tokens a second, depth >= 1 tokens. rate = infinity: no limit. */
void gcra_init(struct gcra *g, double rate_per_s, double depth);

static inline bool gcra_ready(const struct gcra *g, simtime now)
{
	return g->theoretical - now <= g->ahead;
}

/* Takes a token that gcra_ready has seen. */
static inline void gcra_take(struct gcra *g, simtime now)
{
	if (g->theoretical < now) {
		g->theoretical = now;
		g->fraction = 0;
	}
	uint32_t fraction = g->fraction + g->step_fraction;
	g->theoretical += g->step + (fraction < g->step_fraction);
	g->fraction = fraction;
}

#endif
