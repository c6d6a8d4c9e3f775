/* screen: a filter on a way between stations, compiled: the FilterCriteria of an event source mapping, the FilterPolicy of a subscription, the
 * EventPattern of a rule, event name, prefix and suffix of a bucket's notification. It looks at the text that really stands there: a mapping's
 * at the record that Lambda would hand to the function, with its data opened (models/poll/pattern.h); a policy's at the attributes or the body;
 * a rule's at the event with its envelope.
 *
 * Sources: Lambda Developer Guide, "Control which events Lambda sends to your function"; Amazon SNS Developer Guide, "Amazon SNS message
 * filtering"; Amazon EventBridge User Guide, "Event patterns"; Amazon S3 User Guide, "Configuring event notifications using object key name
 * filtering". */
#ifndef MODELS_SOURCE_SCREEN_H
#define MODELS_SOURCE_SCREEN_H

#include "models/invoke/content.h"
#include "models/source/derive.h"

struct screen; /* const; in the arena */

/* NULL where everything passes. A pattern that does not compile (the reader has refused it) lets nothing through. */
const struct screen *screen_of_mapping(const struct scenario *s, size_t mapping, struct arena *a);
const struct screen *screen_of_subscription(const struct scenario *s, size_t topic, size_t subscription, struct arena *a);
const struct screen *screen_of_rule(const struct scenario *s, size_t bus, size_t rule, struct arena *a);
const struct screen *screen_of_notification(const struct scenario *s, size_t bucket, size_t notification, struct arena *a);

/* Whether a content passes, as it stands. */
bool screen_passes(const struct screen *x, const struct content *c);

#endif
