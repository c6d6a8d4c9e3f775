/* nearname: the known name that a mistyped one was most likely meant to be. */
#ifndef SIM_BASE_NEARNAME_H
#define SIM_BASE_NEARNAME_H

#include <stddef.h>

/* The nearest of `count` names by edit distance with transposition, ignoring case, or NULL when none is near enough (a third of
 * the length, at least 1). Ties go to the first. The result is one of `names`. */
const char *nearname_find(const char *name, const char *const *names, size_t count);

#endif
