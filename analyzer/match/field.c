#include "match/field.h"

#include <inttypes.h>

struct field_info {
	const char *name;
	enum field_kind kind;
	bool of_name;
};

static const struct field_info infos[FIELDS] = {
	[FIELD_QUERY] = {"query", VALUE_TEXT, true},
	[FIELD_QUERY_RAW] = {"query_raw", VALUE_TEXT, false},
	[FIELD_LABEL] = {"label", VALUE_TEXT, true},
	[FIELD_LABEL_RAW] = {"label|cased", VALUE_TEXT, false},
	[FIELD_ZONE] = {"zone", VALUE_TEXT, true},
	[FIELD_QUERY_LENGTH] = {"query_length", VALUE_NUMBER, true},
	[FIELD_LABEL_COUNT] = {"label_count", VALUE_NUMBER, true},
	[FIELD_TYPE] = {"record_type", VALUE_CODE, false},
	[FIELD_CLASS] = {"record_class", VALUE_CODE, false},
	[FIELD_RCODE] = {"rcode", VALUE_CODE, false},
	[FIELD_SRC_IP] = {"src_ip", VALUE_ADDRESS, false},
	[FIELD_SRC_PORT] = {"src_port", VALUE_NUMBER, false},
	[FIELD_DST_IP] = {"dst_ip", VALUE_ADDRESS, false},
	[FIELD_ECS] = {"ecs", VALUE_TEXT, false},
	[FIELD_PROTO] = {"proto", VALUE_TEXT, false},
	[FIELD_FLAGS] = {"flags", VALUE_FLAGS, false},
	[FIELD_ACTION] = {"action", VALUE_WORDS, false},
	[FIELD_VIEW] = {"view", VALUE_TEXT, false},
	[FIELD_KEY] = {"key", VALUE_TEXT, false},
	[FIELD_SERVER] = {"server", VALUE_TEXT, false},
	[FIELD_LINE] = {"keywords", VALUE_TEXT, false},
	[FIELD_NEVER] = {"answer", VALUE_TEXT, false},
};

struct alias {
	const char *name;
	enum field field;
};

/*
 * Names of published rules and pipelines: Sigma's dns category, Sysmon (QueryName), Zeek
 * (id.orig_h, qtype_name), ECS (dns.question.name), Sentinel ASIM (DnsQuery), Suricata
 * (rrname), proxies' c-ip.
 */
static const struct alias aliases[] = {
	{"query", FIELD_QUERY},
	{"queryname", FIELD_QUERY},
	{"query_name", FIELD_QUERY},
	{"dnsquery", FIELD_QUERY},
	{"dns_query", FIELD_QUERY},
	{"dns.query", FIELD_QUERY},
	{"dns.query.name", FIELD_QUERY},
	{"dns.question.name", FIELD_QUERY},
	{"bind.log.question.name", FIELD_QUERY},
	{"qname", FIELD_QUERY},
	{"rrname", FIELD_QUERY},
	{"dns.rrname", FIELD_QUERY},
	{"query_raw", FIELD_QUERY_RAW},
	{"label", FIELD_LABEL},
	{"zone", FIELD_ZONE},
	{"parent_domain", FIELD_ZONE},
	{"dns.question.registered_domain", FIELD_ZONE},
	{"query_length", FIELD_QUERY_LENGTH},
	{"label_count", FIELD_LABEL_COUNT},
	{"record_type", FIELD_TYPE},
	{"query_type", FIELD_TYPE},
	{"querytype", FIELD_TYPE},
	{"qtype", FIELD_TYPE},
	{"qtype_name", FIELD_TYPE},
	{"rrtype", FIELD_TYPE},
	{"dns.rrtype", FIELD_TYPE},
	{"dnsquerytype", FIELD_TYPE},
	{"dnsquerytypename", FIELD_TYPE},
	{"dns.question.type", FIELD_TYPE},
	{"record_class", FIELD_CLASS},
	{"query_class", FIELD_CLASS},
	{"qclass", FIELD_CLASS},
	{"qclass_name", FIELD_CLASS},
	{"dnsqueryclass", FIELD_CLASS},
	{"dnsqueryclassname", FIELD_CLASS},
	{"dns.question.class", FIELD_CLASS},
	{"rcode", FIELD_RCODE},
	{"rcode_name", FIELD_RCODE},
	{"dns.rcode", FIELD_RCODE},
	{"response_code", FIELD_RCODE},
	{"responsecode", FIELD_RCODE},
	{"reply_code", FIELD_RCODE},
	{"dns.response_code", FIELD_RCODE},
	{"dnsresponsecode", FIELD_RCODE},
	{"dnsresponsecodename", FIELD_RCODE},
	{"querystatus", FIELD_RCODE},
	{"src_ip", FIELD_SRC_IP},
	{"src", FIELD_SRC_IP},
	{"source_ip", FIELD_SRC_IP},
	{"sourceip", FIELD_SRC_IP},
	{"srcipaddr", FIELD_SRC_IP},
	{"c-ip", FIELD_SRC_IP},
	{"clientip", FIELD_SRC_IP},
	{"client_ip", FIELD_SRC_IP},
	{"client.ip", FIELD_SRC_IP},
	{"source.ip", FIELD_SRC_IP},
	{"id.orig_h", FIELD_SRC_IP},
	{"src_port", FIELD_SRC_PORT},
	{"source_port", FIELD_SRC_PORT},
	{"sourceport", FIELD_SRC_PORT},
	{"srcportnumber", FIELD_SRC_PORT},
	{"client.port", FIELD_SRC_PORT},
	{"source.port", FIELD_SRC_PORT},
	{"id.orig_p", FIELD_SRC_PORT},
	{"dst_ip", FIELD_DST_IP},
	{"dst", FIELD_DST_IP},
	{"dest_ip", FIELD_DST_IP},
	{"destinationip", FIELD_DST_IP},
	{"dstipaddr", FIELD_DST_IP},
	{"destination.ip", FIELD_DST_IP},
	{"server.ip", FIELD_DST_IP},
	{"id.resp_h", FIELD_DST_IP},
	{"ecs", FIELD_ECS},
	{"client_subnet", FIELD_ECS},
	{"proto", FIELD_PROTO},
	{"protocol", FIELD_PROTO},
	{"transport", FIELD_PROTO},
	{"networkprotocol", FIELD_PROTO},
	{"network.transport", FIELD_PROTO},
	{"flags", FIELD_FLAGS},
	{"dns.header_flags", FIELD_FLAGS},
	{"bind.log.question.flags", FIELD_FLAGS},
	{"action", FIELD_ACTION},
	{"event.action", FIELD_ACTION},
	{"view", FIELD_VIEW},
	{"key", FIELD_KEY},
	{"tsig_key", FIELD_KEY},
	{"server", FIELD_SERVER},
	{"hostname", FIELD_SERVER},
	{"computer", FIELD_SERVER},
	{"computername", FIELD_SERVER},
	{"host.name", FIELD_SERVER},
	{"observer.name", FIELD_SERVER},
	{"answer", FIELD_NEVER},
	{"answers", FIELD_NEVER},
	{"dns.answers", FIELD_NEVER},
	{"dns.answers.data", FIELD_NEVER},
	{"dns.answers.name", FIELD_NEVER},
	{"dns.answers.type", FIELD_NEVER},
	{"dns.resolved_ip", FIELD_NEVER},
	{"queryresults", FIELD_NEVER},
	{"rdata", FIELD_NEVER},
	{"record_data", FIELD_NEVER},
	{"dns.rdata", FIELD_NEVER},
	{"ttl", FIELD_NEVER},
	{"ttls", FIELD_NEVER},
	{"rejected", FIELD_NEVER},
	{"trans_id", FIELD_NEVER},
	{"dst_port", FIELD_NEVER},
	{"destination.port", FIELD_NEVER},
	{"id.resp_p", FIELD_NEVER},
	{"image", FIELD_NEVER},
	{"processid", FIELD_NEVER},
	{"process.name", FIELD_NEVER},
	{"process.executable", FIELD_NEVER},
	{"user", FIELD_NEVER},
};

struct flag_word {
	const char *name;
	uint16_t flag;
	char letter; /* BIND's, in the order it prints them */
};

static const struct flag_word flag_words[] = {
	{"rd", FLAG_RD, '+'},         {"signed", FLAG_SIGNED, 'S'},
	{"edns", FLAG_EDNS, 'E'},     {"tcp", FLAG_TCP, 'T'},
	{"do", FLAG_DO, 'D'},         {"cd", FLAG_CD, 'C'},
	{"cookie", FLAG_COOKIE, 'K'}, {"cookie_valid", FLAG_COOKIE_VALID, 'V'},
};

enum { FLAG_WORDS = sizeof(flag_words) / sizeof(flag_words[0]) };

enum { ACTION_WORDS = 2 };

/* What else an action answers to, beside its own name: BIND's words. */
static const char *const action_words[RECORD_ACTIONS][ACTION_WORDS] = {
	[ACTION_QUERY_DENIED] = {"denied", "query denied"},
	[ACTION_CACHE_DENIED] = {"denied", "query (cache) denied"},
	[ACTION_TRANSFER_DENIED] = {"denied", "zone transfer denied"},
	[ACTION_TRANSFER_BAD] = {"bad zone transfer request"},
	[ACTION_TRANSFER_STARTED] = {"started"},
	[ACTION_TRANSFER_ENDED] = {"ended"},
	[ACTION_TRANSFER_CURRENT] = {"up to date"},
	[ACTION_TRANSFER_FALLBACK] = {"falling back to AXFR"},
	[ACTION_TRANSFER_FAILED] = {"failed"},
	[ACTION_APPROVED] = {"approved"},
	[ACTION_RATE_DROP] = {"drop", "dropped"},
	[ACTION_RATE_SLIP] = {"slip"},
	[ACTION_RATE_LIMIT] = {"limit", "limited"},
	[ACTION_UPDATE_DENIED] = {"denied"},
	[ACTION_NOTIFY_RECEIVED] = {"notify"},
};

enum field
field_find(struct str name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (str_eq_nocase(str_of(aliases[i].name), name))
			return aliases[i].field;
	return FIELDS;
}

const char *
field_name(enum field field)
{
	return infos[field].name;
}

enum field_kind
field_kind(enum field field)
{
	return infos[field].kind;
}

bool
field_is_of_name(enum field field)
{
	return infos[field].of_name;
}

const char *
field_list(void)
{
	return "query, query_raw, label, zone, query_length, label_count, record_type, "
	       "record_class, rcode, src_ip, src_port, dst_ip, ecs, proto, flags, action, view, "
	       "key, server";
}

/* Windows tells the rcode of a query as its own error number: 9000 + rcode. */
enum { WINDOWS_RCODE = 9000 };

bool
field_code(enum field field, struct str text, int32_t *out)
{
	uint64_t number;
	int32_t code;

	if (str_number(text, UINT16_MAX, &number)) {
		if (field == FIELD_RCODE && number > WINDOWS_RCODE && number < WINDOWS_RCODE + 24)
			number -= WINDOWS_RCODE;
		*out = (int32_t)number;
		return true;
	}
	if (field == FIELD_TYPE)
		code = type_parse(text);
	else if (field == FIELD_CLASS)
		code = class_parse(text);
	else
		code = rcode_parse(text);
	if (code < 0)
		return false;
	*out = code;
	return true;
}

static bool
flag_letter(char c, uint16_t *mask, uint16_t *want)
{
	if (c == '-') {
		*mask |= FLAG_RD;
		return true;
	}
	for (size_t i = 0; i < FLAG_WORDS; i++) {
		if (flag_words[i].letter != c)
			continue;
		*mask |= flag_words[i].flag;
		*want |= flag_words[i].flag;
		return true;
	}
	return false;
}

bool
field_flags(struct str text, uint16_t *mask, uint16_t *want)
{
	*mask = *want = 0;
	for (size_t i = 0; i < FLAG_WORDS; i++) {
		if (!str_eq_nocase(text, str_of(flag_words[i].name)))
			continue;
		*mask = *want = flag_words[i].flag;
		return true;
	}
	for (size_t i = 0; i < text.n; i++)
		if (!flag_letter(text.p[i], mask, want))
			return false;
	/* "+-" asks for what cannot be; "V" implies a cookie, and BIND prints only one of them. */
	return text.n > 0;
}

bool
field_number(const struct field_values *values, enum field field, int64_t *out)
{
	const struct record *record = values->record;

	switch (field) {
	case FIELD_TYPE:
		*out = record->qtype;
		break;
	case FIELD_CLASS:
		*out = record->qclass;
		break;
	case FIELD_RCODE:
		*out = record->rcode;
		break;
	case FIELD_SRC_PORT:
		*out = record->port;
		break;
	case FIELD_QUERY_LENGTH:
		*out = values->name ? (int64_t)values->name->text.n : -1;
		break;
	case FIELD_LABEL_COUNT:
		*out = values->name ? values->name->labels : -1;
		break;
	default:
		return false;
	}
	return *out >= 0;
}

bool
field_address(const struct field_values *values, enum field field, struct ip *out)
{
	const struct record *record = values->record;

	if (field == FIELD_ECS) {
		*out = record->ecs.ip;
		return record->has_ecs;
	}
	*out = field == FIELD_SRC_IP ? record->client : record->server;
	return !ip_is_none(out);
}

/* BIND's letters, so that a pattern can ask for several. */
static struct str
print_flags(struct field_values *values)
{
	const struct record *record = values->record;
	size_t n = 0;

	if (!record->flags_known)
		return (struct str){NULL, 0};
	if (record->flags_known & FLAG_RD && !(record->flags & FLAG_RD))
		values->flags_text[n++] = '-';
	for (size_t i = 0; i < FLAG_WORDS; i++)
		if (record->flags & flag_words[i].flag)
			values->flags_text[n++] = flag_words[i].letter;
	return str_make(values->flags_text, n);
}

static struct str
print_address(struct field_values *values, enum field field)
{
	struct ip ip;

	if (!field_address(values, field, &ip))
		return (struct str){NULL, 0};
	if (field == FIELD_ECS)
		return str_of(prefix_print(&values->record->ecs, values->ecs_text));
	return str_of(ip_print(&ip, values->ip_text[field == FIELD_DST_IP]));
}

static struct str
print_number(struct field_values *values, enum field field)
{
	int64_t number;

	if (!field_number(values, field, &number))
		return (struct str){NULL, 0};
	if (field == FIELD_TYPE)
		return str_of(type_print((int32_t)number, values->code_text[0]));
	if (field == FIELD_CLASS)
		return str_of(class_print((int32_t)number, values->code_text[1]));
	if (field == FIELD_RCODE)
		return str_of(rcode_print((int32_t)number, values->code_text[2]));
	char *out = values->number_text[field == FIELD_SRC_PORT      ? 0
					: field == FIELD_LABEL_COUNT ? 1
								     : 2];
	int n = snprintf(out, sizeof(values->number_text[0]), "%" PRId64, number);
	return str_make(out, (size_t)n);
}

static struct str
make_text(struct field_values *values, enum field field)
{
	const struct record *record = values->record;
	const struct str none = {NULL, 0};

	switch (field) {
	case FIELD_QUERY:
		return values->name ? values->name->text : none;
	case FIELD_QUERY_RAW:
		return record->qname;
	case FIELD_LABEL:
		return values->name ? qname_first_label(values->name->text) : none;
	case FIELD_LABEL_RAW:
		return record->qname.n ? qname_first_label(record->qname) : none;
	case FIELD_ZONE:
		return values->name ? values->name->zone : none;
	case FIELD_SRC_IP:
	case FIELD_DST_IP:
	case FIELD_ECS:
		return print_address(values, field);
	case FIELD_PROTO:
		if (!(record->flags_known & FLAG_TCP))
			return none;
		return record->flags & FLAG_TCP ? STR("tcp") : STR("udp");
	case FIELD_FLAGS:
		return print_flags(values);
	case FIELD_ACTION:
		return field_word(values, 0);
	case FIELD_VIEW:
		return record->view;
	case FIELD_KEY:
		return record->key;
	case FIELD_SERVER:
		return values->server;
	case FIELD_LINE:
		return values->line;
	case FIELD_NEVER:
	case FIELDS:
		return none;
	default:
		return print_number(values, field);
	}
}

struct str
field_text(struct field_values *values, enum field field)
{
	uint32_t bit = 1U << field;

	if (!(values->ready & bit)) {
		values->text[field] = make_text(values, field);
		values->ready |= bit;
	}
	return values->text[field];
}

struct str
field_word(const struct field_values *values, size_t i)
{
	uint8_t action = values->record->action;

	if (action == ACTION_NONE || i > ACTION_WORDS)
		return (struct str){NULL, 0};
	return str_of(i == 0 ? record_action_names[action] : action_words[action][i - 1]);
}

bool
field_is_present(struct field_values *values, enum field field)
{
	int64_t number;
	struct ip ip;

	switch (field_kind(field)) {
	case VALUE_CODE:
	case VALUE_NUMBER:
		return field_number(values, field, &number);
	case VALUE_ADDRESS:
		return field_address(values, field, &ip);
	default:
		return field_text(values, field).n > 0;
	}
}
