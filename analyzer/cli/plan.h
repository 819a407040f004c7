/*
 * struct plan: which files are read in which order, and for each what its lines do not say
 * themselves: server, role, format, time zone and year. All of it is fixed before the first
 * thread starts and depends on the files and the settings alone, never on the order in which
 * they were named.
 *
 * Everything that could not be read is in `errors` and the rest is planned all the same.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "base/arena.h"
#include "cli/options.h"
#include "cli/servers.h"
#include "input/source.h"
#include "record/parser.h"
#include "store/logs.h"

enum {
	PLAN_SURVEY = 256 * 1024, /* bytes looked at before a file is planned */
/* The most of a plain file that one thread reads at a time. */
#ifdef TINY_BUFFERS
	PLAN_UNIT = 300,
#else
	PLAN_UNIT = 32 * 1024 * 1024,
#endif
};

/* What the configuration says of some inputs; a member that is NULL or 0 says nothing. */
struct plan_override {
	/*
	 * A path, a directory, or a glob (fnmatch); without a slash it is compared with the base
	 * name.
	 */
	const char *pattern;
	const char *server, *timezone;
	enum log_format format;
	const struct custom_format *custom; /* of FORMAT_CUSTOM */
	enum option_role role;
};

struct listing;

/* Borrowed for the call of plan_make. For each input the first override that says it counts. */
struct plan_settings {
	const char *server, *timezone;
	enum log_format format;
	const struct custom_format *custom;   /* of FORMAT_CUSTOM */
	const struct custom_formats *formats; /* may be recognised; NULL: none */
	enum option_role role;
	int year; /* 0: from the file */
	const struct plan_override *overrides;
	size_t override_count;
	int64_t now;         /* the anchor of a pipe; 0: the clock */
	size_t survey_bytes; /* 0: PLAN_SURVEY */
	uint64_t max_ratio;  /* see source_limit_ratio; 0: SOURCE_RATIO */
	struct logs *logs;   /* of earlier nights; NULL without a state */
	/* Called when it is known which files there are, before one is opened; may be NULL. */
	void (*listed)(void *context, const struct listing *listing);
	void *context;
};

/* A file that was compared with earlier nights. */
struct plan_look {
	const char *path;
	struct log_look look;
	bool is_input; /* else nothing of it is read */
};

/* A path and a sentence about it, which does not repeat the path. */
struct plan_note {
	const char *path, *text;
};

struct plan_notes {
	size_t count;
	struct plan_note *all;
};

struct plan_input {
	const char *path; /* as given, or directory/name; "-" is standard input */
	size_t server;    /* index into plan.servers */
	struct parser_settings parser;
	const char *time_basis; /* "local time read as Europe/Berlin, year 2026 from ..." */
	enum source_kind kind;
	uint64_t size;    /* bytes as stored; what is added later is not read. 0 for a pipe */
	bool is_regular;  /* a file that can be opened again */
	int64_t changed;  /* last change of its content, UTC milliseconds; TIME_NONE for a pipe */
	bool is_left_out; /* nothing of it is read: outside of what was asked for */
	/*
	 * The hour that occurs twice at the end of summer time may lie in it: its lines must
	 * be parsed in their order, by one parser.
	 */
	bool has_fold;
	struct survey survey;

	/* Private to cli/plan*.c and their helpers. */
	struct source *source; /* of a pipe: opened already; NULL once taken */
	uint64_t device, inode;
	const char *server_given;
	enum option_role role_given;
	struct str beginning; /* the first bytes of its content */
	struct str head;      /* the same; empty when there is no line in it */
	/* What is read of it: see struct log_look. Without a state from 0 to UINT64_MAX. */
	uint64_t from, to, member, member_from, lines_before;
	bool is_damaged; /* the survey ended in damage */
};

struct plan {
	struct arena arena; /* owns every text */
	size_t count;
	struct plan_input *inputs;
	struct saved_input *saved; /* the same inputs, for a saved tally; in the arena */
	size_t server_count;
	struct server_row *servers;
	struct plan_notes errors;  /* could not be read, or named and no log: exit status 2 */
	struct plan_notes skipped; /* in a directory and no log */
	struct plan_notes dropped; /* its content is in another input */
	uint64_t max_ratio;        /* of the settings */
	bool is_nightly;           /* there is a state: what is still being written waits */
	size_t look_count;
	struct plan_look *looks; /* with a state: of all regular files */
	size_t zone_count;
	struct timezone_rules **zones;
};

/* A part of an input: bytes from..to of a plain file, or all of it. */
struct plan_unit {
	size_t input;
	uint64_t from, to; /* of the uncompressed stream; to is UINT64_MAX for "to its end" */
};

struct plan_units {
	size_t count;
	struct plan_unit *all; /* to be freed */
};

/*
 * Looks at files, directories and "-". Loads time zones: call it before any thread starts. -1
 * with err only when the settings are wrong (an unknown zone, two roles for one server);
 * plan_release is needed in either case.
 */
int plan_make(struct plan *plan, const char *const *paths, size_t count,
	      const struct plan_settings *settings, struct err *err);
void plan_release(struct plan *plan);
/*
 * The work in parts for threads: inputs in order, large plain files cut after newlines every
 * `unit_bytes` or so (0: PLAN_UNIT), or where `small_last` towards the end at smaller steps, so that
 * all threads are done at the same time. Where the cuts are must not change any result; but how far
 * lines stand from their order of time is told within a unit (search.c).
 */
void plan_cut(const struct plan *plan, uint64_t unit_bytes, bool small_last,
	      struct plan_units *units);
/*
 * Opens a unit; units of one input may be opened by several threads. A pipe can be opened
 * once. NULL with err, whose text begins with the path.
 */
struct source *plan_open(struct plan *plan, const struct plan_unit *unit, struct err *err);

/* For the files of cli/ that help to make a plan. The texts are copied. */
void plan_note(struct plan *plan, struct plan_notes *notes, const char *path, const char *text);
/* Notes an error whose text begins with the path. */
void plan_fail(struct plan *plan, const char *path, const struct err *err);
/* A zone that plan_make has loaded; NULL is the machine's. */
const struct timezone_rules *plan_zone(const struct plan *plan, const char *name);

#endif
