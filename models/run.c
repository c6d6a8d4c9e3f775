/* run: see run.h. */
#include "models/run.h"

#include <assert.h>
#include <string.h>

#include "models/invoke/client.h"
#include "models/invoke/feed.h"
#include "models/invoke/sync.h"
#include "models/source/table.h"
#include "sim/base/memory.h"

struct run {
	const struct plan *plan;
	struct engine engine;
	struct arena arena; /* consumers and stations */
	uint32_t *queue;    /* sources as a binary heap by the time of their next arrival, then by number */
	size_t queue_count;
	simtime mark; /* what happens from here on belongs to the next period, or to the time that counts, whichever comes first */
	simtime period_end;
	size_t period; /* index of the present one */
	int64_t busy_top, row_busy_max;
	struct run_result *result;
};

/* --- merging the sources -------------------------------------------------------------------------------------------------------- */

static bool before(const struct engine *e, uint32_t a, uint32_t b)
{
	simtime ta = arrival_peek(&e->sources[a].arrivals), tb = arrival_peek(&e->sources[b].arrivals);
	return ta < tb || (ta == tb && a < b);
}

static void queue_sift(struct run *r, size_t hole)
{
	uint32_t *q = r->queue, moving = q[hole];
	size_t child;
	while ((child = 2 * hole + 1) < r->queue_count) {
		if (child + 1 < r->queue_count && before(&r->engine, q[child + 1], q[child]))
			child++;
		if (before(&r->engine, moving, q[child]))
			break;
		q[hole] = q[child];
		hole = child;
	}
	q[hole] = moving;
}

static void queue_start(struct run *r)
{
	r->queue_count = r->plan->scenario->source_count;
	for (size_t i = 0; i < r->queue_count; i++)
		r->queue[i] = (uint32_t)i;
	for (size_t i = r->queue_count / 2; i-- > 0;)
		queue_sift(r, i);
}

/* --- one replication begins ------------------------------------------------------------------------------------------------------ */

static void function_start(struct engine *e, struct function_state *f)
{
	const struct function_plan *plan = f->plan;
	function_limits_start(&f->limits, &e->limits, e->scenario, plan->spec);
	ramp_init(&f->ramp, e->scenario->account.scaling_unlimited);
	idle_clear(&f->idle, &e->key, plan->entity);
	f->busy = f->alive = (struct gauge){0};
	f->counts = f->row_base = (struct function_counts){0};
	f->pending.count = f->pending.consumed_count = 0;
	f->busy_clipped = f->busy_base = f->alive_base = f->row_area = 0;
	f->busy_top = f->alive_top = f->row_busy_max = f->row_alive_max = 0;
	histogram_clear(&f->duration);
	histogram_clear(&f->latency_warm);
	histogram_clear(&f->latency_cold);
	histogram_clear(&f->init);
	simtime first = idle_first(&f->idle);
	if (first <= e->horizon) {
		f->idle.armed = first;
		agenda_push(&e->agenda, first, EVENT_RECLAIM, (uint32_t)(f - e->functions));
	}
}

static void source_start(struct engine *e, struct source_state *s)
{
	arrival_start(&s->arrivals, &s->plan->arrivals, &e->key);
	s->counts = (struct source_counts){0};
	s->requests_base = 0;
	s->block = UINT64_MAX;
	memset(s->status, 0, STATUS_LIMIT * sizeof *s->status);
	histogram_clear(&s->latency);
	for (int i = 0; s->quota && i < s->plan->spec->client.processes; i++)
		s->quota[i] = s->plan->spec->client.quota;
}

static struct run_result *result_new(const struct plan *p)
{
	const struct scenario *s = p->scenario;
	struct run_result *x = MEMORY_NEW(struct run_result);
	x->functions = MEMORY_ARRAY(s->function_count, struct function_result);
	x->sources = MEMORY_ARRAY(s->source_count, struct source_result);
	x->busy_rows = MEMORY_ARRAY(p->periods, int64_t);
	x->stations = flow_results_new(&p->flow, p->periods);
	for (size_t i = 0; i < s->function_count; i++)
		x->functions[i].rows = MEMORY_ARRAY(p->periods, struct function_row);
	for (size_t i = 0; i < s->source_count; i++) {
		x->sources[i].rows = MEMORY_ARRAY(p->periods, uint32_t);
		x->sources[i].status = MEMORY_ARRAY(STATUS_LIMIT, uint64_t);
	}
	return x;
}

/* What arrives at a warm-up's last moment is still part of it (engine_counted); a period ends before what comes at its end. */
static simtime counting_mark(const struct run *r)
{
	return r->plan->warm_up + 1;
}

static void next_mark(struct run *r)
{
	r->mark = r->period_end < r->engine.horizon ? r->period_end : SIMTIME_NEVER; /* the last period ends with the run */
	if (!r->engine.counting && counting_mark(r) < r->mark)
		r->mark = counting_mark(r);
}

static void start(struct run *r, uint64_t replication)
{
	struct engine *e = &r->engine;
	const struct plan *p = r->plan;
	e->key = (struct draw_key){p->scenario->seed, replication};
	agenda_clear(&e->agenda);
	environments_clear(&e->environments);
	requests_clear(&e->requests);
	limits_start(&e->limits, p->scenario);
	gcra_init(&e->gateway, SOURCE_GATEWAY_RATE, SOURCE_GATEWAY_BURST);
	e->busy = (struct level){0};
	e->events = 0;
	for (size_t i = 0; i < p->scenario->function_count; i++)
		function_start(e, &e->functions[i]);
	for (size_t i = 0; i < p->scenario->source_count; i++)
		source_start(e, &e->sources[i]);
	queue_start(r);
	r->result = result_new(p);
	for (size_t i = 0; i < p->scenario->function_count; i++)
		e->functions[i].rows = r->result->functions[i].rows;
	for (size_t i = 0; i < p->scenario->source_count; i++)
		e->sources[i].rows = r->result->sources[i].rows;
	r->period = 0;
	r->period_end = p->period;
	r->engine.counting = p->warm_up == 0;
	r->busy_top = r->row_busy_max = 0;
	next_mark(r);
	stations_start(e);
}

/* --- marks: periods end, the warm-up ends ---------------------------------------------------------------------------------------- */

static void peak(struct gauge *g, int64_t *row, int64_t *top)
{
	int64_t max = gauge_peak_reset(g);
	*row = max > *row ? max : *row;
	*top = max > *top ? max : *top;
}

static void function_settle(struct function_state *f, simtime now)
{
	sync_flush(f);
	gauge_settle(&f->busy, now);
	gauge_settle(&f->alive, now);
	peak(&f->busy, &f->row_busy_max, &f->busy_top);
	peak(&f->alive, &f->row_alive_max, &f->alive_top);
}

/* Adds what was counted since `b` to a row. */
static void row_count(struct function_row *row, const struct function_counts *c, const struct function_counts *b)
{
	row->invocations += (uint32_t)(counts_invocations(c) - counts_invocations(b));
	row->cold_starts += (uint32_t)(c->cold_starts - b->cold_starts);
	row->errors += (uint32_t)(counts_errors(c) - counts_errors(b));
	row->throttles += (uint32_t)(counts_throttles(c) - counts_throttles(b));
}

static void function_period_end(struct function_state *f, size_t period, simtime length)
{
	struct function_row *row = &f->rows[period];
	row_count(row, &f->counts, &f->row_base);
	row->busy_max = f->row_busy_max;
	row->alive_max = f->row_alive_max;
	row->busy_mean = length > 0 ? (double)(f->busy.area - f->row_area) / (double)length : 0;
	f->row_base = f->counts;
	f->row_area = f->busy.area;
	f->row_busy_max = f->row_alive_max = 0;
}

static void period_end(struct run *r, simtime now)
{
	struct engine *e = &r->engine;
	simtime length = now - (simtime)r->period * r->plan->period;
	for (size_t i = 0; i < r->plan->scenario->function_count; i++)
		function_period_end(&e->functions[i], r->period, length);
	for (size_t i = 0; i < r->plan->scenario->source_count; i++) {
		struct source_state *s = &e->sources[i];
		s->rows[r->period] += (uint32_t)(s->counts.requests - s->requests_base);
		s->requests_base = s->counts.requests;
	}
	flow_sample(e, &r->plan->flow, r->result->stations, r->period, r->plan->periods, now);
	r->result->busy_rows[r->period] = r->row_busy_max;
	r->row_busy_max = 0;
}

/* Everything but levels and series begins anew. The part of the present period that was counted is kept for its row. */
static void warm_up_end(struct run *r)
{
	struct engine *e = &r->engine;
	for (size_t i = 0; i < r->plan->scenario->function_count; i++) {
		struct function_state *f = &e->functions[i];
		struct function_row *row = &f->rows[r->period];
		row_count(row, &f->counts, &f->row_base);
		f->counts = f->row_base = (struct function_counts){0};
		histogram_clear(&f->duration);
		histogram_clear(&f->latency_warm);
		histogram_clear(&f->latency_cold);
		histogram_clear(&f->init);
		f->busy_base = f->busy.area;
		f->alive_base = f->alive.area;
		f->busy_top = f->busy.level;
		f->alive_top = f->alive.level;
	}
	for (size_t i = 0; i < r->plan->scenario->source_count; i++) {
		struct source_state *s = &e->sources[i];
		s->rows[r->period] += (uint32_t)(s->counts.requests - s->requests_base);
		s->counts = (struct source_counts){0};
		s->requests_base = 0;
		memset(s->status, 0, STATUS_LIMIT * sizeof *s->status);
		histogram_clear(&s->latency);
	}
	r->busy_top = e->busy.now;
	e->counting = true;
	stations_warm_up_end(e, r->plan->warm_up);
}

static void settle(struct run *r, simtime now)
{
	struct engine *e = &r->engine;
	int64_t busy = level_peak_reset(&e->busy);
	r->row_busy_max = busy > r->row_busy_max ? busy : r->row_busy_max;
	r->busy_top = busy > r->busy_top ? busy : r->busy_top;
	for (size_t i = 0; i < r->plan->scenario->function_count; i++)
		function_settle(&e->functions[i], now);
}

static void pass_mark(struct run *r)
{
	simtime now = r->mark;
	if (!r->engine.counting && now == counting_mark(r)) {
		settle(r, r->plan->warm_up);
		warm_up_end(r);
	}
	if (now == r->period_end) {
		settle(r, now);
		period_end(r, now);
		r->period++;
		r->period_end += r->plan->period;
	}
	next_mark(r);
}

/* --- the loop -------------------------------------------------------------------------------------------------------------------- */

static void fire(struct engine *e, struct agenda_event v)
{
	switch ((enum event_class)v.class) {
	case EVENT_COMPLETION: sync_completed(e, v.slot, v.at); break;
	case EVENT_RECLAIM: sync_reclaim(e, v.slot, v.at); break;
	case EVENT_ANSWER: client_answer(e, v.slot, v.at, false); break;
	case EVENT_RETRY: client_retry(e, v.slot, v.at); break;
	case EVENT_FED: feed_arrive(e, v.slot, v.at); break;
	case EVENT_HOP: station_arrive(e, v.slot, v.at); break;
	case EVENT_RESULT:
	case EVENT_TASK: station_fire(e, v.slot, v.at); break;
	}
}

/* The source whose request comes next, and when. Kept where the loop has it at hand: an arrival is seldom foreseen, so what it waits
 * for counts in full. */
struct next_arrival {
	struct source_state *source;
	simtime at;
};

static inline struct next_arrival next_arrival(const struct run *r)
{
	if (r->queue_count == 0)
		return (struct next_arrival){NULL, SIMTIME_NEVER};
	struct source_state *s = &r->engine.sources[r->queue[0]];
	return (struct next_arrival){s, arrival_peek(&s->arrivals)};
}

/* A request of `s` arrives, whose turn it is; returns what arrives next. */
static inline struct next_arrival arrive(struct run *r, struct source_state *s, simtime now)
{
	struct engine *e = &r->engine;
	uint64_t number = arrival_take(&s->arrivals);
	if (s->plan->spec->has_client)
		client_request(e, s, number, now);
	else if (s->plan->feeds)
		feed_event(e, s, number, now);
	else
		sync_request(e, s, number, now);
	if (r->queue_count == 1)
		return (struct next_arrival){s, arrival_peek(&s->arrivals)};
	queue_sift(r, 0);
	return next_arrival(r);
}

/* Answers that are on their way when the run ends still come; nothing new starts. */
static void drain(struct engine *e)
{
	while (agenda_next(&e->agenda) != SIMTIME_NEVER) {
		struct agenda_event v = agenda_pop(&e->agenda);
		if (v.class == EVENT_ANSWER)
			client_answer(e, v.slot, v.at, true);
	}
}

/* Runs to the horizon; false when `stop` said so, or when too many events wait. */
static bool loop(struct run *r, int (*stop)(void *), void *ctx)
{
	struct engine *e = &r->engine;
	const simtime horizon = e->horizon;
	struct next_arrival arrival = next_arrival(r);
	for (;;) {
		simtime event = agenda_next(&e->agenda);
		simtime now = event <= arrival.at ? event : arrival.at;
		if (now > horizon)
			return true;
		while (__builtin_expect(now >= r->mark, 0)) {
			if (messages_overfull(&e->messages))
				return false;
			pass_mark(r);
			if (stop && stop(ctx))
				return false;
		}
		e->events++;
		if (event <= arrival.at)
			fire(e, agenda_pop(&e->agenda));
		else
			arrival = arrive(r, arrival.source, now);
	}
}

/* --- what is left ---------------------------------------------------------------------------------------------------------------- */

static void take_histogram(struct histogram *to, struct histogram *from)
{
	*to = *from;
	*from = (struct histogram){0};
}

static void function_collect(const struct run *r, struct function_state *f, struct function_result *x)
{
	double span = (double)(r->engine.horizon - r->plan->warm_up);
	x->counts = f->counts;
	take_histogram(&x->duration, &f->duration);
	take_histogram(&x->latency_warm, &f->latency_warm);
	take_histogram(&x->latency_cold, &f->latency_cold);
	take_histogram(&x->init, &f->init);
	x->busy_mean = (double)(f->busy.area - f->busy_base) / span;
	x->alive_mean = (double)(f->alive.area - f->alive_base) / span;
	x->busy_max = f->busy_top;
	x->alive_max = f->alive_top;
}

/* Laws that hold in every run, to the last nanosecond and the last request. */
static void check_laws(const struct run *r)
{
	const struct engine *e = &r->engine;
	int64_t busy = 0;
	for (size_t i = 0; i < r->plan->scenario->function_count; i++) {
		const struct function_state *f = &e->functions[i];
		assert(f->busy.area == f->busy_clipped); /* Little's law: area under concurrency = sum of clipped busy times */
		assert(counts_invocations(&f->counts) == f->duration.count);
		busy += f->busy.level;
	}
	assert(busy == e->busy.now);
	for (size_t i = 0; i < r->plan->scenario->source_count; i++) {
		const struct source_state *s = &e->sources[i];
		uint64_t ended = s->counts.unfinished, failed = s->status[STATUS_CLIENT_TIMEOUT] + s->counts.function_errors;
		for (int status = 0; status < STATUS_LIMIT; status++)
			ended += s->status[status];
		for (int status = STATUS_FAILS; status < STATUS_LIMIT; status++)
			failed += s->status[status];
		assert(ended == s->counts.requests);
		assert(failed == source_failures(&s->counts)); /* each failed answer has its cause */
	}
	(void)busy;
	stations_check(e);
}

static struct run_result *collect(struct run *r)
{
	struct engine *e = &r->engine;
	struct run_result *x = r->result;
	for (size_t i = 0; i < r->plan->scenario->source_count; i++)
		if (e->sources[i].sole) {
			histogram_merge(&e->sources[i].latency, &e->sources[i].function->latency_warm);
			histogram_merge(&e->sources[i].latency, &e->sources[i].function->latency_cold);
		}
	for (size_t i = 0; i < r->plan->scenario->function_count; i++) {
		function_collect(r, &e->functions[i], &x->functions[i]);
		x->busy_mean += x->functions[i].busy_mean;
	}
	for (size_t i = 0; i < r->plan->scenario->source_count; i++) {
		struct source_state *s = &e->sources[i];
		x->sources[i].counts = s->counts;
		memcpy(x->sources[i].status, s->status, STATUS_LIMIT * sizeof *s->status);
		take_histogram(&x->sources[i].latency, &s->latency);
	}
	flow_collect(e, &r->plan->flow, x->stations, e->horizon);
	x->in_transit = e->in_transit;
	x->busy_max = r->busy_top;
	x->events = e->events;
	r->result = NULL;
	return x;
}

struct run_result *run_replicate(struct run *r, uint64_t replication, int (*stop)(void *ctx), void *ctx)
{
	start(r, replication);
	if (!loop(r, stop, ctx) || messages_overfull(&r->engine.messages)) {
		run_result_free(r->result, r->plan);
		r->result = NULL;
		return NULL;
	}
	while (r->mark <= r->engine.horizon)
		pass_mark(r);
	settle(r, r->engine.horizon);
	period_end(r, r->engine.horizon);
	drain(&r->engine);
	check_laws(r);
	return collect(r);
}

/* --- life of a run --------------------------------------------------------------------------------------------------------------- */

static size_t sources_of(const struct scenario *s, size_t function)
{
	size_t n = 0;
	for (size_t i = 0; i < s->source_count; i++)
		n += s->sources[i].function == function;
	return n;
}

struct run *run_new(const struct plan *p)
{
	const struct scenario *s = p->scenario;
	struct run *r = MEMORY_NEW(struct run);
	struct engine *e = &r->engine;
	r->plan = p;
	e->scenario = s;
	e->horizon = s->duration;
	e->count_from = p->warm_up;
	e->messages.most = MESSAGES_MOST;
	e->messages.alarm = &r->mark;
	agenda_init(&e->agenda, p->rate_per_s);
	e->functions = MEMORY_ARRAY(s->function_count, struct function_state);
	e->sources = MEMORY_ARRAY(s->source_count, struct source_state);
	r->queue = MEMORY_ARRAY(s->source_count, uint32_t);
	for (size_t i = 0; i < s->function_count; i++) {
		e->functions[i].plan = &p->functions[i];
		idle_init(&e->functions[i].idle, &s->functions[i].reclaim, s->functions[i].reuse);
	}
	for (size_t i = 0; i < s->source_count; i++) {
		struct source_state *x = &e->sources[i];
		x->plan = &p->sources[i];
		if (s->sources[i].function != SOURCE_NO_FUNCTION)
			x->function = &e->functions[s->sources[i].function];
		x->sole = !p->flow.used && sources_of(s, s->sources[i].function) == 1;
		x->status = MEMORY_ARRAY(STATUS_LIMIT, uint64_t);
		if (s->sources[i].has_client && s->sources[i].client.quota > 0)
			x->quota = MEMORY_ARRAY((size_t)s->sources[i].client.processes, int);
	}
	flow_attach(e, &p->flow, &r->arena);
	return r;
}

void run_free(struct run *r)
{
	if (!r)
		return;
	struct engine *e = &r->engine;
	for (size_t i = 0; i < r->plan->scenario->function_count; i++) {
		struct function_state *f = &e->functions[i];
		idle_fini(&f->idle);
		histogram_fini(&f->duration);
		histogram_fini(&f->latency_warm);
		histogram_fini(&f->latency_cold);
		histogram_fini(&f->init);
	}
	for (size_t i = 0; i < r->plan->scenario->source_count; i++) {
		memory_free(e->sources[i].status);
		memory_free(e->sources[i].quota);
		histogram_fini(&e->sources[i].latency);
	}
	stations_fini(e);
	arena_fini(&r->arena);
	agenda_fini(&e->agenda);
	environments_fini(&e->environments);
	requests_fini(&e->requests);
	memory_free(e->functions);
	memory_free(e->sources);
	memory_free(r->queue);
	memory_free(r);
}

struct engine *run_engine(struct run *r)
{
	return &r->engine;
}

const char *run_overfull(const struct run *r)
{
	const struct engine *e = &r->engine;
	if (!messages_overfull(&e->messages))
		return NULL;
	const struct station *fullest = NULL;
	uint64_t most = 0;
	for (size_t i = 0; i < e->station_count; i++) {
		const struct station *s = e->stations[i];
		uint64_t held = s->ops->held(e, s);
		if (!fullest || held > most) {
			fullest = s;
			most = held;
		}
	}
	return fullest ? fullest->name : "";
}

void run_result_free(struct run_result *x, const struct plan *p)
{
	if (!x)
		return;
	for (size_t i = 0; i < p->scenario->function_count; i++) {
		struct function_result *f = &x->functions[i];
		histogram_fini(&f->duration);
		histogram_fini(&f->latency_warm);
		histogram_fini(&f->latency_cold);
		histogram_fini(&f->init);
		memory_free(f->rows);
	}
	for (size_t i = 0; i < p->scenario->source_count; i++) {
		histogram_fini(&x->sources[i].latency);
		memory_free(x->sources[i].status);
		memory_free(x->sources[i].rows);
	}
	memory_free(x->functions);
	memory_free(x->sources);
	flow_results_free(x->stations, &p->flow);
	memory_free(x->busy_rows);
	memory_free(x);
}
