#include "scenarios/read/resourcekeys.h"

#include <string.h>

#include "scenarios/read/keys.h"
#include "scenarios/read/resources.h"
#include "scenarios/read/streams.h"
#include "scenarios/read/suggest.h"
#include "sim/base/memory.h"

static void section_unknown(struct reading *r, const struct node *name, enum target_kind kind, const char *noun)
{
	const struct resource_lists *l = r->resources;
	const char **names = MEMORY_ARRAY(l->count, const char *);
	size_t count = 0;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].kind == kind)
			names[count++] = l->items[i].logical;
	diagnostic_add(r->found, SEVERITY_ERROR, name->at, "read/target", "no %s is called '%s'", noun, name->text);
	suggest_name(r->found, name->text, names, count);
	memory_free(names);
}

/* The index of the resource of a kind that a key names, or -1 with an error. */
static int section_resource(struct reading *r, const struct node *name, enum target_kind kind, const char *noun)
{
	const struct resource_lists *l = r->resources;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].kind == kind && strcmp(l->items[i].logical, name->text) == 0)
			return (int)l->items[i].index;
	section_unknown(r, name, kind, noun);
	return -1;
}

void queue_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key keys[] = {{.name = "DuplicateRate",
	                                   .type = KEY_SHARE,
	                                   .offset = offsetof(struct queue_spec, duplicate_rate)},
	                                  {.name = "SendRate", .type = KEY_RATE, .offset = offsetof(struct queue_spec, send_rate)}};
	(void)target;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++) {
		const char *where = key_path(r, path, value->pairs[i].key->text);
		int index = section_resource(r, value->pairs[i].key, TARGET_QUEUE, "queue");
		const struct node *n = index < 0 ? NULL : reading_value(r, value->pairs[i].value, where);
		if (!n || node_is_null(n))
			continue;
		struct queue_spec *q = &r->resources->queues[index];
		keys_read(r, n, keys, KEY_COUNT(keys), where, q);
		if (q->fifo && q->duplicate_rate > 0)
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/value", "%s: a FIFO queue delivers no duplicates",
			               where);
		if (!q->fifo && q->send_rate > 0)
			diagnostic_add(r->found, SEVERITY_ERROR, n->at, "read/value", "%s: only a FIFO queue has a quota of sends",
			               where);
	}
}

void stream_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	static const struct key keys[] = {{.name = "Shards",
	                                   .type = KEY_INTEGER,
	                                   .offset = offsetof(struct stream_spec, shards),
	                                   .low = 1,
	                                   .high = STREAM_SHARDS_MAX}};
	(void)target;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++) {
		const char *where = key_path(r, path, value->pairs[i].key->text);
		int index = section_resource(r, value->pairs[i].key, TARGET_STREAM, "stream");
		const struct node *n = index < 0 ? NULL : reading_value(r, value->pairs[i].value, where);
		if (!n || node_is_null(n))
			continue;
		struct stream_spec *s = &r->resources->streams[index];
		if (s->kind == STREAM_KINESIS && resource_of(r, TARGET_STREAM, (size_t)index)->resource && node_get(n, "Shards"))
			diagnostic_add(r->found, SEVERITY_ERROR, node_get(n, "Shards")->at, "read/value",
			               "%s: the shards of a Kinesis stream are its ShardCount", where);
		else
			keys_read(r, n, keys, KEY_COUNT(keys), where, s);
	}
}

/* --- deliveries -------------------------------------------------------------------------------------------------------------------------- */

/* Of topics, buses and schedules: the delivery_spec of one. */
static void delivery_read(struct reading *r, const struct node *value, const char *where, struct delivery_spec *out)
{
	static const struct key keys[] =
		{{.name = "DeliveryFailureRate", .type = KEY_SHARE, .offset = offsetof(struct delivery_spec, failure_rate)},
	         {.name = "DeliveryJitter", .type = KEY_SHARE, .offset = offsetof(struct delivery_spec, jitter)}};
	const struct node *n = reading_value(r, value, where);
	if (n && !node_is_null(n))
		keys_read(r, n, keys, KEY_COUNT(keys), where, out);
}

static void delivery_section_read(struct reading *r, const struct node *value, const char *path, enum target_kind kind,
                                  const char *noun)
{
	struct resource_lists *l = r->resources;
	if (!reading_is(r, value, NODE_MAP, path))
		return;
	for (size_t i = 0; i < value->count; i++) {
		const struct node_pair *pair = &value->pairs[i];
		int index = section_resource(r, pair->key, kind, noun);
		if (index >= 0)
			delivery_read(r, pair->value, key_path(r, path, pair->key->text),
			              kind == TARGET_TOPIC ? &l->topics[index].delivery : &l->buses[index].delivery);
	}
}

void topic_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	delivery_section_read(r, value, path, TARGET_TOPIC, "topic");
}

void bus_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	delivery_section_read(r, value, path, TARGET_BUS, "event bus");
}

/* A schedule that is named here has a bus of its own (schedules.c). */
void schedule_section_read(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)target;
	delivery_section_read(r, value, path, TARGET_BUS, "schedule");
}
