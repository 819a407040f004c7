#include "store/table.h"

enum { MAP_WORDS = 4 };

static void
map_field(struct row *row, uint64_t *words)
{
	char bytes[MAP_WORDS * sizeof(uint64_t)];

	if (row->saving)
		row_blob(row, table_pack(bytes, words, MAP_WORDS));
	else
		table_unpack(row, row_blob(row, (struct str){0}), words, MAP_WORDS);
}

static void
sweep_fields(struct table_io *io, struct row *row, struct sweep *sweep)
{
	sweep->rank = row_bits(row, sweep->rank);
	sweep->evident = row_bool(row, sweep->evident);
	sweep->requests = row_u32(row, sweep->requests);
	map_field(row, sweep->asked);
	map_field(row, sweep->again);
	table_servers(io, row, &sweep->servers);
	sweep->first = row_time(row, sweep->first);
	sweep->last = row_time(row, sweep->last);
}

static void
save_sweeps(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct sweep *sweep;

	for (uint32_t i = 0; (sweep = map_next(&tally->sweeps.map, &i)) != NULL;) {
		struct sweep copy = *sweep;
		row_ip(row, &copy.key.address);
		row_ip(row, &copy.key.base);
		row_u32(row, copy.key.bits);
		table_role(io, row, copy.key.resolver);
		sweep_fields(io, row, &copy);
		row_end(row);
	}
}

static void
load_sweeps(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct sweep_key key = {.address = row_ip(row, NULL)};
		struct sweep made = {0};
		key.base = row_ip(row, NULL);
		key.bits = (uint32_t)row_number(row, 0, 0, 128);
		key.resolver = table_role(io, row, 0);
		sweep_fields(io, row, &made);
		/* A sweep is made of requests alone. */
		struct sweep *sweep = NULL;
		if (!table_forgets_role(io, key.resolver))
			sweep = table_entry(row, tally, &tally->sweeps.map, &key, sizeof(key));
		if (!sweep) {
			serverset_release(&made.servers);
			continue;
		}
		made.hash = sweep->hash;
		made.key = key;
		*sweep = made;
	}
}

const struct table table_sweeps = {
	"sweeps",
	4 + 8,
	"address TEXT, base TEXT, bits INTEGER, role INTEGER, rank INTEGER, evidence INTEGER, "
	"requests INTEGER, asked BLOB, again BLOB, servers INTEGER, first INTEGER, last INTEGER",
	save_sweeps,
	load_sweeps,
};
