#include "scenarios/read/patterns.h"

#include <assert.h>
#include <string.h>

#include "models/os/file.h"
#include "scenarios/read/csvfile.h"

enum { HOURS = 24, DAYS = 7 };

/* The factor of the built-in day in one hour (0..23). */
static double pattern_hour(int hour)
{
	/* In hundredths; their sum is 2,400. */
	static const int hundredths[HOURS] = {50,  40,  32,  28,  28,  35,  55,  80,  115, 140, 150, 150,
	                                      145, 145, 148, 150, 145, 140, 130, 122, 115, 105, 85,  67};
	assert(hour >= 0 && hour < HOURS);
	return hundredths[hour] / 100.0;
}

/* The factor of the built-in week on one day (0 is Monday). */
static double pattern_weekday(int day)
{
	static const double factors[DAYS] = {1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7};
	assert(day >= 0 && day < DAYS);
	return factors[day];
}

static void pattern_built_in(struct reading *r, int days, struct steps *steps, simtime *period)
{
	size_t count = (size_t)days * HOURS;
	simtime *offset = ARENA_ARRAY(r->arena, count, simtime);
	double *value = ARENA_ARRAY(r->arena, count, double);
	for (size_t i = 0; i < count; i++) {
		offset[i] = (simtime)i * SIMTIME_HOUR;
		value[i] = pattern_hour((int)(i % HOURS)) * (days == 1 ? 1 : pattern_weekday((int)(i / HOURS)));
	}
	*steps = (struct steps){.offset = offset, .value = value, .count = count};
	*period = days * SIMTIME_DAY;
}

int pattern_steps(struct reading *r, const struct csv_table *t, struct steps *out)
{
	simtime *offset = ARENA_ARRAY(r->arena, t->rows, simtime);
	double *value = ARENA_ARRAY(r->arena, t->rows, double);
	for (size_t i = 0; i < t->rows; i++) {
		offset[i] = simtime_from_ns(t->columns[0][i]);
		value[i] = t->columns[1][i];
		bool back = i > 0 && offset[i] <= offset[i - 1];
		if (!back && value[i] >= 0)
			continue;
		diagnostic_add(r->found, SEVERITY_ERROR, csvfile_at(r, t, i, back ? 0 : 1), "read/csv", "%s",
		               back ? "times must ascend" : "the value is negative");
		return -1;
	}
	*out = (struct steps){.offset = offset, .value = value, .count = t->rows};
	return 0;
}

static int pattern_check(struct reading *r, const struct csv_table *t, const struct steps *steps, simtime *period)
{
	bool any = false;
	const char *why = NULL;
	size_t last = steps->count - 1;
	for (size_t i = 0; i < steps->count; i++)
		any = any || steps->value[i] > 0;
	if (steps->offset[0] != 0)
		why = "the first offset must be 0";
	else if (steps->offset[last] >= SIMTIME_WEEK)
		why = "offsets must be less than a week (7d)";
	else if (!any)
		why = "all factors are 0";
	*period = steps->offset[last] < SIMTIME_DAY ? SIMTIME_DAY : SIMTIME_WEEK;
	if (!why)
		return 0;
	diagnostic_add(r->found, SEVERITY_ERROR, csvfile_at(r, t, steps->offset[0] != 0 ? 0 : last, 0), "read/csv", "%s", why);
	return -1;
}

static int pattern_file(struct reading *r, const struct node *value, const char *path, struct steps *steps, simtime *period)
{
	/* A bare word is more likely meant to be a pattern's name than a file's. */
	if (!strpbrk(value->text, "./") && !file_exists(reading_path(r, value->text, value->at))) {
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/value",
		               "%s cannot be '%s': it is day, week, or the name of a CSV file", path, value->text);
		return -1;
	}
	static const struct csv_wanted wanted[] = {{.name = "offset", .cell = CSV_TIME}, {.name = "factor", .cell = CSV_NUMBER}};
	struct csv_table t;
	int status = csvfile_read(r, reading_path(r, value->text, value->at), value->at, wanted, 2, &t);
	if (status == 0)
		status = pattern_steps(r, &t, steps);
	if (status == 0)
		status = pattern_check(r, &t, steps, period);
	csvfile_fini(&t);
	return status;
}

int pattern_read(struct reading *r, const struct node *value, const char *path, struct steps *steps, simtime *period)
{
	if (!reading_is(r, value, NODE_SCALAR, path))
		return -1;
	if (strcmp(value->text, "day") != 0 && strcmp(value->text, "week") != 0)
		return pattern_file(r, value, path, steps, period);
	pattern_built_in(r, strcmp(value->text, "day") == 0 ? 1 : DAYS, steps, period);
	return 0;
}
