#include "models/source/table.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Where the statuses come from:
 *
 * Invoke: Lambda API Reference, "Invoke": 429 TooManyRequestsException; a function error, a timeout included, is 200 with the header
 *   X-Amz-Function-Error.
 * Function URL: Lambda Developer Guide, "Creating and managing Lambda function URLs": 429 above the concurrency; "Monitoring Lambda
 *   function URLs": failed functions count in Url5xxCount; the 502 itself is what people observe.
 * REST API: API Gateway Developer Guide, "Set up Lambda proxy integrations": 502 for a failed function and for an answer of the wrong
 *   format; "Lambda errors" (services-apigateway-errors in the Lambda Developer Guide): 500 for a throttle, 504 at the integration
 *   timeout; "Amazon API Gateway quotas": 50 ms to 29 s, more for Regional and private APIs by a quota increase, at most what a function
 *   may run: 15 min.
 * HTTP API: API Gateway Developer Guide, "Quotas for HTTP APIs": 50 ms to 30 s; "Troubleshooting issues with HTTP API Lambda
 *   integrations": 500 {"message":"Internal Server Error"} for a failed function; 503 {"message":"Service Unavailable"} at a throttle
 *   and at 30 s as people observe.
 * Application Load Balancer: Elastic Load Balancing User Guide, "Lambda functions as targets" and "Troubleshoot your Application Load
 *   Balancers": 502 for a throttle, a failed function and an answer of the wrong form.
 * Lambda@Edge: CloudFront Developer Guide, "Quotas": 30 s; 503 for a throttle and a timeout, 502 for an error are what people observe.
 * Latency of the asynchronous sources and of queues: "Serverless messaging: latency compared" (bitesizedserverless.com, 2022, EventBridge
 *   2023), event to handler, median and p99. S3: S3 User Guide, "Amazon S3 Event Notifications": typically seconds, sometimes a minute or
 *   longer. Streams: what the table there shows is the poll period, which is simulated; what remains is the way into the shard.
 * Latency of the HTTP sources: D. Frasca, "The hidden serverless latency" (2022): 10 to 20 ms each, no clear order. Of a direct Invoke
 *   inside the Region no good table is public; several posts say 5 to 10 ms. Both are defaults to be declared better under Latency. */
static const char frasca[] = "D. Frasca, The hidden serverless latency (2022): 10-20 ms";
static const char messaging[] = "bitesizedserverless.com, Serverless messaging: latency compared (2022-2023)";
static const char gateway_like[] = "no figures found: as API Gateway (uncertain)";
static const char posts[] = "several posts: 5-10 ms inside the Region (uncertain)";

/* As long as the function runs, or nobody waits at all; there is nothing to configure. */
#define WAITS_FOR_EVER .wait_limit = SIMTIME_NEVER, .wait_limit_least = SIMTIME_NEVER, .wait_limit_most = SIMTIME_NEVER

static const struct source_type types[SOURCE_KINDS] = {
	[SOURCE_INVOKE] = {.name = "Invoke",
                           .service = "Lambda Invoke API",
                           WAITS_FOR_EVER,
                           .ok_status = 200,
                           .throttle_status = 429,
                           .error_status = 200,
                           .malformed_status = 200,
                           .timeout_status = 200,
                           .latency_median = 6 * SIMTIME_MS,
                           .latency_p99 = 30 * SIMTIME_MS,
                           .latency_source = posts},
	[SOURCE_API] = {.name = "Api",
                        .service = "API Gateway REST API",
                        .wait_limit = 29 * SIMTIME_SECOND,
                        .wait_limit_least = 50 * SIMTIME_MS,
                        .wait_limit_most = 15 * SIMTIME_MINUTE,
                        .ok_status = 200,
                        .throttle_status = 500,
                        .error_status = 502,
                        .malformed_status = 502,
                        .timeout_status = 502,
                        .wait_limit_status = 504,
                        .gateway_throttle_status = 429,
                        .gateway_throttle = true,
                        .http = true,
                        .latency_median = 10 * SIMTIME_MS,
                        .latency_p99 = 40 * SIMTIME_MS,
                        .latency_source = frasca},
	[SOURCE_HTTP_API] = {.name = "HttpApi",
                             .service = "API Gateway HTTP API",
                             .wait_limit = 30 * SIMTIME_SECOND,
                             .wait_limit_least = 50 * SIMTIME_MS,
                             .wait_limit_most = 30 * SIMTIME_SECOND,
                             .ok_status = 200,
                             .throttle_status = 503,
                             .error_status = 500,
                             .malformed_status = 500,
                             .timeout_status = 500,
                             .wait_limit_status = 503,
                             .gateway_throttle_status = 429,
                             .gateway_throttle = true,
                             .http = true,
                             .latency_median = 10 * SIMTIME_MS,
                             .latency_p99 = 40 * SIMTIME_MS,
                             .latency_source = frasca},
	[SOURCE_FUNCTION_URL] = {.name = "FunctionUrl",
                                 .service = "Lambda function URL",
                                 WAITS_FOR_EVER,
                                 .ok_status = 200,
                                 .throttle_status = 429,
                                 .error_status = 502,
                                 .malformed_status = 502,
                                 .timeout_status = 502,
                                 .http = true,
                                 .latency_median = 10 * SIMTIME_MS,
                                 .latency_p99 = 40 * SIMTIME_MS,
                                 .latency_source = frasca},
	[SOURCE_ALB] = {.name = "Alb",
                        .service = "Application Load Balancer",
                        WAITS_FOR_EVER,
                        .ok_status = 200,
                        .throttle_status = 502,
                        .error_status = 502,
                        .malformed_status = 502,
                        .timeout_status = 502,
                        .http = true,
                        .latency_median = 10 * SIMTIME_MS,
                        .latency_p99 = 40 * SIMTIME_MS,
                        .latency_source = gateway_like},
	[SOURCE_EDGE] = {.name = "LambdaEdge",
                         .service = "CloudFront",
                         .wait_limit = 30 * SIMTIME_SECOND,
                         .wait_limit_least = SIMTIME_NEVER,
                         .wait_limit_most = SIMTIME_NEVER,
                         .ok_status = 200,
                         .throttle_status = 503,
                         .error_status = 502,
                         .malformed_status = 502,
                         .timeout_status = 503,
                         .wait_limit_status = 503,
                         .http = true,
                         .latency_median = 10 * SIMTIME_MS,
                         .latency_p99 = 40 * SIMTIME_MS,
                         .latency_source = gateway_like},
	[SOURCE_INVOKE_EVENT] = {.name = "InvokeEvent",
                                 .service = "Lambda Invoke API",
                                 .mode = SOURCE_ASYNCHRONOUS,
                                 WAITS_FOR_EVER,
                                 .ok_status = 202,
                                 .latency_median = 6 * SIMTIME_MS,
                                 .latency_p99 = 30 * SIMTIME_MS,
                                 .latency_source = posts},
	[SOURCE_S3] = {.name = "S3",
                       .service = "Amazon S3",
                       .mode = SOURCE_ASYNCHRONOUS,
                       WAITS_FOR_EVER,
                       .ok_status = 202,
                       .latency_median = 700 * SIMTIME_MS,
                       .latency_p99 = 3 * SIMTIME_SECOND,
                       .latency_source = "S3 User Guide: typically seconds, sometimes a minute or longer (uncertain)"},
	[SOURCE_SNS] = {.name = "SNS",
                        .service = "Amazon SNS",
                        .mode = SOURCE_ASYNCHRONOUS,
                        WAITS_FOR_EVER,
                        .ok_status = 202,
                        .latency_median = 73 * SIMTIME_MS,
                        .latency_p99 = 225 * SIMTIME_MS,
                        .latency_source = messaging},
	[SOURCE_EVENT_BRIDGE] = {.name = "EventBridgeRule",
                                 .service = "Amazon EventBridge",
                                 .mode = SOURCE_ASYNCHRONOUS,
                                 WAITS_FOR_EVER,
                                 .ok_status = 202,
                                 .latency_median = 148 * SIMTIME_MS,
                                 .latency_p99 = 387 * SIMTIME_MS,
                                 .latency_source = messaging},
	[SOURCE_SCHEDULE] = {.name = "Schedule",
                             .service = "Amazon EventBridge",
                             .mode = SOURCE_ASYNCHRONOUS,
                             WAITS_FOR_EVER,
                             .ok_status = 202,
                             .latency_median = 148 * SIMTIME_MS,
                             .latency_p99 = 387 * SIMTIME_MS,
                             .latency_source = messaging},
	[SOURCE_SCHEDULER] = {.name = "ScheduleV2",
                              .service = "Amazon EventBridge Scheduler",
                              .mode = SOURCE_ASYNCHRONOUS,
                              WAITS_FOR_EVER,
                              .ok_status = 202,
                              .latency_median = 148 * SIMTIME_MS,
                              .latency_p99 = 387 * SIMTIME_MS,
                              .latency_source = "no figures found: as an EventBridge rule (uncertain)"},
	[SOURCE_CUSTOM_RESOURCE] = {.name = "CustomResource",
                                    .service = "AWS CloudFormation",
                                    .mode = SOURCE_ASYNCHRONOUS,
                                    WAITS_FOR_EVER,
                                    .ok_status = 202,
                                    .latency_median = 73 * SIMTIME_MS,
                                    .latency_p99 = 225 * SIMTIME_MS,
                                    .latency_source = "no figures found: as Amazon SNS, which carries it (uncertain)"},
	[SOURCE_SQS] = {.name = "SQS",
                        .service = "Amazon SQS",
                        .mode = SOURCE_POLLED,
                        WAITS_FOR_EVER,
                        .ok_status = 202,
                        .latency_median = 16 * SIMTIME_MS,
                        .latency_p99 = 105 * SIMTIME_MS,
                        .latency_source = messaging},
	[SOURCE_KINESIS] = {.name = "Kinesis",
                            .service = "Amazon Kinesis Data Streams",
                            .mode = SOURCE_POLLED,
                            WAITS_FOR_EVER,
                            .ok_status = 202,
                            .latency_median = 49 * SIMTIME_MS,
                            .latency_p99 = 109 * SIMTIME_MS,
                            .latency_source = messaging},
	[SOURCE_DYNAMODB] = {.name = "DynamoDB",
                             .service = "Amazon DynamoDB Streams",
                             .mode = SOURCE_POLLED,
                             WAITS_FOR_EVER,
                             .ok_status = 202,
                             .latency_median = 88 * SIMTIME_MS,
                             .latency_p99 = 300 * SIMTIME_MS,
                             .latency_source = "bitesizedserverless.com (2022) less half a poll period of 250 ms"},
};

const struct source_type *source_kind_of(enum source_kind kind)
{
	assert((unsigned)kind < SOURCE_KINDS);
	return &types[kind];
}

const struct source_type *source_kind_named(const char *name, enum source_kind *kind)
{
	for (size_t i = 0; i < SOURCE_KINDS; i++) {
		if (strcmp(types[i].name, name) == 0) {
			*kind = (enum source_kind)i;
			return &types[i];
		}
	}
	return NULL;
}

void source_latency_default(enum source_kind kind, struct distribution *out)
{
	const struct source_type *type = source_kind_of(kind);
	double median = (double)type->latency_median;
	*out = (struct distribution){.kind = DISTRIBUTION_LOGNORMAL, .a = median};
	out->b = distribution_lognormal_sigma(median, 0.99, (double)type->latency_p99);
}
