#include <criterion/criterion.h>

#include "examples.h"

Test(record_unbound, every_form_of_the_grammar_fills_its_fields)
{
	examples_check(unbound_examples, unbound_example_count);
}

Test(record_unbound, what_breaks_a_known_form_is_malformed_with_its_reason)
{
	static const struct example rows[] = {
		{.line = "[7:0] query: 1.2.3.999 a.b. A IN",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_ADDRESS},
		{.line = "[7:0] info: 192.0.2.1 a/b. A IN",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_NAME,
		 .client = "192.0.2.1"},
		{.line = "[7:0] info: 192.0.2.1 a.b. NOTYPE IN NOERROR 0.000000 1 34",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TYPE,
		 .client = "192.0.2.1",
		 .qname = "a.b"},
		{.line = "[7:0] info: 192.0.2.1 a.b. A IN OOPS 0.000000 1 34",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_RCODE,
		 .client = "192.0.2.1",
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
		{.line = "[7:0] info: 192.0.2.1 a.b",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TRUNCATED,
		 .client = "192.0.2.1"},
		{.line = "[999999999999] unbound[7:0] info: 192.0.2.1 a.b. A IN",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TIME,
		 .client = "192.0.2.1",
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

Test(record_unbound, a_cut_reply_keeps_what_is_whole)
{
	static const struct example rows[] = {
		{.line = "[7:0] reply: 192.0.2.1 a.b. AAA",
		 .kind = RECORD_RESPONSE,
		 .client = "192.0.2.1",
		 .qname = "a.b"},
		{.line = "[7:0] info: 192.0.2.1 a.b. A IN ",
		 .kind = RECORD_RESPONSE,
		 .client = "192.0.2.1",
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
		{.line = "[7:0] info: 192.0.2.1 a.b. A IN RCODE1", /* RCODE15? */
		 .kind = RECORD_RESPONSE,
		 .client = "192.0.2.1",
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
		{.line = "[7:0] info: 192.0.2.1 a.b. A IN NXDOMAIN 0.0",
		 .kind = RECORD_RESPONSE,
		 .client = "192.0.2.1",
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN",
		 .rcode = "NXDOMAIN"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

Test(record_unbound, replies_tell_time_size_and_cache)
{
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	bench_parse(&bench, "[7:0] info: 192.0.2.1 a.b. A IN NOERROR 12.097209 1 47", &record);
	cr_expect_eq(record.seconds_us, 12097209);
	cr_expect_eq(record.size, 47);
	cr_expect_eq(record.cached, 1);
	cr_expect_eq(record.flags_known, 0, "Unbound tells no flag");
	bench_release(&bench);
}

Test(record_unbound, a_name_cut_by_the_server_needs_no_final_dot)
{
	struct bench bench;
	struct record record;
	char line[400];
	char name[256];

	memset(name, '?', 255);
	for (int i = 63; i < 255; i += 64)
		name[i] = '.';
	name[254] = '&';
	name[255] = '\0';
	bench_init(&bench, "UTC");
	snprintf(line, sizeof(line), "[7:0] info: 192.0.2.1 %s A IN", name);
	cr_expect_eq(bench_parse(&bench, line, &record), RECORD_QUERY);
	cr_expect_eq(record.qname.n, 255);
	bench_release(&bench);
}

Test(record_unbound, a_prefix_inside_foreign_text_is_none)
{
	static const char *const lines[] = {
		"1.2.3.4 - - [23/Nov/2026:17:08:53 +0000] \"GET / [1:0] info: 9.9.9.9 evil. A IN\"",
		"Nov 23 16:43:49 host app: said [1:0] info: 9.9.9.9 evil. A IN",
		"Nov 23 16:43:49 host app[5]: [7:0] info: 9.9.9.9 evil. A IN",
		"Nov 23 16:43:49 host app[5]: unbound[5:0] info: 9.9.9.9 evil. A IN",
		"said [1:0] info: 9.9.9.9 evil. A IN",
		"Nov 23 16:43:49 host named[5]: [5:0] info: 9.9.9.9 evil. A IN",
	};
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		cr_expect_eq(bench_parse(&bench, lines[i], &record), RECORD_UNKNOWN, "row %zu", i);
	bench_release(&bench);
}
