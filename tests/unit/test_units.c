/* Quantities as people write them. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "scenarios/read/units.h"

typedef enum unit_fault reader(const char *text, double *value);

struct expectation {
	const char *text;
	double value;
};

static void reads(reader *read, const struct expectation *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double value = -1;
		ck_assert_msg(read(all[i].text, &value) == UNIT_OK, "'%s' is refused", all[i].text);
		ck_assert_msg(fabs(value - all[i].value) <= 1e-12 * fabs(all[i].value), "'%s' is %.17g", all[i].text, value);
	}
}

struct refusal {
	const char *text;
	enum unit_fault fault;
};

static void refuses(reader *read, const struct refusal *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double value;
		enum unit_fault fault = read(all[i].text, &value);
		ck_assert_msg(fault == all[i].fault, "'%s' %s", all[i].text, unit_fault_text(fault));
	}
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

START_TEST(durations)
{
	static const struct expectation good[] = {{"250us", 250e3},
	                                          {"80ms", 80e6},
	                                          {"3s", 3e9},
	                                          {"5m", 300e9},
	                                          {"1h", 3600e9},
	                                          {"7d", 604800e9},
	                                          {"606.53ms", 606.53e6},
	                                          {"1h30m", 5400e9},
	                                          {"1h 30m", 5400e9},
	                                          {" 2 s ", 2e9},
	                                          {"0", 0},
	                                          {"0s", 0},
	                                          {"1e3ms", 1e9},
	                                          {"12ns", 12},
	                                          {"5\xC2\xB5s", 5000},
	                                          {"36500d", 36500 * 86400e9},
	                                          {".5s", 5e8}};
	static const struct refusal bad[] = {{"5", UNIT_MISSING},        {"", UNIT_NOT_A_NUMBER}, {"ms", UNIT_NOT_A_NUMBER},
	                                     {"5x", UNIT_UNKNOWN},       {"-5s", UNIT_NEGATIVE},  {"36526d", UNIT_TOO_LARGE},
	                                     {"1e400s", UNIT_TOO_LARGE}, {"0x10s", UNIT_UNKNOWN}, {"inf", UNIT_NOT_A_NUMBER},
	                                     {"nan", UNIT_NOT_A_NUMBER}, {"5S", UNIT_UNKNOWN},    {"5 minutes", UNIT_UNKNOWN},
	                                     {"1,5s", UNIT_UNKNOWN},     {"1h30", UNIT_MISSING},  {"5s-3s", UNIT_NEGATIVE}};
	reads(units_duration, good, COUNT(good));
	refuses(units_duration, bad, COUNT(bad));
}
END_TEST

START_TEST(rates)
{
	static const struct expectation good[] = {{"20/s", 20},         {"300/m", 5}, {"36.1/h", 36.1 / 3600},
	                                          {"1/d", 1 / 86400.0}, {"0", 0},     {"2 / s", 2}};
	static const struct refusal bad[] = {{"20", UNIT_MISSING},     {"-3/s", UNIT_NEGATIVE},    {"20/x", UNIT_UNKNOWN},
	                                     {"20s", UNIT_UNKNOWN},    {"1e10/s", UNIT_TOO_LARGE}, {"/s", UNIT_NOT_A_NUMBER},
	                                     {"20/s/s", UNIT_UNKNOWN}, {"20/", UNIT_UNKNOWN}};
	reads(units_rate, good, COUNT(good));
	refuses(units_rate, bad, COUNT(bad));
}
END_TEST

START_TEST(sizes)
{
	static const struct expectation good[] = {{"600B", 600},           {"4KB", 4096},  {"6MB", 6291456},
	                                          {"1.5GB", 1610612736.0}, {"2KiB", 2048}, {"0", 0}};
	static const struct refusal bad[] = {{"90", UNIT_MISSING},
	                                     {"90M", UNIT_UNKNOWN},
	                                     {"-1KB", UNIT_NEGATIVE},
	                                     {"4KB4KB", UNIT_UNKNOWN},
	                                     {"1e10TB", UNIT_TOO_LARGE}};
	reads(units_size, good, COUNT(good));
	refuses(units_size, bad, COUNT(bad));
}
END_TEST

START_TEST(shares_and_growth)
{
	static const struct expectation shares[] = {{"5%", 0.05}, {"0.1 %", 0.001}, {"0.001", 0.001}, {"100%", 1}, {"0", 0}};
	static const struct refusal no_shares[] = {{"101%", UNIT_TOO_LARGE},
	                                           {"2", UNIT_TOO_LARGE},
	                                           {"-1%", UNIT_NEGATIVE},
	                                           {"5%%", UNIT_UNKNOWN},
	                                           {"5 percent", UNIT_UNKNOWN}};
	static const struct expectation growths[] = {{"4%/month", 0.04}, {"-4 % / month", -0.04}, {"0", 0}, {"100%/month", 1}};
	static const struct refusal no_growths[] = {{"4%", UNIT_MISSING},
	                                            {"4", UNIT_MISSING},
	                                            {"4%/year", UNIT_UNKNOWN},
	                                            {"-100%/month", UNIT_NOTHING_LEFT}};
	reads(units_share, shares, COUNT(shares));
	refuses(units_share, no_shares, COUNT(no_shares));
	reads(units_growth, growths, COUNT(growths));
	refuses(units_growth, no_growths, COUNT(no_growths));
}
END_TEST

START_TEST(whole_numbers)
{
	long long value;
	ck_assert_int_eq(units_integer("128", &value), UNIT_OK);
	ck_assert_int_eq(value, 128);
	ck_assert_int_eq(units_integer(" -3 ", &value), UNIT_OK);
	ck_assert_int_eq(value, -3);
	ck_assert_int_eq(units_integer("9223372036854775807", &value), UNIT_OK);
	ck_assert_int_eq(units_integer("9223372036854775808", &value), UNIT_TOO_LARGE);
	ck_assert_int_eq(units_integer("1.0", &value), UNIT_NOT_A_NUMBER);
	ck_assert_int_eq(units_integer("0x10", &value), UNIT_NOT_A_NUMBER);
	ck_assert_int_eq(units_integer("", &value), UNIT_NOT_A_NUMBER);
}
END_TEST

Suite *units_suite(void);

Suite *units_suite(void)
{
	Suite *suite = suite_create("units");
	TCase *tcase = tcase_create("quantities");
	tcase_add_test(tcase, durations);
	tcase_add_test(tcase, rates);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, shares_and_growth);
	tcase_add_test(tcase, whole_numbers);
	suite_add_tcase(suite, tcase);
	return suite;
}
