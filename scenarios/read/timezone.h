/* timezone: local time out of the machine's tz database (/usr/share/zoneinfo). UTC needs no file.
 * Source of the format: RFC 9636, "The Time Zone Information Format (TZif)", with the rule at its end for times after the last change. */
#ifndef SCENARIOS_READ_TIMEZONE_H
#define SCENARIOS_READ_TIMEZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"

/* One end of daylight saving in a rule such as "CET-1CEST,M3.5.0,M10.5.0/3". */
struct timezone_change {
	char kind; /* 'M' month.week.day, 'J' day of the year without 29 February, 'D' day of the year from 0 */
	int month, week, day;
	int32_t second; /* of that day, local */
};

struct time_zone {
	const int64_t *changes; /* Unix seconds, ascending */
	const int32_t *offsets; /* seconds east of UTC from each on; count + 1 of them, the first one before all changes */
	size_t count;
	bool has_rule; /* for what lies after the last change */
	int32_t standard, daylight;
	bool has_daylight;
	struct timezone_change begins, ends;
};

/* The zone of a name, "Europe/Berlin"; its tables in `a`. NULL, or why not (a literal). */
const char *timezone_find(const char *name, struct arena *a, struct time_zone *out);

/* From the bytes of a TZif file. NULL, or why not. */
const char *timezone_parse(const char *bytes, size_t length, struct arena *a, struct time_zone *out);

/* Seconds east of UTC at a moment (Unix seconds). A zone of zeros is UTC. */
int32_t timezone_offset(const struct time_zone *z, int64_t utc);

/* The moment of a local time (seconds as civil_seconds counts): false when there is none (clocks were put forward over it); the first one
 * when there are two. */
bool timezone_to_utc(const struct time_zone *z, int64_t local, int64_t *utc);

#endif
