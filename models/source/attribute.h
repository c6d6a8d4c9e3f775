/* attribute: message attributes of SQS and SNS: read from a payload's record, written in either service's words. Private to models/source. */
#ifndef MODELS_SOURCE_ATTRIBUTE_H
#define MODELS_SOURCE_ATTRIBUTE_H

#include <jansson.h>

#include "models/source/envelope.h"
#include "sim/base/json_out.h"

/* Room for all of a payload's: {NAME: {dataType, stringValue | binaryValue}} (SQS), {NAME: {Type, Value}} (SNS) or
 * {NAME: {DataType, StringValue | BinaryValue}} (what is published). What has no text value
 * is left out. In `a`; *count of them. */
const struct envelope_attribute *attribute__read(const json_t *map, struct arena *a, size_t *count);

/* Two lists as one; in `a` where neither is empty. */
const struct envelope_attribute *attribute__join(const struct envelope_attribute *one, size_t one_count,
                                                 const struct envelope_attribute *two, size_t two_count, struct arena *a,
                                                 size_t *count);

void attribute__write_sqs(struct json_out *j, const struct envelope_attribute *list, size_t count);
void attribute__write_sns(struct json_out *j, const struct envelope_attribute *list, size_t count);

/* Source: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message attributes". 32 hexadecimal digits, in `a`. */
const char *attribute__md5(const struct envelope_attribute *list, size_t count, struct arena *a);

#endif
