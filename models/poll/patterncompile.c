/* From the text of a pattern to its branches: the shape (objects, fields, $or). What stands in a field's array is read by patterntests.c. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/poll/patterncompiling.h"
#include "sim/base/memory.h"

/* What may not be a field's name inside of $or. Source: Event Ruler, class Constants, RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP. */
static const char *const reserved[] = {"exactly",
                                       "equals-ignore-case",
                                       "prefix",
                                       "suffix",
                                       "anything-but",
                                       "exists",
                                       "wildcard",
                                       "numeric",
                                       "cidr",
                                       "html",
                                       "=",
                                       "<",
                                       "<=",
                                       ">",
                                       ">=",
                                       "regex",
                                       "not-wildcard",
                                       "not-equals-ignore-case",
                                       "date-after",
                                       "date-on-or-after",
                                       "date-before",
                                       "date-on-or-before",
                                       "in-date-range",
                                       "ip-address-in-range",
                                       "ip-address-not-in-range"};

/* A branch while it grows. */
struct growing {
	const struct field **fields; /* owned */
	size_t count, capacity;
};

struct set {
	struct growing *items; /* owned */
	size_t count, capacity;
};

static bool is_sns(const struct compiling *c)
{
	return c->dialect == PATTERN_SNS_BODY || c->dialect == PATTERN_SNS_ATTRIBUTES;
}

/* --- messages --------------------------------------------------------------------------------------------------------------------- */

int compiling__wrong(struct compiling *c, const char *where, const char *format, ...)
{
	va_list arguments;
	char text[400];
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (c->at != NULL)
		jsontext_position(c->text, where, c->at);
	return error_set(c->e, ERROR_INPUT, "%.160s%s: %s", textbuf_text(&c->shown), c->shown.length > 160 ? "..." : "", text);
}

/* $.detail["a b"][0] */
static void show_key(struct textbuf *b, const char *key, size_t length)
{
	bool plain = length > 0;
	for (size_t i = 0; i < length; i++)
		plain = plain && (key[i] == '_' || key[i] == '$' || key[i] == '-' || (key[i] >= '0' && key[i] <= '9') ||
		                  ((key[i] | 0x20) >= 'a' && (key[i] | 0x20) <= 'z'));
	if (plain)
		textbuf_printf(b, ".%.*s", (int)(length < 80 ? length : 80), key);
	else {
		textbuf_add_char(b, '[');
		json_out_quote(b, key, length);
		textbuf_add_char(b, ']');
	}
}

size_t compiling__enter_key(struct compiling *c, const struct jsontext *member)
{
	size_t before = c->shown.length;
	show_key(&c->shown, member->key, member->key_length);
	return before;
}

size_t compiling__enter_item(struct compiling *c, size_t index)
{
	size_t before = c->shown.length;
	textbuf_printf(&c->shown, "[%zu]", index);
	return before;
}

void compiling__leave(struct compiling *c, size_t before)
{
	c->shown.length = before;
	c->shown.text[before] = '\0';
}

/* --- is this $or an operator? ----------------------------------------------------------------------------------------------------- */

static bool is_or(const struct jsontext *member)
{
	return jsontext_is_key(member, "$or");
}

static bool is_reserved(const struct jsontext *member)
{
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (jsontext_is_key(member, reserved[i]))
			return true;
	return false;
}

static bool is_alternatives(const struct jsontext *value);

static bool has_no_reserved(const struct jsontext *object)
{
	for (const struct jsontext *m = object->first; m != NULL; m = m->next) {
		if (is_or(m) ? !is_alternatives(m) : is_reserved(m))
			return false;
		if (m->kind == JSONTEXT_OBJECT && !is_or(m) && !has_no_reserved(m))
			return false;
	}
	return true;
}

static bool is_alternatives(const struct jsontext *value)
{
	if (value->kind != JSONTEXT_ARRAY || value->length < 2)
		return false;
	for (const struct jsontext *m = value->first; m != NULL; m = m->next)
		if (m->kind != JSONTEXT_OBJECT || !has_no_reserved(m))
			return false;
	return true;
}

/* One $or that cannot be the operator makes all of them names: the engine reads such a pattern with the compiler it had before $or. */
static bool has_plain_or(const struct jsontext *object)
{
	for (const struct jsontext *m = object->first; m != NULL; m = m->next) {
		if (is_or(m) && !is_alternatives(m))
			return true;
		if (m->kind == JSONTEXT_OBJECT && has_plain_or(m))
			return true;
	}
	return false;
}

/* --- branches --------------------------------------------------------------------------------------------------------------------- */

static void set_fini(struct set *s)
{
	for (size_t i = 0; i < s->count; i++)
		memory_free(s->items[i].fields);
	memory_free(s->items);
	*s = (struct set){0};
}

static struct growing *set_add(struct set *s)
{
	MEMORY_ROOM(s->items, s->count, s->capacity);
	s->items[s->count] = (struct growing){0};
	return &s->items[s->count++];
}

static void growing_add(struct growing *g, const struct field *f)
{
	MEMORY_ROOM(g->fields, g->count, g->capacity);
	g->fields[g->count++] = f;
}

static void set_copy(struct set *to, const struct set *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct growing *g = set_add(to);
		for (size_t k = 0; k < from->items[i].count; k++)
			growing_add(g, from->items[i].fields[k]);
	}
}

/* A later field of the same path takes the place of an earlier one. */
static void growing_put(struct growing *g, const struct field *f)
{
	for (size_t i = 0; i < g->count; i++) {
		if (g->fields[i]->length == f->length && memcmp(g->fields[i]->path, f->path, f->length) == 0) {
			g->fields[i] = f;
			return;
		}
	}
	growing_add(g, f);
}

static size_t top_keys(const struct growing *g)
{
	size_t n = 0;
	for (size_t i = 0; i < g->count; i++)
		n += g->fields[i]->depth == 1;
	return n;
}

/* Values of each key times its depth, multiplied. */
static uint64_t combinations(const struct growing *g)
{
	uint64_t product = 1;
	for (size_t i = 0; i < g->count && product <= PATTERN_SNS_COMBINATIONS; i++)
		product *= (uint64_t)g->fields[i]->tests.count * g->fields[i]->depth;
	return product;
}

/* Checked with every field, so that a policy of 256 KB is refused before it has grown. The branches of an $or are added up. */
static int check_policy(struct compiling *c, const struct set *s, const struct jsontext *member)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (top_keys(&s->items[i]) > PATTERN_SNS_KEYS)
			return compiling__wrong(c, member->key_from, "a filter policy has at most %d keys", PATTERN_SNS_KEYS);
		sum += combinations(&s->items[i]);
	}
	if (sum > PATTERN_SNS_COMBINATIONS)
		return compiling__wrong(
			c, member->key_from,
			"the policy has more than %d combinations (the values of each key times its depth, multiplied)",
			PATTERN_SNS_COMBINATIONS);
	return 0;
}

static int put_field(struct compiling *c, struct set *s, const struct field *f, const struct jsontext *member)
{
	for (size_t i = 0; i < s->count; i++)
		growing_put(&s->items[i], f);
	return is_sns(c) ? check_policy(c, s, member) : 0;
}

/* --- shape ------------------------------------------------------------------------------------------------------------------------ */

static int read_object(struct compiling *c, struct set *s, const struct jsontext *object, unsigned depth);

static int read_leaf(struct compiling *c, struct set *s, const struct jsontext *member, unsigned depth)
{
	struct field *f = ARENA_NEW(c->arena, struct field);
	f->path = arena_string_n(c->arena, textbuf_text(&c->path), c->path.length);
	f->length = c->path.length;
	f->depth = depth;
	if (compiling__tests(c, member, f) != 0)
		return -1;
	return put_field(c, s, f, member);
}

static int read_alternatives(struct compiling *c, struct set *s, const struct jsontext *member, unsigned depth)
{
	struct set all = {0};
	size_t i = 0;
	int status = 0;
	for (const struct jsontext *m = member->first; m != NULL && status == 0; m = m->next, i++) {
		struct set one = {0};
		size_t before = compiling__enter_item(c, i);
		set_copy(&one, s);
		status = read_object(c, &one, m, depth);
		if (status == 0 && all.count + one.count > PATTERN_BRANCHES)
			status = compiling__wrong(c, member->key_from, "all $or together make more than %d combinations",
			                          PATTERN_BRANCHES);
		for (size_t k = 0; k < one.count && status == 0; k++) {
			*set_add(&all) = one.items[k];
			one.items[k] = (struct growing){0};
		}
		set_fini(&one);
		compiling__leave(c, before);
	}
	set_fini(s);
	*s = all;
	return status;
}

static int refuse_kind(struct compiling *c, const struct jsontext *member)
{
	if (is_or(member))
		return compiling__wrong(c, member->from,
		                        "$or stands before a list of at least two objects; as a field's name, before an array "
		                        "or an object");
	return compiling__wrong(c, member->from, "a field's values stand in an array: [%s]",
	                        member->kind == JSONTEXT_STRING   ? "\"...\""
	                        : member->kind == JSONTEXT_NUMBER ? "5"
	                        : member->kind == JSONTEXT_NULL   ? "null"
	                                                          : "true");
}

static int read_value(struct compiling *c, struct set *s, const struct jsontext *member, unsigned depth)
{
	if (member->kind == JSONTEXT_ARRAY)
		return read_leaf(c, s, member, depth);
	if (member->kind != JSONTEXT_OBJECT)
		return refuse_kind(c, member);
	if (c->dialect == PATTERN_SNS_ATTRIBUTES)
		return compiling__wrong(c, member->from,
		                        "a filter policy on MessageAttributes has no nested keys; its scope would be MessageBody");
	return read_object(c, s, member, depth + 1);
}

static int read_member(struct compiling *c, struct set *s, const struct jsontext *member, unsigned depth)
{
	size_t shown = compiling__enter_key(c, member), path = c->path.length;
	int status;
	if (is_or(member) && !c->plain_or) {
		status = read_alternatives(c, s, member, depth);
	} else {
		if (depth > 1)
			textbuf_add_char(&c->path, '.');
		textbuf_add_n(&c->path, member->key, member->key_length);
		status = read_value(c, s, member, depth);
		c->path.length = path;
	}
	compiling__leave(c, shown);
	return status;
}

/* Of a repeated key the last value counts. */
static bool is_repeated_later(const struct jsontext *member)
{
	for (const struct jsontext *m = member->next; m != NULL; m = m->next)
		if (m->key_length == member->key_length && memcmp(m->key, member->key, m->key_length) == 0)
			return true;
	return false;
}

static int read_object(struct compiling *c, struct set *s, const struct jsontext *object, unsigned depth)
{
	if (object->length == 0)
		return compiling__wrong(c, object->from, "an empty object matches nothing; name at least one field");
	for (const struct jsontext *m = object->first; m != NULL; m = m->next)
		if (!is_repeated_later(m) && read_member(c, s, m, depth) != 0)
			return -1;
	return 0;
}

/* --- the whole -------------------------------------------------------------------------------------------------------------------- */

static size_t characters(const char *text, size_t length)
{
	size_t n = 0;
	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

static int check_size(struct compiling *c, size_t length)
{
	size_t n = characters(c->text, length);
	if (is_sns(c) && length >= PATTERN_SNS_BYTES)
		return compiling__wrong(c, c->text, "a filter policy is smaller than 256 KB; this one has %zu bytes", length);
	if (!is_sns(c) && n > PATTERN_CHARACTERS)
		return compiling__wrong(c, c->text, "a pattern has at most %d characters; this one has %zu", PATTERN_CHARACTERS, n);
	return 0;
}

static int check_keys(struct compiling *c, const struct jsontext *root)
{
	size_t keys = 0;
	for (const struct jsontext *m = root->first; m != NULL && keys <= PATTERN_SNS_KEYS; m = m->next)
		keys += !is_repeated_later(m);
	if (is_sns(c) && keys > PATTERN_SNS_KEYS)
		return compiling__wrong(c, root->from, "a filter policy has at most %d keys", PATTERN_SNS_KEYS);
	return 0;
}

static int order(const void *a, const void *b)
{
	return pattern__order(*(const struct field *const *)a, *(const struct field *const *)b);
}

static struct pattern *finish(const struct compiling *c, const struct set *s)
{
	struct pattern *p = ARENA_NEW(c->arena, struct pattern);
	p->dialect = c->dialect;
	p->count = s->count;
	p->branches = ARENA_ARRAY(c->arena, s->count, struct branch);
	for (size_t i = 0; i < s->count; i++) {
		struct branch *b = &p->branches[i];
		b->count = s->items[i].count;
		b->fields = ARENA_ARRAY(c->arena, b->count, const struct field *);
		for (size_t k = 0; k < b->count; k++)
			b->fields[k] = s->items[i].fields[k];
		qsort(b->fields, b->count, sizeof *b->fields, order);
	}
	return p;
}

static struct pattern *compile_root(struct compiling *c, const struct jsontext *root)
{
	struct set s = {0};
	struct pattern *p = NULL;
	if (root->kind != JSONTEXT_OBJECT) {
		compiling__wrong(c, root->from, "a pattern is an object: {\"field\": [\"value\"]}");
		return NULL;
	}
	if (root->length == 0 && is_sns(c)) {
		p = ARENA_NEW(c->arena, struct pattern);
		*p = (struct pattern){.dialect = c->dialect, .everything = true};
		return p;
	}
	c->plain_or = has_plain_or(root);
	set_add(&s);
	if (check_keys(c, root) == 0 && read_object(c, &s, root, 1) == 0)
		p = finish(c, &s);
	set_fini(&s);
	return p;
}

const struct pattern *pattern_compile_at(const char *text, size_t length, enum pattern_dialect dialect, struct arena *a,
                                         struct position *at, struct error *e)
{
	struct compiling c = {.text = length > 0 ? text : "", .dialect = dialect, .arena = a, .at = at, .e = e};
	struct arena trees = {0};
	struct pattern *p = NULL;
	textbuf_add_char(&c.shown, '$');
	if (check_size(&c, length) == 0) {
		const struct jsontext *root = jsontext_read(text, length, &trees, at, e);
		p = root != NULL ? compile_root(&c, root) : NULL;
	}
	arena_fini(&trees);
	textbuf_fini(&c.shown);
	textbuf_fini(&c.path);
	return p;
}

const struct pattern *pattern_compile(const char *text, size_t length, enum pattern_dialect dialect, struct arena *a,
                                      struct error *e)
{
	return pattern_compile_at(text, length, dialect, a, NULL, e);
}
