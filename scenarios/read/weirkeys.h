/* weirkeys: the Weir section: run length, precision, account, and the parts that other files read. */
#ifndef SCENARIOS_READ_WEIRKEYS_H
#define SCENARIOS_READ_WEIRKEYS_H

#include "scenarios/read/reading.h"

/* Fills the scenario from r->weir (which may be NULL), defaults first. */
void weir_read(struct reading *r);

/* The Region, before anything is resolved: --region, Weir.Region, or us-east-1. One without prices is an error where it was written. */
const char *weir_region(struct reading *r);

#endif
