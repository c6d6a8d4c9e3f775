/* given: what the command line says about a scenario, in the form that the reader takes. */
#ifndef TOOLS_GIVEN_H
#define TOOLS_GIVEN_H

#include "scenarios/read/read.h"
#include "tools/options.h"

/* Borrows from `o`. `template_file` may be NULL: --template, or the template.yaml, .yml or .json that is in the working directory, as `sam`
 * looks for it; NULL stays where none is there, and the reader says so. */
struct read_options given_scenario(const struct options *o, const char *template_file);

#endif
