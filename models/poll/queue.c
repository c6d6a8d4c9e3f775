/* queue: see queue.h. */
#include "models/poll/queue.h"

#include "models/poll/sqs.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

static inline struct message *at(struct engine *e, uint32_t message)
{
	return &e->messages.items[message];
}

static uint32_t number_new(struct messages *pool)
{
	if (++pool->numbers == 0) /* 0 is none */
		pool->numbers = 1;
	return pool->numbers;
}

/* --- the age of the oldest ------------------------------------------------------------------------------------------------------------- */

static inline bool is_poison(const struct queue *q, const struct message *m)
{
	return !q->spec->fifo && m->receives >= QUEUE_POISON;
}

double queue_age_s(const struct engine *e, const struct queue *q, simtime now)
{
	return q->elder == MESSAGE_NONE ? 0 : simtime_s(now - e->messages.items[q->elder].since);
}

void queue_note_age(const struct engine *e, struct queue *q, simtime now)
{
	if (q->elder == MESSAGE_NONE)
		return;
	simtime age = now - e->messages.items[q->elder].since;
	q->age_most = age > q->age_most ? age : q->age_most;
}

/* The one that came after `message`. */
static uint32_t next_in_row(const struct engine *e, const struct queue *q, uint32_t message)
{
	const struct queue_row *r = &q->row;
	for (uint32_t i = e->messages.items[message].position + 1; i != r->end; i++)
		if (*queue_row_at(r, i) != MESSAGE_NONE)
			return *queue_row_at(r, i);
	return MESSAGE_NONE;
}

/* The elder leaves, or became poison: the next one that is none. */
static void next_elder(struct engine *e, struct queue *q, simtime now)
{
	queue_note_age(e, q, now);
	do
		q->elder = next_in_row(e, q, q->elder);
	while (q->elder != MESSAGE_NONE && is_poison(q, at(e, q->elder)));
}

/* --- the row of all messages --------------------------------------------------------------------------------------------------------- */

/* Twice the room; positions stay what they are. */
static void row_grow(struct queue_row *r)
{
	enum { ROW_FIRST = 64 };
	struct queue_row old = *r;
	r->capacity = old.capacity ? 2 * old.capacity : ROW_FIRST;
	r->items = MEMORY_ARRAY(r->capacity, uint32_t);
	for (uint32_t i = old.first; i != old.end; i++)
		*queue_row_at(r, i) = *queue_row_at(&old, i);
	memory_free(old.items);
}

/* Room for one more: who left goes where that makes half of it free. */
static void row_room(struct engine *e, struct queue_row *r)
{
	uint32_t kept = 0;
	for (uint32_t i = r->first; i != r->end; i++)
		kept += *queue_row_at(r, i) != MESSAGE_NONE;
	if (2 * (size_t)kept >= r->capacity) {
		row_grow(r);
		return;
	}
	uint32_t next = r->first;
	for (uint32_t i = r->first; i != r->end; i++) {
		uint32_t message = *queue_row_at(r, i);
		if (message == MESSAGE_NONE)
			continue;
		at(e, message)->position = next;
		*queue_row_at(r, next++) = message;
	}
	r->end = next;
}

static void enlist(struct engine *e, struct queue *q, uint32_t message)
{
	struct queue_row *r = &q->row;
	if (r->end - r->first == r->capacity)
		row_room(e, r);
	at(e, message)->position = r->end;
	*queue_row_at(r, r->end++) = message;
	if (q->elder == MESSAGE_NONE)
		q->elder = message;
}

static uint64_t held(const struct queue *q)
{
	return (uint64_t)(q->visible.gauge.level + q->flying.gauge.level + q->delayed.gauge.level);
}

/* The message leaves the row; it must have left its place (and the levels) already. */
static void delist(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	struct message *m = at(e, message);
	if (q->elder == message)
		next_elder(e, q, now);
	if (q->edge != MESSAGE_NONE && !fifo_before(at(e, q->edge)->ticket, m->ticket))
		q->edge = next_in_row(e, q, q->edge);
	struct queue_row *r = &q->row;
	*queue_row_at(r, m->position) = MESSAGE_NONE;
	while (r->first != r->end && *queue_row_at(r, r->first) == MESSAGE_NONE)
		r->first++;
	m->place = PLACE_NONE;
	m->ticket = m->receipt = 0;
}

/* Takes a message that is delayed or visible out of its place. */
static void displace(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	struct message *m = at(e, message);
	assert(m->place == PLACE_DELAYED || m->place == PLACE_VISIBLE || m->place == PLACE_AGAIN);
	if (m->place == PLACE_DELAYED) {
		line_remove(&q->late, &e->messages, message);
		queue_shift(&q->delayed, -1, now);
		return;
	}
	if (q->spec->fifo)
		fifo_remove(&q->fifo, &e->messages, message, false);
	else
		line_remove(m->place == PLACE_AGAIN ? &q->again : &q->fresh, &e->messages, message);
	queue_shift(&q->visible, -1, now);
}

/* --- what is too old ------------------------------------------------------------------------------------------------------------------ */

static void expiries_push(struct queue_expiries *h, struct queue_expiry x)
{
	MEMORY_ROOM(h->items, h->count, h->capacity);
	size_t i = h->count++;
	for (; i > 0 && x.at < h->items[(i - 1) / 2].at; i = (i - 1) / 2)
		h->items[i] = h->items[(i - 1) / 2];
	h->items[i] = x;
}

/* Before the heap would grow: those that have left go. */
static void expiries_room(struct engine *e, struct queue_expiries *h)
{
	size_t count = h->count;
	h->count = 0;
	for (size_t i = 0; i < count; i++)
		if (at(e, h->items[i].message)->ticket == h->items[i].ticket)
			expiries_push(h, h->items[i]);
}

static void expiries_pop(struct queue *q)
{
	struct queue_expiries *h = &q->expiries;
	struct queue_expiry x = h->items[--h->count];
	size_t i = 0, child;
	while ((child = 2 * i + 1) < h->count) {
		child += child + 1 < h->count && h->items[child + 1].at < h->items[child].at;
		if (x.at <= h->items[child].at)
			break;
		h->items[i] = h->items[child];
		i = child;
	}
	h->items[i] = x;
}

static inline bool too_old(const struct queue *q, const struct message *m, simtime now)
{
	return now - m->enqueued >= q->spec->retention;
}

static void arm_retention(struct engine *e, struct queue *q, simtime due, simtime now)
{
	if (due >= q->retention_at)
		return;
	q->retention_at = due > now ? due : now;
	station_task(e, &q->station, q->retention_at, QUEUE_TOO_OLD, 0);
}

static void expire(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	displace(e, q, message, now);
	delist(e, q, message, now);
	station_end(e, &q->station, message, END_EXPIRED, now);
}

/* All came in order of their enqueue times; returns when the next one is too old. */
static simtime expire_in_row(struct engine *e, struct queue *q, simtime now)
{
	for (uint32_t i = q->row.first; i != q->row.end; i++) {
		uint32_t message = *queue_row_at(&q->row, i);
		if (message == MESSAGE_NONE)
			continue;
		const struct message *m = at(e, message);
		if (!too_old(q, m, now))
			return m->enqueued + q->spec->retention;
		if (m->place != PLACE_FLYING)
			expire(e, q, message, now);
	}
	return SIMTIME_NEVER;
}

/* Those that have left go too, so that when the timer is due does not depend on when expiries_room was called. */
static simtime expire_in_heap(struct engine *e, struct queue *q, simtime now)
{
	while (q->expiries.count > 0) {
		struct queue_expiry x = q->expiries.items[0];
		bool here = at(e, x.message)->ticket == x.ticket;
		if (here && x.at > now)
			break;
		expiries_pop(q);
		if (here && at(e, x.message)->place != PLACE_FLYING)
			expire(e, q, x.message, now);
	}
	return q->expiries.count > 0 ? q->expiries.items[0].at : SIMTIME_NEVER;
}

static void retention_over(struct engine *e, struct queue *q, simtime now)
{
	if (now != q->retention_at) /* an earlier one took its place */
		return;
	q->retention_at = SIMTIME_NEVER;
	arm_retention(e, q, q->mixed_ages ? expire_in_heap(e, q, now) : expire_in_row(e, q, now), now);
	queue_stir(e, q, now);
}

/* --- becoming visible ----------------------------------------------------------------------------------------------------------------- */

/* To where the message is received from; its level is the caller's affair. */
static void show(struct engine *e, struct queue *q, uint32_t message)
{
	struct message *m = at(e, message);
	bool again = !q->spec->fifo && m->receives > 0 && m->receives < QUEUE_POISON;
	m->place = again ? PLACE_AGAIN : PLACE_VISIBLE;
	if (q->spec->fifo)
		fifo_append(&q->fifo, &e->messages, message);
	else
		line_append(again ? &q->again : &q->fresh, &e->messages, message);
}

void queue_stir(struct engine *e, struct queue *q, simtime now)
{
	if (q->mapping_count == 0 || q->waking || q->visible.gauge.level == 0 || !sqs_wants(q))
		return;
	q->waking = true;
	station_task(e, &q->station, now, QUEUE_WAKE, 0);
}

static void delay_over(struct engine *e, struct queue *q, simtime now)
{
	q->delay_armed = false;
	while (q->late.first != MESSAGE_NONE && at(e, q->late.first)->since + q->spec->delay <= now) {
		uint32_t message = q->late.first;
		displace(e, q, message, now);
		queue_shift(&q->visible, 1, now);
		show(e, q, message);
	}
	if (q->late.first != MESSAGE_NONE) {
		q->delay_armed = true;
		station_task(e, &q->station, at(e, q->late.first)->since + q->spec->delay, QUEUE_DELAY_OVER, 0);
	}
	queue_stir(e, q, now);
}

/* --- arriving --------------------------------------------------------------------------------------------------------------------------- */

static void keep_until_too_old(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	const struct message *m = at(e, message);
	simtime due = m->enqueued + q->spec->retention;
	if (q->mixed_ages) {
		if (q->expiries.count == q->expiries.capacity)
			expiries_room(e, &q->expiries);
		expiries_push(&q->expiries, (struct queue_expiry){due, message, m->ticket});
	}
	arm_retention(e, q, due, now);
}

static void enter(struct engine *e, struct queue *q, uint32_t message, simtime enqueued, simtime delay, simtime now)
{
	struct message *m = at(e, message);
	m->since = now;
	m->enqueued = enqueued;
	m->receives = 0;
	m->throttles = 0;
	m->duplicated = m->processed = false;
	m->ticket = number_new(&e->messages);
	m->receipt = 0;
	enlist(e, q, message);
	if (delay > 0) {
		m->place = PLACE_DELAYED;
		line_append(&q->late, &e->messages, message);
		queue_shift(&q->delayed, 1, now);
		if (!q->delay_armed)
			station_task(e, &q->station, now + delay, QUEUE_DELAY_OVER, 0);
		q->delay_armed = true;
	} else {
		queue_shift(&q->visible, 1, now);
		show(e, q, message);
	}
	if (q->spec->fifo && held(q) == FIFO_SCAN)
		q->edge = message;
	keep_until_too_old(e, q, message, now);
}

/* As queue_stir, but without the detour over the agenda when nothing else happens at this instant. */
static void stir_at_once(struct engine *e, struct queue *q, simtime now)
{
	if (q->mapping_count == 0 || q->waking || q->visible.gauge.level == 0 || !sqs_wants(q))
		return;
	q->waking = true;
	if (agenda_next(&e->agenda) > now)
		sqs_wake(e, q, now);
	else
		station_task(e, &q->station, now, QUEUE_WAKE, 0);
}

void queue_send(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	const struct message *m = at(e, message);
	q->station.counts.received++;
	if (q->spec->send_rate > 0) {
		if (!gcra_ready(&q->sends, now)) {
			queue_count(q, QUEUE_THROTTLED, 1);
			station_end(e, &q->station, message, END_DROPPED, now);
			return;
		}
		gcra_take(&q->sends, now);
	}
	queue_count(q, QUEUE_REQUESTS, queue_units(e->flow->contents.items[m->payload].size));
	if (q->spec->fifo && q->spec->content_deduplication && recent_seen(&q->recent, m->identity, now)) {
		queue_count(q, QUEUE_DEDUPLICATED, 1);
		station_end(e, &q->station, message, END_FILTERED, now);
		return;
	}
	queue_count(q, QUEUE_SENT, 1);
	enter(e, q, message, now, q->spec->delay, now);
	stir_at_once(e, q, now);
}

/* --- receiving -------------------------------------------------------------------------------------------------------------------------- */

static void redrive(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	simtime enqueued = q->spec->fifo ? now : at(e, message)->enqueued;
	displace(e, q, message, now);
	delist(e, q, message, now);
	q->station.counts.ended[END_DEAD_LETTERED]++;
	if (!q->dead_letter) {
		station_receive(e, station_of(e->scenario, q->spec->dead_letter), message, now);
		return;
	}
	q->dead_letter->station.counts.received++;
	enter(e, q->dead_letter, message, enqueued, q->spec->fifo ? q->dead_letter->spec->delay : 0, now);
	queue_stir(e, q->dead_letter, now);
}

enum station_end queue_stop(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	if (message_stop(at(e, message)) && q->redrives) {
		redrive(e, q, message, now);
		return END_DEAD_LETTERED;
	}
	displace(e, q, message, now);
	delist(e, q, message, now);
	station_end(e, &q->station, message, END_DROPPED, now);
	return END_DROPPED;
}

uint32_t queue__find(struct engine *e, struct queue *q, simtime now)
{
	for (;;) {
		if (q->flying.gauge.level >= QUEUE_IN_FLIGHT)
			return MESSAGE_NONE;
		uint32_t message = q->spec->fifo                    ? fifo_next(&q->fifo)
		                   : q->again.first != MESSAGE_NONE ? q->again.first
		                                                    : q->fresh.first;
		if (message == MESSAGE_NONE)
			return MESSAGE_NONE;
		const struct message *m = at(e, message);
		if (q->edge != MESSAGE_NONE && fifo_before(at(e, q->edge)->ticket, m->ticket))
			return MESSAGE_NONE;
		if (!q->redrives || m->receives < (uint32_t)q->spec->max_receive_count)
			return message;
		redrive(e, q, message, now);
	}
}

/* Room for one more deadline: what is over or deleted goes, and only what is left may grow. */
static void flights_room(struct engine *e, struct queue_flights *f)
{
	size_t kept = 0;
	for (size_t i = f->first; i < f->count; i++)
		if (f->items[i].message != MESSAGE_NONE) {
			at(e, f->items[i].message)->flight = (uint32_t)kept;
			f->items[kept++] = f->items[i];
		}
	f->first = 0;
	f->count = kept;
	if (2 * kept >= f->capacity) {
		enum { FLIGHTS_FIRST = 64 };
		f->capacity = f->capacity ? 2 * f->capacity : FLIGHTS_FIRST;
		f->items = memory_grow(f->items, f->capacity, sizeof *f->items);
	}
}

enum { FLIGHTS_AHEAD = 8 }; /* the ring goes through memory that was long untouched */

static void fly(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	struct queue_flights *f = &q->flights;
	simtime deadline = now + q->spec->visibility;
	if (f->count == f->capacity)
		flights_room(e, f);
	at(e, message)->flight = (uint32_t)f->count;
	f->items[f->count++] = (struct queue_flight){deadline, message};
	__builtin_prefetch(&f->items[f->count + FLIGHTS_AHEAD], 1);
	if (!q->visibility_armed)
		station_task(e, &q->station, deadline, QUEUE_VISIBILITY_OVER, 0);
	q->visibility_armed = true;
}

enum { TAKE_AHEAD = 8 };

/* Of a backlog, what is likely to be received soon: it has lain for long. */
static inline void fetch_ahead(const struct engine *e, const struct queue *q, uint32_t position)
{
	if (q->row.end - position > q->row.capacity) /* beyond the end */
		return;
	uint32_t message = *queue_row_at(&q->row, position);
	if (message < e->messages.count)
		message_fetch(&e->messages, message);
}

uint32_t queue_take(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	struct message *m = at(e, message);
	assert(m->place == PLACE_VISIBLE || m->place == PLACE_AGAIN);
	if (q->spec->fifo)
		fifo_take(&q->fifo, &e->messages, message);
	else
		line_remove(m->place == PLACE_AGAIN ? &q->again : &q->fresh, &e->messages, message);
	queue_shift(&q->visible, -1, now);
	queue_shift(&q->flying, 1, now);
	if (q->visible.gauge.level >= TAKE_AHEAD)
		fetch_ahead(e, q, m->position + TAKE_AHEAD);
	m->place = PLACE_FLYING;
	m->receives++;
	m->receipt = number_new(&e->messages);
	if (q->elder == message && is_poison(q, m))
		next_elder(e, q, now);
	fly(e, q, message, now);
	return m->receipt;
}

/* --- the end of a flight ----------------------------------------------------------------------------------------------------------------- */

static void land(struct engine *e, struct queue *q, uint32_t message, simtime now)
{
	struct message *m = at(e, message);
	queue_shift(&q->flying, -1, now);
	if (too_old(q, m, now)) {
		if (q->spec->fifo)
			fifo_remove(&q->fifo, &e->messages, message, true);
		delist(e, q, message, now);
		station_end(e, &q->station, message, END_EXPIRED, now);
		return;
	}
	queue_shift(&q->visible, 1, now);
	if (!q->spec->fifo) {
		show(e, q, message);
		return;
	}
	m->place = PLACE_VISIBLE;
	fifo_return(&q->fifo, &e->messages, message);
}

void queue_surface(struct engine *e, struct queue *q, simtime now)
{
	struct queue_flights *f = &q->flights;
	for (; f->first < f->count && f->items[f->first].deadline <= now; f->first++) {
		struct queue_flight x = f->items[f->first];
		if (x.message != MESSAGE_NONE)
			land(e, q, x.message, now);
	}
	queue_stir(e, q, now);
}

static void visibility_over(struct engine *e, struct queue *q, simtime now)
{
	struct queue_flights *f = &q->flights;
	q->visibility_armed = false;
	queue_surface(e, q, now);
	while (f->first < f->count && f->items[f->first].message == MESSAGE_NONE)
		f->first++;
	if (f->first == f->count) {
		f->first = f->count = 0;
		return;
	}
	q->visibility_armed = true;
	station_task(e, &q->station, f->items[f->first].deadline, QUEUE_VISIBILITY_OVER, 0);
}

/* At-least-once delivery: whether the message outlives this deletion. */
static bool outlives(const struct engine *e, const struct queue *q, struct message *m)
{
	if (q->spec->fifo || q->spec->duplicate_rate <= 0 || m->duplicated)
		return false;
	m->duplicated = draw_uniform(station_draw(e, m, PURPOSE_DUPLICATE, 0)) < q->spec->duplicate_rate;
	return m->duplicated;
}

bool queue_delete(struct engine *e, struct queue *q, uint32_t message, uint32_t receipt, enum station_end how, simtime now)
{
	struct message *m = at(e, message);
	if (m->receipt != receipt || (q->spec->fifo && m->place != PLACE_FLYING))
		return false;
	queue_count(q, QUEUE_DELETED, 1);
	if (how == END_DELIVERED && outlives(e, q, m))
		return true;
	bool full = q->flying.gauge.level >= QUEUE_IN_FLIGHT;
	if (m->place == PLACE_FLYING) {
		q->flights.items[m->flight].message = MESSAGE_NONE;
		queue_shift(&q->flying, -1, now);
		if (q->spec->fifo)
			fifo_remove(&q->fifo, &e->messages, message, true);
	} else {
		displace(e, q, message, now);
	}
	delist(e, q, message, now);
	station_end(e, &q->station, message, how, now);
	if (full || q->spec->fifo) /* others may be received now */
		queue_stir(e, q, now);
	return true;
}

/* --- life ------------------------------------------------------------------------------------------------------------------------------- */

void queue_timer(struct engine *e, struct queue *q, enum queue_task what, simtime now)
{
	switch (what) {
	case QUEUE_DELAY_OVER: delay_over(e, q, now); break;
	case QUEUE_VISIBILITY_OVER: visibility_over(e, q, now); break;
	case QUEUE_TOO_OLD: retention_over(e, q, now); break;
	case QUEUE_WAKE:
	case QUEUE_TASKS: break;
	}
}

/* Whether some standard queue redrives to this one: what comes so keeps its enqueue time. */
static bool takes_redriven(const struct scenario *s, size_t index)
{
	for (size_t i = 0; i < s->queue_count; i++)
		if (!s->queues[i].fifo && s->queues[i].dead_letter.kind == TARGET_QUEUE && s->queues[i].dead_letter.index == index)
			return true;
	return false;
}

void queue_compile(struct engine *e, struct queue *q, struct arena *a)
{
	q->spec = q->station.spec;
	q->redrives = q->spec->dead_letter.kind != TARGET_NONE && q->spec->max_receive_count > 0;
	if (q->spec->dead_letter.kind == TARGET_QUEUE)
		q->dead_letter = (struct queue *)e->stations[station_of(e->scenario, q->spec->dead_letter)];
	q->mixed_ages = takes_redriven(e->scenario, (size_t)(q->spec - e->scenario->queues));
	sqs_compile(e, q, a);
}

void queue_start(struct engine *e, struct queue *q)
{
	q->again = q->fresh = q->late = LINE_EMPTY;
	fifo_clear(&q->fifo);
	recent_clear(&q->recent);
	if (q->spec->send_rate > 0) /* a second's worth at once */
		gcra_init(&q->sends, q->spec->send_rate, q->spec->send_rate > 1 ? q->spec->send_rate : 1);
	q->flights.first = q->flights.count = q->expiries.count = 0;
	q->row.first = q->row.end = 0;
	q->elder = q->edge = MESSAGE_NONE;
	q->visibility_armed = q->delay_armed = q->waking = false;
	q->retention_at = SIMTIME_NEVER;
	q->visible = q->flying = q->delayed = (struct queue_level){0};
	q->age_most = 0;
	for (int i = 0; i < QUEUE_COUNTS; i++)
		q->counts[i] = 0;
	q->turn = 0;
	sqs_start(e, q);
}

void queue_fini(struct queue *q)
{
	fifo_fini(&q->fifo);
	recent_fini(&q->recent);
	memory_free(q->row.items);
	memory_free(q->flights.items);
	memory_free(q->expiries.items);
	sqs_fini(q);
}
