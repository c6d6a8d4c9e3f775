#include "scenarios/read/targets.h"

#include <string.h>

#include "scenarios/read/resources.h"
#include "scenarios/read/routes.h"

static const char *const kind_names[TARGET_KINDS] = {
	[TARGET_NONE] = "nothing",         [TARGET_FUNCTION] = "a Lambda function",
	[TARGET_QUEUE] = "an SQS queue",   [TARGET_TOPIC] = "an SNS topic",
	[TARGET_BUS] = "an event bus",     [TARGET_BUCKET] = "an S3 bucket",
	[TARGET_STREAM] = "a data stream", [TARGET_OUTSIDE] = "something outside the template",
};

const char *target_kind_name(enum target_kind kind)
{
	return kind_names[kind];
}

bool target_same(const struct target *a, const struct target *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == TARGET_OUTSIDE ? strcmp(a->name, b->name) == 0 : a->index == b->index;
}

enum target_kind target_kind_of_arn(const char *arn)
{
	static const struct {
		const char *service;
		enum target_kind kind;
	} services[] = {{"lambda", TARGET_FUNCTION}, {"sqs", TARGET_QUEUE},      {"sns", TARGET_TOPIC},      {"events", TARGET_BUS},
	                {"s3", TARGET_BUCKET},       {"kinesis", TARGET_STREAM}, {"dynamodb", TARGET_STREAM}};
	const char *partition = strncmp(arn, "arn:", 4) == 0 ? strchr(arn + 4, ':') : NULL;
	size_t length = partition ? strcspn(partition + 1, ":") : 0;
	for (size_t i = 0; partition && i < sizeof services / sizeof *services; i++)
		if (strlen(services[i].service) == length && memcmp(partition + 1, services[i].service, length) == 0)
			return services[i].kind;
	return TARGET_NONE;
}

/* --- functions -------------------------------------------------------------------------------------------------------------------------- */

int target_function(struct reading *r, const struct node *n)
{
	static const char *const aliases[] = {"AWS::Lambda::Alias", "AWS::Lambda::Version"};
	int function = event_target(r, n);
	const char *alias = function < 0 ? resolver_target(&r->resolver, n, aliases, 2) : NULL;
	if (alias) {
		const struct node *resource = node_get(node_get(r->root, "Resources"), alias);
		function = event_target(r, node_get(node_get(resource, "Properties"), "FunctionName"));
	}
	if (function >= 0 || !n)
		return function;
	/* What Fn::Join, Fn::If and parameters make of it. */
	const char *text = resolver_text(&r->resolver, n);
	const struct node *plain = text ? node_scalar(&r->scratch, text, false, n->at) : NULL;
	return plain ? event_target(r, plain) : -1;
}

/* --- resources -------------------------------------------------------------------------------------------------------------------------- */

/* Whether a resolved text is this resource: its ARN (with what may follow it: a table's stream, a stream's consumer), its name. */
static bool target_matches(const struct read_resource *resource, const char *text)
{
	size_t length = strlen(resource->arn);
	if (length && strncmp(text, resource->arn, length) == 0 && (text[length] == '\0' || text[length] == '/'))
		return true;
	return resource->resource && strcmp(text, resource->physical) == 0;
}

/* A queue, a table and a bucket may have one name: the kinds that are wanted come first. */
static const struct read_resource *target_by_text(const struct reading *r, const char *text, unsigned kinds)
{
	const struct resource_lists *l = r->resources;
	const struct read_resource *other = NULL;
	for (size_t i = 0; i < l->count; i++) {
		if (!target_matches(&l->items[i], text))
			continue;
		if (TARGET_BIT(l->items[i].kind) & kinds)
			return &l->items[i];
		other = other ? other : &l->items[i];
	}
	return other;
}

/* The resource that a Ref or Fn::GetAtt names. */
static const struct read_resource *target_named(struct reading *r, const struct node *n)
{
	if (!resolver_is_intrinsic(n))
		return NULL;
	const char *key = n->pairs[0].key->text;
	const struct node *name = n->pairs[0].value;
	if (strcmp(key, "Ref") != 0 && strcmp(key, "Fn::GetAtt") != 0)
		return NULL;
	if (name->kind == NODE_LIST && name->count)
		name = name->items[0];
	if (name->kind != NODE_SCALAR)
		return NULL;
	return resource_named(r, arena_string_n(&r->scratch, name->text, strcspn(name->text, ".")));
}

/* By its logical ID, in a value whose text cannot be known. */
static const struct read_resource *target_by_structure(struct reading *r, const struct node *n)
{
	static const char *const types[] = {
		"AWS::SQS::Queue",      "AWS::SNS::Topic",      "AWS::Events::EventBus",      "AWS::S3::Bucket",
		"AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable",
	};
	const char *logical = resolver_target(&r->resolver, n, types, sizeof types / sizeof *types);
	return logical ? resource_named(r, logical) : NULL;
}

/* What stands for a value that nobody can know here: "Fn::ImportValue SharedQueue". */
static const char *target_unknown(struct reading *r, const struct node *n)
{
	if (!resolver_is_intrinsic(n))
		return node_kind_name(n);
	const struct node *argument = n->pairs[0].value;
	return arena_format(&r->scratch, "%s%s%s", n->pairs[0].key->text, argument->kind == NODE_SCALAR ? " " : "",
	                    argument->kind == NODE_SCALAR ? argument->text : "");
}

/* The default bus is in no template. */
static const struct read_resource *target_default_bus(struct reading *r, const char *text)
{
	if (target_kind_of_arn(text) != TARGET_BUS || strcmp(text, resource_bus_arn(r, "default")) != 0)
		return NULL;
	return resource_of(r, TARGET_BUS, resource_default_bus(r));
}

static struct target target_of_value(struct reading *r, const struct node *n, unsigned kinds)
{
	const char *text = resolver_text(&r->resolver, n);
	const struct read_resource *resource = target_named(r, n);
	if (!resource)
		resource = text ? target_by_text(r, text, kinds) : target_by_structure(r, n);
	if (!resource && text)
		resource = target_default_bus(r, text);
	if (resource)
		return (struct target){resource->kind, resource->index, resource->logical};
	int function = target_function(r, n);
	if (function >= 0)
		return (struct target){TARGET_FUNCTION, (size_t)function, r->scenario->functions[function].name};
	return (struct target){TARGET_OUTSIDE, 0, reading_keep(r, text ? text : target_unknown(r, n))};
}

struct target target_of_arn(struct reading *r, const char *arn)
{
	const struct node *n = node_scalar(&r->scratch, arn, false, (struct position){0});
	return target_of_value(r, n, TARGETS_ALL);
}

static bool target_is_fifo(const struct reading *r, const struct target *t)
{
	const struct read_resource *resource = resource_of(r, t->kind, t->index);
	const struct node *name = node_get(resource ? resource->properties : NULL,
	                                   t->kind == TARGET_QUEUE ? "FifoQueue" : "FifoTopic");
	size_t length = strlen(t->name);
	if (t->kind == TARGET_OUTSIDE)
		return length > 5 && strcmp(t->name + length - 5, ".fifo") == 0;
	return (t->kind == TARGET_QUEUE || t->kind == TARGET_TOPIC) && (node_is_text(name, "true") || node_is_text(name, "True"));
}

/* Ref of a queue is its URL: a mistake that only a deployment would show. */
static bool target_is_url(struct reading *r, const struct node *n, const struct target_rule *rule)
{
	const char *text = resolver_text(&r->resolver, n);
	if (!text || strncmp(text, "https://sqs.", 12) != 0)
		return false;
	diagnostic_add(r->found, SEVERITY_ERROR, n->at, "template/arn", "%s needs a queue's ARN; this is its URL", rule->sender);
	const struct node *name = resolver_is_intrinsic(n) ? n->pairs[0].value : NULL;
	if (name && name->kind == NODE_SCALAR)
		diagnostic_hint(r->found, "!GetAtt %s.Arn", name->text);
	return true;
}

struct target target_read(struct reading *r, const struct node *n, const struct target_rule *rule)
{
	if (!n || node_is_null(n) || resolver_value(&r->resolver, n) == &resolver_absent || target_is_url(r, n, rule))
		return (struct target){0};
	struct target t = target_of_value(r, n, rule->kinds);
	enum target_kind kind = t.kind == TARGET_OUTSIDE ? target_kind_of_arn(t.name) : t.kind;
	if (kind != TARGET_NONE && !(rule->kinds & TARGET_BIT(kind)))
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, rule->rule, "%s takes %s, not %s", rule->sender, rule->takes,
		               kind_names[kind]);
	else if (rule->no_fifo && target_is_fifo(r, &t))
		diagnostic_add(r->found, SEVERITY_ERROR, n->at, rule->rule, "%s takes no FIFO queue or topic: %s is one",
		               rule->sender, t.name);
	else
		return t;
	return (struct target){0};
}

/* The name in an ARN: of a table's stream and of a stream's consumer too. */
static const char *target_arn_name(struct reading *r, const char *arn)
{
	static const char *const before[] = {":table/", ":stream/", ":event-bus/"};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		const char *found = strstr(arn, before[i]);
		if (found)
			return arena_string_n(&r->scratch, found + strlen(before[i]), strcspn(found + strlen(before[i]), "/"));
	}
	const char *colon = strrchr(arn, ':');
	return colon ? colon + 1 : arn;
}

struct target target_or_stand_in(struct reading *r, const struct node *n, enum target_kind kind, const char *fallback)
{
	const struct target_rule rule = {.sender = fallback,
	                                 .takes = kind_names[kind],
	                                 .kinds = TARGET_BIT(kind),
	                                 .rule = "template/arn"};
	size_t errors = r->found->errors;
	struct target t = n ? target_read(r, n, &rule) : (struct target){0};
	if (t.kind == kind || r->found->errors > errors)
		return t;
	const char *name = t.kind == TARGET_OUTSIDE && target_kind_of_arn(t.name) == kind ? target_arn_name(r, t.name) : fallback;
	struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].outside && l->items[i].kind == kind && strcmp(l->items[i].logical, name) == 0)
			return (struct target){kind, l->items[i].index, l->items[i].logical};
	size_t index = resource_add(r, kind, name, n ? n->at : (struct position){0});
	l->items[l->count - 1].outside = true;
	if (kind == TARGET_BUS)
		l->items[l->count - 1].arn = target_kind_of_arn(t.name ? t.name : "") == kind ? t.name : resource_bus_arn(r, name);
	return (struct target){kind, index, l->items[l->count - 1].logical};
}
