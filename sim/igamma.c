#include "sim/igamma.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "sim/elementary.h"
#include "sim/normal.h"

enum {
	IGAMMA_TERMS = 5000, /* no argument needs half as many: test_igamma counts on it */
	IGAMMA_STEPS = 200,  /* of the inverse; smooth cases take 2 or 3 */
	IGAMMA_TEMME = 1000, /* the least shape for Temme's expansion as it is cut off here */
	IGAMMA_ORDERS = 5,
	IGAMMA_POWERS = 16
};

static const double SQRT_2PI = 2.5066282746310005024;
static const double IGAMMA_TEMME_ETA = 0.4; /* and how far from the mean it is used, in eta */
static const double IGAMMA_NORMAL = 1e8;    /* shapes from here on: quantiles by Cornish and Fisher's expansion */

/* The coefficients of Temme's C_k(eta) in powers of eta, by the recurrence of DLMF 8.12.11 in exact rational arithmetic. */
static const double igamma_temme_table[IGAMMA_ORDERS][IGAMMA_POWERS] = {
	{
		-0.3333333333333333333,
		0.08333333333333333333,
		-0.01481481481481481481,
		0.001157407407407407407,
		0.0003527336860670194004,
		-0.0001787551440329218107,
		0.00003919263178522437782,
		-2.185448510679992161e-6,
		-1.854062210715159961e-6,
		8.296711340953086005e-7,
		-1.76659527368260793e-7,
		6.70785354340149858e-9,
		1.026180978424030804e-8,
		-4.382036018453353187e-9,
		9.147699582236790234e-10,
		-2.551419399494624977e-11,
	},
	{
		-0.001851851851851851852,
		-0.003472222222222222222,
		0.002645502645502645503,
		-0.0009902263374485596708,
		0.0002057613168724279835,
		-4.018775720164609053e-7,
		-0.00001809855033448997784,
		7.649160916081110085e-6,
		-1.6120900894563446e-6,
		4.647127802807434342e-9,
		1.378633446915720959e-7,
		-5.752545603517704964e-8,
	},
	{
		0.004133597883597883598,
		-0.00268132716049382716,
		0.0007716049382716049383,
		2.009387860082304527e-6,
		-0.0001073665322636516052,
		0.00005292344882912012542,
		-0.00001276063518861872771,
		3.423578734096138074e-8,
		1.372195730906293321e-6,
	},
	{
		0.000649434156378600823,
		0.000229472093621399177,
		-0.0004691894943952557121,
		0.000267720632062838853,
		-0.00007561801671883976411,
		-2.396505113867296652e-7,
	},
	{
		-0.0008618882909167116986,
		0.0007840392217200666275,
		-0.0002990724803031901797,
		-1.463845257884341818e-6,
	},
};

/* x/a - 1 - log(x/a). */
static double igamma_gap(double a, double x)
{
	double ratio = x / a;
	return ratio > 0.7 && ratio < 1.4 ? elementary_log1p_gap((x - a) / a) : ratio - 1 - elementary_log(ratio);
}

/* x^a e^-x / Gamma(1 + a). From 10 up by its distance from the peak, so that nothing large cancels. */
static double igamma_front(double a, double x)
{
	assert(a > 0 && x > 0);
	if (a < 10)
		return elementary_exp(a * elementary_log(x) - x - elementary_lgamma1p(a));
	return elementary_exp(-a * igamma_gap(a, x) - elementary_stirling(a)) / (SQRT_2PI * sqrt(a));
}

double igamma_density(double a, double x)
{
	assert(a > 0);
	if (!(x > 0 && x < INFINITY))
		return x == 0 && a <= 1 ? (a < 1 ? INFINITY : 1) : 0;
	return igamma_front(a, x) * a / x;
}

/* P = front (1 + x/(a + 1) + x^2/((a + 1) (a + 2)) + ...) */
static double igamma_series(double a, double x)
{
	double term = 1, sum = 1;
	for (int n = 1; n < IGAMMA_TERMS && term > sum * 0x1p-56; n++) {
		term *= x / (a + n);
		sum += term;
	}
	assert(term <= sum * 0x1p-50);
	return igamma_front(a, x) * sum;
}

/* Q = front a / (x + 1 - a - (1 - a)/(x + 3 - a - 2 (2 - a)/(x + 5 - a - ...))), by the modified method of Lentz. */
static double igamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1e300, d = 1 / b, product = d, factor = 2;
	for (int n = 1; n < IGAMMA_TERMS && fabs(factor - 1) > 0x1p-53; n++) {
		double numerator = -n * (n - a);
		b += 2;
		d = 1 / (numerator * d + b);
		c = b + numerator / c;
		factor = c * d;
		product *= factor;
	}
	assert(fabs(factor - 1) < 0x1p-45);
	return igamma_front(a, x) * a * product;
}

/* For small a, where P is nearly 1: Q = -(e^t - 1) - e^t a S, with e^t = x^a / Gamma(1 + a) and
 * P = e^t (1 + a S), S the sum of (-x)^n / (n! (a + n)) over n >= 1. */
static struct igamma igamma_small(double a, double x)
{
	assert(a < 1 && x <= 1.5);
	double t = a * elementary_log(x) - elementary_lgamma1p(a), power = 1, sum = 0;
	for (int n = 1; n < 40; n++) {
		power *= -x / n;
		sum += power / (a + n);
	}
	double less_1 = elementary_expm1(t);
	double upper = -less_1 - (1 + less_1) * a * sum, lower = igamma_series(a, x);
	return (struct igamma){lower, lower > 0.5 ? upper : 1 - lower};
}

/* Both tails near the mean of a large shape; eta^2 / 2 = x/a - 1 - log(x/a). */
static struct igamma igamma_temme(double a, double eta)
{
	double correction = 0;
	for (int k = IGAMMA_ORDERS - 1; k >= 0; k--) {
		double c = 0;
		for (int n = IGAMMA_POWERS - 1; n >= 0; n--)
			c = igamma_temme_table[k][n] + eta * c;
		correction = c + correction / a;
	}
	double z = eta * sqrt(a), r = normal_density(z) / sqrt(a) * correction;
	return (struct igamma){normal_cdf(z) - r, normal_tail(z) + r};
}

struct igamma igamma_at(double a, double x)
{
	assert(a > 0 && a < INFINITY);
	if (!(x > 0 && x < INFINITY))
		return (struct igamma){x > 0, !(x > 0)};
	if (a >= IGAMMA_TEMME) {
		double eta = sqrt(2 * igamma_gap(a, x));
		if (eta < IGAMMA_TEMME_ETA)
			return igamma_temme(a, x < a ? -eta : eta);
	}
	if (a < 1 && x <= 1.5)
		return igamma_small(a, x);
	if (x < a + 1) {
		double lower = igamma_series(a, x);
		return (struct igamma){lower, 1 - lower};
	}
	double upper = igamma_fraction(a, x);
	return (struct igamma){1 - upper, upper};
}

/* Cornish and Fisher's expansion of the quantile in powers of 1/sqrt(a): Abramowitz and Stegun 26.2.49 with the gamma
 * distribution's cumulants. For a >= 1e8 the next term is below 1e-16 of the whole out to 2^-65. */
static double igamma_inverse_normal(double a, double z)
{
	double c = 1 / sqrt(a), zz = z * z;
	return a * (1 + c * (z + c * ((zz - 1) / 3 + c * z * (zz - 7) / 36)));
}

/* Where the search for the quantile begins. */
static double igamma_guess(double a, double p, double q, double log_small)
{
	if (a >= 1) { /* Wilson and Hilferty (1931) */
		double cube = 1 - 1 / (9 * a) + normal_quantile(p, q) / (3 * sqrt(a));
		if (cube > 0.3)
			return a * cube * cube * cube;
	} else if (q < 0.1) { /* Q is nearly x^(a - 1) e^-x / Gamma(a) */
		double x = -elementary_log(q) - elementary_lgamma(a);
		return x > 2 ? x + (a - 1) * elementary_log(x) : 1;
	}
	double x = elementary_exp(log_small < 700 ? log_small : 700);
	return a < 1 && x > 2 ? 2 : x;
}

/* One step of Halley's method on the smaller tail; `have` is what the tails are at x. */
static double igamma_halley(double a, double x, double p, double q, struct igamma have)
{
	double density = igamma_density(a, x);
	if (!(density > 0))
		return NAN;
	double newton = (p <= q ? have.lower - p : q - have.upper) / density;
	double bend = newton * ((a - 1) / x - 1) / 2;
	return newton / (1 - (bend < 0.5 ? bend > -1 ? bend : -1 : 0.5));
}

/* A point between low and high: the geometric mean where there is one. */
static double igamma_middle(double low, double high)
{
	if (high == INFINITY)
		return low < 0x1p900 ? 2 * low + 1 : 0x1p1000;
	return low > 0 ? sqrt(low) * sqrt(high) : high / 16;
}

double igamma_inverse(double a, double p, double q)
{
	assert(a > 0 && p >= 0 && q >= 0);
	if (p == 0 || q == 0)
		return p == 0 ? 0 : INFINITY;
	if (a >= IGAMMA_NORMAL)
		return igamma_inverse_normal(a, normal_quantile(p, q));
	/* P is nearly x^a / Gamma(1 + a) for small x: exact where x is below an ulp of 1 */
	double log_p = p <= q ? elementary_log(p) : elementary_log1p(-q);
	double log_small = (log_p + elementary_lgamma1p(a)) / a;
	if (log_small < -40)
		return elementary_exp(log_small);
	double low = 0, high = INFINITY, x = igamma_guess(a, p, q, log_small);
	for (int i = 0; i < IGAMMA_STEPS; i++) {
		assert(x > 0 && x < INFINITY);
		struct igamma have = igamma_at(a, x);
		bool below = p <= q ? have.lower < p : have.upper > q;
		*(below ? &low : &high) = x;
		double step = igamma_halley(a, x, p, q, have), next = x - step;
		bool inside = next > low && next < high;
		if (fabs(step) <= 1e-5 * x / sqrt(1 + a)) /* in standard deviations; the error left is of the order of the cube */
			return next;
		x = inside ? next : igamma_middle(low, high);
		if (high < INFINITY && high - low <= high * 0x1p-52)
			break;
	}
	return x;
}
