/* events: everything that may send requests to the template's functions, by the name that a workload entry uses.
 *
 *   Hello            the function itself: direct Invoke
 *   Hello.Get        an event of AWS::Serverless::Function, by its logical ID
 *   Hello.Url        its function URL (FunctionUrlConfig or AWS::Lambda::Url), unless an event has that name
 *   Hello.GetMethod  a raw AWS::ApiGateway::Method or AWS::ApiGatewayV2::Route, by its logical ID; `Hello.Api` too when there is only one
 *   Hello.Group      a target group or a listener's rule of a load balancer; Hello.Site: a CloudFront distribution
 *   Orders           a queue, topic, bus, bucket, stream or table with a stream: events are sent to it
 *   Nightly          a rule or a schedule; a custom resource
 *   default          the default event bus, when something listens to it
 *
 * What is not modelled is refused by name when it has traffic. */
#ifndef SCENARIOS_READ_EVENTS_H
#define SCENARIOS_READ_EVENTS_H

#include "scenarios/read/reading.h"

/* Fills r->sources. */
void events_read(struct reading *r);

/* Frees r->sources. */
void events_free(struct reading *r);

/* Notes on event sources that have no traffic and are not modelled: called when traffic is known. */
void events_note_passed_over(struct reading *r);

#endif
