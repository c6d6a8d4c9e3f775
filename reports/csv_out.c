#include "reports/csv_out.h"

#include <math.h>
#include <string.h>

#include "reports/coarse.h"
#include "reports/database.h"
#include "reports/words.h"
#include "sim/base/json_out.h"
#include "sim/base/memory.h"

/* A line that is being written. */
struct line {
	struct textbuf *out;
	bool later; /* not the first field */
};

static void separate(struct line *l)
{
	if (l->later)
		textbuf_add_char(l->out, ',');
	l->later = true;
}

static void field_text(struct line *l, const char *text)
{
	separate(l);
	size_t n = strlen(text);
	bool quote = strpbrk(text, ",\"\r\n") != NULL || (n > 0 && (text[0] == ' ' || text[n - 1] == ' '));
	if (!quote) {
		textbuf_add(l->out, text);
		return;
	}
	textbuf_add_char(l->out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"')
			textbuf_add_char(l->out, '"');
		textbuf_add_char(l->out, *c);
	}
	textbuf_add_char(l->out, '"');
}

static void field_number(struct line *l, double value)
{
	char text[JSON_OUT_NUMBER] = "";
	if (isfinite(value))
		json_out_number(text, value);
	separate(l);
	textbuf_add(l->out, text);
}

static void field_interval(struct line *l, const struct interval *value)
{
	field_number(l, value ? value->mean : NAN);
	field_number(l, value ? value->low : NAN);
	field_number(l, value ? value->high : NAN);
}

static void header(struct line *l, const char *const *names)
{
	for (; *names != NULL; names++)
		field_text(l, *names);
}

static void end_line(struct line *l)
{
	textbuf_add_char(l->out, '\n');
	l->later = false;
}

/* --- one row an entity, three columns a number -------------------------------------------------------------------------------- */

/* The numbers that any entity of the scope has, each once, as first recorded. The caller frees the array. */
static const struct report_metric **numbers_of(const struct report *r, enum record_scope scope, size_t *count)
{
	const struct report_metric **numbers = NULL;
	size_t capacity = 0;
	*count = 0;
	for (size_t i = 0; i < r->metrics.count; i++) {
		const struct report_metric *m = &r->metrics.items[i];
		bool known = m->scope != scope;
		for (size_t k = 0; k < *count && !known; k++)
			known = strcmp(numbers[k]->metric, m->metric) == 0 && strcmp(numbers[k]->statistic, m->statistic) == 0;
		if (known)
			continue;
		MEMORY_ROOM(numbers, *count, capacity);
		numbers[(*count)++] = m;
	}
	return numbers;
}

static void number_heads(struct line *l, const struct report_metric *const *numbers, size_t count)
{
	static const char *const ends[] = {"", ".low", ".high"};
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < 3; k++) {
			char *name = memory_format("%s%s%s%s", numbers[i]->metric, numbers[i]->statistic[0] ? "." : "",
			                           numbers[i]->statistic, ends[k]);
			field_text(l, name);
			memory_free(name);
		}
}

static void numbers_row(struct line *l, const struct report *r, enum record_scope scope, const char *entity,
                        const struct report_metric *const *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		field_interval(l, report_metric(r, scope, entity, numbers[i]->metric, numbers[i]->statistic));
	end_line(l);
}

static void write_functions(const struct report *r, struct textbuf *out)
{
	static const char *const heads[] = {"function", "runtime", "architecture", "memory_mb", "timeout_s", "reserved", NULL};
	struct line l = {.out = out};
	size_t count;
	const struct report_metric **numbers = numbers_of(r, RECORD_FUNCTION, &count);
	header(&l, heads);
	number_heads(&l, numbers, count);
	end_line(&l);
	for (size_t i = 0; i < r->functions.count; i++) {
		const struct report_function *f = &r->functions.items[i];
		field_text(&l, f->name);
		field_text(&l, f->runtime ? f->runtime : "");
		field_text(&l, f->architecture);
		field_number(&l, (double)f->memory_mb);
		field_number(&l, (double)f->timeout_s);
		field_number(&l, f->reserved == FUNCTION_UNRESERVED ? NAN : (double)f->reserved);
		numbers_row(&l, r, RECORD_FUNCTION, f->name, numbers, count);
	}
	memory_free(numbers);
}

static void write_sources(const struct report *r, struct textbuf *out)
{
	static const char *const heads[] = {"source", "kind", "function", "arrivals", "rate_per_s", NULL};
	struct line l = {.out = out};
	size_t count;
	const struct report_metric **numbers = numbers_of(r, RECORD_SOURCE, &count);
	header(&l, heads);
	number_heads(&l, numbers, count);
	end_line(&l);
	for (size_t i = 0; i < r->sources.count; i++) {
		const struct report_source *s = &r->sources.items[i];
		field_text(&l, s->name);
		field_text(&l, s->kind);
		field_text(&l, s->function < 0 ? "" : r->functions.items[s->function].name);
		field_text(&l, s->arrivals);
		field_number(&l, s->rate_per_s);
		numbers_row(&l, r, RECORD_SOURCE, s->name, numbers, count);
	}
	memory_free(numbers);
}

/* Queues, streams and the like; nothing but the head where there is none. */
static void write_stations(const struct report *r, struct textbuf *out, enum record_scope scope)
{
	const char *const heads[] = {words_scope(scope), "about", NULL};
	struct line l = {.out = out};
	size_t count, entities;
	const struct report_metric **numbers = numbers_of(r, scope, &count);
	const char **names = report_entities(r, scope, &entities);
	header(&l, heads);
	number_heads(&l, numbers, count);
	end_line(&l);
	for (size_t i = 0; i < entities; i++) {
		const struct report_resource *about = report_resource(r, scope, names[i]);
		field_text(&l, names[i]);
		field_text(&l, about ? about->about : "");
		numbers_row(&l, r, scope, names[i], numbers, count);
	}
	memory_free(names);
	memory_free(numbers);
}

#define STATIONS(name, scope)                                         \
	static void name(const struct report *r, struct textbuf *out) \
	{                                                             \
		write_stations(r, out, scope);                        \
	}
STATIONS(write_queues, RECORD_QUEUE)
STATIONS(write_topics, RECORD_TOPIC)
STATIONS(write_buses, RECORD_BUS)
STATIONS(write_buckets, RECORD_BUCKET)
STATIONS(write_streams, RECORD_STREAM)
STATIONS(write_mappings, RECORD_MAPPING)

/* --- one row a value ----------------------------------------------------------------------------------------------------------- */

static void write_series(const struct report *r, struct textbuf *out)
{
	static const char *const heads[] = {"scope", "entity", "metric", "begin_s", "period_s", "value", NULL};
	struct line l = {.out = out};
	header(&l, heads);
	end_line(&l);
	for (size_t i = 0; i < r->series.count; i++) {
		const struct report_series *s = &r->series.items[i];
		for (size_t k = 0; k < s->count; k++) {
			field_text(&l, words_scope(s->scope));
			field_text(&l, s->entity);
			field_text(&l, s->metric);
			field_number(&l, (double)k * simtime_s(s->period));
			field_number(&l, simtime_s(s->period));
			field_number(&l, s->values[k]);
			end_line(&l);
		}
	}
}

struct bucket_lines {
	struct line line;
	const struct report_histogram *of;
};

static void write_bucket(void *ctx, const struct coarse_bucket *b)
{
	struct bucket_lines *lines = ctx;
	struct line *l = &lines->line;
	field_text(l, words_scope(lines->of->scope));
	field_text(l, lines->of->entity);
	field_text(l, lines->of->metric);
	field_number(l, (double)b->low / 1e6);
	field_number(l, (double)b->high / 1e6);
	field_number(l, (double)b->count);
	field_number(l, (double)b->cumulative / (double)lines->of->histogram.count);
	end_line(l);
}

static void write_latency(const struct report *r, struct textbuf *out)
{
	static const char *const heads[] = {"scope", "entity", "metric", "low_ms", "high_ms", "count", "cumulative_share", NULL};
	struct bucket_lines lines = {.line = {.out = out}};
	header(&lines.line, heads);
	end_line(&lines.line);
	for (size_t i = 0; i < r->histograms.count; i++) {
		lines.of = &r->histograms.items[i];
		coarse_each(&lines.of->histogram, DATABASE_BUCKETS, write_bucket, &lines);
	}
}

static void write_cost(const struct report *r, struct textbuf *out)
{
	static const char *const heads[] = {"bill", "service", "resource", "item",     "quantity",
	                                    "unit", "usd",     "usd.low",  "usd.high", NULL};
	struct line l = {.out = out};
	header(&l, heads);
	end_line(&l);
	for (size_t i = 0; i < r->costs.count; i++) {
		const struct report_cost *c = &r->costs.items[i];
		field_text(&l, c->month ? "month" : "run");
		field_text(&l, c->service);
		field_text(&l, c->resource);
		field_text(&l, c->item);
		field_number(&l, c->quantity);
		field_text(&l, c->unit);
		field_interval(&l, &c->usd);
		end_line(&l);
	}
}

const struct csv_table csv_tables[] = {
	{"functions.csv", write_functions, RECORD_SCOPES},
	{"sources.csv", write_sources, RECORD_SCOPES},
	{"queues.csv", write_queues, RECORD_QUEUE},
	{"topics.csv", write_topics, RECORD_TOPIC},
	{"buses.csv", write_buses, RECORD_BUS},
	{"buckets.csv", write_buckets, RECORD_BUCKET},
	{"streams.csv", write_streams, RECORD_STREAM},
	{"mappings.csv", write_mappings, RECORD_MAPPING},
	{"series.csv", write_series, RECORD_SCOPES},
	{"latency.csv", write_latency, RECORD_SCOPES},
	{"cost.csv", write_cost, RECORD_SCOPES},
	{NULL, NULL, RECORD_SCOPES},
};
