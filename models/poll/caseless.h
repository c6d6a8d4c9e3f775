/* caseless: comparing text whatever its case, character by character.
 *
 * A character of the event equals one of the pattern when it is that one's lower or upper case. Where the other case of a character
 * is several (the upper case of the German sharp s is SS), and beyond the Basic Multilingual Plane, only the character itself is equal.
 * Source: Event Ruler (github.com/aws/event-ruler), class EqualsIgnoreCaseParser; casepairs.def. */
#ifndef MODELS_POLL_CASELESS_H
#define MODELS_POLL_CASELESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"

struct caseless_character {
	uint32_t lower, upper;
};

/* A text of the pattern, ready to be compared. */
struct caseless {
	const struct caseless_character *items;
	size_t count;
};

struct caseless caseless_new(const char *text, size_t length, struct arena *a); /* lives in the arena; `text` is UTF-8 */

bool caseless_equals(const struct caseless *c, const char *text, size_t length);
bool caseless_begins(const struct caseless *c, const char *text, size_t length); /* the text begins with it */
bool caseless_ends(const struct caseless *c, const char *text, size_t length);   /* the text ends with it */

#endif
