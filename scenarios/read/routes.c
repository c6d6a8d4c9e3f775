#include "scenarios/read/routes.h"

#include <string.h>

/* Path parts of nested AWS::ApiGateway::Resource; more are a loop. */
enum { ROUTE_PARTS_MAX = 32 };

static const struct node *route_properties(const struct reading *r, const char *logical)
{
	return node_get(node_get(node_get(r->root, "Resources"), logical), "Properties");
}

/* "/orders/{id}" of a chain of AWS::ApiGateway::Resource. */
static const char *route_rest_path(struct reading *r, const struct node *resource_id)
{
	static const char *const types[] = {"AWS::ApiGateway::Resource"};
	const char *path = "";
	for (int i = 0; i < ROUTE_PARTS_MAX; i++) {
		const char *logical = resolver_target(&r->resolver, resource_id, types, 1);
		if (!logical)
			break;
		const struct node *properties = route_properties(r, logical), *part = node_get(properties, "PathPart");
		const char *text = part ? resolver_text(&r->resolver, part) : NULL;
		path = arena_format(&r->scratch, "/%s%s", text ? text : "?", path);
		resource_id = node_get(properties, "ParentId");
	}
	return *path ? path : "/";
}

static void route_rest(struct reading *r, const struct node *logical, const struct node *properties)
{
	const struct node *integration = node_get(properties, "Integration"), *method = node_get(properties, "HttpMethod");
	int function = event_target(r, node_get(integration, "Uri"));
	if (function < 0)
		return;
	struct read_source *s = event_add(r, (size_t)function, logical->text, logical->at);
	const char *text = method ? resolver_text(&r->resolver, method) : NULL;
	event_set_kind(s, SOURCE_API);
	s->alias = "Api";
	s->method = text ? event_method(r, text) : "GET";
	s->path = route_rest_path(r, node_get(properties, "ResourceId"));
	s->transfer = node_get(integration, "ResponseTransferMode");
	event_wait_limit(r, s, integration);
}

static bool route_is_websocket(struct reading *r, const struct node *api)
{
	static const char *const types[] = {"AWS::ApiGatewayV2::Api"};
	const char *logical = api ? resolver_target(&r->resolver, api, types, 1) : NULL;
	return logical && node_is_text(node_get(route_properties(r, logical), "ProtocolType"), "WEBSOCKET");
}

/* "GET /orders" or "$default". */
static void route_key(struct reading *r, struct read_source *s, const struct node *key)
{
	const char *text = key ? resolver_text(&r->resolver, key) : NULL;
	const char *space = text ? strchr(text, ' ') : NULL;
	s->method = s->path = "$default";
	if (!space)
		return;
	s->method = event_method(r, arena_string_n(&r->scratch, text, (size_t)(space - text)));
	s->path = space + 1 + strspn(space + 1, " ");
}

static void route_http(struct reading *r, const struct node *logical, const struct node *properties)
{
	static const char *const types[] = {"AWS::ApiGatewayV2::Integration"};
	const char *target = resolver_target(&r->resolver, node_get(properties, "Target"), types, 1);
	const struct node *integration = target ? route_properties(r, target) : NULL;
	int function = event_target(r, node_get(integration, "IntegrationUri"));
	if (function < 0)
		return;
	struct read_source *s = event_add(r, (size_t)function, logical->text, logical->at);
	const struct node *format = node_get(integration, "PayloadFormatVersion");
	s->type = "WebSocket";
	if (route_is_websocket(r, node_get(properties, "ApiId")))
		return;
	event_set_kind(s, SOURCE_HTTP_API);
	s->alias = "Api";
	s->payload_format = format ? resolver_text(&r->resolver, format) : NULL;
	route_key(r, s, node_get(properties, "RouteKey"));
	event_wait_limit(r, s, integration);
}

static void route_quick(struct reading *r, const struct node *logical, const struct node *properties)
{
	int function = event_target(r, node_get(properties, "Target"));
	if (function < 0)
		return;
	struct read_source *s = event_add(r, (size_t)function, logical->text, logical->at);
	event_set_kind(s, SOURCE_HTTP_API);
	s->alias = "Api";
	route_key(r, s, node_get(properties, "RouteKey"));
}

void route_read(struct reading *r, const struct node *logical, const char *type, const struct node *properties)
{
	if (strcmp(type, "AWS::ApiGateway::Method") == 0)
		route_rest(r, logical, properties);
	else if (strcmp(type, "AWS::ApiGatewayV2::Route") == 0)
		route_http(r, logical, properties);
	else if (strcmp(type, "AWS::ApiGatewayV2::Api") == 0)
		route_quick(r, logical, properties);
}

void routes_alias(struct reading *r)
{
	for (size_t i = 0; i < r->source_count; i++) {
		struct read_source *s = &r->sources[i];
		if (!s->alias || (s->kind != SOURCE_API && s->kind != SOURCE_HTTP_API))
			continue;
		bool only = true;
		for (size_t k = 0; k < r->source_count; k++)
			only = only && (k == i || !r->sources[k].modelled || r->sources[k].function != s->function ||
			                (r->sources[k].kind != SOURCE_API && r->sources[k].kind != SOURCE_HTTP_API));
		s->alias = only ? arena_format(&r->scratch, "%s.Api", r->functions[s->function].logical) : NULL;
	}
}
