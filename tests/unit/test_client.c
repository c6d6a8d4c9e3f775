/* Clients: how long they wait, what they repeat, when, and what that costs. Back-off without jitter is exact, so every time is. */
#include <check.h>
#include <string.h>

#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_scenario.h"

/* One request at 1 s to a function that takes `duration_ms`; Timeout 60 s; 100 s. */
static struct client_spec *one_request(struct scenario *s, simtime duration_ms)
{
	fixture_scenario(s, 1, 1);
	s->duration = 100 * SIMTIME_SECOND;
	s->functions[0].timeout_s = 60;
	s->functions[0].declared.duration = fixture_constant(duration_ms * SIMTIME_MS);
	fixture_times(s, 0, (double[]){1000}, 1);
	return fixture_client(s, 0);
}

START_TEST(an_abandoned_invocation_goes_on_and_costs)
{
	struct scenario s;
	struct client_spec *c = one_request(&s, 2500);
	c->timeout = SIMTIME_SECOND;
	c->max_attempts = 3;
	c->retry_on = RETRY_TIMEOUT;
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct source_result *x = &r.result->sources[0];
	const struct function_result *f = &r.result->functions[0];
	/* 1 s of waiting, 100 ms, 1 s, 200 ms, 1 s; the environments are busy 2.5 s each, overlapping. */
	ck_assert_uint_eq(x->status[STATUS_CLIENT_TIMEOUT], 1);
	ck_assert_int_eq(x->latency.largest, 3300 * SIMTIME_MS);
	ck_assert_uint_eq(source_attempts(&x->counts), 3);
	ck_assert_uint_eq(counts_invocations(&f->counts), 3);
	ck_assert_uint_eq(counts_errors(&f->counts), 0);
	ck_assert_uint_eq(f->counts.billed_ms, 7500);
	ck_assert_int_eq(f->busy_max, 3);
	ck_assert_double_eq_tol(f->busy_mean, 0.075, 1e-12);
	ck_assert_uint_eq(f->latency_cold.count + f->latency_warm.count, 1); /* a timeout is an end of its own */
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* An answer exactly at the timeout is an answer. */
START_TEST(the_last_instant_counts)
{
	for (simtime late = 0; late < 2; late++) {
		struct scenario s;
		struct client_spec *c = one_request(&s, 1000);
		c->timeout = SIMTIME_SECOND - late;
		struct fixture_run r = fixture_run(&s, 0, 0);
		ck_assert_uint_eq(r.result->sources[0].status[late ? STATUS_CLIENT_TIMEOUT : 200], 1);
		ck_assert_int_eq(r.result->sources[0].latency.largest, SIMTIME_SECOND - late);
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Nothing starts after the end: a retry that would is unfinished; one that falls on the end runs. Its answer still comes. */
START_TEST(retries_after_the_end_are_unfinished)
{
	const struct {
		simtime end_ms;
		uint64_t unfinished, attempts, latency_ms;
	} cases[] = {
		{1000, 1, 1, 0},    /* arrives at the end; given up at 2 s */
		{2099, 1, 1, 0},    /* given up in time, repeated too late */
		{2100, 1, 2, 0},    /* repeated in the last instant; given up at 3.1 s */
		{2200, 1, 2, 0},    /* the second attempt is given up after the end */
		{3300, 0, 3, 3300}, /* the third begins at the end and is given up after it: that is final */
		{100000, 0, 3, 3300},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		struct client_spec *c = one_request(&s, 2500);
		s.duration = cases[i].end_ms * SIMTIME_MS;
		c->timeout = SIMTIME_SECOND;
		c->max_attempts = 3;
		c->retry_on = RETRY_TIMEOUT;
		struct fixture_run r = fixture_run(&s, 0, 0);
		const struct source_result *x = &r.result->sources[0];
		ck_assert_msg(x->counts.unfinished == cases[i].unfinished, "to %ld ms: %lu unfinished", cases[i].end_ms,
		              x->counts.unfinished);
		ck_assert_msg(source_attempts(&x->counts) == cases[i].attempts, "to %ld ms: %lu attempts", cases[i].end_ms,
		              source_attempts(&x->counts));
		ck_assert_uint_eq(x->status[STATUS_CLIENT_TIMEOUT], 1 - cases[i].unfinished);
		ck_assert_uint_eq(x->latency.count, 1 - cases[i].unfinished);
		if (!cases[i].unfinished)
			ck_assert_int_eq(x->latency.largest, cases[i].latency_ms * SIMTIME_MS);
		ck_assert_uint_eq(counts_invocations(&r.result->functions[0].counts), cases[i].attempts);
		ck_assert_uint_eq(r.result->functions[0].counts.billed_ms, 2500 * cases[i].attempts);
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Requests every second, each repeated once after 30 s. With the first 50 s as warm-up the 30 retries after 50 s, up to 80 s, belong to requests
 * that are not counted; only those of requests at 50 s to 70 s can still be made. */
START_TEST(attempts_are_those_of_counted_requests)
{
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_CONSTANT, .rate_per_s = 1};
	s.functions[0].reserved = 0;
	c->retry_on = RETRY_429;
	c->max_attempts = 2;
	c->throttle_base = c->backoff_max = 30 * SIMTIME_SECOND;
	struct fixture_run r = fixture_run(&s, 50 * SIMTIME_SECOND, 0);
	const struct source_result *x = &r.result->sources[0];
	ck_assert_uint_eq(x->counts.requests, 50);
	ck_assert_uint_eq(x->counts.early_retries, 30);
	ck_assert_uint_eq(source_attempts(&x->counts), 50 + 20);
	ck_assert_uint_eq(source_sent(&x->counts), counts_throttles(&r.result->functions[0].counts));
	ck_assert_uint_eq(x->counts.unfinished, 30);
	ck_assert_uint_eq(x->status[429], 20);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- what is repeated ----------------------------------------------------------------------------------------------------------- */

enum happening { FINE, RAISES, THROTTLED, TOO_LATE, OWN_429, OWN_404, OWN_500, GATEWAY_GIVES_UP, HAPPENINGS };

static void happen(struct scenario *s, enum happening what)
{
	struct profile_run run = {.wait = 100 * SIMTIME_MS};
	const int own[HAPPENINGS] = {[OWN_429] = 429, [OWN_404] = 404, [OWN_500] = 500};
	run.status = own[what];
	run.outcome = what == RAISES ? OUTCOME_ERROR : OUTCOME_OK;
	if (what == GATEWAY_GIVES_UP)
		run.wait = 2500 * SIMTIME_MS;
	if (what == TOO_LATE)
		run.wait = 8 * SIMTIME_SECOND;
	if (what == THROTTLED)
		s->functions[0].reserved = 0;
	fixture_profile(s, 0, &run, 1, (struct profile_init){.wall = 0});
}

static const struct {
	enum source_kind kind;
	enum happening what;
	int status;
	unsigned repeated_on; /* any of these bits, and no other */
} rules[] = {
	{SOURCE_INVOKE, FINE, 200, 0},
	{SOURCE_INVOKE, RAISES, 200, RETRY_FUNCTION_ERROR},
	{SOURCE_INVOKE, THROTTLED, 429, RETRY_429},
	{SOURCE_INVOKE, TOO_LATE, 0, RETRY_TIMEOUT},
	{SOURCE_FUNCTION_URL, RAISES, 502, RETRY_5XX},
	{SOURCE_FUNCTION_URL, THROTTLED, 429, RETRY_429},
	{SOURCE_FUNCTION_URL, OWN_429, 429, RETRY_429},
	{SOURCE_FUNCTION_URL, OWN_404, 404, 0},
	{SOURCE_FUNCTION_URL, OWN_500, 500, RETRY_5XX},
	{SOURCE_FUNCTION_URL, TOO_LATE, 0, RETRY_TIMEOUT},
	{SOURCE_API, THROTTLED, 500, RETRY_5XX},
	{SOURCE_API, RAISES, 502, RETRY_5XX},
	{SOURCE_API, GATEWAY_GIVES_UP, 504, RETRY_5XX},
	{SOURCE_HTTP_API, THROTTLED, 503, RETRY_5XX},
	{SOURCE_HTTP_API, GATEWAY_GIVES_UP, 503, RETRY_5XX},
	{SOURCE_HTTP_API, FINE, 200, 0},
};

START_TEST(retry_rules)
{
	for (unsigned retry_on = 0; retry_on < 16; retry_on++) {
		struct scenario s;
		struct client_spec *c = one_request(&s, 100);
		s.sources[0].kind = rules[_i].kind;
		s.sources[0].wait_limit = rules[_i].kind == SOURCE_API || rules[_i].kind == SOURCE_HTTP_API ? 2 * SIMTIME_SECOND
		                                                                                            : SIMTIME_NEVER;
		happen(&s, rules[_i].what);
		c->timeout = 5 * SIMTIME_SECOND;
		c->max_attempts = 4;
		c->retry_on = retry_on;
		struct fixture_run r = fixture_run(&s, 0, 0);
		uint64_t want = retry_on & rules[_i].repeated_on ? 4 : 1;
		ck_assert_uint_eq(source_attempts(&r.result->sources[0].counts), want);
		ck_assert_uint_eq(r.result->sources[0].status[rules[_i].status], 1);
		ck_assert_uint_eq(r.result->sources[0].counts.function_errors, rules[_i].repeated_on == RETRY_FUNCTION_ERROR);
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* --- back-off ------------------------------------------------------------------------------------------------------------------- */

/* Refused at once, again and again: latency is the sum of the delays. */
static simtime whole_wait(struct scenario *s, uint64_t seed)
{
	s->seed = seed;
	struct fixture_run r = fixture_run(s, 0, 0);
	simtime waited = r.result->sources[0].latency.largest;
	ck_assert_uint_eq(r.result->sources[0].latency.count, 1);
	fixture_run_fini(&r);
	return waited;
}

static const struct {
	int attempts;
	simtime base_ms, max_ms;
	double factor;
	simtime want_ms;
} backoffs[] = {
	{1, 100, 20000, 2, 0},
	{2, 100, 20000, 2, 100},
	{5, 100, 20000, 2, 100 + 200 + 400 + 800},
	{5, 100, 350, 2, 100 + 200 + 350 + 350},
	{5, 500, 200, 2, 4 * 200},
	{4, 100, 20000, 1, 300},
	{4, 100, 20000, 3, 100 + 300 + 900},
	{6, 0, 20000, 2, 0},
	{4, 1000, 100000, 2.5, 1000 + 2500 + 6250},
};

START_TEST(delays_grow_to_the_maximum)
{
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	s.functions[0].reserved = 0;
	c->retry_on = RETRY_429;
	c->max_attempts = backoffs[_i].attempts;
	c->backoff_base = 7777; /* only throttle_base counts for throttles */
	c->throttle_base = backoffs[_i].base_ms * SIMTIME_MS;
	c->backoff_max = backoffs[_i].max_ms * SIMTIME_MS;
	c->backoff_factor = backoffs[_i].factor;
	ck_assert_int_eq(whole_wait(&s, 1), backoffs[_i].want_ms * SIMTIME_MS);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(endless_growth_is_cut_at_the_end_of_time)
{
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	s.functions[0].reserved = 0;
	c->retry_on = RETRY_429;
	c->max_attempts = 1000000;
	c->backoff_max = SIMTIME_NEVER;
	c->backoff_factor = 1e300;
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(r.result->sources[0].counts.unfinished, 1);
	ck_assert_uint_eq(source_attempts(&r.result->sources[0].counts), 2);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* The base of a throttle is for throttles alone: not for a client's own timeout, nor for an error. */
START_TEST(a_timeout_is_no_throttle)
{
	const enum source_kind kinds[] = {SOURCE_INVOKE, SOURCE_FUNCTION_URL, SOURCE_API, SOURCE_HTTP_API};
	struct scenario s;
	struct client_spec *c = one_request(&s, 8000);
	s.sources[0].kind = kinds[_i];
	c->timeout = SIMTIME_SECOND;
	c->max_attempts = 2;
	c->retry_on = RETRY_TIMEOUT;
	c->backoff_base = 50 * SIMTIME_MS;
	c->throttle_base = SIMTIME_SECOND;
	ck_assert_int_eq(whole_wait(&s, 1), 2050 * SIMTIME_MS);
	fixture_scenario_fini(&s);
}
END_TEST

/* Full: anywhere below; equal: in the upper half; mean 1/2 and 3/4. Each attempt draws anew. */
START_TEST(jitter_lies_where_it_should)
{
	const double low[] = {1, 0, 0.5}, mean[] = {1, 0.5, 0.75};
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	s.functions[0].reserved = 0;
	c->retry_on = RETRY_429;
	c->max_attempts = 3;
	c->backoff_factor = 1;
	c->throttle_base = SIMTIME_SECOND;
	c->jitter = _i;
	double sum = 0, smallest = 2, largest = 0;
	enum { N = 2000 };
	for (uint64_t seed = 0; seed < N; seed++) {
		double waited = simtime_s(whole_wait(&s, seed));
		sum += waited / N / 2;
		smallest = waited < smallest ? waited : smallest;
		largest = waited > largest ? waited : largest;
	}
	ck_assert_double_ge(smallest, 2 * low[_i]);
	ck_assert_double_le(largest, 2);
	ck_assert_double_eq_tol(sum, mean[_i], _i == JITTER_NONE ? 1e-12 : 0.03);
	if (_i == JITTER_FULL)
		ck_assert(smallest < 0.2 && largest > 1.8);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- the retry quota ------------------------------------------------------------------------------------------------------------ */

/* `count` requests a second apart, all refused; every retry costs 5. */
static uint64_t attempts_with_quota(int quota, int cost, int processes, int count, int attempts)
{
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	double times[100];
	for (int i = 0; i < count; i++)
		times[i] = 1000.0 * i;
	fixture_times(&s, 0, times, count);
	s.functions[0].reserved = 0;
	c->retry_on = RETRY_429;
	c->max_attempts = attempts;
	c->quota = quota;
	c->quota_cost = 1000; /* throttles have a price of their own */
	c->quota_timeout_cost = 1000;
	c->quota_throttle_cost = cost;
	c->processes = processes;
	struct fixture_run r = fixture_run(&s, 0, 0);
	uint64_t n = source_attempts(&r.result->sources[0].counts);
	ck_assert_uint_eq(r.result->sources[0].status[429], count);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
	return n;
}

START_TEST(retries_end_when_the_quota_is_spent)
{
	ck_assert_uint_eq(attempts_with_quota(0, 5, 1, 20, 3), 60);   /* no quota at all */
	ck_assert_uint_eq(attempts_with_quota(500, 5, 1, 20, 3), 60); /* enough */
	ck_assert_uint_eq(attempts_with_quota(50, 5, 1, 20, 3), 30);  /* 10 retries */
	ck_assert_uint_eq(attempts_with_quota(54, 5, 1, 20, 3), 30);  /* 4 tokens buy nothing */
	ck_assert_uint_eq(attempts_with_quota(50, 5, 2, 20, 3), 40);  /* each process has its own */
	ck_assert_uint_eq(attempts_with_quota(4, 5, 1, 20, 3), 20);
}
END_TEST

/* Successes at the first try return one each, up to the quota; a success after retries returns what its last retry cost. */
START_TEST(successes_fill_the_quota_again)
{
	/* Requests 0-1 fail twice over (retry at +100 ms too); a burst frees later. Reserved 1: of two at once the second is
	 * throttled, and its retry after 100 ms meets a free environment. */
	for (int quota = 5; quota <= 7; quota++) {
		struct scenario s;
		struct client_spec *c = one_request(&s, 90);
		double times[40];
		for (int i = 0; i < 20; i++)
			times[2 * i] = times[2 * i + 1] = 1000.0 * i;
		fixture_times(&s, 0, times, 40);
		s.functions[0].reserved = 1;
		c->retry_on = RETRY_429;
		c->max_attempts = 2;
		c->quota = quota;
		c->quota_throttle_cost = 5;
		struct fixture_run r = fixture_run(&s, 0, 0);
		/* Each pair: +1 (at most quota), -5, +5: enough for ever. */
		ck_assert_uint_eq(r.result->sources[0].status[200], 40);
		ck_assert_uint_eq(source_attempts(&r.result->sources[0].counts), 60);
		fixture_run_fini(&r);
		fixture_scenario_fini(&s);
	}
}
END_TEST

START_TEST(each_kind_of_failure_has_its_price)
{
	const struct {
		enum happening what;
		unsigned retry_on;
	} kinds[] = {{RAISES, RETRY_FUNCTION_ERROR}, {TOO_LATE, RETRY_TIMEOUT}, {THROTTLED, RETRY_429}};
	const int prices[3][3] = {{10, 99, 99}, {99, 10, 99}, {99, 99, 10}};
	struct scenario s;
	struct client_spec *c = one_request(&s, 100);
	fixture_times(&s, 0, (double[]){0, 10000, 20000, 30000}, 4);
	happen(&s, kinds[_i].what);
	c->timeout = SIMTIME_SECOND;
	c->retry_on = kinds[_i].retry_on;
	c->max_attempts = 2;
	c->quota = 30;
	c->quota_cost = prices[_i][0];
	c->quota_timeout_cost = prices[_i][1];
	c->quota_throttle_cost = prices[_i][2];
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(source_attempts(&r.result->sources[0].counts), 4 + 3);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- many at once --------------------------------------------------------------------------------------------------------------- */

/* Places of requests are used again: 200,000 requests, but only as many places as were ever under way. */
START_TEST(a_client_changes_nothing_when_all_is_well)
{
	struct scenario plain, with;
	fixture_scenario(&plain, 1, 1);
	fixture_scenario(&with, 1, 1);
	for (int k = 0; k < 2; k++) {
		struct scenario *s = k ? &with : &plain;
		s->sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 100};
		s->functions[0].declared.duration = fixture_exponential(50 * SIMTIME_MS);
		s->functions[0].declared.error_rate = 0.1;
		s->sources[0].latency = fixture_exponential(SIMTIME_MS);
	}
	fixture_client(&with, 0);
	struct fixture_run a = fixture_run(&plain, 0, 3), b = fixture_run(&with, 0, 3);
	const struct function_result *fa = &a.result->functions[0], *fb = &b.result->functions[0];
	ck_assert_uint_gt(counts_invocations(&fa->counts), 800);
	ck_assert_mem_eq(&fa->counts, &fb->counts, sizeof fa->counts);
	ck_assert(fa->duration.sum == fb->duration.sum && fa->latency_warm.sum == fb->latency_warm.sum);
	ck_assert(fa->latency_warm.count == fb->latency_warm.count);
	ck_assert_uint_eq(a.result->sources[0].status[200], b.result->sources[0].status[200]);
	ck_assert_uint_eq(a.result->sources[0].counts.function_errors, counts_errors(&fa->counts));
	ck_assert_uint_eq(b.result->sources[0].counts.function_errors, counts_errors(&fb->counts));
	fixture_run_fini(&a);
	fixture_run_fini(&b);
	fixture_scenario_fini(&plain);
	fixture_scenario_fini(&with);
}
END_TEST

Suite *client_suite(void)
{
	Suite *s = suite_create("client");
	TCase *c = tcase_create("client");
	tcase_add_test(c, an_abandoned_invocation_goes_on_and_costs);
	tcase_add_test(c, the_last_instant_counts);
	tcase_add_test(c, retries_after_the_end_are_unfinished);
	tcase_add_test(c, attempts_are_those_of_counted_requests);
	tcase_add_loop_test(c, retry_rules, 0, sizeof rules / sizeof *rules);
	tcase_add_loop_test(c, delays_grow_to_the_maximum, 0, sizeof backoffs / sizeof *backoffs);
	tcase_add_test(c, endless_growth_is_cut_at_the_end_of_time);
	tcase_add_loop_test(c, a_timeout_is_no_throttle, 0, 4);
	tcase_add_loop_test(c, jitter_lies_where_it_should, 0, 3);
	tcase_add_test(c, retries_end_when_the_quota_is_spent);
	tcase_add_test(c, successes_fill_the_quota_again);
	tcase_add_loop_test(c, each_kind_of_failure_has_its_price, 0, 3);
	tcase_add_test(c, a_client_changes_nothing_when_all_is_well);
	suite_add_tcase(s, c);
	return s;
}
