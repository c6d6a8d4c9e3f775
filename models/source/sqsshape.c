/* sqsshape: messages of a queue. Sources: Lambda Developer Guide, "Using Lambda with Amazon SQS"; Amazon SQS API Reference,
 * "ReceiveMessage" (attributes). */
#include <inttypes.h>
#include <string.h>

#include "models/source/attribute.h"
#include "models/source/shape.h"
#include "sim/base/md5.h"
#include "sim/base/sha256.h"

static bool is_sqs(const json_t *event)
{
	return shape__is_records(event, "eventSource", "aws:sqs");
}

void shape__sqs_content(struct shape_payload *p, struct arena *a, struct envelope_content *out)
{
	const json_t *record = shape__record(p->json, "eventSource", "aws:sqs", NULL);
	const json_t *body = json_object_get(record, "body"), *attributes = json_object_get(record, "attributes");
	*out = (struct envelope_content){0};
	if (record == NULL || !json_is_string(body)) {
		out->text = shape__message(p, &out->length, a);
		return;
	}
	out->length = json_string_length(body);
	out->text = arena_string_n(a, json_string_value(body), out->length);
	out->key = arena_string(a, shape__text(attributes, "MessageGroupId"));
	out->attributes = attribute__read(json_object_get(record, "messageAttributes"), a, &out->attribute_count);
}

static const char *epoch(const struct shape_event *e, simtime t)
{
	return arena_format(e->arena, "%" PRId64, madeup_epoch_ms(t));
}

/* The producer names none: SQS takes the body's digest (ContentBasedDeduplication). */
static const char *deduplication_id(const struct shape_event *e, const struct envelope_content *content)
{
	struct sha256 s;
	char text[SHA256_TEXT];
	sha256_init(&s);
	sha256_add(&s, content->text, content->length);
	sha256_end_text(&s, text);
	return arena_string(e->arena, text);
}

static void attributes(struct json_out *j, const struct shape_event *e, const struct envelope_record *r,
                       const struct envelope_content *content)
{
	bool fifo = e->place->fifo;
	const char *group = r->key != NULL ? r->key : content->key;
	if (fifo && group == NULL)
		group = "default";
	json_out_key(j, "attributes");
	json_out_object(j);
	shape__field(j, "ApproximateReceiveCount", arena_format(e->arena, "%d", r->receive_count > 0 ? r->receive_count : 1));
	shape__some(j, "AWSTraceHeader", r->trace);
	shape__field(j, "SentTimestamp", epoch(e, r->sent));
	if (fifo) /* 20 digits, growing */
		shape__field(j, "SequenceNumber",
		             arena_format(e->arena, "188%017" PRIu64, r->sequence % UINT64_C(100000000000000000)));
	shape__some(j, "MessageGroupId", group);
	shape__field(j, "SenderId", SHAPE_SENDER);
	if (fifo)
		shape__field(j, "MessageDeduplicationId", deduplication_id(e, content));
	shape__field(j, "ApproximateFirstReceiveTimestamp", epoch(e, r->first_received));
	if (r->dead_letter_source != NULL)
		shape__field(j, "DeadLetterQueueSourceArn", madeup_arn(e->arena, "sqs", e->region, r->dead_letter_source));
	json_out_end_object(j);
}

/* Mappings with a window or filters use another poller, which writes the digest of no attributes as null. */
static void attributes_digest(struct json_out *j, const struct shape_event *e, const struct envelope_attribute *list, size_t count)
{
	if (count > 0)
		shape__field(j, "md5OfMessageAttributes", attribute__md5(list, count, e->arena));
	else if (e->place->window_or_filter)
		shape__field(j, "md5OfMessageAttributes", NULL);
}

static const char *body_digest(const struct shape_event *e, const struct envelope_content *content)
{
	struct md5 m;
	char text[MD5_TEXT];
	md5_init(&m);
	md5_add(&m, content->text, content->length);
	md5_end_text(&m, text);
	return arena_string(e->arena, text);
}

static void message(struct json_out *j, const struct shape_event *e, const struct envelope_record *r)
{
	struct envelope_content content;
	size_t count;
	unsigned receipt = MADEUP_RECEIPT + (unsigned)r->receive_count % (MADEUP_RECEIPTS_END - MADEUP_RECEIPT);
	envelope_content_of(SOURCE_SQS, r->payload, r->length, e->arena, &content);
	const struct envelope_attribute *list = attribute__join(r->attributes, r->attribute_count, content.attributes,
	                                                        content.attribute_count, e->arena, &count);
	json_out_object(j);
	shape__field(j, "messageId", madeup_uuid(e->arena, r->identity, MADEUP_MESSAGE));
	shape__field(j, "receiptHandle",
	             arena_format(e->arena, "AQEB%s==", madeup_text(e->arena, r->identity, receipt, MADEUP_BASE64, 338)));
	json_out_key(j, "body");
	json_out_string_n(j, content.text, content.length);
	attributes(j, e, r, &content);
	json_out_key(j, "messageAttributes");
	attribute__write_sqs(j, list, count);
	attributes_digest(j, e, list, count);
	shape__field(j, "md5OfBody", body_digest(e, &content));
	shape__field(j, "eventSource", "aws:sqs");
	shape__field(j, "eventSourceARN", shape__arn(e, "sqs", "", e->place->fifo ? "queue.fifo" : "queue"));
	shape__field(j, "awsRegion", e->region);
	json_out_end_object(j);
}

static void sqs_write(struct json_out *j, const struct shape_event *e)
{
	shape__records(j);
	for (size_t i = 0; i < e->count; i++)
		message(j, e, &e->records[i]);
	shape__records_end(j);
}

const struct shape shape__sqs = {is_sqs, sqs_write};
