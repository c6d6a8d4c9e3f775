/* process: what /proc tells about other processes: who descends from whom, the CPU time and memory they use.
 *
 * Processes come and go while one looks; whatever has gone counts as nothing. Source: proc(5). */
#ifndef MODELS_OS_PROCESS_H
#define MODELS_OS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* More descendants than this are not seen in one look; who kills them looks again. */
enum { PROCESS_MANY = 4096 };

/* The living and not yet reaped descendants of `root`, itself left out, parents before children. Returns how many of them
 * were put into pids[0 .. max-1]. */
size_t process_descendants(pid_t root, pid_t *pids, size_t max);

/* User and system time of the children that `pid` has waited for, and of theirs; the kernel tells it in whole ticks (10 ms). */
int64_t process_reaped_cpu_ns(pid_t pid);

int64_t process_resident_bytes(pid_t pid); /* pages in memory, shared ones in full */
int64_t process_proportional_bytes(
	pid_t pid); /* shared pages divided by who shares them; about 0.3 ms of work for the kernel; -1 if unknown */
int64_t process_peak_bytes(pid_t pid); /* the largest resident set since its start or the last reset */
bool process_reset_peak(pid_t pid);    /* false where the kernel refuses */

/* Kills (SIGKILL) every process whose environment, as it was given at its start, holds `assignment` ("NAME=value"). Returns how many there were. */
size_t process_kill_marked(const char *assignment);

#endif
