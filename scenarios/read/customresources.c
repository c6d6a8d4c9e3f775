#include "scenarios/read/customresources.h"

#include <string.h>

#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/targets.h"
#include "sim/base/json_out.h"
#include "sim/base/textbuf.h"

enum { CUSTOM_TIMEOUT_MAX_S = 3600 };

/* --- properties --------------------------------------------------------------------------------------------------------------------------- */

/* CloudFormation sends numbers and truths as texts, and has no null. */
static const char *custom_text(const struct node *n)
{
	static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
	for (size_t i = 0; n->plain && i < sizeof words / sizeof *words; i++)
		if (strcmp(n->text, words[i]) == 0)
			return words[i / 3 * 3];
	return n->text;
}

/* Its own function and argument, where nobody can know here what a value will be. */
static void custom_unknown(struct reading *r, const struct node *n, struct textbuf *out)
{
	const struct node *argument = n->pairs[0].value;
	bool scalar = argument->kind == NODE_SCALAR;
	const char *text = arena_format(&r->scratch, "%s%s%s", n->pairs[0].key->text, scalar ? " " : "",
	                                scalar ? argument->text : "");
	json_out_quote(out, text, strlen(text));
}

static bool custom_has(struct reading *r, const struct node *n)
{
	const struct node *value = resolver_value(&r->resolver, n);
	return value != &resolver_absent && !(value && node_is_null(value));
}

static void custom_json(struct reading *r, const struct node *n, struct textbuf *out, int depth)
{
	const struct node *value = resolver_value(&r->resolver, n);
	size_t written = 0;
	if (!value && resolver_is_intrinsic(n)) {
		custom_unknown(r, n, out);
		return;
	}
	if (!value || value->kind == NODE_SCALAR || depth == NODE_DEPTH_MAX) {
		const char *text = value && value->kind == NODE_SCALAR ? custom_text(value) : "";
		json_out_quote(out, text, strlen(text));
		return;
	}
	bool map = value->kind == NODE_MAP;
	textbuf_add_char(out, map ? '{' : '[');
	for (size_t i = 0; i < value->count; i++) {
		const struct node *item = map ? value->pairs[i].value : value->items[i];
		if (!custom_has(r, item))
			continue;
		textbuf_add(out, written++ ? "," : "");
		if (map) {
			json_out_quote(out, value->pairs[i].key->text, strlen(value->pairs[i].key->text));
			textbuf_add_char(out, ':');
		}
		custom_json(r, item, out, depth + 1);
	}
	textbuf_add_char(out, map ? '}' : ']');
}

static const char *custom_properties(struct reading *r, const struct node *p)
{
	struct textbuf out = {0};
	custom_json(r, p, &out, 0);
	const char *text = arena_string_n(&r->scratch, textbuf_text(&out), out.length);
	textbuf_fini(&out);
	return text;
}

/* --- the source --------------------------------------------------------------------------------------------------------------------------- */

bool custom_is_resource(const char *type)
{
	return strcmp(type, "AWS::CloudFormation::CustomResource") == 0 || strncmp(type, "Custom::", 8) == 0;
}

void custom_read(struct reading *r, const struct node_pair *resource, const char *type)
{
	const struct target_rule rule = {.sender = "a ServiceToken",
	                                 .takes = "a Lambda function or an SNS topic",
	                                 .kinds = TARGET_BIT(TARGET_FUNCTION) | TARGET_BIT(TARGET_TOPIC),
	                                 .rule = "limit/custom"};
	const struct node *p = resource_properties(r, resource->value), *token = node_get(p, "ServiceToken");
	if (!token) {
		diagnostic_add(r->found, SEVERITY_ERROR, resource->key->at, "limit/custom", "%s needs a ServiceToken",
		               resource->key->text);
		return;
	}
	property_integer(r, p, "ServiceTimeout", 1, CUSTOM_TIMEOUT_MAX_S, " s", "limit/custom", CUSTOM_TIMEOUT_MAX_S);
	struct read_source *s = reading_source_add(r);
	s->name = resource->key->text;
	s->at = resource->key->at;
	s->type = type;
	s->modelled = true;
	s->kind = SOURCE_CUSTOM_RESOURCE;
	s->resource = s->name;
	s->resource_type = type;
	s->properties = custom_properties(r, p);
	s->target = target_read(r, token, &rule);
	s->function = s->target.kind == TARGET_FUNCTION ? s->target.index : SOURCE_NO_FUNCTION;
}
