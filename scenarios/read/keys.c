#include "scenarios/read/keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/spreadkeys.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/units.h"
#include "sim/base/memory.h"

/* What a value of each type looks like, for messages. */
static const struct {
	const char *what, *example;
} key_types[] = {
	[KEY_TEXT] = {"a text", NULL},
	[KEY_INTEGER] = {"a whole number", "3"},
	[KEY_COUNT64] = {"a whole number", "1"},
	[KEY_BOOL] = {"true or false", NULL},
	[KEY_NUMBER] = {"a number", "1.5"},
	[KEY_DURATION] = {"a duration", "250us, 80ms, 3s, 5m, 1h or 7d"},
	[KEY_RATE] = {"a rate", "20/s, 300/m or 5/h"},
	[KEY_SHARE] = {"a share", "0.1% or 0.001"},
	[KEY_GROWTH] = {"a growth", "4%/month"},
	[KEY_BYTES] = {"a size", "600B, 4KB or 6MB"},
	[KEY_MEGABYTES] = {"a size", "90MB"},
	[KEY_TIME_SPREAD] = {"a duration or a distribution", "80ms"},
};

const char *key_path(struct reading *r, const char *path, const char *key)
{
	return *path ? arena_format(&r->scratch, "%s.%s", path, key) : key;
}

static int key_wrong(struct reading *r, const struct key *key, const struct node *value, const char *path, const char *why)
{
	if (value->kind == NODE_SCALAR && !node_is_null(value))
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/value", "%s must be %s; '%s' %s", path,
		               key_types[key->type].what, value->text, why);
	else
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/type", "%s must be %s, not %s", path,
		               key_types[key->type].what, node_kind_name(value));
	if (key_types[key->type].example)
		diagnostic_hint(r->found, "such as %s", key_types[key->type].example);
	return -1;
}

static enum unit_fault key_parse_integer(const char *text, double *value)
{
	long long whole;
	enum unit_fault fault = units_integer(text, &whole);
	*value = fault == UNIT_OK ? (double)whole : 0;
	return fault;
}

static enum unit_fault key_parse_megabytes(const char *text, double *value)
{
	enum unit_fault fault = units_size(text, value);
	*value /= 1024.0 * 1024;
	return fault;
}

typedef enum unit_fault key_parser(const char *text, double *value);

static key_parser *key_parser_of(enum key_type type)
{
	switch (type) {
	case KEY_INTEGER: return key_parse_integer;
	case KEY_NUMBER: return units_number;
	case KEY_DURATION: return units_duration;
	case KEY_RATE: return units_rate;
	case KEY_SHARE: return units_share;
	case KEY_GROWTH: return units_growth;
	case KEY_BYTES: return units_size;
	case KEY_MEGABYTES: return key_parse_megabytes;
	default: return NULL;
	}
}

static int key_in_range(struct reading *r, const struct key *key, const struct node *value, const char *path, double number)
{
	double unit = key->type == KEY_DURATION ? 1e9 : 1;
	const char *name = key->type == KEY_DURATION ? " s" : "";
	if (key->low == 0 && key->high == 0 && !key->above)
		return 0;
	if (key->above ? !(number > key->low) : number < key->low)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/range", "%s must be %s %g%s, not %s", path,
		               key->above ? "greater than" : "at least", key->low / unit, name, value->text);
	else if (key->high != 0 && number > key->high)
		diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/range", "%s must be at most %g%s, not %s", path,
		               key->high / unit, name, value->text);
	else
		return 0;
	return -1;
}

static int key_number(struct reading *r, const struct key *key, const struct node *value, const char *path, void *field)
{
	double number = 0;
	if (value->kind != NODE_SCALAR || node_is_null(value))
		return key_wrong(r, key, value, path, "");
	enum unit_fault fault = key_parser_of(key->type)(value->text, &number);
	if (fault != UNIT_OK)
		return key_wrong(r, key, value, path, unit_fault_text(fault));
	if (key_in_range(r, key, value, path, number) < 0)
		return -1;
	if (key->type == KEY_INTEGER && (number < -2147483647.0 || number > 2147483647.0))
		return key_wrong(r, key, value, path, unit_fault_text(UNIT_TOO_LARGE));
	if (key->type == KEY_INTEGER)
		*(int *)field = (int)number;
	else if (key->type == KEY_DURATION)
		*(simtime *)field = simtime_from_ns(number);
	else
		*(double *)field = number;
	return 0;
}

static int key_count64(struct reading *r, const struct key *key, const struct node *value, const char *path, void *field)
{
	long long number;
	if (value->kind != NODE_SCALAR || node_is_null(value))
		return key_wrong(r, key, value, path, "");
	enum unit_fault fault = units_integer(value->text, &number);
	if (fault == UNIT_OK && number < 0)
		fault = UNIT_NEGATIVE;
	if (fault != UNIT_OK)
		return key_wrong(r, key, value, path, unit_fault_text(fault));
	*(uint64_t *)field = (uint64_t)number;
	return 0;
}

static int key_bool(struct reading *r, const struct key *key, const struct node *value, const char *path, void *field)
{
	bool truth = node_is_text(value, "true") || node_is_text(value, "True");
	if (!truth && !node_is_text(value, "false") && !node_is_text(value, "False"))
		return key_wrong(r, key, value, path, "is neither");
	*(bool *)field = truth;
	return 0;
}

static int key_text(struct reading *r, const struct node *value, const char *path, void *field)
{
	if (!reading_is(r, value, NODE_SCALAR, path))
		return -1;
	*(const char **)field = reading_keep(r, value->text);
	return 0;
}

int key_value(struct reading *r, const struct key *key, const struct node *value, const char *path, void *field)
{
	switch (key->type) {
	case KEY_TEXT: return key_text(r, value, path, field);
	case KEY_COUNT64: return key_count64(r, key, value, path, field);
	case KEY_BOOL: return key_bool(r, key, value, path, field);
	case KEY_TIME_SPREAD: return spread_read(r, value, path, field);
	case KEY_WITH:
	case KEY_LATER:
	case KEY_ELSEWHERE: assert(!"has no value of its own"); return -1;
	default: return key_number(r, key, value, path, field);
	}
}

static void key_read(struct reading *r, const struct key *key, const struct node_pair *pair, const char *path, char *target)
{
	const char *full = key_path(r, path, key->name);
	if (key->type == KEY_ELSEWHERE)
		return;
	if (key->type == KEY_LATER) {
		diagnostic_add(r->found, SEVERITY_ERROR, pair->key->at, "model/later", "%s is not modelled yet", full);
		return;
	}
	const struct node *value = reading_value(r, pair->value, full);
	bool nothing = value && node_is_null(value);
	/* A written `null` takes a key away (--set Hello.Duration=null); nothing at all after the colon is more likely forgotten. */
	if (!value || value == &resolver_absent || (nothing && (key->type == KEY_WITH || value->text[0])))
		return;
	if (key->type == KEY_WITH)
		key->read(r, value, full, target);
	else if (key_value(r, key, value, full, target + key->offset) == 0 && key->has)
		*(bool *)(target + key->has - 1) = true;
}

static void key_unknown(struct reading *r, const struct node *name, const struct key *keys, size_t count, const char *path)
{
	const char **names = MEMORY_ARRAY(count, const char *);
	for (size_t i = 0; i < count; i++)
		names[i] = keys[i].name;
	diagnostic_add(r->found, SEVERITY_ERROR, name->at, "read/unknown-key", "%s has no key '%s'", *path ? path : "this",
	               name->text);
	suggest_name(r->found, name->text, names, count);
	memory_free(names);
}

unsigned long keys_read(struct reading *r, const struct node *map, const struct key *keys, size_t count, const char *path,
                        void *target)
{
	unsigned long seen = 0;
	assert(count <= 8 * sizeof seen);
	if (!reading_is(r, map, NODE_MAP, path))
		return 0;
	for (size_t i = 0; i < map->count; i++) {
		size_t k = 0;
		while (k < count && strcmp(map->pairs[i].key->text, keys[k].name) != 0)
			k++;
		if (k == count) {
			key_unknown(r, map->pairs[i].key, keys, count, path);
			continue;
		}
		seen |= 1UL << k;
		key_read(r, &keys[k], &map->pairs[i], path, target);
	}
	return seen;
}

int key_word(struct reading *r, const struct node *value, const char *path, const char *const *words, size_t count)
{
	if (!reading_is(r, value, NODE_SCALAR, path))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (strcmp(value->text, words[i]) == 0)
			return (int)i;
	diagnostic_add(r->found, SEVERITY_ERROR, value->at, "read/value", "%s cannot be '%s'", path, value->text);
	suggest_name(r->found, value->text, words, count);
	return -1;
}
