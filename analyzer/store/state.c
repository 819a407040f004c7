#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/db.h"
#include "store/pending.h"

enum { LOCK_TRIES = 100, LOCK_PAUSE_MS = 100, BUSY_MS = 10000, SUFFIX = 8 };

struct state {
	sqlite3 *db;
	int lock; /* descriptor of PATH.lock; -1 */
	enum state_mode mode;
};

/* The statements that lead from version i to i + 1. */
static const char *const migrations[STATE_SCHEMA] = {
	"CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER);"
	"CREATE TABLE nights (id INTEGER PRIMARY KEY, logs_end INTEGER, requests INTEGER);"
	"CREATE TABLE logs (id INTEGER PRIMARY KEY, head_bytes INTEGER, head_hash INTEGER,"
	" read_to INTEGER, tail_bytes INTEGER, tail_hash INTEGER, lines INTEGER, waiting INTEGER,"
	" packed_bytes INTEGER, packed_hash INTEGER, state INTEGER, path TEXT, night INTEGER);"
	"CREATE TABLE pending (name TEXT PRIMARY KEY, path TEXT);"
	"CREATE TABLE told (key TEXT PRIMARY KEY, id TEXT, kind TEXT, actor TEXT, zone TEXT,"
	" title TEXT, level INTEGER, score INTEGER, status INTEGER, first_reported INTEGER,"
	" first_seen INTEGER, last_seen INTEGER, acknowledged INTEGER, reason TEXT);"
	"CREATE TABLE told_ids (id TEXT PRIMARY KEY, key TEXT, seen INTEGER);"
	"CREATE TABLE written (server TEXT, category TEXT, nights INTEGER, first_night INTEGER,"
	" last_night INTEGER,"
	" last INTEGER, PRIMARY KEY (server, category));"
	"CREATE TABLE quiet (server TEXT, category TEXT, last INTEGER, nights INTEGER,"
	" vanished INTEGER, PRIMARY KEY (server, category));",
	/* The baseline says whether it met the ceiling (store/table_folds.c); there may be none. */
	"CREATE TABLE IF NOT EXISTS folds (of_table TEXT, level INTEGER, evidence_level INTEGER,"
	" heaviest INTEGER, missed INTEGER, folded INTEGER, folded_requests INTEGER);"
	"INSERT INTO folds VALUES ('ceiling', 0, 0, 0, 0, 0, 0);",
	/* What nothing read of the baseline's pairs and zones went; there may be none. */
	"CREATE TABLE IF NOT EXISTS pairs (id INTEGER PRIMARY KEY, address TEXT,"
	" zone INTEGER REFERENCES texts, role INTEGER, evidence INTEGER, rank INTEGER,"
	" requests INTEGER, names INTEGER, servers INTEGER, flags_known INTEGER,"
	" recursion_desired INTEGER, dnssec_ok INTEGER, first INTEGER, last INTEGER, types BLOB,"
	" slot_shift INTEGER, slots BLOB);"
	"CREATE TABLE IF NOT EXISTS zones (id INTEGER PRIMARY KEY, zone INTEGER REFERENCES texts,"
	" role INTEGER, evidence INTEGER, rank INTEGER, own INTEGER, requests INTEGER,"
	" servers INTEGER, first INTEGER, last INTEGER, slot_shift INTEGER, slots BLOB,"
	" sources_threshold INTEGER, sources BLOB);"
	"ALTER TABLE pairs DROP COLUMN names; ALTER TABLE pairs DROP COLUMN dnssec_ok;"
	"ALTER TABLE pairs DROP COLUMN slot_shift; ALTER TABLE pairs DROP COLUMN slots;"
	"ALTER TABLE zones DROP COLUMN slot_shift; ALTER TABLE zones DROP COLUMN slots;"
	"UPDATE pairs SET evidence = evidence != 0; UPDATE zones SET evidence = evidence != 0;",
};

static int
migrate(sqlite3 *db, struct err *err)
{
	int64_t version = db_number(db, "PRAGMA user_version", -1);
	char sql[96];

	if (version > STATE_SCHEMA || version < 0)
		return err_set(err,
			       "a state of schema version %lld, and this digtrail knows %d: it was "
			       "written by a newer one",
			       (long long)version, STATE_SCHEMA);
	for (; version < STATE_SCHEMA; version++) {
		snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d",
			 STATE_APPLICATION, (int)version + 1);
		if (db_run(db, "BEGIN IMMEDIATE", err) != 0)
			return -1;
		if (db_run(db, migrations[version], err) != 0 || db_run(db, sql, err) != 0 ||
		    db_run(db, "COMMIT", err) != 0) {
			sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
			return -1;
		}
	}
	return 0;
}

/* An empty file is a new state; any other must be one already. */
static int
check_kind(sqlite3 *db, struct err *err)
{
	int64_t application = db_number(db, "PRAGMA application_id", -1);
	int64_t tables = db_number(db, "SELECT count(*) FROM sqlite_schema", -1);

	if (tables < 0)
		return err_set(err, "%s", sqlite3_errmsg(db));
	if (application == STATE_APPLICATION || (application == 0 && tables == 0))
		return 0;
	return err_set(err, "this is another program's database, or a tally");
}

/* A file of its own is locked: SQLite's locks are of its own making and last a transaction. */
static int
take_lock(struct state *state, const char *path, struct err *err)
{
	size_t size = strlen(path) + SUFFIX;
	char *name = xmalloc(size);
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

	snprintf(name, size, "%s.lock", path);
	state->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int status = state->lock >= 0 ? 0 : err_set(err, "%s: %s", name, strerror(errno));
	free(name);
	for (int i = 0; status == 0 && flock(state->lock, LOCK_EX | LOCK_NB) != 0; i++) {
		if (i == LOCK_TRIES || (errno != EWOULDBLOCK && errno != EINTR))
			return err_set(err, "another digtrail is writing to it");
		nanosleep(&pause, NULL);
	}
	return status;
}

/* Never readable by others, not even for a moment: it names clients and what they asked. */
static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(err, "%s", strerror(errno));
	close(fd);
	return 0;
}

static int
open_parts(struct state *state, const char *path, struct err *err)
{
	bool writes = state->mode != STATE_READ;

	if (state->mode == STATE_CHANGE && access(path, F_OK) != 0)
		return err_set(err, "%s", strerror(errno));
	if (writes && (take_lock(state, path, err) != 0 || make_file(path, err) != 0))
		return -1;
	state->db = db_open_state(path, writes, err);
	if (!state->db || check_kind(state->db, err) != 0)
		return -1;
	sqlite3_busy_timeout(state->db, BUSY_MS);
	if (!writes)
		return db_number(state->db, "PRAGMA user_version", -1) == STATE_SCHEMA
			       ? 0
			       : err_set(err, "it has another schema version; a run with --state "
					      "brings it up to date");
	if (db_run(state->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", err) != 0 ||
	    migrate(state->db, err) != 0)
		return -1;
	return pending_complete(state, err);
}

struct state *
state_open(const char *path, enum state_mode mode, struct err *err)
{
	struct state *state = xcalloc(1, sizeof(*state));

	*state = (struct state){.lock = -1, .mode = mode};
	if (open_parts(state, path, err) == 0)
		return state;
	err_prefix(err, "%s", path);
	state_close(state);
	return NULL;
}

void
state_close(struct state *state)
{
	if (!state)
		return;
	sqlite3_close(state->db);
	if (state->lock >= 0)
		close(state->lock);
	free(state);
}

sqlite3 *
state_db(struct state *state)
{
	return state->db;
}

int
state_begin(struct state *state, struct err *err)
{
	return db_run(state->db, "BEGIN IMMEDIATE", err);
}

int
state_commit(struct state *state, struct err *err)
{
	return db_run(state->db, "COMMIT", err);
}

void
state_rollback(struct state *state)
{
	if (!sqlite3_get_autocommit(state->db))
		sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
}

uint64_t
state_nights(struct state *state)
{
	return (uint64_t)db_number(state->db, "SELECT coalesce(max(id), 0) FROM nights", 0);
}

int64_t
state_last_time(struct state *state)
{
	return db_number(state->db,
			 "SELECT logs_end FROM nights WHERE logs_end IS NOT NULL "
			 "ORDER BY logs_end DESC LIMIT 1",
			 TIME_NONE);
}

int
state_add_night(struct state *state, int64_t now, uint64_t requests, struct err *err)
{
	struct query query;

	query_open(&query, state->db, "INSERT INTO nights (logs_end, requests) VALUES (?, ?)");
	query_time(&query, now);
	query_number(&query, (int64_t)requests);
	return query_run(&query, err);
}

int64_t
state_number(struct state *state, const char *name, int64_t otherwise)
{
	struct query query;
	struct err err;

	query_open(&query, state->db, "SELECT value FROM numbers WHERE name = ?");
	query_text(&query, str_of(name));
	if (query_next(&query))
		otherwise = query_take_number(&query);
	query_close(&query, &err);
	return otherwise;
}

int
state_set_number(struct state *state, const char *name, int64_t value, struct err *err)
{
	struct query query;

	query_open(&query, state->db, "INSERT OR REPLACE INTO numbers VALUES (?, ?)");
	query_text(&query, str_of(name));
	query_number(&query, value);
	return query_run(&query, err);
}
