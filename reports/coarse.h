/* coarse: a histogram's buckets gathered into fewer, for tables and charts. */
#ifndef REPORTS_COARSE_H
#define REPORTS_COARSE_H

#include <stdint.h>

#include "sim/histogram.h"

struct coarse_bucket {
	int64_t low, high;   /* ns, both included */
	uint64_t count;      /* at least 1 */
	uint64_t cumulative; /* values up to high */
};

/* Calls `each` for every bucket that holds something, from low to high. `per_octave` buckets divide an octave evenly; a power of two, at
 * most HISTOGRAM_SUB, so that a fine bucket never straddles two coarse ones. */
void coarse_each(const struct histogram *h, int per_octave, void (*each)(void *ctx, const struct coarse_bucket *b), void *ctx);

#endif
