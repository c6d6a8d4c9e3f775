/* Objectives: which row they are about, and what an interval says of them. */
#include <check.h>
#include <string.h>

#include "scenarios/study/verdict.h"

enum { MISSED = OBJECTIVE_MISSED, MET = OBJECTIVE_MET, OPEN = OBJECTIVE_UNDECIDED };
#define NONE __builtin_nan("")

/* Against a threshold of 10. */
static const struct {
	struct interval value;
	int want[4]; /* below, at most, above, at least */
} cases[] = {
	{{5, 4, 6}, {MET, MET, MISSED, MISSED}},        {{15, 14, 16}, {MISSED, MISSED, MET, MET}},
	{{10, 9, 11}, {OPEN, OPEN, OPEN, OPEN}},        {{5, 4, 10}, {OPEN, MET, MISSED, OPEN}},    /* an end on the threshold */
	{{15, 10, 20}, {MISSED, OPEN, OPEN, MET}},      {{10, 10, 10}, {MISSED, MET, MISSED, MET}}, /* exact */
	{{9, NONE, NONE}, {MET, MET, MISSED, MISSED}}, /* without an interval the point decides */
	{{10, NONE, NONE}, {MISSED, MET, MISSED, MET}}, {{11, NONE, NONE}, {MISSED, MISSED, MET, MET}},
	{{9, 8, NONE}, {MET, MET, MISSED, MISSED}},     {{NONE, NONE, NONE}, {OPEN, OPEN, OPEN, OPEN}},
	{{0, 0, 0}, {MET, MET, MISSED, MISSED}},        {{__builtin_inf(), NONE, NONE}, {MISSED, MISSED, MET, MET}},
};

START_TEST(intervals_decide)
{
	for (int c = 0; c < 4; c++) {
		struct objective_spec o = {.comparator = c, .threshold = 10};
		ck_assert_int_eq(verdict_of(&o, &cases[_i].value), cases[_i].want[c]);
	}
}
END_TEST

/* --- rows ------------------------------------------------------------------------------------------------------------------------ */

static struct record_metric table[] = {
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "Throttles", .statistic = ""},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "ThrottleShare", .statistic = ""},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "ErrorShare", .statistic = ""},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "ColdStartShare", .statistic = ""},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "Latency_ms", .statistic = "mean"},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "Latency_ms", .statistic = "p99"},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "Cost_usd", .statistic = "run"},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "Cost_usd", .statistic = "month"},
	{.scope = RECORD_FUNCTION, .entity = "account", .metric = "Invocations", .statistic = ""},
	{.scope = RECORD_SOURCE, .entity = "Hello", .metric = "Latency_ms", .statistic = "p99"},
	{.scope = RECORD_SOURCE, .entity = "Hello", .metric = "Requests", .statistic = ""},
	{.scope = RECORD_SOURCE, .entity = "Hello.Get", .metric = "Latency_ms", .statistic = "p99"},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "AsyncEventsEnded", .statistic = "expired"},
	{.scope = RECORD_FUNCTION, .entity = "Hello", .metric = "AsyncEventsEndedShare", .statistic = "expired"},
	{.scope = RECORD_QUEUE, .entity = "Orders", .metric = "Ended", .statistic = "dead-lettered"},
	{.scope = RECORD_QUEUE, .entity = "Orders", .metric = "EndedShare", .statistic = "dead-lettered"},
	{.scope = RECORD_QUEUE, .entity = "Orders", .metric = "Age_ms", .statistic = "p99"},
	{.scope = RECORD_ACCOUNT, .entity = "", .metric = "ConcurrentExecutions", .statistic = "max"},
	{.scope = RECORD_RUN, .entity = "", .metric = "Cost_usd", .statistic = "month"},
};
enum { ROWS = sizeof table / sizeof *table };

static const struct {
	const char *entity, *metric, *statistic;
	bool percent;
	int want; /* index in the table, -1 for none */
} lookups[] = {
	{"Hello", "Throttles", "mean", true, 1},
	{"Hello", "Throttles", "mean", false, 0},
	{"Hello", "Errors", "mean", true, 2},
	{"Hello", "ColdStarts", "mean", true, 3},
	{"Hello", "Latency", "mean", false, 4},
	{"Hello", "Latency", "p99", false, 5}, /* the function, not the direct Invoke of the same name */
	{"Hello", "Latency", "p98", false, -1},
	{"Hello.Get", "Latency", "p99", false, 11},
	{"Hello", "Requests", "mean", false, 10},
	{"Hello", "Expired", "mean", false, 12},
	{"Hello", "Expired", "mean", true, 13},
	{"Hello", "DeadLettered", "mean", false, -1},
	{"Orders", "DeadLettered", "mean", false, 14},
	{"Orders", "DeadLettered", "mean", true, 15},
	{"Orders", "Age", "p99", false, 16},
	{"Hello", "cost", "mean", false, 7},
	{"Hello", "Cost", "mean", false, 7},
	{"account", "cost", "mean", false, 18},
	{"", "cost", "mean", false, 18},
	{"cost", "cost", "mean", false, 18},
	{"Other", "cost", "mean", false, -1},
	{"account", "ConcurrentExecutions", "max", false, 17},
	{"Other", "Latency", "p99", false, -1},
	{"Hello", "Beauty", "mean", false, -1},
	{"Hello", "AVeryLongNameOfAMetricThatNobodyWouldWriteButSomebodyWillSomeDayForSure", "mean", false, -1},
};

START_TEST(objectives_find_their_rows)
{
	struct metric_rows rows = {.items = table, .count = ROWS};
	struct objective_spec o = {.entity = lookups[_i].entity,
	                           .metric = lookups[_i].metric,
	                           .statistic = lookups[_i].statistic,
	                           .percent = lookups[_i].percent};
	const struct record_metric *m = verdict_row(&rows, &o);
	if (lookups[_i].want < 0)
		ck_assert_ptr_null(m);
	else
		ck_assert_ptr_eq(m, &table[lookups[_i].want]);
}
END_TEST

Suite *verdict_suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *c = tcase_create("verdict");
	tcase_add_loop_test(c, intervals_decide, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(c, objectives_find_their_rows, 0, sizeof lookups / sizeof *lookups);
	suite_add_tcase(s, c);
	return s;
}
