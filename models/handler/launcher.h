/* launcher: how each value of a function's Runtime property is run on this machine, and with which environment.
 *
 * A new runtime is a row of the table in launcher.c. Interpreters are real programs (ELF), never a version manager's shim: a shim
 * would be measured as the handler's start. */
#ifndef MODELS_HANDLER_LAUNCHER_H
#define MODELS_HANDLER_LAUNCHER_H

#include "models/spec/function.h"
#include "sim/arena.h"
#include "sim/base/error.h"

/* How to run one function; all strings in the arena. */
struct launch_plan {
	const char *const *arguments;   /* NULL-ended */
	const char *const *environment; /* NULL-ended; what Lambda sets and what the template sets */
	const char *folder;             /* the code; absolute */
	const char *temporary;          /* the folder that TMPDIR names, in `scratch` */
	const char *arn;
	const char *used;     /* "Python 3.11.2 (/usr/bin/python3.11)" */
	const char *note;     /* how it differs from the template's Runtime; NULL when it does not */
	const char *packages; /* the file that names dependencies, when the code has one: "requirements.txt"; else NULL */
};

/* Finds interpreter and code, and writes what is needed (the runtime's own client, inline code) into `scratch`, a private folder
 * that lives as long as the plan. 0, or -1 with ERROR_INPUT (no interpreter, no code), ERROR_UNSUPPORTED (a runtime that is not
 * modelled), ERROR_IO or ERROR_PROCESS. Messages begin with the function's name. */
int launcher_plan(const struct function_spec *f, const char *region, const char *scratch, struct arena *a, struct launch_plan *plan,
                  struct error *e);

/* Adds to the digest all that `plan` depends on besides the function's own properties: weir's runtime clients. */
struct sha256;
void launcher_hash(struct sha256 *s);

#endif
