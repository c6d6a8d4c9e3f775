/* report: everything that can be made from a results database. The database is the source of every other output, so that
 * `weir report RESULT` gives the same bytes as the run did. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>

#include "models/record.h"
#include "sim/base/error.h"
#include "sim/base/textbuf.h"

/* A sink that writes `folder`/results.sqlite: to a temporary name first, renamed at `end`; fini without end removes it. The folder is
 * made when it is missing (not its parents' parents: `mkdir -p` semantics). NULL and `e` on failure. The caller calls ops->fini, which frees it. */
struct sink *store_new(const char *folder, struct error *e);

/* Tries whether a folder can be written, before any work is done; leaves nothing behind. 0 or -1. */
int store_probe(const char *folder, struct error *e);

struct report; /* a results database, loaded */

/* `path` is a results.sqlite or the folder that holds one. NULL and `e` (ERROR_INPUT) when it is none, or of a newer version. */
struct report *report_open(const char *path, struct error *e);
void report_free(struct report *r);

/* summary.json's text, the same bytes as `--json` prints. */
void report_summary(const struct report *r, struct textbuf *out);

/* The summary for people; `width` is the terminal's (0: 100 columns), `colour` adds ANSI colours. */
void report_terminal(const struct report *r, int width, bool colour, struct textbuf *out);

struct report_outputs {
	bool plots; /* gnuplot SVG files (and in the page) */
	bool page;  /* report.html */
	bool csv, summary;
};

/* Writes the outputs into `folder`, each whole or not at all. A missing gnuplot is a warning in `warnings`, no failure. 0 or -1. */
int report_write(const struct report *r, const char *folder, const struct report_outputs *outputs, struct textbuf *warnings,
                 struct error *e);

#endif
