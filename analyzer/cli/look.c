#include "cli/look.h"

#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

#include "cli/filename.h"
#include "input/reader.h"

enum { LOOK_TAIL = 64 * 1024, LOOK_FORMATS = 64 * 1024 };
static const int64_t day = 86400000;

/* Where the year of times without one comes from. */
enum year_basis { YEAR_OPTION, YEAR_NAME, YEAR_CONTAINER, YEAR_FILE, YEAR_TODAY };
static const char *const year_basis_texts[] = {
	[YEAR_OPTION] = "--year",
	[YEAR_NAME] = "the file's name",
	[YEAR_CONTAINER] = "the gzip header",
	[YEAR_FILE] = "the file's date",
	[YEAR_TODAY] = "today's date",
};

/* A directory means what is in it. */
static bool
is_below(const char *directory, const char *path)
{
	size_t n = strlen(directory);

	while (n > 1 && directory[n - 1] == '/')
		n--;
	return n > 0 && strncmp(directory, path, n) == 0 && path[n] == '/';
}

static bool
override_matches(const struct plan_override *override, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (is_below(override->pattern, path) || strcmp(override->pattern, path) == 0 ||
	    fnmatch(override->pattern, path, FNM_PATHNAME) == 0)
		return true;
	return slash && !strchr(override->pattern, '/') &&
	       fnmatch(override->pattern, slash + 1, 0) == 0;
}

/* What is given for this path; the first override that says something counts. */
static struct plan_override
given_for(const struct plan_settings *settings, const char *path)
{
	struct plan_override given = {0};

	for (size_t i = 0; i < settings->override_count; i++) {
		const struct plan_override *override = &settings->overrides[i];
		if (!override_matches(override, path))
			continue;
		given.server = given.server ? given.server : override->server;
		given.timezone = given.timezone ? given.timezone : override->timezone;
		if (!given.format) {
			given.format = override->format;
			given.custom = override->custom;
		}
		given.role = given.role ? given.role : override->role;
	}
	given.server = given.server ? given.server : settings->server;
	given.timezone = given.timezone ? given.timezone : settings->timezone;
	if (!given.format) {
		given.format = settings->format;
		given.custom = settings->custom;
	}
	given.role = given.role ? given.role : settings->role;
	return given;
}

/* The last millisecond of a day, by the clock of a zone. */
static int64_t
end_of_day(const struct timezone_rules *zone, int year, int month, int month_day)
{
	struct civil midnight = {.year = year, .month = month, .day = month_day};

	return timezone_to_utc(zone, timestamp_make(&midnight) + day - 1, false);
}

static int64_t
time_now(const struct plan_settings *settings)
{
	struct timespec now;

	if (settings->now)
		return settings->now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The latest time the file can hold. */
static int64_t
find_anchor(const struct listing_file *file, const struct plan_settings *settings,
	    const struct timezone_rules *zone, int64_t container, enum year_basis *basis)
{
	struct civil date;

	if (settings->year) {
		/* Twelve months that end a day after it are that year and nothing else. */
		*basis = YEAR_OPTION;
		return end_of_day(zone, settings->year, 12, 30);
	}
	if (filename_date(file->path, &date)) {
		*basis = YEAR_NAME;
		return end_of_day(zone, date.year, date.month, date.day);
	}
	*basis = container != TIME_NONE       ? YEAR_CONTAINER
		 : file->changed != TIME_NONE ? YEAR_FILE
					      : YEAR_TODAY;
	return container != TIME_NONE       ? container
	       : file->changed != TIME_NONE ? file->changed
					    : time_now(settings);
}

/* "[1795453736] unbound[": seconds since 1970, without a wrapper before it. */
static bool
begins_with_epoch(struct str line)
{
	uint64_t seconds;

	return str_take(&line, STR("[")) && str_take_number(&line, INT64_MAX, &seconds) &&
	       str_starts(line, STR("] ")) && seconds > 100000000;
}

struct look {
	struct survey survey;
	size_t lines; /* that are not empty */
	bool has_epoch;
};

static void
look_line(struct look *look, struct parser *parser, struct str line)
{
	/* A line that the reader will skip proves nothing, for or against a log. */
	if (line.n == 0 || line.n > READER_LINE_MAX)
		return;
	look->lines++;
	look->has_epoch |= begins_with_epoch(line);
	survey_line(&look->survey, parser, line);
}

/* Surveys the lines of `bytes`; the last one without newline when it is `whole`. */
static void
look_lines(struct look *look, const struct parser_settings *settings, struct str bytes, bool whole)
{
	/* The survey is to try every format, whatever is known of this one. */
	struct parser_settings open = *settings;
	struct parser parser;
	struct str line, all = bytes;

	if (open.format != FORMAT_CUSTOM)
		open.format = FORMAT_UNKNOWN;
	survey_init(&look->survey);
	parser_init(&parser, &open);
	while (reader_cut(&bytes, &line))
		look_line(look, &parser, line);
	if (bytes.n > 0 && (whole || bytes.n == all.n))
		look_line(look, &parser, bytes);
	parser_release(&parser);
}

/* Of how many lines a format of ours knows what they are. */
static size_t
known_lines(const struct survey *survey)
{
	return (size_t)survey->bind + survey->unbound + survey->custom;
}

/*
 * A format described in a file proves itself by lines that tell of clients, more of them than
 * BIND's or Unbound's parser knows, of which most lines would be known otherwise.
 */
static void
try_formats(struct look *look, struct parser_settings *settings,
	    const struct custom_formats *formats, struct str bytes)
{
	struct look best = *look;

	size_t most = known_lines(&look->survey) - look->survey.malformed;
	if (!formats || most * 10 >= look->lines * 9)
		return;
	bytes.n = bytes.n < LOOK_FORMATS ? bytes.n : LOOK_FORMATS;
	for (size_t i = 0; i < formats->count; i++) {
		struct parser_settings tried = *settings;
		struct look made = {0};
		tried.format = FORMAT_CUSTOM;
		tried.custom = formats->all[i];
		look_lines(&made, &tried, bytes, true);
		if (made.survey.told <= most)
			continue;
		most = made.survey.told;
		best = made;
		settings->format = FORMAT_CUSTOM;
		settings->custom = formats->all[i];
	}
	*look = best;
}

/* The first time that the end of a large plain file holds; TIME_NONE when it cannot be told. */
static int64_t
last_time(const struct listing_file *file, const struct parser_settings *settings)
{
	struct look look = {0};
	struct str line;
	struct err err;
	uint64_t from = file->size > LOOK_TAIL ? file->size - LOOK_TAIL : 0;
	struct source *source = source_open_range(file->path, from, file->size, &err);

	if (!source)
		return TIME_NONE;
	struct str tail = source_peek(source, LOOK_TAIL);
	if (from == 0 || reader_cut(&tail, &line)) /* the first one is cut */
		look_lines(&look, settings, tail, true);
	source_close(source);
	return look.lines ? look.survey.last : TIME_NONE;
}

/* Whether the clock goes back within a day of the times from `first` to `last`. */
static bool
clock_goes_back(const struct timezone_rules *zone, int64_t first, int64_t last)
{
	for (size_t i = 1; i < zone->count; i++) {
		const struct timezone_change *change = &zone->changes[i];
		if (change->offset < change[-1].offset && change->at >= first - day &&
		    change->at <= last + day)
			return true;
	}
	return false;
}

static bool
find_fold(const struct listing_file *file, const struct plan_input *input,
	  const struct survey *survey, bool whole)
{
	int64_t first = survey->first, last = survey->last;

	if (!survey->zoneless || first == TIME_NONE)
		return survey->folded;
	if (!whole && input->kind == SOURCE_PLAIN && file->is_regular) {
		int64_t tail = last_time(file, &input->parser);
		last = tail == TIME_NONE || tail < last ? last : tail;
		first = tail == TIME_NONE || tail > first ? first : tail;
	} else if (!whole && input->parser.anchor > last) {
		last = input->parser.anchor;
	}
	return survey->folded || clock_goes_back(input->parser.zone, first, last);
}

static const char *
describe_time(struct plan *plan, const struct plan_input *input, const struct look *look,
	      enum year_basis basis, int year)
{
	const struct survey *survey = &look->survey;
	char zone[128], text[256];

	if (survey->first == TIME_NONE)
		return "no time in the log";
	if (survey->zoneless)
		snprintf(zone, sizeof(zone), "local time read as %s", input->parser.zone->name);
	else
		snprintf(zone, sizeof(zone), "%s",
			 look->has_epoch ? "UTC epoch" : "zone in the log");
	if (!survey->yearless)
		return arena_copy(&plan->arena, str_of(zone));
	snprintf(text, sizeof(text), "%s, year %d from %s", zone,
		 year ? year : timestamp_civil(survey->first).year, year_basis_texts[basis]);
	return arena_copy(&plan->arena, str_of(text));
}

static struct str
head_of(struct str content)
{
	return str_make(content.p, content.n < LOOK_HEAD ? content.n : LOOK_HEAD);
}

/* Binary data has NUL bytes; NUL blocks between lines of text are a crash's and no sign. */
static bool
looks_binary(struct str head)
{
	size_t controls = 0;

	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];
		controls += c < 0x20 && c != '\n' && c != '\r' && c != '\t';
	}
	return controls > head.n / 20;
}

/* Nothing but NUL bytes: the block that a crash or copytruncate leaves at a file's start. */
static bool
is_blank(struct str head)
{
	for (size_t i = 0; i < head.n; i++)
		if (head.p[i] != '\0')
			return false;
	return true;
}

/* A line in ten must be known, and one at least; a file without lines is a log without lines. */
static bool
is_log(const struct look *look, const struct plan_override *given, struct str head,
       struct err *reason)
{
	size_t known = known_lines(&look->survey);

	if (look->lines == 0 && (is_blank(head_of(head)) || !looks_binary(head_of(head))))
		return true; /* nothing was seen that could be judged */
	if (known > 0 && (given->format || known >= (look->lines + 9) / 10))
		return true;
	if (looks_binary(head_of(head)))
		err_set(reason, "not a DNS log: binary data");
	else if (known == 0)
		err_set(reason, "not a DNS log: no line of a known nameserver in its first %zu",
			look->lines);
	else
		err_set(reason,
			"not a DNS log: only %zu of its first %zu lines are a known "
			"nameserver's (--log-format reads it all the same)",
			known, look->lines);
	return false;
}

static enum log_format
find_format(const struct survey *survey, enum log_format given)
{
	if (given || (survey->bind > 0) == (survey->unbound > 0))
		return given;
	return survey->bind > 0 ? FORMAT_BIND : FORMAT_UNBOUND;
}

static void
fill_input(struct plan *plan, const struct listing_file *file, struct plan_input *input,
	   const struct plan_override *given, const struct look *look)
{
	input->path = file->path;
	input->size = file->size;
	input->to = UINT64_MAX;
	input->is_regular = file->is_regular;
	input->changed = file->changed;
	input->device = file->device;
	input->inode = file->inode;
	input->survey = look->survey;
	if (input->parser.format != FORMAT_CUSTOM)
		input->parser.format = find_format(&look->survey, given->format);
	input->role_given = given->role;
	input->server_given =
		given->server ? arena_copy(&plan->arena, str_of(given->server)) : NULL;
}

enum look_result
look_at(struct plan *plan, const struct listing_file *file, const struct plan_settings *settings,
	struct plan_input *input, struct err *reason)
{
	struct plan_override given = given_for(settings, file->path);
	struct look look = {0};
	enum year_basis basis;
	struct source *source = source_open(file->path, reason);

	*input = (struct plan_input){0};
	if (!source) {
		plan_fail(plan, file->path, reason);
		return LOOK_ERROR;
	}
	struct str head =
		source_peek(source, settings->survey_bytes ? settings->survey_bytes : PLAN_SURVEY);
	enum source_end end = source_end(source);
	bool whole = end != SOURCE_OPEN;
	input->is_damaged = whole && end != SOURCE_COMPLETE;
	input->kind = source_kind(source);
	input->parser.zone = plan_zone(plan, given.timezone);
	input->parser.anchor =
		find_anchor(file, settings, input->parser.zone, source_time(source), &basis);
	if (given.format == FORMAT_CUSTOM) {
		input->parser.format = given.format;
		input->parser.custom = given.custom;
	}
	look_lines(&look, &input->parser, head, end == SOURCE_COMPLETE);
	if (!given.format)
		try_formats(&look, &input->parser, settings->formats, head);
	bool nothing_known = known_lines(&look.survey) == 0;
	if (input->is_damaged && nothing_known) {
		plan_fail(plan, file->path, source_error(source));
		source_close(source);
		return LOOK_ERROR;
	}
	if (!is_log(&look, &given, head, reason)) {
		source_close(source);
		return LOOK_OTHER;
	}
	fill_input(plan, file, input, &given, &look);
	input->has_fold = find_fold(file, input, &look.survey, whole);
	input->time_basis = describe_time(plan, input, &look, basis, settings->year);
	input->beginning = arena_str(&plan->arena, head_of(head));
	/* What has no lines is a copy of nothing. */
	if (look.lines > 0)
		input->head = input->beginning;
	if (file->is_regular)
		source_close(source);
	else
		input->source = source;
	return LOOK_LOG;
}
