#include "detect/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

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
