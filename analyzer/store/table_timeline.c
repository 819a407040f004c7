#include "store/table.h"

static void
slot_fields(struct row *row, struct timeline_slot *slot)
{
	for (size_t i = 0; i < RECORD_KINDS; i++)
		slot->kinds[i] = row_bits(row, slot->kinds[i]);
	slot->requests = row_bits(row, slot->requests);
	table_hashes(row, &slot->names, &timeline_name_type);
}

static void
save_timeline(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct timeline_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->timeline.map, &i)) != NULL;) {
		struct timeline_slot copy = *slot;
		table_server(io, row, copy.key.server);
		row_u32(row, copy.key.index);
		slot_fields(row, &copy);
		row_end(row);
	}
}

static void
load_timeline(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct timeline_key key;
		key.server = table_server(io, row, 0);
		key.index = row_u32(row, 0);
		struct timeline_slot *slot =
			table_entry(row, tally, &tally->timeline.map, &key, sizeof(key));
		if (!slot)
			return;
		slot_fields(row, slot);
		if (!table_forgets(io, key.server))
			continue;
		slot->requests = 0;
		sample_release(&slot->names, &timeline_name_type, NULL);
	}
}

/* The columns of the kinds stand in the order of their enum. */
const struct table table_timeline = {
	"timeline",
	2 + RECORD_KINDS + 3,
	"server INTEGER, slot INTEGER, query INTEGER, response INTEGER, denied INTEGER, "
	"transfer INTEGER, rate_limited INTEGER, query_error INTEGER, dynamic_update INTEGER, "
	"other INTEGER, unknown INTEGER, malformed INTEGER, requests INTEGER, "
	"names_threshold INTEGER, names BLOB",
	save_timeline,
	load_timeline,
};
