/* cost: what an invocation takes: its duration and how it ends. A vtable, one implementation a model: declared distributions, or a profile
 * of the real handler. Compiled once for each source (function, payloads, memory), then immutable and shared by threads.
 *
 * Every draw is indexed by the request's number, so that request i of a source draws the same work in every configuration, throttled
 * or not; `attempt` (0 for the first) keeps repetitions apart. */
#ifndef MODELS_COST_COST_H
#define MODELS_COST_COST_H

#include <stddef.h>
#include <stdint.h>

#include "models/spec/scenario.h"
#include "sim/arena.h"
#include "sim/draw.h"
#include "sim/simtime.h"

enum { COST_BLOCK = 64 };

/* One invocation's work at the function's MemorySize, cut at its Timeout. */
struct work {
	simtime duration; /* Init apart */
	uint8_t outcome;  /* enum outcome */
	int16_t status;   /* statusCode in the answer; 0: none; -1: no valid answer for its source */
};

/* One start of an environment. */
struct init_work {
	simtime duration;
	uint8_t outcome; /* OUTCOME_OK or OUTCOME_INIT_ERROR */
};

/* Records of a batch that cost alike. */
struct cost_share {
	uint32_t payload; /* their content's number */
	uint32_t attempt; /* how often they were tried before, 0 .. cost->attempts - 1 */
	uint32_t records; /* at least 1 */
};

/* An invocation for events that waited: an asynchronous event (one record) or a batch. */
struct cost_batch {
	uint64_t number;  /* keys the draws */
	uint32_t attempt; /* from 0 */
	uint32_t records; /* at least 1 */
	uint32_t payload; /* of the first record: its content's number */
	bool cold;
	uint32_t share_count;            /* below 2: all records are as the first one */
	const struct cost_share *shares; /* else what the records are, in order of appearance */
};

/* For compile: no workload source, but a consumer of events. */
#define COST_CONSUMER SIZE_MAX

struct cost;

struct cost_ops {
	size_t size; /* of the implementation's state, which begins with a struct cost */
	/* Compiles for source `source` of the scenario, or for the consumer c->consumer where it is COST_CONSUMER, into zeroed memory of `size` bytes; tables go into the arena. Cannot fail: the reader has
	 * checked the numbers. */
	void (*compile)(struct cost *c, const struct scenario *s, size_t source, struct arena *a);
	/* Work of the requests first .. first+count-1 (multiples of 4; at most COST_BLOCK), first attempt, in a warm environment. May draw. */
	void (*warm)(const struct cost *c, const struct draw_key *key, uint64_t first, size_t count, struct work *out);
	/* Work of one request: any attempt; `cold` for the first invocation of an environment. May draw. */
	struct work (*one)(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt, bool cold);
	/* Init of the environment that request starts; `rerun` is 1 for the second try inside the invocation. May draw. */
	struct init_work (*init)(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt,
	                         unsigned rerun);
	/* Work of a batch. May draw. */
	struct work (*batch)(const struct cost *c, const struct draw_key *key, const struct cost_batch *b);
	/* Whether a record of `payload` fails by itself in its `attempt`-th run; `identity` keys the draws. */
	bool (*record_fails)(const struct cost *c, const struct draw_key *key, uint64_t identity, uint32_t payload,
	                     uint32_t attempt);
};

struct cost {
	const struct cost_ops *ops;
	const struct function_spec *function;
	uint64_t entity; /* whose stream the draws come from: the source's or consumer's */
	simtime timeout;
	const char *consumer; /* name of a consumer, as profiles have it; NULL for a workload source */
	bool sound;           /* no record fails by itself: record_fails need not be asked */
	bool whole;           /* the handler never reports failures of single records: one that fails takes its batch with it */
	bool mixes;           /* of a consumer: what a batch costs depends on all its records; it wants shares */
	uint32_t attempts;    /* tries that cost or end differently; at least 1. Later ones are like the last */
};

/* Compiles the model that the source's function names. The result lives in the arena. */
const struct cost *cost_new(const struct scenario *s, size_t source, uint64_t entity, struct arena *a);

/* The same for a consumer of events: `name` is its name in profiles. */
const struct cost *cost_new_consumer(const struct scenario *s, size_t function, const char *name, uint64_t entity, struct arena *a);

extern const struct cost_ops cost_declared, cost_measured;

/* Cuts a duration at the function's Timeout. Source: Lambda Developer Guide, "Configure Lambda function timeout". */
static inline void work_cut(struct work *w, simtime timeout)
{
	if (w->duration >= timeout || w->outcome == OUTCOME_TIMEOUT) {
		w->duration = timeout;
		w->outcome = OUTCOME_TIMEOUT;
	}
}

#endif
