#include <criterion/criterion.h>
#include <sys/stat.h>

#include "../files.h"
#include "detect/oracle.h"

#define SOA "@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n"

static void
need_ldns(void)
{
	if (!zonefile_is_available())
		cr_skip_test("built without ldns");
}

TestSuite(oracle, .init = need_ldns);

struct judged {
	const char *name;
	enum existence existence;
};

#define EXISTS  EXISTENCE_EXISTS
#define MISSING EXISTENCE_MISSING
#define UNKNOWN EXISTENCE_UNKNOWN

static void
expect_judged(const struct oracle *oracle, const struct judged *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum oracle_kind by;
		enum existence existence = oracle_judge(oracle, str_of(rows[i].name), &by);

		cr_expect_eq(existence, rows[i].existence, "row %zu: %s: %d", i, rows[i].name,
			     (int)existence);
		cr_expect_eq(by == ORACLE_NONE, existence == EXISTENCE_UNKNOWN, "row %zu", i);
	}
}

#define EXPECT_JUDGED(oracle, rows) expect_judged(oracle, rows, sizeof(rows) / sizeof((rows)[0]))

/* Adds a zone from text as --zone-file; returns what oracle_add_zone_file does. */
static int
add_zone(struct oracle *oracle, const char *zone, const char *text, struct err *err)
{
	struct files files;
	char path[256];

	files_init(&files);
	files_write(&files, "zone", str_of(text));
	int status = oracle_add_zone_file(oracle, zone, files_path(&files, "zone", path), err);
	files_release(&files);
	return status;
}

static struct oracle *
oracle_of(const char *zone, const char *text)
{
	struct oracle *oracle = oracle_new();
	struct err err = {0};

	cr_assert_eq(add_zone(oracle, zone, text, &err), 0, "%s", err.text);
	return oracle;
}

/* The zone of RFC 4592 section 2.2.1, and what it says of names there. */
static const char rfc_zone[] =
	"$ORIGIN example.\n"
	"example. 3600 IN SOA ns.example.com. hostmaster.example.com. 1 2 3 4 5\n"
	"example. 3600 NS ns.example.com.\n"
	"example. 3600 NS ns.example.net.\n"
	"*.example. 3600 TXT \"this is a wildcard\"\n"
	"*.example. 3600 MX 10 host1.example.\n"
	"sub.*.example. 3600 TXT \"this is not a wildcard\"\n"
	"host1.example. 3600 A 192.0.2.1\n"
	"_ssh._tcp.host1.example. 3600 SRV 0 0 22 host1.example.\n"
	"_ssh._tcp.host2.example. 3600 SRV 0 0 22 host1.example.\n"
	"subdel.example. 3600 NS ns.example.com.\n"
	"subdel.example. 3600 NS ns.example.net.\n";

static const struct judged rfc_rows[] = {
	{"example", EXISTS},
	{"host1.example", EXISTS},
	{"host3.example", EXISTS},
	{"foo.bar.example", EXISTS},
	{"host2.example", EXISTS},      /* an empty non-terminal */
	{"_tcp.host2.example", EXISTS}, /* so is this */
	{"sub.*.example", EXISTS},
	{"*.example", EXISTS},
	{"_telnet._tcp.host1.example", MISSING}, /* the closest encloser has no wildcard */
	{"x.host1.example", MISSING},
	{"ghost.*.example", MISSING},
	{"subdel.example", EXISTS},
	{"host.subdel.example", UNKNOWN}, /* the child's */
	{"com", UNKNOWN},
	{"other.com", UNKNOWN},
	{".", UNKNOWN},
	{"xexample", UNKNOWN},
};

Test(oracle, wildcards_cover_as_rfc_4592_says)
{
	struct oracle *oracle = oracle_of("example", rfc_zone);

	EXPECT_JUDGED(oracle, rfc_rows);
	cr_expect(oracle_covers(oracle, STR("example")));
	cr_expect_not(oracle_covers(oracle, STR("example.com")));
	oracle_free(oracle);
}

/* Records in an order in which nothing is known when it is needed. */
static const char plain_zone[] =
	"$TTL 1h\n" SOA "\tNS ns.example.net.\n"
	"\n; comments (\n"
	"ns.child A 192.0.2.9 ; glue before its delegation\n"
	"deep.under.alias A 192.0.2.9 ; occluded by the DNAME\n"
	"WWW A 192.0.2.1\n"
	"www AAAA 2001:db8::1\n"
	"a.b.c.Deep TXT ( \"x\"\n \"y\" ) ; three empty non-terminals\n"
	"child NS ns.child\n"
	"alias DNAME elsewhere.example.net.\n"
	"a.*.wild A 192.0.2.4\n"
	"absolute.example.com. 60 A 192.0.2.5\n"
	"a\\032b\\.c A 192.0.2.6\n"
	"dollar\\$ A 192.0.2.6\n"
	"new TYPE65534 \\# 0\n"
	"web HTTPS 1 . alpn=h2\n"
	"future FUTURETYPE whatever\n"
	"outside.example.net. A 192.0.2.7\n"
	"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A\n"
	"$ORIGIN sub\n"
	"host A 192.0.2.8\n"
	"$GENERATE 1-3 gen$ A 192.0.2.$\n"
	"$GENERATE 8-9 ${0,3,d}.cut NS ns${0}.example.net.\n";

static const struct judged plain_rows[] = {
	{"example.com", EXISTS},
	{"www.example.com", EXISTS},
	{"absolute.example.com", EXISTS},
	{"nowww.example.com", MISSING},
	{"x.www.example.com", MISSING},
	{"ns1.example.com", MISSING}, /* named in data, not an owner */
	{"a.b.c.deep.example.com", EXISTS},
	{"b.c.deep.example.com", EXISTS},
	{"c.deep.example.com", EXISTS},
	{"deep.example.com", EXISTS},
	{"x.deep.example.com", MISSING},
	{"b.deep.example.com", MISSING},
	{"child.example.com", EXISTS},
	{"ns.child.example.com", UNKNOWN},
	{"nothing.child.example.com", UNKNOWN},
	{"alias.example.com", EXISTS},
	{"anything.at.all.alias.example.com", EXISTS},
	{"deep.under.alias.example.com", EXISTS},
	{"wild.example.com", EXISTS},
	{"x.wild.example.com", EXISTS}, /* *.wild is an empty non-terminal, and a wildcard */
	{"x.y.wild.example.com", EXISTS},
	{"x.*.wild.example.com", MISSING},
	{"a\\032b\\.c.example.com", EXISTS},
	{"a\\032b.c.example.com", MISSING},
	{"dollar\\$.example.com", EXISTS},
	{"new.example.com", EXISTS},
	{"web.example.com", EXISTS},
	{"future.example.com", EXISTS},
	{"outside.example.net", UNKNOWN},
	{"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.com", MISSING},
	{"host.sub.example.com", EXISTS},
	{"sub.example.com", EXISTS},
	{"host.example.com", MISSING},
	{"gen1.sub.example.com", EXISTS},
	{"gen3.sub.example.com", EXISTS},
	{"gen4.sub.example.com", MISSING},
	{"008.cut.sub.example.com", EXISTS},
	{"x.009.cut.sub.example.com", UNKNOWN},
	{"010.cut.sub.example.com", MISSING},
	/* Unbound writes '?' for what it cannot print: it may be any name. */
	{"w?w.example.com", UNKNOWN},
	{"x?.wild.example.com", EXISTS},
	{"www?.example.com", UNKNOWN},
};

Test(oracle, a_name_is_missing_only_when_nothing_else_explains_it)
{
	struct oracle *oracle = oracle_of("Example.COM.", plain_zone);
	size_t count;
	const struct oracle_note *notes = oracle_notes(oracle, &count);

	EXPECT_JUDGED(oracle, plain_rows);
	cr_assert_eq(count, 1);
	cr_expect(strstr(notes[0].text, "1 records are outside"), "%s", notes[0].text);
	oracle_free(oracle);
}

/* Two views, and a child with a file of its own. */
static const char view_internal[] = SOA "@ NS ns1\nintranet A 192.0.2.1\nhost.x A 192.0.2.1\n";
static const char view_external[] = SOA "@ NS ns1\n*.x A 192.0.2.2\nsub NS ns.sub\nkid NS ns1\n";
static const char child[] = SOA "@ NS ns1\nwww A 192.0.2.3\n";

static const struct judged view_rows[] = {
	{"intranet.example.com", EXISTS},     {"x.example.com", EXISTS},
	{"host.x.example.com", EXISTS},       {"other.x.example.com", EXISTS},
	{"deep.host.x.example.com", EXISTS}, /* covered in one view only */
	{"nothing.example.com", MISSING},     {"www.kid.example.com", UNKNOWN},
	{"sub.example.com", EXISTS},          {"www.sub.example.com", EXISTS},
	{"nothing.sub.example.com", MISSING}, /* the child's own file says so */
};

Test(oracle, a_name_exists_when_it_does_in_any_view_of_the_closest_zone)
{
	struct oracle *oracle = oracle_of("example.com", view_internal);
	struct err err = {0};

	cr_assert_eq(add_zone(oracle, "example.com", view_external, &err), 0, "%s", err.text);
	cr_assert_eq(add_zone(oracle, "sub.example.com", child, &err), 0, "%s", err.text);
	EXPECT_JUDGED(oracle, view_rows);
	cr_expect_eq(oracle_zone_count(oracle), 2);
	oracle_free(oracle);
}

Test(oracle, the_root_is_a_zone)
{
	static const struct judged rows[] = {
		{"com", EXISTS}, {"example.com", UNKNOWN}, {"nonsense", MISSING}, {".", EXISTS}};
	struct oracle *oracle = oracle_of(".", ". SOA a. b. 1 2 3 4 5\n. NS a.\ncom. NS a.com.\n");

	EXPECT_JUDGED(oracle, rows);
	oracle_free(oracle);
}

struct part {
	const char *name, *text, *why; /* why: part of the first note */
	uint64_t line;
};

static const struct part parts[] = {
	{"a broken record", SOA "www A 192.0.2.1\nbad..name A 192.0.2.2\n", "no record", 3},
	{"an open quote", SOA "www A 192.0.2.1\nx TXT \"open\n", "quote", 3},
	{"no include", SOA "www A 192.0.2.1\n$INCLUDE nowhere\n", "not there", 3},
	{"a broken origin", SOA "www A 192.0.2.1\n$ORIGIN a..b\n", "$ORIGIN", 3},
	{"no generate", SOA "www A 192.0.2.1\n$GENERATE x\n", "$GENERATE", 3},
	{"generated nonsense", SOA "www A 192.0.2.1\n$GENERATE 1-2 a..$ A 1\n", "no name", 3},
	{"too much generated", SOA "www A 192.0.2.1\n$GENERATE 1-2000000 www A 192.0.2.$\n",
	 "more names", 3},
	{"a directive of tomorrow", SOA "www A 192.0.2.1\n$FUTURE\n", "directive", 3},
	{"a pipe to include", SOA "www A 192.0.2.1\n$INCLUDE /dev/zero\n", "not there", 3},
	{"garbage", SOA "www A 192.0.2.1\n\001\002\003\n", "bytes", 3},
};

Test(oracle, names_are_not_missing_from_a_zone_that_was_read_in_part)
{
	static const struct judged rows[] = {{"www.example.com", EXISTS},
					     {"nothing.example.com", UNKNOWN}};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct oracle *oracle = oracle_new();
		struct err err = {0};
		size_t count;

		cr_expect_eq(add_zone(oracle, "example.com", parts[i].text, &err), -1, "%s",
			     parts[i].name);
		cr_expect(strstr(err.text, "in part"), "%s: %s", parts[i].name, err.text);
		EXPECT_JUDGED(oracle, rows);
		cr_expect_not(oracle_covers(oracle, STR("example.com")));
		const struct oracle_note *notes = oracle_notes(oracle, &count);
		cr_assert_geq(count, 1, "%s", parts[i].name);
		cr_expect(strstr(notes[0].text, parts[i].why), "%s: %s", parts[i].name,
			  notes[0].text);
		cr_expect_eq(notes[0].line, parts[i].line, "%s", parts[i].name);
		oracle_free(oracle);
	}
}

struct refused {
	const char *name, *text, *why;
};

static const struct refused refusals[] = {
	{"nothing", "", "no record"},
	{"only comments", "; x\n\n", "no record"},
	{"no SOA", "www A 192.0.2.1\n", "SOA"},
	{"another zone", "example.net. SOA a. b. 1 2 3 4 5\n", "holds the zone example.net"},
	{"a list of names", "www.example.com\nmail.example.com\n", "line 1 is no record"},
	{"a configuration", "zone \"example.com\" {\n\ttype master;\n};\n", "not a zone file"},
	{"generated names first", "$GENERATE 1-2 a$ A 192.0.2.1\n", "SOA"},
};

Test(oracle, what_is_no_zone_file_of_that_zone_is_an_error_and_leaves_nothing)
{
	static const struct judged rows[] = {{"www.example.com", UNKNOWN},
					     {"www.example.net", UNKNOWN}};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct oracle *oracle = oracle_new();
		struct err err = {0};

		cr_expect_eq(add_zone(oracle, "example.com", refusals[i].text, &err), -1, "%s",
			     refusals[i].name);
		cr_expect(strstr(err.text, refusals[i].why), "%s: %s", refusals[i].name, err.text);
		EXPECT_JUDGED(oracle, rows);
		cr_expect_eq(oracle_newest(oracle), TIME_NONE);
		oracle_free(oracle);
	}
}

Test(oracle, included_files_count_and_change_nothing_behind_them)
{
	static const struct judged rows[] = {
		{"one.example.com", EXISTS},       {"two.below.example.com", EXISTS},
		{"three.example.com", EXISTS},     {"up.example.com", EXISTS},
		{"two.example.com", MISSING},      {"again.one.example.com", MISSING},
		{"four.one.example.com", MISSING}, {"a.three.example.com", EXISTS},
	};
	struct oracle *oracle = oracle_new();
	struct files files;
	char path[256];
	struct err err = {0};

	files_init(&files);
	files_run(&files, "mkdir zones");
	files_write(&files, "zones/main",
		    STR(SOA "one A 192.0.2.1\n$INCLUDE \"inc\" below ; comment\n\tTXT \"of one\"\n"
			    "three A 192.0.2.3\n$INCLUDE zones/up\n"));
	files_write(&files, "zones/inc", STR("two A 192.0.2.2\n$ORIGIN elsewhere.example.\n"));
	files_write(&files, "zones/up", STR("up A 192.0.2.4\n$ORIGIN three\na A 192.0.2.4\n"));
	cr_expect_eq(oracle_add_zone_file(oracle, "example.com",
					  files_path(&files, "zones/main", path), &err),
		     0, "%s", err.text);
	EXPECT_JUDGED(oracle, rows);
	oracle_free(oracle);
	files_release(&files);
}

Test(oracle, a_file_that_includes_itself_comes_to_an_end)
{
	struct oracle *oracle = oracle_new();
	struct files files;
	char path[256];
	struct err err = {0};

	files_init(&files);
	files_write(&files, "zone", STR(SOA "www A 192.0.2.1\n$INCLUDE zone\n$INCLUDE zone\n"));
	cr_expect_eq(
		oracle_add_zone_file(oracle, "example.com", files_path(&files, "zone", path), &err),
		-1);
	cr_expect_eq(oracle_judge(oracle, STR("www.example.com"), NULL), EXISTENCE_EXISTS);
	oracle_free(oracle);
	files_release(&files);
}

Test(oracle, names_beyond_the_memory_are_unknown_not_missing)
{
	struct oracle *oracle = oracle_new();
	struct err err = {0};

	oracle_limit(oracle, 64 * 1024);
	cr_expect_eq(add_zone(oracle, "example.com", SOA "$GENERATE 1-5000 a$ A 192.0.2.1\n", &err),
		     -1);
	cr_expect_eq(oracle_judge(oracle, STR("a1.example.com"), NULL), EXISTENCE_EXISTS);
	cr_expect_eq(oracle_judge(oracle, STR("a5000.example.com"), NULL), EXISTENCE_UNKNOWN);
	cr_expect_lt(oracle_name_count(oracle), 1500);
	oracle_free(oracle);
}

static const char list[] = "\xef\xbb\xbfwww.Example.com\n"
			   "# a comment\n"
			   "\n"
			   "  mail.example.com.  # another\r\n"
			   "a.b.example.org\n"
			   "*.wild.example.org\n"
			   "two words\n"
			   "name,with,commas\n";
static const char passive_dns[] =
	"{\"rrname\":\"pdns.example.com.\",\"rrtype\":\"A\",\"rdata\":\"192.0.2.1\","
	"\"time_first\":1,\"time_last\":2}\n"
	"{\"count\":3,\"rrname\":\"example.com\",\"rrtype\":\"MX\","
	"\"rdata\":[\"10 MX.example.net.\",\"20 mx2.example.net\"]}\n"
	"{\"rrname\":\"example.com\",\"rrtype\":\"TXT\",\"rdata\":[\"\\\"v=spf1 \\\" "
	"\\\"inc\\\\\\\"lude\\\\058x\\\"\",\"unquoted\"]}\n"
	"{\"rrname\":\"example.com\",\"rrtype\":\"CAA\",\"rdata\":\"0 issue \\\"ca.example\\\"\"}\n"
	"{\"rrname\":\"gone.example.com\",\"rrtype\":\"A\",\"rdata\":\"NXDOMAIN\"}\n"
	"{\"rrname\":5}\n"
	"{\"rrname\":\"cut.example.com\"\n"
	"[\"rrname\"]\n";

static const struct judged list_rows[] = {
	{"www.example.com", EXISTS},     {"mail.example.com", EXISTS},
	{"example.com", EXISTS},         {"b.example.org", EXISTS},
	{"x.wild.example.org", UNKNOWN}, {"wild.example.org", EXISTS},
	{"pdns.example.com", EXISTS},    {"nothing.example.com", UNKNOWN},
	{"gone.example.com", UNKNOWN},   {"cut.example.com", UNKNOWN},
	{"name,with,commas", UNKNOWN},
};

struct told {
	size_t n;
	char text[1024];
};

static void
tell(void *context, struct str name, unsigned kind, struct str text)
{
	struct told *told = context;

	told->n += (size_t)snprintf(told->text + told->n, sizeof(told->text) - told->n,
				    "%.*s %u %.*s\n", STR_ARG(name), kind, STR_ARG(text));
}

static const char *
texts_of(const struct oracle *oracle, const char *name, unsigned kinds, struct told *told)
{
	told->n = 0;
	told->text[0] = '\0';
	oracle_texts(oracle, str_of(name), kinds, tell, told);
	return told->text;
}

Test(knownnames, known_names_exist_and_never_say_that_one_is_missing)
{
	struct oracle *oracle = oracle_new();
	struct files files;
	struct told told;
	char path[256];
	struct err err = {0};
	size_t count;

	files_init(&files);
	files_write(&files, "list", str_of(list));
	files_write(&files, "pdns", str_of(passive_dns));
	files_run(&files, "gzip pdns");
	cr_expect_eq(oracle_add_known_names(oracle, files_path(&files, "list", path), &err), 0,
		     "%s", err.text);
	cr_expect_eq(oracle_add_known_names(oracle, files_path(&files, "pdns.gz", path), &err), 0,
		     "%s", err.text);
	EXPECT_JUDGED(oracle, list_rows);
	const struct oracle_note *notes = oracle_notes(oracle, &count);
	cr_assert_eq(count, 2);
	cr_expect_eq(notes[0].line, 7);
	cr_expect(strstr(notes[0].text, "2 lines"), "%s", notes[0].text);
	cr_expect_eq(notes[1].line, 6);
	cr_expect(strstr(notes[1].text, "3 lines"), "%s", notes[1].text);
	cr_expect_str_eq(texts_of(oracle, "example.com", 0, &told),
			 "example.com 4 mx.example.net\nexample.com 4 mx2.example.net\n"
			 "example.com 1 v=spf1 inc\"lude:x\nexample.com 1 unquoted\n"
			 "example.com 64 issue ca.example\n");
	oracle_free(oracle);
	files_release(&files);
}

Test(oracle, a_known_name_exists_even_where_the_zone_file_lacks_it)
{
	struct oracle *oracle = oracle_of("example.com", SOA "www A 192.0.2.1\n");
	enum oracle_kind by;
	struct files files;
	char path[256];
	struct err err;

	files_init(&files);
	files_write(&files, "list", STR("old.example.com\n"));
	cr_expect_eq(oracle_add_known_names(oracle, files_path(&files, "list", path), &err), 0);
	cr_expect_eq(oracle_judge(oracle, STR("old.example.com"), &by), EXISTENCE_EXISTS);
	cr_expect_eq(by, ORACLE_KNOWN_NAMES);
	cr_expect_eq(oracle_judge(oracle, STR("www.example.com"), &by), EXISTENCE_EXISTS);
	cr_expect_eq(by, ORACLE_ZONE_FILE);
	cr_expect_eq(oracle_judge(oracle, STR("new.example.com"), &by), EXISTENCE_MISSING);
	cr_expect_eq(by, ORACLE_ZONE_FILE);
	oracle_free(oracle);
	files_release(&files);
}

static const char text_zone[] =
	SOA "@ NS ns1\n@ NS NS.Provider.example.\n"
	    "@ MX 10 mx1\n@ MX 0 example-com.mail.protection.outlook.com.\n"
	    "@ TXT \"v=spf1 include:spf.\" \"protection.outlook.com -all\"\n"
	    "@ TXT ( \"a\\\"b\\059c\"\n \"d;e\" )\n"
	    "@ CAA 0 issue \"ca.example; x=y\"\n"
	    "www TXT \"not kept\"\n"
	    "_dmarc TXT v=DMARC1\n"
	    "s1._domainkey CNAME s1.dkim.provider.example.\n"
	    "s2._domainkey CNAME s2\n"
	    "support CNAME Example.zendesk.com.\n"
	    "mail CNAME www\n"
	    "_sip._tls SRV 100 1 443 sipdir.online.lync.com.\n"
	    "@ TXT \"unclosed\n";

Test(oracle, records_tell_what_an_answer_disclosed)
{
	struct oracle *oracle = oracle_new();
	struct told told;
	struct err err;

	add_zone(oracle, "example.com", text_zone, &err);
	cr_expect_str_eq(texts_of(oracle, "example.com", ZONEFILE_MX | ZONEFILE_NS, &told),
			 "example.com 8 ns1.example.com\nexample.com 8 ns.provider.example\n"
			 "example.com 4 mx1.example.com\n"
			 "example.com 4 example-com.mail.protection.outlook.com\n");
	cr_expect_str_eq(texts_of(oracle, "example.com", ZONEFILE_TXT | ZONEFILE_CAA, &told),
			 "example.com 1 v=spf1 include:spf.protection.outlook.com -all\n"
			 "example.com 1 a\"b;cd;e\n"
			 "example.com 64 issue ca.example; x=y\n");
	cr_expect_str_eq(texts_of(oracle, "_dmarc.example.com", 0, &told),
			 "_dmarc.example.com 1 v=DMARC1\n");
	cr_expect_str_eq(texts_of(oracle, "s1._domainkey.example.com", 0, &told),
			 "s1._domainkey.example.com 16 s1.dkim.provider.example\n");
	cr_expect_eq(oracle_texts(oracle, STR("s2._domainkey.example.com"), 0, NULL, NULL), 1);
	cr_expect_str_eq(texts_of(oracle, "support.example.com", 0, &told),
			 "support.example.com 16 example.zendesk.com\n");
	cr_expect_str_eq(texts_of(oracle, "_sip._tls.example.com", 0, &told),
			 "_sip._tls.example.com 32 sipdir.online.lync.com\n");
	cr_expect_eq(oracle_texts(oracle, STR("mail.example.com"), 0, NULL, NULL), 0);
	cr_expect_eq(oracle_texts(oracle, STR("www.example.com"), 0, NULL, NULL), 0);
	oracle_free(oracle);
}

/* A directory as a server has it, made with BIND's own tools where they are there. */
Test(oracle, a_directory_of_zones_is_read_and_the_rest_noted)
{
	static const struct judged rows[] = {
		{"www.example.com", EXISTS},         {"intranet.example.com", EXISTS},
		{"nothing.example.com", MISSING},    {"www.dumped.example", EXISTS},
		{"no.dumped.example", MISSING},      {"1.2.0.192.in-addr.arpa", EXISTS},
		{"2.2.0.192.in-addr.arpa", MISSING}, {"www.raw.example", UNKNOWN},
		{"www.parked.example", EXISTS},      {"www.parked.test", EXISTS},
		{"no.parked.test", MISSING},
	};
	struct oracle *oracle = oracle_new();
	struct files files;
	struct err err;
	size_t count, zones = 0, others = 0;

	files_init(&files);
	files_write(&files, "example.com.zone", STR(SOA "www A 192.0.2.1\n"));
	files_write(&files, "example.com.internal.zone", STR(SOA "intranet A 192.0.2.1\n"));
	files_write(&files, "slave-17",
		    STR("dumped.example. 60 IN SOA a. b. 1 2 3 4 5\n"
			"www A 192.0.2.1\n"));
	files_write(&files, "db.192.0.2", STR(SOA "1 PTR www.example.com.\n"));
	files_write(&files, "raw.example", STR("\0\0\0\2\0\0\0\1raw"));
	files_write(&files, "README", STR("not a zone\n"));
	files_write(&files, "parked.example", STR(SOA "www A 192.0.2.1\n"));
	files_write(&files, "broken.example", STR(SOA "www A 192.0.2.1\n\"\n"));
	files_run(&files, "ln -s parked.example parked.test && mkfifo pipe.example && "
			  "sleep 0.02 && touch slave-17.jnl");
	cr_assert_eq(oracle_add_zone_dir(oracle, files.directory, &err), 0, "%s", err.text);
	EXPECT_JUDGED(oracle, rows);
	const struct oracle_note *notes = oracle_notes(oracle, &count);
	for (size_t i = 0; i < count; i++) {
		*(notes[i].is_zone ? &zones : &others) += 1;
		if (strstr(notes[i].path, "raw.example"))
			cr_expect(strstr(notes[i].text, "named-compilezone -j -f raw -F text -o"),
				  "%s", notes[i].text);
		if (strstr(notes[i].path, "slave-17"))
			cr_expect(strstr(notes[i].text, "journal"), "%s", notes[i].text);
	}
	cr_expect_eq(zones, 2, "the journal and the broken zone: %zu", zones);
	cr_expect_eq(others, 2, "the raw zone and README: %zu", others);
	size_t names = oracle_name_count(oracle);
	cr_assert_eq(oracle_add_zone_dir(oracle, files.directory, &err), 0);
	cr_expect_eq(oracle_name_count(oracle), names, "files given twice are read once");
	oracle_free(oracle);
	files_release(&files);
}

Test(oracle, the_newest_file_is_known)
{
	struct oracle *oracle = oracle_new();
	struct files files;
	struct err err;

	files_init(&files);
	cr_expect_eq(oracle_newest(oracle), TIME_NONE);
	files_write(&files, "a.example", STR(SOA));
	files_write(&files, "b.example", STR(SOA "$INCLUDE inc\n"));
	files_write(&files, "inc", STR("www A 192.0.2.1\n"));
	files_run(&files, "TZ=UTC touch -t 202603040506 a.example && "
			  "TZ=UTC touch -t 202601010000 b.example && "
			  "TZ=UTC touch -t 202603040507 inc");
	cr_assert_eq(oracle_add_zone_dir(oracle, files.directory, &err), 0, "%s", err.text);
	cr_expect_eq(oracle_newest(oracle), INT64_C(1772600820000));
	cr_expect(strstr(oracle_newest_path(oracle), "b.example"));
	oracle_free(oracle);
	files_release(&files);
}

/* What named-compilezone makes of a zone says the same of every name. */
Test(oracle, what_named_compilezone_writes_loads_and_says_the_same)
{
	struct oracle *oracle = oracle_new(), *raw = oracle_new();
	struct files files;
	char path[256];
	struct err err = {0};

	if (system("command -v named-compilezone >/dev/null") != 0)
		cr_skip_test("named-compilezone is not installed");
	files_init(&files);
	files_write(&files, "zone", str_of(plain_zone));
	files_run(
		&files,
		"grep -v FUTURE zone >known && "
		"named-compilezone -q -i none -k ignore -n ignore -F raw -o raw example.com known "
		"&& named-compilezone -q -i none -j -f raw -F text -o text example.com raw");
	cr_expect_eq(
		oracle_add_zone_file(raw, "example.com", files_path(&files, "raw", path), &err),
		-1);
	cr_expect(strstr(err.text, "-f raw -F text -o FILE ZONE"), "%s", err.text);
	cr_expect_eq(
		oracle_add_zone_file(oracle, "example.com", files_path(&files, "text", path), &err),
		0, "%s", err.text);
	for (size_t i = 0; i < sizeof(plain_rows) / sizeof(plain_rows[0]); i++)
		if (strncmp(plain_rows[i].name, "future", 6) != 0)
			expect_judged(oracle, &plain_rows[i], 1);
	oracle_free(oracle);
	oracle_free(raw);
	files_release(&files);
}

Test(zonefile, without_ldns_the_package_to_install_is_named)
{
	struct oracle *oracle = oracle_new();
	struct err err = {0};

	if (zonefile_is_available())
		cr_skip_test("built with ldns");
	cr_expect_eq(add_zone(oracle, "example.com", SOA, &err), -1);
	cr_expect(strstr(err.text, "libldns-dev"), "%s", err.text);
	cr_expect_eq(oracle_add_zone_dir(oracle, "/tmp", &err), -1);
	cr_expect(strstr(err.text, "libldns-dev"), "%s", err.text);
	oracle_free(oracle);
}
