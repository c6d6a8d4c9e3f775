/* feed: a workload source whose events nobody waits for: each becomes a message and goes to its station, after what the service adds. */
#ifndef MODELS_INVOKE_FEED_H
#define MODELS_INVOKE_FEED_H

#include "models/invoke/engine.h"

/* Event `number` of source `s` comes to be now. It is answered 202 at once. */
void feed_event(struct engine *e, struct source_state *s, uint64_t number, simtime now);

#endif
