/*
 * struct row: the rows of one table of an SQLite file, field by field in the order of the
 * columns. The same calls write and read: each takes the value to write and returns the value
 * written or read, so that what a table holds is listed once.
 *
 * What is read may have been damaged or made up: a value out of its range sets `bad`, reads as
 * the least value allowed, and ends the reading. A digest over all values shows a byte that
 * changed where SQLite itself would not notice.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <sqlite3.h>

#include "base/err.h"
#include "base/ip.h"
#include "base/timestamp.h"

struct row {
	sqlite3_stmt *stmt;
	sqlite3 *db;
	const char *table;
	bool saving;
	bool bad;    /* not what this program writes */
	bool failed; /* SQLite says so: full disk, damaged pages */
	int column;  /* of the next value */
	uint64_t rows, digest;
};

/* "INSERT INTO table" for `columns` values, or "SELECT * FROM table". -1 with err. */
int row_open(struct row *row, sqlite3 *db, const char *table, int columns, bool saving,
	     struct err *err);
/* -1 with err when anything went wrong since row_open. */
int row_close(struct row *row, struct err *err);
/* Reading: goes to the next row; false at the end and after trouble. */
bool row_next(struct row *row);
/* Writing: ends a row. */
void row_end(struct row *row);

/* A whole number in min..max. */
int64_t row_number(struct row *row, int64_t value, int64_t min, int64_t max);
/* Any 64 bits; SQLite shows those with the top bit as negative numbers. */
uint64_t row_bits(struct row *row, uint64_t value);
/* Milliseconds; TIME_NONE is NULL. */
int64_t row_time(struct row *row, int64_t value);
/* As text; no address is NULL. */
struct ip row_ip(struct row *row, const struct ip *value);
/* Text as it stood in the log, perhaps no UTF-8. What is read is valid until the next row. */
struct str row_text(struct row *row, struct str value);
struct str row_blob(struct row *row, struct str value);
/* Reading: the next value is a blob. */
bool row_is_blob(const struct row *row);

static inline uint8_t
row_u8(struct row *row, uint8_t value)
{
	return (uint8_t)row_number(row, value, 0, UINT8_MAX);
}

static inline uint16_t
row_u16(struct row *row, uint16_t value)
{
	return (uint16_t)row_number(row, value, 0, UINT16_MAX);
}

static inline uint32_t
row_u32(struct row *row, uint32_t value)
{
	return (uint32_t)row_number(row, value, 0, UINT32_MAX);
}

static inline int32_t
row_i32(struct row *row, int32_t value)
{
	return (int32_t)row_number(row, value, INT32_MIN, INT32_MAX);
}

static inline int64_t
row_i64(struct row *row, int64_t value)
{
	return row_number(row, value, INT64_MIN, INT64_MAX);
}

static inline bool
row_bool(struct row *row, bool value)
{
	return row_number(row, value, 0, 1) != 0;
}

#endif
