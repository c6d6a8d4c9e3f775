#include "sim/distribution.h"

#include <assert.h>
#include <math.h>

#include "sim/elementary.h"
#include "sim/law.h"
#include "sim/normal.h"

const char *distribution_name(enum distribution_kind kind)
{
	static const char *const names[DISTRIBUTION_KINDS] = {
		[DISTRIBUTION_CONSTANT] = "constant",
		[DISTRIBUTION_UNIFORM] = "uniform",
		[DISTRIBUTION_EXPONENTIAL] = "exponential",
		[DISTRIBUTION_LOGNORMAL] = "lognormal",
		[DISTRIBUTION_GAMMA] = "gamma",
		[DISTRIBUTION_WEIBULL] = "weibull",
		[DISTRIBUTION_PARETO] = "pareto",
		[DISTRIBUTION_EMPIRICAL] = "empirical",
		[DISTRIBUTION_MIXTURE] = "mixture",
	};
	assert(kind >= 0 && kind < DISTRIBUTION_KINDS);
	return names[kind];
}

double distribution_lognormal_sigma(double median, double p, double value)
{
	assert(median > 0 && value > 0);
	assert(p > 0 && p < 1 && p != 0.5);
	return elementary_log(value / median) / normal_quantile(p, 1 - p);
}

/* Mean and variance of a mixture from those of its parts: the variance within parts and between them. */
static void distribution_mixture_moments(const struct distribution *d, double *mean, double *variance)
{
	double weight = 0, sum = 0, within = 0, between = 0;
	for (size_t i = 0; i < d->part_count; i++) {
		weight += d->weights[i];
		sum += d->weights[i] * distribution_mean(&d->parts[i]);
	}
	assert(weight > 0);
	*mean = sum / weight;
	*variance = INFINITY;
	if (!isfinite(*mean))
		return;
	for (size_t i = 0; i < d->part_count; i++) {
		double away = distribution_mean(&d->parts[i]) - *mean;
		within += d->weights[i] * distribution_variance(&d->parts[i]);
		between += d->weights[i] * away * away;
	}
	*variance = (within + between) / weight;
}

static double distribution_samples_mean(const struct distribution *d)
{
	assert(d->sample_count > 0);
	double sum = 0;
	for (size_t i = 0; i < d->sample_count; i++)
		sum += d->samples[i];
	return sum / (double)d->sample_count;
}

static double distribution_samples_variance(const struct distribution *d)
{
	double mean = distribution_samples_mean(d), sum = 0;
	for (size_t i = 0; i < d->sample_count; i++)
		sum += (d->samples[i] - mean) * (d->samples[i] - mean);
	return sum / (double)d->sample_count;
}

double distribution_mean(const struct distribution *d)
{
	double mean, variance;
	switch (d->kind) {
	case DISTRIBUTION_UNIFORM: return d->a + (d->b - d->a) / 2;
	case DISTRIBUTION_LOGNORMAL: return d->a > 0 ? d->a * elementary_exp(d->b * d->b / 2) : 0;
	case DISTRIBUTION_PARETO: return d->a == 0 ? 0 : d->b > 1 ? d->a * d->b / (d->b - 1) : INFINITY;
	case DISTRIBUTION_EMPIRICAL: return distribution_samples_mean(d);
	case DISTRIBUTION_MIXTURE: distribution_mixture_moments(d, &mean, &variance); return mean;
	default: assert(d->kind < DISTRIBUTION_KINDS); return d->a;
	}
}

double distribution_variance(const struct distribution *d)
{
	double mean, variance;
	switch (d->kind) {
	case DISTRIBUTION_CONSTANT: return 0;
	case DISTRIBUTION_UNIFORM: return (d->b - d->a) * (d->b - d->a) / 12;
	case DISTRIBUTION_EXPONENTIAL: return d->a * d->a;
	case DISTRIBUTION_LOGNORMAL: mean = distribution_mean(d); return mean > 0 ? mean * mean * elementary_expm1(d->b * d->b) : 0;
	case DISTRIBUTION_PARETO:
		if (d->a == 0 || d->b <= 2)
			return d->a == 0 ? 0 : INFINITY;
		return d->a * d->a * d->b / ((d->b - 1) * (d->b - 1) * (d->b - 2));
	case DISTRIBUTION_EMPIRICAL: return distribution_samples_variance(d);
	case DISTRIBUTION_MIXTURE: distribution_mixture_moments(d, &mean, &variance); return variance;
	default: assert(d->kind == DISTRIBUTION_GAMMA || d->kind == DISTRIBUTION_WEIBULL); return d->a * d->b * d->a * d->b;
	}
}

double distribution_cdf(const struct distribution *d, double x)
{
	struct law l;
	law_init(&l, d);
	double p = law_tails(&l, x).lower;
	law_fini(&l);
	assert(p >= 0 && p <= 1 + 1e-12);
	return p < 1 ? p : 1;
}

double distribution_quantile(const struct distribution *d, double p, double q)
{
	assert(fabs(p + q - 1) < 1e-9);
	struct law l;
	law_init(&l, d);
	double x = law_quantile(&l, p, q);
	law_fini(&l);
	return x;
}
