/*
 * struct regex: a compiled PCRE2 pattern over bytes, constant once it is made and shared
 * between threads; struct regex_scratch is one thread's working memory. This is the only
 * module that knows pcre2.h.
 *
 * A pattern comes from a rule file and the subject from an attacker, so every match has a
 * limit of steps, depth and memory. Reaching one is a result of its own (REGEX_LIMIT), never
 * "no match".
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/err.h"
#include "base/str.h"

enum regex_flag {
	REGEX_CASELESS = 1 << 0,  /* ASCII letters only */
	REGEX_MULTILINE = 1 << 1, /* ^ and $ at every line */
	REGEX_DOTALL = 1 << 2,    /* '.' matches a newline too */
	REGEX_ANCHORED = 1 << 3,  /* matches only at the subject's first byte */
	REGEX_WHOLE = 1 << 4      /* must end at the subject's last byte */
};

enum { REGEX_PATTERN_MAX = 8192 };

enum regex_result { REGEX_NO_MATCH, REGEX_MATCH, REGEX_LIMIT };

struct regex;
struct regex_scratch;

/*
 * NULL with err when the pattern is wrong: the text holds PCRE2's message and the offset in
 * bytes. The pattern may hold NUL bytes. regex_free(NULL) is legal.
 */
struct regex *regex_compile(struct str pattern, unsigned flags, struct err *err);
void regex_free(struct regex *regex);
/*
 * Makes machine code of it. False where the system forbids that (MemoryDenyWriteExecute,
 * SELinux) or PCRE2 was built without: then the interpreter runs it, with the same verdicts.
 * Not to be called while another thread matches.
 */
bool regex_jit(struct regex *regex);
bool regex_has_jit(const struct regex *regex);

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

enum regex_result regex_match(const struct regex *regex, struct regex_scratch *scratch,
			      struct str subject);

/*
 * The i-th named group: its name, which lives as long as the regex, and its number. NULL
 * after the last one.
 */
const char *regex_group(const struct regex *regex, size_t i, size_t *number);
/* Working memory that can tell the groups up to number `groups`. */
struct regex_scratch *regex_scratch_new_groups(size_t groups);
/*
 * The same as regex_match; on REGEX_MATCH fills groups[0] (all of the match) to
 * groups[count - 1] with views into the subject, with a NULL view for a group that took no part
 * or that the scratch has no room for.
 */
enum regex_result regex_capture(const struct regex *regex, struct regex_scratch *scratch,
				struct str subject, struct str *groups, size_t count);

/* Every subject that matches has at least so many bytes. */
size_t regex_minimum(const struct regex *regex);
/*
 * 256 bits: the bytes a matching subject can begin with, or NULL when the pattern is not
 * bound to the subject's start or can match an empty one.
 */
const unsigned char *regex_first_bytes(const struct regex *regex);
/*
 * Bytes that every matching subject holds somewhere, in one case or the other; fills `out`
 * and returns how many (0 to 2).
 */
size_t regex_required_bytes(const struct regex *regex, unsigned char out[2]);

#endif
