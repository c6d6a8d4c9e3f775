/* events: everything that may send requests to the template's functions, by the name that a workload entry uses.
 *
 *   Hello            the function itself: direct Invoke
 *   Hello.Get        an event of AWS::Serverless::Function, by its logical ID
 *   Hello.Url        its function URL (FunctionUrlConfig or AWS::Lambda::Url), unless an event has that name
 *   Hello.GetMethod  a raw AWS::ApiGateway::Method or AWS::ApiGatewayV2::Route, by its logical ID; `Hello.Api` too when there is only one
 *   Orders           a queue, bucket, topic, stream, bus or table: not modelled yet, and refused by name when it has traffic */
#ifndef SCENARIOS_READ_EVENTS_H
#define SCENARIOS_READ_EVENTS_H

#include "scenarios/read/reading.h"

/* Fills r->sources. */
void events_read(struct reading *r);

/* Notes on event sources that have no traffic and are not modelled: called when traffic is known. */
void events_note_passed_over(struct reading *r);

#endif
