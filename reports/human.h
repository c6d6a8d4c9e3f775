/* human: numbers as people read them: three significant digits and a unit of fitting size, the same everywhere.
 *
 * 12.34 ms -> "12.3 ms", 1,240 ms -> "1.24 s", 72,041.3 -> "72.0 k", 0.0042 -> "0.42 %", 12.345 USD -> "$12.35". A share below one never
 * reads "100 %" and one above zero never "0 %". A scale is chosen once, for a value, and then serves the ends of its interval too, so
 * that they can be compared at a glance. */
#ifndef REPORTS_HUMAN_H
#define REPORTS_HUMAN_H

#include <stdbool.h>

#include "sim/base/textbuf.h"
#include "sim/interval.h"

enum human_unit {
	HUMAN_COUNT, /* whole numbers stay whole below 10,000 */
	HUMAN_RATIO, /* a number without unit; no prefix below 10,000 */
	HUMAN_MS,    /* milliseconds: from ns to days */
	HUMAN_SHARE, /* 0..1 as percent */
	HUMAN_USD,
	HUMAN_UNITS
};

struct human_scale {
	double factor; /* text = value / factor */
	int decimals;
	const char *prefix; /* "$" or "" */
	const char *suffix; /* "ms", "%", "k" or ""; a literal */
};

struct human_scale human_scale_for(enum human_unit unit, double value);

/* The number alone, in this scale: "1.24", "$12.35", "−3"; "–" when it is not finite. */
void human_number(struct textbuf *out, const struct human_scale *scale, double value);

/* Number and suffix: "1.24 s". */
void human_value(struct textbuf *out, enum human_unit unit, double value);

/* "±0.05" in the scale of the point, with one digit more where it is smaller than the point's last one, and rounded up to that where
 * it would still read 0; "0–12" where the point is clearly not in the middle; nothing when the interval has no ends. */
void human_half_width(struct textbuf *out, const struct human_scale *scale, const struct interval *value);

/* A length of time in plain words: "1 hour", "30 days", "90 s". */
void human_time(struct textbuf *out, double seconds);

/* The unit in which values of a metric are shown, from the way metrics are named: "Latency_ms", "Cost_usd", "...Share". */
enum human_unit human_unit_of(const char *metric);

#endif
