/* functions: the template's functions (AWS::Serverless::Function and AWS::Lambda::Function) with Globals merged in. Other resources are
 * passed over, and so are functions whose Condition is false. */
#ifndef SCENARIOS_READ_FUNCTIONS_H
#define SCENARIOS_READ_FUNCTIONS_H

#include "scenarios/read/reading.h"

/* Fills r->functions and the scenario's functions, without what depends on traffic (environment variables, code). */
void functions_read(struct reading *r);

/* What could not be resolved is an error for functions that have traffic; called when that is known, and in any case: it frees. */
void functions_report_unresolved(struct reading *r);

/* The environment variables of one function, --env-vars applied. Values that cannot be known are errors when `needed`, else "". */
void function_variables_read(struct reading *r, size_t index, bool needed);

#endif
