/* ramp: see ramp.h. */
#include "models/life/ramp.h"

void ramp_init(struct ramp *r, bool unlimited)
{
	*r = (struct ramp){0};
	gcra_init(&r->environments, unlimited ? __builtin_inf() : RAMP_REFILL_PER_S, RAMP_BURST);
	r->headroom = RAMP_REQUEST_BURST;
	r->room = unlimited ? INT64_MAX : RAMP_REQUEST_BURST;
	r->second_end = unlimited ? SIMTIME_NEVER : SIMTIME_SECOND;
}

/* One second ends: h and s move on. */
static void next_second(struct ramp *r)
{
	int64_t growth = r->admitted - r->before;
	int64_t headroom = r->headroom - (growth > 0 ? growth : 0) + RAMP_REQUEST_REFILL;
	r->headroom = headroom < RAMP_REQUEST_BURST ? headroom : RAMP_REQUEST_BURST;
	r->before = r->admitted;
	r->admitted = 0;
	r->second_end += SIMTIME_SECOND;
}

void ramp__roll(struct ramp *r, simtime now)
{
	/* After two empty seconds s is 0, and after ten more h is full: nothing changes from there but the clock. */
	enum { SETTLED_S = 12 };
	simtime gap = now - r->second_end;
	if (gap > (SETTLED_S + 1) * SIMTIME_SECOND) {
		r->headroom = RAMP_REQUEST_BURST;
		r->admitted = r->before = 0;
		r->second_end = (now / SIMTIME_SECOND + 1) * SIMTIME_SECOND;
	}
	while (now >= r->second_end)
		next_second(r);
	r->room = r->before + r->headroom;
}
