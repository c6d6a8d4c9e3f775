/* Asynchronous invocation: when each try comes, to the nanosecond, and how each event ends. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/flow.h"
#include "tests/unit/fixture_random.h"
#include "tests/unit/fixture_scenario.h"

/* Function 0 gets its events asynchronously from source 0, without delay on the way. */
static void asynchronous(struct scenario *s)
{
	fixture_scenario(s, 2, 1);
	s->duration = 10 * SIMTIME_HOUR;
	s->sources[0].kind = SOURCE_INVOKE_EVENT;
	s->sources[0].target = (struct target){TARGET_FUNCTION, 0, "F0"};
	for (size_t i = 0; i < 2; i++)
		s->functions[i].async = (struct async_spec){.max_retries = 2, .max_age = 6 * SIMTIME_HOUR};
}

static double figure(const struct fixture_run *r, size_t station, const char *name, const char *statistic)
{
	const struct station_ops *ops = r->plan->flow.stations[station].ops;
	for (size_t i = 0; i < ops->figure_count; i++)
		if (strcmp(ops->figures[i].name, name) == 0 && strcmp(ops->figures[i].statistic, statistic) == 0)
			return r->result->stations[station].figures[i];
	ck_abort_msg("no figure %s", name);
	return NAN;
}

static uint64_t ended(const struct fixture_run *r, size_t station, enum station_end how)
{
	return r->result->stations[station].counts.ended[how];
}

START_TEST(a_success_is_one_run)
{
	struct scenario s;
	asynchronous(&s);
	fixture_times(&s, 0, (double[]){1000, 2000}, 2);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, 0, END_DELIVERED), 2);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 2);
	ck_assert_uint_eq(r.result->sources[0].status[202], 2);
	ck_assert_uint_eq(r.result->sources[0].latency.count, 2);
	ck_assert_int_eq(r.result->sources[0].latency.largest, 100 * SIMTIME_MS);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventsReceived", ""), 2);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventAge_ms", "max"), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Runs of 100 ms that fail: at 0, 60.1 and 180.2 s; the event is given up at 180.3 s. */
START_TEST(errors_are_tried_again_after_one_and_two_minutes)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].declared.error_rate = 1;
	s.functions[0].async.max_retries = _i;
	const double ages[] = {0, 60100, 180200};
	fixture_times(&s, 0, (double[]){0}, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 1 + (uint64_t)_i);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventAge_ms", "max"), ages[_i]);
	ck_assert_double_eq(figure(&r, 0, "Retries", ""), _i);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventsDropped", ""), 1);
	ck_assert_uint_eq(ended(&r, 0, END_DROPPED), 1);
	ck_assert_uint_eq(r.result->stations[0].held, 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(too_many_at_once_end_the_replication)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].declared.error_rate = 1; /* each waits a minute */
	double times[600];
	for (size_t i = 0; i < 600; i++)
		times[i] = (double)i;
	fixture_times(&s, 0, times, 600);
	struct plan *p = plan_new(&s, 0);
	struct run *r = run_new(p);
	run_engine(r)->messages.most = 500;
	ck_assert_ptr_null(run_replicate(r, 0, NULL, NULL));
	ck_assert_str_eq(run_overfull(r), "F0");
	run_engine(r)->messages.most = 600; /* and the next one starts afresh */
	struct run_result *x = run_replicate(r, 0, NULL, NULL);
	ck_assert_ptr_nonnull(x);
	ck_assert_ptr_null(run_overfull(r));
	run_result_free(x, p);
	run_free(r);
	plan_free(p);
	fixture_scenario_fini(&s);
}
END_TEST

/* The one place is taken for 500 s: tries at 0, 1, 3, 7, 15, 31, 63, 127, 255 and 511 s. */
START_TEST(throttles_back_off_exponentially)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].reserved = 1;
	s.functions[0].timeout_s = 900;
	s.functions[0].declared.duration = fixture_constant(500 * SIMTIME_SECOND);
	fixture_times(&s, 0, (double[]){0, 0}, 2);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, 0, END_DELIVERED), 2);
	ck_assert_double_eq(figure(&r, 0, "ThrottledTries", ""), 9);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventAge_ms", "max"), 511000);
	ck_assert_double_eq(figure(&r, 0, "Retries", ""), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* The back-off grows to 300 s and no further; at 10 minutes the event is too old. */
START_TEST(events_expire_at_their_age)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].reserved = 1;
	s.functions[0].timeout_s = 900;
	s.functions[0].async.max_age = 700 * SIMTIME_SECOND;
	s.functions[0].declared.duration = fixture_constant(899 * SIMTIME_SECOND);
	fixture_times(&s, 0, (double[]){0, 0}, 2);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, 0, END_DELIVERED), 1);
	ck_assert_uint_eq(ended(&r, 0, END_EXPIRED), 1);
	ck_assert_double_eq(figure(&r, 0, "ThrottledTries", ""), 10); /* at 0 .. 511; the next, at 811, is too late */
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(reserved_zero_drops_at_once)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].reserved = 0;
	fixture_times(&s, 0, (double[]){0}, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, 0, END_DROPPED), 1);
	ck_assert_double_eq(figure(&r, 0, "ThrottledTries", ""), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* What fails goes to function 1 as a destination, and outside as a dead letter; what succeeds goes to function 1. */
START_TEST(destinations_receive)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].declared.error_rate = _i;
	s.functions[0].async.max_retries = 0;
	s.functions[0].async.on_success = (struct target){TARGET_FUNCTION, 1, "F1"};
	s.functions[0].async.on_failure = (struct target){TARGET_FUNCTION, 1, "F1"};
	s.functions[0].async.dead_letter = (struct target){TARGET_OUTSIDE, 0, "arn:aws:sqs:us-east-1:123456789012:dead"};
	fixture_times(&s, 0, (double[]){0, 1, 2}, 3);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(ended(&r, 0, _i ? END_DEAD_LETTERED : END_DELIVERED), 3);
	ck_assert_uint_eq(ended(&r, 1, END_DELIVERED), 3);
	ck_assert_uint_eq(ended(&r, 2, END_DELIVERED), _i ? 3 : 0);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[1].counts), 3);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Two functions that send to each other: the chain stops after 16 invocations, unless that is allowed. */
START_TEST(loops_are_stopped)
{
	struct scenario s;
	asynchronous(&s);
	s.duration = SIMTIME_HOUR;
	s.functions[0].async.on_success = (struct target){TARGET_FUNCTION, 1, "F1"};
	s.functions[1].async.on_success = (struct target){TARGET_FUNCTION, 0, "F0"};
	s.functions[0].async.recursion_allowed = s.functions[1].async.recursion_allowed = _i;
	fixture_times(&s, 0, (double[]){0}, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	uint64_t runs = counts_invocations(&r.result->functions[0].counts) + counts_invocations(&r.result->functions[1].counts);
	if (_i) {
		ck_assert_uint_gt(runs, 1000);
	} else {
		ck_assert_uint_eq(runs, 16);
		ck_assert_uint_eq(r.result->functions[0].counts.recursions, 1);
	}
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* A direct Invoke whose function sends two and a half events on. */
START_TEST(requests_emit)
{
	enum { REQUESTS = 4000 };
	struct scenario s;
	fixture_scenario(&s, 2, 1);
	s.duration = 20 * SIMTIME_MINUTE;
	s.functions[1].async = (struct async_spec){.max_retries = 2, .max_age = SIMTIME_HOUR};
	struct payload_spec payload = {.event = "{}", .event_length = 2, .weight = 1};
	s.payloads = &payload;
	s.payload_count = 1;
	struct emit_spec emit = {.to = {TARGET_FUNCTION, 1, "F1"}, .count = 2.5};
	s.functions[0].emits = &emit;
	s.functions[0].emit_count = 1;
	s.sources[0].arrivals.rate_per_s = 10;
	fixture_burst(&s, 0, SIMTIME_SECOND, REQUESTS);
	s.account.concurrent_executions = 100000;
	s.account.scaling_unlimited = true;
	struct fixture_run r = fixture_run(&s, 0, 0);
	double sent = (double)r.result->stations[1].counts.received;
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), REQUESTS);
	ck_assert_double_ge(sent, 2.45 * REQUESTS);
	ck_assert_double_le(sent, 2.55 * REQUESTS);
	ck_assert_uint_eq(ended(&r, 1, END_DELIVERED), (uint64_t)sent);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Expected number of runs for failure probability p is 1 + p + p^2. */
START_TEST(expected_attempts)
{
	enum { EVENTS = 20000 };
	const double p = 0.3;
	struct scenario s;
	asynchronous(&s);
	s.functions[0].declared.error_rate = p;
	fixture_burst(&s, 0, SIMTIME_SECOND, EVENTS);
	s.account = (struct account_spec){1000000, 0, true, true};
	struct fixture_run r = fixture_run(&s, 0, 0);
	double runs = (double)counts_invocations(&r.result->functions[0].counts) / EVENTS, want = 1 + p + p * p;
	ck_assert_double_le(fabs(runs - want), 4 * sqrt((p + 3 * p * p - (p + p * p) * (p + p * p)) / EVENTS));
	double lost = (double)ended(&r, 0, END_DROPPED) / EVENTS;
	ck_assert_double_le(fabs(lost - p * p * p), 4 * sqrt(p * p * p / EVENTS));
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* At least once: a share of the events runs twice. */
START_TEST(duplicates)
{
	struct scenario s;
	asynchronous(&s);
	s.functions[0].async.duplicate_rate = 1;
	fixture_times(&s, 0, (double[]){0, 5, 10}, 3);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 6);
	ck_assert_double_eq(figure(&r, 0, "AsyncEventsReceived", ""), 3);
	ck_assert_double_eq(figure(&r, 0, "Duplicates", ""), 3);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

Suite *async_suite(void)
{
	Suite *s = suite_create("async");
	TCase *tc = tcase_create("async");
	tcase_add_test(tc, a_success_is_one_run);
	tcase_add_loop_test(tc, errors_are_tried_again_after_one_and_two_minutes, 0, 3);
	tcase_add_test(tc, too_many_at_once_end_the_replication);
	tcase_add_test(tc, throttles_back_off_exponentially);
	tcase_add_test(tc, events_expire_at_their_age);
	tcase_add_test(tc, reserved_zero_drops_at_once);
	tcase_add_loop_test(tc, destinations_receive, 0, 2);
	tcase_add_loop_test(tc, loops_are_stopped, 0, 2);
	tcase_add_test(tc, requests_emit);
	tcase_add_test(tc, expected_attempts);
	tcase_add_test(tc, duplicates);
	suite_add_tcase(s, tc);
	return s;
}
