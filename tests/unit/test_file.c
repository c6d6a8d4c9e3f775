/* Files: whole or not at all, and what the messages say. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/os/file.h"
#include "sim/base/memory.h"

Suite *file_suite(void);

static char folder[64];

static void set_up(void)
{
	strcpy(folder, "/tmp/weir-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	char command[128];
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static int entries(const char *path)
{
	int count = 0;
	DIR *d = opendir(path);
	ck_assert_ptr_nonnull(d);
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(d);
	return count;
}

static void expect(const char *path, const char *text)
{
	struct error e = {0};
	char *got;
	size_t length;
	ck_assert_msg(file_read(path, 1 << 20, &got, &length, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(length, strlen(text));
	ck_assert_str_eq(got, text);
	memory_free(got);
}

START_TEST(writes_and_reads)
{
	struct error e = {0};
	ck_assert_int_eq(file_write("a.txt", "one", 3, &e), 0);
	expect("a.txt", "one");
	ck_assert_int_eq(file_write("a.txt", "second", 6, &e), 0);
	expect("a.txt", "second");
	ck_assert_int_eq(file_write("empty", NULL, 0, &e), 0);
	expect("empty", "");
	ck_assert_int_eq(entries("."), 2);
	struct stat st;
	ck_assert_int_eq(stat("a.txt", &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644 & ~umask(022));
}
END_TEST

START_TEST(reads_what_has_no_size)
{
	struct error e = {0};
	char *text;
	size_t length;
	ck_assert_int_eq(file_read("/proc/self/status", 1 << 20, &text, &length, &e), 0);
	ck_assert_uint_gt(length, 100);
	ck_assert_uint_eq(strlen(text), length);
	memory_free(text);
}
END_TEST

static void refused(const char *path, size_t limit, enum error_code code, const char *message)
{
	struct error e = {0};
	char *text;
	size_t length;
	ck_assert_int_eq(file_read(path, limit, &text, &length, &e), -1);
	ck_assert_int_eq(e.code, code);
	ck_assert_str_eq(e.text, message);
	ck_assert_ptr_null(text);
}

START_TEST(refuses)
{
	struct error e = {0};
	ck_assert_int_eq(file_write("five", "12345", 5, &e), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	refused("none", 10, ERROR_INPUT, "none: no such file");
	refused(".", 10, ERROR_INPUT, ".: is a folder, not a file");
	refused("fifo", 10, ERROR_INPUT, "fifo: is not a regular file");
	refused("/dev/null", 10, ERROR_INPUT, "/dev/null: is not a regular file");
	refused("five", 4, ERROR_INPUT, "five: is larger than 4 bytes");
	refused("/proc/self/status", 4, ERROR_INPUT, "/proc/self/status: is larger than 4 bytes");
	refused("five/six", 10, ERROR_INPUT, "five/six: cannot be opened: Not a directory");
	refused("loop", 10, ERROR_INPUT, "loop: cannot be opened: Too many levels of symbolic links");
	char *text;
	size_t length;
	ck_assert_int_eq(file_read("five", 5, &text, &length, &e), 0);
	memory_free(text);
}
END_TEST

/* Making the temporary file, writing it and flushing it each count as a write. */
START_TEST(failing_write_leaves_the_old_file)
{
	struct error e = {0};
	char nth[16];
	FILE *f = fopen("keep", "w");
	ck_assert(f && fputs("old", f) >= 0 && fclose(f) == 0);
	snprintf(nth, sizeof nth, "%d", _i);
	setenv("WEIR_FAIL_WRITE", nth, 1);
	int status = file_write("keep", "new", 3, &e);
	ck_assert_int_eq(status, _i <= 3 ? -1 : 0);
	expect("keep", _i <= 3 ? "old" : "new");
	ck_assert_int_eq(entries("."), 1);
	if (_i <= 3) {
		ck_assert_int_eq(e.code, ERROR_IO);
		ck_assert_str_eq(e.text, "keep: cannot be written: No space left on device");
	}
}
END_TEST

START_TEST(unwritable)
{
	struct error e = {0};
	ck_assert_int_eq(file_write("no/such/folder", "x", 1, &e), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
	ck_assert_str_eq(e.text, "no/such/folder: cannot be written: No such file or directory");
	e = (struct error){0};
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(file_write("dir", "x", 1, &e), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
	ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(temporaries)
{
	struct error e = {0};
	char *name = file_temporary("out.svg", &e);
	ck_assert_ptr_nonnull(name);
	ck_assert(file_exists(name));
	ck_assert_int_eq(file_commit(name, "out.svg", &e), 0);
	expect("out.svg", "");
	memory_free(name);
	name = file_temporary("out.svg", &e);
	file_discard(name);
	ck_assert(!file_exists(name));
	memory_free(name);
	file_discard(NULL);
	ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(clean_up_removes_what_is_unfinished)
{
	struct error e = {0};
	char *a = file_temporary("a", &e), *b = file_temporary("b", &e), *c = file_temporary("c", &e);
	ck_assert_int_eq(file_commit(b, "b", &e), 0);
	file_clean_up();
	ck_assert_int_eq(entries("."), 1);
	ck_assert(file_exists("b"));
	file_discard(a);
	ck_assert_int_eq(file_commit(c, "c", &e), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
	memory_free(a);
	memory_free(b);
	memory_free(c);
}
END_TEST

START_TEST(folders)
{
	struct error e = {0};
	ck_assert_int_eq(file_make_folder("a/b//c/", &e), 0);
	ck_assert(file_is_folder("a/b/c"));
	ck_assert_int_eq(file_make_folder("a/b", &e), 0);
	ck_assert_int_eq(file_make_folder("/", &e), 0);
	ck_assert_int_eq(file_write("a/f", "", 0, &e), 0);
	ck_assert_int_eq(file_make_folder("a/f", &e), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
	e = (struct error){0};
	ck_assert_int_eq(file_make_folder("a/f/g", &e), -1);
	ck_assert_str_eq(e.text, "a/f/g: cannot be made a folder: a file stands in its way");
	e = (struct error){0};
	ck_assert_int_eq(file_make_folder("", &e), -1);
	ck_assert(file_exists("a/f"));
	ck_assert(!file_is_folder("a/f"));
	ck_assert(!file_exists("a/g"));
}
END_TEST

Suite *file_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, writes_and_reads);
	tcase_add_test(tcase, reads_what_has_no_size);
	tcase_add_test(tcase, refuses);
	tcase_add_loop_test(tcase, failing_write_leaves_the_old_file, 1, 5);
	tcase_add_test(tcase, unwritable);
	tcase_add_test(tcase, temporaries);
	tcase_add_test(tcase, clean_up_removes_what_is_unfinished);
	tcase_add_test(tcase, folders);
	suite_add_tcase(suite, tcase);
	return suite;
}
