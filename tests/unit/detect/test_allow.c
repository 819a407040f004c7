#include <criterion/criterion.h>

#include "../tally/harness.h"
#include "detect/allow.h"

/* The parts of an entry that a test does not look at. */
#define REST "  reason: yearly test\n  until: 2026-04-30\n"

static void
read_text(struct allow_list *list, const char *text)
{
	*list = (struct allow_list){0};
	allow_read(list, str_of(text), "allow.yml");
}

static int64_t
time_of(const char *text)
{
	int64_t time = TIME_NONE;

	cr_assert(timestamp_parse(str_of(text), &time), "%s", text);
	return time;
}

Test(allow, an_entry_says_what_it_covers_why_and_until_when)
{
	struct allow_list list;

	read_text(&list, "# expected\n"
			 "- kind: brute-force\n"
			 "  zone: Example.COM.\n"
			 "  actor: 192.0.2.0/24\n"
			 "  reason: ' yearly test '\n"
			 "  until: 2026-04-30\n"
			 "- actor: key:xfer-key.\n"
			 "  kind: any\n"
			 "  zone: \"*\"\n"
			 "  reason: r\n"
			 "  until: 2026-04-30T12:00:00+02:00\n");
	cr_assert_eq(list.error_count, 0, "%s", list.error_count ? list.errors[0].text : "");
	cr_assert_eq(list.count, 2);
	const struct allow_entry *first = &list.all[0], *second = &list.all[1];
	cr_expect(str_eq(first->file, STR("allow.yml")));
	cr_expect_eq(first->line, 2);
	cr_expect(str_eq(first->kind, STR("brute-force")));
	cr_expect(str_eq(first->zone, STR("example.com")));
	cr_expect(str_eq(first->reason, STR("yearly test")));
	cr_expect(first->has_prefix);
	cr_expect_eq(first->prefix.bits, 120);
	cr_expect_eq(first->until, time_of("2026-05-01"), "the whole day counts");
	cr_expect_eq(second->line, 7);
	cr_expect_eq(second->kind.n + second->zone.n, 0);
	cr_expect_not(second->has_prefix);
	cr_expect(str_eq(second->key, STR("xfer-key")));
	cr_expect_eq(second->until, time_of("2026-04-30T10:00:00Z"));
	allow_release(&list);
}

Test(allow, nothing_is_no_mistake)
{
	static const char *const texts[] = {"", "# nothing\n", "[]\n", "allow:\n", "allow: []\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct allow_list list;

		read_text(&list, texts[i]);
		cr_expect_eq(list.count, 0, "row %zu", i);
		cr_expect_eq(list.error_count, 0, "row %zu: %s", i,
			     list.error_count ? list.errors[0].text : "");
		allow_release(&list);
	}
}

Test(allow, entries_may_stand_below_a_key)
{
	struct allow_list list;

	read_text(&list, "allow:\n- kind: any\n  zone: example.com\n" REST);
	cr_expect_eq(list.error_count, 0);
	cr_assert_eq(list.count, 1);
	cr_expect_eq(list.all[0].line, 2);
	allow_release(&list);
}

/* What is wrong stands with its line, and the entry it is in suppresses nothing. */
Test(allow, mistakes_are_named_by_line_and_their_entry_is_left_out)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *message;
	} rows[] = {
		{"- actor: 0.0.0.0/0\n" REST, 1, "too wide"},
		{"- kind: any\n  actor: 10.0.0.0/7\n" REST, 2, "too wide"},
		{"- actor: ::/0\n" REST, 1, "too wide"},
		{"- actor: 2000::/15\n" REST, 1, "too wide"},
		{"- actor: ::/15\n" REST, 1, "too wide"},
		{"- actor: ::ffff:0:0/96\n" REST, 1, "no address or network"},
		{"- actor: \"*\"\n" REST, 1, "everything"},
		{"- kind: any\n  zone: \"*\"\n  actor: any\n" REST, 1, "everything"},
		{"-\n" REST, 2, "everything"},
		{"- actor: 192.0.2.1/24\n" REST, 1, "no address or network"},
		{"- actor: \"key:\"\n" REST, 1, "no address or network"},
		{"- kind: brute\n" REST, 1, "no kind of finding"},
		{"- zone: a..b\n" REST, 1, "no name"},
		{"- kind: any\n  actors: 192.0.2.1\n" REST, 2, "none of kind"},
		{"- kind: [any]\n" REST, 1, "a text expected, not a list"},
		{"- kind:\n" REST, 1, "no value"},
		{"- kind: any\n  zone: example.com\n  until: 2026-04-30\n", 1, "no reason"},
		{"- zone: example.com\n  reason: ''\n  until: 2026-04-30\n", 2, "empty"},
		{"- zone: example.com\n  reason: r\n", 1, "never ends"},
		{"- zone: example.com\n  reason: r\n  until: tomorrow\n", 3, "no date"},
		{"- zone: example.com\n  reason: r\n  until: 2026-02-30\n", 3, "no date"},
		{"- zone: example.com\n  reason: r\n  until: 2026-04-30T12:00:00\n", 3, "no date"},
		{"kind: any\n", 1, "a list of entries expected"},
		{"- any\n", 1, "a map"},
		{"- kind: any\n  kind: any\n", 2, "kind"},
		{"- kind: *\n", 1, "not YAML"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct allow_list list;

		read_text(&list, rows[i].text);
		cr_expect_eq(list.count, 0, "row %zu", i);
		cr_assert_gt(list.error_count, 0, "row %zu", i);
		cr_expect_eq(list.errors[0].line, rows[i].line, "row %zu: line %u", i,
			     list.errors[0].line);
		cr_expect(strstr(list.errors[0].text, rows[i].message), "row %zu: %s", i,
			  list.errors[0].text);
		allow_release(&list);
	}
}

Test(allow, one_mistake_leaves_the_other_entries_in)
{
	struct allow_list list;

	read_text(&list, "- actor: 0.0.0.0/0\n" REST "- zone: example.com\n" REST
			 "- zone: example.net\n  reason: r\n");
	cr_assert_eq(list.count, 1);
	cr_expect(str_eq(list.all[0].zone, STR("example.com")));
	cr_expect_eq(list.error_count, 2);
	allow_release(&list);
}

Test(allow, a_missing_file_is_an_error)
{
	struct allow_list list = {0};
	struct err err;

	cr_expect_eq(allow_load(&list, "/nonexistent/allow.yml", &err), -1);
	cr_expect(strstr(err.text, "/nonexistent/allow.yml"), "%s", err.text);
	allow_release(&list);
}

Test(allow, expiry_is_compared_with_the_end_of_the_log)
{
	static const struct {
		const char *now;
		enum allow_state state;
	} rows[] = {
		{NULL, ALLOW_UNDATED},           {"2026-04-16", ALLOW_IN_FORCE},
		{"2026-04-17", ALLOW_ENDS_SOON}, {"2026-04-30T23:59:59.999Z", ALLOW_ENDS_SOON},
		{"2026-05-01", ALLOW_EXPIRED},   {"2027-01-01", ALLOW_EXPIRED},
	};
	struct allow_list list;

	read_text(&list, "- zone: example.com\n" REST);
	cr_assert_eq(list.count, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t now = rows[i].now ? time_of(rows[i].now) : TIME_NONE;
		cr_expect_eq(allow_state(&list.all[0], now), rows[i].state, "row %zu", i);
	}
	allow_release(&list);
}

/* A finding of two zones by two addresses, and what an entry must say to cover it. */
Test(allow, an_entry_covers_a_finding_only_as_a_whole)
{
	static const struct {
		const char *entry;
		bool one, both, campaign, hidden;
	} rows[] = {
		{"kind: brute-force", true, true, true, true},
		{"kind: chaos", false, false, false, false},
		{"zone: example.com", true, false, true, false},
		{"zone: com", false, false, false, false},
		{"zone: www.example.com", false, false, false, false},
		{"actor: 192.0.2.1", true, false, false, false},
		{"actor: 192.0.2.0/24", true, true, true, false},
		{"actor: 192.0.2.0/25", true, true, false, false},
		{"actor: 192.0.0.0/16", true, true, true, false},
		{"actor: 2001:db8::/32", false, false, false, false},
		{"actor: \"key:k\"", false, false, false, false},
	};
	struct str zones[] = {STR("example.com"), STR("example.net")};
	struct ip addresses[2];
	struct finding one = {.kind = STR("brute-force"),
			      .addresses = addresses,
			      .address_count = 1,
			      .zones = zones,
			      .zone_list_count = 1,
			      .zone_count = 1};
	struct finding both = one, campaign = one, hidden = one;

	cr_assert(ip_parse(STR("192.0.2.1"), &addresses[0]));
	cr_assert(ip_parse(STR("192.0.2.2"), &addresses[1]));
	both.address_count = both.zone_list_count = both.zone_count = 2;
	campaign.address_count = 0;
	campaign.has_prefix = true;
	campaign.prefix = ip_prefix(&addresses[0], 24, 48);
	campaign.contributors = addresses;
	campaign.contributor_count = campaign.contributor_address_count = 2;
	/* Zones and sources that are only counted may be any. */
	hidden.address_count = 0;
	hidden.contributors = addresses;
	hidden.contributor_count = 3;
	hidden.contributor_address_count = 2;
	hidden.zone_count = 2;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		struct allow_list list;

		snprintf(text, sizeof(text), "- %s\n" REST, rows[i].entry);
		read_text(&list, text);
		cr_assert_eq(list.count, 1, "row %zu", i);
		cr_expect_eq(allow_covers(&list.all[0], &one), rows[i].one, "row %zu", i);
		cr_expect_eq(allow_covers(&list.all[0], &both), rows[i].both, "row %zu", i);
		cr_expect_eq(allow_covers(&list.all[0], &campaign), rows[i].campaign, "row %zu", i);
		cr_expect_eq(allow_covers(&list.all[0], &hidden), rows[i].hidden, "row %zu", i);
		allow_release(&list);
	}
}

Test(allow, a_key_covers_transfers_that_are_all_signed_with_it)
{
	struct transfer transfers[] = {
		{.key = STR("XFER.")}, {.key = STR("xfer")}, {.key = STR("")}};
	struct finding finding = {.kind = STR("transfer"), .transfers = transfers};
	struct allow_list list;

	read_text(&list, "- actor: key:xfer\n" REST);
	cr_assert_eq(list.count, 1);
	cr_expect_not(allow_covers(&list.all[0], &finding), "no transfer");
	finding.transfer_count = 2;
	cr_expect(allow_covers(&list.all[0], &finding));
	finding.transfer_count = 3;
	cr_expect_not(allow_covers(&list.all[0], &finding), "one is not signed");
	allow_release(&list);
}

/* A scan by one source over an hour, read with settings; the findings of that source. */
struct night {
	struct harness harness;
	struct tally tally;
	struct harness_log log;
	struct findings findings;
};

static void
night_init(struct night *night)
{
	static const char *const words[] = {"www",   "mail", "vpn",   "ftp",  "dev",  "test",
					    "admin", "api",  "stage", "beta", "shop", "blog"};

	*night = (struct night){.log = {0}};
	harness_init(&night->harness);
	tally_init(&night->tally, &night->harness.settings);
	for (int i = 0; i < 240; i++)
		harness_log_add(&night->log, 0,
				"10-Mar-2026 02:%02d:%02d.000 queries: info: client @0x7f "
				"203.0.113.9#%d (%s%d.example.com): query: %s%d.example.com IN A "
				"+E(0) (192.0.2.53)",
				i / 60, i % 60, 2000 + i, words[i % 12], i / 12, words[i % 12],
				i / 12);
	harness_add(&night->harness, &night->tally, &night->log, NULL);
	tally_settle(&night->tally);
}

static const struct finding *
night_finding(struct night *night)
{
	const struct finding *found = NULL;

	findings_release(&night->findings);
	findings_init(&night->findings);
	detect_run(
		&(struct detect_input){.tally = &night->tally, .settings = &night->harness.detect},
		&night->findings);
	for (size_t i = 0; i < night->findings.count; i++)
		if (str_eq(night->findings.all[i].kind, STR("brute-force")))
			found = &night->findings.all[i];
	cr_assert_not_null(found);
	return found;
}

static void
night_release(struct night *night)
{
	findings_release(&night->findings);
	tally_release(&night->tally);
	harness_log_release(&night->log);
	harness_release(&night->harness);
}

Test(allow, what_is_expected_is_suppressed_and_stays)
{
	static const struct {
		const char *entry, *until;
		bool suppressed;
	} rows[] = {
		{"actor: 203.0.113.9", "2026-03-31", true},
		{"actor: 203.0.113.9", "2026-03-10T03:00:00Z", true},
		{"actor: 203.0.113.9", "2026-03-10T02:00:00Z", false},
		{"actor: 203.0.113.9", "2026-03-09", false},
		{"actor: 203.0.113.10", "2026-03-31", false},
		{"kind: brute-force", "2026-03-31", true},
		{"kind: slow-enumeration", "2026-03-31", false},
		{"zone: example.com", "2026-03-31", true},
		{"zone: example.org", "2026-03-31", false},
	};
	struct night night;

	night_init(&night);
	size_t unsuppressed = night_finding(&night)->level;
	size_t count = night.findings.count;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		struct allow_list list;

		snprintf(text, sizeof(text), "\n- %s\n  reason: test 4711\n  until: %s\n",
			 rows[i].entry, rows[i].until);
		read_text(&list, text);
		cr_assert_eq(list.count, 1, "row %zu", i);
		night.harness.detect.allow = &list;
		const struct finding *finding = night_finding(&night);
		cr_expect_eq(night.findings.count, count, "row %zu", i);
		cr_expect_eq(finding->level, unsuppressed, "row %zu", i);
		cr_expect_eq(str_eq(finding->suppressed_by, STR("allow")), rows[i].suppressed,
			     "row %zu", i);
		if (rows[i].suppressed)
			cr_expect(
				str_eq(finding->suppressed_reason, STR("test 4711 (allow.yml:2)")),
				"row %zu: %.*s", i, STR_ARG(finding->suppressed_reason));
		allow_release(&list);
	}
	night_release(&night);
}

Test(allow, a_resolver_is_no_scanner_of_its_own)
{
	struct prefix resolver;
	struct night night;

	night_init(&night);
	cr_assert(prefix_parse(STR("203.0.113.0/28"), &resolver));
	cr_expect_eq(night_finding(&night)->suppressed_by.n, 0);
	night.harness.detect.resolvers = &resolver;
	night.harness.detect.resolver_count = 1;
	cr_expect(str_eq(night_finding(&night)->suppressed_by, STR("resolver")));
	night_release(&night);
}

/* Six resolvers that somebody scans through, each with more names than one member of a campaign. */
Test(allow, what_many_resolvers_ask_still_counts_in_the_zone)
{
	enum { RESOLVERS = 6, NAMES = 240 };
	struct prefix resolvers;
	struct night night = {.log = {0}};
	struct err err;

	harness_init(&night.harness);
	cr_assert_eq(
		names_add_wordlist(&night.harness.names, "patterns/wordlists/labels.txt", &err), 0,
		"%s", err.text);
	tally_init(&night.tally, &night.harness.settings);
	for (int i = 0; i < RESOLVERS * NAMES; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s.%c%d.example.com", i % 2 ? "dev" : "test",
			 'a' + i % 26, i);
		harness_log_add(&night.log, 0,
				"10-Mar-2026 02:%02d:%02d.000 queries: info: client @0x7f "
				"203.0.%d.9#%d (%s): query: %s IN A -E(0) (192.0.2.53)",
				i / 60, i % 60, 100 + i % RESOLVERS, 2000 + i, name, name);
	}
	harness_add(&night.harness, &night.tally, &night.log, NULL);
	tally_settle(&night.tally);
	cr_assert(prefix_parse(STR("203.0.0.0/16"), &resolvers));
	for (size_t configured = 0; configured < 2; configured++) {
		size_t own = 0, campaigns = 0;
		night.harness.detect.resolvers = &resolvers;
		night.harness.detect.resolver_count = configured;
		findings_init(&night.findings);
		detect_run(&(struct detect_input){.tally = &night.tally,
						  .settings = &night.harness.detect},
			   &night.findings);
		for (size_t i = 0; i < night.findings.count; i++) {
			const struct finding *finding = &night.findings.all[i];
			own += finding->address_count && !finding->suppressed_by.n;
			if (!str_eq(finding->kind, STR("distributed-enumeration")))
				continue;
			campaigns++;
			cr_expect_eq(finding->contributor_count, RESOLVERS);
			cr_expect_eq(finding->suppressed_by.n, 0);
		}
		cr_expect_eq(own, configured ? 0 : RESOLVERS, "%zu of their own", own);
		cr_expect_eq(campaigns, configured, "%zu campaigns", campaigns);
		findings_release(&night.findings);
	}
	night_release(&night);
}
