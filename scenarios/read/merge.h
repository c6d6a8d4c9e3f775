/* merge: two maps made one, as SAM merges Globals into a resource: maps merge, lists add (the first one's items in front), anything else
 * is overridden by the second. Source: AWS SAM Developer Guide, "Globals section of the AWS SAM template", overridable. */
#ifndef SCENARIOS_READ_MERGE_H
#define SCENARIOS_READ_MERGE_H

#include "scenarios/read/node.h"

enum merge_lists { MERGE_ADD_LISTS, MERGE_REPLACE_LISTS };

/* Either may be NULL. Intrinsic functions are values: they override and are overridden whole. Maps are merged down to `depth` levels, the two
 * given ones being the first; below, the second overrides. */
const struct node *merge_nodes(struct arena *a, const struct node *first, const struct node *second, enum merge_lists lists,
                               int depth);

#endif
