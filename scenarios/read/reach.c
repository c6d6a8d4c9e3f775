#include "scenarios/read/reach.h"

#include <string.h>

#include "scenarios/read/resources.h"
#include "sim/base/memory.h"
#include "sim/base/textbuf.h"

/* --- what follows what -------------------------------------------------------------------------------------------------------------------- */

/* Whether failures count too: they lead on. */
enum ways { WAYS_NORMAL, WAYS_ALL };

/* Nodes are functions and resources, numbered one kind after the other; the ways between them lie in one array, those of node n from first[n]
 * to first[n + 1]. */
struct flow {
	struct reading *r;
	enum ways ways;
	size_t base[TARGET_KINDS]; /* the first number of each kind */
	size_t count;
	size_t *first, *to, to_count, to_capacity;
	bool *seen;
	size_t *stack; /* of nodes to visit; for loops, the way from the start */
	size_t depth;
};

static void flow_add(struct flow *f, const struct target *to)
{
	if (to->kind == TARGET_NONE || to->kind == TARGET_OUTSIDE)
		return;
	MEMORY_ROOM(f->to, f->to_count, f->to_capacity);
	f->to[f->to_count++] = f->base[to->kind] + to->index;
}

static void flow_add_failure(struct flow *f, const struct target *to)
{
	if (f->ways == WAYS_ALL)
		flow_add(f, to);
}

static void flow_function(struct flow *f, size_t i)
{
	const struct function_spec *spec = &f->r->scenario->functions[i];
	flow_add(f, &spec->async.on_success);
	for (size_t k = 0; k < spec->emit_count; k++)
		flow_add(f, &spec->emits[k].to);
	flow_add_failure(f, &spec->async.on_failure);
	flow_add_failure(f, &spec->async.dead_letter);
}

/* Mappings that read a queue or a stream. */
static void flow_mappings(struct flow *f, const struct target *from)
{
	const struct resource_lists *l = f->r->resources;
	for (size_t i = 0; i < l->mapping_count; i++) {
		const struct mapping_spec *m = &l->mappings[i];
		if (!m->enabled || m->source.kind != from->kind || m->source.index != from->index)
			continue;
		flow_add(f, &(struct target){TARGET_FUNCTION, m->function, ""});
		flow_add_failure(f, &m->on_failure);
	}
}

static void flow_topic(struct flow *f, size_t topic)
{
	const struct resource_lists *l = f->r->resources;
	for (size_t i = 0; i < l->subscription_count; i++) {
		if (l->subscriptions[i].owner != topic)
			continue;
		flow_add(f, &l->subscriptions[i].spec.target);
		flow_add_failure(f, &l->subscriptions[i].spec.dead_letter);
	}
}

static void flow_bus(struct flow *f, size_t bus)
{
	const struct resource_lists *l = f->r->resources;
	for (size_t i = 0; i < l->rule_count; i++) {
		const struct rule_spec *rule = &l->rules[i].spec;
		for (size_t k = 0; l->rules[i].owner == bus && !rule->disabled && k < rule->target_count; k++) {
			flow_add(f, &rule->targets[k].target);
			flow_add_failure(f, &rule->targets[k].dead_letter);
		}
	}
}

static void flow_bucket(struct flow *f, size_t bucket)
{
	const struct resource_lists *l = f->r->resources;
	for (size_t i = 0; i < l->notification_count; i++)
		if (l->notifications[i].owner == bucket)
			flow_add(f, &l->notifications[i].spec.target);
	if (l->buckets[bucket].event_bridge)
		flow_add(f, &(struct target){TARGET_BUS, resource_default_bus(f->r), ""});
}

static void flow_from(struct flow *f, const struct target *from)
{
	switch (from->kind) {
	case TARGET_FUNCTION: flow_function(f, from->index); break;
	case TARGET_TOPIC: flow_topic(f, from->index); break;
	case TARGET_BUS: flow_bus(f, from->index); break;
	case TARGET_BUCKET: flow_bucket(f, from->index); break;
	case TARGET_STREAM: flow_mappings(f, from); break;
	case TARGET_QUEUE:
		flow_mappings(f, from);
		flow_add_failure(f, &f->r->resources->queues[from->index].dead_letter);
		break;
	default: break;
	}
}

static struct target flow_target(const struct flow *f, size_t number)
{
	enum target_kind kind = TARGET_FUNCTION;
	for (int k = TARGET_FUNCTION; k <= TARGET_STREAM; k++)
		if (number >= f->base[k])
			kind = (enum target_kind)k;
	return (struct target){kind, number - f->base[kind], ""};
}

static void flow_init(struct flow *f, struct reading *r, enum ways ways)
{
	const struct resource_lists *l = r->resources;
	const size_t counts[TARGET_KINDS] = {
		[TARGET_FUNCTION] = r->function_count, [TARGET_QUEUE] = l->queue_count,   [TARGET_TOPIC] = l->topic_count,
		[TARGET_BUS] = l->bus_count,           [TARGET_BUCKET] = l->bucket_count, [TARGET_STREAM] = l->stream_count,
	};
	*f = (struct flow){.r = r, .ways = ways};
	for (int k = TARGET_FUNCTION; k <= TARGET_STREAM; k++) {
		f->base[k] = f->count;
		f->count += counts[k];
	}
	f->seen = MEMORY_ARRAY(f->count, bool);
	f->stack = MEMORY_ARRAY(f->count + 1, size_t);
	f->first = MEMORY_ARRAY(f->count + 1, size_t);
	for (size_t i = 0; i < f->count; i++) {
		struct target node = flow_target(f, i);
		f->first[i] = f->to_count;
		flow_from(f, &node);
	}
	f->first[f->count] = f->to_count;
}

static void flow_fini(struct flow *f)
{
	memory_free(f->seen);
	memory_free(f->stack);
	memory_free(f->first);
	memory_free(f->to);
}

/* --- reach ---------------------------------------------------------------------------------------------------------------------------------- */

/* Puts what is new on the stack; every node comes there once. */
static void reach_visit(struct flow *f, size_t number)
{
	if (f->seen[number])
		return;
	f->seen[number] = true;
	f->stack[f->depth++] = number;
}

static void reach_start(struct flow *f, const struct target *to)
{
	if (to->kind != TARGET_NONE && to->kind != TARGET_OUTSIDE)
		reach_visit(f, f->base[to->kind] + to->index);
}

static void reach_use(struct reading *r, const struct target *node)
{
	struct read_resource *resource = node->kind == TARGET_FUNCTION ? NULL : resource_of(r, node->kind, node->index);
	if (node->kind == TARGET_FUNCTION)
		r->functions[node->index].has_traffic = true;
	if (resource)
		resource->used = true;
}

void reach_mark(struct reading *r)
{
	struct flow f;
	flow_init(&f, r, WAYS_ALL);
	for (size_t i = 0; i < r->scenario->source_count; i++) {
		const struct source_spec *s = &r->scenario->sources[i];
		if (s->function != SOURCE_NO_FUNCTION)
			reach_visit(&f, s->function);
		reach_start(&f, &s->target);
	}
	while (f.depth) {
		size_t number = f.stack[--f.depth];
		struct target node = flow_target(&f, number);
		reach_use(r, &node);
		for (size_t k = f.first[number]; k < f.first[number + 1]; k++)
			reach_visit(&f, f.to[k]);
	}
	flow_fini(&f);
}

/* --- loops ---------------------------------------------------------------------------------------------------------------------------------- */

static const char *loop_name(const struct flow *f, size_t number)
{
	struct target t = flow_target(f, number);
	if (t.kind == TARGET_FUNCTION)
		return f->r->scenario->functions[t.index].name;
	return resource_of(f->r, t.kind, t.index)->logical;
}

/* Lambda Developer Guide, "Use Lambda recursive loop detection": Amazon SQS, Amazon SNS, Amazon S3 and Lambda itself pass on what it looks at. */
static bool loop_is_detected(const struct flow *f)
{
	for (size_t i = 0; i < f->depth; i++) {
		enum target_kind kind = flow_target(f, f->stack[i]).kind;
		if (kind == TARGET_BUS || kind == TARGET_STREAM)
			return false;
	}
	return true;
}

static const char *loop_hint(const struct flow *f)
{
	if (f->r->scenario->functions[f->stack[0]].async.recursion_allowed)
		return "RecursiveLoop: Allow lets it go on";
	if (!loop_is_detected(f))
		return "Lambda's loop detection does not see events that come through a bus or a stream: nothing ends the chain";
	return "Lambda ends a chain after about 16 invocations, unless RecursiveLoop: Allow is set";
}

static void loop_report(struct flow *f)
{
	const struct function_spec *spec = &f->r->scenario->functions[f->stack[0]];
	struct textbuf way = {0};
	for (size_t i = 0; i < f->depth; i++)
		textbuf_printf(&way, "%s -> ", loop_name(f, f->stack[i]));
	diagnostic_add(f->r->found, SEVERITY_WARNING, spec->at, "flow/loop", "events go round%s: %s%s",
	               f->ways == WAYS_ALL ? " when they fail" : "", textbuf_text(&way), spec->name);
	diagnostic_hint(f->r->found, "%s", loop_hint(f));
	textbuf_fini(&way);
}

/* Depth first from the loop's lowest function, stack[0]; what lies below it has had its turn. Whether it came back. */
static bool loop_walk(struct flow *f, size_t number)
{
	for (size_t k = f->first[number]; k < f->first[number + 1]; k++) {
		size_t next = f->to[k];
		if (next == f->stack[0]) {
			loop_report(f);
			return true;
		}
		if (f->seen[next] || next < f->stack[0])
			continue;
		f->seen[next] = true;
		f->stack[f->depth++] = next;
		if (loop_walk(f, next))
			return true;
		f->depth--;
	}
	return false;
}

static bool loop_from(struct flow *f, size_t function)
{
	memset(f->seen, 0, f->count * sizeof *f->seen);
	f->stack[0] = function;
	f->depth = 1;
	return loop_walk(f, function);
}

void reach_check_loops(struct reading *r)
{
	enum { LOOPS_TOLD = 20 }; /* who has more has understood */
	struct flow normal, all;
	int told = 0;
	flow_init(&normal, r, WAYS_NORMAL);
	flow_init(&all, r, WAYS_ALL);
	for (size_t i = 0; i < r->function_count && told < LOOPS_TOLD; i++)
		if (r->functions[i].has_traffic || r->careful)
			told += loop_from(&normal, i) || loop_from(&all, i);
	flow_fini(&normal);
	flow_fini(&all);
}
