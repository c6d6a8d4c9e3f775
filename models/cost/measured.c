/* measured: costs drawn from a profile of the real handler. Each request takes one of the measured runs with its payload, all equally
 * likely; its CPU time is carried to the function's MemorySize by the quota model, its waiting time stays. The first invocation of an
 * environment takes one of the runs that were measured first in theirs (lazy loading), when there are any. */
#include <assert.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/profile.h"
#include "models/cost/quota.h"
#include "models/spec/purpose.h"

/* The runs of one payload, warm ones and first ones apart. */
struct measured_payload {
	const struct profile_run **warm, **first;
	size_t warm_count, first_count;
};

struct measured {
	struct cost base;
	double cpu_factor;
	struct quota quota;
	struct measured_payload *payloads;
	uint64_t *below; /* a payload word below below[i] picks payload i */
	size_t payload_count;
	const struct profile_init *inits;
	size_t init_count;
};

static const struct profile_payload *find(const struct profile *p, const char *source, size_t payload)
{
	for (size_t i = 0; i < p->payload_count; i++)
		if (p->payloads[i].payload == payload && strcmp(p->payloads[i].source, source) == 0)
			return &p->payloads[i];
	return NULL;
}

static void split(struct measured_payload *m, const struct profile_payload *p, struct arena *a)
{
	m->warm = ARENA_ARRAY(a, p->run_count + 1, const struct profile_run *);
	m->first = ARENA_ARRAY(a, p->run_count + 1, const struct profile_run *);
	for (size_t i = 0; i < p->run_count; i++) {
		if (p->runs[i].first)
			m->first[m->first_count++] = &p->runs[i];
		else
			m->warm[m->warm_count++] = &p->runs[i];
	}
	if (m->warm_count == 0) { /* nothing but first runs: every process ended after one */
		m->warm = m->first;
		m->warm_count = m->first_count;
	}
	if (m->first_count == 0) {
		m->first = m->warm;
		m->first_count = m->warm_count;
	}
	assert(m->warm_count > 0);
}

static void compile(struct cost *c, const struct scenario *s, size_t source, struct arena *a)
{
	struct measured *m = (struct measured *)c;
	const struct profile *p = c->function->profile;
	assert(p != NULL && p->init_count > 0);
	assert(source != COST_CONSUMER); /* the reader refuses profiles for consumers of events */
	const struct source_spec *spec = &s->sources[source];
	m->quota = quota_for_memory(c->function->memory_mb);
	m->cpu_factor = c->function->architecture == ARCHITECTURE_ARM64 ? c->function->arm_factor : 1;
	m->payload_count = spec->payload_count;
	m->payloads = ARENA_ARRAY(a, spec->payload_count, struct measured_payload);
	m->below = ARENA_ARRAY(a, spec->payload_count, uint64_t);
	double total = 0, sum = 0;
	for (size_t i = 0; i < spec->payload_count; i++)
		total += spec->payloads[i].weight;
	for (size_t i = 0; i < spec->payload_count; i++) {
		const struct profile_payload *found = find(p, spec->name, i);
		assert(found != NULL);
		split(&m->payloads[i], found, a);
		sum += spec->payloads[i].weight;
		m->below[i] = i + 1 == spec->payload_count ? UINT64_MAX : (uint64_t)(sum / total * 0x1.fffffffffffffp63);
	}
	m->inits = p->inits;
	m->init_count = p->init_count;
}

static const struct measured_payload *pick(const struct measured *m, uint64_t word)
{
	size_t i = 0;
	while (word > m->below[i])
		i++;
	return &m->payloads[i];
}

static struct work from_run(const struct measured *m, const struct profile_run *r, uint64_t phase)
{
	simtime cpu = simtime_from_ns((double)r->cpu * m->cpu_factor);
	simtime start = (simtime)draw_below(phase, (uint64_t)m->quota.period);
	struct work w = {.outcome = (uint8_t)r->outcome, .status = (int16_t)r->status};
	w.duration = quota_wall(&m->quota, cpu, start) + r->wait;
	if (r->memory_bytes > (int64_t)m->base.function->memory_mb * 1024 * 1024 && w.outcome <= OUTCOME_ERROR)
		w.outcome = OUTCOME_OUT_OF_MEMORY;
	work_cut(&w, m->base.timeout);
	return w;
}

static void warm(const struct cost *c, const struct draw_key *key, uint64_t first, size_t count, struct work *out)
{
	const struct measured *m = (const struct measured *)c;
	uint64_t payload[COST_BLOCK], service[COST_BLOCK], phase[COST_BLOCK];
	if (m->payload_count > 1)
		draw_words(key, c->entity, PURPOSE_PAYLOAD, 0, first, count, payload);
	draw_words(key, c->entity, PURPOSE_SERVICE, 0, first, count, service);
	draw_words(key, c->entity, PURPOSE_PHASE, 0, first, count, phase);
	for (size_t i = 0; i < count; i++) {
		const struct measured_payload *p = m->payload_count > 1 ? pick(m, payload[i]) : &m->payloads[0];
		out[i] = from_run(m, p->warm[draw_below(service[i], p->warm_count)], phase[i]);
	}
}

static struct work one(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, bool cold)
{
	const struct measured *m = (const struct measured *)c;
	const struct measured_payload *p = pick(m, draw_word(key, c->entity, PURPOSE_PAYLOAD, 0, request));
	uint64_t service = draw_word(key, c->entity, PURPOSE_SERVICE, attempt, request);
	uint64_t phase = draw_word(key, c->entity, PURPOSE_PHASE, attempt, request);
	const struct profile_run *r = cold ? p->first[draw_below(service, p->first_count)]
	                                   : p->warm[draw_below(service, p->warm_count)];
	return from_run(m, r, phase);
}

static struct init_work init(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, unsigned rerun)
{
	const struct measured *m = (const struct measured *)c;
	uint64_t word = draw_word(key, c->entity, PURPOSE_INIT, 2 * attempt + rerun, request);
	const struct profile_init *i = &m->inits[draw_below(word, m->init_count)];
	return (struct init_work){i->wall,
	                          i->outcome == OUTCOME_OK || i->outcome == OUTCOME_INIT_TIMEOUT ? OUTCOME_OK : OUTCOME_INIT_ERROR};
}

/* A batch of one; larger ones are not measured. */
static struct work batch(const struct cost *c, const struct draw_key *key, const struct cost_batch *b)
{
	assert(b->records == 1);
	return one(c, key, b->number, b->attempt, b->cold);
}

static bool record_fails(const struct cost *c, const struct draw_key *key, uint64_t identity, uint32_t payload, uint32_t attempt)
{
	(void)c, (void)key, (void)identity, (void)payload, (void)attempt;
	return false; /* what fails, fails as an invocation */
}

const struct cost_ops cost_measured = {sizeof(struct measured), compile, warm, one, init, batch, record_fails};
