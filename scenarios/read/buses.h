/* buses: AWS::Events::EventBus, AWS::Events::Rule, and SAM's events EventBridgeRule and CloudWatchEvent. A rule with a ScheduleExpression is read
 * by schedules.c. Sources: AWS CloudFormation Template Reference, "AWS::Events::EventBus", "AWS::Events::Rule"; AWS SAM Developer Guide,
 * "EventBridgeRule"; Amazon EventBridge User Guide, "Amazon EventBridge quotas" (five targets a rule), "Rule retry policy". */
#ifndef SCENARIOS_READ_BUSES_H
#define SCENARIOS_READ_BUSES_H

#include "scenarios/read/resources.h"

void bus_read(struct reading *r, struct read_resource *resource);

/* Buses that rules name and the template does not have: so that what is sent to their ARN finds them. */
void buses_declare(struct reading *r);

/* An AWS::Events::Rule: its pattern goes to its bus, its schedule becomes a source. */
void rule_of_resource(struct reading *r, const struct node_pair *resource);

/* A SAM event with a pattern becomes a rule; the source is filled. */
void rule_of_event(struct reading *r, struct read_source *s, const struct node *properties);

/* RetryPolicy, DeadLetterConfig and inputs.h of a target, which rules, schedules and SAM's events write alike. `made` is what SAM calls a dead-letter
 * queue that it makes. */
struct rule_target_spec rule_delivery(struct reading *r, const struct node *map, struct target target, const char *made);

/* One rule more on a bus. */
void rule_add(struct reading *r, size_t bus, const struct rule_spec *rule);

#endif
