/* query: a results database in memory, and the questions that reports ask of it.
 *
 * Everything belongs to the report's arena and is immutable once loaded. Texts are never NULL unless said so. Rows stand in
 * the order in which they were recorded. */
#ifndef REPORTS_QUERY_H
#define REPORTS_QUERY_H

#include <stdint.h>

#include "models/record.h"
#include "reports/human.h"
#include "reports/report.h"
#include "sim/arena.h"

struct report_study {
	const char *weir_version, *name, *file, *text, *region, *seed;
	int64_t replications, replications_asked; /* 0: as many as the precision needs */
	simtime duration, warm_up;
	bool warm_up_auto;
	double simulated_s, precision_asked;
	bool precision_reached;
	double worst_precision;   /* NaN when nothing was watched */
	const char *worst_metric; /* may be NULL */
	int64_t events, account_concurrency, account_used_by_others;
	bool scaling_unlimited, request_unlimited;
};

struct report_function {
	const char *name, *function_name;
	const char *runtime, *handler; /* may be NULL */
	const char *architecture;
	int64_t memory_mb, timeout_s, ephemeral_mb, reserved; /* FUNCTION_UNRESERVED */
	const char *model, *reclaim, *reuse;
};

struct report_source {
	const char *name, *kind;
	int64_t function;  /* index into functions; -1: it sends to a resource */
	const char *route; /* may be NULL */
	const char *arrivals;
	double rate_per_s, gap_cv, pattern_period_s; /* NaN where there is none */
	double growth_per_month;
	const char *client_preset; /* may be NULL */
	simtime client_timeout;    /* SIMTIME_NEVER */
	int64_t client_max_attempts;
	const char *client_retries_on;
	simtime wait_limit; /* SIMTIME_NEVER */
};

/* A queue, topic, bus, bucket or stream. */
struct report_resource {
	enum record_scope scope;
	const char *name, *about;
	simtime retention; /* 0 where there is none */
};

struct report_metric {
	enum record_scope scope;
	const char *entity, *metric, *statistic;
	struct interval value;
	bool exact;
};

struct report_series {
	enum record_scope scope;
	const char *entity, *metric;
	simtime period;
	double *values; /* NaN where nothing was measured */
	size_t count;
};

struct report_histogram {
	enum record_scope scope;
	const char *entity, *metric;
	struct histogram histogram;
};

struct report_cost {
	bool month;
	const char *service, *resource, *item;
	double quantity;
	const char *unit;
	struct interval usd;
};

struct report_objective {
	const char *text, *entity, *metric, *statistic, *comparator;
	bool percent;
	double threshold;
	enum objective_verdict verdict;
	struct interval value;
};

struct report_note {
	enum severity severity;
	const char *topic, *text;
};

/* An array in the arena. */
#define REPORT_ROWS(type)               \
	struct {                        \
		struct type *items;     \
		size_t count, capacity; \
	}

struct report {
	struct arena arena;
	struct report_study study;
	REPORT_ROWS(report_function) functions;
	REPORT_ROWS(report_source) sources;
	REPORT_ROWS(report_resource) resources;
	REPORT_ROWS(report_metric) metrics;
	REPORT_ROWS(report_series) series;
	REPORT_ROWS(report_histogram) histograms;
	REPORT_ROWS(report_cost) costs;
	REPORT_ROWS(report_objective) objectives;
	REPORT_ROWS(report_note) notes;
	const struct report_metric **by_entity; /* all metrics by scope, entity, then as recorded */
};

/* The metrics of one entity, as recorded; an empty range when it has none. */
struct report_range {
	const struct report_metric *const *items;
	size_t count;
};
struct report_range report_entity(const struct report *r, enum record_scope scope, const char *entity);

/* One number; NULL when it was not recorded. */
const struct interval *report_metric(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                                     const char *statistic);

/* The point of one number; NaN when it is missing. */
double report_point(const struct report *r, enum record_scope scope, const char *entity, const char *metric, const char *statistic);

/* NULL for what the scenario does not hold (what is outside). */
const struct report_resource *report_resource(const struct report *r, enum record_scope scope, const char *name);

/* NULL when it was not recorded. */
const struct report_series *report_series(const struct report *r, enum record_scope scope, const char *entity, const char *metric);
const struct histogram *report_histogram(const struct report *r, enum record_scope scope, const char *entity, const char *metric);

/* The names of a scope's entities in the order of the scenario, each once; those that only have metrics follow. Into the caller's
 * array of pointers, which it frees with memory_free. */
const char **report_entities(const struct report *r, enum record_scope scope, size_t *count);

/* Whether there is a bill of this kind. */
bool report_has_bill(const struct report *r, bool month);

/* What a bill comes to: the recorded total (run metric "Cost_usd", "month" or "run") or else the sum of its lines, whose ends are the
 * sums of the lines' ends: never too narrow, however the lines depend on each other. */
struct interval report_bill(const struct report *r, bool month);

/* Money that the month's lines ask for, without what takes it back (free tier): the whole of which a line is a share. */
double report_bill_gross(const struct report *r);

#endif
