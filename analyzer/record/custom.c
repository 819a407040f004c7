#include "base/xalloc.h"
#include "record/codes.h"
#include "record/custom_parts.h"
#include "record/parser.h"
#include "record/qname.h"

const char *const custom_field_names[CUSTOM_FIELDS] = {
	[FIELD_TIME] = "time",       [FIELD_CLIENT] = "client", [FIELD_PORT] = "port",
	[FIELD_NAME] = "name",       [FIELD_TYPE] = "type",     [FIELD_CLASS] = "class",
	[FIELD_RCODE] = "rcode",     [FIELD_FLAGS] = "flags",   [FIELD_ACTION] = "action",
	[FIELD_PROTO] = "proto",     [FIELD_RD] = "rd",         [FIELD_DO] = "do",
	[FIELD_SERVER] = "server",   [FIELD_HOST] = "host",     [FIELD_VIEW] = "view",
	[FIELD_KEY] = "key",         [FIELD_REASON] = "reason", [FIELD_SIZE] = "size",
	[FIELD_ANSWERS] = "answers", [FIELD_SERIAL] = "serial", [FIELD_MESSAGES] = "messages",
	[FIELD_RECORDS] = "records", [FIELD_BYTES] = "bytes",
};

struct custom_state {
	struct regex_scratch *scratch;
	size_t next; /* of `names`, in turn */
	char names[PARSER_RECORDS_KEPT + 1][CUSTOM_NAME_MAX];
};

struct custom_state *
custom_state_new(void)
{
	struct custom_state *state = xcalloc(1, sizeof(*state));

	state->scratch = regex_scratch_new_groups(CUSTOM_GROUPS_MAX);
	return state;
}

void
custom_state_free(struct custom_state *state)
{
	if (state)
		regex_scratch_free(state->scratch);
	free(state);
}

const struct custom_info *
custom_info(const struct custom_format *format)
{
	return &format->info;
}

bool
custom_is_like_bind(const struct custom_format *format)
{
	return format->like_bind;
}

void
custom_jit(const struct custom_format *format)
{
	for (size_t i = 0; i < format->pattern_count; i++)
		regex_jit(format->patterns[i].regex);
}

/* What stands in each group, by field; a NULL view where nothing does. */
struct fields {
	struct str text[CUSTOM_FIELDS];
};

static bool
is_set(const struct fields *fields, enum custom_field field)
{
	return fields->text[field].p != NULL;
}

static bool
match(const struct custom_format *format, const struct custom_pattern *pattern,
      struct custom_state *state, struct str text, struct fields *fields)
{
	struct str groups[CUSTOM_GROUPS_MAX + 1];
	enum regex_result result =
		regex_capture(pattern->regex, state->scratch, text, groups, pattern->highest + 1);

	if (result != REGEX_MATCH)
		return false;
	*fields = (struct fields){0};
	for (size_t i = 0; i < pattern->group_count; i++) {
		struct str value = groups[pattern->groups[i].number];
		if (value.p && !(format->unset.n && str_eq(value, format->unset)))
			fields->text[pattern->groups[i].field] = value;
	}
	return true;
}

static const struct custom_word *
find_word(const struct custom_words *words, struct str word)
{
	for (size_t i = 0; i < words->count; i++)
		if (str_eq_nocase(words->all[i].word, word))
			return &words->all[i];
	return NULL;
}

/* Each letter, or each word between blanks, commas and bars. */
static void
set_flags(const struct custom_format *format, struct str text, struct record *record)
{
	record->flags_known |= format->flags_known;
	while (text.n) {
		size_t n = format->flags_are_letters ? 1 : 0;
		while (!format->flags_are_letters && n < text.n && !strchr(" ,|", text.p[n]))
			n++;
		const struct custom_word *word = find_word(&format->flags, str_make(text.p, n));
		if (word)
			record->flags |= (uint16_t)word->number;
		text = str_skip(text, n + (format->flags_are_letters ? 0 : 1));
	}
}

static void
set_flag(struct str text, uint16_t flag, const char *yes, struct record *record)
{
	record->flags_known |= flag;
	for (; *yes; yes += strlen(yes) + 1)
		if (str_eq_nocase(text, str_of(yes)))
			record->flags |= flag;
}

static void
set_number(struct str text, int64_t *out)
{
	uint64_t number;

	if (str_number(text, INT64_MAX, &number))
		*out = (int64_t)number;
}

/* What has no wrong form. */
static void
set_rest(const struct custom_format *format, const struct fields *fields, struct record *record)
{
	static const char tcp[] = "tcp\0dot\0doh\0", yes[] = "1\0true\0t\0yes\0";
	const struct str *text = fields->text;
	int64_t answers = -1;

	if (is_set(fields, FIELD_FLAGS))
		set_flags(format, text[FIELD_FLAGS], record);
	if (is_set(fields, FIELD_PROTO))
		set_flag(text[FIELD_PROTO], FLAG_TCP, tcp, record);
	if (is_set(fields, FIELD_RD))
		set_flag(text[FIELD_RD], FLAG_RD, yes, record);
	if (is_set(fields, FIELD_DO))
		set_flag(text[FIELD_DO], FLAG_DO, yes, record);
	if (is_set(fields, FIELD_KEY)) {
		record->key = text[FIELD_KEY];
		record->flags |= record->key.n ? FLAG_SIGNED : 0;
		record->flags_known |= FLAG_SIGNED;
	}
	record->view = text[FIELD_VIEW];
	record->reason = text[FIELD_REASON];
	ip_parse(text[FIELD_SERVER], &record->server);
	set_number(text[FIELD_SIZE], &record->size);
	set_number(text[FIELD_SERIAL], &record->serial);
	set_number(text[FIELD_MESSAGES], &record->messages);
	set_number(text[FIELD_RECORDS], &record->records);
	set_number(text[FIELD_BYTES], &record->bytes);
	set_number(text[FIELD_ANSWERS], &answers);
	record->answers = answers > INT32_MAX ? -1 : (int32_t)answers;
}

/* A number counts as a type too. */
static bool
set_type(const struct custom_format *format, struct str text, struct record *record)
{
	const struct custom_word *word = find_word(&format->types, text);
	uint64_t number;

	if (word)
		record->qtype = (int32_t)word->number;
	else if (str_number(text, 65535, &number))
		record->qtype = (int32_t)number;
	else
		record->qtype = type_parse(text);
	return record->qtype != TYPE_UNKNOWN;
}

static bool
set_class(struct str text, struct record *record)
{
	uint64_t number;

	record->qclass = str_number(text, 65535, &number) ? (int32_t)number : class_parse(text);
	return record->qclass != CLASS_UNKNOWN;
}

static bool
set_name(const struct custom_format *format, struct custom_state *state, struct str text,
	 struct record *record)
{
	char *out = state->names[state->next];
	struct str name = custom_name(format->names, text, out);

	if (name.p == out)
		state->next = (state->next + 1) % (PARSER_RECORDS_KEPT + 1);
	if (name.n == 0 || !qname_is_valid(name))
		return false;
	record->qname = qname_trim_dot(name);
	return true;
}

static enum record_defect
set_question(const struct custom_format *format, struct custom_state *state,
	     const struct fields *fields, struct record *record)
{
	const struct str *text = fields->text;
	uint64_t port;

	if (is_set(fields, FIELD_CLIENT) && !ip_parse(text[FIELD_CLIENT], &record->client))
		return DEFECT_ADDRESS;
	if (str_number(text[FIELD_PORT], 65535, &port))
		record->port = (int32_t)port;
	if (is_set(fields, FIELD_NAME) && !set_name(format, state, text[FIELD_NAME], record))
		return DEFECT_NAME;
	if (is_set(fields, FIELD_TYPE) && !set_type(format, text[FIELD_TYPE], record))
		return DEFECT_TYPE;
	if (is_set(fields, FIELD_CLASS) && !set_class(text[FIELD_CLASS], record))
		return DEFECT_CLASS;
	if (is_set(fields, FIELD_RCODE)) {
		record->rcode = rcode_parse(text[FIELD_RCODE]);
		if (record->rcode == RCODE_UNKNOWN)
			return DEFECT_RCODE;
	}
	return DEFECT_NONE;
}

static void
set_time(const struct custom_format *format, const struct fields *fields, struct stamp *stamp)
{
	struct stamp own = {.text = fields->text[FIELD_TIME], .is_invalid = true};
	bool found = false;

	if (!is_set(fields, FIELD_TIME))
		return;
	for (size_t i = 0; i < format->time_count && !found; i++)
		found = stamp_read(own.text, format->times[i], &own) && !own.is_invalid;
	*stamp = *stamp_better(&own, stamp);
}

/* A transfer's line tells by its type how the zone goes. */
static void
set_transfer(struct record *record)
{
	if (record->kind != RECORD_TRANSFER && record->kind != RECORD_DENIED)
		return;
	if (record->qtype == TYPE_AXFR)
		record->transfer = TRANSFER_AXFR;
	else if (record->qtype == TYPE_IXFR)
		record->transfer = TRANSFER_IXFR;
}

static bool
is_program(const struct custom_format *format, const struct wrapper *wrapper)
{
	if (format->program_count == 0 || wrapper->tag == TAG_NONE)
		return true;
	for (size_t i = 0; i < format->program_count; i++)
		if (str_eq_nocase(format->programs[i], wrapper->program))
			return true;
	return false;
}

static enum record_kind
fill(const struct custom_format *format, const struct custom_pattern *pattern,
     struct custom_state *state, const struct fields *fields, struct record *record,
     struct stamp *stamp)
{
	struct custom_event event = pattern->event;
	const struct custom_word *word = NULL;

	if (is_set(fields, FIELD_ACTION))
		word = find_word(&format->actions, fields->text[FIELD_ACTION]);
	if (word)
		event = word->event;
	set_time(format, fields, stamp);
	if (is_set(fields, FIELD_HOST))
		record->host = fields->text[FIELD_HOST];
	if (event.kind == RECORD_OTHER)
		return RECORD_OTHER;
	enum record_defect defect = set_question(format, state, fields, record);
	if (defect != DEFECT_NONE) {
		record->defect = (uint8_t)defect;
		return RECORD_MALFORMED;
	}
	set_rest(format, fields, record);
	record->kind = (uint8_t)event.kind;
	record->action = (uint8_t)event.action;
	set_transfer(record);
	return event.kind;
}

enum record_kind
custom_parse(const struct custom_format *format, struct custom_state *state, struct str line,
	     const struct wrapper *wrapper, struct record *record, struct stamp *stamp)
{
	struct str text = format->whole_line ? line : wrapper->rest;
	struct fields fields;

	if (format->whole_line) {
		*stamp = (struct stamp){0};
		record->host = (struct str){0};
	} else if (!is_program(format, wrapper)) {
		return RECORD_UNKNOWN;
	}
	for (size_t i = 0; i < format->pattern_count; i++) {
		const struct custom_pattern *pattern = &format->patterns[i];
		if (!match(format, pattern, state, text, &fields))
			continue;
		record->message = text;
		return fill(format, pattern, state, &fields, record, stamp);
	}
	return RECORD_UNKNOWN;
}
