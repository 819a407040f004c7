#include "report/json_writer.h"

#include <inttypes.h>
#include <math.h>

#include "base/timestamp.h"
#include "report/escape.h"

void
json_init(struct json *json, FILE *out, unsigned broken)
{
	*json = (struct json){.out = out, .broken = broken};
}

static bool
fail(struct json *json, const char *error)
{
	if (!json->error)
		json->error = error;
	return false;
}

/* A line of its own, or a blank, before a member or a closing bracket at `depth`. */
static void
separate(struct json *json, unsigned depth, const char *otherwise)
{
	if (depth == 0 || depth > json->broken) {
		fputs(otherwise, json->out);
		return;
	}
	putc_unlocked('\n', json->out);
	for (unsigned i = 0; i < depth; i++)
		putc_unlocked('\t', json->out);
}

/* Comma and white space before the next member of the innermost container. */
static void
next_member(struct json *json)
{
	struct json_level *level = &json->stack[json->depth - 1];

	if (level->has_members)
		putc_unlocked(',', json->out);
	separate(json, json->depth, level->has_members ? " " : "");
	level->has_members = true;
}

static void
write_key(struct json *json, const char *key)
{
	putc_unlocked('"', json->out);
	fputs(key, json->out);
	fputs("\": ", json->out);
}

/* Everything before a value: false when no value may stand here. */
static bool
begin(struct json *json, const char *key)
{
	if (json->error)
		return false;
	if (json->depth == 0) {
		if (json->started || key)
			return fail(json, "more than one top value, or a key outside an object");
		json->started = true;
		return true;
	}
	const struct json_level *level = &json->stack[json->depth - 1];
	if (level->is_object != (key || json->keyed) || (key && json->keyed))
		return fail(json, level->is_object ? "one key needed" : "a key in an array");
	if (!json->keyed)
		next_member(json);
	json->keyed = false;
	if (key)
		write_key(json, key);
	return true;
}

static void
open_level(struct json *json, const char *key, bool is_object)
{
	if (!begin(json, key))
		return;
	if (json->depth == JSON_DEPTH) {
		fail(json, "nested too deep");
		return;
	}
	json->stack[json->depth++] = (struct json_level){.is_object = is_object};
	putc_unlocked(is_object ? '{' : '[', json->out);
}

void
json_object(struct json *json, const char *key)
{
	open_level(json, key, true);
}

void
json_array(struct json *json, const char *key)
{
	open_level(json, key, false);
}

void
json_end(struct json *json)
{
	if (json->error)
		return;
	if (json->depth == 0 || json->keyed) {
		fail(json, "an end without a beginning, or a key without a value");
		return;
	}
	const struct json_level *level = &json->stack[--json->depth];
	if (level->has_members && json->depth + 1 <= json->broken) {
		putc_unlocked('\n', json->out);
		for (unsigned i = 0; i < json->depth; i++)
			putc_unlocked('\t', json->out);
	}
	putc_unlocked(level->is_object ? '}' : ']', json->out);
}

void
json_string(struct json *json, const char *key, struct str value)
{
	if (!begin(json, key))
		return;
	putc_unlocked('"', json->out);
	escape_json(json->out, value);
	putc_unlocked('"', json->out);
}

void
json_string_or_null(struct json *json, const char *key, struct str value)
{
	if (value.n == 0)
		json_null(json, key);
	else
		json_string(json, key, value);
}

void
json_text(struct json *json, const char *key, const char *value)
{
	json_string(json, key, str_of(value));
}

void
json_count(struct json *json, const char *key, uint64_t value)
{
	if (begin(json, key))
		fprintf(json->out, "%" PRIu64, value);
}

void
json_number(struct json *json, const char *key, int64_t value)
{
	if (begin(json, key))
		fprintf(json->out, "%" PRId64, value);
}

void
json_decimal(struct json *json, const char *key, double value)
{
	enum { SCALE = 1000, DIGITS = 3 };

	/* Beyond 2^53 / SCALE the product is no longer exact; no score term comes near. */
	if (!isfinite(value) || fabs(value) > 9e12) {
		json_null(json, key);
		return;
	}
	int64_t scaled = llround(value * SCALE);
	int64_t rest = llabs(scaled % SCALE);
	int digits = DIGITS;
	if (!begin(json, key))
		return;
	fprintf(json->out, "%s%" PRId64, scaled < 0 && scaled > -SCALE ? "-" : "", scaled / SCALE);
	if (rest == 0)
		return;
	for (; rest % 10 == 0; rest /= 10)
		digits--;
	fprintf(json->out, ".%0*" PRId64, digits, rest);
}

void
json_bool(struct json *json, const char *key, bool value)
{
	if (begin(json, key))
		fputs(value ? "true" : "false", json->out);
}

void
json_null(struct json *json, const char *key)
{
	if (begin(json, key))
		fputs("null", json->out);
}

void
json_time(struct json *json, const char *key, int64_t time)
{
	char text[TIME_TEXT];

	if (time == TIME_NONE)
		json_null(json, key);
	else
		json_text(json, key, timestamp_print(time, text));
}

void
json_key(struct json *json, struct str key)
{
	if (json->error)
		return;
	if (json->depth == 0 || !json->stack[json->depth - 1].is_object || json->keyed) {
		fail(json, "a key outside an object");
		return;
	}
	next_member(json);
	putc_unlocked('"', json->out);
	escape_json(json->out, key);
	fputs("\": ", json->out);
	json->keyed = true;
}

const char *
json_finish(struct json *json)
{
	if (!json->error && (json->depth > 0 || !json->started))
		fail(json, "an object or array was not ended");
	if (!json->error)
		putc_unlocked('\n', json->out);
	return json->error;
}
