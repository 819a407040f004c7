/*
 * struct str: a borrowed view of bytes, not terminated, never freed through this type.
 * It lives as long as the memory it points into; `{NULL, 0}` is the empty view.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/banned.h"

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal, usable in constant initialisers and expressions. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf: "%.*s" takes STR_ARG(view). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str
str_make(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline struct str
str_of(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return prefix.n == 0 || (s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool
str_ends(struct str s, struct str suffix)
{
	return suffix.n == 0 ||
	       (s.n >= suffix.n && memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The rest of `s` after its first `n` bytes; empty when there are fewer. */
static inline struct str
str_skip(struct str s, size_t n)
{
	return n < s.n ? (struct str){s.p + n, s.n - n} : (struct str){s.p + s.n, 0};
}

/* Compares ASCII letters without case, everything else bytewise. */
bool str_eq_nocase(struct str a, struct str b);
/* memcmp order, a shorter prefix first: <0, 0, >0. */
int str_compare(struct str a, struct str b);
/* Offset of the first `needle` at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
/* Offset of the first byte `c`, or SIZE_MAX. */
size_t str_index(struct str s, char c);
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* The whole view as a decimal number of at most `max`; false and `*out` untouched otherwise. */
bool str_number(struct str s, uint64_t max, uint64_t *out);
/* Takes the leading decimal digits off `*s`; false when there is none or it exceeds `max`. */
bool str_take_number(struct str *s, uint64_t max, uint64_t *out);
/* Takes `prefix` off `*s` when it stands there. */
bool str_take(struct str *s, struct str prefix);
/* ASCII lower case. */
static inline char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

#endif
