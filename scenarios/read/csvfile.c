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

/* Cells of the row being read; what a row may hold beyond is not kept. */
enum { CSV_CELLS = 64 };

struct csv_reader {
	struct reading *r;
	struct csv_table *table;
	const struct csv_wanted *wanted;
	size_t wanted_count;
	size_t where[CSVFILE_COLUMNS_MAX]; /* the column in the file of each wanted one */
	char *cells[CSV_CELLS];
	size_t cell_count;
	int line;     /* being fed */
	int row_line; /* where the present row began */
	bool header_done;
	size_t errors;
};

struct position csvfile_at(const struct csv_table *t, size_t row)
{
	return (struct position){.file = t->file, .line = t->lines[row]};
}

static struct position csv_here(const struct csv_reader *c)
{
	return (struct position){.file = c->table->file, .line = c->row_line};
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

static void csv_header(struct csv_reader *c)
{
	for (size_t w = 0; w < c->wanted_count; w++) {
		c->where[w] = csv_column(c, c->wanted[w].name);
		if (c->where[w] < CSV_CELLS) {
			c->table->header[w] = memory_string(csv_trim(c->cells[c->where[w]]));
			continue;
		}
		c->errors = CSVFILE_ERRORS_MAX;
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c), "read/csv", "no column is called '%s'", c->wanted[w].name);
		suggest_name(c->r->found, c->wanted[w].name, (const char *const *)c->cells,
		             c->cell_count < CSV_CELLS ? c->cell_count : CSV_CELLS);
	}
}

static void csv_bad(struct csv_reader *c, size_t w, const char *why)
{
	size_t i = c->where[w];
	c->errors++;
	if (i < c->cell_count)
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c), "read/csv", "column %zu: '%s' %s", i + 1, c->cells[i],
		               why);
	else
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c), "read/csv",
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
		if (c->where[w] >= c->cell_count || c->where[w] >= CSV_CELLS) {
			csv_bad(c, w, "");
			return false;
		}
		enum unit_fault fault = csv_number(&c->wanted[w], csv_trim(c->cells[c->where[w]]), &values[w]);
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
	for (size_t w = 0; w < c->wanted_count; w++)
		t->columns[w] = memory_grow(t->columns[w], t->capacity, sizeof **t->columns);
}

static void csv_data(struct csv_reader *c)
{
	double values[CSVFILE_COLUMNS_MAX];
	if (!csv_values(c, values))
		return;
	csv_grow(c);
	for (size_t w = 0; w < c->wanted_count; w++)
		c->table->columns[w][c->table->rows] = values[w];
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

/* Feeds the text a line at a time, so that every row knows the line it began in. A parser that is between two rows is in state 0. */
static int csv_feed(struct csv_reader *c, const char *text, size_t length)
{
	struct csv_parser parser;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		memory_exhausted();
	int status = 0;
	for (size_t start = 0; start < length && c->errors < CSVFILE_ERRORS_MAX && status == 0;) {
		size_t size = csv_line(text + start, length - start);
		c->line++;
		if (parser.pstate == 0)
			c->row_line = c->line;
		if (csv_parse(&parser, text + start, size, csv_on_cell, csv_on_row, c) != size)
			status = -1;
		start += size;
	}
	if (status == 0 && c->errors < CSVFILE_ERRORS_MAX && csv_fini(&parser, csv_on_cell, csv_on_row, c) != 0)
		status = -1;
	if (status < 0)
		diagnostic_add(c->r->found, SEVERITY_ERROR, csv_here(c), "read/csv", "%s", csv_strerror(csv_error(&parser)));
	for (size_t i = 0; i < c->cell_count && i < CSV_CELLS; i++)
		memory_free(c->cells[i]);
	csv_free(&parser);
	return status;
}

static int csv_text(struct csv_reader *c, const char *text, size_t length, struct position at)
{
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		length -= 3;
	}
	if (memchr(text, '\0', length)) {
		diagnostic_add(c->r->found, SEVERITY_ERROR, at, "read/csv", "'%s' is a binary file, not CSV", c->table->file);
		return -1;
	}
	for (size_t w = 0; w < c->wanted_count; w++)
		c->where[w] = w;
	if (csv_feed(c, text, length) < 0 || c->errors)
		return -1;
	if (c->table->rows)
		return 0;
	diagnostic_add(c->r->found, SEVERITY_ERROR, at, "read/csv", "'%s' has no rows", c->table->file);
	return -1;
}

int csvfile_read_text(struct reading *r, const char *file, const char *text, size_t length, struct position at,
                      const struct csv_wanted *wanted, size_t count, struct csv_table *out)
{
	assert(count >= 1 && count <= CSVFILE_COLUMNS_MAX);
	*out = (struct csv_table){.file = source_texts_add(r->texts, file, NULL, 0)};
	struct csv_reader c = {.r = r, .table = out, .wanted = wanted, .wanted_count = count};
	return csv_text(&c, text, length, at);
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
	memory_free(text);
	return status;
}

void csvfile_fini(struct csv_table *t)
{
	for (size_t i = 0; i < CSVFILE_COLUMNS_MAX; i++) {
		memory_free(t->header[i]);
		memory_free(t->columns[i]);
	}
	memory_free(t->lines);
	*t = (struct csv_table){0};
}
