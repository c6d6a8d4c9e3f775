/* Allocation, and what happens when there is none left. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/base/textbuf.h"

START_TEST(memory_is_zeroed_and_counted)
{
	unsigned long before = memory_allocations();
	unsigned char *p = memory_alloc(1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(p[i], 0);
	uint64_t *array = MEMORY_ARRAY(50, uint64_t);
	for (int i = 0; i < 50; i++)
		ck_assert_uint_eq(array[i], 0);
	ck_assert_uint_eq(memory_allocations(), before + 2);
	memory_free(p);
	memory_free(array);
	memory_free(NULL);
}
END_TEST

START_TEST(nothing_is_a_valid_size)
{
	void *a = memory_alloc(0), *b = memory_alloc_array(0, 8), *c = memory_alloc_array(8, 0), *d = memory_grow(NULL, 0, 8);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_nonnull(c);
	ck_assert_ptr_nonnull(d);
	memory_free(a);
	memory_free(b);
	memory_free(c);
	memory_free(d);
}
END_TEST

START_TEST(growing_keeps_what_was_there)
{
	int *items = NULL;
	size_t count = 0, capacity = 0;
	for (int i = 0; i < 1000; i++) {
		MEMORY_ROOM(items, count, capacity);
		items[count++] = i;
	}
	ck_assert_uint_eq(capacity, 1024);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(items[i], i);
	memory_free(items);
}
END_TEST

START_TEST(strings_are_copied)
{
	char *a = memory_string("abc"), *b = memory_string_n("abcdef", 2), *c = memory_format("%d-%s", 7, "x"),
	     *d = memory_string_n(NULL, 0);
	ck_assert_str_eq(a, "abc");
	ck_assert_str_eq(b, "ab");
	ck_assert_str_eq(c, "7-x");
	ck_assert_str_eq(d, "");
	ck_assert_ptr_null(memory_string(NULL));
	memory_free(a);
	memory_free(b);
	memory_free(c);
	memory_free(d);
}
END_TEST

static void say_cleaned(void)
{
	if (write(STDERR_FILENO, "cleaned\n", 8) != 8)
		_exit(8);
}

static void clean_up_that_allocates(void)
{
	say_cleaned();
	memory_exhausted();
}

/* Runs `act` in a process of its own; returns its exit status, what it said in `said`. */
static int in_a_child(void (*act)(void), char said[256])
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		act();
		_exit(9);
	}
	close(ends[1]);
	size_t length = 0;
	for (ssize_t n; length < 255 && (n = read(ends[0], said + length, 255 - length)) > 0;)
		length += (size_t)n;
	said[length] = '\0';
	close(ends[0]);
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Each way of allocating, one after another: what stands before the n-th works, the n-th ends the process. */
static void allocate_in_every_way(void)
{
	memory_on_exhaustion(say_cleaned);
	struct textbuf b = {0};
	char *kept[5] = {memory_alloc(8), memory_string("x"), memory_grow(NULL, 4, 4), memory_format("%d", 1),
	                 memory_alloc_array(2, 2)};
	textbuf_add(&b, "text");
	for (int i = 0; i < 5; i++)
		memory_free(kept[i]);
	textbuf_fini(&b);
	_exit(7);
}

static void fail_the_nth(void)
{
	if (memory_allocations() != 0)
		_exit(6); /* the environment was read already: the test would prove nothing */
	allocate_in_every_way();
}

START_TEST(nth_allocation_fails)
{
	char n[8] = {(char)('1' + _i), '\0'}, said[256];
	setenv("WEIR_FAIL_ALLOC", n, 1);
	int status = in_a_child(fail_the_nth, said);
	ck_assert_int_eq(status, _i < 6 ? 3 : 7);
	ck_assert_str_eq(said, _i < 6 ? "weir: error: out of memory\ncleaned\n" : "");
}
END_TEST

START_TEST(nonsense_in_the_environment_fails_nothing)
{
	static const char *const nonsense[] = {"", "x", "0", "-1", "3x", " "};
	char said[256];
	setenv("WEIR_FAIL_ALLOC", nonsense[_i], 1);
	ck_assert_int_eq(in_a_child(fail_the_nth, said), 7);
}
END_TEST

static void ask_for_too_much(void)
{
	memory_on_exhaustion(say_cleaned);
	memory_alloc(SIZE_MAX);
}

static void overflow_the_product(void)
{
	memory_alloc_array(SIZE_MAX / 4, 8);
}

static void overflow_while_growing(void)
{
	memory_grow(NULL, SIZE_MAX / 2, 4);
}

static void fail_in_the_clean_up(void)
{
	memory_on_exhaustion(clean_up_that_allocates);
	memory_exhausted();
}

START_TEST(sizes_that_overflow_are_exhaustion)
{
	char said[256];
	ck_assert_int_eq(in_a_child(ask_for_too_much, said), 3);
	ck_assert_str_eq(said, "weir: error: out of memory\ncleaned\n");
	ck_assert_int_eq(in_a_child(overflow_the_product, said), 3);
	ck_assert_str_eq(said, "weir: error: out of memory\n");
	ck_assert_int_eq(in_a_child(overflow_while_growing, said), 3);
	ck_assert_int_eq(in_a_child(fail_in_the_clean_up, said), 3);
	ck_assert_str_eq(said, "weir: error: out of memory\ncleaned\n");
}
END_TEST

Suite *memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");
	tcase_add_test(tc, memory_is_zeroed_and_counted);
	tcase_add_test(tc, nothing_is_a_valid_size);
	tcase_add_test(tc, growing_keeps_what_was_there);
	tcase_add_test(tc, strings_are_copied);
	tcase_add_loop_test(tc, nth_allocation_fails, 0, 8);
	tcase_add_loop_test(tc, nonsense_in_the_environment_fails_nothing, 0, 6);
	tcase_add_test(tc, sizes_that_overflow_are_exhaustion);
	suite_add_tcase(s, tc);
	return s;
}
