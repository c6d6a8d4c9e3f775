#include "scenarios/read/buses.h"

#include <string.h>

#include "scenarios/read/filters.h"
#include "scenarios/read/inputs.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/property.h"
#include "scenarios/read/schedules.h"
#include "scenarios/read/targets.h"
#include "sim/base/memory.h"

/* EventBridge API Reference, "RetryPolicy" (ranges and defaults); User Guide, "Amazon EventBridge quotas": targets a rule. */
enum { RULE_TARGETS_MAX = 5, RULE_AGE_MIN_S = 60, RULE_AGE_MAX_S = 86400, RULE_RETRIES_MAX = 185 };

void bus_read(struct reading *r, struct read_resource *resource)
{
	static const char *const names[] = {"DeadLetterConfig", "Description", "EventSourceName", "KmsKeyIdentifier",
	                                    "LogConfig",        "Name",        "Policy",          "Tags"};
	resource_unknown_properties(r, resource->properties, "AWS::Events::EventBus", names, KEY_COUNT(names));
	if (!node_get(resource->properties, "Name"))
		diagnostic_add(r->found, SEVERITY_ERROR, resource->at, "limit/bus", "an event bus needs a Name");
}

void rule_add(struct reading *r, size_t bus, const struct rule_spec *rule)
{
	struct resource_lists *l = r->resources;
	MEMORY_ROOM(l->rules, l->rule_count, l->rule_capacity);
	l->rules[l->rule_count++] = (struct owned_rule){bus, *rule};
}

/* --- targets -------------------------------------------------------------------------------------------------------------------------------- */

/* DeadLetterConfig: {Arn}, or SAM's {Type: SQS, QueueLogicalId}, for which it makes a queue. */
static struct target rule_dead_letter(struct reading *r, const struct node *map, const char *made)
{
	const struct target_rule rule = {.sender = "a DeadLetterConfig",
	                                 .takes = "an SQS queue",
	                                 .kinds = TARGET_BIT(TARGET_QUEUE),
	                                 .no_fifo = true,
	                                 .rule = "limit/destination"};
	const struct node *n = reading_get(r, map, "DeadLetterConfig", NULL);
	if (!n || !reading_is(r, n, NODE_MAP, "DeadLetterConfig"))
		return (struct target){0};
	const struct node *type = node_get(n, "Type");
	if (!made || !type || node_get(n, "Arn"))
		return target_read(r, node_get(n, "Arn"), &rule);
	const char *given = property_text(r, n, "QueueLogicalId"), *name = given ? given : made;
	return (struct target){TARGET_QUEUE, resource_add(r, TARGET_QUEUE, name, n->at), reading_keep(r, name)};
}

struct rule_target_spec rule_delivery(struct reading *r, const struct node *map, struct target target, const char *made)
{
	const struct node *retry = reading_get(r, map, "RetryPolicy", NULL);
	const struct node *policy = retry && reading_is(r, retry, NODE_MAP, "RetryPolicy") ? retry : NULL;
	struct rule_target_spec t = {.target = target};
	t.max_age = property_integer(r, policy, "MaximumEventAgeInSeconds", RULE_AGE_MIN_S, RULE_AGE_MAX_S, " s", "limit/rule",
	                             RULE_AGE_MAX_S) *
	            SIMTIME_SECOND;
	t.max_retries = property_integer(r, policy, "MaximumRetryAttempts", 0, RULE_RETRIES_MAX, "", "limit/rule",
	                                 RULE_RETRIES_MAX);
	t.dead_letter = rule_dead_letter(r, map, made);
	inputs_read(r, map, &t);
	return t;
}

static bool rule_target_one(struct reading *r, const struct node *n, struct rule_target_spec *out)
{
	const struct target_rule rule = {.sender = "a rule's target", .takes = "", .kinds = TARGETS_ALL, .rule = "limit/rule"};
	if (!n || n == &resolver_absent || !reading_is(r, n, NODE_MAP, "a target"))
		return false;
	struct target target = target_read(r, node_get(n, "Arn"), &rule);
	if (target.kind == TARGET_NONE && !node_get(n, "Arn"))
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/rule", "a rule's target needs an Arn");
	if (target.kind == TARGET_QUEUE && r->resources->queues[target.index].fifo && !node_get(n, "SqsParameters"))
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, "limit/rule",
		               "the FIFO queue %s as a target needs SqsParameters with MessageGroupId", target.name);
	*out = rule_delivery(r, n, target, NULL);
	return target.kind != TARGET_NONE;
}

static void rule_targets(struct reading *r, const struct node *p, struct rule_spec *rule)
{
	const struct node *list = reading_get(r, p, "Targets", NULL);
	if (!list || !reading_is(r, list, NODE_LIST, "Targets"))
		return;
	if (list->count > RULE_TARGETS_MAX)
		diagnostic_add(r->found, SEVERITY_ERROR, list->at, "limit/rule", "a rule has at most %d targets, not %zu",
		               RULE_TARGETS_MAX, list->count);
	struct rule_target_spec *targets = ARENA_ARRAY(r->arena, list->count, struct rule_target_spec);
	for (size_t i = 0; i < list->count; i++)
		rule->target_count += rule_target_one(r, reading_value(r, list->items[i], "Targets"), &targets[rule->target_count]);
	rule->targets = targets;
}

/* --- rules ---------------------------------------------------------------------------------------------------------------------------------- */

/* The bus that a rule belongs to, by name or ARN; -1 with an error. */
static int rule_bus(struct reading *r, const struct node *p, const char *rule)
{
	static const char standard[] = ":event-bus/default";
	const struct node *n = node_get(p, "EventBusName");
	const struct node *value = n ? resolver_value(&r->resolver, n) : NULL;
	const char *text = value && value->kind == NODE_SCALAR ? value->text : NULL;
	size_t length = text ? strlen(text) : 0, tail = sizeof standard - 1;
	if (!n || node_is_null(n) || value == &resolver_absent || (text && strcmp(text, "default") == 0) ||
	    (length > tail && strcmp(text + length - tail, standard) == 0))
		return (int)resource_default_bus(r);
	struct target bus = target_or_stand_in(r, n, TARGET_BUS, text ? text : rule);
	return bus.kind == TARGET_BUS ? (int)bus.index : -1;
}

/* Its mistakes are told when the rule itself is read. */
static void bus_declare(struct reading *r, const struct node *properties, const char *rule)
{
	struct diagnostics ignored = {0}, *found = r->found;
	if (!node_get(properties, "EventBusName"))
		return;
	r->found = &ignored;
	rule_bus(r, properties, rule);
	r->found = found;
	diagnostics_fini(&ignored);
}

static void buses_declare_of_events(struct reading *r, const struct node *function)
{
	const struct node *events = node_get(node_get(function, "Properties"), "Events");
	for (size_t i = 0; events && events->kind == NODE_MAP && i < events->count; i++) {
		const struct node *event = events->pairs[i].value, *type = node_get(event, "Type");
		if (node_is_text(type, "EventBridgeRule") || node_is_text(type, "CloudWatchEvent"))
			bus_declare(r, node_get(event, "Properties"), events->pairs[i].key->text);
	}
}

void buses_declare(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	for (size_t i = 0; i < resources->count; i++) {
		const struct node *resource = resources->pairs[i].value;
		const char *type = resource_type_of(resource);
		if (resolver_exists(&r->resolver, resource) == 0)
			continue;
		if (strcmp(type, "AWS::Events::Rule") == 0)
			bus_declare(r, node_get(resource, "Properties"), resources->pairs[i].key->text);
		else if (strcmp(type, "AWS::Serverless::Function") == 0)
			buses_declare_of_events(r, resource);
	}
}

static bool rule_disabled(struct reading *r, const struct node *p)
{
	static const char *const words[] = {"ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"};
	const struct node *state = reading_get(r, p, "State", NULL);
	return (state && key_word(r, state, "State", words, KEY_COUNT(words)) == 1) || !property_bool(r, p, "Enabled", true);
}

/* A rule with a pattern can be named as a source: events that its bus gets. */
static void rule_source(struct reading *r, const struct node *logical, size_t bus)
{
	struct read_source *s = reading_source_add(r);
	s->name = logical->text;
	s->at = logical->at;
	s->function = SOURCE_NO_FUNCTION;
	s->modelled = true;
	s->kind = SOURCE_EVENT_BRIDGE;
	s->type = "AWS::Events::Rule";
	s->target = (struct target){TARGET_BUS, bus, resource_of(r, TARGET_BUS, bus)->logical};
}

/* Events of the rule's bus that have its pattern go to its targets. */
static void rule_of_pattern(struct reading *r, const struct node *logical, const struct node *p, struct rule_spec *rule)
{
	int bus = rule_bus(r, p, rule->name);
	if (bus < 0)
		return;
	if (filter_read(r, node_get(p, "EventPattern"), "EventPattern", PATTERN_EVENTBRIDGE, &rule->pattern) == 0)
		rule_add(r, (size_t)bus, rule);
	if (r->tentative)
		resource_add_unresolved(r, TARGET_BUS, (size_t)bus, r->tentative);
	if (!node_get(p, "ScheduleExpression"))
		rule_source(r, logical, (size_t)bus);
}

void rule_of_resource(struct reading *r, const struct node_pair *resource)
{
	static const char *const names[] = {"Description",        "EventBusName", "EventPattern", "Name",   "RoleArn",
	                                    "ScheduleExpression", "State",        "Tags",         "Targets"};
	const struct node *p = resource_properties(r, resource->value), *pattern = node_get(p, "EventPattern");
	const struct node *schedule = node_get(p, "ScheduleExpression"), *bus = node_get(p, "EventBusName");
	struct rule_spec rule = {.name = reading_keep(r, resource->key->text), .at = reading_keep_at(r, resource->key->at)};
	resource_unknown_properties(r, p, "AWS::Events::Rule", names, KEY_COUNT(names));
	rule.disabled = rule_disabled(r, p);
	rule_targets(r, p, &rule);
	if (!pattern && !schedule)
		diagnostic_add(r->found, SEVERITY_ERROR, resource->key->at, "limit/rule",
		               "the rule %s needs an EventPattern or a ScheduleExpression", rule.name);
	if (schedule && bus && rule_bus(r, p, rule.name) != (int)resource_default_bus(r))
		diagnostic_add(r->found, SEVERITY_ERROR, schedule->at, "limit/rule",
		               "scheduled rules are on the default event bus only");
	if (schedule)
		schedule_of_rule(r, resource->key, reading_get(r, p, "ScheduleExpression", NULL), &rule);
	if (pattern)
		rule_of_pattern(r, resource->key, p, &rule);
}

void rule_of_event(struct reading *r, struct read_source *s, const struct node *properties)
{
	static const char *const names[] = {"DeadLetterConfig", "Enabled",          "EventBusName", "Input",
	                                    "InputPath",        "InputTransformer", "LogConfig",    "Pattern",
	                                    "RetryPolicy",      "RuleName",         "State",        "Target"};
	const struct node *pattern = properties ? reading_get(r, properties, "Pattern", NULL) : NULL;
	struct rule_spec rule = {.name = reading_keep(r, s->name), .at = reading_keep_at(r, s->at), .target_count = 1};
	struct target function = {TARGET_FUNCTION, s->function, r->scenario->functions[s->function].name};
	if (!property_written(r, properties, "Pattern"))
		diagnostic_add(r->found, SEVERITY_ERROR, s->at, "template/event", "event %s needs Properties with Pattern",
		               s->name);
	if (!pattern)
		return;
	resource_unknown_properties(r, properties, "this event", names, KEY_COUNT(names));
	int bus = rule_bus(r, properties, s->name);
	struct rule_target_spec *target = ARENA_NEW(r->arena, struct rule_target_spec);
	*target = rule_delivery(r, properties, function, arena_format(&r->scratch, "%sQueue", s->name));
	rule.targets = target;
	rule.disabled = rule_disabled(r, properties);
	if (bus < 0)
		return;
	s->target = (struct target){TARGET_BUS, (size_t)bus, resource_of(r, TARGET_BUS, (size_t)bus)->logical};
	if (filter_read(r, pattern, "Pattern", PATTERN_EVENTBRIDGE, &rule.pattern) == 0)
		rule_add(r, (size_t)bus, &rule);
}
