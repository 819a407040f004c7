#include "detect/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "detect/presence.h"
#include "detect/scan.h"

enum { ANSWERED_LISTED = 200, ZONES_KEPT = 256, ZONES_LISTED = 20 };

void
text_list_add(struct text_list *list, struct arena *arena, struct str text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->all[i], text))
			return;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 8;
		struct str *all = arena_alloc(arena, capacity * sizeof(*all));
		if (list->count)
			memcpy(all, list->all, list->count * sizeof(*all));
		list->all = all;
		list->capacity = capacity;
	}
	list->all[list->count++] = text;
}

static int
compare_texts(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct str *
text_list_take(struct text_list *list, struct arena *arena)
{
	if (list->count)
		qsort(list->all, list->count, sizeof(*list->all), compare_texts);
	for (size_t i = 0; i < list->count; i++)
		list->all[i] = arena_str(arena, list->all[i]);
	return list->all;
}

struct str
build_text(struct arena *arena, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0)
		return STR("");
	return arena_str(arena,
			 str_make(text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1));
}

void
build_evidence(struct findings *findings, struct finding *finding, size_t limit,
	       const struct tally *tally, const struct position *at, struct str text)
{
	const struct stream_info *stream = &tally->settings->streams[at->stream];

	if (finding->evidence_count >= limit)
		return;
	struct evidence *evidence =
		arena_alloc(&findings->arena, (finding->evidence_count + 1) * sizeof(*evidence));
	if (finding->evidence_count)
		memcpy(evidence, finding->evidence, finding->evidence_count * sizeof(*evidence));
	evidence[finding->evidence_count++] = (struct evidence){
		.server = tally->settings->servers[stream->server].name,
		.file = stream->path,
		.line = tally_line(tally, at),
		.offset = at->offset,
		.time = at->time,
		.text = arena_str(&findings->arena, text),
	};
	finding->evidence = evidence;
}

void
build_remembered(struct findings *findings, struct finding *finding,
		 const struct detect_input *input, int64_t time, struct str text)
{
	if (finding->evidence_count >= input->settings->examples)
		return;
	struct evidence *evidence =
		arena_alloc(&findings->arena, (finding->evidence_count + 1) * sizeof(*evidence));
	if (finding->evidence_count)
		memcpy(evidence, finding->evidence, finding->evidence_count * sizeof(*evidence));
	evidence[finding->evidence_count++] =
		(struct evidence){.time = time, .text = text, .reconstructed = true};
	finding->evidence = evidence;
}

void
build_asked(struct findings *findings, struct finding *finding, const struct detect_input *input,
	    const struct ip *address, uint64_t moment, struct str text)
{
	char asker[IP_TEXT], time[TIME_TEXT];

	if (finding->evidence_count >= input->settings->examples)
		return;
	timestamp_print(moment_time(moment), time);
	ip_print(address, asker);
	build_remembered(findings, finding, input, moment_time(moment),
			 build_text(&findings->arena, "%s%s%s asked %.*s", time, time[0] ? " " : "",
				    asker, STR_ARG(text)));
}

void
build_reconstructed(struct findings *findings, struct finding *finding,
		    const struct detect_input *input, const struct pair *pair,
		    const struct pair_name *name)
{
	build_asked(findings, finding, input, &pair->key.address, name->moment,
		    texts_get(&input->tally->texts, name->text));
}

static int
compare_names(const void *a, const void *b)
{
	const struct pair_name *left = *(const struct pair_name *const *)a;
	const struct pair_name *right = *(const struct pair_name *const *)b;

	if (left->moment != right->moment)
		return left->moment < right->moment ? -1 : 1;
	return (left->hash > right->hash) - (left->hash < right->hash);
}

void
build_reconstructed_class(struct findings *findings, struct finding *finding,
			  const struct detect_input *input, const struct pair *pair,
			  enum name_class class_)
{
	const struct pair_name *names[PAIR_K], *name;
	struct pair_class sampled = pair_class(pair, class_);
	size_t n = 0;

	for (uint32_t i = 0;
	     n < PAIR_K && (name = sample_next(&sampled.names, &pair_name_type, &i)) != NULL;)
		names[n++] = name;
	if (n)
		qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 0; i < n; i++)
		build_reconstructed(findings, finding, input, pair, names[i]);
}

bool
build_is_remote_access(struct str name)
{
	static const struct str words[] = {
		{"vpn", 3},     {"rdp", 3},  {"rds", 3},      {"owa", 3},
		{"citrix", 6},  {"ssh", 3},  {"remote", 6},   {"gate", 4},
		{"bastion", 7}, {"jump", 4}, {"vdi", 3},      {"admin", 5},
		{"portal", 6},  {"sso", 3},  {"exchange", 8}, {"webmail", 7},
	};
	struct str label = qname_first_label(name);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_find(label, words[i], 0) != SIZE_MAX)
			return true;
	return false;
}

/* By what the log or the operator says, else by the learned catalogue. */
static bool
is_there(const struct ground *ground, const struct zone *zone, const struct zone *zone_before,
	 size_t class_, const struct pair_name *name, struct str text)
{
	struct standing standing = judge_standing(zone, zone_before, class_, name->hash);
	uint8_t seen = name->seen | (standing.tonight ? standing.tonight->seen : 0);
	enum oracle_kind by;
	enum existence existence = judge_existence(ground->input, seen, text, &by);

	if (existence == EXISTENCE_UNKNOWN)
		return judge_is_established(ground, &standing, judge_popularity(ground, &standing));
	return existence == EXISTENCE_EXISTS;
}

void
build_answered(struct findings *findings, struct finding *finding, const struct detect_input *input,
	       const struct pair *pair)
{
	const struct ground *ground = &input->scans->ground;
	struct str zone_text = texts_get(&input->tally->texts, pair->key.zone);
	const struct zone *zone = zones_find(input->tally, zone_text, pair->key.resolver);
	const struct zone *before = judge_zone_before(input, zone_text, pair->key.resolver != 0);
	struct text_list first = {0}, others = {0};
	size_t room = ANSWERED_LISTED - finding->answered_count;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		if (c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;) {
			struct str text = texts_get(&input->tally->texts, name->text);
			if (is_there(ground, zone, before, c, name, text))
				text_list_add(build_is_remote_access(text) ? &first : &others,
					      &findings->arena, text);
		}
	}
	text_list_take(&first, &findings->arena);
	text_list_take(&others, &findings->arena);
	size_t total = first.count + others.count;
	total = total < room ? total : room;
	struct str *all =
		arena_alloc(&findings->arena, (finding->answered_count + total) * sizeof(*all));
	for (size_t i = 0; i < finding->answered_count; i++)
		all[i] = finding->answered[i];
	for (size_t i = 0; i < total; i++)
		all[finding->answered_count + i] =
			i < first.count ? first.all[i] : others.all[i - first.count];
	finding->answered = all;
	finding->answered_count += total;
}

void
build_servers(struct findings *findings, struct finding *finding, const struct tally *tally,
	      const struct serverset *servers, bool resolver)
{
	struct text_list list = {0};

	for (uint32_t i = 0; serverset_next(servers, &i); i++)
		if (tally->settings->servers[i].resolver == resolver)
			text_list_add(&list, &findings->arena, tally->settings->servers[i].name);
	finding->servers = text_list_take(&list, &findings->arena);
	finding->server_count = list.count;
}

enum tristate
build_spoofable(const struct detect_input *input, const struct ip *address)
{
	const struct source *source;
	bool known = false;

	for (size_t at = 0; (source = presence_next(input->presence, address, &at)) != NULL;) {
		if (source->flags_known == 0)
			continue;
		known = true;
		if (source->flags[1] || source->flags[6]) /* FLAG_TCP, FLAG_COOKIE_VALID */
			return TRI_NO;
	}
	return known ? TRI_YES : TRI_UNKNOWN;
}

void
build_attack(struct findings *findings, struct finding *finding, const char *technique)
{
	struct str *attack =
		arena_alloc(&findings->arena, (finding->attack_count + 1) * sizeof(*attack));

	if (finding->attack_count)
		memcpy(attack, finding->attack, finding->attack_count * sizeof(*attack));
	attack[finding->attack_count++] = arena_str(&findings->arena, str_of(technique));
	finding->attack = attack;
}

bool
prefix_list_contains(const struct prefix *prefixes, size_t count, const struct ip *ip)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_contains(&prefixes[i], ip))
			return true;
	return false;
}

void
build_actor(struct findings *findings, struct finding *finding, const struct ip *address,
	    const struct detect_settings *settings)
{
	finding->addresses = arena_alloc(&findings->arena, sizeof(*finding->addresses));
	finding->addresses[0] = *address;
	finding->address_count = 1;
	finding->internal =
		prefix_list_contains(settings->internals, settings->internal_count, address);
	if (prefix_list_contains(settings->secondaries, settings->secondary_count, address))
		finding->role = STR("secondary");
	else if (prefix_list_contains(settings->resolvers, settings->resolver_count, address))
		finding->role = STR("resolver");
}

int
build_points(enum level level)
{
	static const int points[LEVELS] = {5, 25, 45, 75, 95};

	return points[level];
}

void
build_rule_attack(struct findings *findings, struct finding *finding, const struct rule *rule)
{
	for (size_t i = 0; i < rule->tag_count; i++) {
		struct str tag = rule->tags[i];
		char id[16];
		if (!str_take(&tag, STR("attack.")) || tag.n < 2 || tag.n >= sizeof(id) ||
		    (tag.p[0] != 't' && tag.p[0] != 'T') || tag.p[1] < '0' || tag.p[1] > '9')
			continue;
		memcpy(id, tag.p, tag.n);
		id[0] = 'T';
		id[tag.n] = '\0';
		build_attack(findings, finding, id);
	}
}

struct str
build_join(struct arena *arena, const struct str *texts, size_t count)
{
	struct buf buf;

	buf_init(&buf, 4096);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_text(&buf, ", ");
		buf_add_str(&buf, texts[i]);
	}
	struct str joined = arena_str(arena, buf_str(&buf));
	buf_release(&buf);
	return joined;
}

enum direction
build_direction(bool resolver, bool internal)
{
	if (internal)
		return DIRECTION_INTERNAL;
	return resolver ? DIRECTION_BY_OUR_CLIENT : DIRECTION_AGAINST_US;
}

struct finding *
build_from_pairs(struct findings *findings, const struct detect_input *input,
		 const struct pair *const *pairs, size_t count)
{
	struct finding *finding = findings_add(findings);
	const struct tally *tally = input->tally;
	struct text_list zones = {0};
	struct serverset servers = {0};

	build_actor(findings, finding, &pairs[0]->key.address, input->settings);
	for (size_t i = 0; i < count; i++) {
		finding->first_seen = time_earlier(finding->first_seen, pairs[i]->first);
		finding->last_seen = time_later(finding->last_seen, pairs[i]->last);
		finding->requests += pair_requests(pairs[i]);
		finding->distinct_names += pair_distinct(pairs[i]);
		serverset_merge(&servers, &pairs[i]->servers);
		if (zones.count < ZONES_KEPT)
			text_list_add(&zones, &findings->arena,
				      texts_get(&tally->texts, pairs[i]->key.zone));
	}
	finding->zone_count = count > ZONES_KEPT ? count : zones.count;
	finding->zones = text_list_take(&zones, &findings->arena);
	finding->zone_list_count = zones.count < ZONES_LISTED ? zones.count : ZONES_LISTED;
	build_servers(findings, finding, tally, &servers, pairs[0]->key.resolver);
	serverset_release(&servers);
	finding->direction = build_direction(pairs[0]->key.resolver, finding->internal);
	finding->spoofable = build_spoofable(input, &pairs[0]->key.address);
	return finding;
}
