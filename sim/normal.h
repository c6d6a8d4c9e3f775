/* normal: the standard normal distribution, both tails to full relative precision. Errors are in units of 2^-53 relative. */
#ifndef SIM_NORMAL_H
#define SIM_NORMAL_H

double normal_density(double x);
double normal_cdf(double x);  /* P(Z <= x); error below 8 */
double normal_tail(double x); /* P(Z > x); error below 8 */

/* The z with P(Z <= z) = p and P(Z > z) = q; the smaller of both counts and may be as small as a double can be. Infinite where it
 * is 0. Absolute error below 8e-16 where |z| < 1, relative beyond. */
double normal_quantile(double p, double q);

#endif
