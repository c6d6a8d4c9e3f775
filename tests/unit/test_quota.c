/* The CPU quota against a simulation in steps of one nanosecond of small periods, and against the share in the long run. */
#include <check.h>

#include "models/cost/quota.h"
#include "models/spec/function.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

/* One step of time after another: work advances while the period's budget lasts. */
static simtime stepwise(const struct quota *q, simtime cpu, simtime phase)
{
	simtime clock = phase, used = 0, wall = 0;
	while (cpu > 0) {
		if (used < q->budget) {
			used++;
			cpu--;
		}
		wall++;
		if (++clock == q->period)
			clock = used = 0;
	}
	return wall;
}

START_TEST(every_small_case_matches_a_stepwise_simulation)
{
	for (simtime period = 1; period <= 12; period++)
		for (simtime budget = 1; budget <= period; budget++)
			for (simtime phase = 0; phase < period; phase++)
				for (simtime cpu = 0; cpu <= 60; cpu++) {
					struct quota q = {period, budget};
					simtime want = stepwise(&q, cpu, phase), got = quota_wall(&q, cpu, phase);
					quick_assert(got == want, "period %ld, budget %ld, phase %ld, cpu %ld: %ld, not %ld",
					             period, budget, phase, cpu, got, want);
				}
}
END_TEST

/* More work never ends earlier, and in the long run the wall time is CPU / share within one period. */
START_TEST(long_work_takes_its_share)
{
	uint64_t random = 5;
	const int sizes[] = {1, 128, 129, 256, 512, 885, 1024, 1536, 1768, 1769, 1770, 3008, 10240};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct quota q = quota_for_memory(sizes[i]);
		ck_assert_int_eq(q.period, 20 * SIMTIME_MS);
		double share = sizes[i] < FUNCTION_VCPU_MB ? sizes[i] / FUNCTION_VCPU_MB : 1;
		ck_assert(q.budget >= 1 && q.budget <= q.period);
		ck_assert_double_eq_tol((double)q.budget, share * 20e6, 0.5000001);
		for (int k = 0; k < 20000; k++) {
			simtime cpu = (simtime)fixture_below(&random, 900 * SIMTIME_SECOND),
				phase = (simtime)fixture_below(&random, q.period);
			simtime wall = quota_wall(&q, cpu, phase);
			double fair = (double)cpu * (double)q.period / (double)q.budget;
			quick_assert(wall >= cpu && wall <= quota_wall(&q, cpu + 1, phase));
			/* A fresh budget may come late in its period, and once more at once in the next. */
			quick_assert((double)wall <= fair + (double)q.period + 1 && (double)wall >= fair - 2 * (double)q.period);
		}
	}
}
END_TEST

/* From the header's model, by hand: 128 MB is 1.447 ms of every 20. */
START_TEST(worked_by_hand)
{
	struct quota q = {20 * SIMTIME_MS, 2 * SIMTIME_MS};
	const struct {
		simtime cpu_us, phase_us, wall_us;
	} cases[] = {
		{0, 0, 0},           {0, 19999, 0},        {1000, 0, 1000},     {2000, 0, 2000},
		{2001, 0, 20001},    {4000, 0, 22000},     {6000, 0, 42000},    {2000, 18000, 2000},
		{2000, 19000, 2000}, {4000, 19000, 22000}, {3000, 19000, 3000}, {3001, 19000, 21001},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_int_eq(quota_wall(&q, cases[i].cpu_us * 1000, cases[i].phase_us * 1000), cases[i].wall_us * 1000);
	struct quota full = quota_for_memory(1769);
	ck_assert_int_eq(quota_wall(&full, 900 * SIMTIME_SECOND, 7), 900 * SIMTIME_SECOND);
}
END_TEST

Suite *quota_suite(void)
{
	Suite *s = suite_create("quota");
	TCase *c = tcase_create("quota");
	tcase_add_test(c, every_small_case_matches_a_stepwise_simulation);
	tcase_add_test(c, long_work_takes_its_share);
	tcase_add_test(c, worked_by_hand);
	suite_add_tcase(s, c);
	return s;
}
