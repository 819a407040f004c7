#include "names/suffix.h"

#include <criterion/criterion.h>
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

#include "../files.h"
#include "names/zone.h"

/* The same list twice: with what is known of its rules, and asked through libpsl alone. */
struct fixture {
	struct names rules, asked;
	size_t compared, suffixes, unknown;
};

static void
setup(struct fixture *fixture)
{
	struct err err;

	*fixture = (struct fixture){.compared = 0};
	names_init(&fixture->rules, STR("key"));
	names_init(&fixture->asked, STR("key"));
	cr_assert_eq(names_load_suffixes(&fixture->rules, NULL, &err), 0);
	cr_assert_eq(names_load_suffixes(&fixture->asked, NULL, &err), 0);
	map_release(&fixture->asked.suffix_rules);
	suffix_init(&fixture->asked.suffix_rules);
	if (fixture->rules.suffix_rules.count == 0)
		cr_skip_test("the text that libpsl was made of is not installed");
}

static void
teardown(struct fixture *fixture)
{
	names_release(&fixture->rules);
	names_release(&fixture->asked);
}

static void
compare(struct fixture *fixture, struct str name)
{
	uint16_t starts[QNAME_LABELS_MAX];
	const struct names *rules = &fixture->rules;
	bool own;

	name = qname_trim_dot(name);
	size_t labels = qname_labels(name, starts, QNAME_LABELS_MAX);
	if (labels > QNAME_LABELS_MAX)
		return;
	size_t offset = zone_offset(rules, name, starts, labels, &own);
	size_t expected = zone_offset(&fixture->asked, name, starts, labels, &own);
	cr_expect_eq(offset, expected, "%.*s: %zu, not %zu", STR_ARG(name), offset, expected);
	fixture->compared++;
	if (labels < 2)
		return;
	fixture->suffixes += offset == 0;
	fixture->unknown += suffix_offset(&rules->suffix_rules, &rules->table_key, name, starts,
					  labels) == SIZE_MAX;
}

/* The name, its tails, and what stands below and beside each of them. */
static void
compare_around(struct fixture *fixture, struct str name)
{
	static const char *const fronts[] = {"", "a.", "www.", "b.a.", "xn--a.", "s3.b.a.", "a-."};
	char text[512];

	for (size_t dot = 0; dot != SIZE_MAX; dot = str_index(name, '.')) {
		name = str_skip(name, dot + (dot > 0));
		for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
			int n = snprintf(text, sizeof(text), "%s%.*s", fronts[i], STR_ARG(name));
			compare(fixture, str_make(text, (size_t)n));
		}
	}
}

/* What libpsl might take for a rule since its automaton goes on from there. */
static void
compare_beginnings(struct fixture *fixture, struct str rule)
{
	char text[512];

	for (size_t n = 1; n <= rule.n; n++) {
		compare(fixture, str_make(rule.p, n));
		int all = snprintf(text, sizeof(text), "b.a.%.*s", (int)n, rule.p);
		compare(fixture, str_make(text, (size_t)all));
	}
}

/* Calls `visit` for each rule of the list, without its mark. Returns how many there are. */
static size_t
each_rule(struct fixture *fixture, void (*visit)(struct fixture *, struct str))
{
	FILE *file = fopen(psl_builtin_filename(), "r");
	char line[512];
	size_t count = 0;

	cr_assert(file);
	while (fgets(line, sizeof(line), file)) {
		struct str rule = str_trim(str_of(line));
		if (rule.n == 0 || str_starts(rule, STR("//")))
			continue;
		if (!str_take(&rule, STR("!")))
			str_take(&rule, STR("*."));
		visit(fixture, rule);
		count++;
	}
	fclose(file);
	return count;
}

Test(suffix, says_of_all_rules_and_what_is_around_them_what_libpsl_says)
{
	struct fixture f;

	setup(&f);
	size_t rules = each_rule(&f, compare_around);
	cr_expect_eq(rules, (size_t)(psl_suffix_count(f.asked.suffixes) +
				     psl_suffix_exception_count(f.asked.suffixes)));
	cr_expect(f.compared > 10 * rules);
	cr_expect(f.suffixes > rules / 2, "%zu", f.suffixes);
	cr_expect(f.unknown > 0 && f.unknown < f.compared / 2, "%zu", f.unknown);
	teardown(&f);
}

Test(suffix, says_of_all_beginnings_of_rules_what_libpsl_says)
{
	struct fixture f;

	setup(&f);
	each_rule(&f, compare_beginnings);
	cr_expect(f.compared > 100000, "%zu", f.compared);
	teardown(&f);
}

enum { LABELS = 4096 };

struct labels {
	struct fixture fixture; /* the first, so that each_rule() may hand it on */
	char text[LABELS][64];
	size_t count;
};

/* Keeps the first labels that it meets. */
static void
gather_labels(struct fixture *fixture, struct str rule)
{
	struct labels *labels = (struct labels *)fixture;

	while (rule.n && labels->count < LABELS) {
		size_t dot = str_index(rule, '.');
		size_t n = dot < rule.n ? dot : rule.n;
		snprintf(labels->text[labels->count++], 64, "%.*s", (int)n, rule.p);
		rule = str_skip(rule, n + 1);
	}
}

/* Names of one to five labels, each of some rule, or of bytes that part or end labels. */
Test(suffix, says_of_random_names_what_libpsl_says)
{
	static const char *const odd[] = {
		"",   "\\.", "x\\.", "\\\\", "\xc3\xa4", "\x01",     "xn--", "*",
		"!a", "a b", "ck",   "www",  "jp",       "kawasaki", "com",  "amazonaws"};
	enum { ODD = sizeof(odd) / sizeof(*odd) };
	struct labels *labels = calloc(1, sizeof(*labels));

	setup(&labels->fixture);
	each_rule(&labels->fixture, gather_labels);
	srand(1);
	for (size_t i = 0; i < 200000; i++) {
		char text[512];
		size_t n = 0;
		for (int left = 1 + rand() % 5; left > 0; left--) {
			size_t at = (size_t)rand() % (labels->count + labels->count / 4);
			const char *label = at < labels->count ? labels->text[at] : odd[at % ODD];
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", label,
					      left > 1 ? "." : "");
		}
		if (n)
			compare(&labels->fixture, str_make(text, n));
	}
	cr_expect(labels->fixture.unknown > 1000);
	teardown(&labels->fixture);
	free(labels);
}

Test(suffix, knows_no_rule_of_another_list)
{
	static const struct {
		const char *content, *sum;
		size_t count;
	} rows[] = {
		{"abd", "a9993e364706816aba3e25717850c26c9cd0d89d", 0},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d", 1},
		{"", "", 0},
	};
	struct files files;
	struct hash_key key;
	char path[256];

	files_init(&files);
	hash_key_make(&key, STR("key"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct map rules;
		suffix_init(&rules);
		files_write(&files, "list.dat", str_of(rows[i].content));
		suffix_load(&rules, &key, files_path(&files, "list.dat", path), rows[i].sum);
		cr_expect_eq(rules.count, rows[i].count, "row %zu: %u", i, rules.count);
		suffix_load(&rules, &key, "/nonexistent/list.dat", rows[i].sum);
		suffix_load(&rules, &key, NULL, rows[i].sum);
		cr_expect_eq(rules.count, rows[i].count, "row %zu: %u", i, rules.count);
		map_release(&rules);
	}
	files_release(&files);
}
