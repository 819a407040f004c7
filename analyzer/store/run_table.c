#include "store/run_table.h"

#include <string.h>

#include "base/xalloc.h"

enum { LIST_MOST = 10 * 1000 * 1000, FIRST_ROOM = 64 };

/* Text as it is read lives in the arena. */
static struct str
text_field(struct run_io *io, struct row *row, struct str text)
{
	text = row_text(row, text);
	return row->saving ? text : arena_str(io->arena, text);
}

struct meta {
	const char *key;
	struct str value;
};

static void
save_meta(struct run_io *io, struct row *row)
{
	const struct meta metas[] = {
		{"program", io->run->program},
		{"role", io->run->role},
		{"log_timezone", io->run->log_timezone},
		{"limits", str_of(io->print.limits)},
	};

	for (size_t i = 0; i < sizeof(metas) / sizeof(metas[0]); i++) {
		row_text(row, str_of(metas[i].key));
		row_text(row, metas[i].value);
		row_end(row);
	}
	for (size_t i = 0; i < FINGERPRINT_PARTS; i++) {
		row_text(row, str_of(fingerprint_names[i]));
		row_text(row, str_of(io->print.parts[i]));
		row_end(row);
	}
}

static void
copy_text(char *out, size_t size, struct str text)
{
	size_t n = text.n < size ? text.n : size - 1;

	if (n)
		memcpy(out, text.p, n);
	out[n] = '\0';
}

static void
load_meta(struct run_io *io, struct row *row)
{
	while (row_next(row)) {
		struct str key = text_field(io, row, (struct str){0});
		struct str value = text_field(io, row, (struct str){0});
		if (str_eq(key, STR("program")))
			io->run->program = value;
		else if (str_eq(key, STR("role")))
			io->run->role = value;
		else if (str_eq(key, STR("log_timezone")))
			io->run->log_timezone = value;
		else if (str_eq(key, STR("limits")))
			copy_text(io->print.limits, sizeof(io->print.limits), value);
		for (size_t i = 0; i < FINGERPRINT_PARTS; i++)
			if (str_eq(key, str_of(fingerprint_names[i])))
				copy_text(io->print.parts[i], FINGERPRINT_TEXT, value);
	}
}

static void
input_fields(struct run_io *io, struct row *row, struct saved_input *input)
{
	input->path = text_field(io, row, input->path);
	input->server_number = row_u32(row, input->server_number);
	input->server = text_field(io, row, input->server);
	input->server_given = row_bool(row, input->server_given);
	input->role_given = (uint8_t)row_number(row, input->role_given, 0, 2);
	input->format = text_field(io, row, input->format);
	input->time_basis = text_field(io, row, input->time_basis);
	input->is_regular = row_bool(row, input->is_regular);
	input->first = row_time(row, input->first);
	input->queries = row_bits(row, input->queries);
	input->recursive = row_bits(row, input->recursive);
	input->queries_logged = row_bool(row, input->queries_logged);
	input->responses_logged = row_bool(row, input->responses_logged);
	input->bytes = row_bits(row, input->bytes);
	input->lines = row_bits(row, input->lines);
	input->requests = row_bits(row, input->requests);
	input->skipped_bytes = row_bits(row, input->skipped_bytes);
	input->complete = row_bool(row, input->complete);
	input->error = text_field(io, row, input->error);
	input->head_bytes = row_bits(row, input->head_bytes);
	input->head_hash = row_bits(row, input->head_hash);
}

static void
save_inputs(struct run_io *io, struct row *row)
{
	for (size_t i = 0; i < io->run->input_count; i++) {
		struct saved_input copy = io->run->inputs[i];
		row_number(row, (int64_t)i, 0, LIST_MOST);
		input_fields(io, row, &copy);
		row_end(row);
	}
}

/* Room for one item more in a list in the arena; what it outgrows stays there until the end. */
static void *
list_room(struct run_io *io, void *items, size_t count, size_t size)
{
	if (count && (count < FIRST_ROOM || (count & (count - 1)) != 0))
		return items;
	void *more = arena_alloc(io->arena, (count ? count * 2 : FIRST_ROOM) * size);
	if (count)
		memcpy(more, items, count * size);
	return more;
}

static void
load_inputs(struct run_io *io, struct row *row)
{
	struct saved_run *run = io->run;

	while (row_next(row)) {
		row_number(row, 0, (int64_t)run->input_count, (int64_t)run->input_count);
		run->inputs = list_room(io, run->inputs, run->input_count, sizeof(*run->inputs));
		input_fields(io, row, &run->inputs[run->input_count++]);
		if (run->input_count == LIST_MOST)
			row->bad = true;
	}
}

static void
save_unread(struct run_io *io, struct row *row)
{
	for (size_t i = 0; i < io->run->unread_count; i++) {
		row_text(row, io->run->unread[i].path);
		row_text(row, io->run->unread[i].text);
		row_end(row);
	}
}

static void
load_unread(struct run_io *io, struct row *row)
{
	struct saved_run *run = io->run;

	while (row_next(row)) {
		run->unread = list_room(io, run->unread, run->unread_count, sizeof(*run->unread));
		struct saved_unread *unread = &run->unread[run->unread_count++];
		unread->path = text_field(io, row, (struct str){0});
		unread->text = text_field(io, row, (struct str){0});
	}
}

static void
save_disabled(struct run_io *io, struct row *row)
{
	for (size_t i = 0; i < io->run->disabled_count; i++) {
		row_u16(row, io->run->disabled[i]);
		row_end(row);
	}
}

static void
load_disabled(struct run_io *io, struct row *row)
{
	struct saved_run *run = io->run;

	while (row_next(row)) {
		run->disabled =
			list_room(io, run->disabled, run->disabled_count, sizeof(*run->disabled));
		run->disabled[run->disabled_count++] = row_u16(row, 0);
	}
}

static void
save_servers(struct run_io *io, struct row *row)
{
	static const char *const kinds[] = {[RECORD_QUERY] = "query",
					    [RECORD_RESPONSE] = "response",
					    [RECORD_DENIED] = "denied"};

	for (size_t i = 0; i < io->settings->server_count; i++) {
		const struct server_info *server = &io->settings->servers[i];
		row_number(row, (int64_t)i, 0, LIST_MOST);
		row_text(row, server->name);
		row_bool(row, server->resolver);
		row_text(row, str_of(kinds[server->request]));
		row_end(row);
	}
}

static void
save_rules(struct run_io *io, struct row *row)
{
	const struct ruleset *rules = io->settings->rules;

	for (size_t i = 0; i < rules->count; i++) {
		row_number(row, (int64_t)i, 0, LIST_MOST);
		row_text(row, rules->rules[i].id);
		row_text(row, rules->rules[i].title);
		row_end(row);
	}
}

static void
save_classes(struct run_io *io, struct row *row)
{
	(void)io;
	for (size_t i = 0; i < NAME_CLASSES; i++) {
		row_number(row, (int64_t)i, 0, NAME_CLASSES);
		row_text(row, str_of(name_class_names[i]));
		row_end(row);
	}
}

const struct run_table run_tables[] = {
	{"meta", 2, "key TEXT NOT NULL, value TEXT", save_meta, load_meta},
	{"inputs", 22,
	 "id INTEGER PRIMARY KEY, path TEXT, server INTEGER REFERENCES servers, server_alone TEXT, "
	 "server_given INTEGER, role_given INTEGER, format TEXT, "
	 "time_basis TEXT, is_file INTEGER, first INTEGER, queries_looked_at INTEGER, "
	 "recursive_looked_at INTEGER, queries_logged INTEGER, responses_logged INTEGER, "
	 "bytes INTEGER, lines INTEGER, requests INTEGER, skipped_bytes INTEGER, complete INTEGER, "
	 "error TEXT, "
	 "head_bytes INTEGER, head_hash INTEGER",
	 save_inputs, load_inputs},
	{"unread", 2, "path TEXT, error TEXT", save_unread, load_unread},
	{"disabled_rules", 1, "rule INTEGER REFERENCES rules", save_disabled, load_disabled},
	{"servers", 4, "id INTEGER PRIMARY KEY, name TEXT, resolver INTEGER, requests_are TEXT",
	 save_servers, NULL},
	{"rules", 3, "id INTEGER PRIMARY KEY, sigma_id TEXT, title TEXT", save_rules, NULL},
	{"classes", 2, "id INTEGER PRIMARY KEY, name TEXT", save_classes, NULL},
	{NULL, 0, NULL, NULL, NULL},
};
