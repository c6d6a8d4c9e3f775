#include "models/os/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

enum { PIECE = 65536, OPEN_FOLDERS = 16 };

static int unreadable(struct error *e, const char *path)
{
	return error_set(e, ERROR_IO, "%s: cannot be read: %s", path, strerrordesc_np(errno));
}

static int hash_contents(const char *path, struct sha256 *s, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return unreadable(e, path);
	char *piece = memory_alloc(PIECE);
	ssize_t n;
	int64_t total = 0;
	while ((n = read(fd, piece, PIECE)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		sha256_add(s, piece, (size_t)n);
		total += n;
	}
	int status = n < 0 ? unreadable(e, path) : 0;
	sha256_add_number(s, total);
	memory_free(piece);
	close(fd);
	return status;
}

static int hash_link(const char *path, struct sha256 *s, struct error *e)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target);
	if (n < 0)
		return unreadable(e, path);
	sha256_add_field(s, target, (size_t)n);
	return 0;
}

static int wanted(const struct dirent *entry)
{
	const char *name = entry->d_name;
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, ".git") != 0 && strcmp(name, "__pycache__") != 0;
}

/* Unlike alphasort this does not depend on the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int hash_folder(const char *root, const char *inside, int depth, struct sha256 *s, struct error *e);

static int hash_entry(const char *root, const char *inside, int depth, struct sha256 *s, struct error *e)
{
	char *path = memory_format("%s/%s", root, inside);
	struct stat st;
	int status = 0;
	if (lstat(path, &st) != 0) {
		status = unreadable(e, path);
	} else if (S_ISDIR(st.st_mode)) {
		status = hash_folder(root, inside, depth + 1, s, e);
	} else if (S_ISLNK(st.st_mode) || S_ISREG(st.st_mode)) {
		sha256_add_text(s, inside);
		sha256_add_number(s, S_ISLNK(st.st_mode) ? 'l' : st.st_mode & S_IXUSR ? 'x' : 'f');
		status = S_ISLNK(st.st_mode) ? hash_link(path, s, e) : hash_contents(path, s, e);
	}
	memory_free(path);
	return status;
}

static int hash_folder(const char *root, const char *inside, int depth, struct sha256 *s, struct error *e)
{
	if (depth > FOLDER_DEPTH)
		return error_set(e, ERROR_INPUT, "%s/%s: folders lie more than %d deep", root, inside, FOLDER_DEPTH);
	char *path = *inside ? memory_format("%s/%s", root, inside) : memory_string(root);
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, wanted, by_bytes), status = count < 0 ? unreadable(e, path) : 0;
	for (int i = 0; i < count; i++) {
		char *below = *inside ? memory_format("%s/%s", inside, entries[i]->d_name) : memory_string(entries[i]->d_name);
		if (status == 0)
			status = hash_entry(root, below, depth, s, e);
		memory_free(below);
		free(entries[i]); /* scandir's own allocation */
	}
	free(entries);
	memory_free(path);
	return status;
}

int folder_hash(const char *path, struct sha256 *s, struct error *e)
{
	return hash_folder(path, "", 0, s, e);
}

char *folder_private(struct error *e)
{
	const char *parent = getenv("TMPDIR");
	char *name = memory_format("%s/weir-XXXXXX", parent && *parent == '/' ? parent : "/tmp");
	if (mkdtemp(name) != NULL)
		return name;
	error_set(e, ERROR_IO, "%s: cannot be made: %s", name, strerrordesc_np(errno));
	memory_free(name);
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)where;
	/* A folder without permissions hides what is in it, even from its owner. */
	if (type == FTW_DNR && (st->st_mode & S_IRWXU) != S_IRWXU && chmod(path, S_IRWXU) == 0)
		folder_remove(path);
	else
		remove(path);
	return 0;
}

void folder_remove(const char *path)
{
	if (path)
		nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

char *folder_resolve(const char *path, struct error *e)
{
	char *real = realpath(path, NULL);
	if (real == NULL) {
		error_set(e, ERROR_INPUT, "%s: %s", path, errno == ENOENT ? "no such folder" : strerrordesc_np(errno));
		return NULL;
	}
	char *copy = memory_string(real);
	free(real);
	return copy;
}
