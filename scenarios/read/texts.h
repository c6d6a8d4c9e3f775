/* texts: the files that one reading has read, kept so that a diagnostic can show its line. Owns the names, too: every `file` of a
 * struct position points to one, so diagnostics may be rendered as long as the texts live. */
#ifndef SCENARIOS_READ_TEXTS_H
#define SCENARIOS_READ_TEXTS_H

#include <stddef.h>

#include "scenarios/read/read.h"

struct source_texts *source_texts_new(void);

/* Keeps a file's text (taken: memory_free'd with the rest; NULL when only the name is wanted). Returns the name to put into positions. */
const char *source_texts_add(struct source_texts *t, const char *file, char *text, size_t length);

/* The kept name that reads the same; it is added when there is none. */
const char *source_texts_name(struct source_texts *t, const char *file);

#endif
