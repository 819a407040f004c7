#include <criterion/criterion.h>

#include "fixture.h"
#include "report/redact.h"

struct room {
	struct arena arena;
	struct redactor *redactor;
};

static void
make_room(struct room *room, const char *key)
{
	struct digest_key digest;

	digest_key_make(&digest, str_of(key));
	room->arena = (struct arena){0};
	room->redactor = redactor_new(&digest, &room->arena);
}

static void
release_room(struct room *room)
{
	redactor_free(room->redactor);
	arena_release(&room->arena);
}

static struct ip
pseudonym(struct room *room, const char *text)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(text), &ip), "%s", text);
	return redact_ip(room->redactor, &ip);
}

/* How many bits from the left are the same. */
static unsigned
common(struct ip a, struct ip b)
{
	unsigned n = 0;

	while (n < 128 && !((a.b[n / 8] ^ b.b[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

/* As many bits are common as were; a v4 bit stands 96 to the right, a v6 bit 32. */
Test(redact, neighbours_stay_neighbours)
{
	static const struct {
		const char *a, *b;
		unsigned common;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", 128},
		{"192.0.2.0", "192.0.2.1", 96 + 31},
		{"192.0.2.1", "192.0.3.1", 96 + 23},
		{"10.0.0.1", "138.0.0.1", 96},
		{"2001:db8::1", "2001:db8:0:1::1", 32 + 63},
		{"2001:db8::1", "2001:db8:8000::1", 32 + 32},
	};
	struct room room;

	make_room(&room, "a key of an installation");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(common(pseudonym(&room, rows[i].a), pseudonym(&room, rows[i].b)),
			     rows[i].common, "row %zu", i);
	cr_expect_geq(common(pseudonym(&room, "2001:db8::1"), pseudonym(&room, "2001:db8::2")), 96);
	cr_expect_lt(common(pseudonym(&room, "2001:db8::1"), pseudonym(&room, "2001:db8::2")), 128);
	release_room(&room);
}

Test(redact, pseudonyms_are_of_the_key_and_of_nobody)
{
	static const char *const addresses[] = {"192.0.2.1",   "0.0.0.0", "255.255.255.255",
						"2001:db8::1", "::1",     "fdd1:97a1::1"};
	struct room a, b, again;

	make_room(&a, "key a");
	make_room(&b, "key b");
	make_room(&again, "key a");
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct ip one = pseudonym(&a, addresses[i]), other = pseudonym(&b, addresses[i]);
		struct ip same = pseudonym(&again, addresses[i]);
		cr_expect_eq(ip_compare(&one, &same), 0, "%s", addresses[i]);
		cr_expect_neq(ip_compare(&one, &other), 0, "%s", addresses[i]);
		cr_expect(one.b[0] == 0xfd && one.b[1] == 0xd1, "%s", addresses[i]);
	}
	release_room(&a);
	release_room(&b);
	release_room(&again);
}

/* "<>" stands for the pseudonym of the address, "<n>" for its last 32 bits in hex. */
Test(redact, every_usual_spelling_is_found_and_nothing_else)
{
	static const struct {
		const char *in, *address, *out;
	} rows[] = {
		{"client 192.0.2.1#53 (a.example)", "192.0.2.1", "client <>#53 (a.example)"},
		{"192.0.2.1", "192.0.2.1", "<>"},
		{"to 192.0.2.1.", "192.0.2.1", "to <>."},
		{"192.0.2.1:53", "192.0.2.1", "<>:53"},
		{"dig @192.0.2.1 a AXFR", "192.0.2.1", "dig @<> a AXFR"},
		{"2001:db8::1#53", "2001:db8::1", "<>#53"},
		{"[2001:db8::1]:53", "2001:db8::1", "[<>]:53"},
		{"below 2001:db8::1: x", "2001:db8::1", "below <>: x"},
		{"a-192-0-2-1.example", "192.0.2.1", "a-<n>.example"},
		{"192.0.2.1.example", "192.0.2.1", "<n>.example"},
		{"2026-03-10T00:42:15.000Z", NULL, "2026-03-10T00:42:15.000Z"},
		{"10-Mar-2026 01:40:46.250 xfer-out", NULL, "10-Mar-2026 01:40:46.250 xfer-out"},
		{"serial 2026112301, 0.001 secs", NULL, "serial 2026112301, 0.001 secs"},
		{"1.2.3", NULL, "1.2.3"},
		{"192.0.2.256", NULL, "192.0.2.256"},
		{"in-addr.arpa", NULL, "in-addr.arpa"},
		{"www.example.com", NULL, "www.example.com"},
		/* Rather too much than too little: what reads as an address goes. */
		{"1.2.3.4.5", NULL, NULL},
		{"a::b", NULL, NULL},
		{"", NULL, ""},
	};
	struct room room;

	make_room(&room, "a key of an installation");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str out = redact_text(room.redactor, str_of(rows[i].in));
		char expected[200] = "", text[IP_TEXT];
		if (!rows[i].out) {
			cr_expect(!str_eq(out, str_of(rows[i].in)), "row %zu", i);
			continue;
		}
		const char *mark = strchr(rows[i].out, '<');
		if (mark) {
			struct ip ip = pseudonym(&room, rows[i].address);
			snprintf(expected, sizeof(expected), "%.*s", (int)(mark - rows[i].out),
				 rows[i].out);
			size_t n = strlen(expected);
			if (mark[1] == 'n')
				snprintf(expected + n, sizeof(expected) - n, "x%02x%02x%02x%02x%s",
					 ip.b[12], ip.b[13], ip.b[14], ip.b[15], mark + 3);
			else
				snprintf(expected + n, sizeof(expected) - n, "%s%s",
					 ip_print(&ip, text), mark + 2);
		} else {
			snprintf(expected, sizeof(expected), "%s", rows[i].out);
		}
		cr_expect(str_eq(out, str_of(expected)), "row %zu: '%.*s', not '%s'", i,
			  STR_ARG(out), expected);
	}
	release_room(&room);
}

/* Reverse names keep their depth, networks their length; the numbers go. */
Test(redact, networks_and_reverse_names)
{
	static const struct {
		const char *in, *end, *gone;
	} rows[] = {
		{"192.0.2.0/24", "/120", "192.0.2"},
		{"2001:db8::/48", "/80", "2001:db8"},
		{"2001:db8::1/128", "/128", "2001:db8"},
		{"17.113.0.203.in-addr.arpa", ".in-addr.arpa", "17.113.0.203"},
		{"113.0.203.in-addr.arpa", ".in-addr.arpa", "113.0.203"},
		{"0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", ".ip6.arpa", "8.b.d.0"},
	};
	struct room room;

	make_room(&room, "a key of an installation");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str out = redact_text(room.redactor, str_of(rows[i].in));
		size_t dots = 0, had = 0;
		cr_expect(str_ends(out, str_of(rows[i].end)), "row %zu: %.*s", i, STR_ARG(out));
		cr_expect_eq(str_find(out, str_of(rows[i].gone), 0), SIZE_MAX, "row %zu: %.*s", i,
			     STR_ARG(out));
		for (size_t j = 0; j < out.n; j++)
			dots += out.p[j] == '.';
		for (const char *p = rows[i].in; *p; p++)
			had += *p == '.';
		if (strstr(rows[i].in, "arpa"))
			cr_expect_eq(dots, had, "row %zu: %.*s", i, STR_ARG(out));
	}
	release_room(&room);
}

/* A zone and an address of it are still seen to belong together. */
Test(redact, a_reverse_zone_holds_the_names_of_its_addresses)
{
	struct room room;

	make_room(&room, "a key of an installation");
	struct str zone = redact_text(room.redactor, STR("113.0.203.in-addr.arpa"));
	struct str name = redact_text(room.redactor, STR("17.113.0.203.in-addr.arpa"));
	cr_expect(str_ends(name, zone), "%.*s %.*s", STR_ARG(name), STR_ARG(zone));
	release_room(&room);
}
