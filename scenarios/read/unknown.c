#include "scenarios/read/unknown.h"

#include <string.h>

#include "scenarios/read/awstypes.h"
#include "scenarios/read/runtimes.h"
#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"

static void unknown_type(struct reading *r, const struct node *type)
{
	static const char cdk[] = "AWS::CDK::Metadata"; /* what the CDK tells of itself in each of its templates */
	if (awstype_known(type->text) || strcmp(type->text, cdk) == 0)
		return;
	const char *near = awstype_nearest(type->text);
	diagnostic_add(r->found, near ? SEVERITY_ERROR : SEVERITY_WARNING, type->at, "template/type",
	               "'%s' is no resource type that weir knows", type->text);
	if (near)
		diagnostic_hint(r->found, strncmp(near, "AWS::", 5) == 0 ? "did you mean '%s'?" : "did you mean 'AWS::%s'?", near);
}

void unknown_types_check(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	for (size_t i = 0; i < resources->count; i++) {
		const struct node_pair *pair = &resources->pairs[i];
		const struct node *type = node_get(pair->value, "Type");
		if (strncmp(pair->key->text, "Fn::", 4) == 0)
			continue;
		if (type && type->kind == NODE_SCALAR)
			unknown_type(r, type);
		else
			diagnostic_add(r->found, SEVERITY_ERROR, pair->key->at, "template/type", "resource '%s' has no Type",
			               pair->key->text);
	}
}

static void unknown_runtime(struct reading *r, const char *name, struct position at)
{
	const char **names = MEMORY_ARRAY(runtime_names(NULL), const char *);
	bool newer = runtime_family_of(name) != RUNTIME_UNKNOWN;
	diagnostic_add(r->found, newer ? SEVERITY_WARNING : SEVERITY_ERROR, at, "runtime/unknown",
	               "'%s' is no runtime that weir knows", name);
	suggest_name(r->found, name, names, runtime_names(names));
	memory_free(names);
}

void unknown_runtimes_check(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		const struct read_function *rf = &r->functions[i];
		const struct node *n = node_get(rf->properties, "Runtime");
		const char *name = r->scenario->functions[i].runtime;
		if (name && !runtime_find(name) && (rf->has_traffic || r->careful))
			unknown_runtime(r, name, n ? n->at : rf->resource->at);
	}
}
