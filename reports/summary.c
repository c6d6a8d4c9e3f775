/* summary.json. The nesting is made from the rows, so that a new metric needs nothing here: a function's row (Latency_ms, p99) becomes
 * functions.NAME.Latency_ms.p99, a row without a statistic is the metric itself. Rows keep the order in which they were recorded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/query.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"

enum { SUMMARY_INDENT = 2 };

static void write_interval(struct json_out *j, const struct interval *value)
{
	json_out_object(j);
	json_out_key(j, "mean");
	json_out_double(j, value->mean);
	json_out_key(j, "low");
	json_out_double(j, value->low);
	json_out_key(j, "high");
	json_out_double(j, value->high);
	json_out_end_object(j);
}

static void write_named(struct json_out *j, const char *key, struct interval value)
{
	json_out_key(j, key);
	write_interval(j, &value);
}

static void write_double(struct json_out *j, const char *key, double value)
{
	json_out_key(j, key);
	json_out_double(j, value);
}

static void write_string(struct json_out *j, const char *key, const char *value)
{
	json_out_key(j, key);
	json_out_string(j, value);
}

/* Position of the first row of the range with this row's metric. */
static size_t first_of(const struct report_range *range, size_t row)
{
	size_t i = 0;
	while (strcmp(range->items[i]->metric, range->items[row]->metric) != 0)
		i++;
	return i;
}

/* One metric, whose first row is `row`. A number beside statistics of the same name would be lost; it is called "value". */
static void write_metric(struct json_out *j, const struct report_range *range, size_t row)
{
	const struct report_metric *first = range->items[row];
	size_t rows = 0;
	for (size_t i = row; i < range->count; i++)
		rows += strcmp(range->items[i]->metric, first->metric) == 0;
	json_out_key(j, first->metric);
	if (rows == 1 && first->statistic[0] == '\0') {
		write_interval(j, &first->value);
		return;
	}
	json_out_object(j);
	for (size_t i = row; i < range->count; i++)
		if (strcmp(range->items[i]->metric, first->metric) == 0)
			write_named(j, range->items[i]->statistic[0] ? range->items[i]->statistic : "value",
			            range->items[i]->value);
	json_out_end_object(j);
}

/* The bills' totals are printed with the bills. */
static bool is_total(const struct report_metric *m)
{
	return m->scope == RECORD_RUN && strcmp(m->metric, "Cost_usd") == 0;
}

static void write_entity(struct json_out *j, const struct report *r, enum record_scope scope, const char *entity)
{
	struct report_range range = report_entity(r, scope, entity);
	json_out_object(j);
	for (size_t i = 0; i < range.count; i++)
		if (first_of(&range, i) == i && !is_total(range.items[i]))
			write_metric(j, &range, i);
	json_out_end_object(j);
}

static void write_entities(struct json_out *j, const struct report *r, enum record_scope scope)
{
	size_t count;
	const char **names = report_entities(r, scope, &count);
	json_out_object(j);
	for (size_t i = 0; i < count; i++) {
		json_out_key(j, names[i]);
		write_entity(j, r, scope, names[i]);
	}
	json_out_end_object(j);
	memory_free(names);
}

/* What lies between functions; a kind of which there is none is left out. */
static void write_stations(struct json_out *j, const struct report *r)
{
	static const struct {
		enum record_scope scope;
		const char *key;
	} kinds[] = {{RECORD_QUEUE, "queues"},   {RECORD_TOPIC, "topics"},   {RECORD_BUS, "buses"},
	             {RECORD_BUCKET, "buckets"}, {RECORD_STREAM, "streams"}, {RECORD_MAPPING, "mappings"},
	             {RECORD_OUTSIDE, "outside"}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t count;
		memory_free(report_entities(r, kinds[i].scope, &count));
		if (count == 0)
			continue;
		json_out_key(j, kinds[i].key);
		write_entities(j, r, kinds[i].scope);
	}
}

/* The account and the run have no name of their own; nothing is written when nothing was recorded. */
static void write_nameless(struct json_out *j, const struct report *r, enum record_scope scope, const char *key)
{
	struct report_range range = report_entity(r, scope, "");
	size_t rows = 0;
	for (size_t i = 0; i < range.count; i++)
		rows += !is_total(range.items[i]);
	if (rows == 0)
		return;
	json_out_key(j, key);
	write_entity(j, r, scope, "");
}

/* --- money ------------------------------------------------------------------------------------------------------------------- */

static void write_cost_items(struct json_out *j, const struct report *r, bool month)
{
	json_out_key(j, "items");
	json_out_array(j);
	for (size_t i = 0; i < r->costs.count; i++) {
		const struct report_cost *c = &r->costs.items[i];
		if (c->month != month)
			continue;
		json_out_object(j);
		write_string(j, "service", c->service);
		write_string(j, "resource", c->resource);
		write_string(j, "item", c->item);
		write_double(j, "quantity", c->quantity);
		write_string(j, "unit", c->unit);
		write_double(j, "usd", c->usd.mean);
		write_named(j, "interval", c->usd);
		json_out_end_object(j);
	}
	json_out_end_array(j);
}

static void write_bill(struct json_out *j, const struct report *r, bool month)
{
	json_out_key(j, month ? "cost" : "cost_run");
	if (!report_has_bill(r, month)) {
		json_out_null(j);
		return;
	}
	json_out_object(j);
	write_string(j, "currency", "USD");
	write_named(j, "total", report_bill(r, month));
	write_cost_items(j, r, month);
	json_out_end_object(j);
}

/* --- the rest ---------------------------------------------------------------------------------------------------------------- */

static void write_objectives(struct json_out *j, const struct report *r)
{
	json_out_key(j, "objectives");
	json_out_array(j);
	for (size_t i = 0; i < r->objectives.count; i++) {
		const struct report_objective *o = &r->objectives.items[i];
		json_out_object(j);
		write_string(j, "text", o->text);
		json_out_key(j, "met");
		if (o->verdict == OBJECTIVE_UNDECIDED)
			json_out_string(j, "undecided");
		else
			json_out_bool(j, o->verdict == OBJECTIVE_MET);
		write_named(j, "value", o->value);
		json_out_end_object(j);
	}
	json_out_end_array(j);
}

static void write_precision(struct json_out *j, const struct report_study *s)
{
	json_out_key(j, "precision");
	json_out_object(j);
	write_double(j, "asked", s->precision_asked);
	json_out_key(j, "reached");
	json_out_bool(j, s->precision_reached);
	write_double(j, "worst", s->worst_precision);
	write_string(j, "worst_metric", s->worst_metric);
	json_out_end_object(j);
}

static void write_notes(struct json_out *j, const struct report *r)
{
	json_out_key(j, "notes");
	json_out_array(j);
	for (size_t i = 0; i < r->notes.count; i++) {
		json_out_object(j);
		write_string(j, "severity", severity_name(r->notes.items[i].severity));
		write_string(j, "topic", r->notes.items[i].topic);
		write_string(j, "text", r->notes.items[i].text);
		json_out_end_object(j);
	}
	json_out_end_array(j);
}

static void write_head(struct json_out *j, const struct report_study *s)
{
	write_string(j, "weir", s->weir_version);
	json_out_key(j, "seed");
	json_out_uint(j, strtoull(s->seed, NULL, 10));
	json_out_key(j, "replications");
	json_out_int(j, s->replications);
	write_double(j, "simulated_s", s->simulated_s);
}

void report_summary(const struct report *r, struct textbuf *out)
{
	struct json_out j;
	json_out_init(&j, out, SUMMARY_INDENT);
	json_out_object(&j);
	write_head(&j, &r->study);
	json_out_key(&j, "functions");
	write_entities(&j, r, RECORD_FUNCTION);
	json_out_key(&j, "sources");
	write_entities(&j, r, RECORD_SOURCE);
	write_stations(&j, r);
	write_nameless(&j, r, RECORD_ACCOUNT, "account");
	write_nameless(&j, r, RECORD_RUN, "run");
	write_bill(&j, r, true);
	write_bill(&j, r, false);
	write_objectives(&j, r);
	write_double(&j, "warm_up_s", simtime_s(r->study.warm_up));
	write_precision(&j, &r->study);
	json_out_key(&j, "events");
	json_out_int(&j, r->study.events);
	write_notes(&j, r);
	json_out_end_object(&j);
	textbuf_add_char(out, '\n');
}
