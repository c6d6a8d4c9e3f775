/* Values that are written out as ARNs, and what they point to. */
#include <check.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char resources[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Runtime: python3.12, Handler: index.handler, InlineCode: x,\n"
	"    EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: %s, Destination: %s}}}}}\n"
	"  G: {Type: AWS::Serverless::Function, Properties: {FunctionName: called, Timeout: 5, Runtime: python3.12, Handler: index.handler, InlineCode: x, Events: {\n"
	"    R: {Type: EventBridgeRule, Properties: {Pattern: {source: [lambda]}}},\n"
	"    M: {Type: EventBridgeRule, Properties: {EventBusName: Named, Pattern: {source: [lambda]}}}}}}\n"
	"  Own: {Type: AWS::Events::EventBus, Properties: {Name: own-bus}}\n"
	"  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${AWS::StackName}-orders'}}\n"
	"  T: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}\n"
	"Metadata: {Weir: {Functions: {F: {Duration: 1ms}, G: {Duration: 1ms}}, Workload: [{Source: F, Arrivals: 1/s, InvocationType: Event}]}}\n";

static void points_to(const char *type, const char *value, enum target_kind kind, const char *name)
{
	char *text = memory_format(resources, type, value);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	const struct target *to = &f.scenario->functions[0].async.on_success;
	ck_assert_msg(to->kind == kind, "%s", value);
	ck_assert_str_eq(to->name, name);
	fixture_read_end(&f);
	memory_free(text);
}

START_TEST(buses)
{
	static const char own[] = "!Sub 'arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/%s'";
	static const struct {
		const char *bus, *name;
	} rows[] = {{"default", "default"}, {"own-bus", "Own"}, {"Named", "Named"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *value = memory_format(own, rows[i].bus);
		points_to("EventBridge", value, TARGET_BUS, rows[i].name);
		memory_free(value);
	}
	points_to("EventBridge", "arn:aws:events:us-east-1:123456789012:event-bus/default", TARGET_BUS, "default");
	points_to("EventBridge", "!Join [':', [arn:aws:events, !Ref AWS::Region, !Ref AWS::AccountId, event-bus/default]]",
	          TARGET_BUS, "default");
	/* Of another account, of another Region, and one that no rule knows. */
	static const char *const far[] = {"arn:aws:events:us-east-1:999999999999:event-bus/default",
	                                  "arn:aws:events:eu-west-1:123456789012:event-bus/default",
	                                  "arn:aws:events:us-east-1:123456789012:event-bus/partner"};
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		points_to("EventBridge", far[i], TARGET_OUTSIDE, far[i]);
}
END_TEST

START_TEST(other_places)
{
	points_to("SQS", "!Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-orders'", TARGET_QUEUE,
	          "Q");
	points_to("SNS", "!Join ['', ['arn:aws:sns:', !Ref AWS::Region, ':', !Ref AWS::AccountId, ':news']]", TARGET_TOPIC, "T");
	points_to("Lambda", "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:called'", TARGET_FUNCTION, "G");
	points_to("Lambda", "!Join [':', [arn:aws:lambda, !Ref AWS::Region, !Ref AWS::AccountId, function, called]]",
	          TARGET_FUNCTION, "G");
}
END_TEST

START_TEST(emissions)
{
	static const char template[] =
		"Resources:\n"
		"  F: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}\n"
		"  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}\n"
		"  K: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: 1}}\n"
		"Metadata: {Weir: {Functions: {F: {Duration: 1ms, Emits: [\n"
		"  {To: 'arn:aws:events:us-east-1:123456789012:event-bus/default'}, {To: 'arn:aws:sqs:us-east-1:123456789012:orders'},\n"
		"  {To: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks'}, {To: 'arn:aws:sqs:us-east-1:123456789012:far'}]}},\n"
		"  Workload: [{Source: F, Arrivals: 1/s}]}}\n";
	static const enum target_kind kinds[] = {TARGET_BUS, TARGET_QUEUE, TARGET_STREAM, TARGET_OUTSIDE};
	struct fixture_read f = fixture_read_text(template, NULL);
	fixture_read_expect_clean(&f);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		ck_assert_int_eq(f.scenario->functions[0].emits[i].to.kind, kinds[i]);
	fixture_read_end(&f);
}
END_TEST

Suite *addresses_suite(void)
{
	Suite *s = suite_create("addresses");
	TCase *c = tcase_create("addresses");
	tcase_add_checked_fixture(c, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(c, buses);
	tcase_add_test(c, other_places);
	tcase_add_test(c, emissions);
	suite_add_tcase(s, c);
	return s;
}
