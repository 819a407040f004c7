#include "store/table.h"

#include "base/xalloc.h"

enum { LINE_MAX_KEPT = 4096 };

/* Returns the line, which the slot does not own yet. */
static struct str
slot_fields(struct table_io *io, struct row *row, struct correlation_slot *slot)
{
	slot->rank = row_bits(row, slot->rank);
	slot->evident = row_bool(row, slot->evident);
	slot->rules_seen = row_u32(row, slot->rules_seen);
	slot->count = row_bits(row, slot->count);
	table_hashes(row, &slot->values, &correlation_value_type);
	slot->address = row_ip(row, &slot->address);
	slot->first = table_position(io, row, &slot->first);
	slot->last = row_time(row, slot->last);
	return row_text(row, str_make(slot->text, slot->length));
}

static void
save_correlations(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct correlation_slot *slot;

	for (uint32_t i = 0; (slot = map_next(&tally->correlations.map, &i)) != NULL;) {
		struct correlation_slot copy = *slot;
		row_u32(row, copy.key.correlation);
		table_text_of(io, row, tally, copy.key.group);
		row_i64(row, copy.key.slot);
		table_party(io, row, copy.key.party);
		slot_fields(io, row, &copy);
		row_end(row);
	}
}

static void
load_correlations(struct table_io *io, struct row *row, struct tally *tally)
{
	int64_t last = (int64_t)tally->settings->rules->correlation_count - 1;

	while (row_next(row)) {
		struct correlation_key key = {0};
		key.correlation = (uint32_t)row_number(row, 0, 0, last < 0 ? 0 : last);
		key.group = table_text(io, row, tally, 0);
		key.slot = row_i64(row, 0);
		key.party = table_party(io, row, 0);
		row->bad |= last < 0;
		struct correlation_slot *slot =
			table_entry(row, tally, &tally->correlations.map, &key, sizeof(key));
		if (!slot) {
			texts_drop(&tally->texts, key.group);
			return;
		}
		struct str text = slot_fields(io, row, slot);
		row->bad |= text.n > LINE_MAX_KEPT;
		if (row->bad)
			return;
		slot->length = (uint32_t)text.n;
		slot->text = xmemdup(text.p, text.n);
	}
}

const struct table table_correlations = {
	"correlations",
	4 + 14,
	"correlation INTEGER, grouped_by INTEGER REFERENCES texts, slot INTEGER, party INTEGER, "
	"rank INTEGER, evidence INTEGER, rules_seen INTEGER, count INTEGER, threshold INTEGER, "
	"hashes BLOB, "
	"address TEXT, time INTEGER, stream INTEGER, chunk INTEGER, offset INTEGER, "
	"line INTEGER, last INTEGER, text TEXT",
	save_correlations,
	load_correlations,
};
