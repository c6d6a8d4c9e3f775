/* studentt: Student's t distribution, for confidence intervals. Relative error below 2e-12, of tails below
 * 1e-20 with more than 1e5 degrees of freedom below 1e-8. The work is bounded for every argument. */
#ifndef SIM_STUDENTT_H
#define SIM_STUDENTT_H

/* The regularised incomplete beta function I_x(a, b); y is 1 - x, given apart so that neither end loses digits. a, b > 0. */
double studentt_beta(double a, double b, double x, double y);

double studentt_tail(double df, double t); /* P(T > t), df > 0 degrees of freedom */

/* The t with P(T <= t) = p and P(T > t) = q; the smaller of both counts. Infinite where it is 0. */
double studentt_quantile(double df, double p, double q);

#endif
