/* ramp: how fast one function may scale: the environments limb and the request limb of Lambda's scaling rate.
 *
 * 1. Environments: 1,000 new ones every 10 seconds for each function, refilled continuously, never more than 1,000 in hand: a bucket of
 *    1,000 tokens that refills at 100 a second, one token for each new environment.
 * 2. Requests: the served rate may grow by 10,000 requests a second every 10 seconds. As an algorithm over whole seconds: with s[n] the
 *    admissions in second n, second n may admit s[n-1] + h[n], where s[-1] = 0, h[0] = 10,000 and
 *    h[n+1] = min(10,000, h[n] - max(0, s[n] - s[n-1]) + 1,000). It binds when invocations last under 100 ms.
 * Source: AWS Lambda Developer Guide, "Lambda scaling behavior" (concurrency scaling rate); the formulas are our reading of it. */
#ifndef MODELS_LIFE_RAMP_H
#define MODELS_LIFE_RAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/gcra.h"

enum {
	RAMP_BURST = 1000,          /* environments in hand at most */
	RAMP_REFILL_PER_S = 100,    /* 1,000 every 10 s */
	RAMP_REQUEST_BURST = 10000, /* requests a second, at most, above the last second's */
	RAMP_REQUEST_REFILL = 1000  /* 10,000 every 10 s */
};

struct ramp {
	struct gcra environments;
	int64_t room;       /* admissions left in this second; INT64_MAX when unlimited */
	int64_t admitted;   /* in this second */
	int64_t before;     /* in the last second */
	int64_t headroom;   /* h of this second */
	simtime second_end; /* when this second ends; SIMTIME_NEVER when unlimited */
};

void ramp_init(struct ramp *r, bool unlimited);
void ramp__roll(struct ramp *r, simtime now);

/* Whether the request limb admits one more at `now`. */
static inline bool ramp_request_ready(struct ramp *r, simtime now)
{
	if (__builtin_expect(now >= r->second_end, 0))
		ramp__roll(r, now);
	return r->room > 0;
}

/* Counts an admission that ramp_request_ready has seen. */
static inline void ramp_request_take(struct ramp *r)
{
	r->room--;
	r->admitted++;
}

static inline bool ramp_environment_ready(const struct ramp *r, simtime now)
{
	return gcra_ready(&r->environments, now);
}

static inline void ramp_environment_take(struct ramp *r, simtime now)
{
	gcra_take(&r->environments, now);
}

#endif
