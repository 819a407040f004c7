/* Response rate limiting, category rate-limit: named's lib/dns/rrl.c (make_log_buf), query.c. */
#include "record/bind_fields.h"
#include "record/codes.h"
#include "record/qname.h"
#include "record/scan.h"

enum { WHY_WORDS_MAX = 8 }; /* "NXDOMAIN", "SERVFAIL error", "timed out error", "all" */

/*
 * `[kind] response to net [for name [class [type]]]  (hash)`, up to and with the net. The
 * words before "response" are named's own. Returns RECORD_RATE_LIMITED or a defect.
 */
static enum record_kind
read_limited(struct str *s, struct str noun, struct record *record)
{
	struct prefix net;

	for (int i = 0; i < WHY_WORDS_MAX && s->n; i++) {
		bool last = str_index(*s, ' ') == SIZE_MAX;
		struct str word = scan_word(s);
		if (last)
			return bind_defect(record, DEFECT_TRUNCATED);
		if (!str_eq(word, noun)) {
			/* Words such as NODATA are no rcode and leave it unknown. */
			if (i == 0)
				record->rcode = rcode_parse(word);
			continue;
		}
		if (s->n < 3 || !scan_take(s, STR("to ")))
			return bind_defect(record, s->n < 3 ? DEFECT_TRUNCATED : DEFECT_SYNTAX);
		last = str_index(*s, ' ') == SIZE_MAX;
		if (!prefix_parse(scan_word(s), &net) && !last)
			return bind_defect(record, DEFECT_ADDRESS);
		return RECORD_RATE_LIMITED;
	}
	return bind_defect(record, s->n ? DEFECT_SYNTAX : DEFECT_TRUNCATED);
}

/* `for name class type  (hash)`. For NXDOMAIN that name is the zone, without class and type. */
static void
read_subject(struct str s, const struct bind_client *client, struct record *record)
{
	size_t n;

	if (!scan_take(&s, STR("for ")) || record->rcode == RCODE_NXDOMAIN)
		return;
	n = qname_span(s);
	if (n == SIZE_MAX || n == 0 || n >= s.n || s.p[n] != ' ')
		return;
	if (client->name.n == 0)
		record->qname = qname_trim_dot(str_make(s.p, n));
	s = str_skip(s, n);
	scan_blanks(&s);
	struct str class_ = scan_word(&s);
	if (s.n == 0)
		return;
	record->qclass = class_parse(class_);
	struct str type = scan_word(&s);
	if (s.n)
		record->qtype = type_parse(type);
}

/* `drop NXDOMAIN response to …`, after `rate limit ` or `would rate limit `. */
enum record_kind
bind_rate_limit(struct str rest, const struct bind_client *client, struct record *record)
{
	if (scan_take(&rest, STR("drop ")))
		record->action = ACTION_RATE_DROP;
	else if (scan_take(&rest, STR("slip ")))
		record->action = ACTION_RATE_SLIP;
	else if (bind_is_cut(rest, STR("drop ")) || bind_is_cut(rest, STR("slip ")))
		return bind_defect(record, DEFECT_TRUNCATED);
	else
		return bind_defect(record, DEFECT_SYNTAX);
	enum record_kind kind = read_limited(&rest, STR("response"), record);
	if (kind == RECORD_RATE_LIMITED)
		read_subject(rest, client, record);
	return kind;
}

/* `[*][would ](limit|continue limiting|stop limiting) [kind ]responses to net …`. */
enum record_kind
bind_burst(struct str message, struct record *record)
{
	struct str s = message;

	scan_take(&s, STR("*"));
	scan_take(&s, STR("would "));
	if (!scan_take(&s, STR("limit ")) && !scan_take(&s, STR("continue limiting ")) &&
	    !scan_take(&s, STR("stop limiting ")))
		return RECORD_UNKNOWN;
	enum record_kind kind = read_limited(&s, STR("responses"), record);
	if (kind == RECORD_RATE_LIMITED)
		record->action = ACTION_RATE_LIMIT;
	return kind;
}
