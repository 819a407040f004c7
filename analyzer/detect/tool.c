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

static bool
was_hit(const struct tally *tally, const struct ip *address, uint32_t rule)
{
	for (uint32_t server = 0; server < tally->settings->server_count; server++) {
		struct rulehit_key key = {*address, server, rule};
		if (map_find(&tally->rulehits.map, hash_bytes(&tally->key, &key, sizeof(key)),
			     &key))
			return true;
	}
	return false;
}

size_t
tool_marks(const struct tally *tally, const struct ip *address, struct tool_count *out, size_t max)
{
	size_t count, found = 0;
	struct mark *marks = collect(tally->settings->rules, &count);

	for (size_t i = 0; i < count; i++) {
		size_t at = 0;
		if (!was_hit(tally, address, marks[i].rule))
			continue;
		while (at < found && !str_eq(out[at].tool, marks[i].tool))
			at++;
		if (at == max)
			continue;
		if (at == found)
			out[found++] = (struct tool_count){.tool = marks[i].tool};
		out[at].rules++;
	}
	free(marks);
	return found;
}

/* The tool with the most marks of an address; nothing when two tools have as many. */
static struct str
find(const struct tally *tally, const struct ip *address, const struct mark *marks, size_t count)
{
	struct str best = STR("");
	size_t most = 0;
	bool tie = false;

	for (size_t i = 0; i < count; i++) {
		size_t n = 0;
		for (size_t j = 0; j < count; j++)
			n += str_eq(marks[j].tool, marks[i].tool) &&
			     was_hit(tally, address, marks[j].rule);
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
	struct mark *marks = collect(input->tally->settings->rules, &count);

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->all[i];
		if (finding->address_count == 1 && finding->tool.n == 0)
			finding->tool =
				arena_str(&findings->arena,
					  find(input->tally, &finding->addresses[0], marks, count));
	}
	free(marks);
}
