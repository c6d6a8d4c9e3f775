/* erlang: a function at its concurrency limit is a loss system: with Poisson requests the throttled share is Erlang B, whatever the
 * distribution of durations; and functions that share a pool all see Erlang B of the pool and the joint load.
 * Source: Erlang 1917; insensitivity: Sevastyanov 1957. The values of B(c, a) in the table were computed apart with 30 digits. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/build.h"
#include "tests/support/expect.h"

enum { REPLICATIONS = 40, WARM_UP_S = 60 };

/* B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)). */
static double erlang_b(int servers, double load)
{
	double b = 1;
	for (int n = 1; n <= servers; n++)
		b = load * b / (n + load * b);
	return b;
}

static double times(const struct expect *x)
{
	return x->full ? 10 : 1;
}

/* Throttled share of each function over the replications, with the throttles of the wrong reasons counted in *wrong. */
struct shares {
	double throttles[2][REPLICATIONS], attempts[2][REPLICATIONS];
	uint64_t wrong;
};

static void measure(const struct scenario *s, const enum throttle right[2], struct shares *out)
{
	struct trial t;
	trial_init(&t, s);
	out->wrong = 0;
	for (uint64_t r = 0; r < REPLICATIONS; r++) {
		const struct run_result *x = trial_run(&t, r);
		for (size_t f = 0; f < s->function_count; f++) {
			const struct function_counts *c = &x->functions[f].counts;
			out->throttles[f][r] = (double)counts_throttles(c);
			out->attempts[f][r] = (double)(counts_throttles(c) + counts_invocations(c));
			out->wrong += counts_throttles(c) - c->throttles[right[f]];
		}
	}
	trial_fini(&t);
}

/* --- one reserved function
 * ------------------------------------------------------------------------------------------------------ */

struct row {
	int servers;
	double load, exact;
	double seconds; /* counted in one replication: smaller shares need more */
	double sharp;
};

static const struct row rows[] = {
	{1, 0.5, 0.333333333333, 4000, 0.02},      {5, 3.0, 0.110054347826, 6000, 0.02},
	{10, 8.0, 0.121661064253, 5000, 0.02},     {10, 9.0, 0.167963226292, 5000, 0.02},
	{50, 45.0, 0.0541044721646, 4000, 0.03},   {100, 90.0, 0.0269573804644, 2000, 0.04},
	{1000, 950.0, 0.00364929368894, 400, 0.2},
};

/* All durations have a mean of 1 s. The system relaxes within some mean durations (at most those of the M/G/infinity queue, a
 * minute for the lognormal), so after WARM_UP_S of requests it is stationary: what is missing is far below a tenth of a
 * half-width. */
static void reserved(struct expect *x, const struct row *row, const char *name, struct distribution duration, bool limited)
{
	static const enum throttle right[] = {THROTTLE_RESERVED_CONCURRENCY, THROTTLE_NONE};
	double seconds = row->seconds * times(x);
	struct scenario *s = build_scenario((simtime)((WARM_UP_S + seconds) * 1e9), 3);
	s->warm_up = WARM_UP_S * SIMTIME_SECOND;
	s->account.request_unlimited = !limited;
	s->account.concurrent_executions = limited ? 1000 : 5000;
	build_function(s, "F", duration)->reserved = row->servers;
	build_source(s, "F", 0, SOURCE_INVOKE, row->load);
	struct shares got;
	measure(s, right, &got);
	expect_ratio(x, got.throttles[0], got.attempts[0], REPLICATIONS, row->exact, row->sharp, "B(%d, %g), %s%s", row->servers,
	             row->load, name, limited ? ", request rates limited as by default" : "");
	expect_count(x, got.wrong, 0, "B(%d, %g), %s: throttles for another reason", row->servers, row->load, name);
	build_free(s);
}

/* --- two functions
 * -------------------------------------------------------------------------------------------------------------- */

static void two(struct expect *x, double load_a, double load_b, int kept, double exact_a, double exact_b)
{
	const enum throttle right[] = {THROTTLE_CONCURRENCY, kept ? THROTTLE_RESERVED_CONCURRENCY : THROTTLE_CONCURRENCY};
	struct scenario *s = build_scenario((simtime)((WARM_UP_S + 3600 * times(x)) * 1e9), 4);
	s->warm_up = WARM_UP_S * SIMTIME_SECOND;
	s->account.concurrent_executions = 200;
	build_function(s, "A", build_exponential(1));
	build_function(s, "B", build_lognormal(1, 2));
	if (kept)
		s->functions[1].reserved = kept;
	build_source(s, "A", 0, SOURCE_INVOKE, load_a);
	build_source(s, "B", 1, SOURCE_INVOKE, load_b);
	struct shares got;
	measure(s, right, &got);
	expect_ratio(x, got.throttles[0], got.attempts[0], REPLICATIONS, exact_a, 0.02, "account 200, B keeps %d: A, load %g", kept,
	             load_a);
	expect_ratio(x, got.throttles[1], got.attempts[1], REPLICATIONS, exact_b, 0.02, "account 200, B keeps %d: B, load %g", kept,
	             load_b);
	expect_count(x, got.wrong, 0, "account 200, B keeps %d: throttles for another reason", kept);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	expect_title("Erlang B, reserved concurrency");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		expect_near(&x, erlang_b(rows[i].servers, rows[i].load), rows[i].exact, rows[i].exact * 1e-11,
		            "the recursion itself, B(%d, %g)", rows[i].servers, rows[i].load);
		reserved(&x, &rows[i], "exponential", build_exponential(1), false);
	}
	expect_title("insensitive to the distribution of durations");
	for (size_t i = 3; i < 5; i++) {
		reserved(&x, &rows[i], "lognormal, CV 2", build_lognormal(1, 2), false);
		reserved(&x, &rows[i], "uniform", build_uniform(0, 2), false);
		reserved(&x, &rows[i], "constant", build_constant(1), false);
	}
	expect_title("with the request-rate limits on: one second's depth never binds here");
	reserved(&x, &rows[3], "exponential", build_exponential(1), true);
	reserved(&x, &rows[3], "lognormal, CV 2", build_lognormal(1, 2), true);
	expect_title("two functions on an account of 200");
	two(&x, 110, 90, 0, erlang_b(200, 200), erlang_b(200, 200));
	two(&x, 130, 70, 60, erlang_b(140, 130), erlang_b(60, 70));
	return expect_end(&x);
}
