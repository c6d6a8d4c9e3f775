/* sync: see sync.h. */
#include "models/invoke/sync.h"

#include <assert.h>

#include "models/life/start.h"
#include "models/spec/purpose.h"

/* --- draws of a source, a block of requests ahead ------------------------------------------------------------------------------ */

static void fill_block(const struct engine *e, struct source_state *s, uint64_t first)
{
	uint64_t words[COST_BLOCK];
	s->block = first;
	s->plan->cost->ops->warm(s->plan->cost, &e->key, first, COST_BLOCK, s->work);
	draw_words(&e->key, s->plan->entity, PURPOSE_LATENCY, 0, first, COST_BLOCK, words);
	for (size_t i = 0; i < COST_BLOCK; i++)
		s->wait[i] = variate_time(&s->plan->latency, words[i]);
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
static inline enum throttle admission(struct engine *e, struct function_state *f, simtime now)
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

static inline struct placement place(struct engine *e, struct function_state *f, simtime now)
{
	if (idle_count(&f->idle) > 0) {
		uint32_t environment = idle_take(&f->idle);
		struct environment *v = &e->environments.items[environment];
		assert(v->state == ENVIRONMENT_IDLE);
		v->state = ENVIRONMENT_BUSY;
		v->spell++;
		return (struct placement){environment, false, v->reset};
	}
	ramp_environment_take(&f->ramp, now);
	gauge_up(&f->alive, now);
	uint32_t environment = environment_born(&e->environments, (uint32_t)(f - e->functions));
	return (struct placement){environment, true, false};
}

/* Counts an invocation whose start took `init` of Init Duration. */
static inline void count_invocation(struct function_state *f, const struct work *w, simtime init)
{
	f->counts.outcomes[w->outcome]++;
	/* Billed Duration = ceil(Duration + Init Duration), to 1 ms. Source: AWS Lambda pricing; "AWS Lambda standardizes billing for INIT Phase"
	 * (AWS Compute Blog, 2025). */
	f->counts.billed_ms += (uint64_t)(w->duration + init + SIMTIME_MS - 1) / SIMTIME_MS;
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

/* An invocation that begins with Init: in a new environment, or inside one that was reset. Its work goes to *w; returns how long it is busy. */
static simtime run_with_init(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt, struct placement p, struct work *w)
{
	struct function_state *f = s->function;
	const struct cost *c = s->plan->cost;
	struct start start = p.cold ? start_cold(c, &e->key, number, attempt) : start_reset(c, &e->key, number, attempt);
	*w = start_with(&start, c->ops->one(c, &e->key, number, attempt, p.cold), c->timeout);
	count_invocation(f, w, start.init);
	if (p.cold) {
		f->counts.cold_starts++;
		histogram_add(&f->init, start.init);
	} else {
		f->counts.resets++;
	}
	return start.before + w->duration;
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
	return w->status > 0 && w->status < STATUS_LIMIT ? w->status : codes->malformed;
}

static struct sync_answer refused(struct function_state *f, const struct answer_codes *codes, enum throttle why, simtime wait)
{
	f->counts.throttles[why]++;
	return (struct sync_answer){.wait = wait, .status = codes->throttle};
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

/* Inlined twice: for first attempts, whose draws stand ready in the source's blocks, and for repetitions. */
__attribute__((always_inline)) static inline struct sync_answer try(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt,
								     simtime now)
{
	struct function_state *f = s->function;
	const struct answer_codes *codes = &s->plan->codes;
	size_t i = attempt == 0 ? in_block(e, s, number) : 0;
	simtime wait = attempt == 0 ? s->wait[i] : platform_wait(e, s, number, attempt);
	if (codes->gateway && gateway_refuses(e, s, now))
		return (struct sync_answer){.wait = wait, .status = codes->gateway_throttle};
	enum throttle why = admission(e, f, now);
	if (__builtin_expect(why != THROTTLE_NONE, 0))
		return refused(f, codes, why, wait);
	take_tokens(e, f, now);
	struct placement p = place(e, f, now);
	struct work own;
	const struct work *w = &s->work[i];
	simtime busy;
	if (__builtin_expect(p.cold || p.reset, 0)) {
		busy = run_with_init(e, s, number, attempt, p, &own);
		w = &own;
	} else {
		if (attempt > 0) {
			own = s->plan->cost->ops->one(s->plan->cost, &e->key, number, attempt, false);
			w = &own;
		}
		count_invocation(f, w, 0);
		busy = w->duration;
	}
	e->environments.items[p.environment].reset = resets(w->outcome);
	occupy(e, f, p.environment, busy, now);
	if (__builtin_expect(busy > s->plan->spec->wait_limit, 0)) /* the gateway answers; the invocation goes on and costs */
		return (struct sync_answer){wait + s->plan->spec->wait_limit, codes->wait_limit, w->outcome, true, p.cold};
	return (struct sync_answer){wait + busy, finished_status(codes, w), w->outcome, true, p.cold};
}

struct sync_answer sync_attempt(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt, simtime now)
{
	s->counts.retries += attempt > 0;
	return attempt == 0 ? try(e, s, number, 0, now) : try(e, s, number, attempt, now);
}

static inline void count_answer(struct source_state *s, int status, simtime latency, bool invoked, bool cold)
{
	assert(status >= 0 && status < STATUS_LIMIT);
	s->status[status]++;
	if (invoked)
		histogram_add(cold ? &s->function->latency_cold : &s->function->latency_warm, latency);
	if (!invoked || !s->sole)
		histogram_add(&s->latency, latency);
}

void sync_count_answer(struct source_state *s, int status, simtime latency, bool invoked, bool cold)
{
	count_answer(s, status, latency, invoked, cold);
}

void sync_request(struct engine *e, struct source_state *s, uint64_t number, simtime now)
{
	s->counts.requests++;
	struct sync_answer a = try(e, s, number, 0, now);
	count_answer(s, a.status, a.wait, a.invoked, a.cold);
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
	assert(v->state == ENVIRONMENT_BUSY);
	v->state = ENVIRONMENT_IDLE;
	f->limits.pool->busy--;
	gauge_down(&f->busy, now);
	level_down(&e->busy);
	arm(e, f, idle_add(&f->idle, &e->environments, environment, now));
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
