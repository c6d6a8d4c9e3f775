#include "sim/law.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "sim/base/memory.h"
#include "sim/elementary.h"
#include "sim/igamma.h"
#include "sim/normal.h"

enum { LAW_STEPS = 400 }; /* bound on root searches; they take about 10, at a jump 150 */

static void law_constant(struct law *l, double value)
{
	*l = (struct law){.kind = DISTRIBUTION_CONSTANT, .a = value};
}

/* log(1 + cv^2) of a Weibull distribution with shape 1/c: lgamma(1 + 2c) - 2 lgamma(1 + c), without the cancellation of the
 * linear terms for small c. */
static double law_weibull_spread(double c)
{
	if (c > 0.25)
		return elementary_lgamma1p(2 * c) - 2 * elementary_lgamma1p(c);
	return elementary_log1p(c * c / (1 + 2 * c)) + (elementary__lgamma_curve(2 * c) - 2 * elementary__lgamma_curve(c));
}

/* An interval in which a rising function comes from below 0 to 0 or above. */
struct law_bracket {
	double low, f_low, high, f_high;
	int kept; /* the end that stood still last: -1 low, 1 high */
};

/* Where the chord through both ends crosses 0, or the middle where that is no point between them. */
static double law_chord(const struct law_bracket *b)
{
	double x = b->f_high > b->f_low ? b->high - b->f_high * (b->high - b->low) / (b->f_high - b->f_low) : b->low;
	return x > b->low && x < b->high ? x : b->low + (b->high - b->low) / 2;
}

/* Takes x, where the function is f, for an end. The Illinois rule: an end that stands still a second time counts half. */
static void law_tighten(struct law_bracket *b, double x, double f)
{
	assert(x >= b->low && x <= b->high);
	if (f < 0) {
		b->low = x;
		b->f_low = f;
		b->f_high *= b->kept == 1 ? 0.5 : 1;
		b->kept = 1;
	} else {
		b->high = x;
		b->f_high = f;
		b->f_low *= b->kept == -1 ? 0.5 : 1;
		b->kept = -1;
	}
}

static double law_weibull_excess(double log_c, double target)
{
	return elementary_log(law_weibull_spread(elementary_exp(log_c))) - target;
}

/* The c with this coefficient of variation. The spread rises with c, as pi^2/6 c^2 at first, as 2 log(2) c at last: regula falsi in
 * the logarithm of c and of the spread, where it is nearly straight. */
static double law_weibull_c(double cv)
{
	double target = cv < 1e150 ? elementary_log(elementary_log1p(cv * cv)) : elementary_log(2 * elementary_log(cv));
	struct law_bracket b = {.low = elementary_log(cv < 1 ? 0.5 * cv : 0.5)};
	b.high = b.low + 2;
	while (law_weibull_excess(b.high, target) < 0)
		b.high += 2;
	b.f_low = law_weibull_excess(b.low, target);
	b.f_high = law_weibull_excess(b.high, target);
	assert(b.f_low <= 0 && b.f_high >= 0);
	for (int i = 0; i < LAW_STEPS && b.high - b.low > 1e-15 * (1 + fabs(b.high)); i++) {
		double u = law_chord(&b), f = law_weibull_excess(u, target);
		if (fabs(f) < 0x1p-51)
			return elementary_exp(u);
		law_tighten(&b, u, f);
	}
	return elementary_exp(b.high);
}

static void law_mixture(struct law *l, const struct distribution *d)
{
	assert(d->part_count > 0);
	*l = (struct law){.kind = DISTRIBUTION_MIXTURE, .part_count = d->part_count};
	l->parts = MEMORY_ARRAY(d->part_count, struct law);
	l->weights = MEMORY_ARRAY(d->part_count, double);
	double largest = 0, sum = 0;
	for (size_t i = 0; i < d->part_count; i++)
		largest = fmax(largest, d->weights[i]);
	assert(largest > 0 && isfinite(largest));
	for (size_t i = 0; i < d->part_count; i++)
		sum += d->weights[i] / largest;
	for (size_t i = 0; i < d->part_count; i++) {
		assert(d->weights[i] > 0);
		law_init(&l->parts[i], &d->parts[i]);
		l->weights[i] = d->weights[i] / largest / sum;
	}
}

/* The families with a mean or median and one parameter of spread that is not 0. */
static void law_spread(struct law *l, enum distribution_kind kind, double size, double spread)
{
	assert(size > 0 && spread > 0);
	*l = (struct law){.kind = kind, .a = size, .b = spread};
	if (kind == DISTRIBUTION_GAMMA) {
		spread = fmin(spread, 1e100); /* keeps the square finite; all but 1e-200 of the probability is at 0 then */
		l->a = 1 / (spread * spread);
		l->b = fmin(size * (spread * spread), 1e300);
	} else if (kind == DISTRIBUTION_WEIBULL) {
		l->a = law_weibull_c(spread);
		l->b = elementary_log(size) - elementary_lgamma1p(l->a);
	} else if (kind == DISTRIBUTION_PARETO) {
		l->b = 1 / spread;
	}
}

void law_init(struct law *l, const struct distribution *d)
{
	switch (d->kind) {
	case DISTRIBUTION_CONSTANT: law_constant(l, d->a); return;
	case DISTRIBUTION_UNIFORM:
		assert(d->a <= d->b);
		*l = (struct law){.kind = d->a < d->b ? DISTRIBUTION_UNIFORM : DISTRIBUTION_CONSTANT, .a = d->a, .b = d->b};
		return;
	case DISTRIBUTION_EXPONENTIAL:
		assert(d->a >= 0);
		*l = (struct law){.kind = d->a > 0 ? DISTRIBUTION_EXPONENTIAL : DISTRIBUTION_CONSTANT, .a = d->a};
		return;
	case DISTRIBUTION_LOGNORMAL:
	case DISTRIBUTION_GAMMA:
	case DISTRIBUTION_WEIBULL:
	case DISTRIBUTION_PARETO:
		assert(d->a >= 0 && d->b >= 0);
		assert(d->kind != DISTRIBUTION_PARETO || d->b > 0);
		if (d->a == 0 || d->b < 1e-150)
			law_constant(l, d->a);
		else
			law_spread(l, d->kind, d->a, d->b);
		return;
	case DISTRIBUTION_EMPIRICAL:
		assert(d->sample_count > 0);
		*l = (struct law){.kind = DISTRIBUTION_EMPIRICAL, .samples = d->samples, .sample_count = d->sample_count};
		if (d->samples[0] == d->samples[d->sample_count - 1])
			law_constant(l, d->samples[0]);
		return;
	case DISTRIBUTION_MIXTURE: law_mixture(l, d); return;
	case DISTRIBUTION_KINDS: break;
	}
	assert(!"a kind of distribution");
}

void law_fini(struct law *l)
{
	for (size_t i = 0; i < l->part_count; i++)
		law_fini(&l->parts[i]);
	memory_free(l->parts);
	memory_free(l->weights);
	*l = (struct law){0};
}

static struct law_tails law_tails_of(double lower, double upper)
{
	return (struct law_tails){lower, upper};
}

/* Both tails of what is exponential in `e` >= 0: P(E > e) = exp(-e). */
static struct law_tails law_exponential_tails(double e)
{
	return law_tails_of(-elementary_expm1(-e), elementary_exp(-e));
}

static struct law_tails law_empirical_tails(const struct law *l, double x)
{
	size_t low = 0, high = l->sample_count; /* samples before `low` are <= x, from `high` on > x */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (l->samples[middle] <= x)
			low = middle + 1;
		else
			high = middle;
	}
	double n = (double)l->sample_count;
	return law_tails_of((double)low / n, (double)(l->sample_count - low) / n);
}

static struct law_tails law_mixture_tails(const struct law *l, double x)
{
	struct law_tails sum = {0, 0};
	for (size_t i = 0; i < l->part_count; i++) {
		struct law_tails part = law_tails(&l->parts[i], x);
		sum.lower += l->weights[i] * part.lower;
		sum.upper += l->weights[i] * part.upper;
	}
	return sum;
}

/* Tails of the families that live on x > 0. */
static struct law_tails law_positive_tails(const struct law *l, double x)
{
	assert(x > 0 && x < INFINITY);
	switch (l->kind) {
	case DISTRIBUTION_EXPONENTIAL: return law_exponential_tails(x / l->a);
	case DISTRIBUTION_LOGNORMAL: {
		double z = elementary_log(x / l->a) / l->b;
		return law_tails_of(normal_cdf(z), normal_tail(z));
	}
	case DISTRIBUTION_GAMMA: {
		struct igamma tails = igamma_at(l->a, x / l->b);
		return law_tails_of(tails.lower, tails.upper);
	}
	case DISTRIBUTION_WEIBULL: return law_exponential_tails(elementary_exp((elementary_log(x) - l->b) / l->a));
	default:
		assert(l->kind == DISTRIBUTION_PARETO);
		return x <= l->a ? law_tails_of(0, 1) : law_exponential_tails(elementary_log(x / l->a) / l->b);
	}
}

struct law_tails law_tails(const struct law *l, double x)
{
	assert(!isnan(x));
	switch (l->kind) {
	case DISTRIBUTION_CONSTANT: return law_tails_of(x >= l->a, x < l->a);
	case DISTRIBUTION_UNIFORM:
		if (x <= l->a || x >= l->b)
			return law_tails_of(x > l->a, x <= l->a);
		return law_tails_of((x - l->a) / (l->b - l->a), (l->b - x) / (l->b - l->a));
	case DISTRIBUTION_EMPIRICAL: return law_empirical_tails(l, x);
	case DISTRIBUTION_MIXTURE: return law_mixture_tails(l, x);
	default:
		if (x <= 0 || x == INFINITY)
			return law_tails_of(x > 0, x <= 0);
		return law_positive_tails(l, x);
	}
}

/* The exponential variate with these tails: -log(q). */
static double law_exponential_at(double p, double q)
{
	return p < q ? -elementary_log1p(-p) : -elementary_log(q);
}

static double law_empirical_quantile(const struct law *l, double p, double q)
{
	double n = (double)l->sample_count;
	size_t above = (size_t)(q * n), rank; /* samples that may lie above; the rank counts from 1 */
	if (p < q)
		rank = (size_t)ceil(p * n);
	else
		rank = l->sample_count - (above < l->sample_count ? above : l->sample_count - 1);
	rank = rank < 1 ? 1 : rank > l->sample_count ? l->sample_count : rank;
	return l->samples[rank - 1];
}

/* How far P(X <= x) is above p, taken in the smaller tail. */
static double law_excess(const struct law *l, double x, double p, double q)
{
	struct law_tails tails = law_tails(l, x);
	return p < q ? tails.lower - p : q - tails.upper;
}

static double law_middle(double low, double high)
{
	assert(low <= high);
	if (low > 0)
		return sqrt(low) * sqrt(high);
	return low == 0 ? high / 16 : low + (high - low) / 2;
}

/* The least x in (low, high] with an excess that is not negative: regula falsi; every fourth step halves the interval, for the
 * functions that are no chord's friend. */
static double law_search(const struct law *l, double p, double q, double low, double high)
{
	struct law_bracket b = {.low = low, .high = high, .f_low = law_excess(l, low, p, q), .f_high = law_excess(l, high, p, q)};
	double enough = 4e-15 * (p < q ? p : q);
	if (b.f_low >= 0 || b.f_high <= enough)
		return b.f_low >= 0 ? low : high;
	for (int i = 0; i < LAW_STEPS && b.high - b.low > 4e-16 * fabs(b.high); i++) {
		double x = law_chord(&b), middle = law_middle(b.low, b.high);
		if (i % 4 == 3 && middle > b.low && middle < b.high)
			x = middle;
		double f = law_excess(l, x, p, q);
		if (fabs(f) <= enough)
			return x;
		law_tighten(&b, x, f);
	}
	return b.high;
}

/* Bounds of a mixture's quantile. It lies between the least and the largest of its parts' quantiles; and since
 * P(X <= x) >= w P(part <= x), it is at most a part's quantile at p / w, and likewise at least the one at the upper tail q / w. */
struct law_bounds {
	double low, high;
};

/* A part's quantile at lower-tail probability p = share / w; `q` is 1 - p less what rounding may have added to it. The bound is to
 * err outward: by a few ulps of 1, which costs the search a step where the tail is small. Infinite where nothing can be said. */
static double law_part_at_most(const struct law *part, double share, double w)
{
	double p = share / w, q = (w - share) / w - 4e-16;
	if (!(q > 0))
		return INFINITY;
	return p < 0.5 ? law_quantile(part, p, 1 - p) : law_quantile(part, 1 - q, q);
}

static double law_part_at_least(const struct law *part, double share, double w)
{
	double q = share / w, p = (w - share) / w - 4e-16;
	if (!(p > 0))
		return -INFINITY;
	return q < 0.5 ? law_quantile(part, 1 - q, q) : law_quantile(part, p, 1 - p);
}

static struct law_bounds law_mixture_bounds(const struct law *l, double p, double q)
{
	double least = INFINITY, largest = -INFINITY, low = -INFINITY, high = INFINITY;
	for (size_t i = 0; i < l->part_count; i++) {
		double w = l->weights[i], x = law_quantile(&l->parts[i], p, q);
		least = fmin(least, x);
		largest = fmax(largest, x);
		high = fmin(high, law_part_at_most(&l->parts[i], p, w));
		low = fmax(low, law_part_at_least(&l->parts[i], q, w));
	}
	assert(least <= largest);
	return (struct law_bounds){fmax(least, low), fmin(largest, high)};
}

/* Narrows the bounds to one side of x. */
static void law_narrow(const struct law *l, double x, double p, double q, struct law_bounds *b)
{
	if (!(x > b->low && x < b->high))
		return;
	if (law_excess(l, x, p, q) < 0)
		b->low = x;
	else
		b->high = x;
}

/* Narrows the bounds by the values to which a part gives probability: where the cdf jumps, regula falsi would halve its way to the
 * last bit. */
static void law_narrow_to_atoms(const struct law *l, const struct law *part, double p, double q, struct law_bounds *b)
{
	if (part->kind == DISTRIBUTION_CONSTANT)
		law_narrow(l, part->a, p, q, b);
	for (size_t i = 0; i < part->part_count; i++)
		law_narrow_to_atoms(l, &part->parts[i], p, q, b);
	size_t first = 0, end = part->sample_count; /* samples before `first` are at or below low, from `end` on at or above high */
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		double x = part->samples[middle];
		law_narrow(l, x, p, q, b);
		if (x <= b->low)
			first = middle + 1;
		else
			end = middle;
	}
}

static bool law_has_atom(const struct law *l, double x)
{
	if (l->kind == DISTRIBUTION_CONSTANT)
		return l->a == x;
	if (l->kind == DISTRIBUTION_EMPIRICAL)
		return law_empirical_quantile(l, law_tails(l, x).lower, law_tails(l, x).upper) == x;
	for (size_t i = 0; i < l->part_count; i++)
		if (law_has_atom(&l->parts[i], x))
			return true;
	return false;
}

static double law_mixture_quantile(const struct law *l, double p, double q)
{
	struct law_bounds b = law_mixture_bounds(l, p, q);
	if (p == 0 || q == 0)
		return p == 0 ? b.low : b.high;
	b.high = fmin(b.high, 0x1p1000);
	law_narrow_to_atoms(l, l, p, q, &b);
	if (b.low >= b.high) /* rounding lets the bounds cross; they are an ulp apart */
		return b.high;
	if (law_has_atom(l, b.high) && law_excess(l, nextafter(b.high, b.low), p, q) < 0)
		return b.high; /* the cdf jumps over p here */
	return law_search(l, p, q, b.low, b.high);
}

double law_quantile(const struct law *l, double p, double q)
{
	assert(p >= 0 && p <= 1 && q >= 0 && q <= 1);
	switch (l->kind) {
	case DISTRIBUTION_CONSTANT: return l->a;
	case DISTRIBUTION_UNIFORM: return p < q ? l->a + (l->b - l->a) * p : l->b - (l->b - l->a) * q;
	case DISTRIBUTION_EXPONENTIAL: return l->a * law_exponential_at(p, q);
	case DISTRIBUTION_LOGNORMAL: return l->a * elementary_exp(l->b * normal_quantile(p, q));
	case DISTRIBUTION_GAMMA: return l->b * igamma_inverse(l->a, p, q);
	case DISTRIBUTION_WEIBULL: return elementary_exp(l->b + l->a * elementary_log(law_exponential_at(p, q)));
	case DISTRIBUTION_PARETO: return l->a * elementary_exp(l->b * law_exponential_at(p, q));
	case DISTRIBUTION_EMPIRICAL: return law_empirical_quantile(l, p, q);
	case DISTRIBUTION_MIXTURE: return law_mixture_quantile(l, p, q);
	case DISTRIBUTION_KINDS: break;
	}
	assert(!"a kind of distribution");
	return NAN;
}
