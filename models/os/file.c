#include "models/os/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

enum {
	TEMPORARIES = 256, /* files that may be unfinished at once */
	FAIL_UNREAD = 0,   /* WEIR_FAIL_WRITE was not looked at yet */
	FAIL_NEVER = -1,
	READ_PIECE = 65536, /* first buffer for files whose size says nothing, as under /proc */
	NAME_TRIES = 16
};

/* A signal handler is given no context, and the environment has one WEIR_FAIL_WRITE: what is unfinished is known to the process
 * as a whole. Names are freed only by forget(), under the lock; a signal handler takes them without it, by exchange, and never
 * frees. No result of a simulation depends on this. */
static struct {
	pthread_mutex_t lock; /* among threads; never taken by file_clean_up */
	_Atomic(char *) temporary[TEMPORARIES];
	_Atomic long fail_at; /* the write that fails; FAIL_NEVER, or FAIL_UNREAD before the first */
	_Atomic long writes;  /* since the process began */
} files = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int fail(struct error *e, enum error_code code, const char *path, const char *what, int number)
{
	return error_set(e, code, "%s: %s%s%s", path, what, number ? ": " : "", number ? strerrordesc_np(number) : "");
}

/* --- faults ----------------------------------------------------------------------------------------------------------------- */

static long read_fail_at(void)
{
	const char *text = getenv("WEIR_FAIL_WRITE");
	char *end = NULL;
	long n = text ? strtol(text, &end, 10) : 0;
	long fail_at = text && end != text && *end == '\0' && n > 0 ? n : FAIL_NEVER;
	atomic_store(&files.fail_at, fail_at);
	return fail_at;
}

int file_fault(void)
{
	long nth = atomic_fetch_add(&files.writes, 1) + 1;
	long fail_at = atomic_load(&files.fail_at);
	if (fail_at == FAIL_UNREAD)
		fail_at = read_fail_at();
	if (nth != fail_at)
		return 0;
	errno = ENOSPC;
	return -1;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------- */

/* The name is wrong, not the machine. */
static bool is_wrong_name(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ELOOP || number == ENAMETOOLONG;
}

/* Opens what is a regular file. Non-blocking, because a FIFO without a writer would never open otherwise. */
static int open_regular(const char *path, off_t *size, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		if (errno == ENOENT)
			return fail(e, ERROR_INPUT, path, "no such file", 0);
		return fail(e, is_wrong_name(errno) ? ERROR_INPUT : ERROR_IO, path, "cannot be opened", errno);
	}
	struct stat st;
	int wrong = fstat(fd, &st) != 0 ? errno : 0;
	if (wrong == 0 && S_ISREG(st.st_mode)) {
		*size = st.st_size;
		return fd;
	}
	close(fd);
	if (wrong)
		return fail(e, ERROR_IO, path, "cannot be read", wrong);
	return fail(e, ERROR_INPUT, path, S_ISDIR(st.st_mode) ? "is a folder, not a file" : "is not a regular file", 0);
}

/* Reads to the end, one byte beyond the limit at most: sizes lie (under /proc) and files grow. */
static int read_all(int fd, off_t size, size_t limit, char **text, size_t *length)
{
	size_t capacity = size > 0 && (size_t)size <= limit ? (size_t)size + 2 : READ_PIECE, used = 0;
	char *buffer = memory_grow(NULL, capacity, 1);
	for (;;) {
		if (used + 1 >= capacity)
			buffer = memory_grow(buffer, capacity *= 2, 1);
		ssize_t n = read(fd, buffer + used, capacity - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int number = errno;
			memory_free(buffer);
			return number;
		}
		used += (size_t)n;
		if (n == 0 || used > limit)
			break;
	}
	buffer[used] = '\0';
	*text = buffer;
	*length = used;
	return 0;
}

int file_read(const char *path, size_t limit, char **text, size_t *length, struct error *e)
{
	assert(path && text && length);
	off_t size = 0;
	*text = NULL;
	*length = 0;
	int fd = open_regular(path, &size, e);
	if (fd < 0)
		return -1;
	int number = size > 0 && (uintmax_t)size > limit ? EFBIG : read_all(fd, size, limit, text, length);
	close(fd);
	if (number == 0 && *length > limit) {
		memory_free(*text);
		*text = NULL;
		*length = 0;
		number = EFBIG;
	}
	if (number == EFBIG)
		return error_set(e, ERROR_INPUT, "%s: is larger than %zu bytes", path, limit);
	return number ? fail(e, ERROR_IO, path, "cannot be read", number) : 0;
}

/* --- unfinished files -------------------------------------------------------------------------------------------------------- */

static int remember(const char *name)
{
	char *copy = memory_string(name);
	bool done = false;
	pthread_mutex_lock(&files.lock);
	for (size_t i = 0; i < TEMPORARIES && !done; i++) {
		char *none = NULL;
		done = atomic_compare_exchange_strong(&files.temporary[i], &none, copy);
	}
	pthread_mutex_unlock(&files.lock);
	if (!done)
		memory_free(copy);
	return done ? 0 : -1;
}

static void forget(const char *name)
{
	pthread_mutex_lock(&files.lock);
	for (size_t i = 0; i < TEMPORARIES; i++) {
		char *known = atomic_load(&files.temporary[i]);
		/* When the exchange fails a signal handler has just taken the name: then it is not ours to free. */
		if (known && strcmp(known, name) == 0 && atomic_compare_exchange_strong(&files.temporary[i], &known, NULL)) {
			memory_free(known);
			break;
		}
	}
	pthread_mutex_unlock(&files.lock);
}

void file_clean_up(void)
{
	int number = errno;
	for (size_t i = 0; i < TEMPORARIES; i++) {
		char *name = atomic_exchange(&files.temporary[i], NULL);
		if (!name)
			continue;
		unlink(name);
		/* Not freed, as free is not async-signal-safe: it goes back to its place, where its owner's `forget` finds it. */
		char *none = NULL;
		atomic_compare_exchange_strong(&files.temporary[i], &none, name);
	}
	errno = number;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

/* ".NAME.0123456789abcdef.tmp" in the folder of `path`; NAME is cut so that the whole stays a legal file name. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	uint64_t random = 0;
	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random ^= (uint64_t)getpid() << 32; /* the name need not be secret, only unused */
	return memory_format("%.*s.%.200s.%016llx.tmp", (int)(base - path), path, base, (unsigned long long)random);
}

/* The name is remembered before the file exists, so that no moment is left in which a signal would leave it behind. */
static int create(const char *name)
{
	if (remember(name) != 0) {
		errno = EMFILE;
		return -1;
	}
	int fd = file_fault() ? -1 : open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		int number = errno;
		forget(name);
		errno = number;
	}
	return fd;
}

static int create_beside(const char *path, char **name, struct error *e)
{
	for (int i = 0; i < NAME_TRIES; i++) {
		*name = temporary_name(path);
		int fd = create(*name);
		if (fd >= 0)
			return fd;
		int number = errno;
		memory_free(*name);
		*name = NULL;
		if (number != EEXIST)
			return fail(e, ERROR_IO, path, "cannot be written", number);
	}
	return fail(e, ERROR_IO, path, "cannot be written", EEXIST);
}

char *file_temporary(const char *path, struct error *e)
{
	char *name = NULL;
	int fd = create_beside(path, &name, e);
	if (fd < 0)
		return NULL;
	close(fd);
	return name;
}

void file_discard(const char *temporary)
{
	if (temporary == NULL)
		return;
	unlink(temporary);
	forget(temporary);
}

static int sync_file(const char *path)
{
	int fd = file_fault() ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int status = fsync(fd), number = errno;
	close(fd);
	errno = number;
	return status;
}

/* The rename itself becomes durable with its folder. File systems that cannot flush a folder are none of the user's concern. */
static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? memory_string_n(path, slash == path ? 1 : (size_t)(slash - path)) : memory_string(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memory_free(folder);
	if (fd < 0)
		return;
	(void)!fsync(fd);
	close(fd);
}

int file_commit(const char *temporary, const char *path, struct error *e)
{
	if (sync_file(temporary) != 0 || rename(temporary, path) != 0) {
		int number = errno;
		file_discard(temporary);
		return fail(e, ERROR_IO, path, "cannot be written", number);
	}
	forget(temporary);
	sync_folder_of(path);
	return 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	if (file_fault())
		return -1;
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int file_write(const char *path, const void *bytes, size_t length, struct error *e)
{
	assert(path && (bytes || length == 0));
	char *name = NULL;
	int fd = create_beside(path, &name, e);
	if (fd < 0)
		return -1;
	int number = write_all(fd, bytes, length) != 0 ? errno : 0;
	if (close(fd) != 0 && number == 0)
		number = errno;
	if (number)
		file_discard(name);
	int status = number ? fail(e, ERROR_IO, path, "cannot be written", number) : file_commit(name, path, e);
	memory_free(name);
	return status;
}

/* --- folders ------------------------------------------------------------------------------------------------------------------ */

bool file_is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

/* One level. Somebody else may make it at the same moment, which is as good. */
static int make_one(const char *path)
{
	if (file_is_folder(path))
		return 0;
	if (file_fault() || (mkdir(path, 0755) != 0 && (errno != EEXIST || !file_is_folder(path))))
		return errno ? errno : EIO;
	return 0;
}

int file_make_folder(const char *path, struct error *e)
{
	assert(path);
	char *part = memory_string(path);
	int number = 0;
	for (char *c = part; *c && number == 0; c++) {
		if (*c != '/' || c == part)
			continue;
		*c = '\0';
		number = make_one(part);
		*c = '/';
	}
	if (number == 0)
		number = *path ? make_one(path) : ENOENT;
	memory_free(part);
	if (number == EEXIST || number == ENOTDIR)
		return fail(e, ERROR_IO, path, "cannot be made a folder: a file stands in its way", 0);
	return number ? fail(e, ERROR_IO, path, "cannot be made", number) : 0;
}
