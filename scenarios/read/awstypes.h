/* awstypes: which resource types AWS has, as far as weir needs to know: the services by name, and all types of Lambda and SAM.
 * Sources: AWS CloudFormation Template Reference, "AWS resource and property types reference"; AWS SAM Developer Guide. */
#ifndef SCENARIOS_READ_AWSTYPES_H
#define SCENARIOS_READ_AWSTYPES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a type is known, or cannot be judged (Custom::, third parties' types, modules). */
bool awstype_known(const char *type);

/* The known type or service ("AWS::DynamoDB") that an unknown type was most likely meant to be, or NULL. */
const char *awstype_nearest(const char *type);

#endif
