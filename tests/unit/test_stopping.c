/* When enough is enough, looked at only after each batch. */
#include <check.h>
#include <math.h>

#include "sim/draw.h"
#include "sim/elementary.h"
#include "sim/normal.h"
#include "sim/stopping.h"
#include "tests/unit/fixture_random.h"

static struct interval of(double mean, double half)
{
	return (struct interval){mean, mean - half, mean + half};
}

START_TEST(begins_with_ten_and_grows_by_ten)
{
	struct stopping s;
	struct interval wide = of(10, 5), tight = of(10, 0.4);
	stopping_init(&s, 0.05, STOPPING_CAP);
	ck_assert_uint_eq(stopping_next(&s, 0, NULL, 0), 10);
	ck_assert_uint_eq(stopping_next(&s, 4, NULL, 0), 6);
	ck_assert_uint_eq(stopping_next(&s, 10, &wide, 1), 10);
	ck_assert(!s.reached);
	ck_assert_double_eq(s.worst_relative, 0.5);
	ck_assert_uint_eq(stopping_next(&s, 195, &wide, 1), 5);
	ck_assert_uint_eq(stopping_next(&s, 200, &wide, 1), 0);
	ck_assert(!s.reached);
	ck_assert_uint_eq(stopping_next(&s, 20, &tight, 1), 0);
	ck_assert(s.reached);
}
END_TEST

START_TEST(small_caps_are_kept)
{
	struct stopping s;
	struct interval wide = of(10, 5), tight = of(10, 0.1);
	stopping_init(&s, 0.05, 3);
	ck_assert_uint_eq(stopping_next(&s, 0, NULL, 0), 3);
	ck_assert_uint_eq(stopping_next(&s, 3, &wide, 1), 0);
	ck_assert(!s.reached);
	ck_assert_uint_eq(stopping_next(&s, 3, &tight, 1), 0);
	ck_assert(s.reached);
	ck_assert_uint_eq(stopping_next(&s, 5, &tight, 1), 0);
	stopping_init(&s, 0.05, 15);
	ck_assert_uint_eq(stopping_next(&s, 10, &wide, 1), 5);
}
END_TEST

START_TEST(the_widest_is_named)
{
	struct stopping s;
	struct interval all[] = {of(10, 0.1), of(-1, 0.06), of(100, 1), INTERVAL_NONE};
	stopping_init(&s, 0.05, 100);
	ck_assert_uint_eq(stopping_next(&s, 10, all, 4), 10);
	ck_assert_uint_eq(s.worst, 1);
	ck_assert_double_eq_tol(s.worst_relative, 0.06, 1e-12);
	all[1] = of(-1, 0.05);
	all[1].high = -0.95;
	all[1].low = -1.05;
	stopping_next(&s, 10, all, 1);
	ck_assert(s.reached && s.worst == 0);
}
END_TEST

START_TEST(what_is_unknown_and_what_is_zero)
{
	struct stopping s;
	stopping_init(&s, 0.05, 100);
	struct interval none = INTERVAL_NONE, zero = of(0, 0), around_zero = of(0, 1), endless = of(5, NAN), exact = of(5, 0);
	ck_assert_uint_eq(stopping_next(&s, 10, &none, 1), 0);
	ck_assert(s.reached);
	ck_assert_uint_eq(stopping_next(&s, 10, &zero, 1), 0);
	ck_assert_uint_eq(stopping_next(&s, 10, &exact, 1), 0);
	ck_assert_uint_eq(stopping_next(&s, 10, NULL, 0), 0);
	ck_assert(s.reached);
	ck_assert_uint_eq(stopping_next(&s, 10, &around_zero, 1), 10);
	ck_assert(s.worst_relative == INFINITY && !s.reached);
	ck_assert_uint_eq(stopping_next(&s, 10, &endless, 1), 10);
	ck_assert(!s.reached);
}
END_TEST

/* Sequential intervals: stopping when they are tight enough costs little of their coverage. */
START_TEST(sequential_intervals_cover)
{
	enum { SEEDS = 1000 };
	uint64_t random = 6;
	int held = 0, reached = 0;
	for (int seed = 0; seed < SEEDS; seed++) {
		double x[STOPPING_CAP];
		uint64_t done = 0, more;
		struct stopping s;
		struct interval i = INTERVAL_NONE;
		stopping_init(&s, 0.05, STOPPING_CAP);
		while ((more = stopping_next(&s, done, &i, done ? 1 : 0)) > 0) {
			for (; more > 0; more--) {
				double u = draw_uniform(fixture_random(&random));
				x[done++] = 10 + 1.2 * normal_quantile(u, 1 - u);
			}
			i = interval_of_mean(x, done, 0.95);
		}
		reached += s.reached;
		held += i.low <= 10 && 10 <= i.high;
	}
	ck_assert_int_eq(reached, SEEDS);
	ck_assert_msg(held >= 0.92 * SEEDS && held <= 0.98 * SEEDS, "%d of %d", held, SEEDS);
}
END_TEST

Suite *stopping_suite(void)
{
	Suite *s = suite_create("stopping");
	TCase *tc = tcase_create("stopping");
	tcase_add_test(tc, begins_with_ten_and_grows_by_ten);
	tcase_add_test(tc, small_caps_are_kept);
	tcase_add_test(tc, the_widest_is_named);
	tcase_add_test(tc, what_is_unknown_and_what_is_zero);
	tcase_add_test(tc, sequential_intervals_cover);
	suite_add_tcase(s, tc);
	return s;
}
