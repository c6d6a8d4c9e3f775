/* suggest: the hint under an error about a name that nobody knows. */
#ifndef SCENARIOS_READ_SUGGEST_H
#define SCENARIOS_READ_SUGGEST_H

#include <stdbool.h>

#include "scenarios/read/node.h"

/* Adds to the error added last "did you mean 'X'?" with the nearest of the names, or "known: A, B, C" when none is near and they are few.
 * Very long lists of names are not searched. Whether one is near. */
bool suggest_name(struct diagnostics *found, const char *name, const char *const *names, size_t count);

/* The same with the keys of a map (NULL: none). */
bool suggest_key(struct diagnostics *found, const char *name, const struct node *map);

#endif
