/* intensity: see intensity.h. */
#include "models/arrivals/intensity.h"

#include <assert.h>

#include "sim/elementary.h"

static const double MONTH_NS = 30.0 * 86400e9; /* growth is stated over 30 days */

void intensity_init(struct intensity *i, const struct arrival_spec *spec)
{
	*i = (struct intensity){.rate_per_ns = spec->rate_per_s / 1e9, .steps = spec->pattern, .period = spec->pattern_period};
	if (spec->kind == ARRIVAL_RATES) {
		i->rate_per_ns = 1e-9;
		i->steps = spec->rates;
		i->period = 0;
		i->end = spec->rates_end;
	}
	if (spec->growth_per_month != 0)
		i->growth_per_ns = elementary_log1p(spec->growth_per_month) / MONTH_NS;
	i->flat = i->steps.count == 0 && i->growth_per_ns == 0;
}

/* Length of step k. */
static double step_length(const struct intensity *i, size_t k)
{
	simtime end = i->period ? i->period : i->end;
	simtime next = k + 1 < i->steps.count ? i->steps.offset[k + 1] : end;
	return (double)(next - i->steps.offset[k]);
}

static double growth_factor(const struct intensity *i, const struct intensity_cursor *c)
{
	if (i->growth_per_ns == 0)
		return 1;
	double start = i->steps.count ? (double)i->steps.offset[c->step] : 0;
	return elementary_exp(i->growth_per_ns * ((double)c->cycle + start + c->into_ns));
}

/* Expected arrivals in the next `span` ns at a rate that is `rate` now. */
static double integral(const struct intensity *i, double rate, double span)
{
	double k = i->growth_per_ns;
	return k == 0 ? rate * span : rate * elementary_expm1(k * span) / k;
}

/* The span after which `amount` have come; the caller knows that it is finite. */
static double inverse(const struct intensity *i, double rate, double amount)
{
	double k = i->growth_per_ns;
	return k == 0 ? amount / rate : elementary_log1p(amount * k / rate) / k;
}

static simtime clock(const struct intensity *i, const struct intensity_cursor *c)
{
	simtime start = i->steps.count ? i->steps.offset[c->step] : 0;
	double t = (double)start + c->into_ns;
	if (t + (double)c->cycle >= (double)SIMTIME_LONGEST)
		return SIMTIME_NEVER;
	return c->cycle + simtime_from_ns(t);
}

/* Without steps: one endless piece. Shrinking rates may hold fewer arrivals than asked for. */
static simtime advance_smooth(const struct intensity *i, struct intensity_cursor *c, double amount)
{
	double rate = i->rate_per_ns * growth_factor(i, c);
	if (rate <= 0 || (i->growth_per_ns < 0 && amount * -i->growth_per_ns >= rate))
		return SIMTIME_NEVER;
	c->into_ns += inverse(i, rate, amount);
	return clock(i, c);
}

/* To the start of the next step; false at the end of time. */
static bool next_step(const struct intensity *i, struct intensity_cursor *c)
{
	c->into_ns = 0;
	if (++c->step < i->steps.count)
		return true;
	if (i->period == 0 || c->cycle > SIMTIME_LONGEST) {
		c->step = i->steps.count - 1;
		c->into_ns = step_length(i, c->step);
		return false;
	}
	c->step = 0;
	c->cycle += i->period;
	return true;
}

simtime intensity_advance(const struct intensity *i, struct intensity_cursor *c, double amount)
{
	assert(amount > 0);
	if (i->steps.count == 0)
		return advance_smooth(i, c, amount);
	do {
		double left_ns = step_length(i, c->step) - c->into_ns;
		double rate = i->rate_per_ns * i->steps.value[c->step] * growth_factor(i, c);
		double here = rate > 0 && left_ns > 0 ? integral(i, rate, left_ns) : 0;
		if (amount <= here && here > 0) {
			double span = inverse(i, rate, amount);
			c->into_ns += span < left_ns ? span : left_ns;
			return clock(i, c);
		}
		amount -= here;
	} while (next_step(i, c));
	return SIMTIME_NEVER;
}

double intensity_expected(const struct intensity *i, simtime t)
{
	struct intensity_cursor c = {0};
	if (i->steps.count == 0)
		return integral(i, i->rate_per_ns, (double)t);
	double sum = 0;
	do {
		double start = (double)c.cycle + (double)i->steps.offset[c.step];
		double span = (double)t - start;
		if (span <= 0)
			return sum;
		double length = step_length(i, c.step);
		double rate = i->rate_per_ns * i->steps.value[c.step] * growth_factor(i, &c);
		sum += rate > 0 ? integral(i, rate, span < length ? span : length) : 0;
	} while (next_step(i, &c));
	return sum;
}
