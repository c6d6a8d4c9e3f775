/* behaviour: Weir.Functions: how each function behaves (Model and what is declared), its idle life and reuse order. */
#ifndef SCENARIOS_READ_BEHAVIOUR_H
#define SCENARIOS_READ_BEHAVIOUR_H

#include "scenarios/read/reading.h"

/* The reader of the key Functions. */
void behaviours_read(struct reading *r, const struct node *value, const char *path, void *target);

/* Settles each function's model, when traffic is known: what is declared decides where no Model was written. */
void behaviours_settle(struct reading *r);

/* The keys of one function, for --set and for suggestions. */
const char *const *behaviour_names(size_t *count);

#endif
