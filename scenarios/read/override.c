#include "scenarios/read/override.h"

#include <string.h>

#include "scenarios/read/behaviour.h"
#include "scenarios/read/mappings.h"
#include "scenarios/read/property.h"
#include "scenarios/read/queues.h"
#include "scenarios/read/streams.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/texts.h"
#include "scenarios/read/topics.h"
#include "scenarios/read/yamltree.h"
#include "sim/base/memory.h"

enum { OVERRIDE_PARTS = 16 };

/* "A.B.C=VALUE", taken apart. */
struct override {
	struct reading *r;
	const char *option; /* "--set" */
	const char *text;
	char *path;
	char *parts[OVERRIDE_PARTS];
	size_t part_count;
	const char *value;
	struct position at;
};

static int override_fail(struct override *o, const char *rule, const char *text)
{
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, rule, "%s", text);
	return -1;
}

/* Cuts at the first '='. */
static int override_cut(struct override *o, const char *wanted)
{
	const char *equals = strchr(o->text, '=');
	o->at.file = source_texts_add(o->r->texts, o->option, NULL, 0);
	if (!equals || equals == o->text) {
		diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/option", "'%s' is not %s", o->text, wanted);
		return -1;
	}
	o->path = arena_string_n(&o->r->scratch, o->text, (size_t)(equals - o->text));
	o->value = equals + 1;
	char *name = arena_format(&o->r->scratch, "%s %s", o->option, o->path);
	o->at.file = source_texts_add(o->r->texts, name, NULL, 0);
	return 0;
}

static int override_parts(struct override *o)
{
	char *rest = arena_string(&o->r->scratch, o->path);
	while (rest) {
		if (o->part_count == OVERRIDE_PARTS)
			return override_fail(o, "read/option", "the name has too many parts");
		char *dot = strchr(rest, '.');
		if (dot)
			*dot = '\0';
		o->parts[o->part_count++] = rest;
		rest = dot ? dot + 1 : NULL;
	}
	if (o->part_count < 2)
		return override_fail(o, "read/option", "the name must be Logical.Property");
	return 0;
}

/* A plain text, or YAML where it begins like a map, a list or a quoted text. */
static const struct node *override_value(struct override *o)
{
	if (!o->value[0] || !strchr("{[\"'!", o->value[0]))
		return node_scalar(&o->r->scratch, o->value, true, o->at);
	return tree_read(o->value, strlen(o->value), o->at.file, &o->r->scratch, o->r->found);
}

/* A copy of `map` in which parts[from..] leads to the value. */
static const struct node *override_put(struct override *o, const struct node *map, size_t from, const struct node *value)
{
	if (from == o->part_count)
		return value;
	if (map && (map->kind != NODE_MAP || resolver_is_intrinsic(map)))
		map = NULL;
	const struct node *inner = override_put(o, node_get(map, o->parts[from]), from + 1, value);
	return node_put(&o->r->scratch, map, o->parts[from], inner, o->at);
}

static const struct node *override_put_under(struct override *o, const struct node *map, const char *key, size_t from,
                                             const struct node *value)
{
	const struct node *inner = node_get(map, key);
	inner = override_put(o, inner && inner->kind == NODE_MAP ? inner : NULL, from, value);
	return node_put(&o->r->scratch, map, key, inner, o->at);
}

static void override_weir(struct override *o, const char *section, const struct node *value)
{
	o->r->weir = section ? override_put_under(o, o->r->weir, section, 0, value) : override_put(o, o->r->weir, 0, value);
}

static void override_property(struct override *o, const struct node *resource, const struct node *value)
{
	struct reading *r = o->r;
	const struct node *changed = override_put_under(o, resource, "Properties", 1, value);
	const struct node *resources = node_put(&r->scratch, node_get(r->root, "Resources"), o->parts[0], changed, o->at);
	r->root = node_put(&r->scratch, r->root, "Resources", resources, o->at);
	r->resolver.root = r->root;
}

static bool override_is_behaviour(const char *name)
{
	size_t count;
	const char *const *names = behaviour_names(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int override_unknown_property(struct override *o, bool sam)
{
	size_t properties, behaviours;
	const char *const *first = property_names(sam, &properties), *const *second = behaviour_names(&behaviours);
	const char **names = MEMORY_ARRAY(properties + behaviours, const char *);
	memcpy(names, first, properties * sizeof *names);
	memcpy(names + properties, second, behaviours * sizeof *names);
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/unknown-key", "%s has no property '%s'", o->parts[0], o->parts[1]);
	suggest_name(o->r->found, o->parts[1], names, properties + behaviours);
	memory_free(names);
	return -1;
}

/* Resources whose properties are read, with the names of those of which all are known, and what the Weir section has for them beside. */
static const struct override_type {
	const char *type;
	const char *const *(*names)(size_t *count);
	const char *section, *key;
} override_types[] = {
	{"AWS::SQS::Queue", queue_property_names, "Queues", "DuplicateRate"},
	{"AWS::SNS::Topic", topic_property_names, NULL, NULL},
	{"AWS::Kinesis::Stream", stream_property_names, NULL, NULL},
	{"AWS::DynamoDB::Table", NULL, "Streams", "Shards"},
	{"AWS::DynamoDB::GlobalTable", NULL, "Streams", "Shards"},
	{"AWS::Serverless::SimpleTable", NULL, "Streams", "Shards"},
	{"AWS::Lambda::EventSourceMapping", mapping_property_names, NULL, NULL},
	{"AWS::Lambda::EventInvokeConfig", NULL, NULL, NULL},
	{"AWS::SNS::Subscription", NULL, NULL, NULL},
	{"AWS::Events::Rule", NULL, NULL, NULL},
	{"AWS::Scheduler::Schedule", NULL, NULL, NULL},
	{"AWS::S3::Bucket", NULL, NULL, NULL},
	{"AWS::Kinesis::StreamConsumer", NULL, NULL, NULL},
	{"AWS::ApiGatewayV2::Integration", NULL, NULL, NULL},
	{"AWS::ApiGateway::Method", NULL, NULL, NULL},
};

static const struct override_type *override_type_of(const struct node *type)
{
	for (size_t i = 0; i < sizeof override_types / sizeof *override_types; i++)
		if (node_is_text(type, override_types[i].type))
			return &override_types[i];
	return NULL;
}

static int override_unknown_resource(struct override *o)
{
	struct reading *r = o->r;
	const struct node *resources = node_get(r->root, "Resources"), *functions = NULL;
	for (size_t i = 0; i < resources->count; i++) {
		const struct node *type = node_get(resources->pairs[i].value, "Type");
		if (type && type->kind == NODE_SCALAR && (property_is_function(type->text) || override_type_of(type)))
			functions = node_append(&r->scratch, functions, resources->pairs[i].key, o->at);
	}
	diagnostic_add(r->found, SEVERITY_ERROR, o->at, "read/function", "the template has no resource '%s'", o->parts[0]);
	const char **names = MEMORY_ARRAY(functions ? functions->count : 0, const char *);
	for (size_t i = 0; functions && i < functions->count; i++)
		names[i] = functions->items[i]->text;
	suggest_name(r->found, o->parts[0], names, functions ? functions->count : 0);
	memory_free(names);
	return -1;
}

static int override_resource(struct override *o, const struct node *resource, const struct override_type *type,
                             const struct node *value)
{
	size_t count = 0, known = 0;
	const char *const *names = type->names ? type->names(&count) : NULL;
	if (type->key && strcmp(type->key, o->parts[1]) == 0) {
		override_weir(o, type->section, value);
		return 0;
	}
	while (known < count && strcmp(names[known], o->parts[1]) != 0)
		known++;
	if (known < count || !names) {
		override_property(o, resource, value);
		return 0;
	}
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "read/unknown-key", "%s has no property '%s'", o->parts[0], o->parts[1]);
	suggest_name(o->r->found, o->parts[1], names, count);
	return -1;
}

static int override_function(struct override *o, const struct node *resource, bool sam, const struct node *value)
{
	if (override_is_behaviour(o->parts[1]))
		override_weir(o, "Functions", value);
	else if (property_known(sam, o->parts[1]))
		override_property(o, resource, value);
	else
		return override_unknown_property(o, sam);
	return 0;
}

/* A property of a function or of what lies between functions, or one of its Weir keys. */
static int override_set(struct override *o)
{
	if (override_cut(o, "Logical.Property=VALUE") < 0 || override_parts(o) < 0)
		return -1;
	const struct node *resource = node_get(node_get(o->r->root, "Resources"), o->parts[0]), *type = node_get(resource, "Type");
	const struct node *value = override_value(o);
	if (!value)
		return -1;
	if (!resource && strcmp(o->parts[0], "Account") == 0) {
		override_weir(o, NULL, value);
		return 0;
	}
	if (!resource)
		return override_unknown_resource(o);
	if (type && type->kind == NODE_SCALAR && property_is_function(type->text))
		return override_function(o, resource, strcmp(type->text, "AWS::Serverless::Function") == 0, value);
	const struct override_type *known = override_type_of(type);
	if (known)
		return override_resource(o, resource, known, value);
	diagnostic_add(o->r->found, SEVERITY_ERROR, o->at, "model/later",
	               "%s is not modelled yet, so its properties change nothing",
	               type && type->kind == NODE_SCALAR ? type->text : "a resource without Type");
	return -1;
}

/* --- traffic ------------------------------------------------------------------------------------------------------------------------- */

/* What the key of an entry becomes. A rate replaces the rate alone: process, pattern and growth stay as they are written, unless the
 * process has no rate of its own. */
static const struct node *override_entry_value(struct arena *a, const struct node *entry, const char *key, const struct node *value,
                                               struct position at)
{
	const struct node *arrivals = node_get(entry, "Arrivals");
	if (strcmp(key, "Arrivals") != 0 || !arrivals || arrivals->kind != NODE_MAP)
		return value;
	const struct node *process = node_get(arrivals, "Process");
	if (node_is_text(process, "rates") || node_is_text(process, "times"))
		return value;
	return node_put(a, arrivals, "Rate", value, at);
}

/* The workload with one key of the source's entry changed; a new entry when it has none. */
static const struct node *override_workload(struct override *o, const struct node *workload, const char *key,
                                            const struct node *value)
{
	struct arena *a = &o->r->scratch;
	size_t count = workload ? workload->count : 0;
	bool done = false;
	struct node *list = ARENA_NEW(a, struct node);
	*list = (struct node){.kind = NODE_LIST, .at = workload ? workload->at : o->at};
	list->items = ARENA_ARRAY(a, count + 1, const struct node *);
	for (; list->count < count; list->count++) {
		const struct node *entry = workload->items[list->count];
		if (node_is_text(node_get(entry, "Source"), o->path)) {
			entry = node_put(a, entry, key, override_entry_value(a, entry, key, value, o->at), o->at);
			done = true;
		}
		list->items[list->count] = entry;
	}
	if (!done) {
		const struct node *source = node_scalar(a, o->path, true, o->at);
		list->items[list->count++] = node_put(a, node_put(a, NULL, "Source", source, o->at), key, value, o->at);
	}
	node_finish(a, list, NULL);
	return list;
}

static void override_traffic(struct reading *r, const char *option, const char *text, const char *key, const char *wanted)
{
	struct override o = {.r = r, .option = option, .text = text};
	if (override_cut(&o, wanted) < 0)
		return;
	const struct node *workload = node_get(r->weir, "Workload");
	if (workload && workload->kind != NODE_LIST)
		workload = NULL;
	const struct node *value = node_scalar(&r->scratch, o.value, true, o.at);
	workload = override_workload(&o, workload, key, value);
	r->weir = node_put(&r->scratch, r->weir, "Workload", workload, o.at);
}

static void override_key(struct reading *r, const char *option, const char *key, const char *text)
{
	if (!text)
		return;
	struct position at = {.file = source_texts_add(r->texts, option, NULL, 0)};
	r->weir = node_put(&r->scratch, r->weir, key, node_scalar(&r->scratch, text, true, at), at);
}

void overrides_apply(struct reading *r)
{
	const struct read_options *o = r->options;
	override_key(r, "--region", "Region", o->region);
	override_key(r, "--duration", "Duration", o->duration);
	override_key(r, "--replications", "Replications", o->replications);
	override_key(r, "--seed", "Seed", o->seed);
	for (size_t i = 0; i < o->set_count; i++) {
		struct override one = {.r = r, .option = "--set", .text = o->sets[i]};
		override_set(&one);
	}
	for (size_t i = 0; i < o->rate_count; i++)
		override_traffic(r, "--rate", o->rates[i], "Arrivals", "Source=RATE, such as Hello.Get=20/s");
	for (size_t i = 0; i < o->payload_count; i++)
		override_traffic(r, "--payload", o->payloads[i], "Payload", "Source=FILE, such as Hello.Get=events/get.json");
}
