#include "base/ip.h"

#include <arpa/inet.h>
#include <stdio.h>

static const uint8_t v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool
parse_v4(struct str s, uint8_t out[4])
{
	for (int i = 0; i < 4; i++) {
		uint64_t octet;
		if (s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9')
			return false;
		if (!str_take_number(&s, 255, &octet))
			return false;
		out[i] = (uint8_t)octet;
		if (i < 3 && !str_take(&s, STR(".")))
			return false;
	}
	return s.n == 0;
}

bool
ip_parse(struct str s, struct ip *out)
{
	char text[IP_TEXT];
	struct ip ip;

	memcpy(ip.b, v4_mapped, sizeof(v4_mapped));
	if (parse_v4(s, ip.b + 12)) {
		*out = ip;
		return true;
	}
	size_t zone = str_index(s, '%');
	if (zone != SIZE_MAX)
		s.n = zone;
	if (s.n < 2 || s.n >= sizeof(text) || str_index(s, ':') == SIZE_MAX)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (strlen(text) != s.n) /* a NUL byte in the log ends no address */
		return false;
	if (inet_pton(AF_INET6, text, ip.b) != 1)
		return false;
	*out = ip;
	return true;
}

bool
ip_is_v4(const struct ip *ip)
{
	return memcmp(ip->b, v4_mapped, sizeof(v4_mapped)) == 0;
}

bool
ip_is_private(const struct ip *ip)
{
	static const struct prefix private_prefixes[] = {
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10}}, 104},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 172, 16}}, 108},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168}}, 112},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 169, 254}}, 112},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 100, 64}}, 106},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}}, 104},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, 128},
		{{{0xfc}}, 7},
		{{{0xfe, 0x80}}, 10},
	};

	for (size_t i = 0; i < sizeof(private_prefixes) / sizeof(*private_prefixes); i++)
		if (prefix_contains(&private_prefixes[i], ip))
			return true;
	return false;
}

const char *
ip_print(const struct ip *ip, char out[IP_TEXT])
{
	if (ip_is_v4(ip))
		inet_ntop(AF_INET, ip->b + 12, out, IP_TEXT);
	else
		inet_ntop(AF_INET6, ip->b, out, IP_TEXT);
	return out;
}

int
ip_compare(const struct ip *a, const struct ip *b)
{
	int v4_first = ip_is_v4(b) - ip_is_v4(a);

	return v4_first ? v4_first : memcmp(a->b, b->b, sizeof(a->b));
}

struct prefix
ip_prefix(const struct ip *ip, uint8_t v4_bits, uint8_t v6_bits)
{
	struct prefix prefix = {*ip, ip_is_v4(ip) ? (uint8_t)(96 + v4_bits) : v6_bits};

	for (unsigned i = 0; i < 16; i++) {
		int keep = (int)prefix.bits - (int)(i * 8);
		if (keep <= 0)
			prefix.ip.b[i] = 0;
		else if (keep < 8)
			prefix.ip.b[i] &= (uint8_t)(0xff << (8 - keep));
	}
	return prefix;
}

bool
prefix_parse(struct str s, struct prefix *out)
{
	size_t slash = str_index(s, '/');
	struct ip ip;
	uint64_t bits;

	if (!ip_parse(str_make(s.p, slash == SIZE_MAX ? s.n : slash), &ip))
		return false;
	bits = ip_is_v4(&ip) ? 32 : 128;
	if (slash != SIZE_MAX && !str_number(str_skip(s, slash + 1), bits, &bits))
		return false;
	*out = ip_prefix(&ip, (uint8_t)bits, (uint8_t)bits);
	return memcmp(&out->ip, &ip, sizeof(ip)) == 0;
}

bool
prefix_contains(const struct prefix *prefix, const struct ip *ip)
{
	unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;

	/* IPv4 stands inside ::/80, but ::/0 is what somebody writes who means all of IPv6. */
	if (prefix->bits < 96 && ip_is_v4(ip))
		return false;
	if (memcmp(prefix->ip.b, ip->b, whole) != 0)
		return false;
	return rest == 0 || ((prefix->ip.b[whole] ^ ip->b[whole]) >> (8 - rest)) == 0;
}

const char *
prefix_print(const struct prefix *prefix, char out[PREFIX_TEXT])
{
	char text[IP_TEXT];
	bool v4 = ip_is_v4(&prefix->ip) && prefix->bits >= 96;

	snprintf(out, PREFIX_TEXT, "%s/%u", ip_print(&prefix->ip, text),
		 (unsigned)(v4 ? prefix->bits - 96 : prefix->bits));
	return out;
}
