/* patterns: the shapes of a day and of a week that multiply a rate.
 *
 * Built in: `day`, 24 hourly factors whose mean is 1: a night at under a third of the mean, a rise from 6 to 10, a plateau at 1.5, a
 * slow fall from 17. `week`: the same day on each day, times 1.1 from Monday to Friday, 0.8 on Saturday, 0.7 on Sunday; its mean is
 * 1 too. They are round figures for an office-hours service, not measurements. t = 0 is Monday 00:00 UTC. */
#ifndef SCENARIOS_READ_PATTERNS_H
#define SCENARIOS_READ_PATTERNS_H

#include "scenarios/read/reading.h"

/* `day`, `week`, or a CSV of offset,factor (offsets in seconds or with a unit; the first is 0; all below a day: the period is a day,
 * else a week). 0, or -1 with errors. */
int pattern_read(struct reading *r, const struct node *value, const char *path, struct steps *steps, simtime *period);

/* Copies rows into steps in the scenario's arena; the offsets must ascend (error otherwise, -1). */
struct csv_table;
int pattern_steps(struct reading *r, const struct csv_table *t, struct steps *out);

#endif
