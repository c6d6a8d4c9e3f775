/* topics: AWS::SNS::Topic with its Subscription list, AWS::SNS::Subscription, and SAM's SNS events.
 * Sources: AWS CloudFormation Template Reference, "AWS::SNS::Topic", "AWS::SNS::Subscription"; AWS SAM Developer Guide, "SNS"; Amazon SNS
 * Developer Guide, "Message filtering", "FIFO topics", "Raw message delivery", "Dead-letter queues". */
#ifndef SCENARIOS_READ_TOPICS_H
#define SCENARIOS_READ_TOPICS_H

#include "scenarios/read/resources.h"

void topic_read(struct reading *r, struct read_resource *resource);

/* The AWS::SNS::Subscription resources; after all topics and queues are read. */
void subscriptions_read(struct reading *r);

/* A SAM event of the type SNS becomes a subscription; with SqsSubscription a queue and a mapping stand between. The source is filled. */
void topic_of_event(struct reading *r, struct read_source *s, const struct node *properties);

const char *const *topic_property_names(size_t *count);

#endif
