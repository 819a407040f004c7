/*
 * makelog: a nameserver's log from a seed, fast enough to feed a pipe.
 *
 *	makelog [bind|unbound] KEY=VALUE...
 *
 * lines=, or bytes= (about that many); sources=, zones=, hosts= (how many exist, hosts in each
 * zone); seed=; and lines in a thousand: attacks=, once= (a random name), mixed= (case),
 * roam= (a source asks in any zone, not in one of the few that it knows), spoofed= (from an
 * address of its own), rotate= (from an address of its own within one IPv6 /64), flood= (a random name in one zone), fresh= (a name never asked before,
 * in any zone). Sources and zones are drawn in Zipf's proportions. The same arguments give the
 * same bytes on every machine.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUANTILES = 1 << 16, OUT = 1 << 20, LINE_MOST = 1024, DAY = 86400, START = 1773100800 };

struct options {
	const char *key;
	uint64_t value;
};

static struct options options[] = {
	{"lines", 0},   {"bytes", 0},   {"sources", 100000}, {"zones", 2000}, {"hosts", 50},
	{"seed", 1},    {"attacks", 5}, {"once", 5},         {"mixed", 50},   {"roam", 20},
	{"spoofed", 0}, {"rotate", 0},  {"flood", 0},        {"fresh", 0},
};

static uint64_t
option(const char *key)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].key, key) == 0)
			return options[i].value;
	abort();
}

static uint64_t state;

/* splitmix64 */
static uint64_t
draw(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 32) * 0xd6e8feb86659fd93u;
	z = (z ^ z >> 32) * 0xd6e8feb86659fd93u;
	return z ^ z >> 32;
}

/* Zipf's law by its quantiles: rank r is drawn about in proportion to 1 / r^s. */
struct zipf {
	uint32_t at[QUANTILES + 1];
};

static void
zipf_make(struct zipf *zipf, uint64_t n, double s)
{
	for (uint32_t i = 0; i <= QUANTILES; i++) {
		double u = (double)i / QUANTILES, last = (double)n + 1;
		double rank = s == 1.0 ? exp(u * log(last))
				       : pow((pow(last, 1 - s) - 1) * u + 1, 1 / (1 - s));
		zipf->at[i] = (uint32_t)(rank < last ? rank : last - 1);
	}
}

static uint32_t
zipf_draw(const struct zipf *zipf)
{
	uint64_t r = draw();
	const uint32_t *at = &zipf->at[r % QUANTILES];

	return at[0] + (uint32_t)((r >> 32) * (uint64_t)(at[1] - at[0] + (at[1] == at[0])) >> 32);
}

/* A line under way. */
static char out[OUT + LINE_MOST], *p = out;

static void
add(const char *text)
{
	size_t n = strlen(text);

	memcpy(p, text, n);
	p += n;
}

static void
number(uint64_t value, int digits)
{
	char text[20];
	int n = 0;

	do
		text[n++] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	while (digits-- > n)
		*p++ = '0';
	while (n > 0)
		*p++ = text[--n];
}

static void
letters(uint64_t value, int n, const char *from, unsigned base)
{
	while (n-- > 0) {
		*p++ = from[value % base];
		value /= base;
	}
}

/* Sources from here on are addresses of one IPv6 /64. */
static const uint64_t rotating = UINT64_C(1) << 62;
static const char hexadecimal[] = "0123456789abcdef";
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

static void
address(uint64_t source)
{
	uint64_t x = mix(source + 1);

	if (source >= rotating) {
		add("2001:db8:7:7");
		for (int i = 0; i < 4; i++, x >>= 16) {
			*p++ = ':';
			letters(x & 0xffff, 4, hexadecimal, 16);
		}
		return;
	}
	number(x % 222 + 1, 1);
	*p++ = '.';
	number(x >> 8 & 255, 1);
	*p++ = '.';
	number(x >> 16 & 255, 1);
	*p++ = '.';
	number(x >> 24 & 255, 1);
}

static void
zone(uint64_t number_of)
{
	uint64_t x = mix(number_of + 77);

	letters(x, 3 + (int)(x % 7), alphabet, 26);
	number(number_of, 1);
	add(x >> 60 < 8 ? ".example" : x >> 60 < 12 ? ".com" : ".net");
}

/* Host number i of a zone; 0 is the zone itself. */
static void
known_name(uint64_t number_of, uint64_t i)
{
	static const char *const hosts[] = {
		"www",  "mail", "ns1", "ns2",   "smtp", "imap", "shop",   "api", "cdn",  "img",
		"blog", "m",    "ftp", "login", "docs", "app",  "static", "pop", "news", "files"};
	enum { HOSTS = sizeof(hosts) / sizeof(hosts[0]) };

	if (i) {
		add(hosts[i % HOSTS]);
		if (i >= HOSTS)
			number(i / HOSTS, 1);
		*p++ = '.';
	}
	zone(number_of);
}

/* A zone that the source knows (three at most), or any. */
static uint64_t
known_zone(const struct zipf *zones, uint64_t source, uint64_t r, uint64_t roam)
{
	if (r % 1000 < roam)
		return zipf_draw(zones) - 1;
	return zones->at[mix(source * 4 + (r >> 10) % 3) % QUANTILES] - 1;
}

/* One of the attacks: its source, name and type. */
static void
attack(uint64_t r, uint64_t *source, const char **type, const char **class)
{
	static const char *const words[] = {"admin",  "vpn", "dev", "test",    "stage", "intranet",
					    "backup", "db",  "git", "jenkins", "owa",   "portal"};
	uint64_t attacker = r % 40;

	*source = 5000000000u + attacker;
	*class = "IN";
	switch (r >> 8 & 7) {
	case 0:
		zone(attacker);
		*type = "AXFR";
		return;
	case 1:
		zone(r >> 16 & 1023);
		*type = "ANY";
		return;
	case 2:
		number(r >> 16 & 255, 1);
		add(".2.0.192.in-addr.arpa");
		*type = "PTR";
		return;
	case 3:
		add("version.bind");
		*type = "TXT";
		*class = "CH";
		return;
	default:
		add(words[(r >> 16) % 12]);
		number(r >> 24 & 63, 1);
		*p++ = '.';
		zone(attacker);
		*type = "A";
	}
}

static void
mixed_case(char *from)
{
	for (uint64_t r = draw(); from < p; from++, r = r >> 1 | r << 63)
		if (*from >= 'a' && *from <= 'z' && (r & 1))
			*from = (char)(*from - 32);
}

static void
bind_line(uint64_t second, uint64_t milli, uint64_t source, const char *name, const char *type,
	  const char *class)
{
	number(10 + second / DAY, 2);
	add("-Mar-2026 ");
	number(second / 3600 % 24, 2);
	*p++ = ':';
	number(second / 60 % 60, 2);
	*p++ = ':';
	number(second % 60, 2);
	*p++ = '.';
	number(milli, 3);
	add(" queries: info: client @0x7f");
	letters(mix(source ^ second), 10, hexadecimal, 16);
	*p++ = ' ';
	address(source);
	*p++ = '#';
	number(1024 + draw() % 64000, 1);
	add(" (");
	add(name);
	add("): view external: query: ");
	add(name);
	*p++ = ' ';
	add(class);
	*p++ = ' ';
	add(type);
	add(" -E(0)DC (192.0.2.1)\n");
}

static void
unbound_line(uint64_t second, uint64_t source, const char *name, const char *type,
	     const char *class)
{
	*p++ = '[';
	number(START + second, 1);
	add("] unbound[1234:0] info: ");
	address(source);
	*p++ = ' ';
	add(name);
	add(". ");
	add(type);
	*p++ = ' ';
	add(class);
	add(" NOERROR 0.000000 1 ");
	number(60 + draw() % 200, 1);
	*p++ = '\n';
}

int
main(int argc, char **argv)
{
	static const char *const types[] = {"A",    "A",    "A",    "A",     "A",  "A",
					    "AAAA", "AAAA", "AAAA", "HTTPS", "MX", "TXT",
					    "NS",   "SOA",  "PTR",  "SRV"};
	static struct zipf sources, zones;
	int unbound = argc > 1 && strcmp(argv[1], "unbound") == 0;
	uint64_t written = 0, bytes, lines;

	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		for (size_t j = 0; value && j < sizeof(options) / sizeof(options[0]); j++)
			if (strncmp(argv[i], options[j].key, (size_t)(value - argv[i])) == 0)
				options[j].value = strtoull(value + 1, NULL, 10);
	}
	bytes = option("bytes");
	lines = option("lines");
	if (!lines)
		lines = bytes ? bytes / (unbound ? 72 : 174) : 1000000;
	state = option("seed") * 0x9e3779b97f4a7c15u;
	zipf_make(&sources, option("sources"), 1.0);
	zipf_make(&zones, option("zones"), 0.95);
	const uint64_t hosts = option("hosts"), roam = option("roam"), attacks = option("attacks"),
		       once = option("once"), mixed = option("mixed"), spoofed = option("spoofed"),
		       rotate = option("rotate"), flood = option("flood"), fresh = option("fresh");
	for (uint64_t i = 0; i < lines; i++) {
		char name[256], *begin = p;
		const char *type = types[draw() & 15], *class = "IN";
		uint64_t source = zipf_draw(&sources), r = draw(), second = i * DAY / lines;
		if (r % 1000 < spoofed)
			source = 6000000000u + i;
		else if (r / 1000 % 1000 < rotate)
			source = rotating + i;
		r = draw();
		uint64_t dice = r % 1000;
		r >>= 10;
		if (dice < attacks) {
			attack(r, &source, &type, &class);
		} else if ((dice -= attacks) < flood) {
			letters(r, 10, alphabet, 26);
			add(".flooded.example");
		} else if ((dice -= flood) < fresh) {
			letters(mix(i), 8, alphabet, 26);
			number(i, 1);
			*p++ = '.';
			zone(zipf_draw(&zones) - 1);
		} else if ((dice -= fresh) < once) {
			letters(r, 12, hexadecimal, 16);
			*p++ = '.';
			zone(known_zone(&zones, source, r, roam));
		} else {
			uint64_t host = draw() % hosts;
			known_name(known_zone(&zones, source, r, roam), draw() % (host + 1));
		}
		if (draw() % 1000 < mixed)
			mixed_case(begin);
		size_t n = (size_t)(p - begin);
		memcpy(name, begin, n);
		name[n] = '\0';
		p = begin;
		if (unbound)
			unbound_line(second, source, name, type, class);
		else
			bind_line(second, i * 1000 * DAY / lines % 1000, source, name, type, class);
		if (p - out >= OUT) {
			if (fwrite(out, 1, (size_t)(p - out), stdout) != (size_t)(p - out))
				return 1;
			written += (uint64_t)(p - out);
			p = out;
		}
	}
	fwrite(out, 1, (size_t)(p - out), stdout);
	return fflush(stdout) != 0;
}
