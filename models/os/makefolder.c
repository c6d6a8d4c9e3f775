#include "models/os/makefolder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "models/os/file.h"
#include "sim/base/memory.h"

/* Cuts the last name off a path, with the slashes around it; false when there is only one name. */
static bool makefolder_cut(char *path)
{
	size_t n = strlen(path);
	while (n > 0 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0 || path[n] == '\0')
		return false;
	path[n] = '\0';
	return true;
}

/* The highest missing folder on the way to `path`; NULL when all are there. */
static char *makefolder_missing(const char *path)
{
	char *at = memory_string(path), *missing = NULL;
	while (*at != '\0' && !file_exists(at)) {
		memory_free(missing);
		missing = memory_string(at);
		if (!makefolder_cut(at))
			break;
	}
	memory_free(at);
	return missing;
}

int makefolder_make(const char *path, char **made, struct error *e)
{
	assert(path != NULL);
	*made = makefolder_missing(path);
	if (file_make_folder(path, e) == 0)
		return 0;
	makefolder_undo(path, *made);
	memory_free(*made);
	*made = NULL;
	return -1;
}

void makefolder_undo(const char *path, const char *made)
{
	if (made == NULL)
		return;
	char *at = memory_string(path);
	size_t last = strlen(made);
	bool more = true;
	while (more && strlen(at) >= last) {
		(void)rmdir(at); /* one that never came to be does not end the walk: those above it may have been made */
		more = makefolder_cut(at);
	}
	memory_free(at);
}

char *makefolder_join(const char *folder, const char *name)
{
	size_t n = strlen(folder);
	return memory_format("%s%s%s", folder, n > 0 && folder[n - 1] == '/' ? "" : "/", name);
}

static bool makefolder_matches(const char *name, const char *begin, const char *end)
{
	size_t n = strlen(name), b = strlen(begin), d = strlen(end);
	return n >= b + d && strncmp(name, begin, b) == 0 && strcmp(name + n - d, end) == 0;
}

int makefolder_sweep(const char *folder, const char *begin, const char *end, struct error *e)
{
	DIR *open = opendir(folder);
	if (open == NULL)
		return error_set(e, ERROR_IO, "%s: cannot be read: %s", folder, strerrordesc_np(errno));
	int failed = 0;
	for (const struct dirent *entry; !failed && (entry = readdir(open)) != NULL;)
		if (makefolder_matches(entry->d_name, begin, end) && unlinkat(dirfd(open), entry->d_name, 0) != 0 &&
		    errno != EISDIR && errno != ENOENT)
			failed = error_set(e, ERROR_IO, "%s/%s: cannot be removed: %s", folder, entry->d_name,
			                   strerrordesc_np(errno));
	closedir(open);
	return failed;
}
