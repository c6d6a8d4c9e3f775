/* limitrules: what Lambda refuses though each value for itself is right. */
#ifndef SCENARIOS_READ_LIMITRULES_H
#define SCENARIOS_READ_LIMITRULES_H

#include "scenarios/read/reading.h"

/* Reserved concurrency against the account's; Sources: Lambda Developer Guide, "Configuring reserved concurrency for a function". */
void limits_check(struct reading *r);

#endif
