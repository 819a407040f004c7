#include "store/baseline.h"

#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "store/fingerprint.h"
#include "store/tables.h"

static const int64_t day = 86400000;

static const struct table *const baseline_tables[] = {
	&table_folds, &table_pairs,        &table_pair_classes, &table_pair_names,
	&table_zones, &table_zone_classes, &table_zone_names,   NULL,
};

enum { STATEMENT_TEXT = 96 };

/* Rules mark nothing in pairs and zones: other ones do no harm. */
static bool
is_alike(struct state *state, const struct tally_settings *settings)
{
	struct fingerprint own;
	struct arena arena = {0};
	struct query query;
	struct err err;
	size_t same = 0;

	fingerprint_make(&own, settings);
	query_open(&query, state_db(state), "SELECT name, value FROM baseline");
	while (query_next(&query)) {
		struct str name = query_take_text(&query, &arena);
		struct str value = query_take_text(&query, &arena);
		for (size_t i = 0; i < FINGERPRINT_PARTS; i++)
			same += i != PRINT_RULES && str_eq(name, str_of(fingerprint_names[i])) &&
				str_eq(value, str_of(own.parts[i]));
	}
	bool read = query_close(&query, &err) == 0;
	arena_release(&arena);
	return read && same == FINGERPRINT_PARTS - 1;
}

/* A loaded tally is one that others are merged into: its limits know what is there. */
static void
recount(struct tally *tally)
{
	if (tally->pairs.fold.level == 0)
		tally->pairs.fold.kept = tally->pairs.map.count;
	if (tally->zones.fold.level == 0)
		tally->zones.fold.kept = tally->zones.map.count;
	pairs_settle(tally, NULL);
	zones_settle(tally, NULL);
}

int
baseline_load(struct baseline *baseline, struct state *state, const struct names *names,
	      const struct ruleset *rules, struct err *err)
{
	static const struct tally_map map = {0};
	sqlite3 *db = state_db(state);

	*baseline = (struct baseline){
		.settings = {.limits = tally_limits_of(BASELINE_MEMORY),
			     .names = names,
			     .rules = rules},
		.is_empty = true,
	};
	tally_init(&baseline->tally, &baseline->settings);
	baseline->is_made = true;
	if (!db_has_table(db, "baseline"))
		return 0;
	if (!is_alike(state, &baseline->settings)) {
		baseline->was_unlike = true;
		return 0;
	}
	if (tables_load(db, baseline_tables, &map, false, &baseline->tally, err) != 0)
		return -1;
	baseline->is_empty = false;
	recount(&baseline->tally);
	return 0;
}

void
baseline_release(struct baseline *baseline)
{
	if (baseline->is_made)
		tally_release(&baseline->tally);
	baseline->is_made = false;
}

static int
drop(sqlite3 *db, const char *table, struct err *err)
{
	char sql[STATEMENT_TEXT];

	snprintf(sql, sizeof(sql), "DROP TABLE IF EXISTS \"%s\"", table);
	return db_run(db, sql, err);
}

static int
keep_settings(sqlite3 *db, const struct tally_settings *settings, struct err *err)
{
	struct fingerprint own;

	fingerprint_make(&own, settings);
	if (drop(db, "baseline", err) != 0 ||
	    db_run(db, "CREATE TABLE baseline (name TEXT PRIMARY KEY, value TEXT)", err) != 0)
		return -1;
	for (size_t i = 0; i < FINGERPRINT_PARTS; i++) {
		struct query query;
		query_open(&query, db, "INSERT INTO baseline VALUES (?, ?)");
		query_text(&query, str_of(fingerprint_names[i]));
		query_text(&query, str_of(own.parts[i]));
		if (query_run(&query, err) != 0)
			return -1;
	}
	return 0;
}

int
baseline_add(struct baseline *baseline, struct state *state, struct tally *tonight, int64_t now,
	     struct err *err)
{
	struct tally *tally = &baseline->tally;
	sqlite3 *db = state_db(state);

	tally_merge_asked(tally, tonight);
	if (now != TIME_NONE) {
		pairs_forget_before(tally, now - BASELINE_PAIR_DAYS * day);
		zones_forget_before(tally, now - BASELINE_ZONE_DAYS * day);
	}
	recount(tally);
	ceiling_look_now(tally);
	recount(tally);
	if (keep_settings(db, &baseline->settings, err) != 0 ||
	    drop(db, table_texts.name, err) != 0)
		return -1;
	for (const struct table *const *table = baseline_tables; *table; table++)
		if (drop(db, (*table)->name, err) != 0)
			return -1;
	return tables_save(db, baseline_tables, tally, NULL, err);
}
