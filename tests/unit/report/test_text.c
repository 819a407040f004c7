#include <criterion/criterion.h>

#include "fixture.h"
#include "report/page.h"
#include "report/phrase.h"

#define GOLDEN "tests/unit/report/expected_text.txt"

static void
expect_inert(const char *text, const char *what)
{
	for (const char *p = text; *p; p++)
		cr_assert(*p == '\n' || (*p >= 0x20 && *p < 0x7f), "%s: byte %02x at %td", what,
			  (unsigned char)*p, p - text);
}

/* Columns of the longest line: colour takes none, a UTF-8 sequence one. */
static size_t
widest(const char *text)
{
	size_t width = 0, most = 0;

	for (const char *p = text; *p; p++) {
		if (*p == '\x1b') {
			p += strcspn(p, "m");
			continue;
		}
		width = *p == '\n' ? 0 : width + ((*p & 0xc0) != 0x80);
		if (width > most)
			most = width;
	}
	return most;
}

static void
expect_tidy(const char *text, const char *what)
{
	cr_expect_leq(widest(text), PAGE_WIDTH, "%s: %zu columns", what, widest(text));
	cr_expect_null(strstr(text, " \n"), "%s: a line ends in a blank", what);
	cr_expect_null(strstr(text, "\n\n\n"), "%s: two empty lines", what);
}

Test(text, busy_night_reads_as_it_always_did)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_busy(&fixture);
	char *text = fixture_print(&report_text, &fixture.summary, &options);
	char *expected = fixture_read(GOLDEN);
	expect_inert(text, "busy");
	expect_tidy(text, "busy");
	if (!expected || strcmp(text, expected) != 0) {
		FILE *out = fopen("/tmp/digtrail-actual_text.txt", "w");
		if (out) {
			fputs(text, out);
			fclose(out);
		}
	}
	cr_assert_not_null(expected, GOLDEN);
	cr_expect(strcmp(text, expected) == 0,
		  "diff -u " GOLDEN " /tmp/digtrail-actual_text.txt shows what changed");
	free(text);
	free(expected);
	fixture_release(&fixture);
}

Test(text, all_options_keep_to_80_columns)
{
	static void (*const makers[])(struct fixture * fixture) = {fixture_busy, fixture_calm,
								   fixture_empty};

	for (unsigned i = 0; i < 3 * 32; i++) {
		struct fixture fixture;
		struct report_options options = fixture_options();
		char what[32];
		makers[i / 32](&fixture);
		options.utf8 = i & 1;
		options.color = i & 2;
		options.verbose = i & 4;
		options.level = i & 8 ? LEVEL_CRITICAL : LEVEL_INFORMATIONAL;
		options.top = i & 16 ? 1 : 10;
		snprintf(what, sizeof(what), "row %u", i);
		char *text = fixture_print(&report_text, &fixture.summary, &options);
		expect_tidy(text, what);
		if (!options.utf8 && !options.color)
			expect_inert(text, what);
		if (makers[i / 32] == fixture_busy)
			cr_expect_eq(strchr(text, 0x1b) != NULL, options.color, "row %u", i);
		free(text);
		fixture_release(&fixture);
	}
}

static bool
prints(const struct fixture *fixture, const struct report_options *options, const char *part)
{
	char *text = fixture_print(&report_text, &fixture->summary, options);
	bool found = strstr(text, part) != NULL;

	free(text);
	return found;
}

Test(text, first_line_is_the_verdict)
{
	struct report_options options = fixture_options();
	struct fixture fixture;
	static const struct {
		void (*make)(struct fixture *fixture);
		const char *line;
	} rows[] = {
		{fixture_busy, "CRITICAL: zone internal.example (2,481 records) left to "
			       "203.0.113.17 on\n          2026-03-10.\n"},
		{fixture_calm, "Nothing above low in 147,483 requests from 1,290 sources.\n"},
		{fixture_empty, "Nothing to judge: no requests in 0 lines of 0 files.\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i].make(&fixture);
		char *text = fixture_print(&report_text, &fixture.summary, &options);
		cr_expect(strncmp(text, rows[i].line, strlen(rows[i].line)) == 0, "row %zu: %.160s",
			  i, text);
		free(text);
		fixture_release(&fixture);
	}
}

Test(text, verdict_names_only_the_zones_that_left)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	/* A sweep: three zones asked, one given; another only polled. */
	fixture_busy(&fixture);
	struct finding *finding = &fixture.findings.all[3];
	finding->level = LEVEL_CRITICAL;
	finding->outcome = OUTCOME_GRANTED;
	finding->transfers[1].outcome = OUTCOME_GRANTED;
	finding->transfers[2].outcome = OUTCOME_GRANTED;
	finding->transfers[2].style = TRANSFER_POLL;
	fixture.findings.all[0].suppressed_by = STR("allow");
	cr_expect(prints(&fixture, &options, "CRITICAL: zone example.net left to 203.0.113.18 on"));
	finding->transfers[0].outcome = OUTCOME_GRANTED;
	cr_expect(prints(&fixture, &options,
			 "CRITICAL: 2 zones (example.com and example.net) left to"));
	fixture_release(&fixture);
}

Test(text, findings_below_the_level_are_one_row_a_kind)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_busy(&fixture);
	cr_expect(prints(&fixture, &options, "LOW       Zone transfers refused"));
	cr_expect_not(prints(&fixture, &options, "Below low"));
	options.level = LEVEL_MEDIUM;
	cr_expect_not(prints(&fixture, &options, "LOW       Zone transfers refused"));
	cr_expect(prints(&fixture, &options, "Below medium"));
	cr_expect(prints(&fixture, &options,
			 "  chaos                        2 low   e.g. 192.0.2.200\n"));
	cr_expect(prints(&fixture, &options, "MEDIUM    Names of example.com"));
	options.level = LEVEL_CRITICAL;
	cr_expect_not(prints(&fixture, &options, "MEDIUM    Names of example.com"));
	cr_expect(prints(&fixture, &options, "Confirm these"), "whatever the level");
	fixture_release(&fixture);
}

Test(text, suppressed_findings_are_counted_and_never_headline)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_busy(&fixture);
	fixture.findings.all[0].suppressed_by = STR("allow");
	cr_expect_not(prints(&fixture, &options, "CRITICAL"));
	cr_expect(prints(&fixture, &options, "3 suppressed"));
	cr_expect(prints(&fixture, &options, "by allow"));
	fixture_release(&fixture);
}

Test(text, quiet_prints_only_what_needs_somebody)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	options.quiet = true;
	options.level = LEVEL_MEDIUM;
	fixture_calm(&fixture);
	cr_expect_not(prints(&fixture, &options, "Nothing"));
	options.level = LEVEL_LOW;
	cr_expect(prints(&fixture, &options, "Nothing above low"), "a low finding at level low");
	options.level = LEVEL_MEDIUM;
	fixture.summary.partial = true;
	cr_expect(prints(&fixture, &options, "PARTIAL:"));
	fixture.summary.partial = false;
	fixture.summary.files[0].complete = false;
	cr_expect(prints(&fixture, &options, "UNREAD:"));
	fixture.summary.files[0].complete = true;
	fixture.findings.all[0].level = LEVEL_MEDIUM;
	cr_expect(prints(&fixture, &options, "MEDIUM:"));
	fixture.findings.all[0].suppressed_by = STR("allow");
	cr_expect_not(prints(&fixture, &options, "Nothing"), "suppressed");
	fixture_release(&fixture);
}

Test(text, drift_is_told_above_one_percent)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_calm(&fixture);
	fixture.summary.coverage[0].lines = 10000;
	fixture.summary.coverage[0].unknown = 100;
	cr_expect_not(prints(&fixture, &options, "DRIFT:"));
	fixture.summary.coverage[0].unknown = 101;
	cr_expect(prints(&fixture, &options, "DRIFT:"));
	fixture_release(&fixture);
}

Test(text, times_at_the_ends_of_the_calendar_do_no_harm)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_busy(&fixture);
	fixture.summary.slots[0].start = INT64_MIN + 1;
	fixture.summary.slots[1].start = INT64_MAX;
	fixture.summary.slots[2].start = TIME_NONE;
	cr_expect(prints(&fixture, &options, "Timeline"));
	fixture.summary.slot_length = 0;
	cr_expect(prints(&fixture, &options, "Timeline"));
	fixture_release(&fixture);
}

Test(page, wraps_words_and_keeps_quotations_whole)
{
	static const struct {
		const char *text;
		size_t rows;
		const char *page;
	} rows[] = {
		{"one two", 0, "      one two\n"},
		{"one\ntwo", 0, "      one\n      two\n"},
		{"", 0, "\n"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", 0,
		 "      "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		 "      b\n"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 0,
		 "      "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		 "      b\n"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa `b cc dd` e", 0,
		 "      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		 "      `b cc dd` e\n"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbb",
		 1,
		 "      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ...\n"},
		{"\x1b[31m", 0, "      \\x1b[31m\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;
		size_t n = 0;
		struct page page;
		FILE *out = open_memstream(&text, &n);
		page_init(&page, out, false, false);
		page_wrap(&page, str_of(rows[i].text), 6, rows[i].rows);
		page_release(&page);
		fclose(out);
		cr_expect_str_eq(text, rows[i].page, "row %zu:\n%s", i, text);
		free(text);
	}
}

static void
say(struct buf *buf)
{
	buf_clear(buf);
	buf_add_text(buf, "");
}

Test(phrase, numbers_read_well)
{
	static const struct {
		uint64_t n;
		const char *count, *narrow, *bytes;
	} rows[] = {
		{0, "0", "0", "0 bytes"},
		{1, "1", "1", "1 byte"},
		{999, "999", "999", "999 bytes"},
		{1000, "1,000", "1,000", "1,000 bytes"},
		{147483, "147,483", "147k", "147,483 bytes"},
		{1234567, "1,234,567", "1,234k", "1.1 MiB"},
		{1073741824, "1,073,741,824", "1,073M", "1.0 GiB"},
		{UINT64_MAX, "18,446,744,073,709,551,615", "18E", "15.9 EiB"},
	};
	struct buf buf;

	buf_init(&buf, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		say(&buf);
		phrase_count(&buf, rows[i].n);
		cr_expect_str_eq(buf.p, rows[i].count, "row %zu", i);
		say(&buf);
		phrase_short_count(&buf, rows[i].n, 6);
		cr_expect_str_eq(buf.p, rows[i].narrow, "row %zu: %s", i, buf.p);
		say(&buf);
		phrase_bytes(&buf, rows[i].n);
		cr_expect_str_eq(buf.p, rows[i].bytes, "row %zu: %s", i, buf.p);
	}
	buf_release(&buf);
}

Test(phrase, values_have_two_decimals_at_most)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {{0, "0"},         {1188, "1,188"}, {0.984, "0.98"}, {0.5, "0.5"},
		    {-0.25, "-0.25"}, {0.05, "0.05"},  {1e300, "?"},    {-1.5, "-1.5"}};
	struct buf buf;

	buf_init(&buf, 100);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		say(&buf);
		phrase_value(&buf, rows[i].value);
		cr_expect_str_eq(buf.p, rows[i].text, "row %zu: %s", i, buf.p);
	}
	buf_release(&buf);
}

Test(phrase, shares_never_round_to_all_or_nothing)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} rows[] = {{0, 0, "-"},      {0, 10, "0%"},       {10, 10, "100%"},
		    {1, 1000, "<1%"}, {999, 1000, ">99%"}, {1, 3, "33%"}};
	struct buf buf;

	buf_init(&buf, 100);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		say(&buf);
		phrase_share(&buf, rows[i].part, rows[i].whole);
		cr_expect_str_eq(buf.p, rows[i].text, "row %zu: %s", i, buf.p);
	}
	buf_release(&buf);
}

Test(phrase, lists_say_how_many_they_leave_out)
{
	static const struct str names[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
	static const struct {
		size_t known;
		uint64_t count;
		size_t shown;
		const char *text;
	} rows[] = {{0, 0, 3, ""},
		    {1, 1, 3, "a"},
		    {2, 2, 3, "a and b"},
		    {3, 3, 3, "a, b and c"},
		    {4, 4, 3, "a, b, c and d"},
		    {4, 4, 2, "a, b and 2 more"},
		    {4, 9000, 2, "a, b and 8,998 more"},
		    {0, 7, 2, "7"}};
	struct buf buf;

	buf_init(&buf, 100);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		say(&buf);
		phrase_names(&buf, names, rows[i].known, rows[i].count, rows[i].shown);
		cr_expect_str_eq(buf.p, rows[i].text, "row %zu: %s", i, buf.p);
	}
	buf_release(&buf);
}

Test(phrase, long_names_keep_both_ends)
{
	struct buf buf;
	char name[1004];

	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 12, ".example.com", 12);
	buf_init(&buf, 100);
	phrase_name(&buf, str_make(name, sizeof(name)), 40);
	cr_expect_str_eq(buf.p, "aaaaaaaaaaaa...aaaaaaaaaaaaa.example.com");
	buf_release(&buf);
}
