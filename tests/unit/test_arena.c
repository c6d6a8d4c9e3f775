/* Pieces of any size: zeroed, aligned, apart from each other, and never moved. */
#include <check.h>
#include <stddef.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_random.h"

START_TEST(pieces_do_not_touch)
{
	enum { PIECES = 3000 };
	static unsigned char *piece[PIECES];
	static size_t size[PIECES];
	uint64_t random = 29;
	struct arena a = {0};
	for (int round = 0; round < 3; round++) {
		size_t sum = 0;
		for (size_t i = 0; i < PIECES; i++) {
			size[i] = fixture_below(&random, fixture_below(&random, 50) ? 200 : 100000);
			piece[i] = arena_alloc(&a, size[i]);
			ck_assert_uint_eq((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < size[i]; k++)
				if (piece[i][k])
					ck_abort_msg("piece %zu is not zeroed at %zu", i, k);
			memset(piece[i], (int)(i % 255 + 1), size[i]);
			sum += size[i];
		}
		ck_assert_uint_ge(a.used, sum);
		for (size_t i = 0; i < PIECES; i++)
			for (size_t k = 0; k < size[i]; k++)
				if (piece[i][k] != i % 255 + 1)
					ck_abort_msg("piece %zu was overwritten at %zu", i, k);
		arena_fini(&a);
		ck_assert_uint_eq(a.used, 0);
	}
}
END_TEST

START_TEST(few_allocations_for_many_pieces)
{
	struct arena a = {0};
	unsigned long before = memory_allocations();
	for (int i = 0; i < 100000; i++)
		ARENA_NEW(&a, double);
	ck_assert_uint_lt(memory_allocations() - before, 15);
	arena_fini(&a);
	arena_fini(&a);
}
END_TEST

/* A large piece between small ones does not throw the room away that was left. */
START_TEST(large_pieces_stand_apart)
{
	struct arena a = {0};
	char *small = arena_alloc(&a, 16);
	arena_alloc(&a, 10000000);
	char *next = arena_alloc(&a, 16);
	ck_assert_ptr_eq(next, small + 16);
	arena_fini(&a);
}
END_TEST

START_TEST(strings)
{
	struct arena a = {0};
	char *s = arena_string(&a, "abc"), *n = arena_string_n(&a, "abcdef", 4), *f = arena_format(&a, "%s/%d", "x", 12);
	ck_assert_str_eq(s, "abc");
	ck_assert_str_eq(n, "abcd");
	ck_assert_str_eq(f, "x/12");
	ck_assert_ptr_null(arena_string(&a, NULL));
	ck_assert_str_eq(arena_string_n(&a, NULL, 0), "");
	int *array = ARENA_ARRAY(&a, 0, int);
	ck_assert_ptr_nonnull(array);
	arena_fini(&a);
}
END_TEST

START_TEST(overflow_is_exhaustion)
{
	struct arena a = {0};
	arena_alloc_array(&a, SIZE_MAX / 2, 3);
}
END_TEST

START_TEST(absurd_sizes_are_exhaustion)
{
	struct arena a = {0};
	arena_alloc(&a, SIZE_MAX - 3);
}
END_TEST

Suite *arena_suite(void)
{
	Suite *s = suite_create("arena");
	TCase *tc = tcase_create("arena");
	tcase_add_test(tc, pieces_do_not_touch);
	tcase_add_test(tc, few_allocations_for_many_pieces);
	tcase_add_test(tc, large_pieces_stand_apart);
	tcase_add_test(tc, strings);
	tcase_add_exit_test(tc, overflow_is_exhaustion, 3);
	tcase_add_exit_test(tc, absurd_sizes_are_exhaustion, 3);
	suite_add_tcase(s, tc);
	return s;
}
