/* scenarioread: the whole of a reading, for the functions of read.h and for tests and fuzzing, which give texts instead of files. */
#ifndef SCENARIOS_READ_SCENARIOREAD_H
#define SCENARIOS_READ_SCENARIOREAD_H

#include "scenarios/read/reading.h"

void reading_init(struct reading *r, const struct read_options *options, struct diagnostics *found);

/* What follows the files: r->root and r->weir are there. */
void reading_run(struct reading *r);

/* What `weir check` adds after reading_run (r->careful was set before it); in check.c. */
void reading_check(struct reading *r);

/* Writes the workload stub of `weir init` after reading_run, which found no error (r->weir was NULL); in stub.c. */
void reading_stub(const struct reading *r, struct textbuf *out);

/* Frees what only the reading needed. The scenario is the caller's when `keep`, else it is freed. The texts stay. */
struct scenario *reading_end(struct reading *r, bool keep);

/* scenario_read with texts instead of files: `workload` may be NULL. Files that the scenario names are still read. */
int scenario_read_text(const struct read_options *options, const char *text, size_t length, const char *workload,
                       size_t workload_length, struct scenario **out, struct diagnostics *found, struct source_texts **texts);

#endif
