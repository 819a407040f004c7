/* A format as it is kept; private to record/custom*.c. */
#ifndef RECORD_CUSTOM_PARTS_H
#define RECORD_CUSTOM_PARTS_H

#include "base/regex.h"
#include "record/custom.h"

enum {
	CUSTOM_GROUPS_MAX = 48,   /* named groups of one pattern, unnamed ones between them */
	CUSTOM_NAME_MAX = 1024,   /* of a rewritten name */
	CUSTOM_MEANINGS_MAX = 64, /* words of one map */
};

/* What a named group tells. */
enum custom_field {
	FIELD_TIME,
	FIELD_CLIENT,
	FIELD_PORT,
	FIELD_NAME,
	FIELD_TYPE,
	FIELD_CLASS,
	FIELD_RCODE,
	FIELD_FLAGS,
	FIELD_ACTION,
	FIELD_PROTO,
	FIELD_RD,
	FIELD_DO,
	FIELD_SERVER,
	FIELD_HOST,
	FIELD_VIEW,
	FIELD_KEY,
	FIELD_REASON,
	FIELD_SIZE,
	FIELD_ANSWERS,
	FIELD_SERIAL,
	FIELD_MESSAGES,
	FIELD_RECORDS,
	FIELD_BYTES,
	CUSTOM_FIELDS
};

/* How names are written. */
enum custom_names {
	NAMES_ESCAPED,  /* as BIND does: \c and \DDD */
	NAMES_RAW,      /* every byte as it came; a backslash is one */
	NAMES_QUOTED,   /* escaped, and backslashes and quotes behind one more backslash */
	NAMES_HEX,      /* raw, with \xHH for what does not print (Zeek) */
	NAMES_HEX_JSON, /* the same, and behind one more backslash */
	NAMES_LENGTHS,  /* (3)www(7)example(3)com(0) */
};

/* A kind of line and, for the record, what exactly happened. */
struct custom_event {
	enum record_kind kind;
	enum record_action action;
};

/* What a word of the log stands for. */
struct custom_word {
	struct str word;
	struct custom_event event; /* of actions */
	uint32_t number;           /* of flags and types */
};

struct custom_words {
	size_t count;
	struct custom_word *all;
};

struct custom_pattern {
	struct regex *regex;
	struct custom_event event;
	size_t group_count; /* of `groups`; groups beyond are not named */
	struct {
		uint16_t number;
		uint8_t field; /* enum custom_field */
	} groups[CUSTOM_GROUPS_MAX];
	size_t highest; /* number of a named group */
};

struct custom_format {
	struct custom_info info;
	size_t program_count;
	struct str *programs; /* syslog tags; none: any */
	size_t time_count;
	struct str *times; /* forms for stamp_read */
	struct str unset;  /* what stands for "not told"; empty: nothing does */
	bool whole_line;   /* patterns look at the wrapper too */
	bool like_bind;
	bool flags_are_letters;
	uint16_t flags_known;
	enum custom_names names;
	struct custom_words flags, types, actions;
	size_t pattern_count;
	struct custom_pattern *patterns;
};

extern const char *const custom_field_names[CUSTOM_FIELDS];

/*
 * Rewrites a name into BIND's escaped form. Returns the name itself where it is in that form
 * already, else a view of `out` (CUSTOM_NAME_MAX bytes); a NULL view where it breaks its form.
 */
struct str custom_name(enum custom_names form, struct str name, char *out);

#endif
