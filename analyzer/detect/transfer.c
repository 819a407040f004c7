/*
 * Zone transfers: who asked for a whole zone, and who got it (AXFR: RFC 5936, IXFR: RFC 1995).
 * One finding per actor and episode, however many zones and servers.
 */
#include <stdio.h>

#include "detect/attempt.h"
#include "detect/build.h"
#include "names/zone.h"

/* A pause of this length ends an episode. */
static const int64_t EPISODE_MS = 12 * 3600000LL;

enum { ZONES_LISTED = 20, SWEEP_ZONES = 3, SWEEP_SERVERS = 2 };

/* All attempts of one client in one episode, and what they add up to. */
struct episode {
	const struct detect_input *input;
	const struct attempt *attempts;
	size_t count;
	uint64_t by_outcome[OUTCOMES];
	struct text_list zones, servers, granted_zones, keys;
	int64_t records, bytes; /* of what was sent; -1 when no line told */
	bool any_axfr, any_ixfr, any_tcp, any_udp, any_recursion, any_cookie, any_asked,
		any_unasked;
	bool any_resolver, incremental, expected_key, all_empty;
};

static bool
is_expected_key(const struct detect_settings *settings, struct str key)
{
	for (size_t i = 0; key.n && i < settings->key_count; i++)
		if (str_eq_nocase(settings->keys[i], key))
			return true;
	return false;
}

static void
add_up(struct episode *episode, struct arena *arena)
{
	const struct tally_settings *settings = episode->input->tally->settings;

	episode->records = episode->bytes = -1;
	episode->all_empty = true;
	episode->expected_key = true;
	for (size_t i = 0; i < episode->count; i++) {
		const struct attempt *a = &episode->attempts[i];
		const struct server_info *server = &settings->servers[a->server];
		episode->by_outcome[a->outcome]++;
		text_list_add(&episode->zones, arena, a->zone);
		text_list_add(&episode->servers, arena, server->name);
		if (a->key.n)
			text_list_add(&episode->keys, arena, a->key);
		episode->any_resolver |= server->resolver;
		episode->any_axfr |= a->qtype == TYPE_AXFR || a->style == TRANSFER_AXFR;
		episode->any_ixfr |= a->qtype == TYPE_IXFR || a->style == TRANSFER_IXFR ||
				     a->style == TRANSFER_AXFR_STYLE;
		episode->any_tcp |= a->tcp || (a->outcome == OUTCOME_GRANTED && !a->udp);
		episode->any_udp |= a->udp;
		episode->any_recursion |= a->recursion_desired;
		episode->any_cookie |= a->cookie_valid;
		*(a->asked ? &episode->any_asked : &episode->any_unasked) = true;
		if (!is_expected_key(episode->input->settings, a->key))
			episode->expected_key = false;
		if (a->outcome != OUTCOME_GRANTED)
			continue;
		text_list_add(&episode->granted_zones, arena, a->zone);
		episode->all_empty &= a->empty;
		/* A real secondary that follows the serials asks from where it is. */
		episode->incremental |= a->style == TRANSFER_IXFR && a->serial_from >= 0;
		if (a->records >= 0)
			episode->records =
				a->records + (episode->records > 0 ? episode->records : 0);
		if (a->bytes >= 0)
			episode->bytes = a->bytes + (episode->bytes > 0 ? episode->bytes : 0);
	}
}

/*
 * The same where the zone's queries are counted below another: a delegated zone that nobody
 * declared as own, a reverse zone that is no /24. Then the zone is a name like others.
 */
static int64_t
serial_checks_below(const struct episode *episode, struct str zone)
{
	const struct tally *tally = episode->input->tally;
	const struct names *names = tally->settings->names;
	uint16_t starts[QNAME_LABELS_MAX];
	bool own;
	size_t labels = qname_labels(zone, starts, QNAME_LABELS_MAX);
	size_t offset = zone_offset(names, zone, starts, labels, &own);
	struct str above = offset < zone.n ? str_skip(zone, offset) : STR(".");
	const struct pair *pair =
		pairs_find(tally, &episode->attempts[0].client, above, episode->any_resolver);
	uint64_t hash = hash_bytes(&names->sample_key, zone.p, zone.n);

	if (!pair || pair_requests(pair) == 0)
		return -1;
	for (size_t c = 0; c < NAME_CLASSES && pair->recursion_desired == 0; c++) {
		struct pair_class held = pair_class(pair, c);
		const struct pair_name *name = sample_find(&held.names, &pair_name_type, hash);
		if (name && name->types & type_bit(TYPE_SOA))
			return 1;
	}
	return 0;
}

/*
 * SOA queries that the client sent for a zone without wanting recursion: a secondary asks the
 * serial before it asks the zone (RFC 1034 4.3.5). -1 where its queries are not in the log.
 */
static int64_t
serial_checks(const struct episode *episode, struct str zone)
{
	const struct pair *pair = pairs_find(episode->input->tally, &episode->attempts[0].client,
					     zone, episode->any_resolver);

	if (!pair || pair_requests(pair) == 0)
		return serial_checks_below(episode, zone);
	if (pair->recursion_desired > 0)
		return 0;
	return counts_of(&pair->types, type_key(TYPE_SOA));
}

/*
 * How much the client behaves like a secondary, as terms. It asks the serial of every zone it
 * takes, never with recursion desired, is refused nothing, signs, and comes for differences.
 * Whoever imitates all that still stands on the "confirm these" list.
 */
static bool
behaves_like_secondary(const struct episode *episode)
{
	if (episode->any_recursion || episode->by_outcome[OUTCOME_REFUSED])
		return false;
	if (episode->keys.count || episode->incremental)
		return true;
	if (episode->zones.count == 0)
		return false;
	for (size_t i = 0; i < episode->zones.count; i++)
		if (serial_checks(episode, episode->zones.all[i]) < 1)
			return false;
	return true;
}

static bool
is_expected(const struct episode *episode)
{
	const struct detect_settings *settings = episode->input->settings;

	return prefix_list_contains(settings->secondaries, settings->secondary_count,
				    &episode->attempts[0].client) ||
	       (settings->key_count && episode->expected_key);
}

static enum outcome
outcome_of(const struct episode *episode)
{
	static const enum outcome worst_first[] = {OUTCOME_GRANTED, OUTCOME_FAILED, OUTCOME_UNKNOWN,
						   OUTCOME_REFUSED};

	for (size_t i = 0; i < sizeof(worst_first) / sizeof(*worst_first); i++)
		if (episode->by_outcome[worst_first[i]])
			return worst_first[i];
	return OUTCOME_UNKNOWN;
}

/* The score as terms; the levels are those of DESIGN.md. */
static void
score(struct findings *out, struct finding *finding, const struct episode *episode, bool secondary)
{
	switch (finding->outcome) {
	case OUTCOME_GRANTED:
		if (episode->all_empty)
			finding_term(out, finding, "transfer allowed, nothing new to send", 1, 1,
				     40);
		else
			finding_term(out, finding, "zones that left",
				     (double)episode->granted_zones.count, 1, 95);
		break;
	case OUTCOME_FAILED:
		finding_term(out, finding, "transfers that broke off",
			     (double)episode->by_outcome[OUTCOME_FAILED], 1, 70);
		break;
	case OUTCOME_UNKNOWN:
		finding_term(out, finding, "transfers asked, answer not logged",
			     (double)episode->by_outcome[OUTCOME_UNKNOWN], 1, 25);
		break;
	default:
		finding_term(out, finding, "transfers refused",
			     (double)episode->by_outcome[OUTCOME_REFUSED], 1, 20);
	}
	if (secondary) {
		finding_term(out, finding, "behaves like a secondary", 1, 1,
			     -(finding->score - 15));
		return;
	}
	if (finding->outcome == OUTCOME_GRANTED)
		return;
	if (episode->zones.count >= SWEEP_ZONES)
		finding_term(out, finding, "zones asked", (double)episode->zones.count, SWEEP_ZONES,
			     5);
	if (episode->servers.count >= SWEEP_SERVERS)
		finding_term(out, finding, "servers asked", (double)episode->servers.count,
			     SWEEP_SERVERS, 5);
	if (episode->any_axfr && episode->any_ixfr)
		finding_term(out, finding, "both AXFR and IXFR", 1, 1, 3);
	if (episode->any_recursion)
		finding_term(out, finding, "recursion desired: no secondary asks so", 1, 1, 3);
	if (episode->any_udp && episode->any_axfr)
		finding_term(out, finding, "AXFR over UDP", 1, 1, 3);
}

static const char *
what_of(const struct episode *episode)
{
	if (episode->any_axfr && episode->any_ixfr)
		return "zone transfer (AXFR, IXFR)";
	return episode->any_ixfr ? "zone transfer (IXFR)" : "zone transfer (AXFR)";
}

static struct str
title_of(struct arena *arena, const struct finding *finding, const struct episode *episode)
{
	const struct text_list *zones =
		finding->outcome == OUTCOME_GRANTED ? &episode->granted_zones : &episode->zones;
	struct str first = zones->count ? zones->all[0] : STR("?");

	if (zones->count > 1)
		first = build_text(arena, "%zu zones", zones->count);
	switch (finding->outcome) {
	case OUTCOME_GRANTED:
		if (episode->all_empty)
			return build_text(arena, "%s of %.*s allowed, nothing new to send",
					  what_of(episode), STR_ARG(first));
		return build_text(arena, "%s of %.*s granted", what_of(episode), STR_ARG(first));
	case OUTCOME_FAILED:
		return build_text(arena, "%s of %.*s broke off", what_of(episode), STR_ARG(first));
	case OUTCOME_REFUSED:
		return build_text(arena, "%s of %.*s refused", what_of(episode), STR_ARG(first));
	default:
		return build_text(arena, "%s of %.*s asked, answer not logged", what_of(episode),
				  STR_ARG(first));
	}
}

/* `dig` addresses the server the client asked, or names it where the log does not tell. */
static struct str
check_line(struct arena *arena, const struct episode *episode, struct str zone)
{
	char address[IP_TEXT] = "";

	for (size_t i = 0; i < episode->count && !address[0]; i++)
		if (!ip_is_none(&episode->attempts[i].server_address))
			ip_print(&episode->attempts[i].server_address, address);
	struct str server = address[0] ? str_of(address) : episode->servers.all[0];
	return build_text(arena, "dig @%.*s %.*s AXFR", STR_ARG(server), STR_ARG(zone));
}

static struct str
next_of(struct arena *arena, const struct finding *finding, const struct episode *episode)
{
	char address[IP_TEXT];
	struct str zone = finding->outcome == OUTCOME_GRANTED && episode->granted_zones.count
				  ? episode->granted_zones.all[0]
				  : episode->zones.all[0];
	struct str check = check_line(arena, episode, zone);

	ip_print(&episode->attempts[0].client, address);
	if (episode->any_resolver)
		return build_text(arena,
				  "Unbound refuses every transfer to clients. Ask who uses %s and "
				  "why it wanted %.*s.",
				  address, STR_ARG(zone));
	if (finding->confirm && episode->keys.count)
		return build_text(arena,
				  "If %s is your secondary, configure --secondary key:%.*s; if "
				  "not, take it out of allow-transfer and check: %.*s",
				  address, STR_ARG(episode->keys.all[0]), STR_ARG(check));
	if (finding->confirm)
		return build_text(arena,
				  "If %s is your secondary, configure --secondary %s; if not, "
				  "take it out of allow-transfer and check: %.*s",
				  address, address, STR_ARG(check));
	if (finding->outcome == OUTCOME_GRANTED || finding->outcome == OUTCOME_FAILED)
		return build_text(arena,
				  "Limit allow-transfer (NSD: provide-xfr) of the zone to your "
				  "secondaries' TSIG keys; treat every name in it as known. Check "
				  "from outside: %.*s",
				  STR_ARG(check));
	if (finding->outcome == OUTCOME_UNKNOWN)
		return build_text(arena,
				  "Log the categories xfer-out and security to see whether it was "
				  "granted, and check now: %.*s",
				  STR_ARG(check));
	return build_text(arena,
			  "Nothing left. Check that every server and view of the zone refuses: "
			  "%.*s",
			  STR_ARG(check));
}

static enum tristate
spoofable_of(const struct episode *episode)
{
	if (episode->any_tcp || episode->any_cookie)
		return TRI_NO;
	return episode->any_udp ? TRI_YES : TRI_UNKNOWN;
}

/*
 * How it went; of one that did not, what was asked for, as its query or its denial says. What was
 * asked for and granted may have gone another way: IXFR may be answered with the whole zone.
 */
static enum record_transfer
style_of(const struct attempt *a)
{
	if (a->style != TRANSFER_UNKNOWN || a->outcome == OUTCOME_GRANTED)
		return a->style;
	if (a->qtype == TYPE_AXFR)
		return TRANSFER_AXFR;
	return a->qtype == TYPE_IXFR ? TRANSFER_IXFR : TRANSFER_UNKNOWN;
}

static void
copy_transfers(struct findings *out, struct finding *finding, const struct episode *episode)
{
	const struct tally_settings *settings = episode->input->tally->settings;

	finding->transfer_count = episode->count;
	finding->transfers = arena_alloc(&out->arena, episode->count * sizeof(*finding->transfers));
	for (size_t i = 0; i < episode->count; i++) {
		const struct attempt *a = &episode->attempts[i];
		finding->transfers[i] = (struct transfer){
			.zone = arena_str(&out->arena, a->zone),
			.server = settings->servers[a->server].name,
			.address = a->client,
			.outcome = a->outcome,
			.style = style_of(a),
			.time = a->time,
			.serial = a->serial,
			.records = a->records,
			.bytes = a->bytes,
			.key = arena_str(&out->arena, a->key),
		};
	}
}

/* Lines of the attempts that decided the outcome first, then of the others. */
static void
copy_evidence(struct findings *out, struct finding *finding, const struct episode *episode)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < episode->count; i++) {
			const struct attempt *a = &episode->attempts[i];
			if ((a->outcome == finding->outcome) != (pass == 0))
				continue;
			/* The last line is the server's own word on how it ended. */
			for (size_t j = a->event_count; j-- > 0;)
				build_evidence(out, finding, episode->input->settings->examples,
					       episode->input->tally, &a->events[j]->at,
					       event_text(a->events[j]));
		}
	}
}

static void
copy_lists(struct findings *out, struct finding *finding, struct episode *episode)
{
	finding->zone_count = episode->zones.count;
	finding->zones = text_list_take(&episode->zones, &out->arena);
	finding->zone_list_count =
		episode->zones.count < ZONES_LISTED ? episode->zones.count : ZONES_LISTED;
	finding->server_count = episode->servers.count;
	finding->servers = text_list_take(&episode->servers, &out->arena);
	text_list_take(&episode->granted_zones, &out->arena);
	text_list_take(&episode->keys, &out->arena);
}

static void
report_episode(struct findings *out, struct episode *episode)
{
	struct finding *finding = findings_add(out);
	const struct detect_settings *settings = episode->input->settings;

	add_up(episode, &out->arena);
	copy_lists(out, finding, episode);
	build_actor(out, finding, &episode->attempts[0].client, settings);
	finding->outcome = outcome_of(episode);
	bool expected = is_expected(episode);
	bool secondary = !expected && settings->secondary_count + settings->key_count == 0 &&
			 finding->outcome != OUTCOME_REFUSED && behaves_like_secondary(episode);
	score(out, finding, episode, secondary);
	finding->confirm = secondary && finding->outcome == OUTCOME_GRANTED;
	finding->level = level_of_score(finding->score);
	if (expected) {
		finding->role = STR("secondary");
		finding->suppressed_by = STR("secondary");
		finding->suppressed_reason =
			STR("configured with --secondary: transfers are expected");
	} else if (secondary) {
		finding->role = STR("secondary?");
	}
	finding->direction = build_direction(episode->any_resolver, finding->internal);
	finding->spoofable = spoofable_of(episode);
	finding->requests = episode->count;
	finding->first_seen = episode->attempts[0].time;
	for (size_t i = 0; i < episode->count; i++)
		finding->last_seen = time_later(finding->last_seen, episode->attempts[i].last);
	finding->title = title_of(&out->arena, finding, episode);
	finding->next = next_of(&out->arena, finding, episode);
	finding->lookalikes = STR("a new or renumbered secondary, an administrator's dig, a DNS "
				  "health checker");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.002");
	copy_transfers(out, finding, episode);
	copy_evidence(out, finding, episode);
}

/* Whether `next` belongs to the episode that has lasted until `last`. */
static bool
same_episode(const struct attempt *first, int64_t last, const struct attempt *next)
{
	if (ip_compare(&first->client, &next->client) != 0)
		return false;
	return last == TIME_NONE || next->time == TIME_NONE || next->time - last < EPISODE_MS;
}

static void
run(const struct detect_input *input, struct findings *out)
{
	struct attempts attempts;

	attempts_join(&attempts, input->tally);
	for (size_t i = 0, next; i < attempts.count; i = next) {
		int64_t last = attempts.all[i].last;
		for (next = i + 1; next < attempts.count; next++) {
			if (!same_episode(&attempts.all[i], last, &attempts.all[next]))
				break;
			last = time_later(last, attempts.all[next].last);
		}
		struct episode episode = {
			.input = input, .attempts = &attempts.all[i], .count = next - i};
		report_episode(out, &episode);
	}
	attempts_release(&attempts);
}

extern const struct detector detector_transfer;
const struct detector detector_transfer = {
	.name = "transfer",
	.kind = "transfer",
	.needs_any = FACT_TRANSFERS,
	.needs = "lines that say whether a transfer was granted",
	.enable_bind = "BIND: log category xfer-out (and security for refusals)",
	.run = run,
};
