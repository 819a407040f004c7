#include "store/table.h"

enum { RCODE_KEYS = 128, SET_BYTES = TEXTSET_MAX * (TEXTSET_TEXT + 1) + 1 };

/* A set of texts as one: each ended by a line feed (none can hold one), "+" when there are more. */
static void
set_field(struct row *row, struct textset **set)
{
	char bytes[SET_BYTES];
	size_t n = 0;

	for (uint8_t i = 0; row->saving && *set && i < (*set)->count; i++) {
		size_t length = strlen((*set)->texts[i]);
		memcpy(bytes + n, (*set)->texts[i], length);
		n += length;
		bytes[n++] = '\n';
	}
	if (row->saving && *set && (*set)->more)
		bytes[n++] = '+';
	struct str text = row_text(row, str_make(bytes, n));
	if (row->saving)
		return;
	while (text.n && !row->bad) {
		size_t end = str_index(text, '\n');
		if (end == SIZE_MAX) {
			if (!*set || !str_eq(text, STR("+")))
				row->bad = true;
			else
				(*set)->more = true;
			return;
		}
		textset_add(set, str_make(text.p, end));
		text = str_skip(text, end + 1);
	}
}

static void
source_fields(struct row *row, struct source *source)
{
	source->evident = row_bool(row, source->evident);
	source->rank = row_bits(row, source->rank);
	for (size_t i = 0; i < RECORD_KINDS; i++)
		source->kinds[i] = row_u32(row, source->kinds[i]);
	source->flags_known = row_u32(row, source->flags_known);
	for (size_t i = 0; i < SOURCE_FLAGS; i++)
		source->flags[i] = row_u32(row, source->flags[i]);
	table_counts(row, &source->types, TYPE_KEYS);
	table_counts(row, &source->rcodes, RCODE_KEYS);
	table_slots(row, &source->slots);
	source->missed = row_bits(row, source->missed);
	source->ports = row_bits(row, source->ports);
	row_bool(row, source->ports != 0); /* port_known, for queries by hand */
	source->first = row_time(row, source->first);
	source->last = row_time(row, source->last);
	set_field(row, &source->keys);
	set_field(row, &source->ecs);
}

static void
forget_requests(struct source *source)
{
	source->flags_known = 0;
	memset(source->flags, 0, sizeof(source->flags));
	counts_release(&source->types);
	slots_release(&source->slots);
	source->ports = 0;
	textset_free(source->ecs);
	source->ecs = NULL;
}

static void
save_sources(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct source *source;

	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;) {
		struct source copy = *source;
		row_ip(row, &copy.key.address);
		table_server(io, row, copy.key.server);
		source_fields(row, &copy);
		row_end(row);
	}
}

static void
load_sources(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct source_key key = {.address = row_ip(row, NULL)};
		key.server = table_server(io, row, 0);
		struct source *source =
			table_entry_hashed(row, &tally->sources.map, &key,
					   sources_hash(tally, &key.address, key.server));
		if (!source)
			return;
		source->prefix =
			zone_prefix_hash(&tally->settings->names->sample_key, &key.address);
		source_fields(row, source);
		if (table_forgets(io, key.server))
			forget_requests(source);
	}
}

/* The columns of the kinds and the flags stand in the order of their enums. */
const struct table table_sources = {
	"sources",
	2 + 2 + RECORD_KINDS + 1 + SOURCE_FLAGS + 11,
	"address TEXT, server INTEGER, evidence INTEGER, rank INTEGER, query INTEGER, "
	"response INTEGER, denied INTEGER, transfer INTEGER, rate_limited INTEGER, "
	"query_error INTEGER, dynamic_update INTEGER, other INTEGER, unknown INTEGER, "
	"malformed INTEGER, flags_known INTEGER, recursion_desired INTEGER, tcp INTEGER, "
	"edns INTEGER, dnssec_ok INTEGER, checking_disabled INTEGER, cookie INTEGER, "
	"cookie_valid INTEGER, signed INTEGER, types BLOB, rcodes BLOB, slot_shift INTEGER, "
	"slots BLOB, missed INTEGER, ports INTEGER, port_known INTEGER, first INTEGER, last "
	"INTEGER, keys TEXT, "
	"ecs TEXT",
	save_sources,
	load_sources,
};

static void
save_prefixes(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct folded *folded;

	for (uint32_t i = 0; (folded = map_next(&tally->sources.folded, &i)) != NULL;) {
		row_ip(row, &folded->key.address);
		row_number(row, tally->sources.prefix_bits, 0, SOURCE_PREFIX);
		table_server(io, row, folded->key.server);
		row_bits(row, folded->requests);
		row_end(row);
	}
}

static void
load_prefixes(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct source_key key = {.address = row_ip(row, NULL)};
		int64_t bits = row_number(row, SOURCE_PREFIX, 0, SOURCE_PREFIX);
		key.server = table_server(io, row, 0);
		uint64_t requests = row_bits(row, 0);
		if (tally->sources.folded.count && bits != tally->sources.prefix_bits)
			row->bad = true; /* they are alike in all rows */
		sources_shorten_prefixes(tally, (uint8_t)bits);
		struct ip prefix = ip_prefix(&key.address, (uint8_t)bits, (uint8_t)bits).ip;
		if (ip_compare(&prefix, &key.address) != 0)
			row->bad = true;
		struct folded *folded =
			table_entry(row, tally, &tally->sources.folded, &key, sizeof(key));
		if (folded && !table_forgets(io, key.server))
			folded->requests = requests;
	}
}

const struct table table_folded_prefixes = {
	"folded_prefixes",
	4,
	"address TEXT, bits INTEGER, server INTEGER, requests INTEGER",
	save_prefixes,
	load_prefixes,
};

/* One row: the sample that says how many sources were folded. */
static void
save_ranks(struct table_io *io, struct row *row, const struct tally *tally)
{
	struct sample ranks = tally->sources.folded_ranks;

	(void)io;
	table_hashes(row, &ranks, &source_rank_type);
	row_end(row);
}

static void
load_ranks(struct table_io *io, struct row *row, struct tally *tally)
{
	(void)io;
	while (row_next(row))
		table_hashes(row, &tally->sources.folded_ranks, &source_rank_type);
}

const struct table table_folded_sources = {
	"folded_sources", 2, "threshold INTEGER, hashes BLOB", save_ranks, load_ranks,
};
