/*
 * String tests as PCRE2 patterns, each compiled once for a whole ruleset.
 *
 * Sigma's values are globs: `*` any bytes, `?` one byte; a backslash before `*`, `?` or
 * another backslash takes the meaning away and is a plain backslash anywhere else. They are
 * written so that PCRE2 walks a subject once (atomic groups), whatever an attacker puts there.
 */
#ifndef MATCH_PATTERN_H
#define MATCH_PATTERN_H

#include "base/regex.h"
#include "match/rule.h"

enum pattern_place { PATTERN_WHOLE, PATTERN_START, PATTERN_END, PATTERN_ANYWHERE };

struct pattern {
	const struct regex *regex;
	size_t tail;    /* not 0: matched against the last so many bytes of the subject */
	uint64_t needs; /* pattern_bytes of what a matching subject holds in any case */
	size_t minimum; /* a matching subject has at least so many bytes */
};

/* A set of bytes, folded and thrown into 64 classes: enough to tell that one is missing. */
uint64_t pattern_bytes(struct str text);

struct patterns *patterns_new(void);
void patterns_free(struct patterns *patterns);
/* -1 with err when it cannot be compiled. `flags` of regex.h. */
int pattern_regex(struct patterns *patterns, struct str text, unsigned flags, struct pattern *out,
		  struct err *err);
int pattern_glob(struct patterns *patterns, struct str value, enum pattern_place place,
		 bool caseless, struct pattern *out, struct err *err);
/* True when the value has no wildcard; `plain` (of value.n bytes) gets it without escapes. */
bool pattern_is_plain(struct str value, char *plain, size_t *length);
/* Makes machine code of all; false when the system does not allow it. */
bool patterns_jit(struct patterns *patterns);

#endif
