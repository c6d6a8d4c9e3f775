/* Text that grows, against the same text made otherwise. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/textbuf.h"
#include "tests/unit/fixture_random.h"

START_TEST(empty_is_a_text)
{
	struct textbuf b = {0};
	ck_assert_str_eq(textbuf_text(&b), "");
	textbuf_add(&b, "");
	ck_assert_str_eq(b.text, "");
	textbuf_fini(&b);
	char *text = textbuf_detach(&b);
	ck_assert_str_eq(text, "");
	memory_free(text);
	textbuf_add_n(&b, NULL, 0);
	ck_assert_uint_eq(b.length, 0);
	textbuf_fini(&b);
}
END_TEST

START_TEST(pieces_of_any_size_join)
{
	static char want[200000], piece[5000];
	size_t length = 0;
	uint64_t random = 3;
	struct textbuf b = {0};
	while (length < sizeof want - sizeof piece - 20) {
		size_t n = fixture_below(&random, fixture_below(&random, 2) ? 20 : sizeof piece - 1);
		memset(piece, (int)('a' + fixture_below(&random, 26)), n);
		piece[n] = '\0';
		switch (fixture_below(&random, 4)) {
		case 0: textbuf_add(&b, piece); break;
		case 1: textbuf_add_n(&b, piece, n); break;
		case 2: textbuf_printf(&b, "%s", piece); break;
		default:
			for (size_t i = 0; i < n; i++)
				textbuf_add_char(&b, piece[i]);
		}
		memcpy(want + length, piece, n + 1);
		length += n;
		ck_assert_uint_eq(b.length, length);
		ck_assert_uint_eq(strlen(b.text), length);
	}
	ck_assert_str_eq(textbuf_text(&b), want);
	textbuf_fini(&b);
}
END_TEST

/* Formats whose length is just below, at and just above what the buffer has room for. */
START_TEST(formats_at_the_edge_of_the_room)
{
	for (int filled = 0; filled < 70; filled++) {
		for (int n = 0; n < 130; n++) {
			struct textbuf b = {0};
			for (int i = 0; i < filled; i++)
				textbuf_add_char(&b, '.');
			textbuf_printf(&b, "%0*d", n, 0);
			ck_assert_uint_eq(b.length, (size_t)filled + (size_t)(n ? n : 1));
			ck_assert_uint_eq(strlen(b.text), b.length);
			textbuf_fini(&b);
		}
	}
}
END_TEST

START_TEST(clearing_keeps_the_memory)
{
	struct textbuf b = {0};
	textbuf_printf(&b, "%0500d", 1);
	unsigned long before = memory_allocations();
	textbuf_clear(&b);
	ck_assert_str_eq(textbuf_text(&b), "");
	textbuf_printf(&b, "%0400d", 1);
	ck_assert_uint_eq(memory_allocations(), before);
	char *text = textbuf_detach(&b);
	ck_assert_uint_eq(strlen(text), 400);
	ck_assert_ptr_null(b.text);
	memory_free(text);
}
END_TEST

START_TEST(zero_bytes_are_kept)
{
	struct textbuf b = {0};
	textbuf_add_n(&b, "a\0b", 3);
	textbuf_add_char(&b, '\0');
	ck_assert_uint_eq(b.length, 4);
	ck_assert_mem_eq(b.text, "a\0b\0", 5);
	textbuf_fini(&b);
}
END_TEST

Suite *textbuf_suite(void)
{
	Suite *s = suite_create("textbuf");
	TCase *tc = tcase_create("textbuf");
	tcase_add_test(tc, empty_is_a_text);
	tcase_add_test(tc, pieces_of_any_size_join);
	tcase_add_test(tc, formats_at_the_edge_of_the_room);
	tcase_add_test(tc, clearing_keeps_the_memory);
	tcase_add_test(tc, zero_bytes_are_kept);
	suite_add_tcase(s, tc);
	return s;
}
