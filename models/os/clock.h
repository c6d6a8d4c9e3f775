/* clock: the machine's time, for measuring handlers and for telling people how long something takes. Never for results of a simulation. */
#ifndef MODELS_OS_CLOCK_H
#define MODELS_OS_CLOCK_H

#include <stdint.h>
#include <sys/types.h>

int64_t clock_monotonic_ns(void); /* never goes back; comparable between processes of one machine */
int64_t clock_epoch_ms(void);     /* milliseconds since 1970-01-01 00:00 UTC */

/* The CPU time, in ns, that all threads of a process have used (ended threads too, reaped children not); -1 when there is no such
 * process. A process that ended but was not waited for still answers. */
int64_t clock_process_cpu_ns(pid_t pid);

#endif
