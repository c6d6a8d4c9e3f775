/* async: a function's queue of asynchronous events: accepted at once, run as soon as the function has room, tried again when that fails.
 *
 * A function error (a timeout or a crash too) is tried again after 1 minute, then after 2, MaximumRetryAttempts times in all. A throttle puts
 * the event back, to be tried again after 1 s, 2 s, 4 s and so on up to 5 minutes; such tries are not counted. An event older than
 * MaximumEventAgeInSeconds is given up, and so is one that came through 16 functions (recursive loop detection: message_goes_round), and every one of a function
 * whose reserved concurrency is 0, at once. What is given up goes to the destination for failures and to the dead-letter queue, to both when
 * both are there; what succeeded goes to the destination for successes.
 * The base of the back-off is not documented: 2. Nor is its jitter: a parameter, half of each wait by default,
 * where more than one event waits. How fast Lambda drains the queue
 * is not either: as fast as concurrency allows; that it waits longer when many events are in the queue is not modelled.
 * Sources: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation", "Capturing records of Lambda asynchronous
 * invocations", "Use Lambda recursive loop detection". */
#ifndef MODELS_INVOKE_ASYNC_H
#define MODELS_INVOKE_ASYNC_H

#include "models/invoke/station.h"

#define ASYNC_FIRST_RETRY (60 * SIMTIME_SECOND)
#define ASYNC_SECOND_RETRY (120 * SIMTIME_SECOND)
#define ASYNC_BACKOFF_FIRST SIMTIME_SECOND
#define ASYNC_BACKOFF_MOST (300 * SIMTIME_SECOND)

extern const struct station_ops station_async;

#endif
