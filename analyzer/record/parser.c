#include "record/parser.h"

#include "record/bind.h"
#include "record/noise.h"
#include "record/stamp.h"
#include "record/unbound.h"
#include "record/wrapper.h"

enum { DAY_MS = 86400000, MINUTE_MS = 60000, BACKWARDS_MS = 30 * MINUTE_MS };

const char *const log_format_names[LOG_FORMATS] = {
	[FORMAT_UNKNOWN] = "auto",
	[FORMAT_BIND] = "bind",
	[FORMAT_UNBOUND] = "unbound",
	[FORMAT_CUSTOM] = "custom",
};

void
parser_init(struct parser *parser, const struct parser_settings *settings)
{
	*parser = (struct parser){
		.settings = settings,
		.stamp_time = TIME_NONE,
		.last_local = TIME_NONE,
		.minute = TIME_NONE,
	};
	if (settings->format == FORMAT_CUSTOM)
		parser->custom = custom_state_new();
}

void
parser_release(struct parser *parser)
{
	custom_state_free(parser->custom);
	parser->custom = NULL;
}

const char *
parser_format_name(const struct parser_settings *settings)
{
	return settings->format == FORMAT_CUSTOM ? custom_info(settings->custom)->name
						 : log_format_names[settings->format];
}

/*
 * Whether a local time lies in the second pass of the hour that occurs twice: it does once the
 * clock of the file ran backwards there by more than half an hour (a little disorder between
 * threads is less), and until the hour is over.
 */
static bool
in_second_pass(struct parser *parser, int64_t local)
{
	const struct timezone_rules *zone = parser->settings->zone;
	int64_t last = parser->last_local;

	parser->folded = timezone_is_folded(zone, local);
	if (!parser->folded)
		return parser->second_pass = false;
	if (last != TIME_NONE && last - local > BACKWARDS_MS && timezone_is_folded(zone, last))
		parser->second_pass = true;
	return parser->second_pass;
}

/*
 * UTC of a zone-less local time. The offset is kept for the minute of the last line: zones
 * change on whole minutes. A folded hour is looked at line by line.
 */
static int64_t
local_to_utc(struct parser *parser, int64_t local)
{
	int64_t minute = local - local % MINUTE_MS;
	const struct timezone_rules *zone = parser->settings->zone;

	if (minute != parser->minute) {
		bool second = in_second_pass(parser, local);
		bool steady = !timezone_is_folded(zone, minute) &&
			      !timezone_is_folded(zone, minute + MINUTE_MS - 1);
		parser->minute = steady ? minute : TIME_NONE;
		parser->offset = local - timezone_to_utc(zone, local, second);
	}
	parser->last_local = local;
	return local - parser->offset;
}

/* The time of a valid stamp; TIME_NONE where zone rules or anchor are missing. */
static int64_t
resolve(struct parser *parser, const struct stamp *stamp)
{
	const struct parser_settings *settings = parser->settings;
	struct civil civil = stamp->civil;

	parser->folded = false;
	if (stamp->has_zone)
		return stamp->utc;
	if (!settings->zone)
		return TIME_NONE;
	if (!stamp->has_year) {
		if (settings->anchor == TIME_NONE)
			return TIME_NONE;
		/* The anchor is UTC, the stamp local: a zone is at most 14 hours away. */
		civil.year = stamp_year(&civil, settings->anchor + DAY_MS);
		if (civil.year == 0)
			return TIME_NONE;
	}
	return local_to_utc(parser, timestamp_make(&civil));
}

/* Fills record->time; false where the line's time is impossible. */
static bool
set_time(struct parser *parser, const struct stamp *stamp, struct record *record)
{
	parser->zoneless = parser->yearless = false;
	if (stamp->text.n == 0 || stamp->is_absent)
		return true;
	if (stamp->is_invalid)
		return false;
	parser->zoneless = !stamp->has_zone;
	parser->yearless = !stamp->has_year;
	if (stamp->text.n == parser->stamp_length &&
	    memcmp(stamp->text.p, parser->stamp, stamp->text.n) == 0) {
		record->time = parser->stamp_time;
		return true;
	}
	record->time = resolve(parser, stamp);
	parser->stamp_length = 0;
	if (stamp->text.n <= sizeof(parser->stamp)) {
		memcpy(parser->stamp, stamp->text.p, stamp->text.n);
		parser->stamp_length = stamp->text.n;
	}
	parser->stamp_time = record->time;
	return true;
}

static enum record_kind
try_bind(const struct wrapper *wrapper, struct record *record, struct stamp *stamp)
{
	enum bind_evidence evidence = wrapper->stamp.text.n ? BIND_TIME_ONLY : BIND_NO_EVIDENCE;

	if (wrapper->tag == TAG_FOREIGN || wrapper->tag == TAG_UNBOUND)
		return RECORD_UNKNOWN;
	if (wrapper->tag == TAG_NAMED)
		evidence = BIND_CERTAIN;
	return bind_parse(wrapper->rest, evidence, record, stamp);
}

static enum record_kind
try_unbound(const struct wrapper *wrapper, struct record *record, struct stamp *stamp)
{
	struct unbound_origin origin = {wrapper->tag == TAG_FOREIGN, wrapper->pid};

	if (wrapper->tag == TAG_NAMED)
		return RECORD_UNKNOWN;
	return unbound_parse(wrapper->rest, &origin, record, stamp);
}

static enum record_kind
parse_custom(struct parser *parser, struct str line, struct wrapper *wrapper, struct record *record,
	     struct stamp *stamp)
{
	const struct custom_format *format = parser->settings->custom;
	enum record_kind kind = custom_parse(format, parser->custom, line, wrapper, record, stamp);

	if (kind == RECORD_UNKNOWN && custom_is_like_bind(format))
		kind = try_bind(wrapper, record, stamp);
	if (kind != RECORD_UNKNOWN)
		parser->last_format = FORMAT_CUSTOM;
	return kind;
}

static enum record_kind
try_format(enum log_format format, const struct wrapper *wrapper, struct record *record,
	   struct stamp *stamp)
{
	return format == FORMAT_BIND ? try_bind(wrapper, record, stamp)
				     : try_unbound(wrapper, record, stamp);
}

/* As it was before a format was tried, which leaves behind what it had understood. */
static void
begin_again(const struct wrapper *wrapper, struct record *record, struct stamp *stamp)
{
	record_clear(record);
	record->host = wrapper->host;
	*stamp = wrapper->stamp;
}

/* What only one of the formats can make of a line. */
static bool
is_sure(enum record_kind kind)
{
	return kind != RECORD_UNKNOWN && kind != RECORD_MALFORMED && kind != RECORD_OTHER;
}

/*
 * A line whose format is not known, in one order whatever lines came before: what is sure in one
 * of them, else what BIND's parser makes of it, else what Unbound's does.
 */
static enum record_kind
parse_either(struct parser *parser, const struct wrapper *wrapper, struct record *record,
	     struct stamp *stamp)
{
	enum log_format before = parser->last_format, first = before ? before : FORMAT_BIND;
	enum log_format second = first == FORMAT_BIND ? FORMAT_UNBOUND : FORMAT_BIND;
	enum record_kind one = try_format(first, wrapper, record, stamp), other;

	parser->last_format = first;
	if (is_sure(one))
		return one;
	begin_again(wrapper, record, stamp);
	other = try_format(second, wrapper, record, stamp);
	parser->last_format = second;
	if (is_sure(other) || (second == FORMAT_BIND && other != RECORD_UNKNOWN) ||
	    (second == FORMAT_UNBOUND && one == RECORD_UNKNOWN && other != RECORD_UNKNOWN))
		return other;
	begin_again(wrapper, record, stamp);
	/* Of a line that is of neither stands what BIND's parser makes of it. */
	bool is_neither = one == RECORD_UNKNOWN && other == RECORD_UNKNOWN;
	parser->last_format = is_neither ? before : first;
	return try_format(is_neither ? FORMAT_BIND : first, wrapper, record, stamp);
}

static enum record_kind
parse_message(struct parser *parser, const struct wrapper *wrapper, struct record *record,
	      struct stamp *stamp)
{
	enum log_format fixed = parser->settings->format;

	if (!fixed)
		return parse_either(parser, wrapper, record, stamp);
	enum record_kind kind = try_format(fixed, wrapper, record, stamp);
	if (kind != RECORD_UNKNOWN)
		parser->last_format = fixed;
	return kind;
}

/* Whether the times of the same minute lie at the same distance from this one, as written. */
static bool
is_steady(const struct parser *parser, const struct stamp *stamp, int64_t time)
{
	int64_t limit = parser->settings->anchor + DAY_MS, local = time + parser->offset;

	if (stamp->has_zone)
		return true;
	if (time == TIME_NONE || parser->minute == TIME_NONE)
		return false;
	/* At the limit the year changes (stamp_year). */
	return stamp->has_year || local < limit - MINUTE_MS || local > limit + MINUTE_MS;
}

static void
learn(struct parser *parser, struct str line, const struct stamp *stamp,
      const struct record *record)
{
	struct template_line told = {
		.text = line,
		.stamp = stamp->text,
		.minute = parser->minute,
		.stamp_is_steady = is_steady(parser, stamp, record->time),
		.unbound = parser->last_format == FORMAT_UNBOUND,
		.record = record,
	};

	template_learn(&parser->templates, &told);
}

/* Of a line unlike all that came before. Apart, so that others pay for none of its locals. */
static enum record_kind __attribute__((noinline))
parse_in_full(struct parser *parser, struct str line, struct record *record)
{
	struct wrapper wrapper;

	parser_last_format(parser);
	record_clear(record);
	if (str_trim(line).n == 0) {
		record->kind = RECORD_OTHER;
		return RECORD_OTHER;
	}
	wrapper_read(line, &wrapper);
	struct stamp stamp = wrapper.stamp;
	record->host = wrapper.host;
	enum record_kind kind = parser->custom
					? parse_custom(parser, line, &wrapper, record, &stamp)
					: parse_message(parser, &wrapper, record, &stamp);
	if (kind == RECORD_UNKNOWN && !parser->custom && wrapper.tag != TAG_FOREIGN &&
	    noise_is_dump(wrapper.rest))
		kind = RECORD_OTHER;
	if (!set_time(parser, &stamp, record) && kind != RECORD_UNKNOWN) {
		record->defect = DEFECT_TIME;
		kind = RECORD_MALFORMED;
	}
	record->kind = (uint8_t)kind;
	if (!parser->custom)
		learn(parser, line, &stamp, record);
	return kind;
}

enum record_kind
parser_parse(struct parser *parser, struct str line, struct record *record)
{
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	record->is_plain = false; /* it may never have been written */
	if (template_read(&parser->templates, line, record) == line.n)
		return record->kind;
	return parse_in_full(parser, line, record);
}

enum log_format
parser_last_format(struct parser *parser)
{
	uint8_t last = parser->templates.last;

	if (last != LAYOUT_NONE)
		parser->last_format = last == LAYOUT_BIND ? FORMAT_BIND : FORMAT_UNBOUND;
	parser->templates.last = LAYOUT_NONE;
	return parser->last_format;
}
