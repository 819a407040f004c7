#include <criterion/criterion.h>

#include "rules.h"

struct mistake {
	const char *text, *told;
};

#define SOURCE            "logsource:\n  category: dns\n"
#define DETECTION         "detection:\n  s:\n    query: a.b\n  condition: s\n"
#define BASE              "title: Base\nname: base\nid: base-id\n" SOURCE DETECTION "---\n"
#define CORRELATION(text) BASE "title: Many\ncorrelation:\n" text

static const struct mistake mistakes[] = {
	{SOURCE DETECTION, "1: the rule has no title; add 'title:' with one line that says what a "
			   "match means\n"},
	{"title: A\n" DETECTION, "1: the rule has no logsource; add 'logsource:'"},
	{"title: A\n" SOURCE, "1: the rule has no detection; add 'detection:'"},
	{"title: A\n" SOURCE "detection:\n  s:\n    query: a.b\n",
	 "5: the detection has no condition; add 'condition:'"},
	{"title: A\nlogsource:\n  product: windows\n  category: dns_query\n" DETECTION,
	 "4: logsource: category 'dns_query' is not for nameserver logs"},
	{"title: A\nlevel: hi\n" SOURCE DETECTION,
	 "2: level: 'hi' is none; write informational, low, medium, high or critical\n"},
	{"title: A\nlevel: [low]\n" SOURCE DETECTION, "2: level: 'a list' is none"},
	{"title: [A]\n" SOURCE DETECTION, "1: title: a text expected, not a list\n"},
	{"title: A\ntags:\n  a: b\n" SOURCE DETECTION, "3: tags: a list of texts expected\n"},
	{"title: A\nid: x\n" SOURCE DETECTION "---\ntitle: B\nid: x\n" SOURCE DETECTION,
	 "11: id x is taken by \"A\" in /tmp/"},
	{"- a\n- b\n", "1: a rule is a map of title, logsource, detection\n"},
	{"title: A\n  bad: [\n", "2: not YAML: "},
	{CORRELATION(
		 "  type: event_sum\n  rules: base\n  timespan: 1h\n  condition:\n    gte: 3\n"),
	 "13: correlation type 'event_sum' is none that digtrail knows"},
	{CORRELATION("  type: event_count\n  timespan: 1h\n  condition:\n    gte: 3\n"),
	 "13: the correlation has no rules"},
	{CORRELATION("  type: event_count\n  rules: nobody\n  timespan: 1h\n  condition:\n"
		     "    gte: 3\n"),
	 "14: no rule has the name or id 'nobody'"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 1 hour\n  condition:\n"
		     "    gte: 3\n"),
	 "15: timespan '1 hour' is none; write a number and s, m, h or d"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 0m\n  condition:\n"
		     "    gte: 3\n"),
	 "15: timespan '0m' is none"},
	{CORRELATION("  type: event_count\n  rules: base\n  condition:\n    gte: 3\n"),
	 "13: timespan '(none)' is none"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 1h\n"),
	 "13: the correlation has no condition"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 1h\n  condition:\n"
		     "    gte: lots\n"),
	 "17: condition: gte: number expected\n"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 1h\n  condition:\n"
		     "    above: 3\n"),
	 "17: condition: unknown comparison 'above'; write gte, gt, lte, lt or eq\n"},
	{CORRELATION("  type: event_count\n  rules: base\n  timespan: 1h\n  condition:\n"
		     "    gt: 3\n    lt: 4\n"),
	 "17: condition: no number fulfils it\n"},
	{CORRELATION("  type: value_count\n  rules: base\n  timespan: 1h\n  condition:\n"
		     "    gte: 3\n"),
	 "17: value_count counts values of a field"},
	{CORRELATION("  type: event_count\n  rules: base\n  group-by: [sauce]\n  timespan: 1h\n"
		     "  condition:\n    gte: 3\n"),
	 "15: unknown field 'sauce'"},
};

Test(rule, tells_line_mistake_and_cure)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct rules rules;
		char text[1024];
		rules_open(&rules, mistakes[i].text, true);
		rules_mistakes(&rules, text, sizeof(text));
		cr_expect(strstr(text, mistakes[i].told) == text, "row %zu: %s", i, text);
		cr_expect(rules.ruleset.correlation_count == 0, "row %zu", i);
		rules_close(&rules);
	}
}

Test(rule, keeps_the_good_rules_beside_a_bad_one)
{
	struct rules rules;

	rules_open(&rules, "title: A\n" SOURCE "---\ntitle: B\n" SOURCE DETECTION, true);
	cr_assert(rules.ruleset.count == 1);
	cr_expect(rules.errors.count == 1 && rules.errors.notes == 0);
	cr_expect_str_eq(rules.ruleset.rules[0].title.p, "B");
	cr_expect(str_ends(rules.ruleset.rules[0].id, STR("rules.yml:5")), "%s",
		  rules.ruleset.rules[0].id.p);
	rules_close(&rules);
}

/* Shape and fields of a published rule: nothing of it has to be changed. */
Test(rule, loads_a_rule_of_another_tool_unchanged)
{
	struct rules rules;
	struct ask ask = {.query = "xyz.aaa.stage.1234.example.com", .type = "TXT"};
	char text[512];

	rules_open(&rules,
		   "title: Staging names\n"
		   "id: 2975af79-28c4-4d2f-a951-9095f229df29\n"
		   "status: stable\n"
		   "description: Text\n"
		   "references:\n    - https://example.com/\n"
		   "author: Somebody\n"
		   "date: 2018-05-10\n"
		   "modified: 2022-10-09\n"
		   "tags:\n    - attack.command-and-control\n    - attack.t1071.004\n"
		   "logsource:\n    category: dns\n"
		   "detection:\n"
		   "    selection1:\n        query|startswith:\n            - 'aaa.stage.'\n"
		   "            - 'post.1'\n"
		   "    selection2:\n        query|contains: '.stage.123'\n"
		   "        record_type: TXT\n"
		   "    condition: 1 of selection*\n"
		   "falsepositives:\n    - Unknown\n"
		   "level: critical\n",
		   true);
	cr_expect_str_eq(rules_mistakes(&rules, text, sizeof(text)), "");
	cr_assert(rules.ruleset.count == 1);
	const struct rule *rule = &rules.ruleset.rules[0];
	cr_expect(rule->level == LEVEL_CRITICAL && rule->tag_count == 2 && rule->needs_request);
	cr_expect(rule->reference_count == 1 && rule->falsepositive_count == 1);
	cr_expect(rules_ask(&rules, &ask) == 1);
	ask.type = "A";
	cr_expect(rules_ask(&rules, &ask) == 0);
	rules_close(&rules);
}

Test(rule, says_what_it_needs_of_a_log)
{
	struct rules rules;

	rules_open_detection(&rules,
			     "  s:\n    rcode: REFUSED\n    proto: udp\n    src_port: 53\n"
			     "  condition: s\n",
			     true);
	const struct rule *rule = &rules.ruleset.rules[0];
	cr_expect(rule->needs_rcode && rule->needs_flags && rule->needs_port);
	cr_expect(!rule->needs_action && !rule->needs_request && !rule->needs_line && !rule->never);
	rules_close(&rules);
	rules_open_detection(&rules, "  s:\n    answer: x\n  condition: s\n", true);
	cr_expect(rules.ruleset.rules[0].never);
	rules_close(&rules);
	rules_open_detection(&rules, "  s:\n    answer: x\n  condition: not s\n", true);
	cr_expect(!rules.ruleset.rules[0].never);
	rules_close(&rules);
}

Test(rule, reads_correlations_by_name_and_id)
{
	struct rules rules;
	char text[512];

	rules_open(&rules,
		   "title: First\nid: c1\ncorrelation:\n  type: value_count\n"
		   "  rules:\n    - base\n    - other-id\n"
		   "  group-by:\n    - src_ip\n    - zone\n"
		   "  timespan: 10m\n  condition:\n    field: query\n    gt: 9\n    lte: 50\n"
		   "---\n" BASE "title: Other\nid: other-id\n" SOURCE DETECTION
		   "---\ntitle: Second\nid: c2\ncorrelation:\n  type: temporal\n"
		   "  rules: [base-id, other-id]\n  timespan: 1d\n",
		   true);
	cr_expect_str_eq(rules_mistakes(&rules, text, sizeof(text)), "");
	cr_assert(rules.ruleset.count == 2 && rules.ruleset.correlation_count == 2);
	const struct correlation *first = &rules.ruleset.correlations[0];
	const struct correlation *second = &rules.ruleset.correlations[1];
	cr_expect(first->type == CORRELATION_VALUE_COUNT && first->timespan == 600000);
	cr_expect(first->rule_count == 2 && first->rules[0] == 0 && first->rules[1] == 1);
	cr_expect(first->group_count == 2 && str_eq(first->group_by[1], STR("zone")));
	cr_expect(str_eq(first->value_field, STR("query")));
	cr_expect(first->minimum == 10 && first->maximum == 50);
	cr_expect(second->type == CORRELATION_TEMPORAL && second->timespan == 86400000);
	cr_expect(second->minimum == 2 && second->maximum == UINT64_MAX);
	cr_expect_null(first->rule.body);
	rules_close(&rules);
}

Test(rule, is_silent_below_a_correlation_unless_told_otherwise)
{
	static const char correlation[] = CORRELATION(
		"  type: event_count\n  rules: base\n  timespan: 1h\n  condition:\n    gte: 3\n");
	char text[1024];
	struct rules rules;

	rules_open(&rules, correlation, true);
	cr_expect(rules.ruleset.rules[0].silent);
	rules_close(&rules);
	snprintf(text, sizeof(text), "%s  generate: true\n", correlation);
	rules_open(&rules, text, true);
	cr_expect(!rules.ruleset.rules[0].silent);
	rules_close(&rules);
	rules_open(&rules, "title: A\n" SOURCE DETECTION, true);
	cr_expect(!rules.ruleset.rules[0].silent);
	rules_close(&rules);
}

Test(rule, files_change_the_fingerprint)
{
	struct rules one, two;

	rules_open(&one, "title: A\n" SOURCE DETECTION, true);
	rules_open(&two, "title: B\n" SOURCE DETECTION, true);
	cr_expect(one.ruleset.fingerprint != two.ruleset.fingerprint);
	rules_close(&two);
	rules_open(&two, "title: A\n" SOURCE DETECTION, false);
	cr_expect(one.ruleset.fingerprint == two.ruleset.fingerprint);
	rules_close(&one);
	rules_close(&two);
}

Test(rule, a_path_that_is_not_there_is_an_error)
{
	struct ruleset ruleset;
	struct rule_errors errors = {0};
	struct err err;

	ruleset_init(&ruleset);
	cr_expect(ruleset_load(&ruleset, "/nonexistent", &errors, &err) == -1);
	cr_expect_str_eq(err.text, "/nonexistent: No such file or directory");
	ruleset_release(&ruleset);
}

Test(rule, tells_field_values_for_groups)
{
	struct record record;
	struct name name = {.text = STR("www.example.com"), .zone = STR("example.com")};
	char out[64];

	record_clear(&record);
	record.qname = STR("WWW.example.com");
	record.qtype = TYPE_AXFR;
	ip_parse(STR("192.0.2.1"), &record.client);
	struct str text =
		rule_field_value(&record, &name, STR("ns1"), STR("id.orig_h"), out, sizeof(out));
	cr_expect(str_eq(text, STR("192.0.2.1")));
	text = rule_field_value(&record, &name, STR("ns1"), STR("zone"), out, sizeof(out));
	cr_expect(str_eq(text, STR("example.com")));
	text = rule_field_value(&record, &name, STR("ns1"), STR("qtype"), out, 2);
	cr_expect(str_eq(text, STR("AX"))); /* cut to the room that is there */
	text = rule_field_value(&record, &name, STR("ns1"), STR("rcode"), out, sizeof(out));
	cr_expect(text.n == 0);
	text = rule_field_value(&record, &name, STR("ns1"), STR("nothing"), out, sizeof(out));
	cr_expect(text.n == 0);
}
