#include "scenarios/read/merge.h"

#include <string.h>

#include "scenarios/read/resolver.h"

static const struct node *merge_lists(struct arena *a, const struct node *first, const struct node *second)
{
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_LIST, .count = first->count + second->count, .at = second->at};
	n->items = ARENA_ARRAY(a, n->count, const struct node *);
	if (first->count)
		memcpy(n->items, first->items, first->count * sizeof *n->items);
	if (second->count)
		memcpy(n->items + first->count, second->items, second->count * sizeof *n->items);
	node_finish(a, n, NULL);
	return n;
}

static const struct node *merge_maps(struct arena *a, const struct node *first, const struct node *second, enum merge_lists lists,
                                     int depth)
{
	struct node *n = ARENA_NEW(a, struct node);
	*n = (struct node){.kind = NODE_MAP, .at = second->at};
	n->pairs = ARENA_ARRAY(a, first->count + second->count, struct node_pair);
	for (size_t i = 0; i < first->count; i++) {
		const struct node_pair *mine = &first->pairs[i], *other = node_pair_of(second, mine->key->text);
		n->pairs[n->count].key = other ? other->key : mine->key;
		n->pairs[n->count++].value = other ? merge_nodes(a, mine->value, other->value, lists, depth - 1) : mine->value;
	}
	for (size_t i = 0; i < second->count; i++)
		if (!node_pair_of(first, second->pairs[i].key->text))
			n->pairs[n->count++] = second->pairs[i];
	node_finish(a, n, NULL);
	return n;
}

const struct node *merge_nodes(struct arena *a, const struct node *first, const struct node *second, enum merge_lists lists,
                               int depth)
{
	if (!first || !second)
		return second ? second : first;
	if (first->kind != second->kind || resolver_is_intrinsic(first) || resolver_is_intrinsic(second))
		return second;
	if (first->kind == NODE_MAP)
		return depth > 0 ? merge_maps(a, first, second, lists, depth) : second;
	return first->kind == NODE_LIST && lists == MERGE_ADD_LISTS ? merge_lists(a, first, second) : second;
}
