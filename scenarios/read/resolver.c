#include "scenarios/read/resolver.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/read/intrinsic.h"
#include "scenarios/read/parameter.h"
#include "sim/base/textbuf.h"

const struct node resolver_absent = {.kind = NODE_SCALAR, .plain = true, .text = "", .size = 1, .height = 1};

const struct node *resolver__fail(struct resolver *v, struct position at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(v->problem, sizeof v->problem, format, arguments);
	va_end(arguments);
	v->problem_at = at;
	return NULL;
}

bool resolver__spend(struct resolver *v, size_t steps, struct position at)
{
	v->steps += steps;
	if (v->steps <= RESOLVER_STEPS_MAX)
		return true;
	resolver__fail(v, at, "the intrinsic functions take more than %d steps", RESOLVER_STEPS_MAX);
	return false;
}

bool resolver_is_intrinsic(const struct node *n)
{
	if (!n || n->kind != NODE_MAP || n->count != 1)
		return false;
	const char *key = n->pairs[0].key->text;
	return strcmp(key, "Ref") == 0 || strcmp(key, "Condition") == 0 || strncmp(key, "Fn::", 4) == 0;
}

const struct node *resolver_value(struct resolver *v, const struct node *n)
{
	assert(n != NULL);
	if (!resolver_is_intrinsic(n))
		return n;
	if (!resolver__spend(v, 1, n->at))
		return NULL;
	if (v->depth >= 2 * NODE_DEPTH_MAX)
		return resolver__fail(v, n->at, "the intrinsic functions are nested too deep");
	v->depth++;
	const struct node *value = intrinsic_value(v, n->pairs[0].key, n->pairs[0].value);
	v->depth--;
	return value;
}

const char *resolver_text(struct resolver *v, const struct node *n)
{
	const struct node *value = resolver_value(v, n);
	if (!value)
		return NULL;
	if (value == &resolver_absent) {
		resolver__fail(v, n->at, "AWS::NoValue stands where a text is needed");
		return NULL;
	}
	if (value->kind != NODE_SCALAR) {
		resolver__fail(v, n->at, "%s stands where a text is needed", node_kind_name(value));
		return NULL;
	}
	return value->text;
}

/* The condition's slot, made on the first call. */
static struct condition_state *resolver_slot(struct resolver *v, const struct node *conditions, const char *name)
{
	const struct node_pair *pair = node_pair_of(conditions, name);
	if (!pair)
		return NULL;
	if (!v->conditions) {
		v->conditions = ARENA_ARRAY(v->arena, conditions->count, struct condition_state);
		for (size_t i = 0; i < conditions->count; i++)
			v->conditions[i] = (struct condition_state){.name = conditions->pairs[i].key->text, .value = -2};
	}
	return &v->conditions[pair - conditions->pairs];
}

int resolver_condition(struct resolver *v, const char *name, struct position at)
{
	const struct node *conditions = node_get(v->root, "Conditions");
	struct condition_state *slot = resolver_slot(v, conditions, name);
	if (!slot) {
		resolver__fail(v, at, "no condition is called '%s'", name);
		return -1;
	}
	if (slot->value == 2) {
		resolver__fail(v, at, "condition '%s' depends on itself", name);
		return -1;
	}
	if (slot->value == 0 || slot->value == 1)
		return slot->value;
	slot->value = 2;
	slot->value = intrinsic_truth(v, node_get(conditions, name));
	return slot->value;
}

int resolver_exists(struct resolver *v, const struct node *resource)
{
	const struct node *condition = node_get(resource, "Condition");
	if (!condition || condition->kind != NODE_SCALAR)
		return 1;
	return resolver_condition(v, condition->text, condition->at);
}

static bool resolver_has_type(const struct resolver *v, const char *logical, const char *const *types, size_t count)
{
	const struct node *resource = node_get(node_get(v->root, "Resources"), logical);
	const struct node *type = node_get(resource, "Type");
	if (!resource)
		return false;
	for (size_t i = 0; types && i < count; i++)
		if (node_is_text(type, types[i]))
			return true;
	return types == NULL;
}

/* The name in a Fn::GetAtt ("Name.Attribute" or [Name, Attribute]) or Ref. */
static const char *resolver_named(struct resolver *v, const struct node *n)
{
	if (n->kind == NODE_LIST && n->count && n->items[0]->kind == NODE_SCALAR)
		return n->items[0]->text;
	if (n->kind != NODE_SCALAR)
		return NULL;
	size_t length = strcspn(n->text, ".");
	return arena_string_n(v->arena, n->text, length);
}

/* The first `${Name...}` of the right type in a text; or the name after the last `:function:`. */
static const char *resolver_in_text(struct resolver *v, const char *text, const char *const *types, size_t count)
{
	for (const char *p = strstr(text, "${"); p; p = strstr(p + 2, "${")) {
		size_t length = strcspn(p + 2, ".}");
		const char *name = arena_string_n(v->arena, p + 2, length);
		if (resolver_has_type(v, name, types, count))
			return name;
	}
	const char *function = strstr(text, ":function:");
	const char *bare = function ? arena_string_n(v->arena, function + 10, strcspn(function + 10, ":/")) : text;
	const struct node *resources = node_get(v->root, "Resources");
	if (!resources || resources->kind != NODE_MAP || !resolver__spend(v, 1 + resources->count / 16, resources->at))
		return NULL;
	for (size_t i = 0; i < resources->count; i++) {
		const char *logical = resources->pairs[i].key->text;
		if (resolver_has_type(v, logical, types, count) && strcmp(resolver_physical_name(v, logical), bare) == 0)
			return logical;
	}
	return NULL;
}

const char *resolver_target(struct resolver *v, const struct node *n, const char *const *types, size_t count)
{
	if (!n)
		return NULL;
	if (n->kind == NODE_SCALAR)
		return resolver_in_text(v, n->text, types, count);
	if (resolver_is_intrinsic(n)) {
		const char *key = n->pairs[0].key->text;
		if (strcmp(key, "Ref") == 0 || strcmp(key, "Fn::GetAtt") == 0) {
			const char *name = resolver_named(v, n->pairs[0].value);
			return name && resolver_has_type(v, name, types, count) ? name : NULL;
		}
	}
	for (size_t i = 0; i < n->count; i++) {
		const struct node *child = n->kind == NODE_LIST ? n->items[i] : n->pairs[i].value;
		const char *found = resolver_target(v, child, types, count);
		if (found)
			return found;
	}
	return NULL;
}

const char *resolver_physical_name(struct resolver *v, const char *logical)
{
	static const char *const names[] = {"FunctionName", "QueueName",  "TopicName", "TableName",
	                                    "BucketName",   "StreamName", "RoleName",  "Name"};
	const struct node *properties = node_get(node_get(node_get(v->root, "Resources"), logical), "Properties");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct node *n = node_get(properties, names[i]);
		if (!n)
			continue;
		const char *text = resolver_text(v, n);
		return text && *text ? text : logical;
	}
	return logical;
}
