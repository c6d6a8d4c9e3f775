/* Which events a handler is measured with. */
#include <check.h>
#include <string.h>

#include "models/occasion.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char shop[] =
	"Resources:\n"
	"  Front: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {Get: {Type: HttpApi}}}}\n"
	"  Worker: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
	"    Orders: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: %d, MaximumBatchingWindowInSeconds: 1}},\n"
	"    Bad: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 1, FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"bad\": [true]}}'}]}}}}}}\n"
	"  Late: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {Dead: {Type: SQS, Properties: {Queue: !GetAtt Dead.Arn}}}}}\n"
	"  Told: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {News: {Type: SNS, Properties: {Topic: !Ref News}}}}}\n"
	"  Idle: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {Never: {Type: SQS, Properties: {Queue: !GetAtt Never.Arn}}}}}\n"
	"  Orders: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}}\n"
	"  Dead: {Type: AWS::SQS::Queue}\n"
	"  Never: {Type: AWS::SQS::Queue}\n"
	"  News: {Type: AWS::SNS::Topic}\n"
	"Metadata:\n"
	"  Weir:\n"
	"    Functions:\n"
	"      Front: {Duration: 1ms, Emits: [{To: Orders, Payload: plain.json}, {To: Orders, Payload: bad.json}]}\n"
	"      Worker: {Duration: 1ms, Emits: [{To: News, Payload: plain.json}]}\n"
	"      Late: {Duration: 1ms}\n"
	"      Told: {Duration: 1ms}\n"
	"      Idle: {Duration: 1ms, Emits: [{To: Never}]}\n"
	"    Workload: [{Source: Front.Get, Arrivals: 1/s}]\n";

static struct fixture_read read_shop(int batch)
{
	fixture_read_file("plain.json", "{\"order\": 1}");
	fixture_read_file("bad.json", "{\"bad\": true}");
	char *text = memory_format(shop, batch);
	struct fixture_read f = fixture_read_text(text, NULL);
	fixture_read_expect_clean(&f);
	memory_free(text);
	return f;
}

static size_t function_named(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->function_count; i++)
		if (strcmp(s->functions[i].name, name) == 0)
			return i;
	ck_abort_msg("no function %s", name);
	return 0;
}

/* "SOURCE KIND BATCH" of each event, one a line. */
static char *told(const struct scenario *s, const char *function, struct arena *a)
{
	struct profile_events events = occasions_of(s, function_named(s, function), a);
	const char *text = "";
	for (size_t i = 0; i < events.count; i++) {
		const struct profile_event *e = &events.items[i];
		ck_assert_uint_eq(strlen(e->text), e->length);
		text = arena_format(a, "%s%s %d %u\n", text, e->source, (int)e->kind, (unsigned)e->batch);
	}
	return arena_string(a, text);
}

START_TEST(every_way_into_every_function)
{
	struct fixture_read f = read_shop(1000);
	struct arena a = {0};
	ck_assert_str_eq(told(f.scenario, "Front", &a), arena_format(&a, "Front.Get %d 1\n", SOURCE_HTTP_API));
	int q = SOURCE_SQS;
	ck_assert_str_eq(told(f.scenario, "Worker", &a),
	                 arena_format(&a,
	                              "Worker.Orders %d 1\nWorker.Orders %d 10\nWorker.Orders %d 100\nWorker.Orders %d 1\n"
	                              "Worker.Orders %d 10\nWorker.Orders %d 100\nWorker.Bad %d 1\n",
	                              q, q, q, q, q, q, q));
	ck_assert_str_eq(told(f.scenario, "Late", &a),
	                 arena_format(&a, "Late.Dead %d 1\nLate.Dead %d 10\nLate.Dead %d 1\nLate.Dead %d 10\n", q, q, q, q));
	ck_assert_str_eq(told(f.scenario, "Told", &a), arena_format(&a, "Told %d 1\n", SOURCE_INVOKE_EVENT));
	ck_assert_str_eq(told(f.scenario, "Idle", &a), ""); /* only itself sends there */
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		count++;
	return count;
}

START_TEST(events_hold_their_records)
{
	struct fixture_read f = read_shop(50);
	struct arena a = {0};
	struct profile_events events = occasions_of(f.scenario, function_named(f.scenario, "Worker"), &a);
	static const uint32_t sizes[] = {1, 10, 50};
	ck_assert_uint_eq(events.count, 7);
	for (size_t i = 0; i < 6; i++) {
		const struct profile_event *e = &events.items[i];
		ck_assert_uint_eq(e->batch, sizes[i % 3]);
		ck_assert_uint_eq(count_of(e->text, "\"messageId\""), e->batch);
		ck_assert_uint_eq(count_of(e->text, i < 3 ? "order" : "bad"), e->batch);
		ck_assert_str_eq(e->name, i < 3 ? "plain.json" : "bad.json");
	}
	ck_assert_uint_eq(count_of(events.items[6].text, "bad"), 1);
	events = occasions_of(f.scenario, function_named(f.scenario, "Told"), &a);
	ck_assert_ptr_nonnull(strstr(events.items[0].text, "\"EventSource\":\"aws:sns\""));
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

/* 100 records of 200 KB are more than an invocation takes: as many as fit stand for them. */
START_TEST(events_have_room)
{
	struct textbuf text = {0};
	struct arena a = {0};
	textbuf_add(&text, "{\"order\": \"");
	for (int i = 0; i < 200 * 1024 / 16; i++)
		textbuf_add(&text, "0123456789abcdef");
	textbuf_add(&text, "\"}");
	struct fixture_read f = read_shop(100);
	fixture_read_end(&f);
	fixture_read_file("plain.json", textbuf_text(&text));
	char *template = memory_format(shop, 100);
	f = fixture_read_text(template, NULL);
	fixture_read_expect_clean(&f);
	struct profile_events events = occasions_of(f.scenario, function_named(f.scenario, "Worker"), &a);
	ck_assert_uint_eq(events.items[2].batch, 30); /* 6 MB / 200 KB, less what surrounds them */
	ck_assert_uint_le(events.items[2].length, 6 * 1024 * 1024);
	ck_assert_uint_gt(events.items[2].length + 210 * 1024, 6 * 1024 * 1024);
	memory_free(template);
	textbuf_fini(&text);
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

Suite *occasion_suite(void)
{
	Suite *s = suite_create("occasion");
	TCase *c = tcase_create("occasion");
	tcase_add_checked_fixture(c, fixture_read_set_up, fixture_read_tear_down);
	tcase_add_test(c, every_way_into_every_function);
	tcase_add_test(c, events_hold_their_records);
	tcase_add_test(c, events_have_room);
	suite_add_tcase(s, c);
	return s;
}
