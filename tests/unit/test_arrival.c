/* Arrival processes: times, numbers, ends, and what common random numbers ask of them. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/arrivals/arrival.h"
#include "models/spec/purpose.h"
#include "tests/unit/fixture_quick.h"

struct made {
	struct arena arena;
	struct arrival_plan plan;
	struct arrival_stream stream;
};

static const struct draw_key KEY = {42, 7};

static void make(struct made *m, const struct arrival_spec *spec, uint64_t entity, struct draw_key key)
{
	memset(m, 0, sizeof *m);
	arrival_compile(&m->plan, spec, entity, &m->arena);
	arrival_start(&m->stream, &m->plan, &key);
}

static simtime take(struct made *m, uint64_t number)
{
	simtime at = arrival_peek(&m->stream);
	quick_assert(arrival_peek(&m->stream) == at);
	quick_assert(arrival_take(&m->stream) == number);
	return at;
}

START_TEST(constant_rates_do_not_drift)
{
	const double rates[] = {1, 3, 0.001, 7.3, 1e5, 1e7};
	for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
		struct arrival_spec spec = {.kind = ARRIVAL_CONSTANT, .rate_per_s = rates[k]};
		struct made m;
		make(&m, &spec, 1, KEY);
		for (uint64_t i = 0; i < 100000; i++) {
			long double want = (long double)(i + 1) * 1e9L / rates[k];
			simtime got = take(&m, i);
			quick_assert(fabsl(got - want) <= 0.51L + want * 2e-16L, "%g/s, request %lu: %ld, not %Lf", rates[k], i,
			             got, want);
		}
		arena_fini(&m.arena);
	}
}
END_TEST

/* Against the definition: gaps -log of the word with the request's number, summed. */
START_TEST(poisson_gaps_are_drawn_by_number)
{
	struct arrival_spec spec = {.kind = ARRIVAL_POISSON, .rate_per_s = 250};
	struct made m;
	make(&m, &spec, 99, KEY);
	double sum = 0;
	for (uint64_t i = 0; i < 5000; i++) {
		uint64_t word = draw_word(&KEY, 99, PURPOSE_ARRIVAL, 0, i);
		sum += -log1p(-draw_uniform(word)) / 250 * 1e9;
		simtime got = take(&m, i);
		quick_assert(fabs((double)got - sum) <= 1 + sum * 1e-7, "request %lu: %ld, not %.1f", i, got, sum);
	}
	arena_fini(&m.arena);
}
END_TEST

/* The same random numbers at another rate: all times in proportion; under a pattern: the same expected counts. */
START_TEST(rates_and_patterns_move_the_same_requests)
{
	const simtime offset[] = {0, 6 * SIMTIME_HOUR};
	const double value[] = {3, 0.5};
	struct arrival_spec slow = {.kind = ARRIVAL_RENEWAL, .rate_per_s = 10, .cv = 1.7}, fast = slow, shaped = slow;
	fast.rate_per_s = 40;
	shaped.pattern = (struct steps){offset, value, 2};
	shaped.pattern_period = SIMTIME_DAY;
	shaped.growth_per_month = 0.5;
	struct made a, b, c;
	make(&a, &slow, 5, KEY);
	make(&b, &fast, 5, KEY);
	make(&c, &shaped, 5, KEY);
	for (uint64_t i = 0; i < 20000; i++) {
		simtime ta = take(&a, i), tb = take(&b, i), tc = take(&c, i);
		quick_assert(fabs((double)ta - 4 * (double)tb) <= 3, "request %lu: %ld and %ld", i, ta, tb);
		double expected = intensity_expected(&c.plan.intensity, tc);
		quick_assert(fabs(expected - simtime_s(ta) * 10) <= 1e-6, "request %lu: %.9f and %.9f", i, expected,
		             simtime_s(ta) * 10);
	}
	arena_fini(&a.arena);
	arena_fini(&b.arena);
	arena_fini(&c.arena);
}
END_TEST

/* Mean and spread of 200,000 gaps: five standard errors. */
START_TEST(gaps_have_the_mean_and_spread_that_were_asked_for)
{
	const double cvs[] = {0, 0.3, 1, 2.5};
	struct arrival_spec spec = {.kind = _i < 4 ? ARRIVAL_RENEWAL : ARRIVAL_POISSON, .rate_per_s = 20};
	double cv = spec.cv = _i < 4 ? cvs[_i] : 1;
	enum { N = 200000 };
	struct made m;
	make(&m, &spec, 3, KEY);
	double sum = 0, squares = 0;
	simtime last = 0;
	for (uint64_t i = 0; i < N; i++) {
		simtime at = take(&m, i);
		quick_assert(at >= last);
		double gap = (double)(at - last) / 1e9 * 20;
		sum += gap;
		squares += gap * gap;
		last = at;
	}
	double mean = sum / N, variance = squares / N - mean * mean;
	ck_assert_double_eq_tol(mean, 1, 5 * cv / sqrt(N) + 1e-7);
	/* The standard error of a gamma's variance: cv^2 sqrt((2 + 6 cv^2) / n). */
	ck_assert_double_eq_tol(variance, cv * cv, 5 * cv * cv * sqrt((2 + 6 * cv * cv) / N) + 1e-6);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(given_times_come_as_given_and_end)
{
	static simtime times[130];
	const size_t counts[] = {0, 1, 63, 64, 65, 128, 130};
	for (size_t i = 0; i < 130; i++)
		times[i] = (simtime)(i / 3) * SIMTIME_SECOND;
	for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
		struct arrival_spec spec = {.kind = ARRIVAL_TIMES, .times = times, .time_count = counts[k]};
		struct made m;
		make(&m, &spec, 1, KEY);
		for (size_t i = 0; i < counts[k]; i++)
			ck_assert_int_eq(take(&m, i), times[i]);
		for (size_t i = 0; i < 200; i++)
			ck_assert_int_eq(take(&m, counts[k] + i), SIMTIME_NEVER);
		arena_fini(&m.arena);
	}
}
END_TEST

/* 500/s for 10 s, nothing for 10 s, 100/s for 10 s; then nothing, for ever. */
START_TEST(rates_end_where_they_end)
{
	const simtime offset[] = {0, 10 * SIMTIME_SECOND, 20 * SIMTIME_SECOND};
	const double value[] = {500, 0, 100};
	struct arrival_spec spec = {.kind = ARRIVAL_RATES, .rates = {offset, value, 3}, .rates_end = 30 * SIMTIME_SECOND};
	struct made m;
	make(&m, &spec, 1, KEY);
	int counts[3] = {0};
	uint64_t i = 0;
	for (simtime at; (at = take(&m, i)) != SIMTIME_NEVER; i++) {
		ck_assert_int_lt(at, 30 * SIMTIME_SECOND);
		counts[at / (10 * SIMTIME_SECOND)]++;
	}
	for (uint64_t k = 1; k < 300; k++)
		ck_assert_int_eq(take(&m, i + k), SIMTIME_NEVER);
	ck_assert_int_eq(counts[1], 0);
	ck_assert_double_eq_tol(counts[0], 5000, 5 * sqrt(5000));
	ck_assert_double_eq_tol(counts[2], 1000, 5 * sqrt(1000));
	ck_assert_double_eq_tol(arrival_mean_rate(&m.plan, 60 * SIMTIME_SECOND), 100, 1e-9);
	ck_assert_double_eq_tol(arrival_mean_rate(&m.plan, 10 * SIMTIME_SECOND), 500, 1e-9);
	ck_assert_double_eq(arrival_mean_rate(&m.plan, 0), 0);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(no_rate_means_no_request)
{
	const enum arrival_kind kinds[] = {ARRIVAL_CONSTANT, ARRIVAL_POISSON, ARRIVAL_RENEWAL};
	const simtime offset[] = {0};
	const double value[] = {0};
	for (size_t k = 0; k < 6; k++) {
		struct arrival_spec spec = {.kind = kinds[k % 3], .rate_per_s = k < 3 ? 0 : 5, .cv = 1};
		if (k >= 3) {
			spec.pattern = (struct steps){offset, value, 1};
			spec.pattern_period = SIMTIME_DAY;
		}
		struct made m;
		make(&m, &spec, 1, KEY);
		for (uint64_t i = 0; i < 130; i++)
			ck_assert_int_eq(take(&m, i), SIMTIME_NEVER);
		arena_fini(&m.arena);
	}
}
END_TEST

/* Only times within the run count: a recording of a week tells nothing about the rate of its first hour. */
START_TEST(the_mean_rate_of_recorded_times_is_that_of_the_run)
{
	static simtime times[1000];
	for (size_t i = 0; i < 1000; i++)
		times[i] = (simtime)i * SIMTIME_SECOND;
	struct arrival_spec spec = {.kind = ARRIVAL_TIMES, .times = times, .time_count = 1000};
	struct made m;
	make(&m, &spec, 1, KEY);
	ck_assert_double_eq_tol(arrival_mean_rate(&m.plan, 100 * SIMTIME_SECOND), 1, 0.011);
	ck_assert_double_eq_tol(arrival_mean_rate(&m.plan, 2000 * SIMTIME_SECOND), 0.5, 1e-12);
	arena_fini(&m.arena);
}
END_TEST

START_TEST(streams_differ_by_entity_seed_and_replication_alone)
{
	struct arrival_spec spec = {.kind = ARRIVAL_POISSON, .rate_per_s = 5};
	const struct {
		uint64_t entity;
		struct draw_key key;
	} others[] = {{2, {42, 7}}, {1, {43, 7}}, {1, {42, 8}}};
	struct made a, b;
	for (size_t k = 0; k < 3; k++) {
		make(&a, &spec, 1, KEY);
		make(&b, &spec, others[k].entity, others[k].key);
		int same = 0;
		for (uint64_t i = 0; i < 300; i++)
			same += take(&a, i) == take(&b, i);
		ck_assert_int_eq(same, 0);
		arrival_start(&b.stream, &a.plan, &KEY); /* starting again is starting over */
		arrival_start(&a.stream, &a.plan, &KEY);
		for (uint64_t i = 0; i < 300; i++)
			ck_assert_int_eq(take(&a, i), take(&b, i));
		arena_fini(&a.arena);
		arena_fini(&b.arena);
	}
}
END_TEST

START_TEST(processes_have_the_scenarios_names)
{
	ck_assert_str_eq(arrival_name(ARRIVAL_CONSTANT), "constant");
	ck_assert_str_eq(arrival_name(ARRIVAL_POISSON), "poisson");
	ck_assert_str_eq(arrival_name(ARRIVAL_RENEWAL), "renewal");
	ck_assert_str_eq(arrival_name(ARRIVAL_RATES), "rates");
	ck_assert_str_eq(arrival_name(ARRIVAL_TIMES), "times");
}
END_TEST

Suite *arrival_suite(void)
{
	Suite *s = suite_create("arrival");
	TCase *c = tcase_create("arrival");
	tcase_add_test(c, constant_rates_do_not_drift);
	tcase_add_test(c, poisson_gaps_are_drawn_by_number);
	tcase_add_test(c, rates_and_patterns_move_the_same_requests);
	tcase_add_loop_test(c, gaps_have_the_mean_and_spread_that_were_asked_for, 0, 5);
	tcase_add_test(c, given_times_come_as_given_and_end);
	tcase_add_test(c, rates_end_where_they_end);
	tcase_add_test(c, no_rate_means_no_request);
	tcase_add_test(c, the_mean_rate_of_recorded_times_is_that_of_the_run);
	tcase_add_test(c, streams_differ_by_entity_seed_and_replication_alone);
	tcase_add_test(c, processes_have_the_scenarios_names);
	suite_add_tcase(s, c);
	return s;
}
