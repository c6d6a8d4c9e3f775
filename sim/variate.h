/* variate: a distribution compiled for drawing: one random word in, one value out, by inversion, in a few nanoseconds.
 *
 * Inversion keeps common random numbers: a larger word never gives a smaller value, in any distribution. Smooth distributions
 * become a monotone cubic quantile table (qtable.h) with cells fine in relative tail probability on both sides; its largest
 * relative error is measured when it is compiled and kept in `error_bound`. Empirical ones index their sorted samples; mixtures of
 * constants and samples alone become steps, exact to 2^-52 in probability. */
#ifndef SIM_VARIATE_H
#define SIM_VARIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/distribution.h"
#include "sim/qtable.h"
#include "sim/simtime.h"

enum variate_kind { VARIATE_CONSTANT, VARIATE_TABLE, VARIATE_SAMPLES, VARIATE_STEPS };

struct variate_steps; /* private */

struct variate {
	enum variate_kind kind;
	double value;               /* constant */
	const struct qtable *table; /* in the arena */
	const double *samples;      /* in the arena */
	size_t sample_count;
	const struct variate_steps *steps; /* in the arena */
	double mean;                       /* of the distribution; may be infinite */
	double error_bound;                /* relative; 0 for constants, samples and steps; see qtable.h */
};

/* Compiles `d` into `v`; tables go into `a`, which must outlive `v`, as must the samples of `d`. Immutable afterwards, so threads
 * may share it. Takes about a millisecond (gamma 10, mixtures 100). Values are clipped to +-2^1000. */
void variate_compile(struct variate *v, const struct distribution *d, struct arena *a);

double variate__step(const struct variate_steps *steps, uint64_t word);

static inline double variate_value(const struct variate *v, uint64_t word)
{
	if (v->kind == VARIATE_CONSTANT)
		return v->value;
	if (v->kind == VARIATE_TABLE)
		return qtable_value(v->table, word);
	if (v->kind == VARIATE_STEPS)
		return variate__step(v->steps, word);
	return v->samples[((unsigned __int128)word * v->sample_count) >> 64];
}

/* For distributions of nanoseconds: rounded to the nearest, never negative. */
static inline simtime variate_time(const struct variate *v, uint64_t word)
{
	return simtime_from_ns(variate_value(v, word));
}

/* The same for `count` words; the kind is looked at once. */
static inline void variate_values(const struct variate *v, const uint64_t *words, size_t count, double *out)
{
	if (v->kind == VARIATE_TABLE) {
		qtable_values(v->table, words, count, out);
		return;
	}
	for (size_t i = 0; i < count; i++)
		out[i] = variate_value(v, words[i]);
}

#endif
