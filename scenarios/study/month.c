/* month: see month.h. */
#include "scenarios/study/month.h"

#include "models/money/bill.h"

/* Whether a file of rates stands for itself when `span` is simulated: when that is all of it, or all but a closing row of no traffic,
 * or when its rate never changes. */
static bool covered(const struct arrival_spec *t, simtime span)
{
	size_t last = t->rates.count - 1;
	bool constant = t->rates_end == SIMTIME_LONGEST && last == 0;
	return constant || span == t->rates_end || (last > 0 && t->rates.value[last] == 0 && span == t->rates.offset[last]);
}

static const char *rates_obstacle(const struct source_spec *s, simtime span, struct arena *a)
{
	const struct arrival_spec *t = &s->arrivals;
	if (t->rates_end == SIMTIME_LONGEST)
		return arena_format(a, "the only rate of %s begins after %.10g s and has no end", s->name,
		                    simtime_s(t->rates.offset[t->rates.count - 1]));
	return arena_format(a, "the rates of %s last %.10g s but %.10g s were simulated", s->name, simtime_s(t->rates_end),
	                    simtime_s(span));
}

/* A schedule's firings are times too, but a month has more of the same. */
static bool is_schedule(const struct source_spec *s)
{
	return s->kind == SOURCE_SCHEDULE || s->kind == SOURCE_SCHEDULER;
}

/* Why a source's traffic cannot stand for a month when `span` of it was simulated; NULL when it can. */
static const char *obstacle(const struct source_spec *s, simtime span, struct arena *a)
{
	const struct arrival_spec *t = &s->arrivals;
	if (t->growth_per_month != 0)
		return arena_format(a, "the traffic of %s grows, so no month is like another", s->name);
	if (t->kind == ARRIVAL_TIMES && !is_schedule(s))
		return arena_format(a, "%s replays recorded times, which have no period", s->name);
	if (t->kind == ARRIVAL_RATES && !covered(t, span))
		return rates_obstacle(s, span, a);
	if (t->pattern_period > 0 && span % t->pattern_period != 0)
		return arena_format(a, "%.10g s is no whole number of periods (%.10g s) of the pattern of %s", simtime_s(span),
		                    simtime_s(t->pattern_period), s->name);
	return NULL;
}

struct month month_of(const struct scenario *s, simtime warm_up, struct arena *a)
{
	struct month m = {0};
	simtime span = s->duration - warm_up;
	for (size_t i = 0; i < s->source_count; i++) {
		const char *why = obstacle(&s->sources[i], span, a);
		if (why) {
			m.text = arena_format(a, "no monthly cost: %s", why);
			return m;
		}
	}
	m.known = true;
	m.factor = BILL_MONTH_H * 3600.0 / simtime_s(span);
	m.text = arena_format(
		a, "a month is %d h: the simulated %.10g s, %.6g times over, after tiers and the free tier of the account",
		BILL_MONTH_H, simtime_s(span), m.factor);
	return m;
}
