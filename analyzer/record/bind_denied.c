/* Refusals of queries and transfers: named's lib/ns/query.c, client.c (ns_client_aclmsg), xfrout.c. */
#include "record/bind_fields.h"
#include "record/codes.h"
#include "record/scan.h"

/* `'name/type/class'`; with `short_form` also `'name/class'`, as DLZ transfers write it. */
static enum record_defect
read_subject(struct str *s, bool short_form, struct record *record)
{
	struct str inner, name, type = {0}, class_;
	enum record_defect defect = bind_quoted(s, &inner);

	if (defect != DEFECT_NONE)
		return defect;
	if (!bind_split_last(inner, &name, &class_))
		return DEFECT_SYNTAX;
	record->qclass = class_parse(class_);
	if (record->qclass == CLASS_UNKNOWN)
		return DEFECT_CLASS;
	if (bind_split(inner, &name, &type, &class_))
		record->qtype = type_parse(type);
	if (record->qtype == TYPE_UNKNOWN) {
		if (!short_form && !str_eq(type, STR("<unknown>")))
			return DEFECT_TYPE;
		if (short_form && !bind_split_last(inner, &name, &class_))
			return DEFECT_SYNTAX;
	}
	return bind_set_name(name, record) ? DEFECT_NONE : DEFECT_NAME;
}

/* `denied`, `denied (reason)` or `approved`. */
static enum record_kind
read_verdict(struct str s, enum record_action action, struct record *record)
{
	if (scan_take(&s, STR("denied"))) {
		record->action = (uint8_t)action;
		scan_blanks(&s);
		if (s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')')
			record->reason = str_make(s.p + 1, s.n - 2);
		return RECORD_DENIED;
	}
	if (scan_take(&s, STR("approved"))) {
		record->action = ACTION_APPROVED;
		return RECORD_OTHER;
	}
	if (bind_is_cut(s, STR("denied")) || bind_is_cut(s, STR("approved")))
		return bind_defect(record, DEFECT_TRUNCATED);
	return bind_defect(record, DEFECT_SYNTAX);
}

static enum record_kind
read_denial(struct str s, enum record_action action, struct record *record)
{
	enum record_defect defect;

	scan_blanks(&s);
	if (s.n && s.p[0] != '\'') /* 9.2 named nothing: `query (cache) denied` */
		return read_verdict(s, action, record);
	defect = read_subject(&s, action == ACTION_TRANSFER_DENIED, record);
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	return read_verdict(s, action, record);
}

enum record_kind
bind_query_denied(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return read_denial(rest, ACTION_QUERY_DENIED, record);
}

enum record_kind
bind_query_on_denied(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return read_verdict(rest, ACTION_QUERY_DENIED, record);
}

enum record_kind
bind_cache_denied(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return read_denial(rest, ACTION_CACHE_DENIED, record);
}

enum record_kind
bind_zone_transfer(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return read_denial(rest, ACTION_TRANSFER_DENIED, record);
}

/* `'zone/class': text (RCODE)` or `text (RCODE)`. */
enum record_kind
bind_bad_transfer(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	if (rest.n && rest.p[0] == '\'') {
		struct str inner, name, class_;
		enum record_defect defect = bind_quoted(&rest, &inner);
		if (defect != DEFECT_NONE)
			return bind_defect(record, defect);
		if (!bind_split_last(inner, &name, &class_))
			return bind_defect(record, DEFECT_SYNTAX);
		record->qclass = class_parse(class_);
		if (record->qclass == CLASS_UNKNOWN)
			return bind_defect(record, DEFECT_CLASS);
		if (!bind_set_name(name, record))
			return bind_defect(record, DEFECT_NAME);
	}
	record->action = ACTION_TRANSFER_BAD;
	record->reason = rest;
	size_t open = rest.n;
	while (open && rest.p[open - 1] != '(')
		open--;
	if (open && rest.p[rest.n - 1] == ')')
		record->rcode = rcode_parse(str_make(rest.p + open, rest.n - 1 - open));
	return RECORD_DENIED;
}

/* `AXFR request denied: quota reached`. */
static enum record_kind
request_denied(struct str reason, int32_t qtype, struct record *record)
{
	record->action = ACTION_TRANSFER_DENIED;
	record->qtype = qtype;
	record->reason = reason;
	return RECORD_DENIED;
}

enum record_kind
bind_axfr_denied(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return request_denied(rest, TYPE_AXFR, record);
}

enum record_kind
bind_ixfr_denied(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	return request_denied(rest, TYPE_IXFR, record);
}
