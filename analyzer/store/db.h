/* Opening SQLite files, and what all of them need. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/timestamp.h"

/* To read a file that may have been damaged or made up by others. NULL with err. */
sqlite3 *db_open_foreign(const char *path, struct err *err);
/* The state: the file must be there. NULL with err. */
sqlite3 *db_open_state(const char *path, bool writes, struct err *err);
/* An empty file that is there already, to be written once and by nobody else. NULL with err. */
sqlite3 *db_open_new(const char *path, struct err *err);
/* Runs statements without result. -1 with err. */
int db_run(sqlite3 *db, const char *sql, struct err *err);
/*
 * The first column of the first row; `otherwise` when there is none, or an error. Not for how many
 * rows there are to read: what an error hides would be taken for nothing.
 */
int64_t db_number(sqlite3 *db, const char *sql, int64_t otherwise);
/*
 * A statement with its values in the order of its question marks, then its rows with their
 * columns in order. Errors are kept until the end.
 */
struct query {
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int at; /* of the next value or column */
	bool failed;
};
void query_open(struct query *query, sqlite3 *db, const char *sql);
void query_number(struct query *query, int64_t value);
void query_time(struct query *query, int64_t value); /* TIME_NONE is NULL */
void query_text(struct query *query, struct str value);
/* False at the end and after trouble. */
bool query_next(struct query *query);
int64_t query_take_number(struct query *query);
int64_t query_take_time(struct query *query);
/* Lives in the arena. */
struct str query_take_text(struct query *query, struct arena *arena);
/* -1 with err when anything failed since query_open. */
int query_close(struct query *query, struct err *err);
/* For a statement without rows: runs and closes it. */
int query_run(struct query *query, struct err *err);
/* True when there is a table, and no view, of that name. */
bool db_has_table(sqlite3 *db, const char *name);

#endif
