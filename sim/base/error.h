/* error: how a function tells its caller that the world did not co-operate.
 *
 * Three kinds of failure have three mechanisms. A bug is an assert. A mistake in what the user wrote is a diagnostic with a
 * position (diagnostic.h). Everything else, a full disk or a missing program, is a `struct error` filled by the callee, which
 * then returns a negative number. Functions that cannot fail return no status. */
#ifndef SIM_BASE_ERROR_H
#define SIM_BASE_ERROR_H

enum error_code {
#define ERROR(name, status, text) ERROR_##name,
#include "sim/base/errors.def"
#undef ERROR
	ERROR_COUNT
};

/* The first failure on a path; later ones do not overwrite it. `{0}` is a valid "no error". */
struct error {
	enum error_code code;
	char text[640]; /* one line, without newline */
};

/* Fills `e` unless it already holds a failure; `e` may be NULL. Returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error *e, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The process exit status that belongs to a code: 0, 1, 2 or 3. */
int error_exit_status(enum error_code code);

/* The code's name in capitals ("INPUT") and its meaning; both are literals. */
const char *error_name(enum error_code code);
const char *error_meaning(enum error_code code);

#endif
