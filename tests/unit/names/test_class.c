#include <criterion/criterion.h>

#include "../files.h"
#include "names/class.h"
#include "names/random.h"

static const char words[] = "# labels\n"
			    "www\n"
			    "mail\n"
			    "api\n"
			    "ns1\n"
			    "ace\n"
			    "zqxjvkwpbg\n";

static const char *
class_in_example_com(const struct names *names, const char *label)
{
	char name[512];
	int n = snprintf(name, sizeof(name), "%s.example.com", label);

	return name_class_names[class_of(names, str_make(name, (size_t)n), strlen(label) + 1)];
}

Test(class, tells_names_by_their_leftmost_label)
{
	static const struct {
		const char *label, *class_;
	} rows[] = {
		{"www", "wordlist"},
		{"mail.sub", "wordlist"},
		{"mail2", "wordlist"},
		{"api-berlin", "wordlist"},
		{"berlin-api3", "wordlist"},
		{"ns1", "wordlist"},
		{"ns2", "numbered"}, /* two letters are no word */
		{"sub.www2x", "other"},
		{"berlin", "other"},
		{"berlin7", "numbered"},
		{"_dmarc", "service"},
		{"_sip._tcp", "service"},
		{"www._domainkey", "service"},
		{"\\000", "nsec"},
		{"\\000.www", "nsec"},
		{"?", "nsec"},
		{"www\\000", "nsec"},
		{"_dmarc\\000", "nsec"},
		{"www?", "nsec"},
		{"w?w", "other"},
		{"-", "other"},
		{"0", "nsec"},
		{"www-", "nsec"},
		{"20260310", "numbered"},
		{"192-0-2-17", "numbered"},
		{"x7k2m9qv4t8w1z3p", "random"},
		/* A word inside a UUID is chance; a random-looking word of the list is not. */
		{"3f2504e0-ace1-41d3-9a0c-0305e82c3301", "random"},
		{"zqxjvkwpbg", "wordlist"},
	};
	struct files files;
	struct names names;
	struct err err;
	char path[256];

	files_init(&files);
	files_write(&files, "labels", STR(words));
	names_init(&names, STR("test"));
	cr_assert_eq(names_add_wordlist(&names, files_path(&files, "labels", path), &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_str_eq(class_in_example_com(&names, rows[i].label), rows[i].class_,
				 "row %zu: %s", i, rows[i].label);
	cr_expect_eq(class_of(&names, STR("example.com"), 0), NAME_APEX);
	cr_expect_eq(class_of(&names, STR("17.2.0.192.in-addr.arpa"), 3), NAME_NUMBERED);
	names_release(&names);
	files_release(&files);
}

/* The shapes of DETECTION.md 1, as the tools' own generators make them. */
Test(class, probes_of_tools_look_random)
{
	static const char *const probes[] = {
		"q8w3n5z0x7c1v6b9",                     /* puredns */
		"d2gq5o8v3hk1t7c9m4r0",                 /* xid */
		"550e8400-e29b-41d4-a716-446655440000", /* gobuster */
		"9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d",     /* subbrute */
		"xkqzjvwpbtrm",                         /* dnsenum */
		"bq7vn3kx9zdt",                         /* dnsrecon, folded */
		"gbvkzqwjtx",                           /* bbot */
		"wqzkvjxb",                             /* bbot */
		"8c4f7zt9kd",                           /* spiderfoot */
		"3e7f91ab",                             /* 8 hex digits */
		"mfrggzdfmztwq2lk",                     /* base32 */
	};

	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
		cr_expect(random_label(str_of(probes[i])), "row %zu: %s, %d", i, probes[i],
			  random_evidence(str_of(probes[i])));
}

Test(class, names_people_give_do_not_look_random)
{
	static const char *const labels[] = {
		"autodiscover",
		"enterpriseregistration",
		"berlin-srv2",
		"mail-gateway-03",
		"christchurch",
		"datenschutz",
		"download",
		"jenkins-ci",
		"k8s-master01",
		"sqlserver2019",
		"postgresql",
		"kubernetes",
		"thisisaverylongnamethatnobodywouldtype",
		"dhcp-10-20-30-40",
		"web17921",
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		cr_expect_not(random_label(str_of(labels[i])), "row %zu: %s, %d", i, labels[i],
			      random_evidence(str_of(labels[i])));
}

Test(class, short_numeric_and_punycode_labels_are_never_random)
{
	static const char *const labels[] = {
		"",           "qzxjvkw",    "x7k2m9q",          "48151623429",
		"2026-03-10", "192-0-2-17", "xn--80akhbyknj4f", "--------",
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		cr_expect_not(random_label(str_of(labels[i])), "row %zu: %s", i, labels[i]);
}

Test(class, evidence_grows_with_length)
{
	cr_expect_gt(random_evidence(STR("xkqzjvwpbtrmxkqzjvwpbtrm")),
		     random_evidence(STR("xkqzjvwpbtrm")));
	cr_expect_lt(random_evidence(STR("internationalization")),
		     random_evidence(STR("international")));
}

/* Labels may hold any byte; a hostile one may be as long as its escapes. */
Test(class, any_bytes_are_judged)
{
	char label[252];

	for (int c = 0; c < 256; c++) {
		memset(label, c, sizeof(label));
		int evidence = random_evidence(str_make(label, sizeof(label)));
		cr_expect(evidence > -100000 && evidence < 100000, "byte %d: %d", c, evidence);
	}
	cr_expect_not(random_label(STR("\x01\x02\x03\x04\x05\x06\x07\x08\xff\xfe")));
}
