/* Running programs: what goes in and comes out, time limits, floods, what is missing. */
#include <check.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "models/os/program.h"
#include "sim/base/memory.h"

Suite *program_suite(void);

static struct program_result run(const char *script, const void *input, size_t length, size_t most, int limit_ms)
{
	const char *arguments[] = {"sh", "-c", script, NULL};
	static const char *const environment[] = {"PATH=/usr/bin:/bin", "MARK=yes", NULL};
	const struct program p = {arguments, environment, input, length, most, limit_ms};
	struct program_result r;
	struct error e = {0};
	ck_assert_msg(program_run(&p, &r, &e) == 0, "%s", e.text);
	return r;
}

START_TEST(streams_and_status)
{
	struct program_result r = run("cat; echo $MARK$HOME >&2; exit 3", "given", 5, 1000, 10000);
	ck_assert_int_eq(r.end, PROGRAM_EXITED);
	ck_assert_int_eq(r.status, 3);
	ck_assert_str_eq(textbuf_text(&r.output), "given");
	ck_assert_str_eq(textbuf_text(&r.errors), "yes\n");
	program_result_fini(&r);
}
END_TEST

START_TEST(much_both_ways)
{
	size_t n = 8 << 20;
	char *bytes = memory_alloc(n);
	memset(bytes, 'x', n);
	struct program_result r = run("cat", bytes, n, n, 30000);
	ck_assert_int_eq(r.end, PROGRAM_EXITED);
	ck_assert_uint_eq(r.output.length, n);
	program_result_fini(&r);
	/* A program that does not read what it is given is no reason to stop, nor to die of SIGPIPE. */
	r = run("exit 0", bytes, n, n, 30000);
	ck_assert_int_eq(r.end, PROGRAM_EXITED);
	ck_assert_int_eq(r.status, 0);
	program_result_fini(&r);
	memory_free(bytes);
}
END_TEST

START_TEST(ends)
{
	struct program_result r = run("sleep 20 & sleep 20", NULL, 0, 1000, 200);
	ck_assert_int_eq(r.end, PROGRAM_TIMED_OUT);
	program_result_fini(&r);
	r = run("exec >&- 2>&-; sleep 20", NULL, 0, 1000, 200);
	ck_assert_int_eq(r.end, PROGRAM_TIMED_OUT);
	program_result_fini(&r);
	r = run("cat /dev/zero", NULL, 0, 1000, 20000);
	ck_assert_int_eq(r.end, PROGRAM_TOO_MUCH);
	program_result_fini(&r);
	r = run("kill -SEGV $$", NULL, 0, 1000, 10000);
	ck_assert_int_eq(r.end, PROGRAM_KILLED);
	ck_assert_int_eq(r.status, SIGSEGV);
	program_result_fini(&r);
}
END_TEST

START_TEST(missing)
{
	static const char *const arguments[] = {"weir-no-such-program", NULL}, *const environment[] = {NULL};
	const struct program p = {arguments, environment, NULL, 0, 1000, 1000};
	struct program_result r;
	struct error e = {0};
	ck_assert_int_eq(program_run(&p, &r, &e), 0);
	ck_assert_int_eq(r.end, PROGRAM_MISSING);
	program_result_fini(&r);
}
END_TEST

Suite *program_suite(void)
{
	Suite *s = suite_create("program");
	TCase *t = tcase_create("program");
	tcase_add_test(t, streams_and_status);
	tcase_add_test(t, much_both_ways);
	tcase_add_test(t, ends);
	tcase_add_test(t, missing);
	suite_add_tcase(s, t);
	return s;
}
