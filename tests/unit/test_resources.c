/* What lies between functions: queues, topics, buses, buckets and streams, and what values point to. */
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

/* A template of a function F (5 s) and `resources`, read for `check`. */
static struct fixture_read checked(const char *resources)
{
	char *text = memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                           "Resources:\n"
	                           "  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
	                           "%s\n"
	                           "Metadata: {Weir: {Functions: {F: {Duration: 1ms}}}}\n",
	                           resources);
	struct fixture_read f = fixture_read_check(text);
	memory_free(text);
	return f;
}

static void says(const char *resources, const char *expected)
{
	struct fixture_read f = checked(resources);
	fixture_read_expect(&f, expected);
	fixture_read_end(&f);
}

static void clean(const char *resources)
{
	struct fixture_read f = checked(resources);
	fixture_read_expect_clean(&f);
	fixture_read_end(&f);
}

/* The same, read for `run`; the scenario must be there. */
static struct fixture_read plan(const char *resources)
{
	char *text = memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                           "Resources:\n"
	                           "  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5}}\n"
	                           "%s\n"
	                           "Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: F, Arrivals: 1/s}]}}\n",
	                           resources);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	memory_free(text);
	return f;
}

/* --- queues ----------------------------------------------------------------------------------------------------------------------- */

START_TEST(queue_defaults)
{
	struct fixture_read f = plan("  Q: {Type: AWS::SQS::Queue}");
	ck_assert_uint_eq(f.scenario->queue_count, 1);
	const struct queue_spec *q = &f.scenario->queues[0];
	ck_assert_str_eq(q->name, "Q");
	ck_assert_int_eq(q->at.line, 4);
	ck_assert(!q->fifo && !q->high_throughput && !q->content_deduplication);
	ck_assert_int_eq(q->visibility, 30 * SIMTIME_SECOND);
	ck_assert_int_eq(q->delay, 0);
	ck_assert_int_eq(q->retention, 4 * SIMTIME_DAY);
	ck_assert_int_eq(q->receive_wait, 0);
	ck_assert_int_eq(q->dead_letter.kind, TARGET_NONE);
	ck_assert_int_eq(q->max_receive_count, 0);
	fixture_read_end(&f);
}
END_TEST

START_TEST(queue_properties)
{
	struct fixture_read f = plan(
		"  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 0, DelaySeconds: '900', MessageRetentionPeriod: 60,\n"
		"    ReceiveMessageWaitTimeSeconds: 20, RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 1000}}}\n"
		"  D: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: '{\"deadLetterTargetArn\": \"arn:aws:sqs:us-east-1:1:far\"}'}}\n"
		"  H: {Type: AWS::SQS::Queue, Properties: {QueueName: h.fifo, FifoQueue: true, ContentBasedDeduplication: true,\n"
		"    DeduplicationScope: messageGroup, FifoThroughputLimit: perMessageGroupId}}");
	const struct queue_spec *q = f.scenario->queues;
	ck_assert_int_eq(q[0].visibility, 0);
	ck_assert_int_eq(q[0].delay, 900 * SIMTIME_SECOND);
	ck_assert_int_eq(q[0].retention, SIMTIME_MINUTE);
	ck_assert_int_eq(q[0].receive_wait, 20 * SIMTIME_SECOND);
	ck_assert_int_eq(q[0].dead_letter.kind, TARGET_QUEUE);
	ck_assert_uint_eq(q[0].dead_letter.index, 1);
	ck_assert_int_eq(q[0].max_receive_count, 1000);
	ck_assert_int_eq(q[1].dead_letter.kind, TARGET_OUTSIDE);
	ck_assert_str_eq(q[1].dead_letter.name, "arn:aws:sqs:us-east-1:1:far");
	ck_assert_int_eq(q[1].max_receive_count, QUEUE_RECEIVES_DEFAULT);
	ck_assert(q[2].fifo && q[2].high_throughput && q[2].content_deduplication);
	fixture_read_end(&f);
}
END_TEST

START_TEST(queue_refusals)
{
	static const struct {
		const char *properties, *says;
	} rows[] = {
		{"VisibilityTimeout: 43201", ":4:62 error limit/queue VisibilityTimeout must be 0 to 43200 s, not 43201"},
		{"VisibilityTimeout: -1", "error limit/queue VisibilityTimeout must be 0 to 43200 s"},
		{"DelaySeconds: 901", "error limit/queue DelaySeconds must be 0 to 900 s"},
		{"MessageRetentionPeriod: 59", "error limit/queue MessageRetentionPeriod must be 60 to 1209600 s"},
		{"MaximumMessageSize: 1048577", "error limit/queue MaximumMessageSize must be 1024 to 1048576 bytes"},
		{"ReceiveMessageWaitTimeSeconds: 21", "error limit/queue ReceiveMessageWaitTimeSeconds must be 0 to 20 s"},
		{"VisibilityTimout: 5", "error template/property 'VisibilityTimout' is no property of AWS::SQS::Queue"},
		{"FifoQueue: true, QueueName: orders", ":4:71 error limit/queue the name of a FIFO queue ends with .fifo"},
		{"QueueName: orders.fifo", "error limit/queue only a FIFO queue's name ends with .fifo"},
		{"FifoQueue: maybe", "error read/type FifoQueue must be true or false, not maybe"},
		{"ContentBasedDeduplication: true", "error limit/queue ContentBasedDeduplication is for FIFO queues; Q is none"},
		{"FifoQueue: true, FifoThroughputLimit: perMessageGroupId", "needs DeduplicationScope: messageGroup"},
		{"FifoQueue: true, FifoThroughputLimit: fast", "FifoThroughputLimit cannot be 'fast'"},
		{"RedrivePolicy: {maxReceiveCount: 3}", "error limit/redrive a RedrivePolicy needs deadLetterTargetArn"},
		{"RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 0}",
	         "error limit/redrive maxReceiveCount must be 1 to 1000, not 0"},
		{"RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 1001}", "must be 1 to 1000"},
		{"RedrivePolicy: {deadLetterTargetArn: !GetAtt F.Arn}",
	         ":4:80 error limit/redrive a RedrivePolicy takes an SQS queue, not a Lambda function"},
		{"RedrivePolicy: {deadLetterTargetArn: !Ref D}",
	         "error template/arn a RedrivePolicy needs a queue's ARN; this is its URL = !GetAtt D.Arn"},
		{"RedrivePolicy: 'not json'", "RedrivePolicy must be a map, or a text that holds JSON, not such a text"},
		{"RedrivePolicy: [1]", "RedrivePolicy must be a map, or a text that holds JSON, not a list"},
		{"FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn}",
	         "error limit/redrive the dead-letter queue of a FIFO queue must be a FIFO queue too; D is not"},
		{"RedrivePolicy: {deadLetterTargetArn: !GetAtt E.Arn}",
	         "the dead-letter queue of a standard queue must be a standard queue too; E is not"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = memory_format("  Q: {Type: AWS::SQS::Queue, Properties: {%s}}\n"
		                           "  D: {Type: AWS::SQS::Queue}\n"
		                           "  E: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}",
		                           rows[i].properties);
		says(text, rows[i].says);
		memory_free(text);
	}
}
END_TEST

/* --- what values point to --------------------------------------------------------------------------------------------------------------- */

/* The dead-letter queue of Q, as `arn` is resolved. */
static struct target pointed(const char *arn, char *name)
{
	char *text = memory_format("  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: %s}}}\n"
	                           "  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead-letters}}\n"
	                           "  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: dead-letters,\n"
	                           "    StreamSpecification: {StreamViewType: KEYS_ONLY}}}",
	                           arn);
	struct fixture_read f = plan(text);
	struct target t = f.scenario->queues[0].dead_letter;
	snprintf(name, 100, "%s", t.name);
	fixture_read_end(&f);
	memory_free(text);
	return t;
}

START_TEST(targets_by_every_spelling)
{
	static const char *const inside[] = {
		"!GetAtt Dead.Arn",
		"{'Fn::GetAtt': [Dead, Arn]}",
		"!Sub '${Dead.Arn}'",
		"!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Dead.QueueName}'",
		"!Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:dead-letters'",
		"!Join [':', [arn, aws, sqs, !Ref 'AWS::Region', !Ref 'AWS::AccountId', dead-letters]]",
		"arn:aws:sqs:us-east-1:123456789012:dead-letters",
		"!Sub ['${Where}', {Where: !GetAtt Dead.Arn}]",
	};
	static const struct {
		const char *arn, *name;
	} outside[] = {
		{"arn:aws:sqs:us-east-1:123456789012:other", "arn:aws:sqs:us-east-1:123456789012:other"},
		{"arn:aws:sqs:us-east-1:999999999999:dead-letters", "arn:aws:sqs:us-east-1:999999999999:dead-letters"},
		{"!ImportValue SharedQueue", "Fn::ImportValue SharedQueue"},
		{"{'Fn::ImportValue': !Sub 'a'}", "Fn::ImportValue"},
	};
	char name[100];
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
		struct target t = pointed(inside[i], name);
		ck_assert_msg(t.kind == TARGET_QUEUE && t.index == 1, "%s is %s", inside[i], name);
		ck_assert_str_eq(name, "Dead");
	}
	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
		struct target t = pointed(outside[i].arn, name);
		ck_assert_msg(t.kind == TARGET_OUTSIDE, "%s is %s", outside[i].arn, name);
		ck_assert_str_eq(name, outside[i].name);
	}
}
END_TEST

/* --- topics -------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(topics_and_subscriptions)
{
	struct fixture_read f = plan(
		"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn},\n"
		"    {Protocol: email, Endpoint: a@b.c}]}}\n"
		"  Q: {Type: AWS::SQS::Queue}\n"
		"  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn,\n"
		"    FilterPolicy: {store: [{prefix: a}], n: [1, true, null, '5']}, RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}}}\n"
		"  B: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !GetAtt T.TopicArn, Protocol: sqs, Endpoint: !GetAtt Q.Arn,\n"
		"    RawMessageDelivery: true, FilterPolicyScope: MessageBody, FilterPolicy: '{\"a\": {\"b\": [1]}}'}}");
	const struct topic_spec *t = f.scenario->topics;
	ck_assert_uint_eq(f.scenario->topic_count, 1);
	ck_assert_uint_eq(t->subscription_count, 4);
	ck_assert_int_eq(t->subscriptions[0].target.kind, TARGET_QUEUE);
	ck_assert(!t->subscriptions[0].has_filter && !t->subscriptions[0].raw);
	ck_assert_int_eq(t->subscriptions[1].target.kind, TARGET_OUTSIDE);
	ck_assert_str_eq(t->subscriptions[1].target.name, "a@b.c");
	ck_assert_int_eq(t->subscriptions[2].target.kind, TARGET_FUNCTION);
	ck_assert(t->subscriptions[2].has_filter);
	ck_assert_int_eq(t->subscriptions[2].scope, FILTER_ATTRIBUTES);
	ck_assert_str_eq(t->subscriptions[2].filter.text, "{\"store\":[{\"prefix\":\"a\"}],\"n\":[1,true,null,\"5\"]}");
	ck_assert_int_eq(t->subscriptions[2].dead_letter.kind, TARGET_QUEUE);
	ck_assert(t->subscriptions[3].raw);
	ck_assert_int_eq(t->subscriptions[3].scope, FILTER_BODY);
	ck_assert_str_eq(t->subscriptions[3].filter.text, "{\"a\": {\"b\": [1]}}");
	ck_assert_uint_eq(t->subscriptions[3].filter.length, 17);
	fixture_read_end(&f);
}
END_TEST

START_TEST(topic_refusals)
{
	static const struct {
		const char *resources, *says;
	} rows[] = {
		{"  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, TopicName: t}}",
	         "error limit/topic the name of a FIFO topic ends with .fifo; 't' does not"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t.fifo}}", "'t.fifo' needs FifoTopic: true"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {ContentBasedDeduplication: true}}",
	         "ContentBasedDeduplication is for FIFO topics; T is none"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Endpoint: x}]}}",
	         ":4:58 error limit/subscription a subscription needs a Protocol"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqss, Endpoint: x}]}}",
	         "Protocol cannot be 'sqss'"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}}",
	         "error limit/subscription the FIFO topic T delivers to SQS queues only"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}\n"
	         "  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}",
	         "a FIFO queue subscribes to FIFO topics only: Q is FIFO, T is not"},
		{"  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt F.Arn}]}}",
	         "a subscription with the protocol sqs takes an SQS queue, not a Lambda function"},
		{"  T: {Type: AWS::SNS::Topic}\n"
	         "  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn, "
	         "RawMessageDelivery: true}}",
	         ":5:3 error limit/subscription RawMessageDelivery is for the protocols sqs, http, https and firehose, not lambda"},
		{"  S: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn}}",
	         "S needs a TopicArn"},
		{"  T: {Type: AWS::SNS::Topic}\n"
	         "  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn, "
	         "FilterPolicy: {a: b}}}",
	         ":5:125 error limit/pattern FilterPolicy: "},
		{"  T: {Type: AWS::SNS::Topic}\n"
	         "  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn, "
	         "FilterPolicy: {a: [1], b: [1], c: [1], d: [1], e: [1], f: [1]}}}",
	         "error limit/pattern FilterPolicy: "},
		{"  T: {Type: AWS::SNS::Topic}\n"
	         "  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn, "
	         "FilterPolicyScope: Body}}",
	         "FilterPolicyScope cannot be 'Body'"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		says(rows[i].resources, rows[i].says);
	clean("  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}\n"
	      "  Q: {Type: AWS::SQS::Queue}");
}
END_TEST

/* --- buses ------------------------------------------------------------------------------------------------------------------------------------ */

START_TEST(buses_and_rules)
{
	struct fixture_read f = plan(
		"  B: {Type: AWS::Events::EventBus, Properties: {Name: orders}}\n"
		"  R: {Type: AWS::Events::Rule, Properties: {EventBusName: !Ref B, EventPattern: {source: [my.app]}, Targets: [\n"
		"    {Id: a, Arn: !GetAtt F.Arn, Input: '{\"x\": 1}', RetryPolicy: {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60}},\n"
		"    {Id: b, Arn: !GetAtt Q.Arn, DeadLetterConfig: {Arn: !GetAtt Q.Arn}}]}}\n"
		"  Q: {Type: AWS::SQS::Queue}\n"
		"  P: {Type: AWS::Events::Rule, Properties: {EventPattern: '{\"source\": [\"a\"]}', State: DISABLED, Targets: []}}");
	ck_assert_uint_eq(f.scenario->bus_count, 2);
	const struct bus_spec *b = f.scenario->buses;
	ck_assert_str_eq(b[0].name, "B");
	ck_assert_uint_eq(b[0].rule_count, 1);
	ck_assert_str_eq(b[0].rules[0].name, "R");
	ck_assert_str_eq(b[0].rules[0].pattern.text, "{\"source\":[\"my.app\"]}");
	ck_assert_uint_eq(b[0].rules[0].target_count, 2);
	const struct rule_target_spec *t = b[0].rules[0].targets;
	ck_assert_int_eq(t[0].target.kind, TARGET_FUNCTION);
	ck_assert_str_eq(t[0].input, "{\"x\": 1}");
	ck_assert_int_eq(t[0].max_retries, 0);
	ck_assert_int_eq(t[0].max_age, SIMTIME_MINUTE);
	ck_assert_int_eq(t[1].target.kind, TARGET_QUEUE);
	ck_assert_int_eq(t[1].max_retries, 185);
	ck_assert_int_eq(t[1].max_age, SIMTIME_DAY);
	ck_assert_int_eq(t[1].dead_letter.kind, TARGET_QUEUE);
	ck_assert_str_eq(b[1].name, "default");
	ck_assert(b[1].rules[0].disabled);
	fixture_read_end(&f);
}
END_TEST

START_TEST(rule_refusals)
{
	static const struct {
		const char *resources, *says;
	} rows[] = {
		{"  R: {Type: AWS::Events::Rule, Properties: {Targets: []}}",
	         "error limit/rule the rule R needs an EventPattern or a ScheduleExpression"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: x}}}",
	         ":4:59 error limit/pattern EventPattern: "},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: '{\"source\": 5}'}}",
	         "error limit/pattern EventPattern: "},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Id: a}]}}",
	         "error limit/rule a rule's target needs an Arn"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a}, {Arn: b}, {Arn: c}, "
	         "{Arn: d}, {Arn: e}, {Arn: f}]}}",
	         "error limit/rule a rule has at most 5 targets, not 6"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, RetryPolicy: "
	         "{MaximumRetryAttempts: 186}}]}}",
	         "error limit/rule MaximumRetryAttempts must be 0 to 185, not 186"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, RetryPolicy: "
	         "{MaximumEventAgeInSeconds: 59}}]}}",
	         "error limit/rule MaximumEventAgeInSeconds must be 60 to 86400 s, not 59"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, DeadLetterConfig: {Arn: "
	         "!GetAtt F.Arn}}]}}",
	         "a DeadLetterConfig takes an SQS queue, not a Lambda function"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: !GetAtt Q.Arn}]}}\n"
	         "  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}",
	         "the FIFO queue Q as a target needs SqsParameters with MessageGroupId"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, InputPath: detail}]}}",
	         "warning limit/rule 'detail' is no JSON path that EventBridge follows, such as $.detail.items[0].id: it finds nothing"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, InputPath: $.detail, "
	         "Input: '{}'}]}}",
	         "error limit/rule a target has one of Input, InputPath and InputTransformer, not several"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, InputTransformer: {}}]}}",
	         "error limit/rule an InputTransformer needs an InputTemplate"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, InputTransformer: "
	         "{InputTemplate: '\"<a>\"'}}]}}",
	         "error limit/rule InputTemplate contains the variable <a>, which InputPathsMap does not define"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Arn: a, InputTransformer: "
	         "{InputPathsMap: {a: x}, InputTemplate: '\"<a>\"'}}]}}",
	         "warning limit/rule 'x' is no JSON path that EventBridge follows, such as $.detail.items[0].id: it finds nothing"},
		{"  R: {Type: AWS::Events::Rule, Properties: {EventBusName: !Ref B, ScheduleExpression: rate(1 day)}}\n"
	         "  B: {Type: AWS::Events::EventBus, Properties: {Name: b}}",
	         "error limit/rule scheduled rules are on the default event bus only"},
		{"  B: {Type: AWS::Events::EventBus}", "error limit/bus an event bus needs a Name"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		says(rows[i].resources, rows[i].says);
}
END_TEST

/* --- buckets ---------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(buckets_and_notifications)
{
	struct fixture_read f = plan(
		"  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {},\n"
		"    LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn,\n"
		"      Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}, {Name: Suffix, Value: .jpg}]}}}],\n"
		"    QueueConfigurations: [{Event: 's3:ObjectRemoved:Delete', Queue: !GetAtt Q.Arn}],\n"
		"    TopicConfigurations: [{Event: 's3:LifecycleTransition', Topic: !Ref T}]}}}\n"
		"  Q: {Type: AWS::SQS::Queue}\n"
		"  T: {Type: AWS::SNS::Topic}\n"
		"  C: {Type: AWS::S3::Bucket}");
	const struct bucket_spec *b = f.scenario->buckets;
	ck_assert_uint_eq(f.scenario->bucket_count, 2);
	ck_assert(b[0].event_bridge && !b[1].event_bridge);
	ck_assert_uint_eq(b[0].notification_count, 3);
	ck_assert_str_eq(b[0].notifications[0].event, "s3:ObjectCreated:*");
	ck_assert_str_eq(b[0].notifications[0].prefix, "in/");
	ck_assert_str_eq(b[0].notifications[0].suffix, ".jpg");
	ck_assert_int_eq(b[0].notifications[1].target.kind, TARGET_QUEUE);
	ck_assert_ptr_null(b[0].notifications[1].prefix);
	ck_assert_int_eq(b[0].notifications[2].target.kind, TARGET_TOPIC);
	ck_assert_uint_eq(f.scenario->bus_count, 1);
	ck_assert_str_eq(f.scenario->buses[0].name, "default");
	fixture_read_end(&f);
}
END_TEST

/* Two notifications of one bucket: A and B's events, prefixes and suffixes; whether S3 refuses them. */
START_TEST(overlapping_notifications)
{
	static const struct {
		const char *first, *first_rules, *second, *second_rules;
		bool refused;
	} rows[] = {
		{"s3:ObjectCreated:*", "", "s3:ObjectCreated:Put", "", true},
		{"s3:ObjectCreated:Put", "", "s3:ObjectCreated:Post", "", false},
		{"s3:ObjectCreated:Put", "", "s3:ObjectCreated:Put", "", true},
		{"s3:ObjectCreated:*", "", "s3:ObjectRemoved:*", "", false},
		{"s3:ObjectCreated:*", "{Name: prefix, Value: a}", "s3:ObjectCreated:*", "{Name: prefix, Value: b}", false},
		{"s3:ObjectCreated:*", "{Name: prefix, Value: a}", "s3:ObjectCreated:*", "{Name: prefix, Value: ab}", true},
		{"s3:ObjectCreated:*", "{Name: prefix, Value: a}", "s3:ObjectCreated:*", "", true},
		{"s3:ObjectCreated:*", "{Name: suffix, Value: .jpg}", "s3:ObjectCreated:*", "{Name: suffix, Value: .png}", false},
		{"s3:ObjectCreated:*", "{Name: suffix, Value: g}", "s3:ObjectCreated:*", "{Name: suffix, Value: .png}", true},
		{"s3:ObjectCreated:*", "{Name: prefix, Value: a}", "s3:ObjectCreated:*", "{Name: suffix, Value: .png}", true},
		{"s3:ObjectCreated:*", "{Name: prefix, Value: a}, {Name: suffix, Value: x}", "s3:ObjectCreated:*",
	         "{Name: prefix, Value: a}, {Name: suffix, Value: y}", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *filters[2];
		for (int k = 0; k < 2; k++) {
			const char *rules = k ? rows[i].second_rules : rows[i].first_rules;
			filters[k] = *rules ? memory_format(", Filter: {S3Key: {Rules: [%s]}}", rules) : memory_string("");
		}
		char *text = memory_format("  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {\n"
		                           "    LambdaConfigurations: [{Event: '%s', Function: !GetAtt F.Arn%s}],\n"
		                           "    QueueConfigurations: [{Event: '%s', Queue: arn:aws:sqs:us-east-1:1:q%s}]}}}",
		                           rows[i].first, filters[0], rows[i].second, filters[1]);
		if (rows[i].refused)
			says(text, ":6:35 error limit/notification B: this overlaps with the notification in line 5");
		else
			clean(text);
		memory_free(text);
		memory_free(filters[0]);
		memory_free(filters[1]);
	}
}
END_TEST

START_TEST(notification_refusals)
{
	static const struct {
		const char *configuration, *says;
	} rows[] = {
		{"LambdaConfigurations: [{Event: 's3:ObjectCreate:*', Function: !GetAtt F.Arn}]",
	         "error limit/notification 's3:ObjectCreate:*' is no event of Amazon S3 = did you mean 's3:ObjectCreated:*'?"},
		{"LambdaConfigurations: [{Function: !GetAtt F.Arn}]", "a LambdaConfiguration needs Event and Function"},
		{"QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Q.Arn}]",
	         "a QueueConfiguration takes no FIFO queue or topic: Q is one"},
		{"TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !GetAtt Q.Arn}]",
	         "a TopicConfiguration takes an SNS topic, not an SQS queue"},
		{"LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn, Filter: {S3Key: {Rules: [{Name: middle, "
	         "Value: x}]}}}]",
	         "a rule's Name is prefix or suffix, not middle"},
		{"LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn, Filter: {S3Key: {Rules: [{Name: prefix, "
	         "Value: x}, {Name: Prefix, Value: y}]}}}]",
	         "there is one Prefix a Filter"},
		{"LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn, Filter: {}}]",
	         "a Filter needs S3Key with Rules"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = memory_format("  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {%s}}}\n"
		                           "  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}",
		                           rows[i].configuration);
		says(text, rows[i].says);
		memory_free(text);
	}
}
END_TEST

/* --- streams ---------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(streams_and_tables)
{
	struct fixture_read f = plan(
		"  A: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 8, RetentionPeriodHours: 48}}\n"
		"  B: {Type: AWS::Kinesis::Stream, Properties: {StreamModeDetails: {StreamMode: ON_DEMAND}}}\n"
		"  C: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: sk, KeyType: RANGE}, {AttributeName: pk, "
		"KeyType: HASH}], StreamSpecification: {StreamViewType: KEYS_ONLY}}}\n"
		"  D: {Type: AWS::DynamoDB::Table}\n"
		"  E: {Type: AWS::Serverless::SimpleTable, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}");
	const struct stream_spec *s = f.scenario->streams;
	ck_assert_uint_eq(f.scenario->stream_count, 4);
	ck_assert_int_eq(s[0].kind, STREAM_KINESIS);
	ck_assert_int_eq(s[0].shards, 8);
	ck_assert_int_eq(s[0].retention, 2 * SIMTIME_DAY);
	ck_assert(!s[0].on_demand && s[1].on_demand);
	ck_assert_int_eq(s[1].shards, 4);
	ck_assert_int_eq(s[2].kind, STREAM_DYNAMODB);
	ck_assert_str_eq(s[2].hash_key, "pk");
	ck_assert_str_eq(s[2].view, "KEYS_ONLY");
	ck_assert_int_eq(s[2].shards, 1);
	ck_assert_int_eq(s[2].retention, SIMTIME_DAY);
	ck_assert_str_eq(s[3].hash_key, "id");
	fixture_read_end(&f);
	says("  A: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 0}}", "error limit/stream ShardCount must be 1 to 20000");
	says("  A: {Type: AWS::Kinesis::Stream, Properties: {RetentionPeriodHours: 8761}}",
	     "RetentionPeriodHours must be 24 to 8760 h");
	says("  A: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2, StreamModeDetails: {StreamMode: ON_DEMAND}}}",
	     "error limit/stream an on-demand stream takes no ShardCount");
	says("  A: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {}}}",
	     "error limit/stream a StreamSpecification needs StreamViewType");
	says("  A: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: ALL}}}",
	     "StreamViewType cannot be 'ALL'");
}
END_TEST

Suite *resources_suite(void)
{
	Suite *s = suite_create("resources");
	TCase *tcase = tcase_create("between functions");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, queue_defaults);
	tcase_add_test(tcase, queue_properties);
	tcase_add_test(tcase, queue_refusals);
	tcase_add_test(tcase, targets_by_every_spelling);
	tcase_add_test(tcase, topics_and_subscriptions);
	tcase_add_test(tcase, topic_refusals);
	tcase_add_test(tcase, buses_and_rules);
	tcase_add_test(tcase, rule_refusals);
	tcase_add_test(tcase, buckets_and_notifications);
	tcase_add_test(tcase, overlapping_notifications);
	tcase_add_test(tcase, notification_refusals);
	tcase_add_test(tcase, streams_and_tables);
	suite_add_tcase(s, tcase);
	return s;
}
