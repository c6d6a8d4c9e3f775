/* mappings: event source mappings: AWS::Lambda::EventSourceMapping, and SAM's events of the types SQS, Kinesis and DynamoDB.
 *
 * Which property is allowed for which source, and in which range: Lambda API Reference, "CreateEventSourceMapping"; Lambda Developer Guide,
 * "How Lambda processes records from stream and queue-based event sources", "Configuring scaling behavior for SQS event source
 * mappings", "Creating and configuring an Amazon SQS event source mapping". */
#ifndef SCENARIOS_READ_MAPPINGS_H
#define SCENARIOS_READ_MAPPINGS_H

#include "scenarios/read/reading.h"

/* A SAM event of one of the three types becomes a mapping; the source is filled. */
void mapping_of_event(struct reading *r, struct read_source *s, const struct node *properties);

/* The mapping behind an SNS event with SqsSubscription: `properties` is its value, true or a map with BatchSize and Enabled. */
void mapping_of_queue(struct reading *r, const struct read_source *s, struct target queue, const struct node *properties);

/* An AWS::Lambda::EventSourceMapping. One that reads what is not modelled (Kafka, MQ, DocumentDB) is a source that is refused when it
 * has traffic. */
void mapping_of_resource(struct reading *r, const struct node_pair *resource);

/* What AWS refuses, and what does not fit together, once queues and functions are known: timeouts against visibility timeouts. Notes when
 * `careful` only. */
void mappings_check(struct reading *r);

const char *const *mapping_property_names(size_t *count);

#endif
