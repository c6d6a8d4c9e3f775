/* elementary: logarithm, exponential, power and the logarithm of the gamma function, the same bits on every x86-64 processor.
 *
 * The C library picks its code by processor (with and without FMA, AVX2), and results differ in the last bit. These use only
 * the four operations and the square root, which IEEE 754 defines exactly, in an order that the compiler may not change
 * (-ffp-contract=off, no -ffast-math). Errors are stated in units of 2^-53 relative, as tests/unit/test_elementary.c measures them.
 *
 * Methods: log by the series of 2 artanh(f / (2 + f)) after a reduction to [sqrt(1/2), sqrt(2)), with a second double that holds
 * what the first one rounds away; exp by the Taylor series on |r| <= ln(2)/2; lgamma by Stirling's series from 10 up, and by the
 * expansion in zeta(k) - 1 about 2 below (DLMF 5.7.3, 5.11.1). Arguments at the edges behave as in IEEE 754: log(0) is -inf, of a
 * negative NaN; NaN gives NaN. */
#ifndef SIM_ELEMENTARY_H
#define SIM_ELEMENTARY_H

double elementary_log(double x);           /* error below 1.5 */
double elementary_log1p(double x);         /* log(1 + x); below 3 */
double elementary_exp(double x);           /* below 2 */
double elementary_expm1(double x);         /* exp(x) - 1; below 4 */
double elementary_pow(double x, double y); /* x >= 0 (NaN below); below 64 */

/* log |Gamma(x)| for x > 0 (NaN below, inf at 0); below 8, near the zeros at 1 and 2 too. */
double elementary_lgamma(double x);

/* log Gamma(1 + x) for x > -1, exact for small x too. */
double elementary_lgamma1p(double x);

/* x - log(1 + x), without the cancellation for small x; x > -1. */
double elementary_log1p_gap(double x);

/* What Stirling's formula lacks: lgamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), for x >= 10. */
double elementary_stirling(double x);

/* lgamma(2 + x) - (1 - Euler's gamma) x for |x| <= 1/2: O(x^2), to full relative precision. */
double elementary__lgamma_curve(double x);

#endif
