/* terminal: what the program's output goes to, and how many processors it may use. */
#ifndef MODELS_OS_TERMINAL_H
#define MODELS_OS_TERMINAL_H

#include <stdbool.h>

enum { TERMINAL_OUTPUT = 1, TERMINAL_ERRORS = 2 };

bool terminal_is(int descriptor);
int terminal_width(int descriptor); /* columns; 0 when it is no terminal or does not say */

unsigned terminal_processors(void); /* that this process may run on; at least 1 */

#endif
