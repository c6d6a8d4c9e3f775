/* makefolder: makes folders so that a failure can take back exactly what was made. */
#ifndef MODELS_OS_MAKEFOLDER_H
#define MODELS_OS_MAKEFOLDER_H

#include "sim/base/error.h"

/* Makes `path` and the folders above it where they are missing. *made becomes the highest one that had to be made (a prefix of `path`;
 * owned by the caller, memory_free), or NULL when `path` was there. 0, or -1 with `e` and nothing left behind. */
int makefolder_make(const char *path, char **made, struct error *e);

/* Removes `path` and the folders above it up to `made`, as far as they are empty. `made` may be NULL: nothing was made. */
void makefolder_undo(const char *path, const char *made);

/* `folder`/`name`, owned by the caller. */
char *makefolder_join(const char *folder, const char *name);

/* Removes the files of a folder whose names begin and end so (what an earlier run left there). 0, or -1 with ERROR_IO. */
int makefolder_sweep(const char *folder, const char *begin, const char *end, struct error *e);

#endif
