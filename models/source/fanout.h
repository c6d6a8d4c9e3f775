/* fanout: services that hand each event on to all who asked for it: SNS topics, EventBridge buses, S3 buckets' notifications.
 *
 * A copy goes to each whose filter passes the event. What a filter passes and what an event's content becomes on the way is decided before the run
 * (models/invoke/content.h). To a function they hand over without further delay: what was measured for them is the whole way to the handler.
 *
 * Handing over can fail. A target that can take nothing like this content (too large; to a function, no JSON) is a client's error: not repeated. With
 * the topic's or bus's failure_rate the target's service refuses an attempt: the next one comes when delivery.h says, until there have been enough or, of
 * a bus, the event is too old. What is given up goes to the subscription's or target's dead-letter queue, or is lost. S3 never fails here.
 *
 * The event is held until each copy is settled, and ends as the worst of them: dropped, expired, dead-lettered, delivered; filtered where nobody
 * wanted it. Not modelled: that a FIFO topic keeps order while it repeats.
 *
 * Sources: Amazon SNS Developer Guide, "Amazon SNS subscription filter policies", "Message fanout", "Amazon SNS message delivery retries", "Amazon SNS
 * dead-letter queues"; Amazon EventBridge User Guide, "Rules", "How EventBridge retries delivering events", "Using dead-letter queues to process
 * undelivered events"; Amazon S3 User Guide, "Amazon S3 Event Notifications". */
#ifndef MODELS_SOURCE_FANOUT_H
#define MODELS_SOURCE_FANOUT_H

#include "models/invoke/station.h"

extern const struct station_ops station_topic, station_bus, station_bucket;

#endif
