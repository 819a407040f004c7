#include "store/tally_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/outfile.h"
#include "base/xalloc.h"
#include "store/db.h"
#include "store/fingerprint.h"
#include "store/run_table.h"
#include "store/table.h"
#include "store/views.h"

enum { SCHEMA_TEXT = 4096 };

struct tally_file {
	sqlite3 *db;
	struct arena arena;
	struct saved_run run;
	struct fingerprint print;
};

/* The digests of the tables that were written, to be written last. */
struct digest {
	const char *table;
	uint64_t rows, digest;
};

enum { DIGESTS_MAX = 40, DIGEST_COLUMNS = 3 };

struct digests {
	size_t count;
	struct digest all[DIGESTS_MAX];
};

static int
create_table(sqlite3 *db, const char *name, const char *schema, struct err *err)
{
	char sql[SCHEMA_TEXT];

	snprintf(sql, sizeof(sql), "CREATE TABLE \"%s\" (%s)", name, schema);
	return db_run(db, sql, err);
}

static void
add_digest(struct digests *digests, const struct row *row)
{
	digests->all[digests->count++] = (struct digest){row->table, row->rows, row->digest};
}

static int
save_table(struct table_io *io, const struct table *table, const struct tally *tally,
	   struct digests *digests, struct err *err)
{
	struct row row;

	if (create_table(io->db, table->name, table->schema, err) != 0 ||
	    row_open(&row, io->db, table->name, table->columns, true, err) != 0)
		return -1;
	table->save(io, &row, tally);
	add_digest(digests, &row);
	return row_close(&row, err);
}

static int
save_tables(sqlite3 *db, const struct tally *tally, struct digests *digests, struct err *err)
{
	struct table_io io = {.db = db};
	int status = 0;

	io.text_numbers = xcalloc(tally->texts.count + 1, sizeof(*io.text_numbers));
	if (create_table(db, table_texts.name, table_texts.schema, err) != 0 ||
	    row_open(&io.text_row, db, table_texts.name, table_texts.columns, true, err) != 0)
		status = -1;
	for (const struct table *const *table = tables; *table && status == 0; table++)
		status = save_table(&io, *table, tally, digests, err);
	if (io.text_row.stmt) {
		add_digest(digests, &io.text_row);
		if (row_close(&io.text_row, err) != 0)
			status = -1;
	}
	free(io.text_numbers);
	return status;
}

static int
save_digests(sqlite3 *db, const struct digests *digests, struct err *err)
{
	struct row row;

	if (create_table(db, "digests", "of_table TEXT, row_count INTEGER, digest INTEGER", err) !=
		    0 ||
	    row_open(&row, db, "digests", DIGEST_COLUMNS, true, err) != 0)
		return -1;
	for (size_t i = 0; i < digests->count; i++) {
		row_text(&row, str_of(digests->all[i].table));
		row_bits(&row, digests->all[i].rows);
		row_bits(&row, digests->all[i].digest);
		row_end(&row);
	}
	return row_close(&row, err);
}

static int
save_run(sqlite3 *db, const struct tally *tally, const struct saved_run *run,
	 struct digests *digests, struct err *err)
{
	/* The field functions take what they could also fill; nothing is written to it here. */
	struct run_io io = {.run = (struct saved_run *)run, .settings = tally->settings};

	fingerprint_make(&io.print, tally->settings);
	for (const struct run_table *table = run_tables; table->name; table++) {
		struct row row;
		if (create_table(db, table->name, table->schema, err) != 0 ||
		    row_open(&row, db, table->name, table->columns, true, err) != 0)
			return -1;
		table->save(&io, &row);
		add_digest(digests, &row);
		if (row_close(&row, err) != 0)
			return -1;
	}
	return 0;
}

static int
write_all(const char *path, const struct tally *tally, const struct saved_run *run, struct err *err)
{
	struct digests digests = {0};
	char version[96];
	sqlite3 *db = db_open_new(path, err);

	if (!db)
		return -1;
	snprintf(version, sizeof(version), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 TALLY_APPLICATION, TALLY_SCHEMA);
	int status = db_run(db, version, err);
	if (status == 0)
		status = db_run(db, "BEGIN", err);
	if (status == 0)
		status = save_run(db, tally, run, &digests, err);
	if (status == 0)
		status = save_tables(db, tally, &digests, err);
	if (status == 0)
		status = save_digests(db, &digests, err);
	if (status == 0)
		status = db_run(db, tally_views, err);
	if (status == 0)
		status = db_run(db, "COMMIT", err);
	if (sqlite3_close(db) != SQLITE_OK && status == 0)
		status = err_set(err, "the file could not be closed");
	return status;
}

int
tally_prepare(const char *path, const struct tally *tally, const struct saved_run *run,
	      struct outfile *file, struct err *err)
{
	if (outfile_open(file, path, err) != 0)
		return -1;
	int status = write_all(file->name, tally, run, err);
	if (status != 0)
		err_prefix(err, "%s", path);
	else
		status = outfile_close(file, 0, err);
	if (status != 0)
		outfile_release(file);
	return status;
}

int
tally_save(const char *path, const struct tally *tally, const struct saved_run *run,
	   struct err *err)
{
	struct outfile file;
	int status = tally_prepare(path, tally, run, &file, err);

	if (status == 0)
		status = outfile_rename(&file, err);
	outfile_release(&file);
	return status;
}

/* Reads what a table should have been; -1 with err when it is not. */
static int
check_digest(sqlite3 *db, const struct row *row, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool same = false;

	if (sqlite3_prepare_v2(db, "SELECT row_count, digest FROM digests WHERE of_table = ?", -1,
			       &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, row->table, -1, SQLITE_STATIC);
		same = sqlite3_step(stmt) == SQLITE_ROW &&
		       (uint64_t)sqlite3_column_int64(stmt, 0) == row->rows &&
		       (uint64_t)sqlite3_column_int64(stmt, 1) == row->digest;
	}
	sqlite3_finalize(stmt);
	return same ? 0
		    : err_set(err, "table %s is not as it was written: the file is damaged",
			      row->table);
}

static int
load_run(struct tally_file *file, struct err *err)
{
	struct run_io io = {.run = &file->run, .arena = &file->arena};

	for (const struct run_table *table = run_tables; table->name; table++) {
		struct row row;
		if (!table->load)
			continue;
		if (!db_has_table(file->db, table->name))
			return err_set(err, "there is no table %s", table->name);
		if (row_open(&row, file->db, table->name, table->columns, false, err) != 0)
			return -1;
		table->load(&io, &row);
		if (row_close(&row, err) != 0 || check_digest(file->db, &row, err) != 0)
			return -1;
	}
	file->print = io.print;
	return 0;
}

static int
check_schema(sqlite3 *db, struct err *err)
{
	int64_t version = db_number(db, "PRAGMA user_version", -1);

	if (db_number(db, "PRAGMA application_id", -1) != TALLY_APPLICATION)
		return err_set(err, "this is no saved tally");
	if (version != TALLY_SCHEMA)
		return err_set(
			err,
			"a tally of schema version %lld, and this digtrail reads version %d: "
			"make it anew with the same version",
			(long long)version, TALLY_SCHEMA);
	return db_has_table(db, "digests") ? 0 : err_set(err, "there is no table digests");
}

struct tally_file *
tally_open(const char *path, struct err *err)
{
	struct tally_file *file = xcalloc(1, sizeof(*file));

	file->db = db_open_foreign(path, err);
	if (file->db && check_schema(file->db, err) == 0 && load_run(file, err) == 0)
		return file;
	tally_close(file);
	return NULL;
}

void
tally_close(struct tally_file *file)
{
	if (!file)
		return;
	sqlite3_close(file->db);
	arena_release(&file->arena);
	free(file);
}

const struct saved_run *
tally_run(const struct tally_file *file)
{
	return &file->run;
}

int
tally_compare(const struct tally_file *file, const struct tally_settings *settings, struct err *err)
{
	struct fingerprint own;

	fingerprint_make(&own, settings);
	return fingerprint_compare(&file->print, &own, err);
}

bool
tally_has_other_limits(const struct tally_file *file, const struct tally_settings *settings)
{
	struct fingerprint own;

	fingerprint_make(&own, settings);
	return strcmp(own.limits, file->print.limits) != 0 &&
	       db_number(file->db, "SELECT max(max(level), max(evidence_level)) FROM folds", 0) > 0;
}

static int
load_table(struct table_io *io, const struct table *table, struct tally *out, struct err *err)
{
	struct row row;

	if (!db_has_table(io->db, table->name))
		return err_set(err, "there is no table %s", table->name);
	if (row_open(&row, io->db, table->name, table->columns, false, err) != 0)
		return -1;
	table->load(io, &row, out);
	if (row_close(&row, err) != 0)
		return -1;
	return check_digest(io->db, &row, err);
}

/* Rules that look at requests have marked what is none any more. */
static void
forget_request_rules(struct tally *tally)
{
	const struct ruleset *rules = tally->settings->rules;

	for (size_t i = 0; i < rules->count; i++)
		if (rules->rules[i].needs_request)
			tally_forget_rule(tally, (uint16_t)i);
}

int
tally_load(struct tally_file *file, const struct tally_map *map, struct tally *out, struct err *err)
{
	struct table_io io = {.db = file->db, .map = map};
	int status = load_table(&io, &table_texts, out, err);

	for (const struct table *const *table = tables; *table && status == 0; table++)
		status = load_table(&io, *table, out, err);
	if (status == 0 && map->without_requests)
		forget_request_rules(out);
	free(io.texts);
	free(io.parents);
	arena_release(&io.arena);
	return status;
}
