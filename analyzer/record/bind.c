#include "record/bind.h"

#include "record/bind_fields.h"
#include "record/noise.h"
#include "record/qname.h"
#include "record/scan.h"

#define WORD(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

/* What a client part may be followed by; queries first, they are nearly all lines. */
static const struct bind_message messages[] = {
	{WORD("query: "), bind_query, true},
	{WORD("query failed ("), bind_query_failed, false},
	{WORD("response: "), bind_response, true},
	{WORD("rate limit "), bind_rate_limit, false},
	{WORD("would rate limit "), bind_rate_limit, false},
	{WORD("query (cache) "), bind_cache_denied, false},
	{WORD("query '"), bind_query_denied, false},
	{WORD("query-on "), bind_query_on_denied, false},
	{WORD("zone transfer '"), bind_zone_transfer, false},
	{WORD("bad zone transfer request: "), bind_bad_transfer, false},
	{WORD("AXFR request denied: "), bind_axfr_denied, false},
	{WORD("IXFR request denied: "), bind_ixfr_denied, false},
	{WORD("transfer of '"), bind_transfer, false},
	{WORD("update '"), bind_update, false},
	{WORD("update forwarding '"), bind_update, false},
	{WORD("updating zone '"), bind_updating, false},
	{WORD("update failed: "), bind_update_failed, false},
	{WORD("update unsuccessful: "), bind_update_failed, false},
	{WORD("signer \""), bind_signer, false},
	{WORD("received notify for zone '"), bind_notify, false},
	{WORD("rpz "), bind_rpz, false},
	{WORD("disabled rpz "), bind_rpz, false},
};

enum { VIEW_CANDIDATES = 16 };

struct bind_prefix {
	struct str category; /* empty where not printed */
	bool has_time, has_severity, is_debug;
};

/* `info: `, `debug 3: `, `level 9: `. */
static bool
take_severity(struct str *s, struct bind_prefix *prefix)
{
	static const struct str words[] = {
		WORD("info: "),    WORD("error: "),    WORD("notice: "),
		WORD("warning: "), WORD("critical: "),
	};
	struct str rest = *s;
	uint64_t level;

	if (s->n == 0 || !strchr("inewcdl", s->p[0]))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (scan_take(s, words[i]))
			return prefix->has_severity = true;
	if ((scan_take(&rest, STR("debug ")) || scan_take(&rest, STR("level "))) &&
	    str_take_number(&rest, 1000, &level) && scan_take(&rest, STR(": "))) {
		*s = rest;
		return prefix->has_severity = prefix->is_debug = true;
	}
	return false;
}

static bool
take_category(struct str *s, struct bind_prefix *prefix)
{
	size_t n = 0;

	while (n < s->n && n < 24 && ((s->p[n] >= 'a' && s->p[n] <= 'z') || s->p[n] == '-'))
		n++;
	if (n == 0 || n + 1 >= s->n || s->p[n] != ':' || s->p[n + 1] != ' ' ||
	    !noise_is_category(str_make(s->p, n)))
		return false;
	prefix->category = str_make(s->p, n);
	*s = str_skip(*s, n + 2);
	return true;
}

static void
take_prefix(struct str *s, struct bind_prefix *prefix, struct stamp *stamp)
{
	struct stamp own;

	if (s->n && scan_is_digit(s->p[0]) && stamp_take_bind(s, &own)) {
		prefix->has_time = true;
		*stamp = *stamp_better(&own, stamp);
		scan_blanks(s);
	}
	if (take_category(s, prefix))
		scan_blanks(s);
	if (take_severity(s, prefix))
		scan_blanks(s);
}

/* True where `s`, behind "client ", begins like a peer: pointer, address and '#', or no peer. */
static bool
begins_peer(struct str s)
{
	size_t n = 0;

	if (scan_begins(s, STR("@0x")) || scan_begins(s, STR("(no-peer)")) ||
	    scan_begins(s, STR("<unknown address")))
		return true;
	while (n < s.n && n < 64 && s.p[n] != ' ' && s.p[n] != '#')
		n++;
	return n > 0 && n + 1 < s.n && s.p[n] == '#' && scan_is_digit(s.p[n + 1]);
}

bool
bind_begins(struct str text)
{
	struct bind_prefix prefix = {0};
	struct stamp stamp;

	if (scan_take(&text, STR("client "))) {
		scan_blanks(&text);
		return begins_peer(text);
	}
	return take_category(&text, &prefix) || take_severity(&text, &prefix) ||
	       stamp_take_bind(&text, &stamp);
}

/* `@0x7f5240182ea8 `; false where the line ends in it. */
static bool
take_pointer(struct str *s, struct bind_client *client)
{
	size_t n = 3;

	if (!scan_begins(*s, STR("@0x")))
		return true;
	while (n < s->n && n < 3 + 16 &&
	       (scan_is_digit(s->p[n]) || (s->p[n] >= 'a' && s->p[n] <= 'f')))
		n++;
	if (n >= s->n)
		return false;
	client->has_pointer = true;
	*s = str_skip(*s, n);
	scan_blanks(s);
	return true;
}

/* `192.0.2.1#53`; DEFECT_NONE with no client for "(no-peer)" and its older forms. */
static enum record_defect
take_peer(struct str *s, struct record *record)
{
	uint64_t port;
	size_t n = 0;

	if (scan_begins(*s, STR(": ")) || scan_take(s, STR("(no-peer)")))
		return DEFECT_NONE;
	if (scan_begins(*s, STR("<unknown address"))) {
		size_t end = str_index(*s, '>');
		*s = str_skip(*s, end == SIZE_MAX ? s->n : end + 1);
		return s->n ? DEFECT_NONE : DEFECT_TRUNCATED;
	}
	while (n < s->n && s->p[n] != '#' && s->p[n] != ' ')
		n++;
	if (n == s->n)
		return DEFECT_TRUNCATED;
	if (s->p[n] != '#')
		return DEFECT_SYNTAX;
	if (!ip_parse(str_make(s->p, n), &record->client))
		return DEFECT_ADDRESS;
	*s = str_skip(*s, n + 1);
	bool cut = s->n == 0;
	if (cut || !str_take_number(s, 65535, &port))
		return cut ? DEFECT_TRUNCATED : DEFECT_SYNTAX;
	if (s->n == 0) /* more digits may have followed */
		return DEFECT_TRUNCATED;
	record->port = (int32_t)port;
	return DEFECT_NONE;
}

/*
 * `/key name`, up to the ": " or " (" that follows. Names have no blank; a ':' at the end of
 * the word belongs to the line, unless a bracket comes next.
 */
static enum record_defect
take_key(struct str *s, struct record *record)
{
	if (!scan_take(s, STR("/key ")))
		return bind_is_cut(*s, STR("/key ")) ? DEFECT_TRUNCATED : DEFECT_NONE;
	size_t n = str_index(*s, ' ');
	if (n == SIZE_MAX || n + 1 >= s->n)
		return DEFECT_TRUNCATED;
	if (s->p[n + 1] != '(' && n > 0 && s->p[n - 1] == ':')
		n--;
	record->key = str_make(s->p, n);
	record->flags |= FLAG_SIGNED;
	record->flags_known |= FLAG_SIGNED;
	*s = str_skip(*s, n);
	return DEFECT_NONE;
}

/* ` (qname)` */
static enum record_defect
take_name(struct str *s, struct bind_client *client, struct record *record)
{
	struct str rest = *s;

	scan_blanks(&rest);
	if (!scan_take(&rest, STR("(")))
		return DEFECT_NONE;
	size_t n = qname_span(rest);
	if (n == SIZE_MAX || n == 0 || n >= rest.n || rest.p[n] != ')') {
		bool ended = str_index(rest, ' ') == SIZE_MAX && str_index(rest, ')') == SIZE_MAX;
		return ended ? DEFECT_TRUNCATED : DEFECT_NAME;
	}
	client->name = str_make(rest.p, n);
	record->qname = qname_trim_dot(client->name);
	*s = str_skip(rest, n + 1);
	return DEFECT_NONE;
}

static const struct bind_message *
message_of(struct str s)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
		if (scan_begins(s, messages[i].begins))
			return &messages[i];
	return NULL;
}

/* True where the message says the same name as the client part, as far as the line goes. */
static bool
repeats_name(struct str s, const struct bind_message *message, const struct bind_client *client)
{
	if (!message->repeats_name || client->name.n == 0)
		return true;
	s = str_skip(s, message->begins.n);
	scan_blanks(&s);
	if (s.n <= client->name.n)
		return str_starts(client->name, s);
	return scan_begins(s, client->name) && s.p[client->name.n] == ' ';
}

/*
 * `view NAME: `. The name is the operator's and may hold anything, even ": query: ": it ends
 * at the first ": " that a known message follows, whose name is that of the client part.
 */
static const struct bind_message *
take_view(struct str *s, const struct bind_client *client, struct record *record)
{
	const struct bind_message *message = NULL;
	size_t end = SIZE_MAX, from = 0;

	for (int i = 0; i < VIEW_CANDIDATES; i++) {
		size_t colon = str_find(*s, STR(": "), from);
		if (colon == SIZE_MAX)
			break;
		struct str rest = str_skip(*s, colon + 2);
		const struct bind_message *found = message_of(rest);
		bool sure = found && repeats_name(rest, found, client);
		if (i == 0 || (found && !message) || sure) {
			end = colon;
			message = found;
		}
		if (sure)
			break;
		from = colon + 1;
	}
	if (end == SIZE_MAX) {
		*s = str_skip(*s, s->n);
		return NULL;
	}
	record->view = str_make(s->p, end);
	*s = str_skip(*s, end + 2);
	return message;
}

/* What follows the client part: `[: view NAME]: message`. */
static enum record_kind
read_message(struct str s, const struct bind_prefix *prefix, const struct bind_client *client,
	     struct record *record)
{
	const struct bind_message *message;

	if (!scan_take(&s, STR(":")))
		return bind_defect(record, s.n ? DEFECT_SYNTAX : DEFECT_TRUNCATED);
	scan_blanks(&s);
	if (scan_take(&s, STR("view ")))
		message = take_view(&s, client, record);
	else
		message = message_of(s);
	record->message = s;
	if (message) {
		/* A quotation mark belongs to the field that the row's function reads. */
		size_t n = message->begins.n - (message->begins.p[message->begins.n - 1] == '\'' ||
						message->begins.p[message->begins.n - 1] == '"');
		return message->parse(str_skip(s, n), client, record);
	}
	if (prefix->is_debug)
		return RECORD_OTHER;
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
		if (bind_is_cut(s, messages[i].begins))
			return bind_defect(record, DEFECT_TRUNCATED);
	return noise_is_client_message(s) ? RECORD_OTHER : RECORD_UNKNOWN;
}

/* `s` stands behind "client ". */
static enum record_kind
read_client(struct str s, const struct bind_prefix *prefix, struct record *record)
{
	struct bind_client client = {0};

	scan_blanks(&s);
	if (!take_pointer(&s, &client))
		return bind_defect(record, DEFECT_TRUNCATED);
	enum record_defect defect = take_peer(&s, record);
	if (defect == DEFECT_NONE)
		defect = take_key(&s, record);
	if (defect == DEFECT_NONE)
		defect = take_name(&s, &client, record);
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	return read_message(s, prefix, &client, record);
}

/* Messages without a client part: known noise, or the few that tell of clients all the same. */
static enum record_kind
read_other(struct str s, const struct bind_prefix *prefix, int evidence, struct record *record)
{
	static const struct bind_client nobody;

	if (scan_begins(s, STR("AXFR request denied: ")))
		return bind_axfr_denied(str_skip(s, 21), &nobody, record);
	if (scan_begins(s, STR("IXFR request denied: ")))
		return bind_ixfr_denied(str_skip(s, 21), &nobody, record);
	enum record_kind kind = bind_burst(s, record);
	if (kind != RECORD_UNKNOWN && (kind != RECORD_MALFORMED || prefix->category.n))
		return kind;
	record->defect = DEFECT_NONE;
	record->rcode = RCODE_UNKNOWN;
	bool whole_category = prefix->category.n && (prefix->has_severity || prefix->has_time ||
						     evidence >= BIND_CERTAIN);
	if (whole_category && noise_is_quiet_category(prefix->category))
		return RECORD_OTHER;
	/* Debug messages are a class of their own: thousands, none about a request's fate. */
	if (prefix->is_debug && (whole_category || prefix->has_time || evidence > 0))
		return RECORD_OTHER;
	enum noise_evidence sure = NOISE_DOUBTFUL;
	if (evidence >= BIND_CERTAIN || prefix->has_time || whole_category)
		sure = NOISE_CERTAIN;
	else if (evidence > BIND_NO_EVIDENCE && prefix->has_severity)
		sure = NOISE_LIKELY;
	return noise_is_bind(s, sure) ? RECORD_OTHER : RECORD_UNKNOWN;
}

enum record_kind
bind_parse(struct str text, enum bind_evidence evidence, struct record *record, struct stamp *stamp)
{
	struct bind_prefix prefix = {0};
	struct str s = text;

	take_prefix(&s, &prefix, stamp);
	record->category = prefix.category;
	record->message = s;
	bool certain = evidence >= BIND_CERTAIN || prefix.has_time || prefix.category.n;
	if (scan_begins(s, STR("client "))) {
		struct str rest = str_skip(s, 7);
		scan_blanks(&rest);
		/* "client " alone proves nothing: other programs have clients, too. */
		if (begins_peer(rest) || (certain && str_index(rest, ' ') == SIZE_MAX))
			return read_client(rest, &prefix, record);
	}
	if (certain && bind_is_cut(s, STR("client ")))
		return bind_defect(record, DEFECT_TRUNCATED);
	return read_other(s, &prefix, (int)evidence, record);
}
