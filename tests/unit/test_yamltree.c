/* YAML and JSON to a tree: kinds, places, short tags, aliases, merges, duplicates, and what is refused. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/yamltree.h"
#include "sim/base/memory.h"
#include "sim/base/textbuf.h"

static struct arena arena;
static struct diagnostics found;

static void set_up(void)
{
	arena = (struct arena){0};
	found = (struct diagnostics){0};
}

static void tear_down(void)
{
	arena_fini(&arena);
	diagnostics_fini(&found);
}

static const struct node *read_named(const char *file, const char *text)
{
	return tree_read(text, strlen(text), file, &arena, &found);
}

static const struct node *read(const char *text)
{
	const struct node *n = read_named("t.yaml", text);
	ck_assert_msg(n != NULL, "%s", found.count ? found.items[0].text : "?");
	return n;
}

static void refused(const char *file, const char *text, size_t length, const char *rule, int line, int column, const char *says)
{
	diagnostics_fini(&found);
	ck_assert_ptr_null(tree_read(text, length, file, &arena, &found));
	ck_assert_uint_eq(found.errors, 1);
	ck_assert_str_eq(found.items[0].rule, rule);
	ck_assert_int_eq(found.items[0].at.line, line);
	ck_assert_int_eq(found.items[0].at.column, column);
	ck_assert_msg(strstr(found.items[0].text, says) != NULL, "'%s' is not in '%s'", says, found.items[0].text);
}

START_TEST(kinds_and_places)
{
	const struct node *n = read("a: 1\nb:\n  - x\n  - \"2\"\nc: {d: ~}\n");
	ck_assert_int_eq(n->kind, NODE_MAP);
	ck_assert_uint_eq(n->count, 3);
	const struct node *b = node_get(n, "b");
	ck_assert_int_eq(b->kind, NODE_LIST);
	ck_assert_str_eq(b->items[0]->text, "x");
	ck_assert(b->items[0]->plain);
	ck_assert(!b->items[1]->plain);
	ck_assert_int_eq(b->items[1]->at.line, 4);
	ck_assert_int_eq(b->items[1]->at.column, 5);
	ck_assert(node_is_null(node_get(node_get(n, "c"), "d")));
	ck_assert_ptr_null(node_get(n, "z"));
	ck_assert_ptr_null(node_get(b, "a"));
	ck_assert_ptr_null(node_get(NULL, "a"));
}
END_TEST

START_TEST(byte_order_mark_is_no_text)
{
	static const char twice[] = "\xEF\xBB\xBF"
				    "a: 1\na: 2\n",
			  broken[] = "\xEF\xBB\xBF"
				     "a: ]\n",
			  binary[] = "\xEF\xBB\xBF"
				     "a\x01";
	const struct node *n = read(twice);
	ck_assert_int_eq(n->kind, NODE_MAP);
	ck_assert_uint_eq(n->count, 1);
	ck_assert(node_is_text(node_get(n, "a"), "2"));
	ck_assert_int_eq(n->pairs[0].key->at.column, 1);
	ck_assert_int_eq(read("\xEF\xBB\xBF"
	                      "{b: 1}")
	                         ->pairs[0]
	                         .key->at.column,
	                 2);
	refused("t.yaml", broken, sizeof broken - 1, "read/yaml", 1, 4, "");
	refused("t.yaml", binary, sizeof binary - 1, "read/binary", 1, 2, "binary");
	refused("t.yaml", "\xEF\xBB\xBF", 3, "read/yaml", 1, 1, "the file is empty");
}
END_TEST

START_TEST(columns_count_characters)
{
	const struct node *n = read("{\xC3\xA9\xC3\xA9: \xE2\x82\xAC, b: 1}");
	ck_assert_int_eq(node_get(n, "b")->at.column, 12);
	const struct node *j = read_named("t.json", "{\"\xC3\xA9\xC3\xA9\": \"\xE2\x82\xAC\", \"b\": 1}");
	ck_assert_int_eq(node_get(j, "b")->at.column, 18);
}
END_TEST

static void expect_long(const struct node *n, const char *key, enum node_kind kind)
{
	ck_assert_int_eq(n->kind, NODE_MAP);
	ck_assert_uint_eq(n->count, 1);
	ck_assert_str_eq(n->pairs[0].key->text, key);
	ck_assert_int_eq(n->pairs[0].value->kind, kind);
}

START_TEST(short_tags_are_long_forms)
{
	const struct node *n = read(
		"a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub [a, {b: c}]\nd: !Condition C\ne: !If\n  - C\n  - 1\n  - 2\n"
		"f: !Sub |\n  two\n  lines\ng: !Unknown {a: 1}\nh: !!str 5\ni: ! 6\n");
	expect_long(node_get(n, "a"), "Ref", NODE_SCALAR);
	expect_long(node_get(n, "b"), "Fn::GetAtt", NODE_SCALAR);
	expect_long(node_get(n, "c"), "Fn::Sub", NODE_LIST);
	expect_long(node_get(n, "d"), "Condition", NODE_SCALAR);
	expect_long(node_get(n, "e"), "Fn::If", NODE_LIST);
	expect_long(node_get(n, "f"), "Fn::Sub", NODE_SCALAR);
	ck_assert_str_eq(node_get(n, "f")->pairs[0].value->text, "two\nlines\n");
	expect_long(node_get(n, "g"), "Fn::Unknown", NODE_MAP);
	ck_assert(!node_get(n, "h")->plain);
	ck_assert_str_eq(node_get(n, "i")->text, "6");
	ck_assert_int_eq(node_get(n, "a")->at.column, 4);
}
END_TEST

START_TEST(tag_on_its_own_line)
{
	const struct node *n = read("a:\n  !Sub |\n    x ${B}\nb: !Split [ -, a-b ]\n");
	expect_long(node_get(n, "a"), "Fn::Sub", NODE_SCALAR);
	ck_assert_str_eq(node_get(n, "b")->pairs[0].value->items[0]->text, "-");
}
END_TEST

START_TEST(aliases_are_shared)
{
	const struct node *n = read("a: &x {b: [1, 2]}\nc: *x\nd: [*x, *x]\n");
	ck_assert_ptr_eq(node_get(n, "a"), node_get(n, "c"));
	ck_assert_ptr_eq(node_get(n, "d")->items[1], node_get(n, "a"));
	ck_assert_uint_eq(node_get(n, "d")->size, 1 + 2 * node_get(n, "a")->size);
}
END_TEST

START_TEST(merge_keys)
{
	const struct node *n = read(
		"base: &b {x: 1, y: 2}\nother: &o {y: 5, z: 6}\none: {<<: *b, y: 3}\ntwo: {y: 3, <<: [*b, *o], w: 4}\n");
	ck_assert_str_eq(node_get(node_get(n, "one"), "x")->text, "1");
	ck_assert_str_eq(node_get(node_get(n, "one"), "y")->text, "3");
	const struct node *two = node_get(n, "two");
	ck_assert_uint_eq(two->count, 4);
	ck_assert_str_eq(node_get(two, "x")->text, "1");
	ck_assert_str_eq(node_get(two, "y")->text, "3");
	ck_assert_str_eq(node_get(two, "z")->text, "6");
	ck_assert_uint_eq(found.count, 0);
	const struct node *first = read("a: &a {k: 1}\nb: &b {k: 2}\nc: {<<: [*a, *b]}\n");
	ck_assert_str_eq(node_get(node_get(first, "c"), "k")->text, "1");
}
END_TEST

START_TEST(last_duplicate_counts)
{
	const struct node *n = read("a: 1\nb: 2\na: 3\n");
	ck_assert_str_eq(node_get(n, "a")->text, "3");
	ck_assert_uint_eq(n->count, 2);
	ck_assert_uint_eq(found.warnings, 1);
	ck_assert_int_eq(found.items[0].at.line, 3);
	ck_assert_ptr_nonnull(strstr(found.items[0].text, "line 1, column 1"));
}
END_TEST

START_TEST(many_keys_are_found)
{
	struct textbuf t = {0};
	for (int i = 0; i < 20000; i++)
		textbuf_printf(&t, "k%d: %d\n", i * 7919 % 20000, i);
	const struct node *n = read(textbuf_text(&t));
	ck_assert_uint_eq(n->count, 20000);
	for (int i = 0; i < 20000; i += 37) {
		char key[16];
		snprintf(key, sizeof key, "k%d", i * 7919 % 20000);
		ck_assert_int_eq(atoi(node_get(n, key)->text), i);
	}
	ck_assert_ptr_null(node_get(n, "k20000"));
	textbuf_fini(&t);
}
END_TEST

START_TEST(json_of_all_kinds)
{
	const struct node *n = read_named(
		"t.json",
		"\xEF\xBB\xBF{\n\t\"a\": [1, -2.5e+3, true, null],\n\t\"b\": \"\\u00e9\\ud83d\\ude00\\n\\/\",\r\n\"c\": {}\n}\n");
	ck_assert_ptr_nonnull(n);
	ck_assert_str_eq(node_get(n, "a")->items[1]->text, "-2.5e+3");
	ck_assert_str_eq(node_get(n, "b")->text, "\xC3\xA9\xF0\x9F\x98\x80\n/");
	ck_assert(node_is_null(node_get(n, "a")->items[3]));
	ck_assert_int_eq(node_get(n, "b")->at.line, 3);
	ck_assert_int_eq(node_get(n, "b")->at.column, 7);
	/* A lone surrogate is no character. */
	ck_assert_str_eq(read_named("t.json", "\"\\ud800x\"")->text, "\xEF\xBF\xBDx");
}
END_TEST

START_TEST(yaml_that_looks_like_json)
{
	ck_assert_str_eq(node_get(read("{a: b, c: !Ref d}"), "a")->text, "b");
	ck_assert_str_eq(node_get(read("{\"a\": 1, # no JSON\n b: 2}"), "b")->text, "2");
}
END_TEST

static void refuse(const char *file, const char *text, const char *rule, int line, int column, const char *says)
{
	refused(file, text, strlen(text), rule, line, column, says);
}

START_TEST(what_is_no_json)
{
	refuse("t.json", "{\"a\": 1,}", "read/json", 1, 9, "a key in double quotes");
	refuse("t.json", "{\"a\": 01}", "read/json", 1, 8, "',' or '}'");
	refuse("t.json", "{\"a\" 1}", "read/json", 1, 6, "':'");
	refuse("t.json", "[1 2]", "read/json", 1, 4, "',' or ']'");
	refuse("t.json", "[tru]", "read/json", 1, 2, "a value");
	refuse("t.json", "\"a\n\"", "read/json", 1, 3, "closing quote");
	refuse("t.json", "\"\\x\"", "read/json", 1, 3, "an escape");
	refuse("t.json", "\"\\u12g4\"", "read/json", 1, 6, "hexadecimal");
	refuse("t.json", "\"\\u0000\"", "read/json", 1, 8, "NUL");
	refuse("t.json", "{} x", "read/json", 1, 4, "nothing more");
	refuse("t.json", "", "read/json", 1, 1, "the end of the file");
	refuse("t.json", "{\"a\": -}", "read/json", 1, 8, "a digit");
}
END_TEST

START_TEST(what_is_no_yaml)
{
	refuse("t.yaml", "a: [1, 2\nb: 3\n", "read/yaml", 2, 2, "flow sequence");
	refuse("t.yaml", "a: 'x\n", "read/yaml", 2, 1, "quoted scalar");
	refuse("t.yaml", "a: *b\n", "read/yaml", 1, 4, "'*b'");
	refuse("t.yaml", "a: &a [*a]\n", "read/yaml", 1, 8, "complete");
	refuse("t.yaml", "? [x]\n: y\n", "read/yaml", 1, 3, "a key must be a text");
	refuse("t.yaml", "a: 1\n---\nb: 2\n", "read/yaml", 3, 1, "second document");
	refuse("t.yaml", "", "read/yaml", 1, 1, "empty");
	refuse("t.yaml", "# only this\n", "read/yaml", 2, 1, "empty");
	refuse("t.yaml", "a: \"x\\0y\"\n", "read/yaml", 1, 4, "NUL");
	refuse("t.yaml", "a: {<<: 5}\n", "read/yaml", 1, 9, "merges");
	refuse("t.yaml", "a: {<<: [5]}\n", "read/yaml", 1, 10, "merges");
	refused("t.yaml", "a: b\0c", 6, "read/binary", 1, 5, "binary");
	refuse("t.yaml", "a: \xff\n", "read/binary", 1, 4, "UTF-8");
	refuse("t.yaml",
	       "\x7f"
	       "ELF\x02",
	       "read/binary", 1, 1, "binary");
}
END_TEST

static char *repeated(const char *text, size_t count, const char *end)
{
	struct textbuf t = {0};
	for (size_t i = 0; i < count; i++)
		textbuf_add(&t, text);
	textbuf_add(&t, end);
	return textbuf_detach(&t);
}

START_TEST(nesting_is_limited)
{
	static const char *const opening[] = {"[", "{\"a\":", "- ", "{a: "};
	for (size_t i = 0; i < 4; i++) {
		char *deep = repeated(opening[i], 100000 / strlen(opening[i]), "");
		diagnostics_fini(&found);
		ck_assert_ptr_null(read_named(i < 2 ? "t.json" : "t.yaml", deep));
		ck_assert_str_eq(found.items[0].rule, "read/limit");
		ck_assert_ptr_nonnull(strstr(found.items[0].text, "64 deep"));
		memory_free(deep);
	}
	diagnostics_fini(&found);
	char *fits = repeated("[", NODE_DEPTH_MAX, "");
	char *ends = repeated("]", NODE_DEPTH_MAX, "");
	char *closed = memory_format("%s%s", fits, ends);
	ck_assert_ptr_nonnull(read_named("t.yaml", closed));
	memory_free(closed);
	memory_free(ends);
	memory_free(fits);
}
END_TEST

START_TEST(size_is_limited)
{
	/* Nine times nine aliases of aliases: 3 x 10^9 values if they were written out. */
	struct textbuf t = {0};
	textbuf_add(&t, "a: &a [x,x,x,x,x,x,x,x,x]\n");
	for (char c = 'b'; c < 'k'; c++)
		textbuf_printf(&t, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1, c - 1, c - 1, c - 1,
		               c - 1, c - 1, c - 1, c - 1);
	ck_assert_ptr_null(read_named("t.yaml", textbuf_text(&t)));
	ck_assert_str_eq(found.items[0].rule, "read/limit");
	textbuf_fini(&t);
	char *large = repeated("abcdefgh", NODE_FILE_MAX / 8, "z");
	refused("t.yaml", large, strlen(large), "read/limit", 0, 0, "1 MiB");
	memory_free(large);
	char *many = repeated("[],", 300000, "");
	char *list = memory_format("[%s]", many);
	ck_assert_ptr_nonnull(read_named("t.yaml", list));
	memory_free(list);
	memory_free(many);
	many = repeated("1,", NODE_COUNT_MAX, "1");
	list = memory_format("[%s]", many);
	diagnostics_fini(&found);
	ck_assert_ptr_null(read_named("t.json", list));
	ck_assert_str_eq(found.items[0].rule, "read/limit");
	memory_free(list);
	memory_free(many);
}
END_TEST

START_TEST(putting_leaves_the_original)
{
	const struct node *n = read("a: 1\nb: 2\n");
	const struct node *more = node_put(&arena, n, "c", node_get(n, "a"), n->at);
	const struct node *other = node_put(&arena, more, "b", node_get(n, "a"), n->at);
	ck_assert_uint_eq(n->count, 2);
	ck_assert_uint_eq(other->count, 3);
	ck_assert_str_eq(node_get(other, "b")->text, "1");
	ck_assert_str_eq(node_get(n, "b")->text, "2");
}
END_TEST

Suite *yamltree_suite(void);

Suite *yamltree_suite(void)
{
	Suite *suite = suite_create("yamltree");
	TCase *tcase = tcase_create("trees");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, kinds_and_places);
	tcase_add_test(tcase, byte_order_mark_is_no_text);
	tcase_add_test(tcase, columns_count_characters);
	tcase_add_test(tcase, short_tags_are_long_forms);
	tcase_add_test(tcase, tag_on_its_own_line);
	tcase_add_test(tcase, aliases_are_shared);
	tcase_add_test(tcase, merge_keys);
	tcase_add_test(tcase, last_duplicate_counts);
	tcase_add_test(tcase, many_keys_are_found);
	tcase_add_test(tcase, json_of_all_kinds);
	tcase_add_test(tcase, yaml_that_looks_like_json);
	tcase_add_test(tcase, what_is_no_json);
	tcase_add_test(tcase, what_is_no_yaml);
	tcase_add_test(tcase, nesting_is_limited);
	tcase_add_test(tcase, size_is_limited);
	tcase_add_test(tcase, putting_leaves_the_original);
	suite_add_tcase(suite, tcase);
	return suite;
}
