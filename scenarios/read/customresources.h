/* customresources: AWS::CloudFormation::CustomResource and Custom::Anything: CloudFormation invokes the function of the ServiceToken, or sends
 * to its topic. The source has the resource's logical ID.
 * Source: AWS CloudFormation Template Reference, "AWS::CloudFormation::CustomResource" (ServiceTimeout 1 to 3,600 s). */
#ifndef SCENARIOS_READ_CUSTOMRESOURCES_H
#define SCENARIOS_READ_CUSTOMRESOURCES_H

#include "scenarios/read/reading.h"

bool custom_is_resource(const char *type);
void custom_read(struct reading *r, const struct node_pair *resource, const char *type);

#endif
