#include "reports/figure.h"

#include <math.h>
#include <string.h>

void figure_step(struct textbuf *out, const char *name)
{
	textbuf_add_char(out, '/');
	for (const char *c = name; *c != '\0'; c++) {
		if (*c == '~')
			textbuf_add(out, "~0");
		else if (*c == '/')
			textbuf_add(out, "~1");
		else
			textbuf_add_char(out, *c);
	}
}

void figure_path(struct textbuf *out, enum record_scope scope, const char *entity, const char *metric, const char *statistic,
                 const char *end)
{
	static const char *const scopes[RECORD_SCOPES] =
		{[RECORD_RUN] = "run",          [RECORD_ACCOUNT] = "account", [RECORD_FUNCTION] = "functions",
	         [RECORD_SOURCE] = "sources",   [RECORD_QUEUE] = "queues",    [RECORD_TOPIC] = "topics",
	         [RECORD_BUS] = "buses",        [RECORD_BUCKET] = "buckets",  [RECORD_STREAM] = "streams",
	         [RECORD_MAPPING] = "mappings", [RECORD_OUTSIDE] = "outside"};
	figure_step(out, scopes[scope]);
	if (scope != RECORD_RUN && scope != RECORD_ACCOUNT)
		figure_step(out, entity);
	figure_step(out, metric);
	if (statistic[0] != '\0')
		figure_step(out, statistic);
	if (end != NULL)
		figure_step(out, end);
}

struct figure figure_metric(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                            const char *statistic, const char *end)
{
	struct figure f = {.unit = human_unit_of(metric), .value = NAN};
	const struct interval *value = report_metric(r, scope, entity, metric, statistic);
	if (value == NULL)
		return f;
	f.value = strcmp(end, "low") == 0 ? value->low : strcmp(end, "high") == 0 ? value->high : value->mean;
	figure_path(&f.path, scope, entity, metric, statistic, end);
	return f;
}

struct figure figure_at(const char *path, enum human_unit unit, double value)
{
	struct figure f = {.unit = unit, .value = value};
	textbuf_add(&f.path, path);
	return f;
}

void figure_fini(struct figure *f)
{
	textbuf_fini(&f->path);
}
