/* objective: what the user wants to hold: "Hello Latency p99 < 300ms". */
#ifndef MODELS_SPEC_OBJECTIVE_H
#define MODELS_SPEC_OBJECTIVE_H

#include <stdbool.h>

#include "sim/base/diagnostic.h"

enum comparator { COMPARATOR_BELOW, COMPARATOR_AT_MOST, COMPARATOR_ABOVE, COMPARATOR_AT_LEAST };

struct objective_spec {
	const char *text; /* as written */
	struct position at;
	const char *entity;    /* a function, a source or "account" */
	const char *metric;    /* as in summary.json without unit: "Latency", "Throttles", "cost" */
	const char *statistic; /* "mean", "p99", "max"; "mean" where none was written */
	bool percent;          /* Throttles and Errors as a share: Throttles/(Throttles+Invocations), Errors/Invocations */
	enum comparator comparator;
	double threshold; /* times in milliseconds, shares 0..1, money in USD a month */
};

#endif
