/* Confidence intervals: textbook numbers, what is left out, and how often they hold the truth. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "sim/draw.h"
#include "sim/elementary.h"
#include "sim/interval.h"
#include "sim/normal.h"
#include "sim/studentt.h"
#include "tests/unit/fixture_random.h"

static double normal(uint64_t *random)
{
	double u = draw_uniform(fixture_random(random));
	return normal_quantile(u, 1 - u);
}

static double exponential(uint64_t *random)
{
	return -elementary_log(draw_uniform(fixture_random(random)));
}

START_TEST(mean_of_a_textbook_sample)
{
	static const double x[] = {9.1, 8.7, 10.3, 9.8, 9.0, 10.1};
	struct interval i = interval_of_mean(x, 6, 0.95);
	ck_assert_double_eq_tol(i.mean, 9.5, 1e-12);
	double sd = sqrt((0.16 + 0.64 + 0.64 + 0.09 + 0.25 + 0.36) / 5);
	ck_assert_double_eq_tol(i.high - i.mean, 2.5705818356363 * sd / sqrt(6), 1e-10);
	ck_assert_double_eq_tol(i.mean - i.low, i.high - i.mean, 1e-12);
	ck_assert_double_eq_tol(interval_half_width(&i), i.high - i.mean, 1e-12);
	ck_assert(interval_known(&i) && interval_bounded(&i));
	struct interval wide = interval_of_mean(x, 6, 0.99);
	ck_assert_double_gt(wide.high, i.high);
}
END_TEST

START_TEST(what_is_unknown_says_so)
{
	double x[] = {NAN, 3, NAN, 5, NAN}, none[] = {NAN, NAN}, one[] = {7, NAN};
	struct interval i = interval_of_mean(x, 5, 0.95), two = interval_of_mean((double[]){3, 5}, 2, 0.95);
	ck_assert_double_eq(i.mean, 4);
	ck_assert_double_eq(i.low, two.low);
	ck_assert_double_eq(i.high, two.high);
	struct interval unknown[] = {interval_of_mean(none, 2, 0.95),           interval_of_mean(NULL, 0, 0.95),
	                             interval_of_ratio(x, none, 2, 0.95),       INTERVAL_NONE,
	                             interval_of_sections(NAN, x + 1, 3, 0.95), interval_of_difference(none, x, 2, 0.95),
	                             interval_of_ratio(NULL, NULL, 0, 0.95)};
	for (size_t k = 0; k < sizeof unknown / sizeof unknown[0]; k++) {
		ck_assert(!interval_known(&unknown[k]) && !interval_bounded(&unknown[k]));
		ck_assert(isnan(interval_half_width(&unknown[k])) && isnan(unknown[k].low) && isnan(unknown[k].high));
	}
	struct interval single = interval_of_mean(one, 2, 0.95);
	ck_assert(single.mean == 7 && interval_known(&single) && !interval_bounded(&single) && isnan(interval_half_width(&single)));
	single = interval_of_sections(9, one, 2, 0.95);
	ck_assert(single.mean == 9 && !interval_bounded(&single));
	single = interval_of_ratio(one, (double[]){2, 3}, 2, 0.95);
	ck_assert(single.mean == 3.5 && !interval_bounded(&single));
}
END_TEST

START_TEST(equal_values_have_no_width)
{
	double x[10], y[10];
	for (int i = 0; i < 10; i++) {
		x[i] = 0.25;
		y[i] = i + 1;
	}
	struct interval i = interval_of_mean(x, 10, 0.95);
	ck_assert(i.low == 0.25 && i.high == 0.25 && interval_half_width(&i) == 0);
	i = interval_of_sections(0.25, x, 10, 0.95);
	ck_assert(i.low == 0.25 && i.high == 0.25);
	i = interval_of_ratio(y, y, 10, 0.95);
	ck_assert(i.mean == 1 && i.low == 1 && i.high == 1);
	double tenth[10], some[10];
	for (int k = 0; k < 10; k++) {
		tenth[k] = 0.1;
		some[k] = k % 3 ? 7 * k : 0; /* 0 of 0 says nothing */
		y[k] = 3 * some[k];
	}
	i = interval_of_mean(tenth, 10, 0.95);
	ck_assert(i.mean == 0.1 && i.low == 0.1 && i.high == 0.1);
	i = interval_of_ratio(y, some, 10, 0.95);
	ck_assert(i.mean == 3 && i.low == 3 && i.high == 3);
	y[9] = 1, some[9] = 1;
	i = interval_of_ratio(y, some, 10, 0.95);
	ck_assert(i.low < i.mean && i.mean < i.high);
	for (int k = 0; k < 10; k++)
		y[k] = k + 1;
	i = interval_of_difference(y, y, 10, 0.95);
	ck_assert(i.mean == 0 && i.low == 0 && i.high == 0);
}
END_TEST

/* A quantile of what is positive has an interval of positive numbers, however few the sections. */
START_TEST(few_sections_stay_positive)
{
	static const double uneven[] = {1, 9, 2}, zero[] = {0, 9, 2}, missing[] = {1, NAN, 4}, huge[] = {1e-300, 1e300};
	struct interval i = interval_of_sections(4, uneven, 3, 0.95);
	double a = log(4), b = log(9.0 / 4), c = log(2), half = 4.30265272974946 * sqrt((a * a + b * b + c * c) / 2 / 3);
	ck_assert(i.mean == 4);
	ck_assert_double_eq_tol(i.low, 4 * exp(-half), 1e-9);
	ck_assert_double_eq_tol(i.high, 4 * exp(half), 1e-7);
	ck_assert_double_gt(i.low, 0);
	i = interval_of_sections(4, zero, 3, 0.95); /* 0 has no logarithm */
	ck_assert_double_eq_tol(i.high - 4, 4 - i.low, 1e-12);
	i = interval_of_sections(2, missing, 3, 0.95);
	ck_assert_double_eq_tol(i.high / 2, 2 / i.low, 1e-9);
	i = interval_of_sections(1, huge, 2, 0.95);
	ck_assert(i.mean == 1 && !interval_bounded(&i));
}
END_TEST

START_TEST(the_possible_part)
{
	struct interval i = interval_within((struct interval){1, -2, 4}, 0, INFINITY);
	ck_assert(i.mean == 1 && i.low == 0 && i.high == 4);
	i = interval_within((struct interval){0.5, -2, 4}, 0, 1);
	ck_assert(i.mean == 0.5 && i.low == 0 && i.high == 1);
	i = interval_within((struct interval){1, NAN, NAN}, 0, 2);
	ck_assert(i.mean == 1 && !interval_bounded(&i));
	i = interval_within((struct interval){1, 0.5, 1.5}, 0, 2);
	ck_assert(i.low == 0.5 && i.high == 1.5);
}
END_TEST

START_TEST(infinite_values_have_no_ends)
{
	double x[] = {1, INFINITY, 2};
	struct interval i = interval_of_mean(x, 3, 0.95);
	ck_assert(i.mean == INFINITY && !interval_bounded(&i));
	double zero[] = {0, 0, 3};
	i = interval_of_ratio((double[]){1, 2, 3}, zero, 3, 0.95); /* without the third nothing is left */
	ck_assert(i.mean == 2 && !interval_bounded(&i));
	i = interval_of_ratio((double[]){1, 2}, zero, 2, 0.95);
	ck_assert(!interval_known(&i));
}
END_TEST

enum { SEEDS = 2000 };

/* The share of seeds whose interval holds the truth, with 3.5 binomial standard deviations of room around what is expected. */
static void check_coverage(int held, double low, double high)
{
	double share = (double)held / SEEDS, room = 3.5 * sqrt(low * (1 - low) / SEEDS);
	ck_assert_msg(share >= low - room && share <= high + room, "%d of %d intervals hold the truth: %g", held, SEEDS, share);
}

START_TEST(means_cover)
{
	uint64_t random = 1;
	int held[3] = {0};
	for (int seed = 0; seed < SEEDS; seed++) {
		double x[20];
		for (int i = 0; i < 20; i++)
			x[i] = 5 + 2 * normal(&random);
		struct interval two = interval_of_mean(x, 2, 0.95), ten = interval_of_mean(x, 10, 0.95),
				low = interval_of_mean(x, 20, 0.8);
		held[0] += two.low <= 5 && 5 <= two.high;
		held[1] += ten.low <= 5 && 5 <= ten.high;
		held[2] += low.low <= 5 && 5 <= low.high;
	}
	check_coverage(held[0], 0.95, 0.95);
	check_coverage(held[1], 0.95, 0.95);
	check_coverage(held[2], 0.8, 0.8);
}
END_TEST

/* A ratio whose parts vary together, each replication with another number of observations. */
START_TEST(ratios_cover)
{
	uint64_t random = 2;
	int held = 0;
	for (int seed = 0; seed < SEEDS; seed++) {
		double y[20], x[20];
		for (int i = 0; i < 20; i++) {
			x[i] = 50 + (double)fixture_below(&random, 100);
			y[i] = 0;
			for (int k = 0; k < (int)x[i] / 10; k++)
				y[i] += 10 * 0.3 * exponential(&random);
		}
		for (int i = 0; i < 20; i++)
			x[i] = floor(x[i] / 10) * 10;
		struct interval r = interval_of_ratio(y, x, 20, 0.95);
		held += r.low <= 0.3 && 0.3 <= r.high;
	}
	check_coverage(held, 0.93, 0.96);
}
END_TEST

/* The jackknife of a ratio by hand: y = 1, 2, 6 over x = 1, 2, 3; without each: 8/5, 7/4, 3/3. */
START_TEST(jackknife_by_hand)
{
	struct interval i = interval_of_ratio((double[]){1, 2, 6}, (double[]){1, 2, 3}, 3, 0.95);
	double mean = (1.6 + 1.75 + 1) / 3;
	double error = sqrt(2.0 / 3 * ((1.6 - mean) * (1.6 - mean) + (1.75 - mean) * (1.75 - mean) + (1 - mean) * (1 - mean)));
	ck_assert_double_eq(i.mean, 1.5);
	ck_assert_double_eq_tol(i.high, 1.5 + 4.30265272974946 * error, 1e-9);
}
END_TEST

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(double *values, int n, double p)
{
	qsort(values, (size_t)n, sizeof values[0], compare);
	return values[(int)ceil(p * n) - 1];
}

/* The 99th percentile of an autoregressive, skewed series (exp of AR(1), coefficient 0.5): sections of 4,000 expect 40
 * exceedances each. Ten of them, and three. */
START_TEST(sections_cover_quantiles_of_dependent_data)
{
	enum { SECTIONS_MOST = 10, EACH = 4000 };
	static const int sections[] = {10, 3}, tries[] = {250, 800};
	static double all[SECTIONS_MOST * EACH], part[EACH];
	uint64_t random = 3;
	double truth = exp(normal_quantile(0.99, 0.01));
	int held = 0;
	for (int seed = 0; seed < tries[_i]; seed++) {
		double section[SECTIONS_MOST], state = normal(&random);
		for (int k = 0; k < sections[_i]; k++) {
			for (int i = 0; i < EACH; i++) {
				state = 0.5 * state + sqrt(0.75) * normal(&random);
				all[k * EACH + i] = part[i] = elementary_exp(state);
			}
			section[k] = quantile(part, EACH, 0.99);
		}
		struct interval q = interval_of_sections(quantile(all, sections[_i] * EACH, 0.99), section, (size_t)sections[_i],
		                                         0.95);
		held += q.low <= truth && truth <= q.high;
	}
	ck_assert_msg(held >= 0.92 * tries[_i] && held <= 0.98 * tries[_i], "%d of %d", held, tries[_i]);
}
END_TEST

/* Under common random numbers the difference is known far better than either value. */
START_TEST(differences_profit_from_common_numbers)
{
	uint64_t random = 4;
	int held = 0, narrower = 0;
	for (int seed = 0; seed < SEEDS; seed++) {
		double a[10], b[10];
		for (int i = 0; i < 10; i++) {
			double common = 10 * normal(&random);
			a[i] = 100 + common;
			b[i] = 101 + common + 0.5 * normal(&random);
		}
		struct interval d = interval_of_difference(a, b, 10, 0.95), alone = interval_of_mean(b, 10, 0.95);
		held += d.low <= 1 && 1 <= d.high;
		narrower += interval_half_width(&d) < interval_half_width(&alone) / 5;
	}
	check_coverage(held, 0.95, 0.95);
	ck_assert_int_ge(narrower, SEEDS * 99 / 100);
	double gaps[] = {1, NAN, 3, 4}, b[] = {2, 2, NAN, 7};
	ck_assert_double_eq(interval_of_difference(gaps, b, 4, 0.95).mean, 2);
}
END_TEST

Suite *interval_suite(void)
{
	Suite *s = suite_create("interval");
	TCase *tc = tcase_create("interval");
	tcase_add_test(tc, mean_of_a_textbook_sample);
	tcase_add_test(tc, what_is_unknown_says_so);
	tcase_add_test(tc, equal_values_have_no_width);
	tcase_add_test(tc, infinite_values_have_no_ends);
	tcase_add_test(tc, few_sections_stay_positive);
	tcase_add_test(tc, the_possible_part);
	tcase_add_test(tc, jackknife_by_hand);
	suite_add_tcase(s, tc);
	TCase *coverage = tcase_create("coverage");
	tcase_add_test(coverage, means_cover);
	tcase_add_test(coverage, ratios_cover);
	tcase_add_loop_test(coverage, sections_cover_quantiles_of_dependent_data, 0, 2);
	tcase_add_test(coverage, differences_profit_from_common_numbers);
	suite_add_tcase(s, coverage);
	return s;
}
