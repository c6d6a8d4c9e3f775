#include "models/source/envelope.h"

#include <assert.h>
#include <string.h>

#include "models/source/place.h"
#include "models/source/shape.h"
#include "sim/base/textbuf.h"

/* --- the rows ------------------------------------------------------------------------------------------------------------------------ */

static void direct_write(struct json_out *j, const struct shape_event *e)
{
	(void)e;
	json_out_raw(j, "{}", 2);
}

static const struct shape direct = {NULL, direct_write};

static const struct shape *const shapes[SOURCE_KINDS] = {
	[SOURCE_INVOKE] = &direct,
	[SOURCE_API] = &shape__rest,
	[SOURCE_HTTP_API] = &shape__http,
	[SOURCE_FUNCTION_URL] = &shape__url,
	[SOURCE_ALB] = &shape__alb,
	[SOURCE_EDGE] = &shape__edge,
	[SOURCE_INVOKE_EVENT] = &shape__input,
	[SOURCE_S3] = &shape__s3,
	[SOURCE_SNS] = &shape__sns,
	[SOURCE_EVENT_BRIDGE] = &shape__bus,
	[SOURCE_SCHEDULE] = &shape__scheduled,
	[SOURCE_SCHEDULER] = &shape__scheduler,
	[SOURCE_CUSTOM_RESOURCE] = &shape__custom,
	[SOURCE_SQS] = &shape__sqs,
	[SOURCE_KINESIS] = &shape__kinesis,
	[SOURCE_DYNAMODB] = &shape__dynamodb,
};

static bool is_polled(enum source_kind kind)
{
	return kind == SOURCE_SQS || kind == SOURCE_KINESIS || kind == SOURCE_DYNAMODB;
}

/* --- whole events -------------------------------------------------------------------------------------------------------------------- */

int envelope_is_whole(enum source_kind kind, const char *payload, size_t length)
{
	assert((unsigned)kind < SOURCE_KINDS);
	if (kind == SOURCE_INVOKE)
		return 1;
	json_t *event = json_loadb(payload, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	const struct shape *shape = shapes[kind];
	bool whole = event != NULL && (shape->whole == NULL || (json_is_object(event) && shape->whole(event)));
	json_decref(event);
	return whole;
}

/* A whole event passes as it is, but for what the Scheduler replaces in it. */
static bool passes(enum source_kind kind, const struct envelope_record *r)
{
	return kind != SOURCE_SCHEDULER && r->payload != NULL && envelope_is_whole(kind, r->payload, r->length);
}

/* --- making ----------------------------------------------------------------------------------------------------------------------------- */

static char *written(void (*write)(struct json_out *, const struct shape_event *), enum source_kind kind,
                     const struct envelope_place *place, const struct envelope_record *records, size_t count, struct arena *a,
                     size_t *out_length)
{
	static const struct envelope_place nowhere;
	struct shape_event e = {.kind = kind,
	                        .place = place != NULL ? place : &nowhere,
	                        .records = records,
	                        .count = count,
	                        .arena = a};
	struct textbuf out = {0};
	struct json_out j;
	e.region = e.place->region != NULL ? e.place->region : ENVELOPE_REGION;
	json_out_init(&j, &out, 0);
	write(&j, &e);
	*out_length = out.length;
	char *event = arena_string_n(a, textbuf_text(&out), out.length);
	textbuf_fini(&out);
	return event;
}

char *envelope_batch(enum source_kind kind, const struct envelope_place *place, const struct envelope_record *records, size_t count,
                     struct arena *a, size_t *out_length)
{
	assert((unsigned)kind < SOURCE_KINDS);
	assert(count >= 1 || (is_polled(kind) && place != NULL && place->window != NULL));
	assert(count <= 1 || is_polled(kind));
	if (!is_polled(kind) && passes(kind, &records[0])) {
		*out_length = records[0].length;
		return arena_string_n(a, records[0].payload, records[0].length);
	}
	return written(shapes[kind]->write, kind, place, records, count, a, out_length);
}

struct envelope_record *envelope_samples(const char *payload, size_t length, size_t count, struct arena *a)
{
	struct envelope_record *records = ARENA_ARRAY(a, count, struct envelope_record);
	for (size_t i = 0; i < count; i++)
		records[i] = (struct envelope_record){.payload = payload,
		                                      .length = length,
		                                      .identity = i + 1,
		                                      .receive_count = 1,
		                                      .sequence = i};
	return records;
}

/* A whole event of a polled source passes here too: it may carry more than one record. */
static char *fixed(enum source_kind kind, const struct envelope_place *place, const char *payload, size_t length, struct arena *a,
                   size_t *out_length)
{
	const struct envelope_record *record = envelope_samples(payload, length, 1, a);
	if (passes(kind, record)) {
		*out_length = length;
		return arena_string_n(a, payload, length);
	}
	return envelope_batch(kind, place, record, 1, a, out_length);
}

char *envelope_wrap(enum source_kind kind, const char *method, const char *path, const char *payload, size_t length,
                    struct arena *a, size_t *out_length)
{
	return fixed(kind, &(struct envelope_place){.method = method, .path = path}, payload, length, a, out_length);
}

char *envelope_of_source(const struct scenario *s, const struct source_spec *source, const char *payload, size_t length,
                         struct arena *a, size_t *out_length)
{
	struct envelope_place place;
	place_of_source(s, source, &place);
	return fixed(source->kind, &place, payload, length, a, out_length);
}

/* --- what may not be --------------------------------------------------------------------------------------------------------------------- */

/* What SQS takes: #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD, #x10000 to #x10FFFF. Source: Amazon SQS API Reference, "SendMessage". */
static bool has_forbidden_character(const struct shape_payload *p)
{
	for (size_t i = 0; i < p->length && !p->binary; i++) {
		unsigned char c = (unsigned char)p->text[i];
		bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
		bool beyond = c == 0xef && i + 2 < p->length && (unsigned char)p->text[i + 1] == 0xbf &&
		              (unsigned char)p->text[i + 2] >= 0xbe;
		if (control || beyond)
			return true;
	}
	return false;
}

static const char *refusal_of(enum source_kind kind, const struct shape_payload *p)
{
	bool object = json_is_object(p->json);
	switch (kind) {
	case SOURCE_INVOKE: return p->json == NULL ? "a direct Invoke needs JSON" : NULL;
	case SOURCE_INVOKE_EVENT: return p->json == NULL ? "an asynchronous Invoke needs JSON" : NULL;
	case SOURCE_SCHEDULE:
	case SOURCE_SCHEDULER: return p->json == NULL ? "the input of a schedule is JSON" : NULL;
	case SOURCE_EVENT_BRIDGE: return object ? NULL : "the detail of an event is a JSON object";
	case SOURCE_CUSTOM_RESOURCE: return object ? NULL : "the properties of a custom resource are a JSON object";
	case SOURCE_DYNAMODB: return object ? NULL : "an item of a table is a JSON object";
	case SOURCE_SNS: return p->binary ? "a message of a topic is UTF-8 text" : NULL;
	case SOURCE_SQS:
		if (p->binary)
			return "a message of a queue is UTF-8 text";
		return has_forbidden_character(p) ? "it holds a character that SQS refuses" : NULL;
	default: return NULL;
	}
}

const char *envelope_refusal(enum source_kind kind, const char *payload, size_t length)
{
	struct arena scratch = {0};
	if (payload == NULL || length == 0)
		return NULL;
	struct shape_payload p = shape__payload(payload, length, &scratch);
	const char *refusal = refusal_of(kind, &p);
	shape__payload_end(&p);
	arena_fini(&scratch);
	return refusal;
}

/* --- contents ---------------------------------------------------------------------------------------------------------------------------- */

void envelope_content_of(enum source_kind kind, const char *payload, size_t length, struct arena *a, struct envelope_content *out)
{
	struct shape_payload p = shape__payload(payload, length, a);
	if (kind == SOURCE_SQS)
		shape__sqs_content(&p, a, out);
	else if (kind == SOURCE_SNS)
		shape__sns_content(&p, a, out);
	else if (kind == SOURCE_KINESIS)
		shape__kinesis_content(&p, a, out);
	else
		*out = (struct envelope_content){.text = payload, .length = length};
	shape__payload_end(&p);
}

/* --- events inside others ---------------------------------------------------------------------------------------------------------------- */

char *envelope_notification(const struct envelope_place *topic, const struct envelope_record *record, struct arena *a,
                            size_t *out_length)
{
	return written(shape__notification, SOURCE_SNS, topic, record, 1, a, out_length);
}

char *envelope_object_event(const struct envelope_place *bucket, const struct envelope_record *record, struct arena *a,
                            size_t *out_length)
{
	return written(shape__object_event, SOURCE_S3, bucket, record, 1, a, out_length);
}

char *envelope_bus_event(const struct envelope_bus_event *event, struct arena *a, size_t *out_length)
{
	struct textbuf out = {0};
	struct json_out j;
	json_out_init(&j, &out, 0);
	shape__bus_envelope(&j, event->region != NULL ? event->region : ENVELOPE_REGION,
	                    &(struct shape_bus){.id = madeup_uuid(a, event->identity, MADEUP_MESSAGE),
	                                        .detail_type = event->detail_type,
	                                        .source = event->source,
	                                        .time = madeup_iso_s(a, event->at),
	                                        .resources = event->resources,
	                                        .resource_count = event->resource_count,
	                                        .detail = event->detail,
	                                        .detail_length = event->detail_length});
	*out_length = out.length;
	char *text = arena_string_n(a, textbuf_text(&out), out.length);
	textbuf_fini(&out);
	return text;
}
