/* edge: Lambda@Edge: the functions that a CloudFront distribution's cache behaviours name. A source is called Function.Distribution, or
 * Function.Distribution and the event type when one function stands in several places.
 * Source: Amazon CloudFront Developer Guide, "Restrictions on Lambda@Edge", "Quotas on Lambda@Edge". */
#ifndef SCENARIOS_READ_EDGE_H
#define SCENARIOS_READ_EDGE_H

#include "scenarios/read/reading.h"

/* An AWS::CloudFront::Distribution. */
void edge_read(struct reading *r, const struct node_pair *resource);

/* What Lambda@Edge does not allow of a function; called when all sources are known. */
void edge_check(struct reading *r);

#endif
