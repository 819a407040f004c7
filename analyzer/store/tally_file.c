#include "store/tally_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/outfile.h"
#include "base/xalloc.h"
#include "store/db.h"
#include "store/fingerprint.h"
#include "store/run_table.h"
#include "store/tables.h"
#include "store/views.h"

enum { DIGEST_COLUMNS = 3 };

struct tally_file {
	sqlite3 *db;
	struct arena arena;
	struct saved_run run;
	struct fingerprint print;
};

static int
save_digests(sqlite3 *db, const struct digests *digests, struct err *err)
{
	struct row row;

	if (tables_create(db, "digests", "of_table TEXT, row_count INTEGER, digest INTEGER", err) !=
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
		if (tables_create(db, table->name, table->schema, err) != 0 ||
		    row_open(&row, db, table->name, table->columns, true, err) != 0)
			return -1;
		table->save(&io, &row);
		tables_add_digest(digests, &row);
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
		status = tables_save(db, tables, tally, &digests, err);
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
		if (row_close(&row, err) != 0 || tables_check_digest(file->db, &row, err) != 0)
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
tally_was_folded(const struct tally_file *file)
{
	return db_number(file->db,
			 "SELECT max(max(level), max(evidence_level)) FROM folds"
			 " WHERE of_table <> 'timeline'",
			 0) > 0;
}

bool
tally_has_other_limits(const struct tally_file *file, const struct tally_settings *settings)
{
	struct fingerprint own;

	fingerprint_make(&own, settings);
	return strcmp(own.limits, file->print.limits) != 0 && tally_was_folded(file);
}

int
tally_load(struct tally_file *file, const struct tally_map *map, struct tally *out, struct err *err)
{
	int status = tables_load(file->db, tables, map, true, out, err);

	/* It stays open, and there may be a thousand more: its pages have been read. */
	sqlite3_db_release_memory(file->db);
	if (status != 0)
		return -1;
	/* Rules that look at requests have marked what is none any more. */
	for (size_t i = 0; map->without_requests && i < map->server_count; i++)
		if (map->without_requests[map->servers[i]])
			tally_forget_requests(out, map->servers[i]);
	return 0;
}
