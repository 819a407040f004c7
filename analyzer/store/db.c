#include "store/db.h"

#include <stdio.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/xalloc.h"

enum { PATH_MOST = 64 * 1024, VALUE_MOST = 64 * 1024 * 1024 };

/* Temporary tables in memory: the sandbox leaves no directory for them (cli/confine.h). */
static sqlite3 *
open_with(const char *path, int flags, const char *settings, struct err *err)
{
	sqlite3 *db = NULL;
	struct buf name;

	/* SQLite takes ":memory:" and the empty name for no file at all. */
	buf_init(&name, PATH_MOST);
	if (path[0] != '/')
		buf_add_text(&name, "./");
	buf_add_text(&name, path);
	int status = sqlite3_open_v2(name.p ? name.p : "", &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	buf_release(&name);
	if (status != SQLITE_OK)
		err_set(err, "%s", db ? sqlite3_errmsg(db) : "out of memory");
	else if (db_run(db, settings, err) == 0)
		return db;
	sqlite3_close(db);
	return NULL;
}

sqlite3 *
db_open_foreign(const char *path, struct err *err)
{
	sqlite3 *db = open_with(path, SQLITE_OPEN_READONLY,
				"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
				"PRAGMA temp_store = MEMORY; "
				"PRAGMA cache_size = -8192",
				err);

	if (!db)
		return NULL;
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MOST);
	return db;
}

sqlite3 *
db_open_new(const char *path, struct err *err)
{
	return open_with(path, SQLITE_OPEN_READWRITE,
			 "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; "
			 "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; "
			 "PRAGMA temp_store = MEMORY",
			 err);
}

sqlite3 *
db_open_state(const char *path, bool writes, struct err *err)
{
	return open_with(path, writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY,
			 "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF; "
			 "PRAGMA temp_store = MEMORY",
			 err);
}

int
db_run(sqlite3 *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return err_set(err, "%s", sqlite3_errmsg(db));
}

int64_t
db_number(sqlite3 *db, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *stmt = NULL;

	int status = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (status == SQLITE_OK)
		status = sqlite3_step(stmt);
	if (status == SQLITE_NOMEM)
		xalloc_fail();
	if (status == SQLITE_ROW)
		otherwise = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return otherwise;
}

bool
db_has_table(sqlite3 *db, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	int status =
		sqlite3_prepare_v2(db,
				   "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? "
				   "AND sql NOT LIKE 'CREATE VIRTUAL%'",
				   -1, &stmt, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	if (status == SQLITE_OK)
		status = sqlite3_step(stmt);
	if (status == SQLITE_NOMEM)
		xalloc_fail();
	sqlite3_finalize(stmt);
	return status == SQLITE_ROW;
}

void
query_open(struct query *query, sqlite3 *db, const char *sql)
{
	*query = (struct query){.db = db};
	query->failed = sqlite3_prepare_v2(db, sql, -1, &query->stmt, NULL) != SQLITE_OK;
}

void
query_number(struct query *query, int64_t value)
{
	query->failed |= sqlite3_bind_int64(query->stmt, ++query->at, value) != SQLITE_OK;
}

void
query_time(struct query *query, int64_t value)
{
	if (value != TIME_NONE)
		query_number(query, value);
	else
		query->failed |= sqlite3_bind_null(query->stmt, ++query->at) != SQLITE_OK;
}

void
query_text(struct query *query, struct str value)
{
	query->failed |= sqlite3_bind_text(query->stmt, ++query->at, value.n ? value.p : "",
					   (int)value.n, SQLITE_TRANSIENT) != SQLITE_OK;
}

bool
query_next(struct query *query)
{
	if (query->failed)
		return false;
	int status = sqlite3_step(query->stmt);
	query->at = 0;
	query->failed = status != SQLITE_ROW && status != SQLITE_DONE;
	return status == SQLITE_ROW;
}

int64_t
query_take_number(struct query *query)
{
	return sqlite3_column_int64(query->stmt, query->at++);
}

int64_t
query_take_time(struct query *query)
{
	if (sqlite3_column_type(query->stmt, query->at) != SQLITE_NULL)
		return query_take_number(query);
	query->at++;
	return TIME_NONE;
}

struct str
query_take_text(struct query *query, struct arena *arena)
{
	const char *p = sqlite3_column_blob(query->stmt, query->at);
	int n = sqlite3_column_bytes(query->stmt, query->at++);

	return p && n > 0 ? arena_str(arena, str_make(p, (size_t)n)) : (struct str){0};
}

int
query_close(struct query *query, struct err *err)
{
	int status = query->failed ? err_set(err, "%s", sqlite3_errmsg(query->db)) : 0;

	sqlite3_finalize(query->stmt);
	query->stmt = NULL;
	return status;
}

int
query_run(struct query *query, struct err *err)
{
	while (query_next(query))
		;
	return query_close(query, err);
}
