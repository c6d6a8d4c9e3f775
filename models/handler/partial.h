/* partial: what an answer to a batch says about its records: the partial batch response {"batchItemFailures": [{"itemIdentifier": "..."}]}.
 *
 * Complete success: no such list, an empty or null one, an empty or null answer. Complete failure: an answer that is no JSON; a list that is none;
 * an identifier that is empty, null, under another key, or of no record of the batch. Else queues take the named records as failed; streams
 * go on from the one with the lowest sequence number, so it and all after it count. Not documented: JSON that is no object (a text, a
 * number); here it names nothing, and is a success.
 * Sources: Lambda Developer Guide, "Implementing partial batch responses" of SQS, Kinesis and DynamoDB, "Success and failure conditions". */
#ifndef MODELS_HANDLER_PARTIAL_H
#define MODELS_HANDLER_PARTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "models/spec/source.h"

/* How many records of the event, which has `records` of them, its answer reports as failed: 0 .. records. Of other sources 0. */
uint32_t partial_failures(enum source_kind kind, const char *event, size_t event_length, uint32_t records, const char *answer,
                          size_t answer_length);

#endif
