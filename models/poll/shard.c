/* shard: see shard.h. Who reads when, and when a batch closes. */
#include "models/poll/shard.h"

#include <assert.h>
#include <string.h>

#include "models/spec/purpose.h"
#include "sim/base/memory.h"

/* --- readers and lanes ------------------------------------------------------------------------------------------------------------------- */

static void add_lane(struct stream *t, uint32_t reader, bool shut, simtime now)
{
	MEMORY_ROOM(t->lanes, t->lane_count, t->lane_capacity);
	struct lane *lane = &t->lanes[t->lane_count++];
	struct lane old = {0};
	if (t->lane_count > t->lanes_made)
		t->lanes_made = t->lane_count;
	else
		old = *lane; /* of an earlier replication: its buffers go on */
	*lane = (struct lane){.reader = reader,
	                      .state = shut ? LANE_SHUT : LANE_GATHERING,
	                      .queue = {.items = old.queue.items, .capacity = old.queue.capacity},
	                      .batch = old.batch,
	                      .batch_capacity = old.batch_capacity,
	                      .armed = SIMTIME_NEVER,
	                      .window_start = now,
	                      .window = SHARD_NONE};
}

void shard__add_readers(struct engine *e, struct stream *t, uint32_t shard, bool shut, simtime now)
{
	for (uint32_t i = 0; i < t->mapping_count; i++) {
		const struct stream_mapping *m = &t->mappings[i];
		uint64_t word = draw_word(&e->key, t->base.entity ^ message_identity(m->consumer->entity, 0, 0), PURPOSE_POLL, 0,
		                          shard);
		MEMORY_ROOM(t->readers, t->reader_count, t->reader_capacity);
		uint32_t reader = (uint32_t)t->reader_count++;
		t->readers[reader] = (struct reader){.shard = shard,
		                                     .mapping = i,
		                                     .lane = (uint32_t)t->lane_count,
		                                     .opened = now,
		                                     .phase = (simtime)draw_below(word, (uint64_t)m->period),
		                                     .read_to = SHARD_NONE,
		                                     .read_at = SHARD_NONE};
		for (uint32_t k = 0; k < m->lanes; k++)
			add_lane(t, reader, shut, now);
	}
}

/* --- turns of a reader ------------------------------------------------------------------------------------------------------------------- */

/* Its first turn at or after `at`. */
static simtime turn_after(const struct reader *r, const struct stream_mapping *m, simtime at)
{
	if (at <= r->phase)
		return r->phase;
	simtime over = (at - r->phase) % m->period;
	return over ? at + m->period - over : at;
}

/* When the reader has a record that arrived at `at`. */
static simtime has_at(const struct reader *r, const struct stream_mapping *m, simtime at)
{
	simtime from = at > r->opened ? at : r->opened;
	if (m->spec->enhanced_fan_out)
		return at + SHARD_PUSH_DELAY > from ? at + SHARD_PUSH_DELAY : from;
	simtime turn = turn_after(r, m, from);
	return at <= r->read_to && r->read_to < turn ? r->read_to : turn;
}

/* The reader has what arrived until then. */
static simtime has_to(const struct reader *r, const struct stream_mapping *m, simtime now)
{
	if (m->spec->enhanced_fan_out)
		return now - SHARD_PUSH_DELAY;
	simtime turn = now < r->phase ? SHARD_NONE : now - (now - r->phase) % m->period;
	if (turn < r->opened)
		turn = SHARD_NONE;
	return turn > r->read_to ? turn : r->read_to;
}

/* --- the queue of a lane ------------------------------------------------------------------------------------------------------------------- */

static inline struct lane_record *queue_at(const struct lane_queue *q, size_t i)
{
	return &q->items[(q->head + i) & (q->capacity - 1)];
}

static void queue_grow(struct lane_queue *q)
{
	enum { QUEUE_FIRST = 16 };
	size_t old = q->capacity, capacity = old ? 2 * old : QUEUE_FIRST;
	q->items = memory_grow(q->items, capacity, sizeof *q->items);
	memcpy(q->items + old, q->items, q->head * sizeof *q->items); /* what had wrapped around follows the rest */
	q->capacity = capacity;
}

static inline void queue_push(const struct stream *t, struct lane_queue *q, const struct lane_record *r)
{
	if (__builtin_expect(q->count == q->capacity, 0))
		queue_grow(q);
	*queue_at(q, q->count++) = *r;
	q->payload += shard__payload(t, r->bytes);
}

static inline struct lane_record queue_pop(const struct stream *t, struct lane_queue *q)
{
	assert(q->count > 0);
	struct lane_record r = *queue_at(q, 0);
	q->head = (q->head + 1) & (q->capacity - 1);
	q->count--;
	q->payload -= shard__payload(t, r.bytes);
	return r;
}

/* --- when a batch closes --------------------------------------------------------------------------------------------------------------------- */

static int64_t window_of(const struct stream_mapping *m, simtime at)
{
	return at / m->spec->tumbling_window;
}

/* The record with which the batch is full, by number or by payload; SIZE_MAX when it is not. */
static size_t full_with(const struct stream *t, const struct stream_mapping *m, const struct lane_queue *q)
{
	if (q->payload >= SHARD_PAYLOAD_BYTES) {
		uint64_t sum = 0;
		for (size_t i = 0; i < q->count && i < m->read_most; i++)
			if ((sum += shard__payload(t, queue_at(q, i)->bytes)) >= SHARD_PAYLOAD_BYTES)
				return i;
	}
	return q->count >= m->read_most ? m->read_most - 1 : SIZE_MAX;
}

/* When the batching window ends that gives a batch to a record that is had at `had`. */
static simtime window_end(const struct lane *lane, simtime window, simtime had)
{
	simtime over = had - lane->window_start;
	simtime windows = over <= 0 ? 1 : (over + window - 1) / window;
	return lane->window_start + windows * window;
}

/* When the records that wait become a batch; in the past for at once; SIMTIME_NEVER when there are none. */
static simtime closes_at(const struct stream *t, const struct reader *r, const struct stream_mapping *m, const struct lane *lane)
{
	const struct lane_queue *q = &lane->queue;
	if (q->count == 0)
		return SIMTIME_NEVER;
	simtime had = has_at(r, m, queue_at(q, 0)->at);
	if (m->spec->window == 0)
		return had;
	simtime end = window_end(lane, m->spec->window, had);
	size_t full = full_with(t, m, q);
	simtime filled = full == SIZE_MAX ? SIMTIME_NEVER : has_at(r, m, queue_at(q, full)->at);
	return filled < end ? filled : end;
}

/* When the open tumbling window may be ended: nothing of it is left. */
static simtime tumbles_at(const struct stream *t, const struct reader *r, const struct stream_mapping *m, const struct lane *lane)
{
	if (lane->window == SHARD_NONE)
		return SIMTIME_NEVER;
	if (lane->queue.count > 0 && window_of(m, queue_at(&lane->queue, 0)->at) == lane->window)
		return SIMTIME_NEVER;
	const struct shard *shard = &t->shards[r->shard];
	simtime end = (lane->window + 1) * m->spec->tumbling_window;
	if (shard->closed && shard->closed_at < end)
		end = shard->closed_at;
	return has_at(r, m, end);
}

/* The lane has nothing to do: takes a batch if one is to be taken now, else arms a wake. */
static void gather(struct engine *e, struct stream *t, uint32_t index, simtime now);

/* --- taking a batch ---------------------------------------------------------------------------------------------------------------------------- */

static void count_read(struct stream *t, const struct stream_mapping *m, const struct lane_record *last, uint32_t count,
                       simtime now)
{
	mapping_count(m->state, MAPPING_POLLED, count);
	if (count > 0 && now - last->at > t->counts.read_age_max)
		t->counts.read_age_max = now - last->at;
}

static void batch_room(struct lane *lane)
{
	enum { BATCH_FIRST = 16 };
	lane->batch_capacity = lane->batch_capacity ? 2 * lane->batch_capacity : BATCH_FIRST;
	lane->batch = memory_grow(lane->batch, lane->batch_capacity, sizeof *lane->batch);
}

/* Moves records that arrived until `to` and belong together into the batch; those that are too old, or those that are not. Returns
 * how many. */
static uint32_t fill(struct stream *t, const struct stream_mapping *m, struct lane *lane, simtime to, bool old, simtime now)
{
	struct lane_queue *q = &lane->queue;
	uint64_t payload = 0, bytes = 0;
	uint32_t count = 0;
	lane->first = 0;
	while (q->count > 0 && count < m->read_most) {
		const struct lane_record *r = queue_at(q, 0);
		payload += shard__payload(t, r->bytes);
		bytes += r->bytes;
		if (r->at > to || (r->at + m->oldest <= now) != old)
			break;
		if (count > 0 && (payload > SHARD_PAYLOAD_BYTES || bytes > m->read_bytes_most))
			break;
		if (count > 0 && m->spec->tumbling_window && window_of(m, r->at) != window_of(m, lane->batch[0].at))
			break;
		if (count == lane->batch_capacity)
			batch_room(lane);
		lane->batch[count++] = queue_pop(t, q);
	}
	if (count > 0)
		count_read(t, m, &lane->batch[count - 1], count, now);
	return count;
}

/* What is past the retention has left the stream. */
static void expire_lane(struct engine *e, struct stream *t, struct lane *lane, simtime now)
{
	const struct stream_mapping *m = &t->mappings[t->readers[lane->reader].mapping];
	while (lane->queue.count > 0 && queue_at(&lane->queue, 0)->at + t->spec->retention <= now) {
		t->counts.unread++;
		shard__pass(e, t, m, queue_pop(t, &lane->queue).message, FATE_EXPIRED, now);
	}
}

void shard__expire(struct engine *e, struct stream *t, simtime now)
{
	for (size_t i = 0; i < t->lane_count; i++)
		expire_lane(e, t, &t->lanes[i], now);
}

/* The throughput of which the reader takes part. */
static simtime *throughput(struct stream *t, struct reader *r, const struct stream_mapping *m)
{
	return m->spec->enhanced_fan_out ? &r->read_ready : &t->shards[r->shard].read_ready;
}

static void pay_read(struct stream *t, struct reader *r, const struct stream_mapping *m, const struct lane *lane, uint32_t count,
                     simtime now)
{
	if (t->spec->kind != STREAM_KINESIS)
		return;
	uint64_t bytes = r->skipped;
	for (uint32_t i = 0; i < count; i++)
		bytes += lane->batch[i].bytes;
	simtime *ready = throughput(t, r, m);
	*ready = (*ready > now ? *ready : now) + (simtime)(bytes * (uint64_t)SIMTIME_SECOND / SHARD_READ_BYTES);
	r->skipped = 0;
	r->read_at = now;
}

/* The batch may be closed now: takes it. */
static void take(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	struct reader *r = &t->readers[lane->reader];
	const struct stream_mapping *m = &t->mappings[r->mapping];
	if (r->read_at != now && *throughput(t, r, m) > now) {
		shard__arm(e, t, lane, *throughput(t, r, m));
		return;
	}
	simtime to = has_to(r, m, now);
	uint32_t count;
	while (m->oldest < t->spec->retention && (count = fill(t, m, lane, to, true, now)) > 0) {
		pay_read(t, r, m, lane, count, now);
		shard__too_old(e, t, lane, count, now);
	}
	count = fill(t, m, lane, to, false, now);
	if (count == 0) { /* all were too old: the next window begins, as after an invocation */
		lane->window_start = now;
		gather(e, t, index, now);
		return;
	}
	pay_read(t, r, m, lane, count, now);
	if (m->spec->tumbling_window) {
		lane->window = window_of(m, lane->batch[count - 1].at);
		lane->last = e->messages.items[lane->batch[count - 1].message];
		lane->last_at = lane->batch[count - 1].at;
	}
	shard__batch(e, t, index, count, now);
}

/* --- what a lane does next ----------------------------------------------------------------------------------------------------------------------- */

void shard__arm(struct engine *e, struct stream *t, struct lane *lane, simtime at)
{
	if (at >= lane->armed)
		return;
	lane->armed = at;
	station_task(e, &t->base, at, SHARD_WAKE, (uint32_t)(lane - t->lanes));
}

static bool drained(const struct stream *t, const struct reader *r, const struct stream_mapping *m)
{
	for (uint32_t i = 0; i < m->lanes; i++) {
		const struct lane *lane = &t->lanes[r->lane + i];
		if (lane->state != LANE_GATHERING || lane->queue.count > 0 || lane->window != SHARD_NONE)
			return false;
	}
	return true;
}

static void open_reader(struct engine *e, struct stream *t, uint32_t reader, simtime now)
{
	struct reader *r = &t->readers[reader];
	r->opened = now;
	for (uint32_t i = 0; i < t->mappings[r->mapping].lanes; i++) {
		t->lanes[r->lane + i].state = LANE_GATHERING;
		t->lanes[r->lane + i].window_start = now;
	}
	for (uint32_t i = 0; i < t->mappings[r->mapping].lanes; i++)
		gather(e, t, r->lane + i, now);
}

/* A closed shard is left behind when its reader has found the end: the children are read from then on. */
static void leave(struct engine *e, struct stream *t, uint32_t reader, simtime now)
{
	struct reader *r = &t->readers[reader];
	const struct stream_mapping *m = &t->mappings[r->mapping];
	const struct shard *shard = &t->shards[r->shard];
	if (r->done || !shard->closed || !drained(t, r, m))
		return;
	simtime found = has_at(r, m, shard->closed_at);
	if (found > now) {
		shard__arm(e, t, &t->lanes[r->lane], found);
		return;
	}
	r->done = true;
	for (uint32_t i = 0; i < 2; i++)
		open_reader(e, t, t->shards[shard->child + i].reader + r->mapping, now);
}

/* When the lane is to act: SIMTIME_NEVER while it has nothing. A tumbling window is ended before the next one begins. */
static simtime acts_at(const struct stream *t, const struct lane *lane, bool *tumbles)
{
	const struct reader *r = &t->readers[lane->reader];
	const struct stream_mapping *m = &t->mappings[r->mapping];
	simtime at = m->spec->tumbling_window ? tumbles_at(t, r, m, lane) : SIMTIME_NEVER;
	*tumbles = at != SIMTIME_NEVER;
	return *tumbles ? at : closes_at(t, r, m, lane);
}

static void gather(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	bool tumbles;
	if (lane->state != LANE_GATHERING)
		return;
	expire_lane(e, t, lane, now);
	simtime at = acts_at(t, lane, &tumbles);
	if (at == SIMTIME_NEVER) {
		leave(e, t, lane->reader, now);
	} else if (at > now) {
		shard__arm(e, t, lane, at);
	} else if (tumbles) {
		lane->final = true;
		shard__batch(e, t, index, 0, now);
	} else {
		take(e, t, index, now);
	}
}

void shard__batch_over(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	struct reader *r = &t->readers[lane->reader];
	lane->state = LANE_GATHERING;
	lane->window_start = now;
	if (lane->queue.count > 0 && has_at(r, &t->mappings[r->mapping], queue_at(&lane->queue, 0)->at) <= now)
		r->read_to = now; /* left behind: it reads on at once */
	gather(e, t, index, now);
}

void shard__wake(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	if (lane->armed != now)
		return; /* another one came before */
	lane->armed = SIMTIME_NEVER;
	if (lane->state == LANE_WAITING)
		shard__try(e, t, index, now);
	else
		gather(e, t, index, now);
}

/* --- arrivals ---------------------------------------------------------------------------------------------------------------------------------------- */

/* Whether the mapping wants the record at all. */
static bool wanted(const struct engine *e, const struct stream_mapping *m, const struct lane_record *r)
{
	if (m->spec->starting == STARTING_AT_TIMESTAMP && r->at < m->spec->starting_time)
		return false;
	return filter_takes(&e->flow->mappings[m->index], &e->messages.items[r->message]);
}

void shard__arrived(struct engine *e, struct stream *t, uint32_t reader, partition_hash hash, const struct lane_record *r,
                    simtime now)
{
	struct reader *x = &t->readers[reader];
	const struct stream_mapping *m = &t->mappings[x->mapping];
	if (!wanted(e, m, r)) {
		bool early = m->spec->starting == STARTING_AT_TIMESTAMP && r->at < m->spec->starting_time;
		mapping_count(m->state, MAPPING_POLLED, !early);
		mapping_count(m->state, MAPPING_FILTERED, !early);
		x->skipped += early ? 0 : r->bytes;
		shard__pass(e, t, m, r->message, FATE_FILTERED, now);
		return;
	}
	uint32_t index = x->lane + (m->lanes > 1 ? partition_lane(hash, m->lanes) : 0);
	struct lane *lane = &t->lanes[index];
	struct lane_queue *q = &lane->queue;
	queue_push(t, q, r);
	/* Only the first record of a batch, or the one that fills it, changes when it closes. What arrives in the same instant is waited for. */
	if (lane->state == LANE_GATHERING &&
	    (q->count == 1 || (m->spec->window > 0 && (q->count == m->read_most || q->payload >= SHARD_PAYLOAD_BYTES)))) {
		bool tumbles;
		simtime at = acts_at(t, lane, &tumbles);
		shard__arm(e, t, lane, at > now ? at : now);
	}
}

void shard__closed(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct shard *shard = &t->shards[index];
	shard->closed = true;
	shard->closed_at = now;
	for (uint32_t i = 0; i < t->mapping_count; i++)
		gather(e, t, t->readers[shard->reader + i].lane, now);
}
