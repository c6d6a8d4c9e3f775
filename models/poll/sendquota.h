/* sendquota: how many SendMessage calls a second a FIFO queue takes. A standard queue takes nearly any number.
 *
 * Above it a call is refused (ThrottlingException). The message is lost, as a record is that a shard does not take: what the producer does about it (the
 * SDK's retries, a batch of ten messages in one call, SNS's repeated deliveries) is not modelled; nor are the quotas of ReceiveMessage and DeleteMessage, nor
 * that in high throughput mode one partition, and with it one message group, takes 300 calls a second.
 * Source: Amazon SQS Developer Guide, "Amazon SQS message quotas" and "Troubleshoot FIFO throttling issues in Amazon SQS": 300 a second for each API
 * action; high throughput mode by Region. */
#ifndef MODELS_POLL_SENDQUOTA_H
#define MODELS_POLL_SENDQUOTA_H

#include <stdbool.h>

/* Calls a second of a FIFO queue; `high`: high throughput mode. */
double sendquota_of(bool high, const char *region);

#endif
