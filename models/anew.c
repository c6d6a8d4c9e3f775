#include "models/anew.h"

#include <assert.h>
#include <string.h>

#include "models/contents.h"
#include "models/source/derive.h"

struct anew {
	const struct flow_plan *plan;
	uint32_t content;
	const struct filter *filter; /* of the mapping; NULL */
	bool asked;                  /* that, or another one on the way, looks at each event */
	uint64_t entity;             /* whose decks they are */
	unsigned cards;
	struct envelope_place place; /* of a batch */
	struct envelope_window window;
	struct envelope_record *records;
};

/* --- what comes ------------------------------------------------------------------------------------------------------------------------- */

/* The filter on a way that makes contents; NULL: there is none. */
static const struct filter *filter_on(const struct flow_plan *p, const struct derive_step *step)
{
	switch (step->kind) {
	case DERIVE_SUBSCRIPTION: return &p->subscriptions[step->of][step->part].filter;
	case DERIVE_RULE: return &p->rules[step->of][step->part][step->target].filter;
	case DERIVE_NOTIFICATION: return &p->notifications[step->of][step->part].filter;
	default: return NULL;
	}
}

static bool is_asked(const struct filter *f, uint32_t content)
{
	return f != NULL && f->passes != NULL && f->passes[content] == FILTER_ASKS;
}

/* Whether any filter up to here looks at each event. */
static bool is_anyone_asked(const struct anew *n)
{
	const struct content *items = n->plan->contents.items;
	bool asked = is_asked(n->filter, n->content);
	for (uint32_t c = n->content; items[c].origin != CONTENT_NONE; c = items[c].origin)
		asked = asked || is_asked(filter_on(n->plan, items[c].step), items[c].origin);
	return asked;
}

static simtime born(uint64_t number)
{
	return (simtime)number * SIMTIME_SECOND;
}

static bool takes(const struct filter *f, uint32_t content, uint64_t number)
{
	const struct message m = {.payload = content, .number = (uint32_t)number, .born = born(number)};
	return !is_asked(f, content) || filter_takes(f, &m);
}

static bool comes(const struct anew *n, uint64_t number)
{
	const struct content *items = n->plan->contents.items;
	if (!takes(n->filter, n->content, number))
		return false;
	for (uint32_t c = n->content; items[c].origin != CONTENT_NONE; c = items[c].origin)
		if (!takes(filter_on(n->plan, items[c].step), items[c].origin, number))
			return false;
	return true;
}

static uint64_t first_that_comes(const struct anew *n, uint64_t from)
{
	for (uint64_t i = 0; i < ANEW_TRIED; i++)
		if (comes(n, from + i))
			return from + i;
	return from;
}

/* --- events ----------------------------------------------------------------------------------------------------------------------------- */

/* The content of a record of a run's event, and the number that it has at its source. */
static struct content content_of(const struct anew *n, uint64_t run, uint32_t record, uint32_t records, uint64_t *number,
                                 struct arena *a)
{
	struct slots_deal deal = {0};
	struct content c;
	*number = run * records + record;
	if (n->asked)
		*number = first_that_comes(n, *number * ANEW_TRIED);
	else
		deal = (struct slots_deal){message_identity(n->entity, run / n->cards, record), (unsigned)(run % n->cards),
		                           n->cards};
	contents_deal(n->plan, n->content, *number, born(*number), &deal, a, &c);
	return c;
}

static char *single(const struct profile_event *e, uint64_t run, struct arena *a, size_t *length)
{
	uint64_t number;
	const struct content c = content_of(e->anew, run, 0, 1, &number, a);
	*length = c.length;
	return arena_string_n(a, c.text, c.length);
}

static char *batch(const struct profile_event *e, uint64_t run, struct arena *a, size_t *length)
{
	const struct anew *n = e->anew;
	struct envelope_record *records = ARENA_ARRAY(a, e->batch, struct envelope_record);
	for (uint32_t i = 0; i < e->batch; i++) {
		uint64_t number;
		const struct content c = content_of(n, run, i, e->batch, &number, a);
		struct envelope_record *r = &records[i];
		*r = n->records[i];
		r->payload = c.payload;
		r->length = c.payload_length;
		r->attributes = c.attributes;
		r->attribute_count = c.attribute_count;
		r->sequence = number;
		r->identity = number + 1;
		r->sent = r->first_received = born(number);
	}
	return envelope_batch(e->kind, &n->place, records, e->batch, a, length);
}

static struct anew *anew_new(struct profile_event *e, const struct flow_plan *plan, uint32_t content, const struct filter *filter,
                             int runs, struct arena *a)
{
	const struct content *first = &plan->contents.items[contents_first(plan, content)];
	struct anew *n = ARENA_NEW(a, struct anew);
	assert(plan->contents.items[content].varies && runs >= 1);
	*n = (struct anew){.plan = plan,
	                   .content = content,
	                   .filter = filter,
	                   .entity = first->entity,
	                   .cards = runs < ANEW_CARDS_MOST ? (unsigned)runs : ANEW_CARDS_MOST};
	n->asked = is_anyone_asked(n);
	e->anew = n;
	e->recipe = slots_text(first->slots, &e->recipe_length);
	return n;
}

void anew_single(struct profile_event *e, const struct flow_plan *plan, uint32_t content, int runs, struct arena *a)
{
	anew_new(e, plan, content, NULL, runs, a);
	e->render = single;
	e->text = single(e, 0, a, &e->length);
}

void anew_batch(struct profile_event *e, const struct flow_plan *plan, uint32_t content, const struct filter *filter, int runs,
                const struct envelope_place *place, const struct envelope_record *records, struct arena *a)
{
	struct anew *n = anew_new(e, plan, content, filter, runs, a);
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
