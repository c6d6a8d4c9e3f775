/* Writing the outputs. All of them are made in memory first, then each file is written whole or not at all. */
#include "reports/report.h"

#include <string.h>

#include "models/os/file.h"
#include "models/os/makefolder.h"
#include "reports/csv_out.h"
#include "reports/page.h"
#include "reports/plot.h"
#include "sim/base/memory.h"

static int write_text(const char *folder, const char *name, const struct textbuf *text, struct error *e)
{
	char *path = makefolder_join(folder, name);
	int failed = file_write(path, textbuf_text(text), text->length, e);
	memory_free(path);
	return failed;
}

static int write_summary(const struct report *r, const char *folder, struct error *e)
{
	struct textbuf text = {0};
	report_summary(r, &text);
	int failed = write_text(folder, "summary.json", &text, e);
	textbuf_fini(&text);
	return failed;
}

/* A table of an earlier run, and copies of it such as "queues.old.csv". */
static int remove_table(const char *folder, const char *name, struct error *e)
{
	char *stem = memory_string_n(name, strcspn(name, ".") + 1);
	int failed = makefolder_sweep(folder, stem, name + strlen(stem), e);
	memory_free(stem);
	return failed;
}

static int write_tables(const struct report *r, const char *folder, struct error *e)
{
	int failed = 0;
	for (const struct csv_table *t = csv_tables; t->file != NULL && !failed; t++) {
		struct textbuf text = {0};
		size_t rows = 1;
		if (t->scope != RECORD_SCOPES)
			memory_free(report_entities(r, t->scope, &rows));
		if (rows == 0) {
			failed = remove_table(folder, t->file, e);
			continue;
		}
		t->write(r, &text);
		failed = write_text(folder, t->file, &text, e);
		textbuf_fini(&text);
	}
	return failed;
}

static int write_plots(const struct plots *plots, const char *folder, struct error *e)
{
	int failed = 0;
	for (size_t i = 0; i < plot_count(plots) && !failed; i++)
		if (plots->svg[i].length > 0)
			failed = write_text(folder, plots->files[i], &plots->svg[i], e);
	return failed;
}

static int write_page(const struct report *r, const struct plots *plots, const char *folder, struct error *e)
{
	struct textbuf text = {0};
	page_write(r, plots, &text);
	int failed = write_text(folder, "report.html", &text, e);
	textbuf_fini(&text);
	return failed;
}

int report_write(const struct report *r, const char *folder, const struct report_outputs *outputs, struct textbuf *warnings,
                 struct error *e)
{
	struct plots plots = {0};
	char *made = NULL;
	int failed = makefolder_make(folder, &made, e);
	if (!failed)
		failed = makefolder_sweep(folder, "plot-", ".svg", e);
	if (!failed && outputs->plots)
		failed = plot_all(r, &plots, warnings, e);
	if (!failed && outputs->summary)
		failed = write_summary(r, folder, e);
	if (!failed && outputs->csv)
		failed = write_tables(r, folder, e);
	if (!failed)
		failed = write_plots(&plots, folder, e);
	if (!failed && outputs->page)
		failed = write_page(r, &plots, folder, e);
	plots_fini(&plots);
	memory_free(made);
	return failed;
}
