#include "record/codes.h"
#include "record/record.h"

static void
add_text(struct buf *out, const char *name, struct str text)
{
	if (text.n)
		buf_printf(out, " %s=%.*s", name, STR_ARG(text));
}

static void
add_number(struct buf *out, const char *name, int64_t number)
{
	if (number >= 0)
		buf_printf(out, " %s=%lld", name, (long long)number);
}

static void
add_address(struct buf *out, const char *name, const struct ip *ip)
{
	char text[IP_TEXT];

	if (!ip_is_none(ip))
		buf_printf(out, " %s=%s", name, ip_print(ip, text));
}

/* Those that are set, and with a minus those that are known not to be. */
static void
add_flags(struct buf *out, const struct record *record)
{
	static const char *const names[] = {"rd", "tcp",    "edns",         "do",
					    "cd", "cookie", "cookie_valid", "signed"};
	const char *before = " flags=";

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(record->flags_known & 1U << i))
			continue;
		buf_printf(out, "%s%s%s", before, record->flags & 1U << i ? "" : "-", names[i]);
		before = ",";
	}
}

void
record_describe(const struct record *record, struct buf *out)
{
	char text[CODE_TEXT], time[TIME_TEXT];

	buf_add_text(out, record_kind_names[record->kind]);
	if (record->defect)
		buf_printf(out, " defect=%s", record_defect_names[record->defect]);
	if (record->action)
		buf_printf(out, " action=%s", record_action_names[record->action]);
	if (record->time != TIME_NONE)
		buf_printf(out, " time=%s", timestamp_print(record->time, time));
	add_address(out, "client", &record->client);
	add_number(out, "port", record->port);
	add_text(out, "name", record->qname);
	if (record->qtype != TYPE_UNKNOWN)
		buf_printf(out, " type=%s", type_print(record->qtype, text));
	if (record->qclass != CLASS_UNKNOWN)
		buf_printf(out, " class=%s", class_print(record->qclass, text));
	if (record->rcode != RCODE_UNKNOWN)
		buf_printf(out, " rcode=%s", rcode_print(record->rcode, text));
	add_flags(out, record);
	add_address(out, "server", &record->server);
	add_text(out, "host", record->host);
	add_text(out, "view", record->view);
	add_text(out, "key", record->key);
	add_text(out, "reason", record->reason);
	add_number(out, "answers", record->answers);
	add_number(out, "size", record->size);
	add_number(out, "serial", record->serial);
	add_number(out, "messages", record->messages);
	add_number(out, "records", record->records);
	add_number(out, "bytes", record->bytes);
}
