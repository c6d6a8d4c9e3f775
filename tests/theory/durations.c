/* durations: what an invocation takes, drawn as the engine draws it, against the distribution that the scenario names: every family, errors,
 * timeouts, CPU and waiting apart, profiles with weighted payloads; and that one draw says nothing about another. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/profile.h"
#include "models/cost/quota.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

static const struct draw_key key = {15, 3};
enum { ENTITY = 4711 };

/* The works of requests 0 .. n-1 in warm environments; freed by the caller. n is a multiple of COST_BLOCK. */
static struct work *works_of(const struct cost *c, size_t n)
{
	struct work *works = calloc(n, sizeof *works);
	for (size_t i = 0; i < n; i += COST_BLOCK)
		c->ops->warm(c, &key, i, COST_BLOCK, &works[i]);
	return works;
}

static size_t many(const struct expect *x)
{
	return x->full ? 64 * 50000 : 64 * 2000;
}

static struct scenario *declared(struct distribution d)
{
	struct scenario *s = build_scenario(SIMTIME_HOUR, 1);
	build_function(s, "F", d);
	build_source(s, "S", 0, SOURCE_INVOKE, 1);
	return s;
}

/* Two columns uncorrelated: the sample correlation within 3.3 standard errors of 0. */
static void uncorrelated(struct expect *x, const double *a, const double *b, size_t n, const char *what)
{
	double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
	for (size_t i = 0; i < n; i++) {
		ma += a[i] / (double)n;
		mb += b[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		aa += (a[i] - ma) * (a[i] - ma);
		bb += (b[i] - mb) * (b[i] - mb);
		ab += (a[i] - ma) * (b[i] - mb);
	}
	expect_near(x, ab / sqrt(aa * bb), 0, 3.3 / sqrt((double)n), "correlation of %s", what);
}

/* --- families ------------------------------------------------------------------------------------------------------------------- */

/* Probabilities below each value are uniform: 50 equal bins. */
static void family(struct expect *x, const char *name, struct distribution d)
{
	enum { BINS = 50 };
	struct scenario *s = declared(d);
	const size_t n = many(x);
	struct work *works = works_of(cost_new(s, 0, ENTITY, &s->arena), n);
	double counts[BINS] = {0}, expected[BINS], *values = calloc(n, sizeof *values);
	for (size_t i = 0; i < n; i++) {
		int bin = (int)(BINS * distribution_cdf(&d, (double)works[i].duration));
		counts[bin < BINS ? bin : BINS - 1]++;
		values[i] = (double)works[i].duration;
	}
	for (int i = 0; i < BINS; i++)
		expected[i] = (double)n / BINS;
	expect_fit(x, counts, expected, BINS, "%s: distribution of durations", name);
	expect_mean(x, values, n, distribution_mean(&d), 0.05, "%s: mean duration in ns", name);
	free(values);
	free(works);
	build_free(s);
}

static void families(struct expect *x)
{
	struct distribution parts[] = {build_exponential(0.05), build_lognormal(1, 0.3)};
	double weights[] = {3, 1};
	family(x, "uniform", build_uniform(0.05, 0.15));
	family(x, "exponential", build_exponential(0.1));
	family(x, "lognormal, CV 2", build_lognormal(0.1, 2));
	family(x, "gamma, CV 1.5", (struct distribution){.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1.5});
	family(x, "weibull, CV 0.4", (struct distribution){.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 0.4});
	family(x, "pareto, shape 3", (struct distribution){.kind = DISTRIBUTION_PARETO, .a = 1e8, .b = 3});
	family(x, "mixture 3:1",
	       (struct distribution){.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = 2});
}

/* --- one request ---------------------------------------------------------------------------------------------------------------- */

/* A request's work is the same whether it is drawn in a block or alone, and a repetition draws anew. */
static void attempts(struct expect *x)
{
	struct scenario *s = declared(build_exponential(0.1));
	const size_t n = many(x);
	const struct cost *c = cost_new(s, 0, ENTITY, &s->arena);
	struct work *works = works_of(c, n);
	double *first = calloc(n, sizeof *first), *second = calloc(n, sizeof *second);
	uint64_t differ = 0;
	for (size_t i = 0; i < n; i++) {
		first[i] = (double)works[i].duration;
		differ += c->ops->one(c, &key, i, 0, false).duration != works[i].duration;
		second[i] = (double)c->ops->one(c, &key, i, 1, false).duration;
	}
	expect_count(x, differ, 0, "requests whose work differs when drawn alone");
	expect_mean(x, second, n, 1e8, 0.03, "second attempts: mean duration in ns");
	uncorrelated(x, first, second, n, "first and second attempts");
	uncorrelated(x, first, first + 1, n - 1, "neighbours");
	free(first);
	free(second);
	free(works);
	build_free(s);
}

static void errors_and_timeouts(struct expect *x)
{
	struct scenario *s = declared(build_exponential(0.5));
	s->functions[0].timeout_s = 1;
	s->functions[0].declared.error_rate = 0.1;
	const size_t n = many(x);
	struct work *works = works_of(cost_new(s, 0, ENTITY, &s->arena), n);
	double *timeouts = calloc(n, sizeof *timeouts), *errors = calloc(n, sizeof *errors);
	uint64_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		timeouts[i] = works[i].outcome == OUTCOME_TIMEOUT;
		errors[i] = works[i].outcome == OUTCOME_ERROR;
		wrong += works[i].duration > SIMTIME_SECOND || (works[i].duration == SIMTIME_SECOND) != (timeouts[i] > 0);
	}
	expect_mean(x, timeouts, n, exp(-2), 0.05, "P(duration >= Timeout), exponential");
	expect_mean(x, errors, n, 0.1 * (1 - exp(-2)), 0.05, "P(error before Timeout)");
	expect_count(x, wrong, 0, "timeouts that do not last exactly Timeout");
	free(timeouts);
	free(errors);
	free(works);
	build_free(s);
}

/* --- CPU and waiting ------------------------------------------------------------------------------------------------------------ */

/* Mean and variance of the wall time of `cpu` at a uniform phase. */
static void wall_moments(int memory_mb, simtime cpu, double *mean, double *variance)
{
	enum { PIECES = 100000 };
	struct quota q = quota_for_memory(memory_mb);
	double sum = 0, squares = 0;
	for (int i = 0; i < PIECES; i++) {
		double wall = (double)quota_wall(&q, cpu, (simtime)((i + 0.5) * (double)q.period / PIECES));
		sum += wall;
		squares += wall * wall;
	}
	*mean = sum / PIECES;
	*variance = squares / PIECES - *mean * *mean;
}

static void split(struct expect *x, int memory_mb, enum architecture architecture, double arm_factor)
{
	const double cpu_s = 0.05, wait_s = 0.03;
	struct scenario *s = declared(build_constant(0));
	struct function_spec *f = &s->functions[0];
	f->memory_mb = memory_mb;
	f->architecture = architecture;
	f->arm_factor = arm_factor;
	f->declared.has_duration = false;
	f->declared.has_cpu = f->declared.has_wait = true;
	f->declared.cpu = build_constant(cpu_s);
	f->declared.wait = build_exponential(wait_s);
	const size_t n = many(x);
	struct work *works = works_of(cost_new(s, 0, ENTITY, &s->arena), n);
	double mean, variance, *values = calloc(n, sizeof *values), *squares = calloc(n, sizeof *squares);
	wall_moments(memory_mb, simtime_from_ns(cpu_s * 1e9 * (architecture == ARCHITECTURE_ARM64 ? arm_factor : 1)), &mean,
	             &variance);
	mean += wait_s * 1e9;
	variance += wait_s * wait_s * 1e18;
	for (size_t i = 0; i < n; i++) {
		values[i] = (double)works[i].duration;
		squares[i] = (values[i] - mean) * (values[i] - mean);
	}
	const char *name = architecture == ARCHITECTURE_ARM64 ? "arm64" : "x86_64";
	expect_mean(x, values, n, mean, 0.02, "50 ms of CPU and 30 ms of waiting at %d MB, %s: mean in ns", memory_mb, name);
	expect_mean(x, squares, n, variance, 0.05, "50 ms of CPU and 30 ms of waiting at %d MB, %s: variance", memory_mb, name);
	free(values);
	free(squares);
	free(works);
	build_free(s);
}

/* Both random: were they drawn from the same number the variance would be twice as large. */
static void independent_parts(struct expect *x)
{
	struct scenario *s = declared(build_constant(0));
	struct declared_spec *d = &s->functions[0].declared;
	d->has_duration = false;
	d->has_cpu = d->has_wait = true;
	d->cpu = d->wait = build_exponential(0.1);
	const size_t n = many(x);
	struct work *works = works_of(cost_new(s, 0, ENTITY, &s->arena), n);
	double *squares = calloc(n, sizeof *squares);
	for (size_t i = 0; i < n; i++)
		squares[i] = pow((double)works[i].duration - 2e8, 2);
	expect_mean(x, squares, n, 2e16, 0.05, "CPU and waiting are independent: variance of the sum");
	free(squares);
	free(works);
	build_free(s);
}

/* --- profiles ------------------------------------------------------------------------------------------------------------------- */

enum { RUNS = 8, FIRST_RUNS = 2 };

/* Payload 0 waits 1 .. 8 ms, payload 1 waits 101 .. 108 ms; the last two runs of each are first ones. */
static struct scenario *profiled(struct profile *p, struct profile_payload *payloads, struct profile_run runs[2][RUNS],
                                 const struct payload_spec *weights, const struct profile_init *init)
{
	struct scenario *s = declared(build_constant(0));
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < RUNS; i++)
			runs[k][i] = (struct profile_run){.wait = (100 * k + i + 1) * SIMTIME_MS, .first = i >= RUNS - FIRST_RUNS};
		payloads[k] = (struct profile_payload){.source = "S", .payload = (size_t)k, .runs = runs[k], .run_count = RUNS};
	}
	*p = (struct profile){.inits = (struct profile_init *)(uintptr_t)init,
	                      .init_count = 1,
	                      .payloads = payloads,
	                      .payload_count = 2};
	s->functions[0].model = MODEL_PROFILE;
	s->functions[0].profile = p;
	s->sources[0].payloads = weights;
	s->sources[0].payload_count = 2;
	return s;
}

static void profiles(struct expect *x)
{
	static const struct payload_spec weights[] = {{.event = "{}", .weight = 9}, {.event = "{}", .weight = 1}};
	static const struct profile_init init = {.wall = SIMTIME_SECOND};
	struct profile p;
	struct profile_payload payloads[2];
	struct profile_run runs[2][RUNS];
	struct scenario *s = profiled(&p, payloads, runs, weights, &init);
	const size_t n = many(x), cells = 2 * RUNS;
	const struct cost *c = cost_new(s, 0, ENTITY, &s->arena);
	struct work *works = works_of(c, n);
	double warm[2 * RUNS] = {0}, cold[2 * RUNS] = {0}, warm_expected[2 * RUNS] = {0}, cold_expected[2 * RUNS] = {0};
	uint64_t other_payload = 0;
	for (size_t i = 0; i < n; i++) {
		simtime alone = c->ops->one(c, &key, i, 0, true).duration / SIMTIME_MS, ms = works[i].duration / SIMTIME_MS;
		warm[ms > 100 ? RUNS + ms - 101 : ms - 1]++;
		cold[alone > 100 ? RUNS + alone - 101 : alone - 1]++;
		other_payload += (ms > 100) != (alone > 100);
	}
	for (int i = 0; i < RUNS; i++) {
		bool first = i >= RUNS - FIRST_RUNS;
		for (int k = 0; k < 2; k++) {
			warm_expected[k * RUNS + i] = first ? 0 : (double)n * (k ? 0.1 : 0.9) / (RUNS - FIRST_RUNS);
			cold_expected[k * RUNS + i] = first ? (double)n * (k ? 0.1 : 0.9) / FIRST_RUNS : 0;
		}
	}
	expect_fit(x, warm, warm_expected, cells, "profile, payloads 9:1: each warm run equally likely");
	expect_fit(x, cold, cold_expected, cells, "profile, payloads 9:1: each first run equally likely after Init");
	expect_count(x, other_payload, 0, "profile: requests whose payload depends on the environment");
	free(works);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	families(&x);
	attempts(&x);
	errors_and_timeouts(&x);
	split(&x, 512, ARCHITECTURE_X86_64, 1);
	split(&x, 128, ARCHITECTURE_X86_64, 1);
	split(&x, 1024, ARCHITECTURE_ARM64, 1.2);
	split(&x, 1769, ARCHITECTURE_X86_64, 1);
	independent_parts(&x);
	profiles(&x);
	return expect_end(&x);
}
