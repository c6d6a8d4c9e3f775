/* textbuf: a text that grows. `{0}` is a valid empty buffer; `text` is NULL or NUL-ended. */
#ifndef SIM_BASE_TEXTBUF_H
#define SIM_BASE_TEXTBUF_H

#include <stdarg.h>
#include <stddef.h>

struct textbuf {
	char *text;      /* owned; NUL-ended once anything was added */
	size_t length;   /* bytes without the NUL */
	size_t capacity; /* private */
};

void textbuf_add(struct textbuf *b, const char *text);
void textbuf_add_n(struct textbuf *b, const char *bytes, size_t length);
void textbuf_add_char(struct textbuf *b, char c);
void textbuf_printf(struct textbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void textbuf_vprintf(struct textbuf *b, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
const char *textbuf_text(const struct textbuf *b); /* "" when empty; borrowed until the next change */
char *textbuf_detach(struct textbuf *b);           /* the caller owns the text; the buffer is empty again */
void textbuf_clear(struct textbuf *b);             /* length 0, keeps the memory */
void textbuf_fini(struct textbuf *b);

#endif
