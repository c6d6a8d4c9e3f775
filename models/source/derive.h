/* derive: contents: the form that a payload takes where it arrives first, and what it becomes on each way from there.
 *
 * A topic puts its Message into a notification, unless delivery is raw: then the text goes on, with the attributes. A bus hands on the whole event,
 * the target's Input, a part of the event or what is made of it (transform.h). What could not be delivered is put into a dead-letter queue: by a
 * topic as a queue would have got it, by a bus the event as it came with six attributes. A bucket tells of the object. A function's destinations get a record of the invocation, its dead-letter queue the event
 * itself with three attributes, a stream's on-failure destination a description of the batch.
 *
 * A content stands for all events that carry it, so what differs between them has the values of a sample: ids, times, sequence numbers, and in
 * records of failures the number of runs (all that are allowed), the size of a batch (1) and the error ("Exception").
 * An object whose payload names no key has one that the notification of the source's function takes, or else the bucket's first notification;
 * an event of a bus whose payload says neither source nor detail-type takes those that the source's rule, or else the first one, asks for.
 *
 * Same call, same bytes. */
#ifndef MODELS_SOURCE_DERIVE_H
#define MODELS_SOURCE_DERIVE_H

#include "models/invoke/content.h"
#include "models/source/envelope.h"
#include "models/spec/scenario.h"

enum derive_kind {
	DERIVE_SUBSCRIPTION, /* `of` topic, `part` subscription */
	DERIVE_REDRIVE,      /* likewise: to its dead-letter queue */
	DERIVE_RULE,         /* bus, rule, target */
	DERIVE_UNDELIVERED,  /* likewise: to its dead-letter queue */
	DERIVE_NOTIFICATION, /* bucket, notification */
	DERIVE_OBJECT_EVENT, /* bucket */
	DERIVE_SUCCESS,      /* function */
	DERIVE_FAILED,       /* function */
	DERIVE_EXPIRED,      /* function */
	DERIVE_DEAD_LETTER,  /* function */
	DERIVE_BATCH         /* mapping */
};

/* One way between two stations. */
struct derive_step {
	enum derive_kind kind;
	size_t of, part, target;
	struct target to;
};

/* Where a payload begins. */
struct derive_root {
	const struct source_spec *source; /* NULL: a function emits it */
	enum source_kind kind;
	struct target to; /* TARGET_NONE for synchronous sources */
};

/* What models/scenarios call the kind of source whose payloads a target takes. */
enum source_kind derive_kind_at(const struct scenario *s, struct target to);

/* The content of a payload (NULL, 0: none) where it arrives, into *out, whose name, slots, varies and entity are left alone. */
void derive_payload(const struct scenario *s, const struct derive_root *root, const char *text, size_t length, struct arena *a,
                    struct content *out);

/* Whether a way changes contents. */
bool derive_changes(const struct scenario *s, const struct derive_step *step);

/* What `from` becomes; origin is left alone, name is that of who makes it. */
void derive_content(const struct scenario *s, const struct derive_step *step, const struct content *from, struct arena *a,
                    struct content *out);

/* Whether what a content became is none that the way's target takes: larger than a queue's MaximumMessageSize, than 256 KiB for a topic (what
 * one without MaximumMessageSize takes), than 1 MiB for a bus or a function; to a function from a rule that transforms, no JSON.
 * Sources: Amazon SQS API Reference, "CreateQueue"; Amazon SNS Developer Guide, "Publishing large messages"; Amazon EventBridge API
 * Reference, "PutEvents"; Lambda Developer Guide, "Lambda quotas". Always false for what a bucket or a mapping tells: that is small. */
bool derive_refused(const struct scenario *s, const struct derive_step *step, const struct content *became);

/* A record of this content for models/source/envelope.h: sample identity, times 0. */
struct envelope_record derive_record(const struct content *c);

#endif
