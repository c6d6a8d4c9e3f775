#include "sim/base/md5.h"

#include <stdio.h>
#include <string.h>

enum { MD5_DIGEST_BYTES = 16 };

/* RFC 1321, 3.4: the integer part of 4294967296 times abs(sin(i)), i in radians from 1. */
static const uint32_t md5_sine[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
	0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
	0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* Where round and step take their word of the block, and how far they turn: RFC 1321, 3.4. */
static const unsigned md5_first[4] = {0, 1, 5, 0}, md5_stride[4] = {1, 5, 3, 7};
static const unsigned char md5_turn[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t md5_mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0: return (b & c) | (~b & d);
	case 1: return (b & d) | (c & ~d);
	case 2: return b ^ c ^ d;
	default: return c ^ (b | ~d);
	}
}

static void md5_compress(uint32_t state[4], const unsigned char *block)
{
	uint32_t word[16], a = state[0], b = state[1], c = state[2], d = state[3];
	for (size_t i = 0; i < 16; i++)
		word[i] = (uint32_t)block[4 * i] | (uint32_t)block[4 * i + 1] << 8 | (uint32_t)block[4 * i + 2] << 16 |
		          (uint32_t)block[4 * i + 3] << 24;
	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16, turn = md5_turn[round][i % 4];
		uint32_t sum = a + md5_mix(round, b, c, d) + word[(md5_first[round] + md5_stride[round] * i) % 16] + md5_sine[i];
		a = d;
		d = c;
		c = b;
		b += sum << turn | sum >> (32 - turn);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void md5_init(struct md5 *m)
{
	static const uint32_t start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
	memcpy(m->state, start, sizeof start);
	m->length = 0;
}

void md5_add(struct md5 *m, const void *bytes, size_t length)
{
	const unsigned char *p = bytes;
	size_t used = m->length % 64;
	m->length += length;
	if (used) {
		size_t n = length < 64 - used ? length : 64 - used;
		if (n)
			memcpy(m->block + used, p, n);
		if (used + n < 64)
			return;
		md5_compress(m->state, m->block);
		p += n;
		length -= n;
	}
	for (; length >= 64; p += 64, length -= 64)
		md5_compress(m->state, p);
	if (length)
		memcpy(m->block, p, length);
}

void md5_end_text(struct md5 *m, char text[MD5_TEXT])
{
	static const unsigned char padding[64] = {0x80};
	unsigned char bits[8];
	for (size_t i = 0; i < 8; i++)
		bits[i] = (unsigned char)(m->length * 8 >> 8 * i);
	md5_add(m, padding, 1 + (119 - m->length % 64) % 64);
	md5_add(m, bits, sizeof bits);
	for (size_t i = 0; i < MD5_DIGEST_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", (unsigned)(m->state[i / 4] >> 8 * (i % 4) & 0xff));
}
