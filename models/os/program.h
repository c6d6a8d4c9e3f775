/* program: runs another program with bytes for its standard input, and collects what it says.
 *
 * No shell is involved: arguments reach the program as they are. The program leads a process group of its own, which is killed when the
 * time is over. Descriptors of this process do not leak into it. */
#ifndef MODELS_OS_PROGRAM_H
#define MODELS_OS_PROGRAM_H

#include <stddef.h>

#include "sim/base/error.h"
#include "sim/base/textbuf.h"

struct program {
	const char *const *arguments;   /* arguments[0] is looked up in PATH; NULL-ended */
	const char *const *environment; /* "NAME=value", NULL-ended; all there is */
	const void *input;              /* may be NULL when input_length is 0 */
	size_t input_length;
	size_t output_limit; /* more bytes than this on either output end the program */
	int limit_ms;        /* wall time */
};

enum program_end {
	PROGRAM_EXITED,    /* `status` is its exit status */
	PROGRAM_KILLED,    /* by a signal: `status` is its number */
	PROGRAM_TIMED_OUT, /* killed by us */
	PROGRAM_TOO_MUCH,  /* killed by us: wrote past output_limit */
	PROGRAM_MISSING    /* there is no such program, or it may not be run */
};

struct program_result {
	enum program_end end;
	int status;
	struct textbuf output, errors; /* owned: program_result_fini */
};

/* 0 with `r` filled, or -1 with ERROR_PROCESS when the machine refused (no process, no descriptors). */
int program_run(const struct program *p, struct program_result *r, struct error *e);
void program_result_fini(struct program_result *r);

#endif
