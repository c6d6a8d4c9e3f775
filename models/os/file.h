/* file: reading whole files and writing them whole or not at all.
 *
 * A file is written under a temporary name in its own folder, flushed, then renamed; after a crash there is a whole file or none.
 * Fault injection: with WEIR_FAIL_WRITE=n in the environment the n-th write of the process (from 1) fails as if the disk were full.
 * Temporary names still open when memory runs out or the process is told to stop are removed by file_clean_up. */
#ifndef MODELS_OS_FILE_H
#define MODELS_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"

/* Reads a regular file of at most `limit` bytes. The caller owns *text (NUL-ended beyond *length; memory_free). 0, or -1 with `e`:
 * ERROR_INPUT when it does not exist, is a folder or is too large, ERROR_IO otherwise. The message starts with the path. */
int file_read(const char *path, size_t limit, char **text, size_t *length, struct error *e);

/* Writes a whole file atomically with mode 0644. 0, or -1 with ERROR_IO. */
int file_write(const char *path, const void *bytes, size_t length, struct error *e);

/* For what others write (SQLite, gnuplot): makes a temporary name beside `path` (caller frees), to be given to file_commit (fsync, rename)
 * or file_discard (unlink); both free nothing. */
char *file_temporary(const char *path, struct error *e);
int file_commit(const char *temporary, const char *path, struct error *e);
void file_discard(const char *temporary);

bool file_is_folder(const char *path);
bool file_exists(const char *path);
int file_make_folder(const char *path, struct error *e); /* like mkdir -p */
void file_clean_up(void);                                /* removes temporaries; async-signal-safe */

/* Counts a write for fault injection by those who do not use file_write; nonzero: fail as if the disk were full. */
int file_fault(void);

#endif
