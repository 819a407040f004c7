/*
 * struct table: one table of a saved tally. Each stands in a file of its own, as one function
 * that lists the fields of an entry, in the order of the columns, for both directions
 * (store/row.h), and a pair of functions around it that go through the entries.
 *
 * docs/tally.md describes the tables for those who query them by hand.
 */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "store/row.h"
#include "store/tally_map.h"
#include "tally/tally.h"

/* What saving or loading one tally needs on the way. */
struct table_io {
	sqlite3 *db;
	const struct tally_map *map; /* loading */
	uint32_t text_count;
	uint32_t *text_numbers; /* saving: by the tally's number; 0 = not written yet */
	struct row text_row;    /* saving: open all the time */
	/* Loading: by the file's number; each is held until the end, and hashed once. */
	struct loaded_text {
		uint32_t id;
		uint64_t sample_hash;
	} * texts;
	/* Loading: the entries of the table that the following ones refer to, by number. */
	uint32_t parent_count, parent_capacity;
	void **parents;
};

struct table {
	const char *name;
	int columns;
	const char *schema; /* what CREATE TABLE has between its parentheses */
	void (*save)(struct table_io *io, struct row *row, const struct tally *tally);
	void (*load)(struct table_io *io, struct row *row, struct tally *tally);
};

extern const struct table table_texts, table_folds, table_streams, table_chunks, table_samples,
	table_codes, table_sources, table_folded_prefixes, table_folded_sources, table_pairs,
	table_pair_classes, table_pair_names, table_zones, table_zone_classes, table_zone_names,
	table_sweeps, table_event_groups, table_events, table_rulehits, table_rulehit_lines,
	table_rulehit_zones, table_correlations, table_timeline;

/* In the order in which they are written and must be read; ended by NULL. */
extern const struct table *const tables[];

/* A number of tally->texts; what is read is held once more. */
uint32_t table_text(struct table_io *io, struct row *row, struct tally *tally, uint32_t id);
/* The same where the text alone is wanted: nothing is held. Empty for TEXT_NONE. */
struct str table_text_of(struct table_io *io, struct row *row, const struct tally *tally,
			 uint32_t id);
/* Loading: a text that is held once more, and its hash in samples. */
uint32_t table_name(struct table_io *io, struct row *row, struct tally *tally, uint64_t *hash);
/* Whether the one text is a name of the zone that is the other: what digtrail writes is. */
bool table_is_below(const struct tally *tally, uint32_t name, uint32_t zone);
/* Numbers that are other ones in the tally that is read. */
uint32_t table_stream(struct table_io *io, struct row *row, uint32_t stream);
uint32_t table_server(struct table_io *io, struct row *row, uint32_t server);
/* A number whose bits they are; of servers beyond 62 a blob, 64 servers a number. */
void table_servers(struct table_io *io, struct row *row, struct serverset *servers);
/* A role (tally/tally.h). */
uint32_t table_role(struct table_io *io, struct row *row, uint32_t role);
/* A party. */
uint32_t table_party(struct table_io *io, struct row *row, uint32_t party);
/* Loading: what counted as a request at that server, in that role, in that party, is none. */
bool table_forgets(const struct table_io *io, uint32_t server);
bool table_forgets_role(const struct table_io *io, uint32_t role);
struct position table_position(struct table_io *io, struct row *row, const struct position *at);
/* Loading: remembers an entry of a table that others refer to; its number counts from 1. */
void table_add_parent(struct table_io *io, void *entry);
/* The number of the entry that a row belongs to; NULL when there is none (and row->bad). */
void *table_parent(struct table_io *io, struct row *row, uint32_t number);

/* Counters by key, keys below `keys`. What is read is added to an empty one. */
void table_counts(struct row *row, struct counts *counts, uint16_t keys);
void table_slots(struct row *row, struct slots *slots);
/* A sample of which only the hashes are kept. */
void table_hashes(struct row *row, struct sample *sample, const struct sample_type *type);
/* The threshold of a sample whose items stand in a table of their own. */
void table_threshold(struct row *row, struct sample *sample);
/* A new item of a sample that was saved whole; NULL when it cannot be (and row->bad). */
void *table_item(struct table_io *io, struct row *row, struct tally *tally, struct sample *sample,
		 const struct sample_type *type, uint64_t hash);
/* A new entry of a map; NULL when there is one already (and row->bad). */
void *table_entry(struct row *row, const struct tally *tally, struct map *map, const void *key,
		  size_t size);
/* The same for tables whose hash is not that of the key's bytes. */
void *table_entry_hashed(struct row *row, struct map *map, const void *key, uint64_t hash);
/* Numbers as little-endian bytes. */
struct str table_pack(char *out, const uint64_t *values, size_t count);
bool table_unpack(struct row *row, struct str bytes, uint64_t *values, size_t count);

#endif
