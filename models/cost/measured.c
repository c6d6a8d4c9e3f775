/* measured: costs drawn from a profile of the real handler. Each request takes one of the measured runs with its payload, all equally
 * likely; its CPU time is carried to the function's MemorySize by the quota model, its waiting time stays. The first invocation of an
 * environment takes one of the runs that were measured first in theirs (lazy loading), when there are any.
 *
 * A batch takes a run of the nearest measured size, carried to its own size by lines through all of them (recordfit.h), one each for CPU time,
 * waiting and memory. Sizes at which the handler ran out of time or memory say nothing about a record, and are left out where smaller ones got
 * through. How it ends:
 *
 *     a payload that fails alone, in some runs or all    its records fail by themselves (record_fails), and the poller does what it does then
 *     errors and exits that come only in larger batches  the batch's own, as often as measured at the nearest size
 *     Timeout, memory                                    as the carried time and memory have it; larger batches than one that was measured to
 *                                                        end so do, too
 *
 * A batch of several payloads takes of each a run for the whole batch, and of that the payload's share of the records: with straight lines, the
 * mean base and each record's own part. Of memory it takes the largest base. It ends as the records of one of its payloads would by
 * themselves, or as all of its payloads would in a batch of this size. Which batch a payload ends that hangs or exits only in some runs is drawn for
 * the batch, not for the record.
 *
 * Retries. What was measured of records that were received before is what such records cost, and whether they fail. */
#include <assert.h>
#include <string.h>

#include "models/cost/cost.h"
#include "models/cost/profile.h"
#include "models/cost/quota.h"
#include "models/cost/recordfit.h"
#include "models/spec/purpose.h"

/* The runs with batches of one size, warm ones and first ones apart. */
struct measured_size {
	uint32_t records;
	const struct profile_run **warm, **first;
	size_t warm_count, first_count;
	bool strained; /* some run took too long or too much memory, though a smaller size did not */
};

/* The runs of one payload; sizes ascend. */
struct measured_payload {
	struct measured_size *sizes;
	size_t size_count; /* 0: nothing was measured */
	struct record_fit cpu, wait, memory;
	bool fails_alone; /* some run of a single record failed */
};

struct measured {
	struct cost base;
	double cpu_factor;
	struct quota quota;
	struct measured_payload *payloads; /* of a consumer: content c in its attempt t is number c * attempts + t */
	uint64_t *below;                   /* a payload word below below[i] picks payload i */
	size_t payload_count;
	size_t fallback; /* of a consumer: for contents that were not measured */
	bool reported;   /* of a consumer: answers name failed records, and the mapping looks at them */
	const struct profile_init *inits;
	size_t init_count;
};

/* --- what was measured ---------------------------------------------------------------------------------------------------------------- */

static uint32_t records_of(const struct profile_payload *p)
{
	return p->batch ? p->batch : 1;
}

static bool is_about(const struct profile_payload *p, const char *source, size_t payload, uint32_t attempt)
{
	return p->payload == payload && p->attempt == attempt && p->run_count > 0 && strcmp(p->source, source) == 0;
}

/* The size's place among the ascending ones; made when it is new. */
static struct measured_size *size_of(struct measured_payload *m, uint32_t records)
{
	size_t i = 0;
	while (i < m->size_count && m->sizes[i].records < records)
		i++;
	if (i < m->size_count && m->sizes[i].records == records)
		return &m->sizes[i];
	memmove(&m->sizes[i + 1], &m->sizes[i], (m->size_count - i) * sizeof *m->sizes);
	m->size_count++;
	m->sizes[i] = (struct measured_size){.records = records};
	return &m->sizes[i];
}

/* Adds the runs of `p`; several entries of one size are one. */
static void split(struct measured_payload *m, const struct profile_payload *p, struct arena *a)
{
	struct measured_size *size = size_of(m, records_of(p));
	const struct profile_run **warm = ARENA_ARRAY(a, size->warm_count + p->run_count, const struct profile_run *);
	const struct profile_run **first = ARENA_ARRAY(a, size->first_count + p->run_count, const struct profile_run *);
	for (size_t i = 0; i < size->warm_count; i++)
		warm[i] = size->warm[i];
	for (size_t i = 0; i < size->first_count; i++)
		first[i] = size->first[i];
	for (size_t i = 0; i < p->run_count; i++) {
		if (p->runs[i].first)
			first[size->first_count++] = &p->runs[i];
		else
			warm[size->warm_count++] = &p->runs[i];
	}
	size->warm = warm;
	size->first = first;
}

/* Either kind of run stands in where the other was not measured: every process ended after one, or none was fresh. */
static void complete(struct measured_size *size)
{
	if (size->warm_count == 0) {
		size->warm = size->first;
		size->warm_count = size->first_count;
	}
	if (size->first_count == 0) {
		size->first = size->warm;
		size->first_count = size->warm_count;
	}
	assert(size->warm_count > 0);
}

static bool is_too_much(const struct profile_run *r)
{
	return r->outcome == OUTCOME_TIMEOUT || r->outcome == OUTCOME_OUT_OF_MEMORY;
}

static bool has_too_much(const struct measured_size *size)
{
	bool has = false;
	for (size_t i = 0; i < size->warm_count; i++)
		has = has || is_too_much(size->warm[i]);
	for (size_t i = 0; i < size->first_count; i++)
		has = has || is_too_much(size->first[i]);
	return has;
}

static void find_strained(struct measured_payload *p)
{
	bool fits = false;
	for (size_t i = 0; i < p->size_count; i++) {
		bool too_much = has_too_much(&p->sizes[i]);
		p->sizes[i].strained = fits && too_much;
		fits = fits || !too_much;
	}
}

/* --- lines through the sizes ------------------------------------------------------------------------------------------------------------ */

enum { SIZES_MOST = 8 }; /* that lines go through; a profile has three or four */

/* Whether what a run took says what its records take: an error ends it anywhere. */
static bool is_whole(const struct profile_run *r)
{
	return r->outcome == OUTCOME_OK || is_too_much(r);
}

static bool has_whole(const struct measured_size *size)
{
	for (size_t i = 0; i < size->warm_count; i++)
		if (is_whole(size->warm[i]))
			return true;
	return false;
}

typedef double part_of_run(const struct profile_run *r);

static double cpu_of(const struct profile_run *r)
{
	return (double)r->cpu;
}

static double wait_of(const struct profile_run *r)
{
	return (double)r->wait;
}

static double memory_of(const struct profile_run *r)
{
	return (double)r->memory_bytes;
}

static struct record_point point_of(const struct measured_size *size, part_of_run *part, bool any)
{
	struct record_point p = {.records = size->records};
	for (size_t i = 0; i < size->warm_count; i++)
		if (any || is_whole(size->warm[i])) {
			p.weight++;
			p.mean += part(size->warm[i]);
		}
	if (p.weight > 0)
		p.mean /= p.weight;
	return p;
}

/* Runs that ended in errors count only where there are no others. Where only one record fits, and more of them do not, they are what takes the time. */
static struct record_fit line_through(const struct measured_payload *m, part_of_run *part)
{
	struct record_point points[SIZES_MOST];
	size_t count = 0;
	bool any = true;
	for (size_t i = 0; i < m->size_count; i++)
		any = any && !has_whole(&m->sizes[i]);
	for (size_t i = 0; i < m->size_count && count < SIZES_MOST; i++) {
		if (m->sizes[i].strained)
			continue;
		points[count] = point_of(&m->sizes[i], part, any);
		count += points[count].weight > 0;
	}
	if (count == 1 && m->sizes[m->size_count - 1].strained)
		return (struct record_fit){0, points[0].mean / points[0].records};
	return record_fit_of(points, count);
}

/* Whether the handler failed because of what it was given. */
static bool run_fails(const struct measured *m, const struct profile_run *r)
{
	return r->outcome == OUTCOME_ERROR || r->outcome == OUTCOME_CRASH || is_too_much(r) ||
	       (m->reported && r->failed_records > 0);
}

static void payload_compile(struct measured *m, struct measured_payload *out, const char *source, size_t payload, uint32_t attempt,
                            struct arena *a)
{
	const struct profile *p = m->base.function->profile;
	out->sizes = ARENA_ARRAY(a, p->payload_count, struct measured_size);
	for (size_t i = 0; i < p->payload_count; i++)
		if (is_about(&p->payloads[i], source, payload, attempt))
			split(out, &p->payloads[i], a);
	for (size_t i = 0; i < out->size_count; i++)
		complete(&out->sizes[i]);
	if (out->size_count == 0)
		return;
	find_strained(out);
	out->cpu = line_through(out, cpu_of);
	out->wait = line_through(out, wait_of);
	out->memory = line_through(out, memory_of);
	for (size_t i = 0; i < out->sizes[0].warm_count && out->sizes[0].records == 1; i++)
		out->fails_alone = out->fails_alone || run_fails(m, out->sizes[0].warm[i]);
}

/* --- compiling ---------------------------------------------------------------------------------------------------------------------------- */

static void compile_source(struct measured *m, const struct source_spec *spec, struct arena *a)
{
	m->payload_count = spec->payload_count;
	m->payloads = ARENA_ARRAY(a, spec->payload_count, struct measured_payload);
	m->below = ARENA_ARRAY(a, spec->payload_count, uint64_t);
	double total = 0, sum = 0;
	for (size_t i = 0; i < spec->payload_count; i++)
		total += spec->payloads[i].weight;
	for (size_t i = 0; i < spec->payload_count; i++) {
		payload_compile(m, &m->payloads[i], spec->name, i, 0, a);
		assert(m->payloads[i].size_count > 0);
		sum += spec->payloads[i].weight;
		m->below[i] = i + 1 == spec->payload_count ? UINT64_MAX : (uint64_t)(sum / total * 0x1.fffffffffffffp63);
	}
}

static bool mapping_looks(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->mapping_count; i++)
		if (strcmp(s->mappings[i].name, name) == 0)
			return s->mappings[i].report_failures;
	return false;
}

/* Some answer named failed records, and somebody looks at it. */
static bool is_reported(const struct profile *p, const struct scenario *s, const char *consumer)
{
	if (!mapping_looks(s, consumer))
		return false;
	for (size_t i = 0; i < p->payload_count; i++)
		for (size_t k = 0; k < p->payloads[i].run_count && strcmp(p->payloads[i].source, consumer) == 0; k++)
			if (p->payloads[i].runs[k].failed_records > 0)
				return true;
	return false;
}

/* All attempts with a content; one that was not measured is like the one before it. */
static void content_compile(struct measured *m, struct measured_payload *attempts, size_t content, struct arena *a)
{
	for (uint32_t i = 0; i < m->base.attempts; i++) {
		payload_compile(m, &attempts[i], m->base.consumer, content, i, a);
		if (i > 0 && attempts[i].size_count == 0)
			attempts[i] = attempts[i - 1];
	}
}

static void compile_consumer(struct measured *m, const struct scenario *s, struct arena *a)
{
	const struct profile *p = m->base.function->profile;
	const char *consumer = m->base.consumer;
	for (size_t i = 0; i < p->payload_count; i++) {
		const struct profile_payload *x = &p->payloads[i];
		if (x->run_count == 0 || strcmp(x->source, consumer) != 0)
			continue;
		m->payload_count = x->payload >= m->payload_count ? x->payload + 1 : m->payload_count;
		m->base.attempts = x->attempt >= m->base.attempts ? x->attempt + 1 : m->base.attempts;
	}
	m->payloads = ARENA_ARRAY(a, m->payload_count * m->base.attempts, struct measured_payload);
	m->reported = is_reported(p, s, consumer);
	m->base.whole = !m->reported;
	size_t known = 0;
	for (size_t i = m->payload_count; i-- > 0;) {
		content_compile(m, &m->payloads[i * m->base.attempts], i, a);
		if (m->payloads[i * m->base.attempts].size_count > 0) {
			m->fallback = i;
			known++;
		}
	}
	m->base.mixes = known > 1 || m->base.attempts > 1;
	m->base.sound = true;
	for (size_t i = 0; i < m->payload_count * m->base.attempts; i++)
		m->base.sound &= !m->payloads[i].fails_alone;
}

static void compile(struct cost *c, const struct scenario *s, size_t source, struct arena *a)
{
	struct measured *m = (struct measured *)c;
	const struct profile *p = c->function->profile;
	m->quota = quota_for_memory(c->function->memory_mb);
	m->cpu_factor = c->function->architecture == ARCHITECTURE_ARM64 ? c->function->arm_factor : 1;
	if (p == NULL) { /* nothing reaches this consumer, so nothing was measured */
		assert(source == COST_CONSUMER);
		return;
	}
	assert(p->init_count > 0);
	m->inits = p->inits;
	m->init_count = p->init_count;
	if (source == COST_CONSUMER)
		compile_consumer(m, s, a);
	else
		compile_source(m, &s->sources[source], a);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------------------------ */

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
		out[i] = from_run(m, p->sizes->warm[draw_below(service[i], p->sizes->warm_count)], phase[i]);
	}
}

static const struct profile_run *run_at(const struct measured_size *size, uint64_t word, bool cold)
{
	return cold ? size->first[draw_below(word, size->first_count)] : size->warm[draw_below(word, size->warm_count)];
}

static struct work one(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, bool cold)
{
	const struct measured *m = (const struct measured *)c;
	const struct measured_size *size = pick(m, draw_word(key, c->entity, PURPOSE_PAYLOAD, 0, request))->sizes;
	uint64_t service = draw_word(key, c->entity, PURPOSE_SERVICE, attempt, request);
	uint64_t phase = draw_word(key, c->entity, PURPOSE_PHASE, attempt, request);
	return from_run(m, run_at(size, service, cold), phase);
}

static struct init_work init(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, unsigned rerun)
{
	const struct measured *m = (const struct measured *)c;
	uint64_t word = draw_word(key, c->entity, PURPOSE_INIT, 2 * attempt + rerun, request);
	const struct profile_init *i = &m->inits[draw_below(word, m->init_count)];
	return (struct init_work){i->wall,
	                          i->outcome == OUTCOME_OK || i->outcome == OUTCOME_INIT_TIMEOUT ? OUTCOME_OK : OUTCOME_INIT_ERROR};
}

/* --- batches ------------------------------------------------------------------------------------------------------------------------------ */

static const struct measured_payload *payload_of(const struct measured *m, uint32_t content, uint32_t attempt)
{
	uint32_t attempts = m->base.attempts;
	assert(m->payload_count > 0);
	bool known = content < m->payload_count && m->payloads[(size_t)content * attempts].size_count > 0;
	size_t first = (known ? content : m->fallback) * attempts;
	return &m->payloads[first + (attempt < attempts ? attempt : attempts - 1)];
}

/* The size that the batch is the smallest multiple or part of; of all, or of those that are not strained. */
static const struct measured_size *nearest(const struct measured_payload *p, uint32_t records, bool all)
{
	const struct measured_size *best = p->sizes; /* the smallest is never strained */
	for (size_t i = 1; i < p->size_count; i++) {
		const struct measured_size *size = &p->sizes[i];
		if (size->strained && !all)
			continue;
		/* best < records < size: records / best against size / records */
		if (size->records <= records || (uint64_t)records * records > (uint64_t)best->records * size->records)
			best = size;
	}
	return best;
}

/* How a measured run of a batch of `from` records ends with `to`. */
static enum outcome outcome_for(const struct measured_payload *p, const struct profile_run *r, uint32_t from, uint32_t to)
{
	if (r->outcome == OUTCOME_ERROR && p->fails_alone)
		return OUTCOME_OK; /* record_fails says so */
	return is_too_much(r) && to < from ? OUTCOME_OK : r->outcome;
}

/* What is loaded in a first run does not come once for each record. */
static double carried(const struct record_fit *f, int64_t value, uint32_t from, uint32_t to, bool first)
{
	return first ? record_fit_shift(f, (double)value, from, to) : record_fit_scale(f, (double)value, from, to);
}

/* A run of a batch of `from` records, carried to one of `to`. */
static struct profile_run carried_run(const struct measured_payload *p, const struct profile_run *drawn, uint32_t from, uint32_t to)
{
	struct profile_run r = *drawn;
	r.outcome = outcome_for(p, drawn, from, to);
	if (to == from)
		return r;
	r.cpu = simtime_from_ns(carried(&p->cpu, drawn->cpu, from, to, drawn->first));
	r.wait = simtime_from_ns(carried(&p->wait, drawn->wait, from, to, drawn->first));
	r.memory_bytes = (int64_t)record_fit_shift(&p->memory, (double)drawn->memory_bytes, from, to);
	return r;
}

/* A batch of one payload. Of what is smaller than a size that was too much, the sizes that were not tell more. */
static struct profile_run run_of_one(const struct measured_payload *p, uint64_t word, uint32_t records, bool cold)
{
	const struct measured_size *size = nearest(p, records, true);
	if (size->strained && records < size->records)
		size = nearest(p, records, false);
	return carried_run(p, run_at(size, word, cold), size->records, records);
}

/* The same for what a part of a mixed batch adds to it: what would be too much is not cut. */
static struct profile_run run_of_part(const struct measured_payload *p, uint64_t word, uint32_t records, bool cold)
{
	const struct measured_size *size = nearest(p, records, false);
	return carried_run(p, run_at(size, word, cold), size->records, records);
}

static struct profile_run run_of_mix(const struct measured *m, const struct draw_key *key, const struct cost_batch *b)
{
	double cpu = 0, wait = 0, base = 0, grown = 0;
	enum outcome first = OUTCOME_OK,
		     whole = OUTCOME_OK; /* of the first part that fails; of the whole batch, if every payload fails */
	bool all_fail = true;
	for (uint32_t i = 0; i < b->share_count; i++) {
		const struct cost_share *share = &b->shares[i];
		const struct measured_payload *p = payload_of(m, share->payload, share->attempt);
		uint64_t word = draw_word(key, m->base.entity ^ b->number, PURPOSE_RECORD_CPU, b->attempt,
		                          (uint64_t)share->attempt << 32 | share->payload);
		struct profile_run r = run_of_part(p, word, b->records, b->cold);
		double part = (double)share->records / b->records, records = (double)share->records;
		double held = (double)r.memory_bytes - p->memory.each * b->records;
		cpu += part * (double)r.cpu;
		wait += part * (double)r.wait;
		base = held > base ? held : base;
		grown += p->memory.each * records;
		if (first == OUTCOME_OK)
			first = run_of_one(p, word, share->records, b->cold).outcome;
		whole = i == 0 ? r.outcome : whole;
		all_fail = all_fail && r.outcome != OUTCOME_OK;
	}
	return (struct profile_run){.cpu = simtime_from_ns(cpu),
	                            .wait = simtime_from_ns(wait),
	                            .memory_bytes = (int64_t)(base + grown),
	                            .outcome = first == OUTCOME_OK && all_fail ? whole : first};
}

static struct work batch(const struct cost *c, const struct draw_key *key, const struct cost_batch *b)
{
	const struct measured *m = (const struct measured *)c;
	struct profile_run r;
	if (b->share_count > 1)
		r = run_of_mix(m, key, b);
	else
		r = run_of_one(payload_of(m, b->payload, b->attempt),
		               draw_word(key, c->entity, PURPOSE_SERVICE, b->attempt, b->number), b->records, b->cold);
	return from_run(m, &r, draw_word(key, c->entity, PURPOSE_PHASE, b->attempt, b->number));
}

/* By the word that picks the run of a batch of this record alone, so that both agree. */
static bool record_fails(const struct cost *c, const struct draw_key *key, uint64_t identity, uint32_t payload, uint32_t attempt)
{
	const struct measured *m = (const struct measured *)c;
	const struct measured_payload *p = payload_of(m, payload, attempt);
	return p->fails_alone &&
	       run_fails(m, run_at(p->sizes, draw_word(key, c->entity, PURPOSE_SERVICE, attempt, identity), false));
}

const struct cost_ops cost_measured = {sizeof(struct measured), compile, warm, one, init, batch, record_fails};
