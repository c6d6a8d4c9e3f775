/* MSER-5 against its definition, and on series whose warm-up is known. */
#include <check.h>
#include <math.h>

#include "sim/warmup.h"
#include "tests/unit/fixture_random.h"

/* The definition, with two passes for each cut. */
static size_t definition(const double *x, size_t n)
{
	size_t m = n / 5, best = m / 2;
	if (m < 4)
		return n;
	double least = INFINITY;
	for (size_t d = 0; d <= m / 2; d++) {
		double mean = 0, squares = 0;
		for (size_t i = 5 * d; i < 5 * m; i++)
			mean += x[i] / (double)(5 * (m - d));
		for (size_t i = d; i < m; i++) {
			double batch = (x[5 * i] + x[5 * i + 1] + x[5 * i + 2] + x[5 * i + 3] + x[5 * i + 4]) / 5;
			squares += (batch - mean) * (batch - mean);
		}
		double statistic = squares / ((double)(m - d) * (double)(m - d));
		if (statistic < least) {
			least = statistic;
			best = d;
		}
	}
	return best == m / 2 ? n : 5 * best;
}

static double noise(uint64_t *random)
{
	double sum = 0;
	for (int i = 0; i < 12; i++)
		sum += fixture_uniform(random);
	return sum - 6;
}

START_TEST(agrees_with_the_definition)
{
	uint64_t random = 1;
	int usable = 0;
	for (int round = 0; round < 500; round++) {
		double x[400], size = 20 * fixture_uniform(&random), length = 1 + 60 * fixture_uniform(&random);
		size_t n = fixture_below(&random, 400);
		for (size_t i = 0; i < n; i++)
			x[i] = 50 - size * exp(-(double)i / length) + noise(&random);
		size_t got = warmup_mser5(x, n);
		ck_assert_uint_eq(got, definition(x, n));
		ck_assert(got == n || (got % 5 == 0 && got <= n / 2));
		usable += got < n;
	}
	ck_assert_int_gt(usable, 100);
}
END_TEST

START_TEST(finds_the_end_of_a_transient)
{
	uint64_t random = 2;
	double x[1000];
	for (int i = 0; i < 1000; i++)
		x[i] = (i < 200 ? 0 : 40) + noise(&random);
	size_t cut = warmup_mser5(x, 1000);
	ck_assert_uint_ge(cut, 200);
	ck_assert_uint_le(cut, 230);
}
END_TEST

START_TEST(a_constant_series_needs_no_cut)
{
	double x[100];
	for (int i = 0; i < 100; i++)
		x[i] = 0.1;
	ck_assert_uint_eq(warmup_mser5(x, 100), 0);
}
END_TEST

START_TEST(a_trend_and_a_short_series_tell_nothing)
{
	double x[100];
	for (int i = 0; i < 100; i++)
		x[i] = i;
	ck_assert_uint_eq(warmup_mser5(x, 100), 100);
	for (size_t n = 0; n < 20; n++)
		ck_assert_uint_eq(warmup_mser5(x, n), n);
	x[90] = NAN;
	ck_assert_uint_eq(warmup_mser5(x, 100), 100);
}
END_TEST

Suite *warmup_suite(void)
{
	Suite *s = suite_create("warmup");
	TCase *tc = tcase_create("warmup");
	tcase_add_test(tc, agrees_with_the_definition);
	tcase_add_test(tc, finds_the_end_of_a_transient);
	tcase_add_test(tc, a_constant_series_needs_no_cut);
	tcase_add_test(tc, a_trend_and_a_short_series_tell_nothing);
	suite_add_tcase(s, tc);
	return s;
}
