/* Numbers as people read them. */
#include <check.h>
#include <math.h>

#include "reports/human.h"

Suite *human_suite(void);

static const struct {
	enum human_unit unit;
	double value;
	const char *text;
} values[] = {
	{HUMAN_COUNT, 0, "0"},
	{HUMAN_COUNT, 7, "7"},
	{HUMAN_COUNT, 9999, "9,999"},
	{HUMAN_COUNT, 7.25, "7.25"},
	{HUMAN_COUNT, 9.996, "10.0"},
	{HUMAN_COUNT, 1234.5, "1,234"}, /* ties to even, as printf */
	{HUMAN_COUNT, 10000, "10.0 k"},
	{HUMAN_COUNT, 9999.6, "10.0 k"},
	{HUMAN_COUNT, 72041.3, "72.0 k"},
	{HUMAN_COUNT, 999600, "1.00 M"},
	{HUMAN_COUNT, 259e6, "259 M"},
	{HUMAN_COUNT, -1e6, "−1.00 M"},
	{HUMAN_COUNT, 1e15, "1,000 T"},
	{HUMAN_RATIO, 1, "1.00"},
	{HUMAN_RATIO, 1.314, "1.31"},
	{HUMAN_MS, 0, "0 ms"},
	{HUMAN_MS, 0.0005, "500 ns"},
	{HUMAN_MS, 0.35, "350 µs"},
	{HUMAN_MS, 12.34, "12.3 ms"},
	{HUMAN_MS, 999.4, "999 ms"},
	{HUMAN_MS, 999.6, "1.00 s"},
	{HUMAN_MS, 1240, "1.24 s"},
	{HUMAN_MS, 59990, "1.00 min"},
	{HUMAN_MS, 900000, "15.0 min"},
	{HUMAN_MS, 3.6e6, "1.00 h"},
	{HUMAN_MS, 8.64e7 * 30, "30.0 d"},
	{HUMAN_SHARE, 0, "0 %"},
	{HUMAN_SHARE, 0.0042, "0.42 %"},
	{HUMAN_SHARE, 0.000042, "0.0042 %"},
	{HUMAN_SHARE, 0.5, "50.0 %"},
	{HUMAN_SHARE, 1, "100 %"},
	{HUMAN_SHARE, 0.99996, "99.996 %"},
	{HUMAN_USD, 0, "$0"},
	{HUMAN_USD, 12.345678, "$12.35"},
	{HUMAN_USD, 0.2, "$0.20"},
	{HUMAN_USD, 0.00123, "$0.0012"},
	{HUMAN_USD, 1234.5, "$1,234"},
	{HUMAN_USD, 2.5e6, "$2.50 M"},
	{HUMAN_USD, -6.67, "−$6.67"},
	{HUMAN_COUNT, NAN, "–"},
	{HUMAN_MS, INFINITY, "–"},
};

START_TEST(value)
{
	struct textbuf t = {0};
	human_value(&t, values[_i].unit, values[_i].value);
	ck_assert_str_eq(textbuf_text(&t), values[_i].text);
	textbuf_fini(&t);
}
END_TEST

START_TEST(half_width)
{
	static const struct {
		double mean, half;
		const char *text;
	} cases[] = {{1240, 50, "±0.05"},      {72041, 12, "±0.01"}, {12.34, 0.04, "±0.04"},
	             {12.34, 0.0001, "±0.01"}, {12.34, 0, "±0.0"},   {12.34, NAN, ""}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct interval v = {cases[i].mean, cases[i].mean - cases[i].half, cases[i].mean + cases[i].half};
		struct human_scale scale = human_scale_for(i == 1 ? HUMAN_COUNT : HUMAN_MS, v.mean);
		struct textbuf t = {0};
		human_half_width(&t, &scale, &v);
		ck_assert_str_eq(textbuf_text(&t), cases[i].text);
		textbuf_fini(&t);
	}
}
END_TEST

START_TEST(uneven_ends)
{
	static const struct {
		struct interval value;
		const char *text;
	} cases[] = {{{7, 0, 16}, "0–16"}, {{7, 0, 14}, "±7"}, {{1240, 1000, 1600}, "1.00–1.60"}, {{1240, 1140, 1345}, "±0.10"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct human_scale scale = human_scale_for(i < 2 ? HUMAN_COUNT : HUMAN_MS, cases[i].value.mean);
		struct textbuf t = {0};
		human_half_width(&t, &scale, &cases[i].value);
		ck_assert_str_eq(textbuf_text(&t), cases[i].text);
		textbuf_fini(&t);
	}
}
END_TEST

START_TEST(lengths_of_time)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {{3600, "1 hour"}, {86400 * 30.0, "30 days"}, {360, "6 minutes"}, {60, "1 minute"},
	             {90, "1.50 min"}, {0.25, "250 ms"},          {0, "0 ms"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct textbuf t = {0};
		human_time(&t, cases[i].seconds);
		ck_assert_str_eq(textbuf_text(&t), cases[i].text);
		textbuf_fini(&t);
	}
}
END_TEST

Suite *human_suite(void)
{
	Suite *s = suite_create("human");
	TCase *t = tcase_create("human");
	tcase_add_loop_test(t, value, 0, (int)(sizeof values / sizeof values[0]));
	tcase_add_test(t, half_width);
	tcase_add_test(t, uneven_ends);
	tcase_add_test(t, lengths_of_time);
	suite_add_tcase(s, t);
	return s;
}
