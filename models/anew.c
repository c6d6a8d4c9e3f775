#include "models/anew.h"

#include <assert.h>
#include <string.h>

#include "models/contents.h"

struct anew {
	const struct flow_plan *plan;
	uint32_t content;
	uint64_t entity; /* whose decks they are */
	unsigned cards;
	struct envelope_place place; /* of a batch */
	struct envelope_window window;
	struct envelope_record *records;
};

static struct content content_of(const struct anew *n, uint64_t run, uint32_t record, uint32_t records, struct arena *a)
{
	uint64_t number = run * records + record, deck = message_identity(n->entity, run / n->cards, record);
	const struct slots_deal deal = {deck, (unsigned)(run % n->cards), n->cards};
	struct content c;
	contents_deal(n->plan, n->content, number, (simtime)number * SIMTIME_SECOND, &deal, a, &c);
	return c;
}

static char *single(const struct profile_event *e, uint64_t run, struct arena *a, size_t *length)
{
	const struct content c = content_of(e->anew, run, 0, 1, a);
	*length = c.length;
	return arena_string_n(a, c.text, c.length);
}

static char *batch(const struct profile_event *e, uint64_t run, struct arena *a, size_t *length)
{
	const struct anew *n = e->anew;
	struct envelope_record *records = ARENA_ARRAY(a, e->batch, struct envelope_record);
	for (uint32_t i = 0; i < e->batch; i++) {
		const struct content c = content_of(n, run, i, e->batch, a);
		struct envelope_record *r = &records[i];
		*r = n->records[i];
		r->payload = c.payload;
		r->length = c.payload_length;
		r->attributes = c.attributes;
		r->attribute_count = c.attribute_count;
		r->sequence = run * e->batch + i;
		r->identity = r->sequence + 1;
		r->sent = r->first_received = (simtime)r->sequence * SIMTIME_SECOND;
	}
	return envelope_batch(e->kind, &n->place, records, e->batch, a, length);
}

static struct anew *anew_new(struct profile_event *e, const struct flow_plan *plan, uint32_t content, int runs, struct arena *a)
{
	const struct content *first = &plan->contents.items[contents_first(plan, content)];
	struct anew *n = ARENA_NEW(a, struct anew);
	assert(plan->contents.items[content].varies && runs >= 1);
	*n = (struct anew){.plan = plan,
	                   .content = content,
	                   .entity = first->entity,
	                   .cards = runs < ANEW_CARDS_MOST ? (unsigned)runs : ANEW_CARDS_MOST};
	e->anew = n;
	e->recipe = slots_text(first->slots, &e->recipe_length);
	return n;
}

void anew_single(struct profile_event *e, const struct flow_plan *plan, uint32_t content, int runs, struct arena *a)
{
	anew_new(e, plan, content, runs, a);
	e->render = single;
	e->text = single(e, 0, a, &e->length);
}

void anew_batch(struct profile_event *e, const struct flow_plan *plan, uint32_t content, int runs,
                const struct envelope_place *place, const struct envelope_record *records, struct arena *a)
{
	struct anew *n = anew_new(e, plan, content, runs, a);
	n->place = *place;
	n->place.name = arena_string(a, place->name);
	if (place->window != NULL) {
		n->window = *place->window;
		n->place.window = &n->window;
	}
	n->records = ARENA_ARRAY(a, e->batch, struct envelope_record);
	for (uint32_t i = 0; i < e->batch; i++) {
		n->records[i] = records[i];
		n->records[i].key = arena_string(a, records[i].key);
	}
	e->render = batch;
	e->text = batch(e, 0, a, &e->length);
}
