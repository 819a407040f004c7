/*
 * Formats of nameservers that have no parser of their own: descriptions in YAML
 * (patterns/formats/, its README says what may stand in them) whose patterns name the parts of
 * a line. Constant once loaded and shared between threads; each parser has a custom_state.
 */
#ifndef RECORD_CUSTOM_H
#define RECORD_CUSTOM_H

#include "base/arena.h"
#include "base/err.h"
#include "record/record.h"
#include "record/wrapper.h"

struct custom_format;
struct custom_state;

/* A line of the description's own, to test it by. */
struct custom_example {
	struct str line;
	struct str is;  /* as record_describe() puts it; empty where the line must not be parsed */
	unsigned place; /* its line in the file */
};

struct custom_formats {
	struct arena arena; /* owns all texts */
	size_t count;
	struct custom_format **all; /* by name */
};

/* What the rooms above may know of a format. */
struct custom_info {
	const char *name, *title, *file;
	const char *origin;    /* where its lines were seen: "checked: ..." or "documented: ..." */
	bool resolver, either; /* the role; `either`: its flags say */
	size_t example_count;
	const struct custom_example *examples;
};

/*
 * Adds the format in a file, or those in a directory's *.yml. -1 with err, which names file and
 * line, at the first mistake. A name that is there already is a mistake too. To be released in
 * either case; a zeroed struct is empty.
 */
int custom_load(struct custom_formats *formats, const char *path, struct err *err);
void custom_release(struct custom_formats *formats);
/* NULL when there is none of that name. */
const struct custom_format *custom_find(const struct custom_formats *formats, const char *name);
const struct custom_info *custom_info(const struct custom_format *format);
/* Makes machine code of its patterns; before any thread uses it. */
void custom_jit(const struct custom_format *format);

struct custom_state *custom_state_new(void);
void custom_state_free(struct custom_state *state);
/*
 * Fills the record from a line and what wrapper_read() made of it; `stamp` comes with the
 * wrapper's time and leaves with the better one. RECORD_UNKNOWN where no pattern matches. A name
 * that had to be rewritten lies in the state, until PARSER_RECORDS_KEPT more lines were parsed.
 */
enum record_kind custom_parse(const struct custom_format *format, struct custom_state *state,
			      struct str line, const struct wrapper *wrapper, struct record *record,
			      struct stamp *stamp);
/* True where lines that no pattern matches are to be read as BIND's. */
bool custom_is_like_bind(const struct custom_format *format);

#endif
