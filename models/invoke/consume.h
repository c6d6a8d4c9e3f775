/* consume: an invocation for events that wait for it: one asynchronous event, or the batch that a poller read.
 *
 * It passes the same admission, gets an environment and costs in the same way as a synchronous one (sync.h), and is counted in the function's
 * figures; what becomes of the events is the caller's affair. The result is known when the invocation is admitted, but must not be acted on
 * before `end`: schedule it with station_result_task. */
#ifndef MODELS_INVOKE_CONSUME_H
#define MODELS_INVOKE_CONSUME_H

#include "models/invoke/engine.h"

/* A way into a function that is not synchronous: its asynchronous queue, or one event source mapping. */
struct consumer {
	const char *name; /* as profiles name it: the function's name, "Worker.Orders" */
	struct function_state *function;
	const struct cost *cost;
	uint64_t entity;
};

struct consume_call {
	uint64_t number;  /* draws are keyed by it: the identity of the (first) event */
	uint32_t attempt; /* from 0 */
	uint32_t records; /* at least 1 */
	uint32_t payload; /* content of the first event */
	bool fails;       /* some record fails and the whole invocation with it: an answer becomes an error */
};

struct consume_result {
	enum throttle refused; /* THROTTLE_NONE: admitted */
	uint32_t environment;
	simtime end;     /* when the answer is there and the environment free */
	uint8_t outcome; /* enum outcome */
	bool cold;
};

/* Says what the next call's batch is made of, one record after the other in its order; where c->cost->mixes. A batch of which nothing is said
 * is all of call->payload. */
static inline void consume_mix(struct engine *e, const struct consumer *c, uint32_t payload, uint32_t attempt)
{
	const uint32_t attempts = c->cost->attempts;
	struct mix *x = &e->mix;
	attempt = attempt < attempts ? attempt : attempts - 1;
	uint32_t place = x->places[(size_t)payload * attempts + attempt];
	if (place >= x->count || x->shares[place].payload != payload || x->shares[place].attempt != attempt) {
		x->places[(size_t)payload * attempts + attempt] = place = x->count++;
		x->shares[place] = (struct cost_share){payload, attempt, 0};
	}
	x->shares[place].records++;
}

/* Tries to invoke now. A refusal is counted as a throttle. */
struct consume_result consume(struct engine *e, const struct consumer *c, const struct consume_call *call, simtime now);

/* Whether a record fails in its `attempt`-th run (from 0): poison always does. */
bool consume_record_fails(const struct engine *e, const struct consumer *c, const struct message *m, uint32_t attempt);

/* An event was processed by the function at `now`: the latency from its birth goes into the function's histograms (cold or warm), and for the first function
 * of its chain into its source's. */
void consume_processed(struct engine *e, const struct consumer *c, const struct message *m, bool cold, simtime now);

/* Edges of children's identities (station_send_child). */
enum { CONSUME_EDGE_SUCCESS = 1, CONSUME_EDGE_FAILURE = 2, CONSUME_EDGE_DEAD_LETTER = 3, CONSUME_EDGE_EMIT = 16 };

/* What a successful invocation for `records` events sends on (Emits), at `now`. `first` is the first of them. */
void consume_emit(struct engine *e, const struct function_state *f, const struct message *first, uint32_t records, simtime now);

/* The same for the invocation of a synchronous request that ends at `end`. */
void consume_emit_of_request(struct engine *e, const struct source_state *s, uint64_t number, uint32_t attempt, simtime end);

#endif
