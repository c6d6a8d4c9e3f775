#include "models/source/place.h"

#include <assert.h>
#include <string.h>

static const char *fifo_name(const char *name, bool fifo, struct arena *a)
{
	size_t length = strlen(name);
	bool ends = length > 5 && strcmp(name + length - 5, ".fifo") == 0;
	return fifo && !ends ? arena_format(a, "%s.fifo", name) : name;
}

static void place_of_queue(const struct scenario *s, const struct mapping_spec *m, struct arena *a, struct envelope_place *out)
{
	const struct queue_spec *queue = &s->queues[m->source.index];
	out->name = fifo_name(queue->name, queue->fifo, a);
	out->fifo = queue->fifo;
	out->window_or_filter = m->window > 0 || m->filter_count > 0;
}

void place_of_mapping(const struct scenario *s, const struct mapping_spec *mapping, struct arena *a, struct envelope_place *out,
                      enum source_kind *kind)
{
	assert(mapping->source.kind == TARGET_QUEUE || mapping->source.kind == TARGET_STREAM);
	*out = (struct envelope_place){.region = s->region, .function = s->functions[mapping->function].function_name};
	*kind = SOURCE_SQS;
	if (mapping->source.kind == TARGET_QUEUE) {
		place_of_queue(s, mapping, a, out);
		return;
	}
	const struct stream_spec *stream = &s->streams[mapping->source.index];
	out->name = stream->name;
	if (stream->kind == STREAM_KINESIS) {
		*kind = SOURCE_KINESIS;
		out->consumer = mapping->enhanced_fan_out ? mapping->name : NULL;
		return;
	}
	*kind = SOURCE_DYNAMODB;
	out->view = stream->view;
	out->hash_key = stream->hash_key;
}

void place_of_source(const struct scenario *s, const struct source_spec *source, struct envelope_place *out)
{
	enum target_kind to = source->target.kind;
	bool has_place = to != TARGET_NONE && to != TARGET_FUNCTION && to != TARGET_OUTSIDE;
	*out = (struct envelope_place){.region = s->region,
	                               .name = source->resource ? source->resource
	                                       : has_place      ? source->target.name
	                                                        : NULL,
	                               .method = source->method,
	                               .path = source->path,
	                               .payload_1_0 = source->payload_1_0,
	                               .edge = source->edge,
	                               .resource_type = source->resource_type,
	                               .properties = source->properties};
	if (source->function != SOURCE_NO_FUNCTION)
		out->function = s->functions[source->function].function_name;
}

static const char *receiver(const struct scenario *s, struct target to)
{
	return to.kind == TARGET_FUNCTION ? s->functions[to.index].function_name : to.name;
}

void place_of_topic(const struct scenario *s, size_t topic, struct target to, struct arena *a, struct envelope_place *out)
{
	const struct topic_spec *t = &s->topics[topic];
	*out = (struct envelope_place){.region = s->region,
	                               .name = fifo_name(t->name, t->fifo, a),
	                               .fifo = t->fifo,
	                               .function = receiver(s, to)};
}

void place_of_bucket(const struct scenario *s, size_t bucket, const struct notification_spec *notification,
                     struct envelope_place *out)
{
	*out = (struct envelope_place){.region = s->region, .name = s->buckets[bucket].name};
	if (notification == NULL)
		return;
	out->function = receiver(s, notification->target);
	out->event = notification->event;
	out->prefix = notification->prefix;
	out->suffix = notification->suffix;
}
