#include "store/table.h"

static void
zone_fields(struct table_io *io, struct row *row, struct zone *zone)
{
	zone->evident = row_bool(row, zone->evident);
	zone->rank = row_bits(row, zone->rank);
	zone->own = row_bool(row, zone->own);
	zone->requests = row_bits(row, zone->requests);
	table_servers(io, row, &zone->servers);
	zone->first = row_time(row, zone->first);
	zone->last = row_time(row, zone->last);
	table_hashes(row, &zone->sources, &zone_source_type);
}

static void
forget_requests(struct zone *zone)
{
	zone->requests = 0;
	sample_release(&zone->sources, &zone_source_type, NULL);
}

static void
save_zones(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct zone *zone;
	uint32_t number = 0;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		struct zone copy = *zone;
		row_u32(row, ++number);
		table_text_of(io, row, tally, copy.key.text);
		table_role(io, row, copy.key.resolver);
		zone_fields(io, row, &copy);
		row_end(row);
	}
}

static void
load_zones(struct table_io *io, struct row *row, struct tally *tally)
{
	uint32_t number = 0;

	io->parent_count = 0;
	while (row_next(row)) {
		struct zone_key key;
		row_number(row, 0, number + 1, number + 1);
		key.text = table_text(io, row, tally, 0);
		key.resolver = table_role(io, row, 0);
		uint64_t hash = zones_hash(tally, texts_get(&tally->texts, key.text), key.resolver);
		struct zone *zone = table_entry_hashed(row, &tally->zones.map, &key, hash);
		if (!zone) {
			texts_drop(&tally->texts, key.text);
			return;
		}
		zone->key.text = key.text;
		zone_fields(io, row, zone);
		if (table_forgets_role(io, zone->key.resolver))
			forget_requests(zone);
		table_add_parent(io, zone);
		number++;
	}
}

const struct table table_zones = {
	"zones",
	3 + 9,
	"id INTEGER PRIMARY KEY, zone INTEGER REFERENCES texts, role INTEGER, "
	"evidence INTEGER, rank INTEGER, own INTEGER, requests INTEGER, servers INTEGER, "
	"first INTEGER, last INTEGER, sources_threshold INTEGER, sources BLOB",
	save_zones,
	load_zones,
};

static void
class_fields(struct row *row, struct zone_class *names)
{
	names->requests = row_bits(row, names->requests);
	table_threshold(row, &names->names);
}

static void
save_classes(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct zone *zone;
	uint32_t number = 0;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		number++;
		for (size_t c = 0; c < NAME_CLASSES; c++) {
			if (!zone->classes[c])
				continue;
			struct zone_class copy = *zone->classes[c];
			table_parent(io, row, number);
			row_number(row, (int64_t)c, 0, NAME_CLASSES - 1);
			class_fields(row, &copy);
			row_end(row);
		}
	}
}

static void
load_classes(struct table_io *io, struct row *row, struct tally *tally)
{
	(void)tally;
	while (row_next(row)) {
		struct zone *zone = table_parent(io, row, 0);
		size_t c = (size_t)row_number(row, 0, 0, NAME_CLASSES - 1);
		if (row->bad || zone->classes[c]) {
			row->bad = true;
			return;
		}
		class_fields(row, zone_put_class(zone, c));
		if (table_forgets_role(io, zone->key.resolver))
			zone->classes[c]->requests = 0;
	}
}

const struct table table_zone_classes = {
	"zone_classes",
	4,
	"zone INTEGER REFERENCES zones, class INTEGER, requests INTEGER, threshold INTEGER",
	save_classes,
	load_classes,
};

/* Four bytes each, ascending; the first 0 ends them. */
static void
prefixes_field(struct row *row, uint32_t *prefixes)
{
	char bytes[ZONE_PREFIXES * sizeof(uint64_t)];
	uint64_t values[ZONE_PREFIXES] = {0};
	size_t used = 0, words = 0;

	while (row->saving && used < ZONE_PREFIXES && prefixes[used]) {
		values[used / 2] |= (uint64_t)prefixes[used] << (used % 2 ? 32 : 0);
		used++;
	}
	words = (used + 1) / 2;
	if (row->saving) {
		row_blob(row, table_pack(bytes, values, words));
		return;
	}
	struct str packed = row_blob(row, (struct str){0});
	words = packed.n / sizeof(uint64_t);
	if (words > ZONE_PREFIXES / 2) {
		row->bad = true;
		return;
	}
	if (!table_unpack(row, packed, values, words))
		return;
	for (size_t i = 0; i < words * 2; i++) {
		prefixes[i] = (uint32_t)(values[i / 2] >> (i % 2 ? 32 : 0));
		if (i && prefixes[i] && prefixes[i] <= prefixes[i - 1])
			row->bad = true;
	}
}

static void
name_fields(struct row *row, struct zone_name *name)
{
	name->moment = row_bits(row, name->moment);
	name->first_asker = row_ip(row, &name->first_asker);
	prefixes_field(row, name->prefixes);
	name->more_prefixes = row_bool(row, name->more_prefixes);
	name->hours = row_u32(row, name->hours);
	name->requests = row_u32(row, name->requests);
	name->types = row_u16(row, name->types);
	name->seen = row_u8(row, name->seen);
}

static void
forget_name_requests(struct zone_name *name)
{
	memset(name->prefixes, 0, sizeof(name->prefixes));
	name->more_prefixes = false;
	name->hours = name->requests = 0;
	name->types = 0;
}

static void
save_class_names(struct table_io *io, struct row *row, const struct tally *tally, uint32_t number,
		 size_t class_, const struct sample *names)
{
	const struct zone_name *name;

	for (uint32_t i = 0; (name = sample_next(names, &zone_name_type, &i)) != NULL;) {
		struct zone_name copy = *name;
		table_parent(io, row, number);
		row_number(row, (int64_t)class_, 0, NAME_CLASSES - 1);
		table_text_of(io, row, tally, copy.text);
		name_fields(row, &copy);
		row_end(row);
	}
}

static void
save_names(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct zone *zone;
	uint32_t number = 0;

	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;) {
		number++;
		for (size_t c = 0; c < NAME_CLASSES; c++)
			if (zone->classes[c])
				save_class_names(io, row, tally, number, c,
						 &zone->classes[c]->names);
	}
}

static void
load_names(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct zone *zone = table_parent(io, row, 0);
		size_t c = (size_t)row_number(row, 0, 0, NAME_CLASSES - 1);
		uint64_t hash = 0;
		uint32_t text = table_name(io, row, tally, &hash);
		if (row->bad || !zone->classes[c] || !table_is_below(tally, text, zone->key.text)) {
			texts_drop(&tally->texts, text);
			row->bad = true;
			return;
		}
		struct zone_name *name =
			table_item(io, row, tally, &zone->classes[c]->names, &zone_name_type, hash);
		if (!name) {
			texts_drop(&tally->texts, text);
			return;
		}
		name->text = text;
		name_fields(row, name);
		if (table_forgets_role(io, zone->key.resolver))
			forget_name_requests(name);
	}
}

const struct table table_zone_names = {
	"zone_names",
	11,
	"zone INTEGER REFERENCES zones, class INTEGER, name INTEGER REFERENCES texts, "
	"moment INTEGER, first_asker TEXT, prefixes BLOB, more_prefixes INTEGER, hours INTEGER, "
	"requests INTEGER, types INTEGER, seen INTEGER",
	save_names,
	load_names,
};
