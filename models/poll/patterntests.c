/* What stands in a field's array: values and operators. */
#include <string.h>

#include "models/poll/patterncompiling.h"
#include "sim/base/nearname.h"

/* An operator that takes one string, on its own, inside prefix or suffix, or inside anything-but. */
struct string_operator {
	const char *name;
	enum test_kind kind;
};

static bool is_sns(const struct compiling *c)
{
	return c->dialect == PATTERN_SNS_BODY || c->dialect == PATTERN_SNS_ATTRIBUTES;
}

static const char *copy(const struct compiling *c, const struct jsontext *v)
{
	return arena_string_n(c->arena, v->bytes, v->length);
}

static int show_length(const struct jsontext *member)
{
	return (int)(member->key_length < 60 ? member->key_length : 60);
}

/* --- strings and numbers ------------------------------------------------------------------------------------------------------------ */

static void string_test(const struct compiling *c, const struct jsontext *v, enum test_kind kind, struct test *t)
{
	t->kind = kind;
	t->of.text.bytes = copy(c, v);
	t->of.text.length = v->length;
}

/* An address as a value stands for all its spellings. */
static void equal_string(const struct compiling *c, const struct jsontext *v, struct test *t)
{
	struct ipaddress address;
	if (!ipaddress_read(v->bytes, v->length, &address)) {
		string_test(c, v, TEST_STRING, t);
		return;
	}
	t->kind = TEST_ADDRESS;
	t->of.block = (struct ipblock){address, address.bits};
}

static int check_sns_number(struct compiling *c, const struct jsontext *v, const struct decimal *d)
{
	if (is_sns(c) && (!d->comparable || d->value < -PATTERN_SNS_NUMBER || d->value > PATTERN_SNS_NUMBER))
		return compiling__wrong(c, v->from, "a number of a filter policy lies between -%d and %d", PATTERN_SNS_NUMBER,
		                        PATTERN_SNS_NUMBER);
	return 0;
}

static int equal_number(struct compiling *c, const struct jsontext *v, struct test *t)
{
	t->kind = TEST_NUMBER;
	t->of.number = (struct number){decimal_read(v->bytes, v->length), copy(c, v), v->length};
	return check_sns_number(c, v, &t->of.number.decimal);
}

/* A number that is compared, so a double must carry it. */
static int compared_number(struct compiling *c, const struct jsontext *v, double *value)
{
	struct decimal d = decimal_read(v->bytes, v->length);
	if (!d.comparable)
		return compiling__wrong(c, v->from, "%.*s cannot be compared: a double does not carry it without loss",
		                        (int)(v->length < 40 ? v->length : 40), v->bytes);
	*value = d.value;
	return check_sns_number(c, v, &d);
}

/* --- operators on one string ----------------------------------------------------------------------------------------------------------- */

static int wildcard_test(struct compiling *c, const struct jsontext *v, struct test *t)
{
	const char *wrong = wildcard_compile(v->bytes, v->length, c->arena, &t->of.wildcard);
	t->kind = TEST_WILDCARD;
	return wrong != NULL ? compiling__wrong(c, v->from, "%s", wrong) : 0;
}

static int block_test(struct compiling *c, const struct jsontext *v, struct test *t)
{
	const char *wrong = ipblock_read(v->bytes, v->length, &t->of.block);
	t->kind = TEST_ADDRESS;
	return wrong != NULL ? compiling__wrong(c, v->from, "%s", wrong) : 0;
}

static int on_string(struct compiling *c, const struct jsontext *v, enum test_kind kind, const char *name, struct test *t)
{
	if (v->kind != JSONTEXT_STRING)
		return compiling__wrong(c, v->from, "%s takes a string: {\"%s\": \"...\"}", name, name);
	switch (kind) {
	case TEST_WILDCARD: return wildcard_test(c, v, t);
	case TEST_ADDRESS: return block_test(c, v, t);
	case TEST_EQUALS_CASELESS:
	case TEST_PREFIX_CASELESS:
	case TEST_SUFFIX_CASELESS:
		t->kind = kind;
		t->of.caseless = caseless_new(v->bytes, v->length, c->arena);
		return 0;
	default: string_test(c, v, kind, t); return 0;
	}
}

/* The single member of an operator's object; NULL with the error said. */
static const struct jsontext *only_member(struct compiling *c, const struct jsontext *object)
{
	if (object->length == 1)
		return object->first;
	compiling__wrong(c, object->length > 1 ? object->first->next->key_from : object->from,
	                 "an object in a field's array holds exactly one operator%s",
	                 object->length > 1 ? "; write one object for each" : ", such as {\"prefix\": \"...\"}");
	return NULL;
}

/* {"prefix": "x"} or {"prefix": {"equals-ignore-case": "x"}}, likewise suffix. */
static int affix(struct compiling *c, const struct jsontext *v, enum test_kind kind, enum test_kind caseless, const char *name,
                 struct test *t)
{
	if (v->kind != JSONTEXT_OBJECT)
		return on_string(c, v, kind, name, t);
	const struct jsontext *inner = only_member(c, v);
	if (inner == NULL)
		return -1;
	if (!jsontext_is_key(inner, "equals-ignore-case") || is_sns(c))
		return compiling__wrong(c, inner->key_from, "%s takes a string%s, not %.*s", name,
		                        is_sns(c) ? " in a filter policy" : " or {\"equals-ignore-case\": \"...\"}",
		                        show_length(inner), inner->key);
	size_t before = compiling__enter_key(c, inner);
	int status = on_string(c, inner, caseless, "equals-ignore-case", t);
	compiling__leave(c, before);
	return status;
}

/* --- numeric ------------------------------------------------------------------------------------------------------------------------ */

static bool is_text(const struct jsontext *v, const char *text)
{
	return v->kind == JSONTEXT_STRING && v->length == strlen(text) && memcmp(v->bytes, text, v->length) == 0;
}

enum comparison { LESS, LESS_OR_EQUAL, EQUAL, GREATER_OR_EQUAL, GREATER, COMPARISONS };

static int read_comparison(struct compiling *c, const struct jsontext *v, enum comparison *out)
{
	static const char *const signs[COMPARISONS] = {"<", "<=", "=", ">=", ">"};
	for (unsigned i = 0; i < COMPARISONS; i++) {
		if (is_text(v, signs[i])) {
			*out = (enum comparison)i;
			return 0;
		}
	}
	return compiling__wrong(
		c, v->from,
		"numeric compares by \"=\", \"<\", \"<=\", \">\" or \">=\", as in {\"numeric\": [\">\", 0, \"<=\", 5]}");
}

/* A sign and its number; *next is what follows. */
static int read_half(struct compiling *c, const struct jsontext *v, enum comparison *how, double *value,
                     const struct jsontext **next)
{
	if (read_comparison(c, v, how) != 0)
		return -1;
	if (v->next == NULL || v->next->kind != JSONTEXT_NUMBER)
		return compiling__wrong(c, v->next != NULL ? v->next->from : v->end, "a number is expected after the comparison");
	*next = v->next->next;
	return compared_number(c, v->next, value);
}

static int upper_half(struct compiling *c, const struct jsontext *v, struct test *t)
{
	enum comparison how;
	double value;
	const struct jsontext *rest;
	if (read_half(c, v, &how, &value, &rest) != 0)
		return -1;
	if (how != LESS && how != LESS_OR_EQUAL)
		return compiling__wrong(c, v->from, "after a lower bound comes an upper one, \"<\" or \"<=\"");
	if (rest != NULL)
		return compiling__wrong(c, rest->from, "numeric takes one comparison, or a lower and an upper bound");
	if (value <= t->of.range.low.value)
		return compiling__wrong(c, v->next->from, "the upper bound is not above the lower one");
	t->of.range.high = (struct bound){true, how == LESS, value};
	return 0;
}

static int numeric(struct compiling *c, const struct jsontext *v, struct test *t)
{
	enum comparison how;
	double value;
	const struct jsontext *rest;
	if (v->kind != JSONTEXT_ARRAY || v->length == 0)
		return compiling__wrong(c, v->from, "numeric takes a list, such as [\">\", 0, \"<=\", 5]");
	if (read_half(c, v->first, &how, &value, &rest) != 0)
		return -1;
	t->kind = TEST_RANGE;
	if (how == GREATER || how == GREATER_OR_EQUAL || how == EQUAL)
		t->of.range.low = (struct bound){true, how == GREATER, value};
	if (how == LESS || how == LESS_OR_EQUAL || how == EQUAL)
		t->of.range.high = (struct bound){true, how == LESS, value};
	if (rest == NULL)
		return 0;
	if (t->of.range.high.given)
		return compiling__wrong(c, rest->from, "only a lower bound, \">\" or \">=\", is followed by another comparison");
	return upper_half(c, rest, t);
}

/* --- anything-but ------------------------------------------------------------------------------------------------------------------- */

static int but_value(struct compiling *c, const struct jsontext *v, enum jsontext_kind kind, struct test *t)
{
	if (v->kind != JSONTEXT_STRING && v->kind != JSONTEXT_NUMBER)
		return compiling__wrong(c, v->from, "anything-but takes strings or numbers");
	if (v->kind != kind)
		return compiling__wrong(c, v->from, "anything-but takes strings or numbers, not both in one list");
	if (v->kind == JSONTEXT_STRING) {
		string_test(c, v, TEST_STRING, t);
		return 0;
	}
	double value;
	if (compared_number(c, v, &value) != 0)
		return -1;
	return equal_number(c, v, t);
}

static int but_operator(struct compiling *c, const struct jsontext *v, const struct string_operator *o, struct test *t)
{
	if (v->kind == JSONTEXT_STRING && v->length == 0 && (o->kind == TEST_PREFIX || o->kind == TEST_SUFFIX))
		return compiling__wrong(c, v->from, "every text has the empty %s; nothing would be left", o->name);
	return on_string(c, v, o->kind, o->name, t);
}

/* The values, one or a list, that must not be; `o` is NULL for plain ones. */
static int but_list(struct compiling *c, const struct jsontext *v, const struct string_operator *o, struct test *t)
{
	bool list = v->kind == JSONTEXT_ARRAY;
	size_t i = 0, count = list ? v->length : 1;
	struct tests *all = ARENA_NEW(c->arena, struct tests);
	struct test *items = ARENA_ARRAY(c->arena, count, struct test);
	if (count == 0)
		return compiling__wrong(c, v->from, "the list of anything-but is empty");
	for (const struct jsontext *m = list ? v->first : v; i < count; m = m->next, i++) {
		size_t before = list ? compiling__enter_item(c, i) : c->shown.length;
		if ((o != NULL ? but_operator(c, m, o, &items[i]) : but_value(c, m, list ? v->first->kind : v->kind, &items[i])) !=
		    0)
			return -1;
		compiling__leave(c, before);
	}
	*all = (struct tests){items, count};
	t->kind = TEST_BUT;
	t->of.but = all;
	return 0;
}

static int anything_but(struct compiling *c, const struct jsontext *v, struct test *t)
{
	static const struct string_operator operators[] = {{"prefix", TEST_PREFIX},
	                                                   {"suffix", TEST_SUFFIX},
	                                                   {"equals-ignore-case", TEST_EQUALS_CASELESS},
	                                                   {"wildcard", TEST_WILDCARD}};
	if (v->kind != JSONTEXT_OBJECT)
		return but_list(c, v, NULL, t);
	const struct jsontext *inner = only_member(c, v);
	if (inner == NULL)
		return -1;
	size_t known = is_sns(c) ? 2 : sizeof operators / sizeof *operators;
	for (size_t i = 0; i < known; i++) {
		if (!jsontext_is_key(inner, operators[i].name))
			continue;
		size_t before = compiling__enter_key(c, inner);
		int status = but_list(c, inner, &operators[i], t);
		compiling__leave(c, before);
		return status;
	}
	return compiling__wrong(c, inner->key_from, "anything-but knows prefix%s, not '%.*s'",
	                        is_sns(c) ? " and suffix in a filter policy" : ", suffix, equals-ignore-case and wildcard",
	                        show_length(inner), inner->key);
}

/* --- one item ------------------------------------------------------------------------------------------------------------------------- */

static int exists(struct compiling *c, const struct jsontext *v, struct field *f, struct test *t)
{
	if (v->kind != JSONTEXT_TRUE && v->kind != JSONTEXT_FALSE)
		return compiling__wrong(c, v->from, "exists takes true or false");
	t->kind = v->kind == JSONTEXT_TRUE ? TEST_EXISTS : TEST_ABSENT;
	f->may_be_absent |= v->kind == JSONTEXT_FALSE;
	return 0;
}

enum { OPERATORS = 9, SNS_OPERATORS = 7 };

/* Those that a filter policy knows come first. */
static const char *const names[OPERATORS] = {"prefix", "suffix", "equals-ignore-case", "anything-but", "numeric",
                                             "exists", "cidr",   "wildcard",           "exactly"};

static int no_operator(struct compiling *c, const struct jsontext *member)
{
	char name[64];
	size_t count = is_sns(c) ? SNS_OPERATORS : OPERATORS;
	snprintf(name, sizeof name, "%.*s", show_length(member), member->key);
	const char *near = nearname_find(name, names, count);
	if (near != NULL)
		return compiling__wrong(c, member->key_from, "'%s' is no operator; did you mean '%s'?", name, near);
	return compiling__wrong(
		c, member->key_from, "'%s' is no operator%s; %s", name, is_sns(c) ? " of a filter policy" : "",
		is_sns(c)
			? "there are prefix, suffix, equals-ignore-case, anything-but, numeric, exists and cidr"
			: "there are prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists and exactly");
}

static int read_operator(struct compiling *c, const struct jsontext *m, struct field *f, struct test *t)
{
	if (jsontext_is_key(m, "prefix"))
		return affix(c, m, TEST_PREFIX, TEST_PREFIX_CASELESS, "prefix", t);
	if (jsontext_is_key(m, "suffix"))
		return affix(c, m, TEST_SUFFIX, TEST_SUFFIX_CASELESS, "suffix", t);
	if (jsontext_is_key(m, "equals-ignore-case"))
		return on_string(c, m, TEST_EQUALS_CASELESS, "equals-ignore-case", t);
	if (jsontext_is_key(m, "anything-but"))
		return anything_but(c, m, t);
	if (jsontext_is_key(m, "numeric"))
		return numeric(c, m, t);
	if (jsontext_is_key(m, "exists"))
		return exists(c, m, f, t);
	if (jsontext_is_key(m, "cidr"))
		return on_string(c, m, TEST_ADDRESS, "cidr", t);
	if (jsontext_is_key(m, "wildcard") && !is_sns(c))
		return on_string(c, m, TEST_WILDCARD, "wildcard", t);
	if (jsontext_is_key(m, "exactly") && !is_sns(c))
		return on_string(c, m, TEST_STRING, "exactly", t);
	return no_operator(c, m);
}

static int operator_test(struct compiling *c, const struct jsontext *object, struct field *f, struct test *t)
{
	const struct jsontext *member = only_member(c, object);
	if (member == NULL)
		return -1;
	size_t before = compiling__enter_key(c, member);
	int status = read_operator(c, member, f, t);
	compiling__leave(c, before);
	return status;
}

static int read_item(struct compiling *c, const struct jsontext *v, struct field *f, struct test *t)
{
	switch (v->kind) {
	case JSONTEXT_NULL: t->kind = TEST_NULL; return 0;
	case JSONTEXT_TRUE: t->kind = TEST_TRUE; return 0;
	case JSONTEXT_FALSE: t->kind = TEST_FALSE; return 0;
	case JSONTEXT_STRING: equal_string(c, v, t); return 0;
	case JSONTEXT_NUMBER: return equal_number(c, v, t);
	case JSONTEXT_OBJECT: return operator_test(c, v, f, t);
	default: return compiling__wrong(c, v->from, "a list inside a field's array; its values stand in the array itself");
	}
}

int compiling__tests(struct compiling *c, const struct jsontext *array, struct field *f)
{
	size_t i = 0;
	struct test *items = ARENA_ARRAY(c->arena, array->length, struct test);
	if (array->length == 0)
		return compiling__wrong(c, array->from,
		                        "an empty array matches nothing; for the empty text write [\"\"], for null [null]");
	for (const struct jsontext *m = array->first; m != NULL; m = m->next, i++) {
		size_t before = compiling__enter_item(c, i);
		if (read_item(c, m, f, &items[i]) != 0)
			return -1;
		compiling__leave(c, before);
	}
	f->tests = (struct tests){items, array->length};
	return 0;
}
