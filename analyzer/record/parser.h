/*
 * struct parser: turns lines of one stream into records. It keeps what makes the next line
 * cheap (last format, last timestamp) and nothing that could change a record's meaning: the
 * record of a line depends on the line and on `struct parser_settings` alone, with the one
 * exception of the hour that occurs twice at the end of summer time (`folding`), for which a
 * file must be read in order.
 *
 * Of several times on a line, the one that tells zone and year is taken, else the one with a
 * year, else the innermost. No time (TIME_NONE) where the server could not write one
 * ("99-Bad-9999"), where a month's name is not English, where a year-less time has no anchor,
 * a zone-less one no zone; a time that cannot be makes the line DEFECT_TIME.
 */
#ifndef RECORD_PARSER_H
#define RECORD_PARSER_H

#include "base/timezone.h"
#include "record/custom.h"
#include "record/record.h"
#include "record/template.h"

enum log_format {
	FORMAT_UNKNOWN, /* not recognised: every line tries all */
	FORMAT_BIND,
	FORMAT_UNBOUND,
	FORMAT_CUSTOM, /* described in a file: see record/custom.h */
	LOG_FORMATS
};

/* Records whose views a parser keeps alive; for most of them the line alone does. */
enum { PARSER_RECORDS_KEPT = 512 };

extern const char *const log_format_names[LOG_FORMATS]; /* "auto", "bind", "unbound", "custom" */

/* Fixed by the plan for each stream before any thread starts; borrowed by the parser. */
struct parser_settings {
	enum log_format format;
	const struct timezone_rules *zone; /* of times without one */
	/*
	 * Year-less times (RFC 3164, Unbound's log-time-ascii) are put within the twelve months
	 * that end a day after `anchor`, the latest time the stream can hold. UTC milliseconds.
	 */
	int64_t anchor;
	const struct custom_format *custom; /* of FORMAT_CUSTOM; borrowed */
};

struct parser {
	const struct parser_settings *settings;
	struct custom_state *custom; /* of FORMAT_CUSTOM */
	/* Caches and the state of the folded hour; private to record/. */
	enum log_format last_format; /* of the last line that was recognised in full */
	char stamp[40];              /* the last line's time as written, and what it meant */
	size_t stamp_length;
	int64_t stamp_time;
	int64_t minute, offset; /* local minus UTC within that local minute */
	int64_t last_local;
	bool second_pass;
	bool zoneless, yearless, folded; /* of the last time that was worked out */
	struct templates templates;
};

void parser_init(struct parser *parser, const struct parser_settings *settings);
/* Needed where the format may be FORMAT_CUSTOM. */
void parser_release(struct parser *parser);
/* The format's name, as --log-format takes it. */
const char *parser_format_name(const struct parser_settings *settings);
/*
 * Fills `record` from the line and returns its kind. An empty line is RECORD_OTHER. Never
 * fails: what cannot be parsed is RECORD_UNKNOWN or RECORD_MALFORMED.
 */
enum record_kind parser_parse(struct parser *parser, struct str line, struct record *record);
/*
 * The same for the first line of a text in which its end need not be looked for: where it reads
 * like an earlier one, that ends as well. `*n`: its length without LF. False where the line has to
 * be cut off and parsed: it reads unlike, CR stands before LF, or more of it may come. `record` is
 * one of zeros at first, and may be used again.
 */
static inline bool
parser_take(struct parser *parser, struct str text, struct record *record, size_t *n)
{
	*n = template_read(&parser->templates, text, record);
	return *n < text.n;
}
/* Of the last line that was recognised. */
enum log_format parser_last_format(struct parser *parser);

/* What the first lines of a stream tell before it is read; filled line by line. */
struct survey {
	uint32_t lines, bind, unbound, custom, unknown; /* records recognised by each format */
	uint32_t malformed;
	uint32_t told;                       /* records of clients, by a described format */
	uint32_t queries, recursion_desired; /* to guess the server's role */
	int64_t first, last;                 /* TIME_NONE */
	bool zoneless, yearless, folded;     /* forms of time seen */
	bool queries_logged, responses_logged;
	char host[256]; /* syslog host of the first line that has one */
	bool several_hosts;
};
void survey_init(struct survey *survey);
/* Uses FORMAT_UNKNOWN or FORMAT_CUSTOM settings; time zone and anchor from `parser`. */
void survey_line(struct survey *survey, struct parser *parser, struct str line);

#endif
