/* wildcard: texts with `*` for any run of characters, the empty one too; `\*` and `\\` are the characters themselves.
 * Source: Event Ruler (github.com/aws/event-ruler), class WildcardParser. */
#ifndef MODELS_POLL_WILDCARD_H
#define MODELS_POLL_WILDCARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"

enum { WILDCARD_ANY = 256 };

struct wildcard {
	const uint16_t *items; /* bytes, and WILDCARD_ANY for a star */
	size_t count;
};

/* NULL, or what is wrong: a literal. Lives in the arena. */
const char *wildcard_compile(const char *text, size_t length, struct arena *a, struct wildcard *out);

/* Takes the product of both lengths at worst. */
bool wildcard_match(const struct wildcard *w, const char *text, size_t length);

#endif
