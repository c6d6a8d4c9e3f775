/* Philox against its authors' known answers, and the properties that a stream by index promises. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "sim/draw.h"
#include "sim/gslrng.h"
#include "tests/unit/fixture_quick.h"

/* Random123 1.14.0, tests/kat_vectors, philox4x64 10. */
START_TEST(known_answers)
{
	static const struct {
		uint64_t counter[4], key[2], word[4];
	} rows[] = {
		{{0, 0, 0, 0}, {0, 0}, {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
		{{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
	         {0x452821e638d01377, 0xbe5466cf34e90c6c},
	         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
	};
	for (size_t r = 0; r < 2; r++) {
		struct draw_key key = {rows[r].key[0], rows[r].key[1]};
		const uint64_t *c = rows[r].counter;
		for (uint64_t i = 0; i < 4; i++)
			ck_assert_uint_eq(draw_word(&key, c[1], c[2], c[3], 4 * c[0] + i), rows[r].word[i]);
		uint64_t words[4];
		draw_words(&key, c[1], c[2], c[3], 4 * c[0], 4, words);
		ck_assert_mem_eq(words, rows[r].word, sizeof words);
	}
}
END_TEST

START_TEST(blocks_are_the_same_words)
{
	struct draw_key key = {12345, 7};
	uint64_t words[256];
	draw_words(&key, 3, 2, 1, 400, 256, words);
	for (uint64_t i = 0; i < 256; i++)
		ck_assert_uint_eq(words[i], draw_word(&key, 3, 2, 1, 400 + i));
	draw_words(&key, 3, 2, 1, 400, 0, NULL);
}
END_TEST

START_TEST(every_part_of_the_name_changes_the_stream)
{
	uint64_t base = draw_word(&(struct draw_key){1, 1}, 1, 1, 1, 1);
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){2, 1}, 1, 1, 1, 1));
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){1, 2}, 1, 1, 1, 1));
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){1, 1}, 2, 1, 1, 1));
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){1, 1}, 1, 2, 1, 1));
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){1, 1}, 1, 1, 2, 1));
	ck_assert_uint_ne(base, draw_word(&(struct draw_key){1, 1}, 1, 1, 1, 2));
}
END_TEST

START_TEST(uniform_never_touches_its_ends)
{
	ck_assert(draw_uniform(0) == 0x1p-53);
	ck_assert(draw_uniform(UINT64_MAX) < 1);
	ck_assert(draw_uniform(UINT64_MAX) == 1 - 0x1p-53);
	ck_assert(draw_uniform(UINT64_MAX / 2) < draw_uniform(UINT64_MAX / 2 + 1));
}
END_TEST

START_TEST(below_covers_its_range)
{
	ck_assert_uint_eq(draw_below(0, 10), 0);
	ck_assert_uint_eq(draw_below(UINT64_MAX, 10), 9);
	ck_assert_uint_eq(draw_below(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
	ck_assert_uint_eq(draw_below(12345, 1), 0);
}
END_TEST

/* Chi-squared over 256 classes of the words' first and last bytes, and of a small range, along three different ways through the
 * names. */
START_TEST(words_are_uniform)
{
	enum { WORDS = 65536 };
	unsigned top[3][256] = {{0}}, bottom[3][256] = {{0}};
	for (uint64_t i = 0; i < WORDS; i++) {
		uint64_t word[3] = {
			draw_word(&(struct draw_key){1, 1}, 0, 0, 0, i),
			draw_word(&(struct draw_key){1, i}, 0, 0, 0, 0),
			draw_word(&(struct draw_key){1, 1}, i, 0, 0, 0),
		};
		for (int way = 0; way < 3; way++) {
			top[way][word[way] >> 56]++;
			bottom[way][word[way] & 255]++;
		}
	}
	for (int way = 0; way < 3; way++) {
		double chi[2] = {0, 0}, expected = WORDS / 256.0;
		for (int i = 0; i < 256; i++) {
			chi[0] += (top[way][i] - expected) * (top[way][i] - expected) / expected;
			chi[1] += (bottom[way][i] - expected) * (bottom[way][i] - expected) / expected;
		}
		ck_assert_double_gt(gsl_cdf_chisq_Q(chi[0], 255), 1e-4);
		ck_assert_double_gt(gsl_cdf_chisq_Q(chi[1], 255), 1e-4);
	}
}
END_TEST

START_TEST(gsl_samples_from_the_same_words)
{
	struct draw_key key = {99, 3};
	struct gslrng g;
	gslrng_init(&g, &key, 5, 6, 7);
	for (uint64_t i = 0; i < 10; i++)
		ck_assert_uint_eq(gsl_rng_get(&g.rng), draw_word(&key, 5, 6, 7, i));
	ck_assert_double_eq(gsl_rng_uniform(&g.rng), draw_uniform(draw_word(&key, 5, 6, 7, 10)));
	ck_assert_uint_eq(gsl_rng_max(&g.rng), UINT64_MAX);
	ck_assert_uint_eq(gsl_rng_min(&g.rng), 0);
	double sum = 0;
	enum { N = 100000 };
	for (int i = 0; i < N; i++)
		sum += gsl_ran_exponential(&g.rng, 2);
	ck_assert_double_eq_tol(sum / N, 2, 4 * 2 / sqrt(N));
	sum = 0;
	for (int i = 0; i < N; i++)
		sum += (double)gsl_rng_uniform_int(&g.rng, 7);
	ck_assert_double_eq_tol(sum / N, 3, 4 * 2 / sqrt(N));
	for (int i = 0; i < N; i++)
		quick_assert(gsl_ran_poisson(&g.rng, 3) < 40, "draw %d", i);
}
END_TEST

START_TEST(gsl_type_seeds_and_clones)
{
	gsl_rng *r = gsl_rng_alloc(gslrng_type());
	gsl_rng_set(r, 42);
	ck_assert_uint_eq(gsl_rng_get(r), draw_word(&(struct draw_key){42, 0}, 0, 0, 0, 0));
	gsl_rng *copy = gsl_rng_clone(r);
	ck_assert_uint_eq(gsl_rng_get(r), gsl_rng_get(copy));
	ck_assert_str_eq(gsl_rng_name(r), "philox4x64");
	gsl_rng_free(copy);
	gsl_rng_free(r);
}
END_TEST

Suite *draw_suite(void)
{
	Suite *s = suite_create("draw");
	TCase *tc = tcase_create("draw");
	tcase_add_test(tc, known_answers);
	tcase_add_test(tc, blocks_are_the_same_words);
	tcase_add_test(tc, every_part_of_the_name_changes_the_stream);
	tcase_add_test(tc, uniform_never_touches_its_ends);
	tcase_add_test(tc, below_covers_its_range);
	tcase_add_test(tc, words_are_uniform);
	suite_add_tcase(s, tc);
	TCase *gsl = tcase_create("gslrng");
	tcase_add_test(gsl, gsl_samples_from_the_same_words);
	tcase_add_test(gsl, gsl_type_seeds_and_clones);
	suite_add_tcase(s, gsl);
	return s;
}
