#include "store/tables.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/db.h"

enum { SCHEMA_TEXT = 4096 };

int
tables_create(sqlite3 *db, const char *name, const char *schema, struct err *err)
{
	char sql[SCHEMA_TEXT];

	snprintf(sql, sizeof(sql), "CREATE TABLE \"%s\" (%s)", name, schema);
	return db_run(db, sql, err);
}

void
tables_add_digest(struct digests *digests, const struct row *row)
{
	if (digests)
		digests->all[digests->count++] =
			(struct digest){row->table, row->rows, row->digest};
}

static int
save_table(struct table_io *io, const struct table *table, const struct tally *tally,
	   struct digests *digests, struct err *err)
{
	struct row row;

	if (tables_create(io->db, table->name, table->schema, err) != 0 ||
	    row_open(&row, io->db, table->name, table->columns, true, err) != 0)
		return -1;
	table->save(io, &row, tally);
	tables_add_digest(digests, &row);
	return row_close(&row, err);
}

int
tables_save(sqlite3 *db, const struct table *const *list, const struct tally *tally,
	    struct digests *digests, struct err *err)
{
	struct table_io io = {.db = db};
	int status = 0;

	io.text_numbers = xcalloc(texts_numbers(&tally->texts), sizeof(*io.text_numbers));
	if (tables_create(db, table_texts.name, table_texts.schema, err) != 0 ||
	    row_open(&io.text_row, db, table_texts.name, table_texts.columns, true, err) != 0)
		status = -1;
	for (const struct table *const *table = list; *table && status == 0; table++)
		status = save_table(&io, *table, tally, digests, err);
	if (io.text_row.stmt) {
		tables_add_digest(digests, &io.text_row);
		if (row_close(&io.text_row, err) != 0)
			status = -1;
	}
	free(io.text_numbers);
	return status;
}

/* Reads what a table should have been; -1 with err when it is not. */
int
tables_check_digest(sqlite3 *db, const struct row *row, struct err *err)
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
load_table(struct table_io *io, const struct table *table, bool checked, struct tally *out,
	   struct err *err)
{
	struct row row;

	if (!db_has_table(io->db, table->name))
		return err_set(err, "there is no table %s", table->name);
	if (row_open(&row, io->db, table->name, table->columns, false, err) != 0)
		return -1;
	table->load(io, &row, out);
	if (row_close(&row, err) != 0)
		return -1;
	return checked ? tables_check_digest(io->db, &row, err) : 0;
}

int
tables_load(sqlite3 *db, const struct table *const *list, const struct tally_map *map, bool checked,
	    struct tally *out, struct err *err)
{
	struct table_io io = {.db = db, .map = map};
	int status = load_table(&io, &table_texts, checked, out, err);

	for (const struct table *const *table = list; *table && status == 0; table++)
		status = load_table(&io, *table, checked, out, err);
	for (uint32_t i = 1; i <= io.text_count; i++)
		texts_drop(&out->texts, io.texts[i].id);
	free(io.texts);
	free(io.parents);
	out->clock.latest = INT64_MAX; /* what it holds may be later than any line to come */
	return status;
}
