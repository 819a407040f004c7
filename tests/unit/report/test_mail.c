#include <criterion/criterion.h>

#include <stdlib.h>

#include "fixture.h"
#include "report/check.h"
#include "report/escape.h"

static char *
print(const struct fixture *fixture, bool quiet, enum level level)
{
	struct report_options options = fixture_options();

	options.quiet = quiet;
	options.level = level;
	options.full_report = "/var/lib/digtrail/report.html";
	return fixture_print(&report_mail, &fixture->summary, &options);
}

/* Of every line: at most 80 columns of printable ASCII; at most 40 lines. */
static void
check_page(const char *text)
{
	size_t lines = 0;

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		lines++;
		cr_expect_leq(strcspn(line, "\n"), 80, "%.90s", line);
	}
	cr_expect_leq(lines, 40);
	for (const char *c = text; *c; c++)
		cr_expect(*c == '\n' || (*c >= ' ' && *c <= '~'), "byte %02x", (unsigned char)*c);
}

Test(mail, the_worst_night_fits_on_a_page)
{
	struct fixture fixture;
	struct summary_night night;
	struct quiet quiet[20];

	fixture_busy(&fixture);
	for (size_t i = 0; i < 20; i++)
		quiet[i] = (struct quiet){.server = str_of(fixture_hostile),
					  .category = STR("query"),
					  .last = 1773100800000};
	night = (struct summary_night){.quiet = quiet, .quiet_count = 20};
	fixture.summary.night = &night;
	/* Many of every level and of many kinds. */
	static const char *const kinds[] = {"any",       "chaos",     "transfer",  "rule",
					    "tld-sweep", "srv-sweep", "ptr-sweep", "permutation"};
	static struct finding many[200];
	struct findings old = fixture.findings;
	fixture.findings.all = many;
	fixture.findings.count = 200;
	for (size_t i = 0; i < 200; i++) {
		struct finding *finding = &many[i];
		finding->first_seen = i % 3 ? (int64_t)i * 86400000 : TIME_NONE;
		finding->id = STR("0123456789ab");
		finding->kind = str_of(kinds[i % 8]);
		finding->title = str_of(fixture_hostile);
		finding->level = (enum level)(i % LEVELS);
	}
	static struct rule_note notes[30];
	for (size_t i = 0; i < 30; i++)
		notes[i] = (struct rule_note){STR("allow.yml:1"), STR("allow entry ends soon"),
					      .ends_soon = true};
	fixture.summary.notes = notes;
	fixture.summary.note_count = 30;
	char *text = print(&fixture, true, LEVEL_MEDIUM);
	check_page(text);
	cr_expect(strncmp(text, "Subject: digtrail: CRITICAL ", 28) == 0, "%.60s", text);
	cr_expect(strstr(text, "suppressed: "));
	cr_expect(strstr(text, "Full report: /var/lib/digtrail/report.html\n"));
	cr_expect(strstr(text, "and 28 more allow entries that end soon"));
	free(text);
	fixture.findings = old;
	fixture_release(&fixture);
}

Test(mail, quiet_says_nothing_where_nothing_is_new)
{
	struct fixture fixture;

	fixture_calm(&fixture);
	char *text = print(&fixture, true, LEVEL_MEDIUM);
	cr_expect_str_eq(text, "", "a low finding is no reason for a mail");
	free(text);
	text = print(&fixture, false, LEVEL_MEDIUM);
	cr_expect(strncmp(text, "Subject: digtrail: nothing new\n", 31) == 0, "%s", text);
	free(text);
	text = print(&fixture, true, LEVEL_LOW);
	cr_expect(strncmp(text, "Subject: digtrail: LOW ", 23) == 0, "%s", text);
	free(text);
	fixture_release(&fixture);
}

Test(mail, what_was_told_or_acknowledged_is_not_told_again)
{
	static const enum finding_status silent[] = {STATUS_CONTINUING, STATUS_ENDED,
						     STATUS_HISTORY};
	struct fixture fixture;
	size_t first = 0;

	fixture_calm(&fixture);
	struct finding *finding = &fixture.findings.all[0];
	finding->level = LEVEL_HIGH;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		finding->status = silent[i];
		char *text = print(&fixture, true, LEVEL_MEDIUM);
		cr_expect_str_eq(text, "", "%s", finding_status_names[silent[i]]);
		free(text);
	}
	finding->status = STATUS_ESCALATED;
	char *text = print(&fixture, true, LEVEL_MEDIUM);
	cr_expect(strstr(text, "worse, since"), "%s", text);
	free(text);
	struct told_night told = {.acknowledged = &first, .acknowledged_count = 1};
	struct summary_night night = {.told = &told};
	fixture.summary.night = &night;
	text = print(&fixture, true, LEVEL_MEDIUM);
	cr_expect_str_eq(text, "");
	free(text);
	fixture_release(&fixture);
}

Test(mail, a_log_that_went_quiet_is_a_reason)
{
	static const struct quiet quiet[] = {
		{.server = {"ns1", 3}, .vanished = true, .last = TIME_NONE},
		{.server = {"ns2.example.com", 15}, .category = {"transfer", 8}, .last = 0},
	};
	struct summary_night night = {.quiet = quiet, .quiet_count = 2};
	struct fixture fixture;

	fixture_calm(&fixture);
	fixture.summary.night = &night;
	char *text = print(&fixture, true, LEVEL_MEDIUM);
	cr_expect(strncmp(text, "Subject: digtrail: 2 logs have gone quiet\n", 42) == 0, "%s",
		  text);
	cr_expect(strstr(text, "QUIET  ns1: no log of it\n"), "%s", text);
	cr_expect(strstr(text, "QUIET  ns2[.]example[.]com: no line of transfer since 1970-01-01"),
		  "%s", text);
	free(text);
	fixture_release(&fixture);
}

Test(mail, that_all_is_well_comes_when_it_is_due)
{
	struct summary_night night = {
		.alive = {.nights = 7, .requests = 1234567, .since = 1773100800000}};
	struct fixture fixture;

	fixture_calm(&fixture);
	fixture.summary.night = &night;
	char *text = print(&fixture, true, LEVEL_CRITICAL);
	cr_expect_str_eq(text, "");
	free(text);
	night.alive.is_due = true;
	text = print(&fixture, true, LEVEL_CRITICAL);
	cr_expect(strncmp(text, "Subject: digtrail: still alive, nothing new\n", 44) == 0, "%s",
		  text);
	cr_expect(strstr(text,
			 "\nStill alive: 7 nights, 1,234,567 requests since 2026-03-10 00:00:00\n"),
		  "%s", text);
	free(text);
	/* What is new has the subject. */
	text = print(&fixture, true, LEVEL_INFORMATIONAL);
	cr_expect(!strstr(text, "nothing new") && strstr(text, "Still alive: 7 nights"), "%s",
		  text);
	free(text);
	fixture_release(&fixture);
}

Test(mail, names_are_no_links)
{
	static const struct {
		const char *text, *safe;
	} rows[] = {
		{"www.example.com", "www[.]example[.]com"},
		{"of example.com. Then", "of example[.]com. Then"},
		{"192.0.2.1, 198.51.100.0/24 0.5", "192.0.2.1, 198.51.100.0/24 0.5"},
		{"2001:db8::1", "2001:db8::1"},
		{"http://evil.example/x.php", "http[:]//evil[.]example/x[.]php"},
		{"me@example.com", "me[at]example[.]com"},
		{"1.2.0.192.in-addr.arpa", "1[.]2[.]0[.]192[.]in-addr[.]arpa"},
		{"a  b ", "a  b "},
		{"", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;

		buf_init(&out, 1024);
		buf_add_text(&out, "");
		cr_expect(escape_links(&out, str_of(rows[i].text)), "row %zu", i);
		cr_expect(str_eq(buf_str(&out), str_of(rows[i].safe)), "row %zu: %.*s", i,
			  STR_ARG(buf_str(&out)));
		buf_release(&out);
	}
}

Test(check, the_line_and_the_status_agree)
{
	static const struct {
		enum level found, level;
		bool troubled;
		enum check_status status;
		const char *word;
	} rows[] = {
		{LEVEL_LOW, LEVEL_MEDIUM, false, CHECK_OK, "OK"},
		{LEVEL_LOW, LEVEL_MEDIUM, true, CHECK_UNKNOWN, "UNKNOWN"},
		{LEVEL_LOW, LEVEL_LOW, false, CHECK_WARNING, "WARNING"},
		{LEVEL_MEDIUM, LEVEL_MEDIUM, false, CHECK_WARNING, "WARNING"},
		{LEVEL_MEDIUM, LEVEL_MEDIUM, true, CHECK_UNKNOWN, "UNKNOWN"},
		{LEVEL_HIGH, LEVEL_MEDIUM, false, CHECK_CRITICAL, "CRITICAL"},
		{LEVEL_HIGH, LEVEL_MEDIUM, true, CHECK_CRITICAL, "CRITICAL"},
		{LEVEL_HIGH, LEVEL_CRITICAL, false, CHECK_OK, "OK"},
		{LEVEL_CRITICAL, LEVEL_CRITICAL, false, CHECK_CRITICAL, "CRITICAL"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report_options options = fixture_options();
		struct fixture fixture;
		char word[40];

		fixture_calm(&fixture);
		fixture.findings.all[0].level = rows[i].found;
		fixture.findings.all[0].title = STR("a | b\nc");
		options.level = rows[i].level;
		options.troubled = rows[i].troubled;
		cr_expect_eq(check_status(&fixture.summary, &options), rows[i].status, "row %zu",
			     i);
		char *text = fixture_print(&report_check, &fixture.summary, &options);
		snprintf(word, sizeof(word), "DIGTRAIL %s - ", rows[i].word);
		cr_expect(strncmp(text, word, strlen(word)) == 0, "row %zu: %s", i, text);
		cr_expect_eq(strchr(text, '|'), strrchr(text, '|'), "row %zu: %s", i, text);
		cr_expect_eq(strchr(text, '\n') + 1, text + strlen(text), "row %zu", i);
		free(text);
		fixture_release(&fixture);
	}
}
