#include "scenarios/read/jsontree.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/textbuf.h"

struct json_reader {
	const char *next, *end;
	struct position at; /* of `next` */
	struct arena *arena;
	struct diagnostics *found;
	struct tree_fault *fault;
	size_t nodes;
};

static const struct node *json_value(struct json_reader *j, int depth);

static const struct node *json_fault(struct json_reader *j, const char *rule, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static const struct node *json_fault(struct json_reader *j, const char *rule, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	j->fault->at = j->at;
	j->fault->rule = rule;
	vsnprintf(j->fault->text, sizeof j->fault->text, format, arguments);
	va_end(arguments);
	return NULL;
}

/* Columns count characters: continuation bytes of UTF-8 add none. */
static void json_step(struct json_reader *j)
{
	unsigned char c = (unsigned char)*j->next++;
	if (c == '\n') {
		j->at.line++;
		j->at.column = 1;
	} else if ((c & 0xC0) != 0x80) {
		j->at.column++;
	}
}

static int json_peek(const struct json_reader *j)
{
	return j->next < j->end ? (unsigned char)*j->next : -1;
}

static int json_skip(struct json_reader *j)
{
	int c;
	while ((c = json_peek(j)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		json_step(j);
	return c;
}

static const char *json_describe(int c, char *room, size_t size)
{
	if (c < 0)
		return "the end of the file";
	if (c < ' ' || c > '~')
		snprintf(room, size, "byte 0x%02X", (unsigned)c);
	else
		snprintf(room, size, "'%c'", c);
	return room;
}

static const struct node *json_expected(struct json_reader *j, const char *what)
{
	char room[16];
	return json_fault(j, "read/json", "%s is expected here, not %s", what, json_describe(json_peek(j), room, sizeof room));
}

static struct node *json_node(struct json_reader *j, enum node_kind kind)
{
	if (++j->nodes > NODE_COUNT_MAX) {
		json_fault(j, "read/limit", "more than %d values", NODE_COUNT_MAX);
		return NULL;
	}
	struct node *n = ARENA_NEW(j->arena, struct node);
	*n = (struct node){.kind = kind, .at = j->at};
	return n;
}

static int json_hex(struct json_reader *j, uint32_t *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++) {
		int c = json_peek(j);
		int digit = c >= '0' && c <= '9'   ? c - '0'
		            : c >= 'a' && c <= 'f' ? c - 'a' + 10
		            : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                   : -1;
		if (digit < 0) {
			json_expected(j, "a hexadecimal digit");
			return -1;
		}
		*value = *value * 16 + (uint32_t)digit;
		json_step(j);
	}
	return 0;
}

static void json_utf8(struct textbuf *out, uint32_t c)
{
	if (c < 0x80) {
		textbuf_add_char(out, (char)c);
	} else if (c < 0x800) {
		textbuf_add_char(out, (char)(0xC0 | c >> 6));
		textbuf_add_char(out, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		textbuf_add_char(out, (char)(0xE0 | c >> 12));
		textbuf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
		textbuf_add_char(out, (char)(0x80 | (c & 0x3F)));
	} else {
		textbuf_add_char(out, (char)(0xF0 | c >> 18));
		textbuf_add_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
		textbuf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
		textbuf_add_char(out, (char)(0x80 | (c & 0x3F)));
	}
}

/* After `\u`: one escape, or two that form a surrogate pair. A lone surrogate becomes U+FFFD. */
static int json_unicode(struct json_reader *j, struct textbuf *out)
{
	uint32_t c, low;
	if (json_hex(j, &c) < 0)
		return -1;
	if (c == 0) {
		json_fault(j, "read/json", "a text must not hold the character NUL");
		return -1;
	}
	if (c >= 0xD800 && c < 0xDC00 && j->end - j->next >= 2 && j->next[0] == '\\' && j->next[1] == 'u') {
		json_step(j);
		json_step(j);
		if (json_hex(j, &low) < 0)
			return -1;
		c = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
	}
	json_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	return 0;
}

static int json_escape(struct json_reader *j, struct textbuf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	json_step(j);
	int c = json_peek(j);
	if (c == 'u') {
		json_step(j);
		return json_unicode(j, out);
	}
	const char *known = c > 0 ? strchr(from, c) : NULL;
	if (!known) {
		json_expected(j, "an escape such as \\n or \\u00e9");
		return -1;
	}
	textbuf_add_char(out, to[known - from]);
	json_step(j);
	return 0;
}

static int json_characters(struct json_reader *j, struct textbuf *out)
{
	for (;;) {
		int c = json_peek(j);
		if (c == '"') {
			json_step(j);
			return 0;
		}
		if (c == '\\') {
			if (json_escape(j, out) < 0)
				return -1;
			continue;
		}
		if (c < ' ') {
			json_expected(j, "the closing quote of a text");
			return -1;
		}
		textbuf_add_char(out, (char)c);
		json_step(j);
	}
}

static struct node *json_string(struct json_reader *j)
{
	struct node *n = json_node(j, NODE_SCALAR);
	struct textbuf text = {0};
	if (!n)
		return NULL;
	json_step(j);
	if (json_characters(j, &text) < 0) {
		textbuf_fini(&text);
		return NULL;
	}
	n->text = arena_string(j->arena, textbuf_text(&text));
	textbuf_fini(&text);
	node_finish(j->arena, n, NULL);
	return n;
}

static bool json_digits(struct json_reader *j)
{
	const char *start = j->next;
	while (json_peek(j) >= '0' && json_peek(j) <= '9')
		json_step(j);
	return j->next > start;
}

static bool json_number_shape(struct json_reader *j)
{
	if (json_peek(j) == '-')
		json_step(j);
	if (json_peek(j) == '0')
		json_step(j);
	else if (!json_digits(j))
		return false;
	if (json_peek(j) == '.') {
		json_step(j);
		if (!json_digits(j))
			return false;
	}
	if (json_peek(j) == 'e' || json_peek(j) == 'E') {
		json_step(j);
		if (json_peek(j) == '+' || json_peek(j) == '-')
			json_step(j);
		if (!json_digits(j))
			return false;
	}
	return true;
}

static bool json_word(struct json_reader *j, const char *word)
{
	size_t length = strlen(word);
	if ((size_t)(j->end - j->next) < length || memcmp(j->next, word, length) != 0)
		return false;
	for (size_t i = 0; i < length; i++)
		json_step(j);
	return true;
}

static const struct node *json_bare(struct json_reader *j)
{
	struct node *n = json_node(j, NODE_SCALAR);
	if (!n)
		return NULL;
	const char *start = j->next;
	if (json_peek(j) == '-' || (json_peek(j) >= '0' && json_peek(j) <= '9')) {
		if (!json_number_shape(j))
			return json_expected(j, "a digit");
	} else if (!json_word(j, "true") && !json_word(j, "false") && !json_word(j, "null")) {
		return json_expected(j, "a value");
	}
	n->plain = true;
	n->text = arena_string_n(j->arena, start, (size_t)(j->next - start));
	node_finish(j->arena, n, NULL);
	return n;
}

/* After a value: ',' (0, stepped over), the closing bracket (1, stepped over) or a fault (-1). */
static int json_separator(struct json_reader *j, int close, const char *expected)
{
	int c = json_skip(j);
	if (c != ',' && c != close) {
		json_expected(j, expected);
		return -1;
	}
	json_step(j);
	return c == close;
}

static int json_pair(struct json_reader *j, struct node_pair *pair, int depth)
{
	if (json_skip(j) != '"') {
		json_expected(j, "a key in double quotes");
		return -1;
	}
	pair->key = json_string(j);
	if (!pair->key)
		return -1;
	if (json_skip(j) != ':') {
		json_expected(j, "':'");
		return -1;
	}
	json_step(j);
	pair->value = json_value(j, depth + 1);
	return pair->value ? 0 : -1;
}

static int json_pairs(struct json_reader *j, struct node *n, struct node_pair **pairs, int depth)
{
	size_t capacity = 0;
	json_step(j);
	if (json_skip(j) == '}') {
		json_step(j);
		return 0;
	}
	for (int state = 0; state == 0;) {
		struct node_pair pair;
		if (json_pair(j, &pair, depth) < 0)
			return -1;
		MEMORY_ROOM(*pairs, n->count, capacity);
		(*pairs)[n->count++] = pair;
		state = json_separator(j, '}', "',' or '}'");
		if (state < 0)
			return -1;
	}
	return 0;
}

static const struct node *json_object(struct json_reader *j, int depth)
{
	struct node *n = json_node(j, NODE_MAP);
	struct node_pair *pairs = NULL;
	if (n && json_pairs(j, n, &pairs, depth) < 0)
		n = NULL;
	if (n) {
		n->pairs = ARENA_ARRAY(j->arena, n->count, struct node_pair);
		if (n->count)
			memcpy(n->pairs, pairs, n->count * sizeof *pairs);
		node_finish(j->arena, n, j->found);
	}
	memory_free(pairs);
	return n;
}

static int json_items(struct json_reader *j, struct node *n, const struct node ***items, int depth)
{
	size_t capacity = 0;
	json_step(j);
	if (json_skip(j) == ']') {
		json_step(j);
		return 0;
	}
	for (int state = 0; state == 0;) {
		const struct node *item = json_value(j, depth + 1);
		if (!item)
			return -1;
		MEMORY_ROOM(*items, n->count, capacity);
		(*items)[n->count++] = item;
		state = json_separator(j, ']', "',' or ']'");
		if (state < 0)
			return -1;
	}
	return 0;
}

static const struct node *json_array(struct json_reader *j, int depth)
{
	struct node *n = json_node(j, NODE_LIST);
	const struct node **items = NULL;
	if (n && json_items(j, n, &items, depth) < 0)
		n = NULL;
	if (n) {
		n->items = ARENA_ARRAY(j->arena, n->count, const struct node *);
		if (n->count)
			memcpy(n->items, items, n->count * sizeof *items);
		node_finish(j->arena, n, NULL);
	}
	memory_free(items);
	return n;
}

static const struct node *json_value(struct json_reader *j, int depth)
{
	int c = json_skip(j);
	if (depth > NODE_DEPTH_MAX)
		return json_fault(j, "read/limit", "nested more than %d deep", NODE_DEPTH_MAX);
	if (c == '{')
		return json_object(j, depth);
	if (c == '[')
		return json_array(j, depth);
	return c == '"' ? json_string(j) : json_bare(j);
}

const struct node *jsontree_read(const char *text, size_t length, const char *file, struct arena *a, struct diagnostics *found,
                                 struct tree_fault *fault)
{
	struct json_reader j = {.next = text,
	                        .end = text + length,
	                        .at = {.file = file, .line = 1, .column = 1},
	                        .arena = a,
	                        .found = found,
	                        .fault = fault};
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		j.next += 3;
	const struct node *n = json_value(&j, 1);
	if (n && json_skip(&j) >= 0)
		n = json_expected(&j, "nothing more");
	return n;
}
