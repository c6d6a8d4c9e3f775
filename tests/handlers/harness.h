/* harness: what the test programs of this folder share. Each test is a process of its own with a time limit; descriptors are counted
 * before and after, and no process of a sandbox may be left.
 *
 * A program lists its tests and calls harness_main. Usage: PROGRAM [--full] [--list] [NAME...]. Ends with "N passed, N failed". */
#ifndef TESTS_HANDLERS_HARNESS_H
#define TESTS_HANDLERS_HARNESS_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/handler/launcher.h"
#include "models/handler/profile_cache.h"
#include "models/handler/profiler.h"
#include "models/handler/proxy.h"
#include "models/handler/rtapi.h"
#include "models/handler/sandbox.h"
#include "models/handler/weir_exec.h"
#include "models/os/clock.h"
#include "models/os/file.h"
#include "models/os/folder.h"
#include "models/os/process.h"
#include "sim/base/memory.h"
#include "sim/base/sha256.h"

#pragma GCC diagnostic ignored "-Wunused-function" /* no program uses all of it */

enum { TIME_LIMIT_S = 60, MB = 1024 * 1024 };
#define MS INT64_C(1000000)

static int failures;
static char root[4096];     /* tests/handlers/code, absolute */
static char work[64];       /* a private folder of the test */
static char sleep_time[32]; /* seconds, with the test's process number as decimals */

__attribute__((format(printf, 3, 4))) static bool check(bool good, int line, const char *format, ...)
{
	if (good)
		return true;
	va_list ap;
	va_start(ap, format);
	printf("  line %d: ", line);
	vprintf(format, ap);
	printf("\n");
	va_end(ap);
	failures++;
	return false;
}
#define CHECK(condition) check((condition), __LINE__, "%s", #condition)
#define EQUAL(a, b) check_equal((long long)(a), (long long)(b), __LINE__, #a " = " #b)
#define SAME(a, b) check_same((a), (b), __LINE__)

static bool check_equal(long long a, long long b, int line, const char *text)
{
	return check(a == b, line, "%s: %lld != %lld", text, a, b);
}

static bool check_same(const char *a, const char *b, int line)
{
	return check(a && strcmp(a, b) == 0, line, "\"%s\" instead of \"%s\"", a ? a : "(null)", b);
}

static bool check_has(const char *text, const char *part, int line)
{
	return check(text && strstr(text, part) != NULL, line, "\"%s\" lacks \"%s\"", text ? text : "(null)", part);
}
#define HAS(text, part) check_has((text), (part), __LINE__)

/* --- what is left behind ---------------------------------------------------------------------------------------------------------- */

static bool carries_mark(const char *pid)
{
	char path[64], text[65536];
	snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	for (char *at = text; length > 0 && at < text + length; at += strnlen(at, (size_t)(text + length - at)) + 1)
		if (strncmp(at, "SLEEP=", 6) == 0 && strncmp(at + 6, sleep_time, sizeof sleep_time) == 0)
			return true;
	return false;
}

/* `sleep TIME`, whatever its environment. */
static bool is_sleeper(const char *pid)
{
	char path[64], command[64] = "";
	snprintf(path, sizeof path, "/proc/%.20s/cmdline", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, command, sizeof command - 1);
	if (fd >= 0)
		close(fd);
	return n > 6 && memcmp(command, "sleep", 6) == 0 && strcmp(command + 6, sleep_time) == 0;
}

/* Processes of this test alone: the time that its handlers let others sleep for is its own, and stands in their environment. */
static int processes_left(void)
{
	int left = 0;
	DIR *all = opendir("/proc");
	for (const struct dirent *entry; (entry = readdir(all)) != NULL;)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			left += carries_mark(entry->d_name) || is_sleeper(entry->d_name);
	closedir(all);
	return left;
}

static int private_folders_left(void)
{
	int count = 0;
	DIR *d = opendir(work);
	for (const struct dirent *entry; d && (entry = readdir(d)) != NULL;)
		count += strncmp(entry->d_name, "weir-", 5) == 0;
	if (d)
		closedir(d);
	return count;
}

static int count_entries(const char *path)
{
	int count = 0;
	DIR *d = opendir(path);
	while (d && readdir(d))
		count++;
	if (d)
		closedir(d);
	return count;
}

/* --- the runner --------------------------------------------------------------------------------------------------------------------------------- */

struct test {
	const char *name;
	void (*run)(void);
};

/* Of the leak sanitizer, when it is built in. */
void __lsan_do_leak_check(void) __attribute__((weak));

static void run_here(const struct test *t)
{
	alarm(TIME_LIMIT_S);
	snprintf(sleep_time, sizeof sleep_time, "90000.%07d", (int)getpid());
	strcpy(work, "/tmp/weir-test-XXXXXX");
	CHECK(mkdtemp(work) != NULL);
	setenv("TMPDIR", work, 1);
	int before = count_entries("/proc/self/fd");
	t->run();
	EQUAL(count_entries("/proc/self/fd"), before);
	EQUAL(processes_left(), 0);
	EQUAL(private_folders_left(), 0);
	folder_remove(work);
	fflush(stdout);
	if (__lsan_do_leak_check)
		__lsan_do_leak_check();
	_exit(failures != 0);
}

static bool run_apart(const struct test *t)
{
	int status;
	int64_t start = clock_monotonic_ns();
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		run_here(t);
	waitpid(pid, &status, 0);
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	printf("%-6s %5.1f s  %s%s\n", good ? "ok" : "FAILED", (double)(clock_monotonic_ns() - start) / 1e9, t->name,
	       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "");
	return good;
}

/* Tests named full_... take long and run with --full, or when they are named. */
static bool is_wanted(const struct test *t, int argc, char **argv)
{
	bool named = false, full = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], t->name) == 0)
			return true;
		named |= argv[i][0] != '-';
		full |= strcmp(argv[i], "--full") == 0;
	}
	return !named && (full || strncmp(t->name, "full_", 5) != 0);
}

static int harness_main(int argc, char **argv, const struct test *tests, size_t count)
{
	int passed = 0, failed = 0;
	if (strcmp(argv[0], WEIR_EXEC_NAME) == 0)
		return weir_exec_main(argc, argv);
	if (realpath("tests/handlers/code", root) == NULL) {
		fprintf(stderr, "error: start it in the folder of the Makefile\n");
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		if (argc == 2 && strcmp(argv[1], "--list") == 0)
			puts(tests[i].name);
		else if (is_wanted(&tests[i], argc, argv))
			*(run_apart(&tests[i]) ? &passed : &failed) += 1;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0 || passed == 0;
}

#endif
