/* filters: event patterns and filter policies as JSON text, written as text or as a map. Sources: Lambda Developer Guide, "Control which events
 * Lambda sends to your function"; Amazon EventBridge User Guide, "Event patterns"; Amazon SNS Developer Guide, "Message filtering". */
#ifndef SCENARIOS_READ_FILTERS_H
#define SCENARIOS_READ_FILTERS_H

#include "models/poll/pattern.h"
#include "scenarios/read/reading.h"

/* A pattern; `what` names it in messages. Compiled to see whether it is one. 0, or -1 with errors (out is then without text). */
int filter_read(struct reading *r, const struct node *n, const char *what, enum pattern_dialect dialect, struct filter_spec *out);

/* FilterCriteria: {Filters: [{Pattern: TEXT}]}. */
void filter_criteria_read(struct reading *r, const struct node *n, const char *what, struct mapping_spec *out);

#endif
