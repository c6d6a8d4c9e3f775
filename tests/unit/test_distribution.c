/* Each family against GSL or its closed form, its quantile against its cdf, its moments against an integral of its quantile. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "sim/distribution.h"
#include "sim/law.h"
#include "tests/unit/fixture_quick.h"

static struct distribution family(enum distribution_kind kind, double a, double b)
{
	return (struct distribution){.kind = kind, .a = a, .b = b};
}

static const double shares[] = {1e-15, 1e-9, 1e-4, 0.01, 0.05, 0.2, 0.5, 0.7, 0.9, 0.99, 0.9999};
enum { SHARES = sizeof shares / sizeof shares[0] };

/* From the share number `first` on: where x is the sum of something large and a small quantile, it cannot hold the digits of the
 * smallest. */
static void check_cdf(const struct distribution *d, double (*exact)(const struct distribution *, double), double tolerance,
                      int first)
{
	for (int i = first; i < SHARES; i++) {
		double x = distribution_quantile(d, shares[i], 1 - shares[i]);
		quick_assert(fabs(exact(d, x) - shares[i]) <= tolerance * shares[i], "%s(%g, %g) at %g: %g",
		             distribution_name(d->kind), d->a, d->b, shares[i], exact(d, x));
		quick_assert(fabs(distribution_cdf(d, x) - shares[i]) <= 1e-10 * shares[i], "%s(%g, %g) at %g",
		             distribution_name(d->kind), d->a, d->b, shares[i]);
	}
}

static double lognormal_cdf(const struct distribution *d, double x)
{
	return gsl_cdf_lognormal_P(x, log(d->a), d->b);
}

static double gamma_cdf(const struct distribution *d, double x)
{
	return gsl_cdf_gamma_P(x, 1 / (d->b * d->b), d->a * d->b * d->b);
}

static double exponential_cdf(const struct distribution *d, double x)
{
	return gsl_cdf_exponential_P(x, d->a);
}

static double pareto_cdf(const struct distribution *d, double x)
{
	return -expm1(-d->b * log(x / d->a));
}

static double uniform_cdf(const struct distribution *d, double x)
{
	return (x - d->a) / (d->b - d->a);
}

START_TEST(families_against_gsl)
{
	struct distribution d = family(DISTRIBUTION_EXPONENTIAL, 3e8, 0);
	check_cdf(&d, exponential_cdf, 1e-12, 0);
	d = family(DISTRIBUTION_UNIFORM, 0, 5e9);
	check_cdf(&d, uniform_cdf, 1e-12, 0);
	for (double sigma = 0.01; sigma < 5; sigma *= 2) {
		d = family(DISTRIBUTION_LOGNORMAL, 8e7, sigma);
		check_cdf(&d, lognormal_cdf, 1e-11, 0);
	}
	for (double cv = 0.05; cv < 3; cv *= 1.5) {
		d = family(DISTRIBUTION_GAMMA, 1e8, cv);
		check_cdf(&d, gamma_cdf, 1e-8, 0);
	}
	for (double shape = 0.2; shape < 20; shape *= 2) {
		d = family(DISTRIBUTION_PARETO, 1e6, shape);
		check_cdf(&d, pareto_cdf, 1e-10, 3);
	}
}
END_TEST

/* Shapes of Weibull distributions whose coefficient of variation is known: cv^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1. */
START_TEST(weibull_is_found_by_its_moments)
{
	for (double k = 0.12; k < 200; k *= 1.3) {
		double cv = sqrt(expm1(lgamma(1 + 2 / k) - 2 * lgamma(1 + 1 / k))), mean = 7e7, scale = mean / tgamma(1 + 1 / k);
		struct distribution d = family(DISTRIBUTION_WEIBULL, mean, cv);
		for (int i = 0; i < SHARES; i++) {
			double want = scale * pow(-log1p(-shares[i]), 1 / k),
			       got = distribution_quantile(&d, shares[i], 1 - shares[i]);
			quick_assert(fabs(got / want - 1) < 1e-9 * (1 + 1 / cv), "k %g p %g: %g for %g", k, shares[i], got, want);
		}
	}
}
END_TEST

/* Mean and variance as integrals of the quantile, midpoints at equal steps of a variable that is fine in both tails. */
static void integrate(const struct distribution *d, double *mean, double *variance)
{
	double sum = 0, squares = 0, weight = 0;
	struct law l;
	law_init(&l, d);
	enum { STEPS = 40000 };
	for (int i = 0; i < STEPS; i++) {
		double t = 90 * ((i + 0.5) / STEPS - 0.5); /* logistic: p = 1/(1 + e^-t) */
		double p = 1 / (1 + exp(-t)), q = 1 / (1 + exp(t)), w = p * q, x = law_quantile(&l, p, q);
		sum += w * x;
		squares += w * x * x;
		weight += w;
	}
	law_fini(&l);
	*mean = sum / weight;
	*variance = squares / weight - *mean * *mean;
}

START_TEST(moments_are_integrals_of_the_quantile)
{
	struct distribution all[] = {
		family(DISTRIBUTION_UNIFORM, 2, 5),     family(DISTRIBUTION_EXPONENTIAL, 4, 0),
		family(DISTRIBUTION_LOGNORMAL, 3, 0.7), family(DISTRIBUTION_LOGNORMAL, 3, 1.5),
		family(DISTRIBUTION_GAMMA, 2, 0.3),     family(DISTRIBUTION_GAMMA, 2, 2),
		family(DISTRIBUTION_WEIBULL, 2, 0.2),   family(DISTRIBUTION_WEIBULL, 2, 3),
		family(DISTRIBUTION_PARETO, 2, 4.5),    family(DISTRIBUTION_CONSTANT, 2.5, 0),
	};
	enum { ALL = sizeof all / sizeof all[0] };
	double weights[ALL];
	for (int i = 0; i < ALL; i++) {
		double mean, variance;
		integrate(&all[i], &mean, &variance);
		ck_assert_double_eq_tol(distribution_mean(&all[i]) / mean, 1, 1e-4);
		ck_assert_double_eq_tol(distribution_variance(&all[i]), variance, 1e-2 * variance + 1e-9);
		weights[i] = i + 1;
	}
	struct distribution mixture = {.kind = DISTRIBUTION_MIXTURE, .parts = all, .weights = weights, .part_count = ALL};
	double mean, variance;
	integrate(&mixture, &mean, &variance);
	ck_assert_double_eq_tol(distribution_mean(&mixture) / mean, 1, 1e-3);
	ck_assert_double_eq_tol(distribution_variance(&mixture) / variance, 1, 1e-2);
}
END_TEST

START_TEST(infinite_moments)
{
	struct distribution d = family(DISTRIBUTION_PARETO, 1, 1);
	ck_assert(distribution_mean(&d) == INFINITY && distribution_variance(&d) == INFINITY);
	d.b = 1.5;
	ck_assert_double_eq(distribution_mean(&d), 3);
	ck_assert(distribution_variance(&d) == INFINITY);
	double weights[] = {1, 1};
	struct distribution parts[] = {d, family(DISTRIBUTION_CONSTANT, 5, 0)};
	struct distribution mixture = {.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = 2};
	ck_assert_double_eq(distribution_mean(&mixture), 4);
	ck_assert(distribution_variance(&mixture) == INFINITY);
	parts[0].b = 0.5;
	ck_assert(distribution_mean(&mixture) == INFINITY);
}
END_TEST

START_TEST(degenerate_ones_are_constants)
{
	double one[] = {9, 9, 9};
	struct distribution all[] = {
		family(DISTRIBUTION_CONSTANT, 9, 0),  family(DISTRIBUTION_UNIFORM, 9, 9),
		family(DISTRIBUTION_LOGNORMAL, 9, 0), family(DISTRIBUTION_GAMMA, 9, 0),
		family(DISTRIBUTION_WEIBULL, 9, 0),   {.kind = DISTRIBUTION_EMPIRICAL, .samples = one, .sample_count = 3},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		ck_assert_double_eq(distribution_quantile(&all[i], 0.3, 0.7), 9);
		ck_assert_double_eq(distribution_mean(&all[i]), 9);
		ck_assert_double_eq(distribution_variance(&all[i]), 0);
		ck_assert_double_eq(distribution_cdf(&all[i], 8.99), 0);
		ck_assert_double_eq(distribution_cdf(&all[i], 9), 1);
	}
	for (enum distribution_kind kind = DISTRIBUTION_EXPONENTIAL; kind <= DISTRIBUTION_PARETO; kind++) {
		struct distribution zero = family(kind, 0, 2);
		ck_assert_double_eq(distribution_quantile(&zero, 0.9, 0.1), 0);
		ck_assert_double_eq(distribution_mean(&zero), 0);
		ck_assert_double_eq(distribution_variance(&zero), 0);
	}
}
END_TEST

START_TEST(samples_are_equally_likely)
{
	double samples[] = {1, 2, 2, 10};
	struct distribution d = {.kind = DISTRIBUTION_EMPIRICAL, .samples = samples, .sample_count = 4};
	ck_assert_double_eq(distribution_quantile(&d, 0, 1), 1);
	ck_assert_double_eq(distribution_quantile(&d, 0.25, 0.75), 1);
	ck_assert_double_eq(distribution_quantile(&d, 0.26, 0.74), 2);
	ck_assert_double_eq(distribution_quantile(&d, 0.75, 0.25), 2);
	ck_assert_double_eq(distribution_quantile(&d, 0.76, 0.24), 10);
	ck_assert_double_eq(distribution_quantile(&d, 1, 0), 10);
	ck_assert_double_eq(distribution_cdf(&d, 0), 0);
	ck_assert_double_eq(distribution_cdf(&d, 2), 0.75);
	ck_assert_double_eq(distribution_cdf(&d, 1e300), 1);
	ck_assert_double_eq(distribution_mean(&d), 3.75);
	ck_assert_double_eq(distribution_variance(&d), (1 + 4 + 4 + 100) / 4.0 - 3.75 * 3.75);
}
END_TEST

/* A mixture's quantile is where its cdf crosses p, also across gaps, atoms and far tails. */
START_TEST(mixtures_invert_their_cdf)
{
	double samples[] = {5e7, 6e7, 4e8};
	struct distribution parts[] = {
		family(DISTRIBUTION_LOGNORMAL, 2e7, 0.3),
		family(DISTRIBUTION_LOGNORMAL, 9e8, 0.2),
		family(DISTRIBUTION_CONSTANT, 5e7, 0),
		family(DISTRIBUTION_UNIFORM, 0, 1e6),
		{.kind = DISTRIBUTION_EMPIRICAL, .samples = samples, .sample_count = 3},
	};
	double weights[] = {70, 20, 5, 3, 2};
	for (size_t n = 1; n <= 5; n++) {
		struct distribution d = {.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = n};
		struct law l;
		law_init(&l, &d);
		double last = 0;
		for (int i = 1; i < 4000; i++) {
			double t = 80 * (i / 4000.0 - 0.5), p = 1 / (1 + exp(-t)), q = 1 / (1 + exp(t)), x = law_quantile(&l, p, q);
			struct law_tails at = law_tails(&l, x * (1 + 1e-12)), before = law_tails(&l, x * (1 - 1e-12));
			quick_assert(at.lower >= p * (1 - 1e-9) && at.upper <= q * (1 + 1e-9), "%zu parts, p %g: x %g too low", n,
			             p, x);
			quick_assert(before.lower <= p * (1 + 1e-9) && before.upper >= q * (1 - 1e-9),
			             "%zu parts, p %g: x %g too high", n, p, x);
			quick_assert(x >= last * (1 - 1e-12), "%zu parts, p %g: %g after %g", n, p, x, last);
			last = x;
		}
		law_fini(&l);
	}
}
END_TEST

START_TEST(sigma_from_a_percentile)
{
	double sigma = distribution_lognormal_sigma(80e6, 0.99, 400e6);
	struct distribution d = family(DISTRIBUTION_LOGNORMAL, 80e6, sigma);
	ck_assert_double_eq_tol(distribution_quantile(&d, 0.99, 0.01), 400e6, 1e-3);
	ck_assert_double_eq_tol(sigma, log(5) / gsl_cdf_ugaussian_Pinv(0.99), 1e-13);
	ck_assert_double_gt(distribution_lognormal_sigma(80e6, 0.1, 10e6), 0);
	ck_assert_double_lt(distribution_lognormal_sigma(80e6, 0.99, 10e6), 0); /* the caller's business to refuse */
}
END_TEST

/* Parameters at the ends of what a double holds: every answer comes, and rises with p. */
START_TEST(extreme_parameters)
{
	static const double spreads[] = {1e-300, 1e-100, 1e-12, 1e-6, 1e-3, 1, 30, 1e3, 1e6, 1e50, 1e200, 1e300};
	for (enum distribution_kind kind = DISTRIBUTION_LOGNORMAL; kind <= DISTRIBUTION_PARETO; kind++) {
		for (size_t i = 0; i < sizeof spreads / sizeof spreads[0]; i++) {
			for (double size = 1e-9; size < 1e19; size *= 1e9) {
				struct distribution d = family(kind, size, spreads[i]);
				struct law l;
				law_init(&l, &d);
				double last = 0;
				for (int k = -65; k <= 65; k++) {
					double v = k ? ldexp(1, -abs(k)) : 0.5,
					       x = law_quantile(&l, k < 0 ? v : 1 - v, k < 0 ? 1 - v : v);
					quick_assert(x >= last * (1 - 1e-12), "%s(%g, %g) at %d: %g after %g",
					             distribution_name(kind), size, spreads[i], k, x, last);
					last = x;
				}
				law_fini(&l);
			}
		}
	}
}
END_TEST

START_TEST(names)
{
	for (enum distribution_kind kind = 0; kind < DISTRIBUTION_KINDS; kind++)
		ck_assert_ptr_nonnull(distribution_name(kind));
	ck_assert_str_eq(distribution_name(DISTRIBUTION_LOGNORMAL), "lognormal");
	ck_assert_str_eq(distribution_name(DISTRIBUTION_MIXTURE), "mixture");
}
END_TEST

Suite *distribution_suite(void)
{
	Suite *s = suite_create("distribution");
	TCase *tc = tcase_create("distribution");
	tcase_add_test(tc, families_against_gsl);
	tcase_add_test(tc, weibull_is_found_by_its_moments);
	tcase_add_test(tc, moments_are_integrals_of_the_quantile);
	tcase_add_test(tc, infinite_moments);
	tcase_add_test(tc, degenerate_ones_are_constants);
	tcase_add_test(tc, samples_are_equally_likely);
	tcase_add_test(tc, mixtures_invert_their_cdf);
	tcase_add_test(tc, sigma_from_a_percentile);
	tcase_add_test(tc, extreme_parameters);
	tcase_add_test(tc, names);
	suite_add_tcase(s, tc);
	return s;
}
