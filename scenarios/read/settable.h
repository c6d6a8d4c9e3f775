/* settable: what --set can reach in a resource of the template: the properties that are known of its type, those of the maps inside, and what
 * the Weir section has for it beside. Names only: values are checked where they are read.
 * Sources of the names: AWS CloudFormation Template Reference, AWS SAM Developer Guide, the pages of each type. */
#ifndef SCENARIOS_READ_SETTABLE_H
#define SCENARIOS_READ_SETTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* A list of names; items NULL: any name is taken. */
struct settable_names {
	const char *const *items;
	size_t count;
};

struct settable {
	struct settable_names properties;
	const char *section;        /* of the Weir section; NULL: none */
	struct settable_names keys; /* in it */
};

/* What a resource of this type has; false when nothing is made of such resources. */
bool settable_of_type(const char *type, struct settable *out);

/* What a SAM function's event of this type has; false likewise. */
bool settable_of_event(const char *type, struct settable *out);

/* What a map has that is the value of this property, or each map of a list that is. */
struct settable_names settable_inside(const char *property);

/* The row that `index` counts from 0 of all properties with names inside; NULL behind the last. */
const char *settable_map(size_t index);

bool settable_has(const struct settable_names *names, const char *name);

#endif
