/* Batches from a profile: carried to their own size, and how they end. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/profile.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_scenario.h"

enum { ENTITY = 17, RUNS = 8, MB = 1024 * 1024 };
static const struct draw_key KEY = {5, 1};
static const struct profile_init INIT = {.cpu = 1, .wall = 1, .outcome = OUTCOME_OK};

/* One function, F0, with the mapping M; measured payloads are added. */
struct fixture {
	struct scenario s;
	struct profile *profile;
	struct mapping_spec mapping;
	const struct cost *cost;
};

static void begin(struct fixture *f)
{
	*f = (struct fixture){0};
	fixture_scenario(&f->s, 1, 1);
	fixture_profile(&f->s, 0, &(struct profile_run){.wait = 1}, 1, INIT);
	f->profile = (struct profile *)f->s.functions[0].profile;
	f->profile->payloads = ARENA_ARRAY(&f->s.arena, 32, struct profile_payload);
	f->profile->payload_count = 0;
	f->s.functions[0].timeout_s = 900;
	f->s.functions[0].memory_mb = 1769;
	f->mapping = (struct mapping_spec){.name = "M", .function = 0, .enabled = true, .batch_size = 100};
	f->s.mappings = &f->mapping;
	f->s.mapping_count = 1;
}

/* Eight warm runs, run i with a spread of i hundredths, and two first ones that take 50 ms more waiting. */
static struct profile_run *measured(struct fixture *f, size_t content, uint32_t batch, simtime cpu, simtime wait)
{
	struct profile_run *runs = ARENA_ARRAY(&f->s.arena, RUNS + 2, struct profile_run);
	for (int i = 0; i < RUNS + 2; i++)
		runs[i] = (struct profile_run){.cpu = cpu,
		                               .wait = i < RUNS ? wait + wait * i / 100 : wait + 50 * SIMTIME_MS,
		                               .memory_bytes = (50 + (int64_t)batch) * MB,
		                               .first = i >= RUNS};
	f->profile->payloads[f->profile->payload_count++] =
		(struct profile_payload){.source = "M", .payload = content, .runs = runs, .run_count = RUNS + 2, .batch = batch};
	return runs;
}

static void compile(struct fixture *f)
{
	f->cost = cost_new_consumer(&f->s, 0, "M", ENTITY, &f->s.arena);
}

static struct work work_of(const struct fixture *f, uint64_t number, uint32_t records, uint32_t payload, bool cold)
{
	return f->cost->ops->batch(f->cost, &KEY,
	                           &(struct cost_batch){.number = number, .records = records, .payload = payload, .cold = cold});
}

static double mean_ms(const struct fixture *f, uint32_t records, uint32_t payload, bool cold)
{
	enum { N = 4000 };
	double sum = 0;
	for (uint64_t i = 0; i < N; i++)
		sum += (double)work_of(f, i, records, payload, cold).duration / 1e6;
	return sum / N;
}

static void measure_line(struct fixture *f, size_t content, simtime base, simtime each)
{
	static const uint32_t sizes[] = {100, 1, 10}; /* in no order */
	for (int i = 0; i < 3; i++)
		measured(f, content, sizes[i], 0, base + each * sizes[i]);
}

START_TEST(batches_take_base_and_each)
{
	struct fixture f;
	begin(&f);
	measure_line(&f, 3, 20 * SIMTIME_MS, 2 * SIMTIME_MS);
	compile(&f);
	static const uint32_t sizes[] = {1, 2, 3, 5, 10, 30, 31, 32, 99, 100, 1000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		double warm = (20 + 2.0 * sizes[i]) * 1.035; /* the mean of 0 .. 7 hundredths */
		ck_assert_double_eq_tol(mean_ms(&f, sizes[i], 3, false), warm, 0.01 * warm);
	}
	/* A first run's loading comes once, whatever the size. */
	ck_assert_double_eq_tol(mean_ms(&f, 10, 3, true), 40 + 50, 0.01);
	ck_assert_double_eq_tol(mean_ms(&f, 30, 3, true), 40 + 50 + 20 * 2 * 1.035, 0.5);
	fixture_scenario_fini(&f.s);
}
END_TEST

START_TEST(cpu_goes_through_the_quota_and_memory_grows)
{
	struct fixture f;
	begin(&f);
	static const uint32_t sizes[] = {1, 10, 100};
	for (int i = 0; i < 3; i++)
		measured(&f, 0, sizes[i], (10 + sizes[i]) * SIMTIME_MS, 0);
	f.s.functions[0].memory_mb = 884; /* half of a vCPU */
	compile(&f);
	ck_assert_double_eq_tol(mean_ms(&f, 30, 0, false), 2 * 40, 8); /* periods of 20 ms */
	for (uint64_t i = 0; i < 100; i++)
		ck_assert_uint_eq(work_of(&f, i, 800, 0, false).outcome, OUTCOME_OK); /* 50 + 800 MB */
	for (uint64_t i = 0; i < 100; i++)
		ck_assert_uint_eq(work_of(&f, i, 850, 0, false).outcome, OUTCOME_OUT_OF_MEMORY);
	fixture_scenario_fini(&f.s);
}
END_TEST

START_TEST(contents_keep_apart)
{
	struct fixture f;
	begin(&f);
	measure_line(&f, 1, 10 * SIMTIME_MS, 0);
	measure_line(&f, 4, 500 * SIMTIME_MS, 0);
	compile(&f);
	ck_assert_double_eq_tol(mean_ms(&f, 7, 1, false), 10.35, 0.1);
	ck_assert_double_eq_tol(mean_ms(&f, 7, 4, false), 517.5, 5);
	ck_assert_double_eq_tol(mean_ms(&f, 7, 99, false), 10.35, 0.1); /* not measured: the first that is */
	fixture_scenario_fini(&f.s);
}
END_TEST

/* The same content in two shapes: one measurement of both. */
START_TEST(entries_of_a_size_are_one)
{
	struct fixture f;
	begin(&f);
	measured(&f, 0, 1, 0, 100 * SIMTIME_MS);
	measured(&f, 0, 1, 0, 300 * SIMTIME_MS);
	compile(&f);
	ck_assert_double_eq_tol(mean_ms(&f, 1, 0, false), 207, 5);
	fixture_scenario_fini(&f.s);
}
END_TEST

static int failing(const struct fixture *f, uint32_t payload, uint32_t attempt, int of)
{
	int count = 0;
	for (int i = 0; i < of; i++)
		count += f->cost->ops->record_fails(f->cost, &KEY, (uint64_t)i, payload, attempt);
	return count;
}

static void spoil(struct profile_run *runs, int count, enum outcome outcome)
{
	for (int i = 0; i < count; i++)
		runs[i].outcome = outcome;
}

/* A payload that fails alone whenever it is tried is poison; the batch itself does not fail a second time for it. */
START_TEST(poison)
{
	struct fixture f;
	begin(&f);
	measure_line(&f, 0, 10 * SIMTIME_MS, SIMTIME_MS);
	for (int i = 0; i < 3; i++)
		spoil(measured(&f, 1, (uint32_t[]){1, 10, 100}[i], 0, SIMTIME_MS), RUNS + 2, OUTCOME_ERROR);
	compile(&f);
	ck_assert_int_eq(failing(&f, 0, 0, 1000), 0);
	for (uint32_t attempt = 0; attempt < 5; attempt++)
		ck_assert_int_eq(failing(&f, 1, attempt, 1000), 1000);
	ck_assert(f.cost->whole);
	for (uint64_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(work_of(&f, i, 5, 1, false).outcome, OUTCOME_OK);
		ck_assert_uint_eq(work_of(&f, i, 5, 0, false).outcome, OUTCOME_OK);
	}
	fixture_scenario_fini(&f.s);
}
END_TEST

/* Two of eight runs: a quarter of the records, each try for itself; a record that fails alone is the run that a batch of it takes. */
START_TEST(error_rates)
{
	struct fixture f;
	begin(&f);
	struct profile_run *runs = measured(&f, 0, 1, 0, 10 * SIMTIME_MS);
	spoil(runs, 2, OUTCOME_ERROR);
	runs[0].wait = runs[1].wait = SIMTIME_MS;
	compile(&f);
	enum { N = 20000 };
	ck_assert_double_eq_tol(failing(&f, 0, 0, N), N / 4.0, 5 * sqrt(N * 3 / 16.0));
	int again = 0;
	for (uint64_t i = 0; i < N; i++) {
		bool fails = f.cost->ops->record_fails(f.cost, &KEY, i, 0, 0);
		quick_assert(fails == (work_of(&f, i, 1, 0, false).duration == SIMTIME_MS));
		again += fails && f.cost->ops->record_fails(f.cost, &KEY, i, 0, 1);
	}
	ck_assert_double_eq_tol(again, N / 16.0, 5 * sqrt(N / 16.0));
	fixture_scenario_fini(&f.s);
}
END_TEST

/* What fails only in larger batches is the batch's own. */
START_TEST(larger_batches_fail_by_themselves)
{
	struct fixture f;
	begin(&f);
	measured(&f, 0, 1, 0, 10 * SIMTIME_MS);
	measured(&f, 0, 10, 0, 100 * SIMTIME_MS);
	spoil(measured(&f, 0, 100, 0, SIMTIME_MS), RUNS, OUTCOME_ERROR);
	compile(&f);
	ck_assert_int_eq(failing(&f, 0, 0, 1000), 0);
	ck_assert_uint_eq(work_of(&f, 1, 20, 0, false).outcome, OUTCOME_OK);
	ck_assert_uint_eq(work_of(&f, 1, 80, 0, false).outcome, OUTCOME_ERROR);
	/* Nor does an early end make records cheap. */
	ck_assert_double_eq_tol(mean_ms(&f, 20, 0, false), 207, 2);
	fixture_scenario_fini(&f.s);
}
END_TEST

/* A batch that took too long: so do larger ones; of smaller ones time decides. */
START_TEST(timeouts_go_by_size)
{
	struct fixture f;
	begin(&f);
	f.s.functions[0].timeout_s = 3;
	measured(&f, 0, 1, 0, 50 * SIMTIME_MS);
	measured(&f, 0, 10, 0, 500 * SIMTIME_MS);
	spoil(measured(&f, 0, 100, 0, 3 * SIMTIME_SECOND), RUNS, OUTCOME_TIMEOUT);
	compile(&f);
	for (uint64_t i = 0; i < 50; i++) {
		struct work large = work_of(&f, i, 100, 0, false), small = work_of(&f, i, 35, 0, false);
		ck_assert_uint_eq(large.outcome, OUTCOME_TIMEOUT);
		ck_assert_int_eq(large.duration, 3 * SIMTIME_SECOND);
		ck_assert_uint_eq(small.outcome, OUTCOME_OK);
		ck_assert(small.duration > SIMTIME_SECOND && small.duration < 2 * SIMTIME_SECOND);
	}
	fixture_scenario_fini(&f.s);
}
END_TEST

/* --- batches of several payloads ------------------------------------------------------------------------------------------------------------- */

static struct work mixed(const struct fixture *f, uint64_t number, const struct cost_share *shares, uint32_t count)
{
	uint32_t records = 0;
	for (uint32_t i = 0; i < count; i++)
		records += shares[i].records;
	return f->cost->ops->batch(f->cost, &KEY,
	                           &(struct cost_batch){.number = number,
	                                                .attempt = shares[0].attempt,
	                                                .records = records,
	                                                .payload = shares[0].payload,
	                                                .share_count = count,
	                                                .shares = shares});
}

static double mixed_ms(const struct fixture *f, const struct cost_share *shares, uint32_t count)
{
	enum { N = 4000 };
	double sum = 0;
	for (uint64_t i = 0; i < N; i++)
		sum += (double)mixed(f, i, shares, count).duration / 1e6;
	return sum / N;
}

/* Base and each record's own part, whichever record is first, and although batches of the heavy ones alone take too long. */
START_TEST(mixed_batches_add_their_records)
{
	struct fixture f;
	begin(&f);
	f.s.functions[0].timeout_s = 3;
	measured(&f, 0, 1, 0, 3 * SIMTIME_MS);
	measured(&f, 0, 10, 0, 12 * SIMTIME_MS);
	measured(&f, 0, 40, 0, 42 * SIMTIME_MS);
	measured(&f, 1, 1, 0, 102 * SIMTIME_MS);
	measured(&f, 1, 10, 0, 1002 * SIMTIME_MS);
	spoil(measured(&f, 1, 40, 0, 3 * SIMTIME_SECOND), RUNS + 2, OUTCOME_TIMEOUT);
	compile(&f);
	ck_assert(f.cost->mixes);
	const struct cost_share light_first[] = {{0, 0, 36}, {1, 0, 4}}, heavy_first[] = {{1, 0, 4}, {0, 0, 36}};
	double expected = (2 + 36 + 400) * 1.035;
	ck_assert_double_eq_tol(mixed_ms(&f, light_first, 2), expected, 0.01 * expected);
	ck_assert_double_eq_tol(mixed_ms(&f, heavy_first, 2), expected, 0.01 * expected);
	for (uint64_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(mixed(&f, i, heavy_first, 2).outcome, OUTCOME_OK);
		ck_assert_uint_eq(mixed(&f, i, (const struct cost_share[]){{0, 0, 5}, {1, 0, 35}}, 2).outcome, OUTCOME_TIMEOUT);
		/* Alone they are as before: 20 heavy ones fit, 40 do not. */
		ck_assert_uint_eq(work_of(&f, i, 20, 1, false).outcome, OUTCOME_OK);
		ck_assert_uint_eq(work_of(&f, i, 40, 1, false).outcome, OUTCOME_TIMEOUT);
		ck_assert_uint_eq(work_of(&f, i, 60, 1, false).outcome, OUTCOME_TIMEOUT);
	}
	ck_assert_double_eq_tol(mean_ms(&f, 20, 1, false), 2002 * 1.035, 20);
	fixture_scenario_fini(&f.s);
}
END_TEST

/* Only one record fits: two take twice as long. */
START_TEST(what_fits_alone_only)
{
	struct fixture f;
	begin(&f);
	f.s.functions[0].timeout_s = 3;
	measured(&f, 0, 1, 0, SIMTIME_SECOND);
	spoil(measured(&f, 0, 10, 0, 3 * SIMTIME_SECOND), RUNS + 2, OUTCOME_TIMEOUT);
	compile(&f);
	ck_assert_double_eq_tol(mean_ms(&f, 2, 0, false), 2070, 5);
	ck_assert_uint_eq(work_of(&f, 1, 4, 0, false).outcome, OUTCOME_TIMEOUT);
	fixture_scenario_fini(&f.s);
}
END_TEST

/* Memory: what a batch of one payload begins with, and what each record adds. */
START_TEST(mixed_batches_take_memory)
{
	struct fixture f;
	begin(&f);
	struct profile_run *runs[4];
	for (int i = 0; i < 4; i++) {
		runs[i] = measured(&f, (size_t)i / 2, i % 2 ? 10 : 1, 0, SIMTIME_MS);
		for (int k = 0; k < RUNS + 2; k++)
			runs[i][k].memory_bytes = i < 2 ? 50 * MB : (100 + 100 * (i % 2 ? 10 : 1)) * (int64_t)MB;
	}
	compile(&f);
	f.s.functions[0].memory_mb = 405;
	const struct cost_share three[] = {{0, 0, 27}, {1, 0, 3}}, four[] = {{0, 0, 26}, {1, 0, 4}};
	ck_assert_uint_eq(mixed(&f, 1, three, 2).outcome, OUTCOME_OK);           /* 100 + 3 x 100 MB */
	ck_assert_uint_eq(mixed(&f, 1, four, 2).outcome, OUTCOME_OUT_OF_MEMORY); /* 100 + 4 x 100 MB */
	fixture_scenario_fini(&f.s);
}
END_TEST

/* A record that ends the process takes its batch with it; one that raises is the poller's affair; what all payloads end in, mixtures do. */
START_TEST(mixed_batches_end)
{
	struct fixture f;
	begin(&f);
	f.s.functions[0].timeout_s = 3;
	static const enum outcome alone[] = {OUTCOME_OK, OUTCOME_CRASH, OUTCOME_ERROR, OUTCOME_TIMEOUT, OUTCOME_OK, OUTCOME_OK};
	for (size_t i = 0; i < 6; i++)
		for (uint32_t size = 1; size <= 10; size += 9)
			spoil(measured(&f, i, size, 0, i == 3 ? 3 * SIMTIME_SECOND : SIMTIME_MS), RUNS + 2,
			      i >= 4 && size == 10 ? OUTCOME_ERROR : alone[i]);
	compile(&f);
	const struct cost_share crash[] = {{0, 0, 5}, {1, 0, 1}}, error[] = {{0, 0, 5}, {2, 0, 1}}, hang[] = {{0, 0, 5}, {3, 0, 1}};
	const struct cost_share small[] = {{4, 0, 1}, {5, 0, 1}}, large[] = {{4, 0, 6}, {5, 0, 4}}, half[] = {{0, 0, 8}, {4, 0, 2}};
	ck_assert_uint_eq(mixed(&f, 1, crash, 2).outcome, OUTCOME_CRASH);
	ck_assert_uint_eq(mixed(&f, 1, error, 2).outcome, OUTCOME_OK);
	ck_assert_int_eq(failing(&f, 2, 0, 100), 100);
	struct work w = mixed(&f, 1, hang, 2);
	ck_assert_uint_eq(w.outcome, OUTCOME_TIMEOUT);
	ck_assert_int_eq(w.duration, 3 * SIMTIME_SECOND);
	ck_assert_uint_eq(mixed(&f, 1, small, 2).outcome, OUTCOME_OK);
	ck_assert_uint_eq(mixed(&f, 1, large, 2).outcome, OUTCOME_ERROR);
	ck_assert_uint_eq(mixed(&f, 1, half, 2).outcome, OUTCOME_OK);
	fixture_scenario_fini(&f.s);
}
END_TEST

/* --- retries ----------------------------------------------------------------------------------------------------------------------------------- */

/* Raises at first, works for 30 ms when it sees the record again; later tries are like the last one that was measured. */
START_TEST(retries_are_as_measured)
{
	struct fixture f;
	begin(&f);
	spoil(measured(&f, 0, 1, 0, SIMTIME_MS), RUNS + 2, OUTCOME_ERROR);
	measured(&f, 0, 1, 0, 30 * SIMTIME_MS);
	f.profile->payloads[1].attempt = 1;
	f.profile->payloads[2] = (struct profile_payload){.source = "M", .payload = 0, .batch = 1, .attempt = 2}; /* not needed */
	f.profile->payload_count = 3;
	measured(&f, 1, 1, 0, 10 * SIMTIME_MS);
	compile(&f);
	ck_assert_uint_eq(f.cost->attempts, 2);
	ck_assert(f.cost->mixes);
	ck_assert_int_eq(failing(&f, 0, 0, 100), 100);
	for (uint32_t attempt = 1; attempt < 5; attempt++)
		ck_assert_int_eq(failing(&f, 0, attempt, 100), 0);
	ck_assert_int_eq(failing(&f, 1, 3, 100), 0);
	ck_assert_double_eq_tol(mixed_ms(&f, &(struct cost_share){0, 1, 1}, 1), 31.05, 0.2);
	ck_assert_double_eq_tol(mixed_ms(&f, &(struct cost_share){1, 1, 1}, 1), 10.35, 0.1);
	const struct cost_share both[] = {{0, 1, 1}, {1, 0, 1}};
	ck_assert_double_eq_tol(mixed_ms(&f, both, 2), 20.7, 0.2); /* bases only: one size was measured */
	fixture_scenario_fini(&f.s);
}
END_TEST

/* Reported failures count only where the mapping looks at them. */
START_TEST(partial_failures_need_the_mapping)
{
	for (int looks = 0; looks < 2; looks++) {
		struct fixture f;
		begin(&f);
		f.mapping.report_failures = looks;
		measure_line(&f, 0, 10 * SIMTIME_MS, SIMTIME_MS);
		struct profile_run *runs = measured(&f, 1, 1, 0, 10 * SIMTIME_MS);
		for (int i = 0; i < RUNS + 2; i++)
			runs[i].failed_records = 1;
		compile(&f);
		ck_assert_int_eq(failing(&f, 1, 0, 100), looks ? 100 : 0);
		ck_assert_int_eq(failing(&f, 0, 0, 100), 0);
		ck_assert(f.cost->whole == !looks);
		ck_assert_uint_eq(work_of(&f, 1, 4, 1, false).outcome, OUTCOME_OK);
		fixture_scenario_fini(&f.s);
	}
}
END_TEST

/* Mappings that nothing reaches are compiled all the same. */
START_TEST(nothing_measured)
{
	struct fixture f;
	begin(&f);
	compile(&f);
	ck_assert_ptr_nonnull(f.cost);
	f.s.functions[0].profile = NULL;
	compile(&f);
	ck_assert_ptr_nonnull(f.cost);
	fixture_scenario_fini(&f.s);
}
END_TEST

Suite *measuredbatch_suite(void)
{
	Suite *s = suite_create("measuredbatch");
	TCase *c = tcase_create("measuredbatch");
	tcase_add_test(c, batches_take_base_and_each);
	tcase_add_test(c, cpu_goes_through_the_quota_and_memory_grows);
	tcase_add_test(c, contents_keep_apart);
	tcase_add_test(c, entries_of_a_size_are_one);
	tcase_add_test(c, poison);
	tcase_add_test(c, error_rates);
	tcase_add_test(c, larger_batches_fail_by_themselves);
	tcase_add_test(c, timeouts_go_by_size);
	tcase_add_test(c, partial_failures_need_the_mapping);
	tcase_add_test(c, mixed_batches_add_their_records);
	tcase_add_test(c, what_fits_alone_only);
	tcase_add_test(c, mixed_batches_take_memory);
	tcase_add_test(c, mixed_batches_end);
	tcase_add_test(c, retries_are_as_measured);
	tcase_add_test(c, nothing_measured);
	suite_add_tcase(s, c);
	return s;
}
