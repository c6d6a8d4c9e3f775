#include "scenarios/read/events.h"

#include <ctype.h>
#include <string.h>

#include "models/source/table.h"
#include "scenarios/read/buckets.h"
#include "scenarios/read/buses.h"
#include "scenarios/read/customresources.h"
#include "scenarios/read/edge.h"
#include "scenarios/read/loadbalancers.h"
#include "scenarios/read/mappings.h"
#include "scenarios/read/property.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/routes.h"
#include "scenarios/read/schedules.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/targets.h"
#include "scenarios/read/topics.h"
#include "scenarios/read/viewerfunctions.h"
#include "sim/base/memory.h"

/* Event types of SAM. Source: AWS SAM Developer Guide, "EventSource". Those in models/source/table.h are modelled. */
static const char *const event_types[] = {
	"HttpApi",
	"Api",
	"SQS",
	"SNS",
	"S3",
	"Kinesis",
	"DynamoDB",
	"Schedule",
	"ScheduleV2",
	"EventBridgeRule",
	"CloudWatchEvent",
	"CloudWatchLogs",
	"IoTRule",
	"AlexaSkill",
	"Cognito",
	"MSK",
	"MQ",
	"SelfManagedKafka",
	"DocumentDB",
};

struct read_source *event_add(struct reading *r, size_t function, const char *event, struct position at)
{
	struct read_source *s = reading_source_add(r);
	const char *logical = r->functions[function].logical;
	s->name = event ? arena_format(&r->scratch, "%s.%s", logical, event) : logical;
	s->function = function;
	s->at = at;
	return s;
}

void event_set_kind(struct read_source *s, enum source_kind kind)
{
	s->modelled = true;
	s->kind = kind;
	s->type = source_kind_of(kind)->name;
	s->wait_limit = source_kind_of(kind)->wait_limit;
}

void event_wait_limit(struct reading *r, struct read_source *s, const struct node *properties)
{
	const struct source_type *type = source_kind_of(s->kind);
	int low = (int)(type->wait_limit_least / SIMTIME_MS), high = (int)(type->wait_limit_most / SIMTIME_MS);
	const struct node *n = node_get(properties, "TimeoutInMillis");
	if (!n || type->wait_limit_most == SIMTIME_NEVER)
		return;
	int ms = property_integer(r, properties, "TimeoutInMillis", low, high, " ms", "limit/gateway", high);
	s->wait_limit = (simtime)ms * SIMTIME_MS;
	s->wait_limit_at = n->at;
	if (s->wait_limit <= type->wait_limit)
		return;
	diagnostic_add(r->found, SEVERITY_WARNING, n->at, "limit/gateway",
	               "TimeoutInMillis above %lld ms needs a quota increase, which only Regional and private APIs can have",
	               (long long)(type->wait_limit / SIMTIME_MS));
}

const char *event_method(struct reading *r, const char *method)
{
	if (method[0] == '$')
		return method;
	char *upper = arena_string(&r->scratch, method);
	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return strcmp(upper, "X-AMAZON-APIGATEWAY-ANY-METHOD") == 0 ? "ANY" : upper;
}

/* Path and Method of an Api or HttpApi event. Both are needed but for an HttpApi's catch-all. */
static void event_route(struct reading *r, struct read_source *s, const struct node *properties)
{
	const char *path = property_text(r, properties, "Path"), *method = property_text(r, properties, "Method");
	if (s->kind == SOURCE_HTTP_API) {
		s->path = path ? path : "$default";
		s->method = method ? event_method(r, method) : path ? "ANY" : "$default";
		s->payload_format = property_text(r, properties, "PayloadFormatVersion");
		return;
	}
	s->path = path ? path : "/";
	s->method = method ? event_method(r, method) : "GET";
	if (!path || !method)
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event",
		               "an Api event needs Properties with Path and Method; %s has no %s", s->name,
		               path ? "Method" : "Path");
}

static void event_http(struct reading *r, struct read_source *s, const struct node *properties)
{
	event_route(r, s, properties);
	event_wait_limit(r, s, properties);
}

/* How the Properties of each type are read. */
static const struct {
	const char *type;
	enum source_kind kind;
	void (*read)(struct reading *r, struct read_source *s, const struct node *properties);
} event_readers[] = {
	{"Api", SOURCE_API, event_http},
	{"HttpApi", SOURCE_HTTP_API, event_http},
	{"SQS", SOURCE_SQS, mapping_of_event},
	{"Kinesis", SOURCE_KINESIS, mapping_of_event},
	{"DynamoDB", SOURCE_DYNAMODB, mapping_of_event},
	{"SNS", SOURCE_SNS, topic_of_event},
	{"S3", SOURCE_S3, bucket_of_event},
	{"EventBridgeRule", SOURCE_EVENT_BRIDGE, rule_of_event},
	{"CloudWatchEvent", SOURCE_EVENT_BRIDGE, rule_of_event},
	{"Schedule", SOURCE_SCHEDULE, schedule_of_event},
	{"ScheduleV2", SOURCE_SCHEDULER, schedule_of_event},
};

/* Whether the type is one that is modelled; then it is read. The source is a copy of its own while it is: reading may add others. */
static bool event_properties(struct reading *r, size_t index, const char *type, const struct node *properties)
{
	for (size_t i = 0; i < sizeof event_readers / sizeof *event_readers; i++) {
		if (strcmp(event_readers[i].type, type) != 0)
			continue;
		struct read_source s = r->sources[index];
		event_set_kind(&s, event_readers[i].kind);
		s.type = type;
		event_readers[i].read(r, &s, properties && properties->kind == NODE_MAP ? properties : NULL);
		r->sources[index] = s;
		return true;
	}
	return false;
}

static bool event_type_known(const char *type)
{
	for (size_t i = 0; i < sizeof event_types / sizeof *event_types; i++)
		if (strcmp(event_types[i], type) == 0)
			return true;
	return false;
}

static void event_read(struct reading *r, size_t function, const struct node_pair *pair)
{
	struct position at = pair->key->at;
	struct read_source *s = event_add(r, function, pair->key->text, at);
	const struct node *event = pair->value, *properties = node_get(event, "Properties");
	s->type = "?";
	property_check_logical(r, pair->key);
	if (event->kind != NODE_MAP) {
		reading_is(r, event, NODE_MAP, s->name);
		return;
	}
	const struct node *type = reading_get(r, event, "Type", s->name);
	if (!type || type->kind != NODE_SCALAR) {
		diagnostic_add(r->found, SEVERITY_ERROR, at, "template/event", "event %s has no Type", s->name);
		return;
	}
	s->type = type->text;
	if (!event_properties(r, (size_t)(s - r->sources), type->text, properties) && !event_type_known(type->text)) {
		diagnostic_add(r->found, SEVERITY_ERROR, type->at, "template/event", "'%s' is no event type", type->text);
		suggest_name(r->found, type->text, event_types, sizeof event_types / sizeof *event_types);
	}
}

/* Source: Lambda API Reference, "FunctionUrlConfig": AuthType. One that cannot be resolved decides nothing here. */
static void event_url_auth(struct reading *r, const char *name, const struct node *auth)
{
	const struct node *value = auth ? resolver_value(&r->resolver, auth) : NULL;
	if (!value || value == &resolver_absent || node_is_text(value, "NONE") || node_is_text(value, "AWS_IAM"))
		return;
	diagnostic_add(r->found, SEVERITY_ERROR, auth->at, "template/event", "%s: AuthType is NONE or AWS_IAM, not %s", name,
	               value->kind == NODE_SCALAR ? arena_format(&r->scratch, "'%s'", value->text) : node_kind_name(value));
}

/* The URL of a function from its FunctionUrlConfig or the Properties of an AWS::Lambda::Url. */
static void event_url(struct reading *r, size_t function, struct position at, const struct node *properties)
{
	const char *name = arena_format(&r->scratch, "%s.Url", r->functions[function].logical);
	if (reading_source(r, name))
		return;
	struct read_source *s = event_add(r, function, "Url", at);
	event_set_kind(s, SOURCE_FUNCTION_URL);
	s->path = "/";
	s->method = "ANY";
	s->transfer = node_get(properties, "InvokeMode");
	event_url_auth(r, s->name, node_get(properties, "AuthType"));
}

static void events_of_function(struct reading *r, size_t i)
{
	const struct read_function *f = &r->functions[i];
	event_set_kind(event_add(r, i, NULL, f->resource->at), SOURCE_INVOKE);
	if (!f->sam)
		return;
	const struct node *events = reading_get(r, f->properties, "Events", NULL);
	if (events && reading_is(r, events, NODE_MAP, "Events"))
		for (size_t k = 0; k < events->count; k++)
			event_read(r, i, &events->pairs[k]);
	const struct node *url = reading_get(r, f->properties, "FunctionUrlConfig", NULL);
	if (url)
		event_url(r, i, url->at, url);
}

static const char *const function_types[] = {"AWS::Serverless::Function", "AWS::Lambda::Function"};

/* The index of the function that a property points to, or -1. */
int event_target(struct reading *r, const struct node *n)
{
	const char *logical = resolver_target(&r->resolver, n, function_types, 2);
	return logical ? reading_function(r, logical) : -1;
}

/* Resources that could be sources themselves, if their service were modelled. */
static bool event_unmodelled_type(const char *type)
{
	static const char *const types[] = {
		"AWS::DynamoDB::Table",          "AWS::DynamoDB::GlobalTable",
		"AWS::Serverless::SimpleTable",  "AWS::StepFunctions::StateMachine",
		"AWS::Serverless::StateMachine", "AWS::MSK::Cluster",
		"AWS::AmazonMQ::Broker",         "AWS::DocDB::DBCluster",
		"AWS::IoT::TopicRule",           "AWS::Cognito::UserPool",
		"AWS::Logs::LogGroup",           "AWS::ElasticLoadBalancingV2::LoadBalancer",
		"AWS::CloudFront::Distribution", "AWS::Serverless::Api",
		"AWS::Serverless::HttpApi",      "AWS::ApiGateway::RestApi",
		"AWS::ApiGatewayV2::Api",        "AWS::Pipes::Pipe",
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static enum source_kind event_kind_of(const struct reading *r, const struct read_resource *resource)
{
	switch (resource->kind) {
	case TARGET_QUEUE: return SOURCE_SQS;
	case TARGET_TOPIC: return SOURCE_SNS;
	case TARGET_BUS: return SOURCE_EVENT_BRIDGE;
	case TARGET_BUCKET: return SOURCE_S3;
	default: return r->resources->streams[resource->index].kind == STREAM_KINESIS ? SOURCE_KINESIS : SOURCE_DYNAMODB;
	}
}

/* A queue, topic, bus, bucket or stream that somebody sends to. */
static void event_of_place(struct reading *r, const struct read_resource *resource)
{
	struct read_source *s = reading_source_add(r);
	event_set_kind(s, event_kind_of(r, resource));
	s->name = resource->logical;
	s->type = resource->type;
	s->at = resource->at;
	s->function = SOURCE_NO_FUNCTION;
	s->target = (struct target){resource->kind, resource->index, resource->logical};
}

static void event_of_type(struct reading *r, const struct node_pair *pair, const char *type)
{
	const struct node *properties = node_get(pair->value, "Properties");
	const struct read_resource *place = resource_named(r, pair->key->text);
	int function;
	if (place)
		event_of_place(r, place);
	else if (strcmp(type, "AWS::Lambda::Url") == 0 &&
	         (function = event_target(r, node_get(properties, "TargetFunctionArn"))) >= 0)
		event_url(r, (size_t)function, pair->key->at, properties);
	else if (strcmp(type, "AWS::Lambda::EventSourceMapping") == 0)
		mapping_of_resource(r, pair);
	else if (strcmp(type, "AWS::Events::Rule") == 0)
		rule_of_resource(r, pair);
	else if (strcmp(type, "AWS::Scheduler::Schedule") == 0)
		schedule_of_resource(r, pair);
	else if (strncmp(type, "AWS::ElasticLoadBalancingV2::", 29) == 0)
		balancer_read(r, pair, type);
	else if (strcmp(type, "AWS::CloudFront::Distribution") == 0)
		edge_read(r, pair);
	else if (strcmp(type, "AWS::CloudFront::Function") == 0)
		viewer_function_check(r, pair);
	else if (custom_is_resource(type))
		custom_read(r, pair, type);
	else if (strncmp(type, "AWS::ApiGateway", 15) == 0)
		route_read(r, pair->key, type, properties);
	/* A Distribution whose name is a source's already has one. */
	if (place || !event_unmodelled_type(type) || reading_source(r, pair->key->text))
		return;
	struct read_source *s = reading_source_add(r);
	s->name = pair->key->text;
	s->type = type;
	s->at = pair->key->at;
	s->function = SOURCE_NO_FUNCTION;
}

/* What cannot be resolved is a mistake only if the source is used. */
static void event_of_resource(struct reading *r, const struct node_pair *pair)
{
	const char *type = resource_type_of(pair->value);
	if (!*type || resolver_exists(&r->resolver, pair->value) == 0)
		return;
	struct diagnostics unresolved = {0};
	size_t first = r->source_count;
	r->tentative = &unresolved;
	event_of_type(r, pair, type);
	r->tentative = NULL;
	if (r->source_count > first)
		r->sources[first].unresolved = unresolved;
	else
		diagnostics_fini(&unresolved);
}

/* The default bus, when there is something that makes use of it. */
static void event_of_default_bus(struct reading *r)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].kind == TARGET_BUS && !l->items[i].resource && strcmp(l->items[i].logical, "default") == 0)
			event_of_place(r, &l->items[i]);
}

void events_read(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	for (size_t i = 0; i < r->function_count; i++) {
		r->tentative = &r->functions[i].unresolved;
		events_of_function(r, i);
	}
	r->tentative = NULL;
	for (size_t i = 0; i < resources->count; i++)
		event_of_resource(r, &resources->pairs[i]);
	subscriptions_read(r);
	notifications_read(r);
	event_of_default_bus(r);
	routes_alias(r);
}

void events_note_passed_over(struct reading *r)
{
	for (size_t i = 0; i < r->source_count; i++) {
		const struct read_source *s = &r->sources[i];
		if (s->modelled || s->has_traffic || !strchr(s->name, '.') || !event_type_known(s->type))
			continue;
		diagnostic_add(r->found, SEVERITY_NOTE, s->at, "model/passed-over",
		               "%s (%s) has no traffic here; %s as a source is not modelled yet", s->name, s->type, s->type);
	}
}

void events_free(struct reading *r)
{
	for (size_t i = 0; i < r->source_count; i++)
		diagnostics_fini(&r->sources[i].unresolved);
	memory_free(r->sources);
}
