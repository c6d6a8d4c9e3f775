/* unmodelled: what the template asks for that is not modelled yet, said by name, where it would change what is simulated: a thing of a
 * function or source without traffic is passed over.
 *
 * An error where the figures would be those of something else; a warning where they are right but for the one thing named. */
#ifndef SCENARIOS_READ_UNMODELLED_H
#define SCENARIOS_READ_UNMODELLED_H

#include "scenarios/read/reading.h"

/* To be called when traffic and models are known. */
void unmodelled_check(struct reading *r);

#endif
