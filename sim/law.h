/* law: a distribution whose parameters have been solved for what its formulas need, ready for many questions.
 *
 * A scenario names a Weibull distribution by mean and coefficient of variation; its quantile needs shape and scale, which are the
 * root of an equation. Degenerate distributions (sigma 0, cv 0, low = high, mean 0) become constants here, so that nothing behind
 * this has to think of them. */
#ifndef SIM_LAW_H
#define SIM_LAW_H

#include <stddef.h>

#include "sim/distribution.h"

struct law {
	enum distribution_kind kind;
	double a, b; /* constant: value; uniform: low, high; exponential: mean; lognormal: median, sigma; gamma: shape, scale;
	                          Weibull: 1/shape, log(scale); Pareto: minimum, 1/shape */
	const double *samples; /* empirical: borrowed, ascending */
	size_t sample_count;
	struct law *parts; /* mixture: owned */
	double *weights;   /* mixture: owned; sum 1 */
	size_t part_count;
};

struct law_tails {
	double lower, upper; /* P(X <= x), P(X > x): both to full relative precision */
};

/* Solves `d`, whose samples must outlive `l`. Parameters must be in their ranges (distribution.h). */
void law_init(struct law *l, const struct distribution *d);
void law_fini(struct law *l);

struct law_tails law_tails(const struct law *l, double x);

/* The least x with P(X <= x) >= p, where p is the lower and q the upper tail probability; the smaller of both counts. May be
 * infinite. */
double law_quantile(const struct law *l, double p, double q);

#endif
