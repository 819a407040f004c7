/*
 * struct ip: an IPv4 or IPv6 address in 16 bytes; IPv4 stands as ::ffff:a.b.c.d, so that a
 * v4-mapped address in a log is the same source as the plain one. All zero = no address.
 * struct prefix: the first `bits` (0 to 128) of an address; an IPv4 /24 has bits = 120.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/str.h"

struct ip {
	uint8_t b[16];
};

struct prefix {
	struct ip ip; /* bits beyond `bits` are zero */
	uint8_t bits;
};

enum { IP_TEXT = 46, PREFIX_TEXT = 50 };

/*
 * Reads dotted-quad IPv4 or RFC 4291 IPv6, with an optional "%zone" that is dropped. The
 * whole view must be the address; leading zeros and other legacy forms are refused.
 */
bool ip_parse(struct str s, struct ip *out);
bool ip_is_v4(const struct ip *ip);
static inline bool
ip_is_none(const struct ip *ip)
{
	uint64_t halves[2];

	memcpy(halves, ip->b, sizeof(halves));
	return (halves[0] | halves[1]) == 0;
}
/* RFC 1918, RFC 4193, link-local, loopback, RFC 6598. */
bool ip_is_private(const struct ip *ip);
/* RFC 5952 text, IPv4 in dotted form. Returns `out`. */
const char *ip_print(const struct ip *ip, char out[IP_TEXT]);
/* IPv4 before IPv6, then by value. */
int ip_compare(const struct ip *a, const struct ip *b);
/* The address cut to v4_bits (0 to 32) or v6_bits (0 to 128). */
struct prefix ip_prefix(const struct ip *ip, uint8_t v4_bits, uint8_t v6_bits);

/* "address" or "address/bits"; host bits that are set are an error. */
bool prefix_parse(struct str s, struct prefix *out);
/* A prefix of one family holds no address of the other: ::/0 has no IPv4 address in it. */
bool prefix_contains(const struct prefix *prefix, const struct ip *ip);
const char *prefix_print(const struct prefix *prefix, char out[PREFIX_TEXT]);

#endif
