/* queues: AWS::SQS::Queue. Sources: AWS CloudFormation Template Reference, "AWS::SQS::Queue"; Amazon SQS API Reference, "CreateQueue" (ranges);
 * Amazon SQS Developer Guide, "Amazon SQS FIFO queues", "Amazon SQS dead-letter queues". */
#ifndef SCENARIOS_READ_QUEUES_H
#define SCENARIOS_READ_QUEUES_H

#include "scenarios/read/resources.h"

/* The defaults of a queue that says nothing. */
struct queue_spec queue_default(const char *name, struct position at);

/* Reads the properties of a queue that is declared. */
void queue_read(struct reading *r, struct read_resource *resource);

/* A policy as a map: as written, or as JSON text. NULL with an error when it is neither; NULL when it is not there. */
const struct node *policy_map(struct reading *r, const struct node *properties, const char *name);

/* The queue of a policy's deadLetterTargetArn: {"deadLetterTargetArn": ARN}, as topics and rules have it too. */
struct target policy_dead_letter(struct reading *r, const struct node *policy, const char *sender);

/* What only shows when all queues are read: a FIFO queue's dead-letter queue is one too. */
void queues_check(struct reading *r);

const char *const *queue_property_names(size_t *count);

#endif
