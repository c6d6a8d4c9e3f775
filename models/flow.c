/* flow: see flow.h. */
#include "models/flow.h"

#include <assert.h>

#include "models/contents.h"
#include "models/invoke/async.h"
#include "models/invoke/mappingstate.h"
#include "models/mappingfigures.h"
#include "models/poll/queue.h"
#include "models/poll/stream.h"
#include "models/source/fanout.h"
#include "models/source/table.h"
#include "sim/base/memory.h"

/* --- the table of stations --------------------------------------------------------------------------------------------------------------- */

static const struct {
	const struct station_ops *ops;
	enum source_kind service; /* whose latency an event takes to come there */
} kinds[TARGET_KINDS] = {
	[TARGET_FUNCTION] = {&station_async, SOURCE_INVOKE_EVENT},
	[TARGET_QUEUE] = {&station_queue, SOURCE_SQS},
	[TARGET_TOPIC] = {&station_topic, SOURCE_SNS},
	[TARGET_BUS] = {&station_bus, SOURCE_EVENT_BRIDGE},
	[TARGET_BUCKET] = {&station_bucket, SOURCE_S3},
	[TARGET_STREAM] = {&station_stream, SOURCE_KINESIS},
	[TARGET_OUTSIDE] = {NULL, SOURCE_INVOKE_EVENT},
};

/* --- who sends to whom ------------------------------------------------------------------------------------------------------------------- */

typedef void flow_visit(void *ctx, struct target target);

static void visit(flow_visit *each, void *ctx, struct target target)
{
	if (target.kind != TARGET_NONE)
		each(ctx, target);
}

static void visit_function(const struct function_spec *f, flow_visit *each, void *ctx)
{
	visit(each, ctx, f->async.on_success);
	visit(each, ctx, f->async.on_failure);
	visit(each, ctx, f->async.dead_letter);
	for (size_t i = 0; i < f->emit_count; i++)
		visit(each, ctx, f->emits[i].to);
}

static void visit_topic(const struct topic_spec *t, flow_visit *each, void *ctx)
{
	for (size_t i = 0; i < t->subscription_count; i++) {
		visit(each, ctx, t->subscriptions[i].target);
		visit(each, ctx, t->subscriptions[i].dead_letter);
	}
}

static void visit_bus(const struct bus_spec *b, flow_visit *each, void *ctx)
{
	for (size_t i = 0; i < b->rule_count; i++)
		for (size_t k = 0; k < b->rules[i].target_count; k++) {
			visit(each, ctx, b->rules[i].targets[k].target);
			visit(each, ctx, b->rules[i].targets[k].dead_letter);
		}
}

/* Every target that something in the scenario names. */
static void flow_each_target(const struct scenario *s, flow_visit *each, void *ctx)
{
	for (size_t i = 0; i < s->source_count; i++)
		visit(each, ctx, s->sources[i].target);
	for (size_t i = 0; i < s->function_count; i++)
		visit_function(&s->functions[i], each, ctx);
	for (size_t i = 0; i < s->queue_count; i++)
		visit(each, ctx, s->queues[i].dead_letter);
	for (size_t i = 0; i < s->topic_count; i++)
		visit_topic(&s->topics[i], each, ctx);
	for (size_t i = 0; i < s->bus_count; i++)
		visit_bus(&s->buses[i], each, ctx);
	for (size_t i = 0; i < s->bucket_count; i++)
		for (size_t k = 0; k < s->buckets[i].notification_count; k++)
			visit(each, ctx, s->buckets[i].notifications[k].target);
	for (size_t i = 0; i < s->mapping_count; i++)
		visit(each, ctx, s->mappings[i].on_failure);
}

/* --- compiling ----------------------------------------------------------------------------------------------------------------------------- */

struct marking {
	const struct scenario *scenario;
	struct flow_station *stations;
	size_t used;
};

static void mark(void *ctx, struct target target)
{
	struct marking *m = ctx;
	struct flow_station *station = &m->stations[station_of(m->scenario, target)];
	m->used += !station->used;
	station->used = true;
}

static void name_stations(struct flow *f, const struct scenario *s)
{
	for (int kind = TARGET_FUNCTION; kind < TARGET_KINDS; kind++) {
		size_t count[TARGET_KINDS] = {
			[TARGET_FUNCTION] = s->function_count,
			[TARGET_QUEUE] = s->queue_count,
			[TARGET_TOPIC] = s->topic_count,
			[TARGET_BUS] = s->bus_count,
			[TARGET_BUCKET] = s->bucket_count,
			[TARGET_STREAM] = s->stream_count,
			[TARGET_OUTSIDE] = 1,
		};
		for (size_t i = 0; i < count[kind]; i++) {
			struct target target = {(enum target_kind)kind, i, NULL};
			struct flow_station *x = &f->stations[station_of(s, target)];
			x->ops = kinds[kind].ops;
			x->kind = (enum target_kind)kind;
			x->name = station_name(s, target);
			x->used = kind != TARGET_FUNCTION && kind != TARGET_OUTSIDE;
		}
	}
}

/* What has figures without being a station; behind the stations. */
static void name_others(struct flow *f, const struct scenario *s)
{
	f->face_count = f->station_count;
	for (size_t i = 0; i < s->mapping_count; i++) {
		const struct mapping_spec *m = &s->mappings[i];
		f->stations[f->face_count++] = (struct flow_station){.face = FACE_MAPPING,
		                                                     .ops = m->source.kind == TARGET_STREAM
		                                                                    ? &mapping_figures_of_stream
		                                                                    : &mapping_figures_of_queue,
		                                                     .name = m->name,
		                                                     .kind = m->source.kind,
		                                                     .index = i,
		                                                     .used = m->enabled};
	}
	for (size_t i = 0; i < s->function_count; i++)
		if (mapping_figures_streams(s, i))
			f->stations[f->face_count++] = (struct flow_station){.face = FACE_STREAMS_FUNCTION,
			                                                     .ops = &mapping_figures_of_function,
			                                                     .name = s->functions[i].name,
			                                                     .kind = TARGET_FUNCTION,
			                                                     .index = i,
			                                                     .used = true};
}

void flow_compile(struct flow *f, const struct scenario *s, struct arena *a)
{
	size_t resources = s->queue_count + s->topic_count + s->bus_count + s->bucket_count + s->stream_count;
	struct marking marking = {.scenario = s};
	f->stations = marking.stations = ARENA_ARRAY(a, station_count_of(s) + s->mapping_count + s->function_count,
	                                             struct flow_station);
	name_stations(f, s);
	flow_each_target(s, mark, &marking);
	f->used = resources + marking.used > 0;
	if (!f->used)
		return;
	f->station_count = station_count_of(s);
	name_others(f, s);
	for (size_t i = 0; i < s->function_count; i++)
		f->emitting = f->emitting || s->functions[i].emit_count > 0;
	contents_compile(&f->plan, s, a);
	f->async_costs = ARENA_ARRAY(a, s->function_count, const struct cost *);
	for (size_t i = 0; i < s->function_count; i++)
		if (f->stations[i].used)
			f->async_costs[i] = cost_new_consumer(s, i, s->functions[i].name, engine_entity(s->functions[i].name), a);
	f->mapping_costs = ARENA_ARRAY(a, s->mapping_count, const struct cost *);
	for (size_t i = 0; i < s->mapping_count; i++)
		f->mapping_costs[i] = cost_new_consumer(s, s->mappings[i].function, s->mappings[i].name,
		                                        engine_entity(s->mappings[i].name), a);
	for (int kind = TARGET_FUNCTION; kind < TARGET_KINDS; kind++) {
		struct distribution latency;
		source_latency_default(kinds[kind].service, &latency);
		variate_compile(&f->transits[kind], &latency, a);
	}
}

/* Room for every content at every attempt. */
static void attach_mix(struct engine *e, const struct flow *f, struct arena *a)
{
	size_t attempts = 0;
	for (size_t i = 0; i < e->scenario->mapping_count; i++)
		if (f->mapping_costs[i]->mixes && f->mapping_costs[i]->attempts > attempts)
			attempts = f->mapping_costs[i]->attempts;
	e->mix.shares = ARENA_ARRAY(a, f->plan.contents.count * attempts, struct cost_share);
	e->mix.places = ARENA_ARRAY(a, f->plan.contents.count * attempts, uint32_t);
}

void flow_attach(struct engine *e, const struct flow *f, struct arena *a)
{
	const struct scenario *s = e->scenario;
	const struct station_ops *ops[TARGET_KINDS];
	if (!f->used)
		return;
	e->flow = &f->plan;
	e->emitting = f->emitting;
	e->emitted = ARENA_ARRAY(a, f->plan.emit_count, uint32_t);
	e->async_consumers = ARENA_ARRAY(a, s->function_count, struct consumer);
	e->mapping_consumers = ARENA_ARRAY(a, s->mapping_count, struct consumer);
	e->mappings = ARENA_ARRAY(a, s->mapping_count, struct mapping_state);
	for (size_t i = 0; i < s->function_count; i++)
		e->async_consumers[i] = (struct consumer){s->functions[i].name, &e->functions[i], f->async_costs[i],
		                                          engine_entity(s->functions[i].name)};
	for (size_t i = 0; i < s->mapping_count; i++) {
		const struct mapping_spec *m = &s->mappings[i];
		e->mapping_consumers[i] = (struct consumer){m->name, &e->functions[m->function], f->mapping_costs[i],
		                                            engine_entity(m->name)};
	}
	attach_mix(e, f, a);
	for (int kind = 0; kind < TARGET_KINDS; kind++)
		ops[kind] = kinds[kind].ops;
	stations_new(e, ops, f->transits, a);
}

/* --- results -------------------------------------------------------------------------------------------------------------------------------- */

static size_t figures_of(const struct flow_station *s)
{
	return s->ops ? s->ops->figure_count : 0;
}

static size_t series_of(const struct flow_station *s)
{
	return s->ops ? s->ops->series_count : 0;
}

struct station_result *flow_results_new(const struct flow *f, size_t periods)
{
	struct station_result *x = MEMORY_ARRAY(f->face_count, struct station_result);
	for (size_t i = 0; i < f->face_count; i++) {
		x[i].figures = MEMORY_ARRAY(figures_of(&f->stations[i]), double);
		x[i].series = MEMORY_ARRAY(series_of(&f->stations[i]) * periods, double);
	}
	return x;
}

void flow_results_free(struct station_result *x, const struct flow *f)
{
	for (size_t i = 0; i < f->face_count; i++) {
		histogram_fini(&x[i].age);
		memory_free(x[i].figures);
		memory_free(x[i].series);
	}
	memory_free(x);
}

/* One value of each series of what is no station. */
static void sample_other(const struct engine *e, const struct flow_station *x, double *values)
{
	if (x->face == FACE_STREAMS_FUNCTION)
		mapping_figures_sample_function(e, x->index, values);
	else if (x->ops->series_count > 0)
		mapping_figures_sample(e, x->index, values);
}

static void keep(const struct flow_station *x, struct station_result *out, const double *values, size_t period, size_t periods)
{
	for (size_t v = 0; v < x->ops->series_count; v++)
		out->series[v * periods + period] = values[v];
}

void flow_sample(struct engine *e, const struct flow *f, struct station_result *out, size_t period, size_t periods, simtime now)
{
	enum { SERIES_MOST = 16 };
	double values[SERIES_MOST];
	for (size_t i = 0; i < e->station_count; i++) {
		struct station *s = e->stations[i];
		if (!f->stations[i].used || s->ops->series_count == 0)
			continue;
		assert(s->ops->series_count <= SERIES_MOST);
		s->ops->sample(e, s, now, values);
		keep(&f->stations[i], &out[i], values, period, periods);
	}
	for (size_t i = f->station_count; i < f->face_count; i++) {
		sample_other(e, &f->stations[i], values);
		keep(&f->stations[i], &out[i], values, period, periods);
	}
	if (f->used)
		mapping_figures_period(e);
}

/* Stations come first: they settle what the mappings have counted. */
static void collect_other(const struct engine *e, const struct flow_station *x, struct station_result *out)
{
	if (x->face == FACE_STREAMS_FUNCTION) {
		mapping_figures_collect_function(e, x->index, out->figures);
		return;
	}
	const struct mapping_state *m = &e->mappings[x->index];
	out->counts.received = m->received;
	for (int k = 0; k < STATION_ENDS; k++)
		out->counts.ended[k] = m->ended[k];
	out->held = m->held;
	out->held_at_start = m->held_at_start;
	mapping_figures_collect(e, x->index, out->figures);
}

void flow_collect(struct engine *e, const struct flow *f, struct station_result *out, simtime now)
{
	for (size_t i = 0; i < e->station_count; i++) {
		struct station *s = e->stations[i];
		out[i].counts.received = s->counts.received - s->base.received;
		for (int k = 0; k < STATION_ENDS; k++)
			out[i].counts.ended[k] = s->counts.ended[k] - s->base.ended[k];
		out[i].held = s->ops->held(e, s);
		out[i].held_at_start = s->held_at_start;
		out[i].age = s->age;
		s->age = (struct histogram){0};
		if (f->stations[i].used && s->ops->collect)
			s->ops->collect(e, s, now, out[i].figures);
	}
	for (size_t i = f->station_count; i < f->face_count; i++)
		collect_other(e, &f->stations[i], &out[i]);
}
