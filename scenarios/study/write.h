/* write: hands a finished study to a sink, in the order that models/record.h asks for. */
#ifndef SCENARIOS_STUDY_WRITE_H
#define SCENARIOS_STUDY_WRITE_H

#include "models/record.h"
#include "scenarios/study/metrics.h"
#include "scenarios/study/month.h"
#include "scenarios/study/study.h"
#include "scenarios/study/tally.h"

/* 0, or -1 with `e` from the sink. Counts the objectives' verdicts. */
int write_study(const struct record_study *about, struct tally *t, const struct metric_rows *rows, const struct month *month,
                struct sink *sink, struct study_verdict *verdict, struct error *e);

#endif
