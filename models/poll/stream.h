/* stream: a Kinesis data stream or a DynamoDB table's stream, with the event source mappings that read it.
 *
 * Writing. A record belongs to the shard of its partition key (partition.h). A Kinesis shard takes 1 MB and 1,000 records a second, with a
 * second's worth at once; what is above that is refused (ProvisionedThroughputExceededException): the record is lost here, because what its
 * producer does then is not modelled. On-demand streams begin with 4 shards and double up to twice their peak. DynamoDB's writes are limited by
 * the table's capacity, which is not modelled.
 * Source: Amazon Kinesis Data Streams Developer Guide, "Quotas and limits", "Choose the data stream capacity mode".
 *
 * Reading: shard.h. Several mappings may read a stream, each at its own pace. A record is kept until all of them are past it or its retention
 * is over. It ends as the worst that happened to it: processed by all that wanted it; kept in a mapping's on-failure destination; dropped when
 * the tries of a batch were used up; expired. Filtered: no mapping wanted it (FilterCriteria, or a StartingPosition after it). A stream that no
 * enabled mapping reads keeps nothing: its readers are outside of the template, and a record is delivered when it is written.
 *
 * A stream is empty when the run begins, so that LATEST and TRIM_HORIZON are the same; AT_TIMESTAMP leaves out what was written before.
 *
 * On-demand scaling (Kinesis): room for twice the peak, over whole minutes, of the last 30 days; a stream whose peak is above half of its
 * shards gets twice as many 15 minutes later: each shard is closed and split into two. Of children a mapping reads nothing before it has read
 * all of the parent. The documents promise room for double the previous peak and that throttling may occur when traffic more than doubles within
 * 15 minutes; that the growth comes as a doubling, and when, is inferred from that.
 *
 * Figures are the sums over the stream's mappings; their names are CloudWatch's: of AWS/Kinesis for the stream, of AWS/Lambda for the mappings
 * (IteratorAge; EventCount metrics). BlockedShards counts shards on which a mapping tries a batch again. */
#ifndef MODELS_POLL_STREAM_H
#define MODELS_POLL_STREAM_H

#include "models/invoke/station.h"

extern const struct station_ops station_stream;

#endif
