/* simulated: a queue, a FIFO queue, a Kinesis stream and a DynamoDB stream are simulated, and one real Python handler gets the event of each of
 * their batches. A record's fields come from the engine's state (struct message); its content says what they must be, known apart from that:
 * arrival times from the test's own list, receive counts by counting deliveries, the shard by Python's MD5. The handler raises unless
 * they are equal, a thousand events each. */
#include <inttypes.h>
#include <jansson.h>

#include "models/poll/partition.h"
#include "models/run.h"
#include "models/source/place.h"
#include "tests/handlers/onesandbox.h"

enum { EVENTS = 1000, SHARDS = 3, KEYS = 7 };

enum polled { POLLED_QUEUE, POLLED_FIFO, POLLED_KINESIS, POLLED_DYNAMODB };

/* What is put out of order, to see that the handler notices. */
enum wrong { WRONG_NOTHING, WRONG_RECEIVES, WRONG_SENT, WRONG_SEQUENCE, WRONG_ARRIVAL, WRONG_SHARD };

struct world {
	enum polled polled;
	enum wrong wrong;
	size_t most; /* batches after which the handler is left alone */
	struct bench bench;
	struct closer closer;
	struct scenario s;
	struct function_spec function;
	struct source_spec source;
	struct payload_spec payload;
	struct queue_spec queue;
	struct stream_spec stream;
	struct mapping_spec mapping;
	simtime times[EVENTS];
	struct plan *plan;
	struct run *run;
	struct partitions partitions;
	uint32_t deliveries[EVENTS];
	size_t batches, records, raised, again;
};

/* --- the simulation -------------------------------------------------------------------------------------------------------------------- */

/* Irregular, some at the same time; the list is the only place that knows them. */
static void make_times(struct world *w)
{
	simtime t = 0;
	for (size_t i = 0; i < EVENTS; i++) {
		t += (simtime)(i * i * 7919 % 181) * SIMTIME_MS;
		w->times[i] = t;
	}
}

static void world_init(struct world *w, enum polled polled)
{
	bool stream = polled == POLLED_KINESIS || polled == POLLED_DYNAMODB;
	*w = (struct world){.polled = polled, .most = SIZE_MAX};
	make_times(w);
	w->payload = (struct payload_spec){.text = "{\"id\": 1}",
	                                   .text_length = 9,
	                                   .event = "{\"id\": 1}",
	                                   .event_length = 9,
	                                   .weight = 1};
	w->queue = (struct queue_spec){.name = "Orders",
	                               .fifo = polled == POLLED_FIFO,
	                               .visibility = 5 * SIMTIME_SECOND,
	                               .retention = SIMTIME_DAY};
	w->stream = (struct stream_spec){.name = "Clicks",
	                                 .kind = polled == POLLED_KINESIS ? STREAM_KINESIS : STREAM_DYNAMODB,
	                                 .shards = SHARDS,
	                                 .retention = SIMTIME_DAY,
	                                 .view = "NEW_AND_OLD_IMAGES",
	                                 .hash_key = "id"};
	/* Some records fail their batch, so that it comes again: one in twenty, or in the larger ones of streams three in a hundred. */
	w->function = (struct function_spec){.name = "Worker",
	                                     .function_name = "Worker",
	                                     .memory_mb = 1769,
	                                     .timeout_s = 3,
	                                     .reserved = FUNCTION_UNRESERVED,
	                                     .model = MODEL_DECLARED,
	                                     .arm_factor = 1,
	                                     .reclaim = {.policy = RECLAIM_NEVER},
	                                     .declared = {.has_duration = true,
	                                                  .duration = {.kind = DISTRIBUTION_CONSTANT, .a = 1e8},
	                                                  .has_init = true,
	                                                  .init = {.kind = DISTRIBUTION_CONSTANT},
	                                                  .record_error_rate = stream ? 0.03 : 0.05}};
	w->source = (struct source_spec){.name = stream ? "Clicks" : "Orders",
	                                 .kind = polled == POLLED_KINESIS    ? SOURCE_KINESIS
	                                         : polled == POLLED_DYNAMODB ? SOURCE_DYNAMODB
	                                                                     : SOURCE_SQS,
	                                 .function = SOURCE_NO_FUNCTION,
	                                 .target = stream ? (struct target){TARGET_STREAM, 0, "Clicks"}
	                                                  : (struct target){TARGET_QUEUE, 0, "Orders"},
	                                 .keys = {.kind = KEY_UNIFORM, .count = KEYS},
	                                 .arrivals = {.kind = ARRIVAL_TIMES, .times = w->times, .time_count = EVENTS},
	                                 .payloads = &w->payload,
	                                 .payload_count = 1,
	                                 .has_latency = true,
	                                 .latency = {.kind = DISTRIBUTION_CONSTANT},
	                                 .wait_limit = SIMTIME_NEVER};
	w->mapping = (struct mapping_spec){.name = "Worker.Source",
	                                   .source = w->source.target,
	                                   .enabled = true,
	                                   .batch_size = stream ? 40 : 10,
	                                   .window = polled == POLLED_QUEUE ? 2 * SIMTIME_SECOND : 0,
	                                   .parallelization = 1,
	                                   .max_retries = MAPPING_FOREVER,
	                                   .max_record_age = SIMTIME_NEVER};
	w->s = (struct scenario){.name = "simulated",
	                         .region = "eu-west-1",
	                         .duration = w->times[EVENTS - 1] + 10 * SIMTIME_MINUTE,
	                         .replications = 1,
	                         .seed = 7,
	                         .account = {.concurrent_executions = SCENARIO_ACCOUNT_CONCURRENCY},
	                         .functions = &w->function,
	                         .function_count = 1,
	                         .sources = &w->source,
	                         .source_count = 1,
	                         .queues = &w->queue,
	                         .queue_count = !stream,
	                         .streams = &w->stream,
	                         .stream_count = stream,
	                         .mappings = &w->mapping,
	                         .mapping_count = 1};
}

/* --- records --------------------------------------------------------------------------------------------------------------------------- */

/* What the test knows about event `number`. */
static const char *expected(struct world *w, uint32_t number, const char *key, struct arena *a)
{
	const char *known = arena_format(a,
	                                 "{\"number\": %u, \"receives\": %u, \"born\": %" PRId64
	                                 ", \"key\": \"%s\", \"fifo\": %s, \"shards\": %d}",
	                                 (unsigned)number, (unsigned)w->deliveries[number],
	                                 ENVELOPE_EPOCH_MS + w->times[number] / SIMTIME_MS, key,
	                                 w->polled == POLLED_FIFO ? "true" : "false", SHARDS);
	if (w->polled != POLLED_DYNAMODB)
		return known;
	json_t *item = json_pack("{ssss}", "id", key, "known", known);
	char *text = json_dumps(item, 0);
	known = arena_string(a, text);
	json_decref(item);
	free(text);
	return known;
}

/* From the engine's state alone, but for the content. */
static struct envelope_record record_of(struct world *w, const struct message *m, struct arena *a)
{
	bool stream = w->polled == POLLED_KINESIS || w->polled == POLLED_DYNAMODB;
	struct envelope_record r = {.key = arena_format(a, "%u", (unsigned)m->key),
	                            .identity = m->identity,
	                            .sent = m->since,
	                            .first_received = m->since,
	                            .arrival = m->since,
	                            .receive_count = (int)m->receives,
	                            .sequence = stream ? m->number : m->ticket};
	if (w->polled == POLLED_KINESIS)
		r.shard = partition_range(partition_of_key(&w->partitions, m->key), SHARDS);
	w->again += w->deliveries[m->number]++ > 0;
	r.payload = expected(w, m->number, r.key, a);
	r.length = strlen(r.payload);
	return r;
}

static void spoil(struct envelope_record *r, enum wrong wrong)
{
	switch (wrong) {
	case WRONG_NOTHING: break;
	case WRONG_RECEIVES: r->receive_count++; break;
	case WRONG_SENT: r->sent += SIMTIME_MS; break;
	case WRONG_SEQUENCE: r->sequence = 1000000 - r->sequence; break;
	case WRONG_ARRIVAL: r->arrival += SIMTIME_SECOND; break;
	case WRONG_SHARD: r->shard = (r->shard + 1) % SHARDS; break;
	}
}

static void on_batch(void *ctx, size_t mapping, const uint32_t *messages, size_t count, simtime now)
{
	struct world *w = ctx;
	struct arena a = {0};
	struct envelope_place place;
	enum source_kind kind;
	struct envelope_record *records = ARENA_ARRAY(&a, count, struct envelope_record);
	(void)now;
	if (w->batches++ >= w->most)
		return;
	for (size_t i = 0; i < count; i++)
		records[i] = record_of(w, &run_engine(w->run)->messages.items[messages[i]], &a);
	for (size_t i = 1; i < count; i++)
		CHECK(records[i].shard == records[0].shard);
	spoil(&records[count - 1], w->wrong);
	place_of_mapping(&w->s, &w->s.mappings[mapping], &a, &place, &kind);
	size_t length;
	const char *event = envelope_batch(kind, &place, records, count, &a, &length);
	w->records += count;
	if (closer_invoke(&w->closer, event, 10000 * MS) && w->closer.r.outcome != OUTCOME_OK) {
		check(w->wrong, __LINE__, "%s", w->closer.r.message ? w->closer.r.message : "");
		if (w->wrong)
			SAME(w->closer.r.error_type, "AssertionError");
		w->raised++;
	}
	arena_fini(&a);
}

static void simulate(struct world *w)
{
	bench_init(&w->bench, PY, "shapes", "app.simulated");
	if (!closer_init(&w->closer, &w->bench) || !closer_start(&w->closer))
		return;
	w->plan = plan_new(&w->s, 0);
	w->run = run_new(w->plan);
	run_engine(w->run)->observer = (struct observer){on_batch, w};
	run_result_free(run_replicate(w->run, 0, NULL, NULL), w->plan);
	run_free(w->run);
	plan_free(w->plan);
	partitions_fini(&w->partitions);
	closer_fini(&w->closer);
}

/* --- tests ------------------------------------------------------------------------------------------------------------------------------ */

static void states_are_told(enum polled polled)
{
	static struct world w; /* too large for the stack; a test is a process of its own */
	world_init(&w, polled);
	simulate(&w);
	size_t seen = 0;
	for (size_t i = 0; i < EVENTS; i++)
		seen += w.deliveries[i] > 0;
	printf("  %zu events in %zu batches, %zu of them again: %zu raised\n", w.records, w.batches, w.again, w.raised);
	EQUAL(seen, EVENTS);
	EQUAL(w.raised, 0);
	CHECK(w.again >= EVENTS / 50); /* there was something to count */
}

static void queue(void)
{
	states_are_told(POLLED_QUEUE);
}

static void fifo_queue(void)
{
	states_are_told(POLLED_FIFO);
}

static void kinesis_stream(void)
{
	states_are_told(POLLED_KINESIS);
}

static void dynamodb_stream(void)
{
	states_are_told(POLLED_DYNAMODB);
}

/* Each single untruth is noticed, in each batch. */
static void wrong_states_raise(void)
{
	static const struct {
		enum polled polled;
		enum wrong wrong;
	} cases[] = {
		{POLLED_QUEUE, WRONG_RECEIVES},    {POLLED_QUEUE, WRONG_SENT},    {POLLED_FIFO, WRONG_RECEIVES},
		{POLLED_FIFO, WRONG_SENT},         {POLLED_FIFO, WRONG_SEQUENCE}, {POLLED_KINESIS, WRONG_ARRIVAL},
		{POLLED_KINESIS, WRONG_SEQUENCE},  {POLLED_KINESIS, WRONG_SHARD}, {POLLED_DYNAMODB, WRONG_ARRIVAL},
		{POLLED_DYNAMODB, WRONG_SEQUENCE},
	};
	static struct world w;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		world_init(&w, cases[i].polled);
		w.wrong = cases[i].wrong;
		w.most = 5;
		simulate(&w);
		/* A FIFO queue's first sequence number has nothing to be out of order with. */
		size_t least = cases[i].polled == POLLED_FIFO && cases[i].wrong == WRONG_SEQUENCE ? 4 : 5;
		check(w.raised >= least && w.raised <= 5, __LINE__, "case %zu: %zu of 5 batches raised", i, w.raised);
	}
}

static const struct test tests[] = {
	{"queue", queue},
	{"fifo_queue", fifo_queue},
	{"kinesis_stream", kinesis_stream},
	{"dynamodb_stream", dynamodb_stream},
	{"wrong_states_raise", wrong_states_raise},
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
