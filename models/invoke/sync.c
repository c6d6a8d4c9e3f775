/* sync: see sync.h. */
#include "models/invoke/sync.h"

#include <assert.h>

#include "models/invoke/consume.h"
#include "models/invoke/station.h"
#include "models/life/start.h"
#include "models/spec/purpose.h"

/* --- draws of a source, a block of requests ahead ------------------------------------------------------------------------------ */

static void fill_block(const struct engine *e, struct source_state *s, uint64_t first)
{
	uint64_t words[COST_BLOCK] = {0}; /* a constant needs none */
	double wait[COST_BLOCK];
	s->block = first;
	s->plan->cost->ops->warm(s->plan->cost, &e->key, first, COST_BLOCK, s->work);
	if (s->plan->latency.kind != VARIATE_CONSTANT)
		draw_words(&e->key, s->plan->entity, PURPOSE_LATENCY, 0, first, COST_BLOCK, words);
	variate_values(&s->plan->latency, words, COST_BLOCK, wait);
	simtime_all_from_ns(wait, COST_BLOCK, s->wait);
}

static inline size_t in_block(const struct engine *e, struct source_state *s, uint64_t number)
{
	uint64_t first = number & ~(uint64_t)(COST_BLOCK - 1);
	if (__builtin_expect(first != s->block, 0))
		fill_block(e, s, first);
	return (size_t)(number - first);
}

static simtime platform_wait(const struct engine *e, const struct source_state *s, uint64_t number, uint32_t attempt)
{
	return variate_time(&s->plan->latency, draw_word(&e->key, s->plan->entity, PURPOSE_LATENCY, attempt, number));
}

/* --- admission ----------------------------------------------------------------------------------------------------------------- */

/* The first reason to refuse, THROTTLE_NONE to admit. Takes nothing. */
__attribute__((always_inline)) static inline enum throttle admission(struct engine *e, struct function_state *f, simtime now)
{
	if (!gcra_ready(&e->limits.requests, now))
		return THROTTLE_ACCOUNT_RATE;
	if (!gcra_ready(&f->limits.requests, now))
		return THROTTLE_RESERVED_RATE;
	if (f->limits.pool->busy >= f->limits.pool->limit)
		return f->limits.reserved ? THROTTLE_RESERVED_CONCURRENCY : THROTTLE_CONCURRENCY;
	if (!ramp_request_ready(&f->ramp, now))
		return THROTTLE_SCALING_REQUESTS;
	if (idle_count(&f->idle) == 0 && !ramp_environment_ready(&f->ramp, now))
		return THROTTLE_SCALING_ENVIRONMENTS;
	return THROTTLE_NONE;
}

static inline void take_tokens(struct engine *e, struct function_state *f, simtime now)
{
	gcra_take(&e->limits.requests, now);
	gcra_take(&f->limits.requests, now);
	ramp_request_take(&f->ramp);
	f->limits.pool->busy++;
	gauge_up(&f->busy, now);
	level_up(&e->busy);
}

/* --- the invocation ------------------------------------------------------------------------------------------------------------ */

/* How an invocation begins in the environment that it got. */
struct placement {
	uint32_t environment;
	bool cold, reset;
};

/* A new environment; rare, so it stays out of the way of the warm path. */
__attribute__((noinline)) static struct placement place_new(struct engine *e, struct function_state *f, simtime now)
{
	ramp_environment_take(&f->ramp, now);
	gauge_up(&f->alive, now);
	uint32_t environment = environment_born(&e->environments, (uint32_t)(f - e->functions));
	return (struct placement){environment, true, false};
}

__attribute__((always_inline)) static inline struct placement place(struct engine *e, struct function_state *f, simtime now)
{
	if (__builtin_expect(idle_count(&f->idle) == 0, 0))
		return place_new(e, f, now);
	uint32_t environment = idle_take(&f->idle);
	struct environment *v = &e->environments.items[environment];
	assert(v->state == ENVIRONMENT_IDLE);
	v->state = ENVIRONMENT_BUSY;
	v->spell++;
	return (struct placement){environment, false, v->reset};
}

/* Billed Duration = ceil(Duration + Init Duration), to 1 ms. Source: AWS Lambda pricing; "AWS Lambda standardizes billing for INIT Phase"
 * (AWS Compute Blog, 2025). */
static inline uint64_t billed(simtime duration, simtime init)
{
	return (uint64_t)(duration + init + SIMTIME_MS - 1) / SIMTIME_MS;
}

void sync_flush(struct function_state *f)
{
	struct pending *p = &f->pending;
	for (size_t i = 0; i < p->count; i++)
		f->counts.billed_ms += billed(p->duration[i], 0);
	for (size_t i = 0; i < p->consumed_count; i++)
		f->counts.billed_ms += billed(p->consumed[i], 0);
	histogram_add_all(&f->duration, p->duration, p->count);
	histogram_add_all(&f->duration, p->consumed, p->consumed_count);
	histogram_add_all(&f->latency_warm, p->latency, p->count);
	p->count = p->consumed_count = 0;
}

/* As count_invocation for a warm one, when others are counted too. */
static inline void count_later(struct function_state *f, const struct work *w)
{
	struct pending *p = &f->pending;
	f->counts.outcomes[w->outcome]++;
	p->consumed[p->consumed_count] = w->duration;
	if (++p->consumed_count == PENDING_MOST)
		sync_flush(f);
}

/* Counts an invocation whose start took `init` of Init Duration. */
static inline void count_invocation(struct function_state *f, const struct work *w, simtime init)
{
	f->counts.outcomes[w->outcome]++;
	f->counts.billed_ms += billed(w->duration, init);
	histogram_add(&f->duration, w->duration);
}

static inline bool resets(uint8_t outcome)
{
	return outcome >= OUTCOME_TIMEOUT;
}

/* The environment is busy for `busy`: its end goes into the agenda, its clipped time into Little's law. */
static inline void occupy(struct engine *e, struct function_state *f, uint32_t environment, simtime busy, simtime now)
{
	simtime left = e->horizon - now;
	f->busy_clipped += (uint64_t)(busy < left ? busy : left);
	agenda_push(&e->agenda, now + busy, EVENT_COMPLETION, environment);
}

/* An invocation that begins with Init: in a new environment, or inside one that was reset. Its work, *w so far without it, gets it; returns how
 * long it is busy. */
static simtime run_with_init(struct engine *e, struct function_state *f, const struct cost *c, uint64_t number, uint32_t attempt,
                             struct placement p, struct work *w)
{
	struct start start = p.cold ? start_cold(c, &e->key, number, attempt) : start_reset(c, &e->key, number, attempt);
	*w = start_with(&start, *w, c->timeout);
	count_invocation(f, w, start.init);
	if (p.cold) {
		f->counts.cold_starts++;
		histogram_add(&f->init, start.init);
	} else {
		f->counts.resets++;
	}
	return start.before + w->duration;
}

static inline bool malformed(const struct answer_codes *codes, const struct work *w)
{
	return codes->http && (w->status < 0 || w->status >= STATUS_LIMIT);
}

/* The status that a finished invocation gives the caller. */
static inline int finished_status(const struct answer_codes *codes, const struct work *w)
{
	if (w->outcome == OUTCOME_TIMEOUT)
		return codes->timeout;
	if (w->outcome != OUTCOME_OK)
		return codes->error;
	if (!codes->http || w->status == 0)
		return codes->ok;
	return malformed(codes, w) ? codes->malformed : w->status;
}

/* And why it is a failure. */
static inline enum failure finished_failure(const struct answer_codes *codes, const struct work *w, int status)
{
	if (__builtin_expect(w->outcome != OUTCOME_OK, 0))
		return w->outcome == OUTCOME_TIMEOUT ? FAILURE_TIMEOUT : FAILURE_ERROR;
	if (__builtin_expect(status < STATUS_FAILS, 1))
		return FAILURE_NONE;
	return malformed(codes, w) ? FAILURE_MALFORMED : FAILURE_ANSWERED;
}

const char *failure_name(enum failure f)
{
	static const char *const names[FAILURES] = {
		[FAILURE_NONE] = "",
		[FAILURE_THROTTLED] = "throttled",
		[FAILURE_GATEWAY_THROTTLED] = "throttled by the gateway",
		[FAILURE_WAIT_LIMIT] = "wait limit",
		[FAILURE_ERROR] = "function error",
		[FAILURE_TIMEOUT] = "function timeout",
		[FAILURE_MALFORMED] = "malformed answer",
		[FAILURE_ANSWERED] = "answered by the function",
		[FAILURE_GAVE_UP] = "client gave up",
	};
	return names[f];
}

/* API Gateway's own throttle; true when it refuses. */
static bool gateway_refuses(struct engine *e, struct source_state *s, simtime now)
{
	if (!gcra_ready(&e->gateway, now)) {
		s->counts.gateway_throttles++;
		return true;
	}
	gcra_take(&e->gateway, now);
	return false;
}

/* Whether the attempt gets as far as an environment; otherwise *a is what the caller is answered, but for the wait. */
__attribute__((always_inline)) static inline bool admitted(struct engine *e, struct source_state *s, simtime now,
                                                           struct sync_answer *a)
{
	const struct answer_codes *codes = &s->plan->codes;
	if (codes->gateway && gateway_refuses(e, s, now)) {
		*a = (struct sync_answer){.status = codes->gateway_throttle, .failure = FAILURE_GATEWAY_THROTTLED};
		return false;
	}
	enum throttle why = admission(e, s->function, now);
	if (__builtin_expect(why == THROTTLE_NONE, 1))
		return true;
	s->function->counts.throttles[why]++;
	*a = (struct sync_answer){.status = codes->throttle, .failure = FAILURE_THROTTLED};
	return false;
}

/* What the caller gets of an invocation that keeps its environment busy for `busy`, before the platform's latency. */
static inline struct sync_answer answer_of(const struct source_state *s, const struct work *w, simtime busy, bool cold)
{
	const struct answer_codes *codes = &s->plan->codes;
	if (__builtin_expect(busy > s->plan->spec->wait_limit, 0)) /* the gateway answers; the invocation goes on and costs */
		return (struct sync_answer){s->plan->spec->wait_limit, codes->wait_limit, w->outcome, true, cold,
		                            FAILURE_WAIT_LIMIT};
	int status = finished_status(codes, w);
	return (struct sync_answer){busy, status, w->outcome, true, cold, (uint8_t)finished_failure(codes, w, status)};
}

/* Everything but warm first attempts. */
static struct sync_answer run_in(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt, struct placement p,
                                 simtime now)
{
	struct function_state *f = s->function;
	struct work w;
	simtime busy;
	const struct cost *c = s->plan->cost;
	if (p.cold || p.reset) {
		w = c->ops->one(c, &e->key, number, attempt, p.cold);
		busy = run_with_init(e, f, c, number, attempt, p, &w);
	} else {
		w = attempt == 0 ? s->work[in_block(e, s, number)] : c->ops->one(c, &e->key, number, attempt, false);
		count_invocation(f, &w, 0);
		busy = w.duration;
	}
	e->environments.items[p.environment].reset = resets(w.outcome);
	occupy(e, f, p.environment, busy, now);
	if (w.outcome == OUTCOME_OK && f->plan->spec->emit_count > 0)
		consume_emit_of_request(e, s, number, attempt, now + busy);
	return answer_of(s, &w, busy, p.cold);
}

struct sync_answer sync_attempt(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt, simtime now)
{
	struct sync_answer a;
	s->counts.retries += attempt > 0;
	if (admitted(e, s, now, &a)) {
		take_tokens(e, s->function, now);
		a = run_in(e, s, number, attempt, place(e, s->function, now), now);
	}
	a.wait += attempt == 0 ? s->wait[in_block(e, s, number)] : platform_wait(e, s, number, attempt);
	return a;
}

/* Source: Lambda API reference, Invoke: a function error has status 200 and the header X-Amz-Function-Error. */
static inline bool hides_error(const struct source_state *s, uint8_t outcome, int status)
{
	return outcome != OUTCOME_OK && status == s->plan->codes.ok;
}

void sync_count_answer(struct source_state *s, const struct sync_answer *a, simtime latency)
{
	assert(a->status >= 0 && a->status < STATUS_LIMIT);
	s->status[a->status]++;
	s->counts.failures[a->failure] += a->failure != FAILURE_NONE;
	s->counts.function_errors += hides_error(s, a->outcome, a->status);
	if (a->invoked)
		histogram_add(a->cold ? &s->function->latency_cold : &s->function->latency_warm, latency);
	if (!a->invoked || !s->sole)
		histogram_add(&s->latency, latency);
}

/* A warm first attempt of a request without a client: nearly all there are. Its counting waits for others. */
static inline void run_warm(struct engine *e, struct source_state *s, const struct work *w, simtime wait, uint32_t environment,
                            simtime now)
{
	struct function_state *f = s->function;
	struct pending *p = &f->pending;
	simtime busy = w->duration;
	occupy(e, f, environment, busy, now);
	f->counts.outcomes[w->outcome]++;
	struct sync_answer a = answer_of(s, w, busy, false);
	if (__builtin_expect(w->outcome != OUTCOME_OK, 0)) {
		e->environments.items[environment].reset = resets(w->outcome);
		s->counts.function_errors += hides_error(s, w->outcome, a.status);
	}
	s->status[a.status]++;
	if (__builtin_expect(a.failure != FAILURE_NONE, 0))
		s->counts.failures[a.failure]++;
	if (!s->sole)
		histogram_add(&s->latency, a.wait + wait);
	p->duration[p->count] = busy;
	p->latency[p->count] = a.wait + wait;
	if (++p->count == PENDING_MOST)
		sync_flush(f);
}

void sync_request(struct engine *e, struct source_state *s, uint64_t number, simtime now)
{
	struct sync_answer a;
	size_t i = in_block(e, s, number);
	s->counts.requests++;
	if (admitted(e, s, now, &a)) {
		take_tokens(e, s->function, now);
		struct placement p = place(e, s->function, now);
		if (__builtin_expect(!p.cold && !p.reset && !e->emitting, 1)) {
			run_warm(e, s, &s->work[i], s->wait[i], p.environment, now);
			return;
		}
		a = run_in(e, s, number, 0, p, now);
	}
	sync_count_answer(s, &a, a.wait + s->wait[i]);
}

/* --- invocations for events that wait --------------------------------------------------------------------------------------------- */

struct consume_result consume(struct engine *e, const struct consumer *c, const struct consume_call *call, simtime now)
{
	struct function_state *f = c->function;
	struct consume_result r = {.refused = admission(e, f, now)};
	uint32_t shares = e->mix.count;
	e->mix.count = 0;
	if (r.refused != THROTTLE_NONE) {
		f->counts.throttles[r.refused]++;
		return r;
	}
	take_tokens(e, f, now);
	struct placement p = place(e, f, now);
	struct cost_batch batch = {call->number, call->attempt, call->records, call->payload, p.cold, shares, e->mix.shares};
	struct work w = c->cost->ops->batch(c->cost, &e->key, &batch);
	if (call->fails && w.outcome == OUTCOME_OK)
		w.outcome = OUTCOME_ERROR;
	simtime busy = w.duration;
	if (p.cold || p.reset)
		busy = run_with_init(e, f, c->cost, call->number, call->attempt, p, &w);
	else
		count_later(f, &w);
	e->environments.items[p.environment].reset = resets(w.outcome);
	occupy(e, f, p.environment, busy, now);
	r.environment = p.environment;
	r.end = now + busy;
	r.outcome = w.outcome;
	r.cold = p.cold;
	return r;
}

/* --- the end of an invocation, and of an environment ---------------------------------------------------------------------------- */

static void arm(struct engine *e, struct function_state *f, simtime at)
{
	if (at >= f->idle.armed || at > e->horizon)
		return;
	f->idle.armed = at;
	agenda_push(&e->agenda, at, EVENT_RECLAIM, (uint32_t)(f - e->functions));
}

void sync_completed(struct engine *e, uint32_t environment, simtime now)
{
	struct environment *v = &e->environments.items[environment];
	struct function_state *f = &e->functions[v->function];
	bool awaited = v->state == ENVIRONMENT_AWAITED;
	assert(awaited || v->state == ENVIRONMENT_BUSY);
	v->state = ENVIRONMENT_IDLE;
	f->limits.pool->busy--;
	gauge_down(&f->busy, now);
	level_down(&e->busy);
	arm(e, f, idle_add(&f->idle, &e->environments, environment, now));
	if (awaited)
		station_result(e, environment, now);
}

struct reclaiming {
	struct engine *engine;
	struct function_state *function;
	simtime now;
};

static void ended(void *ctx, uint32_t environment)
{
	struct reclaiming *r = ctx;
	environment_reclaimed(&r->engine->environments, environment);
	gauge_down(&r->function->alive, r->now);
}

void sync_reclaim(struct engine *e, uint32_t function, simtime now)
{
	struct function_state *f = &e->functions[function];
	if (f->idle.armed != now)
		return; /* re-armed earlier meanwhile: this one is stale */
	struct reclaiming r = {e, f, now};
	f->idle.armed = SIMTIME_NEVER;
	arm(e, f, idle_reclaim(&f->idle, &e->environments, now, ended, &r));
}
