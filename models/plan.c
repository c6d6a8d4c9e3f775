/* plan: a scenario compiled for running, see run.h. */
#include <assert.h>
#include <string.h>

#include "models/run.h"
#include "models/source/table.h"
#include "sim/base/memory.h"

/* Series have at most PERIODS_MOST periods of a length that people read; whole minutes from an hour on, as CloudWatch has them. */
static simtime period_for(simtime duration)
{
	enum { PERIODS_MOST = 1500 };
	static const simtime lengths[] = {100 * SIMTIME_MS,    SIMTIME_SECOND,      5 * SIMTIME_SECOND, 10 * SIMTIME_SECOND,
	                                  30 * SIMTIME_SECOND, SIMTIME_MINUTE,      5 * SIMTIME_MINUTE, 10 * SIMTIME_MINUTE,
	                                  15 * SIMTIME_MINUTE, 30 * SIMTIME_MINUTE, SIMTIME_HOUR,       3 * SIMTIME_HOUR,
	                                  6 * SIMTIME_HOUR,    SIMTIME_DAY,         SIMTIME_WEEK,       30 * SIMTIME_DAY};
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		if (duration >= SIMTIME_HOUR && lengths[i] < SIMTIME_MINUTE)
			continue;
		if (duration / lengths[i] < PERIODS_MOST)
			return lengths[i];
	}
	return duration / PERIODS_MOST + 1;
}

static struct answer_codes codes_of(const struct source_type *t)
{
	return (struct answer_codes){
		.ok = t->ok_status,
		.throttle = t->throttle_status,
		.error = t->error_status,
		.malformed = t->malformed_status,
		.timeout = t->timeout_status,
		.wait_limit = t->wait_limit_status,
		.gateway_throttle = t->gateway_throttle_status,
		.gateway = t->gateway_throttle,
		.http = t->http,
	};
}

/* Bounds of words by the payloads' weights. */
static const uint64_t *payload_bounds(const struct source_spec *spec, struct arena *a)
{
	uint64_t *below = ARENA_ARRAY(a, spec->payload_count + 1, uint64_t);
	double total = 0, sum = 0;
	for (size_t i = 0; i < spec->payload_count; i++)
		total += spec->payloads[i].weight;
	for (size_t i = 0; i < spec->payload_count; i++) {
		sum += spec->payloads[i].weight;
		below[i] = i + 1 == spec->payload_count ? UINT64_MAX : (uint64_t)(sum / total * 0x1.fffffffffffffp63);
	}
	return below;
}

/* A source whose events go to a station. */
static void compile_feeding(struct plan *p, struct source_plan *source)
{
	const struct source_spec *spec = source->spec;
	source->feeds = spec->target.kind != TARGET_NONE;
	if (!source->feeds)
		return;
	source->station = station_of(p->scenario, spec->target);
	source->payload_below = payload_bounds(spec, &p->arena);
	key_law_compile(&source->keys, &spec->keys, &p->arena);
}

static void compile_source(struct plan *p, size_t i)
{
	const struct source_spec *spec = &p->scenario->sources[i];
	struct source_plan *source = &p->sources[i];
	source->spec = spec;
	source->codes = codes_of(source_kind_of(spec->kind));
	source->entity = engine_entity(spec->name);
	arrival_compile(&source->arrivals, &spec->arrivals, source->entity, &p->arena);
	compile_feeding(p, source);
	if (!source->feeds)
		source->cost = cost_new(p->scenario, i, source->entity, &p->arena);
	struct distribution latency = spec->latency;
	if (!spec->has_latency)
		source_latency_default(spec->kind, &latency);
	variate_compile(&source->latency, &latency, &p->arena);
	double rate = arrival_mean_rate(&source->arrivals, p->scenario->duration);
	p->rate_per_s += source->feeds ? 2 * rate : rate; /* events: the way to a station, and the invocation's end */
}

struct plan *plan_new(const struct scenario *s, simtime warm_up)
{
	assert(s->duration > 0 && warm_up >= 0 && warm_up < s->duration);
	struct plan *p = MEMORY_NEW(struct plan);
	p->scenario = s;
	p->warm_up = warm_up;
	p->period = period_for(s->duration);
	p->periods = (size_t)((s->duration + p->period - 1) / p->period);
	p->functions = ARENA_ARRAY(&p->arena, s->function_count, struct function_plan);
	p->sources = ARENA_ARRAY(&p->arena, s->source_count, struct source_plan);
	for (size_t i = 0; i < s->function_count; i++) {
		const struct function_spec *f = &s->functions[i];
		struct key_law *keys = ARENA_ARRAY(&p->arena, f->emit_count, struct key_law);
		for (size_t k = 0; k < f->emit_count; k++)
			key_law_compile(&keys[k], &f->emits[k].keys, &p->arena);
		p->functions[i] = (struct function_plan){f, (simtime)f->timeout_s * SIMTIME_SECOND, engine_entity(f->name), keys};
	}
	for (size_t i = 0; i < s->source_count; i++)
		compile_source(p, i);
	flow_compile(&p->flow, s, &p->arena);
	return p;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	arena_fini(&p->arena);
	memory_free(p);
}
