/* Rates as functions of time: advancing by an amount and the expected amount are inverse to each other, whatever the shape. */
#include <check.h>
#include <math.h>

#include "models/arrivals/intensity.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

enum { STEPS = 40, SHAPES = 60 };

struct shape {
	struct arrival_spec spec;
	simtime offset[STEPS];
	double value[STEPS];
};

static void random_steps(struct shape *h, simtime length, uint64_t *random, struct steps *out)
{
	size_t n = 1 + fixture_below(random, STEPS);
	for (size_t i = 0; i < n; i++) {
		h->offset[i] = (simtime)((double)length / (double)n * (double)i);
		h->value[i] = fixture_below(random, 3) ? fixture_uniform(random) * 3 : 0;
	}
	h->value[fixture_below(random, n)] = 1; /* not all zero */
	*out = (struct steps){h->offset, h->value, n};
}

/* Constant, growing and shrinking, daily and weekly patterns, rates that end. */
static void random_shape(struct shape *h, uint64_t *random)
{
	h->spec = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = exp(fixture_uniform(random) * 12 - 7)};
	switch (fixture_below(random, 4)) {
	case 0: break;
	case 1:
		h->spec.pattern_period = fixture_below(random, 2) ? SIMTIME_DAY : SIMTIME_WEEK;
		random_steps(h, h->spec.pattern_period, random, &h->spec.pattern);
		break;
	default:
		h->spec.kind = ARRIVAL_RATES;
		h->spec.rates_end = 1 + (simtime)fixture_below(random, SIMTIME_DAY);
		random_steps(h, h->spec.rates_end, random, &h->spec.rates);
	}
	if (fixture_below(random, 2))
		h->spec.growth_per_month = fixture_below(random, 2) ? fixture_uniform(random) * 5 : -0.9 * fixture_uniform(random);
}

/* The rate a second at `t` as the scenario says it, with libm. */
static double rate_at(const struct arrival_spec *a, double t_ns)
{
	const struct steps *s = a->kind == ARRIVAL_RATES ? &a->rates : &a->pattern;
	double factor = 1, in = t_ns;
	if (a->kind != ARRIVAL_RATES && a->pattern_period)
		in = fmod(t_ns, (double)a->pattern_period);
	if (a->kind == ARRIVAL_RATES && t_ns >= (double)a->rates_end)
		return 0;
	for (size_t i = 0; i < s->count; i++)
		if ((double)s->offset[i] <= in)
			factor = s->value[i];
	double growth = pow(1 + a->growth_per_month, t_ns / (30 * 86400e9));
	return (a->kind == ARRIVAL_RATES ? 1 : a->rate_per_s) * factor * growth;
}

/* Midpoint sums over equal parts; steps that fall between are off by one part at most. */
static double sum_to(const struct arrival_spec *a, double t_ns, int parts)
{
	double sum = 0, width = t_ns / parts;
	for (int i = 0; i < parts; i++)
		sum += rate_at(a, width * (i + 0.5)) * width / 1e9;
	return sum;
}

START_TEST(expected_is_the_area_under_the_rate)
{
	uint64_t random = 1000 + _i;
	struct shape h;
	random_shape(&h, &random);
	struct intensity in;
	intensity_init(&in, &h.spec);
	ck_assert_double_eq(intensity_expected(&in, 0), 0);
	for (int k = 0; k < 5; k++) {
		simtime t = 1 + (simtime)fixture_below(&random, 10 * SIMTIME_DAY);
		double want = sum_to(&h.spec, (double)t, 100000), got = intensity_expected(&in, t);
		double most = 3 * (h.spec.kind == ARRIVAL_RATES ? 1 : h.spec.rate_per_s) *
		              fmax(1, pow(1 + h.spec.growth_per_month, 0.34));
		double tolerance = 1e-7 * want + most * simtime_s(t) / 100000 * (2 + 11 * STEPS);
		ck_assert_msg(fabs(got - want) <= tolerance, "shape %d at %.3f s: %.12g, not %.12g +- %.3g", _i, simtime_s(t), got,
		              want, tolerance);
	}
}
END_TEST

START_TEST(advancing_inverts_what_is_expected)
{
	uint64_t random = 1000 + _i;
	struct shape h;
	random_shape(&h, &random);
	struct intensity in;
	intensity_init(&in, &h.spec);
	struct intensity_cursor c = {0};
	double sum = 0, scale = h.spec.kind == ARRIVAL_RATES ? 1 : h.spec.rate_per_s;
	simtime before = 0;
	for (int k = 0; k < 3000; k++) {
		/* Steps from far below one piece to several days at once. */
		double amount = exp(fixture_uniform(&random) * 30 - 25) * scale * 86400;
		simtime t = intensity_advance(&in, &c, amount);
		sum += amount;
		if (t == SIMTIME_NEVER) {
			double whole = intensity_expected(&in, SIMTIME_LONGEST);
			quick_assert(whole <= sum * (1 + 1e-9), "shape %d: no end after %.12g of %.12g", _i, sum, whole);
			break;
		}
		quick_assert(t >= before, "shape %d: %ld after %ld", _i, t, before);
		/* The clock is rounded to a nanosecond. */
		double low = intensity_expected(&in, t > 2 ? t - 2 : 0), high = intensity_expected(&in, t + 2);
		quick_assert(low <= sum * (1 + 1e-9) && sum <= high * (1 + 1e-9) + 1e-12,
		             "shape %d: at %ld %.15g lie between %.15g and %.15g", _i, t, sum, low, high);
		before = t;
		if (t > 300 * SIMTIME_DAY)
			break;
	}
}
END_TEST

/* Where the rate is 0 nothing comes, and an arrival that falls due there comes when the rate is back. */
START_TEST(nothing_comes_where_the_rate_is_zero)
{
	const simtime offset[] = {0, 6 * SIMTIME_HOUR, 12 * SIMTIME_HOUR, 18 * SIMTIME_HOUR};
	const double value[] = {0, 2, 0, 1};
	struct arrival_spec a = {.kind = ARRIVAL_POISSON,
	                         .rate_per_s = 1,
	                         .pattern = {offset, value, 4},
	                         .pattern_period = SIMTIME_DAY};
	struct intensity in;
	intensity_init(&in, &a);
	struct intensity_cursor c = {0};
	ck_assert_int_eq(intensity_advance(&in, &c, 1e-10), 6 * SIMTIME_HOUR);
	uint64_t random = 3;
	for (int i = 0; i < 100000; i++) {
		simtime t = intensity_advance(&in, &c, fixture_uniform(&random) * 5) % SIMTIME_DAY;
		quick_assert((t >= 6 * SIMTIME_HOUR && t <= 12 * SIMTIME_HOUR) || t >= 18 * SIMTIME_HOUR || t == 0);
	}
	ck_assert_double_eq_tol(intensity_expected(&in, 10 * SIMTIME_DAY), 10 * 3 * 21600.0, 1e-6);
}
END_TEST

START_TEST(no_rate_at_all_never_ends_in_an_arrival)
{
	const simtime offset[] = {0, SIMTIME_HOUR};
	const double value[] = {0, 0};
	struct arrival_spec specs[] = {
		{.kind = ARRIVAL_POISSON, .rate_per_s = 5, .pattern = {offset, value, 2}, .pattern_period = SIMTIME_DAY},
		{.kind = ARRIVAL_POISSON,
	         .rate_per_s = 5,
	         .pattern = {offset, value, 2},
	         .pattern_period = SIMTIME_WEEK,
	         .growth_per_month = 3},
		{.kind = ARRIVAL_RATES, .rates = {offset, value, 2}, .rates_end = 2 * SIMTIME_HOUR},
		{.kind = ARRIVAL_POISSON, .rate_per_s = 0},
		{.kind = ARRIVAL_POISSON, .rate_per_s = 0, .growth_per_month = 1},
	};
	for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
		struct intensity in;
		intensity_init(&in, &specs[i]);
		struct intensity_cursor c = {0};
		for (int k = 0; k < 3; k++)
			ck_assert_int_eq(intensity_advance(&in, &c, 1), SIMTIME_NEVER);
		ck_assert_double_eq(intensity_expected(&in, SIMTIME_DAY * 365), 0);
	}
}
END_TEST

/* 10/s shrinking by half in 30 days holds 10 x 30 d / ln 2 = 37.4 million arrivals, ever. */
START_TEST(shrinking_traffic_ends)
{
	struct arrival_spec a = {.kind = ARRIVAL_POISSON, .rate_per_s = 10, .growth_per_month = -0.5};
	struct intensity in;
	intensity_init(&in, &a);
	const double whole = 10 * 30 * 86400 / log(2);
	struct intensity_cursor c = {0};
	simtime half = intensity_advance(&in, &c, whole / 2);
	ck_assert_double_eq_tol(simtime_s(half) / 86400, 30, 1e-9);
	ck_assert_int_ne(intensity_advance(&in, &c, whole * 0.4999), SIMTIME_NEVER);
	ck_assert_int_eq(intensity_advance(&in, &c, whole * 0.001), SIMTIME_NEVER);
}
END_TEST

START_TEST(growth_is_stated_over_30_days)
{
	struct arrival_spec a = {.kind = ARRIVAL_POISSON, .rate_per_s = 100, .growth_per_month = 0.04};
	struct intensity in;
	intensity_init(&in, &a);
	double day_0 = intensity_expected(&in, SIMTIME_DAY);
	double day_30 = intensity_expected(&in, 31 * SIMTIME_DAY) - intensity_expected(&in, 30 * SIMTIME_DAY);
	ck_assert_double_eq_tol(day_30 / day_0, 1.04, 1e-10);
}
END_TEST

Suite *intensity_suite(void)
{
	Suite *s = suite_create("intensity");
	TCase *c = tcase_create("intensity");
	tcase_add_loop_test(c, expected_is_the_area_under_the_rate, 0, SHAPES);
	tcase_add_loop_test(c, advancing_inverts_what_is_expected, 0, SHAPES);
	tcase_add_test(c, nothing_comes_where_the_rate_is_zero);
	tcase_add_test(c, no_rate_at_all_never_ends_in_an_arrival);
	tcase_add_test(c, shrinking_traffic_ends);
	tcase_add_test(c, growth_is_stated_over_30_days);
	suite_add_tcase(s, c);
	return s;
}
