/* distribution: the families of distributions that a scenario may name, as data, with their mathematics.
 *
 * Values carry the unit that the owner chose (durations: nanoseconds). All functions are exact to about 1e-12 relative unless
 * said otherwise and use sim/elementary, so that every processor computes the same bits. */
#ifndef SIM_DISTRIBUTION_H
#define SIM_DISTRIBUTION_H

#include <stddef.h>

#include "sim/arena.h"
#include "sim/base/error.h"

enum distribution_kind {
	DISTRIBUTION_CONSTANT,    /* value */
	DISTRIBUTION_UNIFORM,     /* low, high */
	DISTRIBUTION_EXPONENTIAL, /* mean */
	DISTRIBUTION_LOGNORMAL,   /* median, sigma (of the logarithm) */
	DISTRIBUTION_GAMMA,       /* mean, cv */
	DISTRIBUTION_WEIBULL,     /* mean, cv */
	DISTRIBUTION_PARETO,      /* minimum, shape (> 0; the mean is infinite for shape <= 1) */
	DISTRIBUTION_EMPIRICAL,   /* samples: each observed value is equally likely */
	DISTRIBUTION_MIXTURE,     /* parts with weights */
	DISTRIBUTION_KINDS
};

struct distribution {
	enum distribution_kind kind;
	double a, b;     /* the two parameters in the order of the comments above */
	double *samples; /* empirical: ascending; in an arena */
	size_t sample_count;
	struct distribution *parts; /* mixture; in an arena */
	double *weights;            /* mixture: positive, any sum */
	size_t part_count;
};

const char *distribution_name(enum distribution_kind kind); /* "lognormal" */

/* The sigma of a lognormal with this median whose quantile `p` (0 < p < 1, p != 0.5) is `value` (> 0). */
double distribution_lognormal_sigma(double median, double p, double value);

double distribution_mean(const struct distribution *d);     /* may be infinite */
double distribution_variance(const struct distribution *d); /* may be infinite */
double distribution_cdf(const struct distribution *d, double x);

/* The quantile at lower-tail probability p and upper-tail probability q; give the smaller one exactly, the other as 1 - it. */
double distribution_quantile(const struct distribution *d, double p, double q);

#endif
