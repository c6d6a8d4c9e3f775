/* stream: see stream.h. What a stream takes, and its shards; how they are read stands in shard.c and shardbatch.c. */
#include "models/poll/stream.h"

#include <assert.h>
#include <string.h>

#include "models/money/service.h"
#include "models/poll/shard.h"
#include "sim/base/memory.h"

/* --- compiling ----------------------------------------------------------------------------------------------------------------------- */

static bool reads(const struct mapping_spec *m, size_t stream)
{
	return m->enabled && m->source.kind == TARGET_STREAM && m->source.index == stream;
}

/* A shard answers five reads a second, whoever asks. */
static simtime poll_period(const struct stream *t, uint32_t shared_readers)
{
	if (t->spec->kind == STREAM_DYNAMODB)
		return SHARD_POLL_TABLE;
	simtime most = shared_readers * SIMTIME_SECOND / SHARD_READ_CALLS;
	return most > SHARD_POLL_KINESIS ? most : SHARD_POLL_KINESIS;
}

static void compile_mapping(struct engine *e, const struct stream *t, struct stream_mapping *m)
{
	const struct mapping_spec *spec = m->spec = &e->scenario->mappings[m->index];
	bool table = t->spec->kind == STREAM_DYNAMODB;
	m->consumer = &e->mapping_consumers[m->index];
	m->state = &e->mappings[m->index];
	m->lanes = spec->parallelization > 1 && spec->tumbling_window == 0 ? (uint32_t)spec->parallelization : 1;
	m->oldest = spec->max_record_age < t->spec->retention ? spec->max_record_age : t->spec->retention;
	m->retry_first = spec->retry_first > 0 ? spec->retry_first : SHARD_RETRY_FIRST;
	m->retry_most = spec->retry_most > 0 ? spec->retry_most : SHARD_RETRY_MOST;
	m->read_most = (uint32_t)spec->batch_size;
	m->read_bytes_most = UINT64_MAX;
	if (spec->window > 0 || spec->enhanced_fan_out)
		return;
	uint32_t records = table ? SHARD_TABLE_CALL_RECORDS : SHARD_READ_CALL_RECORDS;
	m->read_most = m->read_most < records ? m->read_most : records;
	m->read_bytes_most = table ? SHARD_TABLE_CALL_BYTES : SHARD_READ_CALL_BYTES;
}

/* Whether functions send records with keys to the stream. */
static bool emitted_keys(const struct scenario *s, size_t stream)
{
	for (size_t i = 0; i < s->function_count; i++)
		for (size_t k = 0; k < s->functions[i].emit_count; k++) {
			const struct emit_spec *emit = &s->functions[i].emits[k];
			if (emit->to.kind == TARGET_STREAM && emit->to.index == stream && emit->keys.kind != KEY_NONE)
				return true;
		}
	return false;
}

static void compile(struct engine *e, struct station *s, struct arena *a)
{
	struct stream *t = (struct stream *)s;
	const struct scenario *scenario = e->scenario;
	t->spec = s->spec;
	size_t stream = (size_t)(t->spec - scenario->streams);
	uint32_t shared = 0;
	t->mappings = ARENA_ARRAY(a, scenario->mapping_count + 1, struct stream_mapping);
	for (size_t i = 0; i < scenario->mapping_count; i++) {
		if (!reads(&scenario->mappings[i], stream))
			continue;
		t->mappings[t->mapping_count].index = (uint32_t)i;
		compile_mapping(e, t, &t->mappings[t->mapping_count++]);
		shared += !scenario->mappings[i].enhanced_fan_out;
	}
	for (uint32_t i = 0; i < t->mapping_count; i++)
		t->mappings[i].period = poll_period(t, shared);
	t->emitted_keys = emitted_keys(scenario, stream);
}

/* --- shards ---------------------------------------------------------------------------------------------------------------------------- */

static uint32_t add_shard(struct engine *e, struct stream *t, bool shut, simtime now)
{
	MEMORY_ROOM(t->shards, t->shard_count, t->shard_capacity);
	uint32_t index = (uint32_t)t->shard_count++;
	struct shard *shard = &t->shards[index];
	*shard = (struct shard){.reader = (uint32_t)t->reader_count, .bytes_at = now};
	gcra_init(&shard->records, SHARD_WRITE_RECORDS, SHARD_WRITE_RECORDS);
	shard__add_readers(e, t, index, shut, now);
	return index;
}

static uint32_t first_shards(const struct stream *t)
{
	if (t->spec->kind == STREAM_KINESIS && t->spec->on_demand)
		return SHARD_ON_DEMAND_FIRST;
	return t->spec->shards > 0 ? (uint32_t)t->spec->shards : 1;
}

static void start(struct engine *e, struct station *s)
{
	struct stream *t = (struct stream *)s;
	t->shard_count = t->reader_count = t->lane_count = t->open_count = 0;
	t->held = t->backlog = 0;
	t->troubled = t->troubled_top = t->troubled_period = 0;
	t->counts = (struct stream_counts){0};
	t->minute = 0;
	t->minute_records = t->minute_bytes = 0;
	t->peak = 0;
	t->scaling = false;
	for (uint32_t i = first_shards(t); i > 0; i--) {
		uint32_t shard = add_shard(e, t, false, 0);
		MEMORY_ROOM(t->open, t->open_count, t->open_capacity);
		t->open[t->open_count++] = shard;
	}
}

/* Every open shard is closed and split into two halves of its range. */
static void double_shards(struct engine *e, struct stream *t, simtime now)
{
	uint32_t parents = t->open_count;
	while (t->open_capacity < 2 * (size_t)parents)
		MEMORY_ROOM(t->open, t->open_capacity, t->open_capacity);
	for (uint32_t i = parents; i-- > 0;) { /* from behind: children take the places of those that were split before */
		uint32_t parent = t->open[i], low = add_shard(e, t, true, now), high = add_shard(e, t, true, now);
		t->open[2 * i] = low;
		t->open[2 * i + 1] = high;
		t->shards[parent].child = low;
		shard__closed(e, t, parent, now);
	}
	t->open_count = 2 * parents;
}

/* --- on-demand capacity ------------------------------------------------------------------------------------------------------------------ */

static bool too_small(const struct stream *t)
{
	return 2 * t->peak > t->open_count && 2 * t->open_count <= SHARD_ON_DEMAND_MOST;
}

static void plan_scaling(struct engine *e, struct stream *t, simtime now)
{
	if (t->scaling || !too_small(t))
		return;
	t->scaling = true;
	station_task(e, &t->base, now + SHARD_ON_DEMAND_DELAY, SHARD_SCALE, 0);
}

static void scale(struct engine *e, struct stream *t, simtime now)
{
	t->scaling = false;
	if (too_small(t))
		double_shards(e, t, now);
	plan_scaling(e, t, now);
}

/* A minute is judged when the first record after it comes. */
static void minute_over(struct engine *e, struct stream *t, simtime now)
{
	static const double seconds = 60;
	double bytes = (double)t->minute_bytes / seconds / (double)SHARD_WRITE_BYTES;
	double records = (double)t->minute_records / seconds / SHARD_WRITE_RECORDS;
	double shards = bytes > records ? bytes : records;
	t->peak = shards > t->peak ? shards : t->peak;
	t->minute = now / SIMTIME_MINUTE;
	t->minute_bytes = t->minute_records = 0;
	plan_scaling(e, t, now);
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------------- */

/* Of key 0: an arrival's empty key sorts before all others. */
static bool is_without_key(const struct source_spec *source)
{
	const struct arrival_spec *arrivals = &source->arrivals;
	return arrivals->key_of != NULL ? *arrivals->key_names[0] == '\0' : source->keys.kind == KEY_NONE;
}

/* Whether nothing says what the record should be kept together with. */
static bool keyless(const struct engine *e, const struct stream *t, const struct message *m)
{
	if (m->key != 0)
		return false;
	if (m->hops == 0 && m->source != MESSAGE_NO_SOURCE)
		return is_without_key(e->sources[m->source].plan->spec);
	return !t->emitted_keys;
}

static uint32_t digits(uint32_t n)
{
	uint32_t count = 1;
	for (; n >= 10; n /= 10)
		count++;
	return count;
}

/* Data and partition key. Source: Kinesis Data Streams API Reference, "PutRecord". */
static uint32_t bytes_of(const struct engine *e, const struct message *m)
{
	return (uint32_t)e->flow->contents.items[m->payload].size + digits(m->key);
}

/* The byte bucket works as a gcra whose tokens are not all the same: a second's worth at once, and a record larger than that when it is full. */
static bool takes(struct shard *shard, uint32_t bytes, simtime now)
{
	simtime cost = (simtime)((uint64_t)bytes * (uint64_t)SIMTIME_SECOND / SHARD_WRITE_BYTES);
	simtime from = shard->bytes_at > now ? shard->bytes_at : now;
	if (!gcra_ready(&shard->records, now) || (from > now && from + cost - now > SIMTIME_SECOND))
		return false;
	gcra_take(&shard->records, now);
	shard->bytes_at = from + cost;
	return true;
}

/* Hands a record to all readers of its shard. */
static void spread(struct engine *e, struct stream *t, uint32_t shard, partition_hash hash, const struct lane_record *r,
                   simtime now)
{
	e->messages.items[r->message].next = t->mapping_count; /* how many have it before them */
	e->messages.items[r->message].outcome = FATE_NONE;
	t->held++;
	t->backlog += t->mapping_count;
	for (uint32_t i = 0; i < t->mapping_count; i++) {
		t->mappings[i].state->received++;
		t->mappings[i].state->held++;
		shard__arrived(e, t, t->shards[shard].reader + i, hash, r, now);
	}
}

static void receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	struct stream *t = (struct stream *)s;
	const struct message *m = &e->messages.items[message];
	s->counts.received++;
	partition_hash hash = keyless(e, t, m) ? partition_without_key(m->identity) : partition_of_key(&t->partitions, m->key);
	if (t->spec->on_demand && t->spec->kind == STREAM_KINESIS && now / SIMTIME_MINUTE != t->minute)
		minute_over(e, t, now);
	uint32_t shard = t->open[partition_range(hash, t->open_count)], bytes = bytes_of(e, m);
	if (t->spec->kind == STREAM_KINESIS && !takes(&t->shards[shard], bytes, now)) {
		t->counts.refused++;
		station_end(e, s, message, END_DROPPED, now);
		return;
	}
	t->counts.incoming++;
	t->counts.incoming_bytes += bytes;
	t->counts.put_units += service_units(bytes, SERVICE_PUT_UNIT);
	t->counts.data_in += service_units(bytes, SERVICE_DATA_IN);
	t->minute_records++;
	t->minute_bytes += bytes;
	if (t->mapping_count == 0)
		station_end(e, s, message, END_DELIVERED, now);
	else
		spread(e, t, shard, hash, &(struct lane_record){now, message, bytes}, now);
}

static void task(struct engine *e, struct station *s, unsigned what, uint32_t subject, simtime now)
{
	struct stream *t = (struct stream *)s;
	switch ((enum shard_task)what) {
	case SHARD_WAKE: shard__wake(e, t, subject, now); break;
	case SHARD_RESULT: shard__result(e, t, subject, now); break;
	case SHARD_SCALE: scale(e, t, now); break;
	}
}

static uint64_t held(const struct engine *e, const struct station *s)
{
	(void)e;
	return ((const struct stream *)s)->held;
}

/* --- figures ------------------------------------------------------------------------------------------------------------------------------- */

static void warm_up_end(struct engine *e, struct station *s, simtime now)
{
	struct stream *t = (struct stream *)s;
	shard__expire(e, t, now);
	t->counts = (struct stream_counts){0};
	t->troubled_top = t->troubled;
}

static const struct station_figure figures[] = {
	{"IncomingRecords", "", FIGURE_COUNT},
	{"IncomingBytes", "", FIGURE_COUNT},
	{"PutPayloadUnits", "", FIGURE_COUNT},
	{"DataInKilobytes", "", FIGURE_COUNT},
	{"WriteProvisionedThroughputExceeded", "", FIGURE_COUNT},
	{"GetRecords.IteratorAge_ms", "max", FIGURE_MAX},
	{"IteratorAge_ms", "mean", FIGURE_MEAN}, /* this and the next seven: all mappings together */
	{"IteratorAge_ms", "max", FIGURE_MAX},
	{"PolledEventCount", "", FIGURE_COUNT},
	{"FilteredOutEventCount", "", FIGURE_COUNT},
	{"InvokedEventCount", "", FIGURE_COUNT},
	{"FailedInvokeEventCount", "", FIGURE_COUNT},
	{"DroppedEventCount", "", FIGURE_COUNT},
	{"OnFailureDestinationDeliveredEventCount", "", FIGURE_COUNT},
	{"ExpiredUnread", "", FIGURE_COUNT},
	{"OpenShards", "max", FIGURE_MAX},
	{"BlockedShards", "max", FIGURE_MAX},
	{"BlockedTime_ms", "max", FIGURE_MAX},
};

/* The longest that a shard was blocked, those included that still are. */
static simtime blocked_longest(const struct stream *t, simtime now)
{
	simtime longest = t->counts.blocked_longest;
	for (size_t i = 0; i < t->shard_count; i++)
		if (t->shards[i].troubled > 0 && now - t->shards[i].troubled_since > longest)
			longest = now - t->shards[i].troubled_since;
	return longest;
}

static uint64_t sum_of(const struct stream *t, enum mapping_count what)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < t->mapping_count; i++)
		sum += t->mappings[i].state->counts[what];
	return sum;
}

static struct mapping_ages ages_of(const struct stream *t)
{
	struct mapping_ages all = {0};
	for (uint32_t i = 0; i < t->mapping_count; i++)
		mapping_ages_add(&all, &t->mappings[i].state->ages);
	return all;
}

static void collect(struct engine *e, struct station *s, simtime now, double *out)
{
	struct stream *t = (struct stream *)s;
	shard__expire(e, t, now);
	const struct stream_counts *c = &t->counts;
	const struct mapping_ages ages = ages_of(t);
	uint64_t polled = sum_of(t, MAPPING_POLLED), filtered = sum_of(t, MAPPING_FILTERED);
	*out++ = (double)c->incoming;
	*out++ = (double)c->incoming_bytes;
	*out++ = t->spec->kind == STREAM_KINESIS ? (double)c->put_units : __builtin_nan("");
	*out++ = t->spec->kind == STREAM_KINESIS ? (double)c->data_in : __builtin_nan("");
	*out++ = (double)c->refused;
	*out++ = polled > filtered ? (double)c->read_age_max / 1e6 : __builtin_nan("");
	*out++ = mapping_ages_mean(&ages);
	*out++ = mapping_ages_max(&ages);
	*out++ = (double)polled;
	*out++ = (double)filtered;
	*out++ = (double)sum_of(t, MAPPING_INVOKED);
	*out++ = (double)sum_of(t, MAPPING_FAILED);
	*out++ = (double)sum_of(t, MAPPING_DROPPED);
	*out++ = (double)sum_of(t, MAPPING_FAILURE_DELIVERED);
	*out++ = (double)c->unread;
	*out++ = (double)t->open_count;
	*out++ = (double)t->troubled_top;
	*out++ = (double)blocked_longest(t, now) / 1e6;
}

static const char *const series[] = {"Backlog", "IteratorAge_ms", "BlockedShards"};

static void sample(struct engine *e, struct station *s, simtime now, double *out)
{
	struct stream *t = (struct stream *)s;
	shard__expire(e, t, now);
	simtime age = -1;
	for (uint32_t i = 0; i < t->mapping_count; i++) /* the mappings begin a new period when they are sampled themselves */
		age = t->mappings[i].state->age_period > age ? t->mappings[i].state->age_period : age;
	out[0] = (double)t->backlog;
	out[1] = age >= 0 ? (double)age / 1e6 : __builtin_nan("");
	out[2] = (double)t->troubled_period;
	t->troubled_period = t->troubled;
}

static void fini(struct station *s)
{
	struct stream *t = (struct stream *)s;
	for (size_t i = 0; i < t->lanes_made; i++) {
		memory_free(t->lanes[i].queue.items);
		memory_free(t->lanes[i].batch);
	}
	memory_free(t->lanes);
	memory_free(t->readers);
	memory_free(t->shards);
	memory_free(t->open);
	memory_free(t->observed);
	partitions_fini(&t->partitions);
}

const struct station_ops station_stream = {
	.size = sizeof(struct stream),
	.figures = figures,
	.figure_count = sizeof figures / sizeof *figures,
	.series = series,
	.series_count = sizeof series / sizeof *series,
	.compile = compile,
	.start = start,
	.receive = receive,
	.task = task,
	.warm_up_end = warm_up_end,
	.held = held,
	.sample = sample,
	.collect = collect,
	.fini = fini,
};
