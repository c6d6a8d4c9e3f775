/* The SQLite sink and what reads it back: the rows, the file's marks, failure that leaves nothing, damage that is noticed. */
#include <check.h>
#include <math.h>
#include <sqlite3.h>

#include "models/os/file.h"
#include "reports/query.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_folder.h"
#include "tests/unit/fixture_study.h"

Suite *store_suite(void);

static void make(enum fixture_kind kind, const char *folder)
{
	struct error e = {0};
	struct sink *s = store_new(folder, &e);
	ck_assert_msg(s != NULL, "%s", e.text);
	ck_assert_msg(fixture_study(kind, s, &e) == 0, "%s", e.text);
	s->ops->fini(s);
}

static sqlite3 *open_database(void)
{
	sqlite3 *db;
	ck_assert_int_eq(sqlite3_open(fixture_path("results.sqlite"), &db), SQLITE_OK);
	return db;
}

static int64_t ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q;
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return value;
}

START_TEST(marks_and_rows)
{
	make(FIXTURE_PLAIN, fixture_folder);
	sqlite3 *db = open_database();
	ck_assert_int_eq(ask(db, "PRAGMA application_id"), 0x77656972);
	ck_assert_int_eq(ask(db, "PRAGMA user_version"), 2);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
	                         " AND name NOT LIKE 'sqlite_%'"),
	                 0);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM function"), 3);
	ck_assert_int_eq(ask(db, "SELECT reserved FROM function WHERE name = 'Thumbnails'"), 12);
	ck_assert_int_eq(ask(db, "SELECT reserved IS NULL FROM function WHERE name = 'Checkout'"), 1);
	ck_assert_int_eq(ask(db, "SELECT invocations FROM v_functions WHERE name = 'Checkout'"), 138240);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM v_series WHERE entity = 'Notify' AND metric = 'Invocations'"), 60);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM resource"), 3);
	ck_assert_int_eq(ask(db, "SELECT about = 'visibility 30 s · retention 4 days · after 3 receives to Notify' FROM v_queues"),
	                 1);
	ck_assert_int_eq(ask(db, "SELECT processed FROM v_queues WHERE name = 'Checkout.Api'"), 950);
	ck_assert_int_eq(ask(db, "SELECT retention_ns / 1000000000 FROM resource WHERE scope = 'stream'"), 86400);
	ck_assert_int_eq(ask(db, "SELECT iterator_age_max_ms FROM v_streams"), 72000000);
	ck_assert_int_eq(ask(db, "SELECT received FROM v_asynchronous"), 1000);
	ck_assert_int_eq(ask(db, "SELECT events FROM v_ends WHERE scope = 'topic' AND ended = 'dead-lettered'"), 12);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM v_objectives WHERE verdict = 'missed'"), 2);
	ck_assert_int_eq(
		ask(db,
	            "SELECT sum(b.count) = h.count FROM histogram h JOIN histogram_bucket b ON b.histogram_id = h.id GROUP BY h.id LIMIT 1"),
		1);
	ck_assert_int_eq(ask(db, "SELECT count(*) FROM histogram_bucket b WHERE cumulative_share = 1"),
	                 ask(db, "SELECT count(*) FROM histogram"));
	sqlite3_close(db);
}
END_TEST

START_TEST(same_rows_same_bytes)
{
	char first[96], second[96];
	struct error e = {0};
	char *a, *b;
	size_t n, m;
	snprintf(first, sizeof first, "%s/a", fixture_folder);
	snprintf(second, sizeof second, "%s/b/c/d", fixture_folder);
	make(FIXTURE_PLAIN, first);
	make(FIXTURE_PLAIN, second);
	ck_assert_int_eq(file_read(fixture_path("a/results.sqlite"), 1 << 26, &a, &n, &e), 0);
	ck_assert_int_eq(file_read(fixture_path("b/c/d/results.sqlite"), 1 << 26, &b, &m, &e), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(a, b, n);
	ck_assert_int_eq(fixture_entries(first), 1);
	memory_free(a);
	memory_free(b);
}
END_TEST

START_TEST(unfinished_leaves_nothing)
{
	char folder[96];
	struct error e = {0};
	snprintf(folder, sizeof folder, "%s/x/y/z", fixture_folder);
	struct sink *s = store_new(folder, &e);
	ck_assert_ptr_nonnull(s);
	s->ops->fini(s);
	ck_assert_int_eq(fixture_entries(fixture_folder), 0);
	/* What was there before stays, also an earlier result. */
	make(FIXTURE_EMPTY, fixture_folder);
	s = store_new(fixture_folder, &e);
	ck_assert_ptr_nonnull(s);
	s->ops->fini(s);
	ck_assert_int_eq(fixture_entries(fixture_folder), 1);
	struct report *r = report_open(fixture_folder, &e);
	ck_assert_ptr_nonnull(r);
	report_free(r);
}
END_TEST

START_TEST(every_failing_write)
{
	char folder[96], number[16];
	snprintf(folder, sizeof folder, "%s/x", fixture_folder);
	snprintf(number, sizeof number, "%d", _i);
	setenv("WEIR_FAIL_WRITE", number, 1);
	struct error e = {0};
	struct sink *s = store_new(folder, &e);
	int failed = s ? fixture_study(FIXTURE_EMPTY, s, &e) : -1;
	if (s)
		s->ops->fini(s);
	unsetenv("WEIR_FAIL_WRITE");
	ck_assert_int_eq(failed, -1);
	ck_assert_int_eq(error_exit_status(e.code), 3);
	ck_assert_ptr_nonnull(strstr(e.text, folder));
	ck_assert_int_eq(fixture_entries(fixture_folder), 0);
}
END_TEST

START_TEST(probe)
{
	struct error e = {0};
	char path[128];
	snprintf(path, sizeof path, "%s/p/q", fixture_folder);
	ck_assert_int_eq(store_probe(path, &e), 0);
	ck_assert_int_eq(fixture_entries(fixture_folder), 0);
	fclose(fopen(fixture_path("file"), "w"));
	snprintf(path, sizeof path, "%s/file/below", fixture_folder);
	ck_assert_int_eq(store_probe(path, &e), -1);
	ck_assert_int_eq(error_exit_status(e.code), 3);
	ck_assert_int_eq(fixture_entries(fixture_folder), 1);
	e = (struct error){0};
	ck_assert_int_eq(file_make_folder(fixture_path("taken/results.sqlite"), &e), 0);
	snprintf(path, sizeof path, "%s/taken", fixture_folder);
	ck_assert_int_eq(store_probe(path, &e), -1);
}
END_TEST

START_TEST(read_back)
{
	struct error e = {0};
	make(FIXTURE_HOSTILE, fixture_folder);
	struct report *r = report_open(fixture_path("results.sqlite"), &e);
	ck_assert_msg(r != NULL, "%s", e.text);
	ck_assert_str_eq(r->study.seed, "18446744073709551615");
	ck_assert_uint_eq(r->functions.count, 3);
	ck_assert_str_eq(r->functions.items[2].name, "';!touch /tmp/pwned`id`$(id)\\n%s{0}");
	ck_assert_int_eq(r->functions.items[0].reserved, FUNCTION_UNRESERVED);
	ck_assert_double_eq(report_point(r, RECORD_FUNCTION, r->functions.items[0].name, "Latency_ms", "p50"), 42.7);
	ck_assert_ptr_null(report_metric(r, RECORD_SOURCE, r->functions.items[0].name, "Latency_ms", "p50"));
	ck_assert(isnan(report_metric(r, RECORD_FUNCTION, r->functions.items[0].name, "Latency_ms", "max")->low));
	const struct histogram *h = report_histogram(r, RECORD_FUNCTION, r->functions.items[1].name, "Latency");
	ck_assert_ptr_nonnull(h);
	ck_assert_uint_eq(h->count, 40000);
	ck_assert_uint_eq(report_series(r, RECORD_FUNCTION, r->functions.items[1].name, "Throttles")->count, 60);
	ck_assert_double_eq(report_bill(r, true).mean, 534.93);
	report_free(r);
}
END_TEST

START_TEST(no_result)
{
	struct error e = {0};
	ck_assert_ptr_null(report_open(fixture_folder, &e));
	ck_assert_int_eq(e.code, ERROR_INPUT);
	static const char *const contents[] = {"", "SQLite format 3", "not a database at all, but long enough to be looked at: {}"};
	for (size_t i = 0; i < 3; i++) {
		e = (struct error){0};
		ck_assert_int_eq(file_write(fixture_path("results.sqlite"), contents[i], strlen(contents[i]), &e), 0);
		ck_assert_ptr_null(report_open(fixture_folder, &e));
		ck_assert_int_eq(e.code, ERROR_INPUT);
	}
}
END_TEST

/* Changes the database by one statement and opens it. */
static struct report *open_changed(const char *sql, struct error *e)
{
	make(FIXTURE_PLAIN, fixture_folder);
	sqlite3 *db = open_database();
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	return report_open(fixture_folder, e);
}

static const char *const damage[] = {
	"PRAGMA user_version = 3",
	"PRAGMA user_version = 0",
	"PRAGMA application_id = 1",
	"DROP TABLE note",
	"DELETE FROM study",
	"UPDATE histogram SET bytes = x'00112233' WHERE id = 1",
	"UPDATE source SET function_id = 99",
	"PRAGMA ignore_check_constraints = 1; UPDATE metric SET scope = 'elsewhere' WHERE id = 1",
	"PRAGMA ignore_check_constraints = 1; UPDATE study SET seed = '1x'",
	"INSERT INTO series_point VALUES (1, 10000, 0)",
};

START_TEST(damaged)
{
	struct error e = {0};
	ck_assert_ptr_null(open_changed(damage[_i], &e));
	ck_assert_msg(e.code == ERROR_INPUT, "%s: %s", damage[_i], e.text);
}
END_TEST

/* Whatever byte is hit: it is read or refused, never a crash. Each run flips a few. */
START_TEST(flipped_bytes)
{
	struct error e = {0};
	char *bytes;
	size_t n;
	make(FIXTURE_PLAIN, fixture_folder);
	ck_assert_int_eq(file_read(fixture_path("results.sqlite"), 1 << 26, &bytes, &n, &e), 0);
	for (size_t i = 0; i < 40; i++) {
		size_t at = ((size_t)_i * 40 + i) * 7919 % n;
		char kept = bytes[at];
		bytes[at] = (char)~kept;
		ck_assert_int_eq(file_write(fixture_path("results.sqlite"), bytes, n, &e), 0);
		struct error refused = {0};
		struct report *r = report_open(fixture_folder, &refused);
		ck_assert(r != NULL || error_exit_status(refused.code) == 2);
		report_free(r);
		bytes[at] = kept;
	}
	memory_free(bytes);
}
END_TEST

Suite *store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");
	tcase_add_checked_fixture(t, fixture_folder_make, fixture_folder_remove);
	tcase_add_test(t, marks_and_rows);
	tcase_add_test(t, same_rows_same_bytes);
	tcase_add_test(t, unfinished_leaves_nothing);
	tcase_add_loop_test(t, every_failing_write, 1, 20);
	tcase_add_test(t, probe);
	tcase_add_test(t, read_back);
	tcase_add_test(t, no_result);
	tcase_add_loop_test(t, damaged, 0, (int)(sizeof damage / sizeof damage[0]));
	tcase_add_loop_test(t, flipped_bytes, 0, 10);
	suite_add_tcase(s, t);
	return s;
}
