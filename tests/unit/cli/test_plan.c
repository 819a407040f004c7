#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../files.h"
#include "base/buf.h"
#include "cli/listing.h"
#include "cli/plan.h"
#include "input/reader.h"

/* Shell functions that write log lines; %s of the hour and so on are their arguments. */
#define LINES                                                                                    \
	"bind() { echo \"$1 queries: info: client @0x7f 192.0.2.1#4242 (www.example.com): "      \
	"query: www.example.com IN A $2 (192.0.2.53)\"; };"                                      \
	"unbound() { echo \"$1 unbound[25909:0] info: 100.64.0.1 www.example.com. A IN NOERROR " \
	"0.000000 1 64\"; };"                                                                    \
	"relayed() { echo \"$1 $2 unbound: [259:0] info: 100.64.0.1 www.example.com. A IN "      \
	"NOERROR 0.000000 1 64\"; };"

struct world {
	struct files files;
	struct plan plan;
	struct plan_settings settings;
	int result;
	struct err err;
};

static void
world_init(struct world *world, const char *script)
{
	char line[3000];

	*world = (struct world){.settings = {.timezone = "UTC", .now = 1795453736000}};
	files_init(&world->files);
	cr_assert_eq(chdir(world->files.directory), 0);
	snprintf(line, sizeof(line), "%s %s", LINES, script);
	files_run(&world->files, line);
}

static void
world_plan(struct world *world, const char *const *paths)
{
	size_t n = 0;

	while (paths[n])
		n++;
	plan_release(&world->plan);
	world->result = plan_make(&world->plan, paths, n, &world->settings, &world->err);
}

static void
world_release(struct world *world)
{
	plan_release(&world->plan);
	cr_assert_eq(chdir("/"), 0);
	files_release(&world->files);
}

/* The plan in words: one row an input or note. */
static const char *
describe(const struct plan *plan, struct buf *out)
{
	static const char *const titles[] = {"error", "skipped", "dropped"};
	const struct plan_notes *notes[] = {&plan->errors, &plan->skipped, &plan->dropped};

	buf_init(out, 100000);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_input *input = &plan->inputs[i];
		const struct server_row *server = &plan->servers[input->server];
		buf_printf(out, "%s %s %s %s\n", input->path, server->name,
			   server->resolver ? "resolver" : "authoritative",
			   parser_format_name(&input->parser));
	}
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < notes[k]->count; i++)
			buf_printf(out, "%s %s: %s\n", titles[k], notes[k]->all[i].path,
				   notes[k]->all[i].text);
	return out->n ? out->p : "";
}

static void
expect(const struct world *world, const char *text)
{
	struct buf out;

	cr_expect_eq(world->result, 0, "%s", world->err.text);
	cr_expect_str_eq(describe(&world->plan, &out), text, "%s", out.p);
	buf_release(&out);
}

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(plan, order_follows_the_content_and_not_the_arguments)
{
	struct world world;

	world_init(&world, "bind '10-Mar-2026 03:00:00.000' - > ns.log;"
			   "bind '10-Mar-2026 02:00:00.000' - > ns.log.1;"
			   "bind '10-Mar-2026 01:00:00.000' - | gzip > ns.log.2.gz; : > empty.log");
	static const char text[] = "ns.log.2.gz ns authoritative bind\n"
				   "ns.log.1 ns authoritative bind\n"
				   "ns.log ns authoritative bind\n"
				   "empty.log empty authoritative auto\n";
	world_plan(&world, PATHS("ns.log", "ns.log.1", "ns.log.2.gz", "empty.log"));
	expect(&world, text);
	world_plan(&world, PATHS("empty.log", "ns.log.2.gz", "ns.log", "ns.log.1"));
	expect(&world, text);
	world_release(&world);
}

Test(plan, directories_hold_logs_and_other_things)
{
	struct world world;

	world_init(&world,
		   "mkdir -p d/sub none empty; bind '10-Mar-2026 03:00:00.000' - > d/ns.log;"
		   "bind '10-Mar-2026 01:00:00.000' - > d/sub/deeper.log; echo hello > d/notes;"
		   "head -c 5000 /dev/urandom > d/data; mkfifo d/pipe; ln -s gone d/link;"
		   "echo hello > none/a; echo hello > other");
	world_plan(&world, PATHS("d"));
	expect(&world,
	       "d/ns.log ns authoritative bind\n"
	       "skipped d/data: not a DNS log: binary data\n"
	       "skipped d/link: a link to nothing\n"
	       "skipped d/notes: not a DNS log: no line of a known nameserver in its first 1\n"
	       "skipped d/pipe: not a file\n"
	       "skipped d/sub: directory in a directory\n");
	/* What is named must be a log, or hold one; each is said once. */
	world_plan(&world, PATHS("d/", "d", "./d", "other", "d/notes", "none", "empty", "gone"));
	struct buf out;
	describe(&world.plan, &out);
	cr_expect(strstr(out.p, "error other: not a DNS log"), "%s", out.p);
	cr_expect(strstr(out.p, "notes: not a DNS log"), "%s", out.p);
	cr_expect(strstr(out.p, "error none: no DNS log in this directory (1 files looked at)\n"));
	cr_expect(strstr(out.p, "error empty: no file in this directory\n"), "%s", out.p);
	cr_expect(strstr(out.p, "error gone: no such file or directory\n"), "%s", out.p);
	cr_expect_eq(world.plan.errors.count, 5, "%s", out.p);
	cr_expect_eq(world.plan.count, 1);
	buf_release(&out);
	world_release(&world);
}

Test(plan, one_line_in_ten_makes_a_log)
{
	struct world world;

	world_init(&world, "few() { for i in 1 2 3 4 5 6 7 8 9; do echo \"cron job $i\"; done; };"
			   "(few; bind '10-Mar-2026 03:00:00.000' -) > tenth.log;"
			   "(few; echo one more; bind '10-Mar-2026 03:00:00.001' -) > less.log;"
			   "printf '\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n' > blank.log;"
			   "(cat blank.log; bind '10-Mar-2026 03:00:00.002' -) > gaps.log");
	world_plan(&world, PATHS("tenth.log", "less.log", "blank.log", "gaps.log"));
	expect(&world, "tenth.log tenth authoritative bind\n"
		       "gaps.log gaps authoritative bind\n"
		       "blank.log blank authoritative auto\n"
		       "error less.log: not a DNS log: only 1 of its first 11 lines are a known "
		       "nameserver's (--log-format reads it all the same)\n");
	world.settings.format = FORMAT_BIND;
	world_plan(&world, PATHS("less.log"));
	expect(&world, "less.log less authoritative bind\n");
	world_release(&world);
}

Test(plan, copies_are_read_once)
{
	struct world world;

	world_init(&world,
		   "many() { for i in 1 2 3 4 5 6 7 8 9; do for j in 0 1 2 3 4 5 6 7 8 9; do "
		   "bind \"10-Mar-2026 0$i:00:0$j.000\" -; done; done; };"
		   "many > ns.log; gzip -k ns.log; cp ns.log copy.log; ln -s ns.log link.log;"
		   "ln ns.log hard.log; head -n 60 ns.log > early.log; xz -k early.log;"
		   "(cat ns.log; bind '10-Mar-2026 11:00:00.000' +) > grown.log;"
		   "(head -n 60 ns.log; bind '10-Mar-2026 11:00:00.000' +) > fork.log; : > empty");
	world_plan(&world, PATHS("ns.log.gz", "ns.log", "copy.log", "link.log", "hard.log"));
	expect(&world, "copy.log copy authoritative bind\n"
		       "dropped hard.log: the same content as copy.log\n"
		       "dropped link.log: the same file as hard.log\n"
		       "dropped ns.log: the same file as hard.log\n"
		       "dropped ns.log.gz: the same content as copy.log\n");
	world_plan(&world, PATHS("."));
	struct buf out;
	describe(&world.plan, &out);
	cr_expect_eq(world.plan.count, 3, "%s", out.p);
	cr_expect_str_eq(world.plan.inputs[0].path, "./fork.log");
	cr_expect_str_eq(world.plan.inputs[1].path, "./grown.log");
	cr_expect_str_eq(world.plan.inputs[2].path, "./empty");
	cr_expect(strstr(out.p, "dropped ./ns.log.gz: "), "%s", out.p);
	cr_expect_eq(world.plan.errors.count, 0);
	buf_release(&out);
	world_release(&world);
}

Test(plan, a_damaged_copy_is_dropped_and_told)
{
	struct world world;

	world_init(&world, "(for i in 1 2 3 4 5 6 7 8 9; do bind \"10-Mar-2026 0$i:00:00.000\" -; "
			   "done) > ns.log; gzip -c ns.log > whole.gz;"
			   "head -c -9 whole.gz > ns.log.gz; head -c 5 whole.gz > stub.gz");
	world_plan(&world, PATHS("ns.log", "ns.log.gz", "stub.gz"));
	struct buf out;
	describe(&world.plan, &out);
	cr_expect_eq(world.plan.count, 1, "%s", out.p);
	cr_expect_str_eq(world.plan.inputs[0].path, "ns.log");
	cr_expect(strstr(out.p, "error ns.log.gz: the gzip data stops in the middle"), "%s", out.p);
	cr_expect(strstr(out.p, "error stub.gz: the gzip data stops in the middle"), "%s", out.p);
	cr_expect(strstr(out.p, "dropped ns.log.gz: "), "%s", out.p);
	buf_release(&out);
	world_release(&world);
}

Test(plan, an_unreadable_file_stops_nothing)
{
	struct world world;

	if (geteuid() != 0)
		return;
	world_init(&world,
		   "mkdir d shut; bind '10-Mar-2026 03:00:00.000' - > d/ns.log;"
		   "cp d/ns.log d/secret.log; chgrp adm d/secret.log; chmod 640 d/secret.log;"
		   "chmod 700 shut; chmod 755 .");
	cr_assert_eq(setegid(65534), 0);
	cr_assert_eq(seteuid(65534), 0);
	world_plan(&world, PATHS("d", "shut"));
	cr_assert_eq(seteuid(0), 0);
	expect(&world, "d/ns.log ns authoritative bind\n"
		       "error d/secret.log: permission denied (owner root:adm, mode 0640; run as "
		       "root or join group adm)\n"
		       "error shut: permission denied (owner root:root, mode 0700; run as root)\n");
	world_release(&world);
}

Test(plan, files_of_a_server_agree_on_its_role)
{
	struct world world;

	world_init(&world,
		   "(bind '10-Mar-2026 03:00:00.000' -; bind '10-Mar-2026 03:00:01.000' +;"
		   " bind '10-Mar-2026 03:00:02.000' +) > res-queries.log;"
		   "echo '10-Mar-2026 03:00:03.000 zoneload: info: zone example.com/IN: loaded "
		   "serial 1' > res-general.log;"
		   "(bind '10-Mar-2026 03:00:04.000' -; bind '10-Mar-2026 03:00:05.000' +) > "
		   "auth-queries.log;"
		   "unbound '[1795453736]' > cache.log;"
		   "relayed 'Mar 10 03:00:07' ns7 > syslog-a.log;"
		   "(relayed 'Mar 10 03:00:08' ns7; relayed 'Mar 10 03:00:08' ns8) > two.log");
	world_plan(&world, PATHS("."));
	expect(&world, "./res-queries.log res resolver bind\n"
		       "./res-general.log res resolver bind\n"
		       "./auth-queries.log auth authoritative bind\n"
		       "./syslog-a.log ns7 resolver unbound\n"
		       "./two.log two resolver unbound\n"
		       "./cache.log cache resolver unbound\n");
	cr_expect(world.plan.servers[0].queries_logged);
	world.settings.server = "ns9";
	world.settings.role = ROLE_AUTHORITATIVE;
	world_plan(&world, PATHS("res-queries.log", "cache.log"));
	expect(&world, "res-queries.log ns9 authoritative bind\ncache.log ns9 authoritative "
		       "unbound\n");
	world_release(&world);
}

Test(plan, two_programs_on_one_host_are_two_servers)
{
	struct world world;

	world_init(&world, "relayed 'Mar 10 03:00:07' ns1 > a.log;"
			   "echo 'Mar 10 03:00:08 ns1 named[7]: client 192.0.2.1#1 (x.org): query: "
			   "x.org IN A - (192.0.2.53)' > b.log");
	world_plan(&world, PATHS("a.log"));
	expect(&world, "a.log ns1 resolver unbound\n");
	world_plan(&world, PATHS("a.log", "b.log"));
	expect(&world, "a.log ns1-unbound resolver unbound\nb.log ns1-bind authoritative bind\n");
	cr_expect_eq(world.plan.server_count, 2);
	world.settings.server = "both";
	world_plan(&world, PATHS("a.log", "b.log"));
	cr_expect_eq(world.plan.server_count, 1);
	world_release(&world);
}

Test(plan, overrides_count_for_the_paths_they_match)
{
	static const struct plan_override overrides[] = {
		{.pattern = "d/*.log", .server = "alpha", .timezone = "Europe/Berlin"},
		{.pattern = "b.log", .server = "beta", .role = ROLE_RESOLVER},
		{.pattern = "d/c.log", .server = "gamma"},
		{.pattern = "c.log", .role = ROLE_RESOLVER, .server = "delta"},
	};
	struct world world;

	world_init(&world, "mkdir d; bind '10-Mar-2026 03:00:00.000' - > d/a.log;"
			   "bind '10-Mar-2026 03:00:01.000' - > d/b.log;"
			   "bind '10-Mar-2026 03:00:02.000' - > b.log;"
			   "bind '10-Mar-2026 03:00:03.000' - > c.log");
	world.settings.overrides = overrides;
	world.settings.override_count = 4;
	world.settings.server = "rest";
	world_plan(&world, PATHS("d/a.log", "b.log", "c.log"));
	expect(&world, "d/a.log alpha authoritative bind\nb.log beta resolver bind\nc.log delta "
		       "resolver bind\n");
	cr_expect_str_eq(world.plan.inputs[0].time_basis, "local time read as Europe/Berlin");
	cr_expect_str_eq(world.plan.inputs[1].time_basis, "local time read as UTC");
	cr_expect_eq(world.plan.inputs[0].survey.first, 1773108000000);
	/* "b.log" is a base name in any directory: d/b.log makes alpha a resolver. */
	world_plan(&world, PATHS("d"));
	expect(&world, "d/a.log alpha resolver bind\nd/b.log alpha resolver bind\n");
	world_release(&world);
}

Test(plan, wrong_settings_are_refused)
{
	static const struct plan_override roles[] = {
		{.pattern = "a.log", .role = ROLE_RESOLVER},
		{.pattern = "b.log", .role = ROLE_AUTHORITATIVE}};
	static const struct plan_override zone[] = {{.pattern = "a.log", .timezone = "Mars/Base"}};
	struct world world;

	world_init(&world, "bind '10-Mar-2026 03:00:00.000' - > a.log;"
			   "bind '10-Mar-2026 03:00:01.000' - > b.log");
	world.settings.server = "ns";
	world.settings.overrides = roles;
	world.settings.override_count = 2;
	world_plan(&world, PATHS("a.log", "b.log"));
	cr_expect_eq(world.result, -1);
	cr_expect(strstr(world.err.text, "server ns is given both roles"), "%s", world.err.text);
	world.settings.overrides = zone;
	world.settings.override_count = 1;
	world_plan(&world, PATHS("a.log"));
	cr_expect_eq(world.result, -1);
	cr_expect(strstr(world.err.text, "Mars/Base"), "%s", world.err.text);
	world_release(&world);
}

Test(plan, year_comes_from_the_best_witness)
{
	static const struct {
		const char *path;
		int year;
		const char *basis;
		int64_t first;
	} rows[] = {
		{"a.log", 0, "local time read as UTC, year 2024 from the file's date",
		 1735599600000},
		{"a.log-20230101", 0, "local time read as UTC, year 2022 from the file's name",
		 1672441200000},
		{"c.gz", 0, "local time read as UTC, year 2020 from the gzip header",
		 1609369200000},
		{"a.log", 2019, "local time read as UTC, year 2019 from --year", 1577746800000},
		{"epoch.log", 0, "UTC epoch", 1795453736000},
		{"zoned.log", 0, "zone in the log", 1773112936123},
		{"bare.log", 0, "local time read as UTC", 1773112936123},
		{"none.log", 0, "no time in the log", TIME_NONE},
	};
	struct world world;

	world_init(&world, "unbound 'Dec 30 23:00:00' > a.log; touch -d 2024-12-31 a.log;"
			   "cp a.log a.log-20230101; cp a.log c; touch -d 2020-12-30 c; gzip c;"
			   "unbound '[1795453736]' > epoch.log;"
			   "bind 2026-03-10T03:22:16.123Z - > zoned.log;"
			   "bind 2026-03-10T03:22:16.123 - > bare.log;"
			   "echo 'client 192.0.2.1#1 (x.org): query: x.org IN A - (192.0.2.5)' > "
			   "none.log");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world.settings.year = rows[i].year;
		world_plan(&world, PATHS(rows[i].path));
		cr_assert_eq(world.plan.count, 1, "%s", rows[i].path);
		cr_expect_str_eq(world.plan.inputs[0].time_basis, rows[i].basis, "row %zu: %s", i,
				 world.plan.inputs[0].time_basis);
		char shown[TIME_TEXT];
		cr_expect(world.plan.inputs[0].survey.first == rows[i].first, "row %zu: %s", i,
			  timestamp_print(world.plan.inputs[0].survey.first, shown));
	}
	world_release(&world);
}

/* Reads all units; returns their text joined, to compare with the file. */
static void
read_units(struct plan *plan, uint64_t unit_bytes, struct buf *out, size_t *count)
{
	struct plan_units units;
	struct err err;

	buf_init(out, 1 << 24);
	plan_cut(plan, unit_bytes, true, &units);
	*count = units.count;
	for (size_t i = 0; i < units.count; i++) {
		struct source *source = plan_open(plan, &units.all[i], &err);
		struct reader reader;
		struct line line;
		cr_assert_not_null(source, "%s", err.text);
		reader_init(&reader, source, units.all[i].from);
		while (reader_next(&reader, &line)) {
			cr_expect(line.terminated || i + 1 == units.count);
			buf_printf(out, "%llu ", (unsigned long long)line.offset);
			buf_add_str(out, line.text);
			buf_add_char(out, '\n');
		}
		cr_expect_eq(source_end(source), SOURCE_COMPLETE);
		reader_release(&reader);
		source_close(source);
	}
	free(units.all);
}

Test(plan, cuts_lose_no_line_and_double_none)
{
	static const uint64_t sizes[] = {1, 2, 100, 141, 142, 143, 1000, 4096, 100000};
	struct world world;
	struct buf whole, parts;
	size_t count;

	world_init(&world, "for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do "
			   "bind \"10-Mar-2026 0$i:00:0$j.000\" -; done; done > a.log;"
			   "printf unfinished >> a.log");
	world_plan(&world, PATHS("a.log"));
	read_units(&world.plan, 0, &whole, &count);
	cr_expect_eq(count, 1);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		read_units(&world.plan, sizes[i], &parts, &count);
		cr_expect(sizes[i] > 5000 || count > 1, "%zu", count);
		cr_expect_str_eq(parts.p, whole.p, "unit of %zu", (size_t)sizes[i]);
		buf_release(&parts);
	}
	buf_release(&whole);
	/* What is appended after the plan was made is not read. */
	files_run(&world.files, "echo more >> a.log");
	read_units(&world.plan, 1000, &parts, &count);
	cr_expect_null(strstr(parts.p, "more"));
	buf_release(&parts);
	/* Another file under the same name is not read for it. */
	files_run(&world.files, "mv a.log a.log.1; echo new > a.log");
	struct plan_unit unit = {0, 0, 100};
	cr_expect_null(plan_open(&world.plan, &unit, &world.err));
	cr_expect(strstr(world.err.text, "a.log: another file took this name"));
	world_release(&world);
}

Test(plan, a_log_with_a_folded_hour_stays_whole)
{
	static const struct {
		const char *path, *timezone;
		bool has_fold;
	} rows[] = {
		{"autumn.log", "Europe/Berlin", true},  {"autumn.log", "UTC", false},
		{"spring.log", "Europe/Berlin", false}, {"zoned.log", "Europe/Berlin", false},
		{"long.log", "Europe/Berlin", true},
	};
	struct world world;
	struct plan_units units;

	world_init(&world,
		   "(bind '25-Oct-2026 01:00:00.000' -; bind '25-Oct-2026 04:00:00.000' -) > "
		   "autumn.log;"
		   "(bind '29-Mar-2026 01:00:00.000' -; bind '29-Mar-2026 04:00:00.000' -) > "
		   "spring.log;"
		   "(bind 2026-10-25T00:00:00.000Z -; bind 2026-10-25T03:00:00.000Z -) > "
		   "zoned.log;"
		   /* The survey of this one ends before the end of summer time. */
		   "bind '01-Oct-2026 01:00:00.000' - > day;"
		   "(for i in 1 2 3 4 5 6 7 8 9; do cat day; done;"
		   " bind '30-Oct-2026 01:00:00.000' -) > long.log");
	world.settings.survey_bytes = 500;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world.settings.timezone = rows[i].timezone;
		world_plan(&world, PATHS(rows[i].path));
		cr_assert_eq(world.plan.count, 1);
		cr_expect_eq(world.plan.inputs[0].has_fold, rows[i].has_fold, "row %zu", i);
		plan_cut(&world.plan, 10, true, &units);
		cr_expect_eq(units.count == 1, rows[i].has_fold, "row %zu", i);
		free(units.all);
	}
	world_release(&world);
}

Test(plan, a_pipe_is_looked_at_without_losing_a_byte)
{
	struct world world;
	struct buf text;
	size_t count;
	int ends[2];

	world_init(&world, "bind '10-Mar-2026 03:00:00.000' - > a.log;"
			   "bind '10-Mar-2026 01:00:00.000' - > b.log; mkfifo p; (cat b.log > p) &"
			   "true");
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(dup2(ends[0], 0), 0);
	static const char line[] = "10-Mar-2026 02:00:00.000 client 192.0.2.9#1 (x.org): query: "
				   "x.org IN A - (192.0.2.53)\n";
	cr_assert_eq(write(ends[1], line, sizeof(line) - 1), (ssize_t)sizeof(line) - 1);
	close(ends[1]);
	world_plan(&world, PATHS("-", "a.log", "p"));
	expect(&world, "a.log a authoritative bind\n"
		       "p p authoritative bind\n"
		       "- dns authoritative bind\n");
	read_units(&world.plan, 10, &text, &count);
	cr_expect_eq(count, 3);
	cr_expect(strstr(text.p, "192.0.2.9"));
	cr_expect(strstr(text.p, "01:00:00"));
	buf_release(&text);
	struct plan_unit again = {2, 0, UINT64_MAX};
	cr_expect_null(plan_open(&world.plan, &again, &world.err));
	close(ends[0]);
	world_release(&world);
}

Test(plan, standard_input_that_is_a_named_file_is_read_once)
{
	struct world world;

	world_init(&world, "bind '10-Mar-2026 03:00:00.000' - > a.log");
	int fd = open("a.log", O_RDONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(dup2(fd, 0), 0);
	world_plan(&world, PATHS("-", "a.log", "-"));
	expect(&world, "a.log a authoritative bind\n"
		       "dropped -: the same file as a.log\ndropped -: the same file as a.log\n");
	world_release(&world);
}

Test(plan, lab_logs_are_planned_as_their_readme_says, .timeout = 120)
{
	struct world world;
	static const char *const expected[] = {
		"bind authoritative",    "bind-recursive resolver", "ns1 resolver",
		"unbound-isp2 resolver", "unbound-office resolver", "unbound-public resolver"};

	world_init(&world, ":");
	if (access("/work/shared/lab/day", R_OK) == 0) {
		world_plan(&world, PATHS("/work/shared/lab/day"));
		cr_expect_eq(world.plan.count, 34);
		struct buf out;
		describe(&world.plan, &out);
		cr_expect_eq(world.plan.errors.count, 0, "%s", out.p);
		cr_expect_eq(world.plan.dropped.count, 0);
		cr_expect_eq(world.plan.skipped.count, 1, "%s", out.p);
		cr_expect_eq(world.plan.server_count, 6);
		for (size_t i = 0; i < 6; i++) {
			bool found = false;
			for (size_t k = 0; k < world.plan.server_count; k++) {
				char text[300];
				snprintf(text, sizeof(text), "%s %s", world.plan.servers[k].name,
					 world.plan.servers[k].resolver ? "resolver"
									: "authoritative");
				found |= strcmp(text, expected[i]) == 0;
			}
			cr_expect(found, "%s", expected[i]);
		}
		buf_release(&out);
	}
	world_release(&world);
}

static void
write_over(void *context, const struct listing *listing)
{
	const struct files *files = context;

	cr_expect_eq(listing->count, 1);
	files_run(files, LINES "unbound '[1773100800]' > named.log");
}

/* What is closed when the logs are listed is closed before any of them is looked at. */
Test(plan, no_log_is_opened_before_all_are_listed)
{
	struct world world;

	world_init(&world, "bind '10-Mar-2026 03:00:00.000' - > named.log");
	world.settings.listed = write_over;
	world.settings.context = &world.files;
	world_plan(&world, PATHS("."));
	cr_assert_eq(world.plan.count, 1);
	cr_expect_str_eq(parser_format_name(&world.plan.inputs[0].parser), "unbound");
	world_release(&world);
}

/* The examples of each format, as a log of their own, prove which format it is. */
Test(plan, described_formats_are_recognised)
{
	struct custom_formats formats = {0};
	struct world world;
	const char *root = getenv("DIGTRAIL_DATADIR");
	char path[1024];

	snprintf(path, sizeof(path), "%s/formats", root ? root : "patterns");
	world_init(&world, ":");
	cr_assert_eq(custom_load(&formats, path, &world.err), 0, "%s", world.err.text);
	world.settings.formats = &formats;
	for (size_t i = 0; i < formats.count; i++) {
		const struct custom_info *info = custom_info(formats.all[i]);
		FILE *file = fopen("log", "w");
		for (size_t j = 0; j < info->example_count; j++)
			if (info->examples[j].is.n)
				fprintf(file, "%.*s\n", STR_ARG(info->examples[j].line));
		fclose(file);
		world_plan(&world, PATHS("log"));
		cr_assert_eq(world.plan.count, 1, "%s", info->name);
		cr_expect_str_eq(parser_format_name(&world.plan.inputs[0].parser), info->name);
	}
	plan_release(&world.plan);
	custom_release(&formats);
	world_release(&world);
}
