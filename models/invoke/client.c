/* client: see client.h. */
#include "models/invoke/client.h"

#include <string.h>

#include "models/invoke/sync.h"
#include "models/spec/purpose.h"
#include "sim/base/memory.h"

/* --- requests ------------------------------------------------------------------------------------------------------------------- */

#define NO_REQUEST UINT32_MAX

static uint32_t request_new(struct requests *r)
{
	uint32_t index = r->free;
	if (index != NO_REQUEST) {
		r->free = r->items[index].next_free;
	} else {
		MEMORY_ROOM(r->items, r->count, r->capacity);
		if (r->count == AGENDA_SLOTS) /* 16.8 million under way: events could not name more */
			memory_exhausted();
		index = (uint32_t)r->count++;
	}
	r->items[index] = (struct request){0};
	return index;
}

static void request_end(struct requests *r, uint32_t index)
{
	r->items[index].next_free = r->free;
	r->free = index;
}

void requests_clear(struct requests *r)
{
	r->count = 0;
	r->free = NO_REQUEST;
}

void requests_fini(struct requests *r)
{
	memory_free(r->items);
	memset(r, 0, sizeof *r);
}

/* --- the retry quota ------------------------------------------------------------------------------------------------------------ */

/* Sources without a gateway have 0 for its throttle, which is also the status of a client that gave up. */
static bool is_throttle(int status, const struct answer_codes *codes)
{
	return status != STATUS_CLIENT_TIMEOUT && (status == codes->throttle || status == codes->gateway_throttle);
}

static int retry_price(const struct client_spec *c, int status, const struct answer_codes *codes)
{
	if (status == STATUS_CLIENT_TIMEOUT)
		return c->quota_timeout_cost;
	return is_throttle(status, codes) ? c->quota_throttle_cost : c->quota_cost;
}

static int *quota_of(struct source_state *s, const struct request *q)
{
	const struct client_spec *c = &s->plan->spec->client;
	return c->quota > 0 ? &s->quota[q->number % (uint64_t)c->processes] : NULL;
}

static void quota_return(struct source_state *s, const struct request *q, int tokens)
{
	int *quota = quota_of(s, q);
	if (!quota)
		return;
	*quota += tokens;
	if (*quota > s->plan->spec->client.quota)
		*quota = s->plan->spec->client.quota;
}

static bool quota_pay(struct source_state *s, const struct request *q, int price)
{
	int *quota = quota_of(s, q);
	if (!quota)
		return true;
	if (*quota < price)
		return false;
	*quota -= price;
	return true;
}

/* --- one attempt after another -------------------------------------------------------------------------------------------------- */

static void attempt(struct engine *e, uint32_t index, simtime now)
{
	struct request *q = &e->requests.items[index];
	struct source_state *s = &e->sources[q->source];
	const struct client_spec *c = &s->plan->spec->client;
	struct sync_answer a = sync_attempt(e, s, q->number, q->attempt, now);
	s->counts.early_retries += q->attempt > 0 && !engine_counted(e, q->born);
	q->started = now;
	q->status = a.status;
	q->outcome = a.outcome;
	q->invoked = a.invoked;
	q->cold = a.cold;
	q->failure = a.failure;
	simtime wait = a.wait;
	if (wait > c->timeout) {
		wait = c->timeout;
		q->status = STATUS_CLIENT_TIMEOUT;
		q->failure = FAILURE_GAVE_UP;
	}
	agenda_push(&e->agenda, now + wait, EVENT_ANSWER, index);
}

void client_request(struct engine *e, struct source_state *s, uint64_t number, simtime now)
{
	s->counts.requests++;
	uint32_t index = request_new(&e->requests);
	struct request *q = &e->requests.items[index];
	q->source = (uint32_t)(s - e->sources);
	q->number = number;
	q->born = now;
	attempt(e, index, now);
}

static bool failed(const struct request *q)
{
	return q->status == STATUS_CLIENT_TIMEOUT || q->status >= STATUS_FAILS || (q->invoked && q->outcome != OUTCOME_OK);
}

/* Whether the client's RetryOn names what happened. */
static bool repeatable(const struct client_spec *c, const struct request *q)
{
	if (q->status == STATUS_CLIENT_TIMEOUT)
		return c->retry_on & RETRY_TIMEOUT;
	if (q->status == 429)
		return c->retry_on & RETRY_429;
	if (q->status >= 500)
		return c->retry_on & RETRY_5XX;
	return q->status == 200 && failed(q) && (c->retry_on & RETRY_FUNCTION_ERROR);
}

static simtime backoff(const struct engine *e, const struct source_state *s, const struct request *q, bool throttled)
{
	const struct client_spec *c = &s->plan->spec->client;
	double delay = (double)(throttled ? c->throttle_base : c->backoff_base);
	double most = (double)(c->backoff_max < SIMTIME_LONGEST ? c->backoff_max : SIMTIME_LONGEST);
	for (uint32_t n = 0; n < q->attempt && delay < most; n++)
		delay *= c->backoff_factor;
	delay = delay < most ? delay : most;
	double u = draw_uniform(draw_word(&e->key, s->plan->entity, PURPOSE_BACKOFF, q->attempt, q->number));
	if (c->jitter == JITTER_FULL)
		delay *= u;
	else if (c->jitter == JITTER_EQUAL)
		delay = delay / 2 + delay / 2 * u;
	return simtime_from_ns(delay);
}

static void finish(struct engine *e, uint32_t index, simtime now)
{
	struct request *q = &e->requests.items[index];
	struct source_state *s = &e->sources[q->source];
	struct sync_answer a = {.status = q->status,
	                        .outcome = q->outcome,
	                        .invoked = q->invoked,
	                        .cold = q->cold,
	                        .failure = q->failure};
	if (engine_counted(e, q->born))
		sync_count_answer(s, &a, now - q->born);
	request_end(&e->requests, index);
}

void client_answer(struct engine *e, uint32_t index, simtime now, bool over)
{
	struct request *q = &e->requests.items[index];
	struct source_state *s = &e->sources[q->source];
	const struct client_spec *c = &s->plan->spec->client;
	const struct answer_codes *codes = &s->plan->codes;
	int paid = q->paid;
	q->paid = 0;
	if (!failed(q))
		quota_return(s, q, q->attempt == 0 ? 1 : paid);
	int price = retry_price(c, q->status, codes);
	bool again = failed(q) && repeatable(c, q) && (int64_t)q->attempt + 1 < c->max_attempts;
	if (!again || !quota_pay(s, q, price)) {
		finish(e, index, now);
		return;
	}
	simtime at = now + backoff(e, s, q, is_throttle(q->status, codes));
	if (over || at > e->horizon) {
		s->counts.unfinished += engine_counted(e, q->born);
		request_end(&e->requests, index);
		return;
	}
	q->paid = price;
	q->attempt++;
	agenda_push(&e->agenda, at, EVENT_RETRY, index);
}

void client_retry(struct engine *e, uint32_t index, simtime now)
{
	attempt(e, index, now);
}
