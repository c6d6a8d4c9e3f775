/* retries: clients that repeat: how many attempts, how long between them, and how many the retry quota of the SDKs lets through.
 * An attempt that fails with probability p, at most r retries: E[attempts] = (1 - p^(r+1)) / (1 - p); lost = p^(r+1). Sources:
 * botocore, retryhandler.py, retries/standard.py and retries/quota.py; AWS SDKs and Tools Reference Guide, "Retry behavior"; M.
 * Brooker, "Exponential backoff and jitter" (AWS Architecture Blog, 2015) for full and equal jitter. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/clientkeys.h"
#include "tests/support/build.h"
#include "tests/support/expect.h"

/* Requests to a function URL, each invocation 1 ms, a share `error_rate` of them answered 502. They end early enough for all to
 * be answered. */
static struct scenario *failing(double error_rate, double requests, uint64_t seed)
{
	const simtime end = 9000 * SIMTIME_SECOND;
	struct scenario *s = build_scenario(end + 1000 * SIMTIME_SECOND, seed);
	build_function(s, "F", build_constant(0.001))->declared.error_rate = error_rate;
	double *rate = ARENA_NEW(&s->arena, double);
	*rate = requests / simtime_s(end);
	build_source(s, "F", 0, SOURCE_FUNCTION_URL, 0)->arrivals =
		(struct arrival_spec){.kind = ARRIVAL_RATES, .rates = {ARENA_NEW(&s->arena, simtime), rate, 1}, .rates_end = end};
	return s;
}

/* --- how many attempts
 * ---------------------------------------------------------------------------------------------------------- */

static void attempts(struct expect *x, double p, int retries)
{
	enum { REPLICATIONS = 20 };
	struct scenario *s = failing(p, x->full ? 200000 : 20000, 8);
	build_client(&s->sources[0], retries + 1);
	struct trial t;
	trial_init(&t, s);
	double all[REPLICATIONS], lost[REPLICATIONS], requests[REPLICATIONS];
	uint64_t unfinished = 0;
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		const struct source_result *got = trial_run(&t, r)->sources;
		all[r] = (double)source_attempts(&got->counts);
		lost[r] = (double)got->status[502];
		requests[r] = (double)got->counts.requests;
		unfinished += got->counts.unfinished;
	}
	expect_ratio(x, all, requests, REPLICATIONS, (1 - pow(p, retries + 1)) / (1 - p), 0.01,
	             "p = %g, %d retries: attempts a request", p, retries);
	expect_ratio(x, lost, requests, REPLICATIONS, pow(p, retries + 1), 0.3, "p = %g, %d retries: lost", p, retries);
	expect_count(x, unfinished, 0, "p = %g, %d retries: unfinished", p, retries);
	trial_fini(&t);
	build_free(s);
}

/* --- how long between them
 * ------------------------------------------------------------------------------------------------------ */

/* Without jitter all requests take the same time: `expected_s` and a millisecond for each attempt. */
static void plain_delays(struct expect *x, const char *name, double factor, double max_s, int tries, double expected_s)
{
	struct scenario *s = failing(1, 1000, 9);
	struct client_spec *c = build_client(&s->sources[0], tries);
	c->backoff_base = c->throttle_base = SIMTIME_SECOND;
	c->backoff_factor = factor;
	c->backoff_max = max_s > 0 ? (simtime)(max_s * 1e9) : SIMTIME_NEVER;
	struct trial t;
	trial_init(&t, s);
	const struct histogram *h = &trial_run(&t, 0)->sources[0].latency;
	expect_near(x, (double)h->smallest / 1e9, expected_s + tries * 0.001, 1e-9, "%s, %d attempts: shortest", name, tries);
	expect_near(x, (double)h->largest / 1e9, expected_s + tries * 0.001, 1e-9, "%s, %d attempts: longest", name, tries);
	trial_fini(&t);
	build_free(s);
}

/* One retry: the delay itself is seen. Its law in 20 equal bins of [low, high] seconds. */
static void jitter(struct expect *x, enum jitter kind, const char *name, double low, double high)
{
	enum { BINS = 20 };
	const uint64_t replications = x->full ? 500 : 20;
	struct scenario *s = failing(1, 900, 10); /* few enough that the histogram keeps every value */
	struct client_spec *c = build_client(&s->sources[0], 2);
	c->backoff_base = c->throttle_base = SIMTIME_SECOND;
	c->jitter = kind;
	struct trial t;
	trial_init(&t, s);
	double counts[BINS] = {0}, expected[BINS], all = 0;
	for (uint64_t r = 0; r < replications; r++) {
		const struct histogram *h = &trial_run(&t, r)->sources[0].latency;
		for (uint64_t i = 0; i < h->count; i++) {
			double delay = (double)histogram_quantile(h, ((double)i + 0.5) / (double)h->count) / 1e9 - 0.002;
			int bin = (int)floor(BINS * (delay - low) / (high - low));
			counts[bin < 0 ? 0 : bin < BINS ? bin : BINS - 1]++;
			all++;
		}
		expect_true(x, (double)h->smallest / 1e9 >= low + 0.002 - 1e-9 && (double)h->largest / 1e9 <= high + 0.002 + 1e-9,
		            "%s jitter: delays of replication %llu within %g to %g s", name, (unsigned long long)r, low, high);
	}
	for (int i = 0; i < BINS; i++)
		expected[i] = all / BINS;
	expect_fit(x, counts, expected, BINS, "%s jitter: delays are uniform", name);
	trial_fini(&t);
	build_free(s);
}

/* Three delays, each uniform in [0, 1] s: drawn from one number their sum would vary three times as much. */
static void independent_delays(struct expect *x)
{
	enum { REPLICATIONS = 20 };
	struct scenario *s = failing(1, 900, 14);
	struct client_spec *c = build_client(&s->sources[0], 4);
	c->backoff_base = c->throttle_base = SIMTIME_SECOND;
	c->backoff_factor = 1;
	c->jitter = JITTER_FULL;
	struct trial t;
	trial_init(&t, s);
	double variances[REPLICATIONS];
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		const struct histogram *h = &trial_run(&t, r)->sources[0].latency;
		variances[r] = 0;
		for (uint64_t i = 0; i < h->count; i++)
			variances[r] += pow((double)histogram_quantile(h, ((double)i + 0.5) / (double)h->count) / 1e9 - 1.504, 2) /
			                (double)h->count;
	}
	expect_mean(x, variances, REPLICATIONS, 3.0 / 12, 0.05, "three delays are independent: variance of their sum");
	trial_fini(&t);
	build_free(s);
}

/* --- the SDKs' modes
 * ------------------------------------------------------------------------------------------------------------ */

static const struct mode {
	const char *preset;
	bool throttled; /* by reserved concurrency 0; else a 502 */
	int attempts;
	double caps_s[4]; /* delay n is uniform between 0 and this */
	uint64_t retries; /* what a quota of one process allows while nothing ever succeeds; 0: no quota */
} modes[] = {
	{"legacy", false, 5, {1, 2, 4, 8}, 0},   {"legacy", true, 5, {1, 2, 4, 8}, 0},
	{"standard", false, 3, {1, 2}, 100},                                                   /* 500 tokens, 5 each */
	{"standard", true, 3, {1, 2}, 100},      {"standard-2026", false, 3, {0.05, 0.1}, 35}, /* 14 each */
	{"standard-2026", true, 3, {1, 2}, 100},                                               /* 5 each */
};

static struct scenario *with_preset(const struct mode *m, int processes)
{
	struct scenario *s = failing(1, 2000, 11);
	if (m->throttled)
		s->functions[0].reserved = 0;
	s->sources[0].has_client = client_preset(m->preset, &s->sources[0].client) == 0;
	s->sources[0].client.processes = processes;
	return s;
}

/* Many processes: no quota binds, and the sum of the delays has the sum of uniform means and variances. */
static void preset_delays(struct expect *x, const struct mode *m)
{
	enum { REPLICATIONS = 20 };
	const char *why = m->throttled ? "429" : "502";
	struct scenario *s = with_preset(m, 100000);
	if (!expect_true(x, s->sources[0].has_client, "preset %s exists", m->preset))
		return;
	struct trial t;
	trial_init(&t, s);
	double means[REPLICATIONS], expected = m->throttled ? 0 : 0.001 * m->attempts;
	uint64_t wrong = 0;
	for (int i = 0; i < m->attempts - 1; i++)
		expected += m->caps_s[i] / 2;
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		const struct source_result *got = trial_run(&t, r)->sources;
		means[r] = histogram_mean(&got->latency) / 1e9;
		wrong += source_attempts(&got->counts) != (uint64_t)m->attempts * got->counts.requests;
	}
	expect_count(x, wrong, 0, "%s, %s: replications without exactly %d attempts a request", m->preset, why, m->attempts);
	expect_mean(x, means, REPLICATIONS, expected, 0.02, "%s, %s: seconds to the last answer", m->preset, why);
	trial_fini(&t);
	build_free(s);
}

/* One process that never succeeds spends its quota once. Several spend one each. */
static void preset_quota(struct expect *x, const struct mode *m, int processes)
{
	struct scenario *s = with_preset(m, processes);
	struct trial t;
	trial_init(&t, s);
	const struct source_counts *c = &trial_run(&t, 0)->sources[0].counts;
	uint64_t expected = m->retries ? m->retries * (uint64_t)processes : (uint64_t)(m->attempts - 1) * c->requests;
	expect_count(x, source_attempts(c) - c->requests, expected, "%s, %s, processes %d: retries that the quota allows",
	             m->preset, m->throttled ? "429" : "502", processes);
	trial_fini(&t);
	build_free(s);
}

/* A client that gives up after a second asks a function of 10 s three times; a retry after a timeout costs 10 tokens in
 * `standard`. */
static void timeouts(struct expect *x)
{
	struct scenario *s = failing(0, 2000, 12);
	s->functions[0].declared.duration = build_constant(10);
	s->sources[0].has_client = client_preset("standard", &s->sources[0].client) == 0;
	s->sources[0].client.timeout = SIMTIME_SECOND;
	struct trial t;
	trial_init(&t, s);
	const struct run_result *r = trial_run(&t, 0);
	const struct source_counts *c = &r->sources[0].counts;
	expect_count(x, source_attempts(c) - c->requests, 50, "standard, timeouts: retries that the quota allows");
	expect_count(x, r->sources[0].status[STATUS_CLIENT_TIMEOUT], c->requests, "standard, timeouts: requests given up");
	expect_count(x, counts_invocations(&r->functions[0].counts), source_attempts(c), "standard, timeouts: invocations go on");
	expect_count(x, r->functions[0].counts.billed_ms, 10000 * source_attempts(c), "standard, timeouts: billed ms");
	trial_fini(&t);
	build_free(s);
}

/* What is not named under RetryOn is not repeated. */
static void retry_on(struct expect *x, unsigned bits, uint64_t attempts_a_request)
{
	struct scenario *s = failing(1, 500, 13);
	build_client(&s->sources[0], 3)->retry_on = bits;
	struct trial t;
	trial_init(&t, s);
	const struct source_counts *c = &trial_run(&t, 0)->sources[0].counts;
	expect_count(x, source_attempts(c), attempts_a_request * c->requests, "RetryOn %#x, 502 answers: attempts", bits);
	trial_fini(&t);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	attempts(&x, 0.1, 2);
	attempts(&x, 0.5, 2);
	attempts(&x, 0.3, 4);
	attempts(&x, 0.3, 0);
	plain_delays(&x, "1, 2, 4, 8 s", 2, 0, 5, 15);
	plain_delays(&x, "1, 2, 3, 3 s", 2, 3, 5, 9);
	plain_delays(&x, "1, 1, 1 s", 1, 0, 4, 3);
	jitter(&x, JITTER_FULL, "full", 0, 1);
	jitter(&x, JITTER_EQUAL, "equal", 0.5, 1);
	independent_delays(&x);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		preset_delays(&x, &modes[i]);
		preset_quota(&x, &modes[i], 1);
		preset_quota(&x, &modes[i], 7);
	}
	timeouts(&x);
	retry_on(&x, RETRY_5XX, 3);
	retry_on(&x, RETRY_429 | RETRY_TIMEOUT | RETRY_FUNCTION_ERROR, 1);
	return expect_end(&x);
}
