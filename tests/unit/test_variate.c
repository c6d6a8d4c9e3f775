/* Compiled distributions: they follow what they were compiled from, in the middle and in both tails, and never fall. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/draw.h"
#include "sim/law.h"
#include "sim/variate.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

static double samples[] = {1e6, 2e6, 2e6, 3e6, 7e6, 1e9};

static struct distribution parts[] = {
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 2e7, .b = 0.3},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 9e8, .b = 0.2},
	{.kind = DISTRIBUTION_CONSTANT, .a = 5e7},
	{.kind = DISTRIBUTION_UNIFORM, .a = 3e9, .b = 4e9},
	{.kind = DISTRIBUTION_EMPIRICAL, .samples = samples, .sample_count = 6},
};
static double weights[] = {90, 10, 5, 1, 4};

/* What people use, and what they should not. */
static const struct distribution smooth[] = {
	{.kind = DISTRIBUTION_UNIFORM, .a = 1e6, .b = 5e6},
	{.kind = DISTRIBUTION_UNIFORM, .a = 0, .b = 5e6},
	{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1e8},
	{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1e-3},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 1e-6},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 0.1},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 0.7},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 1.5},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 3},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 0.1},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 0.5},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 2},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 5},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 0.1},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 0.5},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 2},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 5},
	{.kind = DISTRIBUTION_PARETO, .a = 1e6, .b = 1.1},
	{.kind = DISTRIBUTION_PARETO, .a = 1e6, .b = 3},
	{.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = 2},
};
enum { SMOOTH = sizeof smooth / sizeof smooth[0] };

static const struct distribution rough[] = {
	{.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = 3},
	{.kind = DISTRIBUTION_MIXTURE, .parts = parts, .weights = weights, .part_count = 5},
	{.kind = DISTRIBUTION_MIXTURE, .parts = parts + 2, .weights = weights, .part_count = 2},
	{.kind = DISTRIBUTION_PARETO, .a = 1e6, .b = 0.1},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 40},
	{.kind = DISTRIBUTION_LOGNORMAL, .a = 8e7, .b = 1e300},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1e-6},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1e-12},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 30},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1e3},
	{.kind = DISTRIBUTION_GAMMA, .a = 1e8, .b = 1e300},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 1e-9},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 1e3},
	{.kind = DISTRIBUTION_WEIBULL, .a = 1e8, .b = 1e300},
	{.kind = DISTRIBUTION_UNIFORM, .a = -3, .b = 3},
	{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1e300},
	{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1e-300},
};
enum { ROUGH = sizeof rough / sizeof rough[0] };

static const struct distribution *both(int i)
{
	return i < SMOOTH ? &smooth[i] : &rough[i - SMOOTH];
}

/* A word at any distance from either end, half of them at a cell's edge, where errors would show. */
static uint64_t any_word(uint64_t *random)
{
	uint64_t shift = fixture_below(random, 64),
		 word = fixture_random(random) >> shift; /* in this order: C leaves that of operands open */
	if (fixture_below(random, 2))
		word &= ~(uint64_t)0 << fixture_below(random, 64);
	return fixture_below(random, 2) ? ~word : word;
}

START_TEST(a_larger_word_never_gives_a_smaller_value)
{
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, both(_i), &a);
	uint64_t random = 13;
	for (int i = 0; i < 60000; i++) {
		uint64_t word = any_word(&random), step = (uint64_t)1 << (i % 3 ? fixture_below(&random, 40) : 0);
		double last = -INFINITY;
		for (int k = -3; k <= 3; k++) {
			uint64_t at = word + (uint64_t)k * step;
			if ((k < 0 && at > word) || (k > 0 && at < word))
				continue; /* past an end */
			double value = variate_value(&v, at);
			quick_assert(value >= last && isfinite(value), "word %lx gives %.17g after %.17g", (unsigned long)at, value,
			             last);
			last = value;
		}
	}
	ck_assert_double_ge(variate_value(&v, (uint64_t)1 << 63), variate_value(&v, ((uint64_t)1 << 63) - 1));
	arena_fini(&a);
}
END_TEST

/* The word's tail probability, as qtable.h defines it. */
static void tails_of(uint64_t word, double *p, double *q)
{
	uint64_t r = word >> 63 ? ~word : word;
	double v = ldexp((double)r + 0.5, -64);
	*p = word >> 63 ? 1 - v : v;
	*q = word >> 63 ? v : 1 - v;
}

START_TEST(values_are_quantiles_within_the_bound)
{
	const struct distribution *d = &smooth[_i];
	struct arena a = {0};
	struct variate v;
	struct law l;
	variate_compile(&v, d, &a);
	law_init(&l, d);
	ck_assert_double_le(v.error_bound, 1e-6);
	double scale = law_quantile(&l, 0.9, 0.1), worst = 0;
	uint64_t random = 14;
	for (int i = 0; i < 20000; i++) {
		uint64_t word = any_word(&random);
		double p, q;
		tails_of(word, &p, &q);
		double want = law_quantile(&l, p, q), got = variate_value(&v, word);
		worst = fmax(worst, fabs(got - want) / fmax(fabs(want), scale * 0x1p-30));
	}
	quick_assert(worst <= 1.02 * v.error_bound + 1e-12, "error %g, bound %g", worst, v.error_bound);
	quick_assert(worst >= 0.2 * v.error_bound || v.error_bound < 1e-9, "bound %g is far from the worst seen, %g", v.error_bound,
	             worst);
	law_fini(&l);
	arena_fini(&a);
}
END_TEST

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: sqrt(n) D exceeds 1.95 once in a thousand times; the words are fixed. */
START_TEST(draws_follow_the_distribution)
{
	enum { N = 20000 };
	static double x[N];
	static uint64_t words[N];
	const struct distribution *d = &smooth[_i];
	struct arena a = {0};
	struct variate v;
	struct law l;
	variate_compile(&v, d, &a);
	law_init(&l, d);
	draw_words(&(struct draw_key){2024, 1}, (uint64_t)_i, 0, 0, 0, N, words);
	for (int i = 0; i < N; i++)
		x[i] = variate_value(&v, words[i]);
	qsort(x, N, sizeof x[0], compare);
	double worst = 0;
	for (int i = 0; i < N; i++) {
		double p = law_tails(&l, x[i]).lower;
		worst = fmax(worst, fmax(fabs(p - (double)i / N), fabs(p - (i + 1.0) / N)));
	}
	ck_assert_double_lt(worst * sqrt(N), 1.95);
	ck_assert_double_gt(worst * sqrt(N), 0.3); /* too good is wrong too */
	law_fini(&l);
	arena_fini(&a);
}
END_TEST

/* The mean over a fine grid of words is the distribution's mean: nothing is lost between the cells. */
START_TEST(means_agree)
{
	enum { N = 1 << 20 };
	const struct distribution *d = &smooth[_i];
	double variance = distribution_variance(d);
	if (d->kind == DISTRIBUTION_PARETO || d->b > 1.6) /* the grid ends at 2^-21, which cuts the mean of heavy tails */
		return;
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, d, &a);
	double sum = 0;
	for (uint64_t i = 0; i < N; i++)
		sum += variate_value(&v, (2 * i + 1) << 43);
	ck_assert_double_eq(v.mean, distribution_mean(d));
	ck_assert_double_eq_tol(sum / N / v.mean, 1, 1e-6 + 2e-5 * variance / (v.mean * v.mean));
	arena_fini(&a);
}
END_TEST

START_TEST(degenerate_ones_are_constants)
{
	static const struct distribution all[] = {
		{.kind = DISTRIBUTION_CONSTANT, .a = 7},          {.kind = DISTRIBUTION_UNIFORM, .a = 7, .b = 7},
		{.kind = DISTRIBUTION_LOGNORMAL, .a = 7, .b = 0}, {.kind = DISTRIBUTION_GAMMA, .a = 7, .b = 0},
		{.kind = DISTRIBUTION_WEIBULL, .a = 7, .b = 0},   {.kind = DISTRIBUTION_CONSTANT, .a = 0},
		{.kind = DISTRIBUTION_EXPONENTIAL, .a = 0},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct arena a = {0};
		struct variate v;
		variate_compile(&v, &all[i], &a);
		ck_assert_int_eq(v.kind, VARIATE_CONSTANT);
		ck_assert_double_eq(variate_value(&v, 0), all[i].a);
		ck_assert_double_eq(variate_value(&v, UINT64_MAX), all[i].a);
		ck_assert_double_eq(v.error_bound, 0);
		ck_assert_uint_eq(a.used, 0);
		ck_assert_int_eq(variate_time(&v, 5), (simtime)all[i].a);
	}
}
END_TEST

START_TEST(samples_come_equally_often)
{
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, &parts[4], &a);
	ck_assert_int_eq(v.kind, VARIATE_SAMPLES);
	unsigned count[6] = {0};
	for (uint64_t i = 0; i < 60000; i++) {
		double x = variate_value(&v, i * (UINT64_MAX / 60000));
		for (int k = 0; k < 6; k++)
			count[k] += x == samples[k] ? 1u : 0u;
	}
	ck_assert_uint_eq(count[0], 10001);
	ck_assert_uint_eq(count[5], 9999);
	ck_assert_double_eq(variate_value(&v, 0), 1e6);
	ck_assert_double_eq(variate_value(&v, UINT64_MAX), 1e9);
	arena_fini(&a);
}
END_TEST

/* A mixture of constants and samples gives these values only, each with its share. */
START_TEST(discrete_mixtures_are_exact)
{
	struct distribution inner_parts[] = {parts[4], {.kind = DISTRIBUTION_CONSTANT, .a = 2e6}};
	double inner_weights[] = {1, 1};
	struct distribution inner = {.kind = DISTRIBUTION_MIXTURE, .parts = inner_parts, .weights = inner_weights, .part_count = 2};
	struct distribution outer_parts[] = {{.kind = DISTRIBUTION_CONSTANT, .a = 5e7},
	                                     inner,
	                                     {.kind = DISTRIBUTION_CONSTANT, .a = 1}};
	double outer_weights[] = {3, 6, 1};
	struct distribution d = {.kind = DISTRIBUTION_MIXTURE, .parts = outer_parts, .weights = outer_weights, .part_count = 3};
	static const struct {
		double value, share;
	} want[] = {{1, 0.1}, {1e6, 0.05}, {2e6, 0.4}, {3e6, 0.05}, {7e6, 0.05}, {5e7, 0.3}, {1e9, 0.05}};
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, &d, &a);
	ck_assert_int_eq(v.kind, VARIATE_STEPS);
	enum { N = 100000 };
	int seen = 0;
	for (int k = 0; k < 7; k++) {
		int count = 0;
		for (uint64_t i = 0; i < N; i++)
			count += variate_value(&v, i * (UINT64_MAX / N) + 12345) == want[k].value;
		ck_assert_int_le(abs(count - (int)(want[k].share * N + 0.5)), 1);
		seen += count;
	}
	ck_assert_int_eq(seen, N);
	ck_assert_double_eq(variate_value(&v, 0), 1);
	ck_assert_double_eq(variate_value(&v, UINT64_MAX), 1e9);
	arena_fini(&a);
}
END_TEST

/* Many steps, and steps of tiny weight, against a search through the cumulated weights. */
START_TEST(many_steps)
{
	enum { STEPS = 5000 };
	static struct distribution part[STEPS];
	static double weight[STEPS];
	uint64_t random = 15;
	double total = 0;
	for (int i = 0; i < STEPS; i++) {
		part[i] = (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = 10 * i};
		weight[i] = exp(-30 * fixture_uniform(&random));
		total += weight[i];
	}
	struct distribution d = {.kind = DISTRIBUTION_MIXTURE, .parts = part, .weights = weight, .part_count = STEPS};
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, &d, &a);
	double below = 0;
	int k = 0;
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t word = i * (UINT64_MAX / 100000) + 777;
		double u = (double)word * 0x1p-64 * total;
		while (k < STEPS - 1 && below + weight[k] <= u)
			below += weight[k++];
		double x = variate_value(&v, word);
		if (fabs(u - below) > 1e-9 && fabs(below + weight[k] - u) > 1e-9)
			quick_assert(x == 10 * k, "word %lx gives %g, step %d", (unsigned long)word, x, k);
	}
	arena_fini(&a);
}
END_TEST

/* A jump of a mixture is taken within 2^-26 of its probability: what lies between its parts never comes, as good as. */
START_TEST(jumps_are_sharp)
{
	struct distribution gap[] = {{.kind = DISTRIBUTION_UNIFORM, .a = 1, .b = 2},
	                             {.kind = DISTRIBUTION_UNIFORM, .a = 1000, .b = 1001}};
	double share[] = {0.7, 0.3};
	struct distribution d = {.kind = DISTRIBUTION_MIXTURE, .parts = gap, .weights = share, .part_count = 2};
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, &d, &a);
	uint64_t middle = (uint64_t)(0.7 * 0x1p64), off = (uint64_t)(0x1p64 * 0.3 * 0x1p-25);
	ck_assert_double_le(variate_value(&v, middle - off), 2.0000001);
	ck_assert_double_ge(variate_value(&v, middle + off), 999.9999);
	for (uint64_t i = 0; i < 200000; i++) {
		double x = variate_value(&v, i * (UINT64_MAX / 200000) + UINT64_MAX / 400000); /* 0.7 lies between two */
		quick_assert(x < 2.0001 || x > 999.99, "%g lies between the parts", x);
	}
	arena_fini(&a);
}
END_TEST

START_TEST(times_are_rounded_and_clipped)
{
	struct arena a = {0};
	struct variate v;
	variate_compile(&v, &(struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = 2.5}, &a);
	ck_assert_int_eq(variate_time(&v, 0), 3);
	variate_compile(&v, &(struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = 1e30}, &a);
	ck_assert_int_eq(variate_time(&v, 0), SIMTIME_LONGEST);
	variate_compile(&v, &(struct distribution){.kind = DISTRIBUTION_UNIFORM, .a = -3, .b = 3}, &a);
	ck_assert_int_eq(variate_time(&v, 0), 0);
	arena_fini(&a);
}
END_TEST

/* The same distribution compiled twice is the same table, and its size stays moderate. */
START_TEST(compiling_is_deterministic_and_small)
{
	struct arena a = {0}, b = {0};
	struct variate v, w;
	variate_compile(&v, both(_i), &a);
	variate_compile(&w, both(_i), &b);
	ck_assert_uint_le(a.used, 1 << 20);
	ck_assert_int_eq(v.kind, VARIATE_TABLE);
	ck_assert_uint_eq(v.table->cell_count, w.table->cell_count);
	for (size_t i = 0; i < v.table->cell_count; i++)
		quick_assert(memcmp(&v.table->cells[i], &w.table->cells[i], sizeof v.table->cells[i]) == 0, "cell %zu", i);
	arena_fini(&a);
	arena_fini(&b);
}
END_TEST

/* The very bits of values over all families: see test_elementary. */
START_TEST(the_same_bits_everywhere)
{
	uint64_t hash = 0xcbf29ce484222325u, random = 3;
	for (int k = 0; k < SMOOTH + ROUGH; k++) {
		struct arena a = {0};
		struct variate v;
		variate_compile(&v, both(k), &a);
		for (int i = 0; i < 2000; i++) {
			double value = variate_value(&v, any_word(&random));
			unsigned char bytes[sizeof value];
			memcpy(bytes, &value, sizeof value);
			for (size_t j = 0; j < sizeof bytes; j++)
				hash = (hash ^ bytes[j]) * 0x100000001b3u;
		}
		arena_fini(&a);
	}
	quick_assert(hash == 0x97162db705016505u, "the hash is 0x%lxu", (unsigned long)hash);
}
END_TEST

/* Many at a time, whatever vectors the processor has: the bits of one at a time. */
START_TEST(many_at_a_time_are_the_same_bits)
{
	enum { COUNT = 64 };
	struct arena a = {0};
	struct variate v;
	uint64_t random = (uint64_t)_i, words[COUNT];
	variate_compile(&v, both(_i), &a);
	for (int round = 0; round < 200; round++) {
		double values[COUNT];
		simtime times[COUNT];
		size_t count = round % 2 ? COUNT : 1 + fixture_below(&random, COUNT);
		for (size_t i = 0; i < count; i++)
			words[i] = any_word(&random);
		variate_values(&v, words, count, values);
		simtime_all_from_ns(values, count, times);
		for (size_t i = 0; i < count; i++) {
			double one = variate_value(&v, words[i]);
			quick_assert(memcmp(&one, &values[i], sizeof one) == 0, "word %lx: %a and %a", (unsigned long)words[i], one,
			             values[i]);
			quick_assert(times[i] == variate_time(&v, words[i]), "word %lx", (unsigned long)words[i]);
		}
	}
	arena_fini(&a);
}
END_TEST

START_TEST(all_times_are_rounded_and_clipped)
{
	const double ns[] = {-1,         -0.0, 0,        0.4,      0.5, 1.5, 2.5, NAN, 1e18, 3155759999999999488.0,
	                     3.15576e18, 1e30, INFINITY, -INFINITY};
	enum { COUNT = sizeof ns / sizeof ns[0] };
	simtime times[COUNT];
	simtime_all_from_ns(ns, COUNT, times);
	for (int i = 0; i < COUNT; i++)
		ck_assert_int_eq(times[i], simtime_from_ns(ns[i]));
	ck_assert_int_eq(times[7], 0);
	ck_assert_int_eq(times[12], SIMTIME_LONGEST);
}
END_TEST

Suite *variate_suite(void)
{
	Suite *s = suite_create("variate");
	TCase *tc = tcase_create("variate");
	tcase_add_loop_test(tc, a_larger_word_never_gives_a_smaller_value, 0, SMOOTH + ROUGH);
	tcase_add_loop_test(tc, values_are_quantiles_within_the_bound, 0, SMOOTH);
	tcase_add_loop_test(tc, draws_follow_the_distribution, 0, SMOOTH);
	tcase_add_loop_test(tc, means_agree, 0, SMOOTH);
	tcase_add_test(tc, degenerate_ones_are_constants);
	tcase_add_test(tc, samples_come_equally_often);
	tcase_add_test(tc, discrete_mixtures_are_exact);
	tcase_add_test(tc, many_steps);
	tcase_add_test(tc, jumps_are_sharp);
	tcase_add_test(tc, times_are_rounded_and_clipped);
	tcase_add_test(tc, all_times_are_rounded_and_clipped);
	tcase_add_loop_test(tc, many_at_a_time_are_the_same_bits, 0, SMOOTH + ROUGH);
	tcase_add_loop_test(tc, compiling_is_deterministic_and_small, 0, SMOOTH + ROUGH);
	tcase_add_test(tc, the_same_bits_everywhere);
	suite_add_tcase(s, tc);
	return s;
}
