/* igamma: the incomplete gamma function, which is the gamma distribution. Relative errors of both tails below 1e-13, also for
 * shapes of 1e-12 or 1e16; the work is bounded for every argument.
 *
 * Methods: series about 0 (DLMF 8.7.1), continued fraction (8.9.2), for shapes from 1000 up near the mean the uniform expansion of
 * Temme (DLMF 8.12; Temme, "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10, 1979). */
#ifndef SIM_IGAMMA_H
#define SIM_IGAMMA_H

struct igamma {
	double lower, upper; /* P(a, x) and Q(a, x): the probabilities below and above x; their sum is 1 */
};

struct igamma igamma_at(double a, double x); /* a > 0 */

/* x^(a - 1) e^-x / Gamma(a), the density. */
double igamma_density(double a, double x);

/* The x with P(a, x) = p and Q(a, x) = q; the smaller of both counts. 0 where p is 0 (or x too small for a double), infinite where
 * q is 0. Relative error below 1e-12. */
double igamma_inverse(double a, double p, double q);

#endif
