/* The normal distribution against erfc in long doubles and against GSL. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/normal.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

static double units(double got, long double want)
{
	return (double)(fabsl(got - want) / fabsl(want) * 0x1p53L);
}

START_TEST(tails_against_erfc)
{
	for (double x = -37; x < 37.4; x += 0.0137) {
		long double want = erfcl(x / sqrtl(2)) / 2;
		quick_assert(units(normal_tail(x), want) < 8, "tail(%g): %g units", x, units(normal_tail(x), want));
		quick_assert(units(normal_cdf(-x), want) < 8, "cdf(%g): %g units", -x, units(normal_cdf(-x), want));
		quick_assert(fabs(normal_density(x) / (exp(-x * x / 2) / sqrt(2 * M_PI)) - 1) < 1e-12, "density(%g)", x);
	}
	ck_assert_double_eq(normal_tail(0), 0.5);
	ck_assert(normal_tail(INFINITY) == 0 && normal_tail(-INFINITY) == 1 && normal_cdf(-INFINITY) == 0 &&
	          isnan(normal_tail(NAN)));
}
END_TEST

/* Both tails, as far out as a double reaches: the error of z is that of its probability over the slope. */
START_TEST(quantile_inverts_the_tail)
{
	uint64_t random = 3;
	for (int i = 0; i < 20000; i++) {
		double v = i % 2 ? 0.5 * fixture_uniform(&random) : exp(-fixture_uniform(&random) * 700);
		double z = normal_quantile(1 - v, v);
		long double have = erfcl(z / sqrtl(2)) / 2, slope = expl(-(long double)z * z / 2) / sqrtl(2 * M_PIl);
		double error = (double)(fabsl(have - v) / slope) / fmax(1, fabs(z));
		quick_assert(error < 8e-16, "z(%g) = %.17g: %g", v, z, error);
		quick_assert(normal_quantile(v, 1 - v) == -z, "z(%g) is not symmetric", v);
	}
}
END_TEST

START_TEST(quantile_against_gsl)
{
	for (double p = 0.0005; p < 1; p += 0.0005)
		ck_assert_double_eq_tol(normal_quantile(p, 1 - p), gsl_cdf_ugaussian_Pinv(p), 1e-13);
	ck_assert_double_eq_tol(normal_quantile(0.975, 0.025), 1.959963984540054, 4e-15);
	ck_assert_double_eq(normal_quantile(0.5, 0.5), 0);
	ck_assert(normal_quantile(0, 1) == -INFINITY && normal_quantile(1, 0) == INFINITY);
	ck_assert(normal_quantile(1, 5e-324) > 38 && normal_quantile(1, 5e-324) < 39);
}
END_TEST

/* The pieces of the table meet: no step down where one ends and the next begins. */
START_TEST(quantile_is_monotone)
{
	double last = INFINITY;
	for (double s = 1.1775; s < 38; s += 0.0007) {
		double v = exp(-s * s / 2), z = -normal_quantile(1 - v, v);
		quick_assert(z < last, "z(%g) = %.17g after %.17g", v, z, last);
		last = z;
	}
}
END_TEST

Suite *normal_suite(void)
{
	Suite *s = suite_create("normal");
	TCase *tc = tcase_create("normal");
	tcase_add_test(tc, tails_against_erfc);
	tcase_add_test(tc, quantile_inverts_the_tail);
	tcase_add_test(tc, quantile_against_gsl);
	tcase_add_test(tc, quantile_is_monotone);
	suite_add_tcase(s, tc);
	return s;
}
