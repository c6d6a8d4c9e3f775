/* assumption: what the study took for granted, in words, for the reader of the report: defaults that AWS does not promise, what was
 * not declared, what a profile's machine cannot know. */
#ifndef SCENARIOS_STUDY_ASSUMPTION_H
#define SCENARIOS_STUDY_ASSUMPTION_H

#include "models/record.h"
#include "models/run.h"

/* Hands every assumption to the sink as a note. 0, or -1 with `e` from the sink. */
int assumption_record(const struct plan *p, struct sink *sink, struct error *e);

#endif
