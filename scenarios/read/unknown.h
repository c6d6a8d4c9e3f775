/* unknown: names of AWS's that are none: resource types and runtimes, most likely mistyped. Said before anything else is made of them. */
#ifndef SCENARIOS_READ_UNKNOWN_H
#define SCENARIOS_READ_UNKNOWN_H

#include "scenarios/read/reading.h"

/* Each resource's Type: an error when it is missing or nearly a known one, a warning when it is only unknown (AWS may have new ones). */
void unknown_types_check(struct reading *r);

/* The Runtime of each function that has traffic, or of all for `weir check`: an error unless it looks like a newer one. */
void unknown_runtimes_check(struct reading *r);

#endif
