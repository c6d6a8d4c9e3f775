#include "models/source/aftermath.h"

#include <assert.h>
#include <string.h>

#include "models/source/shape.h"
#include "sim/base/textbuf.h"

static char *finished(struct textbuf *out, struct arena *a, size_t *out_length)
{
	*out_length = out->length;
	char *text = arena_string_n(a, textbuf_text(out), out->length);
	textbuf_fini(out);
	return text;
}

static const char *region_of(const char *region)
{
	return region != NULL ? region : ENVELOPE_REGION;
}

/* yyyy/mm/dd/yyyy-mm-ddThh.mm.ss-UUID */
static const char *dated_name(uint64_t identity, simtime at, struct arena *a)
{
	char *time = arena_string(a, madeup_iso_s(a, at)), *day = arena_string_n(a, time, 10);
	for (char *c = time; *c != '\0'; c++)
		*c = *c == ':' ? '.' : *c;
	for (char *c = day; *c != '\0'; c++)
		*c = *c == '-' ? '/' : *c;
	time[strlen(time) - 1] = '\0'; /* the Z */
	return arena_format(a, "%s/%s-%s", day, time, madeup_uuid(a, identity, MADEUP_FILE));
}

/* --- asynchronous events ----------------------------------------------------------------------------------------------------------------- */

static const char *qualifier_of(const struct aftermath_event *e)
{
	return e->qualifier != NULL ? e->qualifier : "$LATEST";
}

static const char *function_arn(const struct aftermath_event *e, struct arena *a)
{
	return madeup_arn(a, "lambda", region_of(e->region), arena_format(a, "function:%s:%s", e->function, qualifier_of(e)));
}

static const char *request_id(const struct aftermath_event *e, struct arena *a)
{
	return madeup_uuid(a, e->identity, MADEUP_REQUEST);
}

static const char *error_message(const struct aftermath_event *e)
{
	return e->error_message != NULL ? e->error_message : "";
}

static void json_field(struct json_out *j, const char *key, const char *json, size_t length)
{
	json_out_key(j, key);
	if (json != NULL && length > 0)
		json_out_raw(j, json, length);
	else
		json_out_null(j);
}

/* What Python's runtime client makes of an exception. */
static void error_object(struct json_out *j, const struct aftermath_event *e, struct arena *a)
{
	json_out_object(j);
	shape__field(j, "errorMessage", error_message(e));
	shape__field(j, "errorType", e->error_type != NULL ? e->error_type : "Exception");
	shape__field(j, "requestId", request_id(e, a));
	json_out_key(j, "stackTrace");
	json_out_array(j);
	json_out_end_array(j);
	json_out_end_object(j);
}

static void request_context(struct json_out *j, const struct aftermath_event *e, struct arena *a)
{
	static const char *const conditions[] = {"Success", "RetriesExhausted", "EventAgeExceeded"};
	json_out_key(j, "requestContext");
	json_out_object(j);
	shape__field(j, "requestId", request_id(e, a));
	shape__field(j, "functionArn", function_arn(e, a));
	shape__field(j, "condition", conditions[e->condition]);
	shape__count(j, "approximateInvokeCount", e->invocations);
	json_out_end_object(j);
}

static void response_parts(struct json_out *j, const struct aftermath_event *e, struct arena *a)
{
	json_out_key(j, "responseContext");
	json_out_object(j);
	shape__count(j, "statusCode", 200);
	shape__field(j, "executedVersion", qualifier_of(e));
	if (e->failed)
		shape__field(j, "functionError", "Unhandled");
	json_out_end_object(j);
	if (e->answer == NULL && e->failed) {
		json_out_key(j, "responsePayload");
		error_object(j, e, a);
	} else {
		json_field(j, "responsePayload", e->answer, e->answer_length);
	}
}

char *aftermath_record(const struct aftermath_event *event, struct arena *a, size_t *out_length)
{
	struct textbuf out = {0};
	struct json_out j;
	json_out_init(&j, &out, 0);
	json_out_object(&j);
	shape__field(&j, "version", "1.0");
	shape__field(&j, "timestamp", madeup_iso_ms(a, event->at));
	request_context(&j, event, a);
	json_field(&j, "requestPayload", event->payload, event->length);
	if (event->invocations > 0)
		response_parts(&j, event, a);
	json_out_end_object(&j);
	return finished(&out, a, out_length);
}

char *aftermath_on_bus(const struct aftermath_event *event, const char *bus, struct arena *a, size_t *out_length)
{
	size_t length;
	const char *record = aftermath_record(event, a, &length), *region = region_of(event->region);
	const char *resources[2] = {madeup_arn(a, "events", region, arena_format(a, "event-bus/%s", bus)), function_arn(event, a)};
	bool success = event->condition == AFTERMATH_SUCCESS;
	const struct envelope_bus_event whole = {.region = region,
	                                         .source = "lambda",
	                                         .detail_type = success ? "Lambda Function Invocation Result - Success"
	                                                                : "Lambda Function Invocation Result - Failure",
	                                         .resources = resources,
	                                         .resource_count = 2,
	                                         .detail = record,
	                                         .detail_length = length,
	                                         .identity = event->identity,
	                                         .at = event->at};
	return envelope_bus_event(&whole, a, out_length);
}

const char *aftermath_object_key(const struct aftermath_event *event, struct arena *a)
{
	return arena_format(a, "aws/lambda/async/%s/%s", event->function, dated_name(event->identity, event->at, a));
}

void aftermath_dead_letter(const struct aftermath_event *event, int error_code, struct arena *a,
                           struct envelope_attribute out[AFTERMATH_ATTRIBUTES])
{
	const char *message = error_message(event);
	size_t length = strlen(message);
	for (length = length < AFTERMATH_MESSAGE ? length : AFTERMATH_MESSAGE; length > 0 && (message[length] & 0xc0) == 0x80;)
		length--; /* no character is cut in two */
	out[0] = (struct envelope_attribute){"RequestID", "String", request_id(event, a)};
	out[1] = (struct envelope_attribute){"ErrorCode", "Number", arena_format(a, "%d", error_code)};
	out[2] = (struct envelope_attribute){"ErrorMessage", "String", arena_string_n(a, message, length)};
}

/* --- batches of a stream ----------------------------------------------------------------------------------------------------------------- */

static const char *shard_name(enum source_kind kind, size_t shard, struct arena *a)
{
	return kind == SOURCE_KINESIS ? shape__kinesis_shard(a, shard) : shape__dynamodb_shard(a, shard);
}

static const char *sequence_of(enum source_kind kind, const struct envelope_record *r, struct arena *a)
{
	return kind == SOURCE_KINESIS ? shape__kinesis_sequence(a, r->shard, r->sequence)
	                              : shape__dynamodb_sequence(a, r->sequence);
}

static const char *arrival_of(enum source_kind kind, const struct envelope_record *r, struct arena *a)
{
	return kind == SOURCE_KINESIS ? madeup_iso_ms(a, r->arrival) : madeup_iso_s(a, r->arrival);
}

static void batch_info(struct json_out *j, enum source_kind kind, const struct envelope_place *place,
                       const struct aftermath_batch *b, struct arena *a)
{
	const struct envelope_record *first = &b->records[0], *last = &b->records[b->count - 1];
	const struct shape_event e = {.kind = kind, .place = place, .region = region_of(place->region), .arena = a};
	json_out_key(j, kind == SOURCE_KINESIS ? "KinesisBatchInfo" : "DDBStreamBatchInfo");
	json_out_object(j);
	shape__field(j, "shardId", shard_name(kind, first->shard, a));
	shape__field(j, "startSequenceNumber", sequence_of(kind, first, a));
	shape__field(j, "endSequenceNumber", sequence_of(kind, last, a));
	shape__field(j, "approximateArrivalOfFirstRecord", arrival_of(kind, first, a));
	shape__field(j, "approximateArrivalOfLastRecord", arrival_of(kind, last, a));
	shape__count(j, "batchSize", (int64_t)b->count);
	shape__field(j, "streamArn", shape__stream_arn(&e));
	json_out_end_object(j);
}

static void batch_context(struct json_out *j, const struct envelope_place *place, const struct aftermath_batch *b, struct arena *a)
{
	const char *function = place->function != NULL ? place->function : "function";
	json_out_key(j, "requestContext");
	json_out_object(j);
	shape__field(j, "requestId", madeup_uuid(a, b->identity, MADEUP_REQUEST));
	shape__field(j, "functionArn", madeup_arn(a, "lambda", region_of(place->region), arena_format(a, "function:%s", function)));
	shape__field(j, "condition", b->too_old ? "RecordAgeExceeded" : "RetryAttemptsExhausted");
	shape__count(j, "approximateInvokeCount", b->invocations > 0 ? b->invocations : 1);
	json_out_end_object(j);
	if (b->too_old)
		return;
	json_out_key(j, "responseContext");
	json_out_object(j);
	shape__count(j, "statusCode", 200);
	shape__field(j, "executedVersion", "$LATEST");
	shape__field(j, "functionError", b->reported ? NULL : "Unhandled");
	json_out_end_object(j);
}

char *aftermath_batch_record(enum source_kind kind, const struct envelope_place *place, const struct aftermath_batch *batch,
                             struct arena *a, size_t *out_length)
{
	assert(kind == SOURCE_KINESIS || kind == SOURCE_DYNAMODB);
	assert(batch->count >= 1);
	struct textbuf out = {0};
	struct json_out j;
	json_out_init(&j, &out, 0);
	json_out_object(&j);
	batch_context(&j, place, batch, a);
	shape__field(&j, "version", "1.0");
	shape__field(&j, "timestamp", madeup_iso_ms(a, batch->at));
	batch_info(&j, kind, place, batch, a);
	if (batch->payload) {
		size_t length;
		const char *event = envelope_batch(kind, place, batch->records, batch->count, a, &length);
		json_out_key(&j, "payload");
		json_out_string_n(&j, event, length);
	}
	json_out_end_object(&j);
	return finished(&out, a, out_length);
}

const char *aftermath_batch_key(enum source_kind kind, const char *mapping, const struct aftermath_batch *batch, struct arena *a)
{
	return arena_format(a, "aws/lambda/%s/%s/%s", madeup_uuid(a, madeup_identity(mapping), MADEUP_CREATION),
	                    shard_name(kind, batch->records[0].shard, a), dated_name(batch->identity, batch->at, a));
}
