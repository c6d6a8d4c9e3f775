/* resource: what lies between functions: queues, topics, event buses, buckets, streams, and the event source mappings that read them. Built by
 * scenarios/read, then const. Property names and ranges are CloudFormation's; each struct names its pages.
 *
 * All strings live in the scenario's arena. A `struct target` says where an event goes next, so that everything that sends (a subscription, a
 * rule's target, a destination, a dead-letter queue, what a handler emits) sends in the same way. */
#ifndef MODELS_SPEC_RESOURCE_H
#define MODELS_SPEC_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/diagnostic.h"
#include "sim/distribution.h"
#include "sim/simtime.h"

/* --- where events go ------------------------------------------------------------------------------------------------------------- */

enum target_kind {
	TARGET_NONE,
	TARGET_FUNCTION, /* asynchronous invocation */
	TARGET_QUEUE,
	TARGET_TOPIC,
	TARGET_BUS,
	TARGET_BUCKET,
	TARGET_STREAM,
	TARGET_OUTSIDE, /* an ARN that is not in the template: delivered, and seen no more */
	TARGET_KINDS
};

struct target {
	enum target_kind kind;
	size_t index;     /* into the scenario's array of that kind; 0 for TARGET_NONE and TARGET_OUTSIDE */
	const char *name; /* logical ID, or the ARN as written */
};

/* --- how SNS and EventBridge deliver: Metadata.Weir. AWS promises nothing about how often a target's service refuses, nor says how much pauses
 * vary. ---------------------------------------------------------------------------------------------------------------------------------- */

#define DELIVERY_JITTER_DEFAULT 0.1

struct delivery_spec {
	double failure_rate; /* probability that one attempt to hand an event over fails and is repeated; 0 */
	double jitter;       /* a pause is up to this share shorter or longer, uniformly; DELIVERY_JITTER_DEFAULT */
};

/* --- queues: AWS::SQS::Queue; Amazon SQS Developer Guide, "Amazon SQS queue parameters", "Amazon SQS quotas" ---------------------- */

enum { QUEUE_RECEIVES_DEFAULT = 10 };      /* maxReceiveCount where RedrivePolicy has none */
enum { QUEUE_MESSAGE_MOST = 1024 * 1024 }; /* MaximumMessageSize where a queue has none */

struct queue_spec {
	const char *name; /* logical ID */
	struct position at;
	bool fifo;
	bool high_throughput;       /* FIFO: FifoThroughputLimit perMessageGroupId */
	bool content_deduplication; /* FIFO */
	simtime visibility;         /* 0 .. 12 h; 30 s */
	simtime delay;              /* 0 .. 900 s */
	simtime retention;          /* 60 s .. 14 d; 4 d */
	simtime receive_wait;       /* 0 .. 20 s; mappings always poll long */
	double send_rate; /* FIFO: SendMessage calls a second that are taken; 0: any number. Metadata.Weir; else the quota (models/poll/sendquota.h) */
	struct target dead_letter; /* RedrivePolicy: a queue, or outside */
	int max_receive_count;     /* 1 .. 1,000; 0 without a RedrivePolicy */
	double duplicate_rate;     /* share of messages of a standard queue that are delivered twice: Metadata.Weir; 0 */
	size_t message_most;       /* MaximumMessageSize in bytes; 0: QUEUE_MESSAGE_MOST */
};

/* --- streams: AWS::Kinesis::Stream, AWS::DynamoDB::Table with StreamSpecification ------------------------------------------------- */

enum stream_kind { STREAM_KINESIS, STREAM_DYNAMODB };

struct stream_spec {
	const char *name;
	struct position at;
	enum stream_kind kind;
	bool on_demand;
	int shards;           /* ShardCount; on-demand: 4 at the start; DynamoDB: partitions, 1 unless declared */
	simtime retention;    /* 24 h .. 8,760 h; DynamoDB: 24 h */
	const char *view;     /* DynamoDB: StreamViewType */
	const char *hash_key; /* DynamoDB: name of the partition key */
};

/* --- topics: AWS::SNS::Topic, AWS::SNS::Subscription ------------------------------------------------------------------------------ */

enum filter_scope { FILTER_ATTRIBUTES, FILTER_BODY };

struct filter_spec { /* JSON text of a pattern; where it stands */
	const char *text;
	size_t length;
	struct position at;
};

struct subscription_spec {
	struct target target;
	struct position at;
	bool has_filter;
	struct filter_spec filter;
	enum filter_scope scope;   /* FilterPolicyScope: MessageAttributes by default */
	bool raw;                  /* RawMessageDelivery */
	struct target dead_letter; /* RedrivePolicy: a queue, or outside */
};

struct topic_spec {
	const char *name;
	struct position at;
	bool fifo;
	const struct subscription_spec *subscriptions;
	size_t subscription_count;
	struct delivery_spec delivery;
};

/* --- event buses: AWS::Events::Rule, AWS::Events::EventBus; rules with a schedule are sources (models/spec/source.h) ---------------
 *
 * A schedule with several targets sends to a bus of its own name, whose one rule takes every event; so does one whose deliveries can fail
 * or whose event is transformed. */

struct input_variable {
	const char *name, *path; /* "instance", "$.detail.instance-id" */
};

/* InputTransformer. */
struct input_transformer {
	const struct input_variable *variables; /* InputPathsMap */
	size_t variable_count;
	const char *template; /* InputTemplate */
};

struct rule_target_spec {
	struct target target;
	simtime max_age; /* RetryPolicy.MaximumEventAgeInSeconds: 60 s .. 24 h; 24 h */
	int max_retries; /* RetryPolicy.MaximumRetryAttempts: 0 .. 185; 185 */
	struct target dead_letter;
	/* At most one of them is there. */
	const char *input;                           /* Input: constant text in the event's place; NULL */
	const char *input_path;                      /* InputPath: the part of the event that is handed on; NULL */
	const struct input_transformer *transformer; /* NULL */
};

struct rule_spec {
	const char *name;
	struct position at;
	bool disabled;
	struct filter_spec pattern;             /* text NULL: every event */
	const struct rule_target_spec *targets; /* at most 5 */
	size_t target_count;
};

struct bus_spec {
	const char *name; /* logical ID, "default", or a schedule's name */
	struct position at;
	const struct rule_spec *rules;
	size_t rule_count;
	struct delivery_spec delivery;
};

/* --- buckets: AWS::S3::Bucket NotificationConfiguration --------------------------------------------------------------------------- */

struct notification_spec {
	const char *event;           /* "s3:ObjectCreated:*" */
	const char *prefix, *suffix; /* NULL for any */
	struct target target;
	struct position at;
};

struct bucket_spec {
	const char *name;
	struct position at;
	const struct notification_spec *notifications;
	size_t notification_count;
	bool event_bridge; /* EventBridgeConfiguration: every event goes to the default bus too */
};

/* --- event source mappings: AWS::Lambda::EventSourceMapping; SAM's SQS, Kinesis and DynamoDB events --------------------------------- */

enum starting_position { STARTING_LATEST, STARTING_TRIM_HORIZON, STARTING_AT_TIMESTAMP };

/* How the default mode's pollers scale, as far as AWS does not say: Metadata.Weir. 0 each: the default of models/poll/sqs.h. */
struct scaling_spec {
	int start;           /* batches at once from the start: documented, and no promise */
	int low;             /* pollers that are left at very low traffic */
	int empty_polls;     /* empty long polls in a row before others of the first end */
	double growth_per_s; /* pollers more, on average, while messages wait */
	int step;            /* so many at a time */
	int floor;           /* concurrency that failures leave */
};

#define MAPPING_FOREVER (-1) /* MaximumRetryAttempts, MaximumRecordAgeInSeconds */

struct mapping_spec {
	const char *name; /* "Worker.Orders" (SAM: function.event), or the resource's logical ID */
	struct position at;
	struct target source; /* TARGET_QUEUE or TARGET_STREAM */
	size_t function;
	bool enabled;
	int batch_size;                    /* 10 for queues, 100 for streams */
	simtime window;                    /* MaximumBatchingWindowInSeconds; 0 */
	bool report_failures;              /* FunctionResponseTypes: ReportBatchItemFailures */
	const struct filter_spec *filters; /* FilterCriteria: any of them passes a record */
	size_t filter_count;
	/* Queues. */
	int max_concurrency;          /* ScalingConfig.MaximumConcurrency 2 .. 1,000; 0 for none */
	int min_pollers, max_pollers; /* ProvisionedPollerConfig; 0 for the default mode */
	struct scaling_spec scaling;
	/* Streams. */
	enum starting_position starting;
	simtime starting_time;   /* AT_TIMESTAMP, relative to the run's start; negative before it */
	int parallelization;     /* ParallelizationFactor 1 .. 10 */
	bool bisect;             /* BisectBatchOnFunctionError */
	int max_retries;         /* MaximumRetryAttempts, or MAPPING_FOREVER */
	simtime max_record_age;  /* SIMTIME_NEVER for none */
	simtime tumbling_window; /* 0 for none */
	bool enhanced_fan_out;   /* the mapping reads a registered consumer */
	struct target on_failure;
	/* Both: the pause before a batch is tried again, of a queue one that was throttled; doubling, not documented: Metadata.Weir. 0: 1 s, 60 s. */
	simtime retry_first, retry_most;
	double throttle_jitter; /* share of the pause after a throttle that is left to chance: Metadata.Weir; streams BACKOFF_JITTER_DEFAULT, queues 0 */
};

/* --- asynchronous invocation of a function: AWS::Lambda::EventInvokeConfig, EventInvokeConfiguration, DeadLetterConfig -------------- */

struct async_spec {
	int max_retries; /* MaximumRetryAttempts 0 .. 2; 2 */
	simtime max_age; /* MaximumEventAgeInSeconds 60 s .. 6 h; 6 h */
	struct target on_success, on_failure, dead_letter;
	bool recursion_allowed; /* RecursiveLoop: Allow */
	double duplicate_rate;  /* share of events that run twice without an error: Metadata.Weir; 0 */
	double throttle_jitter; /* share of the wait after a throttle that is left to chance while others wait: Metadata.Weir; BACKOFF_JITTER_DEFAULT */
	double destination_failure_rate; /* probability that a destination or the dead-letter queue refuses a record: Metadata.Weir; 0 */
};

/* --- keys and emissions: Metadata.Weir --------------------------------------------------------------------------------------------- */

enum key_kind { KEY_NONE, KEY_UNIFORM, KEY_ZIPF };

struct keys_spec { /* partition key, or message group: one of `count` */
	enum key_kind kind;
	uint32_t count;
	double exponent; /* zipf: weight of key k (from 1) is k^-exponent */
};

/* What one successful invocation sends on. */
struct emit_spec {
	struct target to;
	double count;    /* mean number an invocation; whole numbers are exact, the rest is a probability of one more */
	bool per_record; /* that many for each record of the batch */
	size_t payload;  /* into the scenario's payloads */
	struct keys_spec keys;
	struct position at;
};

#endif
