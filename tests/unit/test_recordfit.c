/* Base and cost per record, fitted to measured batches. */
#include <check.h>
#include <math.h>

#include "models/cost/recordfit.h"

START_TEST(lines_are_found)
{
	static const struct {
		double base, each;
	} lines[] = {{5e6, 1e6}, {0, 3e5}, {2e7, 0}, {1, 1e9}, {1e9, 1}};
	for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
		struct record_point p[3];
		static const double sizes[] = {100, 1, 10};
		for (int i = 0; i < 3; i++)
			p[i] = (struct record_point){sizes[i], lines[k].base + sizes[i] * lines[k].each, 1 + i};
		struct record_fit f = record_fit_of(p, 3);
		ck_assert_double_eq_tol(record_fit_at(&f, 30), lines[k].base + 30 * lines[k].each,
		                        1e-6 * (1 + lines[k].base + lines[k].each));
		ck_assert_double_eq_tol(f.base, lines[k].base, 1e-6 * (1 + lines[k].base + lines[k].each));
		ck_assert_double_eq_tol(f.each, lines[k].each, 1e-6 * (1 + lines[k].base + lines[k].each));
	}
}
END_TEST

/* An error of a tenth at 1 record weighs what a tenth at 100 does. The normal equations of three points by hand:
 * minimise (a + b - 1.1)^2 / 1.21 + (a + 10 b - 10)^2 / 100 + (a + 100 b - 100)^2 / 10000. */
START_TEST(relative_errors_count)
{
	const struct record_point p[] = {{1, 1.1, 30}, {10, 10, 30}, {100, 100, 30}};
	struct record_fit f = record_fit_of(p, 3);
	double gradient_a = 0, gradient_b = 0;
	for (int i = 0; i < 3; i++) {
		double r = (record_fit_at(&f, p[i].records) - p[i].mean) / (p[i].mean * p[i].mean);
		gradient_a += r;
		gradient_b += r * p[i].records;
	}
	ck_assert_double_eq_tol(gradient_a, 0, 1e-12);
	ck_assert_double_eq_tol(gradient_b, 0, 1e-12);
	/* A line by absolute errors would have all of the first error left; this one has less than two thirds. */
	ck_assert_double_lt(fabs(record_fit_at(&f, 1) - 1.1), 0.066);
}
END_TEST

START_TEST(weights_count)
{
	const struct record_point even[] = {{1, 10, 1}, {10, 10, 1}, {100, 20, 1}};
	const struct record_point last[] = {{1, 10, 1}, {10, 10, 1}, {100, 20, 1000}};
	struct record_fit a = record_fit_of(even, 3), b = record_fit_of(last, 3);
	ck_assert_double_lt(fabs(record_fit_at(&b, 100) - 20), fabs(record_fit_at(&a, 100) - 20) / 10);
}
END_TEST

START_TEST(no_part_is_negative)
{
	const struct record_point falls[] = {{1, 20, 1}, {10, 15, 1}, {100, 10, 1}};
	struct record_fit f = record_fit_of(falls, 3);
	ck_assert_double_eq(f.each, 0);
	ck_assert(f.base >= 10 && f.base <= 20);
	const struct record_point steep[] = {{1, 1, 1}, {10, 20, 1}, {100, 400, 1}};
	f = record_fit_of(steep, 3);
	ck_assert_double_eq(f.base, 0);
	ck_assert(f.each >= 1 && f.each <= 4);
}
END_TEST

START_TEST(few_points)
{
	struct record_fit f = record_fit_of(NULL, 0);
	ck_assert(f.base == 0 && f.each == 0);
	const struct record_point one = {1, 7, 3}, zeros[] = {{1, 0, 1}, {10, 0, 1}};
	f = record_fit_of(&one, 1);
	ck_assert(f.base == 7 && f.each == 0);
	f = record_fit_of(zeros, 2);
	ck_assert(f.base == 0 && f.each == 0);
	ck_assert_double_eq(record_fit_scale(&f, 5, 1, 10), 5); /* nothing to go by */
}
END_TEST

START_TEST(values_are_carried)
{
	const struct record_fit f = {10, 2};
	ck_assert_double_eq(record_fit_scale(&f, 15, 10, 100), 15 * 210.0 / 30);
	ck_assert_double_eq(record_fit_shift(&f, 500, 10, 100), 680);
	ck_assert_double_eq(record_fit_shift(&f, 500, 100, 1), 302);
	ck_assert_double_eq(record_fit_shift(&f, 5, 100, 1), 0);
}
END_TEST

Suite *recordfit_suite(void)
{
	Suite *s = suite_create("recordfit");
	TCase *c = tcase_create("recordfit");
	tcase_add_test(c, lines_are_found);
	tcase_add_test(c, relative_errors_count);
	tcase_add_test(c, weights_count);
	tcase_add_test(c, no_part_is_negative);
	tcase_add_test(c, few_points);
	tcase_add_test(c, values_are_carried);
	suite_add_tcase(s, c);
	return s;
}
