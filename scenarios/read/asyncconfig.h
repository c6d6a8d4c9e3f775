/* asyncconfig: what happens to an event that a function is invoked with asynchronously: EventInvokeConfig, AWS::Lambda::EventInvokeConfig,
 * DeadLetterConfig and DeadLetterQueue, RecursiveLoop.
 * Sources: AWS SAM Developer Guide, "EventInvokeConfiguration"; AWS CloudFormation Template Reference, "AWS::Lambda::EventInvokeConfig";
 * Lambda Developer Guide, "Configuring error handling settings for Lambda asynchronous invocations", "Capturing records of Lambda
 * asynchronous invocations". */
#ifndef SCENARIOS_READ_ASYNCCONFIG_H
#define SCENARIOS_READ_ASYNCCONFIG_H

#include "scenarios/read/reading.h"

/* Defaults and properties of all functions, then the AWS::Lambda::EventInvokeConfig resources; after resources are declared. */
void asyncs_read(struct reading *r);

/* {Destination, Type} of SAM, or {Destination} of CloudFormation: a target. Without a Destination SAM makes a queue or topic called `made`
 * (NULL: nothing is made). `sender`: "an OnFailure destination". */
struct target destination_read(struct reading *r, const struct node *map, const char *sender, unsigned kinds, const char *made);

#endif
