/*
 * Which rules can match a record at all, told by its type, its class, the first byte, the length
 * and the bytes of its name and the kind of its line: sets of bits, one per rule, made once per
 * ruleset.
 * Never a verdict: a rule whose bit is set must still be asked.
 */
#ifndef MATCH_DISPATCH_H
#define MATCH_DISPATCH_H

#include "match/body.h"

enum {
	TYPE_SETS = 260, /* types 0 to 257, any other, unknown */
	TYPE_SET_OTHER = 258,
	TYPE_SET_UNKNOWN = 259,
	CLASS_SETS = 3, /* IN, CH, any other or none */
	FIRST_SETS = 256,
	LENGTH_SETS = 256, /* the last holds all longer names */
	LABEL_SETS = 64,   /* lengths of the first label, likewise */
	LINE_SETS = 16
};

/*
 * Sets of bytes (pattern_bytes) of which a folded name must hold one as a whole. Unused ones are
 * all bytes.
 */
enum { NEEDS = 4 };

struct needs {
	uint64_t any[NEEDS];
};

/* What a line is, to say which rules are asked about it. */
enum line_trait { LINE_REQUEST = 1, LINE_RCODE = 2, LINE_ACTION = 4, LINE_ECS = 8 };

struct dispatch {
	size_t words;    /* 64 rules each */
	uint64_t *types; /* [TYPE_SETS][words], and so on */
	uint64_t *classes;
	uint64_t *firsts; /* by the first byte of the folded name */
	uint64_t *lengths;
	uint64_t *labels;
	uint64_t *lines;
	uint64_t *nameless;  /* [words]: ask nothing of the name */
	uint64_t *all;       /* [words] */
	bool *idle;          /* by dispatch_index(): none of the nameless is asked */
	struct needs *needs; /* [rule] */
};

struct dispatch *dispatch_new(const struct ruleset *ruleset);
void dispatch_free(struct dispatch *dispatch);

static inline size_t
dispatch_type_set(int32_t type)
{
	if ((uint32_t)type < TYPE_SET_OTHER)
		return (size_t)type;
	return type < 0 ? TYPE_SET_UNKNOWN : TYPE_SET_OTHER;
}

static inline bool
dispatch_needs_are_met(const struct needs *needs, uint64_t bytes)
{
	bool met = false;

	for (size_t i = 0; i < NEEDS; i++)
		met |= !(needs->any[i] & ~bytes);
	return met;
}

static inline size_t
dispatch_class_set(int32_t qclass)
{
	return qclass == CLASS_IN ? 0 : qclass == CLASS_CH ? 1 : 2;
}

/* By enum line_trait, class and type. */
static inline size_t
dispatch_index(size_t line, size_t class_, size_t type)
{
	return (line * CLASS_SETS + class_) * TYPE_SETS + type;
}

#endif
