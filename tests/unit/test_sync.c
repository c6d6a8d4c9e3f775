/* Synchronous invocation: what each source answers to each outcome, who is refused and why, what runs where. */
#include <check.h>
#include <string.h>

#include "models/source/table.h"
#include "tests/unit/fixture_scenario.h"

enum { SYNC_KINDS = SOURCE_FUNCTION_URL + 1 };

/* --- statuses ------------------------------------------------------------------------------------------------------------------- */

/* A measured run, and the status that the four kinds of source answer: Invoke, Api, HttpApi, FunctionUrl. */
static const struct {
	const char *what;
	enum outcome outcome;
	int handler_status;
	simtime wait_ms;
	int want[SYNC_KINDS];
	enum outcome counted;
	int timeout_s;
} answers[] = {
	{"plain", OUTCOME_OK, 0, 50, {200, 200, 200, 200}, OUTCOME_OK, 3},
	{"a status of its own", OUTCOME_OK, 404, 50, {200, 404, 404, 404}, OUTCOME_OK, 3},
	{"an answer of no use", OUTCOME_OK, -1, 50, {200, 502, 500, 502}, OUTCOME_OK, 3},
	{"a status that is none", OUTCOME_OK, 600, 50, {200, 502, 500, 502}, OUTCOME_OK, 3},
	{"raises", OUTCOME_ERROR, 0, 50, {200, 502, 500, 502}, OUTCOME_ERROR, 3},
	{"exits", OUTCOME_CRASH, 0, 50, {200, 502, 500, 502}, OUTCOME_CRASH, 3},
	{"too much memory", OUTCOME_OUT_OF_MEMORY, 0, 50, {200, 502, 500, 502}, OUTCOME_OUT_OF_MEMORY, 3},
	{"its Timeout", OUTCOME_OK, 200, 4000, {200, 502, 500, 502}, OUTCOME_TIMEOUT, 1},
	{"the gateway before its Timeout", OUTCOME_OK, 200, 4000, {200, 504, 503, 502}, OUTCOME_TIMEOUT, 3},
	{"both at once", OUTCOME_OK, 200, 4000, {200, 502, 500, 502}, OUTCOME_TIMEOUT, 2},
	{"longer than the gateway waits", OUTCOME_OK, 201, 2500, {200, 504, 503, 201}, OUTCOME_OK, 3},
	{"exactly as long as the gateway waits", OUTCOME_OK, 201, 2000, {200, 201, 201, 201}, OUTCOME_OK, 3},
	{"an error after the gateway gave up", OUTCOME_ERROR, 0, 2500, {200, 504, 503, 502}, OUTCOME_ERROR, 3},
};
enum { ANSWERS = sizeof answers / sizeof *answers };

/* The gateways wait 2 s here, the function mostly 3 s; 7 ms of latency go on top of every answer. */
START_TEST(every_source_answers_every_outcome)
{
	int i = _i / SYNC_KINDS, kind = _i % SYNC_KINDS;
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.sources[0].kind = kind;
	simtime timeout = answers[i].timeout_s * SIMTIME_SECOND;
	s.functions[0].timeout_s = answers[i].timeout_s;
	bool limited = source_kind_of(kind)->wait_limit != SIMTIME_NEVER;
	s.sources[0].wait_limit = limited ? 2 * SIMTIME_SECOND : SIMTIME_NEVER;
	s.sources[0].latency = fixture_constant(7 * SIMTIME_MS);
	struct profile_run run = {.wait = answers[i].wait_ms * SIMTIME_MS,
	                          .outcome = answers[i].outcome,
	                          .status = answers[i].handler_status};
	fixture_profile(&s, 0, &run, 1, (struct profile_init){.wall = 0});
	fixture_times(&s, 0, (double[]){1000}, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct source_result *x = &r.result->sources[0];
	const struct function_result *f = &r.result->functions[0];
	int want = answers[i].want[kind];
	ck_assert_msg(x->status[want] == 1, "%s: no status %d from %s", answers[i].what, want, source_kind_of(kind)->name);
	simtime busy = answers[i].wait_ms * SIMTIME_MS < timeout ? answers[i].wait_ms * SIMTIME_MS : timeout;
	simtime wait = limited && busy > 2000 * SIMTIME_MS ? 2000 * SIMTIME_MS : busy;
	ck_assert_int_eq(x->latency.smallest, wait + 7 * SIMTIME_MS);
	ck_assert_uint_eq(x->latency.count, 1);
	/* The function's side knows nothing of who still waits. */
	ck_assert_uint_eq(f->counts.outcomes[answers[i].counted], 1);
	ck_assert_uint_eq(counts_errors(&f->counts), answers[i].counted != OUTCOME_OK);
	ck_assert_uint_eq(f->counts.billed_ms, (uint64_t)busy / SIMTIME_MS);
	ck_assert_int_eq(f->duration.smallest, busy);
	ck_assert_uint_eq(f->latency_cold.count, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Two at once, one reserved: the second is refused with the source's status after its latency alone. */
START_TEST(a_throttle_is_the_sources_status)
{
	const int want[SYNC_KINDS] = {429, 500, 503, 429};
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.functions[0].reserved = 1;
	s.sources[0].kind = _i;
	s.sources[0].latency = fixture_constant(7 * SIMTIME_MS);
	fixture_burst(&s, 0, SIMTIME_SECOND, 2);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct source_result *x = &r.result->sources[0];
	ck_assert_uint_eq(x->status[want[_i]], 1);
	ck_assert_uint_eq(x->status[200], 1);
	ck_assert_int_eq(x->latency.smallest, 7 * SIMTIME_MS);
	ck_assert_int_eq(x->latency.largest, 107 * SIMTIME_MS);
	ck_assert_uint_eq(r.result->functions[0].counts.throttles[THROTTLE_RESERVED_CONCURRENCY], 1);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 1);
	/* A refused request has no latency of the function. */
	ck_assert_uint_eq(r.result->functions[0].latency_cold.count + r.result->functions[0].latency_warm.count, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* 10,000 a second and 5,000 at once, REST and HTTP APIs together, before Lambda is asked; other sources do not know of it. */
START_TEST(gateways_share_their_accounts_throttle)
{
	struct scenario s;
	fixture_scenario(&s, 1, 4);
	s.account = (struct account_spec){1000000, 0, true, true};
	for (int i = 0; i < 4; i++) {
		s.sources[i].kind = i;
		fixture_burst(&s, i, SIMTIME_SECOND, 4000);
	}
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct source_result *x = r.result->sources;
	ck_assert_uint_eq(x[SOURCE_INVOKE].status[200], 4000);
	ck_assert_uint_eq(x[SOURCE_API].status[200], 4000);
	ck_assert_uint_eq(x[SOURCE_HTTP_API].status[200], 1000);
	ck_assert_uint_eq(x[SOURCE_HTTP_API].status[429], 3000);
	ck_assert_uint_eq(x[SOURCE_HTTP_API].counts.gateway_throttles, 3000);
	ck_assert_uint_eq(source_attempts(&x[SOURCE_HTTP_API].counts), 4000);
	ck_assert_uint_eq(x[SOURCE_FUNCTION_URL].status[200], 4000);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), 13000);
	ck_assert_uint_eq(counts_throttles(&r.result->functions[0].counts), 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- admission ------------------------------------------------------------------------------------------------------------------ */

struct admission_case {
	const char *what;
	int account, others, reserved, requests;
	bool scaling_unlimited, request_unlimited;
	simtime duration_ms;
	enum throttle why;
	uint64_t admitted;
};

static const struct admission_case admissions[] = {
	{"everything fits", 1000, 0, -1, 900, false, false, 100, THROTTLE_NONE, 900},
	{"the account is full", 500, 0, -1, 900, false, false, 100, THROTTLE_CONCURRENCY, 500},
	{"others use some of it", 500, 120, -1, 900, false, false, 100, THROTTLE_CONCURRENCY, 380},
	{"the reservation is full", 1000, 0, 30, 200, false, false, 100, THROTTLE_RESERVED_CONCURRENCY, 30},
	{"nothing is reserved", 1000, 0, 0, 10, false, false, 100, THROTTLE_RESERVED_CONCURRENCY, 0},
	{"a thousand environments at once", 5000, 0, -1, 4000, false, false, 100, THROTTLE_SCALING_ENVIRONMENTS, 1000},
	{"a thousand environments, reserved", 5000, 0, 4000, 4000, false, false, 100, THROTTLE_SCALING_ENVIRONMENTS, 1000},
	{"lifted", 5000, 0, -1, 4000, true, false, 100, THROTTLE_NONE, 4000},
	{"the account's request rate", 300, 0, -1, 3500, true, false, 0, THROTTLE_ACCOUNT_RATE, 3000},
	{"the account's request rate comes first", 0, 0, -1, 5, true, false, 100, THROTTLE_CONCURRENCY, 0},
	{"the reservation's request rate", 1000, 0, 50, 700, true, false, 0, THROTTLE_RESERVED_RATE, 500},
	{"lifted too", 300, 0, -1, 3500, true, true, 0, THROTTLE_NONE, 3500},
	{"ten thousand requests in the first second", 2000, 0, -1, 10500, false, false, 0, THROTTLE_SCALING_REQUESTS, 10000},
};

/* With no duration each request frees its environment before the next arrives; otherwise all of them are there at once. */
START_TEST(who_is_refused_and_why)
{
	const struct admission_case *a = &admissions[_i];
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.account = (struct account_spec){a->account, a->others, a->scaling_unlimited, a->request_unlimited};
	s.functions[0].reserved = a->reserved;
	s.functions[0].declared.duration = fixture_constant(a->duration_ms * SIMTIME_MS);
	fixture_burst(&s, 0, 0, a->requests);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct function_counts *c = &r.result->functions[0].counts;
	ck_assert_msg(counts_invocations(c) == a->admitted, "%s: %lu admitted", a->what, counts_invocations(c));
	ck_assert_msg(counts_throttles(c) == a->requests - a->admitted, "%s", a->what);
	if (a->why != THROTTLE_NONE)
		ck_assert_msg(c->throttles[a->why] == a->requests - a->admitted, "%s: another reason", a->what);
	ck_assert_uint_eq(c->cold_starts, a->duration_ms ? a->admitted : a->admitted > 0);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* A warm environment counts against the pool as well: reuse never lets more than the limit be busy. */
START_TEST(two_functions_never_hold_more_than_the_account)
{
	struct scenario s;
	fixture_scenario(&s, 2, 2);
	s.account.concurrent_executions = 20;
	s.account.request_unlimited = true;
	s.sources[1].function = 1;
	simtime a[60], b[60];
	for (int i = 0; i < 60; i++) { /* 20 of one, then 20 of the other, then both at once */
		a[i] = (i < 20 ? 0 : 2000) * SIMTIME_MS;
		b[i] = (i < 20 ? 1000 : 2000) * SIMTIME_MS;
	}
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = a, .time_count = 60};
	s.sources[1].arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = b, .time_count = 60};
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_int_eq(r.result->busy_max, 20);
	ck_assert_int_eq(r.result->functions[0].alive_max, 20); /* idle ones do not count */
	ck_assert_int_eq(r.result->functions[1].alive_max, 20);
	ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts) + counts_invocations(&r.result->functions[1].counts),
	                  60);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- environments --------------------------------------------------------------------------------------------------------------- */

/* Requests at the given times; Init 400 ms, Duration 100 ms, idle life 10 s. */
START_TEST(cold_warm_and_cold_again)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.duration = 100 * SIMTIME_SECOND;
	s.functions[0].declared.init = fixture_constant(400 * SIMTIME_MS);
	s.functions[0].reclaim.after = 10 * SIMTIME_SECOND;
	/* Cold; warm; warm in the last instant; ended in that instant: cold. */
	fixture_times(&s, 0, (double[]){0, 500, 600 + 9999.999, 10699.999 + 10000}, 4);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct function_result *f = &r.result->functions[0];
	ck_assert_uint_eq(f->counts.cold_starts, 2);
	ck_assert_uint_eq(f->init.count, 2);
	ck_assert_uint_eq(f->latency_cold.count, 2);
	ck_assert_int_eq(f->latency_cold.largest, 500 * SIMTIME_MS);
	ck_assert_int_eq(f->latency_warm.largest, 100 * SIMTIME_MS);
	ck_assert_uint_eq(f->counts.billed_ms, 2 * 500 + 2 * 100);
	ck_assert_int_eq(f->duration.largest, 100 * SIMTIME_MS); /* Init apart */
	ck_assert_int_eq(f->alive_max, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* A crash leaves the environment, but the next invocation runs Init inside: in Duration, billed, no cold start. A raised error
 * does not. */
START_TEST(a_reset_environment_starts_again_inside)
{
	const enum outcome outcomes[] = {OUTCOME_ERROR, OUTCOME_CRASH, OUTCOME_OUT_OF_MEMORY};
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	struct profile_run run = {.wait = 50 * SIMTIME_MS, .outcome = outcomes[_i]};
	fixture_profile(&s, 0, &run, 1, (struct profile_init){.wall = 300 * SIMTIME_MS});
	fixture_times(&s, 0, (double[]){0, 1000, 2000}, 3);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct function_result *f = &r.result->functions[0];
	bool resets = _i > 0;
	ck_assert_uint_eq(f->counts.cold_starts, 1);
	ck_assert_uint_eq(f->counts.resets, resets ? 2 : 0);
	ck_assert_uint_eq(counts_errors(&f->counts), 3);
	ck_assert_int_eq(f->duration.largest, (resets ? 350 : 50) * SIMTIME_MS);
	ck_assert_uint_eq(f->counts.billed_ms, resets ? 3 * 350 : 350 + 2 * 50);
	ck_assert_uint_eq(f->init.count, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* A cut-off Init: the environment is busy and the caller waits, but what was cut is not billed; Duration holds the second try. */
START_TEST(a_slow_init_costs_time_but_only_its_second_try_is_billed)
{
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	s.duration = 100 * SIMTIME_SECOND;
	s.functions[0].timeout_s = 60;
	s.functions[0].declared.init = fixture_constant(12 * SIMTIME_SECOND);
	fixture_times(&s, 0, (double[]){1000}, 1);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct function_result *f = &r.result->functions[0];
	ck_assert_int_eq(f->duration.largest, 12100 * SIMTIME_MS);
	ck_assert_uint_eq(f->counts.billed_ms, 12100);
	ck_assert_int_eq(f->latency_cold.largest, 22100 * SIMTIME_MS);
	ck_assert_double_eq_tol(f->busy_mean, 0.221, 1e-12);
	ck_assert_uint_eq(f->counts.cold_starts, 1);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* Billed time is rounded up once, over Init and Duration together. */
START_TEST(billing_rounds_the_sum_up)
{
	const struct {
		simtime init_us, duration_us;
		uint64_t billed;
	} cases[] = {{250060, 100770, 351}, {0, 1, 1}, {0, 0, 0}, {400, 400, 1}, {600, 401, 2}, {1000, 1000, 2}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		s.functions[0].declared.init = fixture_constant(cases[i].init_us * 1000);
		s.functions[0].declared.duration = fixture_constant(cases[i].duration_us * 1000);
		fixture_times(&s, 0, (double[]){1}, 1);
		struct fixture_run r = fixture_run(&s, 0, 0);
		ck_assert_uint_eq(r.result->functions[0].counts.billed_ms, cases[i].billed);
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Newest first keeps few warm: of 50 that a burst made, one request a second keeps exactly one alive. */
START_TEST(the_order_of_reuse_decides_how_many_live)
{
	const int alive_at_end[] = {[REUSE_NEWEST] = 1, [REUSE_OLDEST] = 50};
	struct scenario s;
	fixture_scenario(&s, 1, 2);
	s.duration = 1000 * SIMTIME_SECOND;
	s.functions[0].reclaim.after = 100 * SIMTIME_SECOND;
	s.functions[0].reuse = _i;
	fixture_burst(&s, 0, 0, 50);
	s.sources[1].arrivals.rate_per_s = 1;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_int_eq(r.result->functions[0].rows[r.plan->periods - 1].alive_max, alive_at_end[_i]);
	ck_assert_uint_eq(r.result->functions[0].counts.cold_starts, 50);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

Suite *sync_suite(void)
{
	Suite *s = suite_create("sync");
	TCase *c = tcase_create("sync");
	tcase_add_loop_test(c, every_source_answers_every_outcome, 0, ANSWERS * SYNC_KINDS);
	tcase_add_loop_test(c, a_throttle_is_the_sources_status, 0, SYNC_KINDS);
	tcase_add_test(c, gateways_share_their_accounts_throttle);
	tcase_add_loop_test(c, who_is_refused_and_why, 0, sizeof admissions / sizeof *admissions);
	tcase_add_test(c, two_functions_never_hold_more_than_the_account);
	tcase_add_test(c, cold_warm_and_cold_again);
	tcase_add_loop_test(c, a_reset_environment_starts_again_inside, 0, 3);
	tcase_add_test(c, a_slow_init_costs_time_but_only_its_second_try_is_billed);
	tcase_add_test(c, billing_rounds_the_sum_up);
	tcase_add_loop_test(c, the_order_of_reuse_decides_how_many_live, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
