/* eventshapes: a real Python handler gets the event of every source and reads it as functions do (tests/handlers/code/shapes). */
#include <inttypes.h>
#include <jansson.h>

#include "models/source/envelope.h"
#include "models/source/table.h"
#include "tests/handlers/onesandbox.h"

static void sent(struct closer *c, enum source_kind kind, const struct envelope_place *place, const char *payload, const char *name)
{
	struct arena a = {0};
	size_t length;
	char *quoted = memory_format("\"%s\"", name);
	const struct envelope_record *records = envelope_samples(payload, payload ? strlen(payload) : 0, 1, &a);
	const char *event = envelope_batch(kind, place, records, 1, &a, &length);
	if (closer_invoke(c, event, 10000 * MS) &&
	    check(c->r.outcome == OUTCOME_OK, __LINE__, "%s: %s: %s", name, c->r.message ? c->r.message : "", event))
		check_same(c->r.body, quoted, __LINE__);
	memory_free(quoted);
	arena_fini(&a);
}

/* Two payloads and none for each kind. */
static void every_source(void)
{
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "shapes", "app.handler");
	if (closer_init(&c, &b) && closer_start(&c)) {
		for (size_t k = 0; k < SOURCE_KINDS; k++) {
			enum source_kind kind = (enum source_kind)k;
			const char *name = source_kind_of(kind)->name;
			bool input = kind == SOURCE_SCHEDULE || kind == SOURCE_SCHEDULER;
			if (kind == SOURCE_INVOKE_EVENT)
				name = "Invoke";
			sent(&c, kind, NULL, NULL, name);
			sent(&c, kind, NULL, "{\"a\": [1, \"\xc3\xa9\", {\"b\": null}]}", input ? "Invoke" : name);
		}
	}
	closer_fini(&c);
}

static void variants(void)
{
	static const struct envelope_window window = {.end = SIMTIME_MINUTE, .state = "{\"n\": 1}", .state_length = 8};
	static const struct {
		enum source_kind kind;
		struct envelope_place place;
		const char *payload, *name;
	} cases[] = {
		{SOURCE_HTTP_API, {.method = "get", .path = "/x/{id}", .payload_1_0 = true}, NULL, "HttpApi 1.0"},
		{SOURCE_HTTP_API, {.method = "post", .path = "/x"}, "\xff\xfe", "HttpApi"},
		{SOURCE_API, {.method = "any", .path = "/{proxy+}"}, "text", "Api"},
		{SOURCE_ALB, {.multi_value = true}, "x", "Alb"},
		{SOURCE_EDGE, {.edge = EDGE_ORIGIN_REQUEST}, "x", "LambdaEdge"},
		{SOURCE_EDGE, {.edge = EDGE_ORIGIN_RESPONSE}, NULL, "LambdaEdge"},
		{SOURCE_EDGE, {.edge = EDGE_VIEWER_RESPONSE}, NULL, "LambdaEdge"},
		{SOURCE_SQS, {.name = "q.fifo", .fifo = true}, "{\"a\":1}", "SQS"},
		{SOURCE_SQS, {.window_or_filter = true}, "\xc3\xa9", "SQS"},
		{SOURCE_KINESIS, {.consumer = "fast", .window = &window}, "\xff", "Kinesis"},
		{SOURCE_DYNAMODB, {.hash_key = "k", .view = "KEYS_ONLY", .window = &window}, "{\"k\": 1.5}", "DynamoDB"},
		{SOURCE_DYNAMODB, {0}, "{\"OldImage\": {\"id\": \"x\"}}", "DynamoDB"},
		{SOURCE_SNS, {.name = "t.fifo", .fifo = true}, "m", "SNS"},
		{SOURCE_S3, {.prefix = "in put/", .suffix = ".j+g"}, "bytes", "S3"},
		{SOURCE_CUSTOM_RESOURCE, {0}, "{\"RequestType\": \"Delete\"}", "CustomResource"},
	};
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "shapes", "app.handler");
	if (closer_init(&c, &b) && closer_start(&c))
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
			sent(&c, cases[i].kind, &cases[i].place, cases[i].payload, cases[i].name);
	closer_fini(&c);
}

/* --- state --------------------------------------------------------------------------------------------------------------------------- */

enum { EVENTS = 1000, BATCH = 100 };

/* What the record is to say stands in its content; DynamoDB has it as an attribute, and tells whole seconds. */
static struct envelope_record known_record(enum source_kind kind, size_t i, struct arena *a)
{
	struct envelope_record r = {.identity = i, .sequence = 3 * i, .shard = kind == SOURCE_KINESIS ? i / BATCH : 0};
	r.sent = (simtime)i * 777 * SIMTIME_MS + 123456;
	r.first_received = r.sent + (simtime)i * SIMTIME_MS;
	r.arrival = r.sent + 5 * SIMTIME_MS;
	r.receive_count = 1 + (int)(i % 7);
	r.key = arena_format(a, "key-%zu", i % 13);
	int64_t start = ENVELOPE_EPOCH_MS, arrival = start + r.arrival / SIMTIME_MS;
	const char *known = arena_format(a,
	                                 "{\"receives\": %d, \"sent\": %" PRId64 ", \"received\": %" PRId64
	                                 ", \"arrival\": %" PRId64 ", \"arrival_s\": %" PRId64 ", \"sequence\": %" PRIu64
	                                 ", \"shard\": %zu, \"key\": \"%s\"}",
	                                 r.receive_count, start + r.sent / SIMTIME_MS, start + r.first_received / SIMTIME_MS,
	                                 arrival, arrival / 1000, r.sequence, r.shard, r.key);
	json_t *item = kind == SOURCE_DYNAMODB ? json_pack("{ss}", "known", known) : NULL;
	char *text = item ? json_dumps(item, 0) : NULL;
	r.payload = arena_string(a, text ? text : known);
	r.length = strlen(r.payload);
	json_decref(item);
	free(text);
	return r;
}

static void state_of(enum source_kind kind)
{
	const struct envelope_place place = {.fifo = true};
	struct bench b;
	struct closer c;
	bench_init(&b, PY, "shapes", "app.state");
	if (closer_init(&c, &b) && closer_start(&c)) {
		for (size_t first = 0; first < EVENTS; first += BATCH) {
			struct arena a = {0};
			struct envelope_record records[BATCH];
			size_t length;
			for (size_t i = 0; i < BATCH; i++)
				records[i] = known_record(kind, first + i, &a);
			if (closer_invoke(&c, envelope_batch(kind, &place, records, BATCH, &a, &length), 10000 * MS) &&
			    check(c.r.outcome == OUTCOME_OK, __LINE__, "%s", c.r.message ? c.r.message : ""))
				SAME(c.r.body, "100");
			arena_fini(&a);
		}
	}
	closer_fini(&c);
}

static void state_of_queues(void)
{
	state_of(SOURCE_SQS);
}

static void state_of_streams(void)
{
	state_of(SOURCE_KINESIS);
	state_of(SOURCE_DYNAMODB);
}

/* The handler does raise. */
static void wrong_state(void)
{
	struct bench b;
	struct closer c;
	struct arena a = {0};
	size_t length;
	struct envelope_record record = known_record(SOURCE_SQS, 5, &a);
	record.receive_count++;
	bench_init(&b, PY, "shapes", "app.state");
	if (closer_init(&c, &b) && closer_start(&c) &&
	    closer_invoke(&c, envelope_batch(SOURCE_SQS, &(struct envelope_place){.fifo = true}, &record, 1, &a, &length),
	                  10000 * MS)) {
		EQUAL(c.r.outcome, OUTCOME_ERROR);
		SAME(c.r.error_type, "AssertionError");
	}
	closer_fini(&c);
	arena_fini(&a);
}

static const struct test tests[] = {
	{"every_source", every_source},         {"variants", variants},       {"state_of_queues", state_of_queues},
	{"state_of_streams", state_of_streams}, {"wrong_state", wrong_state},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
