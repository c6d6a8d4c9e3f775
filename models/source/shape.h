/* shape: one family of events. A new one is a file with a `struct shape` and a row in envelope.c. Private to models/source. */
#ifndef MODELS_SOURCE_SHAPE_H
#define MODELS_SOURCE_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

#include "models/source/envelope.h"
#include "models/source/madeup.h"
#include "sim/base/json_out.h"

struct shape_event {
	enum source_kind kind;
	const struct envelope_place *place;
	const char *region; /* never NULL */
	const struct envelope_record *records;
	size_t count;
	struct arena *arena;
};

/* A payload, looked at once. */
struct shape_payload {
	const char *text; /* without white space about it where it is JSON; NUL-ended; NULL for none */
	size_t length;
	json_t *json; /* owned; NULL where the payload is no JSON */
	bool binary;  /* no UTF-8, or it holds a NUL */
};

struct shape {
	/* Whether a JSON value is a whole event; NULL: every payload is. Neither may draw, schedule or fail. */
	bool (*whole)(const json_t *event);
	/* Writes one JSON value. */
	void (*write)(struct json_out *j, const struct shape_event *e);
};

extern const struct shape shape__rest, shape__http, shape__url, shape__alb, shape__edge, shape__input, shape__scheduled,
	shape__scheduler, shape__s3, shape__sns, shape__bus, shape__custom, shape__sqs, shape__kinesis, shape__dynamodb;

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

struct shape_payload shape__payload(const char *payload, size_t length, struct arena *a);
void shape__payload_end(struct shape_payload *p);

/* `event`.Records[0] or `event` itself, when its `source_key` is `source` or it has the member `part`; NULL when it is no record. */
json_t *shape__record(json_t *event, const char *source_key, const char *source, const char *part);

/* Whether `event` has Records, the first with this source. */
bool shape__is_records(const json_t *event, const char *source_key, const char *source);

bool shape__is_text(const json_t *object, const char *key);

/* Whether the object has no member but the known ones. */
bool shape__only_has(const json_t *object, const char *const *known, size_t count);

const char *shape__text(const json_t *object, const char *key); /* NULL where it is none */

/* UTF-8 as it is, other bytes as base64. */
const char *shape__message(const struct shape_payload *p, size_t *length, struct arena *a);

/* envelope_content_of, by kind. */
void shape__sqs_content(struct shape_payload *p, struct arena *a, struct envelope_content *out);
void shape__sns_content(struct shape_payload *p, struct arena *a, struct envelope_content *out);
void shape__kinesis_content(struct shape_payload *p, struct arena *a, struct envelope_content *out);

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */

void shape__field(struct json_out *j, const char *key, const char *value); /* NULL writes null */
void shape__some(struct json_out *j, const char *key, const char *value);  /* NULL writes nothing */
void shape__count(struct json_out *j, const char *key, int64_t value);
void shape__flag(struct json_out *j, const char *key, bool value);

/* A JSON value in its own words: members in their order, numbers with the fewest digits. */
void shape__json(struct textbuf *out, const json_t *value);
void shape__member(struct json_out *j, const char *key, const json_t *value); /* NULL writes nothing */

void shape__records(struct json_out *j); /* {"Records":[ */
void shape__records_end(struct json_out *j);

/* ARN of the place, whose name is `prefix` and place->name (or `name` where it has none). */
const char *shape__arn(const struct shape_event *e, const char *service, const char *prefix, const char *name);

/* The parts of a tumbling window that stand beside Records. */
void shape__window(struct json_out *j, const struct shape_event *e, const char *shard, const char *arn);

/* 15.3 and eventID name shards in the same way: in the arena. */
const char *shape__kinesis_shard(struct arena *a, size_t shard);
const char *shape__dynamodb_shard(struct arena *a, size_t shard);
const char *shape__kinesis_sequence(struct arena *a, size_t shard, uint64_t sequence); /* 56 digits */
const char *shape__dynamodb_sequence(struct arena *a, uint64_t sequence);              /* 21 digits */
const char *shape__stream_arn(const struct shape_event *e);

/* A topic's notification to a queue. */
void shape__notification(struct json_out *j, const struct shape_event *e);

/* S3's detail of an event on a bus. */
void shape__object_event(struct json_out *j, const struct shape_event *e);

/* The envelope of a bus; `detail` is JSON text. */
struct shape_bus {
	const char *id, *detail_type, *source, *time;
	const char *const *resources;
	size_t resource_count;
	const char *detail;
	size_t detail_length;
};
void shape__bus_envelope(struct json_out *j, const char *region, const struct shape_bus *b);

/* Who sends and puts: a made-up IAM user. 192.0.2.0/24 is kept for documentation (RFC 5737). */
#define SHAPE_SENDER "AIDAWEIRSENDEREXAMPLE"
#define SHAPE_SOURCE_IP "192.0.2.1"
#define SHAPE_USER_AGENT "weir"

#endif
