/* envelope: what a handler receives: the user's payload in the shape that its event source gives it.
 *
 * A payload that already has its source's shape (a whole event) is passed as it is, byte for byte. What becomes of any other:
 *
 *     Invoke, InvokeEvent, schedules    the event itself; text that is no JSON becomes a JSON string, but for Invoke
 *     Api, HttpApi, FunctionUrl, Alb    the body of the route's request: the text when it is UTF-8, else base64
 *     LambdaEdge                        the body of the viewer's request (base64)
 *     S3                                the object: its size and MD5 are told, as S3 does, not its bytes; {key, size, eTag, versionId,
 *                                       eventName}, of which key is there, tells of one instead
 *     SNS                               Message; {Message, Subject, MessageAttributes} is what is published
 *     EventBridgeRule                   detail; a PutEvents entry {Source, DetailType, Detail, Resources} fills the envelope too;
 *                                       an event in part ({source, detail-type, detail}) gets what it lacks
 *     CustomResource                    ResourceProperties
 *     SQS                               body
 *     Kinesis                           data
 *     DynamoDB                          the new item: plain JSON becomes attribute values; {NewImage, OldImage, eventName} says more
 *
 * Without a payload the route's empty request is made, or the source's emptiest event; an Invoke gets `{}`. Events that come in `Records`
 * also take one record of their kind, whole or in part, with or without the `Records` about it (the files that `sam local generate-event`
 * writes): what the sender chose is taken from it, what the service says is made here.
 *
 * Same call, same bytes. Ids are functions of a record's identity; times are simulated ones.
 *
 * Sources: API Gateway Developer Guide, "Set up Lambda proxy integrations in API Gateway" (payload 1.0) and "Create AWS Lambda proxy
 * integrations for HTTP APIs" (1.0 and 2.0); Lambda Developer Guide, "Invoking Lambda function URLs" and the pages "Using AWS Lambda
 * with" each service; Elastic Load Balancing, "Lambda functions as targets"; Amazon CloudFront Developer Guide, "Lambda@Edge event
 * structure"; Amazon S3 User Guide, "Event message structure"; Amazon EventBridge User Guide, "Events"; AWS CloudFormation User Guide,
 * "Custom resource request objects". What those leave open is as the fixtures of aws-lambda-go and of Powertools for AWS Lambda have it. */
#ifndef MODELS_SOURCE_ENVELOPE_H
#define MODELS_SOURCE_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/source.h"
#include "sim/arena.h"
#include "sim/simtime.h"

struct scenario; /* models/spec/scenario.h */

#define ENVELOPE_ACCOUNT "123456789012"
#define ENVELOPE_REGION "us-east-1"

/* Simulated t = 0 in events: Monday, 2025-01-06T00:00:00Z, because patterns begin on a Monday. */
#define ENVELOPE_EPOCH_MS INT64_C(1736121600000)

/* A tumbling window of a stream's shard. */
struct envelope_window {
	simtime start, end;
	size_t shard;
	const char *state; /* JSON text that the last invocation of the window returned; NULL for {} */
	size_t state_length;
	bool final; /* the window closes: Records may be empty */
	bool early; /* state grew too large */
};

/* A message attribute of SQS or SNS. */
struct envelope_attribute {
	const char *name, *type; /* "String", "Number", "Binary", "String.Array"; a custom type follows a dot */
	const char *value;       /* Binary: base64 */
};

/* Where events come from. Every pointer may be NULL: then something made up, or the default. All borrowed for the call. */
struct envelope_place {
	const char *region;
	const char *name;     /* of the queue (with .fifo), stream, table, topic, bucket, bus rule, schedule, custom resource */
	const char *function; /* name of the function that receives it */
	/* HTTP sources: the route, "get" and "/pets/{id}"; NULL, "" or "$default" for the catch-all. "ANY" and
	 * "x-amazon-apigateway-any-method" are requested as GET, or as POST with a payload. */
	const char *method, *path;
	bool payload_1_0; /* HttpApi: PayloadFormatVersion 1.0 */
	bool multi_value; /* Alb: lambda.multi_value_headers.enabled */
	enum envelope_edge edge;
	bool fifo;                   /* SQS, SNS */
	bool window_or_filter;       /* SQS: the mapping has a batching window or filters */
	const char *consumer;        /* Kinesis: the registered consumer of enhanced fan-out */
	const char *view, *hash_key; /* DynamoDB: StreamViewType (NEW_AND_OLD_IMAGES), the partition key's name ("id") */
	const struct envelope_window *window;
	const char *event;                      /* S3: "s3:ObjectCreated:*"; a pattern stands for the first event that it takes */
	const char *prefix, *suffix;            /* S3: of a made-up object key */
	const char *resource_type, *properties; /* custom resource: "Custom::Thing"; JSON */
	const char *source;                     /* EventBridge: of events whose payload names none ("weir") */
	const char *detail_type;                /* EventBridge: likewise ("Event") */
};

/* One event, and what the simulation knows about it. */
struct envelope_record {
	const char *payload; /* NULL for none */
	size_t length;
	const char *key;                /* partition key, message group, object key; NULL: the payload's own, or a made-up one */
	uint64_t identity;              /* all ids come from it: distinct events have distinct ones */
	simtime sent;                   /* when it was born, or its planned time; may be negative */
	simtime first_received;         /* SQS */
	simtime arrival;                /* streams: when the shard took it */
	int receive_count;              /* SQS: at least 1; Scheduler: the attempt */
	uint64_t sequence;              /* streams, FIFO: ascending within a shard or queue; below 10^17 */
	size_t shard;                   /* streams */
	const char *dead_letter_source; /* SQS: name of the queue that it was moved from */
	const char *trace;              /* SQS: AWSTraceHeader of a traced sender */
	const struct envelope_attribute *attributes; /* SQS, SNS; before those of the payload */
	size_t attribute_count;
};

/* The event of a source with fixed ids and times, in `a`, NUL-ended, its length in *out_length: what a profile is measured with. `payload`
 * may be NULL; `length` may be 0. A path parameter's value is "1"; a greedy one's is "a/b". */
char *envelope_wrap(enum source_kind kind, const char *method, const char *path, const char *payload, size_t length,
                    struct arena *a, size_t *out_length);

/* The same for a source of a scenario (models/source/place.h): its route, its payload format, its resource. */
char *envelope_of_source(const struct scenario *s, const struct source_spec *source, const char *payload, size_t length,
                         struct arena *a, size_t *out_length);

/* The event that carries these records, from state. Sources that send one event at a time take one record; polled ones take `count` of
 * them (0 only in a tumbling window's final invocation), all of records[0].shard. Payloads that are whole events of a source that is not
 * polled pass as they are; of polled ones their record is taken and told anew. */
char *envelope_batch(enum source_kind kind, const struct envelope_place *place, const struct envelope_record *records, size_t count,
                     struct arena *a, size_t *out_length);

/* `count` records as a profile's batch has them: record i of the payload, with identity i + 1 and sequence i, born at t = 0 and received
 * once. In `a`. */
struct envelope_record *envelope_samples(const char *payload, size_t length, size_t count, struct arena *a);

/* Whether a payload is a whole event of this kind already. An Invoke, a schedule and the Scheduler take any JSON as it is. */
int envelope_is_whole(enum source_kind kind, const char *payload, size_t length);

/* Why no such event can come from this source ("an event's detail is an object"), a literal; NULL when it can. Sizes are not judged. */
const char *envelope_refusal(enum source_kind kind, const char *payload, size_t length);

/* --- what a payload is at its place ------------------------------------------------------------------------------------------------- */

struct envelope_content {
	const char *text; /* body, data, Message; the payload itself for other kinds */
	size_t length;
	const char *key;     /* that the payload names: partition key, message group; NULL */
	const char *subject; /* SNS; NULL */
	const struct envelope_attribute *attributes;
	size_t attribute_count;
};

/* What the sender chose, taken out of a payload for SQS, SNS or Kinesis; in `a`, or the payload itself. */
void envelope_content_of(enum source_kind kind, const char *payload, size_t length, struct arena *a, struct envelope_content *out);

/* --- events inside others ------------------------------------------------------------------------------------------------------------ */

/* The notification that a topic (place->name) sends to a queue without raw delivery: the body's JSON text. An S3 event, or one of a bus,
 * inside a queue or topic is its own text. */
char *envelope_notification(const struct envelope_place *topic, const struct envelope_record *record, struct arena *a,
                            size_t *out_length);

/* What S3 tells the default bus about an object (EventBridgeConfiguration). */
char *envelope_object_event(const struct envelope_place *bucket, const struct envelope_record *record, struct arena *a,
                            size_t *out_length);

/* An event of a bus, from its parts. */
struct envelope_bus_event {
	const char *region; /* NULL for ENVELOPE_REGION */
	const char *source, *detail_type;
	const char *const *resources;
	size_t resource_count;
	const char *detail; /* JSON text */
	size_t detail_length;
	uint64_t identity;
	simtime at;
};

char *envelope_bus_event(const struct envelope_bus_event *event, struct arena *a, size_t *out_length);

#endif
