#include "sim/base/textbuf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"

enum { TEXTBUF_FIRST = 64 };

/* Room for `extra` bytes and the NUL. */
static void textbuf_reserve(struct textbuf *b, size_t extra)
{
	size_t need;
	if (__builtin_add_overflow(b->length, extra, &need) || need >= SIZE_MAX / 2)
		memory_exhausted();
	if (need < b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : TEXTBUF_FIRST;
	while (capacity <= need)
		capacity *= 2;
	b->text = memory_grow(b->text, capacity, 1);
	b->capacity = capacity;
	assert(b->length + extra < b->capacity);
}

void textbuf_add(struct textbuf *b, const char *text)
{
	assert(text != NULL);
	textbuf_add_n(b, text, strlen(text));
}

void textbuf_add_n(struct textbuf *b, const char *bytes, size_t length)
{
	assert(bytes != NULL || length == 0);
	assert(bytes == NULL || b->text == NULL || bytes + length <= b->text || bytes >= b->text + b->capacity);
	textbuf_reserve(b, length);
	if (length)
		memcpy(b->text + b->length, bytes, length);
	b->length += length;
	b->text[b->length] = '\0';
}

void textbuf_add_char(struct textbuf *b, char c)
{
	textbuf_reserve(b, 1);
	b->text[b->length++] = c;
	b->text[b->length] = '\0';
}

void textbuf_printf(struct textbuf *b, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	textbuf_vprintf(b, format, arguments);
	va_end(arguments);
}

void textbuf_vprintf(struct textbuf *b, const char *format, va_list arguments)
{
	assert(format != NULL);
	va_list again;
	va_copy(again, arguments);
	textbuf_reserve(b, 0);
	size_t room = b->capacity - b->length;
	int length = vsnprintf(b->text + b->length, room, format, arguments);
	assert(length >= 0);
	if ((size_t)length >= room) {
		textbuf_reserve(b, (size_t)length);
		int written = vsnprintf(b->text + b->length, (size_t)length + 1, format, again);
		assert(written == length);
		(void)written;
	}
	b->length += (size_t)length;
	assert(b->text[b->length] == '\0');
	va_end(again);
}

const char *textbuf_text(const struct textbuf *b)
{
	return b->text ? b->text : "";
}

char *textbuf_detach(struct textbuf *b)
{
	textbuf_reserve(b, 0);
	b->text[b->length] = '\0';
	char *text = b->text;
	*b = (struct textbuf){0};
	return text;
}

void textbuf_clear(struct textbuf *b)
{
	b->length = 0;
	if (b->text)
		b->text[0] = '\0';
}

void textbuf_fini(struct textbuf *b)
{
	memory_free(b->text);
	*b = (struct textbuf){0};
}
