/* delivery: when a service tries again to hand an event over to a target whose service refused it.
 *
 * Amazon SNS, to Lambda and SQS: three attempts without a pause, two after a second each, ten with pauses that grow exponentially from 1 to 20
 * seconds, 100,000 after 20 seconds each: 100,015 in all, over 23 days. The first attempt is taken to be one of the three, as the total says; how the
 * pauses grow is not documented: each is longer by the same factor here. Source: Amazon SNS Developer Guide, "Amazon SNS message delivery retries".
 *
 * EventBridge and its Scheduler: up to 185 retries and 24 hours, unless the target's RetryPolicy says less, with exponential back-off. Base and
 * ceiling are not documented: from 1 second, twice as long each time, 8 minutes at most, with which 185 retries take just under the 24 hours.
 * Source: Amazon EventBridge User Guide, "How EventBridge retries delivering events"; API Reference, "RetryPolicy".
 *
 * Both add jitter, of which nothing is documented but that it is there (struct delivery_spec). */
#ifndef MODELS_SOURCE_DELIVERY_H
#define MODELS_SOURCE_DELIVERY_H

#include <stdint.h>

#include "models/spec/resource.h"
#include "sim/simtime.h"

enum { DELIVERY_SNS_ATTEMPTS = 100015 };

/* The pause after the `attempts`-th attempt (from 1), without jitter. */
simtime delivery_pause_sns(uint32_t attempts);
simtime delivery_pause_events(uint32_t attempts);

/* A pause with jitter; `word` is a random one. */
simtime delivery_jitter(simtime pause, const struct delivery_spec *spec, uint64_t word);

#endif
