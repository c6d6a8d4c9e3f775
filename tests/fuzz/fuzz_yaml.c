/* Any bytes are a tree or one error with a place, soon; and a tree keeps the limits that bound every walk over it. */
#include <stdint.h>
#include <stdlib.h>

#include "scenarios/read/yamltree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct node *n, int depth)
{
	size_t seen = 1;
	if (depth > NODE_DEPTH_MAX + 1)
		abort();
	for (size_t i = 0; n->kind != NODE_SCALAR && i < n->count; i++) {
		seen += walk(n->kind == NODE_LIST ? n->items[i] : n->pairs[i].value, depth + 1);
		if (n->kind == NODE_MAP && node_get(n, n->pairs[i].key->text) != n->pairs[i].value)
			abort();
	}
	return seen;
}

static void read_as(const char *file, const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct diagnostics found = {0};
	const struct node *n = tree_read((const char *)data, size, file, &arena, &found);
	/* Short tags add a level and two nodes each, so the bounds are not the reader's own. */
	if (n ? walk(n, 1) > 3 * NODE_COUNT_MAX : found.errors == 0)
		abort();
	diagnostics_fini(&found);
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("fuzz.yaml", data, size);
	read_as("fuzz.json", data, size);
	return 0;
}
