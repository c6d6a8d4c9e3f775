/* memory: every allocation of the program goes through these few functions.
 *
 * They never return NULL. When memory runs out the program cannot do its job; it says so, removes unfinished files and leaves
 * with status 3 (see memory_on_exhaustion). This keeps hundreds of untestable error paths out of the code; the price is that
 * a library user cannot recover, which a command-line program does not need.
 *
 * Fault injection: with WEIR_FAIL_ALLOC=n in the environment the n-th allocation of the process (from 1) fails. */
#ifndef SIM_BASE_MEMORY_H
#define SIM_BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);                                                    /* zeroed; size 0 gives a valid pointer */
void *memory_alloc_array(size_t count, size_t size);                                /* zeroed; overflow is exhaustion */
void *memory_grow(void *old, size_t count, size_t size);                            /* realloc; the new part is not zeroed */
char *memory_string(const char *text);                                              /* a copy; NULL gives NULL */
char *memory_string_n(const char *text, size_t length);                             /* a copy of a slice, NUL-ended */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2))); /* owned by the caller */
void memory_free(void *p);                                                          /* NULL is allowed */

#define MEMORY_NEW(type) ((type *)memory_alloc(sizeof(type)))
#define MEMORY_ARRAY(count, type) ((type *)memory_alloc_array((count), sizeof(type)))

/* Makes room for one more element in a growing array: MEMORY_ROOM(items, count, capacity) then items[count++] = x.
 * Capacity doubles, so `capacity` is a size_t lvalue the caller keeps beside the array. */
#define MEMORY_ROOM(items, count, capacity)                                          \
	do {                                                                         \
		if ((count) == (capacity)) {                                         \
			(capacity) = (capacity) ? 2 * (capacity) : 8;                \
			(items) = memory_grow((items), (capacity), sizeof *(items)); \
		}                                                                    \
	} while (0)

/* The clean-up that runs, once, before the program leaves because memory ran out (it must not allocate). */
void memory_on_exhaustion(void (*clean_up)(void));

/* Says that memory ran out, cleans up and leaves with status 3. For callers whose sizes overflow before they reach the functions
 * above. */
_Noreturn void memory_exhausted(void);

/* Allocations since the process began; tests assert that the event loop adds none. */
unsigned long memory_allocations(void);

#endif
