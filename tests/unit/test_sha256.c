/* SHA-256 against the examples of FIPS 180-2, appendix B, and in every way of cutting a text. */
#include <check.h>
#include <string.h>

#include "sim/base/sha256.h"

Suite *sha256_suite(void);

static void digest_is(const char *text, size_t length, size_t piece, const char *expected)
{
	struct sha256 s;
	char hex[SHA256_TEXT];
	sha256_init(&s);
	for (size_t i = 0; i < length; i += piece)
		sha256_add(&s, text + i, length - i < piece ? length - i : piece);
	sha256_end_text(&s, hex);
	ck_assert_str_eq(hex, expected);
}

START_TEST(examples)
{
	digest_is("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	digest_is("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 56,
	          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

START_TEST(a_million)
{
	static char text[1000000];
	static const size_t pieces[] = {1000000, 64, 63, 65, 1, 127, 4096};
	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		digest_is(text, sizeof text, pieces[i], "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

static void fields(char hex[SHA256_TEXT], const char *a, const char *b)
{
	struct sha256 s;
	sha256_init(&s);
	sha256_add_text(&s, a);
	sha256_add_text(&s, b);
	sha256_end_text(&s, hex);
}

START_TEST(fields_do_not_run_together)
{
	char one[SHA256_TEXT], two[SHA256_TEXT];
	fields(one, "ab", "c");
	fields(two, "a", "bc");
	ck_assert_str_ne(one, two);
	fields(one, NULL, "c");
	fields(two, "", "c");
	ck_assert_str_ne(one, two);
}
END_TEST

Suite *sha256_suite(void)
{
	Suite *suite = suite_create("sha256");
	TCase *tcase = tcase_create("sha256");
	tcase_add_test(tcase, examples);
	tcase_add_test(tcase, a_million);
	tcase_add_test(tcase, fields_do_not_run_together);
	suite_add_tcase(suite, tcase);
	return suite;
}
