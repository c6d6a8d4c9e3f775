/* md5: the digest that Amazon SQS and Amazon S3 give with what they store (MD5OfBody, eTag). Source: RFC 1321, "The MD5 Message-Digest
 * Algorithm". Broken as a secret-keeper for decades; here it is a checksum that handlers may compare. */
#ifndef SIM_BASE_MD5_H
#define SIM_BASE_MD5_H

#include <stddef.h>
#include <stdint.h>

enum { MD5_TEXT = 33 /* 32 hexadecimal digits and the NUL */ };

/* Fields are private. */
struct md5 {
	uint32_t state[4];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
};

void md5_init(struct md5 *m);
void md5_add(struct md5 *m, const void *bytes, size_t length);

/* The digest as lower-case hexadecimal digits; the state is used up. */
void md5_end_text(struct md5 *m, char text[MD5_TEXT]);

#endif
