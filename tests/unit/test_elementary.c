/* The elementary functions against the C library's in 64-bit mantissas (long double), in units of 2^-53 of the value. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "sim/elementary.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

enum { ROUNDS = 40000 };

static double between(uint64_t *random, double low, double high)
{
	return low + (high - low) * fixture_uniform(random);
}

static double units(double got, long double want)
{
	return (double)(fabsl(got - want) / fabsl(want) * 0x1p53L);
}

/* Checks f against `exact` on a grid of arguments; the header's promise is `most` units. */
static void compare(const char *name, double (*f)(double), long double (*exact)(long double), double (*argument)(uint64_t *),
                    double most)
{
	uint64_t random = 1;
	double worst = 0;
	for (int i = 0; i < ROUNDS; i++) {
		double x = argument(&random), got = f(x);
		long double want = exact(x);
		if (want == 0 || fabsl(want) < DBL_MIN)
			continue;
		double error = units(got, want);
		quick_assert(error < most, "%s(%a) = %a, %Lg wanted: %g units", name, x, got, want, error);
		worst = fmax(worst, error);
	}
	quick_assert(worst > most / 32, "%s: the bound %g is far from the worst seen, %g", name, most, worst);
}

static double any_positive(uint64_t *random)
{
	return fixture_below(random, 2) ? exp(between(random, -740, 709)) : between(random, 0.4, 2.5);
}

static double above_minus_1(uint64_t *random)
{
	if (fixture_below(random, 3) == 0)
		return exp(between(random, -40, 40));
	return fixture_below(random, 2) ? between(random, -0.999999, 1) : between(random, -1, 1) * exp(-between(random, 0, 40));
}

static double exponent(uint64_t *random)
{
	return fixture_below(random, 2) ? between(random, -708, 709) : between(random, -2, 2);
}

static double small_exponent(uint64_t *random)
{
	return fixture_below(random, 2) ? between(random, -45, 45) : between(random, -1, 1) * exp(-between(random, 0, 40));
}

static double gamma_argument(uint64_t *random)
{
	switch (fixture_below(random, 4)) {
	case 0: return exp(between(random, -30, 30));
	case 1: return between(random, 0.4, 3);
	case 2: return 1 + (double)fixture_below(random, 2) + between(random, -1e-3, 1e-3);
	default: return between(random, 2, 20);
	}
}

static double gamma1p_argument(uint64_t *random)
{
	return between(random, -0.5, 0.5) * exp(-between(random, 0, 40));
}

static long double lgamma1pl(long double x)
{
	static const long double zeta[] = {1.644934066848226436472L, 1.202056903159594285400L, 1.082323233711138191516L,
	                                   1.036927755143369926331L, 1.017343061984449139714L, 1.008349277381922826839L};
	if (fabsl(x) > 2e-3L)
		return lgammal(1 + x);
	long double sum = -0.577215664901532860606512L * x, power = -x;
	for (int k = 2; k < 8; k++) { /* DLMF 5.7.3 */
		power *= -x;
		sum += zeta[k - 2] * power / k;
	}
	return sum;
}

static double gap_argument(uint64_t *random)
{
	return fixture_below(random, 2) ? between(random, -0.99, 3) : between(random, -1, 1) * exp(-between(random, 0, 12));
}

/* x - log(1 + x): by the series where the difference would cancel. */
static long double gapl(long double x)
{
	if (fabsl(x) > 0.1L)
		return x - log1pl(x);
	long double sum = 0, power = 1;
	for (int n = 2; n < 40; n++) {
		power *= -x;
		sum += power * x / n;
	}
	return -sum;
}

START_TEST(errors_are_as_stated)
{
	compare("log", elementary_log, logl, any_positive, 1.5);
	compare("log1p", elementary_log1p, log1pl, above_minus_1, 3);
	compare("exp", elementary_exp, expl, exponent, 2);
	compare("expm1", elementary_expm1, expm1l, small_exponent, 4);
	compare("lgamma", elementary_lgamma, lgammal, gamma_argument, 8);
	compare("lgamma1p", elementary_lgamma1p, lgamma1pl, gamma1p_argument, 8);
	compare("log1p_gap", elementary_log1p_gap, gapl, gap_argument, 16);
}
END_TEST

START_TEST(powers)
{
	uint64_t random = 2;
	for (int i = 0; i < ROUNDS; i++) {
		double x = fixture_below(&random, 2) ? exp(between(&random, -50, 50)) : between(&random, 0.9, 1.1);
		double y = between(&random, -1, 1) * exp(between(&random, -5, 8));
		long double want = powl(x, y);
		if (want > DBL_MAX || want < DBL_MIN)
			continue;
		double got = elementary_pow(x, y);
		quick_assert(units(got, want) < 64, "pow(%a, %a) = %a: %g units", x, y, got, units(got, want));
	}
	for (int i = 1; i < 50; i++) /* whole results come out whole */
		ck_assert_double_eq(elementary_pow(2, i), ldexp(1, i));
	ck_assert_double_eq(elementary_pow(9, 0.5), 3);
}
END_TEST

START_TEST(subnormal_results_and_arguments)
{
	for (int i = 0; i < 52; i++) {
		double x = ldexp(1.3, -1074 + i);
		ck_assert_double_lt(units(elementary_log(x), logl(x)), 1.5);
	}
	for (double x = -745.1; x < -708; x += 0.37)
		ck_assert_double_le(fabs(elementary_exp(x) - (double)expl(x)), 0x1p-1074);
	ck_assert_double_le(fabs(elementary_pow(10, -320) - 1e-320), 0x1p-1074);
}
END_TEST

START_TEST(edges)
{
	ck_assert(elementary_log(0) == -INFINITY);
	ck_assert(isnan(elementary_log(-1)) && isnan(elementary_log(NAN)));
	ck_assert(elementary_log(INFINITY) == INFINITY && elementary_log(1) == 0);
	ck_assert(elementary_log1p(-1) == -INFINITY && isnan(elementary_log1p(-2)) && isnan(elementary_log1p(NAN)));
	ck_assert(elementary_log1p(INFINITY) == INFINITY && elementary_log1p(0) == 0 && elementary_log1p(1e-300) == 1e-300);
	ck_assert(elementary_exp(INFINITY) == INFINITY && elementary_exp(-INFINITY) == 0 && isnan(elementary_exp(NAN)));
	ck_assert(elementary_exp(710) == INFINITY && elementary_exp(-746) == 0 && elementary_exp(0) == 1);
	ck_assert(elementary_exp(709.78) < INFINITY);
	ck_assert(elementary_expm1(INFINITY) == INFINITY && elementary_expm1(-INFINITY) == -1 && isnan(elementary_expm1(NAN)));
	ck_assert(elementary_expm1(0) == 0 && elementary_expm1(1e-300) == 1e-300);
	ck_assert(elementary_pow(0, 0) == 1 && elementary_pow(0, 2) == 0 && elementary_pow(0, -2) == INFINITY);
	ck_assert(elementary_pow(INFINITY, 2) == INFINITY && elementary_pow(INFINITY, -2) == 0 && elementary_pow(1, NAN) == 1);
	ck_assert(elementary_pow(0.5, INFINITY) == 0 && elementary_pow(2, INFINITY) == INFINITY &&
	          elementary_pow(2, -INFINITY) == 0);
	ck_assert(isnan(elementary_pow(-1, 2)) && isnan(elementary_pow(NAN, 2)) && isnan(elementary_pow(2, NAN)));
	ck_assert(elementary_pow(10, 400) == INFINITY && elementary_pow(10, -400) == 0 &&
	          elementary_pow(1.0000001, 1e300) == INFINITY);
	ck_assert(elementary_lgamma(0) == INFINITY && elementary_lgamma(INFINITY) == INFINITY && isnan(elementary_lgamma(-1)));
	ck_assert(elementary_lgamma(1) == 0 && elementary_lgamma(2) == 0);
}
END_TEST

/* The very bits, over a fixed walk through arguments: what another processor or compiler must reproduce. */
START_TEST(the_same_bits_everywhere)
{
	uint64_t hash = 0xcbf29ce484222325u, random = 99; /* FNV-1a */
	for (int i = 0; i < 20000; i++) {
		double u = fixture_uniform(&random), x = u * 40;
		double values[] = {elementary_log(x),         elementary_log1p(u - 0.5), elementary_exp(x - 20),
		                   elementary_expm1(u - 0.5), elementary_pow(x, u),      elementary_lgamma(x)};
		const unsigned char *bytes = (const unsigned char *)values;
		for (size_t k = 0; k < sizeof values; k++)
			hash = (hash ^ bytes[k]) * 0x100000001b3u;
	}
	quick_assert(hash == 0xe762d4c88e1a782u, "the hash is 0x%lxu", (unsigned long)hash);
}
END_TEST

Suite *elementary_suite(void)
{
	Suite *s = suite_create("elementary");
	TCase *tc = tcase_create("elementary");
	tcase_add_test(tc, errors_are_as_stated);
	tcase_add_test(tc, powers);
	tcase_add_test(tc, subnormal_results_and_arguments);
	tcase_add_test(tc, edges);
	tcase_add_test(tc, the_same_bits_everywhere);
	suite_add_tcase(s, tc);
	return s;
}
