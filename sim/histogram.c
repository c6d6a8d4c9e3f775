#include "sim/histogram.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

enum { HISTOGRAM_EXACT_FIRST = 16 };

/* A bucket by its number, octave x HISTOGRAM_SUB + index: the values from low to high. */
struct histogram_bucket {
	int64_t low, high;
};

static struct histogram_bucket histogram_bucket(unsigned octave, unsigned index)
{
	assert(octave < HISTOGRAM_OCTAVES && index < HISTOGRAM_SUB);
	if (octave == 0)
		return (struct histogram_bucket){index, index};
	unsigned shift = octave - 1;
	int64_t low = (int64_t)((uint64_t)(HISTOGRAM_SUB + index) << shift);
	return (struct histogram_bucket){low, low + (int64_t)(((uint64_t)1 << shift) - 1)};
}

static uint64_t histogram_bucket_count(const struct histogram *h, unsigned octave, unsigned index)
{
	uint64_t count = h->octave[octave][index];
	return h->spill[octave] ? count + h->spill[octave][index] : count;
}

void histogram__octave(struct histogram *h, unsigned octave)
{
	assert(octave < HISTOGRAM_OCTAVES);
	assert(h->octave[octave] == NULL);
	h->octave[octave] = MEMORY_ARRAY(HISTOGRAM_SUB, uint32_t);
}

static void histogram_spill(struct histogram *h, unsigned octave, unsigned index, uint64_t amount)
{
	assert(octave < HISTOGRAM_OCTAVES && index < HISTOGRAM_SUB);
	assert((amount & UINT32_MAX) == 0);
	if (h->spill[octave] == NULL)
		h->spill[octave] = MEMORY_ARRAY(HISTOGRAM_SUB, uint64_t);
	h->spill[octave][index] += amount;
}

void histogram__spill(struct histogram *h, unsigned octave, unsigned index)
{
	histogram_spill(h, octave, index, (uint64_t)1 << 32);
}

static void histogram_exact_room(struct histogram *h, uint64_t count)
{
	assert(count <= HISTOGRAM_EXACT);
	if (count <= h->exact_capacity)
		return;
	uint32_t capacity = h->exact_capacity ? h->exact_capacity : HISTOGRAM_EXACT_FIRST;
	while (capacity < count)
		capacity *= 2;
	h->exact = memory_grow(h->exact, capacity, sizeof h->exact[0]);
	h->exact_capacity = capacity;
}

void histogram__first(struct histogram *h, int64_t value)
{
	assert(h->count < HISTOGRAM_EXACT);
	assert(value >= 0);
	histogram_exact_room(h, h->count + 1);
	h->exact[h->count] = value;
	if (h->count == 0)
		h->smallest = h->largest = value;
}

void histogram_add_all(struct histogram *h, const int64_t *values, size_t count)
{
	size_t i = 0;
	for (; i < count && h->count < HISTOGRAM_EXACT; i++)
		histogram_add(h, values[i]);
	int64_t smallest = h->smallest, largest = h->largest;
	for (; i < count; i++) {
		assert(values[i] >= 0);
		smallest = values[i] < smallest ? values[i] : smallest;
		largest = values[i] > largest ? values[i] : largest;
		histogram__count(h, values[i]);
	}
	h->smallest = smallest;
	h->largest = largest;
}

static void histogram_add_many(struct histogram *h, unsigned octave, unsigned index, uint64_t count)
{
	if (h->octave[octave] == NULL)
		histogram__octave(h, octave);
	uint64_t sum = (uint64_t)h->octave[octave][index] + (count & UINT32_MAX);
	h->octave[octave][index] = (uint32_t)sum;
	uint64_t spill = (count & ~(uint64_t)UINT32_MAX) + (sum & ~(uint64_t)UINT32_MAX);
	if (spill)
		histogram_spill(h, octave, index, spill);
}

static void histogram_merge_octave(struct histogram *into, const struct histogram *from, unsigned octave)
{
	for (unsigned i = 0; i < HISTOGRAM_SUB; i++) {
		uint64_t count = histogram_bucket_count(from, octave, i);
		if (count)
			histogram_add_many(into, octave, i, count);
	}
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	assert(into != from);
	if (from->count == 0)
		return;
	assert(into->count <= UINT64_MAX - from->count);
	uint64_t count = into->count + from->count;
	if (count <= HISTOGRAM_EXACT) {
		histogram_exact_room(into, count);
		memcpy(into->exact + into->count, from->exact, from->count * sizeof into->exact[0]);
	}
	for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++)
		if (from->octave[octave])
			histogram_merge_octave(into, from, octave);
	if (into->count == 0 || from->smallest < into->smallest)
		into->smallest = from->smallest;
	if (from->largest > into->largest)
		into->largest = from->largest;
	into->count = count;
	into->sum += from->sum;
}

void histogram_clear(struct histogram *h)
{
	for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		if (h->octave[octave])
			memset(h->octave[octave], 0, HISTOGRAM_SUB * sizeof h->octave[octave][0]);
		if (h->spill[octave])
			memset(h->spill[octave], 0, HISTOGRAM_SUB * sizeof h->spill[octave][0]);
	}
	h->count = 0;
	h->smallest = h->largest = 0;
	h->sum = 0;
}

void histogram_fini(struct histogram *h)
{
	for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		memory_free(h->octave[octave]);
		memory_free(h->spill[octave]);
	}
	memory_free(h->exact);
	*h = (struct histogram){0};
}

double histogram_mean(const struct histogram *h)
{
	return h->count ? (double)h->sum / (double)h->count : NAN;
}

static int histogram_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Copies the exact values in ascending order; returns whether they are all there. */
static bool histogram_sorted(const struct histogram *h, int64_t sorted[HISTOGRAM_EXACT])
{
	if (h->count == 0 || h->count > HISTOGRAM_EXACT)
		return false;
	memcpy(sorted, h->exact, h->count * sizeof sorted[0]);
	qsort(sorted, h->count, sizeof sorted[0], histogram_compare);
	assert(sorted[0] == h->smallest && sorted[h->count - 1] == h->largest);
	return true;
}

/* The rank, from 1, of the smallest value with at least the share p at or below it. p x n is taken for a whole number where it is
 * one but for rounding: 0.07 x 100 is 7.000000000000001 in doubles, and means the seventh. */
static uint64_t histogram_rank(uint64_t count, double p)
{
	assert(p >= 0 && p <= 1);
	assert(count > 0);
	double exact = p * (double)count, whole = floor(exact);
	if (exact - whole > exact * 1e-15)
		whole += 1;
	if (whole < 1)
		return 1;
	return whole >= (double)count ? count : (uint64_t)whole;
}

static int64_t histogram_clip(const struct histogram *h, int64_t value)
{
	return value < h->smallest ? h->smallest : value > h->largest ? h->largest : value;
}

/* Where the value of rank `rank` of `count` in a bucket would lie if they were spread evenly over it. */
static int64_t histogram_inside(unsigned octave, unsigned index, uint64_t rank, uint64_t count)
{
	assert(rank >= 1 && rank <= count);
	struct histogram_bucket bucket = histogram_bucket(octave, index);
	unsigned __int128 width = (unsigned __int128)(bucket.high - bucket.low) + 1;
	return bucket.low + (int64_t)(width * (2 * (unsigned __int128)rank - 1) / (2 * (unsigned __int128)count));
}

/* The value of this rank, to within the width of the bucket that holds it. */
static int64_t histogram_at_rank(const struct histogram *h, uint64_t rank)
{
	uint64_t below = 0;
	for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		if (h->octave[octave] == NULL)
			continue;
		for (unsigned i = 0; i < HISTOGRAM_SUB; i++) {
			uint64_t count = histogram_bucket_count(h, octave, i);
			if (below + count >= rank)
				return histogram_clip(h, histogram_inside(octave, i, rank - below, count));
			below += count;
		}
	}
	assert(below == h->count);
	return h->largest;
}

int64_t histogram_quantile(const struct histogram *h, double p)
{
	if (h->count == 0)
		return -1;
	uint64_t rank = histogram_rank(h->count, p);
	if (rank == 1)
		return h->smallest;
	if (rank == h->count)
		return h->largest;
	int64_t sorted[HISTOGRAM_EXACT];
	return histogram_sorted(h, sorted) ? sorted[rank - 1] : histogram_at_rank(h, rank);
}

static uint64_t histogram_exact_above(const struct histogram *h, int64_t value)
{
	uint64_t above = 0;
	for (uint64_t i = 0; i < h->count; i++)
		above += h->exact[i] > value;
	return above;
}

/* How many of a bucket's values lie above `value`, which the bucket holds, if they are spread evenly. */
static uint64_t histogram_share_above(const struct histogram *h, unsigned octave, unsigned index, int64_t value)
{
	struct histogram_bucket bucket = histogram_bucket(octave, index);
	int64_t low = bucket.low > h->smallest ? bucket.low : h->smallest;
	int64_t high = bucket.high < h->largest ? bucket.high : h->largest;
	uint64_t count = histogram_bucket_count(h, octave, index);
	if (count == 0)
		return 0;
	assert(low <= value && value <= high);
	unsigned __int128 width = (unsigned __int128)(high - low) + 1;
	return (uint64_t)(((unsigned __int128)count * (uint64_t)(high - value) * 2 + width) / (2 * width));
}

uint64_t histogram_above(const struct histogram *h, int64_t value)
{
	if (h->count == 0 || value >= h->largest)
		return 0;
	if (value < h->smallest)
		return h->count;
	if (h->count <= HISTOGRAM_EXACT)
		return histogram_exact_above(h, value);
	unsigned octave = histogram__octave_of(value);
	unsigned index = (unsigned)((uint64_t)value >> (octave ? octave - 1 : 0)) & (HISTOGRAM_SUB - 1);
	uint64_t above = h->octave[octave] ? histogram_share_above(h, octave, index, value) : 0;
	for (unsigned o = octave, i = index + 1; o < HISTOGRAM_OCTAVES; o++, i = 0)
		for (; h->octave[o] && i < HISTOGRAM_SUB; i++)
			above += histogram_bucket_count(h, o, i);
	assert(above <= h->count);
	return above;
}

void histogram_each(const struct histogram *h, void (*each)(void *ctx, int64_t low, int64_t high, uint64_t count), void *ctx)
{
	assert(each != NULL);
	for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		if (h->octave[octave] == NULL)
			continue;
		for (unsigned i = 0; i < HISTOGRAM_SUB; i++) {
			struct histogram_bucket bucket = histogram_bucket(octave, i);
			uint64_t count = histogram_bucket_count(h, octave, i);
			if (count)
				each(ctx, bucket.low, bucket.high, count);
		}
	}
}

/* The byte form. All numbers but the first and the last are varints: seven bits a byte, low ones first, the top bit says that more
 * follow.
 *
 *	version (one byte)
 *	count; nothing more when it is 0
 *	count <= HISTOGRAM_EXACT: the values, ascending, each less the one before
 *	else: smallest, largest less smallest, sum, number of buckets, and for each bucket
 *	      its number less the one before, less 1 (the first: its number), and its count
 *	CRC-32C of all this, four bytes, low ones first
 */
enum { HISTOGRAM_VERSION = 1, HISTOGRAM_CRC_BYTES = 4, HISTOGRAM_VARINT_MOST = 19 };

/* CRC-32C (Castagnoli): RFC 3720, appendix B.4. A bit at a time: the form is a few kilobytes. */
static uint32_t histogram_crc(const unsigned char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void histogram_put(struct textbuf *out, unsigned __int128 value)
{
	do {
		unsigned char low = (unsigned char)(value & 0x7f);
		value >>= 7;
		textbuf_add_char(out, (char)(value ? low | 0x80 : low));
	} while (value);
}

static void histogram_put_exact(const struct histogram *h, struct textbuf *out)
{
	int64_t sorted[HISTOGRAM_EXACT], last = 0;
	if (!histogram_sorted(h, sorted))
		return;
	for (uint64_t i = 0; i < h->count; i++) {
		histogram_put(out, (unsigned __int128)(sorted[i] - last));
		last = sorted[i];
	}
}

struct histogram_putter {
	struct textbuf *out; /* NULL: only count */
	uint64_t buckets;
	unsigned next; /* the least number that the next bucket may have */
};

static void histogram_put_bucket(void *ctx, int64_t low, int64_t high, uint64_t count)
{
	struct histogram_putter *p = ctx;
	(void)high;
	p->buckets++;
	if (p->out == NULL)
		return;
	unsigned octave = histogram__octave_of(low);
	unsigned number = octave * HISTOGRAM_SUB + ((unsigned)((uint64_t)low >> (octave ? octave - 1 : 0)) & (HISTOGRAM_SUB - 1));
	assert(number >= p->next);
	histogram_put(p->out, number - p->next);
	histogram_put(p->out, count);
	p->next = number + 1;
}

void histogram_write(const struct histogram *h, struct textbuf *out)
{
	assert(out != NULL);
	size_t begin = out->length;
	textbuf_add_char(out, HISTOGRAM_VERSION);
	histogram_put(out, h->count);
	if (h->count <= HISTOGRAM_EXACT) {
		histogram_put_exact(h, out);
	} else {
		struct histogram_putter counter = {0}, putter = {.out = out};
		histogram_each(h, histogram_put_bucket, &counter);
		histogram_put(out, (unsigned __int128)h->smallest);
		histogram_put(out, (unsigned __int128)(h->largest - h->smallest));
		histogram_put(out, h->sum);
		histogram_put(out, counter.buckets);
		histogram_each(h, histogram_put_bucket, &putter);
	}
	uint32_t crc = histogram_crc((const unsigned char *)out->text + begin, out->length - begin);
	for (int i = 0; i < HISTOGRAM_CRC_BYTES; i++)
		textbuf_add_char(out, (char)(crc >> 8 * i & 0xff));
}

/* Bytes being read. `bad` stays set: what is read after it is 0 and does not count. */
struct histogram_reader {
	const unsigned char *at, *end;
	bool bad;
};

/* A varint of at most `most`. */
static unsigned __int128 histogram_get(struct histogram_reader *r, unsigned __int128 most)
{
	unsigned __int128 value = 0;
	for (int i = 0; i < HISTOGRAM_VARINT_MOST && r->at < r->end; i++) {
		unsigned char byte = *r->at++;
		unsigned __int128 bits = (unsigned __int128)(byte & 0x7f) << 7 * i;
		if (bits >> 7 * i != (byte & 0x7f) || (byte == 0 && i > 0))
			break; /* past 128 bits, or longer than need be */
		value |= bits;
		if (!(byte & 0x80)) {
			if (value <= most)
				return value;
			break;
		}
	}
	r->bad = true;
	return 0;
}

static void histogram_get_exact(struct histogram_reader *r, struct histogram *h, uint64_t count)
{
	int64_t value = 0;
	for (uint64_t i = 0; i < count && !r->bad; i++) {
		value += (int64_t)histogram_get(r, (unsigned __int128)(INT64_MAX - value));
		histogram_add(h, value);
	}
}

/* Whether smallest, largest and sum can belong to these buckets. */
struct histogram_bounds {
	unsigned __int128 least, most; /* what the sum can be */
	int64_t low_end, low_high;     /* the first bucket */
	int64_t high_low, high_end;    /* the last one */
	bool any;
};

static void histogram_bound(void *ctx, int64_t low, int64_t high, uint64_t count)
{
	struct histogram_bounds *b = ctx;
	b->least += (unsigned __int128)(uint64_t)low * count;
	b->most += (unsigned __int128)(uint64_t)high * count;
	if (!b->any) {
		b->low_end = low;
		b->low_high = high;
	}
	b->any = true;
	b->high_low = low;
	b->high_end = high;
}

static bool histogram_plausible(const struct histogram *h)
{
	struct histogram_bounds b = {0};
	histogram_each(h, histogram_bound, &b);
	return b.any && h->smallest >= b.low_end && h->smallest <= b.low_high && h->largest >= b.high_low &&
	       h->largest <= b.high_end && h->sum >= b.least && h->sum <= b.most;
}

static void histogram_get_buckets(struct histogram_reader *r, struct histogram *h, uint64_t count)
{
	enum { NUMBERS = HISTOGRAM_OCTAVES * HISTOGRAM_SUB };
	h->smallest = (int64_t)histogram_get(r, INT64_MAX);
	h->largest = h->smallest + (int64_t)histogram_get(r, (unsigned __int128)(INT64_MAX - h->smallest));
	h->sum = histogram_get(r, ~(unsigned __int128)0);
	uint64_t buckets = (uint64_t)histogram_get(r, NUMBERS), left = count;
	unsigned number = 0;
	for (uint64_t i = 0; i < buckets && !r->bad; i++, number++) {
		if (number >= NUMBERS) {
			r->bad = true;
			return;
		}
		number += (unsigned)histogram_get(r, NUMBERS - 1 - number);
		uint64_t here = (uint64_t)histogram_get(r, left);
		if (here == 0)
			r->bad = true;
		histogram_add_many(h, number / HISTOGRAM_SUB, number % HISTOGRAM_SUB, here);
		left -= here;
	}
	h->count = count;
	if (left != 0 || !histogram_plausible(h))
		r->bad = true;
}

static bool histogram_read_body(struct histogram_reader *r, struct histogram *h)
{
	if (r->at == r->end || *r->at++ != HISTOGRAM_VERSION)
		return false;
	uint64_t count = (uint64_t)histogram_get(r, UINT64_MAX);
	if (count <= HISTOGRAM_EXACT)
		histogram_get_exact(r, h, count);
	else
		histogram_get_buckets(r, h, count);
	return !r->bad && r->at == r->end;
}

int histogram_read(struct histogram *h, const void *bytes, size_t length, struct error *e)
{
	assert(bytes != NULL || length == 0);
	histogram_fini(h);
	const unsigned char *begin = bytes;
	if (length < HISTOGRAM_CRC_BYTES)
		return error_set(e, ERROR_INPUT, "a histogram of %zu bytes is cut short", length);
	size_t body = length - HISTOGRAM_CRC_BYTES;
	uint32_t crc = 0;
	for (int i = 0; i < HISTOGRAM_CRC_BYTES; i++)
		crc |= (uint32_t)begin[body + (size_t)i] << 8 * i;
	if (crc != histogram_crc(begin, body))
		return error_set(e, ERROR_INPUT, "a histogram of %zu bytes is damaged (its checksum is wrong)", length);
	struct histogram_reader r = {.at = begin, .end = begin + body};
	if (histogram_read_body(&r, h))
		return 0;
	histogram_fini(h);
	return error_set(e, ERROR_INPUT, "a histogram of %zu bytes has a form that this version cannot read", length);
}
