/* figure: a number of summary.json with its place there, so that whoever shows it can also say where it stands. */
#ifndef REPORTS_FIGURE_H
#define REPORTS_FIGURE_H

#include "reports/query.h"

/* The place of a number in summary.json as a JSON Pointer (RFC 6901), "/functions/Hello/Latency_ms/p99/mean". `end` is "mean", "low" or
 * "high", or NULL for the place of all three. Added to `out`. */
void figure_path(struct textbuf *out, enum record_scope scope, const char *entity, const char *metric, const char *statistic,
                 const char *end);

/* One step of a pointer, with '/' in front and escaped. */
void figure_step(struct textbuf *out, const char *name);

/* A number that is shown. The path is owned: figure_fini. `{0}` is an empty figure. */
struct figure {
	enum human_unit unit;
	double value;        /* NaN where there is none */
	struct textbuf path; /* a JSON Pointer; empty for what stands nowhere in the summary */
};

struct figure figure_metric(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                            const char *statistic, const char *end);

/* A number anywhere in the summary. The path is copied. */
struct figure figure_at(const char *path, enum human_unit unit, double value);

void figure_fini(struct figure *f);

#endif
