#include "detect/tool.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* One rule that names a tool. */
struct mark {
	uint32_t rule;
	struct str tool;
};

static struct str
tool_of(const struct rule *rule)
{
	for (size_t i = 0; i < rule->tag_count; i++) {
		struct str tag = rule->tags[i];
		if (str_take(&tag, STR("digtrail.tool.")))
			return tag;
	}
	return STR("");
}

/* All rules that name a tool; to be freed. */
static struct mark *
collect(const struct ruleset *rules, size_t *count)
{
	struct mark *marks = xcalloc(rules->count, sizeof(*marks));

	*count = 0;
	for (uint32_t i = 0; i < rules->count; i++) {
		struct str tool = tool_of(&rules->rules[i]);
		if (tool.n)
			marks[(*count)++] = (struct mark){i, tool};
	}
	return marks;
}

/* A rule that names a tool, and an address whose lines it matched, at whatever server. */
struct hit_key {
	struct ip address;
	uint32_t rule;
};

struct hit {
	uint64_t hash;
	struct hit_key key;
};

/* All of them: to be released. Those of an address are not to be asked of each server. */
static void
collect_hits(struct map *hits, const struct tally *tally, const struct mark *marks, size_t count)
{
	bool *names_tool = xcalloc(tally->settings->rules->count + 1, sizeof(*names_tool));
	const struct rulehit *rulehit;

	map_init(hits, sizeof(struct hit), sizeof(struct hit_key));
	for (size_t i = 0; i < count; i++)
		names_tool[marks[i].rule] = true;
	for (uint32_t i = 0; (rulehit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		struct hit_key key = {rulehit->key.address, rulehit->key.rule};
		if (names_tool[key.rule])
			map_put(hits, hash_bytes(&tally->key, &key, sizeof(key)), &key, NULL);
	}
	free(names_tool);
}

static bool
was_hit(const struct map *hits, const struct hash_key *key, const struct ip *address, uint32_t rule)
{
	struct hit_key own = {*address, rule};

	return map_find(hits, hash_bytes(key, &own, sizeof(own)), &own) != NULL;
}

size_t
tool_marks(const struct tally *tally, const struct ip *address, struct tool_count *out, size_t max)
{
	size_t count, found = 0;
	struct mark *marks = collect(tally->settings->rules, &count);
	struct map hits;

	collect_hits(&hits, tally, marks, count);
	for (size_t i = 0; i < count; i++) {
		size_t at = 0;
		if (!was_hit(&hits, &tally->key, address, marks[i].rule))
			continue;
		while (at < found && !str_eq(out[at].tool, marks[i].tool))
			at++;
		if (at == max)
			continue;
		if (at == found)
			out[found++] = (struct tool_count){.tool = marks[i].tool};
		out[at].rules++;
	}
	map_release(&hits);
	free(marks);
	return found;
}

/* The tool with the most marks of an address; nothing when two tools have as many. */
static struct str
find(const struct map *hits, const struct hash_key *key, const struct ip *address,
     const struct mark *marks, size_t count)
{
	struct str best = STR("");
	size_t most = 0;
	bool tie = false;

	for (size_t i = 0; i < count; i++) {
		size_t n = 0;
		for (size_t j = 0; j < count; j++)
			n += str_eq(marks[j].tool, marks[i].tool) &&
			     was_hit(hits, key, address, marks[j].rule);
		if (n == 0 || n < most || str_eq(marks[i].tool, best))
			continue;
		tie = n == most;
		most = n;
		best = marks[i].tool;
	}
	return tie ? STR("") : best;
}

void
tool_mark(const struct detect_input *input, struct findings *findings)
{
	size_t count;
	const struct tally *tally = input->tally;
	struct mark *marks = collect(tally->settings->rules, &count);
	struct map hits;

	collect_hits(&hits, tally, marks, count);
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->all[i];
		if (finding->address_count == 1 && finding->tool.n == 0)
			finding->tool = arena_str(
				&findings->arena,
				find(&hits, &tally->key, &finding->addresses[0], marks, count));
	}
	map_release(&hits);
	free(marks);
}
