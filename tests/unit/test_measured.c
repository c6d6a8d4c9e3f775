/* Costs drawn from a profile: which run a request takes, and what becomes of it at another memory size. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/profile.h"
#include "models/cost/quota.h"
#include "models/spec/purpose.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_scenario.h"

enum { ENTITY = 17, MB = 1024 * 1024 };
static const struct draw_key KEY = {3, 8};
static const struct profile_init INIT = {.cpu = 100 * SIMTIME_MS, .wall = 150 * SIMTIME_MS, .outcome = OUTCOME_OK};

/* Two payloads 9 : 1; payload p's warm run i takes 1000 p + 10 + i ms of waiting, its first runs 500 more. */
static void two_payloads(struct scenario *s)
{
	static const struct payload_spec payloads[] = {{.event = "1", .event_length = 1, .weight = 4.5},
	                                               {.event = "2", .event_length = 1, .weight = 0.5}};
	static struct profile_run runs[12];
	fixture_scenario(s, 1, 1);
	s->sources[0].payloads = payloads;
	s->sources[0].payload_count = 2;
	s->functions[0].timeout_s = 30;
	fixture_profile(s, 0, runs, 12, INIT);
	struct profile *p = (struct profile *)s->functions[0].profile;
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 12; i++)
			p->payloads[k].runs[i] = (struct profile_run){.wait = (1000 * k + 10 + i + (i < 4 ? 500 : 0)) * SIMTIME_MS,
			                                              .first = i < 4};
	/* Found by source and index, not by place. */
	struct profile_payload swap = p->payloads[0];
	p->payloads[0] = p->payloads[1];
	p->payloads[1] = swap;
}

START_TEST(blocks_give_what_single_requests_give)
{
	struct scenario s;
	two_payloads(&s);
	struct profile *p = (struct profile *)s.functions[0].profile;
	for (int i = 0; i < 12; i++)
		p->payloads[0].runs[i].cpu = (i + 1) * 7 * SIMTIME_MS;
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	for (uint64_t first = 0; first < 6400; first += 64) {
		struct work block[COST_BLOCK];
		size_t count = first % 128 ? 64 : 12;
		c->ops->warm(c, &KEY, first, count, block);
		for (size_t i = 0; i < count; i++) {
			struct work one = c->ops->one(c, &KEY, first + i, 0, false);
			quick_assert(block[i].duration == one.duration && block[i].outcome == one.outcome &&
			             block[i].status == one.status);
		}
	}
	fixture_scenario_fini(&s);
}
END_TEST

/* Payloads by weight; every run alike; first runs for cold starts only; a request keeps its payload whatever the attempt. */
START_TEST(runs_are_taken_as_often_as_they_should)
{
	struct scenario s;
	two_payloads(&s);
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	enum { N = 40000 };
	int warm[2][12] = {{0}}, cold[2][12] = {{0}};
	for (uint64_t i = 0; i < N; i++) {
		int64_t w = c->ops->one(c, &KEY, i, 0, false).duration / SIMTIME_MS,
			f = c->ops->one(c, &KEY, i, 0, true).duration / SIMTIME_MS;
		int64_t again = c->ops->one(c, &KEY, i, 1, false).duration / SIMTIME_MS;
		quick_assert(w / 1000 == f / 1000 && w / 1000 == again / 1000);
		quick_assert(w % 1000 >= 14 && w % 1000 <= 21 && f % 1000 >= 510 && f % 1000 <= 513);
		warm[w / 1000][w % 1000 - 10]++;
		cold[f / 1000][f % 1000 - 510]++;
	}
	int second = 0;
	for (int i = 4; i < 12; i++) {
		ck_assert_double_eq_tol(warm[0][i], N * 0.9 / 8, 5 * sqrt(N * 0.9 / 8));
		ck_assert_double_eq_tol(warm[1][i], N * 0.1 / 8, 5 * sqrt(N * 0.1 / 8));
		second += warm[1][i];
	}
	for (int i = 0; i < 4; i++)
		ck_assert_double_eq_tol(cold[0][i], N * 0.9 / 4, 5 * sqrt(N * 0.9 / 4));
	ck_assert_double_eq_tol(second, N * 0.1, 5 * sqrt(N * 0.09));
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(attempts_draw_anew)
{
	struct scenario s;
	two_payloads(&s);
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	int same = 0;
	for (uint64_t i = 0; i < 4000; i++)
		same += c->ops->one(c, &KEY, i, 0, false).duration == c->ops->one(c, &KEY, i, 1, false).duration;
	ck_assert_double_eq_tol(same / 4000.0, 1 / 8.0, 0.03);
	fixture_scenario_fini(&s);
}
END_TEST

/* A process that ended after each run has first runs only; one that was measured warm only has no first ones. Both serve for
 * all. */
START_TEST(one_kind_of_run_serves_for_both)
{
	for (int first = 0; first < 2; first++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		struct profile_run run = {.wait = 30 * SIMTIME_MS, .first = first, .outcome = OUTCOME_OK, .status = 201};
		fixture_profile(&s, 0, &run, 1, INIT);
		const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
		for (int cold = 0; cold < 2; cold++) {
			struct work w = c->ops->one(c, &KEY, 1, 0, cold);
			ck_assert_int_eq(w.duration, 30 * SIMTIME_MS);
			ck_assert_int_eq(w.status, 201);
		}
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* CPU time is stretched by the quota and by arm64, waiting by nothing. */
START_TEST(times_are_carried_to_the_memory_size)
{
	const int sizes[] = {128, 512, 1769, 10240};
	for (int k = 0; k < 8; k++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		struct function_spec *f = &s.functions[0];
		f->memory_mb = sizes[k % 4];
		f->architecture = k < 4 ? ARCHITECTURE_X86_64 : ARCHITECTURE_ARM64;
		f->arm_factor = 1.5;
		f->timeout_s = 900;
		struct profile_run run = {.cpu = 123 * SIMTIME_MS, .wait = 45 * SIMTIME_MS};
		fixture_profile(&s, 0, &run, 1, INIT);
		const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
		struct quota q = quota_for_memory(f->memory_mb);
		simtime cpu = k < 4 ? 123 * SIMTIME_MS : simtime_from_ns(123e6 * 1.5);
		for (uint64_t i = 0; i < 200; i++) {
			simtime phase = (simtime)draw_below(draw_word(&KEY, ENTITY, PURPOSE_PHASE, 0, i), (uint64_t)q.period);
			ck_assert_int_eq(c->ops->one(c, &KEY, i, 0, false).duration, quota_wall(&q, cpu, phase) + 45 * SIMTIME_MS);
		}
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Measured outcome, measured memory, MemorySize and Timeout together. */
START_TEST(outcomes_at_this_memory_and_timeout)
{
	static const struct {
		enum outcome measured;
		int64_t bytes;
		simtime wait;
		enum outcome want;
	} cases[] = {
		{OUTCOME_OK, 128 * MB, 10, OUTCOME_OK},
		{OUTCOME_OK, 128 * MB + 1, 10, OUTCOME_OUT_OF_MEMORY},
		{OUTCOME_ERROR, 10, 10, OUTCOME_ERROR},
		{OUTCOME_ERROR, 200 * MB, 10, OUTCOME_OUT_OF_MEMORY},
		{OUTCOME_CRASH, 200 * MB, 10, OUTCOME_CRASH},
		{OUTCOME_OUT_OF_MEMORY, 10, 10, OUTCOME_OUT_OF_MEMORY},
		{OUTCOME_TIMEOUT, 10, 10, OUTCOME_TIMEOUT},
		{OUTCOME_OK, 10, 3 * SIMTIME_SECOND, OUTCOME_TIMEOUT},
		{OUTCOME_OK, 200 * MB, 3 * SIMTIME_SECOND, OUTCOME_TIMEOUT},
	};
	struct scenario s;
	fixture_scenario(&s, 1, 1);
	struct profile_run run = {.wait = cases[_i].wait, .memory_bytes = cases[_i].bytes, .outcome = cases[_i].measured};
	fixture_profile(&s, 0, &run, 1, INIT);
	const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
	struct work w = c->ops->one(c, &KEY, 0, 0, false);
	ck_assert_uint_eq(w.outcome, cases[_i].want);
	ck_assert_int_eq(w.duration, cases[_i].want == OUTCOME_TIMEOUT ? 3 * SIMTIME_SECOND : 10);
	fixture_scenario_fini(&s);
}
END_TEST

/* An Init that was too slow where it was measured is a long Init, not a failed one: the start decides what that means. */
START_TEST(inits_as_measured)
{
	const struct profile_init inits[] = {{.wall = 80, .outcome = OUTCOME_OK},
	                                     {.wall = 90, .outcome = OUTCOME_INIT_ERROR},
	                                     {.wall = 11 * SIMTIME_SECOND, .outcome = OUTCOME_INIT_TIMEOUT}};
	for (int i = 0; i < 3; i++) {
		struct scenario s;
		fixture_scenario(&s, 1, 1);
		struct profile_run run = {.wait = 1};
		fixture_profile(&s, 0, &run, 1, inits[i]);
		const struct cost *c = cost_new(&s, 0, ENTITY, &s.arena);
		struct init_work w = c->ops->init(c, &KEY, 3, 0, 0);
		ck_assert_int_eq(w.duration, inits[i].wall);
		ck_assert_uint_eq(w.outcome, i == 1 ? OUTCOME_INIT_ERROR : OUTCOME_OK);
		fixture_scenario_fini(&s);
	}
}
END_TEST

Suite *measured_suite(void)
{
	Suite *s = suite_create("measured");
	TCase *c = tcase_create("measured");
	tcase_add_test(c, blocks_give_what_single_requests_give);
	tcase_add_test(c, runs_are_taken_as_often_as_they_should);
	tcase_add_test(c, attempts_draw_anew);
	tcase_add_test(c, one_kind_of_run_serves_for_both);
	tcase_add_test(c, times_are_carried_to_the_memory_size);
	tcase_add_loop_test(c, outcomes_at_this_memory_and_timeout, 0, 9);
	tcase_add_test(c, inits_as_measured);
	suite_add_tcase(s, c);
	return s;
}
