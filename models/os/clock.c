#include "models/os/clock.h"

#include <time.h>

static int64_t to_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return to_ns(&t);
}

int64_t clock_epoch_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return to_ns(&t) / 1000000;
}

int64_t clock_process_cpu_ns(pid_t pid)
{
	clockid_t id;
	struct timespec t;
	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) != 0)
		return -1;
	return to_ns(&t);
}
