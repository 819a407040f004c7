/* Updates, NOTIFY and policy zones with a client part: named's lib/ns/update.c, notify.c, query.c. */
#include "record/bind_fields.h"
#include "record/codes.h"
#include "record/scan.h"

/* `'zone/class'` and the blanks after it. */
static enum record_defect
read_zone(struct str *s, struct record *record)
{
	struct str inner, name, class_;
	enum record_defect defect = bind_quoted(s, &inner);

	if (defect != DEFECT_NONE)
		return defect;
	if (!bind_split_last(inner, &name, &class_))
		return DEFECT_SYNTAX;
	record->qclass = class_parse(class_);
	if (record->qclass == CLASS_UNKNOWN)
		return DEFECT_CLASS;
	return bind_set_name(name, record) ? DEFECT_NONE : DEFECT_NAME;
}

/* `'zone/class' denied[ due to allow-query]`, after `update ` or `update forwarding `. */
enum record_kind
bind_update(struct str rest, const struct bind_client *client, struct record *record)
{
	enum record_defect defect = read_zone(&rest, record);

	(void)client;
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	struct str s = rest;
	if (scan_take(&s, STR("denied"))) {
		record->action = ACTION_UPDATE_DENIED;
		record->reason = s.n ? str_skip(s, 1) : s;
	} else if (scan_begins(s, STR("approved"))) {
		record->action = ACTION_APPROVED;
	} else {
		bool cut = s.n == 0 || bind_is_cut(s, STR("denied")) ||
			   bind_is_cut(s, STR("approved"));
		return bind_defect(record, cut ? DEFECT_TRUNCATED : DEFECT_SYNTAX);
	}
	return RECORD_UPDATE;
}

/* The rcode in brackets at the end of `text (REFUSED)`. */
static int32_t
last_rcode(struct str text)
{
	size_t open = text.n;

	if (text.n == 0 || text.p[text.n - 1] != ')')
		return RCODE_UNKNOWN;
	while (open && text.p[open - 1] != '(')
		open--;
	return open ? rcode_parse(str_make(text.p + open, text.n - 1 - open)) : RCODE_UNKNOWN;
}

/* `text (REFUSED)`: the update was not done, by whose fault the rcode tells. */
static void
read_failure(struct str text, struct record *record)
{
	record->rcode = last_rcode(text);
	if (record->rcode == RCODE_REFUSED || record->rcode == RCODE_NOTAUTH)
		record->action = ACTION_UPDATE_DENIED;
}

/* `'zone/class': adding an RR at …`, `…: update failed: … (REFUSED)`. */
enum record_kind
bind_updating(struct str rest, const struct bind_client *client, struct record *record)
{
	enum record_defect defect = read_zone(&rest, record);

	(void)client;
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	record->reason = rest;
	if (scan_begins(rest, STR("adding ")) || scan_begins(rest, STR("delet"))) {
		record->action = ACTION_UPDATE_DONE;
	} else if (scan_begins(rest, STR("update "))) {
		read_failure(rest, record);
	}
	return RECORD_UPDATE;
}

/* `other.test: not authoritative for update zone (NOTAUTH)`, where named has no such zone. */
enum record_kind
bind_update_failed(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	record->reason = rest;
	read_failure(rest, record);
	return RECORD_UPDATE;
}

/* `"key" approved`: the key's name follows the escaping of names, so it has no blank. */
enum record_kind
bind_signer(struct str rest, const struct bind_client *client, struct record *record)
{
	struct str word = scan_word(&rest);

	(void)client;
	if (word.n < 2 || word.p[0] != '"' || word.p[word.n - 1] != '"')
		return bind_defect(record, rest.n ? DEFECT_SYNTAX : DEFECT_TRUNCATED);
	if (record->key.n == 0)
		record->key = str_make(word.p + 1, word.n - 2);
	if (scan_begins(rest, STR("approved")))
		record->action = ACTION_APPROVED;
	else if (scan_begins(rest, STR("denied")))
		record->action = ACTION_UPDATE_DENIED;
	else
		return bind_defect(record, DEFECT_TRUNCATED);
	return RECORD_UPDATE;
}

/* `'zone'[: TSIG 'key'][: not authoritative]`. */
enum record_kind
bind_notify(struct str rest, const struct bind_client *client, struct record *record)
{
	struct str zone, key;
	enum record_defect defect = bind_quoted(&rest, &zone);

	(void)client;
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	if (!bind_set_name(zone, record))
		return bind_defect(record, DEFECT_NAME);
	record->action = ACTION_NOTIFY_RECEIVED;
	if (scan_take(&rest, STR("TSIG "))) {
		if (bind_quoted(&rest, &key) == DEFECT_NONE && record->key.n == 0)
			record->key = key;
		record->flags |= FLAG_SIGNED;
		record->flags_known |= FLAG_SIGNED;
	}
	record->reason = rest;
	return RECORD_OTHER;
}

/* `QNAME NXDOMAIN rewrite name/type/class via …`, after `rpz ` or `disabled rpz `. */
enum record_kind
bind_rpz(struct str rest, const struct bind_client *client, struct record *record)
{
	(void)client;
	record->action = ACTION_LOCAL_ZONE;
	record->reason = rest;
	return RECORD_OTHER;
}
