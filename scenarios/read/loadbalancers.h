/* loadbalancers: functions behind an Application Load Balancer: a target group of the type lambda is a source (Function.TargetGroup), and so is a
 * listener's rule that forwards to one (Function.Rule), with the rule's path and method.
 * Source: Elastic Load Balancing User Guide, "Use Lambda functions as targets of an Application Load Balancer"; AWS CloudFormation Template
 * Reference, "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::ListenerRule". */
#ifndef SCENARIOS_READ_LOADBALANCERS_H
#define SCENARIOS_READ_LOADBALANCERS_H

#include "scenarios/read/reading.h"

/* Other resources are passed over. */
void balancer_read(struct reading *r, const struct node_pair *resource, const char *type);

#endif
