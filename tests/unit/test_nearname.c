/* What a mistyped name was meant to be. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/nearname.h"
#include "tests/unit/fixture_random.h"

static const char *const properties[] = {
	"MemorySize",  "Timeout",       "Runtime",
	"Handler",     "CodeUri",       "Events",
	"Environment", "Architectures", "ReservedConcurrentExecutions",
};
enum { PROPERTIES = sizeof properties / sizeof properties[0] };

START_TEST(mistakes_are_understood)
{
	static const char *const pairs[][2] = {
		{"MemorySise", "MemorySize"},
		{"memorysize", "MemorySize"},
		{"MemroySize", "MemorySize"},
		{"Memory", NULL},
		{"TimeOut", "Timeout"},
		{"Timeou", "Timeout"},
		{"Timeouts", "Timeout"},
		{"Hnadler", "Handler"},
		{"CodeURI", "CodeUri"},
		{"Event", "Events"},
		{"Banana", NULL},
		{"", NULL},
		{"Enviroment", "Environment"},
		{"ReservedConcurrency", NULL},
		{"ReservedConcurrentExecution", "ReservedConcurrentExecutions"},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		const char *got = nearname_find(pairs[i][0], properties, PROPERTIES);
		if (pairs[i][1] == NULL)
			ck_assert_msg(got == NULL, "%s became %s", pairs[i][0], got);
		else
			ck_assert_msg(got && strcmp(got, pairs[i][1]) == 0, "%s became %s", pairs[i][0], got ? got : "nothing");
	}
}
END_TEST

START_TEST(ties_go_to_the_first_and_short_names_need_a_shared_letter)
{
	static const char *const names[] = {"ab", "ac", "x", "max"};
	ck_assert_ptr_eq(nearname_find("ad", names, 4), names[0]);
	ck_assert_ptr_eq(nearname_find("X", names, 4), names[2]);
	ck_assert_ptr_null(nearname_find("q", names, 4));
	ck_assert_ptr_null(nearname_find("qq", names, 4));
	ck_assert_ptr_eq(nearname_find("mx", names, 4), names[2]);
	ck_assert_ptr_eq(nearname_find("mxa", names, 4), names[3]);
	ck_assert_ptr_null(nearname_find("ab", NULL, 0));
}
END_TEST

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The distance by its definition, over all ways. */
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
	if (m == 0 || n == 0)
		return m + n;
	size_t d = distance(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
	d = least(d, least(distance(a, m - 1, b, n), distance(a, m, b, n - 1)) + 1);
	if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1])
		d = least(d, distance(a, m - 2, b, n - 2) + 1);
	return d;
}

START_TEST(agrees_with_the_definition)
{
	uint64_t random = 11;
	for (int round = 0; round < 2000; round++) {
		char a[8] = "", b[8] = "";
		size_t m = 1 + fixture_below(&random, 6), n = fixture_below(&random, 7);
		for (size_t i = 0; i < m; i++)
			a[i] = (char)('a' + fixture_below(&random, 3));
		for (size_t i = 0; i < n; i++)
			b[i] = (char)('a' + fixture_below(&random, 3));
		const char *names[] = {b};
		size_t d = distance(a, m, b, n), limit = m < 3 ? 1 : m / 3, longer = m > n ? m : n;
		ck_assert_msg((nearname_find(a, names, 1) != NULL) == (d <= limit && d < longer), "%s %s %zu", a, b, d);
	}
}
END_TEST

START_TEST(endless_names_are_let_be)
{
	char *endless = malloc(1000001);
	memset(endless, 'a', 1000000);
	endless[1000000] = '\0';
	const char *names[] = {endless, "Timeout"};
	ck_assert_ptr_null(nearname_find(endless, names, 2));
	ck_assert_ptr_eq(nearname_find("timeout", names, 2), names[1]);
	endless[255] = '\0';
	ck_assert_ptr_eq(nearname_find(endless, names, 2), names[0]);
	free(endless);
}
END_TEST

Suite *nearname_suite(void)
{
	Suite *s = suite_create("nearname");
	TCase *tc = tcase_create("nearname");
	tcase_add_test(tc, mistakes_are_understood);
	tcase_add_test(tc, ties_go_to_the_first_and_short_names_need_a_shared_letter);
	tcase_add_test(tc, agrees_with_the_definition);
	tcase_add_test(tc, endless_names_are_let_be);
	suite_add_tcase(s, tc);
	return s;
}
