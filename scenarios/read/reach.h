/* reach: which functions and resources events come to, from the workload's sources on, through all that lies between. And the loops among them.
 * Source of what Lambda does about those: Lambda Developer Guide, "Use Lambda recursive loop detection to prevent infinite loops". */
#ifndef SCENARIOS_READ_REACH_H
#define SCENARIOS_READ_REACH_H

#include "scenarios/read/reading.h"

/* Sets has_traffic of functions and `used` of resources. After the Weir section is read, before what depends on traffic. */
void reach_mark(struct reading *r);

/* A warning (flow/loop) for each loop in which a function's events come back to it; after reach_mark. */
void reach_check_loops(struct reading *r);

#endif
