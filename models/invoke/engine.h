/* engine: the state of one replication that synchronous invocation works on. models/run owns it, fills it and drives it; the modules
 * of this folder change it.
 *
 * What an invocation costs is known when it is admitted, so everything about it is recorded then, and its completion only has to free
 * the environment: the agenda's slot is the environment's index, and nothing else is stored for it. */
#ifndef MODELS_INVOKE_ENGINE_H
#define MODELS_INVOKE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/arrivals/arrival.h"
#include "models/cost/cost.h"
#include "models/invoke/content.h"
#include "models/invoke/failure.h"
#include "models/invoke/keylaw.h"
#include "models/invoke/message.h"
#include "models/life/environment.h"
#include "models/life/idle.h"
#include "models/life/limits.h"
#include "models/life/ramp.h"
#include "models/spec/scenario.h"
#include "sim/agenda.h"
#include "sim/gauge.h"
#include "sim/histogram.h"
#include "sim/variate.h"

/* Classes of events: at equal times the lower goes first; arrivals, which stay out of the agenda, go last. */
enum event_class {
	EVENT_COMPLETION, /* slot: environment */
	EVENT_RECLAIM,    /* slot: function */
	EVENT_RESULT,     /* slot: task: an invocation's result reaches the station that wanted it, after others of its instant */
	EVENT_ANSWER,     /* slot: request of a client: its attempt is answered or given up */
	EVENT_RETRY,      /* slot: request of a client: the back-off is over */
	EVENT_FED,        /* slot: event of a source: it becomes a message and arrives at a station */
	EVENT_HOP,        /* slot: message: it arrives at a station */
	EVENT_TASK        /* slot: task: something of a station's own is due */
};

/* What a source answers; copied from the source table, so that this folder need not know it. */
struct answer_codes {
	int ok, throttle, error, malformed, timeout, wait_limit, gateway_throttle;
	bool gateway; /* the gateway's own account throttle applies */
	bool http;    /* a statusCode in the handler's answer is the caller's status; an invalid answer is an error */
};

/* Counts since the warm-up ended. */
struct function_counts {
	uint64_t outcomes[OUTCOMES]; /* their sum is Invocations; all but OUTCOME_OK are Errors */
	uint64_t cold_starts;
	uint64_t throttles[THROTTLES]; /* [THROTTLE_NONE] stays 0 */
	uint64_t resets;               /* invocations that ran Init again inside a reset environment */
	uint64_t billed_ms;
	uint64_t recursions; /* events that loop detection kept from it, asynchronous ones and those of a queue */
};

static inline uint64_t counts_invocations(const struct function_counts *c)
{
	uint64_t sum = 0;
	for (int k = 0; k < OUTCOMES; k++)
		sum += c->outcomes[k];
	return sum;
}

static inline uint64_t counts_errors(const struct function_counts *c)
{
	return counts_invocations(c) - c->outcomes[OUTCOME_OK];
}

static inline uint64_t counts_throttles(const struct function_counts *c)
{
	uint64_t sum = 0;
	for (int k = 0; k < THROTTLES; k++)
		sum += c->throttles[k];
	return sum;
}

/* The part of the series that one period adds. */
struct function_row {
	uint32_t invocations, cold_starts, errors, throttles;
	int64_t busy_max, alive_max;
	double busy_mean;
};

struct function_plan {
	const struct function_spec *spec;
	simtime timeout;
	uint64_t entity;
	const struct key_law *emit_keys; /* by emission */
};

/* Warm invocations that wait to be counted together: duration, and latency to the answer. */
enum { PENDING_MOST = 64 };
struct pending {
	simtime duration[PENDING_MOST], latency[PENDING_MOST];
	size_t count;
	simtime consumed[PENDING_MOST]; /* durations of those for events that waited: their latencies are known later */
	size_t consumed_count;
};

struct function_state {
	const struct function_plan *plan;
	struct function_limits limits;
	struct ramp ramp;
	struct idle idle;
	struct gauge busy, alive;
	struct function_counts counts;
	struct histogram duration, latency_warm, latency_cold, init;
	struct pending pending;
	area128 busy_clipped;            /* sum of busy times, each clipped to the run; equals the busy gauge's area */
	int64_t busy_top, alive_top;     /* maxima since the warm-up */
	area128 busy_base, alive_base;   /* areas when the warm-up ended */
	struct function_counts row_base; /* counts when the present period began */
	int64_t row_busy_max, row_alive_max;
	area128 row_area;
	struct function_row *rows;
};

/* Statuses are HTTP's; from STATUS_FAILS on they are failures. 0 stands for a client that gave up. */
enum { STATUS_LIMIT = 600, STATUS_FAILS = 400, STATUS_CLIENT_TIMEOUT = 0 };

struct source_plan {
	const struct source_spec *spec;
	struct answer_codes codes;
	struct arrival_plan arrivals;
	const struct cost *cost;
	struct variate latency;
	uint64_t entity;
	bool feeds;       /* is not synchronous */
	uint32_t station; /* where its events go then */
	struct key_law keys;
	const uint64_t *payload_below; /* a payload word below payload_below[i] picks payload i */
};

struct source_counts {
	uint64_t requests, unfinished;
	uint64_t retries;       /* attempts beyond each request's first */
	uint64_t early_retries; /* those of them whose request arrived in the warm-up, and is not counted itself */
	uint64_t gateway_throttles;
	uint64_t failures[FAILURES]; /* final answers that are failures; [FAILURE_NONE] stays 0 */
	uint64_t
		function_errors; /* final answers that report success by their status alone: a direct Invoke's 200 with X-Amz-Function-Error */
};

static inline uint64_t source_failures(const struct source_counts *c)
{
	uint64_t sum = 0;
	for (int k = 0; k < FAILURES; k++)
		sum += c->failures[k];
	return sum;
}

/* What the source sent on. */
static inline uint64_t source_sent(const struct source_counts *c)
{
	return c->requests + c->retries;
}

/* The attempts of the counted requests: with a warm-up some that were sent belong to none. */
static inline uint64_t source_attempts(const struct source_counts *c)
{
	return source_sent(c) - c->early_retries;
}

struct source_state {
	const struct source_plan *plan;
	struct function_state *function;
	struct arrival_stream arrivals;
	struct source_counts counts;
	uint64_t *status; /* STATUS_LIMIT counters, final answers by status */
	/* Of requests to their final answer. Where `sole`, an answer that an invocation gave stands in the function's histograms alone
	 * while the clock runs, and is added when the result is collected. */
	struct histogram latency;
	bool sole;      /* the only source of its function */
	uint64_t block; /* number of the first request in the blocks below; UINT64_MAX: none yet */
	struct work work[COST_BLOCK];
	simtime wait[COST_BLOCK];                            /* what the platform adds */
	uint32_t payload[COST_BLOCK], event_key[COST_BLOCK]; /* of sources that feed: content and key */
	int *quota;                                          /* retry tokens of each client process */
	uint64_t requests_base;
	uint32_t *rows; /* requests in each period */
};

/* A request of a source with a client, from its arrival to its final answer. */
struct request {
	uint32_t source;
	uint32_t attempt; /* of the one under way, from 0 */
	uint64_t number;
	simtime born, started; /* arrival; start of the attempt under way */
	int status;            /* of the answer that is on its way */
	uint8_t outcome;       /* of its invocation */
	uint8_t failure;       /* enum failure, of the answer */
	bool invoked, cold;    /* an invocation took place in the attempt under way; it was a cold start */
	int paid;              /* retry quota tokens that the attempt under way cost */
	uint32_t next_free;
};

struct requests {
	struct request *items;
	size_t count, capacity;
	uint32_t free; /* head of the list of free ones, UINT32_MAX at its end */
};

struct station;

/* What a station has to do at some time (models/invoke/station.h). */
struct task {
	uint32_t station, subject, what;
	uint32_t next_free;
};

struct tasks {
	struct task *items;
	size_t count, capacity;
	uint32_t free;
};

/* An event on its way from a source to its station. It becomes a message only there: thousands are under way where rates are high, and half a cache
 * line for each stays in the cache. */
struct fed {
	simtime born;
	uint64_t number;
	uint32_t source, payload, key;
	uint32_t next_free;
};

struct fed_pool {
	struct fed *items;
	size_t count, capacity;
	uint32_t free;
};

struct consumer;
struct mapping_state;

/* Who watches batches, for tests: called at each admitted invocation of an event source mapping, before anything of it happens. */
struct observer {
	void (*batch)(void *ctx, size_t mapping, const uint32_t *messages, size_t count, simtime now); /* NULL: nobody */
	void *ctx;
};

/* The batch that is about to be invoked: a sparse set of shares by content and attempt, so that nothing has to be cleared. */
struct mix {
	struct cost_share *shares;
	uint32_t *places; /* where in `shares`; anything for those that are not there */
	uint32_t count;
};

struct engine {
	const struct scenario *scenario;
	struct draw_key key;
	struct agenda agenda;
	struct environments environments;
	struct limits limits;
	struct gcra gateway; /* API Gateway's account throttle */
	struct level busy;   /* of all functions */
	struct function_state *functions;
	struct source_state *sources;
	struct requests requests;
	const struct flow_plan *flow;
	struct messages messages;
	struct mix mix;
	struct fed_pool fed;
	size_t in_transit;     /* events that are on their way to stations ... */
	size_t in_transit_fed; /* ... from sources: they are no messages yet */
	struct tasks tasks;
	struct task *results; /* by environment: what its end means to the station that waits for it (ENVIRONMENT_AWAITED) */
	size_t result_capacity;
	struct station **stations;
	size_t station_count;
	struct consumer *async_consumers;   /* by function */
	struct consumer *mapping_consumers; /* by mapping */
	struct mapping_state *mappings;     /* by mapping (models/invoke/mappingstate.h) */
	bool emitting;                      /* some function sends something on */
	uint32_t *emitted;                  /* by the scenario's payload: how many events with it functions have sent */
	bool counting;                      /* the warm-up is over */
	simtime horizon;
	simtime count_from; /* end of the warm-up: only requests that arrived after it are counted (engine_counted) */
	uint64_t events;
	struct observer observer;
};

/* Whether a request that arrived then is counted. The time after a warm-up is open at its begin and closed at its end, so that requests at equal gaps
 * are as many as its length holds of them; without a warm-up what arrives at the very begin counts too. */
static inline bool engine_counted(const struct engine *e, simtime arrived)
{
	return arrived > e->count_from || e->count_from == 0;
}

/* A name's stream of random numbers: FNV-1a, so that adding a source does not move the draws of the others. */
static inline uint64_t engine_entity(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		hash = (hash ^ *c) * 0x100000001b3;
	return hash;
}

#endif
