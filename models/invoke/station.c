/* station: see station.h. */
#include "models/invoke/station.h"

#include <assert.h>
#include <string.h>

#include "models/invoke/engine.h"
#include "models/invoke/feed.h"
#include "models/invoke/mappingstate.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

#define NO_TASK UINT32_MAX

/* --- numbering --------------------------------------------------------------------------------------------------------------------- */

/* How many stations of the kinds before `kind` there are. */
static size_t stations_before(const struct scenario *s, enum target_kind kind)
{
	const size_t counts[TARGET_KINDS] = {
		[TARGET_FUNCTION] = s->function_count, [TARGET_QUEUE] = s->queue_count,   [TARGET_TOPIC] = s->topic_count,
		[TARGET_BUS] = s->bus_count,           [TARGET_BUCKET] = s->bucket_count, [TARGET_STREAM] = s->stream_count,
	};
	size_t sum = 0;
	for (int k = 0; k < (int)kind; k++)
		sum += counts[k];
	return sum;
}

size_t station_count_of(const struct scenario *s)
{
	return stations_before(s, TARGET_OUTSIDE) + 1;
}

uint32_t station_of(const struct scenario *s, struct target target)
{
	assert(target.kind != TARGET_NONE && target.kind < TARGET_KINDS);
	return (uint32_t)(stations_before(s, target.kind) + (target.kind == TARGET_OUTSIDE ? 0 : target.index));
}

/* --- what lies outside the template ------------------------------------------------------------------------------------------------ */

static void outside_compile(struct engine *e, struct station *s, struct arena *a)
{
	(void)e, (void)s, (void)a;
}

static void outside_start(struct engine *e, struct station *s)
{
	(void)e, (void)s;
}

static void outside_receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	s->counts.received++;
	station_end(e, s, message, END_DELIVERED, now);
}

static uint64_t outside_held(const struct engine *e, const struct station *s)
{
	(void)e, (void)s;
	return 0;
}

static const struct station_ops station_outside = {
	.size = sizeof(struct station),
	.compile = outside_compile,
	.start = outside_start,
	.receive = outside_receive,
	.held = outside_held,
};

/* --- all of them --------------------------------------------------------------------------------------------------------------------- */

/* What stands behind a station: its name and specification. */
static struct station station_face(const struct scenario *s, struct target target)
{
	switch (target.kind) {
	case TARGET_FUNCTION: return (struct station){.name = s->functions[target.index].name, .spec = &s->functions[target.index]};
	case TARGET_QUEUE: return (struct station){.name = s->queues[target.index].name, .spec = &s->queues[target.index]};
	case TARGET_TOPIC: return (struct station){.name = s->topics[target.index].name, .spec = &s->topics[target.index]};
	case TARGET_BUS: return (struct station){.name = s->buses[target.index].name, .spec = &s->buses[target.index]};
	case TARGET_BUCKET: return (struct station){.name = s->buckets[target.index].name, .spec = &s->buckets[target.index]};
	case TARGET_STREAM: return (struct station){.name = s->streams[target.index].name, .spec = &s->streams[target.index]};
	case TARGET_NONE:
	case TARGET_OUTSIDE:
	case TARGET_KINDS: break;
	}
	return (struct station){.name = "outside"};
}

const char *station_name(const struct scenario *s, struct target target)
{
	return station_face(s, target).name;
}

static struct station *station_new(struct engine *e, const struct station_ops *ops, struct target target, struct arena *a)
{
	assert(ops != NULL && ops->size >= sizeof(struct station));
	struct station *s = arena_alloc(a, ops->size);
	*s = station_face(e->scenario, target);
	s->ops = ops;
	s->index = station_of(e->scenario, target);
	s->entity = engine_entity(s->name) ^ (uint64_t)target.kind << 56;
	e->stations[s->index] = s;
	return s;
}

void stations_new(struct engine *e, const struct station_ops *const kinds[TARGET_KINDS], const struct variate *transits,
                  struct arena *a)
{
	e->station_count = station_count_of(e->scenario);
	e->stations = ARENA_ARRAY(a, e->station_count, struct station *);
	for (int kind = TARGET_FUNCTION; kind <= TARGET_OUTSIDE; kind++) {
		const struct station_ops *ops = kind == TARGET_OUTSIDE ? &station_outside : kinds[kind];
		size_t first = stations_before(e->scenario, (enum target_kind)kind);
		size_t count = kind == TARGET_OUTSIDE ? 1 : stations_before(e->scenario, (enum target_kind)(kind + 1)) - first;
		for (size_t i = 0; i < count; i++)
			station_new(e, ops, (struct target){(enum target_kind)kind, i, NULL}, a)->transit = transits[kind];
	}
	for (size_t i = 0; i < e->station_count; i++)
		e->stations[i]->ops->compile(e, e->stations[i], a);
}

void stations_start(struct engine *e)
{
	messages_clear(&e->messages);
	e->tasks.count = 0;
	e->tasks.free = NO_TASK;
	feed_start(e);
	e->in_transit = 0;
	mapping_states_start(e);
	for (size_t i = 0; e->station_count > 0 && i < e->flow->emit_count; i++)
		e->emitted[i] = 0;
	for (size_t i = 0; i < e->station_count; i++) {
		struct station *s = e->stations[i];
		s->counts = s->base = (struct station_counts){0};
		s->held_at_start = 0;
		histogram_clear(&s->age);
		s->ops->start(e, s);
	}
}

void stations_warm_up_end(struct engine *e, simtime now)
{
	for (size_t i = 0; i < e->station_count; i++) {
		struct station *s = e->stations[i];
		s->base = s->counts;
		s->held_at_start = s->ops->held(e, s);
		histogram_clear(&s->age);
		if (s->ops->warm_up_end)
			s->ops->warm_up_end(e, s, now);
	}
	mapping_states_warm_up_end(e);
}

void stations_fini(struct engine *e)
{
	for (size_t i = 0; i < e->station_count; i++) {
		struct station *s = e->stations[i];
		histogram_fini(&s->age);
		if (s->ops->fini)
			s->ops->fini(s);
	}
	messages_fini(&e->messages);
	memory_free(e->tasks.items);
	memory_free(e->results);
	feed_fini(e);
}

void stations_check(const struct engine *e)
{
	uint64_t held = e->in_transit - e->in_transit_fed;
	for (size_t i = 0; i < e->station_count; i++) {
		const struct station *s = e->stations[i];
		uint64_t here = s->ops->held(e, s), ended = 0;
		for (int k = 0; k < STATION_ENDS; k++)
			ended += s->counts.ended[k];
		assert(s->counts.received == ended + here);
		held += here;
	}
	assert(held == e->messages.live);
	(void)held;
}

/* --- tasks ---------------------------------------------------------------------------------------------------------------------------- */

static void schedule(struct engine *e, unsigned class, simtime at, struct task task)
{
	struct tasks *t = &e->tasks;
	uint32_t index = t->free;
	if (index != NO_TASK) {
		t->free = t->items[index].next_free;
	} else {
		MEMORY_ROOM(t->items, t->count, t->capacity);
		if (t->count == AGENDA_SLOTS) /* 16.8 million due: events could not name more */
			memory_exhausted();
		index = (uint32_t)t->count++;
	}
	t->items[index] = task;
	agenda_push(&e->agenda, at, class, index);
}

void station_task(struct engine *e, const struct station *s, simtime at, unsigned what, uint32_t subject)
{
	if (at <= e->horizon)
		schedule(e, EVENT_TASK, at, (struct task){s->index, subject, what, NO_TASK});
}

void station_result_task(struct engine *e, const struct station *s, uint32_t environment, unsigned what, uint32_t subject)
{
	while (environment >= e->result_capacity)
		MEMORY_ROOM(e->results, e->result_capacity, e->result_capacity);
	e->results[environment] = (struct task){s->index, subject, what, NO_TASK};
	assert(e->environments.items[environment].state == ENVIRONMENT_BUSY);
	e->environments.items[environment].state = ENVIRONMENT_AWAITED;
}

void station_result(struct engine *e, uint32_t environment, simtime now)
{
	struct task due = e->results[environment]; /* the next invocation there has its own */
	if (agenda_next(&e->agenda) == now) {
		schedule(e, EVENT_RESULT, now, due);
		return;
	}
	e->events++;
	struct station *s = e->stations[due.station];
	s->ops->task(e, s, due.what, due.subject, now);
}

void station_fire(struct engine *e, uint32_t task, simtime now)
{
	struct tasks *t = &e->tasks;
	struct task due = t->items[task];
	t->items[task].next_free = t->free;
	t->free = task;
	struct station *s = e->stations[due.station];
	s->ops->task(e, s, due.what, due.subject, now);
}

/* --- moving events ---------------------------------------------------------------------------------------------------------------------- */

uint64_t station_draw(const struct engine *e, const struct message *m, unsigned purpose, uint64_t index)
{
	return draw_word(&e->key, m->identity, purpose, 0, index);
}

void station_receive(struct engine *e, uint32_t station, uint32_t message, simtime now)
{
	struct station *s = e->stations[station];
	e->messages.items[message].since = now;
	s->ops->receive(e, s, message, now);
}

/* A message is on its way and arrives at `at`. */
static void station_send(struct engine *e, uint32_t station, uint32_t message, simtime at)
{
	e->in_transit++;
	e->messages.items[message].station = station;
	if (at <= e->horizon)
		agenda_push(&e->agenda, at, EVENT_HOP, message);
}

void station_arrive(struct engine *e, uint32_t message, simtime now)
{
	e->in_transit--;
	station_receive(e, e->messages.items[message].station, message, now);
}

/* Lambda Developer Guide, "Use Lambda recursive loop detection": between functions, Amazon SQS, Amazon SNS and Amazon S3; a loop that another service
 * is part of is not found. */
static bool keeps_trace(enum target_kind kind)
{
	return kind != TARGET_BUS && kind != TARGET_STREAM;
}

static struct message child_of(const struct message *parent, uint64_t edge, uint64_t ordinal, uint32_t payload, simtime now)
{
	struct message child = *parent;
	child.identity = message_identity(parent->identity, edge, ordinal);
	child.payload = payload;
	child.receives = 0;
	child.throttles = child.outcome = 0;
	child.cold = false;
	child.place = 0; /* a queue must not take it for what it holds under the parent's receipt */
	child.ticket = child.receipt = 0;
	child.duplicated = child.processed = false;
	child.since = now;
	return child;
}

void station_send_child(struct engine *e, struct target target, const struct message *parent, uint64_t edge, uint64_t ordinal,
                        uint32_t payload, simtime now)
{
	uint32_t station = station_of(e->scenario, target);
	struct message child = child_of(parent, edge, ordinal, payload, now);
	if (!keeps_trace(target.kind))
		child.traced = 0;
	const struct variate *transit = &e->stations[station]->transit;
	uint64_t word = transit->kind == VARIATE_CONSTANT ? 0 : station_draw(e, &child, PURPOSE_TRANSIT, 0);
	station_send(e, station, message_new(&e->messages, &child), now + variate_time(transit, word));
}

void station_hand_child(struct engine *e, struct target target, const struct message *parent, uint64_t edge, uint64_t ordinal,
                        uint32_t payload, simtime now)
{
	struct message child = child_of(parent, edge, ordinal, payload, now);
	station_receive(e, station_of(e->scenario, target), message_new(&e->messages, &child), now);
}

void station_end(struct engine *e, struct station *s, uint32_t message, enum station_end how, simtime now)
{
	s->counts.ended[how]++;
	const struct message *m = &e->messages.items[message];
	if (how == END_DELIVERED && e->counting && !m->processed)
		histogram_add(&s->age, now - m->since);
	message_free(&e->messages, message);
}
