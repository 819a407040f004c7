/*
 * A saved tally that somebody has changed: cells get other values (and the digests are not asked,
 * for who changes a cell can make its digest), bytes of the file are changed, or it is cut. It is
 * refused with a reason, or it is read, judged, reported and saved again. The input is a list of
 * such changes, six bytes each.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detector.h"
#include "program.h"
#include "report/report.h"
#include "store/db.h"
#include "store/tables.h"
#include "store/tally_file.h"

enum { CHANGES_MOST = 24, SQL_TEXT = 512 };

/* What is changed: a log that fills every table, as a run saves it. */
static struct {
	char *bytes;
	size_t n;
	struct names names;
	struct ruleset rules;
	struct tally_settings settings;
	struct stream_info streams[2];
	struct server_info servers[2];
} base;

static void
make_base(void)
{
	const char *tally = program_file("base.tally");
	const char *const words[] = {"report", "-q",  "-o",           program_file("x.json"),
				     "--save", tally, "--no-sandbox", PROGRAM_DATA "/tally.log",
				     NULL};
	struct rule_errors errors = {0};
	struct err err;

	MUST(program_run(words) == 0);
	base.bytes = program_read(tally, &base.n);
	names_init(&base.names, STR("digtrail default sample key"));
	ruleset_init(&base.rules);
	MUST(ruleset_load(&base.rules, PROGRAM_DATA "/rules", &errors, &err) == 0);
	ruleset_finish(&base.rules, false, &errors);
	rule_errors_release(&errors);
	for (size_t i = 0; i < 2; i++) {
		base.streams[i] = (struct stream_info){STR("x.log"), (uint32_t)i};
		base.servers[i] = (struct server_info){
			.name = STR("ns1"), .resolver = i == 1, .request = RECORD_QUERY};
	}
	base.settings = (struct tally_settings){.limits = tally_limits_of(16u << 20),
						.names = &base.names,
						.rules = &base.rules,
						.stream_count = 2,
						.server_count = 2,
						.streams = base.streams,
						.servers = base.servers};
}

/* The table, its columns and rows by number; false where there is none. */
static bool
find_cell(sqlite3 *db, unsigned table, unsigned column, char *name, char *column_name)
{
	sqlite3_stmt *stmt = NULL;
	bool found = false;

	if (sqlite3_prepare_v2(
		    db,
		    "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c "
		    "WHERE m.type = 'table' AND m.name <> 'digests' AND "
		    "m.rowid % 64 = ? ORDER BY c.cid = ? DESC LIMIT 1",
		    -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_int(stmt, 1, (int)table % 64);
		sqlite3_bind_int(stmt, 2, (int)column);
		found = sqlite3_step(stmt) == SQLITE_ROW;
	}
	if (found) {
		snprintf(name, 64, "%s", (const char *)sqlite3_column_text(stmt, 0));
		snprintf(column_name, 64, "%s", (const char *)sqlite3_column_text(stmt, 1));
	}
	sqlite3_finalize(stmt);
	return found;
}

/* Values at the edges of what a column may hold, and what some other row holds there. */
static const char *const values[] = {
	"NULL",
	"0",
	"1",
	"-1",
	"2",
	"63",
	"64",
	"255",
	"256",
	"65535",
	"65536",
	"4294967295",
	"4294967296",
	"9223372036854775807",
	"-9223372036854775808",
	"1.5",
	"''",
	"'x'",
	"x''",
	"x'00'",
	"x'0102030405060708'",
	"zeroblob(100000)",
	"randomblob(2048)",
	"'2001:db8::1'",
	"'192.0.2.1'",
	"\"%w\" + 1",
	"\"%w\" - 1",
	"\"%w\" * 2",
	"-\"%w\"",
	"\"%w\" || \"%w\"",
	"substr(\"%w\", 2)",
	"(SELECT max(\"%w\") FROM \"%w\")",
	"(SELECT min(\"%w\") FROM \"%w\")",
	"printf('%%.*c', 5000, 'a')",
	"'a..b'",
	"'\\999.example'",
	"x'ffffffffffffffff'",
};
enum { VALUES = sizeof(values) / sizeof(values[0]) };

static void
change_cell(sqlite3 *db, struct str *told)
{
	char table[64], column[64], cell[160], sql[SQL_TEXT];
	unsigned at = help_byte(told), field = help_byte(told), row = help_byte(told);
	unsigned what = help_byte(told), how = help_byte(told);

	help_byte(told);
	if (!find_cell(db, at, field, table, column))
		return;
	sqlite3_snprintf((int)sizeof(cell), cell, values[what % VALUES], column,
			 how % 2 ? column : table, column, table);
	if (how % 16 == 15)
		sqlite3_snprintf((int)sizeof(sql), sql, "DELETE FROM \"%w\" WHERE rowid %% 16 = %u",
				 table, row % 16);
	else if (how % 16 == 14)
		sqlite3_snprintf((int)sizeof(sql), sql, "UPDATE \"%w\" SET \"%w\" = %s", table,
				 column, cell);
	else
		sqlite3_snprintf((int)sizeof(sql), sql,
				 "UPDATE \"%w\" SET \"%w\" = %s WHERE rowid = (SELECT rowid FROM "
				 "\"%w\" ORDER BY rowid LIMIT 1 OFFSET %u)",
				 table, column, cell, table, row);
	sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Other bytes at a place, and perhaps an end there. */
static void
change_bytes(struct str *told, char *bytes, size_t *n)
{
	size_t at = 0;

	for (int i = 0; i < 3; i++)
		at = at << 8 | help_byte(told);
	at %= *n;
	bytes[at] = (char)help_byte(told);
	if (help_byte(told) % 32 == 31 && at > 0)
		*n = at;
	help_byte(told);
}

static sqlite3 *
open_changed(struct str told)
{
	unsigned char *bytes = sqlite3_malloc64(base.n);
	bool in_cells = help_byte(&told) % 4 != 0;
	size_t n = base.n;
	sqlite3 *db = NULL;

	MUST(bytes && sqlite3_open(":memory:", &db) == SQLITE_OK);
	memcpy(bytes, base.bytes, n);
	for (int i = 0; i < CHANGES_MOST && told.n && !in_cells; i++)
		change_bytes(&told, (char *)bytes, &n);
	MUST(sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)n, (sqlite3_int64)n,
				 SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
	     SQLITE_OK);
	for (int i = 0; i < CHANGES_MOST && told.n && in_cells; i++)
		change_cell(db, &told);
	return db;
}

static const struct report_format *const formats[] = {&report_json, &report_text, &report_html};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* All that the program does with a tally. */
static void
use(struct tally *tally, const struct report_format *format)
{
	const struct detect_settings detect = {.examples = 3};
	const struct saved_run run = {.program = STR("fuzz")};
	struct findings findings;
	struct summary summary;
	struct err err;
	char *text = NULL;
	size_t size = 0;

	tally_settle(tally);
	findings_init(&findings);
	detect_run(&(struct detect_input){.tally = tally, .settings = &detect}, &findings);
	summary_make(&summary, &(struct summary_input){.tally = tally,
						       .findings = &findings,
						       .version = "fuzz",
						       .top = 50,
						       .pictures = true,
						       .memory_limit = 16u << 20});
	FILE *out = open_memstream(&text, &size);
	MUST(out != NULL);
	format->write(&summary, &(struct report_options){.top = 50, .examples = 3}, out);
	fclose(out);
	free(text);
	summary_release(&summary);
	findings_release(&findings);
	MUST(tally_save(program_file("again.tally"), tally, &run, &err) == 0);
}

static bool
load(sqlite3 *db, struct tally *tally)
{
	static const uint32_t numbers[] = {0, 1};
	static const bool without[] = {false, true};
	static const struct tally_map map = {2, 2, numbers, numbers, without};
	struct err err = {0};

	tally_init(tally, &base.settings);
	if (tables_load(db, tables, &map, false, tally, &err) == 0)
		return true;
	MUST(err.text[0] != '\0');
	tally_release(tally);
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str told = str_make((const char *)data, n);
	struct tally one, other;

	if (!base.bytes)
		make_base();
	sqlite3 *db = open_changed(told);
	if (load(db, &one)) {
		/* Merged with the one that nobody has changed. */
		sqlite3 *whole = open_changed(str_make("\1", 1));
		MUST(load(whole, &other));
		tally_merge(&one, &other);
		tally_release(&other);
		sqlite3_close(whole);
		use(&one, formats[n % FORMATS]);
		tally_release(&one);
	}
	sqlite3_close(db);
	return 0;
}
