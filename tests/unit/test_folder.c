/* Folders: what changes a hash and what does not; private folders go without a trace. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/os/file.h"
#include "models/os/folder.h"
#include "sim/base/memory.h"

Suite *folder_suite(void);

static char *folder;

static void set_up(void)
{
	struct error e = {0};
	folder = folder_private(&e);
	ck_assert_ptr_nonnull(folder);
	ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	folder_remove(folder);
	ck_assert(!file_exists(folder));
	memory_free(folder);
}

static void put(const char *path, const char *text)
{
	struct error e = {0};
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
}

static void make(const char *path)
{
	struct error e = {0};
	ck_assert_int_eq(file_make_folder(path, &e), 0);
}

static const char *hash(const char *path, char hex[SHA256_TEXT])
{
	struct sha256 s;
	struct error e = {0};
	sha256_init(&s);
	ck_assert_msg(folder_hash(path, &s, &e) == 0, "%s", e.text);
	sha256_end_text(&s, hex);
	return hex;
}

START_TEST(same_contents_same_hash)
{
	char one[SHA256_TEXT], two[SHA256_TEXT];
	make("a/sub");
	make("b/sub");
	put("a/x", "1");
	put("a/sub/y", "2");
	put("b/sub/y", "2"); /* made in another order */
	put("b/x", "1");
	ck_assert_str_eq(hash("a", one), hash("b", two));
	make("b/__pycache__");
	put("b/__pycache__/x.pyc", "compiled");
	make("b/.git");
	put("b/.git/HEAD", "ref");
	ck_assert_str_eq(hash("a", one), hash("b", two));
	ck_assert_str_eq(hash("a/", one), hash("a", two));
}
END_TEST

START_TEST(every_change_shows)
{
	char before[SHA256_TEXT], after[SHA256_TEXT];
	make("a/sub");
	put("a/x", "1");
	put("a/sub/y", "2");
	hash("a", before);
	put("a/x", "3");
	ck_assert_str_ne(before, hash("a", after));
	put("a/x", "1");
	ck_assert_str_eq(before, hash("a", after));
	ck_assert_int_eq(chmod("a/x", 0755), 0);
	ck_assert_str_ne(before, hash("a", after));
	ck_assert_int_eq(chmod("a/x", 0644), 0);
	ck_assert_int_eq(rename("a/sub/y", "a/sub/z"), 0);
	ck_assert_str_ne(before, hash("a", after));
	ck_assert_int_eq(rename("a/sub/z", "a/y"), 0);
	ck_assert_str_ne(before, hash("a", after));
	ck_assert_int_eq(rename("a/y", "a/sub/y"), 0);
	ck_assert_int_eq(symlink("x", "a/link"), 0);
	ck_assert_str_ne(before, hash("a", after));
}
END_TEST

START_TEST(odd_contents)
{
	char before[SHA256_TEXT], after[SHA256_TEXT];
	struct sha256 s;
	struct error e = {0};
	make("a");
	hash("a", before);
	ck_assert_int_eq(mkfifo("a/fifo", 0600), 0); /* is not opened, or this would hang */
	ck_assert_str_eq(before, hash("a", after));
	ck_assert_int_eq(symlink(".", "a/loop"), 0);
	ck_assert_str_ne(before, hash("a", after));
	sha256_init(&s);
	ck_assert_int_eq(folder_hash("nowhere", &s, &e), -1);
	ck_assert_int_eq(e.code, ERROR_IO);
}
END_TEST

START_TEST(too_deep)
{
	struct sha256 s;
	struct error e = {0};
	char path[2 * FOLDER_DEPTH + 16] = "d";
	for (int i = 0; i < FOLDER_DEPTH + 2; i++)
		strcat(path, "/d");
	make(path);
	sha256_init(&s);
	ck_assert_int_eq(folder_hash("d", &s, &e), -1);
	ck_assert_int_eq(e.code, ERROR_INPUT);
}
END_TEST

START_TEST(removing_does_not_follow_links)
{
	make("keep");
	put("keep/file", "kept");
	make("gone/sub");
	ck_assert_int_eq(symlink("../keep", "gone/link"), 0);
	ck_assert_int_eq(chmod("gone/sub", 0), 0);
	folder_remove("gone");
	ck_assert(!file_exists("gone"));
	ck_assert(file_exists("keep/file"));
	folder_remove("gone");
	folder_remove(NULL);
}
END_TEST

START_TEST(resolves)
{
	struct error e = {0};
	make("real");
	ck_assert_int_eq(symlink("real", "link"), 0);
	char *path = folder_resolve("link/../real/.", &e);
	ck_assert_ptr_nonnull(path);
	ck_assert_str_eq(path + strlen(path) - 5, "/real");
	ck_assert_int_eq(path[0], '/');
	memory_free(path);
	ck_assert_ptr_null(folder_resolve("nowhere", &e));
	ck_assert_str_eq(e.text, "nowhere: no such folder");
}
END_TEST

Suite *folder_suite(void)
{
	Suite *suite = suite_create("folder");
	TCase *tcase = tcase_create("folder");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, same_contents_same_hash);
	tcase_add_test(tcase, every_change_shows);
	tcase_add_test(tcase, odd_contents);
	tcase_add_test(tcase, too_deep);
	tcase_add_test(tcase, removing_does_not_follow_links);
	tcase_add_test(tcase, resolves);
	suite_add_tcase(suite, tcase);
	return suite;
}
