/* place: where events come from, in the words of a scenario: the `struct envelope_place` of its queues, streams, topics and buckets. Names are
 * logical IDs, as everywhere in results; those of FIFO queues and topics end in `.fifo`, as AWS demands. */
#ifndef MODELS_SOURCE_PLACE_H
#define MODELS_SOURCE_PLACE_H

#include "models/source/envelope.h"
#include "models/spec/scenario.h"

/* The queue or stream that a mapping reads, for the function that it invokes; the kind of source goes to *kind. Not for a mapping of
 * something outside the template. Windows are the caller's: out->window is NULL. */
void place_of_mapping(const struct scenario *s, const struct mapping_spec *mapping, struct arena *a, struct envelope_place *out,
                      enum source_kind *kind);

/* A source of the workload, as its own events have it: its route, or its resource. */
void place_of_source(const struct scenario *s, const struct source_spec *source, struct envelope_place *out);

/* A topic, and what it sends to: `to` may be a function or anything else. */
void place_of_topic(const struct scenario *s, size_t topic, struct target to, struct arena *a, struct envelope_place *out);

/* A bucket's notification, or (NULL) the bucket as the event bus hears of it. */
void place_of_bucket(const struct scenario *s, size_t bucket, const struct notification_spec *notification,
                     struct envelope_place *out);

#endif
