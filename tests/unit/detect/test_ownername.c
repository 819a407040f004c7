#include <criterion/criterion.h>

#include "detect/ownername.h"

struct row {
	const char *text;
	const char *name; /* NULL: it is none */
};

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row rows[] = {
	{"example.com", "example.com"},
	{"example.com.", "example.com"},
	{"WWW.Example.COM", "www.example.com"},
	{".", "."},
	{"*.example.com", "*.example.com"},
	{"_dmarc.example.com", "_dmarc.example.com"},
	/* BIND's escapes, whatever the file's are. */
	{"a\\032b.example", "a\\032b.example"},
	{"a\\ b.example", "a\\032b.example"},
	{"\\065.example", "a.example"},
	{"a\\.b.example", "a\\.b.example"},
	{"a\\046b.example", "a\\.b.example"},
	{"a@b.example", "a\\@b.example"},
	{"a$b.example", "a\\$b.example"},
	{"a\\$b.example", "a\\$b.example"},
	{"\\\"\\(\\)\\;\\\\.example", "\\\"\\(\\)\\;\\\\.example"},
	{"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
	{"\\000.example", "\\000.example"},
	{"\\255.example", "\\255.example"},
	{"m\xc3\xbcller.example", "m\\195\\188ller.example"},
	{"example\\.", "example\\."},
	{L63 ".example", L63 ".example"},
	{L63 "." L63 "." L63 "." L61, L63 "." L63 "." L63 "." L61},
	{L63 "." L63 "." L63 "." L61 ".", L63 "." L63 "." L63 "." L61},
	/* No names. */
	{"", NULL},
	{"..", NULL},
	{".example", NULL},
	{"a..example", NULL},
	{"a b", NULL},
	{"a\tb", NULL},
	{"a\\", NULL},
	{"a\\25", NULL},
	{"a\\256", NULL},
	{"a\\2x5", NULL},
	{"a" L63 ".example", NULL},
	{L63 "." L63 "." L63 "." L61 "a", NULL},
	{L63 "." L63 "." L63 "." L61 ".a", NULL},
	{L63 "." L63 "." L63 "." L63, NULL},
};

Test(ownername, any_presentation_becomes_the_one_that_bind_logs)
{
	char out[QNAME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str name = ownername_of_text(str_of(rows[i].text), out);

		cr_expect(rows[i].name ? str_eq(name, str_of(rows[i].name)) : name.n == 0,
			  "row %zu: %s became %.*s", i, rows[i].text, STR_ARG(name));
		cr_expect(name.n == 0 || qname_is_valid(name), "row %zu", i);
	}
}

struct wire_row {
	const char *wire;
	size_t n;
	const char *name;
};

static const struct wire_row wire_rows[] = {
	{"\0", 1, "."},
	{"\3WWW\7example\0", 13, "www.example"},
	{"\3a.b\1\1\0", 7, "a\\.b.\\001"},
	{"", 0, NULL},
	{"\3www", 4, NULL},                 /* no root */
	{"\3ww", 3, NULL},                  /* a label beyond the end */
	{"\3www\0\0", 6, NULL},             /* bytes behind the root */
	{"\300\014", 2, NULL},              /* a compression pointer */
	{"\100aaaaaaaaaaaaaaaa", 17, NULL}, /* a length above 63 */
};

Test(ownername, broken_wire_forms_are_no_names)
{
	char out[QNAME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(wire_rows) / sizeof(wire_rows[0]); i++) {
		const struct wire_row *row = &wire_rows[i];
		struct str name = ownername_of_wire((const uint8_t *)row->wire, row->n, out);

		cr_expect(row->name ? str_eq(name, str_of(row->name)) : name.n == 0,
			  "row %zu: %.*s", i, STR_ARG(name));
	}
}

Test(ownername, the_longest_name_fits)
{
	uint8_t wire[OWNERNAME_OCTETS_MAX];
	char out[QNAME_TEXT_MAX];
	static const uint8_t labels[] = {63, 63, 63, 61};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(labels); i++) {
		wire[n++] = labels[i];
		memset(wire + n, 0xff, labels[i]);
		n += labels[i];
	}
	wire[n++] = 0;
	cr_assert_eq(n, 255);
	cr_expect_eq(ownername_of_wire(wire, n, out).n, 1003);
}
