/* service: what the services that events go through bill: requests, events, shard-hours. Prices stand in the price list (price.h).
 *
 * Sources: Amazon SQS pricing: every request, each 64 KB of payload as one, 1,000,000 a month free. Amazon SNS pricing: publishes, each 64 KB as
 * one (but to FIFO topics), 1,000,000 a month free; deliveries to Lambda and SQS free for standard topics. Amazon EventBridge pricing: custom events, each 64 KB as one; AWS's own events and
 * rules with a schedule free; Scheduler 14,000,000 invocations a month free. Amazon Kinesis Data Streams pricing: provisioned shard-hours
 * and PUT payload units of 25 KB, each record rounded up; on-demand stream-hours, GB in (each record rounded up to 1 KB) and out (not rounded); extended retention by shard-hour; enhanced fan-out. Amazon
 * S3 pricing: PUT requests. Amazon CloudFront pricing: invocations of CloudFront Functions, 2,000,000 a month free. AWS Lambda pricing: event poller units of provisioned mode. Amazon DynamoDB pricing: what Lambda reads from a stream is free.
 * Not modelled: storage, data transfer, what publishes to FIFO topics cost by the GB, deliveries over HTTP and to mobile devices, retention above 7 days,
 * SQS requests of consumers outside the template. */
#ifndef MODELS_MONEY_SERVICE_H
#define MODELS_MONEY_SERVICE_H

#include <stddef.h>
#include <stdint.h>

enum service_item {
	SERVICE_SQS,
	SERVICE_SQS_FIFO,
	SERVICE_SNS,
	SERVICE_SNS_FIFO,
	SERVICE_SNS_FIFO_DELIVERIES,
	SERVICE_EVENTS,
	SERVICE_SCHEDULER,
	SERVICE_SHARD_HOURS,
	SERVICE_PUT_UNITS,
	SERVICE_RETENTION,
	SERVICE_FAN_OUT_HOURS,
	SERVICE_FAN_OUT_GB,
	SERVICE_STREAM_HOURS,
	SERVICE_GB_IN,
	SERVICE_GB_OUT,
	SERVICE_FAN_OUT_GB_ON_DEMAND,
	SERVICE_PUTS,
	SERVICE_POLLERS,
	SERVICE_VIEWER_FUNCTIONS,
	SERVICE_ITEMS
};

/* Items that share a free part of each month. */
enum service_free {
	SERVICE_FREE_NONE,
	SERVICE_FREE_SQS,
	SERVICE_FREE_SNS,
	SERVICE_FREE_SCHEDULER,
	SERVICE_FREE_VIEWER_FUNCTIONS,
	SERVICE_FREES
};

/* In bytes. */
enum {
	SERVICE_PUT_UNIT = 25 * 1024,
	SERVICE_CHUNK = 64 * 1024, /* of SQS, SNS, EventBridge */
	SERVICE_DATA_IN = 1024     /* Kinesis on-demand */
};

/* Units that `bytes` are billed as; what is empty is one. */
static inline uint64_t service_units(uint64_t bytes, uint64_t unit)
{
	return bytes <= unit ? 1 : (bytes + unit - 1) / unit;
}

struct service_price {
	const char *service, *item; /* as in the price list */
	enum service_free free;
};
extern const struct service_price service_prices[SERVICE_ITEMS];

struct service_free_part {
	const char *line; /* "Free tier (SQS requests)" */
	double quantity;  /* a month */
};
extern const struct service_free_part service_frees[SERVICE_FREES];

/* How much of an item a resource used. */
struct service_use {
	enum service_item item;
	const char *resource; /* borrowed */
	double quantity;      /* at least 0 */
};

#endif
