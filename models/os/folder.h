/* folder: walking a folder in an order that depends on names alone, hashing it, and private temporary folders. */
#ifndef MODELS_OS_FOLDER_H
#define MODELS_OS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"
#include "sim/base/sha256.h"

/* Adds everything that running code from a folder can see: for each file in byte order of names its path, whether it is executable,
 * and its contents; for each symbolic link its target. Left out: `.git`, `__pycache__` and what is neither file, folder nor link.
 * Links to folders are not followed. 0, or -1 with ERROR_IO (a file that cannot be read) or ERROR_INPUT (deeper than FOLDER_DEPTH). */
enum { FOLDER_DEPTH = 64 };
int folder_hash(const char *path, struct sha256 *s, struct error *e);

/* Makes a new folder that only this user can enter, under $TMPDIR or /tmp; the caller owns the name. NULL with ERROR_IO. */
char *folder_private(struct error *e);

/* Removes a folder with all it holds; what cannot be removed stays. Links are removed, not followed. NULL is allowed. */
void folder_remove(const char *path);

/* The absolute path without links (memory_free), or NULL with ERROR_INPUT "PATH: ...". */
char *folder_resolve(const char *path, struct error *e);

#endif
