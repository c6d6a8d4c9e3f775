/* patterncompiling: what the compiler's files share while a pattern is read. */
#ifndef MODELS_POLL_PATTERNCOMPILING_H
#define MODELS_POLL_PATTERNCOMPILING_H

#include <stdarg.h>
#include <stdio.h>

#include "models/poll/jsontext.h"
#include "models/poll/patternparts.h"
#include "sim/base/json_out.h"
#include "sim/base/textbuf.h"

struct compiling {
	const char *text; /* the whole pattern, for positions */
	enum pattern_dialect dialect;
	bool plain_or; /* $or is a name */
	struct arena *arena;
	struct position *at; /* may be NULL */
	struct error *e;
	struct textbuf path;  /* of the field being read: keys joined by dots */
	struct textbuf shown; /* the same for messages: $.detail.state[0] */
};

/* Says what is wrong at `where` in the text; always -1. */
int compiling__wrong(struct compiling *c, const char *where, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Extend what messages show; the result goes to compiling__leave. */
size_t compiling__enter_key(struct compiling *c, const struct jsontext *member);
size_t compiling__enter_item(struct compiling *c, size_t index);
void compiling__leave(struct compiling *c, size_t before);

/* The tests of a field from its array (patterntests.c). 0, or -1 with the error said. */
int compiling__tests(struct compiling *c, const struct jsontext *array, struct field *f);

#endif
