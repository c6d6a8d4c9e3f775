/* Tallies and the rows made of them: sections, statuses seen late, series, bills, shares, quantiles and when they have an
 * interval. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "scenarios/study/metrics.h"
#include "scenarios/study/tally.h"
#include "tests/unit/fixture_scenario.h"

struct made {
	struct scenario scenario;
	struct arena arena;
	struct price_list prices;
	struct plan *plan;
	struct run *run;
	struct tally tally;
	struct metric_rows rows;
};

static void add_replications(struct made *m, uint64_t count)
{
	for (uint64_t k = 0; k < count; k++) {
		struct run_result *x = run_replicate(m->run, k, NULL, NULL);
		tally_add(&m->tally, x);
		run_result_free(x, m->plan);
	}
	metrics_make(&m->tally, &m->rows);
}

static void tally_up(struct made *m, uint64_t replications, bool month)
{
	m->plan = plan_new(&m->scenario, m->scenario.warm_up);
	m->run = run_new(m->plan);
	memset(&m->arena, 0, sizeof m->arena);
	price_list_builtin(&m->prices, &m->arena);
	tally_init(&m->tally, m->plan, &m->prices, month, 730 * 3600 / simtime_s(m->scenario.duration));
	add_replications(m, replications);
}

static void finish(struct made *m)
{
	metrics_fini(&m->rows);
	tally_fini(&m->tally);
	run_free(m->run);
	plan_free(m->plan);
	arena_fini(&m->arena);
	fixture_scenario_fini(&m->scenario);
}

static const struct interval *value(const struct made *m, const char *entity, const char *metric, const char *statistic)
{
	const struct record_metric *x = metrics_find(&m->rows, entity, metric, statistic);
	ck_assert_msg(x != NULL, "no row %s %s %s", entity, metric, statistic);
	return &x->value;
}

/* --- means and sections ----------------------------------------------------------------------------------------------------------- */

/* Replication r goes to section r mod 10: with 23 replications of 50 requests the first three hold 150, the others 100. */
START_TEST(replications_go_round_the_sections)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.duration = 5 * SIMTIME_SECOND;
	tally_up(&m, 23, true);
	ck_assert_uint_eq(m.tally.replications, 23);
	for (int i = 0; i < TALLY_SECTIONS; i++) {
		ck_assert_uint_eq(m.tally.functions[0].section[H_DURATION][i].count, i < 3 ? 150 : 100);
		ck_assert_uint_eq(m.tally.functions[0].section[H_LATENCY][i].count, i < 3 ? 150 : 100);
		ck_assert_uint_eq(m.tally.sources[0].section[i].count, i < 3 ? 150 : 100);
	}
	ck_assert_double_eq(value(&m, "F0", "Invocations", "")->mean, 50);
	ck_assert_double_eq(value(&m, "F0", "Invocations", "")->low, 50);
	ck_assert_double_eq(value(&m, "F0", "Duration_ms", "p99.9")->mean, 100);
	ck_assert_double_eq(value(&m, "F0", "ColdStartShare", "")->mean, 1.0 / 50);
	finish(&m);
}
END_TEST

/* Every number of a regular run by hand: 10/s for 10 s, 100 ms each, 128 MB, one environment. */
START_TEST(a_regular_run_by_hand)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.functions[0].declared.duration = fixture_constant(99400 * SIMTIME_US);
	m.scenario.functions[0].declared.init = fixture_constant(50 * SIMTIME_MS);
	m.scenario.sources[0].latency = fixture_constant(6 * SIMTIME_MS);
	tally_up(&m, 1, true);
	const struct {
		const char *entity, *metric, *statistic;
		double want;
	} rows[] = {
		/* The first is busy 149.4 ms, so the second meets no idle environment either. */
		{"F0", "Invocations", "", 100},
		{"F0", "Errors", "", 0},
		{"F0", "Throttles", "", 0},
		{"F0", "ColdStarts", "", 2},
		{"F0", "ConcurrentExecutions", "mean", (2 * 149.4 + 97 * 99.4) / 10000},
		{"F0", "ConcurrentExecutions", "max", 2},
		{"F0", "Environments", "max", 2},
		{"F0", "Environments", "mean", (9.9 + 9.8) / 10},
		{"F0", "Duration_ms", "mean", 99.4},
		{"F0", "Duration_ms", "max", 99.4},
		{"F0", "Latency_ms", "p50", 105.4},
		{"F0", "Latency_ms", "max", 155.4},
		{"F0", "BilledDuration_ms", "", (2 * 150 + 98 * 100) / 100.0},
		{"F0", "GBSeconds", "", 10.1 / 8},
		{"F0", "ColdStartShare", "", 0.02},
		{"F0", "Outcomes", "ok", 100},
		{"F0", "ThrottleReasons", "account concurrency", 0},
		{"S0", "Requests", "", 100},
		{"S0", "Attempts", "", 100},
		{"S0", "Amplification", "", 1},
		{"S0", "Status", "200", 100},
		{"S0", "Unfinished", "", 0},
		{"S0", "Latency_ms", "max", 155.4},
		{"account", "ConcurrentExecutions", "max", 2},
		{"F0", "Cost_usd", "run", 100 * 0.20 / 1e6 + 10.1 / 8 * 0.0000166667},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct interval *v = value(&m, rows[i].entity, rows[i].metric, rows[i].statistic);
		ck_assert_msg(fabs(v->mean - rows[i].want) <= 1e-9 * (1 + rows[i].want), "%s %s %s: %.12g, not %.12g",
		              rows[i].entity, rows[i].metric, rows[i].statistic, v->mean, rows[i].want);
		ck_assert_msg(!interval_bounded(v), "one replication gives no interval: %s", rows[i].metric);
	}
	finish(&m);
}
END_TEST

/* Nothing at all: counts are 0, durations unknown, nothing divides by zero. */
START_TEST(silence_has_no_durations)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.sources[0].arrivals.rate_per_s = 0;
	tally_up(&m, 12, false);
	const char *const zero[] = {"Invocations", "Errors", "Throttles", "ColdStarts", "GBSeconds"};
	for (int i = 0; i < 5; i++)
		ck_assert_double_eq(value(&m, "F0", zero[i], "")->mean, 0);
	ck_assert_double_nan(value(&m, "F0", "Duration_ms", "mean")->mean);
	ck_assert_double_nan(value(&m, "F0", "Duration_ms", "p99")->mean);
	ck_assert_double_nan(value(&m, "F0", "Duration_ms", "max")->mean);
	ck_assert_double_nan(value(&m, "F0", "BilledDuration_ms", "")->mean);
	ck_assert_double_nan(value(&m, "S0", "Amplification", "")->mean);
	ck_assert_double_nan(value(&m, "F0", "Cost_usd", "month")->mean); /* no month was promised */
	ck_assert_double_eq(value(&m, "F0", "Cost_usd", "run")->mean, 0);
	ck_assert(!isinf(value(&m, "F0", "ThrottleShare", "")->mean));
	finish(&m);
}
END_TEST

/* A status that the first replications did not see was 0 in them. */
START_TEST(statuses_seen_late_count_from_the_beginning)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.functions[0].reserved = 1;
	m.scenario.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON,
	                                                       .rate_per_s = 0.3}; /* a throttle now and then */
	tally_up(&m, 40, true);
	const double *seen = m.tally.sources[0].status[429], *throttles = m.tally.functions[0].scalar[F_THROTTLES];
	ck_assert_ptr_nonnull(seen);
	ck_assert_ptr_null(m.tally.sources[0].status[500]);
	ck_assert_double_eq(throttles[0], 0); /* otherwise this tests nothing */
	double sum = 0;
	for (int r = 0; r < 40; r++) {
		ck_assert_double_eq(seen[r], throttles[r]);
		sum += seen[r];
	}
	ck_assert_double_eq_tol(value(&m, "S0", "Status", "429")->mean, sum / 40, 1e-12);
	finish(&m);
}
END_TEST

/* A rare thing's t interval would reach below 0. */
START_TEST(shares_stay_shares)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.functions[0].reserved = 1;
	m.scenario.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON, .rate_per_s = 0.25};
	tally_up(&m, 40, true);
	struct tally_function *f = &m.tally.functions[0];
	struct interval t = interval_of_ratio(f->scalar[F_THROTTLES], f->scalar[F_ATTEMPTS], 40, 0.95);
	ck_assert_double_lt(t.low, 0); /* otherwise this tests nothing */
	const struct interval *share = value(&m, "F0", "ThrottleShare", "");
	ck_assert_double_eq(share->mean, t.mean);
	ck_assert_double_eq(share->low, 0);
	ck_assert_double_eq(share->high, t.high);
	for (int r = 0; r < 40; r++) {
		f->scalar[F_COLD_STARTS][r] = f->scalar[F_INVOCATIONS][r] - (r == 0);
		f->scalar[F_ERRORS][r] = f->scalar[F_INVOCATIONS][r];
	}
	metrics_fini(&m.rows);
	metrics_make(&m.tally, &m.rows);
	share = value(&m, "F0", "ColdStartShare", "");
	ck_assert(share->low < share->mean && share->mean < 1 && share->high == 1);
	share = value(&m, "F0", "ErrorShare", "");
	ck_assert(share->low == 1 && share->mean == 1 && share->high == 1);
	finish(&m);
}
END_TEST

/* Series are sums over replications; each sums to the scalars' sum. */
START_TEST(series_sum_to_the_scalars)
{
	struct made m;
	fixture_random_scenario(&m.scenario, 4242);
	m.scenario.warm_up = 0;
	tally_up(&m, 17, true);
	for (size_t i = 0; i < m.scenario.function_count; i++) {
		const struct tally_function *f = &m.tally.functions[i];
		const double *series[] = {f->invocations, f->cold_starts, f->errors, f->throttles};
		const int scalars[] = {F_INVOCATIONS, F_COLD_STARTS, F_ERRORS, F_THROTTLES};
		for (int k = 0; k < 4; k++) {
			double a = 0, b = 0;
			for (size_t p = 0; p < m.plan->periods; p++)
				a += series[k][p];
			for (int r = 0; r < 17; r++)
				b += f->scalar[scalars[k]][r];
			ck_assert_double_eq(a, b);
		}
		for (int r = 0; r < 17; r++) {
			double throttles = 0, outcomes = 0;
			for (int k = 0; k < THROTTLES; k++)
				throttles += f->scalar[F_THROTTLE_0 + k][r];
			for (int k = 0; k < OUTCOMES; k++)
				outcomes += f->scalar[F_OUTCOME_0 + k][r];
			ck_assert_double_eq(throttles, f->scalar[F_THROTTLES][r]);
			ck_assert_double_eq(outcomes, f->scalar[F_INVOCATIONS][r]);
			ck_assert_double_eq(throttles + outcomes, f->scalar[F_ATTEMPTS][r]);
		}
	}
	finish(&m);
}
END_TEST

/* Lines of a bill sum to the account's cost, in every replication; functions' costs and what belongs to none as well. */
START_TEST(bill_lines_sum_to_the_account)
{
	struct made m;
	fixture_random_scenario(&m.scenario, 99);
	tally_up(&m, 6, true);
	for (int month = 0; month < 2; month++)
		for (int r = 0; r < 6; r++) {
			double lines = 0, total = (month ? m.tally.cost_month : m.tally.cost_run)[r];
			for (size_t i = 0; i < m.tally.line_count[month]; i++)
				lines += m.tally.line_usd[month][i][r];
			ck_assert_double_eq_tol(lines, total, 1e-12 * (1 + fabs(total)));
			ck_assert_double_ge(total, -1e-12);
		}
	struct bill names;
	tally_bill_names(&m.tally, true, &names, &m.arena);
	ck_assert_uint_eq(names.count, m.tally.line_count[1]);
	finish(&m);
}
END_TEST

/* --- quantiles ------------------------------------------------------------------------------------------------------------------- */

static struct interval quantile_of(size_t sections, size_t each, double p)
{
	struct histogram h[TALLY_SECTIONS];
	memset(h, 0, sizeof h);
	for (size_t i = 0; i < sections; i++)
		for (size_t k = 0; k < each; k++)
			histogram_add(&h[i], (int64_t)(k + 1) * SIMTIME_MS + (int64_t)i * 1000);
	struct interval v = metrics_quantile(h, sections, p);
	for (size_t i = 0; i < TALLY_SECTIONS; i++)
		histogram_fini(&h[i]);
	return v;
}

/* Ten values beyond the quantile in each section, or no interval. */
START_TEST(thin_tails_have_no_interval)
{
	const struct {
		double p;
		size_t enough;
	} cases[] = {{0.5, 20}, {0.9, 100}, {0.95, 200}, {0.99, 1000}, {0.999, 10000}, {0.01, 1000}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct interval thin = quantile_of(10, cases[i].enough - 1, cases[i].p),
				thick = quantile_of(10, cases[i].enough, cases[i].p);
		ck_assert_msg(!interval_bounded(&thin), "p = %g from %zu", cases[i].p, cases[i].enough - 1);
		ck_assert_msg(interval_bounded(&thick), "p = %g from %zu", cases[i].p, cases[i].enough);
		ck_assert(thick.low <= thick.mean && thick.mean <= thick.high);
		double want = (double)cases[i].enough * cases[i].p;
		ck_assert_double_eq_tol(thick.mean, want, 1 + want / 128);
	}
	struct interval alone = quantile_of(1, 100000, 0.5);
	ck_assert(interval_known(&alone) && !interval_bounded(&alone));
	struct interval nothing = quantile_of(10, 0, 0.5);
	ck_assert(!interval_known(&nothing));
}
END_TEST

/* Fewer replications than sections: only those that hold something count. */
START_TEST(few_replications_use_few_sections)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.functions[0].declared.duration = fixture_exponential(20 * SIMTIME_MS);
	m.scenario.sources[0].arrivals.rate_per_s = 100;
	tally_up(&m, 3, true);
	const struct interval *p50 = value(&m, "F0", "Duration_ms", "p50"), *p999 = value(&m, "F0", "Duration_ms", "p99.9");
	ck_assert(interval_bounded(p50) && !interval_bounded(p999) && interval_known(p999));
	ck_assert_double_eq_tol(p50->mean, 20 * log(2), 2);
	finish(&m);
}
END_TEST

/* One of a function and its direct Invoke, which share a name: the function comes first. */
START_TEST(rows_are_found_by_name)
{
	struct made m;
	fixture_scenario(&m.scenario, 1, 1);
	m.scenario.sources[0].name = m.scenario.functions[0].name;
	tally_up(&m, 2, true);
	ck_assert_int_eq(metrics_find(&m.rows, "F0", "Latency_ms", "mean")->scope, RECORD_FUNCTION);
	ck_assert_int_eq(metrics_find(&m.rows, "F0", "Requests", "")->scope, RECORD_SOURCE);
	ck_assert_int_eq(metrics_find(&m.rows, "account", "ConcurrentExecutions", "max")->scope, RECORD_ACCOUNT);
	ck_assert_ptr_null(metrics_find(&m.rows, "F0", "Latency_ms", "p42"));
	ck_assert_ptr_null(metrics_find(&m.rows, "F", "Latency_ms", "mean"));
	finish(&m);
}
END_TEST

Suite *tally_suite(void)
{
	Suite *s = suite_create("tally");
	TCase *c = tcase_create("tally");
	tcase_add_test(c, replications_go_round_the_sections);
	tcase_add_test(c, a_regular_run_by_hand);
	tcase_add_test(c, silence_has_no_durations);
	tcase_add_test(c, statuses_seen_late_count_from_the_beginning);
	tcase_add_test(c, shares_stay_shares);
	tcase_add_test(c, series_sum_to_the_scalars);
	tcase_add_test(c, bill_lines_sum_to_the_account);
	tcase_add_test(c, thin_tails_have_no_interval);
	tcase_add_test(c, few_replications_use_few_sections);
	tcase_add_test(c, rows_are_found_by_name);
	suite_add_tcase(s, c);
	return s;
}
