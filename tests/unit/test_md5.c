/* MD5 against the test suite of RFC 1321, A.5, and in every way of cutting a text. */
#include <check.h>
#include <string.h>

#include "sim/base/md5.h"

Suite *md5_suite(void);

static void digest_is(const char *text, size_t length, size_t piece, const char *expected)
{
	struct md5 m;
	char hex[MD5_TEXT];
	md5_init(&m);
	for (size_t i = 0; i < length; i += piece)
		md5_add(&m, text + i, length - i < piece ? length - i : piece);
	md5_end_text(&m, hex);
	ck_assert_str_eq(hex, expected);
}

START_TEST(test_suite)
{
	static const char *const cases[][2] = {
		{"", "d41d8cd98f00b204e9800998ecf8427e"},
		{"a", "0cc175b9c0f1b6a831c399e269772661"},
		{"abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
		{"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
		{"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	         "57edf4a22be3c955ac49da2e2107b67a"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t piece = 1; piece < 82; piece++)
			digest_is(cases[i][0], strlen(cases[i][0]), piece, cases[i][1]);
}
END_TEST

/* Lengths about a block, where the padding takes one block or two: the digests of the first n bytes of a text must all differ, and be
 * the same however it is cut. */
START_TEST(cuts_about_a_block)
{
	char text[200], whole[MD5_TEXT], before[MD5_TEXT] = "";
	memset(text, 'x', sizeof text);
	for (size_t length = 50; length < sizeof text; length++) {
		struct md5 m;
		md5_init(&m);
		md5_add(&m, text, length);
		md5_end_text(&m, whole);
		ck_assert_str_ne(whole, before);
		memcpy(before, whole, sizeof before);
		for (size_t piece = 1; piece < 70; piece += 7)
			digest_is(text, length, piece, whole);
	}
}
END_TEST

Suite *md5_suite(void)
{
	Suite *suite = suite_create("md5");
	TCase *tcase = tcase_create("md5");
	tcase_add_test(tcase, test_suite);
	tcase_add_test(tcase, cuts_about_a_block);
	suite_add_tcase(suite, tcase);
	return suite;
}
