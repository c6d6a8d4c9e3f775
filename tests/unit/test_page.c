/* All outputs of made-up studies: the same bytes twice, nothing unescaped, each file whole or not there. With WEIR_KEEP_REPORTS=FOLDER the
 * reports stay there, one folder a study, for tests/browser. */
#include <check.h>

#include "models/os/file.h"
#include "models/os/makefolder.h"
#include "reports/finding.h"
#include "reports/query.h"
#include "sim/base/memory.h"
#include "tests/unit/fixture_folder.h"
#include "tests/unit/fixture_study.h"

Suite *page_suite(void);

static const char *const names[] = {"plain", "hostile", "empty"};

/* A study of this kind, written to `folder` and read back. */
static struct report *make(enum fixture_kind kind, const char *folder)
{
	struct error e = {0};
	struct sink *s = store_new(folder, &e);
	ck_assert_msg(s != NULL, "%s", e.text);
	ck_assert_msg(fixture_study(kind, s, &e) == 0, "%s", e.text);
	s->ops->fini(s);
	struct report *r = report_open(folder, &e);
	ck_assert_msg(r != NULL, "%s", e.text);
	return r;
}

static void write_all(const struct report *r, const char *folder)
{
	struct error e = {0};
	struct textbuf warnings = {0};
	struct report_outputs outputs = {true, true, true, true};
	ck_assert_msg(report_write(r, folder, &outputs, &warnings, &e) == 0, "%s", e.text);
	textbuf_fini(&warnings);
}

static char *text_of(const char *name)
{
	char *text;
	size_t n;
	struct error e = {0};
	ck_assert_msg(file_read(fixture_path(name), 1 << 26, &text, &n, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(strlen(text), n);
	return text;
}

START_TEST(kept_for_the_browser)
{
	const char *keep = getenv("WEIR_KEEP_REPORTS");
	char *folder = makefolder_join(keep ? keep : fixture_folder, names[_i]);
	struct report *r = make((enum fixture_kind)_i, folder);
	write_all(r, folder);
	ck_assert_int_gt(fixture_entries(folder), 7);
	report_free(r);
	memory_free(folder);
}
END_TEST

START_TEST(same_bytes_twice)
{
	struct report *r = make((enum fixture_kind)_i, fixture_folder);
	static const char *const files[] = {"report.html", "summary.json", "functions.csv", "sources.csv",
	                                    "series.csv",  "latency.csv",  "cost.csv"};
	char *first[7];
	write_all(r, fixture_folder);
	for (int i = 0; i < 7; i++)
		first[i] = text_of(files[i]);
	write_all(r, fixture_folder);
	for (int i = 0; i < 7; i++) {
		char *second = text_of(files[i]);
		ck_assert_msg(strcmp(first[i], second) == 0, "%s differs", files[i]);
		memory_free(first[i]);
		memory_free(second);
	}
	report_free(r);
}
END_TEST

/* In a page no name may open an element or leave its attribute; in the data no '<' may stand at all. */
START_TEST(nothing_unescaped)
{
	struct report *r = make(FIXTURE_HOSTILE, fixture_folder);
	write_all(r, fixture_folder);
	char *page = text_of("report.html");
	ck_assert_ptr_null(strstr(page, "<b onload"));
	ck_assert_ptr_null(strstr(page, "<script>alert"));
	ck_assert_ptr_null(strstr(page, "<i>&amp;</i>"));
	ck_assert_ptr_nonnull(strstr(page, "&lt;/script&gt;&lt;b onload=&quot;alert(1)&quot;&gt;O&#39;Brien &amp; Söns&lt;/b&gt;"));
	char *data = strstr(page, "id=\"data\">");
	ck_assert_ptr_nonnull(data);
	char *end = strchr(data, '<');
	ck_assert_ptr_nonnull(end);
	ck_assert_int_eq(strncmp(end, "</script>\n<script>\n/* uPlot", 27), 0);
	ck_assert_int_eq(file_exists("/tmp/pwned"), 0);
	memory_free(page);
	report_free(r);
}
END_TEST

START_TEST(every_failing_write)
{
	struct report *r = make(FIXTURE_EMPTY, fixture_folder);
	struct error e = {0};
	struct textbuf warnings = {0};
	struct report_outputs outputs = {false, true, true, true};
	char number[16];
	snprintf(number, sizeof number, "%d", _i);
	setenv("WEIR_FAIL_WRITE", number, 1);
	int failed = report_write(r, fixture_folder, &outputs, &warnings, &e);
	unsetenv("WEIR_FAIL_WRITE");
	(void)failed;
	DIR *d = opendir(fixture_folder);
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
		ck_assert_ptr_null(strstr(entry->d_name, ".tmp"));
	closedir(d);
	ck_assert(failed == 0 || error_exit_status(e.code) == 3);
	textbuf_fini(&warnings);
	report_free(r);
}
END_TEST

START_TEST(no_gnuplot)
{
	struct report *r = make(FIXTURE_PLAIN, fixture_folder);
	struct error e = {0};
	struct textbuf warnings = {0};
	struct report_outputs outputs = {true, true, true, true};
	char *path = memory_string(getenv("PATH"));
	write_all(r, fixture_folder);
	setenv("PATH", "/nowhere", 1);
	ck_assert_int_eq(report_write(r, fixture_folder, &outputs, &warnings, &e), 0);
	setenv("PATH", path, 1);
	ck_assert_str_eq(textbuf_text(&warnings), "no plots: gnuplot is not installed\n");
	/* Plots of an earlier result would tell of other numbers. */
	ck_assert_int_eq(file_exists(fixture_path("plot-Checkout-latency.svg")), 0);
	ck_assert_int_eq(file_exists(fixture_path("report.html")), 1);
	textbuf_fini(&warnings);
	memory_free(path);
	report_free(r);
}
END_TEST

START_TEST(plots)
{
	struct report *r = make(FIXTURE_PLAIN, fixture_folder);
	struct error e = {0};
	fclose(fopen(fixture_path("plot-Old-latency.svg"), "w"));
	fclose(fopen(fixture_path("plot-mine.txt"), "w"));
	write_all(r, fixture_folder);
	ck_assert_int_eq(file_exists(fixture_path("plot-Old-latency.svg")), 0);
	ck_assert_int_eq(file_exists(fixture_path("plot-mine.txt")), 1);
	char *svg = text_of("plot-Thumbnails-concurrency.svg");
	ck_assert_ptr_nonnull(strstr(svg, "<title>Thumbnails: concurrency"));
	ck_assert_ptr_nonnull(strstr(svg, "limit: 12<"));
	ck_assert_ptr_null(strstr(svg, "\"black\""));
	memory_free(svg);
	report_free(r);
	(void)e;
}
END_TEST

START_TEST(csv)
{
	struct report *r = make(FIXTURE_HOSTILE, fixture_folder);
	write_all(r, fixture_folder);
	char *text = text_of("functions.csv");
	ck_assert_ptr_eq(
		strstr(text,
	               "function,runtime,architecture,memory_mb,timeout_s,reserved,Invocations,Invocations.low,Invocations.high,"),
		text);
	ck_assert_ptr_nonnull(
		strstr(text, "\n\"</script><b onload=\"\"alert(1)\"\">O'Brien & Söns</b>\",python3.12,x86_64,256,10,,138240,"));
	memory_free(text);
	report_free(r);
}
END_TEST

START_TEST(failures)
{
	static const char *const fine[] = {"200", "204", "301", "399"}, *const failed[] = {"400", "429", "599", "timeout"};
	for (size_t i = 0; i < 4; i++) {
		ck_assert(!finding_status_fails(fine[i]));
		ck_assert(finding_status_fails(failed[i]));
	}
}
END_TEST

START_TEST(terminal)
{
	struct report *r = make(FIXTURE_PLAIN, fixture_folder);
	static const int widths[] = {0, 40, 72, 80, 100, 200};
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
		struct textbuf t = {0}, coloured = {0};
		report_terminal(r, widths[i], false, &t);
		report_terminal(r, widths[i], true, &coloured);
		ck_assert_ptr_nonnull(strstr(t.text, "Thumbnails"));
		ck_assert_ptr_nonnull(strstr(t.text, "598 ms"));
		ck_assert_ptr_null(strchr(t.text, '\033'));
		ck_assert_ptr_nonnull(strstr(coloured.text, "\033[31m"));
		ck_assert_ptr_null(strstr(t.text, " \n"));
		textbuf_fini(&t);
		textbuf_fini(&coloured);
	}
	report_free(r);
}
END_TEST

/* What the findings say of places, on a terminal wide enough for all columns. */
static const char *const said[] = {
	"0.60 % of what came to Checkout.Api is given up and lost: 6 in all.",
	"0.40 % of the asynchronous events of Notify becomes too old and is lost: 4 in all.",
	"The backlog of Checkout.Api grows to the end of the run, when 8 events are left: it is read more slowly than it is filled.",
	"Checkout.Api holds messages until they are as old as 3.00 d; it keeps them for 4 days.",
	"Thumbnails.Upload is read when its records are as old as 20.0 h; it keeps them for 1 day.",
	"Thumbnails.Upload refuses 17 writes: they are more than its shards take, or fall on few of them.",
	"Checkout.Api has 3 messages processed again: their visibility timeout was over before the run was.",
	"A shard of Thumbnails.Upload is blocked for 1.00 h by a batch that is repeated; what came after it waits.",
	"1.20 % of what came to Checkout.Api is given up and kept in a dead-letter queue or destination: 12 in all.",
};

struct sentences {
	struct prose prose;
	struct textbuf text;
};

static void sentence_begin(void *ctx, enum finding_rank rank)
{
	(void)ctx, (void)rank;
}

static void sentence_end(void *ctx, bool named)
{
	(void)named;
	textbuf_add_char(&((struct sentences *)ctx)->text, '\n');
}

START_TEST(findings_of_places)
{
	struct report *r = make(FIXTURE_PLAIN, fixture_folder);
	struct sentences s = {0};
	s.prose.out = &s.text;
	finding_list(r, &(struct finding_sink){&s.prose, sentence_begin, sentence_end, &s});
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		ck_assert_msg(strstr(textbuf_text(&s.text), said[i]) != NULL, "'%s' is not in:\n%s", said[i],
		              textbuf_text(&s.text));
	textbuf_fini(&s.text);
	report_free(r);
}
END_TEST

/* Tables of places are written where there are places, and go when there are none. */
START_TEST(tables_of_places)
{
	struct textbuf out = {0};
	struct report *r = make(FIXTURE_PLAIN, fixture_folder);
	write_all(r, fixture_folder);
	ck_assert_int_eq(file_exists(fixture_path("queues.csv")), 1);
	ck_assert_int_eq(file_exists(fixture_path("streams.csv")), 1);
	ck_assert_int_eq(file_exists(fixture_path("buses.csv")), 0);
	ck_assert_int_eq(file_exists(fixture_path("plot-Checkout_Api-depth.svg")), 1);
	ck_assert_int_eq(file_exists(fixture_path("plot-Checkout_Api-age.svg")), 1);
	ck_assert_int_eq(file_exists(fixture_path("plot-Notify-depth.svg")), 1);
	report_terminal(r, 200, false, &out);
	ck_assert_ptr_nonnull(strstr(textbuf_text(&out), "Where events ended"));
	ck_assert_ptr_nonnull(strstr(textbuf_text(&out), "Peak visible"));
	textbuf_fini(&out);
	report_free(r);
	r = make(FIXTURE_EMPTY, fixture_folder);
	write_all(r, fixture_folder);
	ck_assert_int_eq(file_exists(fixture_path("queues.csv")), 0);
	ck_assert_int_eq(file_exists(fixture_path("plot-Checkout_Api-depth.svg")), 0);
	report_free(r);
}
END_TEST

Suite *page_suite(void)
{
	Suite *s = suite_create("page");
	TCase *t = tcase_create("page");
	tcase_add_checked_fixture(t, fixture_folder_make, fixture_folder_remove);
	tcase_add_loop_test(t, kept_for_the_browser, 0, 3);
	tcase_add_loop_test(t, same_bytes_twice, 0, 3);
	tcase_add_test(t, nothing_unescaped);
	tcase_add_loop_test(t, every_failing_write, 1, 26);
	tcase_add_test(t, no_gnuplot);
	tcase_add_test(t, plots);
	tcase_add_test(t, csv);
	tcase_add_test(t, failures);
	tcase_add_test(t, terminal);
	tcase_add_test(t, findings_of_places);
	tcase_add_test(t, tables_of_places);
	suite_add_tcase(s, t);
	return s;
}
