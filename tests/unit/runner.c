/* runner: all unit tests in one program. Every tests/unit/test_<module>.c gives `Suite *<module>_suite(void)`.
 *
 * Each test runs in a process of its own with a time limit, and fails when it leaves a descriptor open. That needs nothing in the
 * tests: tcase_create is wrapped at link time and adds a checked fixture to every case. The last line is plain: "N passed, N failed".
 *
 * Usage: unit [--list] [SUITE...] */
#include <check.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_S = 60 };

struct entry {
	const char *name;
	Suite *(*make)(void);
};

#define SUITE(name) Suite *name##_suite(void);
#include "suites.def"
#undef SUITE

static const struct entry suites[] = {
#define SUITE(name) {#name, name##_suite},
#include "suites.def"
#undef SUITE
	{NULL, NULL},
};

enum { DESCRIPTORS = 1024 };

/* Which descriptors were open before the test, in this process alone. */
static bool open_before[DESCRIPTORS];

static void each_descriptor(void (*call)(int fd))
{
	DIR *folder = opendir("/proc/self/fd");
	ck_assert_ptr_nonnull(folder);
	const struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		int fd = atoi(entry->d_name);
		if (entry->d_name[0] != '.' && fd != dirfd(folder) && fd < DESCRIPTORS)
			call(fd);
	}
	closedir(folder);
}

static void remember(int fd)
{
	open_before[fd] = true;
}

static void refuse(int fd)
{
	char link[32], target[256] = "?";
	if (open_before[fd])
		return;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, target, sizeof target - 1);
	target[n < 0 ? 0 : n] = '\0';
	ck_abort_msg("descriptor %d (%s) was left open", fd, target);
}

static void count_before(void)
{
	memset(open_before, 0, sizeof open_before);
	each_descriptor(remember);
}

static void count_after(void)
{
	each_descriptor(refuse);
}

TCase *__real_tcase_create(const char *name);
TCase *__wrap_tcase_create(const char *name);

TCase *__wrap_tcase_create(const char *name)
{
	TCase *tcase = __real_tcase_create(name);
	tcase_set_timeout(tcase, TIMEOUT_S);
	tcase_add_checked_fixture(tcase, count_before, count_after);
	return tcase;
}

static const struct entry *find(const char *name)
{
	for (size_t i = 0; suites[i].name != NULL; i++)
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	return NULL;
}

static int add_named(SRunner *runner, int count, char **names)
{
	for (int i = 0; i < count; i++) {
		const struct entry *entry = find(names[i]);
		if (entry == NULL) {
			fprintf(stderr, "unit: error: no suite is called '%s'; --list shows them\n", names[i]);
			return -1;
		}
		srunner_add_suite(runner, entry->make());
	}
	return 0;
}

static void print_failures(SRunner *runner)
{
	int failed = srunner_ntests_failed(runner);
	TestResult **results = srunner_failures(runner);
	for (int i = 0; i < failed; i++)
		printf("%s:%d: %s: %s\n", tr_lfile(results[i]), tr_lno(results[i]), tr_tcname(results[i]), tr_msg(results[i]));
	free(results);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; suites[i].name != NULL; i++)
			puts(suites[i].name);
		return 0;
	}
	SRunner *runner = srunner_create(NULL);
	srunner_set_fork_status(runner, CK_FORK);
	if (argc > 1 && add_named(runner, argc - 1, argv + 1) != 0)
		return 2;
	for (size_t i = 0; argc == 1 && suites[i].name != NULL; i++)
		srunner_add_suite(runner, suites[i].make());
	srunner_run_all(runner, CK_SILENT);
	print_failures(runner);
	int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	printf("%d passed, %d failed\n", run - failed, failed);
	return failed != 0 || run == 0;
}
