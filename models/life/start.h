/* start: what the start of an environment adds to the invocation that waits for it.
 *
 * A successful Init within 10 s runs before the invocation: it is reported and billed as Init. An Init that takes longer is cut at 10 s, and
 * one that fails is cut where it failed; both are run again inside the invocation, limited by the function's timeout ("suppressed init"):
 * that time counts in Duration. When it fails again, the invocation ends with the init error. A reset environment runs Init inside its
 * next invocation in the same way. The cut-off first try is not billed (no document says; a public log shows it outside the REPORT line).
 * Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle" (init phase, failures). */
#ifndef MODELS_LIFE_START_H
#define MODELS_LIFE_START_H

#include "models/cost/cost.h"

#define START_INIT_LIMIT (10 * SIMTIME_SECOND)

struct start {
	simtime before;  /* time before the invocation begins: Init, or its cut-off try */
	simtime init;    /* the part of it that is Init Duration and billed; 0 when Init was cut off or failed */
	simtime inside;  /* Init run inside the invocation, before the handler */
	uint8_t outcome; /* OUTCOME_OK, or OUTCOME_INIT_ERROR when the rerun failed as well: the handler does not run */
};

struct start start_cold(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt);
struct start start_reset(const struct cost *c, const struct draw_key *key, uint64_t request, uint64_t attempt);

/* The invocation's work with the start's part in it: duration and outcome, cut at the timeout. */
struct work start_with(const struct start *s, struct work w, simtime timeout);

#endif
