/* record: how results leave the simulation. Studies (scenarios/study) hand finished rows to a sink; reports/store keeps them in SQLite;
 * every other output is made from there.
 *
 * Rows are generic on purpose: a new metric is a new row, not a new field. Entities and metrics are named as CloudWatch names
 * them where it does. A value is an interval: the point, and the ends of the 95 % interval or NaN where there is none; `exact` says
 * that it is not an estimate (a price, a limit). All pointers are borrowed for the call. */
#ifndef MODELS_RECORD_H
#define MODELS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/scenario.h"
#include "sim/base/error.h"
#include "sim/histogram.h"
#include "sim/interval.h"

enum record_scope {
	RECORD_RUN,
	RECORD_ACCOUNT,
	RECORD_FUNCTION,
	RECORD_SOURCE,
	RECORD_QUEUE,
	RECORD_TOPIC,
	RECORD_BUS,
	RECORD_BUCKET,
	RECORD_STREAM,
	RECORD_MAPPING, /* event source mappings */
	RECORD_OUTSIDE, /* what the template does not hold */
	RECORD_SCOPES
};

/* What the whole study was. */
struct record_study {
	const struct scenario *scenario;
	uint64_t replications;
	bool precision_reached;   /* false only for auto that ended at the cap */
	double worst_precision;   /* relative half-width of the widest watched metric; NaN when nothing was watched */
	const char *worst_metric; /* "Hello Latency mean" */
	simtime warm_up;          /* what was cut */
	double simulated_s;       /* of one replication, after the warm-up */
	uint64_t events;          /* processed in all replications */
};

/* One number: summary.json's functions.Hello.Latency_ms.p99 is scope FUNCTION, entity "Hello", metric "Latency_ms", statistic "p99".
 * Metrics without statistics ("Invocations") have statistic "". */
struct record_metric {
	enum record_scope scope;
	const char *entity; /* "" for the run and the account */
	const char *metric;
	const char *statistic;
	struct interval value; /* the point is NaN where there were no samples */
	bool exact;
};

/* A series over the run, averaged over replications, in equal periods from the start (warm-up included). */
struct record_series {
	enum record_scope scope;
	const char *entity;
	const char *
		metric; /* "Invocations" and the like: count in the period; "ConcurrentExecutions": the period's maximum, as CloudWatch; "ConcurrentExecutions.mean" */
	simtime period;
	const double *values;
	size_t count;
};

/* A distribution pooled over replications, in nanoseconds. */
struct record_histogram {
	enum record_scope scope;
	const char *entity;
	const char *metric; /* "Latency", "Latency.cold", "Latency.warm", "Duration", "Init" */
	const struct histogram *histogram;
};

/* One line of a bill. `month` lines are a month of 730 h after tiers and free tier; the others one replication at list price. */
struct record_cost {
	bool month;
	const char *service;  /* "AWS Lambda" */
	const char *resource; /* function's logical ID; "" for what belongs to none (the free tier) */
	const char *item;     /* "Requests", "Duration (x86_64)", "Free tier" */
	double quantity;
	const char *unit; /* "request", "GB-second" */
	struct interval usd;
};

enum objective_verdict { OBJECTIVE_MISSED, OBJECTIVE_MET, OBJECTIVE_UNDECIDED };

struct record_objective {
	const struct objective_spec *objective;
	enum objective_verdict verdict;
	struct interval value; /* in the objective's unit */
};

/* Something the reader of a report must know: "no free tier", "IdleReclaim fixed 6m (default)", "profile: python 3.11 for python3.12". */
struct record_note {
	enum severity severity; /* SEVERITY_WARNING or SEVERITY_NOTE */
	const char *topic;      /* "assumption", "cost", "profile", "precision" */
	const char *text;
};

/* A sink. Each call returns 0, or -1 with `e` filled; after a failure no more calls come but `fini`. Calls come from one thread, in the
 * order begin, then any of the middle ones, then end. fini without end means: leave nothing behind. */
struct sink;
struct sink_ops {
	int (*begin)(struct sink *s, const struct record_study *study, struct error *e);
	int (*metric)(struct sink *s, const struct record_metric *m, struct error *e);
	int (*series)(struct sink *s, const struct record_series *r, struct error *e);
	int (*histogram)(struct sink *s, const struct record_histogram *h, struct error *e);
	int (*cost)(struct sink *s, const struct record_cost *c, struct error *e);
	int (*objective)(struct sink *s, const struct record_objective *o, struct error *e);
	int (*note)(struct sink *s, const struct record_note *n, struct error *e);
	int (*end)(struct sink *s, struct error *e);
	void (*fini)(struct sink *s);
};
struct sink {
	const struct sink_ops *ops; /* first member of the implementation */
};

#endif
