/* async: see async.h. */
#include "models/invoke/async.h"

#include <assert.h>

#include "models/invoke/backoff.h"
#include "models/invoke/consume.h"
#include "models/spec/purpose.h"
#include "sim/gauge.h"

enum async_task { ASYNC_TRY, ASYNC_RESULT, ASYNC_EXPIRE };

struct async {
	struct station base;
	const struct function_spec *function;
	const struct consumer *consumer;
	uint64_t held, running;
	struct gauge waiting; /* events that wait for a run */
	area128 waiting_base;
	int64_t waiting_top;
	simtime age_period; /* the greatest age at a run of the present period; -1: none */
	/* After the warm-up. */
	uint64_t duplicates, retries, throttled, dropped, destination_failures, dead_letter_errors;
	struct histogram run_age; /* AsyncEventAge: at each run, from queueing */
};

static void count(const struct engine *e, uint64_t *counter)
{
	*counter += e->counting;
}

static void compile(struct engine *e, struct station *s, struct arena *a)
{
	(void)a;
	struct async *q = (struct async *)s;
	q->function = s->spec;
	q->consumer = &e->async_consumers[s->index];
}

static void clear_figures(struct async *q)
{
	q->duplicates = q->retries = q->throttled = q->dropped = 0;
	q->destination_failures = q->dead_letter_errors = 0;
	histogram_clear(&q->run_age);
}

static void start(struct engine *e, struct station *s)
{
	(void)e;
	struct async *q = (struct async *)s;
	q->held = q->running = 0;
	q->waiting = (struct gauge){0};
	q->waiting_base = 0;
	q->waiting_top = 0;
	q->age_period = -1;
	clear_figures(q);
}

/* --- the ends ---------------------------------------------------------------------------------------------------------------------------- */

/* Stations of functions have the functions' numbers. */
static const struct async_ways *ways_of(const struct engine *e, const struct async *q)
{
	return &e->flow->async[q->base.index];
}

/* Sends what becomes of the event on its way, as an event that came through this function; Lambda tries once. Whether it was taken: what is too
 * large is not, nor, by chance, what the function's destination_failure_rate says. Source: Lambda Developer Guide, "Types of metrics for Lambda
 * functions", DestinationDeliveryFailures and DeadLetterErrors: permissions, misconfigured resources, size limits. */
static bool send_on(struct engine *e, const struct async *q, struct target target, const struct way *way, uint32_t message,
                    uint64_t edge, simtime now)
{
	struct message parent = e->messages.items[message];
	double rate = q->function->async.destination_failure_rate;
	if (way_refuses(way, parent.payload) || (rate > 0 && draw_uniform(station_draw(e, &parent, PURPOSE_REFUSAL, edge)) < rate))
		return false;
	message_hop(&parent);
	station_send_child(e, target, &parent, edge, 0, way_content(way, parent.payload), now);
	return true;
}

/* Sends to a destination or dead-letter queue, where there is one. Whether it was taken; a failure is counted. */
static bool send_to(struct engine *e, struct async *q, struct target target, const struct way *way, uint32_t message, uint64_t edge,
                    simtime now)
{
	if (target.kind == TARGET_NONE)
		return false;
	if (send_on(e, q, target, way, message, edge, now))
		return true;
	count(e, edge == CONSUME_EDGE_DEAD_LETTER ? &q->dead_letter_errors : &q->destination_failures);
	return false;
}

static void give_up(struct engine *e, struct async *q, uint32_t message, enum station_end how, simtime now)
{
	const struct async_spec *spec = &q->function->async;
	const struct async_ways *ways = ways_of(e, q);
	const struct way *failure = how == END_EXPIRED ? &ways->expired : &ways->failed;
	count(e, &q->dropped);
	bool kept = send_to(e, q, spec->on_failure, failure, message, CONSUME_EDGE_FAILURE, now);
	kept |= send_to(e, q, spec->dead_letter, &ways->dead_letter, message, CONSUME_EDGE_DEAD_LETTER, now);
	q->held--;
	station_end(e, &q->base, message, kept ? END_DEAD_LETTERED : how, now);
}

/* Loop detection keeps the event from the function. */
static void stop(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	q->consumer->function->counts.recursions++;
	if (message_stop(&e->messages.items[message])) {
		give_up(e, q, message, END_DROPPED, now);
		return;
	}
	count(e, &q->dropped);
	q->held--;
	station_end(e, &q->base, message, END_DROPPED, now);
}

static void succeeded(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	consume_processed(e, q->consumer, &e->messages.items[message], e->messages.items[message].cold, now);
	consume_emit(e, q->consumer->function, &e->messages.items[message], 1, now);
	send_to(e, q, q->function->async.on_success, &ways_of(e, q)->success, message, CONSUME_EDGE_SUCCESS, now);
	q->held--;
	station_end(e, &q->base, message, END_DELIVERED, now);
}

/* --- tries ------------------------------------------------------------------------------------------------------------------------------- */

/* The event waits until `at`, or until it is too old. */
static void wait_until(struct engine *e, struct async *q, uint32_t message, simtime at, simtime now)
{
	simtime oldest = e->messages.items[message].since + q->function->async.max_age;
	gauge_up(&q->waiting, now);
	if (at <= oldest)
		station_task(e, &q->base, at, ASYNC_TRY, message);
	else
		station_task(e, &q->base, oldest > now ? oldest : now, ASYNC_EXPIRE, message);
}

static void refused(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	struct message *m = &e->messages.items[message];
	double jitter = q->waiting.level > 0 ? q->function->async.throttle_jitter
	                                     : 0; /* one that waits alone is in nobody's step */
	uint64_t word = jitter > 0 ? station_draw(e, m, PURPOSE_BACKOFF, (uint64_t)m->receives << 32 | m->throttles) : 0;
	simtime at = now + backoff_wait(ASYNC_BACKOFF_FIRST, ASYNC_BACKOFF_MOST, m->throttles, jitter, word);
	count(e, &q->throttled);
	if (m->throttles < UINT8_MAX)
		m->throttles++;
	wait_until(e, q, message, at, now);
}

static void try(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	struct message *m = &e->messages.items[message];
	if (q->function->reserved == 0) {
		give_up(e, q, message, END_DROPPED, now);
		return;
	}
	struct consume_call call = {m->identity, m->receives, 1, m->payload, consume_record_fails(e, q->consumer, m, m->receives)};
	struct consume_result r = consume(e, q->consumer, &call, now);
	if (r.refused != THROTTLE_NONE) {
		refused(e, q, message, now);
		return;
	}
	simtime age = now - m->since;
	if (e->counting)
		histogram_add(&q->run_age, age);
	q->age_period = age > q->age_period ? age : q->age_period;
	m->throttles = 0;
	m->outcome = r.outcome;
	m->cold = r.cold;
	q->running++;
	station_result_task(e, &q->base, r.environment, ASYNC_RESULT, message);
}

static void result(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	struct message *m = &e->messages.items[message];
	q->running--;
	m->receives++;
	if (m->outcome == OUTCOME_OK) {
		succeeded(e, q, message, now);
	} else if (m->receives > (uint32_t)q->function->async.max_retries) {
		give_up(e, q, message, END_DROPPED, now);
	} else {
		count(e, &q->retries);
		wait_until(e, q, message, now + (m->receives == 1 ? ASYNC_FIRST_RETRY : ASYNC_SECOND_RETRY), now);
	}
}

/* Lambda delivers at least once: a copy of its own. */
static void duplicate(struct engine *e, struct async *q, uint32_t message, simtime now)
{
	struct message copy = e->messages.items[message];
	if (draw_uniform(station_draw(e, &copy, PURPOSE_DUPLICATE, 0)) >= q->function->async.duplicate_rate)
		return;
	copy.identity = message_identity(copy.identity, 0, 0);
	count(e, &q->duplicates);
	q->base.counts.received++;
	q->held++;
	try(e, q, message_new(&e->messages, &copy), now);
}

static void receive(struct engine *e, struct station *s, uint32_t message, simtime now)
{
	struct async *q = (struct async *)s;
	s->counts.received++;
	q->held++;
	if (message_goes_round(&e->messages.items[message], &q->function->async)) {
		stop(e, q, message, now);
		return;
	}
	if (q->function->async.duplicate_rate > 0)
		duplicate(e, q, message, now);
	try(e, q, message, now);
}

static void task(struct engine *e, struct station *s, unsigned what, uint32_t subject, simtime now)
{
	struct async *q = (struct async *)s;
	switch ((enum async_task)what) {
	case ASYNC_RESULT: result(e, q, subject, now); break;
	case ASYNC_TRY:
		gauge_down(&q->waiting, now);
		try(e, q, subject, now);
		break;
	case ASYNC_EXPIRE:
		gauge_down(&q->waiting, now);
		give_up(e, q, subject, END_EXPIRED, now);
		break;
	}
}

/* --- figures ----------------------------------------------------------------------------------------------------------------------------- */

static void peak(struct async *q, int64_t *max)
{
	int64_t top = gauge_peak_reset(&q->waiting);
	*max = top > *max ? top : *max;
}

static void warm_up_end(struct engine *e, struct station *s, simtime now)
{
	(void)e;
	struct async *q = (struct async *)s;
	gauge_settle(&q->waiting, now);
	gauge_peak_reset(&q->waiting);
	q->waiting_base = q->waiting.area;
	q->waiting_top = q->waiting.level;
	clear_figures(q);
}

static uint64_t held(const struct engine *e, const struct station *s)
{
	(void)e;
	return ((const struct async *)s)->held;
}

static const struct station_figure figures[] = {
	{"AsyncEventsReceived", "", FIGURE_COUNT},
	{"AsyncEventAge_ms", "mean", FIGURE_MEAN},
	{"AsyncEventAge_ms", "max", FIGURE_MAX},
	{"AsyncEventsDropped", "", FIGURE_COUNT},
	{"AsyncEventsWaiting", "mean", FIGURE_MEAN},
	{"AsyncEventsWaiting", "max", FIGURE_MAX},
	{"Retries", "", FIGURE_COUNT},
	{"ThrottledTries", "", FIGURE_COUNT},
	{"Duplicates", "", FIGURE_COUNT},
	{"DestinationDeliveryFailures", "", FIGURE_COUNT},
	{"DeadLetterErrors", "", FIGURE_COUNT},
};

static void collect(struct engine *e, struct station *s, simtime now, double *out)
{
	struct async *q = (struct async *)s;
	double span = (double)(now - e->count_from);
	gauge_settle(&q->waiting, now);
	peak(q, &q->waiting_top);
	*out++ = (double)(s->counts.received - s->base.received - q->duplicates);
	*out++ = histogram_mean(&q->run_age) / 1e6;
	*out++ = q->run_age.count ? (double)q->run_age.largest / 1e6 : __builtin_nan("");
	*out++ = (double)q->dropped;
	*out++ = span > 0 ? (double)(q->waiting.area - q->waiting_base) / span : 0;
	*out++ = (double)q->waiting_top;
	*out++ = (double)q->retries;
	*out++ = (double)q->throttled;
	*out++ = (double)q->duplicates;
	*out++ = (double)q->destination_failures;
	*out++ = (double)q->dead_letter_errors;
}

/* Of the age what CloudWatch has: the greatest of the period's runs. */
static const char *const series[] = {"AsyncEventsWaiting", "AsyncEventAge_ms"};

static void sample(struct engine *e, struct station *s, simtime now, double *out)
{
	(void)e;
	struct async *q = (struct async *)s;
	int64_t max = 0;
	gauge_settle(&q->waiting, now);
	peak(q, &max);
	q->waiting_top = max > q->waiting_top ? max : q->waiting_top;
	out[0] = (double)max;
	out[1] = q->age_period >= 0 ? (double)q->age_period / 1e6 : __builtin_nan("");
	q->age_period = -1;
}

static void fini(struct station *s)
{
	histogram_fini(&((struct async *)s)->run_age);
}

const struct station_ops station_async = {
	.size = sizeof(struct async),
	.figures = figures,
	.figure_count = sizeof figures / sizeof *figures,
	.series = series,
	.series_count = sizeof series / sizeof *series,
	.compile = compile,
	.start = start,
	.receive = receive,
	.task = task,
	.warm_up_end = warm_up_end,
	.held = held,
	.sample = sample,
	.collect = collect,
	.fini = fini,
};
