#include "sim/elementary.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* A number as the sum of two doubles, the second below an ulp of the first. */
struct elementary_pair {
	double hi, lo;
};

/* log(2) in two parts; the first has 21 zero bits at its end, so that its product with an exponent is exact. */
static const double LN2_HIGH = 0x1.62e42fee00000p-1, LN2_LOW = 0x1.a39ef35793c76p-33;
static const double LOG2_E = 0x1.71547652b82fep+0;
static const double SQRT2 = 0x1.6a09e667f3bcdp+0;
static const double ONE_LESS_EULER = 0.42278433509846713939;
static const double HALF_LOG_2PI = 0.91893853320467274178;

/* exp overflows above the first and gives 0 below the second. */
static const double EXP_LARGEST = 0x1.62e42fefa39efp+9, EXP_SMALLEST = -745.14;

static uint64_t elementary_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static double elementary_of_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

/* 2^k for -1022 <= k <= 1023. */
static double elementary_power_of_2(int k)
{
	assert(k >= -1022 && k <= 1023);
	return elementary_of_bits((uint64_t)(1023 + k) << 52);
}

/* a + b exactly, whatever their sizes (Knuth). */
static struct elementary_pair elementary_two_sum(double a, double b)
{
	double sum = a + b, part = sum - a;
	return (struct elementary_pair){sum, (a - (sum - part)) + (b - part)};
}

/* a x b exactly (Dekker, Veltkamp); |a|, |b| below 2^970. */
static struct elementary_pair elementary_two_product(double a, double b)
{
	const double split = 0x1p27 + 1;
	double p = a * b, ta = split * a, tb = split * b;
	double ah = ta - (ta - a), bh = tb - (tb - b), al = a - ah, bl = b - bh;
	return (struct elementary_pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

/* The sum of 2 z^i / (2 i + 1) over i >= 1: log(1 + f) is 2 s + s x this, with s = f / (2 + f) and z = s^2 <= 0.0295. The first
 * term left out is below 2^-56 of the whole. */
static double elementary_log_series(double z)
{
	double sum = 2.0 / 23;
	sum = 2.0 / 21 + z * sum;
	sum = 2.0 / 19 + z * sum;
	sum = 2.0 / 17 + z * sum;
	sum = 2.0 / 15 + z * sum;
	sum = 2.0 / 13 + z * sum;
	sum = 2.0 / 11 + z * sum;
	sum = 2.0 / 9 + z * sum;
	sum = 2.0 / 7 + z * sum;
	sum = 2.0 / 5 + z * sum;
	sum = 2.0 / 3 + z * sum;
	return z * sum;
}

/* log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2), to about 2^-58: f - f^2/2 + s (f^2/2 + series), the first two terms exactly. */
static struct elementary_pair elementary_log_near_1(double f)
{
	double s = f / (2 + f), half = 0.5 * f;
	struct elementary_pair square = elementary_two_product(half, f);
	struct elementary_pair head = elementary_two_sum(f, -square.hi);
	double tail = s * (square.hi + elementary_log_series(s * s));
	return elementary_two_sum(head.hi, (head.lo - square.lo) + tail);
}

/* log(x) for finite x > 0. */
static struct elementary_pair elementary_log_pair(double x)
{
	assert(x > 0);
	int k = 0;
	if (x < 0x1p-1022) {
		x *= 0x1p54;
		k = -54;
	}
	uint64_t bits = elementary_bits(x);
	k += (int)(bits >> 52) - 1023;
	double m = elementary_of_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
	if (m > SQRT2) {
		m *= 0.5;
		k++;
	}
	struct elementary_pair near = elementary_log_near_1(m - 1);
	struct elementary_pair sum = elementary_two_sum(k * LN2_HIGH, near.hi);
	return elementary_two_sum(sum.hi, sum.lo + (near.lo + k * LN2_LOW));
}

double elementary_log(double x)
{
	if (x > 0 && x <= 0x1.fffffffffffffp1023)
		return elementary_log_pair(x).hi;
	return x == 0 ? -INFINITY : x > 0 ? x : NAN;
}

double elementary_log1p(double x)
{
	if (!(x > -1 && x < INFINITY))
		return x == -1 ? -INFINITY : x > 0 ? x : NAN;
	if (x > -0.29 && x < 0.41)
		return fabs(x) < 0x1p-60 ? x : elementary_log_near_1(x).hi;
	struct elementary_pair u = elementary_two_sum(1, x);
	struct elementary_pair log = elementary_log_pair(u.hi);
	return log.hi + (log.lo + u.lo / u.hi);
}

double elementary_log1p_gap(double x)
{
	assert(!(x <= -1));
	if (x < -0.29 || x > 0.41)
		return x - elementary_log1p(x);
	double s = x / (2 + x);
	return s * (x - elementary_log_series(s * s));
}

/* exp(r) - 1 - r for |r| <= 0.35, by Taylor: r^14 / 14! is below 2^-57. */
static double elementary_exp_rest(double r)
{
	double sum = 1.0 / 6227020800;
	sum = 1.0 / 479001600 + r * sum;
	sum = 1.0 / 39916800 + r * sum;
	sum = 1.0 / 3628800 + r * sum;
	sum = 1.0 / 362880 + r * sum;
	sum = 1.0 / 40320 + r * sum;
	sum = 1.0 / 5040 + r * sum;
	sum = 1.0 / 720 + r * sum;
	sum = 1.0 / 120 + r * sum;
	sum = 1.0 / 24 + r * sum;
	sum = 1.0 / 6 + r * sum;
	sum = 1.0 / 2 + r * sum;
	return r * r * sum;
}

/* x = k log(2) + r + what the double r lacks; |r| <= 0.35. |x| <= 746. */
static struct elementary_pair elementary_exp_reduce(double hi, double lo, int *k)
{
	assert(fabs(hi) <= 746);
	*k = (int)(hi * LOG2_E + (hi < 0 ? -0.5 : 0.5));
	return elementary_two_sum(hi - *k * LN2_HIGH, lo - *k * LN2_LOW);
}

static double elementary_scale(double y, int k)
{
	if (k > 1000)
		return y * 0x1p1000 * elementary_power_of_2(k - 1000);
	if (k < -1000)
		return y * 0x1p-1000 * elementary_power_of_2(k + 1000);
	return y * elementary_power_of_2(k);
}

/* exp(hi + lo) */
static double elementary_exp_pair(double hi, double lo)
{
	if (!(hi <= EXP_LARGEST))
		return hi > 0 ? INFINITY : NAN;
	if (hi < EXP_SMALLEST)
		return 0;
	int k;
	struct elementary_pair r = elementary_exp_reduce(hi, lo, &k);
	double rest = elementary_exp_rest(r.hi);
	return elementary_scale(1 + (r.hi + (rest + r.lo * (1 + r.hi))), k);
}

double elementary_exp(double x)
{
	return elementary_exp_pair(x, 0);
}

double elementary_expm1(double x)
{
	if (fabs(x) < 0x1p-54)
		return x;
	if (!(x > -40 && x < 40)) /* 1 is below half an ulp of the larger */
		return x < 0 ? -1 : elementary_exp(x);
	int k;
	struct elementary_pair r = elementary_exp_reduce(x, 0, &k);
	double less_1 = r.hi + (elementary_exp_rest(r.hi) + r.lo * (1 + r.hi));
	double power = elementary_power_of_2(k);
	return power * less_1 + (power - 1);
}

/* x^y where a factor is 0 or not finite. */
static double elementary_pow_edge(double x, double y)
{
	if (isnan(x) || isnan(y) || x < 0)
		return NAN;
	if (x == 0 || x == INFINITY)
		return (x == 0) == (y > 0) ? 0 : INFINITY;
	return (x < 1) == (y > 0) ? 0 : INFINITY; /* y is infinite */
}

double elementary_pow(double x, double y)
{
	if (y == 0 || x == 1)
		return 1;
	if (!(x > 0 && x < INFINITY && fabs(y) < INFINITY))
		return elementary_pow_edge(x, y);
	struct elementary_pair log = elementary_log_pair(x);
	double rough = y * log.hi;
	if (fabs(rough) > 746)
		return rough > 0 ? INFINITY : 0;
	struct elementary_pair product = elementary_two_product(log.hi, y);
	return elementary_exp_pair(product.hi, product.lo + log.lo * y);
}

/* (-1)^k (zeta(k) - 1) / k for k from 2: DLMF 5.7.3; made with 50-digit arithmetic. */
static const double elementary_zeta[] = {
	0.3224670334241132182,     -0.06735230105319809513,   0.02058080842778454788,    -0.007385551028673985266,
	0.002890510330741523286,   -0.001192753911703260977,  0.0005096695247430424223,  -0.0002231547584535793798,
	0.00009945751278180853371, -0.0000449262367381331417, 0.00002050721277567069155, -9.439488275268395904e-6,
	4.374866789907487804e-6,   -2.039215753801366237e-6,  9.551412130407419833e-7,   -4.492469198764566043e-7,
	2.120718480555466587e-7,   -1.004322482396809961e-7,  4.769810169363980566e-8,   -2.271109460894316491e-8,
	1.083865921489695409e-8,   -5.183475041970046655e-9,  2.483674543802478317e-9,   -1.192140140586091207e-9,
	5.731367241678862013e-10,  -2.759522885124233145e-10, 1.330476437424448948e-10,
};

double elementary__lgamma_curve(double x)
{
	assert(fabs(x) <= 0.5);
	double sum = 0;
	for (int i = (int)(sizeof elementary_zeta / sizeof elementary_zeta[0]) - 1; i >= 0; i--)
		sum = elementary_zeta[i] + x * sum;
	return x * x * sum;
}

double elementary_lgamma1p(double x)
{
	if (fabs(x) <= 0.5)
		return (ONE_LESS_EULER * x - elementary_log1p(x)) + elementary__lgamma_curve(x);
	return elementary_lgamma(1 + x);
}

/* B(2k) / (2k (2k - 1) x^(2k - 1)) for k = 1 .. 8: DLMF 5.11.1. */
double elementary_stirling(double x)
{
	assert(x >= 10);
	double z = 1 / (x * x);
	double sum = -3617.0 / 122400;
	sum = 1.0 / 156 + z * sum;
	sum = -691.0 / 360360 + z * sum;
	sum = 1.0 / 1188 + z * sum;
	sum = -1.0 / 1680 + z * sum;
	sum = 1.0 / 1260 + z * sum;
	sum = -1.0 / 360 + z * sum;
	sum = 1.0 / 12 + z * sum;
	return sum / x;
}

/* For 1.5 <= x < 10: Gamma(x) = (x - 1) (x - 2) ... y Gamma(y) with y in [1.5, 2.5). */
static double elementary_lgamma_middle(double x)
{
	double product = 1;
	while (x >= 2.5) {
		x -= 1;
		product *= x;
	}
	assert(x >= 1.5 && product >= 1);
	double near_2 = ONE_LESS_EULER * (x - 2) + elementary__lgamma_curve(x - 2);
	return product > 1 ? elementary_log(product) + near_2 : near_2;
}

double elementary_lgamma(double x)
{
	if (!(x > 0 && x < INFINITY))
		return x == 0 || x > 0 ? INFINITY : NAN;
	if (x < 0.5)
		return elementary_lgamma1p(x) - elementary_log(x);
	if (x < 1.5)
		return elementary_lgamma1p(x - 1);
	if (x < 10)
		return elementary_lgamma_middle(x);
	double log = elementary_log(x);
	return (x - 0.5) * (log - 1) + ((HALF_LOG_2PI - 0.5) + elementary_stirling(x));
}
