/* interval: confidence intervals from independent replications.
 *
 * Means: Student's t over the replications' values. Quantiles: the pooled quantile, its interval by sectioning around it, never the
 * formula for independent observations, which covers 17 % where it should cover 95 % (M/M/1 at 0.8, p99).
 *
 * Of a few values a t interval is so wide that it may reach where the quantity cannot be. A quantile's does not: sectioning works on any scale, and on
 * the logarithmic one what is positive stays positive. A mean has no such freedom; the part of its interval that is possible (interval_within)
 * covers as often as the whole. */
#ifndef SIM_INTERVAL_H
#define SIM_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

struct interval {
	double mean;      /* the point: NaN where there is no value */
	double low, high; /* NaN where there is no interval (one replication, too few exceedances) */
};

#define INTERVAL_NONE ((struct interval){__builtin_nan(""), __builtin_nan(""), __builtin_nan("")})

bool interval_known(const struct interval *i);        /* the point is a number */
bool interval_bounded(const struct interval *i);      /* so are both ends */
double interval_half_width(const struct interval *i); /* NaN when unbounded */

/* Mean and t interval at `level` (0.95). Values that are NaN (a replication without samples) are left out. n < 2 gives no ends. Equal
 * values give an interval of that one point, exactly. */
struct interval interval_of_mean(const double *values, size_t n, double level);

/* A ratio of sums, sum(y)/sum(x), with the jackknife over replications. Equal ratios give that one point, exactly. */
struct interval interval_of_ratio(const double *y, const double *x, size_t n, double level);

/* Sectioning: `pooled` is the quantile of all data, `section[i]` that of section i. n < 2 gives no ends. Where all are above 0 their logarithms are
 * compared, so that the low end is above 0 too: the logarithm of a quantile is the quantile of the logarithms. */
struct interval interval_of_sections(double pooled, const double *section, size_t n, double level);

/* The part of the interval between `least` and `most`, where the truth is known to lie: it is in the part as often as in the whole. The point stays. */
struct interval interval_within(struct interval i, double least, double most);

/* Paired differences b - a under common random numbers. */
struct interval interval_of_difference(const double *a, const double *b, size_t n, double level);

#endif
