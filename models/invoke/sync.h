/* sync: one synchronous invocation: admission, environment, cost, answer.
 *
 * Admission, in this order, each reason checked before anything is taken: the account's request rate; the reservation's request rate; the
 * pool (the reservation, or the account's unreserved concurrency), over busy environments; the scaling rate's request limb; an idle
 * environment: warm; the scaling rate's environment limb; a new environment: cold. With reuse before the pool's check two functions on
 * 200 would hold 250 busy ones. Platform latency never moves the instant of admission.
 * Sources: AWS Lambda Developer Guide, "Understanding Lambda function scaling", "Lambda scaling behavior". */
#ifndef MODELS_INVOKE_SYNC_H
#define MODELS_INVOKE_SYNC_H

#include "models/invoke/engine.h"

/* What the caller of one attempt gets. */
struct sync_answer {
	simtime wait; /* from the attempt's start to its answer, platform latency included */
	int status;
	uint8_t outcome;
	bool invoked, cold;
	uint8_t failure; /* enum failure */
};

/* Attempt `attempt` (from 0) of request `number` of source `s`, at `now`. Counts everything but what belongs to the request as a whole
 * (requests, final status, latencies). */
struct sync_answer sync_attempt(struct engine *e, struct source_state *s, uint64_t number, uint32_t attempt, simtime now);

/* A request without a client: one attempt, everything counted. */
void sync_request(struct engine *e, struct source_state *s, uint64_t number, simtime now);

/* The end of an invocation: the environment becomes idle. */
void sync_completed(struct engine *e, uint32_t environment, simtime now);

/* The reclaim event of a function. */
void sync_reclaim(struct engine *e, uint32_t function, simtime now);

/* Counts the warm invocations that wait for it; before a function's histograms or billed_ms are read. */
void sync_flush(struct function_state *f);

/* Counts a request's final answer, that of its last attempt: status (STATUS_CLIENT_TIMEOUT where the client gave up), function error, and
 * `latency`, from the request's arrival, in the source's and the function's histograms. a->wait does not matter. */
void sync_count_answer(struct source_state *s, const struct sync_answer *a, simtime latency);

#endif
