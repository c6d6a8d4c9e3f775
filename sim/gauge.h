/* gauge: a level that changes in steps over simulated time: its time average and its maximum. */
#ifndef SIM_GAUGE_H
#define SIM_GAUGE_H

#include <assert.h>

#include "sim/simtime.h"

struct gauge {
	int64_t level; /* now; never negative */
	int64_t max;   /* highest level since the last gauge_peak_reset */
	simtime since; /* of the last change */
	area128 area;  /* level x nanoseconds up to `since` */
};

/* Brings the area up to `now`. */
static inline void gauge_settle(struct gauge *g, simtime now)
{
	assert(now >= g->since);
	g->area += (area128)(uint64_t)g->level * (uint64_t)(now - g->since);
	g->since = now;
}

static inline void gauge_up(struct gauge *g, simtime now)
{
	gauge_settle(g, now);
	if (++g->level > g->max)
		g->max = g->level;
}

static inline void gauge_down(struct gauge *g, simtime now)
{
	gauge_settle(g, now);
	g->level--;
	assert(g->level >= 0);
}

/* A level of which only the maximum is wanted: the account's is the sum of its functions', and so are their areas. */
struct level {
	int64_t now, max;
};

static inline void level_up(struct level *l)
{
	if (++l->now > l->max)
		l->max = l->now;
}

static inline void level_down(struct level *l)
{
	l->now--;
	assert(l->now >= 0);
}

static inline int64_t level_peak_reset(struct level *l)
{
	int64_t max = l->max;
	l->max = l->now;
	return max;
}

/* A new span for the maximum begins: it is at least the present level. Returns the maximum of the span that ends. */
static inline int64_t gauge_peak_reset(struct gauge *g)
{
	int64_t max = g->max;
	g->max = g->level;
	return max;
}

#endif
