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
#include "models/os/sha256.h"
#include "sim/base/memory.h"

#pragma GCC diagnostic ignored "-Wunused-function" /* no program uses all of it */

enum { TIME_LIMIT_S = 60, MB = 1024 * 1024 };
#define MS INT64_C(1000000)

static int failures;
static char root[4096]; /* tests/handlers/code, absolute */
static char work[64];   /* a private folder of the test */

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
	char mark[64];
	snprintf(mark, sizeof mark, SANDBOX_MARK "=%d.", (int)getpid());
	for (char *at = text; length > 0 && at < text + length; at += strnlen(at, (size_t)(text + length - at)) + 1)
		if (strncmp(at, mark, strlen(mark)) == 0)
			return true;
	return false;
}

/* Marked ones, and the `sleep 1000` of handlers that clear the environment. */
static int processes_left(void)
{
	int left = 0;
	DIR *all = opendir("/proc");
	for (const struct dirent *entry; (entry = readdir(all)) != NULL;) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		char path[64], command[64] = "";
		snprintf(path, sizeof path, "/proc/%.20s/cmdline", entry->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, command, sizeof command - 1);
		if (fd >= 0)
			close(fd);
		bool sleeper = n == 11 && memcmp(command, "sleep\0001000", 11) == 0;
		left += carries_mark(entry->d_name) || sleeper;
	}
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

/* --- a scenario of one function ------------------------------------------------------------------------------------------------------ */

static const struct environment_variable variables[] = {{"COLOUR", "blue"}, {"AWS_REGION", "not this one"}};

struct bench {
	struct function_spec function;
	struct source_spec source;
	struct payload_spec payload;
	struct scenario scenario;
	struct profiler_options options;
	struct profile *profile;
	struct error e;
	char code[4200], cache[128];
};

static void bench_init(struct bench *b, const char *runtime, const char *folder, const char *handler)
{
	*b = (struct bench){0};
	snprintf(b->code, sizeof b->code, "%s/%s", root, folder);
	snprintf(b->cache, sizeof b->cache, "%s/cache", work);
	b->function = (struct function_spec){.name = "Tested", .function_name = "Tested", .runtime = runtime, .handler = handler,
		.code_kind = CODE_FOLDER, .code = b->code, .memory_mb = 128, .timeout_s = 3, .ephemeral_mb = 512, .profile_runs = 1,
		.errors_expected = true, .variables = variables, .variable_count = 2};
	b->payload = (struct payload_spec){.event = "{\"a\": [1, \"\xc3\xa9\"]}", .event_length = 16, .weight = 1};
	b->payload.event_length = strlen(b->payload.event);
	b->source = (struct source_spec){.name = "Tested.Get", .kind = SOURCE_INVOKE, .payloads = &b->payload, .payload_count = 1};
	b->scenario = (struct scenario){.region = "eu-west-1", .functions = &b->function, .function_count = 1, .sources = &b->source,
		.source_count = 1};
	b->options.cache_dir = b->cache;
	b->options.refresh = true;
}

static bool bench_measure(struct bench *b)
{
	profile_free(b->profile);
	b->profile = NULL;
	b->e = (struct error){0};
	return profiler_measure(&b->scenario, 0, &b->options, &b->profile, &b->e) == 0;
}

static const struct profile_run *bench_run(const struct bench *b)
{
	return &b->profile->payloads[0].runs[0];
}

/* One measured run of a handler; its outcome, or -1. */
static struct profile_run run_of(const char *runtime, const char *folder, const char *handler, int timeout_s, int memory_mb)
{
	struct bench b;
	bench_init(&b, runtime, folder, handler);
	b.function.timeout_s = timeout_s;
	b.function.memory_mb = memory_mb;
	struct profile_run run = {.outcome = OUTCOMES};
	if (check(bench_measure(&b), __LINE__, "%s %s: %s", folder, handler, b.e.text)) {
		run = *bench_run(&b);
		EQUAL(b.profile->payload_count, 1);
		EQUAL(b.profile->payloads[0].run_count, 1);
		CHECK(b.profile->init_count >= 1);
	}
	profile_free(b.profile);
	return run;
}

/* The message that a function made of errors gives when none are expected. */
static void refusal_of(const char *runtime, const char *folder, const char *handler, int timeout_s, enum error_code code, const char *text,
		       int line)
{
	struct bench b;
	bench_init(&b, runtime, folder, handler);
	b.function.timeout_s = timeout_s;
	b.function.errors_expected = false;
	b.function.profile_runs = 4;
	snprintf(b.cache, sizeof b.cache, "%s/none", work);
	check(!bench_measure(&b), line, "%s %s was measured", folder, handler);
	check_equal(b.e.code, code, line, b.e.text);
	check_has(b.e.text, text, line);
	check(!file_exists(b.cache), line, "a profile of errors was kept");
	profile_free(b.profile);
}
#define REFUSED(runtime, folder, handler, timeout, code, text) refusal_of(runtime, folder, handler, timeout, code, text, __LINE__)

#define PY "python3.11"
#define NODE "nodejs20.x"

/* Compiles the C runtime into the test's folder, which becomes the code. */
static void use_c(struct bench *b, const char *mood)
{
	bench_init(b, "provided.al2023", "cboot", mood);
	char *command = memory_format("mkdir -p %s/c && test -x %s/c/bootstrap || ${CC:-cc} -D_GNU_SOURCE -O1 -o %s/c/bootstrap '%s/cboot/bootstrap.c'",
				      work, work, work, root);
	snprintf(b->code, sizeof b->code, "%s/c", work);
	EQUAL(system(command), 0);
	memory_free(command);
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
