/* ipaddress: addresses as event patterns compare them, and blocks of them.
 *
 * An IPv4 address has 4 bytes, an IPv6 address 16, and one that carries an IPv4 address (::ffff:a00:1) counts as that. Only digits,
 * dots, and colons with hexadecimal digits make an address: no zone, no dots inside an IPv6 address, no port.
 * Source: Event Ruler (github.com/aws/event-ruler), class CIDR, and java.net.InetAddress, which it reads addresses with. */
#ifndef MODELS_POLL_IPADDRESS_H
#define MODELS_POLL_IPADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ipaddress {
	uint8_t byte[16];
	unsigned bits; /* 32 or 128 */
};

/* The addresses whose first `bits` bits are those of `base`; all bits for a single one. */
struct ipblock {
	struct ipaddress base;
	unsigned bits;
};

/* False where the text is no address. */
bool ipaddress_read(const char *text, size_t length, struct ipaddress *out);

/* "10.0.0.0/24", "2001:db8::/32". NULL, or what is wrong: a literal. Bits of the address behind the prefix do not count. */
const char *ipblock_read(const char *text, size_t length, struct ipblock *out);

bool ipblock_holds(const struct ipblock *block, const struct ipaddress *address);

#endif
