/* contents: see contents.h. */
#include "models/contents.h"

#include <string.h>

#include "models/invoke/engine.h"
#include "models/invoke/station.h"
#include "models/source/derive.h"
#include "models/source/screen.h"
#include "sim/base/memory.h"

/* --- one event ---------------------------------------------------------------------------------------------------------------------- */

bool contents_arrives(const struct flow_plan *p, uint32_t station, uint32_t content)
{
	size_t bit = station * p->contents.count + content;
	return p->arrives[bit / 8] >> bit % 8 & 1;
}

uint32_t contents_first(const struct flow_plan *p, uint32_t content)
{
	const struct content *items = p->contents.items;
	while (items[content].origin != CONTENT_NONE)
		content = items[content].origin;
	return content;
}

static struct slots_event event_of(uint64_t entity, uint64_t number, simtime born)
{
	return (struct slots_event){.identity = message_identity(entity, 0, number), .number = number, .at = born};
}

void contents_render(const struct flow_plan *p, uint32_t content, uint64_t number, simtime born, struct arena *a,
                     struct content *out)
{
	contents_deal(p, content, number, born, &(struct slots_deal){0}, a, out);
}

void contents_deal(const struct flow_plan *p, uint32_t content, uint64_t number, simtime born, const struct slots_deal *deal,
                   struct arena *a, struct content *out)
{
	const struct content *c = &p->contents.items[content];
	*out = *c;
	if (!c->varies)
		return;
	if (c->origin != CONTENT_NONE) {
		struct content from;
		contents_deal(p, c->origin, number, born, deal, a, &from);
		derive_content(p->scenario, c->step, &from, a, out);
		out->origin = c->origin;
		return;
	}
	struct slots_event event = event_of(c->entity, number, born);
	size_t length;
	event.deal = *deal;
	char *text = slots_render(c->slots, &event, a, &length);
	derive_payload(p->scenario, &p->roots[content], text, length, a, out);
}

/* What a filter needs to decide about one event. */
struct decider {
	const struct flow_plan *plan;
	const struct screen *screen;
};

static bool decide(const void *ctx, const struct message *m)
{
	const struct decider *d = ctx;
	struct arena scratch = {0};
	struct content c;
	contents_render(d->plan, m->payload, m->number, m->born, &scratch, &c);
	bool passes = screen_passes(d->screen, &c);
	arena_fini(&scratch);
	return passes;
}

/* --- making ------------------------------------------------------------------------------------------------------------------------- */

/* A way while the table grows: where it leads, and what is known about contents by their numbers. */
struct open_way {
	struct filter *filter; /* to be filled; NULL: everything goes this way */
	struct way *way;       /* likewise; NULL: contents stay, and are taken */
	const struct screen *screen;
	const struct derive_step *step;
	struct target to; /* TARGET_NONE: into a function, by a mapping */
	bool changes;
	uint8_t *says, *refused;
	uint32_t *becomes;
	size_t known;
};

struct arrival {
	uint32_t station, content;
};

struct maker {
	const struct scenario *scenario;
	struct flow_plan *plan;
	struct arena *arena;
	struct contents contents;
	size_t capacity, derived, derived_bytes;
	struct open_way *ways;
	size_t way_count, way_capacity;
	size_t *first_way; /* by station, and one behind the last */
	uint8_t **seen;    /* by station: contents that came */
	size_t *seen_count;
	bool *emits;              /* by function: what it emits is under way */
	struct arrival *arrivals; /* first .. count: not followed yet */
	size_t first, count, arrival_capacity;
};

static void arrive(struct maker *k, struct target to, uint32_t content)
{
	uint32_t station = station_of(k->scenario, to);
	if (k->seen_count[station] <= content) {
		size_t before = k->seen_count[station], after = 2 * (size_t)content + 8;
		k->seen[station] = memory_grow(k->seen[station], after, sizeof **k->seen);
		memset(k->seen[station] + before, 0, after - before);
		k->seen_count[station] = after;
	}
	if (k->seen[station][content])
		return;
	k->seen[station][content] = 1;
	MEMORY_ROOM(k->arrivals, k->count, k->arrival_capacity);
	k->arrivals[k->count++] = (struct arrival){station, content};
}

static uint32_t content_add(struct maker *k, const struct content *c)
{
	MEMORY_ROOM(k->contents.items, k->contents.count, k->capacity);
	k->contents.items[k->contents.count] = *c;
	return (uint32_t)k->contents.count++;
}

/* Something invokes a function: what it emits comes to be. */
static void invoked(struct maker *k, size_t function)
{
	const struct function_spec *f = &k->scenario->functions[function];
	if (k->emits[function])
		return;
	k->emits[function] = true;
	for (size_t i = 0; i < f->emit_count; i++)
		arrive(k, f->emits[i].to, (uint32_t)(k->plan->emit_base + f->emits[i].payload));
}

/* --- payloads ----------------------------------------------------------------------------------------------------------------------- */

static const struct slots *slots_of(struct maker *k, const struct payload_spec *payload)
{
	struct diagnostics found = {0};
	const struct slots *slots = NULL;
	if (payload->text != NULL &&
	    slots_compile(payload->text, payload->text_length, payload->file, &found, k->arena, &slots) < 0)
		slots = NULL;
	diagnostics_fini(&found);
	return slots;
}

static void payload_add(struct maker *k, const struct payload_spec *payload, const struct derive_root *root, uint64_t entity)
{
	struct content c = {.name = payload->file, .origin = CONTENT_NONE, .entity = entity};
	const char *text = payload->text;
	size_t length = payload->text_length;
	c.slots = slots_of(k, payload);
	c.varies = c.slots != NULL;
	if (root->to.kind == TARGET_NONE) { /* somebody waits for the answer */
		c.text = c.payload = payload->event;
		c.length = c.payload_length = c.size = payload->event_length;
		content_add(k, &c);
		return;
	}
	if (c.slots != NULL) {
		const struct slots_event sample = event_of(entity, 0, 0);
		text = slots_render(c.slots, &sample, k->arena, &length);
	}
	derive_payload(k->scenario, root, text, length, k->arena, &c);
	content_add(k, &c);
}

static size_t payloads_of_sources(const struct scenario *s)
{
	size_t count = 0;
	for (size_t i = 0; i < s->source_count; i++)
		count += s->sources[i].payload_count;
	return count;
}

static void add_sources(struct maker *k, struct derive_root *roots)
{
	const struct scenario *s = k->scenario;
	size_t *base = ARENA_ARRAY(k->arena, s->source_count + 1, size_t);
	for (size_t i = 0; i < s->source_count; i++) {
		const struct source_spec *source = &s->sources[i];
		base[i] = k->contents.count;
		for (size_t n = 0; n < source->payload_count; n++) {
			struct derive_root *root = &roots[k->contents.count];
			*root = (struct derive_root){source, source->kind, source->target};
			payload_add(k, &source->payloads[n], root, engine_entity(source->name));
		}
	}
	k->plan->source_base = base;
}

/* Where each payload of the scenario's table is sent; TARGET_NONE where no function sends it. */
static void add_emissions(struct maker *k, struct derive_root *roots)
{
	const struct scenario *s = k->scenario;
	struct target *to = MEMORY_ARRAY(s->payload_count + 1, struct target);
	uint64_t *entity = MEMORY_ARRAY(s->payload_count + 1, uint64_t);
	for (size_t i = 0; i < s->function_count; i++)
		for (size_t n = 0; n < s->functions[i].emit_count; n++) {
			const struct emit_spec *emit = &s->functions[i].emits[n];
			to[emit->payload] = emit->to;
			entity[emit->payload] = message_identity(engine_entity(s->functions[i].name), n, 0);
		}
	k->plan->emit_base = k->contents.count;
	k->plan->emit_count = s->payload_count;
	for (size_t i = 0; i < s->payload_count; i++) {
		struct derive_root *root = &roots[k->contents.count];
		*root = (struct derive_root){NULL, derive_kind_at(s, to[i]), to[i]};
		payload_add(k, &s->payloads[i], root, entity[i]);
	}
	memory_free(to);
	memory_free(entity);
}

/* --- ways --------------------------------------------------------------------------------------------------------------------------- */

/* `filter` may be NULL, as may `way` and `screen`. */
static void way_open(struct maker *k, struct derive_step step, struct filter *filter, struct way *way, const struct screen *screen)
{
	struct derive_step *kept = ARENA_NEW(k->arena, struct derive_step);
	*kept = step;
	MEMORY_ROOM(k->ways, k->way_count, k->way_capacity);
	k->ways[k->way_count++] = (struct open_way){.filter = filter,
	                                            .way = way,
	                                            .screen = screen,
	                                            .step = kept,
	                                            .to = step.to,
	                                            .changes = way != NULL && derive_changes(k->scenario, kept)};
}

static void way_add(struct maker *k, struct derive_step step, struct way *way, const struct screen *screen)
{
	way_open(k, step, &way->filter, way, screen);
}

static void ways_of_function(struct maker *k, size_t i)
{
	const struct async_spec *spec = &k->scenario->functions[i].async;
	struct async_ways *w = &k->plan->async[i];
	const struct {
		enum derive_kind kind;
		struct target to;
		struct way *way;
	} out[] = {{DERIVE_SUCCESS, spec->on_success, &w->success},
	           {DERIVE_FAILED, spec->on_failure, &w->failed},
	           {DERIVE_EXPIRED, spec->on_failure, &w->expired},
	           {DERIVE_DEAD_LETTER, spec->dead_letter, &w->dead_letter}};
	for (size_t n = 0; n < sizeof out / sizeof *out; n++)
		if (out[n].to.kind != TARGET_NONE)
			way_add(k, (struct derive_step){.kind = out[n].kind, .of = i, .to = out[n].to}, out[n].way, NULL);
}

static void ways_of_mappings(struct maker *k, enum target_kind kind, size_t index)
{
	const struct scenario *s = k->scenario;
	for (size_t i = 0; i < s->mapping_count; i++) {
		const struct mapping_spec *m = &s->mappings[i];
		if (m->source.kind != kind || m->source.index != index)
			continue;
		way_open(k, (struct derive_step){.kind = DERIVE_BATCH, .of = i}, &k->plan->mappings[i], NULL,
		         screen_of_mapping(s, i, k->arena));
		if (kind == TARGET_STREAM && m->on_failure.kind != TARGET_NONE)
			way_add(k, (struct derive_step){.kind = DERIVE_BATCH, .of = i, .to = m->on_failure}, &k->plan->batches[i],
			        NULL);
	}
}

static void ways_of_queue(struct maker *k, size_t i)
{
	ways_of_mappings(k, TARGET_QUEUE, i);
	if (k->scenario->queues[i].dead_letter.kind != TARGET_NONE)
		way_open(k, (struct derive_step){.to = k->scenario->queues[i].dead_letter}, NULL, NULL, NULL);
}

static void ways_of_topic(struct maker *k, size_t i)
{
	const struct topic_spec *t = &k->scenario->topics[i];
	struct way *ways = ARENA_ARRAY(k->arena, t->subscription_count, struct way);
	struct way *redrives = ARENA_ARRAY(k->arena, t->subscription_count, struct way);
	k->plan->subscriptions[i] = ways;
	k->plan->redrives[i] = redrives;
	for (size_t n = 0; n < t->subscription_count; n++) {
		const struct screen *screen = screen_of_subscription(k->scenario, i, n, k->arena);
		struct derive_step step = {.kind = DERIVE_SUBSCRIPTION, .of = i, .part = n, .to = t->subscriptions[n].target};
		way_add(k, step, &ways[n], screen);
		step.kind = DERIVE_REDRIVE;
		step.to = t->subscriptions[n].dead_letter;
		if (step.to.kind != TARGET_NONE)
			way_add(k, step, &redrives[n], screen);
	}
}

static void ways_of_bus(struct maker *k, size_t i)
{
	const struct bus_spec *b = &k->scenario->buses[i];
	k->plan->rules[i] = ARENA_ARRAY(k->arena, b->rule_count, struct way *);
	k->plan->undelivered[i] = ARENA_ARRAY(k->arena, b->rule_count, struct way *);
	for (size_t r = 0; r < b->rule_count; r++) {
		const struct rule_spec *rule = &b->rules[r];
		const struct screen *screen = screen_of_rule(k->scenario, i, r, k->arena);
		k->plan->rules[i][r] = ARENA_ARRAY(k->arena, rule->target_count, struct way);
		k->plan->undelivered[i][r] = ARENA_ARRAY(k->arena, rule->target_count, struct way);
		for (size_t n = 0; n < rule->target_count && !rule->disabled; n++) {
			struct derive_step step = {DERIVE_RULE, i, r, n, rule->targets[n].target};
			way_add(k, step, &k->plan->rules[i][r][n], screen);
			step.kind = DERIVE_UNDELIVERED;
			step.to = rule->targets[n].dead_letter;
			if (step.to.kind != TARGET_NONE)
				way_add(k, step, &k->plan->undelivered[i][r][n], screen);
		}
	}
}

static void ways_of_bucket(struct maker *k, size_t i)
{
	const struct bucket_spec *b = &k->scenario->buckets[i];
	struct way *ways = ARENA_ARRAY(k->arena, b->notification_count, struct way);
	k->plan->notifications[i] = ways;
	for (size_t n = 0; n < b->notification_count; n++)
		way_add(k, (struct derive_step){.kind = DERIVE_NOTIFICATION, .of = i, .part = n, .to = b->notifications[n].target},
		        &ways[n], screen_of_notification(k->scenario, i, n, k->arena));
	if (b->event_bridge && k->plan->default_bus != SIZE_MAX)
		way_add(k,
		        (struct derive_step){.kind = DERIVE_OBJECT_EVENT,
		                             .of = i,
		                             .to = {TARGET_BUS, k->plan->default_bus, "default"}},
		        &k->plan->object_events[i], NULL);
}

static void ways_of_stream(struct maker *k, size_t i)
{
	ways_of_mappings(k, TARGET_STREAM, i);
}

/* In the order of stations. */
static void add_ways(struct maker *k)
{
	const struct scenario *s = k->scenario;
	const struct {
		size_t count;
		void (*add)(struct maker *k, size_t i);
	} kinds[] = {{s->function_count, ways_of_function}, {s->queue_count, ways_of_queue},   {s->topic_count, ways_of_topic},
	             {s->bus_count, ways_of_bus},           {s->bucket_count, ways_of_bucket}, {s->stream_count, ways_of_stream}};
	size_t station = 0;
	for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
		for (size_t i = 0; i < kinds[n].count; i++) {
			k->first_way[station++] = k->way_count;
			kinds[n].add(k, i);
		}
	k->first_way[station++] = k->way_count; /* outside: none */
	k->first_way[station] = k->way_count;
}

/* --- following ---------------------------------------------------------------------------------------------------------------------- */

/* What a content becomes on a way; whether that is none that its target takes goes to *refused. */
static uint32_t become(struct maker *k, const struct open_way *w, uint32_t content, bool *refused)
{
	struct content from = k->contents.items[content], out;
	*refused = w->way != NULL && derive_refused(k->scenario, w->step, &from);
	if (!w->changes || from.steps >= CONTENTS_STEPS || k->derived >= CONTENTS_DERIVED_MOST ||
	    k->derived_bytes >= CONTENTS_BYTES_MOST)
		return content;
	derive_content(k->scenario, w->step, &from, k->arena, &out);
	out.origin = content;
	k->derived_bytes += out.length;
	*refused = derive_refused(k->scenario, w->step, &out);
	if (out.length > CONTENTS_TEXT_MOST)
		return content;
	k->derived++;
	return content_add(k, &out);
}

static void note(struct open_way *w, uint32_t content, uint8_t says, uint32_t becomes, bool refused)
{
	if (w->known <= content) {
		size_t before = w->known, after = 2 * (size_t)content + 8;
		w->says = memory_grow(w->says, after, sizeof *w->says);
		w->refused = memory_grow(w->refused, after, sizeof *w->refused);
		w->becomes = memory_grow(w->becomes, after, sizeof *w->becomes);
		for (size_t i = before; i < after; i++) {
			w->says[i] = FILTER_PASSES;
			w->refused[i] = false;
			w->becomes[i] = (uint32_t)i;
		}
		w->known = after;
	}
	w->says[content] = says;
	w->refused[content] = refused;
	w->becomes[content] = becomes;
}

static void follow(struct maker *k, struct open_way *w, uint32_t content)
{
	const struct content *c = &k->contents.items[content];
	uint8_t says = w->screen == NULL             ? FILTER_PASSES
	               : c->varies                   ? FILTER_ASKS
	               : screen_passes(w->screen, c) ? FILTER_PASSES
	                                             : FILTER_STOPS;
	bool refused = false;
	uint32_t becomes = says == FILTER_STOPS || w->to.kind == TARGET_NONE ? content : become(k, w, content, &refused);
	note(w, content, says, becomes, refused);
	if (says == FILTER_STOPS || refused)
		return;
	if (w->to.kind != TARGET_NONE)
		arrive(k, w->to, becomes);
	else if (k->scenario->mappings[w->step->of].enabled)
		invoked(k, k->scenario->mappings[w->step->of].function);
}

/* The workload begins it all. */
static void start_sources(struct maker *k)
{
	for (size_t i = 0; i < k->scenario->source_count; i++) {
		const struct source_spec *source = &k->scenario->sources[i];
		for (size_t n = 0; source->target.kind != TARGET_NONE && n < source->payload_count; n++)
			arrive(k, source->target, (uint32_t)(k->plan->source_base[i] + n));
		if (source->target.kind == TARGET_NONE && source->function != SOURCE_NO_FUNCTION)
			invoked(k, source->function);
	}
}

static void follow_all(struct maker *k)
{
	while (k->first < k->count) {
		struct arrival at = k->arrivals[k->first++];
		if (at.station < k->scenario->function_count) /* their stations come first */
			invoked(k, at.station);
		for (size_t i = k->first_way[at.station]; i < k->first_way[at.station + 1]; i++)
			follow(k, &k->ways[i], at.content);
	}
}

/* --- the table ---------------------------------------------------------------------------------------------------------------------- */

/* A list of `count` bytes of which any is not 0, in the arena; else NULL. */
static const uint8_t *any_of(const uint8_t *list, size_t count, struct arena *a)
{
	for (size_t i = 0; i < count; i++)
		if (list[i]) {
			uint8_t *copy = ARENA_ARRAY(a, count, uint8_t);
			memcpy(copy, list, count);
			return copy;
		}
	return NULL;
}

static void finish_way(struct maker *k, struct open_way *w)
{
	size_t count = k->contents.count;
	if (count > w->known) /* what comes of contents that never came this way */
		note(w, (uint32_t)(count - 1), FILTER_PASSES, (uint32_t)(count - 1), false);
	if (w->filter != NULL && w->screen != NULL) {
		uint8_t *passes = ARENA_ARRAY(k->arena, count, uint8_t);
		struct decider *d = ARENA_NEW(k->arena, struct decider);
		memcpy(passes, w->says, count);
		*d = (struct decider){k->plan, w->screen};
		*w->filter = (struct filter){passes, decide, d};
	}
	if (w->changes) {
		uint32_t *rewritten = ARENA_ARRAY(k->arena, count, uint32_t);
		memcpy(rewritten, w->becomes, count * sizeof *rewritten);
		w->way->rewritten = rewritten;
	}
	if (w->way != NULL)
		w->way->refused = any_of(w->refused, count, k->arena);
	memory_free(w->says);
	memory_free(w->refused);
	memory_free(w->becomes);
}

static void finish(struct maker *k, size_t stations)
{
	size_t count = k->contents.count, bits = stations * count;
	struct content *items = ARENA_ARRAY(k->arena, count, struct content);
	uint8_t *arrives = ARENA_ARRAY(k->arena, bits / 8 + 1, uint8_t);
	for (size_t i = 0; i < k->way_count; i++)
		finish_way(k, &k->ways[i]);
	for (size_t i = 0; i < k->count; i++) {
		size_t bit = k->arrivals[i].station * count + k->arrivals[i].content;
		arrives[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	if (count > 0)
		memcpy(items, k->contents.items, count * sizeof *items);
	k->plan->contents = (struct contents){items, count};
	k->plan->arrives = arrives;
	for (size_t i = 0; i < stations; i++)
		memory_free(k->seen[i]);
	memory_free(k->seen);
	memory_free(k->seen_count);
	memory_free(k->emits);
	memory_free(k->first_way);
	memory_free(k->ways);
	memory_free(k->arrivals);
	memory_free(k->contents.items);
}

static size_t default_bus(const struct scenario *s)
{
	for (size_t i = 0; i < s->bus_count; i++)
		if (strcmp(s->buses[i].name, "default") == 0)
			return i;
	return SIZE_MAX;
}

void contents_compile(struct flow_plan *p, const struct scenario *s, struct arena *a)
{
	size_t stations = station_count_of(s);
	struct maker k = {.scenario = s, .plan = p, .arena = a};
	struct derive_root *roots = ARENA_ARRAY(a, payloads_of_sources(s) + s->payload_count, struct derive_root);
	*p = (struct flow_plan){.scenario = s,
	                        .roots = roots,
	                        .mappings = ARENA_ARRAY(a, s->mapping_count, struct filter),
	                        .batches = ARENA_ARRAY(a, s->mapping_count, struct way),
	                        .subscriptions = ARENA_ARRAY(a, s->topic_count, struct way *),
	                        .rules = ARENA_ARRAY(a, s->bus_count, struct way **),
	                        .redrives = ARENA_ARRAY(a, s->topic_count, struct way *),
	                        .undelivered = ARENA_ARRAY(a, s->bus_count, struct way **),
	                        .notifications = ARENA_ARRAY(a, s->bucket_count, struct way *),
	                        .object_events = ARENA_ARRAY(a, s->bucket_count, struct way),
	                        .default_bus = default_bus(s),
	                        .async = ARENA_ARRAY(a, s->function_count, struct async_ways)};
	k.first_way = MEMORY_ARRAY(stations + 1, size_t);
	k.seen = MEMORY_ARRAY(stations, uint8_t *);
	k.seen_count = MEMORY_ARRAY(stations, size_t);
	k.emits = MEMORY_ARRAY(s->function_count, bool);
	add_ways(&k);
	add_sources(&k, roots);
	add_emissions(&k, roots);
	start_sources(&k);
	follow_all(&k);
	finish(&k, stations);
}
