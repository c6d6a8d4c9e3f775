/* parameter: a template's Parameters: defaults, types, allowed values, and what --parameter-overrides sets.
 * Source: AWS CloudFormation User Guide, "Parameters". */
#ifndef SCENARIOS_READ_PARAMETER_H
#define SCENARIOS_READ_PARAMETER_H

#include "scenarios/read/resolver.h"

/* The value of a parameter that the template declares: a scalar, or a list for CommaDelimitedList and List<...>. NULL with the resolver's
 * problem when it has none. */
const struct node *parameter_value(struct resolver *v, const char *name, struct position at);

/* Splits a text into a list of trimmed texts (`delimiter` is not empty). */
const struct node *parameter_list(struct resolver *v, const char *text, const char *delimiter, struct position at);

/* Reads --parameter-overrides (`Key=Value`, `ParameterKey=K,ParameterValue=V`, several in one text, quoted or not) into the resolver. Unknown
 * parameters are errors. */
void parameter_overrides_read(struct resolver *v, const char *const *texts, size_t count, struct diagnostics *found);

/* Checks every parameter's value against its Type, AllowedValues, MinValue, MaxValue, MinLength and MaxLength. */
void parameters_check(struct resolver *v, struct diagnostics *found);

#endif
