#include "scenarios/read/yamltree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"

struct yaml_anchor {
	char *name;
	const struct node *node;
};

struct yaml_reader {
	yaml_parser_t parser;
	const char *file;
	struct arena *arena;
	struct diagnostics *found;
	struct tree_fault *fault;
	struct yaml_anchor *anchors;
	size_t anchor_count, anchor_capacity;
	size_t nodes; /* read so far, aliases written out */
};

static const struct node *yaml_node(struct yaml_reader *y, yaml_event_t *event, int depth);

static struct position yaml_position(const struct yaml_reader *y, yaml_mark_t mark)
{
	return (struct position){.file = y->file, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static const struct node *yaml_fault(struct yaml_reader *y, struct position at, const char *rule, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static const struct node *yaml_fault(struct yaml_reader *y, struct position at, const char *rule, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	y->fault->at = at;
	y->fault->rule = rule;
	vsnprintf(y->fault->text, sizeof y->fault->text, format, arguments);
	va_end(arguments);
	return NULL;
}

static void yaml_problem(struct yaml_reader *y)
{
	const yaml_parser_t *p = &y->parser;
	const char *problem = p->problem ? p->problem : "no memory";
	struct position at = yaml_position(y, p->problem_mark);
	if (p->context && p->context_mark.line != p->problem_mark.line)
		yaml_fault(y, at, "read/yaml", "%s (%s that began in line %d)", problem, p->context, (int)p->context_mark.line + 1);
	else if (p->context)
		yaml_fault(y, at, "read/yaml", "%s (%s)", problem, p->context);
	else
		yaml_fault(y, at, "read/yaml", "%s", problem);
}

static int yaml_next(struct yaml_reader *y, yaml_event_t *event)
{
	if (yaml_parser_parse(&y->parser, event))
		return 0;
	yaml_problem(y);
	return -1;
}

/* Counts nodes; aliases count as what they stand for, so that the whole tree written out is bounded. */
static int yaml_count(struct yaml_reader *y, struct position at, size_t nodes)
{
	y->nodes += nodes;
	if (y->nodes <= NODE_COUNT_MAX)
		return 0;
	yaml_fault(y, at, "read/limit", "more than %d values, aliases written out", NODE_COUNT_MAX);
	return -1;
}

/* A later anchor of the same name hides the earlier one. */
static void yaml_remember(struct yaml_reader *y, const char *name, const struct node *n)
{
	MEMORY_ROOM(y->anchors, y->anchor_count, y->anchor_capacity);
	y->anchors[y->anchor_count++] = (struct yaml_anchor){.name = memory_string(name), .node = n};
}

static const struct node *yaml_alias(struct yaml_reader *y, const yaml_event_t *event, int depth)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct position at = yaml_position(y, event->start_mark);
	for (size_t i = y->anchor_count; i-- > 0;) {
		const struct node *n = y->anchors[i].node;
		if (strcmp(y->anchors[i].name, name) != 0)
			continue;
		if (depth - 1 + n->height > NODE_DEPTH_MAX)
			return yaml_fault(y, at, "read/limit", "nested more than %d deep through '*%s'", NODE_DEPTH_MAX, name);
		return yaml_count(y, at, n->size) < 0 ? NULL : n;
	}
	return yaml_fault(y, at, "read/yaml", "'*%s' names no anchor that is complete here", name);
}

/* {"Ref": n} for `!Ref n`, and so on. YAML's own tags (!!str) and `!` only say that a scalar is no plain one. */
static const struct node *yaml_tagged(struct yaml_reader *y, struct node *n, const yaml_char_t *tag)
{
	const char *name = (const char *)tag;
	if (!name || name[0] != '!' || name[1] == '\0') {
		if (name && strcmp(name, "tag:yaml.org,2002:str") == 0)
			n->plain = false;
		return n;
	}
	name++;
	bool bare = strcmp(name, "Ref") == 0 || strcmp(name, "Condition") == 0;
	char *key = bare ? arena_string(y->arena, name) : arena_format(y->arena, "Fn::%s", name);
	return node_map_of(y->arena, key, n, n->at);
}

static const struct node *yaml_scalar(struct yaml_reader *y, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	struct position at = yaml_position(y, event->start_mark);
	if (strlen(value) != event->data.scalar.length)
		return yaml_fault(y, at, "read/yaml", "a text must not hold the character NUL");
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct node *n = node_scalar(y->arena, value, plain, at);
	return yaml_tagged(y, n, event->data.scalar.tag);
}

struct yaml_children {
	const struct node **items;
	size_t count, capacity;
};

static int yaml_children(struct yaml_reader *y, yaml_event_type_t end, struct yaml_children *children, int depth)
{
	for (;;) {
		yaml_event_t event;
		if (yaml_next(y, &event) < 0)
			return -1;
		if (event.type == end) {
			yaml_event_delete(&event);
			return 0;
		}
		const struct node *n = yaml_node(y, &event, depth + 1);
		yaml_event_delete(&event);
		if (!n)
			return -1;
		MEMORY_ROOM(children->items, children->count, children->capacity);
		children->items[children->count++] = n;
	}
}

/* Gathers pairs so that of one key the last is the one that counts. */
struct yaml_gathered {
	struct node_pair *pairs;
	size_t count, capacity;
};

static void yaml_gather(struct yaml_gathered *g, const struct node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		MEMORY_ROOM(g->pairs, g->count, g->capacity);
		g->pairs[g->count++] = map->pairs[i];
	}
}

/* What `<<` brings in: a map, or a list of maps of which the earlier ones count. */
static int yaml_merge(struct yaml_reader *y, struct yaml_gathered *g, const struct node *from)
{
	if (from->kind == NODE_MAP) {
		yaml_gather(g, from);
		return 0;
	}
	size_t count = from->kind == NODE_LIST ? from->count : 0;
	for (size_t i = count; i-- > 0;) {
		if (from->items[i]->kind != NODE_MAP)
			return yaml_fault(y, from->items[i]->at, "read/yaml", "'<<' merges maps, not %s",
			                  node_kind_name(from->items[i])),
			       -1;
		yaml_gather(g, from->items[i]);
	}
	if (from->kind != NODE_LIST)
		return yaml_fault(y, from->at, "read/yaml", "'<<' merges a map or a list of maps, not %s", node_kind_name(from)),
		       -1;
	return 0;
}

static bool yaml_is_merge(const struct node *key)
{
	return key->plain && strcmp(key->text, "<<") == 0;
}

/* The map with what its `<<` keys bring in; its own pairs count before those. */
static struct node *yaml_merged(struct yaml_reader *y, const struct yaml_children *c, struct node *own)
{
	struct yaml_gathered g = {0};
	int status = 0;
	for (size_t i = c->count; i >= 2 && status == 0; i -= 2)
		if (yaml_is_merge(c->items[i - 2]))
			status = yaml_merge(y, &g, c->items[i - 1]);
	if (g.count && status == 0) {
		yaml_gather(&g, own);
		own->pairs = ARENA_ARRAY(y->arena, g.count, struct node_pair);
		memcpy(own->pairs, g.pairs, g.count * sizeof *g.pairs);
		own->count = g.count;
		node_finish(y->arena, own, NULL);
	}
	memory_free(g.pairs);
	return status == 0 ? own : NULL;
}

static struct node *yaml_pairs(struct yaml_reader *y, const struct yaml_children *c, struct position at)
{
	struct node *n = ARENA_NEW(y->arena, struct node);
	*n = (struct node){.kind = NODE_MAP, .pairs = ARENA_ARRAY(y->arena, c->count / 2, struct node_pair), .at = at};
	for (size_t i = 0; i + 1 < c->count; i += 2) {
		const struct node *key = c->items[i];
		if (key->kind != NODE_SCALAR) {
			yaml_fault(y, key->at, "read/yaml", "a key must be a text, not %s", node_kind_name(key));
			return NULL;
		}
		if (!yaml_is_merge(key))
			n->pairs[n->count++] = (struct node_pair){.key = key, .value = c->items[i + 1]};
	}
	node_finish(y->arena, n, y->found);
	return yaml_merged(y, c, n);
}

static const struct node *yaml_map(struct yaml_reader *y, const yaml_event_t *event, int depth)
{
	struct yaml_children children = {0};
	struct node *n = NULL;
	if (yaml_children(y, YAML_MAPPING_END_EVENT, &children, depth) == 0)
		n = yaml_pairs(y, &children, yaml_position(y, event->start_mark));
	memory_free(children.items);
	return n ? yaml_tagged(y, n, event->data.mapping_start.tag) : NULL;
}

static const struct node *yaml_list(struct yaml_reader *y, const yaml_event_t *event, int depth)
{
	struct yaml_children children = {0};
	struct node *n = NULL;
	if (yaml_children(y, YAML_SEQUENCE_END_EVENT, &children, depth) == 0) {
		n = ARENA_NEW(y->arena, struct node);
		*n = (struct node){.kind = NODE_LIST, .count = children.count, .at = yaml_position(y, event->start_mark)};
		n->items = ARENA_ARRAY(y->arena, children.count, const struct node *);
		if (children.count)
			memcpy(n->items, children.items, children.count * sizeof *n->items);
		node_finish(y->arena, n, NULL);
	}
	memory_free(children.items);
	return n ? yaml_tagged(y, n, event->data.sequence_start.tag) : NULL;
}

static const struct node *yaml_node(struct yaml_reader *y, yaml_event_t *event, int depth)
{
	struct position at = yaml_position(y, event->start_mark);
	const yaml_char_t *anchor = NULL;
	const struct node *n = NULL;
	if (event->type == YAML_ALIAS_EVENT)
		return yaml_alias(y, event, depth);
	if (depth > NODE_DEPTH_MAX)
		return yaml_fault(y, at, "read/limit", "nested more than %d deep", NODE_DEPTH_MAX);
	if (yaml_count(y, at, 1) < 0)
		return NULL;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		n = yaml_scalar(y, event);
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		n = yaml_map(y, event, depth);
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		n = yaml_list(y, event, depth);
		break;
	default: return yaml_fault(y, at, "read/yaml", "a value is expected here");
	}
	if (n && anchor)
		yaml_remember(y, (const char *)anchor, n);
	return n;
}

/* The stream: its start, one document, its end. */
static const struct node *yaml_document(struct yaml_reader *y)
{
	const struct node *root = NULL;
	int documents = 0;
	for (;;) {
		yaml_event_t event;
		if (yaml_next(y, &event) < 0)
			return NULL;
		yaml_event_type_t type = event.type;
		struct position at = yaml_position(y, event.start_mark);
		bool content = type == YAML_SCALAR_EVENT || type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT ||
		               type == YAML_ALIAS_EVENT;
		if (content && documents++ == 0)
			root = yaml_node(y, &event, 1);
		yaml_event_delete(&event);
		if (content && documents > 1)
			return yaml_fault(y, at, "read/yaml", "a second document begins here; one is expected");
		if (content && !root)
			return NULL;
		if (type == YAML_STREAM_END_EVENT)
			return root ? root : yaml_fault(y, at, "read/yaml", "the file is empty");
	}
}

/* The bytes of a byte-order mark at the start: it is no character of the text, and libyaml takes one for content when the encoding is
 * set. */
static size_t tree_mark(const char *text, size_t length)
{
	static const char mark[] = {'\xEF', '\xBB', '\xBF'};
	return length >= sizeof mark && memcmp(text, mark, sizeof mark) == 0 ? sizeof mark : 0;
}

/* YAML of valid UTF-8 without NUL, as jsontree_read. An empty text is a fault. */
static const struct node *yamltree_read(const char *text, size_t length, const char *file, struct arena *a,
                                        struct diagnostics *found, struct tree_fault *fault)
{
	struct yaml_reader y = {.file = file, .arena = a, .found = found, .fault = fault};
	if (!yaml_parser_initialize(&y.parser))
		memory_exhausted();
	yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
	size_t mark = tree_mark(text, length);
	yaml_parser_set_input_string(&y.parser, (const unsigned char *)text + mark, length - mark);
	const struct node *root = yaml_document(&y);
	yaml_parser_delete(&y.parser);
	for (size_t i = 0; i < y.anchor_count; i++)
		memory_free(y.anchors[i].name);
	memory_free(y.anchors);
	return root;
}

/* Finds bytes that no text has: NUL and other control characters, and what is not UTF-8. */
static int tree_binary(const char *text, size_t length, const char *file, struct tree_fault *fault)
{
	struct position at = {.file = file, .line = 1, .column = 1};
	for (size_t i = tree_mark(text, length); i < length;) {
		uint32_t c;
		i += utf8_next(text + i, length - i, &c);
		if (c == UTF8_INVALID || c == 0 || (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
			fault->at = at;
			fault->rule = "read/binary";
			snprintf(fault->text, sizeof fault->text, "neither YAML nor JSON: this is %s",
			         c == UTF8_INVALID ? "no UTF-8 text" : "a binary file");
			return -1;
		}
		at.column++;
		if (c == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return 0;
}

static bool tree_ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);
	return a >= b && strcmp(text + a - b, end) == 0;
}

/* Whether the first character is one that begins a JSON object or array. */
static bool tree_looks_like_json(const char *text, size_t length)
{
	size_t i = tree_mark(text, length);
	while (i < length && strchr(" \t\r\n", text[i]))
		i++;
	return i < length && (text[i] == '{' || text[i] == '[');
}

/* Of two readings that both failed, the limit counts, else the one that got further. */
static const struct tree_fault *tree_worse(const struct tree_fault *a, const struct tree_fault *b)
{
	if (!b->rule || strcmp(a->rule, "read/limit") == 0)
		return a;
	bool further = b->at.line > a->at.line || (b->at.line == a->at.line && b->at.column > a->at.column);
	return further || strcmp(b->rule, "read/limit") == 0 ? b : a;
}

const struct node *tree_read(const char *text, size_t length, const char *file, struct arena *a, struct diagnostics *found)
{
	struct tree_fault fault = {0}, other = {0};
	const struct node *n = NULL;
	if (length > NODE_FILE_MAX) {
		struct position at = {.file = file};
		diagnostic_add(found, SEVERITY_ERROR, at, "read/limit", "larger than 1 MiB (%zu bytes)", length);
		return NULL;
	}
	if (tree_binary(text, length, file, &fault) == 0) {
		bool json = file && tree_ends_with(file, ".json");
		if (json || tree_looks_like_json(text, length))
			n = jsontree_read(text, length, file, a, found, &fault);
		if (!n && !json)
			n = yamltree_read(text, length, file, a, found, fault.rule ? &other : &fault);
	}
	if (n)
		return n;
	const struct tree_fault *said = tree_worse(&fault, &other);
	diagnostic_add(found, SEVERITY_ERROR, said->at, said->rule, "%s", said->text);
	return NULL;
}
