/* fanout: services that hand each event on to all who asked for it: SNS topics, EventBridge buses, S3 buckets' notifications.
 *
 * They keep nothing: an event that nobody wants ends as filtered, one that somebody wants as delivered, a copy to each. What a filter passes and what an
 * event's content becomes on the way is decided before the run (models/invoke/content.h). To a function they hand over without further delay: what was
 * measured for them is the whole way to the handler. Their own retries begin only when the target's service refuses, which Lambda's queue of
 * asynchronous events, SQS, SNS and the buses do not do here: no refusals of services are modelled.
 * Sources: Amazon SNS Developer Guide, "Amazon SNS subscription filter policies", "Message fanout"; Amazon EventBridge User Guide, "Rules";
 * Amazon S3 User Guide, "Amazon S3 Event Notifications". */
#ifndef MODELS_SOURCE_FANOUT_H
#define MODELS_SOURCE_FANOUT_H

#include "models/invoke/station.h"

extern const struct station_ops station_topic, station_bus, station_bucket;

#endif
