#include "reports/coarse.h"

#include <assert.h>

struct coarse {
	struct coarse_bucket bucket; /* being gathered; count 0: none */
	int per_octave;
	void (*each)(void *ctx, const struct coarse_bucket *b);
	void *ctx;
};

static void coarse_flush(struct coarse *c)
{
	if (c->bucket.count == 0)
		return;
	c->bucket.cumulative += c->bucket.count;
	c->each(c->ctx, &c->bucket);
	c->bucket.count = 0;
}

/* The first and the last value of the coarse bucket that holds `value`. */
static void coarse_bounds(int64_t value, int per_octave, int64_t *low, int64_t *high)
{
	*low = *high = value;
	if (value < per_octave)
		return;
	int shift = 63 - __builtin_clzll((uint64_t)value) - __builtin_ctz((unsigned)per_octave);
	int64_t within = (int64_t)((UINT64_C(1) << shift) - 1);
	*low = value & ~within;
	*high = value | within;
}

static void coarse_add(void *ctx, int64_t low, int64_t high, uint64_t count)
{
	struct coarse *c = ctx;
	if (c->bucket.count > 0 && low > c->bucket.high)
		coarse_flush(c);
	if (c->bucket.count == 0)
		coarse_bounds(low, c->per_octave, &c->bucket.low, &c->bucket.high);
	assert(high <= c->bucket.high);
	(void)high;
	c->bucket.count += count;
}

void coarse_each(const struct histogram *h, int per_octave, void (*each)(void *ctx, const struct coarse_bucket *b), void *ctx)
{
	assert(per_octave > 0 && per_octave <= HISTOGRAM_SUB && (per_octave & (per_octave - 1)) == 0);
	struct coarse c = {.per_octave = per_octave, .each = each, .ctx = ctx};
	histogram_each(h, coarse_add, &c);
	coarse_flush(&c);
}
