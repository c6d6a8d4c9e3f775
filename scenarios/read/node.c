#include "scenarios/read/node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Maps up to this size are searched from front to back. */
enum { NODE_SMALL = 12 };

struct node *node_scalar(struct arena *a, const char *text, bool plain, struct position at)
{
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_SCALAR, .plain = plain, .text = arena_string(a, text), .size = 1, .height = 1, .at = at};
	return n;
}

struct node *node_map_of(struct arena *a, const char *key, const struct node *value, struct position at)
{
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_MAP, .pairs = ARENA_NEW(a, struct node_pair), .count = 1, .at = at};
	n->pairs[0] = (struct node_pair){.key = node_scalar(a, key, true, at), .value = value};
	node_finish(a, n, NULL);
	return n;
}

struct node_entry {
	const char *key;
	size_t index;
};

static int node_entry_order(const void *x, const void *y)
{
	const struct node_entry *a = x, *b = y;
	int order = strcmp(a->key, b->key);
	if (order != 0)
		return order;
	return a->index < b->index ? -1 : 1;
}

static struct node_entry *node_entries(const struct node *n)
{
	struct node_entry *entries = MEMORY_ARRAY(n->count, struct node_entry);
	for (size_t i = 0; i < n->count; i++)
		entries[i] = (struct node_entry){.key = n->pairs[i].key->text, .index = i};
	qsort(entries, n->count, sizeof *entries, node_entry_order);
	return entries;
}

/* Drops all but the last pair of each key. */
static void node_unique(struct node *n, struct diagnostics *found)
{
	struct node_entry *entries = node_entries(n);
	bool *lost = MEMORY_ARRAY(n->count, bool);
	for (size_t i = 0; i + 1 < n->count; i++) {
		if (strcmp(entries[i].key, entries[i + 1].key) != 0)
			continue;
		lost[entries[i].index] = true;
		const struct node *first = n->pairs[entries[i].index].key, *second = n->pairs[entries[i + 1].index].key;
		if (found)
			diagnostic_add(found, SEVERITY_WARNING, second->at, "read/duplicate-key",
			               "'%s' is given twice: here and in line %d, column %d; this one counts", first->text,
			               first->at.line, first->at.column);
	}
	size_t kept = 0;
	for (size_t i = 0; i < n->count; i++)
		if (!lost[i])
			n->pairs[kept++] = n->pairs[i];
	n->count = kept;
	memory_free(lost);
	memory_free(entries);
}

static void node_index(struct arena *a, struct node *n)
{
	n->sorted = NULL;
	if (n->count <= NODE_SMALL)
		return;
	struct node_entry *entries = node_entries(n);
	size_t *sorted = ARENA_ARRAY(a, n->count, size_t);
	for (size_t i = 0; i < n->count; i++)
		sorted[i] = entries[i].index;
	n->sorted = sorted;
	memory_free(entries);
}

static void node_measure(struct node *n, const struct node *child)
{
	n->size += child->size;
	if (child->height >= n->height)
		n->height = child->height + 1;
}

void node_finish(struct arena *a, struct node *n, struct diagnostics *found)
{
	n->size = 1;
	n->height = 1;
	if (n->kind == NODE_LIST)
		for (size_t i = 0; i < n->count; i++)
			node_measure(n, n->items[i]);
	if (n->kind != NODE_MAP)
		return;
	if (n->count > 1)
		node_unique(n, found);
	node_index(a, n);
	for (size_t i = 0; i < n->count; i++) {
		node_measure(n, n->pairs[i].key);
		node_measure(n, n->pairs[i].value);
	}
}

static const struct node_pair *node_search(const struct node *map, const char *key)
{
	size_t low = 0, high = map->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct node_pair *pair = &map->pairs[map->sorted[middle]];
		int order = strcmp(key, pair->key->text);
		if (order == 0)
			return pair;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct node_pair *node_pair_of(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	if (map->sorted)
		return node_search(map, key);
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->pairs[i].key->text, key) == 0)
			return &map->pairs[i];
	return NULL;
}

const struct node *node_get(const struct node *map, const char *key)
{
	const struct node_pair *pair = node_pair_of(map, key);
	return pair ? pair->value : NULL;
}

struct node *node_put(struct arena *a, const struct node *map, const char *key, const struct node *value, struct position at)
{
	assert(!map || map->kind == NODE_MAP);
	size_t old = map ? map->count : 0;
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_MAP, .pairs = ARENA_ARRAY(a, old + 1, struct node_pair), .at = map ? map->at : at};
	if (old)
		memcpy(n->pairs, map->pairs, old * sizeof *n->pairs);
	n->count = old;
	const struct node_pair *had = node_pair_of(map, key);
	if (had)
		n->pairs[had - map->pairs].value = value;
	else
		n->pairs[n->count++] = (struct node_pair){.key = node_scalar(a, key, true, at), .value = value};
	node_finish(a, n, NULL);
	return n;
}

struct node *node_append(struct arena *a, const struct node *list, const struct node *item, struct position at)
{
	assert(!list || list->kind == NODE_LIST);
	size_t old = list ? list->count : 0;
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_LIST, .items = ARENA_ARRAY(a, old + 1, const struct node *), .at = list ? list->at : at};
	if (old)
		memcpy(n->items, list->items, old * sizeof *n->items);
	n->items[old] = item;
	n->count = old + 1;
	node_finish(a, n, NULL);
	return n;
}

bool node_is_null(const struct node *n)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	if (!n)
		return true;
	if (n->kind != NODE_SCALAR || !n->plain)
		return false;
	for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
		if (strcmp(n->text, nulls[i]) == 0)
			return true;
	return false;
}

bool node_is_text(const struct node *n, const char *text)
{
	return n && n->kind == NODE_SCALAR && strcmp(n->text, text) == 0;
}

const char *node_kind_name(const struct node *n)
{
	if (node_is_null(n))
		return "nothing";
	return n->kind == NODE_LIST ? "a list" : n->kind == NODE_MAP ? "a map" : "a text";
}
