#include "sim/base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The one writable static of the program, and the one exception in the lint rule against them: allocation is process-wide by
 * nature (the machine has one memory, the environment one WEIR_FAIL_ALLOC, the exit one clean-up), and handing a context to each
 * caller of malloc would buy nothing. No result of a simulation can depend on it. */
static struct {
	_Atomic unsigned long allocations; /* since the process began */
	_Atomic long fail_at;              /* the allocation that fails; FAIL_NEVER, or FAIL_UNREAD before the first */
	void (*_Atomic clean_up)(void);
	_Atomic uintptr_t leaving; /* the thread that found memory exhausted; 0 while none did */
} memory;

enum { FAIL_UNREAD = 0, FAIL_NEVER = -1 };

static long memory_read_fail_at(void)
{
	const char *text = getenv("WEIR_FAIL_ALLOC");
	char *end = NULL;
	long n = text ? strtol(text, &end, 10) : 0;
	long fail_at = text && end != text && *end == '\0' && n > 0 ? n : FAIL_NEVER;
	atomic_store(&memory.fail_at, fail_at);
	return fail_at;
}

/* Counts one allocation and tells whether it is the one that shall fail. */
static bool memory_count(void)
{
	unsigned long nth = atomic_fetch_add_explicit(&memory.allocations, 1, memory_order_relaxed) + 1;
	long fail_at = atomic_load_explicit(&memory.fail_at, memory_order_relaxed);
	if (fail_at == FAIL_UNREAD)
		fail_at = memory_read_fail_at();
	return fail_at > 0 && nth == (unsigned long)fail_at;
}

_Noreturn void memory_exhausted(void)
{
	uintptr_t self = (uintptr_t)pthread_self(), nobody = 0;
	if (!atomic_compare_exchange_strong(&memory.leaving, &nobody, self)) {
		if (nobody == self) /* the clean-up itself asked for memory */
			_Exit(3);
		for (;;) /* another thread is cleaning up and will end the process; leaving now would cut it short */
			sched_yield();
	}
	fputs("weir: error: out of memory\n", stderr); /* stderr is unbuffered, so this does not allocate */
	void (*clean_up)(void) = atomic_load(&memory.clean_up);
	if (clean_up)
		clean_up();
	_Exit(3);
}

void *memory_alloc(size_t size)
{
	return memory_alloc_array(1, size);
}

void *memory_alloc_array(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX || memory_count())
		memory_exhausted();
	void *p = calloc(1, bytes ? bytes : 1);
	if (p == NULL)
		memory_exhausted();
	return p;
}

/* A long backlog is read and written all over: large pages are found faster, and there are fewer of them to be made. Whole pages are advised, so that
 * the array stays one mapping and can grow without being copied. What the kernel makes of it changes no result, so nobody looks. */
static void memory_advise(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	enum { LARGE_ARRAY = 8 << 20, PAGE = 4096 };
	if (bytes < LARGE_ARRAY)
		return;
	char *from = (char *)p - (uintptr_t)p % PAGE;
	size_t length = (size_t)((char *)p - from) + bytes;
	(void)madvise(from, (length + PAGE - 1) / PAGE * PAGE, MADV_HUGEPAGE);
#else
	(void)p, (void)bytes;
#endif
}

void *memory_grow(void *old, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX || memory_count())
		memory_exhausted();
	void *p = realloc(old, bytes ? bytes : 1);
	if (p == NULL)
		memory_exhausted();
	memory_advise(p, bytes);
	return p;
}

char *memory_string(const char *text)
{
	return text ? memory_string_n(text, strlen(text)) : NULL;
}

char *memory_string_n(const char *text, size_t length)
{
	assert(text != NULL || length == 0);
	assert(length < SIZE_MAX);
	char *copy = memory_alloc(length + 1);
	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *memory_format(const char *format, ...)
{
	assert(format != NULL);
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	int length = vsnprintf(NULL, 0, format, ap);
	assert(length >= 0);
	char *text = memory_alloc((size_t)length + 1);
	int written = vsnprintf(text, (size_t)length + 1, format, again);
	assert(written == length);
	(void)written;
	va_end(again);
	va_end(ap);
	return text;
}

void memory_free(void *p)
{
	free(p);
}

void memory_on_exhaustion(void (*clean_up)(void))
{
	atomic_store(&memory.clean_up, clean_up);
}

unsigned long memory_allocations(void)
{
	return atomic_load_explicit(&memory.allocations, memory_order_relaxed);
}
