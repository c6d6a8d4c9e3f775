/* say: what commands print: findings and failures on standard error, results on standard output. */
#ifndef TOOLS_SAY_H
#define TOOLS_SAY_H

#include "scenarios/read/read.h"
#include "sim/base/diagnostic.h"
#include "sim/base/error.h"
#include "sim/base/textbuf.h"

/* "weir: error: TEXT" on standard error. Returns the exit status that belongs to the error. */
int say_error(const struct error *e);
void say_warning(const char *text);

/* All findings in their order, with the lines they are about; `texts` may be NULL. */
void say_findings(struct diagnostics *found, struct source_texts *texts);

/* An error of reading, which found no place of its own, becomes a finding about the file that its message begins with (the template where it
 * begins with none), so that messages look alike. */
void say_add_error(struct diagnostics *found, const struct error *e, const struct read_options *read);

/* Standard output; 0, or the exit status 3 after saying that it cannot be written. */
int say_output(const struct textbuf *out);

#endif
