#include "models/occasion.h"

#include <assert.h>
#include <string.h>

#include "models/anew.h"
#include "models/contents.h"
#include "models/invoke/station.h"
#include "models/source/place.h"
#include "sim/base/memory.h"

/* What an invocation may carry, a batch too: a poller closes it there. Source: Lambda Developer Guide, "Lambda quotas". */
enum { EVENT_MOST = 6 * 1024 * 1024 };

static const uint32_t sizes[] = {1, 10, 100};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* Between the first two sizes: where the second one takes too long, a line has to go through something. */
enum { SIZE_LESS = 3 };

/* Receives that are measured at most; a handler that gives up at a later one is not found. */
enum { RECEIVES_MOST = 3 };

struct occasions {
	const struct scenario *scenario;
	struct flow_plan plan;
	const struct flow_plan *kept; /* the same, for as long as the result lives */
	struct arena *arena, scratch; /* of the result; of all else */
	bool *invoked;                /* by function */
	bool *emitted;                /* by payload of the scenario's: some function that is invoked sends it */
	struct profile_event *items;
	size_t count, capacity;
};

/* --- who is invoked ------------------------------------------------------------------------------------------------------------------- */

/* Somebody really sends it. */
static bool is_sent(const struct occasions *o, uint32_t content)
{
	uint32_t first = contents_first(&o->plan, content);
	return first < o->plan.emit_base || o->emitted[first - o->plan.emit_base];
}

static bool comes(const struct occasions *o, struct target at, uint32_t content)
{
	return contents_arrives(&o->plan, station_of(o->scenario, at), content) && is_sent(o, content);
}

static struct target queue_of(const struct occasions *o, size_t function)
{
	return (struct target){TARGET_FUNCTION, function, o->scenario->functions[function].name};
}

static bool reads(const struct occasions *o, size_t mapping, uint32_t content)
{
	const struct mapping_spec *m = &o->scenario->mappings[mapping];
	const struct filter *f = &o->plan.mappings[mapping];
	bool pollable = m->source.kind == TARGET_QUEUE || m->source.kind == TARGET_STREAM;
	return m->enabled && pollable && (f->passes == NULL || f->passes[content] != FILTER_STOPS) && comes(o, m->source, content);
}

/* Whether content comes to the function other than synchronously. */
static bool gets(const struct occasions *o, size_t function, uint32_t content)
{
	if (comes(o, queue_of(o, function), content))
		return true;
	for (size_t i = 0; i < o->scenario->mapping_count; i++)
		if (o->scenario->mappings[i].function == function && reads(o, i, content))
			return true;
	return false;
}

static bool is_requested(const struct occasions *o, size_t function)
{
	for (size_t i = 0; i < o->scenario->source_count; i++) {
		const struct source_spec *s = &o->scenario->sources[i];
		if (s->target.kind == TARGET_NONE && s->function == function)
			return true;
	}
	return false;
}

static bool is_invoked(const struct occasions *o, size_t function)
{
	if (is_requested(o, function))
		return true;
	for (uint32_t c = 0; c < o->plan.contents.count; c++)
		if (gets(o, function, c))
			return true;
	return false;
}

/* One function's emissions may be what invokes the next. */
static void find_invoked(struct occasions *o)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < o->scenario->function_count; i++) {
			const struct function_spec *f = &o->scenario->functions[i];
			if (o->invoked[i] || !is_invoked(o, i))
				continue;
			changed = o->invoked[i] = true;
			for (size_t k = 0; k < f->emit_count; k++)
				o->emitted[f->emits[k].payload] = true;
		}
	}
}

/* --- events --------------------------------------------------------------------------------------------------------------------------- */

static void add(struct occasions *o, struct profile_event event)
{
	MEMORY_ROOM(o->items, o->count, o->capacity);
	o->items[o->count++] = event;
}

/* Adds an event of one record, or where the content varies the recipe of one for each run. */
static void add_single(struct occasions *o, size_t function, uint32_t content, struct profile_event event)
{
	event.batch = 1;
	if (o->plan.contents.items[content].varies)
		anew_single(&event, o->kept, content, o->scenario->functions[function].profile_runs, o->arena);
	add(o, event);
}

static void add_requests(struct occasions *o, size_t source)
{
	const struct source_spec *s = &o->scenario->sources[source];
	for (size_t k = 0; k < s->payload_count; k++)
		add_single(o, s->function, (uint32_t)(o->plan.source_base[source] + k),
		           (struct profile_event){.source = s->name,
		                                  .payload = k,
		                                  .name = s->payloads[k].file,
		                                  .kind = s->kind,
		                                  .payload_1_0 = s->payload_1_0,
		                                  .text = s->payloads[k].event,
		                                  .length = s->payloads[k].event_length});
}

static void add_async(struct occasions *o, size_t function, uint32_t content)
{
	const struct content *c = &o->plan.contents.items[content];
	add_single(o, function, content,
	           (struct profile_event){.source = o->scenario->functions[function].name,
	                                  .payload = content,
	                                  .name = c->name,
	                                  .kind = SOURCE_INVOKE_EVENT,
	                                  .text = c->text ? c->text : "{}",
	                                  .length = c->text ? c->length : 2});
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------------- */

/* The keys of a file of arrivals that carry this payload, from the first; *count of them. */
static const char **named_keys(struct occasions *o, const struct arrival_spec *a, size_t payload, size_t most, size_t *count)
{
	const char **names = ARENA_ARRAY(&o->scratch, most, const char *);
	*count = 0;
	for (size_t i = 0; i < a->time_count && *count < most; i++)
		if (!a->payload_of || a->payload_of[i] == payload)
			names[(*count)++] = a->key_names[a->key_of[i]];
	return names;
}

/* The workload's key for record `i`: all take turns, whatever their weights. NULL: there are none. */
static const char *turn_of(struct occasions *o, const struct keys_spec *keys, uint32_t i)
{
	return keys->kind == KEY_NONE ? NULL : arena_format(&o->scratch, "key-%u", i % keys->count + 1);
}

static const struct keys_spec *keys_of_emission(const struct occasions *o, size_t payload)
{
	static const struct keys_spec none;
	for (size_t i = 0; i < o->scenario->function_count; i++)
		for (size_t n = 0; n < o->scenario->functions[i].emit_count; n++)
			if (o->scenario->functions[i].emits[n].payload == payload)
				return &o->scenario->functions[i].emits[n].keys;
	return &none;
}

/* Partition keys or message groups: those that whoever sends the content first gives it. */
static void give_keys(struct occasions *o, uint32_t content, struct envelope_record *records, uint32_t count)
{
	const struct scenario *s = o->scenario;
	uint32_t first = contents_first(&o->plan, content);
	const struct keys_spec *keys;
	size_t source = 0, named = 0;
	const char **names = NULL;
	if (first >= o->plan.emit_base) {
		keys = keys_of_emission(o, first - o->plan.emit_base);
	} else {
		while (source + 1 < s->source_count && o->plan.source_base[source + 1] <= first)
			source++;
		keys = &s->sources[source].keys;
		if (s->sources[source].arrivals.key_of)
			names = named_keys(o, &s->sources[source].arrivals, first - o->plan.source_base[source], count, &named);
	}
	for (uint32_t i = 0; i < count; i++) {
		const char *key = named > 0 ? names[i % named] : turn_of(o, keys, i);
		records[i].key = key && *key ? key : NULL;
	}
}

/* --- batches ---------------------------------------------------------------------------------------------------------------------------- */

/* `count` events with this content, as envelope_samples has them. */
static struct envelope_record *records_of(struct occasions *o, uint32_t content, uint32_t count, uint32_t attempt, bool keyed)
{
	struct envelope_record *records = envelope_samples(NULL, 0, count, &o->scratch);
	if (keyed)
		give_keys(o, content, records, count);
	for (uint32_t i = 0; i < count; i++) {
		struct content c;
		contents_render(&o->plan, content, i, 0, &o->scratch, &c);
		records[i].receive_count = (int)attempt + 1;
		records[i].payload = c.payload;
		records[i].length = c.payload_length;
		records[i].attributes = c.attributes;
		records[i].attribute_count = c.attribute_count;
	}
	return records;
}

/* An event of `count` records, or of as many as fit. */
static struct profile_event batch_of(struct occasions *o, const struct mapping_spec *m, uint32_t content, uint32_t count,
                                     uint32_t attempt)
{
	struct profile_event event = {.source = m->name,
	                              .payload = content,
	                              .batch = count,
	                              .attempt = attempt,
	                              .name = o->plan.contents.items[content].name};
	struct envelope_window window = {.end = m->tumbling_window};
	struct envelope_place place;
	place_of_mapping(o->scenario, m, &o->scratch, &place, &event.kind);
	bool keyed = event.kind != SOURCE_SQS || place.fifo;
	const struct envelope_record *records = records_of(o, content, count, attempt, keyed);
	place.window = m->tumbling_window > 0 ? &window : NULL;
	for (;;) {
		event.text = envelope_batch(event.kind, &place, records, event.batch, &o->scratch, &event.length);
		if (event.length <= EVENT_MOST || event.batch == 1)
			break;
		uint32_t fit = (uint32_t)((uint64_t)event.batch * EVENT_MOST / event.length);
		event.batch = fit > 0 ? fit : 1;
	}
	if (o->plan.contents.items[content].varies)
		anew_batch(&event, o->kept, content, &o->kept->mappings[m - o->scenario->mappings],
		           o->scenario->functions[m->function].profile_runs, &place, records, o->arena);
	else
		event.text = arena_string_n(o->arena, event.text, event.length);
	return event;
}

static void add_sizes(struct occasions *o, const struct mapping_spec *m, uint32_t content, uint32_t attempt)
{
	uint32_t last = 0, most = m->batch_size > 1 ? (uint32_t)m->batch_size : 1;
	for (size_t i = 0; i < SIZES; i++) {
		uint32_t count = sizes[i] < most ? sizes[i] : most;
		if (count == last)
			return;
		struct profile_event event = batch_of(o, m, content, count, attempt);
		event.need = attempt > 0 ? NEED_AGAIN : NEED_ALWAYS;
		if (event.batch > last)
			add(o, event);
		if (i == 1 && event.batch > SIZE_LESS) {
			struct profile_event less = batch_of(o, m, content, SIZE_LESS, attempt);
			less.need = NEED_LESS;
			add(o, less);
		}
		if (event.batch < count)
			return;
		last = count;
	}
}

/* How many receives of a message a handler can tell apart by ApproximateReceiveCount, and may get. A second try of a stream's records or of an
 * asynchronous event looks like the first. */
static uint32_t receives_of(const struct occasions *o, const struct mapping_spec *m)
{
	if (m->source.kind != TARGET_QUEUE)
		return 1;
	const struct queue_spec *q = &o->scenario->queues[m->source.index];
	bool fewer = q->dead_letter.kind != TARGET_NONE && q->max_receive_count > 0 && q->max_receive_count < RECEIVES_MOST;
	return fewer ? (uint32_t)q->max_receive_count : RECEIVES_MOST;
}

static void add_batches(struct occasions *o, const struct mapping_spec *m, uint32_t content)
{
	for (uint32_t attempt = 0; attempt < receives_of(o, m); attempt++)
		add_sizes(o, m, content, attempt);
}

/* --- all together --------------------------------------------------------------------------------------------------------------------- */

static void add_all(struct occasions *o, size_t function)
{
	const struct scenario *s = o->scenario;
	for (size_t i = 0; i < s->source_count; i++)
		if (s->sources[i].target.kind == TARGET_NONE && s->sources[i].function == function)
			add_requests(o, i);
	for (uint32_t c = 0; c < o->plan.contents.count; c++)
		if (comes(o, queue_of(o, function), c))
			add_async(o, function, c);
	for (size_t i = 0; i < s->mapping_count; i++)
		for (uint32_t c = 0; c < o->plan.contents.count && s->mappings[i].function == function; c++)
			if (reads(o, i, c))
				add_batches(o, &s->mappings[i], c);
}

struct profile_events occasions_of(const struct scenario *s, size_t function, struct arena *a)
{
	assert(function < s->function_count);
	struct occasions o = {.scenario = s, .arena = a};
	struct flow_plan *kept = ARENA_NEW(a, struct flow_plan);
	contents_compile(kept, s, a);
	o.plan = *kept;
	o.kept = kept;
	o.invoked = ARENA_ARRAY(&o.scratch, s->function_count, bool);
	o.emitted = ARENA_ARRAY(&o.scratch, s->payload_count + 1, bool);
	find_invoked(&o);
	add_all(&o, function);
	struct profile_events events = {ARENA_ARRAY(a, o.count + 1, struct profile_event), o.count};
	if (o.count > 0)
		memcpy(events.items, o.items, o.count * sizeof *o.items);
	memory_free(o.items);
	arena_fini(&o.scratch);
	return events;
}
