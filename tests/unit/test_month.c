/* Whether a run can stand for a month, and how often it fits into 730 hours. */
#include <check.h>
#include <string.h>

#include "scenarios/study/month.h"
#include "tests/unit/fixture_scenario.h"

static const simtime offset[] = {0};
static const simtime late[] = {0, SIMTIME_HOUR / 2}, closing[] = {0, SIMTIME_HOUR};
static const double value[] = {1}, rise[] = {0, 1}, fall[] = {1, 0};

static const struct {
	struct arrival_spec arrivals; /* of the second source; the first is constant */
	simtime duration, warm_up;
	double factor;    /* 0: none */
	const char *word; /* in the text */
} cases[] = {
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1}, SIMTIME_HOUR, 0, 730, "730 h"},
	{{.kind = ARRIVAL_RENEWAL, .rate_per_s = 1}, 73 * SIMTIME_HOUR, 0, 10, "730 h"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1},
         2 * SIMTIME_HOUR,
         SIMTIME_HOUR,
         730,
         "730 h"}, /* what is left out is no part of it */
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_DAY},
         SIMTIME_DAY,
         0,
         730.0 / 24,
         "730 h"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_DAY},
         3 * SIMTIME_DAY,
         0,
         730.0 / 72,
         "730 h"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_DAY},
         SIMTIME_DAY,
         SIMTIME_HOUR,
         0,
         "whole number of periods"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_DAY},
         SIMTIME_HOUR,
         0,
         0,
         "whole number of periods"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_WEEK},
         2 * SIMTIME_DAY,
         0,
         0,
         "S1"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .pattern = {offset, value, 1}, .pattern_period = SIMTIME_WEEK},
         SIMTIME_WEEK,
         0,
         730.0 / 168,
         "730 h"},
	{{.kind = ARRIVAL_RATES, .rates = {offset, value, 1}, .rates_end = SIMTIME_HOUR}, SIMTIME_HOUR, 0, 730, "730 h"},
	{{.kind = ARRIVAL_RATES, .rates = {offset, value, 1}, .rates_end = SIMTIME_HOUR}, 2 * SIMTIME_HOUR, 0, 0, "3600 s"},
	{{.kind = ARRIVAL_RATES, .rates = {offset, value, 1}, .rates_end = SIMTIME_HOUR}, SIMTIME_HOUR / 2, 0, 0, "1800 s"},
	{{.kind = ARRIVAL_RATES, .rates = {offset, value, 1}, .rates_end = SIMTIME_LONGEST}, SIMTIME_HOUR, 0, 730, "730 h"},
	{{.kind = ARRIVAL_RATES, .rates = {late, rise, 2}, .rates_end = SIMTIME_LONGEST},
         SIMTIME_HOUR,
         0,
         0,
         "begins after 1800 s"},
	{{.kind = ARRIVAL_RATES, .rates = {closing, fall, 2}, .rates_end = 2 * SIMTIME_HOUR}, SIMTIME_HOUR, 0, 730, "730 h"},
	{{.kind = ARRIVAL_RATES, .rates = {closing, fall, 2}, .rates_end = 2 * SIMTIME_HOUR}, 2 * SIMTIME_HOUR, 0, 365, "730 h"},
	{{.kind = ARRIVAL_RATES, .rates = {closing, rise, 2}, .rates_end = 2 * SIMTIME_HOUR}, SIMTIME_HOUR, 0, 0, "7200 s"},
	{{.kind = ARRIVAL_TIMES}, SIMTIME_HOUR, 0, 0, "recorded"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .growth_per_month = 0.01}, SIMTIME_HOUR, 0, 0, "grows"},
	{{.kind = ARRIVAL_POISSON, .rate_per_s = 1, .growth_per_month = -0.01}, SIMTIME_HOUR, 0, 0, "grows"},
};

START_TEST(only_whole_periods_make_a_month)
{
	struct scenario s;
	fixture_scenario(&s, 1, 2);
	s.sources[1].arrivals = cases[_i].arrivals;
	s.duration = cases[_i].duration;
	struct month m = month_of(&s, cases[_i].warm_up, &s.arena);
	ck_assert_msg(m.known == (cases[_i].factor > 0), "%s", m.text);
	ck_assert_double_eq_tol(m.factor, cases[_i].factor, 1e-9);
	ck_assert_msg(strstr(m.text, cases[_i].word) != NULL, "%s", m.text);
	if (!m.known)
		ck_assert_msg(strstr(m.text, "no monthly cost") == m.text && strstr(m.text, "S1") != NULL, "%s", m.text);
	fixture_scenario_fini(&s);
}
END_TEST

/* A schedule's firings are times, but no recorded ones. */
START_TEST(a_schedule_has_a_month)
{
	struct scenario s;
	struct arena a = {0};
	fixture_scenario(&s, 1, 1);
	s.duration = SIMTIME_HOUR;
	s.sources[0].arrivals = (struct arrival_spec){.kind = ARRIVAL_TIMES, .times = offset, .time_count = 1};
	ck_assert(!month_of(&s, 0, &a).known);
	s.sources[0].kind = SOURCE_SCHEDULE;
	ck_assert(month_of(&s, 0, &a).known);
	s.sources[0].kind = SOURCE_SCHEDULER;
	ck_assert(month_of(&s, 0, &a).known);
	arena_fini(&a);
	arena_fini(&s.arena);
}
END_TEST

Suite *month_suite(void)
{
	Suite *s = suite_create("month");
	TCase *c = tcase_create("month");
	tcase_add_loop_test(c, only_whole_periods_make_a_month, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, a_schedule_has_a_month);
	suite_add_tcase(s, c);
	return s;
}
