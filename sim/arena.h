/* arena: memory that is all freed at once, for what lives as long as a scenario or a run. Allocation is a bump of a pointer; blocks
 * never move, so pointers stay valid until the arena is reset. One thread at a time. `{0}` is a valid empty arena. */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* private; newest first */
	size_t used;                /* bytes handed out since the last reset */
};

void *arena_alloc(struct arena *a, size_t size);                     /* zeroed, aligned for any type */
void *arena_alloc_array(struct arena *a, size_t count, size_t size); /* zeroed; overflow is exhaustion (memory.h) */
char *arena_string(struct arena *a, const char *text);               /* a copy; NULL gives NULL */
char *arena_string_n(struct arena *a, const char *text, size_t length);
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_fini(struct arena *a); /* frees all; the arena is empty and usable again */

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_alloc_array((a), (count), sizeof(type)))

#endif
