/* Columns of a terminal. */
#include <check.h>

#include "reports/width.h"

Suite *width_suite(void);

START_TEST(columns)
{
	ck_assert_int_eq(width_of(""), 0);
	ck_assert_int_eq(width_of("abc"), 3);
	ck_assert_int_eq(width_of("±µ–"), 3);
	ck_assert_int_eq(width_of("日本"), 4);
	ck_assert_int_eq(width_of("e\xcc\x81"), 1); /* a combining accent */
	ck_assert_int_eq(width_of("\xff\xfe"), 2);
}
END_TEST

START_TEST(cutting)
{
	static const struct {
		const char *text;
		int room, used;
		const char *shown;
	} cases[] = {
		{"abc", 3, 3, "abc"},
		{"abcd", 3, 3, "ab…"},
		{"日本語", 5, 5, "日本…"},
		{"日本語", 4, 3, "日…"},
		{"a\033[31mb", 9, 7, "a?[31mb"},
		{"a\nb", 9, 3, "a?b"},
		{"\xff", 3, 1, "?"},
		{"a\xe2\x80\xae"
	         "b",
	         9, 3, "a?b"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct textbuf t = {0};
		ck_assert_int_eq(width_add(&t, cases[i].text, cases[i].room), cases[i].used);
		ck_assert_str_eq(textbuf_text(&t), cases[i].shown);
		textbuf_fini(&t);
	}
}
END_TEST

Suite *width_suite(void)
{
	Suite *s = suite_create("width");
	TCase *t = tcase_create("width");
	tcase_add_test(t, columns);
	tcase_add_test(t, cutting);
	suite_add_tcase(s, t);
	return s;
}
