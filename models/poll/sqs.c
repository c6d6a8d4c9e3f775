/* sqs: see sqs.h. */
#include "models/poll/sqs.h"

#include "models/invoke/backoff.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

/* --- deleting what was not for it, and gathering ---------------------------------------------------------------------------------------- */

static inline size_t place_of(const struct sqs *m, uint32_t i)
{
	return (size_t)i * m->batch_size;
}

/* When the window that holds `now` ends; windows follow one another. */
static simtime window_end(const struct sqs *m, const struct poller *p, simtime now)
{
	simtime window = m->spec->window;
	return now + window - (now - p->window_from) % window;
}

/* When a batch that has just got a message is sent at the latest. */
static void plan_closing(const struct sqs *m, struct poller *p, bool first, simtime now)
{
	if (m->spec->window == 0) {
		p->close_at = now;
		return;
	}
	if (first) {
		p->window_end = p->close_at = window_end(m, p, now);
		p->slow = p->empties > 0 && p->close_at < now + SQS_LONG_POLL && m->spec->window < SQS_LONG_POLL;
		if (p->slow)
			p->close_at = now + SQS_LONG_POLL;
	} else if (p->slow) {
		p->slow = false;
		p->close_at = p->window_end > now ? p->window_end : now;
	}
}

static void join_batch(struct engine *e, struct sqs *m, uint32_t i, uint32_t message, uint32_t receipt, uint64_t size, simtime now)
{
	struct poller *p = &m->pollers[i];
	if (p->count == 0) {
		p->received_first = now;
		if (e->emitting)
			m->firsts[i] = e->messages.items[message];
	}
	plan_closing(m, p, p->count == 0, now);
	m->state->held++;
	m->entries[place_of(m, i) + p->count] = (struct poller_entry){message, receipt};
	p->count++;
	p->bytes += size + SQS_RECORD_METADATA;
	p->received_last = now;
}

/* What one receive brought. */
struct receive {
	uint32_t taken, filtered;
	uint64_t bytes;
};

/* What a receive of the mapping gets next: queue_next without what loop detection stops. */
static uint32_t next_for(struct engine *e, struct queue *q, const struct sqs *m, simtime now)
{
	const struct async_spec *function = &m->consumer->function->plan->spec->async;
	for (;;) {
		uint32_t message = queue_next(e, q, now);
		if (message == MESSAGE_NONE || !message_goes_round(&e->messages.items[message], function))
			return message;
		m->state->ended[queue_stop(e, q, message, now)]++;
		mapping_count(m->state, MAPPING_DROPPED, 1);
		m->consumer->function->counts.recursions++;
	}
}

/* Takes one message into the batch, or deletes it; false when there is none or it does not fit. */
static bool receive_one(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, struct receive *r, simtime now)
{
	struct poller *p = &m->pollers[i];
	uint32_t message = next_for(e, q, m, now);
	if (message == MESSAGE_NONE)
		return false;
	uint32_t content = e->messages.items[message].payload;
	uint64_t size = e->flow->contents.items[content].size;
	bool passes = filter_takes(&e->flow->mappings[m->index], &e->messages.items[message]);
	if (passes && p->count > 0 && p->bytes + size + SQS_RECORD_METADATA > SQS_PAYLOAD_MOST) {
		p->full = true;
		return false;
	}
	uint32_t receipt = queue_take(e, q, message, now);
	r->taken++;
	r->bytes += size;
	if (passes) {
		join_batch(e, m, i, message, receipt, size, now);
	} else {
		r->filtered++;
		m->state->ended[END_FILTERED]++;
		queue_delete(e, q, message, receipt, END_FILTERED, now);
	}
	return true;
}

/* One receive; false when it brought nothing. */
static bool receive(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct receive r = {0};
	uint32_t room = m->batch_size - m->pollers[i].count, most = room < QUEUE_RECEIVE_MOST ? room : QUEUE_RECEIVE_MOST;
	while (r.taken < most && receive_one(e, q, m, i, &r, now))
		continue;
	queue_end_receive(q);
	if (r.taken == 0)
		return false;
	m->pollers[i].empties = 0;
	poller__received(m, i, r.bytes, now);
	queue_count(q, QUEUE_RECEIVED, r.taken);
	mapping_count(m->state, MAPPING_POLLED, r.taken);
	mapping_count(m->state, MAPPING_FILTERED, r.filtered);
	queue_count(q, QUEUE_REQUESTS, queue_units(r.bytes) + (r.filtered > 0));
	return true;
}

/* --- invoking ------------------------------------------------------------------------------------------------------------------------------ */

static void go_on(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now);

static void empty_batch(struct sqs *m, struct poller *p)
{
	m->state->held -= p->count;
	p->count = p->throttles = 0;
	p->bytes = 0;
	p->full = p->slow = false;
}

/* Messages whose visibility timeout is over are no longer in the batch; returns how many. */
static uint32_t drop_stale(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	if (p->received_first + q->spec->visibility > now)
		return 0;
	bool visible_at_once = q->spec->visibility == 0; /* then it stays until somebody else receives it */
	if (!visible_at_once)
		queue_surface(e, q, now);
	struct poller_entry *x = &m->entries[place_of(m, i)];
	uint32_t kept = 0, before = p->count;
	for (uint32_t k = 0; k < before; k++)
		if (visible_at_once ? e->messages.items[x[k].message].receipt == x[k].receipt
		                    : queue_holds(e, x[k].message, x[k].receipt))
			x[kept++] = x[k];
	p->count = kept;
	m->state->held -= before - kept;
	if (kept > 0 && e->emitting)
		m->firsts[i] = e->messages.items[x[0].message];
	return before - kept;
}

/* Which records will fail; whether any does. And what they are, where the batch's cost depends on it. */
static bool find_failures(struct engine *e, const struct sqs *m, uint32_t i)
{
	size_t first = place_of(m, i);
	bool any = false, mixes = m->consumer->cost->mixes;
	if (m->consumer->cost->sound && !mixes)
		return false;
	for (uint32_t k = 0; k < m->pollers[i].count; k++) {
		const struct message *x = &e->messages.items[m->entries[first + k].message];
		m->fails[first + k] = consume_record_fails(e, m->consumer, x, x->receives - 1);
		any |= m->fails[first + k];
		if (mixes)
			consume_mix(e, m->consumer, x->payload, x->receives - 1);
	}
	return any;
}

static void refused(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	double jitter = m->spec->throttle_jitter;
	const struct message *first = &e->messages.items[m->entries[place_of(m, i)].message];
	uint64_t word = jitter > 0 ? station_draw(e, first, PURPOSE_BACKOFF, (uint64_t)m->index << 32 | p->throttles) : 0;
	simtime wait = backoff_wait(m->retry_first, m->retry_most, p->throttles, jitter, word);
	simtime over = p->received_last + q->spec->visibility;
	p->throttles++;
	p->state = POLLER_HOLDING;
	poller__cut(m);
	simtime next = over > now && over < now + wait ? over : now + wait;
	station_task(e, &q->station, next, sqs__what(m, SQS_RETRY), i);
}

static void observe(struct engine *e, struct sqs *m, uint32_t i, simtime now)
{
	if (m->observed == NULL)
		m->observed = MEMORY_ARRAY(m->batch_size, uint32_t);
	uint32_t count = m->pollers[i].count;
	for (uint32_t k = 0; k < count; k++)
		m->observed[k] = m->entries[place_of(m, i) + k].message;
	e->observer.batch(e->observer.ctx, m->index, m->observed, count, now);
}

/* Sends the batch to the function. */
static void invoke(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	uint32_t stale = drop_stale(e, q, m, i, now);
	mapping_count(m->state, MAPPING_DROPPED, stale);
	if (p->count == 0) {
		empty_batch(m, p);
		p->window_from = now;
		go_on(e, q, m, i, now);
		return;
	}
	const struct message *first = &e->messages.items[m->entries[place_of(m, i)].message];
	p->mixed = find_failures(e, m, i);
	struct consume_call call = {.number = first->identity,
	                            .attempt = first->receives - 1,
	                            .records = p->count,
	                            .payload = first->payload,
	                            .fails = p->mixed && (!m->spec->report_failures || m->consumer->cost->whole)};
	struct consume_result r = consume(e, m->consumer, &call, now);
	if (r.refused != THROTTLE_NONE) {
		refused(e, q, m, i, now);
		poller__sent(e, q, m, i, now);
		return;
	}
	if (e->observer.batch)
		observe(e, m, i, now);
	p->state = POLLER_RUNNING;
	p->outcome = r.outcome;
	p->cold = r.cold;
	queue_shift(&m->concurrency, 1, now);
	mapping_count(m->state, MAPPING_INVOKED, p->count);
	mapping_count(m->state, MAPPING_BATCHES, 1);
	station_result_task(e, &q->station, r.environment, sqs__what(m, SQS_RESULT), i);
	poller__sent(e, q, m, i, now);
}

/* --- the outcome ------------------------------------------------------------------------------------------------------------------------- */

/* The first run that ended well is when the event was processed, even if the message was received anew meanwhile and stays. */
static void note_processed(struct engine *e, struct queue *q, const struct sqs *m, const struct poller *p, struct message *x,
                           simtime now)
{
	x->processed = true;
	consume_processed(e, m->consumer, x, p->cold, now);
	if (e->counting)
		histogram_add(&q->station.age, now - x->since);
}

/* Deletes what was processed; returns how many records that were, with a first one in *parent. */
static uint32_t delete_processed(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, struct message *parent, simtime now)
{
	const struct poller *p = &m->pollers[i];
	size_t first = place_of(m, i);
	uint32_t done = 0, deleted = 0;
	for (uint32_t k = 0; k < p->count; k++) /* they were last touched when they were received */
		message_fetch(&e->messages, m->entries[first + k].message);
	for (uint32_t k = 0; k < p->count; k++) {
		if (p->mixed && m->spec->report_failures && m->fails[first + k]) {
			if (q->spec->fifo)
				break; /* the handler stops here and reports all the rest */
			continue;
		}
		uint32_t message = m->entries[first + k].message, receipt = m->entries[first + k].receipt;
		struct message *x = &e->messages.items[message];
		if (!x->processed && queue_keeps(e, message, receipt))
			note_processed(e, q, m, p, x, now);
		if (x->receipt == receipt) {
			if (done == 0 && e->emitting)
				*parent = *x;
			deleted += queue_delete(e, q, message, receipt, END_DELIVERED, now);
		}
		done++;
	}
	mapping_count(m->state, MAPPING_DELETED, deleted);
	m->state->ended[END_DELIVERED] += deleted;
	queue_count(q, QUEUE_PROCESSED_AGAIN, done - deleted);
	queue_count(q, QUEUE_REQUESTS, (done + QUEUE_RECEIVE_MOST - 1) / QUEUE_RECEIVE_MOST);
	return done;
}

static void finished(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	struct message parent;
	uint32_t done = 0;
	if (e->emitting)
		parent = m->firsts[i];
	queue_shift(&m->concurrency, -1, now);
	if (p->outcome == OUTCOME_OK) {
		done = delete_processed(e, q, m, i, &parent, now);
		if (done > 0 && e->emitting)
			consume_emit(e, m->consumer->function, &parent, done, now);
		poller__restore(m);
	} else if (!m->spec->report_failures) {
		poller__cut(m);
	}
	mapping_count(m->state, MAPPING_FAILED, p->count - done);
	empty_batch(m, p);
	p->window_from = now;
	go_on(e, q, m, i, now);
	queue_stir(e, q, now); /* a success may have given a poller back */
}

/* --- a poller's round ---------------------------------------------------------------------------------------------------------------------- */

static inline bool is_closed(const struct sqs *m, const struct poller *p, simtime now)
{
	return p->count == m->batch_size || p->full || (p->count > 0 && p->close_at <= now);
}

/* Part of a batch is there: it is sent when its window is over. */
static void await_window(struct engine *e, struct queue *q, const struct sqs *m, uint32_t i)
{
	struct poller *p = &m->pollers[i];
	if (p->count == 0 || p->closing == p->close_at)
		return;
	p->closing = p->close_at;
	station_task(e, &q->station, p->close_at, sqs__what(m, SQS_WINDOW_OVER), i);
}

/* The poller, in no row, receives until its batch is closed or nothing is left. */
static void fill(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	for (;;) {
		if (is_closed(m, p, now)) {
			invoke(e, q, m, i, now);
			return;
		}
		simtime ready = poller__ready(m, i);
		if (ready > now) {
			p->state = POLLER_PAUSED;
			station_task(e, &q->station, ready, sqs__what(m, SQS_RESUME), i);
			await_window(e, q, m, i);
			return;
		}
		if (!receive(e, q, m, i, now) && !p->full) {
			poller__rest(e, q, m, i, now);
			await_window(e, q, m, i);
			return;
		}
	}
}

static void go_on(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	if (m->running > poller__allowed(m)) {
		poller__sent(e, q, m, i, now);
		poller__release(m, i);
	} else if (poller__gathers(m, i)) {
		fill(e, q, m, i, now);
	} else {
		m->pollers[i].state = POLLER_SPARE;
	}
}

/* --- the station's calls --------------------------------------------------------------------------------------------------------------------- */

bool sqs_wants(const struct queue *q)
{
	for (size_t k = 0; k < q->mapping_count; k++)
		if (poller__wants(&q->mappings[k]))
			return true;
	return false;
}

/* One poller of the mapping receives; false when it has none for it. */
static bool serve(struct engine *e, struct queue *q, struct sqs *m, simtime now)
{
	uint32_t i = poller__pick(m, now);
	if (i == SQS_NO_POLLER) {
		poller__want_more(e, q, m, now);
		return false;
	}
	fill(e, q, m, i, now);
	return true;
}

void sqs_wake(struct engine *e, struct queue *q, simtime now)
{
	size_t idle = 0; /* mappings in a row without a free poller */
	while (idle < q->mapping_count && queue_next(e, q, now) != MESSAGE_NONE) {
		idle = serve(e, q, &q->mappings[q->turn], now) ? 0 : idle + 1;
		q->turn = (q->turn + 1) % q->mapping_count;
	}
	q->waking = false;
}

/* The window is over: the long poll under way ends empty. */
static void window_over(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	if (p->closing == now)
		p->closing = -1;
	if ((p->state != POLLER_POLLING && p->state != POLLER_PAUSED) || p->count == 0 || p->close_at > now)
		return;
	if (p->state == POLLER_POLLING) {
		poller__leave_row(m, i);
		queue_count(q, QUEUE_EMPTY_RECEIVES, p->poll_from < now);
		queue_count(q, QUEUE_REQUESTS, p->poll_from < now);
	}
	invoke(e, q, m, i, now);
}

void sqs_timer(struct engine *e, struct queue *q, size_t local, enum sqs_task what, uint32_t i, simtime now)
{
	struct sqs *m = &q->mappings[local];
	switch (what) {
	case SQS_POLL_OVER: poller__poll_over(e, q, m, i, now); break;
	case SQS_WINDOW_OVER: window_over(e, q, m, i, now); break;
	case SQS_RETRY: invoke(e, q, m, i, now); break;
	case SQS_RESULT: finished(e, q, m, i, now); break;
	case SQS_RESUME:
		if (m->pollers[i].state == POLLER_PAUSED) /* else its window ended meanwhile */
			fill(e, q, m, i, now);
		break;
	case SQS_GROW:
		poller__grow(m, queue_next(e, q, now) != MESSAGE_NONE, now);
		queue_stir(e, q, now);
		break;
	case SQS_TASKS: break;
	}
}

/* --- life ----------------------------------------------------------------------------------------------------------------------------------- */

static void compile_default(struct sqs *m)
{
	const struct scaling_spec *s = &m->spec->scaling;
	int64_t start = s->start > 0 ? s->start : SQS_POLLERS_START;
	m->most = m->spec->max_concurrency > 0 ? m->spec->max_concurrency : SQS_POLLERS_MOST;
	m->base = m->most < start ? m->most : start;
	m->step = s->step > 0 ? s->step : 1;
	m->interval = s->growth_per_s > 0 ? simtime_from_ns(1e9 * (double)m->step / s->growth_per_s)
	                                  : m->step * SQS_GROWTH_INTERVAL;
	m->low = s->low > 0 ? s->low : SQS_POLLERS_LOW;
	m->empty_polls = s->empty_polls > 0 ? (uint32_t)s->empty_polls : SQS_EMPTY_POLLS;
}

static void compile_provisioned(struct sqs *m)
{
	int64_t least = m->spec->min_pollers > 0 ? m->spec->min_pollers : SQS_PROVISIONED_MIN;
	int64_t most = m->spec->max_pollers > 0 ? m->spec->max_pollers : SQS_PROVISIONED_MOST;
	m->provisioned = true;
	m->base = least * SQS_LANES;
	m->most = (most > least ? most : least) * SQS_LANES;
	m->step = SQS_LANES;
	m->interval = SQS_PROVISIONED_INTERVAL;
}

static void compile_mapping(struct engine *e, struct sqs *m, size_t index, size_t local)
{
	m->spec = &e->scenario->mappings[index];
	m->index = index;
	m->local = local;
	m->consumer = &e->mapping_consumers[index];
	m->state = &e->mappings[index];
	m->batch_size = m->spec->batch_size > 0 ? (uint32_t)m->spec->batch_size : QUEUE_RECEIVE_MOST;
	if (m->spec->min_pollers > 0 || m->spec->max_pollers > 0)
		compile_provisioned(m);
	else
		compile_default(m);
	m->retry_first = m->spec->retry_first > 0 ? m->spec->retry_first : SQS_BACKOFF_FIRST;
	m->retry_most = m->spec->retry_most > 0 ? m->spec->retry_most : SQS_BACKOFF_MOST;
	m->floor = m->spec->scaling.floor > 0 ? m->spec->scaling.floor : SQS_FAILURE_FLOOR;
}

static bool reads(const struct mapping_spec *m, size_t queue)
{
	return m->enabled && m->source.kind == TARGET_QUEUE && m->source.index == queue;
}

void sqs_compile(struct engine *e, struct queue *q, struct arena *a)
{
	const struct scenario *s = e->scenario;
	size_t queue = (size_t)(q->spec - s->queues), local = 0;
	for (size_t i = 0; i < s->mapping_count; i++)
		q->mapping_count += reads(&s->mappings[i], queue);
	q->mappings = ARENA_ARRAY(a, q->mapping_count, struct sqs);
	for (size_t i = 0; i < s->mapping_count; i++)
		if (reads(&s->mappings[i], queue)) {
			compile_mapping(e, &q->mappings[local], i, local);
			local++;
		}
}

void sqs_start(struct engine *e, struct queue *q)
{
	for (size_t k = 0; k < q->mapping_count; k++)
		poller__start(e, q, &q->mappings[k]);
}

void sqs_fini(struct queue *q)
{
	for (size_t k = 0; k < q->mapping_count; k++)
		poller__fini(&q->mappings[k]);
}
