/* The list of failures, and the text that goes with one. */
#include <check.h>
#include <string.h>

#include "sim/base/error.h"

START_TEST(list_is_complete)
{
	ck_assert_str_eq(error_name(ERROR_OK), "OK");
	ck_assert_int_eq(error_exit_status(ERROR_OK), 0);
	for (enum error_code code = 0; code < ERROR_COUNT; code++) {
		ck_assert_int_ge(error_exit_status(code), 0);
		ck_assert_int_le(error_exit_status(code), 3);
		ck_assert_uint_gt(strlen(error_name(code)), 0);
		ck_assert_uint_gt(strlen(error_meaning(code)), 5);
		for (enum error_code other = 0; other < code; other++)
			ck_assert_str_ne(error_name(code), error_name(other));
	}
	ck_assert_int_eq(error_exit_status(ERROR_CHECK), 1);
	ck_assert_int_eq(error_exit_status(ERROR_INPUT), 2);
	ck_assert_int_eq(error_exit_status(ERROR_MEMORY), 3);
}
END_TEST

START_TEST(first_failure_stays)
{
	struct error e = {0};
	ck_assert_int_eq(error_set(&e, ERROR_IO, "cannot read %s", "a.yaml"), -1);
	ck_assert_int_eq(error_set(&e, ERROR_INPUT, "later"), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
	ck_assert_str_eq(e.text, "cannot read a.yaml");
	ck_assert_int_eq(error_set(NULL, ERROR_IO, "nobody listens"), -1);
}
END_TEST

START_TEST(text_is_one_line)
{
	struct error e = {0};
	error_set(&e, ERROR_IO, "a\nb\r\nc");
	ck_assert_str_eq(e.text, "a b  c");
}
END_TEST

/* A text that is too long ends in an ellipsis, never inside a character. */
START_TEST(long_text_is_cut_between_characters)
{
	char text[2000];
	for (int shift = 0; shift < 3; shift++) {
		struct error e = {0};
		memset(text, 'x', sizeof text);
		for (size_t i = (size_t)shift; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		text[sizeof text - 1] = '\0';
		error_set(&e, ERROR_IO, "%s", text);
		size_t length = strlen(e.text);
		ck_assert_uint_lt(length, sizeof e.text);
		ck_assert_uint_gt(length, sizeof e.text - 8);
		ck_assert_str_eq(e.text + length - 3, "...");
		ck_assert_uint_eq((length - 3 - (size_t)shift) % 3, 0);
	}
}
END_TEST

START_TEST(text_that_just_fits_is_whole)
{
	struct error e = {0};
	char text[sizeof e.text];
	memset(text, 'y', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	error_set(&e, ERROR_IO, "%s", text);
	ck_assert_str_eq(e.text, text);
}
END_TEST

Suite *error_suite(void)
{
	Suite *s = suite_create("error");
	TCase *tc = tcase_create("error");
	tcase_add_test(tc, list_is_complete);
	tcase_add_test(tc, first_failure_stays);
	tcase_add_test(tc, text_is_one_line);
	tcase_add_test(tc, long_text_is_cut_between_characters);
	tcase_add_test(tc, text_that_just_fits_is_whole);
	suite_add_tcase(s, tc);
	return s;
}
