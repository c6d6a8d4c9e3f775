/* keyspec: the key Keys of a workload entry and of Emits: which partition keys or message groups events have.
 * {Distribution: zipf, Count: 1000, Exponent: 1}; a plain number is short for that many, all alike. */
#ifndef SCENARIOS_READ_KEYSPEC_H
#define SCENARIOS_READ_KEYSPEC_H

#include "scenarios/read/reading.h"

void keyspec_read(struct reading *r, const struct node *value, const char *path, struct keys_spec *out);

/* Whether events that go there have keys: streams, FIFO queues and FIFO topics. */
bool keyspec_matters(const struct reading *r, const struct target *to);

#endif
