/* payloadkeys: the key Payload of a workload entry: a file, a list of files with weights, or nothing (the source's empty event). Each file's
 * text becomes the event that the handler receives, in the shape of its source. */
#ifndef SCENARIOS_READ_PAYLOADKEYS_H
#define SCENARIOS_READ_PAYLOADKEYS_H

#include "scenarios/read/reading.h"

/* The largest event of a synchronous invocation. Source: Lambda Developer Guide, "Lambda quotas": 6 MB. */
enum { PAYLOAD_MAX = 6 * 1024 * 1024 };

/* `value` may be NULL: then the event is `given` (a schedule's Input), or the source's empty one when that is NULL too. `out` has kind, method
 * and path already. 0, or -1 with errors. */
int payloads_read(struct reading *r, const struct node *value, const char *path, const char *given, struct source_spec *out);

/* The payload of a file, "" for the empty event, named at `at`. 0, or -1 with errors. */
int payload_of_file(struct reading *r, const char *file, struct position at, const struct source_spec *source,
                    struct payload_spec *out);

/* One payload that a function emits to a place. 0, or -1 with errors. */
int payload_of_emit(struct reading *r, const struct node *value, const char *path, const struct target *to,
                    struct payload_spec *out);

#endif
