/* viewerfunctions: CloudFront Functions: AWS::CloudFront::Function, and the FunctionAssociations of a distribution's cache behaviours. What they do
 * takes less than a millisecond and no network, so a request goes through them without a wait here; each costs a function invocation.
 *
 * Sources: Amazon CloudFront Developer Guide, "Quotas on CloudFront Functions" (10 KB of code, 2 MB of memory), "Restrictions on all edge functions"
 * (viewer events only; one function an event type; none beside a Lambda@Edge function on viewer events); AWS CloudFormation Template
 * Reference, "AWS::CloudFront::Function". Not modelled: what a function answers instead of passing the request on, its compute utilization, and that
 * viewer-response functions are not run for answers of 400 and above. */
#ifndef SCENARIOS_READ_VIEWERFUNCTIONS_H
#define SCENARIOS_READ_VIEWERFUNCTIONS_H

#include "scenarios/read/reading.h"

/* An AWS::CloudFront::Function. */
void viewer_function_check(struct reading *r, const struct node_pair *resource);

/* The functions that a cache behaviour runs for each request; `lambda`: a Lambda@Edge function has a viewer event of it. */
int viewer_functions_of(struct reading *r, const struct node *behaviour, bool lambda);

#endif
