/* The event that a handler gets of a source of a template: its own names, properties and keys. */
#include <check.h>
#include <jansson.h>
#include <string.h>

#include "models/occasion.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static json_t *event_of(const char *template, size_t index)
{
	struct fixture_read f = fixture_read_text(template, NULL);
	struct arena a = {0};
	fixture_read_expect_clean(&f);
	struct profile_events events = occasions_of(f.scenario, 0, &a);
	ck_assert_uint_gt(events.count, index);
	json_t *event = json_loadb(events.items[index].text, events.items[index].length, 0, NULL);
	ck_assert_ptr_nonnull(event);
	arena_fini(&a);
	fixture_read_end(&f);
	return event;
}

static void same(const json_t *event, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(event, key));
	ck_assert_msg(text && strcmp(text, value) == 0, "%s is %s", key, text ? text : "no text");
}

static void same_json(const json_t *value, const char *expected)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	ck_assert_str_eq(text, expected);
	free(text);
}

static const char custom[] =
	"Resources:\n"
	"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
	"  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}\n"
	"  Cus: {Type: 'Custom::Thing', Properties: {ServiceToken: !GetAtt F.Arn, Foo: bar, Num: 5, Yes: True, Queue: !GetAtt Q.Arn,\n"
	"    Nested: {A: [1, true, !Ref Q], B: !Ref AWS::NoValue}, Far: !ImportValue Shared, None: null}}\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: Cus, Arrivals: 1/m%s}]}}\n";

/* AWS CloudFormation User Guide, "Custom resource request objects". */
START_TEST(custom_resources)
{
	char *text = memory_format(custom, "");
	json_t *event = event_of(text, 0);
	same(event, "RequestType", "Create");
	same(event, "ResourceType", "Custom::Thing");
	same(event, "LogicalResourceId", "Cus");
	same(event, "ServiceToken", "arn:aws:lambda:us-east-1:123456789012:function:F");
	same_json(
		json_object_get(event, "ResourceProperties"),
		"{\"ServiceToken\":\"arn:aws:lambda:us-east-1:123456789012:function:F\",\"Foo\":\"bar\",\"Num\":\"5\",\"Yes\":\"true\","
		"\"Queue\":\"arn:aws:sqs:us-east-1:123456789012:orders\","
		"\"Nested\":{\"A\":[\"1\",\"true\",\"https://sqs.us-east-1.amazonaws.com/123456789012/orders\"]},"
		"\"Far\":\"Fn::ImportValue Shared\"}");
	json_decref(event);
	memory_free(text);
	fixture_read_file("update.json", "{\"RequestType\":\"Update\",\"OldResourceProperties\":{\"Foo\":\"old\"}}");
	text = memory_format(custom, ", Payload: update.json");
	event = event_of(text, 0);
	same(event, "RequestType", "Update");
	same(json_object_get(event, "ResourceProperties"), "Foo", "bar");
	same(json_object_get(event, "OldResourceProperties"), "Foo", "old");
	ck_assert(json_is_string(json_object_get(event, "PhysicalResourceId")));
	json_decref(event);
	memory_free(text);
}
END_TEST

static const char bus[] =
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
	"    R: {Type: EventBridgeRule, Properties: {Pattern: {source: [my.app], account: ['123456789012']}}}}}}\n"
	"Transform: AWS::Serverless-2016-10-31\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: F.R, Arrivals: 1/m, Payload: e.json}]}}\n";

/* What EventBridge always adds is added; what the payload says stays. */
START_TEST(events_in_part)
{
	fixture_read_file("e.json", "{\"source\":\"my.app\",\"detail-type\":\"x\",\"detail\":{\"a\":1}}");
	json_t *event = event_of(bus, 0);
	same(event, "version", "0");
	same(event, "source", "my.app");
	same(event, "detail-type", "x");
	same(event, "account", "123456789012");
	same(event, "region", "us-east-1");
	same(event, "time", "2025-01-06T00:00:00Z");
	ck_assert_uint_eq(strlen(json_string_value(json_object_get(event, "id"))), 36);
	same_json(json_object_get(event, "resources"), "[]");
	same_json(json_object_get(event, "detail"), "{\"a\":1}");
	json_decref(event);
	fixture_read_file("e.json",
	                  "{\"id\":\"mine\",\"time\":\"2020-01-01T00:00:00Z\",\"resources\":[\"r\"],\"source\":\"my.app\","
	                  "\"account\":\"123456789012\",\"detail\":{}}");
	event = event_of(bus, 0);
	same(event, "id", "mine");
	same(event, "time", "2020-01-01T00:00:00Z");
	same_json(json_object_get(event, "resources"), "[\"r\"]");
	same(event, "detail-type", "Event");
	json_decref(event);
}
END_TEST

static void schedule_named(const char *event, const char *arn)
{
	char *text = memory_format("Transform: AWS::Serverless-2016-10-31\n"
	                           "Resources:\n"
	                           "  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {E: %s}}}\n"
	                           "Metadata: {Weir: {Duration: 1h, Functions: {F: {Duration: 1ms}}, Workload: [{Source: F.E}]}}\n",
	                           event);
	json_t *got = event_of(text, 0);
	same_json(json_object_get(got, "resources"), arn);
	json_decref(got);
	memory_free(text);
}

/* Amazon EventBridge User Guide, "Events": a scheduled event names its rule. */
START_TEST(schedules)
{
	schedule_named("{Type: Schedule, Properties: {Schedule: rate(5 minutes)}}",
	               "[\"arn:aws:events:us-east-1:123456789012:rule/FE\"]");
	schedule_named("{Type: Schedule, Properties: {Schedule: rate(5 minutes), Name: nightly}}",
	               "[\"arn:aws:events:us-east-1:123456789012:rule/nightly\"]");
	schedule_named("{Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes)}}",
	               "[\"arn:aws:scheduler:us-east-1:123456789012:schedule/default/FE\"]");
	json_t *event =
		event_of("Resources:\n"
	                 "  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
	                 "  Tick: {Type: AWS::Events::Rule, Properties: {Name: ticker, ScheduleExpression: rate(5 minutes),\n"
	                 "    Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}\n"
	                 "Metadata: {Weir: {Duration: 1h, Functions: {F: {Duration: 1ms}}, Workload: [{Source: Tick}]}}\n",
	                 0);
	same_json(json_object_get(event, "resources"), "[\"arn:aws:events:us-east-1:123456789012:rule/ticker\"]");
	json_decref(event);
}
END_TEST

static const char fifo[] =
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 10}}}}}\n"
	"  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, VisibilityTimeout: 60}}\n"
	"Transform: AWS::Serverless-2016-10-31\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: Q, Arrivals: %s}]}}\n";

static void groups(const char *arrivals, const char *expected)
{
	char *text = memory_format(fifo, arrivals);
	json_t *event = event_of(text, 1), *list = json_array();
	const json_t *records = json_object_get(event, "Records");
	for (size_t i = 0; i < 4; i++)
		json_array_append(list,
		                  json_object_get(json_object_get(json_array_get(records, i), "attributes"), "MessageGroupId"));
	same_json(list, expected);
	json_decref(list);
	json_decref(event);
	memory_free(text);
}

START_TEST(message_groups)
{
	groups("1/s", "[\"default\",\"default\",\"default\",\"default\"]");
	groups("1/s, Keys: 3", "[\"key-1\",\"key-2\",\"key-3\",\"key-1\"]");
	fixture_read_file("t.csv", "seconds,key\n1,a\n2,b\n3,b\n");
	groups("{Process: times, File: t.csv}", "[\"a\",\"b\",\"b\",\"a\"]");
}
END_TEST

static const char topic[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {N: {Type: SNS, Properties: {Topic: !Ref T,\n"
	"    FilterPolicy: {kind: [{prefix: a}]}}}}}}\n"
	"  T: {Type: AWS::SNS::Topic}\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: T, Arrivals: 1/m, Payload: e.json}]}}\n";

static size_t told_of(const char *template)
{
	struct fixture_read f = fixture_read_text(template, NULL);
	struct arena a = {0};
	fixture_read_expect_clean(&f);
	size_t count = occasions_of(f.scenario, 0, &a).count;
	arena_fini(&a);
	fixture_read_end(&f);
	return count;
}

/* Amazon SNS API Reference, "Publish": attributes of the message, which filter policies look at. */
START_TEST(published_messages)
{
	fixture_read_file(
		"e.json",
		"{\"Message\":\"hi\",\"Subject\":\"s\",\"MessageAttributes\":{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"abc\"}}}");
	json_t *event = event_of(topic, 0);
	const json_t *sns = json_object_get(json_array_get(json_object_get(event, "Records"), 0), "Sns");
	same(sns, "Message", "hi");
	same(sns, "Subject", "s");
	same_json(json_object_get(sns, "MessageAttributes"), "{\"kind\":{\"Type\":\"String\",\"Value\":\"abc\"}}");
	json_decref(event);
	static const char *const kept_back[] = {
		"{\"Message\":\"hi\",\"MessageAttributes\":{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"bcd\"}}}",
		"{\"Message\":\"hi\",\"own\":1,\"MessageAttributes\":{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"abc\"}}}",
		"{\"Message\":5,\"MessageAttributes\":{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"abc\"}}}"};
	for (size_t i = 0; i < sizeof kept_back / sizeof *kept_back; i++) {
		fixture_read_file("e.json", kept_back[i]);
		ck_assert_uint_eq(told_of(topic), 0);
	}
}
END_TEST

static const char bucket[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {N: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*',\n"
	"    Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}}}}\n"
	"  B: {Type: AWS::S3::Bucket}\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: B, Arrivals: 1/m, Payload: e.json}]}}\n";

START_TEST(objects_in_short)
{
	fixture_read_file("e.json", "{\"key\":\"in/a b+c.jpg\",\"size\":1000,\"eventName\":\"ObjectCreated:Copy\"}");
	json_t *event = event_of(bucket, 0);
	const json_t *record = json_array_get(json_object_get(event, "Records"), 0);
	const json_t *object = json_object_get(json_object_get(record, "s3"), "object");
	same(record, "eventName", "ObjectCreated:Copy");
	same(object, "key", "in/a+b%2Bc.jpg");
	same_json(json_object_get(object, "size"), "1000");
	json_decref(event);
	fixture_read_file("e.json", "{\"key\":\"out/a.jpg\"}");
	ck_assert_uint_eq(told_of(bucket), 0);
	/* The object itself: any key will do. */
	fixture_read_file("e.json", "{\"key\":\"out/a.jpg\",\"other\":1}");
	ck_assert_uint_eq(told_of(bucket), 1);
}
END_TEST

/* A Distribution is a source by its own name too. */
START_TEST(distributions)
{
	json_t *event = event_of(
		"Resources:\n"
		"  E: {Type: AWS::Lambda::Function, Properties: {Timeout: 5, Runtime: python3.12, Handler: a.b, Code: {ZipFile: x}}}\n"
		"  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref E}}\n"
		"  Dist: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {\n"
		"    LambdaFunctionAssociations: [{EventType: origin-response, LambdaFunctionARN: !Ref V}]}}}}\n"
		"Metadata: {Weir: {Functions: {E: {Duration: 1ms}}, Workload: [{Source: Dist, Arrivals: 5/m}]}}\n",
		0);
	const json_t *cf = json_object_get(json_array_get(json_object_get(event, "Records"), 0), "cf");
	same(json_object_get(cf, "config"), "eventType", "origin-response");
	same(json_object_get(cf, "response"), "status", "200");
	json_decref(event);
	fixture_read_refused(
		"Resources:\n"
		"  E: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
		"  Dist: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {}}}}\n"
		"Metadata: {Weir: {Functions: {E: {Duration: 1ms}}, Workload: [{Source: Dist, Arrivals: 5/m}]}}\n",
		"error model/later AWS::CloudFront::Distribution as a source is not modelled yet");
}
END_TEST

/* A misspelt column of a file of arrivals is a mistake, any other a warning. */
START_TEST(columns)
{
	static const struct {
		const char *header, *says;
	} rows[] = {
		{"seconds,payload,kay", "t.csv:1:17 error read/csv the column 'kay' is not looked at = did you mean 'key'?"},
		{"seconds,payloads,key",
	         "t.csv:1:9 error read/csv the column 'payloads' is not looked at = did you mean 'payload'?"},
		{"seconds,customer,key",
	         "t.csv:1:9 warning read/csv the column 'customer' is not looked at = known: seconds, payload, key"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *csv = memory_format("%s\n1,,a\n", rows[i].header),
		     *text = memory_format(fifo, "{Process: times, File: t.csv}");
		fixture_read_file("t.csv", csv);
		struct fixture_read f = fixture_read_text(text, NULL);
		fixture_read_expect(&f, rows[i].says);
		fixture_read_end(&f);
		memory_free(csv);
		memory_free(text);
	}
}
END_TEST

Suite *sourceevents_suite(void)
{
	Suite *s = suite_create("sourceevents");
	TCase *c = tcase_create("sourceevents");
	tcase_add_checked_fixture(c, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(c, custom_resources);
	tcase_add_test(c, events_in_part);
	tcase_add_test(c, schedules);
	tcase_add_test(c, message_groups);
	tcase_add_test(c, published_messages);
	tcase_add_test(c, objects_in_short);
	tcase_add_test(c, distributions);
	tcase_add_test(c, columns);
	suite_add_tcase(s, c);
	return s;
}
