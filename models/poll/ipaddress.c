#include "models/poll/ipaddress.h"

#include <string.h>

enum { V4_BYTES = 4, V6_GROUPS = 8, GROUP_DIGITS = 4 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_v4(const char *p, const char *end, struct ipaddress *out)
{
	out->bits = V4_BYTES * 8;
	for (int i = 0; i < V4_BYTES; i++) {
		unsigned value = 0;
		const char *begin = p;
		for (; p < end && is_digit(*p); p++) {
			value = value * 10 + (unsigned)(*p - '0');
			if (value > UINT8_MAX)
				return false;
		}
		if (p == begin || (i < V4_BYTES - 1 && (p == end || *p++ != '.')))
			return false;
		out->byte[i] = (uint8_t)value;
	}
	return p == end;
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to four digits; false otherwise. */
static bool read_group(const char **p, const char *end, uint16_t *value)
{
	int digits = 0;
	*value = 0;
	for (; *p < end && hex(**p) >= 0; ++*p, digits++)
		*value = (uint16_t)(*value * 16 + hex(**p));
	return digits > 0 && digits <= GROUP_DIGITS;
}

/* Groups before and after the "::"; `gap` is where it stands, -1 for nowhere. */
static bool read_groups(const char *p, const char *end, uint16_t *group, int *count, int *gap)
{
	*count = 0;
	*gap = -1;
	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		*gap = 0;
		p += 2;
	}
	while (p < end) {
		if (*count == V6_GROUPS || !read_group(&p, end, &group[(*count)++]))
			return false;
		if (p == end)
			return true;
		if (*p++ != ':' || p == end)
			return false;
		if (*p == ':') {
			if (*gap >= 0)
				return false;
			*gap = *count;
			p++;
		}
	}
	return *gap >= 0;
}

static void unmap(struct ipaddress *a)
{
	static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	if (memcmp(a->byte, mapped, sizeof mapped) != 0)
		return;
	memcpy(a->byte, a->byte + sizeof mapped, V4_BYTES);
	memset(a->byte + V4_BYTES, 0, sizeof a->byte - V4_BYTES);
	a->bits = V4_BYTES * 8;
}

static bool read_v6(const char *p, const char *end, struct ipaddress *out)
{
	uint16_t group[V6_GROUPS];
	int count, gap;
	if (!read_groups(p, end, group, &count, &gap) || (gap < 0 ? count != V6_GROUPS : count >= V6_GROUPS))
		return false;
	out->bits = 128;
	for (int i = 0; i < count; i++) {
		int at = gap >= 0 && i >= gap ? V6_GROUPS - count + i : i;
		out->byte[2 * at] = (uint8_t)(group[i] >> 8);
		out->byte[2 * at + 1] = (uint8_t)group[i];
	}
	unmap(out);
	return true;
}

bool ipaddress_read(const char *text, size_t length, struct ipaddress *out)
{
	*out = (struct ipaddress){0};
	if (length == 0)
		return false;
	return memchr(text, ':', length) != NULL ? read_v6(text, text + length, out) : read_v4(text, text + length, out);
}

static bool read_bits(const char *p, const char *end, unsigned most, unsigned *bits)
{
	const char *begin = p;
	*bits = 0;
	for (; p < end && is_digit(*p) && *bits <= most; p++)
		*bits = *bits * 10 + (unsigned)(*p - '0');
	return p > begin && p == end && *bits <= most;
}

const char *ipblock_read(const char *text, size_t length, struct ipblock *out)
{
	const char *end = text + length, *slash = length > 0 ? memchr(text, '/', length) : NULL;
	if (slash == NULL)
		return "a block of addresses is written ADDRESS/BITS, such as \"10.0.0.0/24\"";
	if (!ipaddress_read(text, (size_t)(slash - text), &out->base))
		return "what stands before the / is no IPv4 or IPv6 address";
	if (!read_bits(slash + 1, end, out->base.bits, &out->bits))
		return out->base.bits == 32 ? "after the / a number from 0 to 32 is expected"
		                            : "after the / a number from 0 to 128 is expected";
	return NULL;
}

bool ipblock_holds(const struct ipblock *block, const struct ipaddress *address)
{
	unsigned whole = block->bits / 8, rest = block->bits % 8;
	if (block->base.bits != address->bits || memcmp(block->base.byte, address->byte, whole) != 0)
		return false;
	return rest == 0 || (block->base.byte[whole] ^ address->byte[whole]) >> (8 - rest) == 0;
}
