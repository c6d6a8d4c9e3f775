#include "models/money/service.h"

#define KINESIS "Amazon Kinesis Data Streams"

const struct service_price service_prices[SERVICE_ITEMS] = {
	[SERVICE_SQS] = {"Amazon SQS", "Requests (standard)", SERVICE_FREE_SQS},
	[SERVICE_SQS_FIFO] = {"Amazon SQS", "Requests (FIFO)", SERVICE_FREE_SQS},
	[SERVICE_SNS] = {"Amazon SNS", "Publishes", SERVICE_FREE_SNS},
	[SERVICE_SNS_FIFO] = {"Amazon SNS", "Publishes (FIFO)", SERVICE_FREE_NONE},
	[SERVICE_SNS_FIFO_DELIVERIES] = {"Amazon SNS", "Deliveries (FIFO)", SERVICE_FREE_NONE},
	[SERVICE_EVENTS] = {"Amazon EventBridge", "Custom events", SERVICE_FREE_NONE},
	[SERVICE_SCHEDULER] = {"Amazon EventBridge", "Scheduler invocations", SERVICE_FREE_SCHEDULER},
	[SERVICE_SHARD_HOURS] = {KINESIS, "Shard-hours", SERVICE_FREE_NONE},
	[SERVICE_PUT_UNITS] = {KINESIS, "PUT payload units", SERVICE_FREE_NONE},
	[SERVICE_RETENTION] = {KINESIS, "Extended retention", SERVICE_FREE_NONE},
	[SERVICE_FAN_OUT_HOURS] = {KINESIS, "Enhanced fan-out (consumer-shard-hours)", SERVICE_FREE_NONE},
	[SERVICE_FAN_OUT_GB] = {KINESIS, "Enhanced fan-out (data)", SERVICE_FREE_NONE},
	[SERVICE_STREAM_HOURS] = {KINESIS, "On-demand stream-hours", SERVICE_FREE_NONE},
	[SERVICE_GB_IN] = {KINESIS, "On-demand data in", SERVICE_FREE_NONE},
	[SERVICE_GB_OUT] = {KINESIS, "On-demand data out", SERVICE_FREE_NONE},
	[SERVICE_FAN_OUT_GB_ON_DEMAND] = {KINESIS, "On-demand enhanced fan-out (data)", SERVICE_FREE_NONE},
	[SERVICE_PUTS] = {"Amazon S3", "PUT requests", SERVICE_FREE_NONE},
	[SERVICE_POLLERS] = {"AWS Lambda", "Event poller units (SQS)", SERVICE_FREE_NONE},
	[SERVICE_VIEWER_FUNCTIONS] = {"Amazon CloudFront", "Function invocations", SERVICE_FREE_VIEWER_FUNCTIONS},
};

const struct service_free_part service_frees[SERVICE_FREES] = {
	[SERVICE_FREE_SQS] = {"Free tier (SQS requests)", 1e6},
	[SERVICE_FREE_SNS] = {"Free tier (SNS publishes)", 1e6},
	[SERVICE_FREE_SCHEDULER] = {"Free tier (Scheduler invocations)", 14e6},
	[SERVICE_FREE_VIEWER_FUNCTIONS] = {"Free tier (CloudFront Functions)", 2e6},
};
