/* cron: EventBridge's cron expressions, `cron(minutes hours day-of-month month day-of-week year)`: lists, ranges, steps, `?` in one of the day
 * fields, `L` (the last day of a month, or the last such weekday), `W` (the nearest weekday), `#` (the n-th such weekday). Sundays are 1.
 * Source: Amazon EventBridge User Guide, "Cron expressions"; EventBridge Scheduler User Guide, "Schedule types". */
#ifndef SCENARIOS_READ_CRON_H
#define SCENARIOS_READ_CRON_H

#include <stdbool.h>
#include <stdint.h>

enum { CRON_YEAR_MIN = 1970, CRON_YEAR_MAX = 2199 };

enum cron_day {
	CRON_DAYS,         /* of the set */
	CRON_LAST,         /* the last day of the month, `offset` days before it */
	CRON_NEAR_WEEKDAY, /* the weekday nearest to day `number` */
	CRON_LAST_WEEKDAY, /* the last Monday to Friday of the month */
	CRON_LAST_OF,      /* the last weekday `number` */
	CRON_NTH_OF        /* the `nth` weekday `number` */
};

struct cron {
	uint64_t minutes; /* bits 0..59 */
	uint32_t hours;   /* bits 0..23 */
	uint16_t months;  /* bits 1..12 */
	uint64_t years[(CRON_YEAR_MAX - CRON_YEAR_MIN) / 64 + 1];
	bool by_weekday; /* the day-of-month field is `?` */
	uint32_t days;   /* bits 1..31, or weekdays 1..7 from Sunday */
	enum cron_day day;
	int number, nth, offset;
};

/* The six fields, without "cron(" and ")". NULL, or why it is none: "has no field for the year", a literal or in `why`. */
const char *cron_parse(const char *fields, struct cron *out, char *why, int why_size);

/* Whether a day matches: the caller goes through days, then hours and minutes. */
bool cron_on_day(const struct cron *c, int64_t year, int month, int day);

#endif
