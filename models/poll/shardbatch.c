/* shardbatch: see shard.h. What becomes of a batch: tries, halves, checkpoints, discards. */
#include <assert.h>
#include <string.h>

#include "models/invoke/backoff.h"
#include "models/poll/shard.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

/* The records of a batch have lain for a while: they are fetched ahead of their turn. */
static inline void fetch_ahead(const struct engine *e, const struct lane_record *r, uint32_t i, uint32_t count)
{
	enum { AHEAD = 6 };
	if (i + AHEAD < count)
		message_fetch(&e->messages, r[i + AHEAD].message);
}

static struct reader *reader_of(struct stream *t, const struct lane *lane)
{
	return &t->readers[lane->reader];
}

static const struct stream_mapping *mapping_of(const struct stream *t, const struct lane *lane)
{
	return &t->mappings[t->readers[lane->reader].mapping];
}

static struct batch_part *part_of(struct lane *lane)
{
	assert(lane->part_count > 0);
	return &lane->parts[lane->part_count - 1];
}

static uint32_t part_size(struct lane *lane)
{
	return part_of(lane)->end - lane->first;
}

/* --- ends of records ------------------------------------------------------------------------------------------------------------------------ */

static enum station_end end_of(enum record_fate fate)
{
	switch (fate) {
	case FATE_DELIVERED: return END_DELIVERED;
	case FATE_DEAD_LETTERED: return END_DEAD_LETTERED;
	case FATE_DROPPED: return END_DROPPED;
	case FATE_EXPIRED: return END_EXPIRED;
	case FATE_NONE:
	case FATE_FILTERED: break;
	}
	return END_FILTERED;
}

void shard__pass(struct engine *e, struct stream *t, const struct stream_mapping *m, uint32_t message, enum record_fate fate,
                 simtime now)
{
	struct message *x = &e->messages.items[message];
	assert(x->next > 0 && t->backlog > 0);
	mapping_end(m->state, end_of(fate));
	if (fate > x->outcome)
		x->outcome = (uint8_t)fate;
	t->backlog--;
	if (--x->next > 0)
		return;
	assert(t->held > 0);
	t->held--;
	station_end(e, &t->base, message, end_of((enum record_fate)x->outcome), now);
}

/* --- blocked shards --------------------------------------------------------------------------------------------------------------------------- */

static void trouble(struct stream *t, struct lane *lane, simtime now)
{
	struct reader *r = reader_of(t, lane);
	struct shard *shard = &t->shards[r->shard];
	if (lane->troubled)
		return;
	lane->troubled = true;
	if (r->troubled++ > 0 || shard->troubled++ > 0)
		return;
	shard->troubled_since = now;
	t->troubled++;
	t->troubled_top = t->troubled > t->troubled_top ? t->troubled : t->troubled_top;
	t->troubled_period = t->troubled > t->troubled_period ? t->troubled : t->troubled_period;
}

static void trouble_over(struct stream *t, struct lane *lane, simtime now)
{
	struct reader *r = reader_of(t, lane);
	struct shard *shard = &t->shards[r->shard];
	if (!lane->troubled)
		return;
	lane->troubled = false;
	if (--r->troubled > 0 || --shard->troubled > 0)
		return;
	t->troubled--;
	simtime blocked = now - shard->troubled_since;
	if (blocked > t->counts.blocked_longest)
		t->counts.blocked_longest = blocked;
}

/* --- discarding --------------------------------------------------------------------------------------------------------------------------------- */

/* The batch's next `count` records are given up: one message for them all to the on-failure destination. */
static void discard(struct engine *e, struct stream *t, struct lane *lane, uint32_t count, enum record_fate how, simtime now)
{
	const struct stream_mapping *m = mapping_of(t, lane);
	bool kept = m->spec->on_failure.kind != TARGET_NONE;
	if (kept && count > 0) { /* a window's last invocation has no records */
		struct message parent = e->messages.items[lane->batch[lane->first].message];
		uint64_t edge = ((uint64_t)m->index + 1) << 32 | CONSUME_EDGE_FAILURE; /* each mapping's own */
		message_hop(&parent);
		uint32_t payload = way_content(&e->flow->batches[m->index], parent.payload);
		station_send_child(e, m->spec->on_failure, &parent, edge, 0, payload, now);
		mapping_count(m->state, MAPPING_FAILURE_DELIVERED, count);
	}
	mapping_count(m->state, MAPPING_DROPPED, count);
	for (uint32_t i = 0; i < count; i++)
		shard__pass(e, t, m, lane->batch[lane->first + i].message, kept ? FATE_DEAD_LETTERED : how, now);
	lane->first += count;
}

void shard__too_old(struct engine *e, struct stream *t, struct lane *lane, uint32_t count, simtime now)
{
	discard(e, t, lane, count, FATE_EXPIRED, now);
}

/* How many of the present part's records are too old; they are its first ones. */
static uint32_t too_old(struct stream *t, struct lane *lane, simtime now)
{
	simtime oldest = mapping_of(t, lane)->oldest;
	uint32_t count = 0, size = part_size(lane);
	while (count < size && lane->batch[lane->first + count].at + oldest <= now)
		count++;
	return count;
}

/* When the first record of the present part is too old; of a window's last invocation, the window's last record. */
static simtime too_old_at(struct stream *t, struct lane *lane)
{
	simtime at = lane->final ? lane->last_at : lane->batch[lane->first].at;
	return at + mapping_of(t, lane)->oldest;
}

/* --- tries ---------------------------------------------------------------------------------------------------------------------------------------- */

/* Lanes that were throttled together come back at different times; a single one is in nobody's step. */
static simtime throttle_pause(const struct engine *e, const struct stream *t, const struct stream_mapping *m,
                              const struct message *first, uint32_t throttles)
{
	double jitter = t->lane_count > 1 ? m->spec->throttle_jitter : 0;
	uint64_t word = jitter > 0 ? station_draw(e, first, PURPOSE_BACKOFF, (uint64_t)m->index << 32 | throttles) : 0;
	return backoff_wait(m->retry_first, m->retry_most, throttles, jitter, word);
}

/* The lowest record of the next `count` that fails by itself, `count` for none. */
static uint32_t first_failing(const struct engine *e, const struct stream_mapping *m, const struct lane *lane, uint32_t count,
                              uint32_t tried)
{
	const struct lane_record *r = lane->batch + lane->first;
	if (m->consumer->cost->sound)
		return count;
	for (uint32_t i = 0; i < count; i++) {
		fetch_ahead(e, r, i, count);
		if (consume_record_fails(e, m->consumer, &e->messages.items[r[i].message], tried))
			return i;
	}
	return count;
}

/* What the batch's cost depends on. */
static void tell_mix(struct engine *e, const struct stream_mapping *m, const struct lane *lane, uint32_t count, uint32_t tried)
{
	const struct lane_record *r = lane->batch + lane->first;
	for (uint32_t i = 0; m->consumer->cost->mixes && i < count; i++)
		consume_mix(e, m->consumer, e->messages.items[r[i].message].payload, tried);
}

static void observe(struct engine *e, struct stream *t, const struct lane *lane, uint32_t count, simtime now)
{
	if (e->observer.batch == NULL)
		return;
	while (t->observed_capacity < count)
		MEMORY_ROOM(t->observed, t->observed_capacity, t->observed_capacity);
	for (uint32_t i = 0; i < count; i++)
		t->observed[i] = lane->batch[lane->first + i].message;
	e->observer.batch(e->observer.ctx, mapping_of(t, lane)->index, t->observed, count, now);
}

static void wait_until(struct stream *t, struct lane *lane, simtime due, simtime now)
{
	lane->state = LANE_WAITING;
	lane->due = due;
	trouble(t, lane, now);
}

static void invoke(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	const struct stream_mapping *m = mapping_of(t, lane);
	const struct batch_part *part = part_of(lane);
	uint32_t count = part->end - lane->first;
	const struct message *first = count ? &e->messages.items[lane->batch[lane->first].message] : &lane->last;
	struct consume_call call = {.number = first->identity,
	                            .attempt = part->tried,
	                            .records = count ? count : 1,
	                            .payload = first->payload};
	if (count == 0) /* the invocation that ends a window has draws of its own */
		call.number = message_identity(first->identity, (uint64_t)m->index, 1);
	lane->failing = first_failing(e, m, lane, count, part->tried);
	call.fails = lane->failing < count && (!m->spec->report_failures || m->consumer->cost->whole);
	tell_mix(e, m, lane, count, part->tried);
	struct consume_result r = consume(e, m->consumer, &call, now);
	if (r.refused != THROTTLE_NONE) {
		wait_until(t, lane, now + throttle_pause(e, t, m, first, lane->throttles++), now);
		return;
	}
	observe(e, t, lane, count, now);
	lane->throttles = 0;
	lane->state = LANE_RUNNING;
	lane->run = r;
	mapping_count(m->state, MAPPING_INVOKED, count);
	mapping_count(m->state, MAPPING_BATCHES, 1);
	station_result_task(e, &t->base, r.environment, SHARD_RESULT, index);
}

static void batch_done(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	if (lane->final) {
		lane->final = false;
		lane->window = SHARD_NONE;
	}
	trouble_over(t, lane, now);
	shard__batch_over(e, t, index, now);
}

/* The present part is done. */
static void part_done(struct lane *lane)
{
	assert(part_size(lane) == 0);
	lane->part_count--;
	lane->throttles = 0;
	lane->due = 0; /* the next one follows at once */
}

/* Takes out of the batch what is too old, part by part. */
static void drop_old(struct engine *e, struct stream *t, struct lane *lane, simtime now)
{
	while (lane->part_count > 0) {
		uint32_t old = too_old(t, lane, now);
		if (old > 0)
			discard(e, t, lane, old, FATE_EXPIRED, now);
		if (part_size(lane) > 0 || (lane->final && too_old_at(t, lane) > now))
			return;
		part_done(lane);
	}
}

void shard__try(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	assert(lane->state == LANE_WAITING);
	drop_old(e, t, lane, now);
	if (lane->part_count == 0) {
		batch_done(e, t, index, now);
		return;
	}
	if (lane->due <= now)
		invoke(e, t, index, now);
	if (lane->state != LANE_WAITING)
		return;
	simtime old = too_old_at(t, lane);
	shard__arm(e, t, lane, lane->due < old ? lane->due : old);
}

void shard__batch(struct engine *e, struct stream *t, uint32_t index, uint32_t count, simtime now)
{
	struct lane *lane = &t->lanes[index];
	lane->first = 0;
	lane->parts[0] = (struct batch_part){.end = count};
	lane->part_count = 1;
	lane->throttles = 0;
	lane->state = LANE_WAITING;
	lane->due = now;
	shard__try(e, t, index, now);
}

/* --- results ------------------------------------------------------------------------------------------------------------------------------------------ */

/* Emissions of mappings that read the same record are different events. */
static struct message parent_of(const struct stream *t, const struct stream_mapping *m, const struct message *first)
{
	struct message parent = *first;
	if (t->mapping_count > 1)
		parent.identity = message_identity(first->identity, (uint64_t)m->index, 0);
	return parent;
}

/* The run's first `count` records are processed. */
static void processed(struct engine *e, struct stream *t, struct lane *lane, uint32_t count, simtime now)
{
	const struct stream_mapping *m = mapping_of(t, lane);
	const struct lane_record *r = lane->batch + lane->first;
	for (uint32_t i = 0; i < count; i++) {
		fetch_ahead(e, r, i, count);
		consume_processed(e, m->consumer, &e->messages.items[r[i].message], lane->run.cold, now);
	}
	if (m->consumer->function->plan->spec->emit_count > 0) {
		struct message parent = parent_of(t, m, count ? &e->messages.items[r[0].message] : &lane->last);
		if (count == 0)
			parent.identity = message_identity(parent.identity, (uint64_t)m->index, 1);
		consume_emit(e, m->consumer->function, &parent, count, now);
	}
	for (uint32_t i = 0; i < count; i++)
		shard__pass(e, t, m, r[i].message, FATE_DELIVERED, now);
	lane->first += count;
}

static void count_age(const struct stream *t, const struct lane *lane, uint32_t count, simtime now)
{
	if (count > 0)
		mapping_age(mapping_of(t, lane)->state, now - lane->batch[lane->first + count - 1].at);
}

/* The present part is halved: the second half waits for the first. */
static void halve(struct lane *lane)
{
	struct batch_part whole = *part_of(lane);
	uint32_t half = part_size(lane) / 2;
	assert(half > 0 && lane->part_count < SHARD_PARTS);
	part_of(lane)->failures = 0;
	lane->parts[lane->part_count++] = (struct batch_part){.end = lane->first + half, .tried = whole.tried};
	lane->due = 0;
}

/* The run failed, or `done` of its records are processed and the next one is not. */
static void failed(struct engine *e, struct stream *t, struct lane *lane, uint32_t done, simtime now)
{
	const struct stream_mapping *m = mapping_of(t, lane);
	struct batch_part *part = part_of(lane);
	uint32_t left = part_size(lane);
	mapping_count(m->state, MAPPING_FAILED, left);
	trouble(t, lane, now);
	lane->state = LANE_WAITING;
	part->tried++;
	if (m->spec->bisect && done > 0) { /* split at the checkpoint */
		part->failures = 0;
		lane->due = now;
	} else if (m->spec->bisect && left > 1) {
		halve(lane);
	} else if (m->spec->max_retries != MAPPING_FOREVER && part->failures >= (uint32_t)m->spec->max_retries) {
		discard(e, t, lane, left, FATE_DROPPED, now);
		part_done(lane);
	} else {
		lane->due = now + backoff_wait(m->retry_first, m->retry_most, part->failures++, 0, 0);
	}
}

void shard__result(struct engine *e, struct stream *t, uint32_t index, simtime now)
{
	struct lane *lane = &t->lanes[index];
	assert(lane->state == LANE_RUNNING);
	uint32_t count = part_size(lane), done = lane->run.outcome == OUTCOME_OK ? lane->failing : 0;
	bool whole = lane->run.outcome == OUTCOME_OK && done == count;
	count_age(t, lane, count, now);
	if (done > 0 || whole)
		processed(e, t, lane, done, now);
	if (!whole) {
		failed(e, t, lane, done, now);
	} else {
		lane->state = LANE_WAITING;
		part_done(lane);
	}
	if (lane->part_count == 0)
		batch_done(e, t, index, now);
	else
		shard__try(e, t, index, now);
}
