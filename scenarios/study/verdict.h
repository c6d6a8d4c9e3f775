/* verdict: whether an objective is met, judged by the 95 % interval: met when all of it is on the good side, missed when all of it is on
 * the bad side, undecided between; without an interval (one replication, a maximum) the point decides. */
#ifndef SCENARIOS_STUDY_VERDICT_H
#define SCENARIOS_STUDY_VERDICT_H

#include "models/record.h"
#include "scenarios/study/metrics.h"

/* The row that an objective is about, NULL when the study has none (a cost without a month's figure). */
const struct record_metric *verdict_row(const struct metric_rows *rows, const struct objective_spec *o);

enum objective_verdict verdict_of(const struct objective_spec *o, const struct interval *value);

#endif
