/* property: the properties that AWS documents for functions, and reading one as a number.
 * Sources: AWS SAM Developer Guide, "AWS::Serverless::Function"; AWS CloudFormation Template Reference, "AWS::Lambda::Function". */
#ifndef SCENARIOS_READ_PROPERTY_H
#define SCENARIOS_READ_PROPERTY_H

#include "scenarios/read/reading.h"

bool property_is_function(const char *type); /* whether a resource type is one of the two */

/* The names of a function type's properties. */
const char *const *property_names(bool sam, size_t *count);
bool property_known(bool sam, const char *name);

/* A whole number low..high, or `fallback` when the property is not there. Errors: read/type, or `rule` ("limit/memory") when it is out
 * of range; then `fallback` too. */
int property_integer(struct reading *r, const struct node *properties, const char *name, int low, int high, const char *unit,
                     const char *rule, int fallback);

/* Whether a property is written: not null, not AWS::NoValue; whether its value can be known or not. */
bool property_written(struct reading *r, const struct node *properties, const char *name);

/* true or false, or `fallback` when the property is not there. Error: read/type; then `fallback` too. */
bool property_bool(struct reading *r, const struct node *properties, const char *name, bool fallback);

/* A text in the scenario's arena, or NULL. */
const char *property_text(struct reading *r, const struct node *properties, const char *name);

/* Complains of a logical ID, of a resource or of a function's event, that AWS refuses. Source: CloudFormation User Guide, "Resources
 * section structure": it is alphanumeric; 255 characters is the most. SAM makes resources' IDs out of those of events. */
void property_check_logical(struct reading *r, const struct node *logical);

#endif
