#include <criterion/criterion.h>

#include <stdlib.h>

#include "cli/options.h"
#include "match/rule.h"
#include "report/report.h"

static const struct command table[] = {
	{"report", COMMAND_REPORT, "", "", NULL},
	{"rules", COMMAND_RULES, "", "", NULL},
	{NULL, 0, NULL, NULL, NULL},
};

enum { ARGS_MAX = 8 };

struct parsed {
	struct options options;
	struct err err;
	int result;
};

static void
parse(struct parsed *parsed, const char *const args[ARGS_MAX])
{
	char *argv[ARGS_MAX + 2] = {(char *)"digtrail"};
	int argc = 1;

	for (; argc <= ARGS_MAX && args[argc - 1]; argc++)
		argv[argc] = (char *)args[argc - 1];
	options_init(&parsed->options);
	parsed->err.text[0] = '\0';
	parsed->result = options_parse(&parsed->options, table, argc, argv, &parsed->err);
}

Test(options, defaults_are_the_documented_ones)
{
	struct parsed p;

	parse(&p, (const char *const[ARGS_MAX]){NULL});
	cr_assert_eq(p.result, 0);
	cr_expect_eq(p.options.command, &table[0]);
	cr_expect_eq(p.options.level, LEVEL_MEDIUM);
	cr_expect_eq(p.options.fail_on, -1);
	cr_expect_eq(p.options.format, -1);
	cr_expect_eq(p.options.top, 0);
	cr_expect_eq(p.options.examples, 3);
	cr_expect_eq(p.options.jobs, 0);
	cr_expect_eq(p.options.memory, 0);
	cr_expect_eq(p.options.color, WHEN_AUTO);
	cr_expect_eq(p.options.role, ROLE_AUTO);
	cr_expect_eq(p.options.given, 0);
	cr_expect_null(p.options.server);
	options_release(&p.options);
}

Test(options, every_way_to_write_a_value_means_the_same)
{
	static const char *const ways[][ARGS_MAX] = {{"--output=a.json", "-q", "x.log"},
						     {"--output", "a.json", "-q", "x.log"},
						     {"-oa.json", "-q", "x.log"},
						     {"-o", "a.json", "-q", "x.log"},
						     {"-qoa.json", "x.log"},
						     {"-qo", "a.json", "x.log"},
						     {"x.log", "--quiet", "-o", "a.json"},
						     {"report", "-qoa.json", "x.log"},
						     {"-qoa.json", "report", "x.log"},
						     {"-qoa.json", "--", "x.log"},
						     {"report", "-qoa.json", "--", "x.log"}};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct parsed p;

		parse(&p, ways[i]);
		cr_assert_eq(p.result, 0, "row %zu: %s", i, p.err.text);
		cr_expect_eq(p.options.command, &table[0], "row %zu", i);
		cr_expect(p.options.quiet, "row %zu", i);
		cr_assert_eq(p.options.outputs.count, 1, "row %zu", i);
		cr_expect_str_eq(p.options.outputs.items[0], "a.json", "row %zu", i);
		cr_assert_eq(p.options.operands.count, 1, "row %zu", i);
		cr_expect_str_eq(p.options.operands.items[0], "x.log", "row %zu", i);
		options_release(&p.options);
	}
}

Test(options, operands_keep_their_order_and_a_dash_is_one)
{
	struct parsed p;

	parse(&p, (const char *const[ARGS_MAX]){"b", "-", "--stats", "--", "-x", "rules"});
	cr_assert_eq(p.result, 0, "%s", p.err.text);
	cr_expect_eq(p.options.command, &table[0]);
	cr_assert_eq(p.options.operands.count, 4);
	cr_expect_str_eq(p.options.operands.items[0], "b");
	cr_expect_str_eq(p.options.operands.items[1], "-");
	cr_expect_str_eq(p.options.operands.items[2], "-x");
	cr_expect_str_eq(p.options.operands.items[3], "rules");
	options_release(&p.options);
}

Test(options, a_command_is_the_first_operand_before_the_dashes)
{
	static const struct {
		const char *args[ARGS_MAX];
		size_t command, operands;
	} rows[] = {
		{{"rules", "check"}, 1, 1}, {{"--no-jit", "rules"}, 1, 0},
		{{"rules", "rules"}, 1, 1}, {{"rules", "--", "report"}, 1, 1},
		{{"--", "rules"}, 0, 1},    {{"x.log", "rules"}, 0, 2},
		{{"./rules"}, 0, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parsed p;

		parse(&p, rows[i].args);
		cr_assert_eq(p.result, 0, "row %zu: %s", i, p.err.text);
		cr_expect_eq(p.options.command, &table[rows[i].command], "row %zu", i);
		cr_expect_eq(p.options.operands.count, rows[i].operands, "row %zu", i);
		options_release(&p.options);
	}
}

Test(options, repeated_options_add_up_and_single_ones_take_the_last)
{
	struct parsed p;
	struct ip host = {{0}};

	parse(&p, (const char *const[ARGS_MAX]){"--secondary=192.0.2.53", "--secondary=key:axfr.",
						"--secondary=2001:db8::/32",
						"--internal=10.0.0.0/8", "--own-zone=a.example",
						"--own-zone=b.example", "--top=3", "--top=4"});
	cr_assert_eq(p.result, 0, "%s", p.err.text);
	cr_assert_eq(p.options.secondaries.prefix_count, 2);
	cr_assert(ip_parse(STR("192.0.2.53"), &host));
	cr_expect(prefix_contains(&p.options.secondaries.prefixes[0], &host));
	cr_expect_not(prefix_contains(&p.options.secondaries.prefixes[1], &host));
	cr_assert_eq(p.options.secondaries.key_count, 1);
	cr_expect_str_eq(p.options.secondaries.keys[0], "axfr.");
	cr_expect_eq(p.options.internal.prefix_count, 1);
	cr_assert_eq(p.options.own_zones.count, 2);
	cr_expect_str_eq(p.options.own_zones.items[1], "b.example");
	cr_expect_eq(p.options.top, 4);
	options_release(&p.options);
}

Test(options, values_are_read_in_their_kind)
{
	struct parsed p;

	parse(&p, (const char *const[ARGS_MAX]){"--level=critical", "--fail-on=informational",
						"--format=json", "--color=never", "--role=resolver",
						"--log-format=unbound", "-j2", "--year=2026"});
	cr_assert_eq(p.result, 0, "%s", p.err.text);
	cr_expect_eq(p.options.level, LEVEL_CRITICAL);
	cr_expect_eq(p.options.fail_on, LEVEL_INFORMATIONAL);
	cr_assert_geq(p.options.format, 0);
	cr_expect_str_eq(report_formats[p.options.format]->name, "json");
	cr_expect_eq(p.options.color, WHEN_NEVER);
	cr_expect_eq(p.options.role, ROLE_RESOLVER);
	cr_expect_eq(p.options.jobs, 2);
	cr_expect_eq(p.options.year, 2026);
	options_release(&p.options);
}

Test(options, sizes_have_units_of_1024)
{
	static const struct {
		const char *text;
		int64_t bytes; /* -1: refused */
	} rows[] = {
		{"16777216", 16 << 20},
		{"16384k", 16 << 20},
		{"512M", 512 << 20},
		{"4g", INT64_C(4) << 30},
		{"1048576G", INT64_C(1) << 50},
		{"1048577G", -1},
		{"15M", -1},
		{"M", -1},
		{"1.5G", -1},
		{"512MB", -1},
		{"-1G", -1},
		{"18446744073709551616", -1},
		{"17592186044416M", -1}, /* 2^64 bytes */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parsed p;

		parse(&p, (const char *const[ARGS_MAX]){"--memory", rows[i].text});
		cr_expect_eq(p.result, rows[i].bytes < 0 ? -1 : 0, "row %zu", i);
		if (rows[i].bytes >= 0)
			cr_expect_eq(p.options.memory, rows[i].bytes, "row %zu", i);
		options_release(&p.options);
	}
}

Test(options, mistakes_are_told_with_what_would_be_right)
{
	static const struct {
		const char *args[ARGS_MAX];
		const char *told;
	} rows[] = {
		{{"--outptu=x"}, "unknown option '--outptu': did you mean '--output'?"},
		{{"--sec=192.0.2.1"}, "did you mean '--secondary'?"},
		{{"--frobnicate"}, "unknown option '--frobnicate'"},
		{{"-x"}, "unknown option '-x'"},
		{{"-qx"}, "unknown option '-x'"},
		{{"--output"}, "--output needs a value: FILE"},
		{{"--output="}, "--output needs a value: FILE"},
		{{"-o"}, "--output needs a value: FILE"},
		{{"--quiet=yes"}, "--quiet takes no value but true or false"},
		{{"--top=many"}, "--top: 'many' is no whole number from 1 to 1000000"},
		{{"--top=0"}, "is no whole number"},
		{{"--top=-1"}, "is no whole number"},
		{{"--top=1000001"}, "is no whole number"},
		{{"--jobs=0"}, "is no whole number from 1 to 1024"},
		{{"--year=26"}, "from 1980 to 2100"},
		{{"--level=hihg"},
		 "'hihg' is none of informational, low, medium, high, critical: did you mean "
		 "'high'?"},
		{{"--level=loud"}, "'loud' is none of informational, low"},
		{{"--format=xml"}, "--format: 'xml' is none of text, json"},
		{{"--internal=10.0.0.1/8"}, "'10.0.0.1/8' is no address or network"},
		{{"--internal=key:k"}, "'key:k' is no address or network"},
		{{"--secondary=key:"}, "nor key:NAME"},
		{{"--memory=lots"}, "such as 512M or 4G"},
		{{"rules", "--output=x"}, "'rules' takes no option '--output'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct parsed p;

		parse(&p, rows[i].args);
		cr_expect_eq(p.result, -1, "row %zu", i);
		cr_expect(strstr(p.err.text, rows[i].told), "row %zu: %s", i, p.err.text);
		options_release(&p.options);
	}
}

/* One name may mean a row of each command, wherever the command stands. */
Test(options, a_name_means_the_row_of_its_command)
{
	static const struct {
		const char *args[ARGS_MAX];
		int records, format; /* -1: not given */
	} rows[] = {
		{{"-f", "csv", "search", "x"}, 2, -1},
		{{"--format=ndjson", "search"}, 1, -1},
		{{"--top", "5", "-f", "json", "x"}, 0, 1},
		{{"-f", "json", "report"}, 0, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options options;
		struct err err;
		char *argv[ARGS_MAX + 1] = {(char *)"digtrail"};
		int argc = 1;

		for (; rows[i].args[argc - 1]; argc++)
			argv[argc] = (char *)rows[i].args[argc - 1];
		options_init(&options);
		cr_assert_eq(options_parse(&options, commands, argc, argv, &err), 0, "row %zu: %s",
			     i, err.text);
		cr_expect_eq(options.records, rows[i].records, "row %zu", i);
		cr_expect_eq(options.format, rows[i].format, "row %zu", i);
		options_release(&options);
	}
}

Test(options, a_word_far_from_all_options_gets_no_suggestion)
{
	struct parsed p;

	parse(&p, (const char *const[ARGS_MAX]){"--z"});
	cr_expect_eq(p.result, -1);
	cr_expect_null(strstr(p.err.text, "mean"), "%s", p.err.text);
	options_release(&p.options);
}

Test(options, no_name_or_letter_stands_twice_for_a_command)
{
	for (size_t i = 0; i < option_count; i++)
		for (size_t j = 0; j < i; j++) {
			if (!(option_table[i].commands & option_table[j].commands))
				continue;
			cr_expect_str_neq(option_table[i].name, option_table[j].name);
			cr_expect(!option_table[i].letter ||
				  option_table[i].letter != option_table[j].letter);
		}
}

Test(options, help_names_every_option_of_the_command_within_80_columns)
{
	for (const struct command *command = table; command->name; command++) {
		char *text = NULL, name[64];
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);

		options_help(command, out);
		fclose(out);
		for (size_t i = 0; i < option_count; i++) {
			unsigned takers = 0; /* of all rows of that name */
			for (size_t j = 0; j < option_count; j++)
				if (strcmp(option_table[i].name, option_table[j].name) == 0)
					takers |= option_table[j].commands;
			snprintf(name, sizeof(name), "--%s ", option_table[i].name);
			cr_expect_eq(strstr(text, name) != NULL,
				     (takers & command->id) != 0 && option_table[i].help, "%s: %s",
				     command->name, name);
		}
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
			cr_expect_leq(strcspn(line, "\n"), 80, "%.80s", line);
		free(text);
	}
}
