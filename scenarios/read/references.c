#include "scenarios/read/references.h"

#include <string.h>

#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"

static bool reference_starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* SAM derives names from a resource's own ("HelloRole", "HelloGetPermission", "Hello.Version"), and has implicit APIs. */
static bool reference_generated(const struct node *resources, const char *name)
{
	if (reference_starts(name, "Serverless"))
		return true;
	for (size_t i = 0; i < resources->count; i++)
		if (reference_starts(name, resources->pairs[i].key->text))
			return true;
	return false;
}

static void reference_name(struct reading *r, const char *name, struct position at, bool parameters)
{
	const struct node *resources = node_get(r->root, "Resources"), *declared = node_get(r->root, "Parameters");
	if (reference_starts(name, "AWS::") || node_get(resources, name) || (parameters && node_get(declared, name)) ||
	    reference_generated(resources, name))
		return;
	diagnostic_add(r->found, SEVERITY_WARNING, at, "template/reference", "the template has no %s '%s'",
	               parameters ? "parameter or resource" : "resource", name);
	suggest_key(r->found, name, resources);
}

static void reference_sub(struct reading *r, const struct node *argument)
{
	const struct node *text = argument, *variables = NULL;
	if (argument->kind == NODE_LIST && argument->count == 2) {
		text = argument->items[0];
		variables = argument->items[1];
	}
	if (text->kind != NODE_SCALAR)
		return;
	for (const char *p = strstr(text->text, "${"); p; p = strstr(p + 2, "${")) {
		size_t length = strcspn(p + 2, ".}");
		if (p[2] == '!' || p[2 + length] == '\0')
			continue;
		const char *name = arena_string_n(&r->scratch, p + 2, length);
		const char *whole = arena_string_n(&r->scratch, p + 2, strcspn(p + 2, "}"));
		name += strspn(name, " ");
		if (!node_get(variables, whole) && !strchr(name, ' '))
			reference_name(r, name, text->at, p[2 + length] == '}');
	}
}

static void reference_condition(struct reading *r, const struct node *n)
{
	const struct node *conditions = node_get(r->root, "Conditions");
	if (!n || n->kind != NODE_SCALAR || node_get(conditions, n->text))
		return;
	diagnostic_add(r->found, SEVERITY_WARNING, n->at, "template/reference", "the template has no condition '%s'", n->text);
	suggest_key(r->found, n->text, conditions);
}

static void reference_function(struct reading *r, const char *key, const struct node *argument)
{
	if (strcmp(key, "Ref") == 0 && argument->kind == NODE_SCALAR && !strchr(argument->text, '.'))
		reference_name(r, argument->text, argument->at, true);
	else if (strcmp(key, "Fn::GetAtt") == 0 && argument->kind == NODE_SCALAR)
		reference_name(r, arena_string_n(&r->scratch, argument->text, strcspn(argument->text, ".")), argument->at, false);
	else if (strcmp(key, "Fn::GetAtt") == 0 && argument->kind == NODE_LIST && argument->count &&
	         argument->items[0]->kind == NODE_SCALAR)
		reference_name(r, argument->items[0]->text, argument->items[0]->at, false);
	else if (strcmp(key, "Fn::Sub") == 0)
		reference_sub(r, argument);
	else if (strcmp(key, "Fn::If") == 0 && argument->kind == NODE_LIST && argument->count)
		reference_condition(r, argument->items[0]);
}

static void reference_walk(struct reading *r, const struct node *n)
{
	if (n->kind == NODE_SCALAR)
		return;
	if (resolver_is_intrinsic(n))
		reference_function(r, n->pairs[0].key->text, n->pairs[0].value);
	for (size_t i = 0; i < n->count; i++)
		reference_walk(r, n->kind == NODE_LIST ? n->items[i] : n->pairs[i].value);
}

/* Macros rewrite a template before its names count. */
static bool reference_has_macros(const struct node *n)
{
	if (n->kind == NODE_SCALAR)
		return false;
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == NODE_MAP &&
		    (reference_starts(n->pairs[i].key->text, "Fn::ForEach") || strcmp(n->pairs[i].key->text, "Fn::Transform") == 0))
			return true;
		if (reference_has_macros(n->kind == NODE_LIST ? n->items[i] : n->pairs[i].value))
			return true;
	}
	return false;
}

static bool reference_own_transform(const struct node *transform)
{
	if (!transform)
		return false;
	if (transform->kind == NODE_SCALAR)
		return !reference_starts(transform->text, "AWS::Serverless") &&
		       !reference_starts(transform->text, "AWS::LanguageExtensions");
	if (transform->kind == NODE_MAP)
		return reference_own_transform(node_get(transform, "Name"));
	for (size_t i = 0; i < transform->count; i++)
		if (reference_own_transform(transform->items[i]))
			return true;
	return false;
}

void references_check(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources"), *outputs = node_get(r->root, "Outputs");
	if (reference_own_transform(node_get(r->root, "Transform")) || reference_has_macros(r->root))
		return;
	reference_walk(r, resources);
	if (outputs)
		reference_walk(r, outputs);
	for (size_t i = 0; i < resources->count; i++)
		reference_condition(r, node_get(resources->pairs[i].value, "Condition"));
}
