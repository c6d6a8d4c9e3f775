/* intrinsic: one function for each intrinsic function. Only resolver.c calls in here. */
#ifndef SCENARIOS_READ_INTRINSIC_H
#define SCENARIOS_READ_INTRINSIC_H

#include "scenarios/read/resolver.h"

/* The value of {key: argument}; NULL with the resolver's `problem` filled. */
const struct node *intrinsic_value(struct resolver *v, const struct node *key, const struct node *argument);

/* A condition's expression: 1, 0, or -1 with `problem`. */
int intrinsic_truth(struct resolver *v, const struct node *n);

/* Takes steps from the resolver's budget; false, with its problem filled, when that is used up. */
bool resolver__spend(struct resolver *v, size_t steps, struct position at);

/* Fills the resolver's problem; returns NULL. */
const struct node *resolver__fail(struct resolver *v, struct position at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
