/* occupancy: without limits a function is an M/G/infinity queue: concurrency is Poisson distributed with mean rate x mean duration,
 * whatever the distribution of durations; and before the steady state with mean rate x the integral of P(duration > t).
 * Source: any text on queues, e.g. Kleinrock, "Queueing Systems" I, 3.8; Takacs 1962. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/distribution.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

static const double RATE = 10, MEAN_S = 1;

struct service {
	const char *name;
	struct distribution duration;
	uint64_t seed; /* its own: with a common one all would have the same arrivals */
};

/* Integral of P(duration > t) over [0, to] seconds: midpoints of pieces of 1 ms, at whose ends the kinks and jumps here lie. */
static double tail_area(const struct distribution *d, double to_s)
{
	const double step = 0.001;
	long pieces = lround(to_s / step);
	double sum = 0;
	for (long i = 0; i < pieces; i++)
		sum += 1 - distribution_cdf(d, ((double)i + 0.5) * step * 1e9);
	return sum * step;
}

/* --- the mean
 * ------------------------------------------------------------------------------------------------------------------- */

/* The warm-up that is left out is long enough when what is still missing of the mean just after it, and so at most in all the
 * rest, is under a tenth of the interval's half-width. For the lognormal with CV 2 that takes minutes: its residual durations
 * are long. */
static void means(struct expect *x, const struct service *v)
{
	enum { REPLICATIONS = 40 };
	const double warm_up_s = x->full ? 400 : 200;
	struct scenario *s = build_scenario((x->full ? 40400 : 4200) * SIMTIME_SECOND, v->seed);
	s->warm_up = (simtime)warm_up_s * SIMTIME_SECOND;
	build_function(s, "F", v->duration);
	build_source(s, "F", 0, SOURCE_INVOKE, RATE);
	struct trial t;
	trial_init(&t, s);
	double busy[REPLICATIONS], variance = 0, truth = RATE * MEAN_S;
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		busy[r] = trial_run(&t, r)->functions[0].busy_mean;
		variance += (busy[r] - truth) * (busy[r] - truth) / REPLICATIONS;
	}
	expect_mean(x, busy, REPLICATIONS, truth, 0.02, "%s: mean concurrency", v->name);
	double half = 2.02 * sqrt(variance / REPLICATIONS), missing = truth - RATE * tail_area(&v->duration, warm_up_s);
	expect_between(x, missing, -1e-6, half / 10,
	               "%s: mean still missing when the warm-up ends, against a tenth of the half-width", v->name);
	trial_fini(&t);
	build_free(s);
}

/* --- the shape
 * ------------------------------------------------------------------------------------------------------------------ */

/* Requests stop at BLOCK_S, and the series' periods are one second: so the highest concurrency in the period that begins then is
 * the concurrency at that very instant. */
enum { BLOCK_S = 40, LEVELS = 64 };

static struct scenario *stopping_traffic(const struct service *v)
{
	struct scenario *s = build_scenario(160 * SIMTIME_SECOND, v->seed);
	build_function(s, "F", v->duration);
	struct source_spec *source = build_source(s, "F", 0, SOURCE_INVOKE, 0);
	simtime *offset = ARENA_NEW(&s->arena, simtime);
	double *rate = ARENA_NEW(&s->arena, double);
	*rate = RATE;
	source->arrivals =
		(struct arrival_spec){.kind = ARRIVAL_RATES, .rates = {offset, rate, 1}, .rates_end = BLOCK_S * SIMTIME_SECOND};
	return s;
}

static double poisson(double mean, int n)
{
	return exp(-mean + n * log(mean) - lgamma(n + 1));
}

static void shape(struct expect *x, const struct service *v)
{
	const size_t samples = x->full ? 100000 : 6000;
	struct scenario *s = stopping_traffic(v);
	struct trial t;
	trial_init(&t, s);
	if (!expect_true(x, t.plan->period == SIMTIME_SECOND, "%s: periods of one second", v->name))
		return;
	double *levels = calloc(samples, sizeof *levels), *squares = calloc(samples, sizeof *squares);
	double counts[LEVELS] = {0}, expected[LEVELS];
	double mean = RATE * tail_area(&v->duration, BLOCK_S);
	for (size_t r = 0; r < samples; r++) {
		levels[r] = (double)trial_run(&t, r)->functions[0].rows[BLOCK_S].busy_max;
		counts[(int)levels[r]]++;
		squares[r] = (levels[r] - mean) * (levels[r] - mean) / mean;
	}
	for (int n = 0; n < LEVELS; n++)
		expected[n] = (double)samples * poisson(mean, n);
	expect_mean(x, levels, samples, mean, 0.02, "%s: mean at an instant", v->name);
	expect_fit(x, counts, expected, LEVELS, "%s: concurrency at an instant is Poisson(%.6g)", v->name, mean);
	expect_mean(x, squares, samples, 1, 0.1, "%s: variance over mean", v->name);
	free(squares);
	free(levels);
	trial_fini(&t);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	const struct service services[] = {
		{"exponential", build_exponential(MEAN_S), 1},
		{"lognormal, CV 2", build_lognormal(MEAN_S, 2), 2},
		{"uniform", build_uniform(0, 2 * MEAN_S), 3},
		{"constant", build_constant(MEAN_S), 4},
	};
	expect_title("M/G/infinity, %g requests a second, mean duration %g s", RATE, MEAN_S);
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		means(&x, &services[i]);
		shape(&x, &services[i]);
	}
	return expect_end(&x);
}
