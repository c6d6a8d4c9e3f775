#include "scenarios/read/events.h"

#include <ctype.h>
#include <string.h>

#include "models/source/table.h"
#include "scenarios/read/property.h"
#include "scenarios/read/routes.h"
#include "scenarios/read/suggest.h"
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

static bool event_type_known(const char *type)
{
	for (size_t i = 0; i < sizeof event_types / sizeof *event_types; i++)
		if (strcmp(event_types[i], type) == 0)
			return true;
	return false;
}

static void event_read(struct reading *r, size_t function, const struct node_pair *pair)
{
	enum source_kind kind;
	struct position at = pair->key->at;
	struct read_source *s = event_add(r, function, pair->key->text, at);
	const struct node *event = pair->value, *properties = node_get(event, "Properties");
	s->type = "?";
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
	if (strcmp(type->text, "Invoke") != 0 && strcmp(type->text, "FunctionUrl") != 0 && source_kind_named(type->text, &kind) &&
	    source_kind_of(kind)->mode == SOURCE_SYNCHRONOUS) {
		event_set_kind(s, kind);
		event_route(r, s, properties);
		event_wait_limit(r, s, properties);
	} else if (!event_type_known(type->text)) {
		diagnostic_add(r->found, SEVERITY_ERROR, type->at, "template/event", "'%s' is no event type", type->text);
		suggest_name(r->found, type->text, event_types, sizeof event_types / sizeof *event_types);
	}
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

/* Resources that can be sources themselves, once their service is modelled. */
static bool event_resource_type(const char *type)
{
	static const char *const types[] = {
		"AWS::SQS::Queue",
		"AWS::SNS::Topic",
		"AWS::S3::Bucket",
		"AWS::Kinesis::Stream",
		"AWS::DynamoDB::Table",
		"AWS::Serverless::SimpleTable",
		"AWS::Events::Rule",
		"AWS::Events::EventBus",
		"AWS::Scheduler::Schedule",
		"AWS::StepFunctions::StateMachine",
		"AWS::Serverless::StateMachine",
		"AWS::MSK::Cluster",
		"AWS::AmazonMQ::Broker",
		"AWS::DocDB::DBCluster",
		"AWS::IoT::TopicRule",
		"AWS::Cognito::UserPool",
		"AWS::Logs::LogGroup",
		"AWS::ElasticLoadBalancingV2::LoadBalancer",
		"AWS::CloudFront::Distribution",
		"AWS::Serverless::Api",
		"AWS::Serverless::HttpApi",
		"AWS::ApiGateway::RestApi",
		"AWS::ApiGatewayV2::Api",
		"AWS::Pipes::Pipe",
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static void event_of_resource(struct reading *r, const struct node_pair *pair)
{
	const struct node *type = node_get(pair->value, "Type"), *properties = node_get(pair->value, "Properties");
	if (!type || type->kind != NODE_SCALAR || resolver_exists(&r->resolver, pair->value) == 0)
		return;
	if (strcmp(type->text, "AWS::Lambda::Url") == 0) {
		int function = event_target(r, node_get(properties, "TargetFunctionArn"));
		if (function >= 0)
			event_url(r, (size_t)function, pair->key->at, properties);
	} else if (strncmp(type->text, "AWS::ApiGateway", 15) == 0) {
		route_read(r, pair->key, type->text, properties);
	}
	if (!event_resource_type(type->text))
		return;
	struct read_source *s = reading_source_add(r);
	s->name = pair->key->text;
	s->type = type->text;
	s->at = pair->key->at;
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
	routes_alias(r);
}

void events_note_passed_over(struct reading *r)
{
	for (size_t i = 0; i < r->source_count; i++) {
		const struct read_source *s = &r->sources[i];
		if (s->modelled || s->has_traffic || !strchr(s->name, '.') || strcmp(s->type, "?") == 0)
			continue;
		diagnostic_add(r->found, SEVERITY_NOTE, s->at, "model/passed-over",
		               "%s (%s) has no traffic here; %s as a source is not modelled yet", s->name, s->type, s->type);
	}
}
