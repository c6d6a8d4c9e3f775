/* decimal: a JSON number as event patterns compare it: by value where a double carries it without loss, by its text otherwise.
 *
 * A double carries a number when the shortest decimal that reads back as that double is the number itself: 300, 3.0e2 and 0.1 are
 * carried; 1e400, 1e-325, 9007199254740993 and 0.10000000000000000555 are not. So 15 digits always compare by value, 17 at most.
 * Source: Event Ruler (github.com/aws/event-ruler), class ComparableNumber. The Lambda Developer Guide (invocation-eventfiltering)
 * says that 300, 300.0 and 3.0e2 differ; the engine compares them by value, and so do we. */
#ifndef MODELS_POLL_DECIMAL_H
#define MODELS_POLL_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decimal {
	bool comparable; /* the double carries it */
	double value;    /* finite, never -0; 0 where it is not comparable */
};

/* `text` is a number as JSON writes it. */
struct decimal decimal_read(const char *text, size_t length);
struct decimal decimal_of_integer(int64_t value);

/* True where it is written as an integer of at most 64 bits. */
bool decimal_integer(const char *text, size_t length, int64_t *value);

#endif
