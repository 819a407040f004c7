#include <criterion/criterion.h>

#include "fixture.h"
#include "report/escape.h"

static char *
csv_of(struct str s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	escape_csv(out, s);
	fclose(out);
	return text;
}

/* RFC 4180; no field begins a formula; no byte that a terminal would obey. */
Test(watchlist, a_field_is_quoted_and_never_a_formula)
{
	static const struct {
		struct str in;
		const char *out;
	} rows[] = {
		{{"", 0}, ""},
		{{"vpn.example.com", 15}, "vpn.example.com"},
		{{"a,b", 3}, "\"a,b\""},
		{{"a\"b", 3}, "\"a\"\"b\""},
		{{"=1+1", 4}, "'=1+1"},
		{{"+1", 2}, "'+1"},
		{{"-x.example", 10}, "'-x.example"},
		{{"@SUM(1)", 7}, "'@SUM(1)"},
		{{"=a,\"b", 5}, "\"'=a,\"\"b\""},
		{{"'x", 2}, "''x"},
		{{"a=b", 3}, "a=b"},
		{{"a\r\nb", 4}, "a\\x0d\\x0ab"},
		{{"\t=1", 3}, "\\x09=1"},
		{{"\0=1", 3}, "\\x00=1"},
		{{"\x1b[31m", 5}, "\\x1b[31m"},
		{{"\xe2\x80\xae", 3}, "\\xe2\\x80\\xae"},
		{{"\\x1b", 4}, "\\x5cx1b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = csv_of(rows[i].in);
		cr_expect_str_eq(text, rows[i].out, "row %zu: %s", i, text);
		free(text);
	}
}

/* Findings of every sort, and what a watch list makes of them. */
static void
add_findings(struct findings *findings)
{
	static struct str zones[] = {{"example.com", 11}, {"dev.example.com", 15}};
	static struct str answered[] = {{"www.example.com", 15},
					{"api.dev.example.com", 19},
					{"=vpn.dev.example.com", 20},
					{"elsewhere.example", 17}};
	static struct ip addresses[2];
	static struct transfer transfers[] = {
		{.zone = {"example.com", 11}, .outcome = OUTCOME_REFUSED},
		{.zone = {"dev.example.com", 15}, .outcome = OUTCOME_GRANTED}};

	ip_parse(STR("192.0.2.1"), &addresses[0]);
	ip_parse(STR("2001:db8::1"), &addresses[1]);
	findings_init(findings);
	for (int i = 0; i < 7; i++) {
		struct finding *finding = findings_add(findings);
		finding->kind = STR("brute-force");
		finding->level = LEVEL_HIGH;
		finding->addresses = addresses;
		finding->address_count = 1;
		finding->zones = zones;
		finding->zone_count = finding->zone_list_count = 2;
		finding->first_seen = 1773100800000;
		finding->last_seen = 1773100860500;
	}
	struct finding *all = findings->all;
	all[0].answered = answered;
	all[0].answered_count = 4;
	all[1].address_count = 2;
	all[1].zone_list_count = 1;
	all[2].address_count = 0; /* behind resolvers */
	all[2].contributors = addresses;
	all[2].contributor_count = all[2].contributor_address_count = 2;
	all[2].zone_list_count = 1;
	all[2].first_seen = all[2].last_seen = TIME_NONE;
	all[3].kind = STR("transfer");
	all[3].outcome = OUTCOME_GRANTED;
	all[3].transfers = transfers;
	all[3].transfer_count = 2;
	all[4].suppressed_by = STR("allow");
	all[5].level = LEVEL_INFORMATIONAL;
	all[6].confirm = true;
}

Test(watchlist, a_row_for_each_actor_and_name_with_ways_in_first)
{
	static const char expected[] =
		"actor,first_seen,last_seen,kind,level,zone,name\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		"dev.example.com,'=vpn.dev.example.com\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		"example.com,www.example.com\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		"dev.example.com,api.dev.example.com\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		",elsewhere.example\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		"example.com,\r\n"
		"2001:db8::1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,brute-force,high,"
		"example.com,\r\n"
		",,,brute-force,high,example.com,\r\n"
		"192.0.2.1,2026-03-10T00:00:00.000Z,2026-03-10T00:01:00.500Z,transfer,high,"
		"dev.example.com,\r\n";
	struct report_options options = fixture_options();
	struct findings findings;

	add_findings(&findings);
	struct summary summary = {.findings = &findings};
	char *text = fixture_print(&report_watchlist, &summary, &options);
	cr_expect_str_eq(text, expected, "%s", text);
	free(text);
	findings_release(&findings);
}

Test(watchlist, a_hostile_night_is_no_more_than_seven_fields_a_row)
{
	struct report_options options = fixture_options();
	struct fixture fixture;

	fixture_busy(&fixture);
	char *text = fixture_print(&report_watchlist, &fixture.summary, &options);
	size_t fields = 1, rows = 0;
	bool quoted = false;
	for (const char *p = text; *p; p++) {
		quoted ^= *p == '"';
		fields += *p == ',' && !quoted;
		cr_assert(*p == '\r' || *p == '\n' || (*p >= 0x20 && *p < 0x7f), "byte %02x",
			  (unsigned char)*p);
		if (*p != '\n' || quoted)
			continue;
		cr_expect_eq(fields, 7, "row %zu", rows);
		fields = 1;
		rows++;
	}
	cr_expect_gt(rows, 1);
	free(text);
	fixture_release(&fixture);
}

Test(watchlist, its_ending_is_its_own)
{
	cr_expect_eq(report_by_path("night.watchlist.csv"), &report_watchlist);
	cr_expect_neq(report_by_path("findings.csv"), &report_watchlist);
}
