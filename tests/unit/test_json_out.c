/* JSON as it is written: read back by jansson, numbers by strtod. */
#include <check.h>
#include <float.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json_out.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

START_TEST(numbers_as_people_write_them)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{-1, "-1"},
		{0.1, "0.1"},
		{0.2 + 0.1, "0.30000000000000004"},
		{1.0 / 3, "0.3333333333333333"},
		{100, "100"},
		{1e15, "1000000000000000"},
		{1e16, "1e+16"},
		{1e21, "1e+21"},
		{1e22, "1e+22"},
		{1.5e300, "1.5e+300"},
		{123456789.125, "123456789.125"},
		{0.0001, "0.0001"},
		{0.00001, "1e-05"},
		{1.234e-5, "1.234e-05"},
		{9007199254740993.0, "9007199254740992"},
		{1234567890123456.8, "1234567890123456.8"},
		{5e-324, "5e-324"},
		{2.2250738585072014e-308, "2.2250738585072014e-308"},
		{DBL_MAX, "1.7976931348623157e+308"},
		{-DBL_MAX, "-1.7976931348623157e+308"},
		{0x1p-44, "5.684341886080802e-14"},
		{0x1p-1074 * 3, "1.5e-323"},
		{2e-7, "2e-07"},
		{9.5e-7, "9.5e-07"},
		{299792458, "299792458"},
		{NAN, "null"},
		{INFINITY, "null"},
		{-INFINITY, "null"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[JSON_OUT_NUMBER];
		json_out_number(text, rows[i].value);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

/* Every double reads back, and none of fewer digits does (found by trying the nearest and its neighbours). */
START_TEST(numbers_read_back_and_are_shortest)
{
	uint64_t random = 5;
	for (int i = 0; i < 60000; i++) {
		uint64_t bits = fixture_random(&random);
		double value;
		if (i % 4 == 1)
			bits &= ~(uint64_t)0 << 52; /* powers of two, where the gaps differ */
		if (i % 4 == 2)
			bits &= 0x000fffffffffffffu >> (bits >> 58); /* subnormals */
		memcpy(&value, &bits, sizeof value);
		if (i % 4 == 3)
			value = (double)(int64_t)fixture_below(&random, 2000000) / 1000;
		if (!isfinite(value))
			continue;
		char text[JSON_OUT_NUMBER];
		json_out_number(text, value);
		quick_assert(strtod(text, NULL) == value, "%a became %s", value, text);
		int digits = 0, zeros = 0;
		for (const char *c = text; *c && *c != 'e'; c++) {
			if (*c < '0' || *c > '9' || (digits == 0 && *c == '0'))
				continue;
			digits++;
			zeros = *c == '0' ? zeros + 1 : 0;
		}
		digits -= zeros;
		ck_assert_int_le(digits, 17);
		if (digits < 2 || value == 0)
			continue;
		char shorter[64];
		snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
		quick_assert(strtod(shorter, NULL) != value, "%s is shorter than %s", shorter, text);
	}
}
END_TEST

/* A locale with a decimal comma must not show; where none is installed, the C locale is all there is to prove. */
START_TEST(numbers_know_no_locale)
{
	static const char *const locales[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "de_DE"};
	for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
		if (setlocale(LC_ALL, locales[i]) == NULL)
			continue;
		char text[JSON_OUT_NUMBER];
		json_out_number(text, 1234.5678);
		ck_assert_str_eq(text, "1234.5678");
		json_out_number(text, 1.5e-9);
		ck_assert_str_eq(text, "1.5e-09");
	}
	setlocale(LC_ALL, "C");
}
END_TEST

static void write_sample(struct textbuf *out, int indent)
{
	struct json_out j;
	json_out_init(&j, out, indent);
	json_out_object(&j);
	json_out_key(&j, "a");
	json_out_int(&j, INT64_MIN);
	json_out_key(&j, "b\"");
	json_out_array(&j);
	json_out_array(&j);
	json_out_end_array(&j);
	json_out_object(&j);
	json_out_end_object(&j);
	json_out_bool(&j, true);
	json_out_null(&j);
	json_out_double(&j, NAN);
	json_out_double(&j, 0.5);
	json_out_string(&j, NULL);
	json_out_end_array(&j);
	json_out_key(&j, "c");
	json_out_string(&j, "x");
	json_out_end_object(&j);
}

START_TEST(layout_is_exact)
{
	struct textbuf b = {0};
	write_sample(&b, 0);
	ck_assert_str_eq(textbuf_text(&b), "{\"a\":-9223372036854775808,\"b\\\"\":[[],{},true,null,null,0.5,null],\"c\":\"x\"}");
	textbuf_clear(&b);
	write_sample(&b, 2);
	ck_assert_str_eq(
		textbuf_text(&b),
		"{\n  \"a\": -9223372036854775808,\n  \"b\\\"\": [\n    [],\n    {},\n    true,\n    null,\n    null,\n    0.5,\n"
		"    null\n  ],\n  \"c\": \"x\"\n}");
	textbuf_fini(&b);
}
END_TEST

static void check_quote(const char *bytes, size_t length, const char *want)
{
	struct textbuf b = {0};
	json_out_quote(&b, bytes, length);
	ck_assert_str_eq(textbuf_text(&b), want);
	textbuf_fini(&b);
}

START_TEST(strings_are_escaped)
{
	check_quote("a\"b\\c\n\t\r\b\f", 10, "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\"");
	check_quote("\x00\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"");
	check_quote("</script>&", 10, "\"\\u003c/script\\u003e\\u0026\"");
	check_quote("\xe2\x82\xac\xf0\x9f\x98\x80", 7, "\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
	check_quote("\xe2\x80\xa8", 3, "\"\\u2028\"");
	check_quote("a\xff\xc3", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
	check_quote("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	check_quote(NULL, 0, "\"\"");
}
END_TEST

/* Whatever the bytes, an independent parser accepts what is written. */
START_TEST(any_bytes_become_json)
{
	uint64_t random = 17;
	for (int round = 0; round < 3000; round++) {
		char bytes[40];
		size_t n = fixture_below(&random, sizeof bytes);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(fixture_below(&random, 3) ? fixture_random(&random) : 0xe2);
		struct textbuf b = {0};
		json_out_quote(&b, bytes, n);
		json_error_t error;
		json_t *read = json_loadb(b.text, b.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
		quick_assert(read != NULL && json_is_string(read), "%s: %s", error.text, b.text);
		json_decref(read);
		textbuf_fini(&b);
	}
}
END_TEST

Suite *json_out_suite(void)
{
	Suite *s = suite_create("json_out");
	TCase *tc = tcase_create("json_out");
	tcase_add_test(tc, numbers_as_people_write_them);
	tcase_add_test(tc, numbers_read_back_and_are_shortest);
	tcase_add_test(tc, numbers_know_no_locale);
	tcase_add_test(tc, layout_is_exact);
	tcase_add_test(tc, strings_are_escaped);
	tcase_add_test(tc, any_bytes_become_json);
	suite_add_tcase(s, tc);
	return s;
}
