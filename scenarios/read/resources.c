#include "scenarios/read/resources.h"

#include <string.h>

#include "scenarios/read/buckets.h"
#include "scenarios/read/buses.h"
#include "scenarios/read/queues.h"
#include "scenarios/read/streams.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/topics.h"
#include "sim/base/memory.h"
#include "sim/base/nearname.h"

/* How each kind is declared and read. A type that is not here is no place that events can be sent to. */
static const struct {
	const char *type;
	enum target_kind kind;
	void (*read)(struct reading *r, struct read_resource *resource);
} kinds[] = {
	{"AWS::SQS::Queue", TARGET_QUEUE, queue_read},
	{"AWS::SNS::Topic", TARGET_TOPIC, topic_read},
	{"AWS::Events::EventBus", TARGET_BUS, bus_read},
	{"AWS::S3::Bucket", TARGET_BUCKET, bucket_read},
	{"AWS::Kinesis::Stream", TARGET_STREAM, stream_read},
	{"AWS::DynamoDB::Table", TARGET_STREAM, table_read},
	{"AWS::DynamoDB::GlobalTable", TARGET_STREAM, table_read},
	{"AWS::Serverless::SimpleTable", TARGET_STREAM, table_read},
};

static int resource_kind(const char *type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].type, type) == 0)
			return (int)i;
	return -1;
}

const char *resource_type_of(const struct node *resource)
{
	const struct node *type = node_get(resource, "Type");
	return type && type->kind == NODE_SCALAR ? type->text : "";
}

const struct node *resource_properties(struct reading *r, const struct node *resource)
{
	const struct node *properties = node_get(resource, "Properties");
	if (properties && !node_is_null(properties) && reading_is(r, properties, NODE_MAP, "Properties"))
		return properties;
	struct node *nothing = ARENA_NEW(&r->scratch, struct node);
	*nothing = (struct node){.kind = NODE_MAP, .at = resource->at};
	node_finish(&r->scratch, nothing, NULL);
	return nothing;
}

void resource_unknown_properties(struct reading *r, const struct node *properties, const char *what, const char *const *names,
                                 size_t count)
{
	for (size_t i = 0; i < properties->count; i++) {
		const struct node *key = properties->pairs[i].key;
		size_t k = 0;
		while (k < count && strcmp(names[k], key->text) != 0)
			k++;
		if (k < count || strncmp(key->text, "Fn::", 4) == 0)
			continue;
		bool near = nearname_find(key->text, names, count) != NULL;
		diagnostic_add(r->found, near ? SEVERITY_ERROR : SEVERITY_WARNING, key->at, "template/property",
		               "'%s' is no property of %s that weir knows", key->text, what);
		suggest_name(r->found, key->text, names, count);
	}
}

/* --- the lists -------------------------------------------------------------------------------------------------------------------------- */

/* An empty entry of a kind; its index. */
static size_t resource_slot(struct resource_lists *l, enum target_kind kind, const char *name, struct position at)
{
	static const struct delivery_spec delivery = {.jitter = DELIVERY_JITTER_DEFAULT};
	switch (kind) {
	case TARGET_QUEUE:
		MEMORY_ROOM(l->queues, l->queue_count, l->queue_capacity);
		l->queues[l->queue_count] = queue_default(name, at);
		return l->queue_count++;
	case TARGET_TOPIC:
		MEMORY_ROOM(l->topics, l->topic_count, l->topic_capacity);
		l->topics[l->topic_count] = (struct topic_spec){.name = name, .at = at, .delivery = delivery};
		return l->topic_count++;
	case TARGET_BUS:
		MEMORY_ROOM(l->buses, l->bus_count, l->bus_capacity);
		l->buses[l->bus_count] = (struct bus_spec){.name = name, .at = at, .delivery = delivery};
		return l->bus_count++;
	case TARGET_BUCKET:
		MEMORY_ROOM(l->buckets, l->bucket_count, l->bucket_capacity);
		l->buckets[l->bucket_count] = (struct bucket_spec){.name = name, .at = at};
		return l->bucket_count++;
	default:
		MEMORY_ROOM(l->streams, l->stream_count, l->stream_capacity);
		l->streams[l->stream_count] = stream_default(name, at);
		return l->stream_count++;
	}
}

static struct read_resource *resource_new(struct reading *r, enum target_kind kind, const char *logical, struct position at)
{
	struct resource_lists *l = r->resources;
	MEMORY_ROOM(l->items, l->count, l->capacity);
	struct read_resource *resource = &l->items[l->count++];
	const char *name = reading_keep(r, logical);
	*resource = (struct read_resource){.logical = name, .type = "", .arn = "", .physical = name, .at = at, .kind = kind};
	resource->index = resource_slot(l, kind, name, reading_keep_at(r, at));
	return resource;
}

size_t resource_add(struct reading *r, enum target_kind kind, const char *logical, struct position at)
{
	return resource_new(r, kind, logical, at)->index;
}

const char *resource_bus_arn(struct reading *r, const char *name)
{
	struct arena *a = &r->scratch;
	struct position nowhere = {0};
	const char *text = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/";
	const char *arn = resolver_text(&r->resolver, node_map_of(a, "Fn::Sub", node_scalar(a, text, false, nowhere), nowhere));
	return arena_format(a, "%s%s", arn ? arn : "", name);
}

size_t resource_default_bus(struct reading *r)
{
	static const char name[] = "default";
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].kind == TARGET_BUS && !l->items[i].resource && strcmp(l->items[i].logical, name) == 0)
			return l->items[i].index;
	struct read_resource *bus = resource_new(r, TARGET_BUS, name, (struct position){0});
	bus->arn = resource_bus_arn(r, name);
	return bus->index;
}

struct read_resource *resource_of(const struct reading *r, enum target_kind kind, size_t index)
{
	struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].kind == kind && l->items[i].index == index)
			return &l->items[i];
	return NULL;
}

struct read_resource *resource_named(const struct reading *r, const char *logical)
{
	struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].resource && strcmp(l->items[i].logical, logical) == 0)
			return &l->items[i];
	return NULL;
}

void resource_add_unresolved(struct reading *r, enum target_kind kind, size_t index, const struct diagnostics *unresolved)
{
	struct diagnostics *all = &resource_of(r, kind, index)->unresolved;
	for (size_t i = 0; i < unresolved->count; i++) {
		const struct diagnostic *d = &unresolved->items[i];
		diagnostic_add(all, d->severity, d->at, d->rule, "%s", d->text);
	}
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------- */

/* A table without a stream sends nothing to anybody. */
static bool resource_is_place(const char *type, const struct node *properties)
{
	bool table = strncmp(type, "AWS::DynamoDB::", 15) == 0 || strcmp(type, "AWS::Serverless::SimpleTable") == 0;
	return !table || !node_is_null(node_get(properties, "StreamSpecification"));
}

static const char *resource_arn(struct reading *r, const char *logical, struct position at)
{
	struct arena *a = &r->scratch;
	const struct node *argument = node_scalar(a, arena_format(a, "%s.Arn", logical), false, at);
	const char *arn = resolver_text(&r->resolver, node_map_of(a, "Fn::GetAtt", argument, at));
	return arn ? arn : "";
}

static void resource_declare(struct reading *r, const struct node_pair *pair)
{
	const char *type = resource_type_of(pair->value);
	int kind = resource_kind(type);
	if (kind < 0 || resolver_exists(&r->resolver, pair->value) == 0)
		return;
	const struct node *properties = resource_properties(r, pair->value);
	if (!resource_is_place(type, properties))
		return;
	struct read_resource *resource = resource_new(r, kinds[kind].kind, pair->key->text, pair->key->at);
	resource->type = type;
	resource->resource = pair->value;
	resource->properties = properties;
	resource->arn = resource_arn(r, pair->key->text, pair->key->at);
	resource->physical = resolver_physical_name(&r->resolver, pair->key->text);
}

void resources_read(struct reading *r)
{
	const struct node *resources = node_get(r->root, "Resources");
	r->resources = MEMORY_NEW(struct resource_lists);
	for (size_t i = 0; i < resources->count; i++)
		resource_declare(r, &resources->pairs[i]);
	/* Reading one may add more, which need no reading. */
	size_t declared = r->resources->count;
	buses_declare(r);
	for (size_t i = 0; i < declared; i++) {
		struct diagnostics unresolved = {0};
		struct read_resource resource = r->resources->items[i];
		r->tentative = &unresolved;
		kinds[resource_kind(resource.type)].read(r, &resource);
		r->tentative = NULL;
		r->resources->items[i].unresolved = unresolved;
	}
}

void resources_report_unresolved(struct reading *r)
{
	struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++) {
		struct diagnostics *d = &l->items[i].unresolved;
		for (size_t k = 0; l->items[i].used && k < d->count; k++)
			diagnostic_add(r->found, d->items[k].severity, d->items[k].at, d->items[k].rule, "%s", d->items[k].text);
		diagnostics_fini(d);
	}
}

/* --- into the scenario ------------------------------------------------------------------------------------------------------------------ */

/* The entries of one owner, gathered from a list that holds those of all. */
#define GATHER(list, list_count, member_type, owner_index, out, out_count)                             \
	do {                                                                                           \
		size_t found_count = 0;                                                                \
		for (size_t k = 0; k < (list_count); k++)                                              \
			found_count += (list)[k].owner == (owner_index);                               \
		struct member_type *gathered = ARENA_ARRAY(r->arena, found_count, struct member_type); \
		found_count = 0;                                                                       \
		for (size_t k = 0; k < (list_count); k++)                                              \
			if ((list)[k].owner == (owner_index))                                          \
				gathered[found_count++] = (list)[k].spec;                              \
		(out) = gathered;                                                                      \
		(out_count) = found_count;                                                             \
	} while (0)

static void settle_owned(struct reading *r)
{
	struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->topic_count; i++)
		GATHER(l->subscriptions, l->subscription_count, subscription_spec, i, l->topics[i].subscriptions,
		       l->topics[i].subscription_count);
	for (size_t i = 0; i < l->bus_count; i++)
		GATHER(l->rules, l->rule_count, rule_spec, i, l->buses[i].rules, l->buses[i].rule_count);
	for (size_t i = 0; i < l->bucket_count; i++)
		GATHER(l->notifications, l->notification_count, notification_spec, i, l->buckets[i].notifications,
		       l->buckets[i].notification_count);
}

#define SETTLE(type, list, list_count)                                             \
	do {                                                                       \
		s->list_count = l->list_count;                                     \
		s->list = ARENA_ARRAY(r->arena, l->list_count, struct type);       \
		if (l->list_count)                                                 \
			memcpy(s->list, l->list, l->list_count * sizeof *l->list); \
	} while (0)

void resources_settle(struct reading *r)
{
	struct scenario *s = r->scenario;
	struct resource_lists *l = r->resources;
	settle_owned(r);
	SETTLE(queue_spec, queues, queue_count);
	SETTLE(topic_spec, topics, topic_count);
	SETTLE(bus_spec, buses, bus_count);
	SETTLE(bucket_spec, buckets, bucket_count);
	SETTLE(stream_spec, streams, stream_count);
	SETTLE(mapping_spec, mappings, mapping_count);
	SETTLE(payload_spec, payloads, payload_count);
}

void resources_free(struct reading *r)
{
	struct resource_lists *l = r->resources;
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++)
		diagnostics_fini(&l->items[i].unresolved);
	memory_free(l->items);
	memory_free(l->queues);
	memory_free(l->topics);
	memory_free(l->buses);
	memory_free(l->buckets);
	memory_free(l->streams);
	memory_free(l->mappings);
	memory_free(l->subscriptions);
	memory_free(l->rules);
	memory_free(l->notifications);
	memory_free(l->payloads);
	memory_free(l);
	r->resources = NULL;
}
