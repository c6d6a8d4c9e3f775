#include "scenarios/read/nodejson.h"

#include <ctype.h>
#include <string.h>

#include "sim/base/json_out.h"
#include "sim/base/textbuf.h"

/* RFC 8259, section 6. */
static bool is_json_number(const char *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if (isdigit((unsigned char)*p))
		p += strspn(p, "0123456789");
	else
		return false;
	if (*p == '.') {
		size_t digits = strspn(++p, "0123456789");
		if (digits == 0)
			return false;
		p += digits;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		size_t digits = strspn(p, "0123456789");
		if (digits == 0)
			return false;
		p += digits;
	}
	return *p == '\0';
}

static void json_scalar(struct textbuf *out, const struct node *n)
{
	static const char *const truths[] = {"true", "True", "TRUE"}, *const lies[] = {"false", "False", "FALSE"};
	if (n->plain && node_is_null(n)) {
		textbuf_add(out, "null");
		return;
	}
	for (size_t i = 0; n->plain && i < 3; i++) {
		if (strcmp(n->text, truths[i]) == 0 || strcmp(n->text, lies[i]) == 0) {
			textbuf_add(out, n->text[0] == 't' || n->text[0] == 'T' ? "true" : "false");
			return;
		}
	}
	if (n->plain && is_json_number(n->text))
		textbuf_add(out, n->text);
	else
		json_out_quote(out, n->text, strlen(n->text));
}

/* The depth is bounded by the tree's own; what an intrinsic stands for is a part of the template, or made from texts. */
static int json_node(struct reading *r, const struct node *n, const char *what, struct textbuf *out, int depth)
{
	const struct node *value = depth < NODE_DEPTH_MAX ? reading_value(r, n, what) : NULL;
	size_t written = 0;
	if (!value)
		return -1;
	if (value->kind == NODE_SCALAR) {
		json_scalar(out, value);
		return 0;
	}
	bool map = value->kind == NODE_MAP;
	textbuf_add_char(out, map ? '{' : '[');
	for (size_t i = 0; i < value->count; i++) {
		const struct node *item = map ? value->pairs[i].value : value->items[i];
		if (resolver_value(&r->resolver, item) == &resolver_absent)
			continue;
		textbuf_add(out, written++ ? "," : "");
		if (map) {
			json_out_quote(out, value->pairs[i].key->text, strlen(value->pairs[i].key->text));
			textbuf_add_char(out, ':');
		}
		if (json_node(r, item, what, out, depth + 1) < 0)
			return -1;
	}
	textbuf_add_char(out, map ? '}' : ']');
	return 0;
}

const char *node_json(struct reading *r, const struct node *n, const char *what, size_t *length)
{
	struct textbuf out = {0};
	const char *text = NULL;
	if (json_node(r, n, what, &out, 0) == 0) {
		*length = out.length;
		text = arena_string_n(r->arena, textbuf_text(&out), out.length);
	}
	textbuf_fini(&out);
	return text;
}
