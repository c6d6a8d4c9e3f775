/* metrics: a tally becomes numbers with names and intervals: the rows of summary.json. */
#ifndef SCENARIOS_STUDY_METRICS_H
#define SCENARIOS_STUDY_METRICS_H

#include <stddef.h>

#include "models/record.h"
#include "scenarios/study/tally.h"

enum { METRICS_TAIL = 10 }; /* a quantile has an interval only when each section expects as many values beyond it */

struct metric_rows {
	struct record_metric *items; /* names are literals, the scenario's, or in the arena */
	size_t count, capacity;
	size_t cut; /* intervals that a t interval would have beyond what is possible */
	struct arena arena;
};

/* All rows, in the order of summary.json: functions, sources, account, run. */
void metrics_make(const struct tally *t, struct metric_rows *out);
void metrics_fini(struct metric_rows *m);

/* The row with these names (in scope FUNCTION, SOURCE or ACCOUNT by the entity), NULL when there is none. */
const struct record_metric *metrics_find(const struct metric_rows *m, const char *entity, const char *metric,
                                         const char *statistic);

/* The pooled quantile of sectioned histograms and its interval, in milliseconds; none where `METRICS_TAIL` says so. */
struct interval metrics_quantile(const struct histogram *sections, size_t count, double p);

#endif
