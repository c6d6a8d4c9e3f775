/* recordfit: what a batch of n records takes, from measurements of batches of a few sizes: base + n x each.
 *
 * The line is fitted by least squares of the relative errors, so that the batch of one counts as much as that of a hundred though it takes a
 * hundredth of it. Neither part is negative: a batch of no records takes no less than nothing, and another record saves no time. */
#ifndef MODELS_COST_RECORDFIT_H
#define MODELS_COST_RECORDFIT_H

#include <stddef.h>

struct record_fit {
	double base, each;
};

/* The mean of `weight` measurements of batches of `records`. */
struct record_point {
	double records; /* at least 1 */
	double mean;    /* at least 0 */
	double weight;  /* above 0 */
};

/* Points with different `records` in any order; one alone is all `base`: nothing says what another record would take. */
struct record_fit record_fit_of(const struct record_point *points, size_t count);

static inline double record_fit_at(const struct record_fit *f, double records)
{
	return f->base + f->each * records;
}

/* A measurement of a batch of `from` records, carried to one of `to`: in proportion to the line, so that what varies keeps its share. */
double record_fit_scale(const struct record_fit *f, double value, double from, double to);

/* The same by the line's difference, for measurements that hold something that does not come once for each record; at least 0. */
double record_fit_shift(const struct record_fit *f, double value, double from, double to);

#endif
