/* node: a YAML or JSON text as a tree, with the place of everything in it.
 *
 * A plain scalar stays text: whether `012`, `on` or `2010-09-09` is a number, a truth or a text is decided by whoever knows which key
 * it belongs to. Short tags (`!Ref x`) have become the long form ({"Ref": "x"}), aliases are references to the node itself, duplicate
 * keys are gone (the last one won). So a tree may share nodes, but it never contains itself: `size` and `height` are those of the
 * tree with every alias written out, and are limited, which bounds every walk over it. Nodes live in an arena; nobody changes a node
 * after it was built but node_put, on a copy that its caller owns. */
#ifndef SCENARIOS_READ_NODE_H
#define SCENARIOS_READ_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/arena.h"
#include "sim/base/diagnostic.h"

/* Limits of what is read. NODE_FILE_MAX is CloudFormation's own limit for a template passed through S3 (AWS CloudFormation User Guide,
 * "Understand CloudFormation quotas": 1 MB). */
enum { NODE_DEPTH_MAX = 64, NODE_COUNT_MAX = 500000, NODE_FILE_MAX = 1024 * 1024 };

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node;
struct node_pair {
	const struct node *key; /* a scalar */
	const struct node *value;
};

struct node {
	enum node_kind kind;
	bool plain;                /* scalar written without quotes */
	const char *text;          /* scalar; NUL-ended, without NUL inside */
	const struct node **items; /* list */
	struct node_pair *pairs;   /* map; no key twice */
	const size_t *sorted;      /* map with many pairs: their indices by key; else NULL */
	size_t count;              /* items or pairs */
	size_t size;               /* nodes of this tree, itself included, with aliases written out */
	int height;                /* 1 for a scalar */
	struct position at;        /* of the first character; of the tag where there is one */
};

/* New nodes in `a`. Texts are copied. */
struct node *node_scalar(struct arena *a, const char *text, bool plain, struct position at);
struct node *node_map_of(struct arena *a, const char *key, const struct node *value, struct position at); /* a map with one pair */

/* Sets size and height from the children, and builds the index of a large map. Duplicate keys: the last one stays, each lost one is a
 * warning (read/duplicate-key); `found` may be NULL. */
void node_finish(struct arena *a, struct node *n, struct diagnostics *found);

/* The value of a key, or NULL when `map` is NULL, no map, or has no such key. */
const struct node *node_get(const struct node *map, const char *key);
const struct node_pair *node_pair_of(const struct node *map, const char *key);

/* A copy of a map (NULL: an empty one) in which `key` has this value; the children are shared. */
struct node *node_put(struct arena *a, const struct node *map, const char *key, const struct node *value, struct position at);

/* A copy of a list (NULL: an empty one) with one item more. */
struct node *node_append(struct arena *a, const struct node *list, const struct node *item, struct position at);

bool node_is_null(const struct node *n);                   /* absent, or a plain `~`, `null` or nothing */
bool node_is_text(const struct node *n, const char *text); /* a scalar with this text */

/* "a text", "a list", "a map", "nothing": for messages. */
const char *node_kind_name(const struct node *n);

#endif
