#include <criterion/criterion.h>

#include "base/buf.h"
#include "rules.h"

#define SOURCE "logsource:\n  category: dns\n"

Test(matcher, switches_a_runaway_rule_off_and_goes_on)
{
	for (int jit = 0; jit < 2; jit++) {
		struct rules rules;
		uint16_t disabled[4];
		struct ask honest = {.query = "aaa"};
		struct ask attack = {.query = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"};
		rules_open(&rules,
			   "title: A\n" SOURCE "detection:\n  s:\n    query|re: '^(a+)+$'\n"
			   "  condition: s\n---\ntitle: B\n" SOURCE
			   "detection:\n  s:\n    query|startswith: aa\n  condition: s\n",
			   jit);
		cr_expect(rules_ask(&rules, &honest) == 3, "jit %d", jit);
		cr_expect(matcher_disabled(rules.matcher, disabled, 4) == 0, "jit %d", jit);
		cr_expect(rules_ask(&rules, &attack) == 2, "jit %d", jit);
		cr_assert(matcher_disabled(rules.matcher, disabled, 4) == 1, "jit %d", jit);
		cr_expect(disabled[0] == 0, "jit %d", jit);
		/* Off for good, also where the memo knows better. */
		cr_expect(rules_ask(&rules, &honest) == 2, "jit %d", jit);
		rules_close(&rules);
	}
}

/* Globs are written so that no subject can make them slow. */
Test(matcher, no_name_can_make_a_wildcard_run_away)
{
	static const char *const values[] = {"query: 'a*a*a*a*a*a*b'",
					     "query|contains: 'a*a?a*a*b*b'",
					     "query|endswith: 'a*a*a*c'", "query: '*a?a*a?b*'"};
	char name[1001];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (int jit = 0; jit < 2; jit++) {
			struct rules rules;
			char text[256];
			struct ask ask = {.query = name};
			snprintf(text, sizeof(text), "  s:\n    %s\n  condition: s\n", values[i]);
			rules_open_detection(&rules, text, jit);
			cr_expect(rules_ask(&rules, &ask) == 0, "row %zu", i);
			cr_expect(matcher_disabled(rules.matcher, NULL, 0) == 0, "row %zu", i);
			rules_close(&rules);
		}
	}
}

Test(matcher, keyword_rules_survive_the_longest_line)
{
	struct rules rules;
	static char line[64 * 1024];
	struct ask ask = {.line = line};

	memset(line, 'a', sizeof(line) - 1);
	rules_open_detection(
		&rules, "  k:\n    - 'a*b'\n    - 'a*a?c'\n    - zone\n  condition: k\n", true);
	cr_expect(rules_ask(&rules, &ask) == 0);
	cr_expect(matcher_disabled(rules.matcher, NULL, 0) == 0);
	memcpy(line + 5000, "zone", 4);
	cr_expect(rules_ask(&rules, &ask) == 1);
	rules_close(&rules);
}

static void
add_rule(struct buf *buf, int i, const char *detection)
{
	buf_printf(buf, "title: Rule %d\nid: r%d\n" SOURCE "detection:\n  s:\n    ", i, i);
	buf_printf(buf, detection, i);
	buf_add_text(buf, "\n  condition: s\n---\n");
}

/* More rules than one word of bits holds; each must answer to its own name only. */
Test(matcher, tells_apart_hundreds_of_rules)
{
	struct rules rules;
	struct buf buf;
	struct record record;
	struct matches matches;

	buf_init(&buf, 1 << 20);
	for (int i = 0; i < 200; i++)
		add_rule(&buf, i, "query|startswith: 'host%d.'");
	rules_open(&rules, buf.p, true);
	cr_assert(rules.ruleset.count == 200);
	for (int i = 0; i < 200; i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "host%d.example.com", i);
		record_clear(&record);
		record.qname = str_make(text, (size_t)n);
		record.qtype = TYPE_A;
		matcher_match(rules.matcher, &record, namer_look(rules.namer, record.qname),
			      STR("ns1"), STR(""), true, &matches);
		cr_expect(matches.count == 1 && matches.rule[0] == i, "rule %d", i);
	}
	rules_close(&rules);
	buf_release(&buf);
}

Test(matcher, lists_the_first_rules_ascending_and_says_when_there_are_more)
{
	struct rules rules;
	struct buf buf;
	struct record record;
	struct matches matches;

	buf_init(&buf, 1 << 20);
	for (int i = 0; i < 70; i++)
		add_rule(&buf, i, i % 2 ? "query|contains: 'a' # %d" : "src_ip: 192.0.2.1 # %d");
	rules_open(&rules, buf.p, true);
	record_clear(&record);
	record.qname = STR("a.example.com");
	ip_parse(STR("192.0.2.1"), &record.client);
	matcher_match(rules.matcher, &record, namer_look(rules.namer, record.qname), STR("ns1"),
		      STR(""), true, &matches);
	cr_assert(matches.count == MATCHES_MAX && matches.more);
	for (uint16_t i = 0; i < MATCHES_MAX; i++)
		cr_expect(matches.rule[i] == i);
	rules_close(&rules);
	buf_release(&buf);
}

/* The memo knows the question; who asks and how must still count. */
Test(matcher, remembers_names_but_not_clients)
{
	struct rules rules;
	struct ask ask = {.query = "a.example.com", .type = "AXFR", .client = "192.0.2.1"};

	rules_open_detection(&rules,
			     "  s:\n    query: a.example.com\n    src_ip: 192.0.2.1\n"
			     "  t:\n    query|cased: A.example.com\n  condition: s or t\n",
			     true);
	cr_expect(rules_ask(&rules, &ask) == 1);
	ask.client = "192.0.2.2";
	cr_expect(rules_ask(&rules, &ask) == 0);
	ask.query = "A.example.com";
	cr_expect(rules_ask(&rules, &ask) == 1);
	ask.query = "a.example.com";
	cr_expect(rules_ask(&rules, &ask) == 0);
	rules_close(&rules);
}

Test(matcher, tells_types_apart_under_one_name)
{
	struct rules rules;
	struct ask ask = {.query = "a.example.com", .type = "TYPE300"};

	rules_open_detection(&rules, "  s:\n    record_type: [TYPE301, AXFR]\n  condition: s\n",
			     true);
	cr_expect(rules_ask(&rules, &ask) == 0);
	ask.type = "TYPE301";
	cr_expect(rules_ask(&rules, &ask) == 1);
	ask.type = "AXFR";
	cr_expect(rules_ask(&rules, &ask) == 1);
	ask.type = "A";
	cr_expect(rules_ask(&rules, &ask) == 0);
	rules_close(&rules);
}

Test(matcher, works_without_rules_and_without_names)
{
	struct rules rules;
	struct ask ask = {.query = "a.example.com"};
	struct ask nameless = {.type = "AXFR", .client = "192.0.2.1"};

	rules_open(&rules, "", true);
	cr_expect(rules_ask(&rules, &ask) == 0);
	rules_close(&rules);
	rules_open(&rules,
		   "title: A\n" SOURCE "detection:\n  s:\n    query|startswith: a\n"
		   "  condition: s\n---\ntitle: B\n" SOURCE
		   "detection:\n  s:\n    query: null\n    record_type: AXFR\n  condition: s\n",
		   true);
	cr_expect(rules_ask(&rules, &nameless) == 2);
	cr_expect(rules_ask(&rules, &ask) == 1);
	rules_close(&rules);
}

/* A plain name is told once more in one batch before its mark is; rules without names count on. */
Test(matcher, asks_what_needs_no_name_also_about_plain_names)
{
	struct rules rules;
	struct ask ask = {.query = "plain.example.com", .type = "AXFR"};

	rules_open(&rules,
		   "title: A\n" SOURCE "detection:\n  s:\n    query|startswith: odd\n"
		   "  condition: s\n---\ntitle: B\n" SOURCE
		   "detection:\n  s:\n    record_type: AXFR\n  condition: s\n---\ntitle: C\n" SOURCE
		   "detection:\n  s:\n    query|cased|startswith: Pl\n  condition: s\n",
		   true);
	for (int i = 0; i < 3; i++) {
		ask.query = "plain.example.com";
		ask.type = i == 1 ? "A" : "AXFR";
		cr_expect(rules_ask(&rules, &ask) == (i == 1 ? 0 : 2), "round %d", i);
		ask.query = "odd.example.com";
		cr_expect(rules_ask(&rules, &ask) == (i == 1 ? 1 : 3), "round %d", i);
		ask.query = "Plain.example.com"; /* the same name, and C depends on its spelling */
		cr_expect(rules_ask(&rules, &ask) == (i == 1 ? 4 : 6), "round %d", i);
	}
	rules_close(&rules);
}

/* Bytes that a name must hold spare most rules; of many alternatives none may be lost. */
Test(matcher, finds_each_alternative_of_what_a_name_must_hold)
{
	static const struct {
		const char *query;
		uint32_t expected;
	} rows[] = {
		{"aq.example", 1},  {"bw.example", 1}, {"ce.example", 1},    {"dr.example", 1},
		{"ft.example", 1},  {"gy.example", 1}, {"aw.example", 0},    {"z.example", 0},
		{"7-.example", 2},  {"7_.example", 2}, {"8-.example", 2},    {"8_.example", 2},
		{"78.example", 0},  {"-_.example", 0}, {"\\000.example", 4}, {"x?.example", 4},
		{"000.example", 0}, {"?x.example", 0}, {"?.example", 4},     {"1.example", 0},
	};
	struct rules rules;

	rules_open(&rules,
		   "title: A\n" SOURCE "detection:\n  s:\n    query|contains: [aq, bw, ce, dr, ft, "
		   "gy]\n  condition: s\n---\ntitle: B\n" SOURCE
		   "detection:\n  s:\n    label|contains: ['7', '8']\n  t:\n    label|endswith: "
		   "['-', '_']\n  condition: s and t\n---\ntitle: C\n" SOURCE
		   "detection:\n  s:\n    query|contains: '\\000.'\n  t:\n    query|contains: "
		   "'\\?.'\n  u:\n    query|startswith: '1'\n  condition: (s or t) and not u\n",
		   true);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ask ask = {.query = rows[i].query};
		uint32_t bits = rules_ask(&rules, &ask);
		cr_expect(bits == rows[i].expected, "%s: %x", rows[i].query, bits);
	}
	rules_close(&rules);
}
