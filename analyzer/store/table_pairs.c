#include "store/table.h"

static void
pair_fields(struct table_io *io, struct row *row, struct pair *pair)
{
	pair->evident = row_bool(row, pair->evident);
	pair->rank = row_bits(row, pair->rank);
	row_u32(row, pair_requests(pair)); /* for people: the classes' requests tell it */
	table_servers(io, row, &pair->servers);
	pair->flags_known = row_u32(row, pair->flags_known);
	pair->recursion_desired = row_u32(row, pair->recursion_desired);
	pair->first = row_time(row, pair->first);
	pair->last = row_time(row, pair->last);
	table_counts(row, &pair->types, TYPE_KEYS);
}

static void
forget_requests(struct pair *pair)
{
	pair->flags_known = pair->recursion_desired = 0;
	counts_release(&pair->types);
}

static void
save_pairs(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct pair *pair;
	uint32_t number = 0;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		struct pair copy = *pair;
		row_u32(row, ++number);
		row_ip(row, &copy.key.address);
		table_text_of(io, row, tally, copy.key.zone);
		table_role(io, row, copy.key.resolver);
		pair_fields(io, row, &copy);
		row_end(row);
	}
}

static void
load_pairs(struct table_io *io, struct row *row, struct tally *tally)
{
	uint32_t number = 0;

	io->parent_count = 0;
	while (row_next(row)) {
		row_number(row, 0, number + 1, number + 1);
		struct pair_key key = {.address = row_ip(row, NULL)};
		key.zone = table_text(io, row, tally, 0);
		key.resolver = table_role(io, row, 0);
		uint64_t hash = pairs_hash(tally, &key.address, texts_get(&tally->texts, key.zone),
					   key.resolver);
		struct pair *pair = table_entry_hashed(row, &tally->pairs.map, &key.resolver, hash);
		if (!pair) {
			texts_drop(&tally->texts, key.zone);
			return;
		}
		pair->key = key;
		pair_fields(io, row, pair);
		if (table_forgets_role(io, pair->key.resolver))
			forget_requests(pair);
		table_add_parent(io, pair);
		number++;
	}
}

const struct table table_pairs = {
	"pairs",
	4 + 9,
	"id INTEGER PRIMARY KEY, address TEXT, zone INTEGER REFERENCES texts, role INTEGER, "
	"evidence INTEGER, rank INTEGER, requests INTEGER, servers INTEGER, "
	"flags_known INTEGER, recursion_desired INTEGER, first INTEGER, last INTEGER, types BLOB",
	save_pairs,
	load_pairs,
};

static void
save_classes(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct pair *pair;
	uint32_t number = 0;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		number++;
		for (size_t c = 0; c < NAME_CLASSES; c++) {
			struct pair_class names = pair_class(pair, c);
			if (!pair_has_class(pair, c))
				continue;
			table_parent(io, row, number);
			row_number(row, (int64_t)c, 0, NAME_CLASSES - 1);
			row_u32(row, names.requests);
			table_threshold(row, &names.names);
			row_end(row);
		}
	}
}

static void
load_classes(struct table_io *io, struct row *row, struct tally *tally)
{
	(void)tally;
	while (row_next(row)) {
		struct pair *pair = table_parent(io, row, 0);
		size_t c = (size_t)row_number(row, 0, 0, NAME_CLASSES - 1);
		uint32_t requests = row_u32(row, 0);
		struct sample names = {0};
		table_threshold(row, &names);
		if (row->bad)
			return;
		if (table_forgets_role(io, pair->key.resolver))
			requests = 0;
		if (!pair_load_class(pair, c, requests, names.threshold)) {
			row->bad = true;
			return;
		}
	}
}

const struct table table_pair_classes = {
	"pair_classes",
	4,
	"pair INTEGER REFERENCES pairs, class INTEGER, requests INTEGER, threshold INTEGER",
	save_classes,
	load_classes,
};

static void
name_fields(struct row *row, struct pair_name *name)
{
	name->moment = row_bits(row, name->moment);
	name->types = row_u16(row, name->types);
	name->count = row_u8(row, name->count);
	name->seen = row_u8(row, name->seen);
}

static void
save_class_names(struct table_io *io, struct row *row, const struct tally *tally, uint32_t number,
		 size_t class_, const struct sample *names)
{
	const struct pair_name *name;

	for (uint32_t i = 0; (name = sample_next(names, &pair_name_type, &i)) != NULL;) {
		struct pair_name copy = *name;
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
	const struct pair *pair;
	uint32_t number = 0;

	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;) {
		number++;
		for (size_t c = 0; c < NAME_CLASSES; c++) {
			struct sample names = pair_class(pair, c).names;
			save_class_names(io, row, tally, number, c, &names);
		}
	}
}

/* As table_item(), of a pair. */
static struct pair_name *
load_name(struct row *row, struct tally *tally, struct pair *pair, size_t class_, uint64_t hash)
{
	bool created = false;
	struct pair_name *name = NULL;

	if (pair_class(pair, class_).names.count < PAIR_K)
		name = pair_put_name(pair, class_, hash, &created, &tally->texts);
	if (!created)
		row->bad = true;
	return created ? name : NULL;
}

static void
load_names(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct pair *pair = table_parent(io, row, 0);
		size_t c = (size_t)row_number(row, 0, 0, NAME_CLASSES - 1);
		uint64_t hash = 0;
		uint32_t text = table_name(io, row, tally, &hash);
		if (row->bad || !pair_has_class(pair, c) ||
		    !table_is_below(tally, text, pair->key.zone)) {
			texts_drop(&tally->texts, text);
			row->bad = true;
			return;
		}
		struct pair_name *name = load_name(row, tally, pair, c, hash);
		if (!name) {
			texts_drop(&tally->texts, text);
			return;
		}
		name->text = text;
		name_fields(row, name);
		if (table_forgets_role(io, pair->key.resolver))
			name->types = name->count = 0;
	}
}

const struct table table_pair_names = {
	"pair_names",
	7,
	"pair INTEGER REFERENCES pairs, class INTEGER, name INTEGER REFERENCES texts, "
	"moment INTEGER, types INTEGER, requests INTEGER, seen INTEGER",
	save_names,
	load_names,
};
