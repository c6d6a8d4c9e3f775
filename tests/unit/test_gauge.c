/* The gauge against sums taken step by step. */
#include <check.h>
#include <signal.h>

#include "sim/gauge.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

START_TEST(area_and_maximum_follow_every_step)
{
	uint64_t random = 7;
	struct gauge g = {0};
	area128 area = 0;
	simtime now = 0;
	int64_t level = 0, max = 0;
	for (int i = 0; i < 20000; i++) {
		simtime step = fixture_below(&random, 4) ? (simtime)fixture_below(&random, SIMTIME_HOUR) : 0;
		now += step;
		area += (area128)level * step;
		switch (fixture_below(&random, 5)) {
		case 0:
		case 1:
			gauge_up(&g, now);
			max = ++level > max ? level : max;
			break;
		case 2:
		case 3:
			if (level > 0) {
				gauge_down(&g, now);
				level--;
				break;
			}
			/* fall through */
		default: gauge_settle(&g, now); gauge_settle(&g, now); /* twice at one time changes nothing */
		}
		if (i % 100 == 99) {
			ck_assert_int_eq(gauge_peak_reset(&g), max);
			max = level; /* the next span's maximum is at least the level it begins with */
		}
		quick_assert(g.level == level && g.since <= now);
	}
	gauge_settle(&g, now);
	ck_assert(g.area == area);
}
END_TEST

/* 100,000 for 100 years is 3.2e23 ns: more than 64 bits hold. */
START_TEST(areas_outgrow_64_bits)
{
	struct gauge g = {0};
	for (int i = 0; i < 100000; i++)
		gauge_up(&g, 0);
	gauge_settle(&g, SIMTIME_LONGEST);
	ck_assert(g.area == (area128)100000 * SIMTIME_LONGEST);
	ck_assert(g.area > UINT64_MAX);
	ck_assert_int_eq(g.max, 100000);
}
END_TEST

START_TEST(time_does_not_go_back)
{
	struct gauge g = {0};
	gauge_up(&g, 5);
	gauge_up(&g, 4);
}
END_TEST

START_TEST(levels_are_never_negative)
{
	struct gauge g = {0};
	gauge_down(&g, 5);
}
END_TEST

Suite *gauge_suite(void)
{
	Suite *s = suite_create("gauge");
	TCase *c = tcase_create("gauge");
	tcase_add_test(c, area_and_maximum_follow_every_step);
	tcase_add_test(c, areas_outgrow_64_bits);
	tcase_add_test_raise_signal(c, time_does_not_go_back, SIGABRT);
	tcase_add_test_raise_signal(c, levels_are_never_negative, SIGABRT);
	suite_add_tcase(s, c);
	return s;
}
