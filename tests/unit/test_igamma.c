/* The incomplete gamma function: closed forms, recurrences, GSL, and arguments nobody should give. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>

#include "sim/igamma.h"
#include "sim/normal.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

static double relative(double got, long double want)
{
	return (double)fabsl((got - want) / want);
}

/* For whole shapes Q is a sum of Poisson probabilities. */
START_TEST(whole_shapes)
{
	for (int a = 1; a < 400; a = a * 5 / 4 + 1) {
		for (double x = a / 8.0 + 0.01; x < 6 * a + 20; x *= 1.13) {
			long double term = expl(-(long double)x), sum = term;
			for (int k = 1; k < a; k++) {
				term *= (long double)x / k;
				sum += term;
			}
			struct igamma got = igamma_at(a, x);
			if (sum > 1e-290L)
				quick_assert(relative(got.upper, sum) < 1e-13, "Q(%d, %g): %g", a, x, relative(got.upper, sum));
			if (1 - sum > 1e-3L)
				quick_assert(relative(got.lower, 1 - sum) < 1e-13, "P(%d, %g): %g", a, x,
				             relative(got.lower, 1 - sum));
		}
	}
}
END_TEST

START_TEST(shape_one_half_is_the_normal_distribution)
{
	for (double x = 1e-8; x < 600; x *= 1.1) {
		struct igamma got = igamma_at(0.5, x);
		ck_assert_double_lt(relative(got.upper, erfcl(sqrtl(x))), 1e-13);
		ck_assert_double_lt(relative(got.lower, erfl(sqrtl(x))), 1e-13);
	}
}
END_TEST

/* P(a, x) - P(a + 1, x) = x^a e^-x / Gamma(a + 1), across all methods; Temme's expansion begins at 1000. */
START_TEST(recurrence_joins_the_methods)
{
	uint64_t random = 4;
	for (int i = 0; i < 20000; i++) {
		double a = i % 3 ? exp(fixture_uniform(&random) * 20 - 10) : 990 + fixture_uniform(&random) * 20;
		double x = a * fmax(1e-3, 1 + (fixture_uniform(&random) * 16 - 8) / sqrt(a));
		struct igamma here = igamma_at(a, x), next = igamma_at(a + 1, x);
		double step = igamma_density(a + 1, x);
		quick_assert(fabs(here.lower + here.upper - 1) < 1e-14, "P + Q at (%a, %a)", a, x);
		quick_assert(fabs((here.lower - next.lower) - step) <= 1e-13 * (here.lower + step), "P(%a, %a)", a, x);
		quick_assert(fabs((next.upper - here.upper) - step) <= 1e-13 * (next.upper + step), "Q(%a, %a)", a, x);
	}
}
END_TEST

START_TEST(against_gsl)
{
	uint64_t random = 5;
	for (int i = 0; i < 5000; i++) {
		double a = exp(fixture_uniform(&random) * 18 - 7),
		       x = a * fmax(0.01, 1 + (fixture_uniform(&random) * 10 - 5) / sqrt(a));
		struct igamma got = igamma_at(a, x);
		double theirs = a > 1000 ? 1e-6 : 2e-10; /* GSL's own error: its methods lose digits for large shapes */
		double p = gsl_cdf_gamma_P(x, a, 1), q = gsl_cdf_gamma_Q(x, a, 1);
		quick_assert(fabs(got.lower - p) <= theirs * p && fabs(got.upper - q) <= theirs * q, "a %a x %a: %g %g, GSL %g %g",
		             a, x, got.lower, got.upper, p, q);
	}
}
END_TEST

/* For a huge shape the distribution is normal, but for a skewness of 2/sqrt(a). */
START_TEST(huge_shapes_are_normal)
{
	for (double a = 1e9; a < 1e17; a *= 100) {
		for (double z = -7; z < 7.5; z += 0.5) {
			double x = a + z * sqrt(a), skew = 1 - (z * z - 1) / (3 * sqrt(a)) * (normal_density(z) / normal_cdf(z));
			double rounding = 1 + fabs(z) * 2e-16 * a / sqrt(a); /* of x itself, in standard deviations */
			quick_assert(fabs(igamma_at(a, x).lower / normal_cdf(z) / skew - 1) < 1e-5 * rounding + 1e-7 * z * z,
			             "a %g z %g", a, z);
		}
	}
}
END_TEST

/* The error of the quantile is that of its probability over the density. */
START_TEST(inverse_inverts)
{
	uint64_t random = 6;
	for (int i = 0; i < 20000; i++) {
		double a = exp(fixture_uniform(&random) * 24 - 10),
		       v = i % 2 ? 0.5 * fixture_uniform(&random) : ldexp(0.5, -(int)fixture_below(&random, 66));
		double p = i % 4 < 2 ? v : 1 - v, q = i % 4 < 2 ? 1 - v : v;
		double x = igamma_inverse(a, p, q);
		if (x < 1e-290)
			continue;
		struct igamma have = igamma_at(a, x);
		double error = fabs(p < q ? have.lower - p : have.upper - q) / (igamma_density(a, x) * x);
		quick_assert(error < 1e-12, "a %a p %a q %a: x %a error %g", a, p, q, x, error);
	}
}
END_TEST

START_TEST(inverse_against_gsl)
{
	for (double a = 0.5; a < 2000; a *= 1.7)
		for (double p = 0.01; p < 1; p += 0.07)
			ck_assert_double_lt(relative(igamma_inverse(a, p, 1 - p), gsl_cdf_gamma_Pinv(p, a, 1)), 1e-8);
}
END_TEST

/* Every corner ends, with something in order: rising in p, 0 and infinity at the ends. */
START_TEST(extreme_parameters_end)
{
	static const double shapes[] = {1e-300, 1e-200, 1e-100, 1e-30, 1e-12,    1e-6, 1e-3, 0.5,  1,
	                                30,     999.99, 1000,   1e4,   99999999, 1e8,  1e12, 1e16, 1e100};
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		double last = 0;
		ck_assert(igamma_inverse(shapes[k], 0, 1) == 0);
		ck_assert(igamma_inverse(shapes[k], 1, 0) == INFINITY);
		for (int i = -66; i <= 66; i++) { /* the lower tail from 2^-66 to a half, then the upper one back */
			double v = i ? ldexp(1, -abs(i)) : 0.5;
			double x = igamma_inverse(shapes[k], i < 0 ? v : 1 - v, i < 0 ? 1 - v : v);
			quick_assert(x >= last && x < INFINITY, "a %g at %d: %g after %g", shapes[k], i, x, last);
			last = x;
		}
		ck_assert(igamma_at(shapes[k], 0).lower == 0 && igamma_at(shapes[k], 0).upper == 1);
		ck_assert(igamma_at(shapes[k], INFINITY).lower == 1 && igamma_at(shapes[k], INFINITY).upper == 0);
		for (double x = 1e-300; x < 1e300; x *= 1e10) {
			struct igamma got = igamma_at(shapes[k], x);
			quick_assert(got.lower >= 0 && got.upper >= 0 && fabs(got.lower + got.upper - 1) < 1e-12,
			             "a %g x %g: %g %g", shapes[k], x, got.lower, got.upper);
		}
	}
}
END_TEST

Suite *igamma_suite(void)
{
	Suite *s = suite_create("igamma");
	TCase *tc = tcase_create("igamma");
	tcase_add_test(tc, whole_shapes);
	tcase_add_test(tc, shape_one_half_is_the_normal_distribution);
	tcase_add_test(tc, recurrence_joins_the_methods);
	tcase_add_test(tc, against_gsl);
	tcase_add_test(tc, huge_shapes_are_normal);
	tcase_add_test(tc, inverse_inverts);
	tcase_add_test(tc, inverse_against_gsl);
	tcase_add_test(tc, extreme_parameters_end);
	suite_add_tcase(s, tc);
	return s;
}
