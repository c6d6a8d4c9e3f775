#include "sim/qtable.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "sim/base/memory.h"
#include "sim/base/wide.h"

enum {
	QTABLE_BITS_LEAST = 1,  /* cells of an octave: from 2 */
	QTABLE_BITS_MOST = 8,   /* to 256 */
	QTABLE_BITS_UNEVEN = 5, /* where even 256 equal cells are not fine enough: 32, and the coarse ones are cut again */
	QTABLE_BITS_FINER = 3,  /* into 8, and these again */
	QTABLE_DEPTH_BITS = 26, /* until a cell is 2^-26 of its octave */
	QTABLE_CELLS_MOST = 1 << 16
};

static const double QTABLE_TARGET = 0x1p-22;    /* relative error at which a cell is fine enough */
static const double QTABLE_FLOOR = 0x1p-30;     /* of the scale: smaller values need no relative precision */
static const double QTABLE_STEEPNESS = 0x1p-16; /* least slope of a cubic, relative to its coefficients (see qtable_cubic_rises) */

/* Where a cubic meets the quantile function between the ends, and where its error peaks: of all cubics through both ends, the
 * largest |t (t - a) (t - 1 + a) (t - 1)| is least for a = 1 - 1/sqrt(2); its peaks are 1/2 and 1/2 -+ sqrt(a/2) to these
 * digits. */
static const double QTABLE_NODE = 0.2928932188134524;
static const double QTABLE_PEAK[3] = {0.1173165676349102, 0.5, 0.8826834323650898};

struct qtable_builder {
	qtable_quantile *quantile;
	const void *ctx;
	double floor;
	struct qtable_cell *cells;
	size_t cell_count, cell_capacity;
	struct qtable_cut *finer;
	size_t finer_count, finer_capacity;
	double error;
	bool upper; /* the side under construction */
};

static struct qtable_cut qtable_cut(uint32_t first, int bits, bool uneven)
{
	return (struct qtable_cut){first | (uint64_t)bits << 32 | (uint64_t)uneven << 63};
}

/* A stretch of tail probability from v to v + width, and how many times an octave was halved to come to it. */
struct qtable_stretch {
	double v, width;
	int halvings;
	double y0, y1; /* the values at its ends */
};

static double qtable_at(const struct qtable_builder *b, double v)
{
	double y = b->upper ? b->quantile(b->ctx, 1 - v, v) : b->quantile(b->ctx, v, 1 - v);
	assert(isfinite(y));
	return y;
}

/* The value at v, kept between those of the ends, which a noisy last bit might leave. */
static double qtable_between(const struct qtable_builder *b, double v, double y0, double y1)
{
	double y = qtable_at(b, v), low = y0 < y1 ? y0 : y1, high = y0 < y1 ? y1 : y0;
	return y < low ? low : y > high ? high : y;
}

/* The polynomial through (0, y0), (a, ya), (1 - a, yb), (1, y1): divided differences, then powers of t. */
static struct qtable_cell qtable_cubic_through(double y0, double ya, double yb, double y1)
{
	double a = QTABLE_NODE, c = 1 - a;
	double d1 = (ya - y0) / a, d2 = (yb - ya) / (c - a), d3 = (y1 - yb) / (1 - c);
	double e1 = (d2 - d1) / c, e2 = (d3 - d2) / (1 - a);
	double f = e2 - e1;
	/* y0 + t (d1 + (t - a) (e1 + (t - c) f)), and the linear coefficient such that t = 1 gives y1 */
	double c3 = f, c2 = e1 - (a + c) * f;
	return (struct qtable_cell){{y0, (y1 - y0) - (c2 + c3), c2, c3}};
}

/* Whether the computed cubic keeps rising (or falling) in each of 2^32 steps. A step changes it by at least 2^-32 of the smallest
 * slope; rounding, of the polynomial without c[0], is below 8 x 2^-53 of the sum of the |coefficients|. A ratio of 2^-16 leaves a
 * factor of 4 between the two. Adding c[0] at last is one rounding of a monotone quantity, hence monotone. */
static bool qtable_cubic_rises(const struct qtable_cell *cell)
{
	double c1 = cell->c[1], c2 = cell->c[2], c3 = cell->c[3];
	double sum = fabs(c1) + fabs(c2) + fabs(c3), sign = c1 < 0 ? -1 : 1;
	double least = sign * c1, end = sign * (c1 + 2 * c2 + 3 * c3);
	if (end < least)
		least = end;
	double turn = c3 != 0 ? -c2 / (3 * c3) : -1; /* where the slope is extreme */
	if (turn > 0 && turn < 1) {
		double middle = sign * (c1 + turn * (2 * c2 + turn * 3 * c3));
		if (middle < least)
			least = middle;
	}
	return sum > 0x1p-900 && least >= QTABLE_STEEPNESS * sum; /* subnormal coefficients would round too coarsely */
}

static struct qtable_cell qtable_line(double y0, double y1)
{
	return (struct qtable_cell){{y0, y1 - y0, 0, 0}};
}

static double qtable_relative(const struct qtable_builder *b, double got, double want)
{
	double size = fabs(want) > b->floor ? fabs(want) : b->floor;
	return fabs(got - want) / size;
}

/* The largest error of a cell at the three points where a cubic's is largest, and what the 2^32 steps through it add. */
static double qtable_cell_error(const struct qtable_builder *b, const struct qtable_stretch *s, const struct qtable_cell *cell)
{
	double worst = 0, step = 0x1p-32 * qtable_relative(b, s->y0, s->y1);
	for (int i = 0; i < 3; i++) {
		double got = qtable__cubic(cell, (uint64_t)(QTABLE_PEAK[i] * 0x1p64));
		double error = qtable_relative(b, got, qtable_at(b, s->v + s->width * QTABLE_PEAK[i]));
		if (error > worst)
			worst = error;
	}
	return worst + step;
}

/* The better of cubic and line over a stretch; returns its error. */
static double qtable_fit(const struct qtable_builder *b, const struct qtable_stretch *s, struct qtable_cell *cell)
{
	*cell = qtable_line(s->y0, s->y1);
	if (qtable_relative(b, s->y0, s->y1) <= 0x1p-45)
		return 0x1p-45; /* too flat for a cubic to matter, or to be monotone in its last bits */
	double ya = qtable_between(b, s->v + s->width * QTABLE_NODE, s->y0, s->y1);
	double yb = qtable_between(b, s->v + s->width * (1 - QTABLE_NODE), s->y0, s->y1);
	struct qtable_cell cubic = qtable_cubic_through(s->y0, ya, yb, s->y1);
	if (qtable_cubic_rises(&cubic))
		*cell = cubic;
	return qtable_cell_error(b, s, cell);
}

static uint32_t qtable_room(struct qtable_builder *b, int bits)
{
	uint32_t first = (uint32_t)b->cell_count;
	for (int i = 0; i < 1 << bits; i++) {
		MEMORY_ROOM(b->cells, b->cell_count, b->cell_capacity);
		b->cells[b->cell_count++] = (struct qtable_cell){{0}};
	}
	return first;
}

/* Cuts a stretch into 2^bits cells, from index `first` on, and fits each. One that is not fine enough is cut again where `again` is
 * set, else it ends the attempt. Returns whether the attempt came through; *worst becomes at least the largest error. */
static bool qtable_fill(struct qtable_builder *b, const struct qtable_stretch *s, int bits, uint32_t first, bool again,
                        double *worst);

/* A cell whose cubic is too coarse: cut again, unless it is so narrow already that it is a jump, or the table is large enough. */
static void qtable_cut_again(struct qtable_builder *b, const struct qtable_stretch *s, uint32_t index, double error, double *worst)
{
	if (s->halvings + QTABLE_BITS_FINER > QTABLE_DEPTH_BITS)
		return;
	if (b->cell_count > QTABLE_CELLS_MOST) {
		*worst = fmax(*worst, error);
		return;
	}
	uint32_t cut = (uint32_t)b->finer_count, first = qtable_room(b, QTABLE_BITS_FINER);
	MEMORY_ROOM(b->finer, b->finer_count, b->finer_capacity);
	b->finer[b->finer_count++] = qtable_cut(first, QTABLE_BITS_FINER, true);
	b->cells[index] = (struct qtable_cell){{cut, 0, 0, NAN}};
	qtable_fill(b, s, QTABLE_BITS_FINER, first, true, worst);
}

static bool qtable_fill(struct qtable_builder *b, const struct qtable_stretch *s, int bits, uint32_t first, bool again,
                        double *worst)
{
	int count = 1 << bits;
	struct qtable_stretch part = {.width = s->width / count, .halvings = s->halvings + bits, .y1 = s->y0};
	for (int i = 0; i < count; i++) {
		part.v = s->v + i * part.width;
		part.y0 = part.y1;
		part.y1 = i + 1 < count ? qtable_between(b, part.v + part.width, part.y0, s->y1) : s->y1;
		struct qtable_cell cell;
		double error = qtable_fit(b, &part, &cell);
		b->cells[first + (uint32_t)i] = cell;
		if (error <= QTABLE_TARGET)
			*worst = fmax(*worst, error);
		else if (again)
			qtable_cut_again(b, &part, first + (uint32_t)i, error, worst);
		else
			return false;
	}
	return true;
}

/* One octave: as few equal cells as are fine enough, tried from `bits` on; else unequal ones. */
static struct qtable_cut qtable_octave(struct qtable_builder *b, const struct qtable_stretch *s, int bits)
{
	assert(bits >= QTABLE_BITS_LEAST && bits <= QTABLE_BITS_MOST);
	size_t before = b->cell_count;
	for (; bits <= QTABLE_BITS_MOST; bits++) {
		double worst = 0;
		b->cell_count = before;
		uint32_t first = qtable_room(b, bits);
		if (qtable_fill(b, s, bits, first, false, &worst)) {
			b->error = fmax(b->error, worst);
			return qtable_cut(first, bits, false);
		}
	}
	b->cell_count = before;
	uint32_t first = qtable_room(b, QTABLE_BITS_UNEVEN);
	qtable_fill(b, s, QTABLE_BITS_UNEVEN, first, true, &b->error);
	return qtable_cut(first, QTABLE_BITS_UNEVEN, true);
}

/* One side, from the median outward, so that values are kept in order there too. */
static void qtable_side(struct qtable_builder *b, struct qtable *t, bool upper, double median)
{
	b->upper = upper;
	double nearer = median, v = 0.25;
	int bits = QTABLE_BITS_LEAST;
	for (int i = 0; i < QTABLE_OCTAVES; i++, v /= 2) {
		double y = qtable_at(b, v);
		double farther = upper ? fmax(y, nearer) : fmin(y, nearer);
		struct qtable_stretch octave = {.v = v, .width = v, .y0 = farther, .y1 = nearer};
		struct qtable_cut cut = t->octave[upper * QTABLE_OCTAVES + i] = qtable_octave(b, &octave, bits);
		bits = qtable__cut_again(cut) ? QTABLE_BITS_LEAST : (int)qtable__bits(cut);
		bits = bits > QTABLE_BITS_LEAST ? bits - 1 : bits;
		nearer = farther;
	}
}

const struct qtable *qtable_compile(qtable_quantile *quantile, const void *ctx, double scale, struct arena *a)
{
	assert(quantile != NULL && a != NULL);
	assert(scale > 0 && isfinite(scale));
	struct qtable_builder b = {.quantile = quantile, .ctx = ctx, .floor = scale * QTABLE_FLOOR};
	struct qtable *t = ARENA_NEW(a, struct qtable);
	double median = quantile(ctx, 0.5, 0.5);
	qtable_side(&b, t, false, median);
	qtable_side(&b, t, true, median);
	t->cell_count = b.cell_count;
	t->finer_count = b.finer_count;
	t->cells = ARENA_ARRAY(a, t->cell_count, struct qtable_cell);
	t->finer = ARENA_ARRAY(a, t->finer_count, struct qtable_cut);
	memcpy(t->cells, b.cells, t->cell_count * sizeof t->cells[0]);
	if (t->finer_count)
		memcpy(t->finer, b.finer, t->finer_count * sizeof t->finer[0]);
	t->error_bound = b.error;
	memory_free(b.cells);
	memory_free(b.finer);
	return t;
}

double qtable__uneven(const struct qtable *t, struct qtable_cut cut, uint64_t fraction)
{
	for (;;) {
		const struct qtable_cell *cell = &t->cells[qtable__first(cut) + (fraction >> 1 >> (63 - qtable__bits(cut)))];
		fraction <<= qtable__bits(cut);
		if (!isnan(cell->c[3]))
			return qtable__cubic(cell, fraction);
		assert(cell->c[0] < (double)t->finer_count);
		cut = t->finer[(size_t)cell->c[0]];
	}
}

/* --- many at a time -------------------------------------------------------------------------------------------------------------- */

/* qtable_value for all, as if no cell were cut again; returns whether one was, and its value is then wrong. No branch and no call, so that
 * the compiler can do several at once. */
WIDE_CLONES static bool qtable_even_values(const struct qtable *t, const uint64_t *restrict words, size_t count,
                                           double *restrict out)
{
	const struct qtable_cut *octaves = t->octave;
	const struct qtable_cell *cells = t->cells;
	uint64_t uneven = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t upper = words[i] >> 63, r = (words[i] ^ -upper) << 1 | 1;
		uint64_t octave = (uint64_t)__builtin_clzll(r), fraction = r << octave << 1;
		uint64_t cut = octaves[upper * QTABLE_OCTAVES + octave].word, bits = cut >> 32 & 63;
		const double *c = cells[(cut & UINT32_MAX) + (fraction >> 1 >> (63 - bits))].c;
		uint64_t one_and_t = 0x3ff0000000000000u | fraction << bits >> 32 << 20;
		double x;
		memcpy(&x, &one_and_t, sizeof x);
		x -= 1;
		out[i] = c[0] + (x * c[1] + x * x * (c[2] + x * c[3]));
		uneven |= cut;
	}
	return uneven >> 63;
}

void qtable_values(const struct qtable *t, const uint64_t *words, size_t count, double *out)
{
	if (qtable_even_values(t, words, count, out))
		for (size_t i = 0; i < count; i++)
			out[i] = qtable_value(t, words[i]);
}
