/* buckets: AWS::S3::Bucket's NotificationConfiguration and SAM's S3 events.
 * Sources: AWS CloudFormation Template Reference, "AWS::S3::Bucket NotificationConfiguration"; Amazon S3 User Guide, "Supported event types for
 * SQS, SNS, and Lambda", "Configuring event notifications using object key name filtering" (what overlaps is refused). */
#ifndef SCENARIOS_READ_BUCKETS_H
#define SCENARIOS_READ_BUCKETS_H

#include "scenarios/read/resources.h"

void bucket_read(struct reading *r, struct read_resource *resource);

/* The notifications of all buckets of the template; after all other resources are read. */
void notifications_read(struct reading *r);

/* A SAM event of the type S3 becomes a notification of its bucket; the source is filled. */
void bucket_of_event(struct reading *r, struct read_source *s, const struct node *properties);

/* Two notifications of a bucket may not be about the same object. Called when all are known. */
void notifications_check(struct reading *r);

#endif
