/*
 * Law 1 at the program's own level: the same files give the same JSON report, byte for byte,
 * whatever the threads, the size of the units and the order in which the files are named.
 */
#define _GNU_SOURCE /* mallinfo2 */
#include <criterion/criterion.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../files.h"
#include "../tally/harness.h"
#include "../tally/law.h"
#include "../tally/traffic.h"
#include "cli/pipeline.h"

struct world {
	struct names names;
	struct ruleset rules;
	const char *paths[8];
	size_t path_count;
	const char *timezone;
	size_t disabled;
	/* Of the last run's tally: bytes that malloc gave, that its tables are reckoned to take, that it knows of. */
	size_t bytes, known;
	double budget;
	size_t ceiling; /* 0: that of 256 MiB */
	size_t readers; /* 0: all threads */
	bool folded;    /* the last run met it */
};

static void
world_init(struct world *world, const char *more_rules)
{
	struct rule_errors errors = {0};
	struct err err;

	*world = (struct world){.timezone = "UTC"};
	names_init(&world->names, STR("pipeline"));
	names_load_suffixes(&world->names, NULL, &err);
	names_add_wordlist(&world->names, "patterns/wordlists/labels.txt", &err);
	ruleset_init(&world->rules);
	ruleset_load(&world->rules, "patterns/rules", &errors, &err);
	if (more_rules)
		ruleset_load(&world->rules, more_rules, &errors, &err);
	ruleset_finish(&world->rules, true, &errors);
	rule_errors_release(&errors);
}

static void
world_release(struct world *world)
{
	ruleset_release(&world->rules);
	names_release(&world->names);
}

/* What cli/setup.c makes of a plan. */
static void
make_settings(const struct world *world, const struct plan *plan, struct tally_settings *settings,
	      struct stream_info *streams, struct server_info *servers)
{
	for (size_t i = 0; i < plan->count; i++)
		streams[i] = (struct stream_info){str_of(plan->inputs[i].path),
						  (uint32_t)plan->inputs[i].server};
	for (size_t i = 0; i < plan->server_count; i++)
		servers[i] = (struct server_info){
			str_of(plan->servers[i].name), plan->servers[i].resolver,
			plan->servers[i].queries_logged ? RECORD_QUERY : RECORD_RESPONSE, false,
			false};
	*settings = (struct tally_settings){
		.limits = tally_limits_of(256u << 20),
		.names = &world->names,
		.rules = &world->rules,
		.stream_count = plan->count,
		.server_count = plan->server_count,
		.streams = streams,
		.servers = servers,
	};
}

static char *
write_report(const struct pipeline *pipeline, const struct findings *findings)
{
	struct file_row rows[8];
	struct summary summary;
	char *text = NULL;
	size_t size = 0;

	for (size_t i = 0; i < pipeline->plan->count; i++)
		rows[i] = (struct file_row){.path = str_of(pipeline->plan->inputs[i].path),
					    .bytes = pipeline->results[i].bytes,
					    .lines = pipeline->results[i].lines,
					    .skipped_bytes = pipeline->results[i].skipped_bytes,
					    .complete = pipeline->results[i].complete};
	summary_make(&summary, &(struct summary_input){.tally = &pipeline->tally,
						       .findings = findings,
						       .version = "test",
						       .file_count = pipeline->plan->count,
						       .files = rows,
						       .top = 1000,
						       .memory_limit = 256u << 20});
	FILE *stream = open_memstream(&text, &size);
	report_json.write(&summary, &(struct report_options){.top = 1000, .examples = 10}, stream);
	fclose(stream);
	summary_release(&summary);
	return text;
}

/* Bytes in use by malloc. */
static size_t
in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Plan, read, detect, print. The paths are rotated by `turn`. */
static char *
run(struct world *world, size_t threads, uint64_t unit_bytes, size_t turn)
{
	static const volatile sig_atomic_t interrupted;
	struct plan_settings plan_settings = {.timezone = world->timezone, .now = 1793000000000};
	const struct detect_settings detect = {.examples = 10};
	struct stream_info streams[8];
	struct server_info servers[8];
	struct tally_settings settings;
	struct progress progress;
	struct findings findings;
	struct plan plan;
	struct err err;
	const char *paths[8];

	for (size_t i = 0; i < world->path_count; i++)
		paths[i] = world->paths[(i + turn) % world->path_count];
	cr_assert_eq(plan_make(&plan, paths, world->path_count, &plan_settings, &err), 0, "%s",
		     err.text);
	cr_assert(plan.count <= 8 && plan.server_count <= 8);
	make_settings(world, &plan, &settings, streams, servers);
	progress_start(&progress, stderr, WHEN_NEVER, 0);
	if (world->ceiling)
		settings.limits.bytes = world->ceiling;
	struct pipeline pipeline = {.plan = &plan,
				    .settings = &settings,
				    .progress = &progress,
				    .interrupted = &interrupted,
				    .workers = workers_new(threads),
				    .readers = world->readers,
				    .unit_bytes = unit_bytes};
	size_t before = in_use();
	pipeline_run(&pipeline);
	world->bytes = in_use() - before;
	world->budget = (double)ceiling_bytes(&pipeline.tally);
	world->known = tally_bytes(&pipeline.tally);
	world->folded = tally_is_folded(&pipeline.tally);
	findings_init(&findings);
	detect_run(&(struct detect_input){.tally = &pipeline.tally, .settings = &detect},
		   &findings);
	char *report = write_report(&pipeline, &findings);
	world->disabled = pipeline.disabled_count;
	findings_release(&findings);
	pipeline_release(&pipeline);
	workers_free(pipeline.workers);
	progress_end(&progress);
	plan_release(&plan);
	return report;
}

static void
expect_law(struct world *world)
{
	static const size_t threads[] = {1, 2, 3};
	static const uint64_t units[] = {1000, 5000, 1u << 30};
	char *first = run(world, 1, 1u << 30, 0);
	unsigned long number = 0;

	cr_assert(strlen(first) > 20000, "%zu bytes of report", strlen(first));
	for (size_t t = 0; t < 3; t++) {
		for (size_t u = 0; u < 3; u++) {
			char *other = run(world, threads[t], units[u], number++);
			law_expect_equal(first, other, number);
			free(other);
		}
	}
	free(first);
}

/* A file of the log's lines of one stream. */
static void
write_stream(const struct files *files, const char *name, const struct harness_log *log,
	     uint32_t stream)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < log->count; i++)
		if (log->lines[i].stream == stream)
			fprintf(out, "%s\n", log->lines[i].text);
	fclose(out);
	files_write(files, name, str_make(text, size));
	free(text);
}

static void
write_log(struct world *world, const struct files *files, uint64_t seed, unsigned traffic,
	  char paths[3][256])
{
	static const char *const names[] = {"ns1-queries.log", "ns1-xfer.log", "unbound.log"};
	struct harness_log log = {0};

	traffic_make(&log, seed, 4000, traffic);
	for (uint32_t i = 0; i < 3; i++) {
		write_stream(files, names[i], &log, i);
		world->paths[i] = files_path(files, names[i], paths[i]);
	}
	world->path_count = 3;
	harness_log_release(&log);
}

Test(pipeline, threads_units_and_order_of_files_change_no_byte)
{
	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct files files;
		struct world world;
		char paths[3][256];
		world_init(&world, NULL);
		files_init(&files);
		write_log(&world, &files, seed, TRAFFIC_ALL & ~(unsigned)TRAFFIC_TIMELESS, paths);
		expect_law(&world);
		files_release(&files);
		world_release(&world);
	}
}

/*
 * Above the ceiling too: with one so low that it is met everywhere, and with such as are met
 * late, by some of the threads, or only by the merged tally.
 */
Test(pipeline, nor_do_threads_and_units_above_the_ceiling, .timeout = 120)
{
	static const size_t ceilings[] = {64u << 10, 700u << 10, 2u << 20, 16u << 20};
	static const size_t threads[] = {1, 2, 3, 5};
	static const uint64_t units[] = {0, 700, 20000};
	size_t folded = 0, whole = 0;

	for (uint64_t seed = 11; seed <= 12; seed++) {
		struct files files;
		struct world world;
		char paths[3][256];
		world_init(&world, NULL);
		files_init(&files);
		write_log(&world, &files, seed, seed % 2 ? TRAFFIC_ALL : TRAFFIC_PLAIN, paths);
		for (size_t c = 0; c < 4; c++) {
			world.ceiling = ceilings[c];
			char *first = run(&world, 1, 0, 0);
			*(world.folded ? &folded : &whole) += 1;
			for (size_t i = 1; i < 12; i += 1 + i % 3) {
				world.readers = i / 2 % 3; /* 0: all; 1: in order at once */
				char *other = run(&world, threads[i % 4], units[i / 4], i);
				law_expect_equal(first, other, seed * 100 + c * 20 + i);
				free(other);
			}
			free(first);
		}
		files_release(&files);
		world_release(&world);
	}
	cr_expect(folded >= 4 && whole >= 2, "%zu folded, %zu not", folded, whole);
}

Test(pipeline, nor_do_they_for_timeless_lines)
{
	struct files files;
	struct world world;
	char paths[3][256];

	world_init(&world, NULL);
	files_init(&files);
	write_log(&world, &files, 3, TRAFFIC_ALL, paths);
	expect_law(&world);
	files_release(&files);
	world_release(&world);
}

Test(pipeline, nor_for_the_samples_with_their_gzipped_files)
{
	static const char *const paths[] = {
		"samples/bind-day/bind-queries.log.gz", "samples/bind-day/bind-xfer.log",
		"samples/bind-day/bind-security.log", "samples/bind-day/bind-query-errors.log",
		"samples/unbound/unbound-public.log.gz"};
	struct world world;

	world_init(&world, NULL);
	memcpy(world.paths, paths, sizeof(paths));
	world.path_count = sizeof(paths) / sizeof(*paths);
	char *first = run(&world, 1, 0, 0);
	char *second = run(&world, 3, 1000, 2);
	cr_assert(strlen(first) > 100000);
	law_expect_equal(first, second, 0);
	free(first);
	free(second);
	world_release(&world);
}

/*
 * What ceiling.c reckons that the tables take holds for the lab: five servers, 290,000 lines.
 * (The samples, of which only the heavy sources are left, say little of a mean.)
 */
Test(pipeline, the_lab_stays_within_the_memory_its_tables_may_take)
{
	static const char *const paths[] = {"../shared/lab/raw/bind-queries.log.gz",
					    "../shared/lab/raw/unbound-office.log.gz",
					    "../shared/lab/raw/unbound-public.log.gz",
					    "../shared/lab/raw/unbound-isp1-syslog.log.gz",
					    "../shared/lab/raw/unbound-isp2.log.gz"};
	struct world world;

	if (access(paths[0], R_OK) != 0)
		cr_skip_test("../shared/lab is not there");
	world_init(&world, NULL);
	memcpy(world.paths, paths, sizeof(paths));
	world.path_count = sizeof(paths) / sizeof(*paths);
	char *first = run(&world, 1, 0, 0);
	cr_log_info("tally of the lab: %zu KiB, of which it knows %zu; its tables may take %.0f",
		    world.bytes / 1024, world.known / 1024, world.budget / 1024);
	cr_expect((double)world.bytes <= world.budget, "%zu bytes, budget %.0f", world.bytes,
		  world.budget);
	char *second = run(&world, 3, 0, 3);
	law_expect_equal(first, second, 0);
	free(first);
	free(second);
	world_release(&world);
}

/* One line in the middle switches the rule off: in one thread early, in the others never. */
Test(pipeline, a_rule_that_is_switched_off_has_marked_nothing_wherever_that_was)
{
	static const char rule[] = "title: Runaway\n"
				   "id: 7f4c1d2e-0000-4000-8000-000000000001\n"
				   "name: runaway\n"
				   "level: medium\n"
				   "logsource:\n  category: dns\n"
				   "detection:\n"
				   "  s:\n    query|re: '^(?:host|(?:a|aa|aaa)+b)[0-9]*\\.'\n"
				   "  condition: s\n";
	struct files files;
	struct world world;
	char paths[3][256], path[256], line[512];
	struct harness_log log = {0};

	files_init(&files);
	files_write(&files, "rule.yml", str_of(rule));
	world_init(&world, files_path(&files, "rule.yml", path));
	for (unsigned i = 0; i < 400; i++) {
		snprintf(line, sizeof(line),
			 i == 200 ? "%.*s.example.com" : "host%.*s%u.example.com",
			 i == 200 ? 60 : 0,
			 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
		harness_log_add(&log, 0,
				"10-Mar-2026 10:%02u:%02u.000 queries: info: client @0x1 "
				"192.0.2.%u#53 (%s): query: %s IN A + (198.51.100.1)",
				i / 60, i % 60, i % 7, line, line);
	}
	write_stream(&files, "queries.log", &log, 0);
	world.paths[0] = files_path(&files, "queries.log", paths[0]);
	world.path_count = 1;
	char *first = run(&world, 1, 1u << 30, 0);
	cr_expect_eq(world.disabled, 1, "the pattern does not run away: the test tests nothing");
	cr_expect_null(strstr(first, "Runaway"), "no finding of half a log");
	for (uint64_t unit = 1000; unit < 100000; unit *= 5) {
		char *other = run(&world, 3, unit, 0);
		law_expect_equal(first, other, (unsigned long)unit);
		free(other);
	}
	free(first);
	harness_log_release(&log);
	files_release(&files);
	world_release(&world);
}

/* 2026-10-25: 02:00 to 03:00 is there twice in Berlin; which pass it is needs the lines before. */
Test(pipeline, units_do_not_cut_the_hour_that_occurs_twice)
{
	struct files files;
	struct world world;
	char path[256];
	struct harness_log log = {0};

	files_init(&files);
	world_init(&world, NULL);
	for (unsigned i = 0; i < 240; i++) { /* 01:00 to 02:59, 02:00 to 02:59 again, 03:00 on */
		unsigned hour = i < 120 ? 1 + i / 60 : i < 180 ? 2 : 3;
		harness_log_add(&log, 0,
				"25-Oct-2026 %02u:%02u:00.000 queries: info: client @0x1 "
				"192.0.2.7#53 (h%u.example.com): query: h%u.example.com IN A + "
				"(198.51.100.1)",
				hour, i % 60, i, i);
	}
	write_stream(&files, "queries.log", &log, 0);
	world.paths[0] = files_path(&files, "queries.log", path);
	world.path_count = 1;
	world.timezone = "Europe/Berlin";
	char *first = run(&world, 1, 1u << 30, 0), *other = run(&world, 3, 1000, 0);
	law_expect_equal(first, other, 0);
	cr_expect(strstr(first, "2026-10-25T02:59:00.000Z"), "the last line: 03:59 in winter");
	free(first);
	free(other);
	harness_log_release(&log);
	files_release(&files);
	world_release(&world);
}
