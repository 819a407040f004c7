/*
 * struct fold: the ceiling of one table (DESIGN.md law 6).
 *
 * Every key has a rank, its sample hash. At level L only keys whose rank begins with L zero
 * bits stay; the others are folded away unless they carry evidence. L is the smallest level
 * at which no more than `limit` of all keys seen would stay: a function of the set of keys,
 * whatever the order in which they came, so L of a merge is the maximum and then as much
 * more as is needed. Keys with evidence have a limit of their own; beyond it they are folded
 * by the same rule at `evidence_level`.
 *
 * Evidence takes more than one line to gather, so a key that would be folded is admitted on
 * probation: until the next sweep, which comes when half as many of them as the limit allows
 * are held (or a part of the table's places, where that is more: a walk must pay), or when memory
 * runs out, and at the end. What a key does in between depends on the
 * order of the lines. That is why a run that meets the ceiling reads its logs in one fixed
 * order, with one tally (cli/pipeline.h): below the ceiling the order changes nothing, above
 * it there is only one.
 *
 * With `heaviest` set, a sweep also keeps so many of the heaviest entries that would go (lossy
 * counting, Manku and Motwani, "Approximate frequency counts over data streams", VLDB 2002):
 * whoever weighs more than `missed` is in the table, and an entry weighs at most what `missed`
 * was when it came more than it says.
 */
#ifndef TALLY_FOLD_H
#define TALLY_FOLD_H

#include "base/map.h"

struct fold {
	uint32_t limit;     /* entries; 0 = none */
	uint32_t kept;      /* entries whose rank passes `level` */
	uint32_t exempt;    /* entries that stay only because of their evidence */
	uint32_t probation; /* entries that go unless they gather evidence */
	uint32_t heaviest;  /* entries that stay for their weight; 0 = none */
	uint8_t level, evidence_level;
	uint64_t missed; /* the most that was ever folded away of one key */
};

/* What the fold needs to know of a table's entries. */
struct fold_type {
	size_t rank_offset;     /* of a uint64_t in the entry */
	size_t evidence_offset; /* of a bool */
	/* Adds the entry to what the table remembers of folded ones and releases what it owns. */
	void (*away)(void *table, void *entry);
	/* What an entry weighs (its requests); NULL where none stays for its weight. */
	uint64_t (*weight)(const void *table, const void *entry);
};

/* True where every key stays, whatever comes: there is no ceiling, and was none. */
static inline bool
fold_is_open(const struct fold *fold)
{
	return fold->limit == 0 && fold->level == 0 && fold->evidence_level == 0;
}

/*
 * map_put under the ceiling: NULL when the key is folded away (and then the caller adds its
 * line to what is remembered of folded ones). `evidence` tells whether the line itself is
 * evidence. May fold other entries: pointers into the table are void after a call. May fold
 * the new entry itself: then NULL is returned with *created true, and what the key holds has
 * been released by fold_type.away.
 */
void *fold_put(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
	       uint64_t hash, const void *key, uint64_t rank, bool evidence, bool *created);
/* Folds until no more than `limit` entries stay of either sort: a ceiling that comes down. */
void fold_lower(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
		uint32_t limit);
/* To be called before a table is read: no entry stays on probation. */
void fold_settle(struct fold *fold, const struct fold_type *type, void *table, struct map *map);
/* Before merging: takes over the higher level of the two. */
void fold_raise(struct fold *fold, const struct fold_type *type, void *table, struct map *map,
		const struct fold *other);

#endif
