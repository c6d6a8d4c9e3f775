/* poller: how many pollers a mapping has, and which one reads next; see sqs.h. */
#include "models/poll/sqs.h"
#include "sim/base/memory.h"

/* --- rows ---------------------------------------------------------------------------------------------------------------------------------- */

static inline struct poller_row *row_of(struct sqs *m, uint32_t i)
{
	return i < (uint64_t)m->base ? &m->idle_base : &m->idle_extra;
}

/* The first ones take turns; of the extra ones the last comes first, so that those which are not needed end. */
static void join_row(struct sqs *m, uint32_t i)
{
	struct poller_row *row = row_of(m, i);
	struct poller *p = &m->pollers[i];
	bool back = row == &m->idle_base;
	p->previous = back ? row->last : SQS_NO_POLLER;
	p->next = back ? SQS_NO_POLLER : row->first;
	if (p->previous != SQS_NO_POLLER)
		m->pollers[p->previous].next = i;
	else
		row->first = i;
	if (p->next != SQS_NO_POLLER)
		m->pollers[p->next].previous = i;
	else
		row->last = i;
}

void poller__leave_row(struct sqs *m, uint32_t i)
{
	struct poller_row *row = row_of(m, i);
	const struct poller *p = &m->pollers[i];
	if (p->previous != SQS_NO_POLLER)
		m->pollers[p->previous].next = p->next;
	else
		row->first = p->next;
	if (p->next != SQS_NO_POLLER)
		m->pollers[p->next].previous = p->previous;
	else
		row->last = p->previous;
}

/* --- beginning and ending ---------------------------------------------------------------------------------------------------------------- */

/* Room for one more. */
static void pollers_room(struct sqs *m)
{
	if (m->count < m->capacity)
		return;
	m->capacity = m->capacity ? 2 * m->capacity : (size_t)m->base;
	if (m->capacity > SIZE_MAX / m->batch_size)
		memory_exhausted();
	m->pollers = memory_grow(m->pollers, m->capacity, sizeof *m->pollers);
	m->entries = memory_grow(m->entries, m->capacity * m->batch_size, sizeof *m->entries);
	m->firsts = memory_grow(m->firsts, m->capacity, sizeof *m->firsts);
	m->fails = memory_grow(m->fails, m->capacity * m->batch_size, sizeof *m->fails);
	if (m->provisioned)
		m->units = memory_grow(m->units, m->capacity / SQS_LANES + 1, sizeof *m->units);
}

static uint32_t poller_append(struct sqs *m)
{
	pollers_room(m);
	uint32_t i = (uint32_t)m->count++;
	m->pollers[i] = (struct poller){.state = POLLER_FREE};
	if (m->provisioned && i % SQS_LANES == 0)
		m->units[i / SQS_LANES] = (struct poller_unit){.gathering = SQS_NO_POLLER};
	return i;
}

/* One that does not exist at present. */
static uint32_t free_one(struct sqs *m)
{
	if (m->base_running < m->base)
		for (uint32_t i = 0; i < (uint64_t)m->base; i++)
			if (m->pollers[i].state == POLLER_FREE)
				return i;
	if (m->free_extra == SQS_NO_POLLER)
		return poller_append(m);
	uint32_t i = m->free_extra;
	m->free_extra = m->pollers[i].next;
	return i;
}

static uint32_t begin(struct sqs *m, simtime now)
{
	uint32_t i = free_one(m);
	bool armed = m->pollers[i].armed; /* a task from its former life will still come */
	m->pollers[i] = (struct poller){.state = POLLER_POLLING, .armed = armed, .window_from = now, .closing = -1};
	m->running++;
	m->base_running += i < (uint64_t)m->base;
	return i;
}

void poller__release(struct sqs *m, uint32_t i)
{
	struct poller *p = &m->pollers[i];
	assert(p->count == 0);
	p->state = POLLER_FREE;
	if (m->provisioned && m->units[i / SQS_LANES].gathering == i)
		m->units[i / SQS_LANES].gathering = SQS_NO_POLLER;
	m->running--;
	if (i < (uint64_t)m->base) {
		m->base_running--;
		return;
	}
	p->next = m->free_extra;
	m->free_extra = i;
}

uint32_t poller__pick(struct sqs *m, simtime now)
{
	uint32_t i = m->idle_base.first != SQS_NO_POLLER ? m->idle_base.first : m->idle_extra.first;
	if (i != SQS_NO_POLLER) {
		poller__leave_row(m, i);
		return i;
	}
	while (m->running < poller__allowed(m)) {
		i = begin(m, now);
		if (poller__gathers(m, i))
			return i;
		m->pollers[i].state = POLLER_SPARE;
	}
	return SQS_NO_POLLER;
}

/* --- lanes --------------------------------------------------------------------------------------------------------------------------------- */

bool poller__gathers(struct sqs *m, uint32_t i)
{
	if (!m->provisioned)
		return true;
	struct poller_unit *u = &m->units[i / SQS_LANES];
	if (u->gathering == SQS_NO_POLLER)
		u->gathering = i;
	return u->gathering == i;
}

void poller__sent(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	if (!m->provisioned || m->units[i / SQS_LANES].gathering != i)
		return;
	struct poller_unit *u = &m->units[i / SQS_LANES];
	uint32_t first = i - i % SQS_LANES;
	u->gathering = SQS_NO_POLLER;
	for (uint32_t k = first; k < first + SQS_LANES && k < m->count; k++)
		if (m->pollers[k].state == POLLER_SPARE) {
			u->gathering = k;
			m->pollers[k].window_from = now;
			m->pollers[k].empties = m->pollers[i].empties;
			poller__rest(e, q, m, k, now);
			queue_stir(e, q, now);
			return;
		}
}

/* --- long polls ---------------------------------------------------------------------------------------------------------------------------- */

static void arm(struct engine *e, struct queue *q, struct sqs *m, uint32_t i)
{
	struct poller *p = &m->pollers[i];
	p->armed = true;
	station_task(e, &q->station, p->poll_from + SQS_LONG_POLL, sqs__what(m, SQS_POLL_OVER), i);
}

void poller__rest(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	p->state = POLLER_POLLING;
	p->poll_from = now;
	join_row(m, i);
	if (!p->armed)
		arm(e, q, m, i);
}

/* Provisioned: whether all lanes of the poller got nothing for a long poll. */
static bool unit_idle(const struct sqs *m, uint32_t i, simtime now)
{
	uint32_t first = i - i % SQS_LANES;
	for (uint32_t k = first; k < first + SQS_LANES; k++) {
		const struct poller *p = &m->pollers[k];
		if (k >= m->count || p->state == POLLER_FREE || p->state == POLLER_SPARE)
			continue;
		if (p->state != POLLER_POLLING || p->count > 0)
			return false;
	}
	return now - m->units[i / SQS_LANES].received >= SQS_LONG_POLL;
}

static void end_unit(struct sqs *m, uint32_t i, simtime now)
{
	uint32_t first = i - i % SQS_LANES;
	for (uint32_t k = first + SQS_LANES; k-- > first;) /* the first one is taken again first, so lanes stay together */
		if (k < m->count && (m->pollers[k].state == POLLER_POLLING || m->pollers[k].state == POLLER_SPARE)) {
			if (m->pollers[k].state == POLLER_POLLING)
				poller__leave_row(m, k);
			poller__release(m, k);
		}
	if (m->limit > m->base) {
		m->limit -= SQS_LANES;
		queue_shift(&m->provisioned_pollers, -1, now);
	}
}

/* An empty long poll: whether the poller ends. */
static bool gives_up(struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	if (p->count > 0)
		return false;
	p->empties++;
	if (m->provisioned) {
		if (i < (uint64_t)m->base || !unit_idle(m, i, now))
			return false;
		end_unit(m, i, now);
		return true;
	}
	if (i >= (uint64_t)m->base) {
		m->limit -= m->limit > m->base;
	} else if (m->spec->max_concurrency > 0 || p->empties < m->empty_polls || m->running <= m->low) {
		return false;
	}
	poller__leave_row(m, i);
	poller__release(m, i);
	return true;
}

void poller__poll_over(struct engine *e, struct queue *q, struct sqs *m, uint32_t i, simtime now)
{
	struct poller *p = &m->pollers[i];
	p->armed = false;
	if (p->state != POLLER_POLLING)
		return;
	if (now >= p->poll_from + SQS_LONG_POLL) {
		queue_count(q, QUEUE_EMPTY_RECEIVES, 1);
		queue_count(q, QUEUE_REQUESTS, 1);
		if (gives_up(m, i, now))
			return;
		p->poll_from = now;
	}
	arm(e, q, m, i);
}

/* --- scaling -------------------------------------------------------------------------------------------------------------------------------- */

void poller__want_more(struct engine *e, struct queue *q, struct sqs *m, simtime now)
{
	if (m->growing || m->limit >= m->most)
		return;
	m->growing = true;
	station_task(e, &q->station, now + m->interval, sqs__what(m, SQS_GROW), 0);
}

void poller__grow(struct sqs *m, bool messages_wait, simtime now)
{
	m->growing = false;
	if (!messages_wait || m->cut > 0 || m->running < m->limit || m->limit >= m->most)
		return;
	m->limit = m->most - m->limit < m->step ? m->most : m->limit + m->step;
	if (m->provisioned)
		queue_shift(&m->provisioned_pollers, 1, now);
}

void poller__cut(struct sqs *m)
{
	m->cut += poller__allowed(m) > m->floor;
}

void poller__restore(struct sqs *m)
{
	m->cut -= m->cut > 0;
}

/* --- rates of provisioned pollers --------------------------------------------------------------------------------------------------------- */

simtime poller__unit_ready(const struct sqs *m, uint32_t i)
{
	const struct poller_unit *u = &m->units[i / SQS_LANES];
	simtime polls = u->polls - (SQS_UNIT_POLLS - 1) * (SIMTIME_SECOND / SQS_UNIT_POLLS), bytes = u->bytes - SIMTIME_SECOND;
	return polls > bytes ? polls : bytes;
}

void poller__unit_received(struct sqs *m, uint32_t i, uint64_t bytes, simtime now)
{
	struct poller_unit *u = &m->units[i / SQS_LANES];
	u->polls = (u->polls > now ? u->polls : now) + SIMTIME_SECOND / SQS_UNIT_POLLS;
	u->bytes = (u->bytes > now ? u->bytes : now) + (simtime)((unsigned __int128)bytes * SIMTIME_SECOND / SQS_UNIT_BYTES);
	u->received = now;
}

/* --- life ----------------------------------------------------------------------------------------------------------------------------------- */

void poller__start(struct engine *e, struct queue *q, struct sqs *m)
{
	m->limit = m->base;
	m->cut = m->running = 0;
	m->base_running = m->base; /* no search for one while they are made */
	m->growing = false;
	m->idle_base = m->idle_extra = (struct poller_row){SQS_NO_POLLER, SQS_NO_POLLER};
	m->free_extra = SQS_NO_POLLER;
	m->count = 0;
	m->concurrency = m->provisioned_pollers = (struct queue_level){0};
	for (int64_t i = 0; i < m->base; i++) {
		uint32_t poller = begin(m, 0);
		if (poller__gathers(m, poller))
			poller__rest(e, q, m, poller, 0);
		else
			m->pollers[poller].state = POLLER_SPARE;
	}
	m->base_running = m->base;
	if (m->provisioned)
		queue_shift(&m->provisioned_pollers, m->base / SQS_LANES, 0);
}

void poller__fini(struct sqs *m)
{
	memory_free(m->pollers);
	memory_free(m->entries);
	memory_free(m->firsts);
	memory_free(m->observed);
	memory_free(m->fails);
	memory_free(m->units);
}
