#include "scenarios/read/viewerfunctions.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"

enum { VIEWER_CODE_MOST = 10240 /* bytes */ };

/* --- the function ------------------------------------------------------------------------------------------------------------------------- */

static void viewer_needs(struct reading *r, const struct node_pair *resource, const struct node *p, const char *name)
{
	if (!property_written(r, p, name))
		diagnostic_add(r->found, SEVERITY_ERROR, resource->key->at, "limit/edge", "the CloudFront Function %s needs %s",
		               resource->key->text, name);
}

static void viewer_runtime(struct reading *r, const struct node *p)
{
	static const char *const runtimes[] = {"cloudfront-js-1.0", "cloudfront-js-2.0"};
	const struct node *config = reading_get(r, p, "FunctionConfig", NULL);
	if (!config || !reading_is(r, config, NODE_MAP, "FunctionConfig"))
		return;
	const struct node *runtime = reading_get(r, config, "Runtime", NULL);
	if (runtime)
		key_word(r, runtime, "Runtime", runtimes, KEY_COUNT(runtimes));
}

void viewer_function_check(struct reading *r, const struct node_pair *resource)
{
	static const char *const names[] = {"AutoPublish", "FunctionCode", "FunctionConfig", "FunctionMetadata", "Name", "Tags"};
	static const char *const needed[] = {"Name", "FunctionCode", "FunctionConfig"};
	const struct node *p = resource_properties(r, resource->value), *code = node_get(p, "FunctionCode");
	const char *text = code ? resolver_text(&r->resolver, code) : NULL;
	size_t length = text ? strlen(text) : 0;
	resource_unknown_properties(r, p, "AWS::CloudFront::Function", names, KEY_COUNT(names));
	for (size_t i = 0; i < KEY_COUNT(needed); i++)
		viewer_needs(r, resource, p, needed[i]);
	viewer_runtime(r, p);
	if (length > VIEWER_CODE_MOST)
		diagnostic_add(r->found, SEVERITY_ERROR, code->at, "limit/edge",
		               "the CloudFront Function %s has %zu bytes of code; %d is the most", resource->key->text, length,
		               VIEWER_CODE_MOST);
}

/* --- associations ------------------------------------------------------------------------------------------------------------------------- */

static const char *const event_types[] = {"viewer-request", "viewer-response", "origin-request", "origin-response"};
enum { VIEWER_TYPES = 2 };

/* The event of one association, or -1. */
static int viewer_event(struct reading *r, const struct node *n, const struct node *type)
{
	int word = key_word(r, type, "EventType", event_types, KEY_COUNT(event_types));
	if (word < VIEWER_TYPES)
		return word;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/edge",
	               "a CloudFront Function is for viewer-request and viewer-response, not %s: that takes Lambda@Edge",
	               event_types[word]);
	return -1;
}

int viewer_functions_of(struct reading *r, const struct node *behaviour, bool lambda)
{
	const struct node *list = behaviour ? reading_get(r, behaviour, "FunctionAssociations", NULL) : NULL;
	bool taken[VIEWER_TYPES] = {false};
	int count = 0;
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *n = reading_value(r, list->items[i], "FunctionAssociations");
		const struct node *type = n && n->kind == NODE_MAP ? reading_get(r, n, "EventType", NULL) : NULL;
		int event = type ? viewer_event(r, n, type) : -1;
		if (event < 0)
			continue;
		if (taken[event])
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/edge", "%s has more than one function",
			               event_types[event]);
		count += !taken[event];
		taken[event] = true;
	}
	if (count > 0 && lambda)
		diagnostic_add(r->found, SEVERITY_ERROR, list->at, "limit/edge",
		               "CloudFront Functions and Lambda@Edge cannot both be on viewer events of a cache behaviour");
	return count;
}
