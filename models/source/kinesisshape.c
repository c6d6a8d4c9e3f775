/* kinesisshape: records of a Kinesis data stream. Source: Lambda Developer Guide, "Using Lambda with Kinesis". */
#include <inttypes.h>
#include <stdio.h>

#include "models/source/shape.h"

static bool is_kinesis(const json_t *event)
{
	return shape__is_records(event, "eventSource", "aws:kinesis");
}

void shape__kinesis_content(struct shape_payload *p, struct arena *a, struct envelope_content *out)
{
	const json_t *record = shape__record(p->json, "eventSource", "aws:kinesis", "kinesis");
	const json_t *kinesis = json_object_get(record, "kinesis");
	const char *data = shape__text(kinesis, "data");
	size_t length;
	const char *bytes = data != NULL ? madeup_unbase64(a, data, &length) : NULL;
	*out = (struct envelope_content){.text = p->text != NULL ? p->text : "", .length = p->length};
	if (bytes == NULL)
		return;
	*out = (struct envelope_content){.text = bytes,
	                                 .length = length,
	                                 .key = arena_string(a, shape__text(kinesis, "partitionKey"))};
}

/* Seconds with milliseconds, as a number that is none of C's. */
static void arrival(struct json_out *j, simtime t)
{
	char text[40];
	int64_t ms = madeup_epoch_ms(t);
	int n = snprintf(text, sizeof text, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
	json_out_key(j, "approximateArrivalTimestamp");
	json_out_raw(j, text, (size_t)n);
}

static void record(struct json_out *j, const struct shape_event *e, const struct envelope_record *r, const char *arn)
{
	struct arena *a = e->arena;
	struct envelope_content content;
	const char *sequence = shape__kinesis_sequence(a, r->shard, r->sequence), *function = e->place->function;
	envelope_content_of(SOURCE_KINESIS, r->payload, r->length, a, &content);
	const char *key = r->key != NULL ? r->key : content.key;
	json_out_object(j);
	json_out_key(j, "kinesis");
	json_out_object(j);
	shape__field(j, "kinesisSchemaVersion", "1.0");
	shape__field(j, "partitionKey", key != NULL && *key != '\0' ? key : arena_format(a, "key-%" PRIu64, r->identity));
	shape__field(j, "sequenceNumber", sequence);
	shape__field(j, "data", madeup_base64(a, content.text, content.length));
	arrival(j, r->arrival);
	json_out_end_object(j);
	shape__field(j, "eventSource", "aws:kinesis");
	shape__field(j, "eventVersion", "1.0");
	shape__field(j, "eventID", arena_format(a, "%s:%s", shape__kinesis_shard(a, r->shard), sequence));
	shape__field(j, "eventName", "aws:kinesis:record");
	shape__field(j, "invokeIdentityArn",
	             arena_format(a, "arn:%s:iam::" ENVELOPE_ACCOUNT ":role/%s-role", madeup_partition(e->region),
	                          function != NULL ? function : "function"));
	shape__field(j, "awsRegion", e->region);
	shape__field(j, "eventSourceARN", arn);
	json_out_end_object(j);
}

static void kinesis_write(struct json_out *j, const struct shape_event *e)
{
	const char *arn = shape__stream_arn(e);
	json_out_object(j);
	json_out_key(j, "Records");
	json_out_array(j);
	for (size_t i = 0; i < e->count; i++)
		record(j, e, &e->records[i], arn);
	json_out_end_array(j);
	if (e->place->window != NULL)
		shape__window(j, e, shape__kinesis_shard(e->arena, e->place->window->shard), arn);
	json_out_end_object(j);
}

const struct shape shape__kinesis = {is_kinesis, kinesis_write};
