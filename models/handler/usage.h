/* usage: the CPU time and memory of a family of processes (a runtime and its descendants) over one stretch of time. */
#ifndef MODELS_HANDLER_USAGE_H
#define MODELS_HANDLER_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One process that was seen alive. */
struct usage_process {
	pid_t pid;
	int64_t first_ns, last_ns; /* its own CPU clock when the stretch began (0 if it came later) and when last seen */
};

/* Fields are private, but for `peak_bytes`. `{0}` is empty. */
struct usage {
	pid_t warden, runtime;
	struct usage_process *processes; /* owned */
	size_t count, capacity;
	int64_t begin_ns;   /* the books when the stretch began */
	int64_t now_ns;     /* and at the last look */
	int64_t peak_bytes; /* the largest sum seen */
	bool reset;         /* the kernel's own peak was reset at the beginning */
};

/* Begins a stretch: forgets the past. `newborn`: the runtime has just started, and all that it has used since belongs to the stretch. */
void usage_begin(struct usage *u, pid_t warden, pid_t runtime, bool newborn);

/* Looks at everybody. Returns the family's memory now, shared pages divided by their users where there are several processes. */
int64_t usage_look(struct usage *u);

/* After a last look: the kernel's peak of the runtime itself is taken into peak_bytes. The runtime must still be there. */
void usage_take_peak(struct usage *u);

/* CPU time of the stretch up to the last look; with `reaped_ns` >= 0, what all processes together had used when all were reaped. */
int64_t usage_cpu_ns(const struct usage *u, int64_t reaped_ns);

void usage_fini(struct usage *u);

#endif
