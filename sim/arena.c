#include "sim/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"

enum {
	ARENA_ALIGN = _Alignof(max_align_t),
	ARENA_FIRST = 4096,      /* bytes of the first block; each next one is twice as large */
	ARENA_LARGEST = 1 << 20, /* up to here */
	ARENA_OWN = 4            /* what needs more than 1/ARENA_OWN of a block gets a block of its own */
};

struct arena_block {
	struct arena_block *next;
	size_t size, used; /* bytes of data */
	_Alignas(max_align_t) unsigned char data[];
};

static struct arena_block *arena_block_new(size_t size)
{
	size_t bytes;
	if (__builtin_add_overflow(size, sizeof(struct arena_block), &bytes))
		memory_exhausted();
	struct arena_block *block = memory_alloc(bytes); /* zeroed, and never used twice: what is handed out needs no clearing */
	block->size = size;
	return block;
}

/* A block with room for `size`, which the newest one lacks. A large piece stands alone behind the newest block, so that the room
 * left in it is not lost. */
static struct arena_block *arena_block_for(struct arena *a, size_t size)
{
	struct arena_block *newest = a->blocks;
	size_t standard = newest == NULL ? ARENA_FIRST : newest->size >= ARENA_LARGEST / 2 ? ARENA_LARGEST : 2 * newest->size;
	if (newest != NULL && size > standard / ARENA_OWN) {
		struct arena_block *own = arena_block_new(size);
		own->next = newest->next;
		newest->next = own;
		return own;
	}
	struct arena_block *block = arena_block_new(size > standard ? size : standard);
	block->next = newest;
	a->blocks = block;
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	assert(a != NULL);
	if (size > SIZE_MAX / 2)
		memory_exhausted();
	size = size ? (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN : ARENA_ALIGN;
	struct arena_block *block = a->blocks;
	if (block == NULL || block->size - block->used < size)
		block = arena_block_for(a, size);
	assert(block->size - block->used >= size);
	void *p = block->data + block->used;
	block->used += size;
	a->used += size;
	assert((uintptr_t)p % ARENA_ALIGN == 0);
	return p;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		memory_exhausted();
	return arena_alloc(a, bytes);
}

char *arena_string(struct arena *a, const char *text)
{
	return text ? arena_string_n(a, text, strlen(text)) : NULL;
}

char *arena_string_n(struct arena *a, const char *text, size_t length)
{
	assert(text != NULL || length == 0);
	assert(length < SIZE_MAX);
	char *copy = arena_alloc(a, length + 1);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_format(struct arena *a, const char *format, ...)
{
	assert(format != NULL);
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	int length = vsnprintf(NULL, 0, format, ap);
	assert(length >= 0);
	char *text = arena_alloc(a, (size_t)length + 1);
	int written = vsnprintf(text, (size_t)length + 1, format, again);
	assert(written == length);
	(void)written;
	va_end(again);
	va_end(ap);
	return text;
}

void arena_fini(struct arena *a)
{
	for (struct arena_block *block = a->blocks, *next; block; block = next) {
		next = block->next;
		memory_free(block);
	}
	*a = (struct arena){0};
}
