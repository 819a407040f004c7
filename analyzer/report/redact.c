#include "report/redact.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "record/qname.h"

enum {
	V4_BITS = 32,
	V6_BITS = 64, /* of the network; the rest is hashed as one */
	SPACE_BITS = 32,
	V4_AT = 12,
	MAPPED_BITS = 96,
	ALL_BITS = 128,
	TEXT_LIMIT = 1 << 20
};
static const uint8_t space[4] = {0xfd, 0xd1, 0x97, 0xa1};

struct known {
	uint64_t hash;
	struct ip from, to;
};

struct redactor {
	struct digest_key key;
	struct hash_key table_key;
	struct arena *arena;
	struct map known;
	struct buf line;
};

struct redactor *
redactor_new(const struct digest_key *key, struct arena *arena)
{
	struct redactor *redactor = xcalloc(1, sizeof(*redactor));

	redactor->key = *key;
	redactor->arena = arena;
	hash_key_random(&redactor->table_key);
	map_init(&redactor->known, sizeof(struct known), sizeof(struct ip));
	buf_init(&redactor->line, TEXT_LIMIT);
	return redactor;
}

void
redactor_free(struct redactor *redactor)
{
	if (!redactor)
		return;
	map_release(&redactor->known);
	buf_release(&redactor->line);
	free(redactor);
}

static unsigned
bit_of(const uint8_t *bytes, unsigned i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

/* Flips each bit or not, by a secret function of the bits before it. */
static void
permute(const struct redactor *redactor, const uint8_t *from, unsigned bits, uint8_t *to)
{
	uint8_t seen[2 + V6_BITS / 8] = {(uint8_t)bits, 0};

	for (unsigned i = 0; i < bits; i++) {
		seen[1] = (uint8_t)i;
		unsigned bit = bit_of(from, i);
		unsigned flip = digest_keyed(&redactor->key, seen, sizeof(seen)) & 1;
		to[i / 8] = (uint8_t)(to[i / 8] | (bit ^ flip) << (7 - i % 8));
		seen[2 + i / 8] = (uint8_t)(seen[2 + i / 8] | bit << (7 - i % 8));
	}
}

static struct ip
make_pseudonym(const struct redactor *redactor, const struct ip *ip)
{
	struct ip out = {{0}};

	memcpy(out.b, space, sizeof(space));
	if (ip_is_v4(ip)) {
		permute(redactor, ip->b + V4_AT, V4_BITS, out.b + V4_AT);
		return out;
	}
	permute(redactor, ip->b, V6_BITS, out.b + sizeof(space));
	uint64_t rest = digest_keyed(&redactor->key, ip->b, sizeof(ip->b));
	for (int i = 0; i < 4; i++)
		out.b[V4_AT + i] = (uint8_t)(rest >> (24 - 8 * i));
	return out;
}

struct ip
redact_ip(struct redactor *redactor, const struct ip *ip)
{
	bool created;

	if (ip_is_none(ip))
		return *ip;
	struct known *known = map_put(
		&redactor->known, hash_bytes(&redactor->table_key, ip, sizeof(*ip)), ip, &created);
	if (created)
		known->to = make_pseudonym(redactor, ip);
	return known->to;
}

struct prefix
redact_prefix(struct redactor *redactor, const struct prefix *prefix)
{
	struct ip ip = redact_ip(redactor, &prefix->ip);
	unsigned bits = prefix->bits;

	if (!ip_is_v4(&prefix->ip) && bits < ALL_BITS)
		bits = bits <= V6_BITS ? bits + SPACE_BITS : V6_BITS + SPACE_BITS;
	if (ip_is_v4(&prefix->ip) && bits < MAPPED_BITS)
		bits = MAPPED_BITS;
	struct prefix out = {ip, (uint8_t)bits};
	for (unsigned i = bits; i < ALL_BITS; i++)
		out.ip.b[i / 8] = (uint8_t)(out.ip.b[i / 8] & ~(1u << (7 - i % 8)));
	return out;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '.' || c == ':' || c == '-' || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "/24" behind an address, taken off `*rest`; -1 when there is none. */
static int
take_length(struct str *rest, unsigned most)
{
	struct str at = *rest;
	uint64_t bits;

	if (!str_take(&at, STR("/")) || !str_take_number(&at, most, &bits))
		return -1;
	*rest = at;
	return (int)bits;
}

static void
add_address(struct redactor *redactor, const struct ip *ip, struct str *rest)
{
	bool v4 = ip_is_v4(ip);
	int length = take_length(rest, v4 ? V4_BITS : ALL_BITS);
	char text[PREFIX_TEXT];

	if (length < 0) {
		struct ip out = redact_ip(redactor, ip);
		buf_add_text(&redactor->line, ip_print(&out, text));
		return;
	}
	struct prefix whole = ip_prefix(ip, (uint8_t)(v4 ? length : 0), (uint8_t)(v4 ? 0 : length));
	struct prefix out = redact_prefix(redactor, &whole);
	buf_add_text(&redactor->line, prefix_print(&out, text));
}

/*
 * Four numbers of at most 255 with one sort of separator at the start of `s`; 0, or their
 * length. Nothing numeric may stand behind them.
 */
static size_t
parse_quad(struct str s, struct ip *ip)
{
	struct str rest = s;
	char text[16], separator = 0;
	uint64_t parts[4];

	for (int i = 0; i < 4; i++) {
		if (i) {
			if (rest.n == 0 || (rest.p[0] != '.' && rest.p[0] != '-') ||
			    (separator && rest.p[0] != separator))
				return 0;
			separator = rest.p[0];
			rest = str_skip(rest, 1);
		}
		if (!str_take_number(&rest, 255, &parts[i]))
			return 0;
	}
	if (rest.n && is_digit(rest.p[0]))
		return 0;
	if (rest.n > 1 && rest.p[0] == '.' && is_digit(rest.p[1]))
		return 0;
	snprintf(text, sizeof(text), "%u.%u.%u.%u", (unsigned)parts[0], (unsigned)parts[1],
		 (unsigned)parts[2], (unsigned)parts[3]);
	return ip_parse(str_of(text), ip) ? s.n - rest.n : 0;
}

/* A name with a quad in it: the pseudonym's last 32 bits stand in its place. */
static void
add_name(struct redactor *redactor, struct str word)
{
	while (word.n) {
		struct ip ip;
		size_t n = is_digit(word.p[0]) ? parse_quad(word, &ip) : 0;
		if (n) {
			struct ip out = redact_ip(redactor, &ip);
			buf_printf(&redactor->line, "x%02x%02x%02x%02x", out.b[12], out.b[13],
				   out.b[14], out.b[15]);
			word = str_skip(word, n);
			continue;
		}
		/* A whole number at once: its tail is no beginning. */
		bool digit = is_digit(word.p[0]);
		do {
			buf_add_char(&redactor->line, word.p[0]);
			word = str_skip(word, 1);
		} while (digit && word.n && is_digit(word.p[0]));
	}
}

/* Numbers of 17.113.0.203 before in-addr.arpa, as far as they are some. */
static unsigned
take_octets(struct str *front, struct ip *ip)
{
	unsigned n = 0;

	*ip = (struct ip){.b = {[10] = 0xff, [11] = 0xff}};
	while (front->n && n < 4) {
		struct str rest = *front;
		struct str label = qname_take_last_label(&rest);
		uint64_t value;
		if (!str_number(label, 255, &value))
			break;
		ip->b[V4_AT + n++] = (uint8_t)value;
		*front = rest;
	}
	return n;
}

static unsigned
take_nibbles(struct str *front, struct ip *ip)
{
	static const char digits[] = "0123456789abcdef";
	unsigned n = 0;

	*ip = (struct ip){{0}};
	while (front->n && n < 2 * sizeof(ip->b)) {
		struct str rest = *front;
		struct str label = qname_take_last_label(&rest);
		const char *digit = label.n == 1 ? strchr(digits, str_lower(label.p[0])) : NULL;
		if (!digit)
			break;
		ip->b[n / 2] = (uint8_t)(ip->b[n / 2] | (digit - digits) << (n % 2 ? 0 : 4));
		n++;
		*front = rest;
	}
	return n;
}

/*
 * A reverse name, told by the end of the word: its labels become those of the pseudonym,
 * hexadecimal so that nobody takes them for addresses. False for any other word.
 */
static bool
add_reverse(struct redactor *redactor, struct str word)
{
	static const struct str v4 = {".in-addr.arpa", 13}, v6 = {".ip6.arpa", 9};
	size_t tail = str_ends(word, v4) ? v4.n : str_ends(word, v6) ? v6.n : 0;
	struct str front = str_make(word.p, word.n - tail);
	struct ip ip;

	if (tail == 0)
		return false;
	bool is_v4 = tail == v4.n;
	unsigned n = is_v4 ? take_octets(&front, &ip) : take_nibbles(&front, &ip);
	if (n == 0)
		return false;
	struct ip out = redact_ip(redactor, &ip);
	if (front.n) {
		buf_add_str(&redactor->line, front);
		buf_add_char(&redactor->line, '.');
	}
	while (n-- > 0) {
		if (is_v4)
			buf_printf(&redactor->line, "x%02x", out.b[V4_AT + n]);
		else
			buf_printf(&redactor->line, "%x",
				   n % 2 ? out.b[(4 + n / 2) % 16] & 15
					 : out.b[(4 + n / 2) % 16] >> 4);
		if (n)
			buf_add_char(&redactor->line, '.');
	}
	buf_add(&redactor->line, word.p + word.n - tail, tail);
	return true;
}

/* A run of letters, digits, dots, colons, hyphens: an address, a name or anything else. */
static void
add_word(struct redactor *redactor, struct str word, struct str *rest)
{
	struct str core = word;
	struct ip ip;

	while (core.n &&
	       (core.p[core.n - 1] == '.' || core.p[core.n - 1] == ':' ||
		core.p[core.n - 1] == '-') &&
	       !str_ends(core, STR("::")))
		core.n--;
	struct str tail = str_skip(word, core.n);
	size_t quad = parse_quad(core, &ip);
	if (ip_parse(core, &ip)) {
		/* What follows directly belongs to it: "192.0.2.0/24", not "192.0.2.1. /24". */
		struct str none = {NULL, 0};
		add_address(redactor, &ip, tail.n ? &none : rest);
	} else if (quad && core.p[quad] == ':') { /* an address with a port */
		struct str none = {NULL, 0};
		add_address(redactor, &ip, &none);
		buf_add_str(&redactor->line, str_skip(core, quad));
	} else if (!add_reverse(redactor, core)) {
		add_name(redactor, core);
	}
	buf_add_str(&redactor->line, tail);
}

struct str
redact_text(struct redactor *redactor, struct str text)
{
	struct str rest = text;

	buf_clear(&redactor->line);
	while (rest.n) {
		size_t n = 0;
		while (n < rest.n && is_word(rest.p[n]))
			n++;
		struct str word = str_make(rest.p, n);
		if (n == 0) {
			buf_add_char(&redactor->line, rest.p[0]);
			rest = str_skip(rest, 1);
			continue;
		}
		rest = str_skip(rest, n);
		add_word(redactor, word, &rest);
	}
	/* Longer than any line: better nothing than an address. */
	if (redactor->line.full)
		return (struct str){NULL, 0};
	return arena_str(redactor->arena, buf_str(&redactor->line));
}
