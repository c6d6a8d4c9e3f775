/* timestamps: moments of the calendar. A run begins on Monday, 2025-01-06T00:00:00Z, so that weekly patterns and calendars agree. */
#ifndef SCENARIOS_READ_TIMESTAMPS_H
#define SCENARIOS_READ_TIMESTAMPS_H

#include "models/source/envelope.h"
#include "scenarios/read/reading.h"

/* The run's start, in seconds since 1970-01-01T00:00:00Z; what the events' own times begin with. */
#define TIMESTAMP_START_S (ENVELOPE_EPOCH_MS / 1000)

/* A civil date and time. */
struct civil {
	int64_t year;
	int month, day, hour, minute, second; /* 1..12, 1..31 */
};

/* Seconds since 1970-01-01T00:00:00 of a civil time, and back; no leap seconds; any year. */
int64_t civil_seconds(const struct civil *c);
struct civil civil_of(int64_t seconds);
int civil_weekday(int64_t seconds); /* 0 is Sunday */
int civil_month_days(int64_t year, int month);

/* A moment as Unix seconds, or as 2025-01-06T08:00:00Z (also with a UTC offset, a fraction, or as a date alone), relative to the
 * run's start. 0, or -1 with an error (read/value). */
int timestamp_read(struct reading *r, const struct node *n, const char *what, simtime *out);

#endif
