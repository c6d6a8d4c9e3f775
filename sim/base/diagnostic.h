/* diagnostic: what is wrong, or worth knowing, about what the user wrote, and where.
 *
 * Many are collected in one reading. Printed as `file:line:column: error: text [rule]`, then the source line, a caret, and a
 * hint. Errors come before warnings, warnings before notes; inside a severity by file, line and column. */
#ifndef SIM_BASE_DIAGNOSTIC_H
#define SIM_BASE_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/textbuf.h"

/* A place in a text file. line and column count from 1; 0 means unknown. */
struct position {
	const char *file; /* borrowed; NULL for the command line */
	int line, column;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diagnostic {
	enum severity severity;
	struct position at;
	char *rule; /* "read/unknown-key", "timeout/gateway"; owned */
	char *text; /* owned */
	char *hint; /* owned; NULL when there is nothing to add */
};

/* `{0}` is a valid empty list. Not safe for two threads. */
struct diagnostics {
	struct diagnostic *items; /* owned */
	size_t count, capacity;
	size_t errors, warnings;
	size_t dropped;    /* findings that were counted but not kept */
	bool last_dropped; /* private: the one added last was not kept, and neither is its hint */
};

/* Past DIAGNOSTIC_LIMIT findings the rest are only counted, but an error takes the place of the last warning or note. Texts are
 * kept on one line: control characters become spaces, and what passes DIAGNOSTIC_TEXT bytes is cut off. */
enum { DIAGNOSTIC_LIMIT = 200, DIAGNOSTIC_TEXT = 1000 };

void diagnostic_add(struct diagnostics *d, enum severity severity, struct position at, const char *rule, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Sets the hint of the diagnostic added last ("did you mean 'MemorySize'?"). */
void diagnostic_hint(struct diagnostics *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts errors first, then by position; stable. */
void diagnostics_sort(struct diagnostics *d);

/* Renders all in order. `line_of(ctx, file, line)` gives the text of a source line (borrowed, ending at NUL or a line end) or NULL;
 * it may be NULL. Columns count characters. Long lines are shown as a window around the column; control characters become '?'. */
void diagnostics_render(const struct diagnostics *d, const char *(*line_of)(void *ctx, const char *file, int line), void *ctx,
                        struct textbuf *out);

/* {"diagnostics":[{"file","line","column","severity","rule","text"}...]} and a newline. */
void diagnostics_json(const struct diagnostics *d, struct textbuf *out);

const char *severity_name(enum severity severity); /* "error", "warning", "note" */
void diagnostics_fini(struct diagnostics *d);

#endif
