/* The SQLite sink. One transaction, no journal, no syncing: the file has a temporary name until it is whole, so a crash leaves
 * nothing that could be taken for a result. The same rows give the same bytes. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "embedded.h"
#include "models/os/file.h"
#include "models/os/makefolder.h"
#include "reports/coarse.h"
#include "reports/database.h"
#include "reports/report.h"
#include "reports/words.h"
#include "sim/base/memory.h"

/* One prepared statement a table. `?` come in the order of the columns. */
#define STORE_TABLES(TABLE)                  \
	TABLE(STUDY, "study", 22)            \
	TABLE(FUNCTION, "function", 13)      \
	TABLE(SOURCE, "source", 15)          \
	TABLE(RESOURCE, "resource", 5)       \
	TABLE(METRIC, "metric", 9)           \
	TABLE(SERIES, "series", 5)           \
	TABLE(POINT, "series_point", 3)      \
	TABLE(HISTOGRAM, "histogram", 8)     \
	TABLE(BUCKET, "histogram_bucket", 5) \
	TABLE(COST, "cost", 10)              \
	TABLE(OBJECTIVE, "objective", 12)    \
	TABLE(NOTE, "note", 4)

enum store_table {
#define TABLE(id, name, columns) STORE_##id,
	STORE_TABLES(TABLE)
#undef TABLE
		STORE_COUNT
};

static const struct {
	const char *name;
	int columns;
} store_tables[] = {
#define TABLE(id, name, columns) {name, columns},
	STORE_TABLES(TABLE)
#undef TABLE
};

struct store {
	struct sink sink; /* first */
	char *folder;     /* owned */
	char *made;       /* the highest folder that had to be made; NULL for none; owned */
	char *path;       /* of the finished file; owned */
	char *temporary;  /* owned; NULL once committed */
	sqlite3 *db;
	sqlite3_stmt *insert[STORE_COUNT];
	int64_t rows[STORE_COUNT]; /* also the last row's id */
};

/* --- rows -------------------------------------------------------------------------------------------------------------------- */

/* A row that is being filled, column by column. */
struct row {
	struct store *store;
	enum store_table table;
	sqlite3_stmt *insert;
	int column;
	int failed; /* the first SQLite result that was no SQLITE_OK */
};

static struct row row_begin(struct store *s, enum store_table table)
{
	return (struct row){.store = s, .table = table, .insert = s->insert[table]};
}

static void row_keep(struct row *r, int result)
{
	if (r->failed == SQLITE_OK)
		r->failed = result;
}

static void row_int(struct row *r, int64_t value)
{
	row_keep(r, sqlite3_bind_int64(r->insert, ++r->column, value));
}

static void row_null(struct row *r)
{
	row_keep(r, sqlite3_bind_null(r->insert, ++r->column));
}

static void row_int_unless(struct row *r, int64_t value, int64_t absent)
{
	if (value == absent)
		row_null(r);
	else
		row_int(r, value);
}

static void row_real(struct row *r, double value)
{
	if (isfinite(value))
		row_keep(r, sqlite3_bind_double(r->insert, ++r->column, value));
	else
		row_null(r);
}

/* The text is borrowed until the row ends. NULL becomes NULL. */
static void row_text(struct row *r, const char *text)
{
	row_keep(r, sqlite3_bind_text(r->insert, ++r->column, text, -1, SQLITE_STATIC));
}

static void row_interval(struct row *r, const struct interval *value)
{
	bool bounded = isfinite(value->low) && isfinite(value->high);
	row_real(r, value->mean);
	row_real(r, bounded ? value->low : NAN);
	row_real(r, bounded ? value->high : NAN);
}

static int store_refuse(struct store *s, struct error *e)
{
	return error_set(e, ERROR_DATABASE, "%s: cannot be written: %s", s->path, sqlite3_errmsg(s->db));
}

static int row_end(struct row *r, struct error *e)
{
	struct store *s = r->store;
	assert(r->column == store_tables[r->table].columns);
	if (file_fault())
		return error_set(e, ERROR_IO, "%s: cannot be written: %s", s->path, strerrordesc_np(ENOSPC));
	if (r->failed == SQLITE_OK) {
		int stepped = sqlite3_step(r->insert);
		r->failed = stepped == SQLITE_DONE ? SQLITE_OK : stepped;
	}
	if (r->failed != SQLITE_OK)
		store_refuse(s, e);
	sqlite3_reset(r->insert);
	if (r->failed != SQLITE_OK)
		return -1;
	s->rows[r->table]++;
	return 0;
}

/* Begins a row whose first column is its number, from 1. */
static struct row row_numbered(struct store *s, enum store_table table)
{
	struct row r = row_begin(s, table);
	row_int(&r, s->rows[table] + 1);
	return r;
}

/* --- begin ------------------------------------------------------------------------------------------------------------------- */

static int store_study(struct store *s, const struct record_study *study, struct error *e)
{
	const struct scenario *plan = study->scenario;
	char seed[24];
	snprintf(seed, sizeof seed, "%" PRIu64, plan->seed);
	struct row r = row_numbered(s, STORE_STUDY);
	row_text(&r, WEIR_VERSION);
	row_text(&r, plan->name ? plan->name : "");
	row_text(&r, plan->file ? plan->file : "");
	row_text(&r, plan->text ? plan->text : "");
	row_text(&r, plan->region ? plan->region : "");
	row_text(&r, seed);
	row_int(&r, (int64_t)study->replications);
	row_int_unless(&r, plan->replications, 0);
	row_int(&r, plan->duration);
	row_int(&r, study->warm_up);
	row_int(&r, plan->warm_up_auto);
	row_real(&r, study->simulated_s);
	row_real(&r, plan->precision);
	row_int(&r, study->precision_reached);
	row_real(&r, study->worst_precision);
	row_text(&r, study->worst_metric);
	row_int(&r, (int64_t)study->events);
	row_int(&r, plan->account.concurrent_executions);
	row_int(&r, plan->account.used_by_others);
	row_int(&r, plan->account.scaling_unlimited);
	row_int(&r, plan->account.request_unlimited);
	return row_end(&r, e);
}

static int store_function(struct store *s, const struct function_spec *f, struct error *e)
{
	struct textbuf reclaim = {0};
	words_reclaim(&reclaim, &f->reclaim);
	struct row r = row_numbered(s, STORE_FUNCTION);
	row_text(&r, f->name);
	row_text(&r, f->function_name ? f->function_name : f->name);
	row_text(&r, f->runtime);
	row_text(&r, f->handler);
	row_text(&r, words_architecture(f->architecture));
	row_int(&r, f->memory_mb);
	row_int(&r, f->timeout_s);
	row_int(&r, f->ephemeral_mb);
	row_int_unless(&r, f->reserved, FUNCTION_UNRESERVED);
	row_text(&r, words_model(f->model));
	row_text(&r, textbuf_text(&reclaim));
	row_text(&r, words_reuse(f->reuse));
	int failed = row_end(&r, e);
	textbuf_fini(&reclaim);
	return failed;
}

static int store_source(struct store *s, const struct source_spec *source, struct error *e)
{
	const struct arrival_spec *a = &source->arrivals;
	const struct client_spec *c = &source->client;
	bool rate = a->kind != ARRIVAL_RATES && a->kind != ARRIVAL_TIMES;
	struct textbuf retries = {0}, route = {0};
	words_retries(&retries, source->has_client ? c->retry_on : 0);
	words_route(&route, source->method, source->path);
	struct row r = row_numbered(s, STORE_SOURCE);
	row_text(&r, source->name);
	row_text(&r, words_source(source->kind));
	row_int_unless(&r, source->function == SOURCE_NO_FUNCTION ? 0 : (int64_t)source->function + 1, 0);
	row_text(&r, route.length ? textbuf_text(&route) : NULL);
	row_text(&r, words_arrivals(a->kind));
	row_real(&r, rate ? a->rate_per_s : NAN);
	row_real(&r, a->kind == ARRIVAL_RENEWAL ? a->cv : NAN);
	row_real(&r, a->pattern.count > 0 ? simtime_s(a->pattern_period) : NAN);
	row_real(&r, a->growth_per_month);
	row_text(&r, source->has_client ? c->preset : NULL);
	row_int_unless(&r, source->has_client ? c->timeout : SIMTIME_NEVER, SIMTIME_NEVER);
	row_int(&r, source->has_client ? c->max_attempts : 1);
	row_text(&r, textbuf_text(&retries));
	row_int_unless(&r, source->wait_limit, SIMTIME_NEVER);
	int failed = row_end(&r, e);
	textbuf_fini(&retries);
	textbuf_fini(&route);
	return failed;
}

static int store_resource(struct store *s, enum record_scope scope, const char *name, simtime retention, struct textbuf *about,
                          struct error *e)
{
	struct row r = row_numbered(s, STORE_RESOURCE);
	row_text(&r, words_scope(scope));
	row_text(&r, name);
	row_text(&r, textbuf_text(about));
	row_int_unless(&r, retention, 0);
	int failed = row_end(&r, e);
	textbuf_fini(about);
	return failed;
}

static int store_resources(struct store *s, const struct scenario *plan, struct error *e)
{
	struct textbuf about = {0};
	int failed = 0;
	for (size_t i = 0; i < plan->queue_count && !failed; i++) {
		words_queue(&about, &plan->queues[i]);
		failed = store_resource(s, RECORD_QUEUE, plan->queues[i].name, plan->queues[i].retention, &about, e);
	}
	for (size_t i = 0; i < plan->topic_count && !failed; i++) {
		words_topic(&about, &plan->topics[i]);
		failed = store_resource(s, RECORD_TOPIC, plan->topics[i].name, 0, &about, e);
	}
	for (size_t i = 0; i < plan->bus_count && !failed; i++) {
		words_bus(&about, &plan->buses[i]);
		failed = store_resource(s, RECORD_BUS, plan->buses[i].name, 0, &about, e);
	}
	for (size_t i = 0; i < plan->bucket_count && !failed; i++) {
		words_bucket(&about, &plan->buckets[i]);
		failed = store_resource(s, RECORD_BUCKET, plan->buckets[i].name, 0, &about, e);
	}
	for (size_t i = 0; i < plan->stream_count && !failed; i++) {
		words_stream(&about, &plan->streams[i]);
		failed = store_resource(s, RECORD_STREAM, plan->streams[i].name, plan->streams[i].retention, &about, e);
	}
	for (size_t i = 0; i < plan->mapping_count && !failed; i++) {
		words_mapping(&about, &plan->mappings[i], plan->functions[plan->mappings[i].function].name);
		failed = store_resource(s, RECORD_MAPPING, plan->mappings[i].name, 0, &about, e);
	}
	return failed;
}

static int store_begin(struct sink *sink, const struct record_study *study, struct error *e)
{
	struct store *s = (struct store *)sink;
	const struct scenario *plan = study->scenario;
	int failed = store_study(s, study, e);
	for (size_t i = 0; i < plan->function_count && !failed; i++)
		failed = store_function(s, &plan->functions[i], e);
	for (size_t i = 0; i < plan->source_count && !failed; i++)
		failed = store_source(s, &plan->sources[i], e);
	return failed ? failed : store_resources(s, plan, e);
}

/* --- the middle ones --------------------------------------------------------------------------------------------------------- */

static int store_metric(struct sink *sink, const struct record_metric *m, struct error *e)
{
	struct row r = row_numbered((struct store *)sink, STORE_METRIC);
	row_text(&r, words_scope(m->scope));
	row_text(&r, m->entity);
	row_text(&r, m->metric);
	row_text(&r, m->statistic);
	row_interval(&r, &m->value);
	row_int(&r, m->exact);
	return row_end(&r, e);
}

static int store_series(struct sink *sink, const struct record_series *series, struct error *e)
{
	struct store *s = (struct store *)sink;
	struct row r = row_numbered(s, STORE_SERIES);
	row_text(&r, words_scope(series->scope));
	row_text(&r, series->entity);
	row_text(&r, series->metric);
	row_int(&r, series->period);
	int failed = row_end(&r, e);
	for (size_t i = 0; i < series->count && !failed; i++) {
		r = row_begin(s, STORE_POINT);
		row_int(&r, s->rows[STORE_SERIES]);
		row_int(&r, (int64_t)i);
		row_real(&r, series->values[i]);
		failed = row_end(&r, e);
	}
	return failed;
}

struct bucket_rows {
	struct store *store;
	uint64_t total;
	int failed;
	struct error *e;
};

static void store_bucket(void *ctx, const struct coarse_bucket *b)
{
	struct bucket_rows *rows = ctx;
	if (rows->failed)
		return;
	struct row r = row_begin(rows->store, STORE_BUCKET);
	row_int(&r, rows->store->rows[STORE_HISTOGRAM]);
	row_int(&r, b->low);
	row_int(&r, b->high);
	row_int(&r, (int64_t)b->count);
	row_real(&r, (double)b->cumulative / (double)rows->total);
	rows->failed = row_end(&r, rows->e);
}

static int store_histogram(struct sink *sink, const struct record_histogram *h, struct error *e)
{
	struct store *s = (struct store *)sink;
	bool some = h->histogram->count > 0;
	struct textbuf bytes = {0};
	histogram_write(h->histogram, &bytes);
	struct row r = row_numbered(s, STORE_HISTOGRAM);
	row_text(&r, words_scope(h->scope));
	row_text(&r, h->entity);
	row_text(&r, h->metric);
	row_int(&r, (int64_t)h->histogram->count);
	row_int_unless(&r, some ? h->histogram->smallest : -1, -1);
	row_int_unless(&r, some ? h->histogram->largest : -1, -1);
	row_keep(&r, sqlite3_bind_blob64(r.insert, ++r.column, textbuf_text(&bytes), bytes.length, SQLITE_STATIC));
	int failed = row_end(&r, e);
	textbuf_fini(&bytes);
	struct bucket_rows rows = {s, h->histogram->count, failed, e};
	coarse_each(h->histogram, DATABASE_BUCKETS, store_bucket, &rows);
	return rows.failed;
}

static int store_cost(struct sink *sink, const struct record_cost *c, struct error *e)
{
	struct row r = row_numbered((struct store *)sink, STORE_COST);
	row_int(&r, c->month);
	row_text(&r, c->service);
	row_text(&r, c->resource);
	row_text(&r, c->item);
	row_real(&r, c->quantity);
	row_text(&r, c->unit);
	row_interval(&r, &c->usd);
	return row_end(&r, e);
}

static int store_objective(struct sink *sink, const struct record_objective *o, struct error *e)
{
	const struct objective_spec *spec = o->objective;
	struct row r = row_numbered((struct store *)sink, STORE_OBJECTIVE);
	row_text(&r, spec->text);
	row_text(&r, spec->entity);
	row_text(&r, spec->metric);
	row_text(&r, spec->statistic);
	row_int(&r, spec->percent);
	row_text(&r, words_comparator(spec->comparator));
	row_real(&r, spec->threshold);
	row_text(&r, words_verdict(o->verdict));
	row_interval(&r, &o->value);
	return row_end(&r, e);
}

static int store_note(struct sink *sink, const struct record_note *n, struct error *e)
{
	struct row r = row_numbered((struct store *)sink, STORE_NOTE);
	row_text(&r, severity_name(n->severity));
	row_text(&r, n->topic);
	row_text(&r, n->text);
	return row_end(&r, e);
}

/* --- open and close ---------------------------------------------------------------------------------------------------------- */

static void store_close(struct store *s)
{
	for (int i = 0; i < STORE_COUNT; i++) {
		sqlite3_finalize(s->insert[i]);
		s->insert[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static int store_end(struct sink *sink, struct error *e)
{
	struct store *s = (struct store *)sink;
	if (file_fault())
		return error_set(e, ERROR_IO, "%s: cannot be written: %s", s->path, strerrordesc_np(ENOSPC));
	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return store_refuse(s, e);
	store_close(s);
	if (file_commit(s->temporary, s->path, e) != 0)
		return -1;
	memory_free(s->temporary);
	s->temporary = NULL;
	return 0;
}

static void store_fini(struct sink *sink)
{
	struct store *s = (struct store *)sink;
	store_close(s);
	if (s->temporary != NULL) {
		file_discard(s->temporary);
		makefolder_undo(s->folder, s->made);
	}
	memory_free(s->temporary);
	memory_free(s->path);
	memory_free(s->made);
	memory_free(s->folder);
	memory_free(s);
}

static const struct sink_ops store_ops = {
	.begin = store_begin,
	.metric = store_metric,
	.series = store_series,
	.histogram = store_histogram,
	.cost = store_cost,
	.objective = store_objective,
	.note = store_note,
	.end = store_end,
	.fini = store_fini,
};

static int store_prepare(struct store *s, enum store_table table)
{
	struct textbuf sql = {0};
	textbuf_printf(&sql, "INSERT INTO %s VALUES (", store_tables[table].name);
	for (int i = 0; i < store_tables[table].columns; i++)
		textbuf_add(&sql, i ? ",?" : "?");
	textbuf_add_char(&sql, ')');
	int result = sqlite3_prepare_v3(s->db, textbuf_text(&sql), -1, SQLITE_PREPARE_PERSISTENT, &s->insert[table], NULL);
	textbuf_fini(&sql);
	return result;
}

static int store_open(struct store *s)
{
	char *pragmas =
		memory_format("PRAGMA application_id=%d; PRAGMA user_version=%d; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
	                      "PRAGMA locking_mode=EXCLUSIVE; BEGIN",
	                      DATABASE_APPLICATION, DATABASE_VERSION);
	int result = sqlite3_open_v2(s->temporary, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(s->db, pragmas, NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(s->db, (const char *)report_schema, NULL, NULL, NULL);
	for (int i = 0; i < STORE_COUNT && result == SQLITE_OK; i++)
		result = store_prepare(s, (enum store_table)i);
	memory_free(pragmas);
	return result;
}

struct sink *store_new(const char *folder, struct error *e)
{
	struct store *s = MEMORY_NEW(struct store);
	s->sink.ops = &store_ops;
	s->folder = memory_string(folder);
	s->path = makefolder_join(folder, DATABASE_FILE);
	if (makefolder_make(folder, &s->made, e) == 0) {
		s->temporary = file_temporary(s->path, e);
		if (s->temporary == NULL)
			makefolder_undo(s->folder, s->made);
		else if (store_open(s) == SQLITE_OK)
			return &s->sink;
		else
			store_refuse(s, e);
	}
	store_fini(&s->sink);
	return NULL;
}

int store_probe(const char *folder, struct error *e)
{
	char *made;
	if (makefolder_make(folder, &made, e) != 0)
		return -1;
	char *path = makefolder_join(folder, DATABASE_FILE);
	char *temporary = file_temporary(path, e);
	if (temporary != NULL)
		file_discard(temporary);
	int failed = temporary == NULL ? -1 : 0;
	static const char *const outputs[] = {DATABASE_FILE, "summary.json", "report.html"};
	for (size_t i = 0; !failed && i < sizeof outputs / sizeof outputs[0]; i++) {
		char *output = makefolder_join(folder, outputs[i]);
		if (file_is_folder(output))
			failed = error_set(e, ERROR_IO, "%s: cannot be written: it is a folder", output);
		memory_free(output);
	}
	makefolder_undo(folder, made);
	memory_free(temporary);
	memory_free(path);
	memory_free(made);
	return failed;
}
