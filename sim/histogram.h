/* histogram: counts of non-negative 64-bit values in log-linear buckets (the layout of HDR histograms).
 *
 * 256 buckets to an octave: a quantile is within 1/256 of the truth; smallest, largest, count and sum are exact. While there are at
 * most HISTOGRAM_EXACT values all of them are kept and quantiles are exact. Merging is addition, so the order of merging, and with
 * it the number of threads, cannot show. Octaves are allocated when first used; counts are 32 bits with a spill into 64. */
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/base/textbuf.h"

enum {
	HISTOGRAM_SUB_BITS = 8,
	HISTOGRAM_SUB = 1 << HISTOGRAM_SUB_BITS,
	HISTOGRAM_OCTAVES = 64 - HISTOGRAM_SUB_BITS, /* octave 0 holds 0 .. 255 one by one */
	HISTOGRAM_EXACT = 1024
};

/* `{0}` is a valid empty histogram. The fields are private; they stand here because adding is inline. */
struct histogram {
	uint64_t count;
	int64_t smallest, largest;
	unsigned __int128 sum;
	uint32_t *octave[HISTOGRAM_OCTAVES]; /* owned; NULL until used */
	uint64_t *spill[HISTOGRAM_OCTAVES];  /* owned; multiples of 2^32; NULL until one overflows */
	int64_t *exact;                      /* owned; all values while count <= HISTOGRAM_EXACT, meaningless beyond */
	uint32_t exact_capacity;
};

void histogram__octave(struct histogram *h, unsigned octave);                /* allocates */
void histogram__spill(struct histogram *h, unsigned octave, unsigned index); /* carries 2^32 */
void histogram__first(struct histogram *h, int64_t value);                   /* keeps an exact value */

static inline unsigned histogram__octave_of(int64_t value)
{
	return (unsigned)(64 - __builtin_clzll((uint64_t)value | (HISTOGRAM_SUB - 1))) - HISTOGRAM_SUB_BITS;
}

static inline void histogram__count(struct histogram *h, int64_t value)
{
	unsigned octave = histogram__octave_of(value);
	unsigned index = (unsigned)((uint64_t)value >> (octave - (octave > 0))) & (HISTOGRAM_SUB - 1);
	uint32_t *counts = h->octave[octave];
	if (__builtin_expect(counts == NULL, 0)) {
		histogram__octave(h, octave);
		counts = h->octave[octave];
	}
	if (__builtin_expect(++counts[index] == 0, 0))
		histogram__spill(h, octave, index);
	h->count++;
	h->sum += (uint64_t)value;
}

/* Adds one value; negative values count as 0. */
static inline void histogram_add(struct histogram *h, int64_t value)
{
	value = value < 0 ? 0 : value;
	if (__builtin_expect(h->count < HISTOGRAM_EXACT, 0))
		histogram__first(h, value);
	if (value < h->smallest)
		h->smallest = value;
	if (value > h->largest)
		h->largest = value;
	histogram__count(h, value);
}

/* Adds `count` values, none negative: cheaper than one by one. */
void histogram_add_all(struct histogram *h, const int64_t *values, size_t count);

void histogram_merge(struct histogram *into, const struct histogram *from);
void histogram_clear(struct histogram *h); /* empty again; keeps the memory */
void histogram_fini(struct histogram *h);

double histogram_mean(const struct histogram *h); /* exact sum / count; NaN when empty */

/* The smallest recorded value (or, past HISTOGRAM_EXACT values, its place in its bucket if they lie evenly there) v with P(X <= v) >= p, 0 <= p <= 1; clipped to [smallest, largest]. -1
 * when empty. */
int64_t histogram_quantile(const struct histogram *h, double p);

/* How many values lie above `value` (a bucket that holds `value` counts in proportion, rounded). */
uint64_t histogram_above(const struct histogram *h, int64_t value);

/* Calls `each` for every non-empty bucket from low to high: values in [low, high] (inclusive), `count` of them. */
void histogram_each(const struct histogram *h, void (*each)(void *ctx, int64_t low, int64_t high, uint64_t count), void *ctx);

/* A compact, versioned byte form (sparse, varints, a checksum), and back. The bytes depend on the multiset of values alone, and a
 * small sample stays exact. Reading replaces what `h` (a valid histogram) held; it checks everything and on any damage fails with
 * ERROR_INPUT and leaves `h` empty. */
void histogram_write(const struct histogram *h, struct textbuf *out);
int histogram_read(struct histogram *h, const void *bytes, size_t length, struct error *e);

#endif
