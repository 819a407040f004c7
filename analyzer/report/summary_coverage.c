#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detector.h"
#include "report/summary_parts.h"

/* Quieter than this for at least GAP_SLOTS slots is a gap, on a server busy most of the time. */
enum { GAP_SLOTS = 6, BUSY_SHARE = 2 };

static const struct fact {
	uint32_t bit;
	const char *name;
} facts[] = {
	{FACT_TIME, "time"},
	{FACT_RCODE, "rcode"},
	{FACT_FLAGS, "flags"},
	{FACT_PORT, "port"},
	{FACT_TRANSPORT, "transport"},
	{FACT_COOKIE, "cookie"},
	{FACT_SERVER, "server address"},
	{FACT_VIEW, "view"},
	{FACT_TRANSFERS, "transfers"},
	{FACT_DENIALS, "denials"},
	{FACT_RATE_LIMIT, "rate limits"},
	{FACT_QUERY_ERROR, "query errors"},
};

static int
compare_slots(const void *a, const void *b)
{
	const struct timeline_key *left = a, *right = b;

	if (left->server != right->server)
		return left->server < right->server ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* The busy slots by server and time; to be freed. */
static struct timeline_key *
sort_slots(const struct timeline *timeline, size_t *count)
{
	struct timeline_key *keys = xcalloc(timeline->map.count, sizeof(*keys));
	const struct timeline_slot *slot;

	*count = 0;
	for (uint32_t i = 0; (slot = map_next(&timeline->map, &i)) != NULL;)
		keys[(*count)++] = slot->key;
	if (*count)
		qsort(keys, *count, sizeof(*keys), compare_slots);
	return keys;
}

/* Stretches without any line between a server's first and last of its `n` busy slots. */
static void
add_gaps(struct summary *summary, struct coverage_row *row, const struct timeline_key *busy,
	 size_t n, int64_t length)
{
	bool steady = n > 1 &&
		      (uint64_t)n * BUSY_SHARE >= (uint64_t)busy[n - 1].index - busy[0].index + 1;

	if (!steady)
		return;
	row->gaps = arena_alloc(&summary->arena, n * sizeof(*row->gaps));
	for (size_t i = 1; i < n; i++)
		if (busy[i].index - busy[i - 1].index > GAP_SLOTS)
			row->gaps[row->gap_count++] =
				(struct gap){((int64_t)busy[i - 1].index + 1) * length,
					     (int64_t)busy[i].index * length};
}

static void
add_facts(struct summary *summary, struct coverage_row *row, uint32_t seen)
{
	row->facts =
		arena_alloc(&summary->arena, sizeof(facts) / sizeof(*facts) * sizeof(*row->facts));
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (seen & facts[i].bit)
			row->facts[row->fact_count++] = str_of(facts[i].name);
}

/* Detectors that cannot say all they could from what this server logs. */
static void
add_blind(struct summary *summary, struct coverage_row *row, uint32_t seen, bool unbound)
{
	size_t n = 0;

	while (detectors[n])
		n++;
	row->blind = arena_alloc(&summary->arena, n * sizeof(*row->blind));
	for (size_t i = 0; i < n; i++) {
		const struct detector *detector = detectors[i];
		if (!detector->needs_any || (seen & detector->needs_any))
			continue;
		const char *enable = unbound ? detector->enable_unbound : detector->enable_bind;
		if (!enable)
			continue;
		row->blind[row->blind_count++] = (struct blind_row){
			str_of(detector->name), str_of(detector->needs), str_of(enable)};
	}
}

void
summary_coverage(struct summary *summary, const struct summary_input *input)
{
	const struct tally *tally = input->tally;
	size_t count = tally->settings->server_count, slots, at = 0;
	struct timeline_key *busy = sort_slots(&tally->timeline, &slots);

	summary->coverage = arena_alloc(&summary->arena, count * sizeof(*summary->coverage));
	for (uint32_t server = 0; server < count; server++) {
		const struct server_info *info = &tally->settings->servers[server];
		const struct server_sum *sum = &summary->servers[server];
		struct coverage_row *row = &summary->coverage[summary->coverage_count++];
		size_t first = at;
		*row = (struct coverage_row){
			.server = info->name,
			.role = str_of(info->resolver ? "resolver" : "authoritative"),
			.first = sum->first,
			.last = sum->last,
			.lines = sum->lines,
			.unknown = sum->unknown,
		};
		while (at < slots && busy[at].server == server)
			at++;
		add_gaps(summary, row, busy + first, at - first, timeline_length(&tally->timeline));
		add_facts(summary, row, sum->facts);
		add_blind(summary, row, sum->facts, info->unbound);
	}
	free(busy);
}
