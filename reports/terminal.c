/* The summary for people. Each table is laid out first, cell by cell, then printed in columns as wide as their widest cell. A second line
 * under each row holds the half-widths of the intervals, so that the numbers themselves stay readable. */
#include <math.h>
#include <string.h>

#include "reports/finding.h"
#include "reports/query.h"
#include "reports/stationtable.h"
#include "reports/width.h"
#include "sim/base/memory.h"

enum { TERMINAL_WIDTH = 100, TERMINAL_LEAST = 60, TERMINAL_COLUMNS = 9, TERMINAL_NAME_LEAST = 8, TERMINAL_GAP = 2 };

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

struct screen {
	const struct report *r;
	struct textbuf *out;
	int width;
	bool colour;
};

static const char *style(const struct screen *s, const char *code)
{
	return s->colour ? code : "";
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

struct cell {
	struct textbuf value, under; /* `under` is the half-width, or what explains a name */
};

/* Rows of cells; the first column stands left, the others right. Columns may be dropped, the last first, until it fits. */
struct table {
	const char *const *heads;
	size_t columns, rows, capacity;
	struct cell *cells; /* rows x columns */
};

static struct cell *table_row(struct table *t)
{
	if (t->rows == t->capacity) {
		size_t capacity = t->capacity ? 2 * t->capacity : 8;
		t->cells = memory_grow(t->cells, capacity * t->columns, sizeof *t->cells);
		t->capacity = capacity;
	}
	struct cell *row = t->cells + t->rows++ * t->columns;
	memset(row, 0, t->columns * sizeof *row);
	return row;
}

static void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->rows * t->columns; i++) {
		textbuf_fini(&t->cells[i].value);
		textbuf_fini(&t->cells[i].under);
	}
	memory_free(t->cells);
}

static int widest(const struct table *t, size_t column)
{
	int most = width_of(t->heads[column]);
	for (size_t i = 0; i < t->rows; i++) {
		const struct cell *c = &t->cells[i * t->columns + column];
		int value = width_of(textbuf_text(&c->value)), under = width_of(textbuf_text(&c->under));
		most = value > most ? value : most;
		most = under > most ? under : most;
	}
	return most;
}

static void pad(struct textbuf *out, int columns)
{
	for (int i = 0; i < columns; i++)
		textbuf_add_char(out, ' ');
}

static void print_cell(struct screen *s, const char *text, int columns, bool left, const char *code)
{
	struct textbuf cut = {0};
	int used = width_add(&cut, text, columns);
	if (!left)
		pad(s->out, columns - used);
	textbuf_add(s->out, cut.length ? style(s, code) : "");
	textbuf_add(s->out, textbuf_text(&cut));
	textbuf_add(s->out, cut.length && *code ? style(s, PLAIN) : "");
	if (left)
		pad(s->out, columns - used);
	textbuf_fini(&cut);
}

/* Removes what stands at the end of the last line and cannot be seen. */
static void end_line(struct textbuf *out)
{
	while (out->length > 0 && out->text[out->length - 1] == ' ')
		out->text[--out->length] = '\0';
	textbuf_add_char(out, '\n');
}

/* Decides how wide each column is and returns how many of them fit. */
static size_t fit(const struct screen *s, const struct table *t, int *widths)
{
	size_t shown = t->columns;
	int total = 0;
	for (size_t i = 0; i < t->columns; i++)
		total += (widths[i] = widest(t, i)) + (i ? TERMINAL_GAP : 0);
	while (total > s->width) {
		int spare = widths[0] - TERMINAL_NAME_LEAST;
		if (total - spare <= s->width || shown <= 2) {
			widths[0] -= total - s->width < spare ? total - s->width : spare > 0 ? spare : 0;
			break;
		}
		total -= widths[--shown] + TERMINAL_GAP;
	}
	return shown;
}

static bool has_under(const struct cell *row, size_t columns)
{
	for (size_t i = 0; i < columns; i++)
		if (row[i].under.length > 0)
			return true;
	return false;
}

static void print_line(struct screen *s, const struct cell *cells, size_t shown, const int *widths, bool under)
{
	for (size_t i = 0; i < shown; i++) {
		pad(s->out, i ? TERMINAL_GAP : 0);
		print_cell(s, textbuf_text(under ? &cells[i].under : &cells[i].value), widths[i], i == 0, under ? DIM : "");
	}
	end_line(s->out);
}

static void print_table(struct screen *s, const struct table *t)
{
	int widths[TERMINAL_COLUMNS] = {0};
	size_t shown = fit(s, t, widths);
	for (size_t i = 0; i < shown; i++) {
		pad(s->out, i ? TERMINAL_GAP : 0);
		print_cell(s, t->heads[i], widths[i], i == 0, BOLD);
	}
	end_line(s->out);
	for (size_t row = 0; row < t->rows; row++) {
		const struct cell *cells = t->cells + row * t->columns;
		print_line(s, cells, shown, widths, false);
		if (has_under(cells, shown))
			print_line(s, cells, shown, widths, true);
	}
	textbuf_add_char(s->out, '\n');
}

/* --- cells ------------------------------------------------------------------------------------------------------------------- */

static void put_interval(struct cell *c, enum human_unit unit, const struct interval *value)
{
	if (value == NULL) {
		textbuf_add(&c->value, "–");
		return;
	}
	struct human_scale scale = human_scale_for(unit, value->mean);
	human_value(&c->value, unit, value->mean);
	if (interval_bounded(value) && value->low < value->high) {
		human_half_width(&c->under, &scale, value);
		if (scale.suffix[0] != '\0' && c->under.length > 0)
			textbuf_printf(&c->under, " %s", scale.suffix);
	}
}

static void put_metric(struct cell *c, const struct screen *s, enum record_scope scope, const char *entity, const char *metric,
                       const char *statistic)
{
	put_interval(c, human_unit_of(metric), report_metric(s->r, scope, entity, metric, statistic));
}

/* --- functions and sources --------------------------------------------------------------------------------------------------- */

static void function_row(struct screen *s, struct table *t, const struct report_function *f)
{
	struct cell *row = table_row(t);
	double usd = report_point(s->r, RECORD_FUNCTION, f->name, "Cost_usd", "month"), gross = report_bill_gross(s->r);
	textbuf_add(&row[0].value, f->name);
	textbuf_printf(&row[0].under, "  %lld MB%s", (long long)f->memory_mb,
	               strcmp(f->architecture, "arm64") == 0 ? ", arm64" : "");
	put_metric(&row[1], s, RECORD_FUNCTION, f->name, "Invocations", "");
	put_metric(&row[2], s, RECORD_FUNCTION, f->name, "Latency_ms", "p50");
	put_metric(&row[3], s, RECORD_FUNCTION, f->name, "Latency_ms", "p99");
	put_metric(&row[4], s, RECORD_FUNCTION, f->name, "ColdStartShare", "");
	put_metric(&row[5], s, RECORD_FUNCTION, f->name, "ThrottleShare", "");
	put_metric(&row[6], s, RECORD_FUNCTION, f->name, "ConcurrentExecutions", "max");
	if (f->reserved != FUNCTION_UNRESERVED)
		textbuf_printf(&row[6].value, " of %lld", (long long)f->reserved);
	put_metric(&row[7], s, RECORD_FUNCTION, f->name, "Cost_usd", "month");
	if (gross > 0 && !isnan(usd))
		textbuf_printf(&row[8].value, "%.0f %%", 100 * usd / gross);
}

static void print_functions(struct screen *s)
{
	static const char *const heads[] = {"Function",  "Invocations", "p50",       "p99",  "Cold",
	                                    "Throttled", "Peak",        "USD/month", "Share"};
	struct table t = {.heads = heads, .columns = sizeof heads / sizeof heads[0]};
	for (size_t i = 0; i < s->r->functions.count; i++)
		function_row(s, &t, &s->r->functions.items[i]);
	print_table(s, &t);
	table_fini(&t);
}

/* "503: 1.2 k, timeout: 3, function error: 12"; only what is no success. */
static void put_failures(struct cell *c, const struct screen *s, const char *source)
{
	struct report_range range = report_entity(s->r, RECORD_SOURCE, source);
	for (size_t i = 0; i < range.count; i++) {
		const struct report_metric *m = range.items[i];
		bool status = strcmp(m->metric, "Status") == 0 && finding_status_fails(m->statistic);
		if (!(status || strcmp(m->metric, "FunctionErrors") == 0) || !(m->value.mean > 0))
			continue;
		textbuf_printf(&c->value, "%s%s: ", c->value.length ? ", " : "", status ? m->statistic : "function error");
		human_value(&c->value, HUMAN_COUNT, m->value.mean);
	}
	if (c->value.length == 0)
		textbuf_add(&c->value, "none");
}

static void print_sources(struct screen *s)
{
	static const char *const heads[] = {"Source", "Requests", "Attempts/request", "p50", "p99", "Failed"};
	struct table t = {.heads = heads, .columns = sizeof heads / sizeof heads[0]};
	size_t count;
	const char **names = report_entities(s->r, RECORD_SOURCE, &count);
	for (size_t i = 0; i < count; i++) {
		struct cell *row = table_row(&t);
		textbuf_add(&row[0].value, names[i]);
		put_metric(&row[1], s, RECORD_SOURCE, names[i], "Requests", "");
		put_metric(&row[2], s, RECORD_SOURCE, names[i], "Amplification", "");
		put_metric(&row[3], s, RECORD_SOURCE, names[i], "Latency_ms", "p50");
		put_metric(&row[4], s, RECORD_SOURCE, names[i], "Latency_ms", "p99");
		put_failures(&row[5], s, names[i]);
	}
	if (count > 0)
		print_table(s, &t);
	memory_free(names);
	table_fini(&t);
}

/* --- what lies between functions ---------------------------------------------------------------------------------------------- */

static void print_stations(struct screen *s, const struct station_table *kind)
{
	const char *heads[1 + STATION_COLUMNS_MOST] = {kind->one};
	size_t columns = 1, count;
	while (columns <= STATION_COLUMNS_MOST && kind->columns[columns - 1].head != NULL) {
		heads[columns] = kind->columns[columns - 1].head;
		columns++;
	}
	struct table t = {.heads = heads, .columns = columns};
	const char **names = station_table_rows(s->r, kind, &count);
	for (size_t i = 0; i < count; i++) {
		struct cell *row = table_row(&t);
		textbuf_add(&row[0].value, names[i]);
		for (size_t k = 1; k < columns; k++)
			put_metric(&row[k], s, kind->scope, names[i], kind->columns[k - 1].metric, kind->columns[k - 1].statistic);
	}
	if (count > 0)
		print_table(s, &t);
	memory_free(names);
	table_fini(&t);
}

/* Columns that are empty everywhere are left out. */
static size_t ends_seen(const struct report *r, const struct station_place *places, size_t count, size_t *ends)
{
	size_t seen = 0;
	for (size_t k = 0; k < STATION_TABLE_ENDS; k++)
		for (size_t i = 0; i < count; i++)
			if (report_point(r, places[i].scope, places[i].name, places[i].number, station_table_ends[k]) > 0) {
				ends[seen++] = k;
				break;
			}
	return seen;
}

static void print_ends(struct screen *s)
{
	const char *heads[2 + STATION_TABLE_ENDS] = {"Where events ended", "Came"};
	size_t count, ends[STATION_TABLE_ENDS];
	struct station_place *places = station_places(s->r, &count);
	size_t seen = ends_seen(s->r, places, count, ends);
	for (size_t k = 0; k < seen; k++)
		heads[2 + k] = station_table_end_heads[ends[k]];
	struct table t = {.heads = heads, .columns = 2 + seen};
	for (size_t i = 0; i < count; i++) {
		struct cell *row = table_row(&t);
		textbuf_add(&row[0].value, places[i].name);
		textbuf_printf(&row[0].under, "  %s", places[i].noun);
		put_metric(&row[1], s, places[i].scope, places[i].name, places[i].received, "");
		for (size_t k = 0; k < seen; k++)
			put_metric(&row[2 + k], s, places[i].scope, places[i].name, places[i].share, station_table_ends[ends[k]]);
	}
	if (count > 0)
		print_table(s, &t);
	memory_free(places);
	table_fini(&t);
}

/* --- sentences --------------------------------------------------------------------------------------------------------------- */

/* Adds text in lines no longer than the screen; `indent` columns stand before every line but the first. */
static void print_wrapped(struct screen *s, const char *text, int column, int indent)
{
	while (*text != '\0') {
		size_t n = strcspn(text, " \n");
		char *word = memory_string_n(text, n);
		int w = width_of(word);
		if (column > indent && column + 1 + w > s->width) {
			textbuf_add_char(s->out, '\n');
			pad(s->out, column = indent);
		} else if (column > indent) {
			textbuf_add_char(s->out, ' ');
			column++;
		}
		column += width_add(s->out, word, w);
		memory_free(word);
		text += n;
		text += strspn(text, " \n");
	}
	textbuf_add_char(s->out, '\n');
}

/* More lines than this are for the page: the terminal says how many findings there are. */
enum { FINDINGS_SHOWN = 12 };

/* A finding, and how many others say the same of other functions or sources. */
struct finding {
	enum finding_rank rank;
	char *text;                  /* owned */
	size_t name_begin, name_end; /* the part of it that is the name; both 0 where it stands alone */
	size_t others;
};

struct lines {
	struct finding *items; /* owned */
	size_t count, capacity;
	enum finding_rank rank; /* of the sentence that is being written */
	struct textbuf sentence;
	struct prose prose; /* to `sentence` */
};

static void line_begin(void *ctx, enum finding_rank rank)
{
	struct lines *l = ctx;
	textbuf_clear(&l->sentence);
	l->rank = rank;
}

static bool differs_by_name_only(const struct finding *a, const struct finding *b)
{
	return a->rank == b->rank && a->name_end > 0 && b->name_end > 0 && a->name_begin == b->name_begin &&
	       memcmp(a->text, b->text, a->name_begin) == 0 && strcmp(a->text + a->name_end, b->text + b->name_end) == 0;
}

static void line_end(void *ctx, bool named)
{
	struct lines *l = ctx;
	struct finding f = {.rank = l->rank, .text = memory_string(textbuf_text(&l->sentence))};
	if (named) {
		f.name_begin = l->prose.name_begin;
		f.name_end = l->prose.name_end;
	}
	for (size_t i = 0; i < l->count; i++)
		if (differs_by_name_only(&l->items[i], &f)) {
			l->items[i].others++;
			memory_free(f.text);
			return;
		}
	MEMORY_ROOM(l->items, l->count, l->capacity);
	l->items[l->count++] = f;
}

static void print_finding(struct screen *s, const struct finding *f)
{
	static const char *const marks[] = {[FINDING_BAD] = "✗ ", [FINDING_WATCH] = "! ", [FINDING_GOOD] = "✓ "};
	static const char *const colours[] = {[FINDING_BAD] = RED, [FINDING_WATCH] = YELLOW, [FINDING_GOOD] = GREEN};
	struct textbuf text = {0};
	textbuf_add(&text, f->text);
	if (f->others > 0)
		textbuf_printf(&text, " The same holds for %zu more.", f->others);
	textbuf_printf(s->out, "%s%s%s", style(s, colours[f->rank]), marks[f->rank], style(s, PLAIN));
	print_wrapped(s, textbuf_text(&text), 2, 2);
	textbuf_fini(&text);
}

static void print_met(struct screen *s)
{
	for (size_t i = 0; i < s->r->objectives.count; i++) {
		const struct report_objective *o = &s->r->objectives.items[i];
		if (o->verdict != OBJECTIVE_MET)
			continue;
		textbuf_printf(s->out, "%s✓ %s", style(s, GREEN), style(s, PLAIN));
		width_add(s->out, o->text, s->width - 12);
		textbuf_add(s->out, " is met\n");
	}
}

static void print_findings(struct screen *s)
{
	struct lines l = {0};
	l.prose = (struct prose){.out = &l.sentence};
	struct finding_sink sink = {&l.prose, line_begin, line_end, &l};
	finding_list(s->r, &sink);
	size_t left = 0;
	for (size_t i = 0; i < l.count; i++) {
		if (i < FINDINGS_SHOWN)
			print_finding(s, &l.items[i]);
		else
			left += 1 + l.items[i].others;
		memory_free(l.items[i].text);
	}
	if (left > 0)
		textbuf_printf(s->out, "  and %zu more in the report\n", left);
	print_met(s);
	textbuf_add_char(s->out, '\n');
	memory_free(l.items);
	textbuf_fini(&l.sentence);
}

/* Warnings and what concerns the bill; the rest are assumptions that the page lists. */
static void print_notes(struct screen *s)
{
	size_t others = 0;
	for (size_t i = 0; i < s->r->notes.count; i++) {
		const struct report_note *n = &s->r->notes.items[i];
		bool warning = n->severity == SEVERITY_WARNING;
		if (!warning && strcmp(n->topic, "cost") != 0) {
			others++;
			continue;
		}
		textbuf_printf(s->out, "%s%s%s", style(s, warning ? YELLOW : DIM), warning ? "warning:" : "note:", style(s, PLAIN));
		print_wrapped(s, n->text, warning ? 8 : 5, 2);
	}
	if (report_has_bill(s->r, true))
		textbuf_printf(
			s->out,
			"%snote:%s USD/month is Lambda's part, Share its part of the whole bill, both before the free tier\n",
			style(s, DIM), style(s, PLAIN));
	if (others > 0)
		textbuf_printf(s->out, "%snote:%s %zu assumption%s listed in the report\n", style(s, DIM), style(s, PLAIN), others,
		               others == 1 ? " is" : "s are");
}

void report_terminal(const struct report *r, int width, bool colour, struct textbuf *out)
{
	struct screen s = {r, out, width <= 0 ? TERMINAL_WIDTH : width < TERMINAL_LEAST ? TERMINAL_LEAST : width, colour};
	struct textbuf headline = {0};
	struct prose p = {.out = &headline};
	textbuf_add(out, style(&s, BOLD));
	width_add(out, r->study.name, s.width);
	textbuf_add(out, style(&s, PLAIN));
	textbuf_add_char(out, '\n');
	finding_headline(r, true, &p);
	print_wrapped(&s, textbuf_text(&headline), 0, 0);
	textbuf_add_char(out, '\n');
	print_functions(&s);
	print_sources(&s);
	for (size_t i = 0; i < STATION_TABLES; i++)
		print_stations(&s, &station_tables[i]);
	print_ends(&s);
	print_findings(&s);
	print_notes(&s);
	textbuf_fini(&headline);
}
