#define _POSIX_C_SOURCE 200809L
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../files.h"
#include "../tally/dump.h"
#include "../tally/harness.h"
#include "../tally/law.h"
#include "../tally/traffic.h"
#include "store/tally_file.h"

static char *(*const dumps[])(const struct tally *tally) = {
	dump_streams, dump_sources,  dump_pairs,        dump_zones,    dump_sweeps,
	dump_events,  dump_rulehits, dump_correlations, dump_timeline,
};
enum { DUMPS = sizeof(dumps) / sizeof(dumps[0]) };

static struct files files;
static char path[256], bad[256];

static void
set_up(void)
{
	files_init(&files);
	files_path(&files, "t.tally", path);
	files_path(&files, "bad.tally", bad);
}

static void
tear_down(void)
{
	files_release(&files);
}

TestSuite(tally_file, .init = set_up, .fini = tear_down);

static struct saved_input inputs[HARNESS_STREAMS];

static struct saved_run
run_of(const struct harness *harness)
{
	for (size_t i = 0; i < HARNESS_STREAMS; i++)
		inputs[i] = (struct saved_input){
			.path = harness->streams[i].path,
			.server = harness->servers[harness->streams[i].server].name,
			.server_number = harness->streams[i].server,
			.format = STR("bind"),
			.time_basis = STR("UTC as written"),
			.first = i == 1 ? TIME_NONE : 1793000000000,
			.bytes = 1000 + i,
			.head_hash = UINT64_MAX - i,
			.complete = true,
		};
	return (struct saved_run){.program = STR("test"),
				  .role = STR("auto"),
				  .log_timezone = STR("local"),
				  .input_count = HARNESS_STREAMS,
				  .inputs = inputs};
}

static void
make_tally(struct harness *harness, struct tally *tally, uint64_t seed, unsigned traffic)
{
	struct harness_log log = {0};

	traffic_make(&log, seed, 3000, traffic);
	law_whole(harness, &log, tally);
	tally_settle(tally);
	harness_log_release(&log);
}

static const struct tally_map *
plain_map(void)
{
	static const uint32_t numbers[] = {0, 1, 2};
	static const struct tally_map map = {HARNESS_STREAMS, 2, numbers, numbers, NULL};

	return &map;
}

/* Opens and loads; false with err when either fails. */
static bool
load(const char *from, const struct harness *harness, const struct tally_map *map,
     struct tally *out, struct err *err)
{
	struct tally_file *file = tally_open(from, err);

	tally_init(out, &harness->settings);
	bool loaded = file && tally_compare(file, &harness->settings, err) == 0 &&
		      tally_load(file, map, out, err) == 0;
	tally_close(file);
	return loaded;
}

Test(tally_file, what_is_loaded_is_what_was_saved)
{
	static const struct {
		unsigned traffic;
		struct tally_limits limits; /* zero: none */
	} rows[] = {
		{TRAFFIC_ALL, {0}},
		{TRAFFIC_TRANSFERS | TRAFFIC_REVERSE | TRAFFIC_OTHER_KINDS, {0}},
		/* Above the ceiling: levels, folded prefixes and their counts. */
		{TRAFFIC_PLAIN, {0, 50, 50, 20, 20, 20, 20, 20, 40, 2}},
		{TRAFFIC_ALL, {0, 30, 30, 10, 10, 10, 10, 10, 20, 0}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness harness;
		struct tally saved, loaded;
		struct err err = {0};
		harness_init(&harness);
		harness.settings.limits = rows[i].limits;
		make_tally(&harness, &saved, 5 + i, rows[i].traffic);
		struct saved_run run = run_of(&harness);
		cr_assert_eq(tally_save(path, &saved, &run, &err), 0, "%s", err.text);
		cr_assert(load(path, &harness, plain_map(), &loaded, &err), "row %zu: %s", i,
			  err.text);
		tally_settle(&loaded);
		for (size_t d = 0; d < DUMPS; d++) {
			char *one = dumps[d](&saved), *other = dumps[d](&loaded);
			law_expect_equal(one, other, i * 100 + d);
			free(one);
			free(other);
		}
		tally_release(&saved);
		tally_release(&loaded);
		harness_release(&harness);
	}
}

Test(tally_file, tells_what_was_read)
{
	static uint16_t disabled[] = {1, 3};
	struct saved_unread unread[] = {{STR("gone.log"), STR("no such file")}};
	struct harness harness;
	struct tally tally;
	struct err err = {0};

	harness_init(&harness);
	make_tally(&harness, &tally, 1, TRAFFIC_ALL);
	struct saved_run run = run_of(&harness);
	run.disabled = disabled;
	run.disabled_count = 2;
	run.unread = unread;
	run.unread_count = 1;
	inputs[2] = (struct saved_input){STR("p"),
					 STR("unbound"),
					 STR("basis"),
					 STR("error"),
					 STR("alone"),
					 1,
					 true,
					 true,
					 false,
					 2,
					 10,
					 20,
					 true,
					 true,
					 -5,
					 30,
					 40,
					 45,
					 50,
					 60,
					 70};
	cr_assert_eq(tally_save(path, &tally, &run, &err), 0, "%s", err.text);
	struct tally_file *file = tally_open(path, &err);
	cr_assert(file, "%s", err.text);
	const struct saved_run *got = tally_run(file);
	cr_assert_eq(got->input_count, HARNESS_STREAMS);
	for (size_t i = 0; i < HARNESS_STREAMS; i++) {
		const struct saved_input *a = &inputs[i], *b = &got->inputs[i];
		cr_expect(str_eq(a->path, b->path) && str_eq(a->format, b->format) &&
			  str_eq(a->time_basis, b->time_basis) && str_eq(a->error, b->error) &&
			  str_eq(a->server, b->server));
		/* Behind the texts, all of it as it is. */
		size_t from = offsetof(struct saved_input, first);
		cr_expect_arr_eq((const char *)a + from, (const char *)b + from, sizeof(*a) - from);
		cr_expect(a->server_number == b->server_number &&
			  a->server_given == b->server_given && a->is_regular == b->is_regular &&
			  a->complete == b->complete && a->role_given == b->role_given &&

			  a->queries == b->queries && a->recursive == b->recursive &&
			  a->queries_logged == b->queries_logged &&
			  a->responses_logged == b->responses_logged);
	}
	cr_assert_eq(got->disabled_count, 2);
	cr_expect(got->disabled[0] == 1 && got->disabled[1] == 3);
	cr_assert_eq(got->unread_count, 1);
	cr_expect(str_eq(got->unread[0].path, unread[0].path) &&
		  str_eq(got->unread[0].text, unread[0].text));
	cr_expect(str_eq(got->role, STR("auto")) && str_eq(got->log_timezone, STR("local")) &&
		  str_eq(got->program, STR("test")));
	tally_close(file);
	tally_release(&tally);
	harness_release(&harness);
}

Test(tally_file, numbers_are_those_of_the_reading_run)
{
	static const uint32_t streams[] = {2, 0, 1}, servers[] = {1, 0};
	const struct tally_map turned = {HARNESS_STREAMS, 2, streams, servers, NULL};
	struct harness harness, other;
	struct tally saved, loaded;
	struct err err = {0};

	harness_init(&harness);
	harness_init(&other);
	for (size_t i = 0; i < HARNESS_STREAMS; i++)
		other.streams[streams[i]] = (struct stream_info){
			harness.streams[i].path, servers[harness.streams[i].server]};
	for (size_t i = 0; i < 2; i++) {
		harness.servers[i].apart = true;
		other.servers[servers[i]] = harness.servers[i];
	}
	make_tally(&harness, &saved, 9, TRAFFIC_ALL & ~(TRAFFIC_TIES | TRAFFIC_TIMELESS));
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &saved, &run, &err), 0, "%s", err.text);
	cr_assert(load(path, &other, &turned, &loaded, &err), "%s", err.text);
	/* Back again: what was turned twice is what it was. */
	static const uint32_t back_streams[] = {1, 2, 0};
	const struct tally_map back = {HARNESS_STREAMS, 2, back_streams, servers, NULL};
	tally_settle(&loaded);
	cr_assert_eq(tally_save(path, &loaded, &run, &err), 0, "%s", err.text);
	tally_release(&loaded);
	cr_assert(load(path, &harness, &back, &loaded, &err), "%s", err.text);
	tally_settle(&loaded);
	for (size_t d = 0; d < DUMPS; d++) {
		char *one = dumps[d](&saved), *two = dumps[d](&loaded);
		law_expect_equal(one, two, d);
		free(one);
		free(two);
	}
	tally_release(&saved);
	tally_release(&loaded);
	harness_release(&harness);
	harness_release(&other);
}

Test(tally_file, servers_kept_apart_are_joined_where_they_are_not)
{
	struct harness harness;
	struct tally plain, apart, loaded, joined;
	struct err err = {0};

	harness_init(&harness);
	make_tally(&harness, &plain, 11, TRAFFIC_ALL);
	harness.servers[0].apart = harness.servers[1].apart = true;
	make_tally(&harness, &apart, 11, TRAFFIC_ALL);
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &apart, &run, &err), 0, "%s", err.text);
	harness.servers[0].apart = harness.servers[1].apart = false;
	cr_assert(load(path, &harness, plain_map(), &loaded, &err), "%s", err.text);
	tally_init(&joined, &harness.settings);
	tally_merge(&joined, &loaded);
	tally_settle(&joined);
	for (size_t d = 0; d < DUMPS; d++) {
		char *one = dumps[d](&plain), *two = dumps[d](&joined);
		law_expect_equal(one, two, d);
		free(one);
		free(two);
	}
	tally_release(&plain);
	tally_release(&apart);
	tally_release(&loaded);
	tally_release(&joined);
	harness_release(&harness);
}

Test(tally_file, what_is_no_request_any_more_is_forgotten_of_that_server_alone)
{
	static const bool without[] = {true, false};
	struct harness harness;
	struct tally tally, loaded, joined;
	struct tally_map map = *plain_map();
	struct err err = {0};
	uint64_t requests[2] = {0}, left[2] = {0};
	const struct pair *pair;

	harness_init(&harness);
	harness.servers[0].apart = harness.servers[1].apart = true;
	make_tally(&harness, &tally, 12, TRAFFIC_ALL);
	for (uint32_t i = 0; (pair = map_next(&tally.pairs.map, &i)) != NULL;)
		requests[pair->key.resolver - ROLE_APART] += pair_requests(pair);
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &tally, &run, &err), 0, "%s", err.text);
	map.without_requests = without;
	harness.servers[0].apart = harness.servers[1].apart = false;
	cr_assert(load(path, &harness, &map, &loaded, &err), "%s", err.text);
	tally_init(&joined, &harness.settings);
	tally_merge(&joined, &loaded);
	for (uint32_t i = 0; (pair = map_next(&joined.pairs.map, &i)) != NULL;)
		left[pair->key.resolver] += pair_requests(pair);
	cr_expect(requests[0] > 0 && left[0] == 0);
	cr_expect(requests[1] > 0 && left[1] == requests[1]);
	tally_release(&tally);
	tally_release(&loaded);
	tally_release(&joined);
	harness_release(&harness);
}

Test(tally_file, unlike_settings_are_named)
{
	static const struct {
		const char *key, *zone;
		const char *says;
	} rows[] = {
		{"another key", NULL, "--key-file"},
		{NULL, "more.example", "--own-zone"},
		{NULL, NULL, NULL},
	};
	struct harness harness;
	struct tally tally;
	struct err err = {0};

	harness_init(&harness);
	make_tally(&harness, &tally, 1, TRAFFIC_PLAIN);
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &tally, &run, &err), 0, "%s", err.text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names names = harness.names;
		struct tally_settings settings = harness.settings;
		settings.names = &names;
		if (rows[i].key)
			hash_key_make(&names.sample_key, str_of(rows[i].key));
		if (rows[i].zone)
			names.prints[NAMES_OWN_ZONES]++;
		struct tally_file *file = tally_open(path, &err);
		int status = tally_compare(file, &settings, &err);
		cr_expect_eq(status, rows[i].says ? -1 : 0, "row %zu", i);
		if (rows[i].says)
			cr_expect(strstr(err.text, rows[i].says), "row %zu: %s", i, err.text);
		tally_close(file);
	}
	tally_release(&tally);
	harness_release(&harness);
}

/* Whatever happens to a byte of the file, it is noticed or changes nothing. */
Test(tally_file, damage_is_noticed, .timeout = 120)
{
	struct harness harness;
	struct tally tally, loaded;
	struct err err = {0};
	uint64_t state = 99;
	size_t noticed = 0, tries = 0;

	harness_init(&harness);
	make_tally(&harness, &tally, 3, TRAFFIC_ALL);
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &tally, &run, &err), 0, "%s", err.text);
	struct stat st;
	FILE *in = fopen(path, "rb");
	cr_assert(in && fstat(fileno(in), &st) == 0);
	size_t size = (size_t)st.st_size;
	char *content = malloc(size);
	cr_assert_eq(fread(content, 1, size, in), size);
	fclose(in);
	char *whole[DUMPS];
	for (size_t d = 0; d < DUMPS; d++)
		whole[d] = dumps[d](&tally);
	for (; tries < 150; tries++) {
		size_t at = harness_random(&state) % size;
		char was = content[at];
		size_t n = tries % 3 ? size : size - 1 - at; /* a third is cut off */
		content[at] = (char)(was ^ (1 << tries % 8));
		files_write(&files, "bad.tally", str_make(content, n));
		content[at] = was;
		if (!load(bad, &harness, plain_map(), &loaded, &err)) {
			noticed++;
			cr_expect(err.text[0]);
		} else {
			tally_settle(&loaded);
			for (size_t d = 0; d < DUMPS; d++) {
				char *other = dumps[d](&loaded);
				law_expect_equal(whole[d], other, at);
				free(other);
			}
		}
		tally_release(&loaded);
	}
	cr_expect(noticed > tries / 2, "%zu of %zu", noticed, tries);
	for (size_t d = 0; d < DUMPS; d++)
		free(whole[d]);
	free(content);
	tally_release(&tally);
	harness_release(&harness);
}

Test(tally_file, views_answer_queries_by_hand)
{
	static const struct {
		const char *sql;
		int64_t least;
	} rows[] = {
		{"SELECT sum(requests) FROM view_sources", 1000},
		{"SELECT sum(requests) FROM view_pairs WHERE sampled_names > 0", 500},
		{"SELECT sum(requests) FROM view_zones", 500},
		{"SELECT count(*) FROM view_names WHERE first_seen LIKE '20__-%'", 100},
		{"SELECT count(*) FROM view_pair_names WHERE class <> 'apex'", 100},
		{"SELECT sum(count) FROM view_rule_hits", 5},
	};
	struct harness harness;
	struct tally tally;
	struct err err = {0};
	sqlite3 *db;

	harness_init(&harness);
	make_tally(&harness, &tally, 3, TRAFFIC_ALL);
	struct saved_run run = run_of(&harness);
	cr_assert_eq(tally_save(path, &tally, &run, &err), 0, "%s", err.text);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sqlite3_stmt *stmt;
		cr_assert_eq(sqlite3_prepare_v2(db, rows[i].sql, -1, &stmt, NULL), SQLITE_OK,
			     "row %zu: %s", i, sqlite3_errmsg(db));
		cr_expect_eq(sqlite3_step(stmt), SQLITE_ROW);
		cr_expect_geq(sqlite3_column_int64(stmt, 0), rows[i].least, "row %zu: %lld", i,
			      (long long)sqlite3_column_int64(stmt, 0));
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
	tally_release(&tally);
	harness_release(&harness);
}
