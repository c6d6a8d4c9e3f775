/* feed: a workload source whose events nobody waits for: each becomes a message and goes to its station, after what the service adds. */
#ifndef MODELS_INVOKE_FEED_H
#define MODELS_INVOKE_FEED_H

#include "models/invoke/engine.h"

/* Event `number` of source `s` comes to be now. It is answered 202 at once. */
void feed_event(struct engine *e, struct source_state *s, uint64_t number, simtime now);

/* EVENT_FED: it comes to its station. */
void feed_arrive(struct engine *e, uint32_t fed, simtime now);

/* Nothing is on its way. */
void feed_start(struct engine *e);
void feed_fini(struct engine *e);

#endif
