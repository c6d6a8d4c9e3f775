/* client: callers that wait only so long and try again.
 *
 * An attempt whose answer has not come within the client's timeout is given up; its invocation goes on running and costing. What is repeated
 * is the client's choice (RetryOn). Before attempt n+1 the client waits jitter(min(Max, Base x Factor^(n-1))). A retry quota (the SDKs'
 * "standard" mode) is a bucket of tokens of each client process: a retry pays, a success returns what its retry paid, and a first-try success
 * returns one. Nothing starts after the run's end: a request that would still be repeated then is unfinished.
 * Sources: botocore, retries/standard.py, retries/quota.py and retryhandler.py; AWS SDKs and Tools Reference Guide, "Retry behavior". */
#ifndef MODELS_INVOKE_CLIENT_H
#define MODELS_INVOKE_CLIENT_H

#include "models/invoke/engine.h"

/* A request of a source with a client arrives. */
void client_request(struct engine *e, struct source_state *s, uint64_t number, simtime now);

/* EVENT_ANSWER: the answer came or the client gave up. After the horizon (`over`) nothing is repeated. */
void client_answer(struct engine *e, uint32_t request, simtime now, bool over);

/* EVENT_RETRY: the back-off is over. */
void client_retry(struct engine *e, uint32_t request, simtime now);

void requests_clear(struct requests *r);
void requests_fini(struct requests *r);

#endif
