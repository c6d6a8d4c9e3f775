#include "sim/studentt.h"

#include <assert.h>
#include <math.h>

#include "sim/elementary.h"
#include "sim/normal.h"

enum {
	STUDENTT_TERMS = 20000, /* of the continued fraction; it takes some sqrt(max(a, b)) */
	STUDENTT_STEPS = 200    /* of the inverse; 3 or 4 are usual */
};

static const double STUDENTT_NORMAL = 1e5; /* degrees of freedom from here on: expansions about the normal distribution */
static const double STUDENTT_FAR = 10;     /* and up to where the tail's holds; farther out the probability is below 1e-20 */
static const double HALF_LOG_2PI = 0.91893853320467274178;

/* log Gamma(a + b) - log Gamma(a) for a >= 10: the large parts of Stirling's formula cancel on paper. */
static double studentt_lgamma_rise(double a, double b)
{
	assert(a >= 10);
	return (a - 0.5) * elementary_log1p(b / a) + b * (elementary_log(a + b) - 1) +
	       (elementary_stirling(a + b) - elementary_stirling(a));
}

/* log B(a, b) */
static double studentt_lbeta(double a, double b)
{
	if (a < b) {
		double swap = a;
		a = b;
		b = swap;
	}
	if (a < 10)
		return elementary_lgamma(a) + elementary_lgamma(b) - elementary_lgamma(a + b);
	if (b < 10)
		return elementary_lgamma(b) - studentt_lgamma_rise(a, b);
	double total = a + b, rest = elementary_stirling(a) + elementary_stirling(b) - elementary_stirling(total);
	return HALF_LOG_2PI - 0.5 * elementary_log(b) + (a - 0.5) * elementary_log1p(-b / total) + b * elementary_log(b / total) +
	       rest;
}

static double studentt_away_from_0(double x)
{
	return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* The continued fraction of DLMF 8.17.22, by the modified method of Lentz; for x < (a + 1) / (a + b + 2). */
static double studentt_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / studentt_away_from_0(1 - (a + b) / (a + 1) * x), product = d, factor = 2;
	for (int m = 1; m < STUDENTT_TERMS && fabs(factor - 1) > 0x1p-53; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / studentt_away_from_0(1 + even * d);
		c = studentt_away_from_0(1 + even / c);
		product *= c * d;
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / studentt_away_from_0(1 + odd * d);
		c = studentt_away_from_0(1 + odd / c);
		factor = c * d;
		product *= factor;
	}
	assert(fabs(factor - 1) < 1e-10);
	return product;
}

double studentt_beta(double a, double b, double x, double y)
{
	assert(a > 0 && b > 0);
	assert(x >= 0 && y >= 0 && fabs(x + y - 1) < 1e-9);
	if (x == 0 || y == 0)
		return x == 0 ? 0 : 1;
	double log_x = x < 0.5 ? elementary_log(x) : elementary_log1p(-y);
	double log_y = y < 0.5 ? elementary_log(y) : elementary_log1p(-x);
	double front = elementary_exp(a * log_x + b * log_y - studentt_lbeta(a, b));
	if (x < (a + 1) / (a + b + 2))
		return front / a * studentt_fraction(a, b, x);
	return 1 - front / b * studentt_fraction(b, a, y);
}

/* The tail far out, where x = s^-2 may be below the smallest double: x^(df/2) / (df B(df/2, 1/2)). */
static double studentt_power(double df, double s)
{
	assert(s > 1e90);
	return elementary_exp(-df * elementary_log(s) - studentt_lbeta(df / 2, 0.5)) / df;
}

/* The normal quantile with the tail of t: the same expansion, reversed. */
static double studentt_normal(double df, double t)
{
	double tt = t * t;
	double h1 = (tt + 1) * t / 4, h2 = ((13 * tt + 8) * tt + 3) * t / 96;
	double h3 = (((35 * tt + 19) * tt + 1) * tt - 15) * t / 384;
	return t - (h1 - (h2 - h3 / df) / df) / df;
}

double studentt_tail(double df, double t)
{
	assert(df > 0 && !isnan(t));
	if (df == INFINITY || t == 0)
		return t == 0 ? 0.5 : normal_tail(t);
	if (df >= STUDENTT_NORMAL && fabs(t) < STUDENTT_FAR)
		return normal_tail(studentt_normal(df, t));
	double s = t / sqrt(df), y = s * s / (1 + s * s), x = 1 / (1 + s * s);
	double half = fabs(s) < 1e100 ? 0.5 * studentt_beta(df / 2, 0.5, x, y) : studentt_power(df, fabs(s));
	return t > 0 ? half : 1 - half;
}

static double studentt_density(double df, double t)
{
	double s = t / sqrt(df), log = s < 1e100 ? elementary_log1p(s * s) : 2 * elementary_log(s);
	return elementary_exp(-(df + 1) / 2 * log - studentt_lbeta(df / 2, 0.5)) / sqrt(df);
}

/* Fisher's expansion about the normal quantile z: Abramowitz and Stegun 26.7.5. */
static double studentt_expansion(double df, double z)
{
	double zz = z * z;
	double g1 = (zz + 1) * z / 4, g2 = ((5 * zz + 16) * zz + 3) * z / 96;
	double g3 = (((3 * zz + 19) * zz + 17) * zz - 15) * z / 384;
	return z + (g1 + (g2 + g3 / df) / df) / df;
}

/* Where the search begins: for few degrees of freedom the tail is nearly a power, v = density(t) t / df. */
static double studentt_guess(double df, double v)
{
	double z = normal_quantile(1 - v, v);
	if (df >= 3 && z * z < df)
		return studentt_expansion(df, z);
	double log_c = (0.5 * df - 1) * elementary_log(df) - studentt_lbeta(df / 2, 0.5);
	double t = elementary_exp((log_c - elementary_log(v)) / df);
	return t > 1e300 ? 1e300 : t < 1e-300 ? 1e-300 : t;
}

/* The t > 0 with P(T > t) = v, 0 < v < 1/2: Newton's method on log(v) as a function of log(t), kept between bounds. */
static double studentt_upper(double df, double v)
{
	double low = 0, high = INFINITY, t = studentt_guess(df, v);
	for (int i = 0; i < STUDENTT_STEPS; i++) {
		assert(t > 0);
		double tail = studentt_tail(df, t), density = studentt_density(df, t);
		*(tail > v ? &low : &high) = t;
		double step = tail > 0 && density > 0 ? elementary_log(tail / v) * tail / (density * t) : NAN;
		double next = fabs(step) < 0.5 ? t * (1 + step) : t * elementary_exp(step);
		if (fabs(step) < 1e-14)
			return next;
		if (!(next > low && next < high))
			next = high == INFINITY ? 2 * t : low > 0 ? sqrt(low) * sqrt(high) : high / 16;
		if (next == t || (high < INFINITY && high - low <= high * 0x1p-52))
			break;
		t = next;
	}
	return t;
}

double studentt_quantile(double df, double p, double q)
{
	assert(df > 0 && p >= 0 && q >= 0);
	double v = p < q ? p : q, t;
	if (v >= 0.5)
		return 0;
	if (v == 0)
		t = INFINITY;
	else if (df >= STUDENTT_NORMAL)
		t = studentt_expansion(df < 1e300 ? df : 1e300, normal_quantile(1 - v, v));
	else
		t = studentt_upper(df, v);
	return p < q ? -t : t;
}
