/* A whole event against a pattern.
 *
 * The fields of a branch are sorted, so those below one key are neighbours and a part of the event is matched against a run of
 * fields, of which the first `at` bytes of the path are used up. Different keys of an object lie in different parts of the event and are
 * matched apart; only an array makes a choice, of one element for all fields below it. So matching takes about as many
 * steps as the event has values, times the fields, times how deep arrays lie in arrays; trying combinations would be exponential. */
#include <assert.h>
#include <string.h>

#include "models/poll/patternparts.h"

struct run {
	const struct field *const *from, *const *end; /* never empty */
};

static int order_of(char c)
{
	return c == '.' ? 0 : (unsigned char)c + 1;
}

int pattern__order(const struct field *a, const struct field *b)
{
	size_t n = a->length < b->length ? a->length : b->length;
	for (size_t i = 0; i < n; i++)
		if (a->path[i] != b->path[i])
			return order_of(a->path[i]) - order_of(b->path[i]);
	return a->length < b->length ? -1 : a->length > b->length;
}

/* Where the key that begins at `at` ends. */
static size_t key_end(const struct field *f, size_t at)
{
	const char *dot = at < f->length ? memchr(f->path + at, '.', f->length - at) : NULL;
	return dot != NULL ? (size_t)(dot - f->path) : f->length;
}

/* The first fields of the run, which all have the path of its first one up to `end` and no longer key there. */
static struct run below(struct run r, size_t at, size_t end)
{
	const struct field *first = *r.from;
	const struct field *const *p = r.from + 1;
	while (p < r.end && (*p)->length >= end && memcmp((*p)->path + at, first->path + at, end - at) == 0 &&
	       ((*p)->length == end || (*p)->path[end] == '.'))
		p++;
	return (struct run){r.from, p};
}

static bool is_leaf(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

/* --- is there any value? ---------------------------------------------------------------------------------------------------------- */

static bool has_value(const struct field *f, size_t at, const json_t *node);

static bool has_value_inside(const struct field *f, size_t at, const json_t *object)
{
	for (size_t end = key_end(f, at);; end = key_end(f, end + 1)) {
		const json_t *child = json_object_getn(object, f->path + at, end - at);
		if (child != NULL && has_value(f, end, child))
			return true;
		if (end == f->length)
			return false;
	}
}

static bool has_value(const struct field *f, size_t at, const json_t *node)
{
	size_t i;
	const json_t *element;
	if (json_is_array(node)) {
		json_array_foreach((json_t *)node, i, element) if (has_value(f, at, element)) return true;
		return false;
	}
	if (json_is_object(node))
		return at < f->length && has_value_inside(f, at + 1, node);
	return at == f->length;
}

static bool any_has_value(struct run r, size_t at, const json_t *node)
{
	for (const struct field *const *p = r.from; p < r.end; p++)
		if (has_value(*p, at, node))
			return true;
	return false;
}

/* --- matching --------------------------------------------------------------------------------------------------------------------- */

static bool match_node(struct run r, size_t at, const json_t *node);

/* All fields of the run have the same path from `at` to `end`: that may be a key of the object, or the first part of one with
 * dots. With `strict` the nested key is there but did not match, and nothing may count as absent. */
static bool match_key(struct run r, size_t at, size_t end, const json_t *object, bool strict)
{
	const json_t *child = json_object_getn(object, (*r.from)->path + at, end - at);
	if (child != NULL && match_node(r, end, child))
		return true;
	strict = strict || child != NULL;
	if ((*r.from)->length == end && (strict || !(*r.from++)->may_be_absent))
		return false;
	while (r.from < r.end) {
		size_t longer = key_end(*r.from, end + 1);
		struct run part = below(r, at, longer);
		if (!match_key(part, at, longer, object, strict))
			return false;
		r.from = part.end;
	}
	return true;
}

static bool match_object(struct run r, size_t at, const json_t *object)
{
	while (r.from < r.end) {
		size_t end = key_end(*r.from, at);
		struct run part = below(r, at, end);
		if (!match_key(part, at, end, object, false))
			return false;
		r.from = part.end;
	}
	return true;
}

static bool all_may_be_absent(struct run r)
{
	for (; r.from < r.end; r.from++)
		if (!(*r.from)->may_be_absent)
			return false;
	return true;
}

/* The fields must match inside one object or array of the array, unless all are absent from all of it. The first to find a value
 * chooses the element; those before it must be absent from the whole array. */
static bool match_one_element(struct run r, size_t at, const json_t *array)
{
	struct run first = {r.from, r.from};
	size_t i;
	const json_t *element;
	while (first.end < r.end && (*first.end)->may_be_absent && !has_value(*first.end, at, array))
		first.end++;
	if (first.end == r.end)
		return true;
	first.end++;
	json_array_foreach((json_t *)array, i, element) if (!is_leaf(element) && any_has_value(first, at, element) &&
	                                                    match_node(r, at, element)) return true;
	return false;
}

static bool any_leaf_passes(const struct field *f, const json_t *array)
{
	size_t i;
	const json_t *element;
	json_array_foreach((json_t *)array, i, element) if (is_leaf(element) && tests_pass(&f->tests, element)) return true;
	return false;
}

/* Values that stand in the array itself bind no element. */
static bool match_array(struct run r, size_t at, const json_t *array)
{
	if ((*r.from)->length == at && any_leaf_passes(*r.from, array)) {
		struct run rest = {r.from + 1, r.end};
		if (rest.from == rest.end || match_one_element(rest, at, array))
			return true;
	}
	return match_one_element(r, at, array);
}

/* The path of the fields leads to this node; what is left of theirs is nothing or begins with a dot. */
static bool match_node(struct run r, size_t at, const json_t *node)
{
	if (json_is_array(node))
		return match_array(r, at, node);
	if ((*r.from)->length == at) {
		if (is_leaf(node) ? !tests_pass(&(*r.from)->tests, node) : !(*r.from)->may_be_absent)
			return false;
		r.from++;
	}
	return is_leaf(node) ? all_may_be_absent(r) : match_object(r, at + 1, node);
}

bool pattern__branch_match(const struct branch *b, const json_t *event)
{
	assert(b->count > 0);
	return json_is_object(event) && match_object((struct run){b->fields, b->fields + b->count}, 0, event);
}
