/*
 * struct templates: lines that read like an earlier one. Nearly all lines of a log are queries
 * that differ from each other in time, client and name alone; what stands around those is
 * compared with a line that the full parser has understood, and its record is taken over.
 *
 * A template decides nothing: the record is the one that the full parser would have made, field
 * by field (tests/unit/record/test_template.c and tests/fuzz/fuzz_template.c compare them).
 * Whatever is not plain (an escape in a name, a key, a cut line, a new minute) is not taken.
 */
#ifndef RECORD_TEMPLATE_H
#define RECORD_TEMPLATE_H

#include "record/record.h"

enum {
	TEMPLATES = 24,     /* one server's kinds of line, threads and views */
	TEMPLATE_HEAD = 96, /* bytes before the client, at most; whole blocks */
	TEMPLATE_MIDDLE = 64,
	TEMPLATE_TAILS = 256,
	TEMPLATE_TAIL = 64,
	TEMPLATE_STAMP = 40,
	TEMPLATE_ANSWER = 32, /* Unbound's seconds and what follows them */
	TEMPLATE_LINE = 500,  /* no line that is taken is longer */
};

/* What is written between client and name, and behind the name. */
enum template_layout {
	LAYOUT_NONE,
	LAYOUT_BIND,           /* [@0x1234 ]client#port (name)MIDDLEnameTAIL */
	LAYOUT_UNBOUND,        /* client name.TAIL */
	LAYOUT_UNBOUND_ANSWER, /* the same and ` seconds cached size` behind the rcode */
};

/* Where a view stands: counted from the line's begin or, for what follows the name, from its end. */
struct template_view {
	uint16_t at, n;
};

struct line_template {
	enum template_layout layout;
	uint8_t family; /* whose tails it shares */
	uint8_t kind;   /* enum record_kind */
	bool pointer;   /* BIND's "@0x…": the head ends behind "@0x" */
	uint16_t head_n, middle_n;
	uint16_t head_blocks;       /* the head's bytes in whole blocks */
	uint16_t stamp_at, stamp_n; /* within the head */
	struct template_view category, host, view;
	uint16_t message_at;
	/*
	 * Each byte of a head is one from `low` to `low` + `more`: that of this template, a digit
	 * where the stamp of the minute kept has one that may change, any byte behind the head.
	 */
	_Alignas(16) unsigned char low[TEMPLATE_HEAD];
	_Alignas(16) unsigned char more[TEMPLATE_HEAD];
	char middle[TEMPLATE_MIDDLE];
};

/* ` IN A -E(0)DC (192.0.2.1)` in the lines of one family, and what it tells. */
struct template_tail {
	_Alignas(16) char text[TEMPLATE_TAIL]; /* zeros behind it */
	struct ip server;
	int32_t qtype, qclass, rcode, answers;
	uint16_t flags, flags_known;
	uint16_t key; /* see tail_key(); 0: empty */
};

/*
 * The minute of the last time that was worked out in full; of "[1551441121]" all the time that
 * has the same digits before the last eight.
 */
struct template_minute {
	uint8_t n;         /* bytes of its stamps; 0: none is known */
	uint8_t digits_at; /* of the seconds' first digit */
	bool is_epoch;
	uint64_t fraction; /* which bytes of "SS.mmm", in a word, are digits of a fraction */
	int64_t start;     /* UTC milliseconds where all those digits are zeros */
	int64_t local;     /* which minute the full parser has taken it for */
	uint64_t word;     /* digits of the last time "[1551441121]", and that time */
	int64_t time;
	unsigned char low[TEMPLATE_STAMP], more[TEMPLATE_STAMP]; /* as in struct line_template */
};

struct templates {
	uint8_t count;
	uint16_t order[TEMPLATES]; /* the last used first: bytes from the first of all */
	uint8_t next;              /* to be replaced next */
	uint8_t last;              /* layout of the last line taken; its user may clear it */
	struct line_template all[TEMPLATES];
	struct template_minute minute;
	struct template_tail tails[TEMPLATE_TAILS];
};

/* A line as the full parser has understood it. */
struct template_line {
	struct str text;
	struct str stamp;     /* of the time that was taken; a view into the text */
	int64_t minute;       /* of the stamp, as the full parser counts them */
	bool stamp_is_steady; /* the rest of its minute has the same year and offset from UTC */
	bool unbound;         /* by Unbound; by BIND otherwise */
	const struct record *record;
};

/*
 * Fills `record` where the first line of `text`, up to LF or all of it, is like an earlier one. The
 * line's length, without LF; else SIZE_MAX, and `record` holds anything. Records are used again: its
 * `is_plain` has to be what was left there, or false.
 */
size_t template_read(struct templates *templates, struct str text, struct record *record);
/* To be told of every line that was not. */
void template_learn(struct templates *templates, const struct template_line *line);

#endif
