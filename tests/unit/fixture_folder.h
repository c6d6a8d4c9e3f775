/* fixture_folder: a folder of its own for each test, made before it and removed after it. */
#ifndef TESTS_UNIT_FIXTURE_FOLDER_H
#define TESTS_UNIT_FIXTURE_FOLDER_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char fixture_folder[64];

static void fixture_folder_make(void)
{
	strcpy(fixture_folder, "/tmp/weir-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(fixture_folder));
}

static void fixture_folder_remove(void)
{
	char command[96];
	snprintf(command, sizeof command, "rm -rf %s", fixture_folder);
	ck_assert_int_eq(system(command), 0);
}

/* A path inside it; one at a time. */
static const char *fixture_path(const char *name)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", fixture_folder, name);
	return path;
}

/* How many entries a folder has; -1 when there is no such folder. */
__attribute__((unused)) static int fixture_entries(const char *folder)
{
	DIR *d = opendir(folder);
	int count = 0;
	if (d == NULL)
		return -1;
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(d);
	return count;
}

#endif
