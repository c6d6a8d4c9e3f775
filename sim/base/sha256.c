#include "sim/base/sha256.h"

#include <stdio.h>
#include <string.h>

enum { DIGEST_BYTES = 32 };

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
	0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
	0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[64], const unsigned char *block)
{
	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
		       block[4 * i + 3];
	for (size_t i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

/* FIPS 180-4, 6.2.2. */
static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[64], v[8];
	schedule(w, block);
	memcpy(v, state, sizeof v);
	for (size_t i = 0; i < 64; i++) {
		uint32_t choose = (v[4] & v[5]) ^ (~v[4] & v[6]), major = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		uint32_t one = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + choose + round_constant[i] + w[i];
		uint32_t two = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + major;
		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += one;
		v[0] = one + two;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_init(struct sha256 *s)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	memcpy(s->state, start, sizeof start);
	s->length = 0;
}

void sha256_add(struct sha256 *s, const void *bytes, size_t length)
{
	const unsigned char *p = bytes;
	size_t used = s->length % 64;
	s->length += length;
	if (used) {
		size_t n = length < 64 - used ? length : 64 - used;
		memcpy(s->block + used, p, n);
		if (used + n < 64)
			return;
		compress(s->state, s->block);
		p += n;
		length -= n;
	}
	for (; length >= 64; p += 64, length -= 64)
		compress(s->state, p);
	if (length)
		memcpy(s->block, p, length);
}

static void end(struct sha256 *s, unsigned char digest[DIGEST_BYTES])
{
	static const unsigned char padding[64] = {0x80};
	unsigned char bits[8];
	for (size_t i = 0; i < 8; i++)
		bits[i] = (unsigned char)(s->length * 8 >> (56 - 8 * i));
	sha256_add(s, padding, 1 + (119 - s->length % 64) % 64);
	sha256_add(s, bits, sizeof bits);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		digest[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_end_text(struct sha256 *s, char text[SHA256_TEXT])
{
	unsigned char digest[DIGEST_BYTES];
	end(s, digest);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void sha256_add_number(struct sha256 *s, int64_t number)
{
	unsigned char bytes[8];
	for (size_t i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
	sha256_add(s, bytes, sizeof bytes);
}

void sha256_add_field(struct sha256 *s, const void *bytes, size_t length)
{
	sha256_add_number(s, (int64_t)length);
	sha256_add(s, bytes, length);
}

void sha256_add_text(struct sha256 *s, const char *text)
{
	if (text)
		sha256_add_field(s, text, strlen(text));
	else
		sha256_add_number(s, -1);
}
