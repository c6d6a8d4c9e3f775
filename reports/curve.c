#include "reports/curve.h"

#include <math.h>

#include "reports/coarse.h"
#include "sim/base/memory.h"

enum { CURVE_BUCKETS = 96, CURVE_FINEST = 32 };

static const double CURVE_SMALLEST_MS = 1e-6; /* a logarithmic axis has no 0: one nanosecond */

static double join(const struct report_series *s, size_t from, size_t to, enum curve_join how)
{
	double sum = 0, most = NAN;
	size_t n = 0;
	for (size_t i = from; i < to && i < s->count; i++) {
		if (isnan(s->values[i]))
			continue;
		sum += s->values[i];
		most = fmax(most, s->values[i]);
		n++;
	}
	return how == CURVE_LARGEST ? most : n > 0 ? sum / (double)n : NAN;
}

struct curve curve_series(const struct report_series *s, size_t most, enum curve_join how, double factor)
{
	struct curve c = {0};
	if (s == NULL || s->count == 0)
		return c;
	size_t step = (s->count + most - 1) / most;
	c.count = (s->count + step - 1) / step;
	c.x = MEMORY_ARRAY(c.count, double);
	c.y = MEMORY_ARRAY(c.count, double);
	for (size_t i = 0; i < c.count; i++) {
		c.x[i] = (double)(i * step) * simtime_s(s->period);
		c.y[i] = factor * join(s, i * step, (i + 1) * step, how);
	}
	return c;
}

/* --- outlines ---------------------------------------------------------------------------------------------------------------- */

struct outline {
	struct curve curve;
	size_t capacity;
	double total;
	int64_t next; /* the value after the last bucket */
};

static void outline_point(struct outline *o, double ns, double y)
{
	size_t count = o->curve.count;
	if (count == o->capacity) {
		o->capacity = o->capacity ? 2 * o->capacity : 64;
		o->curve.x = memory_grow(o->curve.x, o->capacity, sizeof *o->curve.x);
		o->curve.y = memory_grow(o->curve.y, o->capacity, sizeof *o->curve.y);
	}
	o->curve.x[count] = fmax(ns / 1e6, CURVE_SMALLEST_MS);
	o->curve.y[count] = y;
	o->curve.count++;
}

static void outline_bucket(void *ctx, const struct coarse_bucket *b)
{
	struct outline *o = ctx;
	double low = fmax((double)b->low, 1), high = fmax((double)b->high + 1, low + 1);
	double y = (double)b->count / o->total / log2(high / low);
	if (b->low > o->next || o->curve.count == 0) {
		if (o->curve.count > 0)
			outline_point(o, (double)o->next, 0);
		outline_point(o, low, 0);
	}
	outline_point(o, low, y);
	outline_point(o, high, y);
	o->next = b->high + 1;
}

static int outline_fineness(const struct histogram *h)
{
	double octaves = log2(fmax((double)h->largest, 1) / fmax((double)h->smallest, 1)) + 1;
	double most = fmin(CURVE_BUCKETS, 2 * sqrt((double)h->count)); /* more would show the sample, not the distribution */
	int per_octave = CURVE_FINEST;
	while (per_octave > 1 && per_octave * octaves > most)
		per_octave /= 2;
	return per_octave;
}

struct curve curve_outline(const struct histogram *h, double unit)
{
	struct outline o = {0};
	if (h == NULL || h->count == 0)
		return o.curve;
	o.total = (double)h->count;
	coarse_each(h, outline_fineness(h), outline_bucket, &o);
	outline_point(&o, (double)o.next, 0);
	double most = curve_largest(&o.curve);
	for (size_t i = 0; i < o.curve.count && unit > 0 && most > 0; i++)
		o.curve.y[i] *= unit / most;
	return o.curve;
}

/* --- percentiles ------------------------------------------------------------------------------------------------------------- */

double curve_nines(const struct histogram *h)
{
	return h != NULL && h->count > 0 ? log10((double)h->count) : 0;
}

/* Percentiles begin at p10: below it is the rare luck of the fastest, which would take most of a logarithmic axis. */
static const double CURVE_FIRST_NINES = 0.045757490560675115;

struct curve curve_percentiles(const struct histogram *h, double end, size_t count)
{
	struct curve c = {MEMORY_ARRAY(count, double), MEMORY_ARRAY(count, double), count};
	double own = curve_nines(h);
	end = fmax(end, 1);
	for (size_t i = 0; i < count; i++) {
		double nines = CURVE_FIRST_NINES + (count > 1 ? (end - CURVE_FIRST_NINES) * (double)i / (double)(count - 1) : 0);
		bool there = h != NULL && h->count > 0 && nines <= own + 1e-9;
		c.x[i] = nines;
		c.y[i] = there ? fmax((double)histogram_quantile(h, 1 - pow(10, -nines)) / 1e6, CURVE_SMALLEST_MS) : NAN;
	}
	return c;
}

double curve_largest(const struct curve *c)
{
	double most = 0;
	for (size_t i = 0; i < c->count; i++)
		most = fmax(most, c->y[i]);
	return most;
}

void curve_fini(struct curve *c)
{
	memory_free(c->x);
	memory_free(c->y);
	*c = (struct curve){0};
}

double curve_time_unit(double seconds, const char **name)
{
	static const struct {
		double least, unit;
		const char *name;
	} units[] = {{2 * 86400.0, 86400, "d"}, {2 * 3600.0, 3600, "h"}, {2 * 60.0, 60, "min"}, {0, 1, "s"}};
	size_t i = 0;
	while (seconds < units[i].least)
		i++;
	*name = units[i].name;
	return units[i].unit;
}
