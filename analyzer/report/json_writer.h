/*
 * struct json: writes one JSON text to a stream as it goes, without a tree and without
 * memory of its own. Calls nest; inside an object each call has a key (a literal of ours,
 * never escaped), inside an array the key is NULL.
 *
 *	struct json json;
 *	json_init(&json, out, 2);
 *	json_object(&json, NULL);
 *	json_count(&json, "requests", 12);
 *	json_end(&json);
 *	json_finish(&json);
 *
 * A misuse (too deep, a key missing, an end too many) sets `error` once and silences every
 * later call; json_finish returns it. The stream's own error is its owner's to read.
 */
#ifndef REPORT_JSON_WRITER_H
#define REPORT_JSON_WRITER_H

#include <stdio.h>

#include "base/str.h"

enum { JSON_DEPTH = 12 };

struct json {
	FILE *out;
	unsigned depth;
	unsigned broken;   /* members of containers up to this depth stand on lines of their own */
	const char *error; /* the first misuse, NULL */
	bool started;      /* the top value has begun */
	bool keyed;        /* json_key has written a key that waits for its value */
	struct json_level {
		bool is_object, has_members;
	} stack[JSON_DEPTH];
};

/* `broken` 0 writes everything on one line (NDJSON). */
void json_init(struct json *json, FILE *out, unsigned broken);
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
/* Closes the innermost object or array. */
void json_end(struct json *json);
void json_string(struct json *json, const char *key, struct str value);
/* null for an empty view. */
void json_string_or_null(struct json *json, const char *key, struct str value);
void json_text(struct json *json, const char *key, const char *value);
void json_count(struct json *json, const char *key, uint64_t value);
void json_number(struct json *json, const char *key, int64_t value);
/* At most three decimals, without a final zero, whatever the locale; null for infinities. */
void json_decimal(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* RFC 3339 UTC with milliseconds; null for TIME_NONE. */
void json_time(struct json *json, const char *key, int64_t time);
/* In an object whose keys come from outside: the next member's key. Its call then has NULL. */
void json_key(struct json *json, struct str key);
/* Ends the text with a line feed. NULL, or what was misused. */
const char *json_finish(struct json *json);

#endif
