/* arrival: see arrival.h. The table of processes. */
#include "models/arrivals/arrival.h"

#include <assert.h>
#include <string.h>

static const struct arrival_ops *const processes[ARRIVAL_KINDS] = {
	[ARRIVAL_CONSTANT] = &arrival_constant, [ARRIVAL_POISSON] = &arrival_poisson, [ARRIVAL_RENEWAL] = &arrival_renewal,
	[ARRIVAL_RATES] = &arrival_rates,       [ARRIVAL_TIMES] = &arrival_times,
};

static struct distribution unit_gap(const struct arrival_spec *spec)
{
	if (spec->kind == ARRIVAL_POISSON || spec->kind == ARRIVAL_RATES)
		return (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = 1};
	if (spec->kind == ARRIVAL_RENEWAL && spec->cv > 0)
		return (struct distribution){.kind = DISTRIBUTION_GAMMA, .a = 1, .b = spec->cv};
	return (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = 1};
}

void arrival_compile(struct arrival_plan *p, const struct arrival_spec *spec, uint64_t entity, struct arena *a)
{
	assert(spec->kind < ARRIVAL_KINDS);
	p->ops = processes[spec->kind];
	p->spec = spec;
	p->entity = entity;
	intensity_init(&p->intensity, spec);
	struct distribution gap = unit_gap(spec);
	variate_compile(&p->gap, &gap, a);
}

void arrival_start(struct arrival_stream *s, const struct arrival_plan *p, const struct draw_key *key)
{
	memset(s, 0, sizeof *s);
	s->plan = p;
	s->key = *key;
	p->ops->fill(s);
}

void arrival__refill(struct arrival_stream *s)
{
	s->index += ARRIVAL_BLOCK;
	s->used = 0;
	s->plan->ops->fill(s);
}

const char *arrival_name(enum arrival_kind kind)
{
	return processes[kind]->name;
}

/* How many recorded times lie within [0, horizon]; they ascend. */
static size_t times_within(const struct arrival_spec *spec, simtime horizon)
{
	size_t low = 0, high = spec->time_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (spec->times[middle] <= horizon)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

double arrival_mean_rate(const struct arrival_plan *p, simtime horizon)
{
	double seconds = simtime_s(horizon);
	if (seconds <= 0)
		return 0;
	if (p->spec->kind == ARRIVAL_TIMES)
		return (double)times_within(p->spec, horizon) / seconds;
	return intensity_expected(&p->intensity, horizon) / seconds;
}
