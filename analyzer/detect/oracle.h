/*
 * struct oracle: which names exist, as the operator says: zone files, lists of known names,
 * passive DNS. Loaded once by one thread, constant and shared from then on.
 *
 * Names are folded, as BIND writes them, without final dot (record/qname.h).
 */
#ifndef DETECT_ORACLE_H
#define DETECT_ORACLE_H

#include "base/err.h"
#include "detect/finding.h"
#include "detect/zonefile.h"

enum existence {
	EXISTENCE_UNKNOWN,
	EXISTENCE_EXISTS,
	EXISTENCE_MISSING, /* the server that holds the zone answers NXDOMAIN */
};

struct oracle;

struct oracle *oracle_new(void);
void oracle_free(struct oracle *oracle);
/* How much memory it may take, in bytes; to be set before anything is added. */
void oracle_limit(struct oracle *oracle, uint64_t bytes);

/*
 * Each adds to what is there. -1 with err when nothing, or not all, of what was given could be
 * read; what could be is kept. Several files of one zone are views of it.
 */
int oracle_add_zone_file(struct oracle *oracle, const char *zone, const char *path,
			 struct err *err);
/*
 * Every zone file in a directory and those below it; a file's SOA record, else its name, says
 * the zone. What is no zone file, or is read in part only, becomes a note, not an error.
 */
int oracle_add_zone_dir(struct oracle *oracle, const char *path, struct err *err);
/* One name a line, or passive DNS as JSON lines. */
int oracle_add_known_names(struct oracle *oracle, const char *path, struct err *err);

/* What could not be read, or not as it is. */
struct oracle_note {
	const char *path;
	uint64_t line; /* 0: the whole file */
	const char *text;
	bool is_zone; /* of a zone that is loaded; false: the file was left out */
};

/* In order of arrival; at most the first 10,000 are kept. */
const struct oracle_note *oracle_notes(const struct oracle *oracle, size_t *count);
/* Notes that were not kept. */
uint64_t oracle_notes_dropped(const struct oracle *oracle);

/* Zone files' last change: of the newest, milliseconds; TIME_NONE without any. */
int64_t oracle_newest(const struct oracle *oracle);
/* Its path; NULL without any. */
const char *oracle_newest_path(const struct oracle *oracle);
/* Zones and names held. */
size_t oracle_zone_count(const struct oracle *oracle);
size_t oracle_name_count(const struct oracle *oracle);

/*
 * Whether a name exists. It does as an owner, as an empty non-terminal, as a delegation,
 * covered by a wildcard (RFC 4592), below a DNAME, in any view of the closest zone that is
 * loaded; or when it is in a list of known names, or above one of those. It is missing only
 * when the zone's files were read in full and none of this holds. Below a delegation nothing
 * is known, nor of a name with a '?', as Unbound writes what it cannot print.
 * `by` (may be NULL): what says so; ORACLE_NONE for unknown.
 */
enum existence oracle_judge(const struct oracle *oracle, struct str name, enum oracle_kind *by);
/* True when names in that zone can be judged missing. */
bool oracle_covers(const struct oracle *oracle, struct str zone);

/*
 * What the records at a name disclose, as in struct zonefile_sink: TXT, SPF, MX, NS and CAA of
 * a zone's apex; TXT, CNAME and SRV of names with a label that begins with '_'; any CNAME that
 * leaves the zone; all of these from passive DNS. Calls `tell` for each of the `kinds` (enum
 * zonefile_text, 0 for all), in order of arrival; returns how many. `tell` may be NULL.
 */
typedef void oracle_text_fn(void *context, struct str name, unsigned kind, struct str text);
size_t oracle_texts(const struct oracle *oracle, struct str name, unsigned kinds,
		    oracle_text_fn *tell, void *context);

#endif
