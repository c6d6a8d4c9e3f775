/* mappingkeys: the key Mappings of the Weir section: what AWS does not say about event source mappings, by their names:
 * {Worker.Orders: {RetryFirst: 1s, PollersGrowth: 300/m}}. */
#ifndef SCENARIOS_READ_MAPPINGKEYS_H
#define SCENARIOS_READ_MAPPINGKEYS_H

#include "scenarios/read/reading.h"

/* The reader of the key (keys.h); after the mappings are read. */
void mapping_section_read(struct reading *r, const struct node *value, const char *path, void *target);

/* The keys of one mapping. */
const char *const *mapping_key_names(size_t *count);

#endif
