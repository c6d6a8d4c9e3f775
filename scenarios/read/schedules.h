/* schedules: rules with a ScheduleExpression, AWS::Scheduler::Schedule, and SAM's events Schedule and ScheduleV2. A schedule is a source whose
 * arrivals are the moments at which its expression fires.
 *
 * Sources: Amazon EventBridge User Guide, "Creating a rule that runs on a schedule": a rule fires within the minute of its time, not at its
 * second; EventBridge Scheduler User Guide, "Schedule types": precision of 60 s, time zones, daylight saving, FlexibleTimeWindow; API
 * Reference, "FlexibleTimeWindow": 1 to 1,440 minutes. A flexible window is taken to be uniform, which is not documented. */
#ifndef SCENARIOS_READ_SCHEDULES_H
#define SCENARIOS_READ_SCHEDULES_H

#include "scenarios/read/cron.h"
#include "scenarios/read/reading.h"
#include "scenarios/read/timezone.h"

enum schedule_kind { SCHEDULE_RATE, SCHEDULE_CRON, SCHEDULE_AT };

struct schedule {
	const char *expression; /* as written */
	struct position at;
	enum schedule_kind kind;
	simtime period;   /* rate */
	struct cron cron; /* cron */
	simtime once;     /* at, and in the zone's own time when there is one */
	struct time_zone zone;
	simtime start, end; /* StartDate and EndDate; 0 and SIMTIME_NEVER without */
	simtime window;     /* each firing comes up to so much later */
	bool disabled;
};

/* A scheduled rule; its targets are in `rule`. `expression` is NULL when it could not be resolved, which has been said. */
void schedule_of_rule(struct reading *r, const struct node *logical, const struct node *expression, const struct rule_spec *rule);

/* An AWS::Scheduler::Schedule. */
void schedule_of_resource(struct reading *r, const struct node_pair *resource);

/* A SAM event of the type Schedule or ScheduleV2 (s->kind says which); the source is filled. */
void schedule_of_event(struct reading *r, struct read_source *s, const struct node *properties);

/* The moments from 0 to `duration` (not included) at which it fires. 0, or -1 with an error when they are too many. */
int schedule_times(struct reading *r, const struct schedule *schedule, simtime duration, struct arrival_spec *out);

#endif
