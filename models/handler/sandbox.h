/* sandbox: one execution environment on this machine: a runtime process behind its Runtime API, started, fed one event at a time,
 * measured, and ended without a trace.
 *
 *	struct sandbox_result r = {0};
 *	struct sandbox *box = sandbox_start(&spec, &r, e);        // up to its first `next`, or why it did not get there
 *	while (box && sandbox_alive(box) && more)
 *		if (sandbox_invoke(box, event, length, timeout_ns, &r, e) != 0) ...
 *	sandbox_result_fini(&r);
 *	sandbox_free(box);
 *
 * What is measured. Wall time runs from handing the event to the server until the runtime calls `next` again: what Lambda bills as
 * Duration. CPU time is that of the whole family of processes: each living one's own clock, and what they have waited for, which
 * the kernel tells in whole ticks of 10 ms (so short-lived children are right on average, not each time). Children that nobody waits
 * for (SIGCHLD ignored) count as far as the 10 ms samples saw them. Nothing is subtracted: the two HTTP exchanges of the Runtime API, about 0.1 ms in
 * all, stay in the wall time, as Lambda's own stay in its Duration. Memory is the resident set of the main process at its peak, which the
 * kernel keeps, or the sampled sum over the family where that is more (shared pages divided by their users).
 *
 * Ends, and what becomes of the environment (AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"):
 * a response or a posted error leaves it alive; a timeout, the runtime's exit, and memory above the limit end it. */
#ifndef MODELS_HANDLER_SANDBOX_H
#define MODELS_HANDLER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/spec/function.h"
#include "sim/base/error.h"

/* Every process of every sandbox of this weir carries WEIR_SANDBOX=PID.NUMBER in its environment, PID being weir's. */
#define SANDBOX_MARK "WEIR_SANDBOX"

enum {
	SANDBOX_SAMPLE_MS = 10,    /* how often memory is looked at */
	SANDBOX_TAIL_BYTES = 4096, /* of the output that is kept, as much as Invoke's log tail holds */
	SANDBOX_INIT_LIMIT_S = 10  /* Lambda Developer Guide, "Init phase" */
};

struct sandbox_spec {
	const char *const *arguments;   /* program (an absolute path) and arguments, NULL-ended; all borrowed while it starts */
	const char *const *environment; /* "NAME=value", NULL-ended; AWS_LAMBDA_RUNTIME_API and the mark are added */
	const char *folder;             /* where it starts */
	const char *scratch;            /* a private folder, removed should weir die before it can; NULL for none */
	const char *arn;                /* as invoked */
	int64_t memory_bytes;           /* above this the family is killed */
	int64_t file_bytes;             /* the largest file it may write */
	int64_t init_limit_ns;
	int (*tick)(void *ctx); /* called at least every SANDBOX_SAMPLE_MS while something runs; nonzero stops; may be NULL */
	void *tick_ctx;         /* borrowed until sandbox_free */
};

struct sandbox_result {
	enum outcome outcome;
	bool refused;      /* the program could not even be executed (with OUTCOME_INIT_ERROR) */
	int64_t wall_ns;   /* Init: from the program's execution to its first `next`; else event to the following `next` */
	int64_t answer_ns; /* event to the last byte of the answer; 0 without one */
	int64_t cpu_ns;
	int64_t memory_bytes; /* peak */
	char error_type[128]; /* "" for OUTCOME_OK */
	char *message;        /* owned; NULL for OUTCOME_OK */
	char *body;           /* owned; what the runtime posted; NULL when it posted nothing */
	size_t body_length;
	char content_type[128];
	bool streamed;
};

struct sandbox;

/* Starts a runtime and waits until it is ready or has failed (INIT_ERROR, INIT_TIMEOUT: the sandbox is then dead, but must be freed).
 * NULL with `e` when the machine failed or the tick stopped it. `r` is overwritten (sandbox_result_fini afterwards). */
struct sandbox *sandbox_start(const struct sandbox_spec *spec, struct sandbox_result *r, struct error *e);

/* Hands over one event, which must stay until sandbox_free, and waits for what comes of it. `r` is cleared first. 0 whatever the
 * handler did; -1 with `e` when the machine failed or the tick stopped it. The sandbox must be alive. */
int sandbox_invoke(struct sandbox *b, const char *event, size_t length, int64_t timeout_ns, struct sandbox_result *r,
                   struct error *e);

bool sandbox_alive(const struct sandbox *b);
const char *sandbox_output(const struct sandbox *b); /* the end of what it printed, at most SANDBOX_TAIL_BYTES; borrowed */
void sandbox_free(struct sandbox *b);                /* ends all its processes and waits for them; NULL is allowed */
void sandbox_result_fini(struct sandbox_result *r);  /* leaves it empty */

#endif
