/* Which events a handler is measured with. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/occasion.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_read.h"

static const char shop[] =
	"Resources:\n"
	"  Front: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {Get: {Type: HttpApi}}}}\n"
	"  Worker: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
	"    Orders: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: %d, MaximumBatchingWindowInSeconds: 1}}}}}\n"
	"  Picky: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
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
	"      Picky: {Duration: 1ms}\n"
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

/* The events that are measured in any case. */
static struct profile_events always_of(const struct scenario *s, const char *function, struct arena *a)
{
	struct profile_events all = occasions_of(s, function_named(s, function), a);
	struct profile_events events = {ARENA_ARRAY(a, all.count + 1, struct profile_event), 0};
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].need == NEED_ALWAYS)
			events.items[events.count++] = all.items[i];
	return events;
}

/* "SOURCE KIND BATCH" of each of them, one a line. */
static char *told(const struct scenario *s, const char *function, struct arena *a)
{
	struct profile_events events = always_of(s, function, a);
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
	                              "Worker.Orders %d 10\nWorker.Orders %d 100\n",
	                              q, q, q, q, q, q));
	ck_assert_str_eq(told(f.scenario, "Picky", &a), arena_format(&a, "Picky.Bad %d 1\n", q));
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
	struct profile_events events = always_of(f.scenario, "Worker", &a);
	static const uint32_t sizes[] = {1, 10, 50};
	ck_assert_uint_eq(events.count, 6);
	for (size_t i = 0; i < 6; i++) {
		const struct profile_event *e = &events.items[i];
		ck_assert_uint_eq(e->batch, sizes[i % 3]);
		ck_assert_uint_eq(count_of(e->text, "\"messageId\""), e->batch);
		ck_assert_uint_eq(count_of(e->text, i < 3 ? "order" : "bad"), e->batch);
		ck_assert_str_eq(e->name, i < 3 ? "plain.json" : "bad.json");
	}
	events = always_of(f.scenario, "Picky", &a);
	ck_assert_uint_eq(events.count, 1);
	ck_assert_uint_eq(count_of(events.items[0].text, "bad"), 1);
	events = always_of(f.scenario, "Told", &a);
	ck_assert_ptr_nonnull(strstr(events.items[0].text, "\"EventSource\":\"aws:sns\""));
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

/* What is measured only when something failed: as many receives as maxReceiveCount allows, at most three, and a smaller batch for each ten. */
START_TEST(retries_and_smaller_batches)
{
	fixture_read_file("plain.json", "{\"order\": 1}");
	for (int most = 1; most <= 4; most++) {
		char *text = memory_format(
			"Resources:\n"
			"  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Timeout: 5, Events: {Q: {Type: SQS, Properties: "
			"{Queue: !GetAtt Q.Arn}}, K: {Type: Kinesis, Properties: {Stream: !GetAtt K.Arn, StartingPosition: LATEST, BatchSize: 3}}}}}\n"
			"  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, "
			"maxReceiveCount: %d}}}\n"
			"  D: {Type: AWS::SQS::Queue}\n"
			"  K: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}\n"
			"Metadata: {Weir: {Functions: {F: {Duration: 1ms}}, Workload: [{Source: Q, Arrivals: 1/s, Payload: "
			"plain.json}, {Source: K, Arrivals: 1/s, Payload: plain.json}]}}\n",
			most);
		struct fixture_read f = fixture_read_text(text, NULL);
		struct arena a = {0};
		fixture_read_expect_clean(&f);
		struct profile_events events = occasions_of(f.scenario, function_named(f.scenario, "F"), &a);
		uint32_t receives = most < 3 ? (uint32_t)most : 3;
		static const uint32_t sizes[] = {1, 10, 3};
		ck_assert_uint_eq(events.count, 3 * receives + 2);
		size_t seen = 0;
		for (size_t i = 0; i < events.count; i++) {
			const struct profile_event *e = &events.items[i];
			if (e->kind != SOURCE_SQS) {
				ck_assert_int_eq(e->need, NEED_ALWAYS);
				continue;
			}
			ck_assert_uint_eq(e->batch, sizes[seen % 3]);
			ck_assert_uint_eq(e->attempt, seen / 3);
			ck_assert_int_eq(e->need, seen % 3 == 2 ? NEED_LESS : seen < 3 ? NEED_ALWAYS : NEED_AGAIN);
			const char *count = arena_format(&a, "\"ApproximateReceiveCount\":\"%zu\"", seen / 3 + 1);
			ck_assert_uint_eq(count_of(e->text, count), e->batch);
			seen++;
		}
		arena_fini(&a);
		fixture_read_end(&f);
		memory_free(text);
	}
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
	struct profile_events events = always_of(f.scenario, "Worker", &a);
	ck_assert_uint_eq(events.items[2].batch, 30); /* 6 MB / 200 KB, less what surrounds them */
	ck_assert_uint_le(events.items[2].length, 6 * 1024 * 1024);
	ck_assert_uint_gt(events.items[2].length + 210 * 1024, 6 * 1024 * 1024);
	memory_free(template);
	textbuf_fini(&text);
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

/* --- slots ------------------------------------------------------------------------------------------------------------------------------- */

enum { RUNS = 30 };

/* Every kind of source that somebody waits for, an asynchronous Invoke, a topic, and a queue that is read in batches. */
static const char varied[] =
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, FunctionUrlConfig: {AuthType: NONE}, Events: {\n"
	"    Rest: {Type: Api, Properties: {Path: /a, Method: post}},\n"
	"    Two: {Type: HttpApi, Properties: {Path: /b, Method: post}},\n"
	"    One: {Type: HttpApi, Properties: {Path: /c, Method: post, PayloadFormatVersion: '1.0'}},\n"
	"    News: {Type: SNS, Properties: {Topic: !Ref Topic}},\n"
	"    Batch: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 10}}}}}\n"
	"  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt F.Arn}]}}\n"
	"  Topic: {Type: AWS::SNS::Topic}\n"
	"  Orders: {Type: AWS::SQS::Queue}\n"
	"  E: {Type: AWS::Serverless::Function, Properties: {Timeout: 5}}\n"
	"  EV: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref E}}\n"
	"  Cdn: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {LambdaFunctionAssociations: "
	"[{EventType: viewer-request, IncludeBody: true, LambdaFunctionARN: !Ref EV}]}}}}\n"
	"Metadata:\n"
	"  Weir:\n"
	"    Functions: {F: {Duration: 1ms}, E: {Duration: 1ms}}\n"
	"    Workload:\n"
	"      - {Source: F, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F, InvocationType: Event, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F.Rest, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F.One, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F.Two, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F.Url, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: F.News, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: Group, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: Orders, Arrivals: 1/s, Payload: slots.json}\n"
	"      - {Source: E.Cdn, Arrivals: 1/s, Payload: slots.json}\n";

static struct fixture_read read_varied(void)
{
	fixture_read_file("slots.json",
	                  "{\"n\": {{counter}}, \"r\": {{random 1000 1029}}, \"id\": \"{{id}}\", \"at\": {{time s}}}");
	struct fixture_read f = fixture_read_text(varied, NULL);
	fixture_read_expect_clean(&f);
	return f;
}

/* How a member of the payload is written in an event: the payload may be text in it, and its quotes escaped. */
static const char *named(const char *text, const char *name)
{
	static const char *const names[2][2] = {{"\"n\":", "\\\"n\\\":"}, {"\"r\":", "\\\"r\\\":"}};
	const char *const *both = names[*name == 'r'];
	return strstr(text, both[1]) ? both[1] : both[0];
}

/* The whole number behind the `index`-th `name` of a run's event. */
static long number_in(const char *text, const char *name, size_t index)
{
	const char *at = text;
	for (size_t i = 0; i <= index; i++) {
		at = strstr(at, name);
		ck_assert_msg(at != NULL, "no %zu %s in %s", index, name, text);
		at += strlen(name);
	}
	return strtol(at, NULL, 10);
}

/* Lambda@Edge gets the body in base64. */
static const char *readable(const char *text, struct arena *a)
{
	static const char begin[] = "\"data\":\"";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = strstr(text, begin);
	if (at == NULL || strstr(text, "\"encoding\":\"base64\"") == NULL)
		return text;
	at += strlen(begin);
	char *out = arena_alloc(a, strlen(at) + 1);
	size_t length = 0, bits = 0;
	unsigned word = 0;
	for (; *at != '"' && *at != '='; at++) {
		word = word << 6 | (unsigned)(strchr(letters, *at) - letters);
		bits += 6;
		if (bits >= 8)
			out[length++] = (char)(word >> (bits -= 8));
	}
	return out;
}

static const char *text_of(const struct profile_event *e, uint64_t run, struct arena *a)
{
	size_t length;
	ck_assert_msg(e->render != NULL, "%s is the same each time", e->source);
	const char *text = e->render(e, run, a, &length);
	ck_assert_uint_eq(strlen(text), length);
	return text;
}

/* Other numbers in each run, all of them evenly; the same ones when it is asked again. */
static void check_varied(const struct profile_event *e, struct arena *a)
{
	int seen[RUNS] = {0};
	const char *last = NULL;
	for (uint64_t run = 0; run < RUNS; run++) {
		const char *text = text_of(e, run, a), *body = readable(text, a);
		ck_assert_str_eq(text, text_of(e, run, a));
		ck_assert(last == NULL || strcmp(last, text) != 0);
		for (uint32_t i = 0; i < e->batch; i++) {
			long number = number_in(body, named(body, "n"), i);
			ck_assert_int_eq(number, (long)(run * e->batch + i + 1));
		}
		long drawn = number_in(body, named(body, "r"), 0) - 1000;
		ck_assert_int_ge(drawn, 0);
		ck_assert_int_lt(drawn, RUNS);
		seen[drawn]++;
		last = text;
	}
	for (int i = 0; i < RUNS; i++)
		ck_assert_int_eq(seen[i], 1);
	ck_assert_str_eq(e->text, text_of(e, 0, a));
	ck_assert_uint_eq(strlen(e->text), e->length);
	ck_assert_mem_eq(e->recipe, "{\"n\": {{counter}}", 17);
}

START_TEST(every_source_fills_slots_anew)
{
	struct fixture_read f = read_varied();
	struct arena a = {0};
	struct profile_events events = always_of(f.scenario, "F", &a);
	ck_assert_uint_eq(events.count, 6 + 2 + 2); /* requests; events; batches of 1 and 10 */
	for (size_t i = 0; i < events.count; i++)
		check_varied(&events.items[i], &a);
	events = always_of(f.scenario, "E", &a);
	ck_assert_uint_eq(events.count, 1);
	check_varied(&events.items[0], &a);
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

START_TEST(without_slots_nothing_is_made_anew)
{
	struct fixture_read f = read_shop(10);
	struct arena a = {0};
	struct profile_events events = always_of(f.scenario, "Worker", &a);
	for (size_t i = 0; i < events.count; i++)
		ck_assert(events.items[i].render == NULL);
	arena_fini(&a);
	fixture_read_end(&f);
}
END_TEST

/* Half of the events go to one function, the other half to another: each is measured with its own. */
static const char parted[] =
	"Resources:\n"
	"  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Events: {\n"
	"    News: {Type: SNS, Properties: {Topic: !Ref Topic, FilterPolicy: {kind: [a]}}},\n"
	"    Batch: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 10, FilterCriteria: {Filters: ["
	"{Pattern: '{\"body\": {\"kind\": [\"b\"]}}'}]}}}}}}\n"
	"  Topic: {Type: AWS::SNS::Topic}\n"
	"  Orders: {Type: AWS::SQS::Queue}\n"
	"Metadata:\n"
	"  Weir:\n"
	"    Functions: {F: {Duration: 1ms}}\n"
	"    Workload: [{Source: F.News, Arrivals: 1/s, Payload: told.json}, {Source: Orders, Arrivals: 1/s, Payload: kinds.json}]\n";

START_TEST(filters_look_at_each_event)
{
	fixture_read_file("kinds.json", "{\"kind\": \"{{pick a b}}\", \"n\": {{counter}}}");
	fixture_read_file("told.json", "{\"Records\": [{\"Sns\": {\"Message\": \"{{counter}}\", \"MessageAttributes\": "
	                               "{\"kind\": {\"Type\": \"String\", \"Value\": \"{{pick a b}}\"}}}}]}");
	struct fixture_read f = fixture_read_text(parted, NULL);
	struct arena a = {0};
	fixture_read_expect_clean(&f);
	struct profile_events events = always_of(f.scenario, "F", &a);
	ck_assert_uint_eq(events.count, 3);
	const char *last = NULL;
	for (uint64_t run = 0; run < 50; run++) {
		const char *news = text_of(&events.items[0], run, &a), *ten = text_of(&events.items[2], run, &a);
		ck_assert_msg(count_of(news, "\"Value\":\"a\"") == 1, "%s", news);
		ck_assert_uint_eq(count_of(ten, "kind\\\": \\\"b"), 10);
		ck_assert(last == NULL || strcmp(last, ten) != 0);
		last = ten;
	}
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
	tcase_add_test(c, retries_and_smaller_batches);
	tcase_add_test(c, events_have_room);
	tcase_add_test(c, every_source_fills_slots_anew);
	tcase_add_test(c, filters_look_at_each_event);
	tcase_add_test(c, without_slots_nothing_is_made_anew);
	suite_add_tcase(s, c);
	return s;
}
