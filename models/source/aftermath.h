/* aftermath: what is told about events that were processed, or given up: records for destinations and dead-letter queues.
 *
 * Sources: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations", "Adding a dead-letter queue", "Using an on-failure
 * destination" of Kinesis and DynamoDB. */
#ifndef MODELS_SOURCE_AFTERMATH_H
#define MODELS_SOURCE_AFTERMATH_H

#include "models/source/envelope.h"

/* --- asynchronous events ------------------------------------------------------------------------------------------------------------ */

enum aftermath_condition { AFTERMATH_SUCCESS, AFTERMATH_RETRIES_EXHAUSTED, AFTERMATH_EVENT_AGE_EXCEEDED };

/* All pointers are borrowed; region, qualifier, answer and the texts of the error may be NULL. */
struct aftermath_event {
	const char *region, *function;
	const char *qualifier; /* "$LATEST" unless given */
	uint64_t identity;
	simtime at; /* when the record is made */
	enum aftermath_condition condition;
	int invocations;     /* how often it was run */
	const char *payload; /* the event: JSON text */
	size_t length;
	bool failed;        /* the last run ended in an error; not looked at when invocations is 0 */
	const char *answer; /* the last run's, JSON text; NULL: null, or the error's own object */
	size_t answer_length;
	const char *error_type, *error_message; /* "Exception", "" unless given */
};

/* The record that a destination gets: a queue as its body, a topic as its Message, a function as its event, a bucket as an object. */
char *aftermath_record(const struct aftermath_event *event, struct arena *a, size_t *out_length);

/* The same as an event of the bus called `bus` ("default"). */
char *aftermath_on_bus(const struct aftermath_event *event, const char *bus, struct arena *a, size_t *out_length);

/* The name of the object in a bucket. */
const char *aftermath_object_key(const struct aftermath_event *event, struct arena *a);

/* A function's dead-letter queue gets the event itself with these attributes. `error_code`: 200 after a function error, else the status
 * that the invocation was refused with. */
enum { AFTERMATH_ATTRIBUTES = 3, AFTERMATH_MESSAGE = 1024 /* bytes of ErrorMessage */ };
void aftermath_dead_letter(const struct aftermath_event *event, int error_code, struct arena *a,
                           struct envelope_attribute out[AFTERMATH_ATTRIBUTES]);

/* --- batches of a stream ------------------------------------------------------------------------------------------------------------ */

struct aftermath_batch {
	uint64_t identity;
	simtime at;
	bool too_old;    /* RecordAgeExceeded; else RetryAttemptsExhausted */
	bool reported;   /* the function named failures instead of failing: functionError is null */
	int invocations; /* at least 1, also of a batch that never ran */
	bool payload;    /* for a bucket: the whole event as text */
	const struct envelope_record *records;
	size_t count; /* at least 1 */
};

/* The record for an on-failure destination of a mapping. `place` is the stream, with the function's name; kind is SOURCE_KINESIS or
 * SOURCE_DYNAMODB. */
char *aftermath_batch_record(enum source_kind kind, const struct envelope_place *place, const struct aftermath_batch *batch,
                             struct arena *a, size_t *out_length);

/* The name of its object in a bucket; `mapping` names the event source mapping. */
const char *aftermath_batch_key(enum source_kind kind, const char *mapping, const struct aftermath_batch *batch, struct arena *a);

#endif
