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
compare_indices(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Stretches without any line between a server's first and last busy slot. */
static void
add_gaps(struct summary *summary, struct coverage_row *row, const struct tally *tally,
	 uint32_t server)
{
	const struct timeline *timeline = &tally->timeline;
	const struct timeline_slot *slot;
	uint32_t *busy = xcalloc(timeline->map.count, sizeof(*busy));
	size_t n = 0;

	for (uint32_t i = 0; (slot = map_next(&timeline->map, &i)) != NULL;)
		if (slot->key.server == server)
			busy[n++] = slot->key.index;
	if (n)
		qsort(busy, n, sizeof(*busy), compare_indices);
	bool steady = n > 1 && (uint64_t)n * BUSY_SHARE >= (uint64_t)busy[n - 1] - busy[0] + 1;
	row->gaps = arena_alloc(&summary->arena, (n + 1) * sizeof(*row->gaps));
	for (size_t i = 1; steady && i < n; i++)
		if (busy[i] - busy[i - 1] > GAP_SLOTS)
			row->gaps[row->gap_count++] =
				(struct gap){((int64_t)busy[i - 1] + 1) * timeline_length(timeline),
					     (int64_t)busy[i] * timeline_length(timeline)};
	free(busy);
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
	size_t count = tally->settings->server_count;

	summary->coverage = arena_alloc(&summary->arena, count * sizeof(*summary->coverage));
	for (uint32_t server = 0; server < count; server++) {
		const struct server_info *info = &tally->settings->servers[server];
		struct coverage_row *row = &summary->coverage[summary->coverage_count++];
		uint32_t seen = 0;
		*row = (struct coverage_row){
			.server = info->name,
			.role = str_of(info->resolver ? "resolver" : "authoritative"),
			.first = TIME_NONE,
			.last = TIME_NONE,
		};
		for (size_t i = 0; i < tally->streams.count; i++) {
			const struct stream *stream = &tally->streams.all[i];
			if (tally->settings->streams[i].server != server)
				continue;
			seen |= stream->facts;
			row->first = time_earlier(row->first, stream->first);
			row->last = time_later(row->last, stream->last);
			for (size_t k = 0; k < RECORD_KINDS; k++)
				row->lines += stream->kinds[k];
			row->unknown +=
				stream->kinds[RECORD_UNKNOWN] + stream->kinds[RECORD_MALFORMED];
		}
		add_gaps(summary, row, tally, server);
		add_facts(summary, row, seen);
		add_blind(summary, row, seen, info->unbound);
	}
}
