/* arrivalkeys: the key Arrivals of a workload entry: `20/s` (Poisson), or a map with Process, Rate, CV, File, Pattern and Growth. */
#ifndef SCENARIOS_READ_ARRIVALKEYS_H
#define SCENARIOS_READ_ARRIVALKEYS_H

#include "scenarios/read/reading.h"

/* Fills out->arrivals. A file of times may say which payload and which key each arrival has: then out->payloads, which are there already, become
 * those of the file and, where a row names none, the first of those before. 0, or -1 with errors. Arrays go into the scenario's arena. */
int arrivals_read(struct reading *r, const struct node *value, const char *path, struct source_spec *out);

#endif
