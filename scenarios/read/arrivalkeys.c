#include "scenarios/read/arrivalkeys.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/read/csvfile.h"
#include "scenarios/read/keys.h"
#include "scenarios/read/patterns.h"
#include "scenarios/read/payloadkeys.h"
#include "sim/base/memory.h"

/* The file and pattern as written, until all keys are known. */
struct arrival_form {
	struct arrival_spec spec;
	const struct node *file, *pattern;
};

static void arrival_read_file(struct reading *r, const struct node *value, const char *path, void *target)
{
	if (reading_is(r, value, NODE_SCALAR, path))
		((struct arrival_form *)target)->file = value;
}

static void arrival_read_pattern(struct reading *r, const struct node *value, const char *path, void *target)
{
	(void)r, (void)path;
	((struct arrival_form *)target)->pattern = value;
}

enum { BIT_PROCESS, BIT_RATE, BIT_CV, BIT_FILE, BIT_PATTERN, BIT_GROWTH };

static const struct key arrival_keys[] = {
	[BIT_PROCESS] = {.name = "Process", .type = KEY_ELSEWHERE},
	[BIT_RATE] = {.name = "Rate", .type = KEY_RATE, .offset = offsetof(struct arrival_form, spec.rate_per_s)},
	[BIT_CV] = {.name = "CV", .type = KEY_NUMBER, .offset = offsetof(struct arrival_form, spec.cv), .above = true, .high = 100},
	[BIT_FILE] = {.name = "File", .type = KEY_WITH, .read = arrival_read_file},
	[BIT_PATTERN] = {.name = "Pattern", .type = KEY_WITH, .read = arrival_read_pattern},
	[BIT_GROWTH] = {.name = "Growth", .type = KEY_GROWTH, .offset = offsetof(struct arrival_form, spec.growth_per_month)},
};

#define BIT(key) (1UL << BIT_##key)

/* The processes by name, in the order of enum arrival_kind, with the keys that each needs and those it may have. */
static const struct {
	const char *name;
	unsigned long needs, may;
} processes[] = {
	[ARRIVAL_CONSTANT] = {"constant", BIT(RATE), BIT(PATTERN) | BIT(GROWTH)},
	[ARRIVAL_POISSON] = {"poisson", BIT(RATE), BIT(PATTERN) | BIT(GROWTH)},
	[ARRIVAL_RENEWAL] = {"renewal", BIT(RATE) | BIT(CV), BIT(PATTERN) | BIT(GROWTH)},
	[ARRIVAL_RATES] = {"rates", BIT(FILE), BIT(GROWTH)},
	[ARRIVAL_TIMES] = {"times", BIT(FILE), 0},
	{"mmpp", 0, ~0UL},
	{"closed", 0, ~0UL},
};

static int arrival_check_keys(struct reading *r, const struct node *map, const char *path, int kind, unsigned long seen)
{
	int status = 0;
	for (size_t i = BIT_RATE; i <= BIT_GROWTH; i++) {
		unsigned long bit = 1UL << i;
		bool needed = processes[kind].needs & bit, allowed = needed || (processes[kind].may & bit);
		if ((needed && !(seen & bit)) || (!allowed && (seen & bit))) {
			const struct node_pair *pair = node_pair_of(map, arrival_keys[i].name);
			diagnostic_add(r->found, SEVERITY_ERROR, pair ? pair->key->at : map->at, "read/arrivals", "%s: '%s' %s %s",
			               path, processes[kind].name, needed ? "needs" : "has no", arrival_keys[i].name);
			status = -1;
		}
	}
	return status;
}

/* Piecewise constant: each row holds until the next; the last as long as the one before it, a single row to the end of time. */
static int arrival_rates(struct reading *r, const struct node *file, struct arrival_spec *out)
{
	static const struct csv_wanted wanted[] = {{.name = "seconds", .cell = CSV_TIME}, {.name = "rate", .cell = CSV_NUMBER}};
	struct csv_table t;
	int status = csvfile_read(r, reading_path(r, file->text, file->at), file->at, wanted, 2, &t);
	if (status == 0)
		status = pattern_steps(r, &t, &out->rates);
	csvfile_fini(&t);
	if (status < 0)
		return -1;
	const struct steps *s = &out->rates;
	simtime last = s->offset[s->count - 1];
	out->rates_end = s->count == 1 ? SIMTIME_LONGEST : last + (last - s->offset[s->count - 2]);
	if (s->offset[0] == 0)
		return 0;
	simtime *offset = ARENA_ARRAY(r->arena, s->count + 1, simtime);
	double *value = ARENA_ARRAY(r->arena, s->count + 1, double);
	memcpy(offset + 1, s->offset, s->count * sizeof *offset);
	memcpy(value + 1, s->value, s->count * sizeof *value);
	out->rates = (struct steps){.offset = offset, .value = value, .count = s->count + 1};
	return 0;
}

enum { TIMES_SECONDS, TIMES_PAYLOAD, TIMES_KEY, TIMES_COLUMNS };

/* Payloads out of a column: those that are known so far, by the text of the cell. */
struct payload_column {
	struct payload_spec *payloads;
	const char **cells;
	size_t count, capacity, cell_capacity;
};

static int column_find(struct payload_column *c, const char *cell)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->cells[i], cell) == 0)
			return (int)i;
	return -1;
}

static int column_add(struct reading *r, struct payload_column *c, const struct csv_table *t, size_t row,
                      const struct source_spec *source)
{
	struct payload_spec new;
	const char *cell = t->texts[TIMES_PAYLOAD][row];
	if (!*cell && source->payload_count)
		new = source->payloads[0];
	else if (payload_of_file(r, cell, csvfile_at(r, t, row, TIMES_PAYLOAD), source, &new) < 0)
		return -1;
	new.weight = 0;
	MEMORY_ROOM(c->payloads, c->count, c->capacity);
	if (c->cell_capacity < c->capacity)
		c->cells = memory_grow(c->cells, c->cell_capacity = c->capacity, sizeof *c->cells);
	c->payloads[c->count] = new;
	c->cells[c->count] = cell;
	return (int)c->count++;
}

/* The payload of each row: a file, relative to the CSV; nothing is the first payload of the entry. */
static int arrival_payloads(struct reading *r, const struct csv_table *t, struct source_spec *out)
{
	struct payload_column c = {0};
	uint32_t *of = ARENA_ARRAY(r->arena, t->rows, uint32_t);
	int index = 0;
	for (size_t i = 0; i < t->rows && index >= 0; i++) {
		index = column_find(&c, t->texts[TIMES_PAYLOAD][i]);
		if (index < 0)
			index = column_add(r, &c, t, i, out);
		if (index < 0)
			break;
		c.payloads[index].weight++;
		of[i] = (uint32_t)index;
	}
	struct payload_spec *payloads = ARENA_ARRAY(r->arena, c.count, struct payload_spec);
	if (c.count)
		memcpy(payloads, c.payloads, c.count * sizeof *payloads);
	if (index >= 0) {
		out->payloads = payloads;
		out->payload_count = c.count;
		out->arrivals.payload_of = of;
	}
	memory_free(c.payloads);
	memory_free(c.cells);
	return index < 0 ? -1 : 0;
}

struct named_row {
	const char *name;
	size_t row;
};

static int arrival_by_name(const void *a, const void *b)
{
	const struct named_row *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* The key of each row, as a number of the sorted names. */
static void arrival_keys_of(struct reading *r, const struct csv_table *t, struct arrival_spec *out)
{
	struct named_row *rows = MEMORY_ARRAY(t->rows, struct named_row);
	const char **names = ARENA_ARRAY(r->arena, t->rows, const char *);
	uint32_t *of = ARENA_ARRAY(r->arena, t->rows, uint32_t);
	for (size_t i = 0; i < t->rows; i++)
		rows[i] = (struct named_row){t->texts[TIMES_KEY][i], i};
	qsort(rows, t->rows, sizeof *rows, arrival_by_name);
	for (size_t i = 0; i < t->rows; i++) {
		if (i == 0 || strcmp(rows[i].name, rows[i - 1].name) != 0)
			names[out->key_count++] = reading_keep(r, rows[i].name);
		of[rows[i].row] = (uint32_t)(out->key_count - 1);
	}
	memory_free(rows);
	out->key_of = of;
	out->key_names = names;
}

/* Columns: seconds, and where they are there payload and key. */
static int arrival_times(struct reading *r, const struct node *file, struct source_spec *out)
{
	static const struct csv_wanted wanted[TIMES_COLUMNS] = {
		[TIMES_SECONDS] = {.name = "seconds", .cell = CSV_TIME},
		[TIMES_PAYLOAD] = {.name = "payload", .cell = CSV_TEXT, .optional = true},
		[TIMES_KEY] = {.name = "key", .cell = CSV_TEXT, .optional = true},
	};
	struct csv_table t;
	int status = csvfile_read(r, reading_path(r, file->text, file->at), file->at, wanted, TIMES_COLUMNS, &t);
	simtime *times = ARENA_ARRAY(r->arena, status == 0 ? t.rows : 0, simtime);
	for (size_t i = 0; status == 0 && i < t.rows; i++) {
		times[i] = simtime_from_ns(t.columns[0][i]);
		if (i == 0 || times[i] >= times[i - 1])
			continue;
		diagnostic_add(r->found, SEVERITY_ERROR, csvfile_at(r, &t, i, 0), "read/csv", "times must not go back");
		status = -1;
	}
	out->arrivals.times = times;
	out->arrivals.time_count = t.rows;
	if (status == 0 && t.texts[TIMES_PAYLOAD])
		status = arrival_payloads(r, &t, out);
	if (status == 0 && t.texts[TIMES_KEY])
		arrival_keys_of(r, &t, &out->arrivals);
	csvfile_fini(&t);
	return status;
}

static int arrival_process(struct reading *r, const struct node *process, const char *path)
{
	const char *names[KEY_COUNT(processes)];
	for (size_t i = 0; i < KEY_COUNT(processes); i++)
		names[i] = processes[i].name;
	if (!process)
		return ARRIVAL_POISSON;
	int kind = key_word(r, process, key_path(r, path, "Process"), names, KEY_COUNT(names));
	if (kind < ARRIVAL_KINDS)
		return kind;
	diagnostic_add(r->found, SEVERITY_ERROR, process->at, "model/later", "arrivals by '%s' are not modelled yet", names[kind]);
	return -1;
}

static int arrival_map(struct reading *r, const struct node *value, const char *path, struct source_spec *source)
{
	struct arrival_spec *out = &source->arrivals;
	struct arrival_form form = {.spec = {.kind = ARRIVAL_POISSON}};
	size_t errors = r->found->errors;
	/* First of all: a process that is not modelled yet has keys that are not known either. */
	const struct node *process = reading_get(r, value, "Process", path);
	int kind = process || r->found->errors == errors ? arrival_process(r, process, path) : -1;
	if (kind < 0)
		return -1;
	unsigned long seen = keys_read(r, value, arrival_keys, KEY_COUNT(arrival_keys), path, &form);
	if (r->found->errors > errors || arrival_check_keys(r, value, path, kind, seen) < 0)
		return -1;
	*out = form.spec;
	out->kind = (enum arrival_kind)kind;
	if (kind == ARRIVAL_RATES && arrival_rates(r, form.file, out) < 0)
		return -1;
	if (kind == ARRIVAL_TIMES && arrival_times(r, form.file, source) < 0)
		return -1;
	if (!form.pattern)
		return 0;
	return pattern_read(r, form.pattern, key_path(r, path, "Pattern"), &out->pattern, &out->pattern_period);
}

int arrivals_read(struct reading *r, const struct node *value, const char *path, struct source_spec *out)
{
	static const struct key plain = {.type = KEY_RATE};
	out->arrivals = (struct arrival_spec){.kind = ARRIVAL_POISSON};
	if (value->kind != NODE_SCALAR)
		return arrival_map(r, value, path, out);
	return key_value(r, &plain, value, path, &out->arrivals.rate_per_s);
}
