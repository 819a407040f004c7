#include <criterion/criterion.h>
#include <criterion/logging.h>

#include <jansson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

#define SCHEMA "docs/report.schema.json"

static json_t *
print_and_parse(const struct fixture *fixture)
{
	struct report_options options = fixture_options();
	json_error_t error;
	char *text = fixture_print(&report_json, &fixture->summary, &options);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	cr_assert(root, "%d:%d: %s", error.line, error.column, error.text);
	for (const char *p = text; *p; p++)
		cr_assert(*p == '\n' || *p == '\t' || (*p >= 0x20 && *p < 0x7f), "byte %02x at %td",
			  (unsigned char)*p, p - text);
	free(text);
	return root;
}

/* Walks "a.0.b" from `root`; NULL where it leads nowhere. */
static const json_t *
at(const json_t *root, const char *path)
{
	while (root && *path) {
		char key[64];
		size_t n = strcspn(path, ".");
		cr_assert_lt(n, sizeof(key));
		memcpy(key, path, n);
		key[n] = '\0';
		root = json_is_array(root) ? json_array_get(root, strtoul(key, NULL, 10))
					   : json_object_get(root, key);
		path += path[n] ? n + 1 : n;
	}
	return root;
}

static void
expect_keys(const json_t *object, const char *const *keys, const char *what)
{
	size_t i = 0;
	const char *key;
	json_t *value;

	cr_assert(json_is_object(object), "%s", what);
	json_object_foreach((json_t *)object, key, value)
	{
		cr_assert_not_null(keys[i], "%s: %s is too many", what, key);
		cr_expect_str_eq(key, keys[i], "%s: %s where %s belongs", what, key, keys[i]);
		i++;
	}
	cr_expect_null(keys[i], "%s: %s is missing", what, keys[i] ? keys[i] : "");
}

static const char *const source_keys[] = {"address",
					  "servers",
					  "requests",
					  "refused",
					  "distinct_names",
					  "unknown_names",
					  "answered_names",
					  "zone_count",
					  "top_zones",
					  "first_seen",
					  "last_seen",
					  "first_ever_seen",
					  "types",
					  "rcodes",
					  "flags",
					  "ports",
					  "keys",
					  "ecs",
					  "transfers",
					  "peak",
					  "proven_address",
					  "role",
					  "country",
					  "asn",
					  "network",
					  "findings",
					  "suppressed",
					  "folded",
					  NULL};

Test(json, keys_stand_in_the_order_of_the_interface)
{
	static const char *const top[] = {
		"schema_version", "tool",   "settings", "input",    "coverage", "lines", "period",
		"requests",       "types",  "rcodes",   "timeline", "sources",  "zones", "pairs",
		"findings",       "memory", "notes",    "partial",  NULL};
	static const char *const lines[] = {"query",        "response",    "denied",  "transfer",
					    "rate_limited", "query_error", "update",  "other",
					    "unknown",      "malformed",   "samples", NULL};
	static const char *const zone[] = {"zone",      "servers",        "requests",
					   "sources",   "distinct_names", "unknown_names",
					   "existence", "new_names",      "top_unknown",
					   "transfers", "transferred_to", NULL};
	static const char *const finding[] = {"id",
					      "kind",
					      "detector",
					      "title",
					      "level",
					      "score",
					      "direction",
					      "terms",
					      "actor",
					      "contributors",
					      "servers",
					      "zones",
					      "first_seen",
					      "last_seen",
					      "requests",
					      "distinct_names",
					      "unknown_names",
					      "wordlist_names",
					      "answered_names",
					      "answered",
					      "outcome",
					      "oracle",
					      "attack",
					      "evidence",
					      "next",
					      "lookalikes",
					      "suppressed",
					      "status",
					      "first_reported",
					      "confirm",
					      "transfers",
					      NULL};
	static const struct {
		const char *path;
		const char *const *keys;
	} rows[] = {{"", top},
		    {"lines", lines},
		    {"sources.0", source_keys},
		    {"zones.0", zone},
		    {"findings.0", finding}};
	struct fixture fixture;

	fixture_busy(&fixture);
	json_t *root = print_and_parse(&fixture);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_keys(at(root, rows[i].path), rows[i].keys, rows[i].path);
	json_decref(root);
	fixture_release(&fixture);
}

Test(json, numbers_are_integers_and_unknown_is_null)
{
	static const struct {
		const char *path;
		json_int_t value; /* -1: null */
	} rows[] = {
		{"schema_version", 1},
		{"requests", 147483},
		{"input.files.1.skipped_bytes", 1203},
		{"input.files.0.error", -1},
		{"input.files.2.server", -1},
		{"settings.since", -1},
		{"coverage.1.first", -1},
		{"lines.malformed.name", 2},
		{"lines.malformed.overlong", 0},
		{"lines.unknown", 493},
		{"types.0.count", 90000},
		{"timeline.18.distinct_names", 1203},
		{"sources.0.unknown_names", -1},
		{"sources.0.flags.tcp", 1},
		{"sources.0.country", -1},
		{"sources.0.types.AXFR", 1},
		{"sources.0.transfers.records", 2481},
		{"sources.1.unknown_names", 1188},
		{"sources.3.refused", -1},
		{"sources.3.ports", -1},
		{"sources.3.first_seen", -1},
		{"sources.3.flags.tcp", -1},
		{"sources.3.peak.requests", -1},
		{"sources.3.transfers.bytes", -1},
		{"zones.0.transferred_to.0.serial", 2026112301},
		{"zones.0.transferred_to.1.time", -1},
		{"zones.0.new_names", -1},
		{"pairs.0.answered_names", -1},
		{"findings.0.score", 95},
		{"findings.0.terms.0.value", 1},
		{"findings.0.unknown_names", -1},
		{"findings.0.actor.prefix", -1},
		{"findings.0.evidence.0.line", 118},
		{"findings.0.transfers.0.bytes", 118204},
		{"findings.0.suppressed", -1},
		{"findings.0.first_reported", -1},
		{"findings.1.outcome", -1},
		{"findings.1.unknown_names", 1188},
		{"findings.1.evidence.0.line", -1},
		{"findings.1.contributors.count", 1203},
		{"findings.1.zones.count", 7},
		{"findings.6.first_seen", -1},
		{"memory.folded_sources", 88},
	};
	struct fixture fixture;

	fixture_busy(&fixture);
	json_t *root = print_and_parse(&fixture);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *value = at(root, rows[i].path);
		cr_expect_not_null(value, "%s", rows[i].path);
		if (rows[i].value < 0)
			cr_expect(json_is_null(value), "%s is not null", rows[i].path);
		else
			cr_expect(json_is_integer(value) &&
					  json_integer_value(value) == rows[i].value,
				  "%s", rows[i].path);
	}
	cr_expect_float_eq(json_real_value(at(root, "findings.1.terms.2.value")), 0.984, 1e-9);
	json_decref(root);
	fixture_release(&fixture);
}

Test(json, words_and_times_are_those_of_the_interface)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{"tool.name", "digtrail"},
		{"settings.internal.1", "2001:db8::/32"},
		{"period.first", "2026-03-10T00:00:02.000Z"},
		{"coverage.0.blind.1.detector", "nsec-walk"},
		{"sources.1.address", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"sources.2.suppressed", "secondary"},
		{"findings.0.kind", "transfer"},
		{"findings.0.level", "critical"},
		{"findings.0.outcome", "granted"},
		{"findings.0.attack.0", "T1590.002"},
		{"findings.0.actor.addresses.0", "203.0.113.17"},
		{"findings.0.transfers.0.style", "axfr"},
		{"findings.2.transfers.0.style", "axfr-style-ixfr"},
		{"findings.3.outcome", "refused"},
		{"findings.7.suppressed.reason", "--secondary 198.51.100.54"},
		{"findings.7.status", "continuing"},
		{"findings.7.first_reported", "2026-03-09T00:00:00.000Z"},
		/* The hostile bytes: each is there, none is raw. */
		{"findings.6.title", "=cmd|'/C calc'!A0 \x1b[31;5m\\x9b2J\a\"<script>alert(1)"
				     "</script>\\032\\x5cx41\\xff\xe2\x80\xae\xc3\xa9\r\n\\x00end"},
	};
	struct fixture fixture;

	fixture_busy(&fixture);
	json_t *root = print_and_parse(&fixture);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = json_string_value(at(root, rows[i].path));
		cr_expect(text && strcmp(text, rows[i].text) == 0, "%s: %s", rows[i].path,
			  text ? text : "(no string)");
	}
	cr_expect(json_is_true(at(root, "findings.2.confirm")));
	cr_expect(json_is_false(at(root, "findings.0.actor.spoofable")));
	cr_expect(json_is_true(at(root, "findings.1.actor.spoofable")));
	cr_expect(json_is_null(at(root, "findings.6.actor.spoofable")));
	cr_expect(json_is_true(at(root, "partial")));
	json_decref(root);
	fixture_release(&fixture);
}

Test(json, evidence_is_limited_and_the_same_input_gives_the_same_bytes)
{
	struct report_options options = fixture_options();
	struct fixture fixture, again;

	options.examples = 1;
	options.color = options.utf8 = true; /* are of no concern here */
	fixture_busy(&fixture);
	fixture_busy(&again);
	char *one = fixture_print(&report_json, &fixture.summary, &options);
	char *two = fixture_print(&report_json, &again.summary, &options);
	cr_expect_str_eq(one, two);
	json_t *root = json_loads(one, 0, NULL);
	cr_expect_eq(json_array_size(at(root, "findings.0.evidence")), 1);
	json_decref(root);
	free(one);
	free(two);
	fixture_release(&fixture);
	fixture_release(&again);
}

static void
expect_enum(const json_t *schema, const char *path, const char *const *names, size_t from, size_t n)
{
	const json_t *words = at(schema, path);

	cr_assert(json_is_array(words), "%s", path);
	for (size_t i = from; i < n; i++) {
		bool found = false;
		for (size_t j = 0; j < json_array_size(words); j++) {
			const char *word = json_string_value(json_array_get(words, j));
			found |= word && strcmp(word, names[i]) == 0;
		}
		cr_expect(found, "%s does not know \"%s\"", path, names[i]);
	}
}

Test(json, schema_knows_every_word_that_the_program_can_say)
{
	json_t *schema = json_load_file(SCHEMA, 0, NULL);

	cr_assert_not_null(schema, SCHEMA);
	expect_enum(schema, "$defs.level.enum", level_names, 0, LEVELS);
	expect_enum(schema, "$defs.outcome.enum", outcome_names, OUTCOME_NONE + 1, OUTCOMES);
	expect_enum(schema, "$defs.oracle.enum", oracle_names, 0, ORACLES);
	expect_enum(schema, "$defs.finding.properties.direction.enum", direction_names, 0,
		    DIRECTIONS);
	expect_enum(schema, "$defs.finding.properties.status.enum", finding_status_names, 0,
		    STATUSES);
	expect_enum(schema, "$defs.lines.properties.malformed.required", record_defect_names,
		    DEFECT_NONE + 1, RECORD_DEFECTS);
	expect_enum(schema, "$defs.lines.required", record_kind_names, 0, RECORD_KINDS);
	json_decref(schema);
}

/* The report in a temporary file; the caller unlinks `path`. */
static void
write_report(const struct fixture *fixture, char *path)
{
	struct report_options options = fixture_options();
	int fd = mkstemp(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	cr_assert(out);
	report_json.write(&fixture->summary, &options, out);
	cr_assert_eq(fclose(out), 0);
}

/* Runs a Python program on the schema and a report: its exit status, 3 without jsonschema. */
static int
run_python(const char *python, const char *program, const char *report)
{
	pid_t child = fork();
	int status = 0;

	cr_assert_geq(child, 0);
	if (child == 0) {
		execlp(python, python, "-W", "ignore", "-c", program, SCHEMA, report, (char *)NULL);
		_exit(3);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static const char validator[] =
	"import sys, json\n"
	"try:\n"
	"    from jsonschema import Draft202012Validator as Validator\n"
	"except ImportError:\n"
	"    sys.exit(3)\n"
	"schema = json.load(open(sys.argv[1]))\n"
	"Validator.check_schema(schema)\n"
	"errors = list(Validator(schema).iter_errors(json.load(open(sys.argv[2]))))\n"
	"for error in errors:\n"
	"    print(list(error.absolute_path), error.message[:300], file=sys.stderr)\n"
	"sys.exit(1 if errors else 0)\n";

/* Refused must be the first rows of a report with any member too many or one too few. */
static const char strictness[] =
	"import sys, json\n"
	"from jsonschema import Draft202012Validator as Validator\n"
	"check = Validator(json.load(open(sys.argv[1])))\n"
	"def shrink(node):\n"
	"    if isinstance(node, list): return [shrink(item) for item in node[:1]]\n"
	"    if isinstance(node, dict): return {k: shrink(v) for k, v in node.items()}\n"
	"    return node\n"
	"report = shrink(json.load(open(sys.argv[2])))\n"
	"if not check.is_valid(report): sys.exit('the first rows alone are invalid')\n"
	"maps = ('settings', 'types', 'rcodes')\n"
	"def walk(node, path):\n"
	"    if isinstance(node, dict):\n"
	"        if not path or path[-1] not in maps:\n"
	"            node['surplus'] = {}\n"
	"            if check.is_valid(report): sys.exit('surplus passes at %s' % path)\n"
	"            del node['surplus']\n"
	"            for key in list(node):\n"
	"                kept = dict(node)\n"
	"                del node[key]\n"
	"                if check.is_valid(report): sys.exit('%s may miss %s' % (path, key))\n"
	"                node.clear(); node.update(kept)\n"
	"        for key in node: walk(node[key], path + [key])\n"
	"    elif isinstance(node, list) and node: walk(node[0], path + [0])\n"
	"walk(report, [])\n";

/* python3 of the path first; the Debian package python3-jsonschema belongs to /usr/bin. */
static const char *
find_python(const char *report)
{
	static const char *const pythons[] = {"python3", "/usr/bin/python3"};

	for (size_t i = 0; i < sizeof(pythons) / sizeof(pythons[0]); i++) {
		int status = run_python(pythons[i], validator, report);
		cr_assert(status == 0 || status == 3, "%s: not what the schema asks for", SCHEMA);
		if (status == 0)
			return pythons[i];
	}
	return NULL;
}

Test(json, reports_are_what_the_schema_asks_for, .timeout = 120)
{
	static void (*const makers[])(struct fixture * fixture) = {fixture_busy, fixture_calm,
								   fixture_empty};

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		char path[] = "/tmp/digtrail-report-XXXXXX";
		struct fixture fixture;
		makers[i](&fixture);
		write_report(&fixture, path);
		const char *python = find_python(path);
		if (!python)
			cr_log_warn("SKIPPED: the JSON report is not validated; install "
				    "python3-jsonschema");
		else if (makers[i] == fixture_busy)
			cr_expect_eq(run_python(python, strictness, path), 0,
				     "the schema lets too much pass");
		unlink(path);
		fixture_release(&fixture);
	}
}
