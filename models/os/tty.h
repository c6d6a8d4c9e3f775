/* tty: what the program's output goes to, and how many processors it may use. */
#ifndef MODELS_OS_TTY_H
#define MODELS_OS_TTY_H

#include <stdbool.h>

enum { TTY_OUTPUT = 1, TTY_ERRORS = 2 };

bool tty_is(int descriptor);
int tty_width(int descriptor); /* columns; 0 when it is no terminal or does not say */

unsigned tty_processors(void); /* that this process may run on; at least 1 */

#endif
