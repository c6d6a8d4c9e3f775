/* Findings: their order, their limit, and how they look. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/diagnostic.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_quick.h"
#include "tests/unit/fixture_random.h"

static struct position at(const char *file, int line, int column)
{
	return (struct position){file, line, column};
}

static const char *line_of(void *ctx, const char *file, int line)
{
	(void)file;
	const char *const *lines = ctx;
	return line == 1 ? lines[0] : NULL;
}

static void render(struct diagnostics *d, const char *line, char **text)
{
	struct textbuf out = {0};
	diagnostics_render(d, line ? line_of : NULL, &line, &out);
	*text = textbuf_detach(&out);
}

START_TEST(errors_first_then_by_place)
{
	struct diagnostics d = {0};
	diagnostic_add(&d, SEVERITY_NOTE, at("a", 1, 1), "r", "n1");
	diagnostic_add(&d, SEVERITY_WARNING, at("b", 2, 1), "r", "w2");
	diagnostic_add(&d, SEVERITY_ERROR, at("b", 3, 9), "r", "e4");
	diagnostic_add(&d, SEVERITY_ERROR, at("b", 3, 2), "r", "e2");
	diagnostic_add(&d, SEVERITY_ERROR, at("b", 3, 2), "r", "e3");
	diagnostic_add(&d, SEVERITY_WARNING, at("a", 9, 1), "r", "w1");
	diagnostic_add(&d, SEVERITY_ERROR, at("a", 5, 1), "r", "e1");
	diagnostic_add(&d, SEVERITY_ERROR, at(NULL, 0, 0), "r", "e0");
	ck_assert_uint_eq(d.errors, 5);
	ck_assert_uint_eq(d.warnings, 2);
	diagnostics_sort(&d);
	static const char *const want[] = {"e0", "e1", "e2", "e3", "e4", "w1", "w2", "n1"};
	for (size_t i = 0; i < d.count; i++)
		ck_assert_str_eq(d.items[i].text, want[i]);
	diagnostics_fini(&d);
	ck_assert_uint_eq(d.count, 0);
}
END_TEST

START_TEST(places_known_and_unknown)
{
	struct diagnostics d = {0};
	char *text;
	diagnostic_add(&d, SEVERITY_ERROR, at(NULL, 0, 0), "usage/x", "no template");
	diagnostic_add(&d, SEVERITY_WARNING, at("t.yaml", 0, 0), "read/y", "odd");
	diagnostic_add(&d, SEVERITY_NOTE, at("t.yaml", 7, 0), "read/z", "well");
	diagnostic_hint(&d, "did you mean '%s'?", "that");
	render(&d, "unused", &text);
	ck_assert_str_eq(text, "weir: error: no template [usage/x]\n"
	                       "t.yaml: warning: odd [read/y]\n"
	                       "t.yaml:7: note: well [read/z]\n"
	                       "       = did you mean 'that'?\n");
	memory_free(text);
	diagnostics_fini(&d);
}
END_TEST

/* The line under the source line: how many columns the caret stands from its margin. */
static void check_caret(const char *line, int column, const char *want)
{
	struct diagnostics d = {0};
	char *text;
	diagnostic_add(&d, SEVERITY_ERROR, at("f", 1, column), "r", "t");
	render(&d, line, &text);
	ck_assert_str_eq(text, want);
	memory_free(text);
	diagnostics_fini(&d);
}

START_TEST(caret_stands_under_its_column)
{
	check_caret("abc: d", 6, "f:1:6: error: t [r]\n     1 | abc: d\n       |      ^\n");
	check_caret("abc", 1, "f:1:1: error: t [r]\n     1 | abc\n       | ^\n");
	check_caret("abc", 4, "f:1:4: error: t [r]\n     1 | abc\n       |    ^\n");
	check_caret("abc", 99, "f:1:99: error: t [r]\n     1 | abc\n       |    ^\n");
	check_caret("", 1, "f:1:1: error: t [r]\n     1 | \n       | ^\n");
	check_caret("\ta\tb", 4, "f:1:4: error: t [r]\n     1 | \ta\tb\n       | \t \t^\n");
	check_caret("\xe2\x82\xac: x", 4, "f:1:4: error: t [r]\n     1 | \xe2\x82\xac: x\n       |    ^\n");
	check_caret("ab\r\nsecond", 2, "f:1:2: error: t [r]\n     1 | ab\n       |  ^\n");
	check_caret("\x1b[31m\xff", 6, "f:1:6: error: t [r]\n     1 | ?[31m?\n       |      ^\n");
}
END_TEST

/* A line of a million brackets is shown as a window, and the caret still points at the right character. */
START_TEST(long_lines_are_windows)
{
	enum { LENGTH = 1000000 };
	char *line = malloc(LENGTH + 1);
	memset(line, '[', LENGTH);
	line[LENGTH] = '\0';
	static const int columns[] = {1, 60, 109, 110, 111, 112, 500, 999900, 999999, 1000000};
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		struct diagnostics d = {0};
		char *text;
		line[columns[i] - 1] = '!';
		diagnostic_add(&d, SEVERITY_ERROR, at("f", 1, columns[i]), "r", "t");
		render(&d, line, &text);
		ck_assert_uint_lt(strlen(text), 400);
		const char *shown = strchr(text, '\n') + 1, *below = strchr(shown, '\n') + 1;
		ck_assert_ptr_nonnull(strchr(shown, '!'));
		ck_assert_int_eq(strchr(shown, '!') - shown, strchr(below, '^') - below);
		memory_free(text);
		diagnostics_fini(&d);
		line[columns[i] - 1] = '[';
	}
	free(line);
}
END_TEST

START_TEST(texts_stay_on_one_line)
{
	struct diagnostics d = {0};
	diagnostic_add(&d, SEVERITY_ERROR, at("f", 1, 1), "r", "bad key '%s'", "a\nb\x1b[2J\xc2\x9b\xff");
	ck_assert_str_eq(d.items[0].text, "bad key 'a b [2J ?'");
	char endless[5000];
	memset(endless, 'x', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	diagnostic_add(&d, SEVERITY_ERROR, at("f", 1, 1), "r", "%s", endless);
	ck_assert_uint_eq(strlen(d.items[1].text), DIAGNOSTIC_TEXT + 3);
	diagnostics_fini(&d);
}
END_TEST

START_TEST(too_many_are_counted_and_errors_kept)
{
	struct diagnostics d = {0};
	char *text;
	for (int i = 0; i < 500; i++)
		diagnostic_add(&d, SEVERITY_NOTE, at("f", i, 1), "r", "note %d", i);
	ck_assert_uint_eq(d.count, DIAGNOSTIC_LIMIT);
	diagnostic_hint(&d, "the hint of a finding that was not kept");
	ck_assert_ptr_null(d.items[d.count - 1].hint);
	for (int i = 0; i < 3; i++)
		diagnostic_add(&d, SEVERITY_ERROR, at("f", i, 1), "r", "error %d", i);
	diagnostic_hint(&d, "kept");
	ck_assert_str_eq(d.items[d.count - 1].hint, "kept");
	ck_assert_uint_eq(d.count, DIAGNOSTIC_LIMIT);
	ck_assert_uint_eq(d.errors, 3);
	ck_assert_uint_eq(d.dropped, 303);
	diagnostics_sort(&d);
	ck_assert_str_eq(d.items[0].text, "error 0");
	ck_assert_str_eq(d.items[2].text, "error 2");
	ck_assert_str_eq(d.items[3].text, "note 0");
	render(&d, NULL, &text);
	ck_assert_ptr_nonnull(strstr(text, "weir: note: 303 more findings are not shown\n"));
	memory_free(text);
	for (int i = 0; i < 400; i++)
		diagnostic_add(&d, SEVERITY_ERROR, at("f", 9, 1), "r", "more");
	ck_assert_uint_eq(d.errors, 403);
	ck_assert_uint_eq(d.count, DIAGNOSTIC_LIMIT);
	diagnostics_fini(&d);
}
END_TEST

START_TEST(json_form)
{
	struct diagnostics d = {0};
	struct textbuf out = {0};
	diagnostics_json(&d, &out);
	ck_assert_str_eq(textbuf_text(&out), "{\"diagnostics\":[]}\n");
	textbuf_clear(&out);
	diagnostic_add(&d, SEVERITY_ERROR, at("a.yaml", 3, 5), "read/unknown-key", "unknown key \"x\"");
	diagnostic_hint(&d, "not part of it");
	diagnostic_add(&d, SEVERITY_WARNING, at(NULL, 0, 0), "timeout/gateway", "short");
	diagnostics_json(&d, &out);
	ck_assert_str_eq(
		textbuf_text(&out),
		"{\"diagnostics\":[{\"file\":\"a.yaml\",\"line\":3,\"column\":5,\"severity\":\"error\",\"rule\":\"read/unknown-key\","
		"\"text\":\"unknown key \\\"x\\\"\"},{\"file\":null,\"line\":0,\"column\":0,\"severity\":\"warning\","
		"\"rule\":\"timeout/gateway\",\"text\":\"short\"}]}\n");
	textbuf_fini(&out);
	diagnostics_fini(&d);
}
END_TEST

/* Whatever the line and column, rendering ends and stays short. */
START_TEST(any_line_renders)
{
	uint64_t random = 23;
	for (int round = 0; round < 2000; round++) {
		char line[600];
		size_t n = fixture_below(&random, sizeof line);
		for (size_t i = 0; i < n; i++)
			line[i] = (char)(1 + fixture_below(&random, 255));
		line[n] = '\0';
		struct diagnostics d = {0};
		char *text;
		diagnostic_add(&d, SEVERITY_ERROR, at("f", 1, 1 + (int)fixture_below(&random, 700)), "r", "%s", line);
		render(&d, line, &text);
		int lines = 0;
		for (const char *c = text; *c; c++) {
			lines += *c == '\n';
			quick_assert((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t', "control character %d", *c);
		}
		ck_assert_int_eq(lines, 3);
		memory_free(text);
		diagnostics_fini(&d);
	}
}
END_TEST

Suite *diagnostic_suite(void)
{
	Suite *s = suite_create("diagnostic");
	TCase *tc = tcase_create("diagnostic");
	tcase_add_test(tc, errors_first_then_by_place);
	tcase_add_test(tc, places_known_and_unknown);
	tcase_add_test(tc, caret_stands_under_its_column);
	tcase_add_test(tc, long_lines_are_windows);
	tcase_add_test(tc, texts_stay_on_one_line);
	tcase_add_test(tc, too_many_are_counted_and_errors_kept);
	tcase_add_test(tc, json_form);
	tcase_add_test(tc, any_line_renders);
	suite_add_tcase(s, tc);
	return s;
}
