/* routes: the HTTP routes that a template writes out with API Gateway's own resource types, and what all event readers share.
 * Sources: AWS CloudFormation Template Reference, "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource", "AWS::ApiGatewayV2::Route",
 * "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Api" (quick create). */
#ifndef SCENARIOS_READ_ROUTES_H
#define SCENARIOS_READ_ROUTES_H

#include "scenarios/read/reading.h"

/* A Method or a Route becomes the source Function.LogicalId; a quick-create Api too. Other resources are passed over. */
void route_read(struct reading *r, const struct node *logical, const char *type, const struct node *properties);

/* Gives a function's only such source the second name Function.Api. */
void routes_alias(struct reading *r);

/* A new source of a function (event NULL: the function itself), the kind of a source, its TimeoutInMillis, an HTTP method in capitals, and
 * the function that a property points to (-1: none). In events.c. */
struct read_source *event_add(struct reading *r, size_t function, const char *event, struct position at);
void event_set_kind(struct read_source *s, enum source_kind kind);
void event_wait_limit(struct reading *r, struct read_source *s, const struct node *properties);
const char *event_method(struct reading *r, const char *method);
int event_target(struct reading *r, const struct node *n);

#endif
