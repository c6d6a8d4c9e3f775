/* Payloads with slots as the reader takes them: which are refused, and what becomes of the others. */
#include <string.h>

#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char resources[] =
	"Transform: AWS::Serverless-2016-10-31\n"
	"Resources:\n"
	"  F:\n"
	"    Type: AWS::Serverless::Function\n"
	"    Properties:\n"
	"      Handler: app.handler\n"
	"      Runtime: python3.12\n"
	"      CodeUri: hello\n"
	"      Events:\n"
	"        Get: {Type: HttpApi, Properties: {Path: /x, Method: post}}\n"
	"        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n"
	"        Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute), Input: '{\"a\": \"{{id}} {{{x\"}'}}\n"
	"  Q: {Type: AWS::SQS::Queue}\n"
	"  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}\n";

static struct fixture_read read_with(const char *functions, const char *workload)
{
	char *text = memory_format("%sMetadata: {Weir: {Functions: {F: {Duration: 1ms%s}}, Workload: [%s]}}\n", resources,
	                           functions, workload);
	struct fixture_read f = fixture_read_text(text, NULL);
	memory_free(text);
	return f;
}

static struct fixture_read good(const char *workload)
{
	struct fixture_read f = read_with("", workload);
	fixture_read_expect_clean(&f);
	return f;
}

static void bad(const char *workload, const char *says)
{
	struct fixture_read f = read_with("", workload);
	ck_assert_msg(f.scenario == NULL, "%s is not refused", workload);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}

static const struct payload_spec *payload_of(const struct fixture_read *f, const char *source)
{
	for (size_t i = 0; i < f->scenario->source_count; i++)
		if (strcmp(f->scenario->sources[i].name, source) == 0)
			return &f->scenario->sources[i].payloads[0];
	ck_abort_msg("no source %s", source);
}

/* Each place that can name a payload says where the slot is, and what would be one. */
START_TEST(refused)
{
	fixture_read_file("bad.txt", "order\n  n: {{conter}}\n");
	const char *says = "bad.txt:2:8 error read/slot unknown slot 'conter' = did you mean 'counter'?";
	bad("{Source: Q, Arrivals: 1/s, Payload: bad.txt}", says);
	bad("{Source: F, Arrivals: 1/s, Payload: bad.txt}", says);
	bad("{Source: F.Get, Arrivals: 1/s, Payload: bad.txt}", says);
	bad("{Source: F, Arrivals: 1/s, InvocationType: Event, Payload: bad.txt}", says);
	bad("{Source: Q, Arrivals: 1/s, Payload: [{File: bad.txt, Weight: 2}]}", says);
	bad("{Source: F.Tick, Payload: bad.txt}", says);
	fixture_read_file("times.csv", "seconds,payload\n1,bad.txt\n");
	bad("{Source: Q, Arrivals: {Process: times, File: times.csv}}", says);
	struct fixture_read f = read_with(", Emits: [{To: Q, Payload: bad.txt}]", "{Source: F, Arrivals: 1/s}");
	ck_assert_ptr_null(f.scenario);
	fixture_read_expect(&f, says);
	fixture_read_end(&f);
}
END_TEST

START_TEST(every_mistake_is_told)
{
	fixture_read_file("many.txt", "{{random 5}} {{time h}}\n{{}} {{id\n");
	struct fixture_read f = read_with("", "{Source: Q, Arrivals: 1/s, Payload: many.txt}");
	fixture_read_expect(&f, "many.txt:1:1 error read/slot 'random' takes two numbers");
	fixture_read_expect(&f, "many.txt:1:14 error read/slot 'time' takes nothing, or one of iso, s and ms");
	fixture_read_expect(&f, "many.txt:2:1 error read/slot an empty slot = to have {{ itself, write {{{{");
	fixture_read_expect(&f, "many.txt:2:6 error read/slot this slot is not closed: '}}' is missing");
	ck_assert_uint_eq(f.found.errors, 4);
	fixture_read_end(&f);
}
END_TEST

/* The event for somebody who waits is the first one; others are filled when they are born. */
START_TEST(filled)
{
	fixture_read_file("order.json", "{\"n\": {{counter}}, \"open\": \"{{{{\"}");
	struct fixture_read f = good(
		"{Source: F, Arrivals: 1/s, Payload: order.json}, {Source: Q, Arrivals: 1/s, Payload: order.json},\n"
		"  {Source: Bus, Arrivals: 1/s, Payload: order.json}, {Source: F.Get, Arrivals: 1/s, Payload: order.json}");
	ck_assert_str_eq(payload_of(&f, "F")->event, "{\"n\": 1, \"open\": \"{{\"}");
	ck_assert_ptr_nonnull(strstr(payload_of(&f, "F.Get")->event, "{\\\"n\\\": 1, \\\"open\\\": \\\"{{\\\"}"));
	ck_assert_str_eq(payload_of(&f, "Q")->text, "{\"n\": {{counter}}, \"open\": \"{{{{\"}");
	ck_assert_uint_eq(payload_of(&f, "Q")->text_length, strlen(payload_of(&f, "Q")->text));
	fixture_read_end(&f);
	fixture_read_file("word.json", "{\"n\": {{pick a b}}}");
	bad("{Source: F, Arrivals: 1/s, Payload: word.json}", "word.json:1:1 error read/payload a direct Invoke needs JSON");
}
END_TEST

/* EventBridge knows no slots: the Input of a schedule is the text that it is. */
START_TEST(input_is_literal)
{
	struct fixture_read f = good("{Source: F.Tick}");
	ck_assert_str_eq(payload_of(&f, "F.Tick")->event, "{\"a\": \"{{id}} {{{x\"}");
	ck_assert_str_eq(payload_of(&f, "F.Tick")->text, "{\"a\": \"{{{{id}} {{{{{x\"}");
	fixture_read_end(&f);
}
END_TEST

Suite *payloads_suite(void)
{
	Suite *suite = suite_create("payloads");
	TCase *tcase = tcase_create("slots");
	tcase_add_checked_fixture(tcase, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, every_mistake_is_told);
	tcase_add_test(tcase, filled);
	tcase_add_test(tcase, input_is_literal);
	suite_add_tcase(suite, tcase);
	return suite;
}
