/* slots: payloads with places to fill, so that no two events need be alike. A text is compiled once and rendered for each event; the same
 * event always gives the same bytes.
 *
 *     {{id}}                 a UUID, the same at every place of one event
 *     {{counter}}            the number of the event: 1, 2, 3 ...
 *     {{time}}               when the event is born: 2025-01-06T00:00:00.000Z; {{time s}} and {{time ms}}: seconds and milliseconds since 1970
 *     {{random LOW HIGH}}    a number from LOW to HIGH, both included, with as many decimals as the longer of the two is written with
 *     {{pick A B ...}}       one of the words, all equally likely
 *     {{{{                   the two characters {{
 *
 * Grammar:
 *
 *     text  = *( "{{{{" / "{{" *blank name *( 1*blank word ) *blank "}}" / any other character )
 *     name  = 1*( "a" .. "z" )
 *     word  = 1*( any character but blanks, quotes and braces )  /  "'" *( any but "'" ) "'"  /  '"' *( any but '"' ) '"'
 *     blank = space / tab / carriage return / line feed
 *
 * `}}` outside a slot is itself. Inside a JSON string a word with blanks is best quoted with ' : "{{pick 'New York' Oslo}}". What is filled
 * in stands as it is: a word with a quote or a backslash breaks the JSON string about it. {{random}} and {{pick}} draw anew at each place. */
#ifndef MODELS_SOURCE_SLOTS_H
#define MODELS_SOURCE_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/arena.h"
#include "sim/base/diagnostic.h"
#include "sim/simtime.h"

struct slots; /* const once compiled; in the arena */

/* Compiles a text. *out is NULL when it holds neither a slot nor an escape: then the text is its own rendering. `text` is borrowed and must
 * live as long as *out. Returns -1 when something is wrong with it; all that is goes into `found` with positions in `file`. */
int slots_compile(const char *text, size_t length, const char *file, struct diagnostics *found, struct arena *a,
                  const struct slots **out);

/* The text that was compiled. */
const char *slots_text(const struct slots *s, size_t *length);

/* Of a few events that stand for all: {{random}} and {{pick}} are dealt, each slot's values from a deck of its own. Of the `cards` events of
 * one deck each has another `cards`-th part of what the slot can be, in an order that does not go with that of any other slot. So 30 events tell
 * where a distribution lies as well as hundreds do that fall by chance. Source: McKay, Beckman and Conover, "A Comparison of Three
 * Methods for Selecting Values of Input Variables", Technometrics 21 (1979): Latin hypercube sampling. */
struct slots_deal {
	uint64_t deck;        /* which one */
	unsigned card, cards; /* card < cards, or both 0: chance alone */
};

/* What an event fills in. */
struct slots_event {
	uint64_t identity; /* chance and ids */
	uint64_t number;   /* of the event at its source, from 0 */
	simtime at;
	struct slots_deal deal;
};

/* The text of an event, in `a`, NUL-ended. */
char *slots_render(const struct slots *s, const struct slots_event *event, struct arena *a, size_t *out_length);

#endif
