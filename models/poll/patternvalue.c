/* One value of an event against the tests of one field. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/poll/jsontext.h"
#include "models/poll/patternparts.h"

enum { INTEGER_TEXT = 24 };

struct value {
	const char *bytes; /* of a string; NULL for anything else */
	size_t length;
	bool is_number;
	struct number number;
	char integer[INTEGER_TEXT]; /* the text of an integer that no double carries */
	const json_t *json;
};

static void open_integer(struct value *v, int64_t integer)
{
	v->is_number = true;
	v->number.decimal = decimal_of_integer(integer);
	if (!v->number.decimal.comparable) {
		v->number.length = (size_t)snprintf(v->integer, sizeof v->integer, "%" PRId64, integer);
		v->number.text = v->integer;
	}
}

static void open_value(struct value *v, const json_t *json)
{
	v->json = json;
	v->bytes = NULL;
	v->is_number = false;
	if (json_is_integer(json)) {
		open_integer(v, json_integer_value(json));
	} else if (json_is_real(json)) {
		v->is_number = true;
		v->number.decimal = (struct decimal){true, json_real_value(json)};
	} else if (json_is_string(json)) {
		v->bytes = json_string_value(json);
		v->length = json_string_length(json);
		if (v->length > 0 && v->bytes[0] == JSONTEXT_NUMERAL) {
			v->is_number = true;
			v->number = (struct number){.text = v->bytes + 1, .length = v->length - 1};
			v->bytes = NULL;
		}
	}
}

/* By value where doubles carry both; by text where they carry neither; else they differ. */
static bool is_same_number(const struct number *a, const struct number *b)
{
	if (a->decimal.comparable != b->decimal.comparable)
		return false;
	if (a->decimal.comparable)
		return a->decimal.value == b->decimal.value;
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool is_in_range(const struct test *t, const struct value *v)
{
	if (!v->is_number || !v->number.decimal.comparable)
		return false;
	double x = v->number.decimal.value;
	const struct bound *low = &t->of.range.low, *high = &t->of.range.high;
	return (!low->given || (low->open ? x > low->value : x >= low->value)) &&
	       (!high->given || (high->open ? x < high->value : x <= high->value));
}

static bool is_in_block(const struct test *t, const struct value *v)
{
	struct ipaddress address;
	return ipaddress_read(v->bytes, v->length, &address) && ipblock_holds(&t->of.block, &address);
}

static bool string_passes(const struct test *t, const struct value *v)
{
	const char *want = t->of.text.bytes;
	size_t n = t->of.text.length;
	switch (t->kind) {
	case TEST_STRING: return v->length == n && memcmp(v->bytes, want, n) == 0;
	case TEST_PREFIX: return v->length >= n && memcmp(v->bytes, want, n) == 0;
	case TEST_SUFFIX: return v->length >= n && memcmp(v->bytes + v->length - n, want, n) == 0;
	case TEST_EQUALS_CASELESS: return caseless_equals(&t->of.caseless, v->bytes, v->length);
	case TEST_PREFIX_CASELESS: return caseless_begins(&t->of.caseless, v->bytes, v->length);
	case TEST_SUFFIX_CASELESS: return caseless_ends(&t->of.caseless, v->bytes, v->length);
	case TEST_WILDCARD: return wildcard_match(&t->of.wildcard, v->bytes, v->length);
	case TEST_ADDRESS: return is_in_block(t, v);
	default: return false;
	}
}

static bool passes_any(const struct tests *tests, const struct value *v);

static bool passes(const struct test *t, const struct value *v)
{
	switch (t->kind) {
	case TEST_NUMBER: return v->is_number && is_same_number(&t->of.number, &v->number);
	case TEST_RANGE: return is_in_range(t, v);
	case TEST_TRUE: return json_is_true(v->json);
	case TEST_FALSE: return json_is_false(v->json);
	case TEST_NULL: return json_is_null(v->json);
	case TEST_EXISTS: return true;
	case TEST_ABSENT: return false;
	case TEST_BUT: return !passes_any(t->of.but, v);
	default: return v->bytes != NULL && string_passes(t, v);
	}
}

/* Goes one level deep: what stands in anything-but holds no anything-but. */
static bool passes_any(const struct tests *tests, const struct value *v)
{
	for (size_t i = 0; i < tests->count; i++)
		if (passes(&tests->items[i], v))
			return true;
	return false;
}

bool tests_pass(const struct tests *t, const json_t *value)
{
	struct value v;
	open_value(&v, value);
	return passes_any(t, &v);
}
