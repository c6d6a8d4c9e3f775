#include "models/cost/recordfit.h"

#include <assert.h>

/* Sums over the points of weight / mean^2, times 1, n, n^2, y and n y. */
struct sums {
	double one, n, nn, y, ny;
};

/* Below this a mean is nothing that could be measured (nanoseconds, bytes); it keeps the weights finite. */
static const double least = 1;

static struct sums sums_of(const struct record_point *points, size_t count)
{
	struct sums s = {0};
	for (size_t i = 0; i < count; i++) {
		const struct record_point *p = &points[i];
		assert(p->records >= 1 && p->mean >= 0 && p->weight > 0);
		double scale = p->mean > least ? p->mean : least, w = p->weight / (scale * scale);
		s.one += w;
		s.n += w * p->records;
		s.nn += w * p->records * p->records;
		s.y += w * p->mean;
		s.ny += w * p->records * p->mean;
	}
	return s;
}

struct record_fit record_fit_of(const struct record_point *points, size_t count)
{
	struct sums s = sums_of(points, count);
	struct record_fit flat = {count ? s.y / s.one : 0, 0}, steep = {0, count ? s.ny / s.nn : 0};
	double determinant = s.one * s.nn - s.n * s.n;
	if (count < 2 || determinant <= 0)
		return flat;
	struct record_fit f = {(s.y * s.nn - s.n * s.ny) / determinant, (s.one * s.ny - s.n * s.y) / determinant};
	if (f.each < 0)
		return flat;
	return f.base < 0 ? steep : f;
}

double record_fit_scale(const struct record_fit *f, double value, double from, double to)
{
	double measured = record_fit_at(f, from);
	return measured > 0 ? value * record_fit_at(f, to) / measured : value;
}

double record_fit_shift(const struct record_fit *f, double value, double from, double to)
{
	double shifted = value + f->each * (to - from);
	return shifted > 0 ? shifted : 0;
}
