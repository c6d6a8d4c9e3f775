/* fixture_shape: events as data. tests/shapes has one a file: what a source's event is made of, and every key of the event that Lambda hands over.
 *
 * A text that begins with `~` is a form: "~UUID", or a POSIX extended regular expression between slashes, "~/[0-9]{21}/", for the whole text.
 * Anything else must be equal, numbers with their kind (1 and 1.0 differ). Objects have exactly the keys of the example. */
#ifndef TESTS_UNIT_FIXTURE_SHAPE_H
#define TESTS_UNIT_FIXTURE_SHAPE_H

#include <jansson.h>

#include "models/source/aftermath.h"

struct fixture_shape {
	char name[64];
	json_t *example;
	struct arena arena;
};

/* Calls `each` with all examples, in the order of their names; returns how many. */
int fixture_shapes(void (*each)(struct fixture_shape *shape));

/* The event that the example asks for. */
char *fixture_shape_event(struct fixture_shape *shape, size_t *length);

/* Fails unless `text` is the example's event. */
void fixture_shape_compare(const char *name, const json_t *example, const char *text, size_t length);

/* What differs first, in `wrong` (at least 400 bytes); 0 when nothing does. */
int fixture_shape_differs(const json_t *example, const json_t *event, const char *path, char *wrong);

#endif
