#include <criterion/criterion.h>

#include "rules.h"

/* A detection and a record: does the rule match? Both engines must agree. */
struct row {
	const char *detection;
	struct ask ask;
	bool matches;
};

#define SELECTION(text) "  selection:\n    " text "\n  condition: selection\n"

static void
expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (int jit = 0; jit < 2; jit++) {
			struct rules rules;
			char text[512];
			rules_open_detection(&rules, rows[i].detection, jit);
			cr_expect(rules.ruleset.count == 1, "row %zu: %s", i,
				  rules_mistakes(&rules, text, sizeof(text)));
			cr_expect(rules_ask(&rules, &rows[i].ask) == rows[i].matches,
				  "row %zu, jit %d:\n%s", i, jit, rows[i].detection);
			rules_close(&rules);
		}
	}
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static const struct row modifier_rows[] = {
	{SELECTION("query: www.example.com"), {.query = "WWW.Example.com"}, true},
	{SELECTION("query: www.example.com"), {.query = "www.example.com.org"}, false},
	{SELECTION("query: www.example.com."), {.query = "www.example.com"}, true},
	{SELECTION("query|contains: Ample"), {.query = "www.example.com"}, true},
	{SELECTION("query|contains: sample"), {.query = "www.example.com"}, false},
	{SELECTION("query|startswith: WWW"), {.query = "www.example.com"}, true},
	{SELECTION("query|startswith: ww."), {.query = "www.example.com"}, false},
	{SELECTION("query|endswith: .com"), {.query = "www.example.com"}, true},
	{SELECTION("query|endswith: .com."), {.query = "www.example.com"}, true},
	{SELECTION("query|endswith: .example"), {.query = "www.example.com"}, false},
	{SELECTION("query|endswith: www.www.example.com"), {.query = "www.example.com"}, false},
	{SELECTION("query|cased: Www.example.com"), {.query = "Www.example.com"}, true},
	{SELECTION("query|cased: Www.example.com"), {.query = "www.example.com"}, false},
	{SELECTION("query|cased|startswith: W"), {.query = "wWW.example.com"}, false},
	{SELECTION("query_raw: www.example.com"), {.query = "WWW.example.com"}, true},
	{SELECTION("query_raw|re: '^[A-Z]{3}\\.'"), {.query = "WWW.example.com"}, true},
	{SELECTION("query_raw|re: '^[A-Z]{3}\\.'"), {.query = "www.example.com"}, false},
	{SELECTION("label|cased|re: '^W+$'"), {.query = "WWW.example.com"}, true},
	{SELECTION("label|cased|re: '^W+$'"), {.query = "www.example.com"}, false},
	{SELECTION("query|re: '^w{3}\\.EXAMPLE'"), {.query = "www.example.com"}, true},
	{SELECTION("query|re: 'w{4}'"), {.query = "www.example.com"}, false},
	{SELECTION("view|re: 'INT'"), {.query = "a.example.com", .view = "internal"}, false},
	{SELECTION("view|re|i: 'INT'"), {.query = "a.example.com", .view = "internal"}, true},
	{SELECTION("'|re|m': '^b$'"), {.line = "a\nb"}, true},
	{SELECTION("'|re': '^b$'"), {.line = "a\nb"}, false},
	{SELECTION("'|re|s': 'a.b'"), {.line = "a\nb"}, true},
	{SELECTION("'|re': 'a.b'"), {.line = "a\nb"}, false},
	{SELECTION("query|contains|all: [www, com]"), {.query = "www.example.com"}, true},
	{SELECTION("query|contains|all: [www, org]"), {.query = "www.example.com"}, false},
	{SELECTION("query|contains: [org, com]"), {.query = "www.example.com"}, true},
	{SELECTION("query|contains|neq: org"), {.query = "www.example.com"}, true},
	{SELECTION("src_ip|cidr: 192.0.2.0/24"), {.query = "a.b", .client = "192.0.2.77"}, true},
	{SELECTION("src_ip|cidr: 192.0.2.0/24"), {.query = "a.b", .client = "192.0.3.77"}, false},
	{SELECTION("src_ip|cidr: [10.0.0.0/8, '2001:db8::/32']"),
	 {.query = "a.b", .client = "2001:db8::1"},
	 true},
	{SELECTION("src_ip|cidr: 0.0.0.0/0"), {.query = "a.b"}, false},
	{SELECTION("src_ip: 192.0.2.1"), {.query = "a.b", .client = "::ffff:192.0.2.1"}, true},
	{SELECTION("src_ip: '192.0.2.*'"), {.query = "a.b", .client = "192.0.2.9"}, true},
	{SELECTION("src_ip: '2001:DB8:0::1'"), {.query = "a.b", .client = "2001:db8::1"}, true},
	{SELECTION("dst_ip: 192.0.2.53"), {.query = "a.b", .server = "192.0.2.53"}, true},
	{SELECTION("ecs: 0.0.0.0/0"), {.query = "a.b", .ecs = "0.0.0.0/0"}, true},
	{SELECTION("ecs|cidr: 192.0.2.0/24"), {.query = "a.b", .ecs = "192.0.2.0/28"}, true},
	{SELECTION("key|exists: true"), {.query = "a.b", .key = "xfer"}, true},
	{SELECTION("key|exists: true"), {.query = "a.b"}, false},
	{SELECTION("key|exists: false"), {.query = "a.b"}, true},
	{SELECTION("src_port|exists: true"), {.query = "a.b"}, false},
	{SELECTION("src_port|lt: 1024"), {.query = "a.b", .port = 53}, true},
	{SELECTION("src_port|lt: 53"), {.query = "a.b", .port = 53}, false},
	{SELECTION("src_port|lte: 53"), {.query = "a.b", .port = 53}, true},
	{SELECTION("src_port|gt: 53"), {.query = "a.b", .port = 53}, false},
	{SELECTION("src_port|gte: 53"), {.query = "a.b", .port = 53}, true},
	{SELECTION("src_port|lt: 1024"), {.query = "a.b"}, false},
	{SELECTION("src_port: 53"), {.query = "a.b", .port = 53}, true},
	{SELECTION("src_port: '5*'"), {.query = "a.b", .port = 5353}, true},
	{SELECTION("query_length|gte: 15"), {.query = "www.example.com"}, true},
	{SELECTION("query_length|gt: 15"), {.query = "www.example.com"}, false},
	{SELECTION("label_count: 3"), {.query = "www.example.com"}, true},
	{SELECTION("label: www"), {.query = "www.example.com"}, true},
	{SELECTION("label: www.example"), {.query = "www.example.com"}, false},
};

Test(detection, applies_each_modifier)
{
	EXPECT_ROWS(modifier_rows);
}

static const struct row wildcard_rows[] = {
	{SELECTION("query: 'w*.example.com'"), {.query = "www.example.com"}, true},
	{SELECTION("query: '*.example.com'"), {.query = "example.com"}, false},
	{SELECTION("query: '*'"), {.query = "example.com"}, true},
	{SELECTION("query: 'w?w.example.com'"), {.query = "wxw.example.com"}, true},
	{SELECTION("query: 'w?.example.com'"), {.query = "www.example.com"}, false},
	{SELECTION("query: 'a*a'"), {.query = "a"}, false}, /* the ends may not overlap */
	{SELECTION("query: 'a*a'"), {.query = "aa"}, true},
	{SELECTION("query: 'a*b*c'"), {.query = "a.b.b.c"}, true},
	{SELECTION("query: 'a*b*c'"), {.query = "a.c.b"}, false},
	{SELECTION("query: 'ab*ab*ab'"), {.query = "ab.ab"}, false},
	{SELECTION("query: 'ab*ab*ab'"), {.query = "abababab"}, true},
	{SELECTION("query: '*b?d*'"), {.query = "abcde"}, true},
	{SELECTION("query: 'a**b'"), {.query = "ab"}, true},
	{SELECTION("query: '*a*'"), {.query = "bbb"}, false},
	{SELECTION("query|startswith: 'a?c'"), {.query = "abcd"}, true},
	{SELECTION("query|endswith: 'b?d'"), {.query = "abcd"}, true},
	{SELECTION("query|endswith: 'a*d'"), {.query = "xabcd"}, true},
	{SELECTION("query|endswith: 'a*c'"), {.query = "xabcd"}, false},
	{SELECTION("query|contains: 'b*d'"), {.query = "abcde"}, true},
	{SELECTION("query|contains: 'd*b'"), {.query = "abcde"}, false},
	/* A backslash before a wildcard makes it plain, two make one backslash. */
	{SELECTION("query: '\\*.example.com'"), {.query = "*.example.com"}, true},
	{SELECTION("query: '\\*.example.com'"), {.query = "a.example.com"}, false},
	{SELECTION("query: '\\?.example.com'"), {.query = "?.example.com"}, true},
	{SELECTION("query: '\\?.example.com'"), {.query = "a.example.com"}, false},
	{SELECTION("query: 'a\\\\*'"), {.query = "a\\.b"}, true},
	{SELECTION("query: 'a\\\\*'"), {.query = "a*"}, false},
	{SELECTION("query: 'a\\\\\\*'"), {.query = "a\\*"}, true},
	{SELECTION("query: 'a\\\\\\*'"), {.query = "a\\b"}, false},
	{SELECTION("query|startswith: '\\000.'"), {.query = "\\000.example.com"}, true},
	{SELECTION("query|startswith: '\\000.'"), {.query = "000.example.com"}, false},
	{SELECTION("query: 'a.b+(c)'"), {.query = "a.b+(c)"}, true},
	{SELECTION("query: 'a.b'"), {.query = "axb"}, false},
	{SELECTION("query: 'a\\n'"), {.query = "a\\n"}, true},
};

Test(detection, reads_wildcards_and_their_escapes)
{
	EXPECT_ROWS(wildcard_rows);
}

static const struct row value_rows[] = {
	{SELECTION("key: null"), {.query = "a.b"}, true},
	{SELECTION("key: null"), {.query = "a.b", .key = "null"}, false},
	{SELECTION("key: 'null'"), {.query = "a.b", .key = "null"}, true},
	{SELECTION("key: 'null'"), {.query = "a.b"}, false},
	{SELECTION("key:"), {.query = "a.b"}, true},
	{SELECTION("key: ''"), {.query = "a.b", .key = "x"}, false},
	{SELECTION("key: [null, xfer]"), {.query = "a.b", .key = "xfer"}, true},
	{SELECTION("answer: null"), {.query = "a.b"}, true},
	{SELECTION("record_type: axfr"), {.query = "a.b", .type = "AXFR"}, true},
	{SELECTION("record_type: 252"), {.query = "a.b", .type = "AXFR"}, true},
	{SELECTION("record_type: TYPE252"), {.query = "a.b", .type = "AXFR"}, true},
	{SELECTION("record_type: '?XFR'"), {.query = "a.b", .type = "AXFR"}, true},
	{SELECTION("record_type|contains: XFR"), {.query = "a.b", .type = "IXFR"}, true},
	{SELECTION("record_type: [AXFR, IXFR]"), {.query = "a.b", .type = "A"}, false},
	{SELECTION("record_class: CH"),
	 {.query = "version.bind", .type = "TXT", .class_ = "CH"},
	 true},
	{SELECTION("record_class: CH"),
	 {.query = "version.bind", .type = "TXT", .class_ = "IN"},
	 false},
	{SELECTION("proto: tcp"), {.query = "a.b", .flags = "T"}, true},
	{SELECTION("proto: UDP"), {.query = "a.b", .flags = "E"}, true},
	{SELECTION("proto: udp"), {.query = "a.b"}, false}, /* not told is not udp */
	{SELECTION("flags: rd"), {.query = "a.b", .flags = "+"}, true},
	{SELECTION("flags: rd"), {.query = "a.b", .flags = "T"}, false},
	{SELECTION("flags: rd"), {.query = "a.b"}, false},
	{SELECTION("flags: '-'"), {.query = "a.b", .flags = "T"}, true},
	{SELECTION("flags: '-'"), {.query = "a.b"}, false},
	{SELECTION("flags: '+T'"), {.query = "a.b", .flags = "+ET"}, true},
	{SELECTION("flags: '+T'"), {.query = "a.b", .flags = "+E"}, false},
	{SELECTION("flags|contains: T"), {.query = "a.b", .flags = "+ET"}, true},
	{SELECTION("flags|all: [tcp, signed]"), {.query = "a.b", .flags = "ST"}, true},
	{SELECTION("flags|all: [tcp, signed]"), {.query = "a.b", .flags = "T"}, false},
	{SELECTION("flags: [do, cd]"), {.query = "a.b", .flags = "D"}, true},
	{SELECTION("flags|re: '^-.*D'"), {.query = "a.b", .flags = "ED"}, true},
	{SELECTION("view: internal"), {.query = "a.b", .view = "internal"}, true},
	{SELECTION("server: ns1"), {.query = "a.b"}, true},
	{SELECTION("server: ns2"), {.query = "a.b"}, false},
	{SELECTION("zone: example.com"), {.query = "www.sub.example.com"}, true},
	/* Names that published rules use. */
	{SELECTION("QueryName|endswith: .com"), {.query = "a.com"}, true},
	{SELECTION("dns.question.name: a.com"), {.query = "a.com"}, true},
	{SELECTION("dns.question.type: ANY"), {.query = "a.com", .type = "ANY"}, true},
	{SELECTION("qtype_name: TXT"), {.query = "a.com", .type = "TXT"}, true},
	{SELECTION("id.orig_h: 192.0.2.1"), {.query = "a.com", .client = "192.0.2.1"}, true},
	{SELECTION("c-ip: 192.0.2.1"), {.query = "a.com", .client = "192.0.2.1"}, true},
};

Test(detection, compares_values_as_what_they_are)
{
	EXPECT_ROWS(value_rows);
}

static const struct row shape_rows[] = {
	/* A map is AND, a list of maps is OR. */
	{SELECTION("{query: a.b, record_type: TXT}"), {.query = "a.b", .type = "TXT"}, true},
	{SELECTION("{query: a.b, record_type: TXT}"), {.query = "a.b", .type = "A"}, false},
	{SELECTION("- {query: a.b, record_type: TXT}\n    - query: c.d"), {.query = "c.d"}, true},
	{SELECTION("- {query: a.b, record_type: TXT}\n    - query: c.d"), {.query = "a.b"}, false},
	/* Keywords: anywhere in the raw line, any of them. */
	{"  keywords:\n    - Denied\n    - 'bad zone*NOTAUTH'\n  condition: keywords\n",
	 {.query = "a.b", .line = "query 'a.b' denied"},
	 true},
	{"  keywords:\n    - Denied\n    - 'bad zone*NOTAUTH'\n  condition: keywords\n",
	 {.query = "a.b", .line = "bad zone transfer request (NOTAUTH)"},
	 true},
	{"  keywords:\n    - Denied\n    - 'bad zone*NOTAUTH'\n  condition: keywords\n",
	 {.query = "a.b", .line = "query: a.b"},
	 false},
	{"  keywords:\n    '|all':\n      - one\n      - two\n  condition: keywords\n",
	 {.query = "a.b", .line = "two and one"},
	 true},
	{"  keywords:\n    '|all':\n      - one\n      - two\n  condition: keywords\n",
	 {.query = "a.b", .line = "one"},
	 false},
	{"  mixed:\n    - word\n    - query: a.b\n  condition: mixed\n",
	 {.query = "a.b", .line = ""},
	 true},
	{"  word: secret\n  condition: word\n", {.line = "a SECRET line"}, true},
};

Test(detection, joins_maps_lists_and_keywords)
{
	EXPECT_ROWS(shape_rows);
}

#define RCODE       "  s:\n    rcode: REFUSED\n  condition: s\n"
#define DENIED      "  s:\n    action: denied\n    record_type: AXFR\n  condition: s\n"
#define QUESTION    "  s:\n    record_type: AXFR\n  condition: s\n"
#define FOR_KIND(k) .kind = RECORD_##k

static const struct row line_rows[] = {
	/* A question: the line that counts the request, whatever its kind, and only that. */
	{QUESTION, {.query = "a.b", .type = "AXFR", FOR_KIND(QUERY)}, true},
	{QUESTION, {.query = "a.b", .type = "AXFR", FOR_KIND(QUERY), .no_request = true}, false},
	{QUESTION,
	 {.query = "a.b", .type = "AXFR", FOR_KIND(DENIED), .action = ACTION_TRANSFER_DENIED},
	 true},
	/* An rcode: the line that answers. */
	{RCODE, {.query = "a.b", .rcode = "REFUSED", FOR_KIND(RESPONSE), .no_request = true}, true},
	{RCODE,
	 {.query = "a.b", .rcode = "REFUSED", FOR_KIND(QUERY_ERROR), .no_request = true},
	 true},
	{RCODE, {.query = "a.b", .rcode = "NOERROR", FOR_KIND(RESPONSE)}, false},
	{RCODE, {.query = "a.b", FOR_KIND(QUERY)}, false},
	{RCODE, {.query = "a.b", .rcode = "REFUSED", FOR_KIND(DENIED)}, false},
	{"  s:\n    rcode_name: 5\n  condition: s\n",
	 {.query = "a.b", .rcode = "REFUSED", FOR_KIND(RESPONSE)},
	 true},
	{"  s:\n    QueryStatus: 9003\n  condition: s\n",
	 {.query = "a.b", .rcode = "NXDOMAIN", FOR_KIND(RESPONSE)},
	 true},
	{"  s:\n    query: a.b\n  f:\n    rcode: NOERROR\n  condition: s and not f\n",
	 {.query = "a.b", FOR_KIND(QUERY)},
	 false}, /* not told is not "no" */
	/* An action: the line that tells it. */
	{DENIED,
	 {.query = "a.b",
	  .type = "AXFR",
	  FOR_KIND(DENIED),
	  .action = ACTION_TRANSFER_DENIED,
	  .no_request = true},
	 true},
	{DENIED, {.query = "a.b", .type = "AXFR", FOR_KIND(QUERY)}, false},
	{DENIED,
	 {.query = "a.b", .type = "AXFR", FOR_KIND(TRANSFER), .action = ACTION_TRANSFER_STARTED},
	 false},
	{"  s:\n    action: 'zone transfer denied'\n  condition: s\n",
	 {.query = "a.b", FOR_KIND(DENIED), .action = ACTION_TRANSFER_DENIED},
	 true},
	{"  s:\n    action: 'zone transfer denied'\n  condition: s\n",
	 {.query = "a.b", FOR_KIND(DENIED), .action = ACTION_QUERY_DENIED},
	 false},
	/* Keywords: every line. */
	{"  k: [denied]\n  condition: k\n", {.line = "x denied", .no_request = true}, true},
};

Test(detection, is_asked_on_one_line_per_request)
{
	EXPECT_ROWS(line_rows);
}

struct mistake {
	const char *detection; /* the detection begins in line 6 */
	const char *told;
	size_t count; /* rules kept */
};

static const struct mistake mistakes[] = {
	{SELECTION("quary: a.b"), "7: unknown field 'quary'; fields are query, ", 0},
	{SELECTION("query|contain: a.b"), "7: unknown modifier 'contain'; known are contains,", 0},
	{SELECTION("query|re|x: a.b"), "7: unknown modifier 'x'", 0},
	{SELECTION("query|i: a.b"), "7: unknown modifier 'i'", 0},
	{SELECTION("query|startswith|endswith: a"), "7: 'query|startswith|endswith': two ", 0},
	{SELECTION("query|re: 'a(b'"),
	 "7: 'query|re': not a regular expression (PCRE2): missing closing parenthesis at "
	 "offset 3\n",
	 0},
	{SELECTION("query|re:\n      - ok\n      - '[z-a]'"), "9: 'query|re': not a regular", 0},
	{SELECTION("src_port|gt: many"), "7: 'src_port|gt': number expected, not 'many'\n", 0},
	{SELECTION("src_port: many"), "7: 'src_port': number expected, not 'many'\n", 0},
	{SELECTION("query|gt: 5"), "7: 'query|gt' is no number", 0},
	{SELECTION("src_ip|cidr: 192.0.2.1/24"), "7: '192.0.2.1/24' is no network", 0},
	{SELECTION("query|cidr: 192.0.2.0/24"), "7: 'query|cidr' is no address", 0},
	{SELECTION("query|exists: maybe"), "7: 'query|exists': true or false expected\n", 0},
	{SELECTION("query|contains: null"), "7: 'query|contains': null cannot be compared", 0},
	{SELECTION("query: {a: b}"), "7: 'query': a value expected, not a map\n", 0},
	{SELECTION("query: []"), "7: 'query': the list is empty\n", 0},
	{SELECTION("{}"), "7: an empty selection matches nothing\n", 0},
	{SELECTION("quary: a\n    query|contain: b"), "8: unknown modifier 'contain'", 0},
	{SELECTION("record_type: AFXR"), "7: note: 'record_type': 'AFXR' is no record_type", 1},
	{SELECTION("answer: 192.0.2.1"), "7: note: 'answer' is in no nameserver's query log", 1},
	{SELECTION("answer: 192.0.2.1"), "1: note: this rule can never match", 1},
};

Test(detection, tells_line_mistake_and_cure)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct rules rules;
		char text[2048];
		rules_open_detection(&rules, mistakes[i].detection, true);
		rules_mistakes(&rules, text, sizeof(text));
		cr_expect(strstr(text, mistakes[i].told), "row %zu: %s", i, text);
		cr_expect(rules.ruleset.count == mistakes[i].count, "row %zu", i);
		rules_close(&rules);
	}
}
