#include "fixture.h"

#include <criterion/criterion.h>

#include "base/buf.h"

/* ESC, CSI as C1 byte, bell, quotes, markup, a formula, broken and right-to-left UTF-8, NUL. */
const char fixture_hostile[] = "=cmd|'/C calc'!A0 \x1b[31;5m\x9b"
			       "2J\a\"<script>alert(1)</script>\\032\\x41"
			       "\xff\xe2\x80\xae\xc3\xa9\r\n\0end";

static struct str
hostile(void)
{
	return str_make(fixture_hostile, sizeof(fixture_hostile) - 1);
}

/* 2026-03-10 at that time of day. */
static int64_t
at(int hour, int minute, int second)
{
	struct civil civil = {2026, 3, 10, hour, minute, second, 0};

	return timestamp_make(&civil);
}

static struct ip
address(const char *text)
{
	struct ip ip;

	cr_assert(ip_parse(str_of(text), &ip), "%s", text);
	return ip;
}

static struct ip *
addresses(struct arena *arena, size_t n, const char *const *texts)
{
	struct ip *ips = arena_alloc(arena, n * sizeof(*ips));

	for (size_t i = 0; i < n; i++)
		ips[i] = address(texts[i]);
	return ips;
}

/* A copy of an array into the arena. */
#define COPY(arena, array) memcpy(arena_alloc((arena), sizeof(array)), (array), sizeof(array))
#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
/* Sets a pointer and its count from a local array. */
#define SET(arena, pointer, count, array)       \
	do {                                    \
		(pointer) = COPY(arena, array); \
		(count) = COUNT(array);         \
	} while (0)

static struct finding *
add_finding(struct fixture *fixture, const char *id, const char *kind, const char *title,
	    enum level level, int score)
{
	struct findings *findings = &fixture->findings;

	cr_assert_lt(findings->count, findings->capacity);
	struct finding *finding = &findings->all[findings->count++];
	*finding = (struct finding){
		.id = str_of(id),
		.kind = str_of(kind),
		.detector = str_of(kind),
		.title = str_of(title),
		.level = level,
		.score = score,
		.spoofable = TRI_UNKNOWN,
		.first_seen = TIME_NONE,
		.last_seen = TIME_NONE,
		.first_reported = TIME_NONE,
	};
	return finding;
}

static void
add_findings_room(struct fixture *fixture, size_t capacity)
{
	fixture->findings.capacity = capacity;
	fixture->findings.all =
		arena_alloc(&fixture->findings.arena, capacity * sizeof(struct finding));
	fixture->summary.findings = &fixture->findings;
}

static void
add_stolen_zone(struct fixture *fixture)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding = add_finding(fixture, "t-3f9a01c2", "transfer",
					      "Zone transfer given to a host that is no secondary",
					      LEVEL_CRITICAL, 95);
	struct term terms[] = {
		{STR("zone transfer granted"), 1, 1, 70},
		{STR("not a configured secondary"), 1, 1, 15},
		{STR("asked with recursion desired"), 1, 1, 10},
	};
	struct str zones[] = {STR("internal.example")}, servers[] = {STR("ns1.internal.example")};
	struct str attack[] = {STR("T1590.002")};
	struct evidence evidence[] = {
		{servers[0], STR("/var/log/named/xfer.log"), 118, 20811, at(2, 14, 7),
		 STR("10-Mar-2026 02:14:07.311 xfer-out: info: client @0x7fcca7f03c98 "
		     "203.0.113.17#32871 (internal.example): view external: transfer of "
		     "'internal.example/IN': AXFR started (serial 2026112301)"),
		 false},
		{servers[0], STR("/var/log/named/queries.log.1.gz"), 18812, 2810345, at(2, 14, 7),
		 STR("10-Mar-2026 02:14:07.305 client @0x7fcca7f03c98 203.0.113.17#32871 "
		     "(internal.example): query: internal.example IN AXFR -T (192.0.2.1)"),
		 false},
	};
	struct transfer transfers[] = {
		{zones[0], servers[0], address("203.0.113.17"), OUTCOME_GRANTED, TRANSFER_AXFR,
		 at(2, 14, 7), 2026112301, 2481, 118204, STR("")},
	};
	const char *const who[] = {"203.0.113.17"};

	SET(arena, finding->terms, finding->term_count, terms);
	SET(arena, finding->zones, finding->zone_list_count, zones);
	SET(arena, finding->servers, finding->server_count, servers);
	SET(arena, finding->attack, finding->attack_count, attack);
	SET(arena, finding->evidence, finding->evidence_count, evidence);
	SET(arena, finding->transfers, finding->transfer_count, transfers);
	finding->zone_count = 1;
	finding->addresses = addresses(arena, 1, who);
	finding->address_count = 1;
	finding->spoofable = TRI_NO;
	finding->tool = STR("dig");
	finding->first_seen = at(2, 14, 5);
	finding->last_seen = at(2, 14, 7);
	finding->requests = 3;
	finding->outcome = OUTCOME_GRANTED;
	finding->next =
		STR("Is it yours? Then name it: `--secondary 203.0.113.17`. If not, set "
		    "allow-transfer { key xfer-key; }; in zone internal.example of ns1, reload, "
		    "and `dig @ns1.internal.example internal.example AXFR` must fail.");
	finding->lookalikes = STR("A new secondary, or an administrator's dig.");
}

static void
add_word_list(struct fixture *fixture)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding =
		add_finding(fixture, "b-77e0aa10", "brute-force",
			    "Names of example.com were guessed from a word list", LEVEL_MEDIUM, 58);
	struct term terms[] = {
		{STR("distinct missing names"), 1188, 30, 25},
		{STR("share of wordlist names"), 0.91, 0.3, 18},
		{STR("alphabetical order (Kendall tau)"), 0.984, 0.8, 10},
		{STR("recursion desired"), 1, 1, 5},
	};
	struct str zones[] = {STR("example.com"), STR("example.net"), STR("example.org"),
			      STR("corp.example"), STR("lab.example")};
	struct str servers[] = {STR("ns1.internal.example"), STR("ns2"), STR("ns3"), STR("ns4")};
	struct str answered[] = {STR("www.example.com"),  STR("mail.example.com"),
				 STR("vpn.example.com"),  STR("ftp.example.com"),
				 STR("ldap.example.com"), STR("git.example.com")};
	struct str attack[] = {STR("T1590.002"), STR("T1595.003")};
	struct evidence evidence[] = {
		{servers[0], STR(""), 0, 0, at(3, 0, 0),
		 STR("aaa.example.com, abc.example.com, accounting.example.com, ... (A)"), true},
	};
	const char *const who[] = {"198.51.100.66", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
				   "198.51.100.68", "198.51.100.69"};
	const char *const through[] = {"192.0.2.8", "192.0.2.9"};

	SET(arena, finding->terms, finding->term_count, terms);
	SET(arena, finding->zones, finding->zone_list_count, zones);
	SET(arena, finding->servers, finding->server_count, servers);
	SET(arena, finding->answered, finding->answered_count, answered);
	SET(arena, finding->attack, finding->attack_count, attack);
	SET(arena, finding->evidence, finding->evidence_count, evidence);
	finding->zone_count = 7;
	finding->addresses = addresses(arena, COUNT(who), who);
	finding->address_count = COUNT(who);
	finding->contributors = addresses(arena, COUNT(through), through);
	finding->contributor_address_count = COUNT(through);
	finding->contributor_count = 1203;
	finding->role = STR("scanner");
	finding->spoofable = TRI_YES;
	finding->first_seen = at(3, 0, 0);
	finding->last_seen = at(3, 5, 59);
	finding->requests = 2490;
	finding->distinct_names = 1203;
	finding->unknown_names = 1188;
	finding->wordlist_names = 1094;
	finding->answered_names = 15;
	finding->oracle = ORACLE_RCODE;
	finding->next = STR("See what the 15 answered names tell:\n"
			    "`digtrail explain 198.51.100.66 /var/log/named`");
}

static void
add_refused_sweep(struct fixture *fixture)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding = add_finding(fixture, "t-00c1de55", "transfer",
					      "Zone transfers refused", LEVEL_LOW, 25);
	struct term terms[] = {{STR("refused transfers"), 5, 1, 20}, {STR("zones swept"), 5, 3, 5}};
	struct str zones[] = {STR("example.com"), STR("example.net"), hostile()};
	struct str servers[] = {STR("ns1.internal.example")};
	struct transfer transfers[] = {
		{zones[0], servers[0], address("203.0.113.18"), OUTCOME_REFUSED, TRANSFER_AXFR,
		 at(21, 34, 13), -1, -1, -1, STR("")},
		{zones[1], servers[0], address("203.0.113.18"), OUTCOME_REFUSED, TRANSFER_AXFR,
		 at(21, 34, 14), -1, -1, -1, STR("")},
		{zones[2], servers[0], address("203.0.113.18"), OUTCOME_UNKNOWN, TRANSFER_UNKNOWN,
		 TIME_NONE, -1, -1, -1, hostile()},
	};
	struct evidence evidence[] = {
		{servers[0], STR("/var/log/named/security.log"), 9, 811, at(21, 34, 13), hostile(),
		 false},
	};
	const char *const who[] = {"203.0.113.18"};

	SET(arena, finding->terms, finding->term_count, terms);
	SET(arena, finding->zones, finding->zone_list_count, zones);
	SET(arena, finding->servers, finding->server_count, servers);
	SET(arena, finding->transfers, finding->transfer_count, transfers);
	SET(arena, finding->evidence, finding->evidence_count, evidence);
	finding->zone_count = 3;
	finding->addresses = addresses(arena, 1, who);
	finding->address_count = 1;
	finding->spoofable = TRI_NO;
	finding->first_seen = at(21, 34, 13);
	finding->last_seen = at(21, 34, 14);
	finding->requests = 5;
	finding->outcome = OUTCOME_REFUSED;
	finding->next = STR("Nothing left. Watch whether the address comes back.");
}

/* Nothing known but a name, and that is hostile; no time, no address. */
static void
add_hostile(struct fixture *fixture)
{
	struct finding *finding = add_finding(fixture, "r-deadbeef", "rule", "", LEVEL_LOW, 20);

	finding->title = hostile();
	finding->role = hostile();
	finding->tool = hostile();
	finding->next = hostile();
	finding->lookalikes = hostile();
	finding->requests = 1;
}

static void
add_chaos(struct fixture *fixture, const char *id, const char *who)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding =
		add_finding(fixture, id, "chaos", "Version of the server was asked", LEVEL_LOW, 20);

	finding->addresses = addresses(arena, 1, &who);
	finding->address_count = 1;
	finding->spoofable = TRI_YES;
	finding->first_seen = finding->last_seen = at(12, 0, 0);
	finding->requests = 2;
	finding->distinct_names = 1;
}

/* An IXFR answered with the whole zone, to a host that polls and is notified. */
static void
add_confirm(struct fixture *fixture)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding = add_finding(
		fixture, "t-5ec0da47", "transfer",
		"Zone transfer given to a host that behaves like a secondary", LEVEL_MEDIUM, 45);
	struct term terms[] = {{STR("polls the SOA"), 48, 3, 0},
			       {STR("was notified"), 2, 1, 0},
			       {STR("signs with xfer-key"), 1, 1, 0}};
	struct str zones[] = {STR("example.com"), STR("example.net")};
	struct str servers[] = {STR("ns1.internal.example")};
	struct transfer transfers[] = {
		{zones[0], servers[0], address("198.51.100.53"), OUTCOME_GRANTED,
		 TRANSFER_AXFR_STYLE, at(0, 0, 0), 2026112301, 466, 11958, STR("xfer-key")},
		{zones[1], servers[0], address("198.51.100.53"), OUTCOME_GRANTED, TRANSFER_IXFR,
		 at(6, 0, 0), 2026112302, 4, 310, STR("xfer-key")},
	};
	const char *const who[] = {"198.51.100.53"};

	SET(arena, finding->terms, finding->term_count, terms);
	SET(arena, finding->zones, finding->zone_list_count, zones);
	SET(arena, finding->servers, finding->server_count, servers);
	SET(arena, finding->transfers, finding->transfer_count, transfers);
	finding->zone_count = 2;
	finding->addresses = addresses(arena, 1, who);
	finding->address_count = 1;
	finding->spoofable = TRI_NO;
	finding->role = STR("secondary");
	finding->first_seen = at(0, 0, 0);
	finding->last_seen = at(6, 0, 0);
	finding->requests = 50;
	finding->outcome = OUTCOME_GRANTED;
	finding->confirm = true;
	finding->next = STR("If it is yours: `secondary: [key:xfer-key]` in digtrail.yaml.");
}

static void
add_expected(struct fixture *fixture, const char *id)
{
	struct arena *arena = &fixture->findings.arena;
	struct finding *finding = add_finding(fixture, id, "transfer",
					      "Zone transfer given to a secondary", LEVEL_LOW, 20);
	const char *const who[] = {"198.51.100.54"};

	finding->addresses = addresses(arena, 1, who);
	finding->address_count = 1;
	finding->role = STR("secondary");
	finding->internal = true;
	finding->outcome = OUTCOME_GRANTED;
	finding->suppressed_by = STR("secondary");
	finding->suppressed_reason = STR("--secondary 198.51.100.54");
	finding->status = STATUS_CONTINUING;
	finding->first_reported = at(0, 0, 0) - 86400000;
}

static void
add_input(struct summary *summary)
{
	struct arena *arena = &summary->arena;
	struct str networks[] = {STR("192.0.2.0/24"), STR("2001:db8::/32")};
	struct setting_row settings[] = {
		{.name = STR("level"), .value = STR("low")},
		{.name = STR("internal"),
		 .is_list = true,
		 .item_count = 2,
		 .items = COPY(arena, networks)},
		{.name = STR("since")},
	};
	struct file_row files[] = {
		{STR("/var/log/named/queries.log"), STR("ns1.internal.example"), STR("bind"),
		 STR("log, UTC assumed"), 18812345, 147483, 0, true, STR("")},
		{STR("/var/log/named/queries.log.1.gz"), STR("ns1.internal.example"), STR("bind"),
		 STR("log, UTC assumed"), 902114, 12001, 1203, false,
		 STR("the gzip stream ends in the middle of a block")},
		{hostile(), STR(""), STR(""), STR(""), 0, 0, 0, false, STR("permission denied")},
	};

	SET(arena, summary->settings, summary->setting_count, settings);
	SET(arena, summary->files, summary->file_count, files);
	summary->input_bytes = 19714459;
	summary->input_lines = 159484;
}

static void
add_coverage(struct summary *summary)
{
	struct arena *arena = &summary->arena;
	struct str bind_facts[] = {STR("queries"), STR("flags"), STR("port"), STR("transport"),
				   STR("transfers")};
	struct str unbound_facts[] = {STR("rcode"), hostile()};
	struct gap gaps[] = {{at(4, 0, 0), at(4, 40, 0)},
			     {at(9, 0, 0), at(9, 30, 0)},
			     {at(11, 0, 0), at(12, 30, 0)}};
	struct blind_row blind[] = {
		{STR("brute-force"), STR("rcode"), STR("responselog yes; (BIND 9.20.3 or later)")},
		{STR("nsec-walk"), STR("rcode"), STR("responselog yes; (BIND 9.20.3 or later)")},
		{STR("transfer"), STR("category xfer-out"),
		 STR("channel and category xfer-out in named.conf")},
	};
	struct coverage_row rows[] = {
		{STR("ns1.internal.example"), STR("authoritative"), at(0, 0, 2), at(23, 59, 58),
		 COUNT(gaps), COPY(arena, gaps), COUNT(bind_facts), COPY(arena, bind_facts),
		 COUNT(blind), COPY(arena, blind), 150000, 12},
		{hostile(), STR("resolver"), TIME_NONE, TIME_NONE, 0, NULL, COUNT(unbound_facts),
		 COPY(arena, unbound_facts), 0, NULL, 9484, 481},
	};

	SET(arena, summary->coverage, summary->coverage_count, rows);
}

static void
add_lines(struct summary *summary)
{
	struct line_sample samples[] = {
		{STR("unknown"), STR("/var/log/unbound.log"), hostile(), 17},
		{STR("name"), STR("/var/log/named/queries.log"),
		 STR("10-Mar-2026 09:20:00.100 client @0x7fcca7f03c98 192.0.2.77#5353 (): query:"),
		 9920},
	};

	SET(&summary->arena, summary->samples, summary->sample_count, samples);
	summary->kinds[RECORD_QUERY] = 147483;
	summary->kinds[RECORD_DENIED] = 1207;
	summary->kinds[RECORD_TRANSFER] = 96;
	summary->kinds[RECORD_OTHER] = 10202;
	summary->kinds[RECORD_UNKNOWN] = 493;
	summary->kinds[RECORD_MALFORMED] = 3;
	summary->defects[DEFECT_NAME] = 2;
	summary->defects[DEFECT_TIME] = 1;
}

static void
add_traffic(struct summary *summary)
{
	struct arena *arena = &summary->arena;
	static const char *const names[] = {"A",   "AAAA", "PTR",  "MX", "TXT",
					    "SOA", "SRV",  "AXFR", "NS", "TYPE65280"};
	struct count_row types[10];
	struct count_row rcodes[] = {{STR("NOERROR"), 8200}, {STR("NXDOMAIN"), 1284}};
	enum { SLOTS = 144 };
	struct slot_row *slots = arena_alloc(arena, SLOTS * sizeof(*slots));
	uint64_t count = 90000;

	for (size_t i = 0; i < COUNT(types); i++, count /= 3)
		types[i] = (struct count_row){str_of(names[i]), count};
	SET(arena, summary->types, summary->type_count, types);
	SET(arena, summary->rcodes, summary->rcode_count, rcodes);
	for (size_t i = 0; i < SLOTS; i++) {
		slots[i].start = at(0, 0, 0) + (int64_t)i * 600000;
		slots[i].requests = 200 + (i > 40 && i < 110 ? (i % 12) * 150 + 900 : 0);
		slots[i].distinct_names = i == 18 ? 1203 : slots[i].requests / 9;
		slots[i].findings = i == 13 || i == 18 || i == 129;
	}
	slots[30].requests = 0;
	summary->slots = slots;
	summary->slot_count = SLOTS;
	summary->slot_length = 600000;
	summary->first = at(0, 0, 2);
	summary->last = at(23, 59, 58);
	summary->requests = 147483;
}

static void
add_sources(struct summary *summary)
{
	struct arena *arena = &summary->arena;
	struct str servers[] = {STR("ns1.internal.example")}, ids[] = {STR("t-3f9a01c2")};
	struct str zones[] = {STR("internal.example"), hostile()};
	struct count_row types[] = {{STR("SOA"), 2}, {STR("AXFR"), 1}};
	struct source_row row = {
		.address = address("203.0.113.17"),
		.server_count = 1,
		.servers = COPY(arena, servers),
		.requests = 3,
		.distinct_names = 1,
		.zone_count = 1,
		.refused_known = true,
		.top_zone_count = COUNT(zones),
		.top_zones = COPY(arena, zones),
		.first_seen = at(2, 14, 5),
		.last_seen = at(2, 14, 7),
		.first_ever_seen = TIME_NONE,
		.type_count = COUNT(types),
		.types = COPY(arena, types),
		.flags_known = true,
		.recursion_desired = 3,
		.tcp = 1,
		.ports = 3,
		.peak_start = at(2, 10, 0),
		.peak_requests = 3,
		.proven_address = true,
		.finding_count = 1,
		.findings = COPY(arena, ids),
		.worst = LEVEL_CRITICAL,
		.transfers = {.attempted = 1, .granted = 1, .records = 2481, .bytes = 118204},
	};
	struct source_row rows[4] = {row, row, row, row};

	rows[1].address = address("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	rows[1].requests = INT64_MAX;
	rows[1].distinct_names = 1203;
	rows[1].unknown_names = 1188;
	rows[1].unknown_known = true;
	rows[1].worst = LEVEL_INFORMATIONAL;
	rows[2].address = address("198.51.100.54");
	rows[2].worst = -1;
	rows[2].requests = 1204;
	rows[2].role = STR("secondary");
	rows[2].suppressed = STR("secondary");
	rows[3] = (struct source_row){.address = address("192.0.2.99"),
				      .requests = 88120,
				      .distinct_names = 20144,
				      .zone_count = 310,
				      .worst = -1,
				      .role = hostile(),
				      .ports = -1,
				      .folded = true,
				      .first_seen = TIME_NONE,
				      .last_seen = TIME_NONE,
				      .first_ever_seen = TIME_NONE,
				      .peak_start = TIME_NONE,
				      .transfers = {.records = -1, .bytes = -1}};
	SET(arena, summary->sources, summary->source_count, rows);
	summary->source_total = 1290;
}

static void
add_zones(struct summary *summary)
{
	struct arena *arena = &summary->arena;
	struct str servers[] = {STR("ns1.internal.example")}, unknown[] = {hostile()};
	struct transfer left[] = {
		{.address = address("203.0.113.17"), .serial = 2026112301, .time = at(2, 14, 7)},
		{.address = address("198.51.100.53"), .serial = -1, .time = TIME_NONE}};
	struct count_row types[] = {{STR("A"), 1203}};
	struct zone_row zones[] = {
		{.zone = STR("internal.example"),
		 .server_count = 1,
		 .servers = COPY(arena, servers),
		 .requests = 4202,
		 .sources = 12,
		 .distinct_names = 88,
		 .existence = STR("none"),
		 .transfers = {.attempted = 12, .refused = 10, .granted = 1, .unknown = 1},
		 .transferred_count = COUNT(left),
		 .transferred_to = COPY(arena, left)},
		{.zone = STR("a-rather-long-department-name.of-some-office.example.com"),
		 .requests = 98000,
		 .sources = 1200,
		 .distinct_names = 2210,
		 .unknown_names = 1188,
		 .unknown_known = true,
		 .existence = STR("rcode"),
		 .top_unknown_count = 1,
		 .top_unknown = COPY(arena, unknown)},
		{.zone = hostile(),
		 .requests = 1,
		 .sources = 1,
		 .distinct_names = 1,
		 .existence = STR("none")},
	};
	struct pair_row pairs[] = {
		{.address = address("198.51.100.66"),
		 .zone = STR("example.com"),
		 .requests = 2490,
		 .distinct_names = 1203,
		 .unknown_names = 1188,
		 .unknown_known = true,
		 .first_seen = at(3, 0, 0),
		 .last_seen = at(3, 5, 59),
		 .type_count = 1,
		 .types = COPY(arena, types)},
	};

	SET(arena, summary->zones, summary->zone_count, zones);
	SET(arena, summary->pairs, summary->pair_count, pairs);
	summary->zone_total = 411;
}

static void
start(struct fixture *fixture)
{
	*fixture = (struct fixture){.summary = {.first = TIME_NONE, .last = TIME_NONE}};
	fixture->summary.version = STR("0.1.0");
	fixture->summary.findings = &fixture->findings;
}

void
fixture_busy(struct fixture *fixture)
{
	struct summary *summary = &fixture->summary;
	struct rule_note notes[] = {
		{STR("chaos-refused"), STR("needs an rcode beside the query; these logs have none"),
		 false},
	};

	start(fixture);
	add_findings_room(fixture, 12);
	add_stolen_zone(fixture);
	add_word_list(fixture);
	add_confirm(fixture);
	add_refused_sweep(fixture);
	add_chaos(fixture, "c-0001", "192.0.2.200");
	add_chaos(fixture, "c-0002", "192.0.2.201");
	add_hostile(fixture);
	add_expected(fixture, "t-e0");
	add_expected(fixture, "t-e1");
	add_input(summary);
	add_coverage(summary);
	add_lines(summary);
	add_traffic(summary);
	add_sources(summary);
	add_zones(summary);
	SET(&summary->arena, summary->notes, summary->note_count, notes);
	summary->memory_limit = 1073741824;
	summary->folded_sources = 88;
	summary->folded_requests = 90211;
	summary->approximate = true;
	summary->partial = true;
}

void
fixture_calm(struct fixture *fixture)
{
	struct summary *summary = &fixture->summary;

	start(fixture);
	add_findings_room(fixture, 2);
	add_chaos(fixture, "c-0001", "192.0.2.200");
	add_traffic(summary);
	add_coverage(summary);
	add_input(summary);
	summary->coverage_count = 1;
	summary->file_count = 1;
	summary->source_total = 1290;
	summary->kinds[RECORD_QUERY] = 147483;
}

void
fixture_empty(struct fixture *fixture)
{
	start(fixture);
}

void
fixture_release(struct fixture *fixture)
{
	arena_release(&fixture->summary.arena);
	arena_release(&fixture->findings.arena);
}

struct report_options
fixture_options(void)
{
	return (struct report_options){.level = LEVEL_LOW, .top = 10, .examples = 3};
}

char *
fixture_print(const struct report_format *format, const struct summary *summary,
	      const struct report_options *options)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	cr_assert(out);
	format->write(summary, options, out);
	cr_assert_eq(fclose(out), 0);
	cr_assert_eq(strlen(text), n, "no NUL byte in a report");
	return text;
}

char *
fixture_read(const char *path)
{
	struct buf buf;
	char block[4096];
	FILE *in = fopen(path, "r");

	if (!in)
		return NULL;
	buf_init(&buf, 1 << 24);
	buf_add_text(&buf, "");
	for (size_t n; (n = fread(block, 1, sizeof(block), in)) > 0;)
		buf_add(&buf, block, n);
	fclose(in);
	return buf.p;
}
