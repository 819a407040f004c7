#include "store/row.h"

#include <stdio.h>
#include <xxhash.h>

#include "base/hash.h"

enum { STATEMENT_TEXT = 256 };

int
row_open(struct row *row, sqlite3 *db, const char *table, int columns, bool saving, struct err *err)
{
	char sql[STATEMENT_TEXT];
	int n;

	*row = (struct row){.db = db, .table = table, .saving = saving, .digest = 1};
	if (saving) {
		n = snprintf(sql, sizeof(sql), "INSERT INTO \"%s\" VALUES (?", table);
		for (int i = 1; i < columns; i++)
			n += snprintf(sql + n, sizeof(sql) - (size_t)n, ",?");
		snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
	} else {
		snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\" ORDER BY rowid", table);
	}
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &row->stmt, NULL) !=
	    SQLITE_OK)
		return err_set(err, "table %s: %s", table, sqlite3_errmsg(db));
	if (!saving && sqlite3_column_count(row->stmt) != columns) {
		sqlite3_finalize(row->stmt);
		row->stmt = NULL;
		return err_set(err, "table %s has other columns than digtrail writes", table);
	}
	return 0;
}

int
row_close(struct row *row, struct err *err)
{
	int status = 0;

	if (row->failed)
		status = err_set(err, "table %s: %s", row->table, sqlite3_errmsg(row->db));
	else if (row->bad)
		status = err_set(err, "table %s: row %llu holds what digtrail does not write",
				 row->table, (unsigned long long)row->rows);
	sqlite3_finalize(row->stmt);
	row->stmt = NULL;
	return status;
}

bool
row_next(struct row *row)
{
	if (row->bad || row->failed)
		return false;
	int status = sqlite3_step(row->stmt);
	row->failed = status != SQLITE_ROW && status != SQLITE_DONE;
	row->column = 0;
	row->rows += status == SQLITE_ROW;
	return status == SQLITE_ROW;
}

void
row_end(struct row *row)
{
	if (!row->failed && sqlite3_step(row->stmt) != SQLITE_DONE)
		row->failed = true;
	/* The error, if there was one, is kept by the connection. */
	if (!row->failed)
		sqlite3_reset(row->stmt);
	row->column = 0;
	row->rows++;
}

static void
count_number(struct row *row, int64_t value)
{
	row->digest = hash_mix(row->digest, (uint64_t)value);
}

static void
count_bytes(struct row *row, struct str value)
{
	count_number(row, (int64_t)value.n);
	if (value.n)
		count_number(row, (int64_t)XXH3_64bits(value.p, value.n));
}

static void
bind_number(struct row *row, int64_t value)
{
	if (sqlite3_bind_int64(row->stmt, ++row->column, value) != SQLITE_OK)
		row->failed = true;
}

/* True when the next column to be read is of that type. */
static bool
is_of(const struct row *row, int type)
{
	return sqlite3_column_type(row->stmt, row->column) == type;
}

int64_t
row_number(struct row *row, int64_t value, int64_t min, int64_t max)
{
	if (row->saving) {
		bind_number(row, value);
	} else {
		bool fits = is_of(row, SQLITE_INTEGER);
		value = sqlite3_column_int64(row->stmt, row->column++);
		if (!fits || value < min || value > max) {
			row->bad = true;
			value = min;
		}
	}
	count_number(row, value);
	return value;
}

uint64_t
row_bits(struct row *row, uint64_t value)
{
	return (uint64_t)row_number(row, (int64_t)value, INT64_MIN, INT64_MAX);
}

int64_t
row_time(struct row *row, int64_t value)
{
	if (row->saving && value == TIME_NONE) {
		if (sqlite3_bind_null(row->stmt, ++row->column) != SQLITE_OK)
			row->failed = true;
		count_number(row, value);
		return value;
	}
	if (!row->saving && is_of(row, SQLITE_NULL)) {
		row->column++;
		count_number(row, TIME_NONE);
		return TIME_NONE;
	}
	return row_number(row, value, INT64_MIN, INT64_MAX);
}

static void
bind_bytes(struct row *row, struct str value, bool as_text)
{
	int at = ++row->column, status;

	if (!value.p)
		value.p = "";
	if (as_text)
		status = sqlite3_bind_text(row->stmt, at, value.p, (int)value.n, SQLITE_TRANSIENT);
	else
		status = sqlite3_bind_blob(row->stmt, at, value.p, (int)value.n, SQLITE_TRANSIENT);
	if (status != SQLITE_OK)
		row->failed = true;
}

static struct str
take_bytes(struct row *row, int type)
{
	if (!is_of(row, type))
		row->bad = true;
	const char *p = sqlite3_column_blob(row->stmt, row->column);
	int n = sqlite3_column_bytes(row->stmt, row->column++);
	return p && n > 0 ? str_make(p, (size_t)n) : (struct str){0};
}

struct str
row_text(struct row *row, struct str value)
{
	if (row->saving)
		bind_bytes(row, value, true);
	else
		value = take_bytes(row, SQLITE_TEXT);
	count_bytes(row, value);
	return value;
}

struct str
row_blob(struct row *row, struct str value)
{
	if (row->saving)
		bind_bytes(row, value, false);
	else
		value = take_bytes(row, SQLITE_BLOB);
	count_bytes(row, value);
	return value;
}

bool
row_is_blob(const struct row *row)
{
	return is_of(row, SQLITE_BLOB);
}

struct ip
row_ip(struct row *row, const struct ip *value)
{
	struct ip ip = {0};

	if (row->saving) {
		char text[IP_TEXT];
		ip = *value;
		if (ip_is_none(&ip)) {
			if (sqlite3_bind_null(row->stmt, ++row->column) != SQLITE_OK)
				row->failed = true;
		} else {
			bind_bytes(row, str_of(ip_print(&ip, text)), true);
		}
	} else if (is_of(row, SQLITE_NULL)) {
		row->column++;
	} else if (!ip_parse(take_bytes(row, SQLITE_TEXT), &ip)) {
		row->bad = true;
	}
	count_number(row, (int64_t)XXH3_64bits(ip.b, sizeof(ip.b)));
	return ip;
}
