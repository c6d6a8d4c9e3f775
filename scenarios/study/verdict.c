/* verdict: see verdict.h. */
#include "scenarios/study/verdict.h"

#include <string.h>

/* Percent objectives are about shares. */
static const struct {
	const char *metric, *share;
} shares[] = {{"Throttles", "ThrottleShare"}, {"Errors", "ErrorShare"}, {"ColdStarts", "ColdStartShare"}};

static const struct record_metric *row_of_cost(const struct metric_rows *rows, const struct objective_spec *o)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct record_metric *x = &rows->items[i];
		bool whole = x->scope == RECORD_RUN &&
		             (o->entity[0] == '\0' || strcmp(o->entity, "account") == 0 || strcmp(o->entity, "cost") == 0);
		bool of_function = x->scope == RECORD_FUNCTION && strcmp(x->entity, o->entity) == 0;
		if ((whole || of_function) && strcmp(x->metric, "Cost_usd") == 0 && strcmp(x->statistic, "month") == 0)
			return x;
	}
	return NULL;
}

/* How events ended, at a queue and the like or in a function's asynchronous queue. */
static const struct {
	const char *metric, *statistic;
} ends[] = {{"Delivered", "delivered"}, {"Filtered", "filtered"}, {"DeadLettered", "dead-lettered"},
            {"Dropped", "dropped"},     {"Expired", "expired"},   {"InFlight", "in flight"}};

static const struct record_metric *row_of_end(const struct metric_rows *rows, const struct objective_spec *o, const char *end)
{
	const struct record_metric *x = metrics_find(rows, o->entity, o->percent ? "EndedShare" : "Ended", end);
	return x ? x : metrics_find(rows, o->entity, o->percent ? "AsyncEventsEndedShare" : "AsyncEventsEnded", end);
}

const struct record_metric *verdict_row(const struct metric_rows *rows, const struct objective_spec *o)
{
	char in_ms[64];
	if (strcmp(o->metric, "cost") == 0 || strcmp(o->metric, "Cost") == 0)
		return row_of_cost(rows, o);
	for (size_t i = 0; o->percent && i < sizeof shares / sizeof *shares; i++)
		if (strcmp(o->metric, shares[i].metric) == 0)
			return metrics_find(rows, o->entity, shares[i].share, "");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strcmp(o->metric, ends[i].metric) == 0)
			return row_of_end(rows, o, ends[i].statistic);
	size_t length = strlen(o->metric);
	if (length + sizeof "_ms" > sizeof in_ms)
		return NULL;
	memcpy(in_ms, o->metric, length);
	memcpy(in_ms + length, "_ms", sizeof "_ms");
	const struct record_metric *x = metrics_find(rows, o->entity, in_ms, o->statistic);
	if (!x)
		x = metrics_find(rows, o->entity, o->metric, o->statistic);
	return x ? x : metrics_find(rows, o->entity, o->metric, "");
}

static bool holds(enum comparator c, double value, double threshold)
{
	switch (c) {
	case COMPARATOR_BELOW: return value < threshold;
	case COMPARATOR_AT_MOST: return value <= threshold;
	case COMPARATOR_ABOVE: return value > threshold;
	case COMPARATOR_AT_LEAST: return value >= threshold;
	}
	return false;
}

enum objective_verdict verdict_of(const struct objective_spec *o, const struct interval *value)
{
	if (!interval_known(value))
		return OBJECTIVE_UNDECIDED;
	if (!interval_bounded(value))
		return holds(o->comparator, value->mean, o->threshold) ? OBJECTIVE_MET : OBJECTIVE_MISSED;
	bool low = holds(o->comparator, value->low, o->threshold), high = holds(o->comparator, value->high, o->threshold);
	if (low != high)
		return OBJECTIVE_UNDECIDED;
	return low ? OBJECTIVE_MET : OBJECTIVE_MISSED;
}
