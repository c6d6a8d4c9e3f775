/* nodejson: a tree as JSON text, for what AWS takes as JSON and people write as YAML. Intrinsic functions are resolved. A plain scalar is a
 * number, a truth or null where YAML 1.2's core schema says so; any other is a text. */
#ifndef SCENARIOS_READ_NODEJSON_H
#define SCENARIOS_READ_NODEJSON_H

#include "scenarios/read/reading.h"

/* In the scenario's arena, its length in *length; NULL with errors. `what` names it in messages. */
const char *node_json(struct reading *r, const struct node *n, const char *what, size_t *length);

#endif
