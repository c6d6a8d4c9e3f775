/* utf8: walks through bytes that may or may not be UTF-8, character by character, never past the end.
 * Source: RFC 3629 (overlong forms, surrogates and what lies above U+10FFFF are not UTF-8). */
#ifndef SIM_BASE_UTF8_H
#define SIM_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

/* The character that `bytes` (length >= 1) begins with goes to *c, or UTF8_INVALID where they begin with none. Returns how many
 * bytes it takes: at least 1; 1 for an invalid one. */
size_t utf8_next(const char *bytes, size_t length, uint32_t *c);

#endif
