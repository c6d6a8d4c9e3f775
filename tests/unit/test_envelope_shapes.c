/* The event of every source, compared key by key with tests/shapes, and what the examples do not say: which payloads pass as they are, that
 * ids differ and sequence numbers ascend, what is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/source/table.h"
#include "tests/unit/fixture_shape.h"

Suite *envelope_shapes_suite(void);

/* --- examples ---------------------------------------------------------------------------------------------------------------------- */

static void compare(struct fixture_shape *shape)
{
	size_t length;
	const char *text = fixture_shape_event(shape, &length);
	fixture_shape_compare(shape->name, json_object_get(shape->example, "event"), text, length);
}

START_TEST(as_documented)
{
	ck_assert_int_ge(fixture_shapes(compare), 46);
}
END_TEST

static void cover(struct fixture_shape *shape, bool *seen)
{
	enum source_kind kind;
	if (source_kind_named(json_string_value(json_object_get(shape->example, "kind")), &kind) &&
	    !json_object_get(shape->example, "make"))
		seen[kind] = true;
}

static bool covered[SOURCE_KINDS];

static void cover_one(struct fixture_shape *shape)
{
	cover(shape, covered);
}

START_TEST(every_source_has_an_example)
{
	fixture_shapes(cover_one);
	for (size_t i = 0; i < SOURCE_KINDS; i++)
		ck_assert_msg(covered[i], "%s has none", source_kind_of((enum source_kind)i)->name);
}
END_TEST

/* The comparison can fail. */
START_TEST(differences_are_seen)
{
	static const char *const pairs[][2] = {
		{"{\"a\":1}", "{}"},
		{"{}", "{\"a\":1}"},
		{"{\"a\":1}", "{\"a\":1.0}"},
		{"{\"a\":\"~UUID\"}", "{\"a\":\"01234567-89AB-4cde-8f01-23456789abcd\"}"},
		{"[1]", "[1,2]"},
		{"{\"a\":null}", "{\"a\":\"\"}"},
		{"{\"a\":\"b\"}", "{\"a\":\"c\"}"},
		{"{\"a\":\"~/[0-9]/\"}", "{\"a\":\"12\"}"},
		{"{\"a\":\"~BASE64\"}", "{\"a\":\"abc\"}"},
		{"[true]", "[false]"},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char wrong[400];
		json_t *example = json_loads(pairs[i][0], 0, NULL), *event = json_loads(pairs[i][1], 0, NULL);
		ck_assert_msg(fixture_shape_differs(example, event, "", wrong) < 0, "%s", pairs[i][0]);
		ck_assert_int_eq(fixture_shape_differs(event, event, "", wrong), 0);
		json_decref(example);
		json_decref(event);
	}
}
END_TEST

/* --- whole events ------------------------------------------------------------------------------------------------------------------- */

/* What is made is taken for whole, and is passed on byte for byte by the fixed form. */
static void whole(struct fixture_shape *shape)
{
	enum source_kind kind;
	size_t length, again;
	const char *text = fixture_shape_event(shape, &length);
	if (json_object_get(shape->example, "make") != NULL || json_array_size(json_object_get(shape->example, "records")) == 0)
		return;
	source_kind_named(json_string_value(json_object_get(shape->example, "kind")), &kind);
	ck_assert_msg(envelope_is_whole(kind, text, length), "%s", shape->name);
	if (kind != SOURCE_SCHEDULER)
		ck_assert_str_eq(envelope_wrap(kind, "get", "/x", text, length, &shape->arena, &again), text);
	ck_assert_ptr_null(envelope_refusal(kind, text, length));
}

START_TEST(made_events_are_whole)
{
	fixture_shapes(whole);
}
END_TEST

/* An event of one source inside another is a payload like any other. */
START_TEST(foreign_events_are_payloads)
{
	static const enum source_kind kinds[] = {SOURCE_S3,  SOURCE_SNS,     SOURCE_EVENT_BRIDGE, SOURCE_CUSTOM_RESOURCE,
	                                         SOURCE_SQS, SOURCE_KINESIS, SOURCE_DYNAMODB,     SOURCE_EDGE};
	enum { KINDS = sizeof kinds / sizeof *kinds };
	struct arena a = {0};
	for (size_t i = 0; i < KINDS; i++) {
		size_t length;
		const char *event = envelope_wrap(kinds[i], NULL, NULL, "{\"a\":1}", 7, &a, &length);
		for (size_t k = 0; k < KINDS; k++)
			ck_assert_int_eq(envelope_is_whole(kinds[k], event, length), i == k);
	}
	size_t length, outer;
	const char *s3 = envelope_wrap(SOURCE_S3, NULL, NULL, "x", 1, &a, &length);
	json_t *queue = json_loads(envelope_wrap(SOURCE_SQS, NULL, NULL, s3, length, &a, &outer), 0, NULL);
	const json_t *message = json_array_get(json_object_get(queue, "Records"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(message, "body")), s3);
	json_decref(queue);
	arena_fini(&a);
}
END_TEST

/* --- what changes from event to event ------------------------------------------------------------------------------------------------- */

static const char *record_text(json_t *event, size_t i, const char *part, const char *key)
{
	const json_t *record = json_array_get(json_object_get(event, "Records"), i);
	return json_string_value(json_object_get(part ? json_object_get(record, part) : record, key));
}

START_TEST(sequences_ascend_and_ids_differ)
{
	static const struct {
		enum source_kind kind;
		const char *part, *sequence, *id_part, *id;
		size_t digits;
	} cases[] = {{SOURCE_KINESIS, "kinesis", "sequenceNumber", NULL, "eventID", 56},
	             {SOURCE_DYNAMODB, "dynamodb", "SequenceNumber", NULL, "eventID", 21},
	             {SOURCE_SQS, "attributes", "SequenceNumber", NULL, "messageId", 20}};
	enum { MANY = 200 };
	const struct envelope_place place = {.fifo = true};
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		struct arena a = {0};
		size_t length;
		struct envelope_record *records = envelope_samples("{}", 2, MANY, &a);
		for (size_t i = 0; i < MANY; i++)
			records[i].sequence = i < 100 ? i : i * UINT64_C(400000000000000); /* short and long numbers */
		json_t *event = json_loads(envelope_batch(cases[c].kind, &place, records, MANY, &a, &length), 0, NULL);
		for (size_t i = 0; i < MANY; i++) {
			const char *number = record_text(event, i, cases[c].part, cases[c].sequence);
			ck_assert_uint_eq(strlen(number), cases[c].digits);
			for (size_t k = 0; k < i; k++)
				ck_assert_str_ne(record_text(event, i, cases[c].id_part, cases[c].id),
				                 record_text(event, k, cases[c].id_part, cases[c].id));
			if (i > 0)
				ck_assert_str_gt(number, record_text(event, i - 1, cases[c].part, cases[c].sequence));
		}
		json_decref(event);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(same_call_same_bytes)
{
	for (size_t k = 0; k < SOURCE_KINDS; k++) {
		struct arena a = {0};
		size_t one_length, two_length;
		const char *one = envelope_wrap((enum source_kind)k, "get", "/a", "{\"a\":1}", 7, &a, &one_length);
		const char *two = envelope_wrap((enum source_kind)k, "get", "/a", "{\"a\":1}", 7, &a, &two_length);
		ck_assert_str_eq(one, two);
		ck_assert_uint_eq(one_length, strlen(one));
		arena_fini(&a);
	}
}
END_TEST

/* A message keeps its id; what is received again has another handle. */
START_TEST(receives)
{
	struct arena a = {0};
	struct envelope_record *records = envelope_samples("x", 1, 2, &a);
	size_t length;
	records[1].identity = records[0].identity;
	records[1].receive_count = 2;
	json_t *event = json_loads(envelope_batch(SOURCE_SQS, NULL, records, 2, &a, &length), 0, NULL);
	ck_assert_str_eq(record_text(event, 0, NULL, "messageId"), record_text(event, 1, NULL, "messageId"));
	ck_assert_str_ne(record_text(event, 0, NULL, "receiptHandle"), record_text(event, 1, NULL, "receiptHandle"));
	ck_assert_str_eq(record_text(event, 1, "attributes", "ApproximateReceiveCount"), "2");
	json_decref(event);
	arena_fini(&a);
}
END_TEST

/* Dates: 2025-01-06 is day 0; leap days and years' ends; before the run began. */
START_TEST(dates)
{
	static const struct {
		simtime at;
		const char *iso;
	} cases[] = {{0, "2025-01-06T00:00:00.000Z"},
	             {-1, "2025-01-05T23:59:59.999Z"},
	             {-6 * SIMTIME_DAY, "2024-12-31T00:00:00.000Z"},
	             {-312 * SIMTIME_DAY, "2024-02-29T00:00:00.000Z"},
	             {359 * SIMTIME_DAY + 86399 * SIMTIME_SECOND, "2025-12-31T23:59:59.000Z"},
	             {360 * SIMTIME_DAY, "2026-01-01T00:00:00.000Z"},
	             {1149 * SIMTIME_DAY, "2028-02-29T00:00:00.000Z"},
	             {27447 * SIMTIME_DAY, "2100-03-01T00:00:00.000Z"},
	             {SIMTIME_MS - 1, "2025-01-06T00:00:00.000Z"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a = {0};
		struct envelope_record record = {.payload = "x", .length = 1, .sent = cases[i].at};
		size_t length;
		json_t *event = json_loads(envelope_batch(SOURCE_S3, NULL, &record, 1, &a, &length), 0, NULL);
		ck_assert_str_eq(record_text(event, 0, NULL, "eventTime"), cases[i].iso);
		json_decref(event);
		arena_fini(&a);
	}
}
END_TEST

/* Later events of one object have a larger sequencer. */
START_TEST(sequencers)
{
	char before[32] = "";
	for (simtime t = 0; t < 3 * SIMTIME_SECOND; t += 7 * SIMTIME_MS + 1) {
		struct arena a = {0};
		struct envelope_record record = {.sent = t, .key = "k"};
		size_t length;
		json_t *event = json_loads(envelope_batch(SOURCE_S3, NULL, &record, 1, &a, &length), 0, NULL);
		const json_t *s3 = json_object_get(json_array_get(json_object_get(event, "Records"), 0), "s3");
		const char *sequencer = json_string_value(json_object_get(json_object_get(s3, "object"), "sequencer"));
		ck_assert_str_gt(sequencer, before);
		snprintf(before, sizeof before, "%s", sequencer);
		json_decref(event);
		arena_fini(&a);
	}
}
END_TEST

/* --- odd payloads ------------------------------------------------------------------------------------------------------------------- */

START_TEST(refusals)
{
	static const struct {
		enum source_kind kind;
		const char *payload;
		size_t length;
		bool refused;
	} cases[] = {{SOURCE_SQS, "hello", 5, false},
	             {SOURCE_SQS, "a\x01", 2, true},
	             {SOURCE_SQS, "\xff", 1, true},
	             {SOURCE_SQS, "\xef\xbf\xbf", 3, true},
	             {SOURCE_SQS, "\xef\xbf\xbd", 3, false},
	             {SOURCE_SQS, "a\tb\r\n", 5, false},
	             {SOURCE_SNS, "\xff", 1, true},
	             {SOURCE_KINESIS, "\xff", 1, false},
	             {SOURCE_S3, "\xff", 1, false},
	             {SOURCE_DYNAMODB, "[1]", 3, true},
	             {SOURCE_DYNAMODB, "{\"a\":1}", 7, false},
	             {SOURCE_EVENT_BRIDGE, "1", 1, true},
	             {SOURCE_CUSTOM_RESOURCE, "\"x\"", 3, true},
	             {SOURCE_SCHEDULE, "x", 1, true},
	             {SOURCE_SCHEDULER, "1", 1, false},
	             {SOURCE_INVOKE_EVENT, "{", 1, true},
	             {SOURCE_API, "x", 1, false},
	             {SOURCE_EVENT_BRIDGE, NULL, 0, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg((envelope_refusal(cases[i].kind, cases[i].payload, cases[i].length) != NULL) == cases[i].refused,
		              "case %zu", i);
}
END_TEST

/* Whatever a payload is, what comes of it is one JSON value. */
START_TEST(every_payload_gives_json)
{
	static const struct {
		const char *bytes;
		size_t length;
	} payloads[] = {{NULL, 0},
	                {"", 0},
	                {" ", 1},
	                {"\xff\x00\xfe", 3},
	                {"null", 4},
	                {"[]", 2},
	                {"{}", 2},
	                {"\"\\u0000\"", 8},
	                {"{\"Records\":[]}", 14},
	                {"{\"Records\":[null]}", 18},
	                {"{\"Records\":{}}", 14},
	                {"{\"s3\":{}}", 9},
	                {"{\"Sns\":{}}", 10},
	                {"{\"kinesis\":{\"data\":\"?\"}}", 24},
	                {"{\"dynamodb\":{}}", 15},
	                {"{\"Detail\":\"{\",\"Source\":\"s\"}", 27},
	                {"{\"RequestType\":\"Update\"}", 24},
	                {"{\"eventSource\":\"aws:sqs\"}", 25},
	                {"1e400", 5},
	                {"{\"a\":", 5},
	                {"{\"detail-type\":1}", 17},
	                {"{\"\":{\"\":[]}}", 12},
	                {"123456789012345678901234567890", 30}};
	for (size_t k = 0; k < SOURCE_KINDS; k++)
		for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
			struct arena a = {0};
			size_t length;
			if (k == SOURCE_INVOKE && i != 0)
				continue;
			const char *text = envelope_wrap((enum source_kind)k, NULL, NULL, payloads[i].bytes, payloads[i].length, &a,
			                                 &length);
			json_t *event = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
			ck_assert_msg(event != NULL, "%s, payload %zu: %s", source_kind_of((enum source_kind)k)->name, i, text);
			json_decref(event);
			arena_fini(&a);
		}
}
END_TEST

/* As deep as JSON may be. */
START_TEST(deep_items)
{
	enum { DEPTH = 1900 };
	char text[2 * DEPTH + 20];
	struct arena a = {0};
	size_t n = 0, length;
	memcpy(text, "{\"a\":", 5);
	n = 5;
	memset(text + n, '[', DEPTH);
	memset(text + n + DEPTH, ']', DEPTH);
	n += 2 * DEPTH;
	text[n++] = '}';
	const enum source_kind kinds[] = {SOURCE_DYNAMODB, SOURCE_CUSTOM_RESOURCE, SOURCE_EVENT_BRIDGE};
	for (size_t k = 0; k < 3; k++) {
		const char *event = envelope_wrap(kinds[k], NULL, NULL, text, n, &a, &length);
		ck_assert_uint_gt(length, n);
		ck_assert_uint_eq(strlen(event), length);
	}
	arena_fini(&a);
}
END_TEST

/* Numbers of a payload keep their own words where the payload is passed on whole. */
START_TEST(detail_keeps_its_text)
{
	static const char detail[] = "{\"price\": 1.50, \"big\": 123456789012345678, \"exp\": 1E5}";
	struct arena a = {0};
	size_t length;
	ck_assert_ptr_nonnull(strstr(envelope_wrap(SOURCE_EVENT_BRIDGE, NULL, NULL, detail, strlen(detail), &a, &length), detail));
	arena_fini(&a);
}
END_TEST

/* A viewer's body is cut at 40 KB, an origin's at 1 MB. */
START_TEST(edge_bodies_are_cut)
{
	enum { VIEWER = 40 * 1024, ORIGIN = 1024 * 1024 };
	static const struct {
		enum envelope_edge edge;
		size_t sent, seen;
	} cases[] = {{EDGE_VIEWER_REQUEST, VIEWER, VIEWER},
	             {EDGE_VIEWER_REQUEST, VIEWER + 1, VIEWER},
	             {EDGE_ORIGIN_REQUEST, VIEWER + 1, VIEWER + 1},
	             {EDGE_ORIGIN_REQUEST, ORIGIN + 5, ORIGIN}};
	static char bytes[ORIGIN + 5];
	memset(bytes, 'x', sizeof bytes);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a = {0};
		const struct envelope_place place = {.edge = cases[i].edge};
		const struct envelope_record record = {.payload = bytes, .length = cases[i].sent};
		size_t length;
		json_t *event = json_loads(envelope_batch(SOURCE_EDGE, &place, &record, 1, &a, &length), 0, NULL);
		const json_t *cf = json_object_get(json_array_get(json_object_get(event, "Records"), 0), "cf");
		const json_t *body = json_object_get(json_object_get(cf, "request"), "body");
		ck_assert_uint_eq(strlen(json_string_value(json_object_get(body, "data"))), (cases[i].seen + 2) / 3 * 4);
		ck_assert_int_eq(json_is_true(json_object_get(body, "inputTruncated")), cases[i].sent > cases[i].seen);
		json_decref(event);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(contents)
{
	struct arena a = {0};
	struct envelope_content c;
	envelope_content_of(SOURCE_KINESIS, "\xff\x00", 2, &a, &c);
	ck_assert_uint_eq(c.length, 2);
	ck_assert_mem_eq(c.text, "\xff\x00", 2);
	static const char record[] =
		"{\"Records\":[{\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"data\":\"/wA=\",\"partitionKey\":\"k\"}}]}";
	envelope_content_of(SOURCE_KINESIS, record, strlen(record), &a, &c);
	ck_assert_uint_eq(c.length, 2);
	ck_assert_mem_eq(c.text, "\xff\x00", 2);
	ck_assert_str_eq(c.key, "k");
	envelope_content_of(SOURCE_SNS, "{\"Sns\":{\"Message\":\"m\",\"Subject\":\"s\"}}", 37, &a, &c);
	ck_assert_str_eq(c.text, "m");
	ck_assert_str_eq(c.subject, "s");
	envelope_content_of(SOURCE_SQS, " {\"a\": 1}\n", 10, &a, &c);
	ck_assert_str_eq(c.text, "{\"a\": 1}");
	envelope_content_of(SOURCE_SQS, NULL, 0, &a, &c);
	ck_assert_str_eq(c.text, "");
	arena_fini(&a);
}
END_TEST

/* --- aftermath ---------------------------------------------------------------------------------------------------------------------- */

START_TEST(dead_letters)
{
	struct arena a = {0};
	char message[1200];
	struct envelope_attribute list[AFTERMATH_ATTRIBUTES];
	memset(message, 'x', sizeof message);
	memcpy(message + 1023, "\xc3\xa9", 2); /* at the limit's edge */
	message[sizeof message - 1] = '\0';
	const struct aftermath_event event = {.function = "f", .identity = 3, .error_message = message};
	aftermath_dead_letter(&event, 429, &a, list);
	ck_assert_str_eq(list[0].name, "RequestID");
	ck_assert_uint_eq(strlen(list[0].value), 36);
	ck_assert_str_eq(list[1].name, "ErrorCode");
	ck_assert_str_eq(list[1].type, "Number");
	ck_assert_str_eq(list[1].value, "429");
	ck_assert_str_eq(list[2].name, "ErrorMessage");
	ck_assert_uint_eq(strlen(list[2].value), 1023);
	aftermath_dead_letter(&(struct aftermath_event){.function = "f"}, 200, &a, list);
	ck_assert_str_eq(list[2].value, "");
	arena_fini(&a);
}
END_TEST

START_TEST(object_keys)
{
	struct arena a = {0};
	const struct aftermath_event event = {.function = "Worker", .at = SIMTIME_HOUR + 62 * SIMTIME_SECOND};
	const char *key = aftermath_object_key(&event, &a), *start = "aws/lambda/async/Worker/2025/01/06/2025-01-06T01.01.02-";
	ck_assert_mem_eq(key, start, strlen(start));
	ck_assert_uint_eq(strlen(key), strlen(start) + 36);
	const struct envelope_record record = {.shard = 12};
	const struct aftermath_batch batch = {.records = &record, .count = 1};
	key = aftermath_batch_key(SOURCE_KINESIS, "Reader.Clicks", &batch, &a);
	ck_assert_ptr_nonnull(strstr(key, "/shardId-000000000012/2025/01/06/2025-01-06T00.00.00-"));
	arena_fini(&a);
}
END_TEST

Suite *envelope_shapes_suite(void)
{
	Suite *suite = suite_create("envelope_shapes");
	TCase *examples = tcase_create("examples");
	tcase_add_test(examples, as_documented);
	tcase_add_test(examples, every_source_has_an_example);
	tcase_add_test(examples, differences_are_seen);
	tcase_add_test(examples, made_events_are_whole);
	tcase_add_test(examples, foreign_events_are_payloads);
	suite_add_tcase(suite, examples);
	TCase *state = tcase_create("state");
	tcase_add_test(state, sequences_ascend_and_ids_differ);
	tcase_add_test(state, same_call_same_bytes);
	tcase_add_test(state, receives);
	tcase_add_test(state, dates);
	tcase_add_test(state, sequencers);
	suite_add_tcase(suite, state);
	TCase *odd = tcase_create("odd");
	tcase_add_test(odd, refusals);
	tcase_add_test(odd, every_payload_gives_json);
	tcase_add_test(odd, deep_items);
	tcase_add_test(odd, detail_keeps_its_text);
	tcase_add_test(odd, edge_bodies_are_cut);
	tcase_add_test(odd, contents);
	suite_add_tcase(suite, odd);
	TCase *after = tcase_create("aftermath");
	tcase_add_test(after, dead_letters);
	tcase_add_test(after, object_keys);
	suite_add_tcase(suite, after);
	return suite;
}
