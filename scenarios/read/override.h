/* override: what the command line changes, put into the trees before they are read, so that it is checked like everything else.
 * Its positions name the option ("--set Hello.MemorySize") and have no line. */
#ifndef SCENARIOS_READ_OVERRIDE_H
#define SCENARIOS_READ_OVERRIDE_H

#include "scenarios/read/reading.h"

/* Applies --region, --duration, --replications, --seed, --set, --rate and --payload to r->root and r->weir. Errors go to r->found. */
void overrides_apply(struct reading *r);

#endif
