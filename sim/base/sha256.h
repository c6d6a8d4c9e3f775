/* sha256: the digest that names profiles. Source: FIPS 180-4, "Secure Hash Standard". For naming, not for secrets: no care is taken of
 * timing. About 300 MB/s. */
#ifndef SIM_BASE_SHA256_H
#define SIM_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_TEXT = 65 /* 64 hexadecimal digits and the NUL */ };

/* Fields are private. */
struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t length);

/* The digest as lower-case hexadecimal digits; the state is used up. */
void sha256_end_text(struct sha256 *s, char text[SHA256_TEXT]);

/* Adds a length before the bytes, so that ("ab", "c") and ("a", "bc") differ. */
void sha256_add_field(struct sha256 *s, const void *bytes, size_t length);
void sha256_add_text(struct sha256 *s, const char *text); /* a field; NULL differs from "" */
void sha256_add_number(struct sha256 *s, int64_t number); /* eight bytes, lowest first */

#endif
