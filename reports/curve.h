/* curve: what charts draw: series made short enough, and distributions as outlines. All arrays are owned by the curve. */
#ifndef REPORTS_CURVE_H
#define REPORTS_CURVE_H

#include <stddef.h>

#include "reports/query.h"
#include "sim/histogram.h"

struct curve {
	double *x, *y; /* owned; y may be NaN where nothing was measured */
	size_t count;
};

enum curve_join { CURVE_MEAN, CURVE_LARGEST }; /* how neighbouring periods become one point */

/* A series with at most `most` points: x is the time at which a point begins in seconds, y the value times `factor`. Empty for a NULL series. */
struct curve curve_series(const struct report_series *s, size_t most, enum curve_join join, double factor);

/* The outline of a distribution over a logarithmic axis: x in milliseconds (> 0), y the share of values per factor of two. Each bucket is a
 * flat top; empty stretches go down to 0. `unit` > 0 scales the highest top to it; 0 leaves y as it is. */
struct curve curve_outline(const struct histogram *h, double unit);

/* Percentiles: x is "nines", -log10(1 - p), from p10 to `end` (at least p90) in `count` equal steps; y milliseconds, NaN beyond where the
 * histogram has a value left. */
struct curve curve_percentiles(const struct histogram *h, double end, size_t count);

/* Where the percentiles of a histogram end: log10 of how many values there are; 0 for NULL or an empty one. */
double curve_nines(const struct histogram *h);

double curve_largest(const struct curve *c); /* the largest y; 0 when there is none */
void curve_fini(struct curve *c);

/* The time unit for an axis over `seconds`: its length in seconds, and its name in *name ("s", "min", "h", "d"). */
double curve_time_unit(double seconds, const char **name);

#endif
