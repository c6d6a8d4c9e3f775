/* The histogram against the sorted values themselves. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/histogram.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

enum { MANY = 50000 };

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Values over all magnitudes, or like latencies, or all the same. */
static int64_t value_of(uint64_t *random, int shape)
{
	if (shape == 0)
		return (int64_t)(fixture_random(random) >> (1 + fixture_below(random, 63)));
	if (shape == 1)
		return (int64_t)(2e7 * exp(2 * fixture_uniform(random))) + (fixture_below(random, 100) == 0 ? 900000000 : 0);
	return shape == 2 ? 123456789 : (int64_t)fixture_below(random, 300);
}

static void fill(struct histogram *h, int64_t *values, size_t n, int shape, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		values[i] = value_of(&seed, shape);
		histogram_add(h, values[i]);
	}
	qsort(values, n, sizeof values[0], compare);
}

START_TEST(empty_has_no_quantiles)
{
	struct histogram h = {0};
	ck_assert_int_eq(histogram_quantile(&h, 0.5), -1);
	ck_assert(isnan(histogram_mean(&h)));
	ck_assert_uint_eq(histogram_above(&h, 0), 0);
	histogram_fini(&h);
}
END_TEST

static void check_quantiles(const struct histogram *h, const int64_t *sorted, size_t n)
{
	static const double shares[] = {0, 1e-9, 0.001, 0.01, 0.07, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1};
	for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
		size_t rank = (size_t)ceill((long double)shares[i] * n - 1e-9L * n / MANY);
		rank = rank < 1 ? 1 : rank > n ? n : rank;
		int64_t want = sorted[rank - 1], got = histogram_quantile(h, shares[i]);
		double tolerance = n <= HISTOGRAM_EXACT ? 0 : (double)want / 256;
		quick_assert(fabs((double)(got - want)) <= tolerance, "n %zu p %g: %ld for %ld", n, shares[i], (long)got,
		             (long)want);
	}
}

/* Quantiles within 1/256 (exact up to 1024 values), mean, ends and counts exact: for samples of many sizes and shapes. */
START_TEST(agrees_with_the_values)
{
	static int64_t values[MANY];
	static const size_t sizes[] = {1, 2, 3, 100, 1000, 1023, 1024, 1025, 5000, MANY};
	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
		for (int shape = 0; shape < 4; shape++) {
			struct histogram h = {0};
			size_t n = sizes[k];
			fill(&h, values, n, shape, 100 * k + (size_t)shape);
			unsigned __int128 sum = 0;
			for (size_t i = 0; i < n; i++)
				sum += (uint64_t)values[i];
			ck_assert_uint_eq(h.count, n);
			ck_assert_int_eq(h.smallest, values[0]);
			ck_assert_int_eq(h.largest, values[n - 1]);
			ck_assert(h.sum == sum);
			ck_assert_double_eq(histogram_mean(&h), (double)sum / (double)n);
			check_quantiles(&h, values, n);
			histogram_fini(&h);
		}
	}
}
END_TEST

START_TEST(small_samples_are_exact_to_the_rank)
{
	struct histogram h = {0};
	for (int64_t i = 100; i >= 1; i--)
		histogram_add(&h, i * 1000000007);
	for (int i = 1; i <= 100; i++)
		ck_assert_int_eq(histogram_quantile(&h, i / 100.0), i * (int64_t)1000000007);
	histogram_fini(&h);
}
END_TEST

START_TEST(quantiles_never_fall)
{
	static int64_t values[MANY];
	for (int shape = 0; shape < 4; shape++) {
		struct histogram h = {0};
		fill(&h, values, MANY, shape, 77);
		int64_t last = -1;
		for (int i = 0; i <= 2000; i++) {
			int64_t q = histogram_quantile(&h, i / 2000.0);
			quick_assert(q >= last, "%ld after %ld", (long)q, (long)last);
			last = q;
		}
		histogram_fini(&h);
	}
}
END_TEST

START_TEST(above_counts_the_rest)
{
	static int64_t values[MANY];
	for (int shape = 0; shape < 4; shape++) {
		for (size_t n = 1000; n <= MANY; n *= 50) {
			struct histogram h = {0};
			fill(&h, values, n, shape, 5);
			uint64_t random = 6;
			ck_assert_uint_eq(histogram_above(&h, -1), n);
			ck_assert_uint_eq(histogram_above(&h, values[n - 1]), 0);
			for (size_t i = 0; i < n; i += 1 + n / 500) {
				int64_t limit = values[i] + (int64_t)fixture_below(&random, 3) - 1;
				size_t exact = 0, near = 0;
				for (size_t j = 0; j < n; j++) {
					exact += values[j] > limit;
					near += fabs((double)values[j] - (double)limit) <= (double)limit / 128 + 1;
				}
				uint64_t got = histogram_above(&h, limit);
				if (n <= HISTOGRAM_EXACT)
					ck_assert_uint_eq(got, exact);
				ck_assert_int_le(llabs((long long)got - (long long)exact), (long long)near);
			}
			histogram_fini(&h);
		}
	}
}
END_TEST

static int same(const struct histogram *a, const struct histogram *b)
{
	struct textbuf x = {0}, y = {0};
	histogram_write(a, &x);
	histogram_write(b, &y);
	int equal = x.length == y.length && memcmp(x.text, y.text, x.length) == 0;
	textbuf_fini(&x);
	textbuf_fini(&y);
	return equal;
}

/* Merging in any order, and adding one by one, give the same bytes and the same quantiles, below and above the exact size. */
START_TEST(order_of_merging_does_not_show)
{
	static int64_t values[MANY];
	static const size_t sizes[] = {0, 5, 1000, 1024, 1030, 20000};
	enum { PARTS = 8 };
	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
		struct histogram whole = {0}, part[PARTS] = {{0}}, forward = {0}, backward = {0}, pairs = {0};
		size_t n = sizes[k];
		uint64_t random = k;
		for (size_t i = 0; i < n; i++) {
			values[i] = value_of(&random, (int)(i % 3));
			histogram_add(&whole, values[i]);
			histogram_add(&part[fixture_below(&random, PARTS - 1)], values[i]); /* the last stays empty */
		}
		for (int i = 0; i < PARTS; i++) {
			histogram_merge(&forward, &part[i]);
			histogram_merge(&backward, &part[PARTS - 1 - i]);
		}
		for (int i = 0; i < PARTS; i += 2)
			histogram_merge(&part[i], &part[i + 1]);
		for (int i = 0; i < PARTS; i += 2)
			histogram_merge(&pairs, &part[i]);
		ck_assert(same(&whole, &forward) && same(&whole, &backward) && same(&whole, &pairs));
		for (int i = 0; i <= 100; i++)
			ck_assert_int_eq(histogram_quantile(&whole, i / 100.0), histogram_quantile(&pairs, i / 100.0));
		histogram_fini(&whole);
		histogram_fini(&forward);
		histogram_fini(&backward);
		histogram_fini(&pairs);
		for (int i = 0; i < PARTS; i++)
			histogram_fini(&part[i]);
	}
}
END_TEST

START_TEST(clearing_keeps_the_memory)
{
	static int64_t values[MANY];
	struct histogram h = {0}, fresh = {0};
	fill(&h, values, MANY, 0, 1);
	histogram_clear(&h);
	ck_assert_int_eq(histogram_quantile(&h, 0.5), -1);
	unsigned long before = memory_allocations();
	fill(&h, values, MANY, 0, 1);
	ck_assert_uint_eq(memory_allocations(), before);
	fill(&fresh, values, MANY, 0, 1);
	ck_assert(same(&h, &fresh));
	histogram_fini(&h);
	histogram_fini(&fresh);
}
END_TEST

START_TEST(the_ends_of_the_range)
{
	struct histogram h = {0};
	for (int i = 0; i < 2000; i++) {
		histogram_add(&h, INT64_MAX);
		histogram_add(&h, -5);
	}
	ck_assert_int_eq(h.smallest, 0);
	ck_assert_int_eq(h.largest, INT64_MAX);
	ck_assert(h.sum == (unsigned __int128)INT64_MAX * 2000);
	ck_assert_int_eq(histogram_quantile(&h, 0.25), 0);
	ck_assert_int_ge(histogram_quantile(&h, 0.75), INT64_MAX - INT64_MAX / 256);
	ck_assert_uint_eq(histogram_above(&h, 0), 2000);
	ck_assert_uint_eq(histogram_above(&h, INT64_MAX / 2), 2000);
	histogram_fini(&h);
}
END_TEST

struct tiles {
	int64_t next; /* the buckets must come in order */
	uint64_t count;
	double widest;
};

static void tile(void *ctx, int64_t low, int64_t high, uint64_t count)
{
	struct tiles *t = ctx;
	ck_assert_int_ge(low, t->next);
	ck_assert_int_ge(high, low);
	ck_assert_uint_gt(count, 0);
	t->widest = fmax(t->widest, (double)(high - low) / (double)(low ? low : 1));
	t->next = high == INT64_MAX ? high : high + 1;
	t->count += count;
}

START_TEST(buckets_tile_the_range)
{
	struct histogram h = {0};
	for (int octave = 0; octave < 63; octave++) { /* both ends of each octave, and what lies around them */
		int64_t power = (int64_t)1 << octave;
		histogram_add(&h, power - 1);
		histogram_add(&h, power);
		histogram_add(&h, power + power / 2);
	}
	histogram_add(&h, INT64_MAX);
	struct tiles t = {0};
	histogram_each(&h, tile, &t);
	ck_assert_uint_eq(t.count, h.count);
	ck_assert_double_le(t.widest, 1.0 / 256);
	histogram_fini(&h);
}
END_TEST

/* Counts past 2^32, made by merging a histogram with itself. */
START_TEST(counts_spill_beyond_32_bits)
{
	struct histogram h = {0}, copy = {0};
	for (int i = 0; i < 3000; i++)
		histogram_add(&h, i < 2000 ? 1000 : 1000000);
	for (int i = 0; i < 30; i++) {
		struct textbuf bytes = {0};
		histogram_write(&h, &bytes);
		ck_assert_int_eq(histogram_read(&copy, bytes.text, bytes.length, NULL), 0);
		histogram_merge(&h, &copy);
		textbuf_fini(&bytes);
	}
	ck_assert_uint_eq(h.count, 3000ull << 30);
	ck_assert_uint_eq(histogram_above(&h, 5000), 1000ull << 30);
	ck_assert_int_le(llabs((long long)histogram_quantile(&h, 0.66) - 1000), 4);
	ck_assert_int_le(llabs((long long)histogram_quantile(&h, 0.67) - 1000000), 4000);
	histogram_fini(&h);
	histogram_fini(&copy);
}
END_TEST

START_TEST(adding_carries_into_the_spill)
{
	struct histogram h = {0};
	for (int i = 0; i < 2000; i++)
		histogram_add(&h, 77);
	h.octave[0][77] = UINT32_MAX; /* as after 4 billion more */
	h.count += UINT32_MAX - 2000;
	histogram_add(&h, 77);
	ck_assert_uint_eq(histogram_above(&h, 76), 1ull << 32);
	histogram_fini(&h);
}
END_TEST

START_TEST(bytes_come_back)
{
	static int64_t values[MANY];
	static const size_t sizes[] = {0, 1, 2, 1000, 1024, 1025, 3000, MANY};
	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
		for (int shape = 0; shape < 4; shape++) {
			struct histogram h = {0}, back = {0};
			struct textbuf bytes = {0};
			fill(&h, values, sizes[k], shape, k);
			histogram_add(&back, 5); /* what was there goes */
			histogram_write(&h, &bytes);
			struct error e = {0};
			quick_assert(histogram_read(&back, bytes.text, bytes.length, &e) == 0, "%s", e.text);
			ck_assert(same(&h, &back));
			for (int i = 0; i <= 100; i++)
				ck_assert_int_eq(histogram_quantile(&h, i / 100.0), histogram_quantile(&back, i / 100.0));
			ck_assert_uint_lt(bytes.length, 40 + 12 * (sizes[k] < 15000 ? sizes[k] : 15000));
			histogram_fini(&h);
			histogram_fini(&back);
			textbuf_fini(&bytes);
		}
	}
}
END_TEST

static uint32_t crc(const unsigned char *bytes, size_t length)
{
	uint32_t sum = UINT32_MAX;
	for (size_t i = 0; i < 8 * length; i++)
		sum = sum >> 1 ^ (((sum ^ (uint32_t)(bytes[i / 8] >> i % 8)) & 1) ? 0x82f63b78u : 0);
	return ~sum;
}

static void sign(char *bytes, size_t length)
{
	uint32_t sum = crc((unsigned char *)bytes, length - 4);
	for (int i = 0; i < 4; i++)
		bytes[length - 4 + (size_t)i] = (char)(sum >> 8 * i);
}

/* Any changed bit, any cut, any addition is refused. */
START_TEST(damage_is_refused)
{
	static int64_t values[MANY];
	for (size_t n = 100; n <= 2000; n += 1900) {
		struct histogram h = {0}, back = {0};
		struct textbuf bytes = {0};
		fill(&h, values, n, 1, n);
		histogram_write(&h, &bytes);
		for (size_t bit = 0; bit < 8 * bytes.length; bit++) {
			bytes.text[bit / 8] ^= (char)(1 << bit % 8);
			struct error e = {0};
			int status = histogram_read(&back, bytes.text, bytes.length, &e);
			quick_assert(status == -1 && e.code == ERROR_INPUT && back.count == 0, "bit %zu changed: %d", bit, status);
			bytes.text[bit / 8] ^= (char)(1 << bit % 8);
		}
		for (size_t length = 0; length < bytes.length; length++)
			quick_assert(histogram_read(&back, bytes.text, length, NULL) == -1, "cut to %zu", length);
		textbuf_add_char(&bytes, '\0');
		ck_assert_int_eq(histogram_read(&back, bytes.text, bytes.length, NULL), -1);
		histogram_fini(&h);
		histogram_fini(&back);
		textbuf_fini(&bytes);
	}
}
END_TEST

/* Bytes that somebody made up and signed: refused, or something that writes the same bytes again. Never a crash. */
START_TEST(forgeries_do_no_harm)
{
	static int64_t values[MANY];
	uint64_t random = 41;
	int accepted = 0;
	for (int round = 0; round < 20000; round++) {
		struct histogram h = {0}, back = {0};
		struct textbuf bytes = {0}, again = {0};
		fill(&h, values, round % 2 ? 20 : 1100, 3, (uint64_t)round % 50);
		histogram_write(&h, &bytes);
		for (uint64_t changes = 1 + fixture_below(&random, 3); changes > 0; changes--)
			bytes.text[fixture_below(&random, bytes.length)] = (char)fixture_random(&random);
		if (fixture_below(&random, 4) == 0)
			bytes.length = 4 + fixture_below(&random, bytes.length - 4);
		sign(bytes.text, bytes.length);
		if (histogram_read(&back, bytes.text, bytes.length, NULL) == 0) {
			accepted++;
			histogram_write(&back, &again);
			ck_assert_uint_eq(again.length, bytes.length);
			ck_assert_mem_eq(again.text, bytes.text, bytes.length);
			ck_assert_int_ge(histogram_quantile(&back, 0.5), back.count ? 0 : -1);
		}
		histogram_fini(&h);
		histogram_fini(&back);
		textbuf_fini(&bytes);
		textbuf_fini(&again);
	}
	ck_assert_int_gt(accepted, 0);
}
END_TEST

Suite *histogram_suite(void)
{
	Suite *s = suite_create("histogram");
	TCase *tc = tcase_create("histogram");
	tcase_add_test(tc, empty_has_no_quantiles);
	tcase_add_test(tc, agrees_with_the_values);
	tcase_add_test(tc, small_samples_are_exact_to_the_rank);
	tcase_add_test(tc, quantiles_never_fall);
	tcase_add_test(tc, above_counts_the_rest);
	tcase_add_test(tc, order_of_merging_does_not_show);
	tcase_add_test(tc, clearing_keeps_the_memory);
	tcase_add_test(tc, the_ends_of_the_range);
	tcase_add_test(tc, buckets_tile_the_range);
	tcase_add_test(tc, counts_spill_beyond_32_bits);
	tcase_add_test(tc, adding_carries_into_the_spill);
	suite_add_tcase(s, tc);
	TCase *form = tcase_create("byte form");
	tcase_add_test(form, bytes_come_back);
	tcase_add_test(form, damage_is_refused);
	tcase_add_test(form, forgeries_do_no_harm);
	suite_add_tcase(s, form);
	return s;
}
