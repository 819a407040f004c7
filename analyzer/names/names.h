/*
 * struct names: what can be said of a name from the name and the settings alone: the zone it
 * belongs to and the class it looks like. A pure function, so that it may be memoised and
 * that every machine of a fleet says the same.
 */
#ifndef NAMES_NAMES_H
#define NAMES_NAMES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "record/qname.h"

/* Classes come from the name alone, so that a flood of one class cannot drown another. */
enum name_class {
	NAME_WORDLIST, /* leftmost label is in a wordlist */
	NAME_RANDOM,   /* leftmost label looks random */
	NAME_NUMBERED, /* leftmost label is numbered or address-like; reverse zones */
	NAME_SERVICE,  /* a label begins with an underscore */
	NAME_NSEC,     /* \000, "0." or trailing "-" labels as zone walkers send */
	NAME_APEX,     /* the zone itself */
	NAME_OTHER,
	NAME_CLASSES
};

extern const char *const name_class_names[NAME_CLASSES];

/* What the fingerprint is made of besides the key. */
enum names_print { NAMES_OWN_ZONES, NAMES_WORDLISTS, NAMES_SUFFIXES, NAMES_PRINTS };

/* Everything that shapes the answers; made by cli/, constant while threads run. */
struct names {
	struct arena arena;
	struct map own_zones;              /* struct own_zone */
	struct map words;                  /* labels of the wordlists */
	const struct psl_ctx_st *suffixes; /* libpsl; NULL: the last two labels */
	bool owns_suffixes;
	struct map suffix_rules; /* names/suffix.h: of `suffixes`, where they are known */
	struct hash_key sample_key;
	struct hash_key table_key;
	uint64_t fingerprint;          /* of own zones, wordlists, suffix list and key */
	uint64_t prints[NAMES_PRINTS]; /* of each of the first three, under the key */
};

void names_init(struct names *names, struct str sample_key);
void names_release(struct names *names);
/* `zone` in any case, with or without final dot; -1 when it is no name. */
int names_add_own_zone(struct names *names, struct str zone, struct err *err);
/* One label a line, '#' comments. */
int names_add_wordlist(struct names *names, const char *path, struct err *err);
/* A public suffix list; NULL takes the one built into libpsl. */
int names_load_suffixes(struct names *names, const char *path, struct err *err);

/* The answer for one name. Views live until the next look-up. */
struct name {
	struct str text;      /* folded, no final dot */
	struct str zone;      /* the tail of text that is its zone; "." for the root */
	uint64_t hash;        /* sample hash of text */
	uint64_t zone_hash;   /* sample hash of zone */
	uint64_t text_key;    /* table hash of text */
	uint64_t zone_key;    /* table hash of zone */
	uint16_t zone_offset; /* where the zone begins in text; text.n for the root zone */
	uint8_t class_;       /* enum name_class */
	uint8_t labels;       /* of text, at most 127 */
	bool own;             /* below one of the own zones */
	uint8_t mark;         /* what namer_mark() left on it; 0 where nothing is known of that */
};

/* Per thread: the memo. */
struct namer;
struct namer *namer_new(const struct names *names);
void namer_free(struct namer *namer);
/* `raw` as the record has it. Never NULL. */
const struct name *namer_look(struct namer *namer, struct str raw);
/*
 * The same for `count` names, NAMER_BATCH at most; NULL for an empty one. All answers live
 * until the next look-up. Faster than one by one: the memo is fetched for all of them at once.
 */
enum { NAMER_BATCH = 64 };
void namer_look_all(struct namer *namer, const struct str *raws, const struct name **answers,
		    size_t count);
/*
 * A note for later answers about that name, for as long as the memo knows it: whoever works
 * something out of names may spare a memo of its own. One use for each namer.
 */
void namer_mark(struct namer *namer, const struct name *name, uint8_t mark);

#endif
