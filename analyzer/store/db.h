/* Opening SQLite files, and what all of them need. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>

#include <stdint.h>

#include "base/err.h"

/* To read a file that may have been damaged or made up by others. NULL with err. */
sqlite3 *db_open_foreign(const char *path, struct err *err);
/* An empty file that is there already, to be written once and by nobody else. NULL with err. */
sqlite3 *db_open_new(const char *path, struct err *err);
/* Runs statements without result. -1 with err. */
int db_run(sqlite3 *db, const char *sql, struct err *err);
/* The first column of the first row; `otherwise` when there is none. */
int64_t db_number(sqlite3 *db, const char *sql, int64_t otherwise);
/* True when there is a table, and no view, of that name. */
bool db_has_table(sqlite3 *db, const char *name);

#endif
