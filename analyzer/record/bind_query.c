/* Lines of the categories queries, responses and query-errors: named's lib/ns/query.c. */
#include "record/bind_fields.h"
#include "record/codes.h"
#include "record/qname.h"
#include "record/scan.h"

/*
 * Order A (…E(0)TDCK) and order B (E(0) before S) alike: a set of letters. Letters of later
 * versions are skipped.
 */
static bool
read_flags(struct str word, struct record *record)
{
	uint16_t flags = 0;

	if (word.n == 0 || (word.p[0] != '+' && word.p[0] != '-'))
		return false;
	if (word.p[0] == '+')
		flags |= FLAG_RD;
	for (size_t i = 1; i < word.n; i++) {
		switch (word.p[i]) {
		case 'S':
			flags |= FLAG_SIGNED;
			break;
		case 'E':
			flags |= FLAG_EDNS;
			break;
		case 'T':
			flags |= FLAG_TCP;
			break;
		case 'D':
			flags |= FLAG_DO;
			break;
		case 'C':
			flags |= FLAG_CD;
			break;
		case 'V':
			flags |= FLAG_COOKIE | FLAG_COOKIE_VALID;
			break;
		case 'K':
			flags |= FLAG_COOKIE;
			break;
		default:
			break;
		}
	}
	record->flags |= flags;
	record->flags_known |= flags | FLAG_RD;
	return true;
}

/*
 * What a missing letter means depends on the version: S and E are from 9.3, D and C from 9.5,
 * T came with "(server)" in 9.7, V and K with the pointer and "E(0)" in 9.11.
 */
static void
know_absent_flags(struct str word, bool server, bool pointer, struct record *record)
{
	record->flags_known |= FLAG_SIGNED | FLAG_EDNS;
	if (server)
		record->flags_known |= FLAG_TCP | FLAG_DO | FLAG_CD;
	if (pointer || str_index(word, '(') != SIZE_MAX)
		record->flags_known |= FLAG_COOKIE | FLAG_COOKIE_VALID;
}

/* `(192.0.2.1)` or, from 9.21.5 on, `(192.0.2.1#53)`. */
static void
read_server(struct str word, struct record *record)
{
	if (word.n < 3 || word.p[word.n - 1] != ')')
		return;
	struct str address = str_make(word.p + 1, word.n - 2);
	size_t hash = str_index(address, '#');
	if (hash != SIZE_MAX)
		address.n = hash;
	ip_parse(address, &record->server);
}

/* `[ECS 192.0.2.0/24/0]`: the address is cut to its source prefix by named. */
static void
read_ecs(struct str s, struct record *record)
{
	struct str prefix, scope;
	size_t end;

	if (!scan_take(&s, STR("[ECS ")) || (end = str_index(s, ']')) == SIZE_MAX ||
	    !bind_split_last(str_make(s.p, end), &prefix, &scope))
		return;
	record->has_ecs = prefix_parse(prefix, &record->ecs);
}

/* `+E(0)K (192.0.2.1) [ECS …]`: the tail of query and response lines; any part may be missing. */
static enum record_kind
read_tail(struct str s, enum record_kind kind, const struct bind_client *client,
	  struct record *record)
{
	if (s.n == 0)
		return kind;
	struct str flags = scan_word(&s);
	if (!read_flags(flags, record))
		return bind_defect(record, DEFECT_SYNTAX);
	/* Since 9.9 the server always follows: without it the line was cut, maybe in the flags. */
	if (s.n == 0 && (client->has_pointer || client->name.n))
		return kind;
	bool server = s.n && s.p[0] == '(';
	know_absent_flags(flags, server, client->has_pointer, record);
	if (server)
		read_server(scan_word(&s), record);
	read_ecs(s, record);
	return kind;
}

/* `name class type`; false with record->kind-independent `*result` where the line ends there. */
static bool
read_question(struct str *s, enum record_kind kind, const struct bind_client *client,
	      struct record *record, enum record_kind *result)
{
	*result = kind;
	scan_blanks(s);
	enum record_defect defect = bind_name(s, client, record);
	if (defect != DEFECT_NONE) {
		*result = bind_defect(record, defect);
		return false;
	}
	struct str class_ = scan_word(s);
	if (s->n == 0) /* the line was cut; client and name are whole */
		return false;
	record->qclass = class_parse(class_);
	if (record->qclass == CLASS_UNKNOWN) {
		*result = bind_defect(record, DEFECT_CLASS);
		return false;
	}
	bool last = str_index(*s, ' ') == SIZE_MAX;
	struct str type = scan_word(s);
	/* 9.1 ended here. A newer one was cut, perhaps within "AAAA". */
	if (last && (client->has_pointer || client->name.n))
		return false;
	record->qtype = type_parse(type);
	if (record->qtype == TYPE_UNKNOWN && !last && !str_eq(type, STR("<unknown>"))) {
		*result = bind_defect(record, DEFECT_TYPE);
		return false;
	}
	return true;
}

enum record_kind
bind_query(struct str rest, const struct bind_client *client, struct record *record)
{
	enum record_kind result;

	if (!read_question(&rest, RECORD_QUERY, client, record, &result))
		return result;
	return read_tail(rest, RECORD_QUERY, client, record);
}

enum record_kind
bind_response(struct str rest, const struct bind_client *client, struct record *record)
{
	enum record_kind result;
	uint64_t count;

	if (!read_question(&rest, RECORD_RESPONSE, client, record, &result))
		return result;
	struct str rcode = scan_word(&rest);
	if (rest.n == 0)
		return RECORD_RESPONSE;
	record->rcode = rcode_parse(rcode);
	if (record->rcode == RCODE_UNKNOWN)
		return bind_defect(record, DEFECT_RCODE);
	for (int section = 0; section < 3; section++) {
		struct str word = scan_word(&rest);
		if (rest.n == 0)
			return RECORD_RESPONSE;
		if (!str_number(word, 65535, &count))
			return bind_defect(record, DEFECT_SYNTAX);
		if (section == 0)
			record->answers = (int32_t)count;
	}
	return read_tail(rest, RECORD_RESPONSE, client, record);
}

/* ` for name/class/type at file:line`; only here the class stands before the type. */
static enum record_kind
read_failed_question(struct str s, const struct bind_client *client, struct record *record)
{
	struct str name, class_, type;

	if (!scan_take(&s, STR("for ")))
		return RECORD_QUERY_ERROR;
	struct str word = scan_word(&s);
	if (s.n == 0 && client->name.n == 0) /* cut: the name may go on */
		return bind_defect(record, DEFECT_TRUNCATED);
	if (s.n == 0)
		return RECORD_QUERY_ERROR;
	if (bind_split(word, &name, &class_, &type)) {
		record->qclass = class_parse(class_);
		record->qtype = type_parse(type);
	}
	if (record->qclass == CLASS_UNKNOWN || record->qtype == TYPE_UNKNOWN) {
		record->qclass = CLASS_UNKNOWN;
		record->qtype = TYPE_UNKNOWN;
		name = word; /* a name alone, which may hold a '/' */
	}
	if (client->name.n == 0 && !bind_set_name(name, record))
		return bind_defect(record, DEFECT_NAME);
	return RECORD_QUERY_ERROR;
}

/* `query failed (REFUSED) for …`: the result is named's own text, never a client's. */
enum record_kind
bind_query_failed(struct str rest, const struct bind_client *client, struct record *record)
{
	size_t end = str_index(rest, ')');

	if (end == SIZE_MAX)
		return record->qname.n ? RECORD_QUERY_ERROR : bind_defect(record, DEFECT_TRUNCATED);
	record->reason = str_make(rest.p, end);
	record->rcode = rcode_parse(record->reason);
	rest = str_skip(rest, end + 1);
	scan_blanks(&rest);
	return read_failed_question(rest, client, record);
}
