/* Event patterns: what the cases of tests/patterns do not show: positions, records, allocations, and a plain search for all choices of
 * array elements as the judge of random patterns. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/poll/caseless.h"
#include "models/poll/decimal.h"
#include "models/poll/ipaddress.h"
#include "models/poll/jsontext.h"
#include "models/poll/pattern.h"
#include "models/poll/wildcard.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_random.h"

static const struct pattern *compiled(const char *text, enum pattern_dialect dialect, struct arena *a)
{
	struct error e = {0};
	const struct pattern *p = pattern_compile(text, strlen(text), dialect, a, &e);
	ck_assert_msg(p != NULL, "%s: %s", text, e.text);
	return p;
}

static bool text_matches(const char *pattern, const char *event)
{
	struct arena a = {0};
	struct error e = {0};
	int result = pattern_match_text(compiled(pattern, PATTERN_EVENTBRIDGE, &a), event, strlen(event), NULL, &e);
	ck_assert_msg(result >= 0, "%s: %s", event, e.text);
	arena_fini(&a);
	return result;
}

START_TEST(errors_name_the_place_and_what_would_be_right)
{
	static const struct {
		const char *text;
		int line, column;
		const char *path, *right;
	} all[] = {
		{"{\"a\": 5}", 1, 7, "$.a: ", "[5]"},
		{"{\n  \"detail\": {\n    \"é\": [{\"prefx\": \"x\"}]\n  }\n}", 3, 12,
	         "$.detail[\"é\"][0].prefx: ", "did you mean 'prefix'?"},
		{"{\"a\": [\"x\", {\"numeric\": [\">\", 3, \"<\", 2]}]}", 1, 39, "$.a[1].numeric: ", "above"},
		{"{\"a\": [\"é\", {\"anything-but\": {\"prefix\": [\"a\", 1]}}]}", 1, 47,
	         "$.a[1].anything-but.prefix[1]: ", "string"},
		{"{\"$or\": [{\"a\": [1]}, {\"b c\": []}]}", 1, 30, "$.$or[1][\"b c\"]: ", "[null]"},
		{"{\"a\": [\"x\"],\n \"b\": [y]}", 2, 8, "", "JSON value"},
		{"{\"a\": [1]", 1, 10, "", "}"},
		{"", 1, 1, "", "ends"},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct arena a = {0};
		struct error e = {0};
		struct position at = {0};
		ck_assert_ptr_null(pattern_compile_at(all[i].text, strlen(all[i].text), PATTERN_EVENTBRIDGE, &a, &at, &e));
		ck_assert_int_eq(e.code, ERROR_INPUT);
		ck_assert_msg(at.line == all[i].line && at.column == all[i].column, "%s: %d:%d %s", all[i].text, at.line, at.column,
		              e.text);
		ck_assert_msg(strncmp(e.text, all[i].path, strlen(all[i].path)) == 0 && strstr(e.text, all[i].right) != NULL, "%s",
		              e.text);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(numbers_are_carried_or_not)
{
	static const struct {
		const char *text;
		bool comparable;
		double value;
	} all[] = {{"0", true, 0},
	           {"-0", true, 0},
	           {"-0.0e5", true, 0},
	           {"300", true, 300},
	           {"3.0e2", true, 300},
	           {"0.1", true, 0.1},
	           {"1e23", true, 1e23},
	           {"123456789012345678", false, 0},
	           {"1e400", false, 0},
	           {"1e-324", false, 0},
	           {"5e-324", true, 5e-324},
	           {"9007199254740993", false, 0},
	           {"1e22", true, 1e22},
	           {"2.5e-310", true, 2.5e-310},
	           {"1e99999999999999999999", false, 0},
	           {"0e99999999999999999999", true, 0}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct decimal d = decimal_read(all[i].text, strlen(all[i].text));
		ck_assert_msg(d.comparable == all[i].comparable && d.value == all[i].value, "%s: %d %.17g", all[i].text,
		              d.comparable, d.value);
	}
	int64_t whole;
	ck_assert(decimal_integer("-9223372036854775808", 20, &whole) && whole == INT64_MIN);
	ck_assert(decimal_integer("9223372036854775807", 19, &whole) && whole == INT64_MAX);
	ck_assert(!decimal_integer("9223372036854775808", 19, &whole));
	ck_assert(!decimal_integer("1.0", 3, &whole));
	ck_assert(!decimal_integer("-", 1, &whole));
	ck_assert(!decimal_of_integer(INT64_MAX).comparable);
	ck_assert(decimal_of_integer(-((int64_t)1 << 53)).comparable);
}
END_TEST

START_TEST(every_double_carries_its_shortest_decimal)
{
	uint64_t r = 7;
	for (int i = 0; i < 20000; i++) {
		char text[40];
		double value;
		uint64_t bits = fixture_random(&r);
		memcpy(&value, &bits, sizeof value);
		if (value != value || value - value != 0)
			continue;
		for (int digits = 1; digits <= 17; digits++) {
			snprintf(text, sizeof text, "%.*g", digits, value);
			if (strtod(text, NULL) == value)
				break;
		}
		struct decimal d = decimal_read(text, strlen(text));
		ck_assert_msg(d.comparable && d.value == value, "%s", text);
	}
}
END_TEST

START_TEST(json_keeps_what_jansson_cannot)
{
	struct arena a = {0};
	struct error e = {0};
	const char text[] = "{\"a\":[1e400,18446744073709551616,-9223372036854775808,1.5,\"\\u0000\",true,null]}";
	json_t *json = jsontext_json(jsontext_read(text, strlen(text), &a, NULL, &e));
	json_t *list = json_object_get(json, "a");
	ck_assert_uint_eq(json_array_size(list), 7);
	ck_assert_int_eq(json_string_value(json_array_get(list, 0))[0], JSONTEXT_NUMERAL);
	ck_assert_str_eq(json_string_value(json_array_get(list, 1)) + 1, "18446744073709551616");
	ck_assert_int_eq(json_integer_value(json_array_get(list, 2)), INT64_MIN);
	ck_assert_double_eq(json_real_value(json_array_get(list, 3)), 1.5);
	ck_assert_uint_eq(json_string_length(json_array_get(list, 4)), 1);
	json_decref(json);
	arena_fini(&a);
}
END_TEST

START_TEST(case_is_one_characters_other_case)
{
	struct arena a = {0};
	struct caseless c = caseless_new("aÀσ", strlen("aÀσ"), &a);
	ck_assert(caseless_equals(&c, "AàΣ", strlen("AàΣ")));
	ck_assert(!caseless_equals(&c, "AàΣx", strlen("AàΣx")));
	ck_assert(caseless_begins(&c, "AàΣx", strlen("AàΣx")));
	ck_assert(caseless_ends(&c, "xAàΣ", strlen("xAàΣ")));
	ck_assert(!caseless_ends(&c, "àΣ", strlen("àΣ")));
	c = caseless_new("\u212a", strlen("\u212a"), &a); /* the Kelvin sign: its lower case is k, but it is not k's upper case */
	ck_assert(caseless_equals(&c, "k", 1));
	c = caseless_new("k", 1, &a);
	ck_assert(!caseless_equals(&c, "\u212a", strlen("\u212a")));
	arena_fini(&a);
}
END_TEST

START_TEST(wildcards_do_not_explode)
{
	struct arena a = {0};
	struct wildcard w;
	char pattern[4001], text[20001];
	for (int i = 0; i < 4000; i += 2)
		memcpy(pattern + i, "*a", 2);
	memset(text, 'a', 20000);
	text[19999] = 'b';
	ck_assert_ptr_null(wildcard_compile(pattern, 4000, &a, &w));
	ck_assert(!wildcard_match(&w, text, 20000));
	ck_assert(wildcard_match(&w, text, 19999));
	arena_fini(&a);
}
END_TEST

START_TEST(addresses_are_read)
{
	static const char *const good[] = {"0.0.0.0", "255.255.255.255", "::",         "1::",
	                                   "::8",     "1:2:3:4:5:6:7:8", "::ffff:1:2", "ABCD::dcba"};
	static const char *const bad[] = {"",
	                                  "1",
	                                  "1.2.3",
	                                  "1.2.3.",
	                                  "1..2.3",
	                                  "256.1.1.1",
	                                  "1.2.3.4.",
	                                  ":",
	                                  ":::",
	                                  "1:2:3:4:5:6:7",
	                                  "1:2:3:4:5:6:7:8:9",
	                                  "1:2:3:4:5:6:7:8::",
	                                  "::1::",
	                                  "g::",
	                                  "::1.2.3.4",
	                                  "00000::",
	                                  "1.2.3.4/8",
	                                  "-1.2.3.4"};
	struct ipaddress x;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(ipaddress_read(good[i], strlen(good[i]), &x), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!ipaddress_read(bad[i], strlen(bad[i]), &x), "%s", bad[i]);
	ck_assert(ipaddress_read("::ffff:102:304", 14, &x) && x.bits == 32 && x.byte[0] == 1 && x.byte[3] == 4);
}
END_TEST

START_TEST(records_of_queues)
{
	struct arena a = {0};
	const struct pattern *p = compiled("{\"body\": {\"a\": [1]}, \"eventSource\": [\"aws:sqs\"]}", PATTERN_MAPPING_FILTER, &a);
	json_t *record = json_pack("{s:s,s:o}", "eventSource", "aws:sqs", "body", pattern_data_text("{\"a\":1}", 7));
	ck_assert(pattern_match_record(p, record, "body"));
	json_object_set_new(record, "body", pattern_data_text("text", 4));
	ck_assert(!pattern_match_record(p, record, "body"));
	json_object_set_new(record, "body", pattern_data_base64("eyJhIjoxfQ==", 12));
	ck_assert(pattern_match_record(p, record, "body"));
	json_object_set_new(record, "body", pattern_data_text("5", 1));
	ck_assert(json_is_string(json_object_get(record, "body")));
	json_decref(record);
	json_t *odd = pattern_data_base64("not base64!", 11);
	ck_assert_str_eq(json_string_value(odd), "not base64!");
	json_decref(odd);
	arena_fini(&a);
}
END_TEST

START_TEST(matching_allocates_nothing)
{
	struct arena a = {0};
	const struct pattern *p = compiled(
		"{\"a\": {\"b\": [{\"wildcard\": \"x*z\"}, {\"anything-but\": [\"q\"]}], \"c\": [1.5, {\"exists\": false}]},"
		"\"$or\": [{\"d\": [{\"cidr\": \"10.0.0.0/8\"}]}, {\"e\": [{\"equals-ignore-case\": \"É\"}]}]}",
		PATTERN_EVENTBRIDGE, &a);
	json_t *event = json_pack("{s:[{s:s},{s:s,s:f}],s:s,s:s}", "a", "b", "q", "b", "xyz", "c", 1.5, "d", "11.0.0.1", "e", "é");
	unsigned long before = memory_allocations();
	ck_assert(pattern_match(p, event));
	ck_assert_uint_eq(memory_allocations(), before);
	json_decref(event);
	arena_fini(&a);
}
END_TEST

START_TEST(many_sibling_arrays_take_no_time)
{
	char pattern[4000] = "{", event[60000] = "{";
	for (int i = 0; i < 60; i++) {
		sprintf(pattern + strlen(pattern), "%s\"k%02d\":{\"a\":[\"x\"],\"b\":[\"x\"]}", i ? "," : "", i);
		sprintf(event + strlen(event), "%s\"k%02d\":[", i ? "," : "", i);
		for (int n = 0; n < 40; n++)
			strcat(event, n ? ",{\"a\":\"x\",\"b\":\"x\"}" : "{\"a\":\"x\",\"b\":\"x\"}");
		strcat(event, "]");
	}
	strcat(pattern, ",\"z\":[\"absent\"]}");
	strcat(event, "}");
	ck_assert(!text_matches(pattern, event));
}
END_TEST

/* --- random patterns against a search through all choices ------------------------------------------------------------------------------ */

/* The event flattened as the engine does it: leaves with their path and, for each array above them, the element. */
enum { LEAVES = 200, ARRAYS = 60 };

struct leaf {
	char path[64];
	int value;
	signed char element[ARRAYS]; /* -1 outside of the array */
};

struct flat {
	struct leaf leaf[LEAVES];
	int count, arrays;
};

static void flatten(struct flat *f, const json_t *node, const char *path, signed char *element)
{
	const char *key;
	json_t *child;
	size_t i;
	if (json_is_object(node)) {
		json_object_foreach((json_t *)node, key, child)
		{
			char longer[64];
			snprintf(longer, sizeof longer, "%s%s%s", path, *path ? "." : "", key);
			flatten(f, child, longer, element);
		}
	} else if (json_is_array(node)) {
		int array = f->arrays++;
		ck_assert_int_lt(array, ARRAYS);
		json_array_foreach((json_t *)node, i, child)
		{
			if (json_is_object(child) || json_is_array(child))
				element[array] = (signed char)i;
			flatten(f, child, path, element);
			element[array] = -1;
		}
	} else {
		ck_assert_int_lt(f->count, LEAVES);
		struct leaf *l = &f->leaf[f->count++];
		snprintf(l->path, sizeof l->path, "%s", path);
		l->value = (int)json_integer_value(node);
		memcpy(l->element, element, ARRAYS);
	}
}

struct wanted {
	char path[64];
	int value; /* -1: exists false; -2: exists true */
};

static bool fits(const signed char *chosen, const struct leaf *l)
{
	for (int i = 0; i < ARRAYS; i++)
		if (chosen[i] >= 0 && l->element[i] >= 0 && chosen[i] != l->element[i])
			return false;
	return true;
}

static bool search(const struct flat *f, const struct wanted *w, int count, const signed char *chosen)
{
	bool present = false;
	if (count == 0)
		return true;
	for (int i = 0; i < f->count; i++) {
		const struct leaf *l = &f->leaf[i];
		if (strcmp(l->path, w->path) != 0 || !fits(chosen, l))
			continue;
		present = true;
		if (w->value != -2 && w->value != l->value)
			continue;
		signed char next[ARRAYS];
		for (int k = 0; k < ARRAYS; k++)
			next[k] = l->element[k] >= 0 ? l->element[k] : chosen[k];
		if (search(f, w + 1, count - 1, next))
			return true;
	}
	return !present && w->value == -1 && search(f, w + 1, count - 1, chosen);
}

static unsigned pick(uint64_t *r, unsigned n)
{
	return (unsigned)fixture_below(r, n);
}

static json_t *random_node(uint64_t *r, int depth)
{
	static const char *const keys[] = {"a", "b", "c"};
	unsigned kind = depth == 0 ? 0 : pick(r, 5);
	if (kind <= 1)
		return json_integer(pick(r, 2));
	json_t *node = kind == 2 ? json_object() : json_array();
	unsigned n = pick(r, 4);
	for (unsigned i = 0; i < n; i++) {
		if (kind == 2)
			json_object_set_new(node, keys[pick(r, 3)], random_node(r, depth - 1));
		else
			json_array_append_new(node, pick(r, 2) ? random_node(r, depth - 1)
			                                       : json_pack("{s:o}", keys[pick(r, 3)], random_node(r, depth - 1)));
	}
	return node;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->path, ((const struct wanted *)b)->path);
}

static int random_pattern(uint64_t *r, struct wanted *w)
{
	static const char *const paths[] = {"a",     "a.a",   "a.b",   "a.c",   "b",     "b.a", "b.b",
	                                    "a.a.a", "a.a.b", "a.b.a", "a.b.b", "b.a.c", "c"};
	int count = 0, wishes = 1 + (int)pick(r, 4);
	for (int i = 0; i < wishes; i++) {
		const char *path = paths[pick(r, sizeof paths / sizeof *paths)];
		bool again = false;
		for (int k = 0; k < count; k++)
			again |= strcmp(w[k].path, path) == 0;
		if (again)
			continue;
		strcpy(w[count].path, path);
		w[count++].value = (int)pick(r, 4) - 2;
	}
	qsort(w, (size_t)count, sizeof *w, by_path);
	return count;
}

static void pattern_text(const struct wanted *w, int count, char *text)
{
	strcpy(text, "{");
	for (int i = 0; i < count; i++) {
		sprintf(text + strlen(text), "%s\"%s\":[", i ? "," : "", w[i].path);
		sprintf(text + strlen(text),
		        w[i].value == -1   ? "{\"exists\":false}]"
		        : w[i].value == -2 ? "{\"exists\":true}]"
		                           : "%d]",
		        w[i].value);
	}
	strcat(text, "}");
}

START_TEST(arrays_agree_with_a_search_through_all_choices)
{
	uint64_t r = 20;
	int matched = 0, compared = 0;
	for (int round = 0; round < 5000; round++) {
		struct wanted w[8];
		struct flat f = {0};
		struct arena a = {0};
		char text[600];
		signed char none[ARRAYS];
		memset(none, -1, sizeof none);
		json_t *event = json_pack("{s:o,s:o,s:o}", "a", random_node(&r, 5), "b", random_node(&r, 4), "c",
		                          random_node(&r, 2));
		flatten(&f, event, "", none);
		int count = random_pattern(&r, w);
		pattern_text(w, count, text);
		bool expected = search(&f, w, count, none), got = pattern_match(compiled(text, PATTERN_EVENTBRIDGE, &a), event);
		if (expected != got) {
			char *shown = json_dumps(event, 0);
			ck_abort_msg("%s on %s: %d expected", text, shown, expected);
		}
		matched += got;
		compared++;
		json_decref(event);
		arena_fini(&a);
	}
	ck_assert_int_gt(matched, compared / 20);
	ck_assert_int_lt(matched, compared / 2);
}
END_TEST

Suite *pattern_suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *t = tcase_create("pattern");
	tcase_add_test(t, errors_name_the_place_and_what_would_be_right);
	tcase_add_test(t, numbers_are_carried_or_not);
	tcase_add_test(t, every_double_carries_its_shortest_decimal);
	tcase_add_test(t, json_keeps_what_jansson_cannot);
	tcase_add_test(t, case_is_one_characters_other_case);
	tcase_add_test(t, wildcards_do_not_explode);
	tcase_add_test(t, addresses_are_read);
	tcase_add_test(t, records_of_queues);
	tcase_add_test(t, matching_allocates_nothing);
	tcase_add_test(t, many_sibling_arrays_take_no_time);
	tcase_add_test(t, arrays_agree_with_a_search_through_all_choices);
	suite_add_tcase(s, t);
	return s;
}
