#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "names/zone.h"

struct row {
	const char *name, *zone;
	bool own;
};

/* The zone as namer makes it of the offset. */
static struct str
zone_of(const struct names *names, const char *text, bool *own)
{
	uint16_t starts[QNAME_LABELS_MAX];
	struct str name = str_of(text);
	size_t labels = qname_labels(name, starts, QNAME_LABELS_MAX);
	size_t offset = zone_offset(names, name, starts, labels, own);
	bool is_start = offset == name.n;

	for (size_t i = 0; i < labels && i < QNAME_LABELS_MAX; i++)
		is_start |= starts[i] == offset;
	cr_expect(is_start, "%s: the zone begins at %zu, inside a label", text, offset);
	return offset < name.n ? str_skip(name, offset) : STR(".");
}

static void
expect_rows(const struct names *names, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool own = !rows[i].own;
		struct str zone = zone_of(names, rows[i].name, &own);
		cr_expect(str_eq(zone, str_of(rows[i].zone)), "row %zu: %s is in %.*s, not %s", i,
			  rows[i].name, STR_ARG(zone), rows[i].zone);
		cr_expect_eq(own, rows[i].own, "row %zu: %s", i, rows[i].name);
	}
}

Test(zone, is_the_registrable_domain_by_the_public_suffix_list)
{
	static const struct row rows[] = {
		{"www.example.com", "example.com", false},
		{"example.com", "example.com", false},
		{"a.b.c.d.example.com", "example.com", false},
		{"www.example.co.uk", "example.co.uk", false},
		{"example.co.uk", "example.co.uk", false},
		{"co.uk", "co.uk", false},   /* a suffix stands for itself */
		{"www.ck", "www.ck", false}, /* the exception of *.ck */
		{"a.b.c.ck", "b.c.ck", false},
		{"host.unlisted", "host.unlisted", false}, /* the default rule is * */
		{"a.host.unlisted", "host.unlisted", false},
		{"com", ".", false},
		{"localhost", ".", false},
		{"", ".", false},
		/* An escaped dot parts no labels: the zone of these is not example.com. */
		{"x\\.example.com", "x\\.example.com", false},
		{"a.x\\.example.com", "x\\.example.com", false},
		{"a.x\\.co.uk", "x\\.co.uk", false},
		{"\\.com", ".", false},
		{"a\\\\.example.com", "example.com", false}, /* an escaped backslash, then a dot */
	};
	struct names names;
	struct err err;

	names_init(&names, STR("zone"));
	cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	expect_rows(&names, rows, sizeof(rows) / sizeof(*rows));
	names_release(&names);
}

Test(zone, is_the_last_two_labels_without_a_suffix_list)
{
	static const struct row rows[] = {
		{"www.example.co.uk", "co.uk", false},
		{"example.com", "example.com", false},
		{"com", ".", false},
	};
	struct names names;

	names_init(&names, STR("zone"));
	expect_rows(&names, rows, sizeof(rows) / sizeof(*rows));
	names_release(&names);
}

Test(zone, is_the_longest_own_zone_before_anything_else)
{
	static const char *const own[] = {"example.com",          "Lab.Example.com.", "corp",
					  "168.192.in-addr.arpa", "x\\.y.test",       "co.uk"};
	static const struct row rows[] = {
		{"www.example.com", "example.com", true},
		{"example.com", "example.com", true},
		{"a.b.lab.example.com", "lab.example.com", true},
		{"lab.example.com", "lab.example.com", true},
		{"xlab.example.com", "example.com", true}, /* labels, not letters */
		{"notexample.com", "notexample.com", false},
		{"host.corp", "corp", true},
		{"corp", "corp", true},
		{"corp.net", "corp.net", false},
		{"1.2.168.192.in-addr.arpa", "168.192.in-addr.arpa", true},
		{"1.2.169.192.in-addr.arpa", "2.169.192.in-addr.arpa", false},
		{"a.x\\.y.test", "x\\.y.test", true},
		{"a.x.y.test", "y.test", false},
		{"a.b.co.uk", "co.uk", true},
		{"a\\.example.com", "a\\.example.com", false}, /* one label below com */
	};
	struct names names;
	struct err err;

	names_init(&names, STR("zone"));
	cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		cr_assert_eq(names_add_own_zone(&names, str_of(own[i]), &err), 0, "%s", own[i]);
	expect_rows(&names, rows, sizeof(rows) / sizeof(*rows));
	names_release(&names);
}

Test(zone, is_the_24_of_a_reversed_v4_and_the_48_of_a_reversed_v6_name)
{
	static const struct row rows[] = {
		{"7.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", false},
		{"2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", false},
		{"0.192.in-addr.arpa", "192.in-addr.arpa", false},
		{"7.0/25.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", false}, /* RFC 2317 */
		{"b._dns-sd._udp.7.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", false},
		{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		 "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", false},
		{"1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", false},
		/* of fewer nibbles the parent, so that the children of a node share a zone */
		{"f.0.0.2.ip6.arpa", "0.0.2.ip6.arpa", false},
		{"e.0.0.2.ip6.arpa", "0.0.2.ip6.arpa", false},
	};
	struct names names;
	struct err err;

	names_init(&names, STR("zone"));
	cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	expect_rows(&names, rows, sizeof(rows) / sizeof(*rows));
	names_release(&names);
}

Test(zone, more_labels_than_dns_allows_are_in_the_root)
{
	char text[QNAME_TEXT_MAX];
	size_t n = 0;
	struct names names;
	struct err err;
	bool own;

	names_init(&names, STR("zone"));
	cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	for (; n < 2 * (QNAME_LABELS_MAX + 1); n += 2)
		memcpy(text + n, "a.", 2);
	text[n - 1] = '\0';
	cr_expect(str_eq(zone_of(&names, text, &own), STR(".")));
	text[2 * 127 - 1] = '\0'; /* 127 labels are what 255 octets hold */
	cr_expect(str_eq(zone_of(&names, text, &own), STR("a.a")));
	names_release(&names);
}

/* Every name of these labels above every ending, asked in two orders. */
Test(zone, is_the_same_with_the_memo)
{
	static const char *const ends[] = {
		"com",
		"co.uk",
		"ck",
		"www.ck",
		"amazonaws.com",
		"s3.amazonaws.com",
		"kawasaki.jp",
		"city.kawasaki.jp",
		"github.io",
		"unlisted",
		"x\\.co.uk",
		"x\\..com",
		"in-addr.arpa",
	};
	static const char *const labels[] = {"",         "s3.",   "a.",   "b.a.",
					     "www.b.a.", "city.", "x\\.", "\\.."};
	struct suffix_memo *memo = calloc(1, sizeof(*memo));
	struct names names;
	struct err err;
	enum { ENDS = sizeof(ends) / sizeof(*ends), LABELS = sizeof(labels) / sizeof(*labels) };

	names_init(&names, STR("key"));
	cr_assert_eq(names_load_suffixes(&names, NULL, &err), 0);
	for (size_t i = 0; i < 2 * ENDS * LABELS; i++) {
		size_t at = i < ENDS * LABELS ? i : 2 * ENDS * LABELS - 1 - i;
		char text[64];
		uint16_t starts[QNAME_LABELS_MAX];
		bool own;
		snprintf(text, sizeof(text), "%s%s", labels[at % LABELS], ends[at / LABELS]);
		struct str name = str_of(text);
		size_t count = qname_labels(name, starts, QNAME_LABELS_MAX);
		cr_expect_eq(zone_offset(&names, name, starts, count, &own),
			     zone_offset_memo(&names, memo, name, starts, count, &own), "%s", text);
	}
	free(memo);
	names_release(&names);
}
