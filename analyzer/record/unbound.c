#include "record/unbound.h"

#include "record/codes.h"
#include "record/noise.h"
#include "record/qname.h"
#include "record/scan.h"

enum {
	IDENT_MAX = 64, /* log-identity is free text; more than this is no name */
	WORDS_MAX = 14, /* a reply with destination has 12, one more for "socket n"; one too many */
	NAME_MAX = 255, /* dname_str() writes no more */
};

/* The words before the message, in util/log.c log_vmsg() and its callers. */
enum message_type { TYPE_INFO, TYPE_QUERY, TYPE_REPLY, TYPE_NOTICE, TYPE_QUIET };

static const struct type_word {
	struct str text;
	enum message_type type;
} type_words[] = {
	{{"info: ", 6}, TYPE_INFO},     {{"query: ", 7}, TYPE_QUERY},
	{{"reply: ", 7}, TYPE_REPLY},   {{"notice: ", 8}, TYPE_NOTICE},
	{{"debug: ", 7}, TYPE_QUIET},   {{"error: ", 7}, TYPE_QUIET},
	{{"warning: ", 9}, TYPE_QUIET}, {{"fatal error: ", 13}, TYPE_QUIET},
};

static enum record_kind
defective(struct record *record, enum record_defect defect)
{
	record->defect = (uint8_t)defect;
	return RECORD_MALFORMED;
}

/* `[pid:tid] `, the thread in hexadecimal before 1.25; its pid. */
static bool
take_process(struct str *s, struct str *pid)
{
	size_t i = 1, colon;

	if (s->n < 6 || s->p[0] != '[')
		return false;
	while (i < s->n && i < 20 && scan_is_digit(s->p[i]))
		i++;
	colon = i;
	if (i == 1 || i >= s->n || s->p[i] != ':')
		return false;
	for (i++; i < s->n && i < colon + 20; i++)
		if (!scan_is_digit(s->p[i]) && !(s->p[i] >= 'a' && s->p[i] <= 'f'))
			break;
	if (i == colon + 1 || i + 1 >= s->n || s->p[i] != ']' || s->p[i + 1] != ' ')
		return false;
	*pid = str_make(s->p + 1, colon - 1);
	*s = str_skip(*s, i + 2);
	return true;
}

/*
 * `[epoch] ident[pid:tid] type: `, `ident[pid:tid] type: ` or, in syslog, `[pid:tid] type: `.
 * The ident may hold blanks but no '[' or ':', so that text quoted from elsewhere in a foreign
 * line is no prefix.
 */
static bool
take_prefix(struct str *s, const struct unbound_origin *origin, struct stamp *stamp,
	    enum message_type *type)
{
	struct str rest = *s, pid;
	struct stamp own;
	size_t ident = 0;

	if (stamp_take_epoch(&rest, &own)) {
		*stamp = *stamp_better(&own, stamp);
		scan_take(&rest, STR(" "));
	}
	while (ident < rest.n && ident < IDENT_MAX && rest.p[ident] != '[' &&
	       rest.p[ident] != ':' && rest.p[ident] >= ' ')
		ident++;
	if (ident && stamp->text.n == 0) /* files have a time before the ident */
		return false;
	if (ident && origin->foreign_tag)
		return false;
	rest = str_skip(rest, ident);
	if (!take_process(&rest, &pid))
		return false;
	/* A tag of the operator's choice must at least be the same process. */
	if (origin->foreign_tag && origin->pid.n && !str_eq(origin->pid, pid))
		return false;
	for (size_t i = 0; i < sizeof(type_words) / sizeof(*type_words); i++)
		if (scan_take(&rest, type_words[i].text)) {
			*type = type_words[i].type;
			*s = rest;
			return true;
		}
	return false;
}

/* Splits at blanks; the count, at most WORDS_MAX. `*last_cut`: no blank after the last word. */
static size_t
split(struct str s, struct str words[WORDS_MAX], bool *last_cut)
{
	size_t count = 0;

	*last_cut = false;
	while (s.n && count < WORDS_MAX) {
		size_t n = str_index(s, ' ');
		*last_cut = n == SIZE_MAX;
		if (n == SIZE_MAX)
			n = s.n;
		if (n)
			words[count++] = str_make(s.p, n);
		s = str_skip(s, n + 1);
	}
	return count;
}

/* What util/data/dname.c dname_str() writes for an octet of a label. */
static const uint8_t name_bytes[256] = {
	['-'] = 1, ['_'] = 1, ['*'] = 1, ['?'] = 1, ['&'] = 1, ['#'] = 1, ['0'] = 1, ['1'] = 1,
	['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
	['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,
	['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1,
	['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1,
	['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
	['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1,
	['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,
	['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

/*
 * '?' stands for every byte that is none of these; a name that is too long ends in '&' without
 * the final dot (and so may a label of 63 go on with it), a bad label in '#'.
 */
static bool
is_name(struct str s)
{
	size_t start = 0, i = 0;

	if (s.n == 0 || s.n > NAME_MAX)
		return false;
	if (s.n == 1 && s.p[0] == '.')
		return true;
	for (; i < s.n; i++) {
		if (name_bytes[(unsigned char)s.p[i]])
			continue;
		if (s.p[i] != '.' || i == start || i - start > 63)
			return false;
		start = i + 1;
	}
	return i - start <= 63 || (i - start == 64 && s.p[i - 1] == '&');
}

/* "null" stands for no name at all, "-" for a query that could not be read. */
static bool
is_no_name(struct str s)
{
	return str_eq(s, STR("null")) || str_eq(s, STR("-"));
}

/* `0.000966`: seconds with six decimals, as microseconds. */
static bool
read_seconds(struct str s, int64_t *microseconds)
{
	uint64_t seconds, rest;

	if (!str_take_number(&s, 1000000000, &seconds) || !scan_take(&s, STR(".")) || s.n != 6 ||
	    !str_number(s, 999999, &rest))
		return false;
	*microseconds = (int64_t)(seconds * 1000000 + rest);
	return true;
}

/* `on udp 192.0.2.1 53`: where the query came to (log-destaddr). */
static void
read_destination(const struct str words[4], struct record *record)
{
	static const struct str streams[] = {{"tcp", 3}, {"dot", 3}, {"doh", 3}};

	if (!str_eq(words[0], STR("on")))
		return;
	bool tcp = false;
	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++)
		tcp = tcp || str_eq(words[1], streams[i]);
	if (tcp || str_eq(words[1], STR("udp"))) {
		record->flags |= tcp ? FLAG_TCP : 0;
		record->flags_known |= FLAG_TCP;
	}
	ip_parse(words[2], &record->server);
}

/* The words of a reply after the class; `count` of them are there, the last perhaps cut. */
static enum record_kind
read_answer(const struct str *words, size_t count, bool last_cut, struct record *record)
{
	uint64_t number;

	if (count > 1 || !last_cut) {
		record->rcode = rcode_parse(words[0]);
		if (record->rcode == RCODE_UNKNOWN)
			return defective(record, DEFECT_RCODE);
	}
	if (count > 1 && !str_eq(words[1], STR("-")) &&
	    !read_seconds(words[1], &record->seconds_us) && (count > 2 || !last_cut))
		return defective(record, DEFECT_SYNTAX);
	if (count > 2 && str_number(words[2], 1, &number))
		record->cached = (int8_t)number;
	/* A size at the end of the line is whole: nothing tells otherwise. */
	if (count > 3 && str_number(words[3], INT64_MAX, &number))
		record->size = (int64_t)number;
	if (count == 8)
		read_destination(words + 4, record);
	return RECORD_RESPONSE;
}

/* `name type class`; where no name was read, type and class are fillers. */
static enum record_defect
read_question(const struct str words[3], struct record *record)
{
	if (is_no_name(words[0]))
		return DEFECT_NONE;
	if (!is_name(words[0]))
		return DEFECT_NAME;
	record->qname = qname_trim_dot(words[0]);
	record->qtype = type_parse(words[1]);
	if (record->qtype == TYPE_UNKNOWN)
		return DEFECT_TYPE;
	record->qclass = class_parse(words[2]);
	return record->qclass == CLASS_UNKNOWN ? DEFECT_CLASS : DEFECT_NONE;
}

/* A line that ends after 1 to 3 words behind the address: what is whole, is kept. */
static enum record_kind
read_cut(const struct str *words, size_t count, bool last_cut, enum message_type type,
	 struct record *record)
{
	bool whole = count > 1 || !last_cut;

	if (count == 0 || !whole || (!is_name(words[0]) && !is_no_name(words[0])))
		return defective(record, DEFECT_TRUNCATED);
	if (!is_no_name(words[0]))
		record->qname = qname_trim_dot(words[0]);
	if (count > 2 || (count == 2 && !last_cut))
		record->qtype = is_no_name(words[0]) ? TYPE_UNKNOWN : type_parse(words[1]);
	if (type == TYPE_QUERY)
		return RECORD_QUERY;
	return type == TYPE_REPLY ? RECORD_RESPONSE : defective(record, DEFECT_TRUNCATED);
}

/*
 * `address name type class[ rcode seconds cached size[ on proto address port]]`. Without
 * log-tag-queryreply both are "info" and the number of words tells them apart.
 */
static enum record_kind
read_client(struct str message, enum message_type type, struct record *record)
{
	struct str words[WORDS_MAX];
	bool last_cut;
	size_t count = split(message, words, &last_cut);

	if (count == 0)
		return type == TYPE_INFO ? RECORD_UNKNOWN : defective(record, DEFECT_TRUNCATED);
	if (count == 1 && last_cut) /* "1.2.3.4" may be the beginning of "1.2.3.45" */
		return type == TYPE_INFO && !ip_parse(words[0], &(struct ip){{0}})
			       ? RECORD_UNKNOWN
			       : defective(record, DEFECT_TRUNCATED);
	if (!ip_parse(words[0], &record->client))
		return type == TYPE_INFO ? RECORD_UNKNOWN : defective(record, DEFECT_ADDRESS);
	if (count >= WORDS_MAX || (count > 4 && type == TYPE_QUERY))
		return defective(record, DEFECT_SYNTAX);
	bool cut_class = count == 4 && last_cut && !is_no_name(words[1]) &&
			 class_parse(words[3]) == CLASS_UNKNOWN;
	if (count < 4 || cut_class)
		return read_cut(words + 1, count - 1, last_cut, type, record);
	enum record_defect defect = read_question(words + 1, record);
	if (defect != DEFECT_NONE)
		return defective(record, defect);
	if (count > 4)
		return read_answer(words + 4, count - 4, last_cut, record);
	/* A blank at the end: the line was cut where a reply goes on. */
	bool reply = type == TYPE_REPLY || (type == TYPE_INFO && !last_cut);
	return reply ? RECORD_RESPONSE : RECORD_QUERY;
}

/* `zone ltype address@port name type class` and what follows `rpz: applied `. */
static bool
is_local_action(struct str message, struct record *record)
{
	struct str words[WORDS_MAX];
	bool last_cut;
	size_t count = split(message, words, &last_cut);

	if (count < 6 || count == WORDS_MAX)
		return false;
	struct str address = words[count - 4];
	size_t at = str_index(address, '@');
	if (at == SIZE_MAX || !is_name(words[count - 3]) ||
	    !ip_parse(str_make(address.p, at), &record->client))
		return false;
	record->qname = qname_trim_dot(words[count - 3]);
	record->qtype = type_parse(words[count - 2]);
	record->qclass = class_parse(words[count - 1]);
	record->action = ACTION_LOCAL_ZONE;
	record->reason = words[count == 6 ? 1 : count - 5];
	return true;
}

/* `received NOTIFY [serial n ]for zone from address port n`. */
static bool
is_notify(struct str message, struct record *record)
{
	struct str words[WORDS_MAX];
	bool last_cut;

	if (!scan_begins(message, STR("received NOTIFY ")) &&
	    !scan_begins(message, STR("refused NOTIFY ")) &&
	    !scan_begins(message, STR("servfail for NOTIFY ")))
		return false;
	size_t count = split(message, words, &last_cut);
	for (size_t i = 2; i + 2 < count; i++)
		if (str_eq(words[i], STR("from")) && is_name(words[i - 1]) &&
		    ip_parse(words[i + 1], &record->client)) {
			record->qname = qname_trim_dot(words[i - 1]);
			break;
		}
	record->action = ACTION_NOTIFY_RECEIVED;
	return true;
}

/* `ip_ratelimit exceeded address limit…`, `ratelimit exceeded zone limit query … from address`. */
static enum record_kind
read_rate_limit(struct str message, struct record *record)
{
	struct str words[WORDS_MAX];
	bool last_cut;
	size_t count = split(message, words, &last_cut);

	if (count < 3 || !str_eq(words[1], STR("exceeded")))
		return RECORD_UNKNOWN;
	struct str address = {0};
	if (str_eq(words[0], STR("ip_ratelimit")))
		address = words[2];
	else if (str_eq(words[0], STR("ratelimit")) && count >= 4 &&
		 str_eq(words[count - 2], STR("from")) && !last_cut)
		address = words[count - 1];
	else if (!str_eq(words[0], STR("ratelimit")))
		return RECORD_UNKNOWN;
	if (address.n)
		ip_parse(address, &record->client);
	record->action = ACTION_RATE_LIMIT;
	return RECORD_RATE_LIMITED;
}

enum record_kind
unbound_parse(struct str text, const struct unbound_origin *origin, struct record *record,
	      struct stamp *stamp)
{
	enum message_type type;
	enum record_kind kind;

	if (!take_prefix(&text, origin, stamp, &type))
		return RECORD_UNKNOWN;
	record->message = text;
	if (type == TYPE_QUIET)
		return RECORD_OTHER;
	if (type == TYPE_NOTICE) {
		kind = read_rate_limit(text, record);
		return kind == RECORD_UNKNOWN ? RECORD_OTHER : kind;
	}
	kind = read_client(text, type, record);
	if (kind != RECORD_UNKNOWN)
		return kind;
	if (is_local_action(text, record) || is_notify(text, record) || noise_is_unbound(text))
		return RECORD_OTHER;
	return RECORD_UNKNOWN;
}
