/* limitrules: what Lambda refuses though each value for itself is right, and what the template asks for that is not modelled yet. */
#ifndef SCENARIOS_READ_LIMITRULES_H
#define SCENARIOS_READ_LIMITRULES_H

#include "scenarios/read/reading.h"

/* Reserved concurrency against the account's; Sources: Lambda Developer Guide, "Configuring reserved concurrency for a function". */
void limits_check(struct reading *r);

/* Features of functions that have traffic and are not modelled: refused by name. */
void features_check(struct reading *r);

#endif
