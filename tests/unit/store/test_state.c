#define _POSIX_C_SOURCE 200809L
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../files.h"
#include "../tally/harness.h"
#include "store/pending.h"
#include "store/quiet.h"
#include "store/told.h"

static struct files files;
static char path[256];
static struct err err;

static void
set_up(void)
{
	files_init(&files);
	files_path(&files, "state", path);
	err = (struct err){0};
}

static void
tear_down(void)
{
	files_release(&files);
}

TestSuite(state, .init = set_up, .fini = tear_down);

static const int64_t day = 86400000, begin = 1793000000000;

static struct state *
open_state(void)
{
	struct state *state = state_open(path, STATE_WRITE, &err);

	cr_assert(state, "%s", err.text);
	return state;
}

Test(state, is_private_and_of_one_writer)
{
	struct state *state = open_state(), *reader;
	struct stat st;

	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	reader = state_open(path, STATE_READ, &err);
	cr_expect(reader, "%s", err.text);
	state_close(reader);
	cr_expect_null(state_open(path, STATE_WRITE, &err));
	cr_expect(strstr(err.text, "another digtrail"), "%s", err.text);
	state_close(state);
	state_close(open_state());
}

Test(state, what_is_none_is_left_alone)
{
	files_run(&files, "printf 'a text file, quite long enough to be looked at' >state");
	cr_expect_null(state_open(path, STATE_WRITE, &err));
	cr_expect(strstr(err.text, "not a database"), "%s", err.text);
	files_run(&files, "grep -q 'a text file' state; rm state");
	sqlite3 *db;
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL);
	sqlite3_close(db);
	cr_expect_null(state_open(path, STATE_WRITE, &err));
	cr_expect(strstr(err.text, "another program's"), "%s", err.text);
	files_run(&files, "rm state");
	cr_expect_null(state_open(path, STATE_READ, &err));
	state_close(open_state());
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
	sqlite3_close(db);
	cr_expect_null(state_open(path, STATE_WRITE, &err));
	cr_expect(strstr(err.text, "newer"), "%s", err.text);
}

/* A finding of one actor in one zone; `level` decides the score. */
static void
add_finding(struct findings *findings, const char *id, const char *kind, const char *actor,
	    struct str *zone, enum level level, int64_t first, int64_t last)
{
	struct finding *finding = findings_add(findings);

	finding->id = str_of(id);
	finding->kind = str_of(kind);
	finding->title = STR("title");
	finding->level = level;
	finding->address_count = 1;
	finding->addresses = arena_alloc(&findings->arena, sizeof(struct ip));
	cr_assert(ip_parse(str_of(actor), &finding->addresses[0]));
	finding->zone_count = finding->zone_list_count = 1;
	finding->zones = zone;
	finding->first_seen = first;
	finding->last_seen = last;
}

static void
end_night(struct state *state, struct findings *findings, int64_t now, struct arena *arena,
	  struct told_night *night)
{
	cr_assert_eq(state_begin(state, &err), 0);
	cr_assert_eq(told_tonight(state, findings, now, arena, night, &err), 0, "%s", err.text);
	cr_assert_eq(state_add_night(state, now, 1, &err), 0);
	cr_assert_eq(state_commit(state, &err), 0);
}

Test(state, findings_are_told_once)
{
	/* Night by night: what is found, and how it is told. */
	static const struct {
		int night;
		const char *id, *actor;
		enum level level;
		enum finding_status status;
		int first_reported;
		const char *acknowledge;
	} rows[] = {
		{0, "a0", "192.0.2.1", LEVEL_LOW, STATUS_NEW, 0, NULL},
		{1, "a1", "192.0.2.1", LEVEL_LOW, STATUS_CONTINUING, 0, "a0"},
		{2, "a2", "192.0.2.1", LEVEL_HIGH, STATUS_ESCALATED, 0, NULL},
		{3, "a3", "192.0.2.1", LEVEL_HIGH, STATUS_CONTINUING, 0, NULL},
		{4, "b4", "192.0.2.2", LEVEL_LOW, STATUS_NEW, 4, NULL},
		{15, "a15", "192.0.2.1", LEVEL_HIGH, STATUS_NEW, 15, NULL},
	};
	struct str zone = STR("example.com");
	struct arena arena = {0};
	struct told told;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct state *state = open_state();
		struct findings findings;
		struct told_night night;
		int64_t now = begin + rows[i].night * day;
		findings_init(&findings);
		add_finding(&findings, rows[i].id, "chaos", rows[i].actor, &zone, rows[i].level,
			    now - 1000, now - 500);
		end_night(state, &findings, now, &arena, &night);
		cr_expect_eq(findings.all[0].status, rows[i].status, "row %zu: %d", i,
			     findings.all[0].status);
		cr_expect_eq(findings.all[0].first_reported, begin + rows[i].first_reported * day,
			     "row %zu", i);
		cr_expect_eq(night.acknowledged_count, 0, "row %zu", i);
		if (rows[i].acknowledge)
			cr_expect_eq(told_acknowledge(state, str_of(rows[i].acknowledge),
						      STR("known"), &err),
				     1);
		findings_release(&findings);
		state_close(state);
	}
	struct state *state = state_open(path, STATE_READ, &err);
	struct told *all;
	size_t count;
	cr_expect_eq(told_find(state, STR("a1"), &arena, &told, &err), 1);
	cr_expect(str_eq(told.id, STR("a15")) && str_eq(told.actor, STR("192.0.2.1")) &&
		  str_eq(told.zone, zone) && str_eq(told.kind, STR("chaos")));
	cr_expect_eq(told_find(state, STR("zz"), &arena, &told, &err), 0);
	cr_expect_eq(told_list(state, &arena, &all, &count, &err), 0);
	cr_assert_eq(count, 2);
	cr_expect(str_eq(all[0].id, STR("a15")) && all[1].status == STATUS_ENDED);
	state_close(state);
	arena_release(&arena);
}

Test(state, an_acknowledged_finding_is_quiet_until_it_escalates)
{
	struct str zone = STR("example.com");
	struct arena arena = {0};
	struct state *state = open_state();
	static const enum level levels[] = {LEVEL_LOW, LEVEL_LOW, LEVEL_HIGH};
	static const size_t quiet[] = {0, 1, 0};

	for (int i = 0; i < 3; i++) {
		struct findings findings;
		struct told_night night;
		findings_init(&findings);
		add_finding(&findings, "id", "any", "2001:db8::1", &zone, levels[i],
			    begin + i * day, begin + i * day);
		end_night(state, &findings, begin + i * day, &arena, &night);
		cr_expect_eq(night.acknowledged_count, quiet[i], "night %d", i);
		if (i == 0)
			told_acknowledge(state, STR("id"), STR("a scanner of ours"), &err);
		findings_release(&findings);
	}
	cr_expect_eq(told_acknowledge(state, STR("none"), STR("x"), &err), 0);
	state_close(state);
	arena_release(&arena);
}

Test(state, a_first_night_over_old_logs_is_history_but_for_transfers)
{
	struct str zone = STR("example.com");
	struct arena arena = {0};
	struct state *state = open_state();
	struct findings findings;
	struct told_night night;

	findings_init(&findings);
	add_finding(&findings, "old", "any", "192.0.2.1", &zone, LEVEL_HIGH, begin, begin + 5);
	add_finding(&findings, "xfr", "transfer", "192.0.2.2", &zone, LEVEL_CRITICAL, begin, begin);
	findings.all[1].outcome = OUTCOME_GRANTED;
	add_finding(&findings, "now", "any", "192.0.2.3", &zone, LEVEL_HIGH, begin + 9 * day,
		    begin + 9 * day);
	end_night(state, &findings, begin + 9 * day + 5, &arena, &night);
	cr_expect_eq(findings.all[0].status, STATUS_HISTORY);
	cr_expect_eq(findings.all[1].status, STATUS_NEW);
	cr_expect_eq(findings.all[2].status, STATUS_NEW);
	cr_expect_eq(night.history, 1);
	findings_release(&findings);
	state_close(state);
	arena_release(&arena);
}

Test(state, logs_that_went_quiet_are_named)
{
	/* Which servers write which kinds in each night: n1 queries, d1 denials of ns1, n2. */
	static const char *const nights[] = {"n1 d1 n2", "n1 d1 n2", "n1 d1 n2",
					     "n1 n2",    "n1",       "n1 d1 n2"};
	static const char *const expected[] = {"", "", "", "ns1/denied ", "ns1/denied res/ ", ""};
	struct harness harness;
	struct arena arena = {0};
	struct state *state = open_state();

	harness_init(&harness);
	for (size_t i = 0; i < 6; i++) {
		struct quiet *all;
		size_t count, n = 0;
		char text[256] = "";
		struct tally tally;
		tally_init(&tally, &harness.settings);
		if (strstr(nights[i], "n1"))
			tally.streams.all[0].kinds[RECORD_QUERY] = 10;
		if (strstr(nights[i], "d1"))
			tally.streams.all[1].kinds[RECORD_DENIED] = 3;
		if (strstr(nights[i], "n2"))
			tally.streams.all[2].kinds[RECORD_QUERY] = 3;
		cr_assert_eq(state_begin(state, &err), 0);
		cr_assert_eq(quiet_tonight(state, &tally, &err), 0, "%s", err.text);
		cr_assert_eq(state_add_night(state, begin + (int64_t)i * day, 1, &err), 0);
		cr_assert_eq(state_commit(state, &err), 0);
		cr_assert_eq(quiet_list(state, &arena, &all, &count, &err), 0);
		for (size_t j = 0; j < count; j++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s/%.*s ",
					      STR_ARG(all[j].server), STR_ARG(all[j].category));
		cr_expect_str_eq(text, expected[i], "night %zu: %s", i, text);
		if (i == 4)
			cr_expect(all[1].vanished && !all[0].vanished && all[1].nights == 4);
		tally_release(&tally);
	}
	cr_expect_eq(quiet_forget(state, STR("res"), &err), 1);
	cr_expect_eq(quiet_forget(state, STR("other"), &err), 0);
	state_close(state);
	arena_release(&arena);
	harness_release(&harness);
}

Test(state, pending_outputs_appear_at_the_latest_when_the_state_is_opened)
{
	struct state *state = open_state();
	char name[256], target[256], gone[256];

	files_write(&files, "r.tmp", STR("report"));
	files_path(&files, "r.tmp", name);
	files_path(&files, "r.json", target);
	files_path(&files, "gone.tmp", gone);
	cr_assert_eq(state_begin(state, &err), 0);
	cr_assert_eq(pending_add(state, name, target, &err), 0);
	cr_assert_eq(pending_add(state, gone, target, &err), 0);
	cr_assert_eq(state_commit(state, &err), 0);
	state_close(state); /* as if killed here */
	state_close(open_state());
	files_run(&files, "grep -q report r.json && [ ! -e r.tmp ]");
	/* Nothing is done twice. */
	files_run(&files, "echo newer >r.json");
	state_close(open_state());
	files_run(&files, "grep -q newer r.json");
}

Test(state, what_is_not_committed_never_was)
{
	struct state *state = open_state();

	cr_assert_eq(state_begin(state, &err), 0);
	cr_assert_eq(state_add_night(state, begin, 7, &err), 0);
	cr_assert_eq(state_set_number(state, "alive", 5, &err), 0);
	state_rollback(state);
	cr_expect_eq(state_nights(state), 0);
	cr_expect_eq(state_number(state, "alive", -1), -1);
	cr_expect_eq(state_last_time(state), TIME_NONE);
	cr_assert_eq(state_set_number(state, "alive", 5, &err), 0);
	cr_expect_eq(state_number(state, "alive", -1), 5);
	state_close(state);
}
