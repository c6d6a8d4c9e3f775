/* inputs: what a target gets in the event's place: Input, InputPath, InputTransformer, which rules, schedules and SAM's events write alike.
 * Sources: Amazon EventBridge API Reference, "Target", "InputTransformer"; models/source/transform.h. */
#ifndef SCENARIOS_READ_INPUTS_H
#define SCENARIOS_READ_INPUTS_H

#include "scenarios/read/reading.h"

/* Of a target's map, into *out. */
void inputs_read(struct reading *r, const struct node *map, struct rule_target_spec *out);

#endif
