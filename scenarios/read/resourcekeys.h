/* resourcekeys: the keys Queues, Streams, Topics, Buses and Schedules of the Weir section: what AWS does not say about them.
 * Queues: {Orders: {DuplicateRate: 0.01%}}, {Ledger: {SendRate: 3000/s}}; Streams: {Clicks: {Shards: 4}}, for the partitions of a table; Topics,
 * Buses, Schedules: {News: {DeliveryFailureRate: 1%, DeliveryJitter: 10%}}. */
#ifndef SCENARIOS_READ_RESOURCEKEYS_H
#define SCENARIOS_READ_RESOURCEKEYS_H

#include "scenarios/read/reading.h"

/* Readers of keys (keys.h). */
void queue_section_read(struct reading *r, const struct node *value, const char *path, void *target);
void stream_section_read(struct reading *r, const struct node *value, const char *path, void *target);
void topic_section_read(struct reading *r, const struct node *value, const char *path, void *target);
void bus_section_read(struct reading *r, const struct node *value, const char *path, void *target);
void schedule_section_read(struct reading *r, const struct node *value, const char *path, void *target);

#endif
