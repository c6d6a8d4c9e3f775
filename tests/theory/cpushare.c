/* cpushare: the CPU quota's mean wall times over a uniform phase, against values computed apart, and the quota model against
 * what a public benchmark measured: first invocations of hello-world functions at four memory sizes. Source of the measurements:
 * maxday/lambda-perf (MIT), daily files 2026-06-23 to 2026-08-22, us-east-1, zip; median over days of the mean of 10 first
 * invocations after a cold start, in ms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/cost/quota.h"
#include "models/spec/function.h"
#include "tests/support/expect.h"

/* Mean wall time in ms of `cpu_ms` at a uniform phase. The wall time is piecewise linear in the phase, so midpoints of `pieces`
 * are near exact. */
static double mean_wall_ms(int memory_mb, double cpu_ms, int pieces)
{
	struct quota q = quota_for_memory(memory_mb);
	simtime cpu = simtime_from_ns(cpu_ms * 1e6);
	double sum = 0;
	for (int i = 0; i < pieces; i++)
		sum += (double)quota_wall(&q, cpu, (simtime)((i + 0.5) * (double)q.period / pieces));
	return sum / pieces / 1e6;
}

/* --- the model's own arithmetic
 * -------------------------------------------------------------------------------------------------- */

enum { SIZES = 5 };
static const int memory_mb[SIZES] = {128, 256, 512, 1024, 1769};
static const struct wall_row {
	double cpu_ms, wall_ms[SIZES];
} wall_rows[] = {
	{1, {1, 1, 1, 1, 1}},
	{2, {11.118, 2, 2, 2, 2}},
	{5, {51.322, 14.116, 5, 5, 5}},
	{10, {112.591, 52.653, 18.041, 10, 10}},
	{50, {671.589, 331.688, 157.152, 78.597, 50}},
	{100, {1370.336, 673.167, 333.564, 163.843, 100}},
	{500, {6891.469, 3434.258, 1714.570, 856.452, 500}},
	{1000, {13810.096, 6892.936, 3438.303, 1719.553, 1000}},
};

static void wall_times(struct expect *x)
{
	for (size_t i = 0; i < sizeof wall_rows / sizeof *wall_rows; i++)
		for (int k = 0; k < SIZES; k++)
			expect_near(x, mean_wall_ms(memory_mb[k], wall_rows[i].cpu_ms, 200000), wall_rows[i].wall_ms[k], 0.001,
			            "%g ms of CPU at %d MB: mean wall time in ms", wall_rows[i].cpu_ms, memory_mb[k]);
}

/* In the long run the CPU time received is the share of the wall time. */
static void long_run(struct expect *x)
{
	for (int k = 0; k < SIZES; k++) {
		double share = fmin(1, memory_mb[k] / FUNCTION_VCPU_MB), cpu_ms = 1e6;
		expect_near(x, cpu_ms / mean_wall_ms(memory_mb[k], cpu_ms, 1000), share, 2e-5,
		            "%d MB: share of a CPU in the long run", memory_mb[k]);
	}
}

/* --- what was measured
 * ----------------------------------------------------------------------------------------------------------- */

static const struct measured {
	const char *runtime;
	double ms[2][4]; /* x86_64, arm64: at 128, 256, 512, 1,024 MB */
} measured[] = {
	{"nodejs20.x", {{11.7, 3.1, 3.1, 3.1}, {11.7, 3.6, 3.5, 3.5}}},
	{"nodejs22.x", {{12.2, 3.2, 3.4, 3.2}, {13.7, 3.8, 3.7, 3.7}}},
	{"nodejs24.x", {{11.4, 3.0, 3.0, 2.9}, {12.6, 3.8, 3.5, 3.5}}},
	{"python3.10", {{1.4, 1.4, 1.4, 1.4}, {1.5, 1.6, 1.5, 1.5}}},
	{"python3.11", {{1.5, 1.4, 1.4, 1.4}, {1.5, 1.6, 1.5, 1.5}}},
	{"python3.12", {{2.0, 1.9, 1.9, 1.9}, {2.3, 2.1, 2.1, 2.1}}},
	{"python3.13", {{2.1, 2.1, 2.1, 2.1}, {2.3, 2.2, 2.2, 2.2}}},
	{"python3.14", {{2.0, 1.9, 1.9, 1.9}, {2.2, 2.1, 2.1, 2.1}}},
	{"java11", {{8.8, 2.8, 2.8, 2.8}, {10.9, 3.0, 2.9, 2.9}}},
	{"java17", {{5.1, 2.5, 2.5, 2.5}, {9.6, 2.7, 2.7, 2.7}}},
	{"java21", {{97.5, 35.5, 32.2, 6.7}, {101.1, 37.1, 26.3, 6.5}}},
	{"java25", {{245.1, 93.5, 24.7, 9.7}, {286.5, 129.0, 38.7, 12.4}}},
	{"dotnet8", {{716.9, 356.0, 163.8, 74.5}, {807.8, 388.0, 182.8, 83.6}}},
	{"dotnet10", {{798.8, 389.9, 181.6, 80.7}, {850.8, 394.5, 186.7, 88.6}}},
	{"dotnet10 aot", {{3.3, 1.9, 1.9, 1.9}, {4.8, 2.1, 2.0, 2.0}}},
	{"ruby3.2", {{11.6, 2.6, 2.6, 2.6}, {11.7, 2.8, 2.8, 2.8}}},
	{"ruby3.3", {{12.9, 2.7, 2.7, 2.7}, {13.0, 2.8, 2.8, 2.7}}},
	{"ruby3.4", {{11.9, 2.5, 2.6, 2.6}, {11.8, 2.8, 2.8, 2.8}}},
	{"go", {{1.6, 1.5, 1.5, 1.5}, {1.6, 1.6, 1.5, 1.5}}},
	{"rust", {{1.3, 1.3, 1.3, 1.3}, {1.4, 1.4, 1.4, 1.4}}},
	{"c++ al2023", {{1.2, 1.2, 1.2, 1.2}, {1.3, 1.3, 1.3, 1.3}}},
	{"c++ al2", {{1.3, 1.2, 1.3, 1.2}, {1.4, 1.4, 1.3, 1.3}}},
	{"graalvm java21", {{156.3, 71.5, 31.6, 15.1}, {130.3, 54.3, 20.9, 11.9}}},
	{"llrt", {{1.5, 1.5, 1.5, 1.5}, {1.6, 1.6, 1.5, 1.6}}},
	{"shell", {{319.2, 146.6, 65.0, 31.1}, {268.6, 126.0, 59.2, 29.2}}},
	{"bun", {{254.2, 111.9, 46.1, 20.3}, {163.8, 67.9, 31.2, 12.1}}},
	{"swift", {{53.6, 15.4, 5.8, 5.8}, {67.1, 21.1, 7.3, 6.3}}},
};
enum { MEASURED = sizeof measured / sizeof *measured, PIECES = 500 };

struct fit {
	double cpu_ms, wait_ms, misfit; /* sum of squared relative errors at 1,024 and 512 MB */
};

static double misfit(const double ms[4], double cpu_ms, double wait_ms)
{
	double at_512 = mean_wall_ms(512, cpu_ms, PIECES) + wait_ms, at_1024 = mean_wall_ms(1024, cpu_ms, PIECES) + wait_ms;
	return pow(at_512 / ms[2] - 1, 2) + pow(at_1024 / ms[3] - 1, 2);
}

/* The best constant wait for this CPU time: least squares of relative errors, not below 0. */
static double best_wait(const double ms[4], double cpu_ms)
{
	double a = 1 / ms[2], b = 1 / ms[3];
	double wait = (a * (1 - a * mean_wall_ms(512, cpu_ms, PIECES)) + b * (1 - b * mean_wall_ms(1024, cpu_ms, PIECES))) /
	              (a * a + b * b);
	return wait > 0 ? wait : 0;
}

/* Scans CPU times from 0 to all of the duration at 1,024 MB. */
static struct fit fit(const double ms[4])
{
	struct fit best = {0, ms[3], INFINITY};
	for (int i = 0; i <= 400; i++) {
		double cpu = ms[3] * i / 400, wait = best_wait(ms, cpu), m = misfit(ms, cpu, wait);
		if (m < best.misfit)
			best = (struct fit){cpu, wait, m};
	}
	return best;
}

struct errors {
	double values[2 * MEASURED];
	size_t count;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(struct errors *e)
{
	qsort(e->values, e->count, sizeof *e->values, by_size);
	return e->count ? e->values[e->count / 2] : NAN;
}

static double error_of(const double ms[4], const struct fit *f, int size)
{
	return (mean_wall_ms(memory_mb[size], f->cpu_ms, 20 * PIECES) + f->wait_ms) / ms[size] - 1;
}

/* Between 1,024 and 512 MB a fit can see CPU time only when a quota was used up: when the durations differ by more than the
 * printed digits. Otherwise any CPU time up to the whole duration fits, and all that can be asked is that the measurement lies
 * between the two ends. */
static bool tells(const double ms[4])
{
	return ms[2] - ms[3] > 0.25;
}

static void predicted(const char *name, const char *architecture, const double ms[4], struct errors *at_256, struct errors *at_128)
{
	struct fit f = fit(ms);
	double e256 = error_of(ms, &f, 1), e128 = error_of(ms, &f, 0);
	printf("     %-14s %-6s CPU %6.1f ms, wait %4.1f ms: 1,024 MB %+5.1f %%, 512 MB %+5.1f %%; ", name, architecture, f.cpu_ms,
	       f.wait_ms, 100 * error_of(ms, &f, 3), 100 * error_of(ms, &f, 2));
	printf("predicted 256 MB %+6.1f %%, 128 MB %+6.1f %%\n", 100 * e256, 100 * e128);
	at_256->values[at_256->count++] = fabs(e256);
	at_128->values[at_128->count++] = fabs(e128);
}

/* Above the upper end there is room for what the fitted ones show as well: measurements some 10 % above the model. */
static void bracketed(struct expect *x, const char *name, const char *architecture, const double ms[4])
{
	const double digit = 0.1, above = 1.1;
	for (int size = 0; size < 2; size++)
		expect_between(x, ms[size], ms[3] - digit, above * mean_wall_ms(memory_mb[size], ms[3], 20 * PIECES) + digit,
		               "%s %s at %d MB, between no CPU time and nothing else, ms", name, architecture, memory_mb[size]);
}

static void first_invocations(struct expect *x)
{
	static const char *const architectures[] = {"x86_64", "arm64"};
	struct errors at_256 = {0}, at_128 = {0};
	for (int i = 0; i < MEASURED; i++)
		for (int a = 0; a < 2; a++)
			if (tells(measured[i].ms[a]))
				predicted(measured[i].runtime, architectures[a], measured[i].ms[a], &at_256, &at_128);
	expect_title("fitted to 1,024 and 512 MB where these differ: %zu of %d; the median error of the prediction", at_256.count,
	             2 * MEASURED);
	double middle_256 = median(&at_256), middle_128 = median(&at_128);
	expect_between(x, 100 * middle_256, 0, 15, "256 MB, percent");
	expect_between(x, 100 * middle_128, 0, 20, "128 MB, percent");
	expect_title(
		"where 1,024 and 512 MB do not differ the CPU time can't be told: only what leaves the possible range is printed");
	x->quiet = true;
	for (int i = 0; i < MEASURED; i++)
		for (int a = 0; a < 2; a++)
			if (!tells(measured[i].ms[a]))
				bracketed(x, measured[i].runtime, architectures[a], measured[i].ms[a]);
	x->quiet = false;
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	expect_title("mean wall time under the CPU quota, uniform phase");
	wall_times(&x);
	long_run(&x);
	expect_title("first invocations of maxday/lambda-perf");
	first_invocations(&x);
	return expect_end(&x);
}
