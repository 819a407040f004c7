#include "tally/timeline.h"

#include "tally/tally.h"

enum { SHIFT_MOST = 20 }; /* twenty years a slot */

const struct sample_type timeline_name_type = {sizeof(uint64_t), TIMELINE_NAMES_K, NULL};

void
timeline_init(struct timeline *timeline, uint32_t limit)
{
	*timeline = (struct timeline){.limit = limit};
	map_init(&timeline->map, sizeof(struct timeline_slot), sizeof(struct timeline_key));
}

static void
release(struct map *map)
{
	struct timeline_slot *slot;

	for (uint32_t i = 0; (slot = map_next(map, &i)) != NULL;)
		sample_release(&slot->names, &timeline_name_type, NULL);
	map_release(map);
}

void
timeline_release(struct tally *tally)
{
	release(&tally->timeline.map);
}

int64_t
timeline_length(const struct timeline *timeline)
{
	return (int64_t)SLOT_MS << timeline->shift;
}

static void coarsen(struct tally *tally);

static struct timeline_slot *
put(struct tally *tally, uint32_t server, uint32_t fine, uint8_t fine_shift)
{
	struct timeline *timeline = &tally->timeline;

	for (;;) {
		struct timeline_key key = {server, fine >> (timeline->shift - fine_shift)};
		struct timeline_slot *last = timeline->last;
		if (last && last->key.server == key.server && last->key.index == key.index)
			return last;
		uint64_t hash = hash_bytes(&tally->key, &key, sizeof(key));
		struct timeline_slot *slot = map_put(&timeline->map, hash, &key, NULL);
		/* A slot a server stays however long slots are: there is an end to coarsening. */
		if (!timeline->limit || timeline->map.count <= timeline->limit ||
		    timeline->shift >= SHIFT_MOST)
			return timeline->last = slot;
		coarsen(tally);
	}
}

static void
slot_merge(struct timeline_slot *into, const struct timeline_slot *from)
{
	const uint64_t *name;

	for (size_t i = 0; i < RECORD_KINDS; i++)
		into->kinds[i] += from->kinds[i];
	into->requests += from->requests;
	for (uint32_t i = 0; (name = sample_next(&from->names, &timeline_name_type, &i)) != NULL;)
		sample_put(&into->names, &timeline_name_type, *name, NULL, NULL);
	sample_limit(&into->names, &timeline_name_type, from->names.threshold, NULL);
}

static void
coarsen(struct tally *tally)
{
	struct timeline *timeline = &tally->timeline;
	struct map old = timeline->map;
	const struct timeline_slot *slot;

	map_init(&timeline->map, sizeof(struct timeline_slot), sizeof(struct timeline_key));
	timeline->shift++;
	timeline->last = NULL;
	for (uint32_t i = 0; (slot = map_next(&old, &i)) != NULL;) {
		struct timeline_key key = {slot->key.server, slot->key.index >> 1};
		uint64_t hash = hash_bytes(&tally->key, &key, sizeof(key));
		slot_merge(map_put(&timeline->map, hash, &key, NULL), slot);
	}
	release(&old);
}

void
timeline_add(struct tally *tally, const struct tally_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct tally_line *line = &lines[i];
		if (line->slot < 0)
			continue;
		struct timeline_slot *slot = put(tally, line->server, (uint32_t)line->slot, 0);
		bool created;
		slot->kinds[line->record->kind]++;
		if (!line->is_request)
			continue;
		slot->requests++;
		if (line->name)
			sample_put_near(&slot->names, &timeline_name_type, sizeof(uint64_t),
					line->name->hash, &created, NULL);
	}
}

void
timeline_merge(struct tally *into, struct tally *from)
{
	const struct timeline_slot *slot;

	while (into->timeline.shift < from->timeline.shift)
		coarsen(into);
	for (uint32_t i = 0; (slot = map_next(&from->timeline.map, &i)) != NULL;)
		slot_merge(put(into, slot->key.server, slot->key.index, from->timeline.shift),
			   slot);
}

void
timeline_settle(struct tally *tally)
{
	struct timeline_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->timeline.map, &i)) != NULL;)
		sample_settle(&slot->names, &timeline_name_type, NULL);
}
