/*
 * What is judged: all pairs of a tally by source, what judging them needs of their zones, and who
 * is held for a scanner already.
 */
#ifndef DETECT_GROUND_H
#define DETECT_GROUND_H

#include <stdatomic.h>

#include "detect/detector.h"

/* Sources that an earlier pass has flagged: what only they asked is not popular. */
enum { FLAGGED_BITS = 4096 };
struct flagged {
	struct map prefixes;              /* by zone_prefix_hash */
	uint64_t bits[FLAGGED_BITS / 64]; /* what is not in here is not in the map */
};
void flagged_init(struct flagged *flagged);
void flagged_release(struct flagged *flagged);
void flagged_add(struct flagged *flagged, uint32_t prefix_hash);
bool flagged_has(const struct flagged *flagged, uint32_t prefix_hash);

/*
 * What tells a detector that a pair is nothing to it. Pairs lie all over the memory and most are
 * nothing to any detector: these lie side by side. Bits that threads tell share their memory with
 * others: a part of ground_run looks at its own pairs alone.
 */
struct brief {
	uint64_t types : TYPE_KEYS; /* counts_keys of its types */
	uint64_t classes : 8;       /* of its names, 1 << enum name_class */
	bool resolver : 1;          /* role of the servers */
	bool is_nobody : 1;         /* the lines told no address */
	bool new_source : 1;        /* the first pair of its source */
	bool new_network : 1;       /* and of its source's /24 or /48 */
	bool is_exact : 1;          /* it holds all its names */
	bool is_missing_list : 1;   /* a list of names that are known to be missing (list.h) */
	bool is_odd : 1;   /* some name of it is odd (traits.h), as the scans' first pass tells */
	uint32_t distinct; /* pair_distinct, saturating */
	uint32_t zone;     /* number of its text */
	uint32_t entry;    /* where the pair stands in its map: see ground_pair */
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct brief) == 20 && NAME_CLASSES <= 8, "a brief has grown");

/* A name below a zone that has children of its own. */
struct parent {
	uint64_t hash;
	uint64_t key; /* sample hash of its text */
	uint32_t children, wordlist;
};

/* What a zone says of all its pairs, as bits; where one is not set, it says nothing. */
enum {
	ZONE_IS_PLAIN = 1 << 0, /* none of their names is odd (traits.h) */
	ZONE_IS_SHORT = 1 << 1, /* none has a label of 40 bytes */
};

/* All pairs of a tally by source, and what judging them needs of their zones. */
struct ground {
	const struct detect_input *input;
	int64_t tonight; /* the log's first time: what was asked before it is of earlier nights */
	size_t count;
	struct brief *briefs; /* of all pairs: by address, then rank, then role */
	uint64_t *sources;    /* bits: the pair is its source's first; one after the last */
	struct map parents;   /* names with many children, by zone and hash */
	const struct flagged *flagged; /* scanners; NULL: nobody is */
	bool ignores_popularity;       /* what many ask is judged too */
	/*
	 * By number of tonight's texts: in the low half its traits (traits.h), 0 until they are
	 * asked for; above them how it stands (standing.h).
	 */
	_Atomic uint32_t *marks;
	uint8_t *hints; /* by ground_hint() */
	bool is_weighed;
	_Atomic uint64_t *changed; /* bits by number of texts: see standings_weigh; NULL */
};
void ground_init(struct ground *ground, const struct detect_input *input);
void ground_release(struct ground *ground);
static inline const struct pair *
ground_pair(const struct ground *ground, size_t index)
{
	return (const void *)map_entry(&ground->input->tally->pairs.map,
				       ground->briefs[index].entry);
}
/* The source's stretch of ground->briefs from `first` on; 0 when it asked nothing. */
size_t ground_find(const struct ground *ground, const struct ip *address, size_t *first);
/* The place in ground->hints of the zone with that text. */
static inline size_t
ground_hint(uint32_t text, bool resolver)
{
	return (size_t)text * 2 + resolver;
}
static inline uint8_t
ground_zone_hints(const struct ground *ground, const struct brief *brief)
{
	return ground->hints[ground_hint(brief->zone, brief->resolver)];
}
/* False where the pair has fewer than `least` names or none of them is odd. */
static inline bool
ground_may_be_odd(const struct ground *ground, size_t index, uint32_t least)
{
	const struct brief *brief = &ground->briefs[index];

	return brief->distinct >= least && !(ground_zone_hints(ground, brief) & ZONE_IS_PLAIN);
}
/*
 * The pairs from `at` up to `to` that have `judged` distinct names, or `odd` of which some may be
 * odd, one after the other but for those of nobody. Most pairs have not: what a walk will read of
 * those that come next is fetched.
 *
 *	struct ground_walk walk = {ground, from, to, .odd = 3, .judged = 5};
 *	while (ground_next(&walk, &index))
 */
enum { GROUND_AHEAD = 32 };
struct ground_walk {
	const struct ground *ground;
	size_t at, to;
	uint32_t odd, judged;
	size_t first, count; /* the source of the pair that was given last: its pairs */
	size_t found, taken; /* so many of them; those between stand in `next` */
	size_t next[GROUND_AHEAD];
};
bool ground_next(struct ground_walk *walk, size_t *index);
/* The first pair of the source that the pair is of. */
size_t ground_first(const struct ground *ground, size_t index);
/* The number of pairs from `first` on that are of the same source. */
size_t ground_source(const struct ground *ground, size_t first);
/*
 * Steps to the next source of which some pair asked one of `types` (counts_keys) or has names of
 * one of `classes` (1 << enum name_class): nearly none has what a detector of few kinds looks for.
 *
 *	for (size_t first = 0, count = 0; ground_seek(ground, types, classes, &first, &count);)
 */
bool ground_seek(const struct ground *ground, uint64_t types, unsigned classes, size_t *first,
		 size_t *count);
/*
 * Looks at all sources by the settings' workers: `look` is called for each part, a range of pairs
 * of whole sources, and must change nothing that another part reads. What a part finds it keeps
 * apart; joined in the order of parts it is the same however many threads there were.
 */
typedef void ground_look(void *context, size_t part, size_t from, size_t to);
void ground_run(const struct ground *ground, ground_look *look, void *context);
/* How many parts there are. */
size_t ground_parts(const struct ground *ground);
/* True where `parent`, below its zone, has many children, most of them in no wordlist. */
bool ground_is_machine_made(const struct ground *ground, struct str parent);

#endif
