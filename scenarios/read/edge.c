#include "scenarios/read/edge.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/routes.h"
#include "scenarios/read/targets.h"
#include "scenarios/read/viewerfunctions.h"

enum { EDGE_TIMEOUT_MAX_S = 30 };

/* --- associations ------------------------------------------------------------------------------------------------------------------------- */

static const char *const event_types[] = {"viewer-request", "origin-request", "origin-response", "viewer-response"};

/* "ViewerRequest". */
static const char *const event_names[] = {"ViewerRequest", "OriginRequest", "OriginResponse", "ViewerResponse"};

/* A version is what CloudFront asks for: neither $LATEST nor an alias. */
static void edge_check_version(struct reading *r, const struct node *arn)
{
	static const char *const versions[] = {"AWS::Lambda::Version"}, *const sam[] = {"AWS::Serverless::Function"};
	const char *text = resolver_text(&r->resolver, arn);
	if (resolver_target(&r->resolver, arn, versions, 1))
		return;
	/* `!Ref Hello.Version` of SAM's AutoPublishAlias cannot be resolved here, and is one. */
	const struct node *name = resolver_is_intrinsic(arn) ? arn->pairs[0].value : NULL;
	if (!text && name && name->kind == NODE_SCALAR && strstr(name->text, ".Version") &&
	    resolver_target(&r->resolver, arn, sam, 1))
		return;
	const char *last = text ? strrchr(text, ':') : NULL;
	if (last && last[1] && strspn(last + 1, "0123456789") == strlen(last + 1))
		return;
	diagnostic_add(r->found, SEVERITY_ERROR, arn->at, "limit/edge",
	               "Lambda@Edge needs a numbered version's ARN, not $LATEST or an alias");
}

static bool edge_is_viewer(const struct node *type)
{
	return node_is_text(type, "viewer-request") || node_is_text(type, "viewer-response");
}

static void edge_association(struct reading *r, const struct node *logical, const struct node *n, const char *path, int viewers)
{
	const struct node *arn = node_get(n, "LambdaFunctionARN"), *type = reading_get(r, n, "EventType", NULL);
	int word = type ? key_word(r, type, "EventType", event_types, KEY_COUNT(event_types)) : -1;
	int function = arn ? target_function(r, arn) : -1;
	if (word < 0 || function < 0)
		return;
	const char *name = arena_format(&r->scratch, "%s.%s", r->functions[function].logical, logical->text);
	bool taken = reading_source(r, name) != NULL;
	const char *event = taken ? arena_format(&r->scratch, "%s%s", logical->text, event_names[word]) : logical->text;
	if (taken && reading_source(r, arena_format(&r->scratch, "%s%s", name, event_names[word])))
		return;
	struct read_source *s = event_add(r, (size_t)function, event, n->at);
	event_set_kind(s, SOURCE_EDGE);
	s->edge = (enum envelope_edge)word;
	s->alias = taken ? NULL : logical->text;
	s->method = "GET";
	s->path = path;
	s->viewer_functions = viewers;
	edge_check_version(r, arn);
	if (property_bool(r, n, "IncludeBody", false) && word > 1)
		diagnostic_add(r->found, SEVERITY_ERROR, node_get(n, "IncludeBody")->at, "limit/edge",
		               "IncludeBody is for request events, not %s", event_types[word]);
}

static void edge_behaviour(struct reading *r, const struct node *logical, const struct node *behaviour)
{
	const struct node *list = behaviour ? reading_get(r, behaviour, "LambdaFunctionAssociations", NULL) : NULL;
	const struct node *pattern = node_get(behaviour, "PathPattern");
	const char *text = pattern ? resolver_text(&r->resolver, pattern) : NULL;
	const char *path = text ? arena_string_n(&r->scratch, text, strcspn(text, "*?")) : "/";
	size_t count = list && list->kind == NODE_LIST ? list->count : 0;
	bool viewer = false;
	for (size_t i = 0; i < count; i++)
		viewer = viewer || edge_is_viewer(node_get(list->items[i], "EventType"));
	int viewers = viewer_functions_of(r, behaviour, viewer);
	for (size_t i = 0; i < count; i++) {
		const struct node *n = reading_value(r, list->items[i], "LambdaFunctionAssociations");
		if (n && n->kind == NODE_MAP)
			edge_association(r, logical, n, path[0] == '/' ? path : arena_format(&r->scratch, "/%s", path), viewers);
	}
}

void edge_read(struct reading *r, const struct node_pair *resource)
{
	const struct node *p = resource_properties(r, resource->value), *config = reading_get(r, p, "DistributionConfig", NULL);
	const struct node *more = config ? reading_get(r, config, "CacheBehaviors", NULL) : NULL;
	if (!config)
		return;
	edge_behaviour(r, resource->key, reading_get(r, config, "DefaultCacheBehavior", NULL));
	for (size_t i = 0; more && more->kind == NODE_LIST && i < more->count; i++)
		edge_behaviour(r, resource->key, reading_value(r, more->items[i], "CacheBehaviors"));
}

/* --- restrictions ------------------------------------------------------------------------------------------------------------------------- */

static void edge_refuse(struct reading *r, const struct read_function *rf, const struct node *n, const char *what)
{
	diagnostic_add(r->found, SEVERITY_ERROR, n ? n->at : rf->resource->at, "limit/edge", "%s: Lambda@Edge %s", rf->logical,
	               what);
}

static void edge_check_function(struct reading *r, size_t i)
{
	static const struct {
		const char *property, *key, *says;
	} banned[] = {
		{"Environment", "Variables", "has no environment variables"},
		{"Layers", NULL, "has no layers"},
		{"VpcConfig", NULL, "reaches no VPC"},
		{"DeadLetterConfig", NULL, "has no dead-letter queue"},
		{"DeadLetterQueue", NULL, "has no dead-letter queue"},
		{"ProvisionedConcurrencyConfig", NULL, "has no provisioned concurrency"},
		{"ImageUri", NULL, "takes no container images"},
		{"TracingConfig", NULL, "has no X-Ray tracing"},
		{"Tracing", NULL, "has no X-Ray tracing"},
	};
	const struct read_function *rf = &r->functions[i];
	const struct function_spec *f = &r->scenario->functions[i];
	for (size_t k = 0; k < KEY_COUNT(banned); k++) {
		const struct node *n = node_get(rf->properties, banned[k].property);
		if (n && !node_is_null(n) && (!banned[k].key || node_get(n, banned[k].key)) &&
		    !(n->kind == NODE_LIST && n->count == 0))
			edge_refuse(r, rf, n, banned[k].says);
	}
	if (f->runtime && strncmp(f->runtime, "nodejs", 6) != 0 && strncmp(f->runtime, "python", 6) != 0)
		edge_refuse(r, rf, node_get(rf->properties, "Runtime"), "runs Node.js and Python only");
	if (f->architecture == ARCHITECTURE_ARM64)
		edge_refuse(r, rf, node_get(rf->properties, "Architectures"), "runs on x86_64 only");
	if (f->timeout_s > EDGE_TIMEOUT_MAX_S)
		edge_refuse(r, rf, node_get(rf->properties, "Timeout"), "gives a function at most 30 s");
	if (f->ephemeral_mb > FUNCTION_EPHEMERAL_MIN_MB)
		edge_refuse(r, rf, node_get(rf->properties, "EphemeralStorage"), "gives a function 512 MB of /tmp, no more");
	if (strcmp(r->scenario->region, "us-east-1") != 0)
		edge_refuse(r, rf, NULL, "takes functions of us-east-1 only");
}

void edge_check(struct reading *r)
{
	for (size_t i = 0; i < r->function_count; i++) {
		bool edge = false;
		for (size_t k = 0; k < r->source_count; k++)
			edge = edge || (r->sources[k].modelled && r->sources[k].kind == SOURCE_EDGE && r->sources[k].function == i);
		if (edge)
			edge_check_function(r, i);
	}
}
