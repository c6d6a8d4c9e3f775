/* Student's t: the cases with a closed form, printed tables, GSL, and the normal limit. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "sim/normal.h"
#include "sim/studentt.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

START_TEST(closed_forms)
{
	for (double v = 0.4999; v > 1e-18; v *= 0.83) {
		double cauchy = 1 / tan(M_PI * v), two = (1 - 2 * v) * sqrt(2 / (4 * v * (1 - v)));
		ck_assert_double_eq_tol(studentt_quantile(1, 1 - v, v) / cauchy, 1, 1e-12);
		ck_assert_double_eq_tol(studentt_quantile(2, 1 - v, v) / two, 1, 1e-12);
		ck_assert_double_eq_tol(studentt_tail(1, cauchy) / v, 1, 1e-12);
		ck_assert_double_eq_tol(studentt_tail(2, two) / v, 1, 1e-12);
	}
}
END_TEST

/* The table that every textbook prints: 97.5 %. */
START_TEST(printed_table)
{
	static const struct {
		double df, t;
	} rows[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},  {5, 2.571},  {9, 2.262},
	            {10, 2.228}, {19, 2.093}, {29, 2.045}, {60, 2.000}, {120, 1.980}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		ck_assert_double_eq_tol(studentt_quantile(rows[i].df, 0.975, 0.025), rows[i].t, 0.0005);
}
END_TEST

START_TEST(against_gsl)
{
	for (double df = 0.5; df < 1e6; df *= 1.6) {
		for (double t = -8; t < 8; t += 0.7) /* farther out GSL loses digits */
			ck_assert_double_eq_tol(studentt_tail(df, t) / gsl_cdf_tdist_Q(t, df), 1, 1e-9);
		for (double p = 0.501; p < 1; p += 0.0123)
			ck_assert_double_eq_tol(studentt_quantile(df, p, 1 - p) / gsl_cdf_tdist_Pinv(p, df), 1, 1e-7);
	}
}
END_TEST

START_TEST(beta_against_gsl_and_its_symmetry)
{
	uint64_t random = 8;
	for (int i = 0; i < 20000; i++) {
		double a = exp(fixture_uniform(&random) * 16 - 5), b = exp(fixture_uniform(&random) * 16 - 5),
		       x = fixture_uniform(&random);
		if (i % 2) /* near the mean, where it is neither 0 nor 1 */
			x = fmin(1,
			         fmax(0, a / (a + b) + (fixture_uniform(&random) - 0.5) * 4 * sqrt(a * b / (a + b + 1)) / (a + b)));
		double here = studentt_beta(a, b, x, 1 - x), there = studentt_beta(b, a, 1 - x, x);
		quick_assert(fabs(here + there - 1) < 1e-13, "I_%a(%a, %a): %g and %g", x, a, b, here, there);
		double gsl = gsl_cdf_beta_P(x, a, b);
		quick_assert(fabs(here - gsl) <= 1e-10 + 1e-8 * gsl, "I_%a(%a, %a): %g, GSL %g", x, a, b, here, gsl);
	}
	for (double x = 0.01; x < 1; x += 0.01) { /* I_x(1, b) = 1 - (1 - x)^b */
		ck_assert_double_eq_tol(studentt_beta(1, 3, x, 1 - x), 1 - pow(1 - x, 3), 1e-14);
		ck_assert_double_eq_tol(studentt_beta(0.5, 0.5, x, 1 - x), 2 / M_PI * asin(sqrt(x)), 1e-14);
	}
}
END_TEST

START_TEST(many_degrees_of_freedom_are_normal)
{
	for (double v = 0.4; v > 1e-15; v /= 3) {
		double z = normal_quantile(1 - v, v), last = INFINITY;
		for (double df = 1e5; df < 1e20; df *= 10) {
			double t = studentt_quantile(df, 1 - v, v);
			ck_assert_double_eq_tol(t / z, 1, 30 / df + 2e-12);
			ck_assert_double_le(t, last * (1 + 2e-12));
			last = t;
		}
		ck_assert_double_eq(studentt_quantile(INFINITY, 1 - v, v), z);
	}
}
END_TEST

START_TEST(inverse_inverts_at_the_edges_too)
{
	for (double df = 1e-3; df < 1e12; df *= 3) {
		double last = 0;
		for (double v = 0.49; v > 1e-300; v *= v > 1e-10 ? 0.7 : 1e-20) {
			double t = studentt_quantile(df, 1 - v, v);
			quick_assert(t >= last, "df %g v %g: %g after %g", df, v, t, last);
			last = t;
			if (t < 1e290 && (df < 1e5 || v > 1e-20))
				quick_assert(fabs(log(studentt_tail(df, t) / v)) < 1e-9, "df %g v %g: t %g", df, v, t);
			quick_assert(studentt_quantile(df, v, 1 - v) == -t, "df %g v %g is not symmetric", df, v);
		}
		ck_assert(studentt_quantile(df, 1, 0) == INFINITY && studentt_quantile(df, 0, 1) == -INFINITY &&
		          studentt_quantile(df, 0.5, 0.5) == 0);
	}
}
END_TEST

Suite *studentt_suite(void)
{
	Suite *s = suite_create("studentt");
	TCase *tc = tcase_create("studentt");
	tcase_add_test(tc, closed_forms);
	tcase_add_test(tc, printed_table);
	tcase_add_test(tc, against_gsl);
	tcase_add_test(tc, beta_against_gsl_and_its_symmetry);
	tcase_add_test(tc, many_degrees_of_freedom_are_normal);
	tcase_add_test(tc, inverse_inverts_at_the_edges_too);
	suite_add_tcase(s, tc);
	return s;
}
