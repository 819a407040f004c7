#include "store/table.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "record/qname.h"

enum { TEXT_COLUMN_MAX = 4096, SHIFT_MAX = 31, NUMBER_BYTES = 8, COUNT_BYTES = 6 };

const struct table *const tables[] = {
	&table_folds,
	&table_streams,
	&table_chunks,
	&table_samples,
	&table_codes,
	&table_sources,
	&table_folded_prefixes,
	&table_folded_sources,
	&table_pairs,
	&table_pair_classes,
	&table_pair_names,
	&table_zones,
	&table_zone_classes,
	&table_zone_names,
	&table_sweeps,
	&table_event_groups,
	&table_events,
	&table_rulehits,
	&table_rulehit_lines,
	&table_rulehit_zones,
	&table_correlations,
	&table_timeline,
	NULL,
};

static void
save_text(struct table_io *io, const struct tally *tally, uint32_t id)
{
	struct row *row = &io->text_row;

	if (id == TEXT_NONE || io->text_numbers[id])
		return;
	io->text_numbers[id] = ++io->text_count;
	row_u32(row, io->text_count);
	row_text(row, texts_get(&tally->texts, id));
	row_end(row);
}

/* Texts are written when they are first referred to. */
static void
save_texts(struct table_io *io, struct row *row, const struct tally *tally)
{
	(void)io;
	(void)row;
	(void)tally;
}

static void
load_texts(struct table_io *io, struct row *row, struct tally *tally)
{
	uint32_t capacity = 0;

	const struct hash_key *key = &tally->settings->names->sample_key;

	while (row_next(row)) {
		uint32_t number = row_u32(row, 0);
		struct str text = row_text(row, (struct str){0});
		if (number != io->text_count + 1 || text.n > TEXT_COLUMN_MAX) {
			row->bad = true;
			return;
		}
		if (number >= capacity) {
			capacity = capacity ? capacity * 2 : 1024;
			io->texts = xrealloc(io->texts, capacity, sizeof(*io->texts));
		}
		io->texts[number] = (struct loaded_text){texts_hold(&tally->texts, text),
							 hash_bytes(key, text.p, text.n)};
		io->text_count = number;
	}
}

const struct table table_texts = {
	"texts", 2, "id INTEGER PRIMARY KEY, text TEXT NOT NULL", save_texts, load_texts,
};

static uint32_t
text_number(struct table_io *io, struct row *row, const struct tally *tally, uint32_t id)
{
	if (row->saving)
		save_text(io, tally, id);
	uint32_t number = row->saving && id != TEXT_NONE ? io->text_numbers[id] : 0;
	return (uint32_t)row_number(row, number, 0, io->text_count);
}

uint32_t
table_text(struct table_io *io, struct row *row, struct tally *tally, uint32_t id)
{
	uint32_t number = text_number(io, row, tally, id);

	if (row->saving)
		return id;
	if (number == 0)
		return TEXT_NONE;
	texts_share(&tally->texts, io->texts[number].id);
	return io->texts[number].id;
}

uint32_t
table_name(struct table_io *io, struct row *row, struct tally *tally, uint64_t *hash)
{
	uint32_t number = text_number(io, row, tally, TEXT_NONE);

	/* What digtrail writes has a name here. */
	if (number == 0) {
		row->bad = true;
		return TEXT_NONE;
	}
	*hash = io->texts[number].sample_hash;
	texts_share(&tally->texts, io->texts[number].id);
	return io->texts[number].id;
}

bool
table_is_below(const struct tally *tally, uint32_t name, uint32_t zone)
{
	return qname_is_below(texts_get(&tally->texts, name), texts_get(&tally->texts, zone));
}

struct str
table_text_of(struct table_io *io, struct row *row, const struct tally *tally, uint32_t id)
{
	uint32_t number = text_number(io, row, tally, id);

	if (row->saving)
		return texts_get(&tally->texts, id);
	return number ? texts_get(&tally->texts, io->texts[number].id) : str_make(NULL, 0);
}

uint32_t
table_stream(struct table_io *io, struct row *row, uint32_t stream)
{
	if (row->saving)
		return row_u32(row, stream);
	if (io->map->stream_count == 0)
		row->bad = true;
	stream = (uint32_t)row_number(row, 0, 0, (int64_t)io->map->stream_count - 1);
	return row->bad ? 0 : io->map->streams[stream];
}

uint32_t
table_server(struct table_io *io, struct row *row, uint32_t server)
{
	if (row->saving)
		return row_u32(row, server);
	if (io->map->server_count == 0)
		row->bad = true;
	server = (uint32_t)row_number(row, 0, 0, (int64_t)io->map->server_count - 1);
	return row->bad ? 0 : io->map->servers[server];
}

uint32_t
table_party(struct table_io *io, struct row *row, uint32_t party)
{
	if (row->saving)
		return row_u32(row, party);
	party = (uint32_t)row_number(row, 0, 0, (int64_t)io->map->server_count);
	if (row->bad || (party == 0 && io->map->server_count != 1))
		return 0;
	/* All of a tally of one server is of that one. */
	return io->map->servers[party ? party - 1 : 0] + 1;
}

uint32_t
table_role(struct table_io *io, struct row *row, uint32_t role)
{
	if (row->saving)
		return row_u32(row, role);
	role = (uint32_t)row_number(row, 0, 0, (int64_t)io->map->server_count + ROLE_APART - 1);
	if (row->bad || (role < ROLE_APART && io->map->server_count != 1))
		return row->bad ? 0 : role;
	return ROLE_APART + io->map->servers[role < ROLE_APART ? 0 : role - ROLE_APART];
}

bool
table_forgets(const struct table_io *io, uint32_t server)
{
	return io->map->without_requests && io->map->without_requests[server];
}

bool
table_forgets_role(const struct table_io *io, uint32_t role)
{
	return role >= ROLE_APART && table_forgets(io, role - ROLE_APART);
}

struct position
table_position(struct table_io *io, struct row *row, const struct position *at)
{
	struct position out;

	out.time = row_time(row, at->time);
	out.stream = table_stream(io, row, at->stream);
	out.chunk = row_bits(row, at->chunk);
	out.offset = row_bits(row, at->offset);
	out.line = row_bits(row, at->line);
	return out;
}

void
table_add_parent(struct table_io *io, void *entry)
{
	if (io->parent_count == io->parent_capacity) {
		io->parent_capacity = io->parent_capacity ? io->parent_capacity * 2 : 1024;
		io->parents = xrealloc(io->parents, io->parent_capacity, sizeof(*io->parents));
	}
	io->parents[io->parent_count++] = entry;
}

void *
table_parent(struct table_io *io, struct row *row, uint32_t number)
{
	number = row_u32(row, number);
	if (row->saving)
		return NULL;
	if (number == 0 || number > io->parent_count) {
		row->bad = true;
		return NULL;
	}
	return io->parents[number - 1];
}

static void
put_number(unsigned char *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t
get_number(const char *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return value;
}

struct str
table_pack(char *out, const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_number((unsigned char *)out + i * NUMBER_BYTES, values[i], NUMBER_BYTES);
	return str_make(out, count * NUMBER_BYTES);
}

bool
table_unpack(struct row *row, struct str bytes, uint64_t *values, size_t count)
{
	if (bytes.n != count * NUMBER_BYTES) {
		row->bad = true;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		values[i] = get_number(bytes.p + i * NUMBER_BYTES, NUMBER_BYTES);
	return true;
}

static void
save_servers(struct row *row, const struct serverset *servers)
{
	const uint64_t *words;
	uint64_t near;
	size_t count = serverset_words(servers, &near, &words);

	/* The 64th would be the sign. */
	if (count == 1 && words[0] <= INT64_MAX) {
		row_bits(row, words[0]);
		return;
	}
	char *bytes = xmalloc(count * NUMBER_BYTES);
	row_blob(row, table_pack(bytes, words, count));
	free(bytes);
}

static void
map_servers(const struct table_io *io, size_t first, uint64_t word, struct serverset *servers)
{
	for (; word && first < io->map->server_count; word >>= 1, first++)
		if (word & 1)
			serverset_add(servers, io->map->servers[first]);
}

void
table_servers(struct table_io *io, struct row *row, struct serverset *servers)
{
	if (row->saving) {
		save_servers(row, servers);
		return;
	}
	*servers = (struct serverset){0};
	if (!row_is_blob(row)) {
		map_servers(io, 0, row_bits(row, 0), servers);
		return;
	}
	struct str packed = row_blob(row, (struct str){0});
	for (size_t i = 0; i + NUMBER_BYTES <= packed.n; i += NUMBER_BYTES)
		map_servers(io, i * 8, get_number(packed.p + i, NUMBER_BYTES), servers);
}

void
table_counts(struct row *row, struct counts *counts, uint16_t keys)
{
	unsigned char bytes[128 * COUNT_BYTES];
	size_t n = 0;

	if (row->saving) {
		for (; n < counts->count && n < sizeof(bytes) / COUNT_BYTES; n++) {
			put_number(bytes + n * COUNT_BYTES, counts_at(counts, (uint16_t)n).key, 2);
			put_number(bytes + n * COUNT_BYTES + 2,
				   counts_at(counts, (uint16_t)n).count, 4);
		}
		row_blob(row, str_make((char *)bytes, n * COUNT_BYTES));
		return;
	}
	struct str packed = row_blob(row, (struct str){0});
	if (packed.n % COUNT_BYTES)
		row->bad = true;
	for (; n + COUNT_BYTES <= packed.n; n += COUNT_BYTES) {
		uint16_t key = (uint16_t)get_number(packed.p + n, 2);
		if (key >= keys)
			row->bad = true;
		else
			counts_add(counts, key, (uint32_t)get_number(packed.p + n + 2, 4));
	}
}

static void
save_slots(struct row *row, const struct slots *slots)
{
	char bytes[SLOTS_MAX * NUMBER_BYTES];
	uint64_t values[SLOTS_MAX];

	for (size_t i = 0; i < slots_count(slots); i++)
		values[i] = (uint64_t)slots_at(slots, i).count << 32 | slots_at(slots, i).key;
	row_blob(row, table_pack(bytes, values, slots_count(slots)));
}

void
table_slots(struct row *row, struct slots *slots)
{
	uint64_t values[SLOTS_MAX];
	int64_t before = -1;

	uint8_t shift = (uint8_t)row_number(row, slots->shift, 0, SHIFT_MAX);
	if (row->saving) {
		save_slots(row, slots);
		return;
	}
	struct str packed = row_blob(row, (struct str){0});
	size_t count = packed.n / NUMBER_BYTES;
	if (count > SLOTS_MAX)
		row->bad = true;
	if (row->bad || !table_unpack(row, packed, values, count) || count == 0)
		return;
	slots->shift = shift;
	for (size_t i = 0; i < count; i++) {
		uint32_t index = (uint32_t)values[i];
		if (index <= before || (uint64_t)index << shift > UINT32_MAX)
			row->bad = true;
		counts_add_packed(&slots->counts, SLOT_BITS, index, (uint32_t)(values[i] >> 32));
		before = index;
	}
}

void
table_threshold(struct row *row, struct sample *sample)
{
	sample->threshold = row_bits(row, sample->threshold);
}

void
table_hashes(struct row *row, struct sample *sample, const struct sample_type *type)
{
	const uint64_t *hash;
	size_t n = 0;

	table_threshold(row, sample);
	if (row->saving) {
		uint64_t *hashes = xmalloc((sample->count + 1) * sizeof(*hashes));
		char *bytes = xmalloc((sample->count + 1) * sizeof(*hashes));
		for (uint32_t i = 0; (hash = sample_next(sample, type, &i)) != NULL;)
			hashes[n++] = *hash;
		row_blob(row, table_pack(bytes, hashes, n));
		free(bytes);
		free(hashes);
		return;
	}
	struct str packed = row_blob(row, (struct str){0});
	if (packed.n % NUMBER_BYTES || packed.n / NUMBER_BYTES > type->k)
		row->bad = true;
	for (n = 0; !row->bad && n < packed.n; n += NUMBER_BYTES) {
		uint64_t value = get_number(packed.p + n, NUMBER_BYTES);
		if (value == 0 || !sample_put(sample, type, value, NULL, NULL))
			row->bad = true;
	}
}

void *
table_item(struct table_io *io, struct row *row, struct tally *tally, struct sample *sample,
	   const struct sample_type *type, uint64_t hash)
{
	bool created = false;
	void *item = NULL;

	(void)io;
	if (sample->count < type->k)
		item = sample_put(sample, type, hash, &created, &tally->texts);
	if (!created)
		row->bad = true;
	return created ? item : NULL;
}

void *
table_entry(struct row *row, const struct tally *tally, struct map *map, const void *key,
	    size_t size)
{
	return table_entry_hashed(row, map, key, hash_bytes(&tally->key, key, size));
}

void *
table_entry_hashed(struct row *row, struct map *map, const void *key, uint64_t hash)
{
	bool created = false;
	void *entry = NULL;

	if (!row->bad)
		entry = map_put(map, hash, key, &created);
	if (!created)
		row->bad = true;
	return created ? entry : NULL;
}
