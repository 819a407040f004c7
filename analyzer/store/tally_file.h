/*
 * A saved tally: one SQLite file with all tables of a tally, what was read to make it, and
 * under which settings. docs/tally.md describes it for people.
 */
#ifndef STORE_TALLY_FILE_H
#define STORE_TALLY_FILE_H

#include "base/outfile.h"
#include "store/tally_map.h"
#include "tally/tally.h"

/* Changes with the tables and with what a value in them means. */
enum { TALLY_SCHEMA = 4, TALLY_APPLICATION = 0x44547461 /* "DTta" */ };

/* One log that was read: a stream, in the order of the streams. */
struct saved_input {
	struct str path, format, time_basis, error;
	struct str server; /* its name as this log alone tells it */
	uint32_t server_number;
	bool server_given, is_regular, complete;
	uint8_t role_given;          /* 0, or 1 authoritative, 2 resolver */
	uint64_t queries, recursive; /* what the role is guessed from */
	bool queries_logged, responses_logged;
	int64_t first; /* time of its first line, by which logs are ordered */
	uint64_t bytes, lines, requests, skipped_bytes;
	uint64_t head_bytes, head_hash; /* of the beginning of its content */
};

/* An input that was given and could not be read at all. */
struct saved_unread {
	struct str path, text;
};

/* What the run that made a tally was given and read. */
struct saved_run {
	struct str program;            /* its version */
	struct str role, log_timezone; /* as the settings say them */
	size_t input_count, unread_count, disabled_count;
	struct saved_input *inputs;
	struct saved_unread *unread;
	uint16_t *disabled; /* rules that were switched off, ascending */
};

/* Writes the file whole or not at all; the tally must be settled. -1 with err. */
int tally_save(const char *path, const struct tally *tally, const struct saved_run *run,
	       struct err *err);
/* The same but for the renaming: `file` names what was written, the caller's to rename. */
int tally_prepare(const char *path, const struct tally *tally, const struct saved_run *run,
		  struct outfile *file, struct err *err);

struct tally_file;
/* NULL with err when it is no saved tally of this schema. */
struct tally_file *tally_open(const char *path, struct err *err);
void tally_close(struct tally_file *file);
/* Lives as long as the file is open. */
const struct saved_run *tally_run(const struct tally_file *file);
/* -1 with err, which names the first difference, when tallies of `settings` do not go with it. */
int tally_compare(const struct tally_file *file, const struct tally_settings *settings,
		  struct err *err);
/* True when it was folded (law 6), or its samples thinned. */
bool tally_was_folded(const struct tally_file *file);
/* True when it was folded under other limits than those of `settings`. */
bool tally_has_other_limits(const struct tally_file *file, const struct tally_settings *settings);
/*
 * Fills a tally that was just initialised, to be merged into another one. -1 with err when
 * the file is damaged; what is in `out` then is to be released and no more.
 */
int tally_load(struct tally_file *file, const struct tally_map *map, struct tally *out,
	       struct err *err);

#endif
