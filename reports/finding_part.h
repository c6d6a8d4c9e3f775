/* finding_part: what the files of findings share. */
#ifndef REPORTS_FINDING_PART_H
#define REPORTS_FINDING_PART_H

#include "reports/finding.h"

struct findings {
	const struct report *r;
	const struct finding_sink *sink;
	struct prose *p;
	size_t count;
};

/* A sentence begins, and ends; `stop_named` where it is about one function, source or station, the only name in it. */
void finding__say(struct findings *f, enum finding_rank rank);
void finding__stop_named(struct findings *f);

/* The point of a metric as a figure that knows its place in summary.json. */
struct figure finding__mean(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                            const char *statistic);

/* "Lambda refuses 32 % of the attempts to invoke F: ...": by which limits, and how often by each. */
void finding__throttles(struct findings *f, const struct report_function *fn);

/* Sources whose requests fail, and why. */
void finding__failures(struct findings *f);

/* Queues, streams, topics, buses, buckets and asynchronous events: what is lost or runs away, and what only should be known. */
void finding__stations_bad(struct findings *f);
void finding__stations_watched(struct findings *f);

#endif
