/* processes: the arrival processes against what their names promise: exact times where they are given, the right law where they
 * are random, and in every window the mean that the integral of the rate says. Sources: Cox and Lewis, "The Statistical Analysis
 * of Series of Events" (index of dispersion, renewal processes). */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/arrivals/arrival.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

/* A compiled process, and its times of one replication after another. */
struct process {
	struct arena arena;
	struct arrival_plan plan;
	struct arrival_stream stream;
	uint64_t seed;
};

static void process_init(struct process *p, const struct arrival_spec *spec, uint64_t seed)
{
	*p = (struct process){.seed = seed};
	arrival_compile(&p->plan, spec, 1, &p->arena);
}

static void process_start(struct process *p, uint64_t replication)
{
	struct draw_key key = {p->seed, replication};
	arrival_start(&p->stream, &p->plan, &key);
}

static simtime process_next(struct process *p)
{
	simtime t = arrival_peek(&p->stream);
	if (t != SIMTIME_NEVER)
		arrival_take(&p->stream);
	return t;
}

/* How many requests come in each of `n` windows of `length` from the start. */
static void process_count(struct process *p, uint64_t replication, simtime length, size_t n, double *counts)
{
	for (size_t i = 0; i < n; i++)
		counts[i] = 0;
	process_start(p, replication);
	for (simtime t; (t = process_next(p)) < length * (simtime)n;)
		counts[t / length]++;
}

/* --- exact times
 * ---------------------------------------------------------------------------------------------------------------- */

static void constant(struct expect *x, double rate)
{
	struct process p;
	process_init(&p, &(struct arrival_spec){.kind = ARRIVAL_CONSTANT, .rate_per_s = rate}, 1);
	process_start(&p, 0);
	uint64_t wrong = 0;
	for (int i = 0; i < 100000; i++) {
		double expected = (i + 1.0) / rate * 1e9;
		wrong += fabs((double)process_next(&p) - expected) > 0.5 + expected * 1e-15;
	}
	expect_count(x, wrong, 0, "constant, %g a second: of 100,000 requests not at the nearest nanosecond to (i + 1) / rate",
	             rate);
	arena_fini(&p.arena);
}

static void times(struct expect *x)
{
	const simtime given[] = {0, 0, 1, SIMTIME_SECOND, SIMTIME_SECOND, SIMTIME_DAY};
	struct process p;
	process_init(&p, &(struct arrival_spec){.kind = ARRIVAL_TIMES, .times = given, .time_count = 6}, 1);
	process_start(&p, 0);
	uint64_t wrong = 0;
	for (int i = 0; i < 6; i++)
		wrong += process_next(&p) != given[i];
	expect_count(x, wrong, 0, "times: requests not at the given times");
	expect_true(x, process_next(&p) == SIMTIME_NEVER, "times: nothing after the last");
	arena_fini(&p.arena);
}

/* A constant process with a pattern has equal gaps in operational time: 60 an hour in the first half, none in the second. */
static void constant_with_pattern(struct expect *x)
{
	const simtime offset[] = {0, SIMTIME_DAY / 2};
	const double value[] = {2, 0};
	struct process p;
	process_init(&p,
	             &(struct arrival_spec){.kind = ARRIVAL_CONSTANT,
	                                    .rate_per_s = 0.01,
	                                    .pattern = {offset, value, 2},
	                                    .pattern_period = SIMTIME_DAY},
	             1);
	process_start(&p, 0);
	uint64_t wrong = 0;
	for (int day = 0; day < 10; day++)
		for (int i = 1; i <= 864; i++) {
			simtime t = process_next(&p), expected = day * SIMTIME_DAY + i * 50 * SIMTIME_SECOND;
			wrong += llabs(t - expected) > 1000;
		}
	expect_count(x, wrong, 0, "constant with a pattern 2, 0: of 8,640 requests not 50 s apart in the first halves of days");
	arena_fini(&p.arena);
}

/* --- laws
 * ----------------------------------------------------------------------------------------------------------------------- */

enum { COUNTS = 60 };

/* Counts in windows of a second: mean, dispersion, and the distribution itself. */
static void poisson(struct expect *x, double rate)
{
	size_t n = x->full ? 1000000 : 50000;
	struct process p;
	process_init(&p, &(struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = rate}, 2);
	double *windows = calloc(n, sizeof *windows), counts[COUNTS] = {0}, expected[COUNTS], dispersion = 0;
	process_count(&p, 0, SIMTIME_SECOND, n, windows);
	for (size_t i = 0; i < n; i++) {
		counts[windows[i] < COUNTS ? (int)windows[i] : COUNTS - 1]++;
		dispersion += (windows[i] - rate) * (windows[i] - rate) / rate / (double)n;
	}
	for (int k = 0; k < COUNTS; k++)
		expected[k] = (double)n * exp(-rate + k * log(rate) - lgamma(k + 1));
	expect_mean(x, windows, n, rate, 0.02, "Poisson, %g a second: requests in a second", rate);
	expect_near(x, dispersion, 1, 3.3 * sqrt((2 + 1 / rate) / (double)n), "Poisson, %g a second: index of dispersion", rate);
	expect_fit(x, counts, expected, COUNTS, "Poisson, %g a second: distribution of the count", rate);
	free(windows);
	arena_fini(&p.arena);
}

/* Gamma gaps: mean, CV, the distribution in 40 bins of equal probability, and no correlation between neighbours. With a CV of 2 the
 * lowest bin ends at 300 ns: far above the nanoseconds of the clock. */
static void renewal(struct expect *x, double cv, uint64_t seed)
{
	enum { BINS = 40 };
	size_t n = x->full ? 1000000 : 50000;
	struct process p;
	process_init(&p, &(struct arrival_spec){.kind = ARRIVAL_RENEWAL, .rate_per_s = 5, .cv = cv}, seed);
	process_start(&p, 0);
	double *gaps = calloc(n, sizeof *gaps), *squares = calloc(n, sizeof *squares), counts[BINS] = {0}, expected[BINS],
	       lagged = 0;
	double shape = 1 / (cv * cv), mean = 0.2;
	simtime before = 0;
	for (size_t i = 0; i < n; i++) {
		simtime t = process_next(&p);
		gaps[i] = (double)(t - before) / 1e9;
		before = t;
		squares[i] = (gaps[i] - mean) * (gaps[i] - mean);
		counts[(int)fmin(BINS * gsl_cdf_gamma_P(gaps[i], shape, mean / shape), BINS - 1)]++;
		lagged += i ? (gaps[i] - mean) * (gaps[i - 1] - mean) / (mean * mean * cv * cv) / (double)n : 0;
	}
	for (int k = 0; k < BINS; k++)
		expected[k] = (double)n / BINS;
	expect_mean(x, gaps, n, mean, 0.05, "renewal, CV %g: mean gap in seconds", cv);
	expect_mean(x, squares, n, mean * mean * cv * cv, 0.2, "renewal, CV %g: variance of the gaps", cv);
	expect_fit(x, counts, expected, BINS, "renewal, CV %g: gaps are gamma distributed", cv);
	expect_near(x, lagged, 0, 3.3 / sqrt((double)n), "renewal, CV %g: correlation of neighbours", cv);
	free(gaps);
	free(squares);
	arena_fini(&p.arena);
}

/* --- rates that change
 * ---------------------------------------------------------------------------------------------------------- */

/* Counts by window over replications against the expected integral; they are Poisson, so the sum's standard error is its root. */
static void windows_hold(struct expect *x, const struct arrival_spec *spec, const char *name, simtime length, size_t n,
                         const double *integral)
{
	const uint64_t replications = x->full ? 2000 : 200;
	struct process p;
	process_init(&p, spec, 4);
	double *counts = calloc(n, sizeof *counts), *sums = calloc(n, sizeof *sums), statistic = 0;
	for (uint64_t r = 0; r < replications; r++) {
		process_count(&p, r, length, n, counts);
		for (size_t i = 0; i < n; i++)
			sums[i] += counts[i];
	}
	double all = 0, expected = 0;
	size_t open = 0, wrong = 0;
	for (size_t i = 0; i < n; i++) {
		double e = integral[i] * (double)replications;
		wrong += e == 0 && sums[i] != 0;
		open += e > 0;
		statistic += e > 0 ? (sums[i] - e) * (sums[i] - e) / e : 0;
		all += sums[i];
		expected += e;
	}
	expect_count(x, wrong, 0, "%s: windows with requests where the rate is zero", name);
	expect_near(x, all / expected, 1, 3.3 / sqrt(expected), "%s: all requests, relative to the integral of the rate", name);
	expect_between(x, gsl_cdf_chisq_Q(statistic, (double)open), 0.0005, 0.9995, "%s: p of the counts in %zu windows", name,
	               open);
	expect_near(x, arrival_mean_rate(&p.plan, length * (simtime)n) * (double)length / 1e9 * (double)n,
	            expected / (double)replications, 1e-9 * expected, "%s: expected requests as the plan knows them", name);
	free(counts);
	free(sums);
	arena_fini(&p.arena);
}

static void changing_rates(struct expect *x)
{
	const simtime hour = SIMTIME_HOUR, offset[] = {0, hour, 3 * hour, 4 * hour};
	const double value[] = {0.02, 0, 0.1, 0.05}, integral[] = {72, 0, 0, 360, 180, 0, 0, 0};
	windows_hold(x, &(struct arrival_spec){.kind = ARRIVAL_RATES, .rates = {offset, value, 4}, .rates_end = 5 * hour}, "rates",
	             hour, 8, integral);
}

/* Two days of a daily pattern in a process of 0.1 a second. */
static void pattern(struct expect *x)
{
	const simtime quarter = SIMTIME_DAY / 4, offset[] = {0, quarter, 2 * quarter};
	const double value[] = {0, 2, 1}, integral[] = {0, 4320, 2160, 2160, 0, 4320, 2160, 2160};
	windows_hold(x,
	             &(struct arrival_spec){.kind = ARRIVAL_POISSON,
	                                    .rate_per_s = 0.1,
	                                    .pattern = {offset, value, 3},
	                                    .pattern_period = SIMTIME_DAY},
	             "pattern", quarter, 8, integral);
}

/* 50 % a month, compounding continuously over 30 days; and shrinking by 50 %. */
static void growth(struct expect *x, double per_month)
{
	enum { DAYS = 60 };
	double integral[DAYS], rate = 0.002, k = log1p(per_month) / 30;
	for (int day = 0; day < DAYS; day++)
		integral[day] = rate * 86400 * (exp(k * (day + 1)) - exp(k * day)) / k;
	windows_hold(x, &(struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = rate, .growth_per_month = per_month},
	             per_month > 0 ? "growth 50 %/month" : "growth -50 %/month", SIMTIME_DAY, DAYS, integral);
}

/* Both at once: the step's factor times the growth within it. */
static void growing_pattern(struct expect *x)
{
	enum { HALVES = 60 };
	const simtime half = SIMTIME_DAY / 2, offset[] = {0, half};
	const double value[] = {0.5, 1.5};
	double integral[HALVES], rate = 0.002, k = log1p(1.0) / 60;
	for (int i = 0; i < HALVES; i++)
		integral[i] = rate * value[i % 2] * 43200 * (exp(k * (i + 1)) - exp(k * i)) / k;
	windows_hold(x,
	             &(struct arrival_spec){.kind = ARRIVAL_POISSON,
	                                    .rate_per_s = rate,
	                                    .pattern = {offset, value, 2},
	                                    .pattern_period = SIMTIME_DAY,
	                                    .growth_per_month = 1},
	             "pattern and growth 100 %/month", half, HALVES, integral);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	constant(&x, 0.1);
	constant(&x, 3);
	constant(&x, 7777.7);
	times(&x);
	constant_with_pattern(&x);
	poisson(&x, 3);
	poisson(&x, 20);
	renewal(&x, 0.5, 3);
	renewal(&x, 1, 4);
	renewal(&x, 2, 5);
	changing_rates(&x);
	pattern(&x);
	growth(&x, 0.5);
	growth(&x, -0.5);
	growing_pattern(&x);
	return expect_end(&x);
}
