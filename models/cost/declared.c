/* declared: costs from the scenario's distributions, for code that does not exist yet. `Duration` is taken as it is; `Cpu` and `Wait` go
 * through the CPU quota of the function's MemorySize, so that memory matters. */
#include "models/cost/cost.h"
#include "models/cost/init_default.h"
#include "models/cost/quota.h"
#include "models/spec/purpose.h"
#include "sim/variate.h"

struct declared {
	struct cost base;
	bool split; /* Cpu and Wait instead of Duration */
	bool errors;
	uint8_t always;       /* OUTCOME_OK, or what every invocation ends in: too much memory, too large an answer */
	uint64_t error_below; /* a word below this is an error */
	double cpu_factor;    /* arm64 */
	struct quota quota;
	struct variate duration, cpu, wait, init;
	bool records; /* each record of a batch adds to it */
	struct variate record_cpu, record_wait;
	uint64_t record_error_below, record_poison_below;
};

/* What the declared sizes make of every invocation. Source: Lambda Developer Guide, "Lambda quotas": 6 MB for a synchronous answer; the
 * runtime interface emulator enforces 6 x 1,024 x 1,024 + 100 bytes (Function.ResponseSizeTooLarge, a function error). */
static uint8_t outcome_of_sizes(const struct declared_spec *spec, int memory_mb)
{
	static const double response_limit = 6.0 * 1024 * 1024 + 100;
	if (spec->has_memory_used && spec->memory_used_mb > memory_mb)
		return OUTCOME_OUT_OF_MEMORY;
	return spec->has_response_bytes && spec->response_bytes > response_limit ? OUTCOME_ERROR : OUTCOME_OK;
}

/* A word below this happens with that probability. */
static uint64_t below(double probability)
{
	return probability >= 1 ? UINT64_MAX : (uint64_t)(probability * 0x1p64);
}

static void compile(struct cost *c, const struct scenario *s, size_t source, struct arena *a)
{
	(void)s, (void)source;
	struct declared *d = (struct declared *)c;
	const struct declared_spec *spec = &c->function->declared;
	d->split = !spec->has_duration;
	d->quota = quota_for_memory(c->function->memory_mb);
	d->cpu_factor = c->function->architecture == ARCHITECTURE_ARM64 ? c->function->arm_factor : 1;
	struct distribution none = {.kind = DISTRIBUTION_CONSTANT};
	variate_compile(&d->duration, spec->has_duration ? &spec->duration : &none, a);
	variate_compile(&d->cpu, spec->has_cpu ? &spec->cpu : &none, a);
	variate_compile(&d->wait, spec->has_wait ? &spec->wait : &none, a);
	struct distribution init = spec->init;
	if (!spec->has_init)
		init_default(c->function->runtime, c->function->architecture, &init, NULL);
	variate_compile(&d->init, &init, a);
	d->always = outcome_of_sizes(spec, c->function->memory_mb);
	d->errors = spec->error_rate > 0;
	d->error_below = below(spec->error_rate);
	d->records = spec->has_record_cpu || spec->has_record_wait;
	variate_compile(&d->record_cpu, spec->has_record_cpu ? &spec->record_cpu : &none, a);
	variate_compile(&d->record_wait, spec->has_record_wait ? &spec->record_wait : &none, a);
	d->record_error_below = below(spec->record_error_rate);
	d->record_poison_below = below(spec->record_poison);
	c->sound = d->record_error_below == 0 && d->record_poison_below == 0;
}

static simtime duration(const struct declared *d, uint64_t service, uint64_t wait, uint64_t phase)
{
	if (!d->split)
		return variate_time(&d->duration, service);
	simtime cpu = simtime_from_ns(variate_value(&d->cpu, service) * d->cpu_factor);
	simtime start = (simtime)draw_below(phase, (uint64_t)d->quota.period);
	return quota_wall(&d->quota, cpu, start) + variate_time(&d->wait, wait);
}

static struct work finish(const struct declared *d, simtime duration, uint64_t error)
{
	struct work w = {.duration = duration, .outcome = d->always};
	if (d->always == OUTCOME_OK && d->errors && error < d->error_below)
		w.outcome = OUTCOME_ERROR;
	work_cut(&w, d->base.timeout);
	return w;
}

static void warm(const struct cost *c, const struct draw_key *key, uint64_t first, size_t count, struct work *out)
{
	const struct declared *d = (const struct declared *)c;
	uint64_t service[COST_BLOCK], wait[COST_BLOCK], phase[COST_BLOCK], error[COST_BLOCK];
	draw_words(key, c->entity, PURPOSE_SERVICE, 0, first, count, service);
	if (d->split) {
		draw_words(key, c->entity, PURPOSE_WAIT, 0, first, count, wait);
		draw_words(key, c->entity, PURPOSE_PHASE, 0, first, count, phase);
		for (size_t i = 0; i < count; i++)
			out[i].duration = duration(d, service[i], wait[i], phase[i]);
	} else {
		double ns[COST_BLOCK];
		simtime times[COST_BLOCK];
		variate_values(&d->duration, service, count, ns);
		simtime_all_from_ns(ns, count, times);
		for (size_t i = 0; i < count; i++)
			out[i].duration = times[i];
	}
	if (d->errors)
		draw_words(key, c->entity, PURPOSE_ERROR, 0, first, count, error);
	for (size_t i = 0; i < count; i++)
		out[i] = finish(d, out[i].duration, d->errors ? error[i] : 0);
}

/* A word that some things of the model need; nothing is drawn for those that do not. */
static inline uint64_t word_if(bool needed, const struct cost *c, const struct draw_key *key, enum purpose purpose,
                               uint64_t attempt, uint64_t request)
{
	return needed ? draw_word(key, c->entity, purpose, attempt, request) : 0;
}

static struct work one(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, bool cold)
{
	(void)cold;
	const struct declared *d = (const struct declared *)c;
	uint64_t service = draw_word(key, c->entity, PURPOSE_SERVICE, attempt, request);
	uint64_t wait = word_if(d->split, c, key, PURPOSE_WAIT, attempt, request);
	uint64_t phase = word_if(d->split, c, key, PURPOSE_PHASE, attempt, request);
	uint64_t error = word_if(d->errors, c, key, PURPOSE_ERROR, attempt, request);
	return finish(d, duration(d, service, wait, phase), error);
}

static struct init_work init(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, unsigned rerun)
{
	const struct declared *d = (const struct declared *)c;
	uint64_t word = draw_word(key, c->entity, PURPOSE_INIT, 2 * attempt + rerun, request);
	return (struct init_work){variate_time(&d->init, word), OUTCOME_OK};
}

/* The sum of `count` draws; draw i of a batch is word i of its own stream. */
static double sum_of(const struct variate *v, const struct cost *c, const struct draw_key *key, unsigned purpose,
                     const struct cost_batch *b)
{
	if (v->kind == VARIATE_CONSTANT)
		return v->value * b->records;
	double sum = 0;
	uint64_t entity = c->entity ^ b->number, words[COST_BLOCK];
	for (uint32_t i = 0; i < b->records; i += COST_BLOCK) {
		uint32_t count = b->records - i < COST_BLOCK ? b->records - i : COST_BLOCK;
		draw_words(key, entity, purpose, b->attempt, i, COST_BLOCK, words);
		for (uint32_t k = 0; k < count; k++)
			sum += variate_value(v, words[k]);
	}
	return sum;
}

static struct work batch(const struct cost *c, const struct draw_key *key, const struct cost_batch *b)
{
	const struct declared *d = (const struct declared *)c;
	if (!d->records)
		return one(c, key, b->number, b->attempt, b->cold);
	uint64_t service = draw_word(key, c->entity, PURPOSE_SERVICE, b->attempt, b->number);
	uint64_t wait = word_if(d->split, c, key, PURPOSE_WAIT, b->attempt, b->number);
	uint64_t phase = draw_word(key, c->entity, PURPOSE_PHASE, b->attempt, b->number);
	uint64_t error = word_if(d->errors, c, key, PURPOSE_ERROR, b->attempt, b->number);
	double cpu = d->split ? variate_value(&d->cpu, service) : 0;
	cpu = (cpu + sum_of(&d->record_cpu, c, key, PURPOSE_RECORD_CPU, b)) * d->cpu_factor;
	double waiting = d->split ? variate_value(&d->wait, wait) : variate_value(&d->duration, service);
	waiting += sum_of(&d->record_wait, c, key, PURPOSE_RECORD_WAIT, b);
	simtime start = (simtime)draw_below(phase, (uint64_t)d->quota.period);
	return finish(d, quota_wall(&d->quota, simtime_from_ns(cpu), start) + simtime_from_ns(waiting), error);
}

static bool record_fails(const struct cost *c, const struct draw_key *key, uint64_t identity, uint32_t payload, uint32_t attempt)
{
	(void)payload;
	const struct declared *d = (const struct declared *)c;
	if (d->record_poison_below && draw_word(key, identity, PURPOSE_POISON, 0, 0) < d->record_poison_below)
		return true;
	return d->record_error_below && draw_word(key, identity, PURPOSE_RECORD_ERROR, 0, attempt) < d->record_error_below;
}

const struct cost_ops cost_declared = {sizeof(struct declared), compile, warm, one, init, batch, record_fails};
