#include "scenarios/read/csvfile.h"

#include <assert.h>
#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/os/file.h"
#include "scenarios/read/suggest.h"
#include "scenarios/read/texts.h"
#include "scenarios/read/units.h"
#include "sim/base/memory.h"
#include "sim/base/nearname.h"
#include "sim/base/utf8.h"

/* Cells of the row being read; what a row may hold beyond is not kept. */
enum { CSV_CELLS = 64 };

struct csv_reader {
	struct reading *r;
	struct csv_table *table;
	const struct csv_wanted *wanted;
	size_t wanted_count;
	char *cells[CSV_CELLS];
	size_t cell_count;
	int line;     /* being fed */
	int row_line; /* where the present row began */
	size_t row_start;
	bool header_done;
	size_t errors;
};

/* A file that somebody will be told about is kept, so that its line can be shown; others may be large. */
static void csv_keep(struct reading *r, const struct csv_table *t)
{
	if (t->text && !source_texts_line(r->texts, t->file, 1))
		source_texts_add(r->texts, t->file, memory_string_n(t->text, t->length), t->length);
}

/* Walks from the start of a row to where the cell begins after its blanks; a row that has no such cell stays at its start. */
static struct position csv_place(const struct csv_table *t, size_t start, int line, size_t cell)
{
	struct position row = {.file = t->file, .line = line, .column = 1}, at = row;
	bool quoted = false, found = cell == 0;
	for (size_t i = start; i < t->length && (!found || t->text[i] == ' ' || t->text[i] == '\t');) {
		uint32_t c;
		i += utf8_next(t->text + i, t->length - i, &c);
		at.column++;
		quoted ^= c == '"';
		if (c == ',' && !quoted)
			found = --cell == 0;
		if (c == '\n' && !quoted)
			break;
		if (c == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return found ? at : row;
}

struct position csvfile_at(struct reading *r, const struct csv_table *t, size_t row, size_t column)
{
	csv_keep(r, t);
	return csv_place(t, t->starts[row], t->lines[row], t->where[column]);
}

static struct position csv_here(const struct csv_reader *c, size_t cell)
{
	csv_keep(c->r, c->table);
	return csv_place(c->table, c->row_start, c->row_line, cell);
}

static char *csv_trim(char *text)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
		text[--length] = '\0';
	return text;
}

static void csv_on_cell(void *bytes, size_t length, void *ctx)
{
	struct csv_reader *c = ctx;
	if (c->cell_count < CSV_CELLS)
		c->cells[c->cell_count] = memory_string_n(bytes ? bytes : "", bytes ? length : 0);
	c->cell_count++;
}

static bool csv_is_header(const struct csv_reader *c)
{
	double number;
	char *first = csv_trim(c->cells[0]);
	return units_number(first, &number) != UNIT_OK && units_duration(first, &number) != UNIT_OK;
}

static size_t csv_column(const struct csv_reader *c, const char *name)
{
	size_t cells = c->cell_count < CSV_CELLS ? c->cell_count : CSV_CELLS;
	if (!name)
		return 0;
	for (size_t i = 0; i < cells; i++)
		if (strcasecmp(csv_trim(c->cells[i]), name) == 0)
			return i;
	return CSV_CELLS;
}

/* A column that nobody asks for may be a misspelt one that may be missing; else nothing is lost without it. */
static void csv_unknown(struct csv_reader *c)
{
	const char *names[CSVFILE_COLUMNS_MAX];
	size_t count = 0;
	bool optional = false;
	for (size_t w = 0; w < c->wanted_count; w++) {
		optional = optional || c->wanted[w].optional;
		if (c->wanted[w].name)
			names[count++] = c->wanted[w].name;
	}
	for (size_t i = 0; optional && i < c->cell_count && i < CSV_CELLS; i++) {
		const char *cell = csv_trim(c->cells[i]);
		size_t w = 0;
		while (w < count && strcasecmp(names[w], cell) != 0)
			w++;
		if (w < count || !*cell)
			continue;
		bool near = nearname_find(cell, names, count) != NULL;
		diagnostic_add(c->r->found, near ? SEVERITY_ERROR : SEVERITY_WARNING, csv_here(c, i), "read/csv",
		               "the column '%s' is not looked at", cell);
		suggest_name(c->r->found, cell, names, count);
		c->errors += near;
	}
}

static void csv_header(struct csv_reader *c)
{
	csv_unknown(c);
	for (size_t w = 0; w < c->wanted_count; w++) {
		c->table->where[w] = csv_column(c, c->wanted[w].name);
		if (c->table->where[w] < CSV_CELLS) {
			c->table->header[w] = memory_string(csv_trim(c->cells[c->table->where[w]]));
			continue;
		}
		if (c->wanted[w].optional)
			continue;
		c->errors = CSVFILE_ERRORS_MAX;
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c, 0), "read/csv", "no column is called '%s'",
		               c->wanted[w].name);
		suggest_name(c->r->found, c->wanted[w].name, (const char *const *)c->cells,
		             c->cell_count < CSV_CELLS ? c->cell_count : CSV_CELLS);
	}
}

static void csv_bad(struct csv_reader *c, size_t w, const char *why)
{
	size_t i = c->table->where[w];
	c->errors++;
	if (i < c->cell_count)
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c, i), "read/csv", "column %zu: '%s' %s", i + 1, c->cells[i],
		               why);
	else
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c, 0), "read/csv",
		               "the row has %zu column%s, but column %zu (%s) is needed", c->cell_count,
		               c->cell_count == 1 ? "" : "s", i + 1, c->wanted[w].name ? c->wanted[w].name : "the first");
}

static enum unit_fault csv_number(const struct csv_wanted *wanted, const char *text, double *value)
{
	enum unit_fault fault = units_number(text, value);
	if (wanted->cell == CSV_NUMBER)
		return fault;
	if (fault != UNIT_OK)
		return units_duration(text, value);
	if (*value < 0)
		return UNIT_NEGATIVE;
	*value *= wanted->time_unit_ns > 0 ? wanted->time_unit_ns : 1e9;
	return *value <= (double)SIMTIME_LONGEST ? UNIT_OK : UNIT_TOO_LARGE;
}

static bool csv_values(struct csv_reader *c, double *values)
{
	for (size_t w = 0; w < c->wanted_count; w++) {
		if (c->wanted[w].cell == CSV_TEXT)
			continue;
		if (c->table->where[w] >= c->cell_count || c->table->where[w] >= CSV_CELLS) {
			csv_bad(c, w, "");
			return false;
		}
		enum unit_fault fault = csv_number(&c->wanted[w], csv_trim(c->cells[c->table->where[w]]), &values[w]);
		if (fault != UNIT_OK) {
			csv_bad(c, w, unit_fault_text(fault));
			return false;
		}
	}
	return true;
}

static void csv_grow(struct csv_reader *c)
{
	struct csv_table *t = c->table;
	if (t->rows < t->capacity)
		return;
	t->capacity = t->capacity ? 2 * t->capacity : 64;
	t->lines = memory_grow(t->lines, t->capacity, sizeof *t->lines);
	t->starts = memory_grow(t->starts, t->capacity, sizeof *t->starts);
	for (size_t w = 0; w < c->wanted_count; w++) {
		if (c->wanted[w].cell != CSV_TEXT)
			t->columns[w] = memory_grow(t->columns[w], t->capacity, sizeof **t->columns);
		else if (t->where[w] < CSV_CELLS)
			t->texts[w] = memory_grow(t->texts[w], t->capacity, sizeof **t->texts);
	}
}

static void csv_data(struct csv_reader *c)
{
	double values[CSVFILE_COLUMNS_MAX];
	if (!csv_values(c, values))
		return;
	csv_grow(c);
	for (size_t w = 0; w < c->wanted_count; w++) {
		size_t cell = c->table->where[w];
		if (c->wanted[w].cell != CSV_TEXT)
			c->table->columns[w][c->table->rows] = values[w];
		else if (cell < CSV_CELLS)
			c->table->texts[w][c->table->rows] = memory_string(cell < c->cell_count ? csv_trim(c->cells[cell]) : "");
	}
	c->table->starts[c->table->rows] = c->row_start;
	c->table->lines[c->table->rows++] = c->row_line;
}

static void csv_on_row(int end, void *ctx)
{
	struct csv_reader *c = ctx;
	(void)end;
	bool blank = c->cell_count == 1 && !*csv_trim(c->cells[0]);
	if (c->cell_count && !blank && c->errors < CSVFILE_ERRORS_MAX) {
		if (!c->header_done && csv_is_header(c))
			csv_header(c);
		else
			csv_data(c);
		c->header_done = true;
	}
	for (size_t i = 0; i < c->cell_count && i < CSV_CELLS; i++)
		memory_free(c->cells[i]);
	c->cell_count = 0;
}

/* A line with its ending: "\n", "\r\n" or "\r". */
static size_t csv_line(const char *text, size_t length)
{
	size_t n = 0;
	while (n < length && text[n] != '\n' && text[n] != '\r')
		n++;
	if (n < length)
		n += text[n] == '\r' && n + 1 < length && text[n + 1] == '\n' ? 2 : 1;
	return n;
}

static void csv_broken(struct csv_reader *c, struct position at, struct csv_parser *parser)
{
	csv_keep(c->r, c->table);
	diagnostic_add(c->r->found, SEVERITY_ERROR, at, "read/csv", "%s", csv_strerror(csv_error(parser)));
}

/* One line; a mistake in its quotes is at the character that the parser stopped at. */
static int csv_feed_line(struct csv_reader *c, struct csv_parser *parser, size_t start, size_t size)
{
	const char *text = c->table->text + start;
	struct position at = {.file = c->table->file, .line = c->line, .column = 1};
	size_t done = csv_parse(parser, text, size, csv_on_cell, csv_on_row, c);
	if (done == size)
		return 0;
	for (size_t i = 0; i < done; at.column++) {
		uint32_t ignored;
		i += utf8_next(text + i, size - i, &ignored);
	}
	csv_broken(c, at, parser);
	return -1;
}

/* Feeds the text a line at a time, so that every row knows the line it began in. A parser that is between two rows is in state 0. */
static int csv_feed(struct csv_reader *c)
{
	struct csv_parser parser;
	const struct csv_table *t = c->table;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		memory_exhausted();
	int status = 0;
	for (size_t start = 0; start < t->length && c->errors < CSVFILE_ERRORS_MAX && status == 0;) {
		size_t size = csv_line(t->text + start, t->length - start);
		c->line++;
		if (parser.pstate == 0) {
			c->row_line = c->line;
			c->row_start = start;
		}
		status = csv_feed_line(c, &parser, start, size);
		start += size;
	}
	if (status == 0 && c->errors < CSVFILE_ERRORS_MAX && csv_fini(&parser, csv_on_cell, csv_on_row, c) != 0) {
		csv_broken(c, csv_here(c, 0), &parser);
		status = -1;
	}
	for (size_t i = 0; i < c->cell_count && i < CSV_CELLS; i++)
		memory_free(c->cells[i]);
	csv_free(&parser);
	return status;
}

static int csv_text(struct csv_reader *c, struct position at)
{
	struct csv_table *t = c->table;
	if (t->length >= 3 && memcmp(t->text, "\xEF\xBB\xBF", 3) == 0) {
		t->text += 3;
		t->length -= 3;
	}
	if (memchr(t->text, '\0', t->length)) {
		diagnostic_add(c->r->found, SEVERITY_ERROR, at, "read/csv", "'%s' is a binary file, not CSV", t->file);
		return -1;
	}
	for (size_t w = 0; w < c->wanted_count; w++)
		t->where[w] = c->wanted[w].optional ? CSV_CELLS : w;
	if (csv_feed(c) < 0 || c->errors)
		return -1;
	if (t->rows)
		return 0;
	diagnostic_add(c->r->found, SEVERITY_ERROR, at, "read/csv", "'%s' has no rows", t->file);
	return -1;
}

int csvfile_read_text(struct reading *r, const char *file, const char *text, size_t length, struct position at,
                      const struct csv_wanted *wanted, size_t count, struct csv_table *out)
{
	assert(count >= 1 && count <= CSVFILE_COLUMNS_MAX);
	*out = (struct csv_table){.file = source_texts_add(r->texts, file, NULL, 0), .text = text, .length = length};
	struct csv_reader c = {.r = r, .table = out, .wanted = wanted, .wanted_count = count};
	return csv_text(&c, at);
}

int csvfile_read(struct reading *r, const char *path, struct position at, const struct csv_wanted *wanted, size_t count,
                 struct csv_table *out)
{
	char *text;
	size_t length;
	*out = (struct csv_table){0};
	if (reading_file(r, path, CSVFILE_SIZE_MAX, at, &text, &length) < 0)
		return -1;
	int status = csvfile_read_text(r, path, text, length, at, wanted, count, out);
	out->owned = text;
	return status;
}

void csvfile_fini(struct csv_table *t)
{
	for (size_t i = 0; i < CSVFILE_COLUMNS_MAX; i++) {
		memory_free(t->header[i]);
		memory_free(t->columns[i]);
		for (size_t k = 0; t->texts[i] && k < t->rows; k++)
			memory_free(t->texts[i][k]);
		memory_free(t->texts[i]);
	}
	memory_free(t->lines);
	memory_free(t->starts);
	memory_free(t->owned);
	*t = (struct csv_table){0};
}
