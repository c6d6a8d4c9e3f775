#include "scenarios/read/loadbalancers.h"

#include <string.h>

#include "scenarios/read/resources.h"
#include "scenarios/read/routes.h"
#include "scenarios/read/targets.h"

/* The function of a target group of the type lambda, or -1. */
static int group_function(struct reading *r, const struct node *properties)
{
	const struct node *type = node_get(properties, "TargetType"), *targets = node_get(properties, "Targets");
	const char *text = type ? resolver_text(&r->resolver, type) : NULL;
	if (!text || strcmp(text, "lambda") != 0 || !targets || targets->kind != NODE_LIST || targets->count == 0)
		return -1;
	if (targets->count > 1)
		diagnostic_add(r->found, SEVERITY_ERROR, targets->at, "limit/balancer",
		               "a target group has one Lambda function, not %zu", targets->count);
	return target_function(r, node_get(targets->items[0], "Id"));
}

static struct read_source *balancer_source(struct reading *r, int function, const struct node *logical)
{
	struct read_source *s = event_add(r, (size_t)function, logical->text, logical->at);
	event_set_kind(s, SOURCE_ALB);
	s->alias = logical->text;
	s->method = "ANY";
	s->path = "/";
	return s;
}

/* The target group of the first action that forwards to one. */
static const struct node *action_group(struct reading *r, const struct node *actions)
{
	static const char *const types[] = {"AWS::ElasticLoadBalancingV2::TargetGroup"};
	const char *logical = actions ? resolver_target(&r->resolver, actions, types, 1) : NULL;
	return logical ? resource_properties(r, node_get(node_get(r->root, "Resources"), logical)) : NULL;
}

/* The first value of a condition's list, or of its Config. */
static const char *condition_value(struct reading *r, const struct node *condition, const char *config)
{
	const struct node *values = node_get(node_get(condition, config), "Values");
	if (!values)
		values = node_get(condition, "Values");
	return values && values->kind == NODE_LIST && values->count ? resolver_text(&r->resolver, values->items[0]) : NULL;
}

/* A path with wild cards is asked for with what stands before the first. */
static const char *plain_path(struct reading *r, const char *pattern)
{
	const char *path = arena_string_n(&r->scratch, pattern, strcspn(pattern, "*?"));
	return path[0] == '/' ? path : "/";
}

static void balancer_rule(struct reading *r, const struct node_pair *resource, const struct node *p)
{
	const struct node *group = action_group(r, node_get(p, "Actions")), *conditions = node_get(p, "Conditions");
	int function = group ? group_function(r, group) : -1;
	if (function < 0)
		return;
	struct read_source *s = balancer_source(r, function, resource->key);
	for (size_t i = 0; conditions && conditions->kind == NODE_LIST && i < conditions->count; i++) {
		const struct node *condition = conditions->items[i], *field = node_get(condition, "Field");
		const char *path = node_is_text(field, "path-pattern") ? condition_value(r, condition, "PathPatternConfig") : NULL;
		const char *method = node_is_text(field, "http-request-method")
		                             ? condition_value(r, condition, "HttpRequestMethodConfig")
		                             : NULL;
		s->path = path ? plain_path(r, path) : s->path;
		s->method = method ? event_method(r, method) : s->method;
	}
}

void balancer_read(struct reading *r, const struct node_pair *resource, const char *type)
{
	const struct node *p = resource_properties(r, resource->value);
	if (strcmp(type, "AWS::ElasticLoadBalancingV2::ListenerRule") == 0)
		balancer_rule(r, resource, p);
	if (strcmp(type, "AWS::ElasticLoadBalancingV2::TargetGroup") != 0)
		return;
	int function = group_function(r, p);
	if (function >= 0)
		balancer_source(r, function, resource->key);
}
