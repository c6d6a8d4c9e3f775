/* Every character there is comes back; every pair of bytes that begins none is refused. */
#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "sim/base/utf8.h"

/* RFC 3629, section 3. */
static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)((0xf00 >> n & 0xff) | c);
	return n;
}

START_TEST(every_character_comes_back)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char bytes[4];
		size_t n = encode(c, bytes);
		uint32_t got;
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		size_t took = utf8_next(bytes, n, &got);
		if (took != (surrogate ? 1 : n) || got != (surrogate ? UTF8_INVALID : c))
			ck_abort_msg("U+%04X: took %zu, got %X", c, took, got);
		if (n > 1 && (utf8_next(bytes, n - 1, &got) != 1 || got != UTF8_INVALID))
			ck_abort_msg("U+%04X cut short is accepted", c);
	}
}
END_TEST

START_TEST(what_is_not_utf8_is_refused)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xed\xa0\x80",
		"\xc3(",
		"\xe2\x82(",
		"\xf0\x9f\x98(",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint32_t c = 0;
		ck_assert_uint_eq(utf8_next(bad[i], strlen(bad[i]), &c), 1);
		ck_assert_uint_eq(c, UTF8_INVALID);
	}
}
END_TEST

Suite *utf8_suite(void)
{
	Suite *s = suite_create("utf8");
	TCase *tc = tcase_create("utf8");
	tcase_add_test(tc, every_character_comes_back);
	tcase_add_test(tc, what_is_not_utf8_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
