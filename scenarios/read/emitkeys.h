/* emitkeys: the key Emits of a function: what one invocation sends where. [{To: Orders, Count: 2, PerRecord: true, Payload: a.json, Keys: ...}] */
#ifndef SCENARIOS_READ_EMITKEYS_H
#define SCENARIOS_READ_EMITKEYS_H

#include "scenarios/read/reading.h"

/* A reader of a key (keys.h); the target is the struct function_spec. */
void emits_read(struct reading *r, const struct node *value, const char *path, void *target);

#endif
