/*
 * struct zonetext: the entries of a zone file (RFC 1035 5.1), one record or directive at a
 * time, with their line numbers: comments taken out, parentheses and the line ends in them
 * turned into blanks, quotes and escapes left as they are. Bounded: an entry has a longest
 * length, and reading goes on at the next line after one that is broken.
 *
 * ldns reads entries too, but neither $INCLUDE nor $GENERATE, and it ends a file at the first
 * entry that is too long.
 */
#ifndef DETECT_ZONETEXT_H
#define DETECT_ZONETEXT_H

#include "base/buf.h"
#include "input/source.h"

enum { ZONETEXT_ENTRY_MAX = 256 * 1024, ZONETEXT_BUFFER = 64 * 1024 };

enum zonetext_result {
	ZONETEXT_ENTRY,
	ZONETEXT_BROKEN, /* entry.why says how; the next one can be read */
	ZONETEXT_END,    /* of what can be read: see source_end */
};

struct zonetext_entry {
	struct str text; /* never blank, followed by a NUL; lives until the next call */
	uint64_t line;   /* of its first byte, from 1 */
	const char *why; /* ZONETEXT_BROKEN */
};

struct zonetext {
	struct source *source; /* its own */
	char *buffer;
	size_t at, end;
	uint64_t line;
	struct buf entry;
};

/* Takes the source. */
void zonetext_init(struct zonetext *zonetext, struct source *source);
/* Closes the source. */
void zonetext_release(struct zonetext *zonetext);
enum zonetext_result zonetext_next(struct zonetext *zonetext, struct zonetext_entry *entry);

/* A record's entry taken apart. All are views of the entry. */
struct zonetext_record {
	struct str owner; /* empty: the one of the record before */
	struct str type;
	struct str rdata;
};

/* False when the entry is no record. TTL and class may stand in any order. */
bool zonetext_split(struct str entry, struct zonetext_record *record);
/* Takes the next word off `text`: up to a blank that is neither quoted nor escaped. */
struct str zonetext_word(struct str *text);

#endif
