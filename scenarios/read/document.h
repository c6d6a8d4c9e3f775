/* document: the files of a scenario, read into trees. */
#ifndef SCENARIOS_READ_DOCUMENT_H
#define SCENARIOS_READ_DOCUMENT_H

#include "scenarios/read/reading.h"

/* Reads the template (the one named, or template.yaml, template.yml or template.json of the working directory) and, when it is named, the
 * workload file; sets r->root, r->weir (both together), r->folder and the scenario's name, file and text. 0; -1 with errors among the
 * diagnostics, or with `e` when a file cannot be read. */
int document_read(struct reading *r, struct error *e);

/* The same from texts, for tests and fuzzing: `workload` may be NULL. */
int document_from_text(struct reading *r, const char *file, const char *text, size_t length, const char *workload,
                       size_t workload_length);

#endif
