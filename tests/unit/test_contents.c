/* What events carry: each way with real texts, each filter on them, and what differs from event to event. */
#include <check.h>
#include <jansson.h>
#include <string.h>

#include "models/contents.h"
#include "models/flow.h"
#include "models/poll/pattern.h"
#include "models/source/place.h"
#include "sim/base/memory.h"
#include "sim/draw.h"
#include "tests/unit/fixture_scenario.h"

Suite *contents_suite(void);

/* --- a small world -------------------------------------------------------------------------------------------------------------------- */

enum { FUNCTION_A, FUNCTION_B };
enum { QUEUE_PLAIN, QUEUE_RAW, QUEUE_DEAD };

/* Two functions and one of each resource; nothing is wired. Source 0 sends one payload. */
static void world(struct scenario *s)
{
	fixture_scenario(s, 2, 1);
	s->region = "eu-west-1";
	s->functions[0].function_name = "stack-a";
	s->functions[1].function_name = "stack-b";
	s->queues = ARENA_ARRAY(&s->arena, 3, struct queue_spec);
	s->queue_count = 3;
	for (size_t i = 0; i < 3; i++)
		s->queues[i] = (struct queue_spec){.name = arena_format(&s->arena, "Q%zu", i),
		                                   .visibility = 30 * SIMTIME_SECOND,
		                                   .retention = 4 * SIMTIME_DAY};
	s->topics = ARENA_ARRAY(&s->arena, 1, struct topic_spec);
	s->topic_count = 1;
	s->topics[0] = (struct topic_spec){.name = "News"};
	s->buses = ARENA_ARRAY(&s->arena, 1, struct bus_spec);
	s->bus_count = 1;
	s->buses[0] = (struct bus_spec){.name = "default"};
	s->buckets = ARENA_ARRAY(&s->arena, 1, struct bucket_spec);
	s->bucket_count = 1;
	s->buckets[0] = (struct bucket_spec){.name = "images"};
	s->streams = ARENA_ARRAY(&s->arena, 2, struct stream_spec);
	s->stream_count = 2;
	s->streams[0] = (struct stream_spec){.name = "Clicks", .kind = STREAM_KINESIS, .shards = 1, .retention = SIMTIME_DAY};
	s->streams[1] = (struct stream_spec){.name = "Things",
	                                     .kind = STREAM_DYNAMODB,
	                                     .shards = 1,
	                                     .retention = SIMTIME_DAY,
	                                     .view = "NEW_IMAGE",
	                                     .hash_key = "id"};
	s->mappings = ARENA_ARRAY(&s->arena, 4, struct mapping_spec);
}

static struct target to(enum target_kind kind, size_t index, const char *name)
{
	return (struct target){kind, index, name};
}

static struct payload_spec payload(const char *text)
{
	return (struct payload_spec){.file = "p.json",
	                             .event = "{}",
	                             .event_length = 2,
	                             .text = text,
	                             .text_length = text ? strlen(text) : 0,
	                             .weight = 1};
}

/* Source 0 is of this kind and sends these payloads there. */
static void sends(struct scenario *s, enum source_kind kind, struct target target, const char *const *texts, size_t count)
{
	struct payload_spec *list = ARENA_ARRAY(&s->arena, count, struct payload_spec);
	for (size_t i = 0; i < count; i++)
		list[i] = payload(texts[i]);
	s->sources[0].kind = kind;
	s->sources[0].target = target;
	s->sources[0].function = SOURCE_NO_FUNCTION;
	s->sources[0].payloads = list;
	s->sources[0].payload_count = count;
}

static void sends_one(struct scenario *s, enum source_kind kind, struct target target, const char *text)
{
	sends(s, kind, target, &text, 1);
}

static struct mapping_spec *mapping(struct scenario *s, struct target source, const struct filter_spec *filters, size_t count)
{
	struct mapping_spec *m = &s->mappings[s->mapping_count++];
	*m = (struct mapping_spec){.name = arena_format(&s->arena, "M%zu", s->mapping_count),
	                           .source = source,
	                           .enabled = true,
	                           .batch_size = 10,
	                           .filters = filters,
	                           .filter_count = count};
	return m;
}

static struct filter_spec *filter(struct scenario *s, const char *text)
{
	struct filter_spec *f = ARENA_NEW(&s->arena, struct filter_spec);
	*f = (struct filter_spec){.text = text, .length = strlen(text)};
	return f;
}

static struct subscription_spec *subscribe(struct scenario *s, struct target target)
{
	struct subscription_spec *list = ARENA_ARRAY(&s->arena, s->topics[0].subscription_count + 1, struct subscription_spec);
	if (s->topics[0].subscription_count)
		memcpy(list, s->topics[0].subscriptions, s->topics[0].subscription_count * sizeof *list);
	list[s->topics[0].subscription_count].target = target;
	s->topics[0].subscriptions = list;
	return &list[s->topics[0].subscription_count++];
}

static struct rule_target_spec *rule(struct scenario *s, const char *pattern, struct target target)
{
	struct rule_spec *list = ARENA_ARRAY(&s->arena, s->buses[0].rule_count + 1, struct rule_spec);
	struct rule_target_spec *one = ARENA_NEW(&s->arena, struct rule_target_spec);
	if (s->buses[0].rule_count)
		memcpy(list, s->buses[0].rules, s->buses[0].rule_count * sizeof *list);
	one->target = target;
	list[s->buses[0].rule_count] = (struct rule_spec){.name = "Rule", .targets = one, .target_count = 1};
	if (pattern)
		list[s->buses[0].rule_count].pattern = *filter(s, pattern);
	s->buses[0].rules = list;
	s->buses[0].rule_count++;
	return one;
}

static struct notification_spec *notify(struct scenario *s, const char *event, struct target target)
{
	struct notification_spec *list = ARENA_ARRAY(&s->arena, s->buckets[0].notification_count + 1, struct notification_spec);
	if (s->buckets[0].notification_count)
		memcpy(list, s->buckets[0].notifications, s->buckets[0].notification_count * sizeof *list);
	list[s->buckets[0].notification_count] = (struct notification_spec){.event = event, .target = target};
	s->buckets[0].notifications = list;
	return &list[s->buckets[0].notification_count++];
}

static const struct content *at(const struct flow_plan *p, uint32_t content)
{
	ck_assert_uint_lt(content, p->contents.count);
	return &p->contents.items[content];
}

/* The only content that comes to a place. */
static uint32_t only_at(const struct flow_plan *p, struct target place)
{
	uint32_t found = CONTENT_NONE;
	for (uint32_t c = 0; c < p->contents.count; c++)
		if (contents_arrives(p, station_of(p->scenario, place), c)) {
			ck_assert_uint_eq(found, CONTENT_NONE);
			found = c;
		}
	ck_assert_uint_ne(found, CONTENT_NONE);
	return found;
}

static json_t *json_of(const struct content *c)
{
	json_error_t fault;
	json_t *json = json_loadb(c->text, c->length, JSON_DECODE_ANY, &fault);
	ck_assert_msg(json != NULL, "%s: %.*s", fault.text, (int)c->length, c->text);
	return json;
}

/* Follows keys; "0" is the first element. */
static const json_t *inside(const json_t *json, const char *path)
{
	char key[64];
	while (*path) {
		size_t n = strcspn(path, "/");
		ck_assert_uint_lt(n, sizeof key);
		memcpy(key, path, n);
		key[n] = '\0';
		json = json_is_array(json) ? json_array_get(json, (size_t)(key[0] - '0')) : json_object_get(json, key);
		path += n + (path[n] == '/');
	}
	return json;
}

static void has(const struct content *c, const char *path, const char *value)
{
	json_t *json = json_of(c);
	const json_t *found = inside(json, path);
	ck_assert_msg(json_is_string(found) && strcmp(json_string_value(found), value) == 0, "%s is not %s in %.*s", path, value,
	              (int)c->length, c->text);
	json_decref(json);
}

/* --- where payloads begin --------------------------------------------------------------------------------------------------------------- */

START_TEST(bodies_and_data)
{
	static const char sqs[] = "{\"eventSource\": \"aws:sqs\", \"body\": \"hello\", "
				  "\"messageAttributes\": {\"kind\": {\"dataType\": \"String\", \"stringValue\": \"order\"}}}";
	static const struct {
		enum source_kind kind;
		enum target_kind place;
		const char *text, *stands;
		size_t size;
	} rows[] = {
		{SOURCE_SQS, TARGET_QUEUE, "{\"n\": 1}\n", "{\"n\": 1}", 8},
		{SOURCE_SQS, TARGET_QUEUE, "plain text\n", "plain text\n", 11},
		{SOURCE_SQS, TARGET_QUEUE, sqs, "hello", 5 + 4 + 6 + 5},
		{SOURCE_SNS, TARGET_TOPIC, "{\"Sns\": {\"Message\": \"m\", \"Subject\": \"s\"}}", "m", 1},
		{SOURCE_KINESIS, TARGET_STREAM, "{\"kinesis\": {\"data\": \"aGk=\"}}", "hi", 2},
		{SOURCE_S3, TARGET_BUCKET, "bytes", "bytes", 5},
		{SOURCE_SQS, TARGET_QUEUE, NULL, "", 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scenario s;
		struct flow_plan p = {0};
		world(&s);
		sends_one(&s, rows[i].kind, to(rows[i].place, 0, "X"), rows[i].text);
		contents_compile(&p, &s, &s.arena);
		const struct content *c = at(&p, only_at(&p, s.sources[0].target));
		ck_assert_uint_eq(c->length, strlen(rows[i].stands));
		ck_assert_mem_eq(c->text, rows[i].stands, c->length);
		ck_assert_uint_eq(c->size, rows[i].size);
		ck_assert_uint_eq(p.source_base[0], 0);
		fixture_scenario_fini(&s);
	}
}
END_TEST

START_TEST(events_of_a_bus)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	rule(&s, "{\"source\": [\"shop\"], \"detail-type\": [\"Order\"]}", to(TARGET_FUNCTION, FUNCTION_A, "F0"));
	sends_one(&s, SOURCE_EVENT_BRIDGE, to(TARGET_BUS, 0, "default"), "{\"id\": 7}");
	contents_compile(&p, &s, &s.arena);
	uint32_t c = only_at(&p, to(TARGET_BUS, 0, "default"));
	has(at(&p, c), "source", "shop"); /* said by nobody: the rule's */
	has(at(&p, c), "detail-type", "Order");
	has(at(&p, c), "region", "eu-west-1");
	ck_assert_uint_eq(only_at(&p, to(TARGET_FUNCTION, FUNCTION_A, "F0")), c); /* it goes on as it is */
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(an_event_that_says_whence_it_comes)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	rule(&s, "{\"source\": [\"shop\"]}", to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	sends_one(&s, SOURCE_EVENT_BRIDGE, to(TARGET_BUS, 0, "default"),
	          "{\"Source\": \"bank\", \"DetailType\": \"Paid\", \"Detail\": {\"n\": 1}}");
	contents_compile(&p, &s, &s.arena);
	uint32_t c = only_at(&p, to(TARGET_BUS, 0, "default"));
	has(at(&p, c), "source", "bank");
	ck_assert(!filter_passes(&p.rules[0][0][0].filter, c));
	ck_assert(!contents_arrives(&p, station_of(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")), c));
	fixture_scenario_fini(&s);
}
END_TEST

/* --- ways ------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(a_topic_wraps_unless_raw)
{
	static const char text[] = "{\"Sns\": {\"Message\": \"{\\\"n\\\": 1}\", \"MessageAttributes\": "
				   "{\"kind\": {\"Type\": \"String\", \"Value\": \"a\"}}}}";
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	subscribe(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	subscribe(&s, to(TARGET_QUEUE, QUEUE_RAW, "Q1"))->raw = true;
	subscribe(&s, to(TARGET_FUNCTION, FUNCTION_A, "F0"));
	sends_one(&s, SOURCE_SNS, to(TARGET_TOPIC, 0, "News"), text);
	contents_compile(&p, &s, &s.arena);
	const struct content *wrapped = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")));
	has(wrapped, "Type", "Notification");
	has(wrapped, "Message", "{\"n\": 1}");
	has(wrapped, "MessageAttributes/kind/Value", "a");
	has(wrapped, "TopicArn", "arn:aws:sns:eu-west-1:123456789012:News");
	ck_assert_uint_eq(wrapped->size, wrapped->length);
	const struct content *raw = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_RAW, "Q1")));
	ck_assert_uint_eq(raw->length, 8);
	ck_assert_mem_eq(raw->text, "{\"n\": 1}", 8);
	ck_assert_uint_eq(raw->attribute_count, 1);
	ck_assert_str_eq(raw->attributes[0].name, "kind");
	ck_assert_uint_eq(raw->size, 8 + 4 + 6 + 1);
	has(at(&p, only_at(&p, to(TARGET_FUNCTION, FUNCTION_A, "F0"))), "Records/0/Sns/Message", "{\"n\": 1}");
	ck_assert_str_eq(wrapped->name, "News");
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_bucket_tells_of_its_objects)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	s.buckets[0].event_bridge = true;
	notify(&s, "s3:ObjectCreated:*", to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"))->prefix = "in/";
	notify(&s, "s3:ObjectCreated:*", to(TARGET_TOPIC, 0, "News"))->suffix = ".png";
	notify(&s, "s3:ObjectRemoved:*", to(TARGET_FUNCTION, FUNCTION_A, "F0"));
	rule(&s, "{\"source\": [\"aws.s3\"], \"detail\": {\"object\": {\"key\": [{\"prefix\": \"in/\"}]}}}",
	     to(TARGET_QUEUE, QUEUE_RAW, "Q1"));
	sends_one(&s, SOURCE_S3, to(TARGET_BUCKET, 0, "images"), "{\"s3\": {\"object\": {\"key\": \"in/a+b.jpg\", \"size\": 9}}}");
	contents_compile(&p, &s, &s.arena);
	uint32_t object = only_at(&p, to(TARGET_BUCKET, 0, "images"));
	ck_assert_str_eq(at(&p, object)->key, "in/a b.jpg");
	ck_assert_str_eq(at(&p, object)->event, "ObjectCreated:Put");
	const struct content *told = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")));
	has(told, "Records/0/s3/object/key", "in/a+b.jpg");
	has(told, "Records/0/s3/bucket/name", "images");
	ck_assert(!filter_passes(&p.notifications[0][1].filter, object)); /* no .png */
	ck_assert(!filter_passes(&p.notifications[0][2].filter, object)); /* not removed */
	const struct content *event = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_RAW, "Q1")));
	has(event, "detail-type", "Object Created");
	has(event, "detail/object/key", "in/a b.jpg");
	fixture_scenario_fini(&s);
}
END_TEST

/* A name that is not said is one that the first notification takes, with its event. */
START_TEST(objects_without_a_name)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	struct notification_spec *n = notify(&s, "s3:ObjectRemoved:*", to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	n->prefix = "old/";
	n->suffix = ".txt";
	notify(&s, "s3:ObjectCreated:Put", to(TARGET_QUEUE, QUEUE_RAW, "Q1"));
	sends_one(&s, SOURCE_S3, to(TARGET_BUCKET, 0, "images"), NULL);
	contents_compile(&p, &s, &s.arena);
	uint32_t object = only_at(&p, to(TARGET_BUCKET, 0, "images"));
	ck_assert_mem_eq(at(&p, object)->key, "old/object-", 11);
	ck_assert_str_eq(at(&p, object)->event, "ObjectRemoved:Delete");
	ck_assert(filter_passes(&p.notifications[0][0].filter, object));
	ck_assert(!filter_passes(&p.notifications[0][1].filter, object));
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_rule_hands_on_the_event_or_its_input)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	rule(&s, NULL, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	rule(&s, NULL, to(TARGET_QUEUE, QUEUE_RAW, "Q1"))->input = "{\"go\": true}";
	sends_one(&s, SOURCE_EVENT_BRIDGE, to(TARGET_BUS, 0, "default"), "{\"n\": 1}");
	contents_compile(&p, &s, &s.arena);
	uint32_t whole = only_at(&p, to(TARGET_BUS, 0, "default"));
	ck_assert_uint_eq(only_at(&p, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")), whole);
	ck_assert_ptr_null(p.rules[0][0][0].rewritten);
	const struct content *input = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_RAW, "Q1")));
	ck_assert_str_eq(input->text, "{\"go\": true}");
	ck_assert_uint_eq(input->size, 12);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(destinations_get_records)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	struct async_spec *async = &s.functions[0].async;
	*async = (struct async_spec){.max_retries = 2,
	                             .max_age = SIMTIME_HOUR,
	                             .on_success = to(TARGET_BUS, 0, "default"),
	                             .on_failure = to(TARGET_BUCKET, 0, "images"),
	                             .dead_letter = to(TARGET_QUEUE, QUEUE_DEAD, "Q2")};
	sends_one(&s, SOURCE_INVOKE_EVENT, to(TARGET_FUNCTION, FUNCTION_A, "F0"), "{\"n\": 1}");
	contents_compile(&p, &s, &s.arena);
	uint32_t event = only_at(&p, to(TARGET_FUNCTION, FUNCTION_A, "F0"));
	const struct async_ways *w = &p.async[0];
	const struct content *success = at(&p, way_content(&w->success, event));
	has(success, "detail-type", "Lambda Function Invocation Result - Success");
	has(success, "detail/requestContext/condition", "Success");
	const struct content *failed = at(&p, way_content(&w->failed, event));
	has(failed, "requestContext/condition", "RetriesExhausted");
	has(failed, "requestContext/functionArn", "arn:aws:lambda:eu-west-1:123456789012:function:stack-a:$LATEST");
	ck_assert_mem_eq(failed->key, "aws/lambda/async/stack-a/", 25);
	json_t *json = json_of(failed);
	ck_assert_int_eq(json_integer_value(inside(json, "requestContext/approximateInvokeCount")), 3);
	ck_assert_int_eq(json_integer_value(inside(json, "requestPayload/n")), 1);
	json_decref(json);
	has(at(&p, way_content(&w->expired, event)), "requestContext/condition", "EventAgeExceeded");
	const struct content *dead = at(&p, way_content(&w->dead_letter, event));
	ck_assert_mem_eq(dead->text, "{\"n\": 1}", dead->length);
	ck_assert_uint_eq(dead->attribute_count, 3);
	ck_assert_str_eq(dead->attributes[1].name, "ErrorCode");
	ck_assert_str_eq(dead->attributes[1].value, "200");
	ck_assert_uint_gt(dead->size, dead->length + 50);
	ck_assert(contents_arrives(&p, station_of(&s, async->dead_letter), way_content(&w->dead_letter, event)));
	fixture_scenario_fini(&s);
}
END_TEST

/* A topic's event that its function gave up: the dead-letter topic's Message is the whole event, not the first one's Message. */
START_TEST(a_dead_letter_is_the_event_itself)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	s.functions[0].async.dead_letter = to(TARGET_TOPIC, 0, "News");
	subscribe(&s, to(TARGET_QUEUE, QUEUE_RAW, "Q1"))->raw = true;
	sends_one(&s, SOURCE_INVOKE_EVENT, to(TARGET_FUNCTION, FUNCTION_A, "F0"),
	          "{\"Records\": [{\"EventSource\": \"aws:sns\", \"Sns\": {\"Message\": \"inner\"}}]}");
	contents_compile(&p, &s, &s.arena);
	const struct content *raw = at(&p, only_at(&p, to(TARGET_QUEUE, QUEUE_RAW, "Q1")));
	has(raw, "Records/0/Sns/Message", "inner");
	ck_assert_uint_eq(raw->attribute_count, 3);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(a_batch_given_up_is_described)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	struct mapping_spec *m = mapping(&s, to(TARGET_STREAM, 0, "Clicks"), NULL, 0);
	m->max_retries = 2;
	m->max_record_age = SIMTIME_NEVER;
	m->on_failure = to(TARGET_QUEUE, QUEUE_DEAD, "Q2");
	sends_one(&s, SOURCE_KINESIS, to(TARGET_STREAM, 0, "Clicks"), "{\"n\": 1}");
	contents_compile(&p, &s, &s.arena);
	const struct content *told = at(&p, only_at(&p, m->on_failure));
	has(told, "requestContext/condition", "RetryAttemptsExhausted");
	has(told, "KinesisBatchInfo/streamArn", "arn:aws:kinesis:eu-west-1:123456789012:stream/Clicks");
	json_t *json = json_of(told);
	ck_assert_int_eq(json_integer_value(inside(json, "requestContext/approximateInvokeCount")), 3);
	json_decref(json);
	fixture_scenario_fini(&s);
}
END_TEST

/* A queue's dead letters are its messages. */
START_TEST(redrive_keeps_the_message)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	s.queues[QUEUE_PLAIN].dead_letter = to(TARGET_QUEUE, QUEUE_DEAD, "Q2");
	sends_one(&s, SOURCE_SQS, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"), "a");
	contents_compile(&p, &s, &s.arena);
	ck_assert_uint_eq(only_at(&p, to(TARGET_QUEUE, QUEUE_DEAD, "Q2")), only_at(&p, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")));
	ck_assert_uint_eq(p.contents.count, 1);
	fixture_scenario_fini(&s);
}
END_TEST

/* A function whose successes and failures come back to it: two new records a round. */
START_TEST(loops_are_bounded)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	s.functions[0].async.on_success = s.functions[0].async.on_failure = to(TARGET_FUNCTION, FUNCTION_A, "F0");
	sends_one(&s, SOURCE_INVOKE_EVENT, to(TARGET_FUNCTION, FUNCTION_A, "F0"), "{}");
	contents_compile(&p, &s, &s.arena);
	ck_assert_uint_le(p.contents.count, CONTENTS_DERIVED_MOST + 1);
	ck_assert_uint_gt(p.contents.count, 100);
	for (uint32_t c = 0; c < p.contents.count; c++) {
		ck_assert_uint_le(at(&p, c)->steps, CONTENTS_STEPS);
		ck_assert_uint_lt(way_content(&p.async[0].success, c), p.contents.count);
		ck_assert_uint_eq(contents_first(&p, c), 0);
	}
	fixture_scenario_fini(&s);
}
END_TEST

/* Each round writes the last text as a string into the next: it would double for ever. */
START_TEST(texts_are_bounded)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	s.functions[0].async.on_success = to(TARGET_TOPIC, 0, "News");
	subscribe(&s, to(TARGET_FUNCTION, FUNCTION_A, "F0"));
	sends_one(&s, SOURCE_INVOKE_EVENT, to(TARGET_FUNCTION, FUNCTION_A, "F0"), "{\"text\": \"\\\\\\\\\\\\\"}");
	contents_compile(&p, &s, &s.arena);
	for (uint32_t c = 0; c < p.contents.count; c++)
		ck_assert_uint_le(at(&p, c)->length, CONTENTS_TEXT_MOST);
	ck_assert_uint_gt(p.contents.count, 4);
	fixture_scenario_fini(&s);
}
END_TEST

/* What nobody invokes emits nothing. */
START_TEST(emissions_begin_with_an_invocation)
{
	struct scenario s;
	for (int wired = 0; wired < 2; wired++) {
		struct flow_plan p = {0};
		world(&s);
		struct emit_spec *emit = ARENA_NEW(&s.arena, struct emit_spec);
		*emit = (struct emit_spec){.to = to(TARGET_QUEUE, QUEUE_DEAD, "Q2"), .count = 1};
		s.functions[1].emits = emit;
		s.functions[1].emit_count = 1;
		s.payloads = ARENA_NEW(&s.arena, struct payload_spec);
		s.payloads[0] = payload("emitted");
		s.payload_count = 1;
		sends_one(&s, SOURCE_SQS, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"), "{\"n\": 1}");
		mapping(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"),
		        filter(&s, wired ? "{\"body\": {\"n\": [1]}}" : "{\"body\": {\"n\": [2]}}"), 1)
			->function = FUNCTION_B;
		contents_compile(&p, &s, &s.arena);
		ck_assert_uint_eq(p.emit_base, 1);
		ck_assert_uint_eq(p.emit_count, 1);
		ck_assert_str_eq(at(&p, 1)->text, "emitted");
		ck_assert_int_eq(contents_arrives(&p, station_of(&s, emit->to), 1), wired);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* --- filters ---------------------------------------------------------------------------------------------------------------------------- */

/* Text against JSON: Lambda Developer Guide, "Properly filtering Amazon SQS messages". */
START_TEST(mapping_filters)
{
	static const struct {
		enum source_kind kind;
		enum target_kind place;
		size_t index;
		const char *pattern, *text;
		bool passes;
	} rows[] = {
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": {\"n\": [1]}}", "{\"n\": 1}", true},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": {\"n\": [1]}}", "{\"n\": 2}", false},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": {\"n\": [1]}}", "n=1", false},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": [\"go\"]}", "go", true},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": [{\"exists\": true}]}", "{\"n\": 1}", false},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"body\": {\"n\": [{\"numeric\": [\">\", 5]}]}}", "{\"n\": 6}", true},
		{SOURCE_SQS, TARGET_QUEUE, 0, "{\"messageAttributes\": {\"a\": {\"stringValue\": [\"x\"]}}}",
	         "{\"eventSource\": \"aws:sqs\", \"body\": \"b\", \"messageAttributes\": {\"a\": {\"dataType\": \"String\", "
	         "\"stringValue\": \"x\"}}}",
	         true},
		{SOURCE_KINESIS, TARGET_STREAM, 0, "{\"data\": {\"n\": [1]}}", "{\"n\": 1}", true},
		{SOURCE_KINESIS, TARGET_STREAM, 0, "{\"data\": {\"n\": [1]}}", "{\"n\": 3}", false},
		{SOURCE_KINESIS, TARGET_STREAM, 0, "{\"data\": {\"n\": [1]}}", "text", false},
		{SOURCE_DYNAMODB, TARGET_STREAM, 1, "{\"eventName\": [\"INSERT\"]}", "{\"id\": \"a\"}", true},
		{SOURCE_DYNAMODB, TARGET_STREAM, 1, "{\"eventName\": [\"REMOVE\"]}", "{\"id\": \"a\"}", false},
		{SOURCE_DYNAMODB, TARGET_STREAM, 1, "{\"dynamodb\": {\"NewImage\": {\"n\": {\"N\": [\"5\"]}}}}",
	         "{\"id\": \"a\", \"n\": 5}", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scenario s;
		struct flow_plan p = {0};
		world(&s);
		mapping(&s, to(rows[i].place, rows[i].index, "X"), filter(&s, rows[i].pattern), 1);
		sends_one(&s, rows[i].kind, to(rows[i].place, rows[i].index, "X"), rows[i].text);
		contents_compile(&p, &s, &s.arena);
		ck_assert_msg(filter_passes(&p.mappings[0], 0) == rows[i].passes, "%s on %s", rows[i].pattern, rows[i].text);
		fixture_scenario_fini(&s);
	}
}
END_TEST

START_TEST(any_filter_of_a_mapping_passes)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	struct filter_spec *list = ARENA_ARRAY(&s.arena, 2, struct filter_spec);
	list[0] = *filter(&s, "{\"body\": {\"n\": [1]}}");
	list[1] = *filter(&s, "{\"body\": {\"n\": [2]}}");
	mapping(&s, to(TARGET_QUEUE, 0, "Q0"), list, 2);
	mapping(&s, to(TARGET_QUEUE, 1, "Q1"), list, 2);
	const char *texts[] = {"{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}"};
	sends(&s, SOURCE_SQS, to(TARGET_QUEUE, 0, "Q0"), texts, 3);
	contents_compile(&p, &s, &s.arena);
	ck_assert(filter_passes(&p.mappings[0], 0) && filter_passes(&p.mappings[0], 1) && !filter_passes(&p.mappings[0], 2));
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(filter_policies)
{
	static const char order[] = "{\"Sns\": {\"Message\": \"{\\\"n\\\": 1}\", \"MessageAttributes\": "
				    "{\"kind\": {\"Type\": \"String\", \"Value\": \"order\"}}}}";
	static const struct {
		const char *policy, *text;
		enum filter_scope scope;
		bool passes;
	} rows[] = {
		{"{\"kind\": [\"order\"]}", order, FILTER_ATTRIBUTES, true},
		{"{\"kind\": [\"bill\"]}", order, FILTER_ATTRIBUTES, false},
		{"{\"kind\": [\"order\"]}", "{\"kind\": \"order\"}", FILTER_ATTRIBUTES, false}, /* it has no attributes */
		{"{\"kind\": [{\"exists\": false}]}", "text", FILTER_ATTRIBUTES, true},
		{"{\"n\": [1]}", order, FILTER_BODY, true},
		{"{\"n\": [2]}", order, FILTER_BODY, false},
		{"{\"n\": [1]}", "text", FILTER_BODY, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scenario s;
		struct flow_plan p = {0};
		world(&s);
		struct subscription_spec *x = subscribe(&s, to(TARGET_QUEUE, 0, "Q0"));
		x->has_filter = true;
		x->filter = *filter(&s, rows[i].policy);
		x->scope = rows[i].scope;
		sends_one(&s, SOURCE_SNS, to(TARGET_TOPIC, 0, "News"), rows[i].text);
		contents_compile(&p, &s, &s.arena);
		ck_assert_msg(filter_passes(&p.subscriptions[0][0].filter, 0) == rows[i].passes, "%s on %s", rows[i].policy,
		              rows[i].text);
		fixture_scenario_fini(&s);
	}
}
END_TEST

/* Decided for each content, a filter says what pattern_match says about the text. */
START_TEST(filters_agree_with_the_text)
{
	enum { CONTENTS = 40 };
	struct scenario s;
	struct flow_plan p = {0};
	const struct draw_key key = {99, (uint64_t)_i};
	const char *texts[CONTENTS];
	world(&s);
	for (uint64_t i = 0; i < CONTENTS; i++)
		texts[i] = arena_format(&s.arena, "{\"a\": %d, \"b\": {\"c\": \"%c\"}}",
		                        (int)draw_below(draw_word(&key, 1, 0, 0, i), 5),
		                        (char)('p' + draw_below(draw_word(&key, 1, 0, 1, i), 4)));
	int low = (int)draw_below(draw_word(&key, 2, 0, 0, 0), 5);
	char letter = (char)('p' + draw_below(draw_word(&key, 2, 0, 0, 1), 4));
	const char *inner = arena_format(&s.arena,
	                                 "{\"a\": [{\"numeric\": [\">=\", %d]}], \"b\": {\"c\": [{\"anything-but\": \"%c\"}]}}",
	                                 low, letter);
	mapping(&s, to(TARGET_QUEUE, 0, "Q0"), filter(&s, arena_format(&s.arena, "{\"body\": %s}", inner)), 1);
	sends(&s, SOURCE_SQS, to(TARGET_QUEUE, 0, "Q0"), texts, CONTENTS);
	contents_compile(&p, &s, &s.arena);
	struct error e = {0};
	const struct pattern *pattern = pattern_compile(inner, strlen(inner), PATTERN_EVENTBRIDGE, &s.arena, &e);
	ck_assert_ptr_nonnull(pattern);
	size_t passed = 0;
	for (uint32_t i = 0; i < CONTENTS; i++) {
		int matches = pattern_match_text(pattern, texts[i], strlen(texts[i]), NULL, &e);
		ck_assert_int_eq(filter_passes(&p.mappings[0], i), matches);
		passed += matches == 1;
	}
	ck_assert(low == 0 || passed < CONTENTS);
	fixture_scenario_fini(&s);
}
END_TEST

/* --- what differs from event to event ----------------------------------------------------------------------------------------------------- */

START_TEST(slots_ask)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	subscribe(&s, to(TARGET_QUEUE, 0, "Q0"));
	mapping(&s, to(TARGET_QUEUE, 0, "Q0"), filter(&s, "{\"body\": {\"Message\": [{\"suffix\": \"3\"}]}}"), 1);
	sends_one(&s, SOURCE_SNS, to(TARGET_TOPIC, 0, "News"), "event {{counter}}");
	contents_compile(&p, &s, &s.arena);
	uint32_t c = only_at(&p, to(TARGET_QUEUE, 0, "Q0"));
	ck_assert(at(&p, c)->varies);
	ck_assert_uint_eq(p.mappings[0].passes[c], FILTER_ASKS);
	for (uint32_t n = 0; n < 30; n++) {
		struct message m = {.payload = c, .number = n};
		ck_assert_int_eq(filter_takes(&p.mappings[0], &m), (n + 1) % 10 == 3);
	}
	struct content shown;
	contents_render(&p, c, 41, 0, &s.arena, &shown);
	has(&shown, "Message", "event 42");
	fixture_scenario_fini(&s);
}
END_TEST

/* Copies of one event are the same text, whatever way they went. */
START_TEST(an_event_renders_alike_everywhere)
{
	struct scenario s;
	struct flow_plan p = {0};
	world(&s);
	subscribe(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	subscribe(&s, to(TARGET_QUEUE, QUEUE_RAW, "Q1"))->raw = true;
	sends_one(&s, SOURCE_SNS, to(TARGET_TOPIC, 0, "News"), "{\"id\": \"{{id}}\", \"n\": {{random 1 1000000}}}");
	contents_compile(&p, &s, &s.arena);
	uint32_t wrapped = only_at(&p, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0")), raw = only_at(&p, to(TARGET_QUEUE, QUEUE_RAW, "Q1"));
	char *last = NULL;
	for (uint64_t n = 0; n < 5; n++) {
		struct content one, two;
		contents_render(&p, wrapped, n, 0, &s.arena, &one);
		contents_render(&p, raw, n, 0, &s.arena, &two);
		has(&one, "Message", two.text);
		ck_assert(last == NULL || strcmp(last, two.text) != 0);
		last = arena_string(&s.arena, two.text);
	}
	fixture_scenario_fini(&s);
}
END_TEST

/* --- in a run ----------------------------------------------------------------------------------------------------------------------------- */

/* Of 1,000 events numbered from 1 those that end in 7 pass. */
START_TEST(a_run_decides_for_each_event)
{
	struct scenario s;
	world(&s);
	mapping(&s, to(TARGET_QUEUE, 0, "Q0"), filter(&s, "{\"body\": {\"n\": [{\"suffix\": \"7\"}]}}"), 1);
	sends_one(&s, SOURCE_SQS, to(TARGET_QUEUE, 0, "Q0"), "{\"n\": \"{{counter}}\"}");
	s.sources[0].arrivals.rate_per_s = 100;
	s.duration = 60 * SIMTIME_SECOND;
	fixture_burst(&s, 0, SIMTIME_SECOND, 1000);
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct station_result *q = &r.result->stations[station_of(&s, to(TARGET_QUEUE, 0, "Q0"))];
	ck_assert_uint_eq(q->counts.ended[END_FILTERED], 900);
	ck_assert_uint_eq(q->counts.ended[END_DELIVERED], 100);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* `times` with columns: the payload that each arrival names. */
START_TEST(arrivals_carry_what_they_say)
{
	static const uint32_t payload_of[] = {0, 1, 1, 0, 1, 1}, key_of[] = {1, 0, 1, 2, 2, 1};
	static const char *const names[] = {"", "a", "b"};
	struct scenario s;
	world(&s);
	mapping(&s, to(TARGET_QUEUE, 0, "Q0"), filter(&s, "{\"body\": {\"n\": [1]}}"), 1);
	const char *texts[] = {"{\"n\": 0}", "{\"n\": 1}"};
	sends(&s, SOURCE_SQS, to(TARGET_QUEUE, 0, "Q0"), texts, 2);
	fixture_times(&s, 0, (double[]){10, 20, 30, 40, 50, 60}, 6);
	s.sources[0].arrivals.payload_of = payload_of;
	s.sources[0].arrivals.key_of = key_of;
	s.sources[0].arrivals.key_names = names;
	s.sources[0].arrivals.key_count = 3;
	struct fixture_run r = fixture_run(&s, 0, 0);
	const struct station_result *q = &r.result->stations[station_of(&s, to(TARGET_QUEUE, 0, "Q0"))];
	ck_assert_uint_eq(q->counts.ended[END_FILTERED], 2);
	ck_assert_uint_eq(q->counts.ended[END_DELIVERED], 4);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

/* A function's failures go over a bus: the rule for expired events gets none of those that were tried in vain. */
START_TEST(records_are_filtered_by_what_happened)
{
	struct scenario s;
	world(&s);
	s.functions[0].declared.error_rate = 1;
	s.functions[0].async = (struct async_spec){.max_age = SIMTIME_HOUR, .on_failure = to(TARGET_BUS, 0, "default")};
	rule(&s, "{\"detail\": {\"requestContext\": {\"condition\": [\"EventAgeExceeded\"]}}}",
	     to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	rule(&s, "{\"detail\": {\"requestContext\": {\"condition\": [\"RetriesExhausted\"]}}}", to(TARGET_QUEUE, QUEUE_DEAD, "Q2"));
	sends_one(&s, SOURCE_INVOKE_EVENT, to(TARGET_FUNCTION, FUNCTION_A, "F0"), "{}");
	fixture_times(&s, 0, (double[]){10, 20, 30}, 3);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(r.result->stations[station_of(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"))].counts.received, 0);
	ck_assert_uint_eq(r.result->stations[station_of(&s, to(TARGET_QUEUE, QUEUE_DEAD, "Q2"))].counts.received, 3);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

START_TEST(objects_reach_the_bus)
{
	struct scenario s;
	world(&s);
	s.buckets[0].event_bridge = true;
	rule(&s, "{\"source\": [\"aws.s3\"]}", to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"));
	sends_one(&s, SOURCE_S3, to(TARGET_BUCKET, 0, "images"), "x");
	fixture_times(&s, 0, (double[]){10, 20}, 2);
	struct fixture_run r = fixture_run(&s, 0, 0);
	ck_assert_uint_eq(r.result->stations[station_of(&s, to(TARGET_BUS, 0, "default"))].counts.received, 2);
	ck_assert_uint_eq(r.result->stations[station_of(&s, to(TARGET_QUEUE, QUEUE_PLAIN, "Q0"))].counts.received, 2);
	fixture_run_fini(&r);
	fixture_scenario_fini(&s);
}
END_TEST

Suite *contents_suite(void)
{
	Suite *suite = suite_create("contents");
	TCase *payloads = tcase_create("payloads"), *ways = tcase_create("ways"), *filters = tcase_create("filters"),
	      *run = tcase_create("run");
	tcase_add_test(payloads, bodies_and_data);
	tcase_add_test(payloads, events_of_a_bus);
	tcase_add_test(payloads, an_event_that_says_whence_it_comes);
	tcase_add_test(payloads, objects_without_a_name);
	tcase_add_test(ways, a_topic_wraps_unless_raw);
	tcase_add_test(ways, a_bucket_tells_of_its_objects);
	tcase_add_test(ways, a_rule_hands_on_the_event_or_its_input);
	tcase_add_test(ways, destinations_get_records);
	tcase_add_test(ways, a_dead_letter_is_the_event_itself);
	tcase_add_test(ways, a_batch_given_up_is_described);
	tcase_add_test(ways, redrive_keeps_the_message);
	tcase_add_test(ways, loops_are_bounded);
	tcase_add_test(ways, texts_are_bounded);
	tcase_add_test(ways, emissions_begin_with_an_invocation);
	tcase_add_test(filters, mapping_filters);
	tcase_add_test(filters, any_filter_of_a_mapping_passes);
	tcase_add_test(filters, filter_policies);
	tcase_add_loop_test(filters, filters_agree_with_the_text, 0, 50);
	tcase_add_test(filters, slots_ask);
	tcase_add_test(filters, an_event_renders_alike_everywhere);
	tcase_add_test(run, a_run_decides_for_each_event);
	tcase_add_test(run, arrivals_carry_what_they_say);
	tcase_add_test(run, records_are_filtered_by_what_happened);
	tcase_add_test(run, objects_reach_the_bus);
	suite_add_tcase(suite, payloads);
	suite_add_tcase(suite, ways);
	suite_add_tcase(suite, filters);
	suite_add_tcase(suite, run);
	return suite;
}
