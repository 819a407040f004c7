#include "cli/filter.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "record/codes.h"

enum {
	SECOND_MS = 1000,
	LITERALS_MAX = 64, /* more alternatives cost more than they save */
};

static const struct {
	char unit;
	int64_t ms;
} units[] = {
	{'s', SECOND_MS},
	{'m', 60 * SECOND_MS},
	{'h', 3600 * SECOND_MS},
	{'d', 86400 * SECOND_MS},
	{'w', 7 * 86400 * (int64_t)SECOND_MS},
};

/* `2h`, `3d`: milliseconds; false for another form. */
static bool
take_span(const char *text, int64_t *out)
{
	struct str s = str_of(text);
	uint64_t number;

	if (!str_take_number(&s, 100000, &number) || s.n != 1)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (s.p[0] == units[i].unit) {
			*out = (int64_t)number * units[i].ms;
			return true;
		}
	return false;
}

bool
filter_is_relative(const struct options *options)
{
	int64_t span;

	return (options->since && take_span(options->since, &span)) ||
	       (options->until && take_span(options->until, &span));
}

/* A date as the end of a range means its last millisecond. */
static int
read_time(const char *option, const char *text, int64_t now, bool is_end, int64_t *out,
	  struct err *err)
{
	enum { DATE_LENGTH = 10, DAY_MS = 86400000 };
	int64_t span;

	*out = TIME_NONE;
	if (!text)
		return 0;
	if (take_span(text, &span)) {
		if (now == TIME_NONE)
			return err_set(err, "%s %s: the logs tell no time to count back from",
				       option, text);
		*out = now - span;
		return 0;
	}
	if (!timestamp_parse(str_of(text), out))
		return err_set(err,
			       "%s: '%s' is no time such as 2026-11-23T14:00:00Z, 2026-11-23, 2h "
			       "or 3d",
			       option, text);
	if (is_end && strlen(text) == DATE_LENGTH)
		*out += DAY_MS - 1;
	return 0;
}

static int
read_zones(struct filter *filter, const struct option_list *list, struct err *err)
{
	char folded[QNAME_TEXT_MAX];

	filter->zones = arena_alloc(&filter->arena, list->count * sizeof(*filter->zones));
	for (size_t i = 0; i < list->count; i++) {
		struct str zone = str_of(list->items[i]);
		if (!qname_is_valid(zone))
			return err_set(err, "--zone: '%s' is no name", list->items[i]);
		zone = qname_fold(qname_trim_dot(zone), folded);
		filter->zones[filter->zone_count++] = arena_str(&filter->arena, zone);
	}
	return 0;
}

static int
read_types(struct filter *filter, const struct option_list *list, struct err *err)
{
	filter->types = arena_alloc(&filter->arena, list->count * sizeof(*filter->types));
	for (size_t i = 0; i < list->count; i++) {
		int32_t type = type_parse(str_of(list->items[i]));
		if (type == TYPE_UNKNOWN)
			return err_set(err, "--type: '%s' is no type such as AXFR or TYPE65",
				       list->items[i]);
		filter->types[filter->type_count++] = type;
	}
	return 0;
}

static int
read_names(struct filter *filter, const struct option_list *list, struct err *err)
{
	filter->names = arena_alloc(&filter->arena, list->count * sizeof(struct regex *));
	for (size_t i = 0; i < list->count; i++) {
		struct regex *regex = regex_compile(str_of(list->items[i]), REGEX_CASELESS, err);
		if (!regex)
			return err_prefix(err, "--name '%s'", list->items[i]);
		regex_jit(regex);
		filter->names[filter->name_count++] = regex;
	}
	return 0;
}

static int
read_rules(struct filter *filter, const struct option_list *list, const struct ruleset *rules,
	   struct err *err)
{
	filter->rules = arena_alloc(&filter->arena, list->count * sizeof(*filter->rules));
	for (size_t i = 0; i < list->count; i++) {
		struct str given = str_of(list->items[i]);
		size_t at = 0;
		while (at < rules->count && !str_eq(rules->rules[at].id, given) &&
		       !str_eq(rules->rules[at].name, given))
			at++;
		if (at == rules->count || !rules->rules[at].body)
			return err_set(err,
				       "--rule: no rule on single lines has the id or name '%s': "
				       "see digtrail rules list",
				       list->items[i]);
		filter->rules[filter->rule_count++] = (uint16_t)at;
	}
	return 0;
}

static int
read_servers(struct filter *filter, const struct option_list *list, const struct plan *plan,
	     struct err *err)
{
	if (list->count == 0)
		return 0;
	filter->servers =
		arena_alloc(&filter->arena, (plan->server_count + 1) * sizeof(*filter->servers));
	for (size_t i = 0; i < list->count; i++) {
		size_t at = 0;
		while (at < plan->server_count &&
		       strcmp(plan->servers[at].name, list->items[i]) != 0)
			at++;
		if (at == plan->server_count)
			return err_set(err, "--on-server: none of these logs is of '%s'",
				       list->items[i]);
		filter->servers[at] = true;
	}
	return 0;
}

/*
 * The octets that all addresses of a network begin with, as a pattern; false where there are
 * fewer than two, or where there is more than one spelling (IPv6).
 */
static bool
say_source(const struct prefix *prefix, struct buf *pattern)
{
	unsigned octets = prefix->bits < 96 ? 0 : (prefix->bits - 96u) / 8;

	if (octets < 2 || !ip_is_v4(&prefix->ip))
		return false;
	buf_add_text(pattern, pattern->n ? "|" : "");
	for (unsigned i = 0; i < octets; i++)
		buf_printf(pattern, "%u%s", prefix->ip.b[12 + i], i < 3 ? "\\." : "");
	return true;
}

static bool
say_sources(const struct filter *filter, struct buf *pattern)
{
	bool all = filter->source_count <= LITERALS_MAX;

	for (size_t i = 0; i < filter->source_count && all; i++)
		all = say_source(&filter->sources[i], pattern);
	return all;
}

/*
 * The longest label of a zone: whatever stands between labels in a log, and however its letters
 * are written. False where a server would escape a byte of it.
 */
static bool
say_zone(struct str zone, struct buf *pattern)
{
	struct str longest = {0};

	for (size_t at = 0; at < zone.n;) {
		struct str rest = str_skip(zone, at);
		size_t dot = str_index(rest, '.');
		struct str label = str_make(rest.p, dot == SIZE_MAX ? rest.n : dot);
		longest = label.n > longest.n ? label : longest;
		at += label.n + 1;
	}
	for (size_t i = 0; i < longest.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", longest.p[i]))
			return false;
	if (longest.n == 0)
		return false;
	buf_printf(pattern, "%s%.*s", pattern->n ? "|" : "", STR_ARG(longest));
	return true;
}

static bool
say_zones(const struct filter *filter, struct buf *pattern)
{
	bool all = filter->zone_count <= LITERALS_MAX;

	for (size_t i = 0; i < filter->zone_count && all; i++)
		all = say_zone(filter->zones[i], pattern);
	return all;
}

/* Only an IPv4 address has one spelling, which an IPv6 address that maps it holds as well. */
static void
find_literal(struct filter *filter)
{
	const struct prefix *only = filter->sources;

	filter->literal_length = 0;
	regex_free(filter->literals);
	filter->literals = NULL;
	if (filter->source_count == 1 && only->bits == 128 && ip_is_v4(&only->ip)) {
		ip_print(&only->ip, filter->literal);
		filter->literal_length = strlen(filter->literal);
		return;
	}
	struct buf pattern;
	buf_init(&pattern, REGEX_PATTERN_MAX);
	bool all =
		filter->source_count ? say_sources(filter, &pattern) : say_zones(filter, &pattern);
	struct err err;
	if (all && pattern.n && !pattern.full)
		filter->literals = regex_compile(buf_str(&pattern), REGEX_CASELESS, &err);
	if (filter->literals)
		regex_jit(filter->literals);
	buf_release(&pattern);
}

static void
set_sources(struct filter *filter, const struct option_peers *peers)
{
	filter->source_count = peers->prefix_count;
	filter->sources =
		arena_alloc(&filter->arena, peers->prefix_count * sizeof(*filter->sources));
	if (peers->prefix_count)
		memcpy(filter->sources, peers->prefixes,
		       peers->prefix_count * sizeof(*filter->sources));
	find_literal(filter);
}

int
filter_begin(struct filter *filter, const struct options *options, struct err *err)
{
	*filter = (struct filter){.since = TIME_NONE, .until = TIME_NONE};
	if (read_zones(filter, &options->zones, err) != 0 ||
	    read_types(filter, &options->types, err) != 0 ||
	    read_names(filter, &options->names, err) != 0)
		return -1;
	set_sources(filter, &options->sources);
	return 0;
}

int
filter_end(struct filter *filter, const struct options *options, const struct plan *plan,
	   const struct ruleset *rules, int64_t now, struct err *err)
{
	if (read_time("--since", options->since, now, false, &filter->since, err) != 0 ||
	    read_time("--until", options->until, now, true, &filter->until, err) != 0 ||
	    read_rules(filter, &options->rule_ids, rules, err) != 0 ||
	    read_servers(filter, &options->on_servers, plan, err) != 0)
		return -1;
	if (filter->since != TIME_NONE && filter->until != TIME_NONE &&
	    filter->until < filter->since)
		return err_set(err, "--until %s lies before --since %s", options->until,
			       options->since);
	filter->is_active = filter->since != TIME_NONE || filter->until != TIME_NONE ||
			    filter->source_count || filter->zone_count || filter->type_count ||
			    filter->name_count || filter->rule_count || filter->servers;
	return 0;
}

void
filter_release(struct filter *filter)
{
	for (size_t i = 0; i < filter->name_count; i++)
		regex_free(filter->names[i]);
	regex_free(filter->literals);
	arena_release(&filter->arena);
	*filter = (struct filter){0};
}

static void
add_whole(struct filter *filter, const struct ip *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		filter->sources[filter->source_count++] = ip_prefix(&addresses[i], 32, 128);
}

void
filter_by_finding(struct filter *filter, const struct finding *finding)
{
	size_t most = finding->address_count + finding->contributor_address_count + 1;

	filter->is_active = true;
	filter->source_count = 0;
	filter->sources = arena_alloc(&filter->arena, most * sizeof(*filter->sources));
	if (finding->has_prefix)
		filter->sources[filter->source_count++] = finding->prefix;
	else
		add_whole(filter, finding->addresses, finding->address_count);
	add_whole(filter, finding->contributors, finding->contributor_address_count);
	/* A list that was cut would hide lines. */
	if (finding->zone_count == finding->zone_list_count) {
		filter->zone_count = finding->zone_list_count;
		filter->zones =
			arena_alloc(&filter->arena, filter->zone_count * sizeof(*filter->zones));
		for (size_t i = 0; i < filter->zone_count; i++)
			filter->zones[i] = arena_str(&filter->arena, finding->zones[i]);
	}
	find_literal(filter);
	filter->since = finding->first_seen;
	filter->until = finding->last_seen;
}

static void
add_texts(struct buf *out, const char *option, const struct option_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_printf(out, "%s%s %s", out->n ? " " : "", option, list->items[i]);
}

void
filter_describe(const struct options *options, struct buf *out)
{
	char text[PREFIX_TEXT];

	if (options->since)
		buf_printf(out, "--since %s", options->since);
	if (options->until)
		buf_printf(out, "%s--until %s", out->n ? " " : "", options->until);
	for (size_t i = 0; i < options->sources.prefix_count; i++)
		buf_printf(out, "%s--source %s", out->n ? " " : "",
			   prefix_print(&options->sources.prefixes[i], text));
	add_texts(out, "--zone", &options->zones);
	add_texts(out, "--type", &options->types);
	add_texts(out, "--name", &options->names);
	add_texts(out, "--rule", &options->rule_ids);
	add_texts(out, "--on-server", &options->on_servers);
}

static bool
is_source(const struct filter *filter, const struct ip *client)
{
	for (size_t i = 0; i < filter->source_count; i++)
		if (prefix_contains(&filter->sources[i], client))
			return true;
	return filter->source_count == 0;
}

static bool
is_type(const struct filter *filter, int32_t type)
{
	for (size_t i = 0; i < filter->type_count; i++)
		if (filter->types[i] == type)
			return true;
	return filter->type_count == 0;
}

bool
filter_record(const struct filter *filter, const struct record *record)
{
	/* TIME_NONE lies before every time. */
	if ((filter->since != TIME_NONE && record->time < filter->since) ||
	    (filter->until != TIME_NONE &&
	     (record->time > filter->until || record->time == TIME_NONE)))
		return false;
	if (filter->source_count &&
	    (ip_is_none(&record->client) || !is_source(filter, &record->client)))
		return false;
	if (filter_has_names(filter) && record->qname.n == 0)
		return false;
	return is_type(filter, record->qtype);
}

bool
filter_name(const struct filter *filter, struct regex_scratch *scratch, const struct name *name)
{
	bool found = filter->zone_count == 0;

	for (size_t i = 0; i < filter->zone_count && !found; i++)
		found = qname_is_below(name->text, filter->zones[i]);
	if (!found || filter->name_count == 0)
		return found;
	for (size_t i = 0; i < filter->name_count; i++)
		if (regex_match(filter->names[i], scratch, name->text) == REGEX_MATCH)
			return true;
	return false;
}

bool
filter_rules(const struct filter *filter, const struct matches *matches)
{
	for (size_t i = 0; i < filter->rule_count; i++)
		for (size_t j = 0; j < matches->count; j++)
			if (matches->rule[j] == filter->rules[i])
				return true;
	return filter->rule_count == 0;
}
