/* prose: sentences with numbers in them, for a terminal or for a page, from the same code. On a page a number carries its place in
 * summary.json and its exact value: <span class="n" data-path="/functions/Hello/Invocations/mean" data-value="72041.3" data-suffix="k">. */
#ifndef REPORTS_PROSE_H
#define REPORTS_PROSE_H

#include <stdbool.h>

#include "reports/figure.h"

struct prose {
	struct textbuf *out; /* borrowed */
	bool html;
	size_t name_begin, name_end; /* where in `out` the last name stands */
};

void prose_text(struct prose *p, const char *text); /* our own words; escaped on a page */
void prose_printf(struct prose *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void prose_name(struct prose *p, const char *name); /* what the user called something: bold on a page, harmless on a terminal */

/* A number in a scale of its own, with its unit; "–" where it is unknown. Frees the figure. */
void prose_figure(struct prose *p, struct figure f);

/* The same in a given scale, with or without the unit written behind it. */
void prose_figure_in(struct prose *p, struct figure f, const struct human_scale *scale, bool suffix);

/* HTML text and attribute values (quotes included). Invalid UTF-8 and control characters become U+FFFD. */
void prose_escape(struct textbuf *out, const char *text);

#endif
