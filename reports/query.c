/* Reading results.sqlite. The file may be anything: a user names it. So nothing in it is believed: SQLite is told not to trust the schema,
 * the file's marks are checked first, every value is converted with a default, and what does not fit is ERROR_INPUT. */
#include "reports/query.h"

#include <assert.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "models/os/file.h"
#include "models/os/makefolder.h"
#include "reports/database.h"
#include "reports/words.h"
#include "sim/base/memory.h"

/* Makes room for one more element of an array in the report, and gives it, zeroed. */
#define ROWS_NEXT(r, rows)                                                                             \
	(rows_room((r), (void **)&(rows).items, (rows).count, &(rows).capacity, sizeof *(rows).items), \
	 &(rows).items[(rows).count++])

static void rows_room(struct report *r, void **items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return;
	size_t next = *capacity ? 2 * *capacity : 16;
	void *grown = arena_alloc_array(&r->arena, next, size);
	if (count > 0)
		memcpy(grown, *items, count * size);
	*items = grown;
	*capacity = next;
}

/* --- columns ----------------------------------------------------------------------------------------------------------------- */

/* A row that is being read, column by column. */
struct cursor {
	struct report *report;
	sqlite3_stmt *query;
	int column;
	bool damaged; /* a value that the tables' checks rule out */
};

static const char *cursor_optional(struct cursor *c)
{
	return arena_string(&c->report->arena, (const char *)sqlite3_column_text(c->query, c->column++));
}

static const char *cursor_text(struct cursor *c)
{
	const char *text = cursor_optional(c);
	return text ? text : "";
}

static int64_t cursor_int_or(struct cursor *c, int64_t absent)
{
	int column = c->column++;
	return sqlite3_column_type(c->query, column) == SQLITE_NULL ? absent : sqlite3_column_int64(c->query, column);
}

static int64_t cursor_int(struct cursor *c)
{
	return cursor_int_or(c, 0);
}

static double cursor_real(struct cursor *c)
{
	int column = c->column++;
	return sqlite3_column_type(c->query, column) == SQLITE_NULL ? NAN : sqlite3_column_double(c->query, column);
}

static struct interval cursor_interval(struct cursor *c)
{
	struct interval value;
	value.mean = cursor_real(c);
	value.low = cursor_real(c);
	value.high = cursor_real(c);
	return value;
}

static enum record_scope cursor_scope(struct cursor *c)
{
	const char *text = cursor_text(c);
	for (int i = 0; i < RECORD_SCOPES; i++)
		if (strcmp(text, words_scope((enum record_scope)i)) == 0)
			return (enum record_scope)i;
	c->damaged = true;
	return RECORD_RUN;
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static void read_study(struct cursor *c)
{
	struct report_study *s = &c->report->study;
	s->weir_version = cursor_text(c);
	s->name = cursor_text(c);
	s->file = cursor_text(c);
	s->text = cursor_text(c);
	s->region = cursor_text(c);
	s->seed = cursor_text(c);
	s->replications = cursor_int(c);
	s->replications_asked = cursor_int(c);
	s->duration = cursor_int(c);
	s->warm_up = cursor_int(c);
	s->warm_up_auto = cursor_int(c) != 0;
	s->simulated_s = cursor_real(c);
	s->precision_asked = cursor_real(c);
	s->precision_reached = cursor_int(c) != 0;
	s->worst_precision = cursor_real(c);
	s->worst_metric = cursor_optional(c);
	s->events = cursor_int(c);
	s->account_concurrency = cursor_int(c);
	s->account_used_by_others = cursor_int(c);
	s->scaling_unlimited = cursor_int(c) != 0;
	s->request_unlimited = cursor_int(c) != 0;
	c->damaged = c->damaged || s->seed[0] == '\0' || strspn(s->seed, "0123456789") != strlen(s->seed) || s->replications < 1;
}

static void read_function(struct cursor *c)
{
	struct report_function *f = ROWS_NEXT(c->report, c->report->functions);
	f->name = cursor_text(c);
	f->function_name = cursor_text(c);
	f->runtime = cursor_optional(c);
	f->handler = cursor_optional(c);
	f->architecture = cursor_text(c);
	f->memory_mb = cursor_int(c);
	f->timeout_s = cursor_int(c);
	f->ephemeral_mb = cursor_int(c);
	f->reserved = cursor_int_or(c, FUNCTION_UNRESERVED);
	f->model = cursor_text(c);
	f->reclaim = cursor_text(c);
	f->reuse = cursor_text(c);
}

static void read_source(struct cursor *c)
{
	struct report_source *s = ROWS_NEXT(c->report, c->report->sources);
	s->name = cursor_text(c);
	s->kind = cursor_text(c);
	s->function = cursor_int(c) - 1;
	s->route = cursor_optional(c);
	s->arrivals = cursor_text(c);
	s->rate_per_s = cursor_real(c);
	s->gap_cv = cursor_real(c);
	s->pattern_period_s = cursor_real(c);
	s->growth_per_month = cursor_real(c);
	s->client_preset = cursor_optional(c);
	s->client_timeout = cursor_int_or(c, SIMTIME_NEVER);
	s->client_max_attempts = cursor_int(c);
	s->client_retries_on = cursor_text(c);
	s->wait_limit = cursor_int_or(c, SIMTIME_NEVER);
	c->damaged = c->damaged || s->function < -1 || s->function >= (int64_t)c->report->functions.count;
}

static void read_resource(struct cursor *c)
{
	struct report_resource *x = ROWS_NEXT(c->report, c->report->resources);
	x->scope = cursor_scope(c);
	x->name = cursor_text(c);
	x->about = cursor_text(c);
	x->retention = cursor_int(c);
}

static void read_metric(struct cursor *c)
{
	struct report_metric *m = ROWS_NEXT(c->report, c->report->metrics);
	m->scope = cursor_scope(c);
	m->entity = cursor_text(c);
	m->metric = cursor_text(c);
	m->statistic = cursor_text(c);
	m->value = cursor_interval(c);
	m->exact = cursor_int(c) != 0;
}

static void read_series(struct cursor *c)
{
	struct report_series *s = ROWS_NEXT(c->report, c->report->series);
	s->scope = cursor_scope(c);
	s->entity = cursor_text(c);
	s->metric = cursor_text(c);
	s->period = cursor_int(c);
	int64_t count = cursor_int(c);
	c->damaged = c->damaged || s->period <= 0 || count < 0;
	s->count = c->damaged ? 0 : (size_t)count;
	s->values = ARENA_ARRAY(&c->report->arena, s->count, double);
}

static void read_point(struct cursor *c)
{
	size_t series = (size_t)(cursor_int(c) - 1), period = (size_t)cursor_int(c);
	double value = cursor_real(c);
	if (series < c->report->series.count && period < c->report->series.items[series].count)
		c->report->series.items[series].values[period] = value;
	else
		c->damaged = true;
}

static void read_histogram(struct cursor *c)
{
	struct report_histogram *h = ROWS_NEXT(c->report, c->report->histograms);
	h->scope = cursor_scope(c);
	h->entity = cursor_text(c);
	h->metric = cursor_text(c);
	int column = c->column++;
	const void *bytes = sqlite3_column_blob(c->query, column);
	size_t length = (size_t)sqlite3_column_bytes(c->query, column);
	struct error ignored = {0};
	if (histogram_read(&h->histogram, bytes ? bytes : "", length, &ignored) != 0)
		c->damaged = true;
}

static void read_cost(struct cursor *c)
{
	struct report_cost *cost = ROWS_NEXT(c->report, c->report->costs);
	cost->month = cursor_int(c) != 0;
	cost->service = cursor_text(c);
	cost->resource = cursor_text(c);
	cost->item = cursor_text(c);
	cost->quantity = cursor_real(c);
	cost->unit = cursor_text(c);
	cost->usd = cursor_interval(c);
}

static void read_objective(struct cursor *c)
{
	struct report_objective *o = ROWS_NEXT(c->report, c->report->objectives);
	o->text = cursor_text(c);
	o->entity = cursor_text(c);
	o->metric = cursor_text(c);
	o->statistic = cursor_text(c);
	o->percent = cursor_int(c) != 0;
	o->comparator = cursor_text(c);
	o->threshold = cursor_real(c);
	const char *verdict = cursor_text(c);
	o->verdict = strcmp(verdict, "met") == 0      ? OBJECTIVE_MET
	             : strcmp(verdict, "missed") == 0 ? OBJECTIVE_MISSED
	                                              : OBJECTIVE_UNDECIDED;
	o->value = cursor_interval(c);
}

static void read_note(struct cursor *c)
{
	struct report_note *n = ROWS_NEXT(c->report, c->report->notes);
	n->severity = strcmp(cursor_text(c), "warning") == 0 ? SEVERITY_WARNING : SEVERITY_NOTE;
	n->topic = cursor_text(c);
	n->text = cursor_text(c);
}

/* In this order: sources refer to functions, points to series. */
static const struct {
	const char *sql;
	void (*row)(struct cursor *c);
} tables[] = {
	{"SELECT weir_version, name, file, scenario_text, region, seed, replications, replications_asked, duration_ns, warm_up_ns, warm_up_auto,"
         " simulated_s, precision_asked, precision_reached, worst_precision, worst_metric, events, account_concurrency, account_used_by_others,"
         " scaling_unlimited, request_unlimited FROM study WHERE id = 1",
         read_study},
	{"SELECT name, function_name, runtime, handler, architecture, memory_mb, timeout_s, ephemeral_mb, reserved, model, reclaim, reuse"
         " FROM function ORDER BY id",
         read_function},
	{"SELECT name, kind, function_id, route, arrivals, rate_per_s, gap_cv, pattern_period_s, growth_per_month, client_preset,"
         " client_timeout_ns, client_max_attempts, client_retries_on, wait_limit_ns FROM source ORDER BY id",
         read_source},
	{"SELECT scope, name, about, retention_ns FROM resource ORDER BY id", read_resource},
	{"SELECT scope, entity, metric, statistic, mean, low, high, exact FROM metric ORDER BY id", read_metric},
	{"SELECT scope, entity, metric, period_ns, (SELECT count(*) FROM series_point WHERE series_id = id) FROM series ORDER BY id",
         read_series},
	{"SELECT series_id, period, value FROM series_point ORDER BY series_id, period", read_point},
	{"SELECT scope, entity, metric, bytes FROM histogram ORDER BY id", read_histogram},
	{"SELECT month, service, resource, item, quantity, unit, usd, usd_low, usd_high FROM cost ORDER BY id", read_cost},
	{"SELECT text, entity, metric, statistic, percent, comparator, threshold, verdict, value, low, high FROM objective ORDER BY id",
         read_objective},
	{"SELECT severity, topic, text FROM note ORDER BY id", read_note},
};

static int query_damaged(const char *path, const char *why, struct error *e)
{
	return error_set(e, ERROR_INPUT, "%s: is damaged: %s", path, why);
}

static int query_table(struct report *r, sqlite3 *db, size_t table, const char *path, struct error *e)
{
	sqlite3_stmt *query = NULL;
	struct cursor c = {.report = r};
	int result = sqlite3_prepare_v2(db, tables[table].sql, -1, &query, NULL);
	c.query = query;
	size_t rows = 0;
	while (result == SQLITE_OK || result == SQLITE_ROW) {
		result = sqlite3_step(query);
		if (result != SQLITE_ROW)
			break;
		c.column = 0;
		tables[table].row(&c);
		rows++;
	}
	int failed = 0;
	if (result == SQLITE_NOMEM)
		failed = error_set(e, ERROR_MEMORY, "%s: out of memory", path);
	else if (result != SQLITE_DONE)
		failed = query_damaged(path, sqlite3_errmsg(db), e);
	else if (c.damaged || (table == 0 && rows != 1))
		failed = query_damaged(path, "a value that weir does not write", e);
	sqlite3_finalize(query);
	return failed;
}

/* --- opening ----------------------------------------------------------------------------------------------------------------- */

static int64_t query_pragma(sqlite3 *db, const char *sql, int *result)
{
	sqlite3_stmt *query = NULL;
	int64_t value = -1;
	*result = sqlite3_prepare_v2(db, sql, -1, &query, NULL);
	if (*result == SQLITE_OK && (*result = sqlite3_step(query)) == SQLITE_ROW)
		value = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	return value;
}

static int query_check(sqlite3 *db, const char *path, struct error *e)
{
	int result;
	int64_t application = query_pragma(db, "PRAGMA application_id", &result);
	if (result == SQLITE_CORRUPT)
		return query_damaged(path, sqlite3_errmsg(db), e);
	if (result != SQLITE_ROW || application != DATABASE_APPLICATION)
		return error_set(e, ERROR_INPUT, "%s: is not a result of weir", path);
	int64_t version = query_pragma(db, "PRAGMA user_version", &result);
	if (version > DATABASE_VERSION)
		return error_set(e, ERROR_INPUT, "%s: was written by a newer weir (results version %lld; this one reads up to %d)",
		                 path, (long long)version, DATABASE_VERSION);
	if (version != DATABASE_VERSION)
		return query_damaged(path, "no results version", e);
	return 0;
}

static int query_load(struct report *r, const char *path, struct error *e)
{
	sqlite3 *db = NULL;
	int failed = 0;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		failed = error_set(e, ERROR_IO, "%s: cannot be opened: %s", path, sqlite3_errmsg(db));
	if (!failed) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_exec(db, "PRAGMA cell_size_check=ON", NULL, NULL, NULL);
		failed = query_check(db, path, e);
	}
	for (size_t i = 0; i < sizeof tables / sizeof tables[0] && !failed; i++)
		failed = query_table(r, db, i, path, e);
	sqlite3_close(db);
	return failed;
}

static int by_entity(const void *a, const void *b)
{
	const struct report_metric *x = *(const struct report_metric *const *)a, *y = *(const struct report_metric *const *)b;
	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	int order = strcmp(x->entity, y->entity);
	return order ? order : x < y ? -1 : x > y;
}

static void query_index(struct report *r)
{
	size_t n = r->metrics.count;
	r->by_entity = ARENA_ARRAY(&r->arena, n, const struct report_metric *);
	for (size_t i = 0; i < n; i++)
		r->by_entity[i] = &r->metrics.items[i];
	if (n > 0)
		qsort(r->by_entity, n, sizeof *r->by_entity, by_entity);
}

struct report *report_open(const char *path, struct error *e)
{
	assert(path != NULL);
	char *file = file_is_folder(path) ? makefolder_join(path, DATABASE_FILE) : memory_string(path);
	struct report *r = NULL;
	if (!file_exists(file)) {
		error_set(e, ERROR_INPUT, "%s: no such file", file);
	} else if (file_is_folder(file)) {
		error_set(e, ERROR_INPUT, "%s: is a folder, not a file", file);
	} else {
		r = MEMORY_NEW(struct report);
		if (query_load(r, file, e) == 0) {
			query_index(r);
		} else {
			report_free(r);
			r = NULL;
		}
	}
	memory_free(file);
	return r;
}

void report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->histograms.count; i++)
		histogram_fini(&r->histograms.items[i].histogram);
	arena_fini(&r->arena);
	memory_free(r);
}

/* --- questions --------------------------------------------------------------------------------------------------------------- */

struct report_range report_entity(const struct report *r, enum record_scope scope, const char *entity)
{
	size_t low = 0, high = r->metrics.count;
	while (low < high) { /* the first that is not before (scope, entity) */
		size_t middle = low + (high - low) / 2;
		const struct report_metric *m = r->by_entity[middle];
		if (m->scope < scope || (m->scope == scope && strcmp(m->entity, entity) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < r->metrics.count && r->by_entity[end]->scope == scope && strcmp(r->by_entity[end]->entity, entity) == 0)
		end++;
	return (struct report_range){r->by_entity + low, end - low};
}

const struct interval *report_metric(const struct report *r, enum record_scope scope, const char *entity, const char *metric,
                                     const char *statistic)
{
	struct report_range range = report_entity(r, scope, entity);
	for (size_t i = 0; i < range.count; i++)
		if (strcmp(range.items[i]->metric, metric) == 0 && strcmp(range.items[i]->statistic, statistic) == 0)
			return &range.items[i]->value;
	return NULL;
}

double report_point(const struct report *r, enum record_scope scope, const char *entity, const char *metric, const char *statistic)
{
	const struct interval *value = report_metric(r, scope, entity, metric, statistic);
	return value ? value->mean : NAN;
}

const struct report_resource *report_resource(const struct report *r, enum record_scope scope, const char *name)
{
	for (size_t i = 0; i < r->resources.count; i++)
		if (r->resources.items[i].scope == scope && strcmp(r->resources.items[i].name, name) == 0)
			return &r->resources.items[i];
	return NULL;
}

const struct report_series *report_series(const struct report *r, enum record_scope scope, const char *entity, const char *metric)
{
	for (size_t i = 0; i < r->series.count; i++) {
		const struct report_series *s = &r->series.items[i];
		if (s->scope == scope && strcmp(s->entity, entity) == 0 && strcmp(s->metric, metric) == 0)
			return s;
	}
	return NULL;
}

const struct histogram *report_histogram(const struct report *r, enum record_scope scope, const char *entity, const char *metric)
{
	for (size_t i = 0; i < r->histograms.count; i++) {
		const struct report_histogram *h = &r->histograms.items[i];
		if (h->scope == scope && strcmp(h->entity, entity) == 0 && strcmp(h->metric, metric) == 0)
			return &h->histogram;
	}
	return NULL;
}

static void add_once(const char **names, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return;
	names[(*count)++] = name;
}

const char **report_entities(const struct report *r, enum record_scope scope, size_t *count)
{
	size_t most = r->functions.count + r->sources.count + r->metrics.count;
	const char **names = MEMORY_ARRAY(most, const char *);
	*count = 0;
	for (size_t i = 0; scope == RECORD_FUNCTION && i < r->functions.count; i++)
		add_once(names, count, r->functions.items[i].name);
	for (size_t i = 0; scope == RECORD_SOURCE && i < r->sources.count; i++)
		add_once(names, count, r->sources.items[i].name);
	const char *last = NULL;
	for (size_t i = 0; i < r->metrics.count; i++) {
		const struct report_metric *m = &r->metrics.items[i];
		if (m->scope == scope && (last == NULL || strcmp(last, m->entity) != 0))
			add_once(names, count, last = m->entity);
	}
	return names;
}

bool report_has_bill(const struct report *r, bool month)
{
	for (size_t i = 0; i < r->costs.count; i++)
		if (r->costs.items[i].month == month)
			return true;
	return false;
}

struct interval report_bill(const struct report *r, bool month)
{
	const struct interval *total = report_metric(r, RECORD_RUN, "", "Cost_usd", month ? "month" : "run");
	if (total != NULL)
		return *total;
	struct interval sum = {0, 0, 0};
	for (size_t i = 0; i < r->costs.count; i++) {
		const struct report_cost *c = &r->costs.items[i];
		if (c->month != month)
			continue;
		sum.mean += c->usd.mean;
		sum.low += c->usd.low;
		sum.high += c->usd.high;
	}
	return report_has_bill(r, month) ? sum : INTERVAL_NONE;
}

double report_bill_gross(const struct report *r)
{
	double sum = 0;
	for (size_t i = 0; i < r->costs.count; i++)
		if (r->costs.items[i].month && r->costs.items[i].usd.mean > 0)
			sum += r->costs.items[i].usd.mean;
	return sum;
}
