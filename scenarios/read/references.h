/* references: whether every name that Ref, Fn::GetAtt, Fn::Sub, Fn::If and Condition use is one the template has. */
#ifndef SCENARIOS_READ_REFERENCES_H
#define SCENARIOS_READ_REFERENCES_H

#include "scenarios/read/reading.h"

/* Adds a warning (template/reference) for each that has none. Names that SAM makes up (a function's role, the implicit API) and templates
 * with macros are left alone. */
void references_check(struct reading *r);

#endif
