/* weir_exec: the small process that stands between weir and a handler. It is weir itself, started again as "weir-exec".
 *
 *     weir                       owns the control socket
 *      `- weir-exec (warden)     own session; subreaper: whoever loses its parent below becomes its child
 *          `- runtime            own session, dies with the warden; limits and folder set before it is executed
 *              `- ...            whatever the handler starts, wherever it hides
 *
 * The warden waits for the end of the runtime, for a message, or for the control socket to close, which also happens when weir is
 * killed. Then it kills everything below it until nothing is left, reports, and leaves; when weir is gone it also removes weir's private
 * folder. So no process outlives weir, and none escapes by a session, a group or a fork of its own. What this does not stop: a handler
 * running as the same user may kill the warden; then the runtime dies too (parent death signal) and weir kills what carries its mark.
 * It is containment of accidents, not a security boundary. */
#ifndef MODELS_HANDLER_WEIR_EXEC_H
#define MODELS_HANDLER_WEIR_EXEC_H

#include <stdint.h>

#define WEIR_EXEC_NAME "weir-exec"
enum { WEIR_EXEC_CONTROL = 3 }; /* the descriptor of the control socket (SOCK_SEQPACKET) in the warden */

enum weir_exec_kind {
	WEIR_EXEC_STARTED, /* the runtime is about to be executed: pid, at_ns (clock_monotonic_ns) */
	WEIR_EXEC_REFUSED, /* it could not be: status is errno, step says at what */
	WEIR_EXEC_ENDED    /* nothing is left: status as from wait(2), cpu_ns of all that was waited for */
};
enum weir_exec_step { WEIR_EXEC_STEP_FORK, WEIR_EXEC_STEP_LIMITS, WEIR_EXEC_STEP_FOLDER, WEIR_EXEC_STEP_PROGRAM };

/* One packet on the control socket. */
struct weir_exec_message {
	int32_t kind, pid, status, step;
	int64_t at_ns, cpu_ns;
	int32_t asked; /* ENDED: 1 when the end was asked for before the runtime ended by itself */
	int32_t unused;
};

/* main() of the helper: weir-exec FILE_SIZE_LIMIT FOLDER SCRATCH PROGRAM [ARGUMENT...]. SCRATCH is removed when weir is gone; it may be
 * empty. Any packet from weir, or its end, means: end everything. */
int weir_exec_main(int argc, char **argv);

#endif
