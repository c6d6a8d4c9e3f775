/* Processes as /proc shows them: families, CPU time, memory, marks. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/os/clock.h"
#include "models/os/process.h"

Suite *process_suite(void);

#define MB INT64_C(1048576)
#define MS INT64_C(1000000)

/* A child that says on a pipe that it is ready, then sleeps until it is killed. */
static pid_t start(void (*first)(void))
{
	int ready[2];
	char byte;
	ck_assert_int_eq(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (first)
			first();
		(void)!write(ready[1], "", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void burn_60_ms(void)
{
	while (clock_process_cpu_ns(getpid()) < 60 * MS)
		;
}

static void hold_40_mb_of_80(void)
{
	char *block = mmap(NULL, (size_t)(80 * MB), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(block, 1, (size_t)(80 * MB));
	munmap(block + 40 * MB, (size_t)(40 * MB));
}

static void child_and_grandchild(void)
{
	if (fork() == 0) {
		setsid();
		if (fork() == 0)
			for (;;)
				pause();
		for (;;)
			pause();
	}
	/* the grandchild may need a moment: who counts waits for it */
}

START_TEST(finds_descendants)
{
	static const struct timespec moment = {.tv_nsec = 5000000};
	pid_t pids[16], pid = start(child_and_grandchild);
	size_t count = 0;
	for (int i = 0; i < 400 && (count = process_descendants(pid, pids, 16)) < 2; i++)
		nanosleep(&moment, NULL);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(process_descendants(pid, pids, 1), 1);
	count = process_descendants(getpid(), pids, 16);
	ck_assert_uint_ge(count, 3);
	ck_assert_int_eq(pids[0], pid);
	for (size_t i = 1; i < count; i++)
		kill(pids[i], SIGKILL);
	end(pid);
	ck_assert_uint_eq(process_descendants(pid, pids, 16), 0);
}
END_TEST

START_TEST(tells_cpu_time)
{
	pid_t pid = start(burn_60_ms);
	int64_t used = clock_process_cpu_ns(pid);
	ck_assert_int_ge(used, 60 * MS);
	ck_assert_int_lt(used, 90 * MS);
	int64_t before = process_reaped_cpu_ns(getpid());
	end(pid);
	int64_t reaped = process_reaped_cpu_ns(getpid()) - before;
	ck_assert_int_ge(reaped, 40 * MS); /* two counters in ticks of 10 ms */
	ck_assert_int_le(reaped, used + 30 * MS);
	ck_assert_int_eq(clock_process_cpu_ns(pid), -1);
	ck_assert_int_eq(process_reaped_cpu_ns(pid), 0);
}
END_TEST

/* The thread sanitizer keeps four bytes for each that a process touches. */
#ifdef __SANITIZE_THREAD__
enum { KEPT = 5 };
#else
enum { KEPT = 1 };
#endif

START_TEST(tells_memory)
{
	int64_t base = process_resident_bytes(getpid()); /* a sanitizer's own memory is there before anything is held */
	pid_t pid = start(hold_40_mb_of_80);
	int64_t now = process_resident_bytes(pid), peak = process_peak_bytes(pid), share = process_proportional_bytes(pid);
	ck_assert_int_ge(now, 40 * MB);
	ck_assert_int_lt(now, base + KEPT * 70 * MB);
	ck_assert_int_ge(peak, 80 * MB);
	ck_assert_int_lt(peak, base + KEPT * 110 * MB);
	if (share >= 0)
		ck_assert(share >= 40 * MB && share <= now + MB);
	if (process_reset_peak(pid))
		ck_assert_int_lt(process_peak_bytes(pid), base + KEPT * 70 * MB);
	end(pid);
	ck_assert_int_eq(process_resident_bytes(pid), 0);
	ck_assert_int_eq(process_peak_bytes(pid), 0);
	ck_assert(!process_reset_peak(pid));
}
END_TEST

START_TEST(kills_what_is_marked)
{
	char mark[64];
	snprintf(mark, sizeof mark, "WEIR_TEST_MARK=%d", (int)getpid());
	char *const environment[] = {mark, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execle("/bin/sleep", "sleep", "100", (char *)NULL, environment);
		_exit(127);
	}
	static const struct timespec moment = {.tv_nsec = 100000000};
	nanosleep(&moment, NULL);
	mark[strlen(mark) - 1]++; /* another mark: nobody */
	ck_assert_uint_eq(process_kill_marked(mark), 0);
	mark[strlen(mark) - 1]--;
	ck_assert_uint_ge(process_kill_marked(mark), 1);
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

Suite *process_suite(void)
{
	Suite *suite = suite_create("process");
	TCase *tcase = tcase_create("process");
	tcase_add_test(tcase, finds_descendants);
	tcase_add_test(tcase, tells_cpu_time);
	tcase_add_test(tcase, tells_memory);
	tcase_add_test(tcase, kills_what_is_marked);
	suite_add_tcase(suite, tcase);
	return suite;
}
