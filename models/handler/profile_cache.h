/* profile_cache: measured profiles as files, named by what they depend on.
 *
 * A file holds one line of JSON and one line with its SHA-256. Whatever is wrong with a file, it counts as absent, and the next profile
 * replaces it. Files are written whole or not at all, so several weirs may share a folder. */
#ifndef MODELS_HANDLER_PROFILE_CACHE_H
#define MODELS_HANDLER_PROFILE_CACHE_H

#include "models/cost/profile.h"
#include "sim/base/error.h"
#include "sim/base/sha256.h"

/* FOLDER/KEY.json (memory_free), FOLDER being `folder` or, where that is NULL, weir in $XDG_CACHE_HOME or ~/.cache. NULL when there is
 * no such place: no HOME. */
char *profile_cache_path(const char *folder, const char key[SHA256_TEXT]);

struct profile *profile_cache_read(const char *path); /* owned by the caller (profile_free); NULL when there is none */

/* Makes the folder, too. 0, or -1 with ERROR_IO. */
int profile_cache_write(const char *path, const struct profile *p, struct error *e);

#endif
