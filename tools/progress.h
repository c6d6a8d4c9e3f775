/* progress: one line on standard error that says what is going on and how long it will take; only on a terminal, 5 times a second. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/textbuf.h"

struct progress {
	bool shown;         /* false: nothing is ever drawn */
	bool drawn;         /* a line stands on the terminal */
	int64_t started_ns; /* of what is going on now */
	int64_t drawn_ns;
};

void progress_init(struct progress *p, bool wanted); /* shown if wanted and standard error is a terminal */
void progress_begin(struct progress *p);             /* something new begins: time is counted from here */

/* Draws `text` when it is time to; `fraction` (0..1) of the work is done. One thread at a time. */
void progress_update(struct progress *p, const char *text, double fraction);
void progress_clear(struct progress *p); /* takes the line away */

/* "0:07", "12:40", "1:02:03"; what is left after `elapsed_ns` when `fraction` is done; "" while nobody can know. Exposed for tests. */
void progress_time_left(int64_t elapsed_ns, double fraction, struct textbuf *out);

#endif
