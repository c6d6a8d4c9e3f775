/* envelope: what a handler receives: the user's payload in the shape that its event source gives it.
 *
 * A payload that already has its source's shape is passed as it is, byte for byte. Any other becomes the body of the route's request:
 * the text itself when it is UTF-8, else base64 (isBase64Encoded true). Without a payload the route's empty request is made; a direct
 * Invoke gets `{}`. Same call, same bytes: ids, addresses and times are fixed (2025-01-01T00:00:00Z), so a profile can be cached by its
 * events.
 *
 * Sources: API Gateway Developer Guide, "Set up Lambda proxy integrations in API Gateway" (payload 1.0) and "Create AWS Lambda proxy
 * integrations for HTTP APIs" (payload 2.0); Lambda Developer Guide, "Invoking Lambda function URLs"; Lambda API Reference, "Invoke". */
#ifndef MODELS_SOURCE_ENVELOPE_H
#define MODELS_SOURCE_ENVELOPE_H

#include <stddef.h>

#include "models/spec/source.h"
#include "sim/arena.h"

/* The event of a source, in `a`, NUL-ended, its length in *out_length. `method` and `path` are the route's ("get", "/pets/{id}", "$default";
 * NULL or "" for the catch-all; "ANY" and "x-amazon-apigateway-any-method" are requested as GET, or as POST with a payload). A path
 * parameter's value is its own name; a greedy one's is "a/b". `payload` may be NULL; `length` may be 0 (then the body is empty). */
char *envelope_wrap(enum source_kind kind, const char *method, const char *path, const char *payload, size_t length,
                    struct arena *a, size_t *out_length);

/* Whether a payload is a whole event of this kind already. An Invoke takes any payload as it is. */
int envelope_is_whole(enum source_kind kind, const char *payload, size_t length);

#endif
