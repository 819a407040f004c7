#include "cli/search_record.h"

#include <stdlib.h>

#include "cli/exit.h"
#include "record/codes.h"
#include "report/escape.h"
#include "report/json_writer.h"

static const char *const flag_names[] = {"rd", "tcp",    "edns",         "do",
					 "cd", "cookie", "cookie_valid", "signed"};
enum { FLAGS = sizeof(flag_names) / sizeof(*flag_names) };

void
search_writer_init(struct search_writer *writer, bool escape)
{
	*writer = (struct search_writer){.escape = escape};
	buf_init(&writer->buf, SIZE_MAX);
	writer->memory = open_memstream(&writer->bytes, &writer->size);
	if (!writer->memory) {
		perror("digtrail");
		exit(EXIT_TROUBLE);
	}
}

void
search_writer_release(struct search_writer *writer)
{
	fclose(writer->memory);
	free(writer->bytes);
	buf_release(&writer->buf);
}

static struct str
action_of(const struct record *record)
{
	return record->action ? str_of(record_action_names[record->action]) : str_make(NULL, 0);
}

static void
json_address(struct json *json, const char *key, const struct ip *ip)
{
	char text[IP_TEXT];

	json_string_or_null(json, key,
			    ip_is_none(ip) ? str_make(NULL, 0) : str_of(ip_print(ip, text)));
}

/* A flag that is not told is no member. */
static void
json_flags(struct json *json, const struct record *record)
{
	json_object(json, "flags");
	for (unsigned i = 0; i < FLAGS; i++)
		if (record->flags_known & 1U << i)
			json_bool(json, flag_names[i], record->flags & 1U << i);
	json_end(json);
}

static void
json_code(struct json *json, const char *key, int32_t code,
	  const char *(*print)(int32_t, char[CODE_TEXT]))
{
	char text[CODE_TEXT];

	json_string_or_null(json, key, code < 0 ? str_make(NULL, 0) : str_of(print(code, text)));
}

static void
write_json(FILE *out, const struct search_place *place, const struct record *record,
	   const struct name *name)
{
	struct json json;

	json_init(&json, out, 0);
	json_object(&json, NULL);
	json_time(&json, "time", record->time);
	json_text(&json, "server", place->server);
	json_text(&json, "file", place->file);
	json_count(&json, "offset", place->offset);
	json_text(&json, "kind", record_kind_names[record->kind]);
	json_string_or_null(&json, "action", action_of(record));
	json_address(&json, "client", &record->client);
	if (record->port >= 0)
		json_number(&json, "port", record->port);
	else
		json_null(&json, "port");
	json_string_or_null(&json, "name", name ? name->text : str_make(NULL, 0));
	json_string_or_null(&json, "zone", name ? name->zone : str_make(NULL, 0));
	json_code(&json, "type", record->qtype, type_print);
	json_code(&json, "class", record->qclass, class_print);
	json_code(&json, "rcode", record->rcode, rcode_print);
	json_flags(&json, record);
	json_string_or_null(&json, "view", record->view);
	json_string_or_null(&json, "key", record->key);
	json_string(&json, "text", place->text);
	json_end(&json);
	json_finish(&json);
}

static const char *const columns[] = {"time",   "server", "file", "offset", "kind", "action",
				      "client", "port",   "name", "zone",   "type", "class",
				      "rcode",  "flags",  "view", "key",    "text"};

void
search_write_header(FILE *out)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		fprintf(out, "%s%s", i ? "," : "", columns[i]);
	fputs("\r\n", out);
}

static void
csv_code(FILE *out, int32_t code, const char *(*print)(int32_t, char[CODE_TEXT]))
{
	char text[CODE_TEXT];

	fputc(',', out);
	if (code >= 0)
		escape_csv(out, str_of(print(code, text)));
}

static void
csv_field(FILE *out, struct str field)
{
	fputc(',', out);
	escape_csv(out, field);
}

static void
write_csv(FILE *out, const struct search_place *place, const struct record *record,
	  const struct name *name)
{
	char text[TIME_TEXT], address[IP_TEXT];
	const char *between = "";

	fputs(timestamp_print(record->time, text), out);
	csv_field(out, str_of(place->server));
	csv_field(out, str_of(place->file));
	fprintf(out, ",%llu", (unsigned long long)place->offset);
	csv_field(out, str_of(record_kind_names[record->kind]));
	csv_field(out, action_of(record));
	csv_field(out, ip_is_none(&record->client) ? str_make(NULL, 0)
						   : str_of(ip_print(&record->client, address)));
	fputc(',', out);
	if (record->port >= 0)
		fprintf(out, "%d", (int)record->port);
	csv_field(out, name ? name->text : str_make(NULL, 0));
	csv_field(out, name ? name->zone : str_make(NULL, 0));
	csv_code(out, record->qtype, type_print);
	csv_code(out, record->qclass, class_print);
	csv_code(out, record->rcode, rcode_print);
	fputc(',', out);
	for (unsigned i = 0; i < FLAGS; i++)
		if (record->flags & 1U << i) {
			fprintf(out, "%s%s", between, flag_names[i]);
			between = " ";
		}
	csv_field(out, record->view);
	csv_field(out, record->key);
	csv_field(out, place->text);
	fputs("\r\n", out);
}

struct str
search_write(struct search_writer *writer, enum search_form form, const struct search_place *place,
	     const struct record *record, const struct name *name)
{
	if (form == SEARCH_TEXT) {
		buf_clear(&writer->buf);
		if (writer->escape)
			escape_text(&writer->buf, place->text);
		else
			buf_add_str(&writer->buf, place->text);
		buf_add_char(&writer->buf, '\n');
		return buf_str(&writer->buf);
	}
	rewind(writer->memory);
	if (form == SEARCH_CSV)
		write_csv(writer->memory, place, record, name);
	else
		write_json(writer->memory, place, record, name);
	fflush(writer->memory);
	return str_make(writer->bytes, (size_t)ftell(writer->memory));
}
