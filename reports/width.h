/* width: how many columns of a terminal a text takes, and cutting it to fit. */
#ifndef REPORTS_WIDTH_H
#define REPORTS_WIDTH_H

#include "sim/base/textbuf.h"

/* Columns of a text: East Asian wide characters and emoji take two, combining marks none, what is no character one.
 * Source: Unicode Standard Annex 11, "East Asian Width" (the blocks that are wide as a whole). */
int width_of(const char *text);

/* Adds the text, at most `columns` wide, its end replaced by "…" where it was too long. Control characters and what is no UTF-8 become
 * '?': a name cannot move the cursor. Returns the columns added. */
int width_add(struct textbuf *out, const char *text, int columns);

#endif
