#include <criterion/criterion.h>

#include "examples.h"

#define C "client @0x7f5240182ea8 192.0.2.1#5 "

Test(record_bind, every_form_of_the_grammar_fills_its_fields)
{
	examples_check(bind_examples, bind_example_count);
}

Test(record_bind, what_breaks_a_known_form_is_malformed_with_its_reason)
{
	static const struct example rows[] = {
		{.line = "client 123.456.111.11#53: query: a.example IN A +",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_ADDRESS},
		{.line = C "(a..b): query: a..b IN A + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_NAME,
		 .client = "192.0.2.1",
		 .port = 5},
		{.line = C "(a\\99x.b): query: a\\99x.b IN A + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_NAME,
		 .client = "192.0.2.1",
		 .port = 5},
		{.line = "client 192.0.2.1#5: query: a\\256.b IN A + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_NAME,
		 .client = "192.0.2.1",
		 .port = 5},
		{.line = C "(a.b): query: a.b IN FOO + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TYPE,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .class_ = "IN"},
		{.line = C "(a.b): response: a.b IN A OOPS 0 0 0 + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_RCODE,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
		{.line = C "(a.b): query: a.b IN A ?? (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_SYNTAX,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN"},
		{.line = "31-Feb-2026 10:00:00.000 " C "(a.b): query: a.b IN A + (192.0.2.53)",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TIME,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
		{.line = C "(a.b",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TRUNCATED,
		 .client = "192.0.2.1",
		 .port = 5},
		{.line = C "(a.b): something that named never said",
		 .kind = RECORD_UNKNOWN,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

Test(record_bind, a_line_cut_behind_the_name_keeps_its_kind)
{
	static const struct example rows[] = {
		{.line = C "(a.b): query: a.b IN AAA", /* "AAAA" or not: nobody knows */
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .class_ = "IN"},
		{.line = C "(a.b): query: a.b IN A -E(0)",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN",
		 .flags = FLAG_EDNS,
		 .flags_known = FLAG_EDNS | FLAG_RD}, /* a T may have followed */
		{.line = C "(www.a.b): query: www.",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "www.a.b"},
		{.line = "client 192.0.2.1#5: query: www.a",
		 .kind = RECORD_MALFORMED,
		 .defect = DEFECT_TRUNCATED,
		 .client = "192.0.2.1",
		 .port = 5},
		{.line = C "(a.b): transfer of 'a.b/IN': AXFR started (serial 20",
		 .kind = RECORD_TRANSFER,
		 .action = ACTION_TRANSFER_STARTED,
		 .transfer = TRANSFER_AXFR,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "AXFR",
		 .class_ = "IN"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

Test(record_bind, names_that_look_like_syntax_are_names)
{
	static const struct example rows[] = {
		{.line = C "(2001:db8:111:2:12:): view view-jp: query: 2001:db8:111:2:12: IN AAAA "
			   "+E(0)T (192.0.2.53)",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "2001:db8:111:2:12:",
		 .type = "AAAA",
		 .class_ = "IN",
		 .view = "view-jp",
		 .server = "192.0.2.53"},
		{.line = C "(x'y/A/IN'\\032denied.other.org): query (cache) "
			   "'x'y/A/IN'\\032denied.other.org/TXT/IN' denied",
		 .kind = RECORD_DENIED,
		 .action = ACTION_CACHE_DENIED,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "x'y/A/IN'\\032denied.other.org",
		 .type = "TXT",
		 .class_ = "IN"},
		{.line = C "(a\\)\\:.b): view v: query: a\\)\\:.b IN A + (192.0.2.53)",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a\\)\\:.b",
		 .type = "A",
		 .class_ = "IN",
		 .view = "v",
		 .server = "192.0.2.53"},
		{.line = C "(query:): query: query: IN A + (192.0.2.53)",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "query:",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
		{.line = C "(client): query: client IN A + (192.0.2.53)",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "client",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
		{.line = C "(a/IN/AXFR): query failed (REFUSED) for a/IN/AXFR/IN/A at query.c:1",
		 .kind = RECORD_QUERY_ERROR,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a/IN/AXFR",
		 .type = "A",
		 .class_ = "IN",
		 .rcode = "REFUSED",
		 .reason = "REFUSED"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

Test(record_bind, view_names_that_look_like_syntax_are_view_names)
{
	static const struct example rows[] = {
		{.line = C
		 "(www.example.test): view my view: query: x: query: www.example.test IN A "
		 "+ (192.0.2.53)",
		 .view = "my view: query: x",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "www.example.test",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
		{.line = C
		 "(www.example.test): view a: b: query (cache) 'www.example.test/A/IN' denied",
		 .view = "a: b",
		 .kind = RECORD_DENIED,
		 .action = ACTION_CACHE_DENIED,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "www.example.test",
		 .type = "A",
		 .class_ = "IN"},
		{.line = "client 192.0.2.1#5: view in house: query: a.b IN A + (192.0.2.53)",
		 .view = "in house",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a.b",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
		/* A client cannot push the end of a real view name: the first fit wins. */
		{.line = C "(a:.b): view v: query: a:.b IN A + (192.0.2.53) view w: query: a:.b IN "
			   "A + (192.0.2.9)",
		 .view = "v",
		 .kind = RECORD_QUERY,
		 .client = "192.0.2.1",
		 .port = 5,
		 .qname = "a:.b",
		 .type = "A",
		 .class_ = "IN",
		 .server = "192.0.2.53"},
	};

	examples_check(rows, sizeof(rows) / sizeof(*rows));
}

/* 63 octets \ddd in each of three labels, 61 in the last: 255 octets, 1,003 characters. */
static size_t
longest_name(char *out, int last)
{
	char *p = out;

	for (int label = 0; label < 4; label++) {
		for (int i = 0; i < (label < 3 ? 63 : last); i++) {
			memcpy(p, "\\255", 4);
			p += 4;
		}
		if (label < 3)
			*p++ = '.';
	}
	*p = '\0';
	return (size_t)(p - out);
}

Test(record_bind, the_longest_name_is_read_and_a_longer_one_is_not)
{
	static char name[1100], line[4096];
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	for (int last = 60; last <= 62; last++) {
		for (int dot = 0; dot < 2; dot++) {
			size_t n = longest_name(name, last);
			cr_assert(last != 61 || n == 1003);
			if (dot)
				memcpy(name + n, ".", 2);
			snprintf(line, sizeof(line),
				 C "(%s): view v: query: %s IN A + (192.0.2.53)", name, name);
			enum record_kind kind = bench_parse(&bench, line, &record);
			cr_expect_eq(kind, last <= 61 ? RECORD_QUERY : RECORD_MALFORMED, "%d %d",
				     last, dot);
			cr_expect_eq(record.qname.n, last <= 61 ? n : 0);
		}
	}
	bench_release(&bench);
}

/* FORMATS.md 1.2: time, category and severity are switched apart, times have five forms. */
Test(record_bind, every_prefix_before_every_message_gives_the_same_record)
{
	static const char *const times[] = {
		"",
		"23-Nov-2026 16:38:00.839 ",
		"2026-11-23T16:38:00.839 ",
		"2026-11-23T16:38:00.839Z ",
		"2026-11-23T18:38:00.839+02:00 ", /* 9.21.2: from the grammar */
	};
	static const char *const categories[] = {"", "queries: "};
	static const char *const severities[] = {"", "info: ", "debug 1: "};
	static const char message[] =
		C "(a.b): view v: query: a.b IN MX -SE(0)TDC (192.0.2.53) [ECS 192.0.2.0/24/0]";
	struct bench bench;
	struct record record;
	char line[512], text[TIME_TEXT];

	bench_init(&bench, "UTC");
	for (size_t t = 0; t < 5; t++)
		for (size_t c = 0; c < 2; c++)
			for (size_t s = 0; s < 3; s++) {
				snprintf(line, sizeof(line), "%s%s%s%s", times[t], categories[c],
					 severities[s], message);
				cr_expect_eq(bench_parse(&bench, line, &record), RECORD_QUERY, "%s",
					     line);
				cr_expect(str_eq(record.qname, STR("a.b")), "%s", line);
				cr_expect(str_eq(record.view, STR("v")), "%s", line);
				cr_expect(str_eq(record.message, STR("query: a.b IN MX -SE(0)TDC "
								     "(192.0.2.53) [ECS "
								     "192.0.2.0/24/0]")),
					  "%.*s", STR_ARG(record.message));
				cr_expect_str_eq(timestamp_print(record.time, text),
						 t ? "2026-11-23T16:38:00.839Z" : "", "%s", line);
				cr_expect(record.has_ecs);
				cr_expect_eq(record.category.n, c ? 7 : 0);
			}
	bench_release(&bench);
}

Test(record_bind, counts_of_a_response_are_told)
{
	struct bench bench;
	struct record record;

	bench_init(&bench, "UTC");
	bench_parse(&bench, C "(a.b): response: a.b IN A NOERROR 3 1 0 + (192.0.2.53)", &record);
	cr_expect_eq(record.answers, 3);
	bench_parse(&bench, C "(a.b): query: a.b IN A + (192.0.2.53)", &record);
	cr_expect_eq(record.answers, -1);
	bench_release(&bench);
}
