/* Transfers out, category xfer-out: named's lib/ns/xfrout.c. */
#include "record/bind_fields.h"
#include "record/codes.h"
#include "record/scan.h"

/* How the zone was sent, by the words of the message; longer words first. */
static const struct transfer_word {
	struct str text;
	uint8_t transfer;
	int32_t qtype;
} transfer_words[] = {
	{{"AXFR-style IXFR ", 16}, TRANSFER_AXFR_STYLE, TYPE_IXFR},
	{{"IXFR poll response ", 19}, TRANSFER_POLL, TYPE_IXFR},
	{{"AXFR ", 5}, TRANSFER_AXFR, TYPE_AXFR},
	{{"IXFR ", 5}, TRANSFER_IXFR, TYPE_IXFR},
};

/* Debug messages in the same form that say nothing about the outcome. */
static const struct str working[] = {
	{"starting maxtime timer", 22},
	{"starting maxidle timer", 22},
	{"sending TCP message", 19},
	{"IXFR delta size", 15}, /* unless it ends in "falling back to AXFR" */
};

/* `name: TSIG key`, then perhaps ` (serial …`. The key of the client part is the same. */
static void
read_key(struct str *s, struct record *record)
{
	if (!scan_take(s, STR(": TSIG ")))
		return;
	struct str key = scan_word(s);
	if (record->key.n == 0)
		record->key = key;
	record->flags |= FLAG_SIGNED;
	record->flags_known |= FLAG_SIGNED;
}

/* `(serial 7)` or `(serial 6 -> 7)`, only with its closing bracket: a cut number lies. */
static void
read_serial(struct str s, struct record *record)
{
	uint64_t first, second;

	scan_blanks(&s);
	if (!scan_take(&s, STR("(serial ")) || !str_take_number(&s, UINT32_MAX, &first))
		return;
	if (scan_take(&s, STR(")"))) {
		record->serial = (int64_t)first;
	} else if (scan_take(&s, STR(" -> ")) && str_take_number(&s, UINT32_MAX, &second) &&
		   scan_take(&s, STR(")"))) {
		record->serial_from = (int64_t)first;
		record->serial = (int64_t)second;
	}
}

static bool
take_count(struct str *s, struct str unit, int64_t *out)
{
	uint64_t count;

	if (!str_take_number(s, INT64_MAX, &count) || !scan_take(s, unit))
		return false;
	*out = (int64_t)count;
	return true;
}

/* `: 79 messages, 24872 records, 1320233 bytes, 0.052 secs (25389096 bytes/sec)`. */
static void
read_amount(struct str *s, struct record *record)
{
	uint64_t seconds, milliseconds;

	if (!scan_take(s, STR(": ")) || !take_count(s, STR(" messages, "), &record->messages) ||
	    !take_count(s, STR(" records, "), &record->records) ||
	    !take_count(s, STR(" bytes, "), &record->bytes))
		return;
	if (!str_take_number(s, 1000000000, &seconds) || !scan_take(s, STR(".")) ||
	    !str_take_number(s, 999, &milliseconds) || !scan_take(s, STR(" secs")))
		return;
	record->seconds_us = (int64_t)(seconds * 1000000 + milliseconds * 1000);
	size_t end = str_index(*s, ')');
	*s = str_skip(*s, end == SIZE_MAX ? s->n : end + 1);
}

static enum record_kind
read_progress(struct str s, struct record *record)
{
	if (scan_take(&s, STR("started"))) {
		record->action = ACTION_TRANSFER_STARTED;
		read_key(&s, record);
		read_serial(s, record);
		return RECORD_TRANSFER;
	}
	if (scan_take(&s, STR("ended"))) {
		record->action = ACTION_TRANSFER_ENDED;
		read_amount(&s, record);
		read_serial(s, record);
		return RECORD_TRANSFER;
	}
	if (s.n == 0 || bind_is_cut(s, STR("started")) || bind_is_cut(s, STR("ended")))
		return bind_defect(record, DEFECT_TRUNCATED);
	return RECORD_UNKNOWN;
}

/* `IXFR poll up to date`, `IXFR version not in journal, falling back to AXFR`. */
static enum record_kind
read_answered_otherwise(struct str what, struct record *record)
{
	struct str s = what;

	if (scan_take(&s, STR("IXFR poll up to date"))) {
		record->action = ACTION_TRANSFER_CURRENT;
		record->transfer = TRANSFER_POLL;
		read_key(&s, record);
	} else if (scan_take(&s, STR("IXFR version not in journal, falling back to AXFR"))) {
		record->action = ACTION_TRANSFER_FALLBACK;
		read_serial(s, record);
	} else if (scan_begins(s, STR("IXFR delta size (")) &&
		   str_ends(s, STR("falling back to AXFR"))) {
		record->action = ACTION_TRANSFER_FALLBACK;
		record->reason = what;
	} else {
		return RECORD_UNKNOWN;
	}
	record->qtype = TYPE_IXFR;
	return RECORD_TRANSFER;
}

static enum record_kind
read_what(struct str what, struct record *record)
{
	enum record_kind kind = read_answered_otherwise(what, record);

	if (kind != RECORD_UNKNOWN)
		return kind;
	for (size_t i = 0; i < sizeof(transfer_words) / sizeof(*transfer_words); i++) {
		const struct transfer_word *word = &transfer_words[i];
		struct str s = what;
		if (bind_is_cut(what, word->text))
			return bind_defect(record, DEFECT_TRUNCATED);
		if (!scan_take(&s, word->text))
			continue;
		record->transfer = word->transfer;
		record->qtype = word->qtype;
		kind = read_progress(s, record);
		if (kind != RECORD_UNKNOWN)
			return kind;
		break;
	}
	for (size_t i = 0; i < sizeof(working) / sizeof(*working); i++)
		if (scan_begins(what, working[i]))
			return RECORD_OTHER;
	record->action = ACTION_TRANSFER_FAILED;
	record->reason = what;
	return RECORD_TRANSFER;
}

/* `'zone/class': what`. */
enum record_kind
bind_transfer(struct str rest, const struct bind_client *client, struct record *record)
{
	struct str inner, zone, class_;
	enum record_defect defect = bind_quoted(&rest, &inner);

	(void)client;
	if (defect != DEFECT_NONE)
		return bind_defect(record, defect);
	if (!bind_split_last(inner, &zone, &class_))
		return bind_defect(record, DEFECT_SYNTAX);
	record->qclass = class_parse(class_);
	if (record->qclass == CLASS_UNKNOWN)
		return bind_defect(record, DEFECT_CLASS);
	if (!bind_set_name(zone, record))
		return bind_defect(record, DEFECT_NAME);
	if (rest.n == 0)
		return bind_defect(record, DEFECT_TRUNCATED);
	return read_what(rest, record);
}
