/* streams: AWS::Kinesis::Stream, and the streams of AWS::DynamoDB::Table, AWS::DynamoDB::GlobalTable and AWS::Serverless::SimpleTable.
 * Sources: AWS CloudFormation Template Reference, "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"; Amazon Kinesis Data Streams Developer Guide,
 * "Quotas and limits", "Choose the right mode" (on-demand streams begin with four shards); Amazon DynamoDB Developer Guide, "Change
 * data capture for DynamoDB Streams". */
#ifndef SCENARIOS_READ_STREAMS_H
#define SCENARIOS_READ_STREAMS_H

#include "scenarios/read/resources.h"

/* The largest number of shards. Source: Kinesis Data Streams Developer Guide, "Quotas and limits": 20,000 in the largest Regions. */
enum { STREAM_SHARDS_MAX = 20000 };

/* A provisioned stream of one shard. */
struct stream_spec stream_default(const char *name, struct position at);

void stream_read(struct reading *r, struct read_resource *resource);
void table_read(struct reading *r, struct read_resource *resource);

const char *const *stream_property_names(size_t *count);

#endif
