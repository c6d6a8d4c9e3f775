/* spreadkeys: a quantity as the scenario writes it: a plain value, or a map with `Distribution` and the keys of that family. */
#ifndef SCENARIOS_READ_SPREADKEYS_H
#define SCENARIOS_READ_SPREADKEYS_H

#include "scenarios/read/reading.h"
#include "sim/distribution.h"

/* Reads a duration or a distribution of durations, in nanoseconds, samples sorted and kept in the scenario's arena. 0, or -1 with errors. */
int spread_read(struct reading *r, const struct node *value, const char *path, struct distribution *out);

#endif
