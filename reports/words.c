#include "reports/words.h"

#include <assert.h>

#include "reports/human.h"

/* A name for each value of an enum; the array's size says whether one was forgotten. */
#define WORDS(function, type, count, ...)                                                       \
	const char *function(type value)                                                        \
	{                                                                                       \
		static const char *const names[] = {__VA_ARGS__};                               \
		_Static_assert(sizeof names / sizeof names[0] == (count), "a name is missing"); \
		assert((size_t)value < (count));                                                \
		return names[value];                                                            \
	}

WORDS(words_scope, enum record_scope, RECORD_SCOPES, "run", "account", "function", "source", "queue", "topic", "bus", "bucket",
      "stream", "mapping", "outside")
WORDS(words_architecture, enum architecture, ARCHITECTURE_ARM64 + 1, "x86_64", "arm64")
WORDS(words_model, enum function_model, MODEL_DECLARED + 1, "profile", "declared")
WORDS(words_reuse, enum reuse_order, REUSE_RANDOM + 1, "newest", "oldest", "random")
WORDS(words_source, enum source_kind, SOURCE_KINDS, "Invoke", "Api", "HttpApi", "FunctionUrl", "Alb", "LambdaEdge", "InvokeEvent",
      "S3", "SNS", "EventBridgeRule", "Schedule", "ScheduleV2", "CustomResource", "SQS", "Kinesis", "DynamoDB")
WORDS(words_arrivals, enum arrival_kind, ARRIVAL_KINDS, "constant", "poisson", "renewal", "rates", "times")
WORDS(words_comparator, enum comparator, COMPARATOR_AT_LEAST + 1, "<", "<=", ">", ">=")
WORDS(words_verdict, enum objective_verdict, OBJECTIVE_UNDECIDED + 1, "missed", "met", "undecided")

void words_reclaim(struct textbuf *out, const struct reclaim_spec *reclaim)
{
	switch (reclaim->policy) {
	case RECLAIM_FIXED:
		textbuf_add(out, "fixed: ");
		human_time(out, simtime_s(reclaim->after));
		break;
	case RECLAIM_UNIFORM:
		textbuf_add(out, "uniform: ");
		human_time(out, simtime_s(reclaim->low));
		textbuf_add(out, " to ");
		human_time(out, simtime_s(reclaim->high));
		break;
	case RECLAIM_HALVING:
		textbuf_add(out, "half of the idle ones every ");
		human_time(out, simtime_s(reclaim->every));
		break;
	case RECLAIM_NEVER: textbuf_add(out, "never"); break;
	}
}

void words_retries(struct textbuf *out, unsigned retry_on)
{
	static const struct {
		unsigned bit;
		const char *name;
	} kinds[] = {{RETRY_429, "429"}, {RETRY_5XX, "5xx"}, {RETRY_TIMEOUT, "timeout"}, {RETRY_FUNCTION_ERROR, "function error"}};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (retry_on & kinds[i].bit)
			textbuf_printf(out, "%s%s", out->length ? ", " : "", kinds[i].name);
}

void words_route(struct textbuf *out, const char *method, const char *path)
{
	if (method != NULL && path != NULL)
		textbuf_printf(out, "%s %s", method, path);
	else if (path != NULL)
		textbuf_add(out, path);
}

static void add_time(struct textbuf *out, const char *what, simtime time)
{
	textbuf_printf(out, "%s%s ", out->length ? " · " : "", what);
	if (time < 60 * SIMTIME_SECOND)
		textbuf_printf(out, "%.6g s", simtime_s(time));
	else
		human_time(out, simtime_s(time));
}

static void add_number(struct textbuf *out, size_t n, const char *noun)
{
	textbuf_printf(out, "%s%zu %s%s", out->length ? " · " : "", n, noun, n == 1 ? "" : "s");
}

void words_queue(struct textbuf *out, const struct queue_spec *queue)
{
	textbuf_add(out, queue->fifo ? "FIFO" : "");
	add_time(out, "visibility", queue->visibility);
	if (queue->delay > 0)
		add_time(out, "delay", queue->delay);
	add_time(out, "retention", queue->retention);
	if (queue->dead_letter.kind != TARGET_NONE)
		textbuf_printf(out, " · after %d receive%s to %s", queue->max_receive_count,
		               queue->max_receive_count == 1 ? "" : "s", queue->dead_letter.name ? queue->dead_letter.name : "");
}

void words_stream(struct textbuf *out, const struct stream_spec *stream)
{
	textbuf_add(out, stream->kind == STREAM_KINESIS ? "Kinesis" : "DynamoDB");
	if (stream->on_demand)
		textbuf_add(out, " · on-demand");
	add_number(out, (size_t)stream->shards, "shard");
	add_time(out, "retention", stream->retention);
}

void words_topic(struct textbuf *out, const struct topic_spec *topic)
{
	textbuf_add(out, topic->fifo ? "FIFO" : "");
	add_number(out, topic->subscription_count, "subscription");
}

void words_bus(struct textbuf *out, const struct bus_spec *bus)
{
	add_number(out, bus->rule_count, "rule");
}

void words_mapping(struct textbuf *out, const struct mapping_spec *mapping, const char *function)
{
	textbuf_printf(out, "%s to %s", mapping->source.name ? mapping->source.name : "", function);
	textbuf_printf(out, " · batch %d", mapping->batch_size);
	if (mapping->window > 0)
		add_time(out, "window", mapping->window);
}

void words_bucket(struct textbuf *out, const struct bucket_spec *bucket)
{
	add_number(out, bucket->notification_count, "notification");
	if (bucket->event_bridge)
		textbuf_add(out, " · EventBridge");
}
