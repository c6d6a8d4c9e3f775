#include "sim/interval.h"

#include <assert.h>
#include <math.h>

#include "sim/elementary.h"
#include "sim/studentt.h"

bool interval_known(const struct interval *i)
{
	return !isnan(i->mean);
}

bool interval_bounded(const struct interval *i)
{
	return interval_known(i) && !isnan(i->low) && !isnan(i->high);
}

double interval_half_width(const struct interval *i)
{
	return interval_bounded(i) ? (i->high - i->low) / 2 : NAN;
}

/* t x the standard error, from n values with n - 1 degrees of freedom. */
static double interval_half(double error, size_t n, double level)
{
	assert(level > 0 && level < 1);
	assert(error >= 0 && n >= 2);
	double outside = (1 - level) / 2;
	return studentt_quantile((double)(n - 1), 1 - outside, outside) * error;
}

static struct interval interval_around(double mean, double error, size_t n, double level)
{
	struct interval i = INTERVAL_NONE;
	i.mean = mean;
	if (n < 2 || !isfinite(mean) || !isfinite(error))
		return i;
	double half = interval_half(error, n, level);
	i.low = mean - half;
	i.high = mean + half;
	assert(i.low <= i.mean && i.mean <= i.high);
	return i;
}

/* How value i is found: from one array, or as a difference of two. NaN where it is to be left out. */
typedef double interval_value(const double *a, const double *b, size_t i);

static double interval_single(const double *a, const double *b, size_t i)
{
	(void)b;
	return a[i];
}

static double interval_paired(const double *a, const double *b, size_t i)
{
	return b[i] - a[i];
}

static struct interval interval_of_values(interval_value *value, const double *a, const double *b, size_t n, double level)
{
	size_t known = 0;
	double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		double x = value(a, b, i);
		known += isnan(x) ? 0 : 1;
		sum += isnan(x) ? 0 : x;
		least = fmin(least, x);
		most = fmax(most, x);
	}
	if (known == 0)
		return INTERVAL_NONE;
	/* Ten times 0.1 are not 1: equal values have themselves as their mean. */
	double mean = fmin(fmax(sum / (double)known, least), most);
	for (size_t i = 0; i < n; i++) {
		double x = value(a, b, i);
		squares += isnan(x) ? 0 : (x - mean) * (x - mean);
	}
	double error = known > 1 ? sqrt(squares / (double)(known - 1) / (double)known) : NAN;
	return interval_around(mean, error, known, level);
}

struct interval interval_of_mean(const double *values, size_t n, double level)
{
	assert(values != NULL || n == 0);
	return interval_of_values(interval_single, values, NULL, n, level);
}

struct interval interval_of_difference(const double *a, const double *b, size_t n, double level)
{
	assert((a != NULL && b != NULL) || n == 0);
	return interval_of_values(interval_paired, a, b, n, level);
}

static bool interval_pair_known(const double *y, const double *x, size_t i)
{
	return !isnan(y[i]) && !isnan(x[i]);
}

/* Whether all replications have one and the same ratio, which is then theirs together, to the last bit. Those of 0 / 0 have none. */
static bool interval_common_ratio(const double *y, const double *x, size_t n, double *ratio)
{
	*ratio = NAN;
	for (size_t i = 0; i < n; i++) {
		if (!interval_pair_known(y, x, i) || (x[i] == 0 && y[i] == 0))
			continue;
		if (!isnan(*ratio) && y[i] / x[i] != *ratio)
			return false;
		*ratio = y[i] / x[i];
	}
	return isfinite(*ratio);
}

/* The jackknife's standard error: the ratio with one replication left out, for each. NaN where leaving one out leaves nothing. */
static double interval_jackknife(const double *y, const double *x, size_t n, double sum_y, double sum_x, size_t known)
{
	double mean = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		if (interval_pair_known(y, x, i))
			mean += (sum_y - y[i]) / (sum_x - x[i]) / (double)known;
	for (size_t i = 0; i < n; i++) {
		if (!interval_pair_known(y, x, i))
			continue;
		double away = (sum_y - y[i]) / (sum_x - x[i]) - mean;
		squares += away * away;
	}
	return sqrt(squares * (double)(known - 1) / (double)known);
}

struct interval interval_of_ratio(const double *y, const double *x, size_t n, double level)
{
	assert((y != NULL && x != NULL) || n == 0);
	double sum_y = 0, sum_x = 0;
	size_t known = 0;
	for (size_t i = 0; i < n; i++) {
		if (!interval_pair_known(y, x, i))
			continue;
		known++;
		sum_y += y[i];
		sum_x += x[i];
	}
	if (known == 0 || sum_x == 0)
		return INTERVAL_NONE;
	double ratio;
	if (interval_common_ratio(y, x, n, &ratio))
		return interval_around(ratio, known > 1 ? 0 : NAN, known, level);
	double error = known > 1 ? interval_jackknife(y, x, n, sum_y, sum_x, known) : NAN;
	return interval_around(sum_y / sum_x, error, known, level);
}

/* The standard error of the sections' quantiles around the pooled one, or of their logarithms; NaN where there are fewer than two. */
static double interval_spread(double pooled, const double *section, size_t n, bool logarithms, size_t *known)
{
	double squares = 0, centre = logarithms ? elementary_log(pooled) : pooled;
	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (isnan(section[i]))
			continue;
		double away = (logarithms ? elementary_log(section[i]) : section[i]) - centre;
		++*known;
		squares += away * away;
	}
	return *known > 1 ? sqrt(squares / (double)(*known - 1) / (double)*known) : NAN;
}

static bool interval_all_positive(double pooled, const double *section, size_t n)
{
	bool positive = pooled > 0 && isfinite(pooled);
	for (size_t i = 0; i < n; i++)
		positive = positive && !(section[i] <= 0);
	return positive;
}

struct interval interval_of_sections(double pooled, const double *section, size_t n, double level)
{
	assert(section != NULL || n == 0);
	size_t known;
	bool logarithms = interval_all_positive(pooled, section, n);
	double error = interval_spread(pooled, section, n, logarithms, &known);
	if (!logarithms || !isfinite(error))
		return interval_around(pooled, error, known, level);
	double factor = elementary_exp(interval_half(error, known, level));
	if (!isfinite(pooled * factor))
		return (struct interval){pooled, NAN, NAN};
	return (struct interval){pooled, pooled / factor, pooled * factor};
}

struct interval interval_within(struct interval i, double least, double most)
{
	assert(least <= most);
	if (interval_bounded(&i)) {
		i.low = fmin(fmax(i.low, least), most);
		i.high = fmin(fmax(i.high, least), most);
	}
	return i;
}
