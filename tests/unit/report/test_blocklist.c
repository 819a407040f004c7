#include <criterion/criterion.h>

#include "fixture.h"
#include "report/blocklist.h"

static struct ip
address(const char *text)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(text), &ip), "%s", text);
	return ip;
}

/* One finding each, about 192.0.2.N where N is the row; what becomes of the address. */
static const struct row {
	const char *what;
	enum level level;
	enum tristate spoofable;
	const char *role, *suppressed;
	bool internal, confirm, force, listed;
} rows[] = {
	{"proven", LEVEL_HIGH, TRI_NO, "", "", false, false, false, true},
	{"unproven", LEVEL_HIGH, TRI_YES, "", "", false, false, false, false},
	{"proof unknown", LEVEL_HIGH, TRI_UNKNOWN, "", "", false, false, false, false},
	{"unproven, forced", LEVEL_HIGH, TRI_YES, "", "", false, false, true, true},
	{"secondary, forced", LEVEL_HIGH, TRI_NO, "secondary", "", false, false, true, false},
	{"resolver, forced", LEVEL_HIGH, TRI_NO, "resolver", "", false, false, true, false},
	{"internal, forced", LEVEL_HIGH, TRI_NO, "", "", true, false, true, false},
	{"expected, forced", LEVEL_HIGH, TRI_NO, "", "allow", false, false, true, false},
	{"to confirm, forced", LEVEL_HIGH, TRI_NO, "", "", false, true, true, false},
	{"below the level", LEVEL_LOW, TRI_NO, "", "", false, false, true, false},
	{"at the level", LEVEL_MEDIUM, TRI_NO, "", "", false, false, false, true},
};

static void
fill(struct finding *finding, const struct row *row, struct ip *ip)
{
	finding->title = STR("names tried");
	finding->id = STR("0123456789ab");
	finding->level = row->level;
	finding->spoofable = row->spoofable;
	finding->role = str_of(row->role);
	finding->suppressed_by = str_of(row->suppressed);
	finding->internal = row->internal;
	finding->confirm = row->confirm;
	finding->addresses = ip;
	finding->address_count = 1;
}

Test(blocklist, holds_only_proven_actors_that_nobody_expects)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report_options options = {.level = LEVEL_MEDIUM,
						 .force_unproven = rows[i].force};
		struct ip ip = address("192.0.2.1");
		struct findings findings;
		struct blocklist list;

		findings_init(&findings);
		fill(findings_add(&findings), &rows[i], &ip);
		struct summary summary = {.findings = &findings, .last = 0};
		blocklist_make(&list, &summary, &options);
		cr_expect_eq(list.listed, rows[i].listed, "%s", rows[i].what);
		blocklist_release(&list);
		findings_release(&findings);
	}
}

/* An actor in one finding through whom others are seen in another, whatever their order. */
Test(blocklist, never_holds_those_that_others_are_seen_through)
{
	struct report_options options = {.level = LEVEL_MEDIUM, .force_unproven = true};

	for (int first = 0; first < 2; first++) {
		struct ip ip = address("192.0.2.1");
		struct findings findings;
		struct blocklist list;

		findings_init(&findings);
		findings_add(&findings);
		findings_add(&findings);
		fill(&findings.all[first], &rows[0], &ip);
		findings.all[!first].level = LEVEL_HIGH;
		findings.all[!first].contributors = &ip;
		findings.all[!first].contributor_count = 1;
		findings.all[!first].contributor_address_count = 1;
		struct summary summary = {.findings = &findings, .last = 0};
		blocklist_make(&list, &summary, &options);
		cr_assert_eq(list.count, 1);
		cr_expect_eq(list.listed, 0);
		cr_expect_str_eq(list.all[0].left_out, "others are seen through it");
		blocklist_release(&list);
		findings_release(&findings);
	}
}

Test(blocklist, ends_after_a_day_a_week_or_a_month)
{
	static const struct {
		enum level level;
		unsigned days;
	} ends[] = {{LEVEL_MEDIUM, 1}, {LEVEL_HIGH, 7}, {LEVEL_CRITICAL, 30}};
	struct report_options options = {.level = LEVEL_LOW};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct row row = rows[0];
		struct ip ip = address("2001:db8::1");
		struct findings findings;
		struct blocklist list;

		row.level = ends[i].level;
		findings_init(&findings);
		fill(findings_add(&findings), &row, &ip);
		struct summary summary = {.findings = &findings, .last = 86400000};
		blocklist_make(&list, &summary, &options);
		cr_assert_eq(list.listed, 1);
		cr_expect_eq(list.all[0].days, ends[i].days);
		cr_expect_eq(list.all[0].until, (int64_t)(ends[i].days + 1) * 86400000);
		blocklist_release(&list);
		findings_release(&findings);
	}
}

/* A comment ends where its line ends, and nowhere before, whatever a title holds. */
Test(blocklist, comments_hold_hostile_titles)
{
	static const struct report_format *const formats[] = {&report_addresses, &report_acl,
							      &report_unbound, &report_nftables};
	struct report_options options = {.level = LEVEL_LOW, .force_unproven = true};
	struct ip ip = address("192.0.2.1");
	struct findings findings;

	findings_init(&findings);
	fill(findings_add(&findings), &rows[0], &ip);
	findings.all[0].title = STR("a\n192.0.2.9\r; }; { \"*/ \\");
	struct summary summary = {.findings = &findings, .version = STR("1")};
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		char *text = fixture_print(formats[i], &summary, &options);
		cr_expect_not_null(
			strstr(text,
			       "a\\x0a192.0.2.9\\x0d\\x3b \\x7d\\x3b \\x7b \\x22\\x2a/ \\x5c"),
			"%s: %s", formats[i]->name, text);
		free(text);
	}
	findings_release(&findings);
}
