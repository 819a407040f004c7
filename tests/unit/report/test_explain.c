#include <criterion/criterion.h>

#include "../tally/harness.h"
#include "report/explain.h"
#include "report/redact.h"

/*
 * A log with a scanner, its helper who asks half of the same names, a neighbour who asks what
 * everybody asks, and many others who make those names popular.
 */
struct scene {
	struct harness harness;
	struct harness_log log;
	struct tally tally;
	struct findings findings;
	struct detect_input detect;
	struct scans scans;
	struct explain_input input;
};

static void
ask(struct scene *scene, int second, const char *client, const char *name)
{
	harness_log_add(&scene->log, 0,
			"10-Mar-2026 02:%02d:%02d.000 queries: info: client @0x7f %s#%d (%s): "
			"query: %s IN A +E(0) (192.0.2.53)",
			second / 60, second % 60, client, 2000 + second, name, name);
}

static void
fill_log(struct scene *scene)
{
	static const char *const words[] = {"www", "mail", "ftp", "dev", "test", "stage"};

	for (int i = 0; i < 60; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s-%c%d.example.com", words[i % 6], 'a' + i % 26, i);
		ask(scene, i, "203.0.113.9", name);
		if (i % 2)
			ask(scene, 50 + i, "198.51.100.77", name);
	}
	for (int i = 0; i < 6; i++) {
		char client[32];
		snprintf(client, sizeof(client), "100.64.%d.1", i);
		ask(scene, 200 + i, client, "www.example.com");
	}
	ask(scene, 300, "203.0.113.10", "www.example.com");
	ask(scene, 301, "203.0.113.9", "www.example.com");
	ask(scene, 302, "203.0.113.9", "_sip._tcp.example.com");
	/* Unbound tells answers. */
	harness_log_add(&scene->log, 2,
			"[1773108000] unbound[1:0] reply: 10.0.0.5 vpn.corp.example. A IN NOERROR "
			"0.010000 0 60");
	harness_log_add(
		&scene->log, 2,
		"[1773108001] unbound[1:0] reply: 10.0.0.5 nope.corp.example. A IN NXDOMAIN "
		"0.010000 0 60");
}

static void
scene_init(struct scene *scene)
{
	*scene = (struct scene){.log = {0}};
	harness_init(&scene->harness);
	/* The resolver of the scene logs replies only. */
	scene->harness.servers[1].request = RECORD_RESPONSE;
	tally_init(&scene->tally, &scene->harness.settings);
	fill_log(scene);
	harness_add(&scene->harness, &scene->tally, &scene->log, NULL);
	tally_settle(&scene->tally);
	scene->detect =
		(struct detect_input){.tally = &scene->tally, .settings = &scene->harness.detect};
	findings_init(&scene->findings);
	detect_run(&scene->detect, &scene->findings);
	scans_make(&scene->scans, &scene->detect);
	scene->input = (struct explain_input){
		.detect = &scene->detect, .scans = &scene->scans, .findings = &scene->findings};
}

static void
scene_release(struct scene *scene)
{
	scans_release(&scene->scans);
	findings_release(&scene->findings);
	tally_release(&scene->tally);
	harness_log_release(&scene->log);
	harness_release(&scene->harness);
}

/* The page on `what`, to be freed; NULL when there is nothing of the name. */
static char *
page_on(const struct scene *scene, struct str what)
{
	struct report_options options = {.verbose = true, .examples = 10};
	struct explain_subject subject = explain_find(&scene->input, what);
	char *text = NULL;
	size_t size = 0;

	if (subject.kind == EXPLAIN_NOTHING)
		return NULL;
	FILE *out = open_memstream(&text, &size);
	explain_write(&scene->input, &subject, &options, out);
	fclose(out);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, "\n");
		cr_expect_leq(n, 80, "%.*s", (int)n, line);
		for (size_t i = 0; i < n; i++)
			cr_expect(line[i] >= 0x20 && line[i] < 0x7f);
	}
	return text;
}

static void
expect_parts(const struct scene *scene, struct str what, const char *const *parts)
{
	char *text = page_on(scene, what);

	cr_assert_not_null(text, "%.*s", STR_ARG(what));
	for (; *parts; parts++)
		cr_expect(strstr(text, *parts), "no '%s' in\n%s", *parts, text);
	free(text);
}

Test(explain, what_is_not_in_the_logs_is_nothing)
{
	static const struct str rows[] = {
		{"192.0.2.200", 11}, {"192.0.2.0/24", 12}, {"2001:db8::/32", 13},
		{"example.net", 11}, {"0123456789ab", 12}, {"", 0},
		{"..", 2},           {"no name", 7},       {"203.0.113.9/24", 14},
	};
	struct scene scene;

	scene_init(&scene);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(explain_find(&scene.input, rows[i]).kind, EXPLAIN_NOTHING, "row %zu",
			     i);
	scene_release(&scene);
}

Test(explain, a_subject_is_found_by_any_of_its_names)
{
	static const struct {
		struct str what;
		enum explain_kind kind;
	} rows[] = {
		{{"203.0.113.9", 11}, EXPLAIN_ADDRESS},
		{{"203.0.113.0/24", 14}, EXPLAIN_NETWORK},
		{{"203.0.113.9/32", 14}, EXPLAIN_NETWORK},
		{{"example.com", 11}, EXPLAIN_ZONE},
		{{"Example.COM.", 12}, EXPLAIN_ZONE},
	};
	struct scene scene;

	scene_init(&scene);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(explain_find(&scene.input, rows[i].what).kind, rows[i].kind, "row %zu",
			     i);
	cr_assert_gt(scene.findings.count, 0);
	cr_expect_eq(explain_find(&scene.input, scene.findings.all[0].id).finding,
		     &scene.findings.all[0]);
	scene_release(&scene);
}

Test(explain, the_course_of_a_scan_is_told_and_who_went_with_it)
{
	struct scene scene;

	scene_init(&scene);
	expect_parts(&scene, STR("203.0.113.9"),
		     (const char *const[]){
			     "new names ", "from 2026-03-10 02:00:00, a column is 10 seconds",
			     "62 new names in 5 minutes: ", "at most 10 within 10\n",
			     "longest pause about 4 minutes", "in the order of the alphabet",
			     "198.51.100.77 asked 50%", "in the same order in 100%",
			     "198.51.100.77 began in example.com 51 s later", NULL});
	expect_parts(&scene, STR("198.51.100.77"),
		     (const char *const[]){"203.0.113.9 began in example.com 51 s earlier", NULL});
	scene_release(&scene);
}

Test(explain, with_a_key_a_page_tells_no_address_and_is_found_by_what_it_tells)
{
	static const struct str subjects[] = {{"203.0.113.9", 11},
					      {"203.0.113.0/24", 14},
					      {"example.com", 11},
					      {"198.51.100.77", 13}};
	struct digest_key key;
	struct scene scene;
	char id[REDACT_ID];

	scene_init(&scene);
	digest_key_make(&key, STR("a key"));
	scene.input.redact = &key;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		char *page = page_on(&scene, subjects[i]);
		cr_assert_not_null(page, "row %zu", i);
		cr_expect(strstr(page, "fdd1:97a1::"), "row %zu:\n%s", i, page);
		cr_expect(!strstr(page, "203.0.113.") && !strstr(page, "198.51.100."),
			  "row %zu:\n%s", i, page);
		free(page);
	}
	char *page = page_on(&scene, subjects[0]);
	struct str pseudonym = str_make(page, strcspn(page, "\n"));
	char *again = page_on(&scene, pseudonym);
	cr_assert_not_null(again);
	cr_expect_str_eq(again, page);
	free(page);
	free(again);
	cr_assert_gt(scene.findings.count, 0);
	redact_id(&key, scene.findings.all[0].id, id);
	cr_expect_eq(explain_find(&scene.input, str_of(id)).finding, &scene.findings.all[0]);
	scene_release(&scene);
}

Test(explain, a_scanner_is_told_with_every_term_and_why_names_do_not_count)
{
	struct scene scene;

	scene_init(&scene);
	expect_parts(&scene, STR("203.0.113.9"),
		     (const char *const[]){
			     "62 requests", "query 62", "A 62", "recursion desired 100%",
			     "brute-force: ", "nsec3",
			     /* a term that gave points, and one that did not */
			     "names judged", "asked by many or explained",
			     "62 distinct names: 60 judged", "1 asked by several", "1 explained by",
			     /* in order of time */
			     "2026-03-10 02:00:00  www-a0.example.com", "and 40 more judged names",
			     /* its helper and its neighbour */
			     "198.51.100.77 asked 50% of its 60", "203.0.113.10 (1 request)",
			     NULL});
	scene_release(&scene);
}

Test(explain, a_source_without_findings_has_a_ledger_too)
{
	struct scene scene;

	scene_init(&scene);
	expect_parts(&scene, STR("203.0.113.10"),
		     (const char *const[]){"1 request", "none", "0 judged", "1 asked by several",
					   "203.0.113.9 (62 requests)", NULL});
	scene_release(&scene);
}

Test(explain, names_that_exist_stand_first)
{
	struct scene scene;

	scene_init(&scene);
	expect_parts(&scene, STR("10.0.0.5"),
		     (const char *const[]){"ways in first", "vpn.corp.example",
					   "NOERROR 1, NXDOMAIN 1", "existence by rcode", NULL});
	expect_parts(&scene, STR("corp.example"),
		     (const char *const[]){"as asked of resolvers", "1 names exist, 1 do not",
					   "vpn.corp.example", NULL});
	scene_release(&scene);
}

Test(explain, a_zone_shows_its_askers_by_evidence)
{
	struct scene scene;

	scene_init(&scene);
	char *text = page_on(&scene, STR("example.com"));
	cr_assert_not_null(text);
	const char *askers = strstr(text, "Askers by evidence");
	cr_assert_not_null(askers);
	const char *scanner = strstr(askers, "203.0.113.9 ");
	const char *helper = strstr(askers, "198.51.100.77");
	const char *neighbour = strstr(askers, "203.0.113.10");
	cr_assert(scanner && helper && neighbour, "%s", text);
	cr_expect(scanner < helper && helper < neighbour, "%s", text);
	cr_expect(strstr(text, "brute-force"));
	free(text);
	scene_release(&scene);
}

Test(explain, a_network_lists_its_sources)
{
	struct scene scene;

	scene_init(&scene);
	expect_parts(&scene, STR("203.0.113.0/28"),
		     (const char *const[]){"2 sources, 63 requests", "203.0.113.9 ",
					   "203.0.113.10 ", "1 finding, worst", NULL});
	scene_release(&scene);
}

Test(explain, a_finding_is_told_in_full_with_its_actors_ledger)
{
	struct scene scene;
	const struct finding *brute = NULL;

	scene_init(&scene);
	for (size_t i = 0; i < scene.findings.count; i++)
		if (scene.findings.all[i].address_count)
			brute = &scene.findings.all[i];
	cr_assert_not_null(brute);
	expect_parts(&scene, brute->id,
		     (const char *const[]){"Terms of its score", "Findings about it", "Zones asked",
					   "Related sources", "T1590.002", NULL});
	scene_release(&scene);
}

/* Pages do not depend on the order in which tables are walked. */
Test(explain, the_same_logs_give_the_same_page)
{
	struct scene one, other;

	scene_init(&one);
	scene_init(&other);
	char *first = page_on(&one, STR("203.0.113.9"));
	char *second = page_on(&other, STR("203.0.113.9"));
	cr_expect_str_eq(first, second);
	free(first);
	free(second);
	scene_release(&one);
	scene_release(&other);
}
