/* feed: see feed.h. */
#include "models/invoke/feed.h"

#include <string.h>

#include "models/invoke/station.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

enum { FEED_ACCEPTED = 202 };

#define FED_NONE UINT32_MAX

/* --- draws, a block of events ahead ------------------------------------------------------------------------------------------------- */

static void fill_waits(const struct engine *e, struct source_state *s, uint64_t first)
{
	const struct source_plan *p = s->plan;
	uint64_t words[COST_BLOCK] = {0}; /* a constant needs none */
	double wait[COST_BLOCK];
	if (p->latency.kind != VARIATE_CONSTANT)
		draw_words(&e->key, p->entity, PURPOSE_LATENCY, 0, first, COST_BLOCK, words);
	variate_values(&p->latency, words, COST_BLOCK, wait);
	simtime_all_from_ns(wait, COST_BLOCK, s->wait);
}

/* Given for each arrival, or drawn by weight. */
static void fill_payloads(const struct engine *e, struct source_state *s, uint64_t first)
{
	const struct source_plan *p = s->plan;
	const struct arrival_spec *arrivals = &p->spec->arrivals;
	size_t base = e->flow->source_base[s - e->sources];
	uint64_t words[COST_BLOCK] = {0};
	bool drawn = arrivals->payload_of == NULL && p->spec->payload_count > 1;
	if (drawn)
		draw_words(&e->key, p->entity, PURPOSE_PAYLOAD, 0, first, COST_BLOCK, words);
	for (size_t i = 0; i < COST_BLOCK; i++) {
		size_t payload = 0;
		if (arrivals->payload_of != NULL && first + i < arrivals->time_count)
			payload = arrivals->payload_of[first + i];
		while (drawn && words[i] > p->payload_below[payload])
			payload++;
		s->payload[i] = (uint32_t)(base + payload);
	}
}

/* Likewise. */
static void fill_keys(const struct engine *e, struct source_state *s, uint64_t first)
{
	const struct source_plan *p = s->plan;
	const struct arrival_spec *arrivals = &p->spec->arrivals;
	uint64_t words[COST_BLOCK] = {0};
	bool drawn = arrivals->key_of == NULL && p->keys.count > 1;
	if (drawn)
		draw_words(&e->key, p->entity, PURPOSE_KEY, 0, first, COST_BLOCK, words);
	for (size_t i = 0; i < COST_BLOCK; i++) {
		s->event_key[i] = drawn ? key_of(&p->keys, words[i]) : 0;
		if (arrivals->key_of != NULL && first + i < arrivals->time_count)
			s->event_key[i] = arrivals->key_of[first + i];
	}
}

static inline size_t in_block(const struct engine *e, struct source_state *s, uint64_t number)
{
	uint64_t first = number & ~(uint64_t)(COST_BLOCK - 1);
	if (__builtin_expect(first != s->block, 0)) {
		s->block = first;
		fill_waits(e, s, first);
		fill_payloads(e, s, first);
		fill_keys(e, s, first);
	}
	return (size_t)(number - first);
}

/* --- events -------------------------------------------------------------------------------------------------------------------------- */

static uint32_t fed_new(struct fed_pool *p, const struct fed *value)
{
	uint32_t index = p->free;
	if (index != FED_NONE) {
		p->free = p->items[index].next_free;
	} else {
		MEMORY_ROOM(p->items, p->count, p->capacity);
		if (p->count == AGENDA_SLOTS) /* 16.8 million under way: events could not name more */
			memory_exhausted();
		index = (uint32_t)p->count++;
	}
	p->items[index] = *value;
	return index;
}

void feed_event(struct engine *e, struct source_state *s, uint64_t number, simtime now)
{
	const struct source_plan *p = s->plan;
	size_t i = in_block(e, s, number);
	simtime at = now + s->wait[i];
	s->counts.requests++;
	s->status[FEED_ACCEPTED]++;
	if (p->spec->spread > 0) {
		uint64_t word = draw_word(&e->key, message_identity(p->entity, 0, number), PURPOSE_TRANSIT, 0, 0);
		at += (simtime)draw_below(word, (uint64_t)p->spec->spread);
	}
	e->in_transit++;
	e->in_transit_fed++;
	if (at > e->horizon)
		return;
	struct fed fed = {now, number, (uint32_t)(s - e->sources), s->payload[i], s->event_key[i], FED_NONE};
	agenda_push(&e->agenda, at, EVENT_FED, fed_new(&e->fed, &fed));
}

void feed_arrive(struct engine *e, uint32_t index, simtime now)
{
	struct fed *fed = &e->fed.items[index];
	const struct source_plan *p = e->sources[fed->source].plan;
	uint32_t message = message_room(&e->messages);
	struct message *m = &e->messages.items[message];
	memset(m, 0, sizeof *m);
	m->born = fed->born;
	m->since = now;
	m->identity = message_identity(p->entity, 0, fed->number);
	m->source = fed->source;
	m->payload = fed->payload;
	m->key = fed->key;
	m->number = (uint32_t)fed->number;
	m->next = MESSAGE_NONE;
	fed->next_free = e->fed.free;
	e->fed.free = index;
	e->in_transit--;
	e->in_transit_fed--;
	station_receive(e, p->station, message, now);
}

void feed_start(struct engine *e)
{
	e->fed.count = e->in_transit_fed = 0;
	e->fed.free = FED_NONE;
}

void feed_fini(struct engine *e)
{
	memory_free(e->fed.items);
}
