#include "scenarios/read/unmodelled.h"

#include <string.h>

#include "models/source/table.h"

/* --- functions ---------------------------------------------------------------------------------------------------------------------------- */

struct feature {
	const char *property, *key, *off; /* not in use when the key has this value */
	enum severity severity;
	const char *says;
	bool only_profile; /* matters to a handler that is run here */
};

/* The value of a property that is in use, or NULL. One that cannot be resolved is taken as it is written. */
static const struct node *feature_in_use(struct reading *r, const struct node *properties, const struct feature *feature)
{
	const struct node *n = node_get(properties, feature->property);
	const struct node *value = n ? resolver_value(&r->resolver, n) : NULL;
	if (!n || value == &resolver_absent)
		return NULL;
	if (value)
		n = value;
	bool empty = node_is_null(n) || (n->kind != NODE_SCALAR && n->count == 0);
	return empty || (feature->key && node_is_text(node_get(n, feature->key), feature->off)) ? NULL : n;
}

static void unmodelled_of_function(struct reading *r, size_t function)
{
	static const char later[] = "is not modelled yet", nothing[] = "changes nothing here";
	static const struct feature features[] = {
		{"ProvisionedConcurrencyConfig", .severity = SEVERITY_ERROR, .says = later},
		{"SnapStart", "ApplyOn", "None", .severity = SEVERITY_ERROR, .says = later},
		{"CapacityProviderConfig", .severity = SEVERITY_ERROR, .says = later},
		{"DurableConfig", .severity = SEVERITY_ERROR, .says = later},
		{"TenancyConfig", .severity = SEVERITY_ERROR, .says = later},
		{"Layers", .severity = SEVERITY_WARNING, .says = "are not mounted yet: imports from them fail",
	         .only_profile = true},
		{"VpcConfig", .severity = SEVERITY_WARNING, .says = nothing},
		{"FileSystemConfigs", .severity = SEVERITY_WARNING, .says = nothing},
	};
	const struct read_function *rf = &r->functions[function];
	bool profile = r->scenario->functions[function].model == MODEL_PROFILE;
	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		const struct node *n = feature_in_use(r, rf->properties, &features[i]);
		if (!n || (features[i].only_profile && !profile))
			continue;
		diagnostic_add(r->found, features[i].severity, n->at, "model/later", "%s: %s %s", rf->logical, features[i].property,
		               features[i].says);
		if (features[i].severity == SEVERITY_ERROR)
			diagnostic_hint(r->found, "to simulate without it: --set %s.%s=null", rf->logical, features[i].property);
	}
}

/* --- sources ------------------------------------------------------------------------------------------------------------------------------ */

static void unmodelled_of_source(struct reading *r, const struct read_source *s)
{
	if (s->function == SOURCE_NO_FUNCTION)
		return;
	const struct read_function *rf = &r->functions[s->function];
	const struct node *mode = s->transfer ? resolver_value(&r->resolver, s->transfer) : NULL;
	if (!node_is_text(mode, "RESPONSE_STREAM") && !node_is_text(mode, "STREAM"))
		return;
	diagnostic_add(r->found, SEVERITY_ERROR, s->transfer->at, "model/later", "%s: response streaming is not modelled yet",
	               s->name);
	if (s->kind == SOURCE_FUNCTION_URL && rf->sam)
		diagnostic_hint(r->found, "to simulate it buffered: --set %s.FunctionUrlConfig.InvokeMode=BUFFERED", rf->logical);
}

static bool unmodelled_traffic(const struct reading *r, enum source_kind kind)
{
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].has_traffic && r->sources[i].kind == kind)
			return true;
	return false;
}

/* The place of a throttling limit in stage, route or method settings or a usage plan; NULL when there is none. */
static const struct node *throttle_limit(const struct node *n)
{
	static const char *const names[] = {"ThrottlingBurstLimit", "ThrottlingRateLimit", "Throttle", "Quota"};
	if (!n || n->kind == NODE_SCALAR)
		return NULL;
	for (size_t i = 0; n->kind == NODE_MAP && i < sizeof names / sizeof *names; i++) {
		const struct node_pair *pair = node_pair_of(n, names[i]);
		if (pair && !node_is_null(pair->value))
			return pair->key;
	}
	const struct node *limit = NULL;
	for (size_t i = 0; i < n->count && !limit; i++)
		limit = throttle_limit(n->kind == NODE_MAP ? n->pairs[i].value : n->items[i]);
	return limit;
}

/* Properties that hold throttling limits, by the kind of API. Sources: AWS CloudFormation Template Reference, "AWS::ApiGateway::Stage",
 * "AWS::ApiGateway::UsagePlan", "AWS::ApiGatewayV2::Stage"; AWS SAM Developer Guide, "AWS::Serverless::Api", "AWS::Serverless::HttpApi". */
static void throttle_warn(struct reading *r, enum source_kind kind, const char *name, const struct node *properties)
{
	static const char *const rest[] = {"MethodSettings", "Auth", "StageDescription", "Throttle", "Quota", "ApiStages"};
	static const char *const http[] = {"DefaultRouteSettings", "RouteSettings"};
	const char *const *keys = kind == SOURCE_API ? rest : http;
	size_t count = kind == SOURCE_API ? sizeof rest / sizeof *rest : sizeof http / sizeof *http;
	const struct node *limit = NULL, *written = NULL;
	for (size_t i = 0; i < count && !limit; i++) {
		const struct node_pair *pair = node_pair_of(properties, keys[i]);
		bool itself = pair && (strcmp(keys[i], "Throttle") == 0 || strcmp(keys[i], "Quota") == 0);
		written = pair && !node_is_null(pair->value) ? pair->key : NULL;
		limit = itself ? written : written ? throttle_limit(pair->value) : NULL;
	}
	if (!limit || !unmodelled_traffic(r, kind))
		return;
	diagnostic_add(r->found, SEVERITY_WARNING, limit->at, "model/later",
	               "%s: throttling of stages and routes is not modelled yet; this limit does nothing here", name);
}

static void throttle_check(struct reading *r, const struct node_pair *resource, const char *type)
{
	static const struct {
		const char *type;
		enum source_kind kind;
	} stages[] = {
		{"AWS::Serverless::Api", SOURCE_API},          {"AWS::ApiGateway::Stage", SOURCE_API},
		{"AWS::ApiGateway::UsagePlan", SOURCE_API},    {"AWS::ApiGateway::Deployment", SOURCE_API},
		{"AWS::Serverless::HttpApi", SOURCE_HTTP_API}, {"AWS::ApiGatewayV2::Stage", SOURCE_HTTP_API},
	};
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (strcmp(stages[i].type, type) == 0)
			throttle_warn(r, stages[i].kind, resource->key->text, node_get(resource->value, "Properties"));
}

/* --- resources ---------------------------------------------------------------------------------------------------------------------------- */

/* What stands for resources that are not in this template: nested stacks, loops, included texts. */
static void unread_check(struct reading *r, const struct node_pair *resource, const char *type)
{
	bool loop = strncmp(resource->key->text, "Fn::", 4) == 0;
	if (!loop && strcmp(type, "AWS::Serverless::Application") != 0 && strcmp(type, "AWS::CloudFormation::Stack") != 0)
		return;
	diagnostic_add(r->found, r->name_missing ? SEVERITY_ERROR : SEVERITY_WARNING, resource->key->at, "model/later",
	               "%s%s%s is not read yet: functions and sources in it are not there", resource->key->text, loop ? "" : ": ",
	               type);
}

void unmodelled_check(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	for (size_t i = 0; i < r->function_count; i++)
		if (r->functions[i].has_traffic)
			unmodelled_of_function(r, i);
	for (size_t i = 0; i < r->source_count; i++)
		if (r->sources[i].has_traffic)
			unmodelled_of_source(r, &r->sources[i]);
	const struct node *globals = node_get(r->root, "Globals");
	throttle_warn(r, SOURCE_API, "Globals.Api", node_get(globals, "Api"));
	throttle_warn(r, SOURCE_HTTP_API, "Globals.HttpApi", node_get(globals, "HttpApi"));
	for (size_t i = 0; i < resources->count; i++) {
		const struct node_pair *resource = &resources->pairs[i];
		const struct node *type = node_get(resource->value, "Type");
		const char *name = type && type->kind == NODE_SCALAR ? type->text : "";
		if (resolver_exists(&r->resolver, resource->value) == 0)
			continue;
		throttle_check(r, resource, name);
		unread_check(r, resource, name);
	}
}
