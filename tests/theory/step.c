/* step: a step of load on an empty function meets the scaling rate: 1,000 environments at once and 100 a second after, 10,000
 * requests a second at once and 1,000 a second more every second after. Everything here is exact: constant arrivals and
 * durations. Source: AWS Lambda Developer Guide, "Lambda scaling behavior"; the numbers follow from it by arithmetic. */
#include <stdio.h>

#include "tests/support/build.h"
#include "tests/support/expect.h"

/* Runs of a minute and a bit have series with periods of 0.1 s; the minute is looked at. */
enum { SECONDS = 60, PERIODS = 10 * SECONDS };
static const simtime HORIZON = (SECONDS + 1) * SIMTIME_SECOND;

static struct scenario *step(double rate_per_s, double duration_s, simtime horizon)
{
	struct scenario *s = build_scenario(horizon, 6);
	s->account = (struct account_spec){.concurrent_executions = 20000};
	build_function(s, "F", build_constant(duration_s));
	build_source(s, "F", 0, SOURCE_INVOKE, rate_per_s)->arrivals.kind = ARRIVAL_CONSTANT;
	return s;
}

/* Environments that the scaling rate allows t tenths of a second after the step. */
static double curve(double tenths)
{
	double wanted = 1000 * tenths, allowed = 1000 + 10 * tenths;
	return wanted < allowed ? wanted : allowed;
}

static uint64_t starts(const struct function_row *rows, size_t second)
{
	uint64_t sum = 0;
	for (size_t i = 10 * second; i < 10 * (second + 1); i++)
		sum += rows[i].invocations;
	return sum;
}

/* Durations beyond the horizon: nothing is ever free again. */
static void environments_follow(struct expect *x)
{
	struct scenario *s = step(10000, 900, HORIZON);
	struct trial t;
	trial_init(&t, s);
	const struct function_result *f = trial_run(&t, 0)->functions;
	double worst = 0;
	expect_true(x, t.plan->period == SIMTIME_SECOND / 10, "periods of 0.1 s");
	for (size_t i = 0; i < PERIODS; i++) {
		double off = (double)f->rows[i].alive_max - curve((double)i + 1);
		worst = off * off > worst * worst ? off : worst;
	}
	expect_near(x, worst, 0, 1, "900 s: environments less min(10,000 t, 1,000 + 100 t), the largest difference of %d", PERIODS);
	expect_between(x, (double)f->rows[PERIODS - 1].alive_max, 6999, 7001, "900 s: environments after a minute");
	expect_count(x, f->counts.throttles[THROTTLE_SCALING_ENVIRONMENTS], counts_throttles(&f->counts),
	             "900 s: all throttles for the scaling rate");
	trial_fini(&t);
	build_free(s);
}

/* Durations of 1 s: tokens sit unused while the first burst is served again. */
static void starts_follow(struct expect *x)
{
	struct scenario *s = step(10000, 1, HORIZON);
	struct trial t;
	trial_init(&t, s);
	const struct function_result *f = trial_run(&t, 0)->functions;
	uint64_t all = 0, wrong = 0, above = 0;
	for (size_t i = 0; i < PERIODS; i++)
		above += (double)f->rows[i].alive_max > curve((double)i + 1) + 1;
	for (size_t n = 0; n < SECONDS; n++) {
		uint64_t expected = 999 + 100 * (n + 1);
		all += starts(f->rows, n);
		wrong += starts(f->rows, n) != expected;
	}
	expect_count(x, above, 0, "1 s: periods with more environments than the curve and one");
	expect_count(x, wrong, 0, "1 s: seconds n whose starts are not 999 + 100 (n + 1)");
	expect_count(x, all, 242940, "1 s: starts in the first minute");
	trial_fini(&t);
	build_free(s);
}

/* While the first bursts are served again no new environment is needed and tokens wait. So 10,000, which 1,000 + 100 t reaches
 * at 90 s, is reached at 91 s. */
static void reaches_full_service(struct expect *x)
{
	struct scenario *s = step(10000, 1, 100 * SIMTIME_SECOND);
	struct trial t;
	trial_init(&t, s);
	const struct function_result *f = trial_run(&t, 0)->functions;
	size_t first = 0;
	while (first < t.plan->periods && f->rows[first].alive_max < 10000)
		first++;
	expect_between(x, (double)first / 10, 90.8, 91.1, "1 s: when 10,000 environments are reached, in seconds");
	expect_near(x, (double)f->rows[10].alive_max, curve(11) - 11, 1, "1 s: environments at 1.1 s");
	expect_near(x, (double)f->rows[591].alive_max, curve(592) - 21, 1, "1 s: environments at 59.2 s");
	expect_near(x, (double)f->rows[898].alive_max, curve(899) - 92, 1, "1 s: environments at 89.9 s");
	trial_fini(&t);
	build_free(s);
}

/* Short invocations: the request limb. 50,000 a second of 10 ms need 500 environments only. */
static void requests_follow(struct expect *x)
{
	struct scenario *s = step(50000, 0.01, HORIZON);
	s->account.concurrent_executions = 10000;
	struct trial t;
	trial_init(&t, s);
	const struct function_result *f = trial_run(&t, 0)->functions;
	uint64_t wrong = 0;
	for (size_t n = 0; n < SECONDS; n++) {
		uint64_t allowed = 10000 + 1000 * n, offered = 50000 - (n == 0); /* the first request comes after one gap */
		uint64_t served = starts(f->rows, n);
		wrong += served != (allowed < offered ? allowed : offered);
	}
	expect_count(x, wrong, 0,
	             "10 ms, 50,000 a second: seconds t whose served requests are not 10,000 + 1,000 t (50,000 from 40 s on)");
	expect_count(x, starts(f->rows, 0), 10000, "10 ms, 50,000 a second: served in the first second");
	expect_count(x, starts(f->rows, 39), 49000, "10 ms, 50,000 a second: served in the 40th second");
	expect_count(x, f->counts.throttles[THROTTLE_SCALING_REQUESTS], counts_throttles(&f->counts),
	             "10 ms: all throttles for the request limb");
	trial_fini(&t);
	build_free(s);
}

/* Lifting the scaling rate serves everything at once. */
static void unlimited(struct expect *x)
{
	struct scenario *s = step(10000, 1, 5 * SIMTIME_SECOND);
	s->account.scaling_unlimited = true;
	struct trial t;
	trial_init(&t, s);
	const struct function_result *f = trial_run(&t, 0)->functions;
	expect_count(x, counts_throttles(&f->counts), 0, "ScalingRate unlimited: throttles");
	expect_count(x, (uint64_t)f->alive_max, 10000, "ScalingRate unlimited: environments");
	trial_fini(&t);
	build_free(s);
}

int main(int argc, char **argv)
{
	struct expect x;
	expect_begin(&x, argc, argv);
	environments_follow(&x);
	starts_follow(&x);
	reaches_full_service(&x);
	requests_follow(&x);
	unlimited(&x);
	return expect_end(&x);
}
