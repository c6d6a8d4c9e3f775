/* Pools and request rates from the account's and the functions' settings. */
#include <check.h>
#include <string.h>

#include "models/life/limits.h"

enum { NONE = FUNCTION_UNRESERVED };

static const struct {
	int account, others, reserved[3];
	int64_t unreserved;
} cases[] = {
	{1000, 0, {NONE, NONE, NONE}, 1000}, {1000, 300, {NONE, NONE, NONE}, 700}, {200, 0, {60, NONE, NONE}, 140},
	{1000, 100, {500, 200, 0}, 200},     {1000, 900, {100, NONE, NONE}, 0},    {1000, 1000, {100, 0, NONE}, 0},
};

START_TEST(the_unreserved_pool_is_what_is_left)
{
	struct function_spec functions[3] = {0};
	for (int i = 0; i < 3; i++)
		functions[i].reserved = cases[_i].reserved[i];
	struct scenario s = {.account = {.concurrent_executions = cases[_i].account, .used_by_others = cases[_i].others},
	                     .functions = functions,
	                     .function_count = 3};
	struct limits l = {.unreserved = {5, 5}};
	limits_start(&l, &s);
	ck_assert_int_eq(l.unreserved.limit, cases[_i].unreserved);
	ck_assert_int_eq(l.unreserved.busy, 0);
	for (int i = 0; i < 3; i++) {
		struct function_limits f = {.own = {9, 9}};
		function_limits_start(&f, &l, &s, &functions[i]);
		bool reserved = cases[_i].reserved[i] != NONE;
		ck_assert(f.reserved == reserved);
		ck_assert_ptr_eq(f.pool, reserved ? &f.own : &l.unreserved);
		ck_assert_int_eq(f.pool->limit, reserved ? cases[_i].reserved[i] : cases[_i].unreserved);
		ck_assert_int_eq(f.pool->busy, 0);
	}
}
END_TEST

static int64_t at_once(struct gcra *g, simtime now, int64_t most)
{
	int64_t n = 0;
	for (; n < most && gcra_ready(g, now); n++)
		gcra_take(g, now);
	return n;
}

/* Ten times the concurrency a second, one second's worth at once; functions of others do not lower it. */
START_TEST(request_rates_are_ten_times_the_concurrency)
{
	struct function_spec functions[2] = {{.reserved = 7}, {.reserved = NONE}};
	struct scenario s = {.account = {.concurrent_executions = 30, .used_by_others = 20},
	                     .functions = functions,
	                     .function_count = 2};
	struct limits l;
	limits_start(&l, &s);
	ck_assert_int_eq(at_once(&l.requests, 0, 100000), 300);
	ck_assert_int_eq(at_once(&l.requests, SIMTIME_SECOND / 2, 100000), 150);
	struct function_limits reserved, free;
	function_limits_start(&reserved, &l, &s, &functions[0]);
	function_limits_start(&free, &l, &s, &functions[1]);
	ck_assert_int_eq(at_once(&reserved.requests, 0, 100000), 70);
	ck_assert_int_eq(at_once(&free.requests, 0, 100000), 100000); /* the account's rate alone counts */
	s.account.request_unlimited = true;
	limits_start(&l, &s);
	function_limits_start(&reserved, &l, &s, &functions[0]);
	ck_assert_int_eq(at_once(&l.requests, 0, 100000), 100000);
	ck_assert_int_eq(at_once(&reserved.requests, 0, 100000), 100000);
}
END_TEST

/* A reservation of 0 switches a function off through its pool. */
START_TEST(nothing_reserved_is_a_full_pool)
{
	struct function_spec off = {.reserved = 0};
	struct scenario s = {.account = {.concurrent_executions = 1000}, .functions = &off, .function_count = 1};
	struct limits l;
	struct function_limits f;
	limits_start(&l, &s);
	function_limits_start(&f, &l, &s, &off);
	ck_assert(f.reserved && f.pool->busy >= f.pool->limit);
	ck_assert(gcra_ready(&f.requests, 0)); /* so the reason is the concurrency, not the rate */
}
END_TEST

START_TEST(every_throttle_has_a_name_and_a_reason)
{
	ck_assert_str_eq(throttle_reason(THROTTLE_NONE), "");
	ck_assert_str_eq(throttle_name(THROTTLE_NONE), "");
	ck_assert_str_eq(throttle_reason(THROTTLE_RESERVED_CONCURRENCY), "ReservedFunctionConcurrentInvocationLimitExceeded");
	for (int i = THROTTLE_NONE + 1; i < THROTTLES; i++) {
		ck_assert_str_ne(throttle_name(i), "");
		ck_assert_str_ne(throttle_reason(i), "");
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(throttle_name(i), throttle_name(k));
	}
}
END_TEST

Suite *limits_suite(void)
{
	Suite *s = suite_create("limits");
	TCase *c = tcase_create("limits");
	tcase_add_loop_test(c, the_unreserved_pool_is_what_is_left, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, request_rates_are_ten_times_the_concurrency);
	tcase_add_test(c, nothing_reserved_is_a_full_pool);
	tcase_add_test(c, every_throttle_has_a_name_and_a_reason);
	suite_add_tcase(s, c);
	return s;
}
