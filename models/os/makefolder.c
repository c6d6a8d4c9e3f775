#include "models/os/makefolder.h"

#include <assert.h>
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
