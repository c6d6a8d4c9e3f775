/* dump: everything that a replication or a study leaves behind as text, so that two of them can be compared byte by byte. */
#ifndef TESTS_SUPPORT_DUMP_H
#define TESTS_SUPPORT_DUMP_H

#include "models/record.h"
#include "models/run.h"
#include "sim/base/textbuf.h"

/* Appends all of a replication's result. */
void dump_result(const struct run_result *x, const struct plan *p, struct textbuf *out);

/* A sink that appends a line for each row to `out` (borrowed). Nothing to free. */
struct dump_sink {
	struct sink base;
	struct textbuf *out;
};

void dump_sink_init(struct dump_sink *d, struct textbuf *out);

#endif
