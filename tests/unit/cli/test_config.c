#include <criterion/criterion.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config.h"

/* Directories of a user and a system, the options made from them, and what was said. */
struct world {
	char root[64], user[96], system[96];
	struct config config;
	struct options options;
	char *said;
	size_t said_n;
	int result;
};

static void
put(const struct world *world, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", world->root, name);
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

static void
setup_world(struct world *world)
{
	static const char *const directories[] = {
		"user",          "user/conf.d",    "user/allow.d",  "system",
		"system/conf.d", "system/allow.d", "system/rules.d"};
	char path[160];

	*world = (struct world){0};
	snprintf(world->root, sizeof(world->root), "/tmp/digtrail-config.XXXXXX");
	cr_assert_not_null(mkdtemp(world->root));
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", world->root, directories[i]);
		cr_assert_eq(mkdir(path, 0700), 0);
	}
	snprintf(world->user, sizeof(world->user), "%s/user", world->root);
	snprintf(world->system, sizeof(world->system), "%s/system", world->root);
}

static void
load(struct world *world, const char *const *args)
{
	char *argv[8] = {(char *)"digtrail"};
	struct err err;
	int argc = 1;

	for (; args && args[argc - 1]; argc++)
		argv[argc] = (char *)args[argc - 1];
	options_init(&world->options);
	cr_assert_eq(options_parse(&world->options, commands, argc, argv, &err), 0, "%s", err.text);
	config_init(&world->config);
	world->config.places = (struct config_places){world->user, world->system};
	FILE *messages = open_memstream(&world->said, &world->said_n);
	world->result = config_load(&world->config, &world->options, messages);
	fclose(messages);
}

static void
unload(struct world *world)
{
	options_release(&world->options);
	config_release(&world->config);
	free(world->said);
}

static void
teardown_world(const struct world *world)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", world->root);
	cr_assert_eq(system(command), 0);
}

static void
clear_environment(void)
{
	unsetenv("DIGTRAIL_CONFIG");
	unsetenv("DIGTRAIL_TOP");
	unsetenv("DIGTRAIL_OWN_ZONE");
}

TestSuite(config, .init = clear_environment);

Test(config, a_higher_place_settles_what_lower_ones_say)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/digtrail.yml",
	    "top: 1\nexamples: 1\nyear: 2001\njobs: 1\nown-zone: [system.example]\n");
	put(&world, "user/digtrail.yml", "top: 2\nexamples: 2\nyear: 2002\nown-zone: u.example\n");
	setenv("DIGTRAIL_TOP", "3", 1);
	setenv("DIGTRAIL_OWN_ZONE", " e.example  f.example ", 1);
	load(&world, (const char *const[]){"--examples=9", NULL});
	cr_assert_eq(world.result, 0, "%s", world.said);
	cr_expect_eq(world.options.examples, 9, "command line");
	cr_expect_eq(world.options.top, 3, "environment");
	cr_expect_eq(world.options.year, 2002, "user");
	cr_expect_eq(world.options.jobs, 1, "system");
	cr_assert_eq(world.options.own_zones.count, 2);
	cr_expect_str_eq(world.options.own_zones.items[0], "e.example");
	cr_expect_str_eq(world.options.own_zones.items[1], "f.example");
	unload(&world);
	teardown_world(&world);
}

Test(config, files_of_one_place_add_up_and_the_last_single_value_counts)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/digtrail.yml", "top: 1\nown-zone: [a.example]\nquiet: true\n");
	put(&world, "system/conf.d/20.yml", "top: 3\nown-zone: [c.example]\n");
	put(&world, "system/conf.d/10.yml", "top: 2\nown-zone: [b.example]\nquiet: false\n");
	put(&world, "system/conf.d/30.yml.dpkg-old", "top: 4\n");
	put(&world, "system/conf.d/.40.yml", "top: 5\n");
	load(&world, NULL);
	cr_assert_eq(world.result, 0, "%s", world.said);
	cr_expect_eq(world.options.top, 3);
	cr_expect_not(world.options.quiet);
	cr_assert_eq(world.options.own_zones.count, 3);
	cr_expect_str_eq(world.options.own_zones.items[0], "a.example");
	cr_expect_str_eq(world.options.own_zones.items[1], "b.example");
	cr_expect_str_eq(world.options.own_zones.items[2], "c.example");
	unload(&world);
	teardown_world(&world);
}

Test(config, allow_lists_and_rules_lying_there_count_besides_those_named)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/allow.d/b.yml", "");
	put(&world, "system/allow.d/a.yml", "");
	put(&world, "user/allow.d/c.yml", "");
	put(&world, "system/rules.d/r.yml", "");
	load(&world, (const char *const[]){"--allow=given", NULL});
	cr_assert_eq(world.result, 0, "%s", world.said);
	cr_assert_eq(world.options.allow.count, 4);
	cr_expect_str_eq(world.options.allow.items[0], "given");
	cr_expect(strstr(world.options.allow.items[1], "system/allow.d/a.yml"));
	cr_expect(strstr(world.options.allow.items[2], "system/allow.d/b.yml"));
	cr_expect(strstr(world.options.allow.items[3], "user/allow.d/c.yml"));
	cr_assert_eq(world.options.rules.count, 1);
	unload(&world);
	teardown_world(&world);
}

Test(config, a_file_that_is_named_stands_for_all)
{
	struct world world;
	char option[160];

	setup_world(&world);
	put(&world, "system/digtrail.yml", "jobs: 1\n");
	put(&world, "system/allow.d/a.yml", "");
	put(&world, "mine.yml", "top: 7\n");
	snprintf(option, sizeof(option), "--config=%s/mine.yml", world.root);
	load(&world, (const char *const[]){option, NULL});
	cr_assert_eq(world.result, 0, "%s", world.said);
	cr_expect_eq(world.options.top, 7);
	cr_expect_eq(world.options.jobs, 0);
	cr_expect_eq(world.options.allow.count, 0);
	unload(&world);
	teardown_world(&world);
}

Test(config, inputs_say_what_is_known_unless_an_option_says_it_of_all)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/digtrail.yml",
	    "inputs:\n"
	    "  - path: /logs/ns1\n    server: ns1\n    role: authoritative\n    timezone: UTC\n"
	    "    format: bind\n"
	    "  - /logs/other.log\n");
	load(&world, (const char *const[]){"--role=resolver", NULL});
	cr_assert_eq(world.result, 0, "%s", world.said);
	cr_assert_eq(world.config.input_count, 2);
	cr_expect_str_eq(world.config.inputs[0].path, "/logs/ns1");
	cr_expect_str_eq(world.config.inputs[0].server, "ns1");
	cr_expect_str_eq(world.config.inputs[0].timezone, "UTC");
	cr_expect_str_eq(world.config.inputs[0].format, "bind");
	cr_expect_eq(world.config.inputs[0].role, ROLE_AUTO, "--role counts for all");
	cr_expect_str_eq(world.config.inputs[1].path, "/logs/other.log");
	cr_expect_null(world.config.inputs[1].server);
	config_add_inputs(&world.config, &world.options);
	cr_assert_eq(world.options.operands.count, 2);
	cr_expect_str_eq(world.options.operands.items[1], "/logs/other.log");
	unload(&world);
	teardown_world(&world);
}

Test(config, the_inputs_of_the_user_replace_those_of_the_system)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/digtrail.yml", "inputs: [/system]\n");
	put(&world, "user/digtrail.yml", "inputs: [/user]\n");
	load(&world, NULL);
	cr_assert_eq(world.config.input_count, 1);
	cr_expect_str_eq(world.config.inputs[0].path, "/user");
	unload(&world);
	teardown_world(&world);
}

Test(config, a_pattern_means_the_files_it_matches)
{
	struct world world;
	char text[160];

	setup_world(&world);
	put(&world, "q.log.1", "");
	put(&world, "q.log", "");
	snprintf(text, sizeof(text), "inputs: ['%s/q.log*', '%s/none*']\n", world.root, world.root);
	put(&world, "system/digtrail.yml", text);
	load(&world, NULL);
	config_add_inputs(&world.config, &world.options);
	cr_assert_eq(world.options.operands.count, 3);
	cr_expect(strstr(world.options.operands.items[0], "/q.log"));
	cr_expect(strstr(world.options.operands.items[1], "/q.log.1"));
	cr_expect(strstr(world.options.operands.items[2], "/none*"), "and fails to be read");
	unload(&world);
	teardown_world(&world);
}

Test(config, mistakes_are_told_with_file_and_line)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"level: high\nlevle: low\n", ".yml:2: unknown key 'levle': did you mean 'level'?"},
		{"own_zone: a\n", ".yml:1: unknown key 'own_zone': did you mean 'own-zone'?"},
		{"frobnicate: 1\n", ".yml:1: unknown key 'frobnicate'\n"},
		{"\ntop: many\n", ".yml:2: top: 'many' is no whole number"},
		{"level: hihg\n", "did you mean 'high'?"},
		{"quiet: perhaps\n", ".yml:1: quiet: true or false expected"},
		{"quiet: 'true'\n", ".yml:1: quiet: true or false expected"},
		{"internal:\n- 10.0.0.0/8\n- 10.0.0.1/8\n", ".yml:3: internal: '10.0.0.1/8' is no"},
		{"internal: {a: b}\n", ".yml:1: internal: a single value expected, not a map"},
		{"top: [1]\n", ".yml:1: top: a single value expected, not a list"},
		{"top:\n", ".yml:1: top: has no value"},
		{"server: \"a\\0b\"\n", ".yml:1: server: holds a NUL byte"},
		{"config: x\n", ".yml:1: config: has no meaning in a configuration file"},
		{"help: true\n", ".yml:1: help: has no meaning in a configuration file"},
		{"- a\n", ".yml:1: a map of options expected, not a list"},
		{"top: 1\ntop: 2\n", ".yml:2: key 'top' stands twice (first in line 1)"},
		{"top: [1\n", "not YAML"},
		{"inputs: x\n", ".yml:1: inputs: a list expected, not a text"},
		{"inputs:\n- server: a\n", ".yml:2: inputs: an entry needs a path"},
		{"inputs:\n- path: a\n  roel: b\n", ".yml:3: inputs: 'roel' is none of path"},
		{"inputs:\n- path: a\n  role: b\n", ".yml:3: role: 'b' is none of auto"},
		{"inputs:\n- [a]\n", ".yml:2: inputs: a single value expected, not a list"},
		{"\"\\e[31m\": 1\n", ".yml:1: unknown key '\\x1b[31m'"},
		{"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		 "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		 "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
		 "too many values"},
		{"a: "
		 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
		 "\n",
		 "nested too deeply"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world world;

		setup_world(&world);
		put(&world, "system/digtrail.yml", rows[i].text);
		load(&world, NULL);
		cr_expect_eq(world.result, -1, "row %zu", i);
		cr_expect(strstr(world.said, rows[i].told), "row %zu: %s", i, world.said);
		unload(&world);
		teardown_world(&world);
	}
}

Test(config, a_mistake_in_what_does_not_count_is_told_too)
{
	struct world world;

	setup_world(&world);
	put(&world, "system/digtrail.yml", "top: 0\nformat: xml\n");
	load(&world, (const char *const[]){"rules", "--rules=x", NULL});
	cr_expect_eq(world.result, -1);
	cr_expect(strstr(world.said, "digtrail.yml:1: top:"), "%s", world.said);
	cr_expect(strstr(world.said, "digtrail.yml:2: format:"), "%s", world.said);
	unload(&world);
	teardown_world(&world);
}

Test(config, a_thousand_mistakes_are_counted_not_printed)
{
	struct world world;
	char text[32000] = "own-zone:\n";
	size_t n = strlen(text), lines = 0;

	setup_world(&world);
	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "- [x]\n");
	put(&world, "system/digtrail.yml", text);
	load(&world, NULL);
	for (const char *c = world.said; *c; c++)
		lines += *c == '\n';
	cr_expect_eq(lines, CONFIG_ERRORS_SHOWN + 1);
	cr_expect(strstr(world.said, "and 980 more mistakes"), "%s", world.said);
	unload(&world);
	teardown_world(&world);
}

Test(config, a_named_file_that_is_not_there_is_a_mistake_a_missing_standard_one_is_not)
{
	struct world world;

	setup_world(&world);
	load(&world, NULL);
	cr_expect_eq(world.result, 0, "%s", world.said);
	unload(&world);
	load(&world, (const char *const[]){"--config=/nowhere/digtrail.yml", NULL});
	cr_expect_eq(world.result, -1);
	cr_expect_str_eq(world.said,
			 "digtrail: /nowhere/digtrail.yml: No such file or directory\n");
	unload(&world);
	teardown_world(&world);
}

/* What every option is given in the round trip below. */
static const char *
sample_value(const struct option_row *row)
{
	switch (row->kind) {
	case OPTION_FLAG:
		return "true";
	case OPTION_WORD:
		return row->word(1);
	case OPTION_NUMBER:
		return row->min > 7 ? "2001" : "7";
	case OPTION_SIZE:
		return "17M";
	case OPTION_PREFIXES:
		return "10.0.0.0/8";
	case OPTION_PEERS:
		return "key:a key, \"quoted\"";
	default:
		return "a: \"b\" # \xc3\xbc\t'";
	}
}

Test(config, what_show_prints_is_a_configuration_that_says_the_same)
{
	struct world world;
	char *shown = NULL, *again = NULL, option[160];
	size_t n = 0, told = 0, keys = 0;
	struct err err;

	setup_world(&world);
	load(&world, (const char *const[]){"config", "show", NULL});
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_table[i].name, "config") != 0 &&
		    strcmp(option_table[i].name, "help") != 0 &&
		    strcmp(option_table[i].name, "version") != 0 &&
		    options_find(str_of(option_table[i].name)) == &option_table[i])
			cr_assert_eq(options_set(&world.options, &option_table[i],
						 sample_value(&option_table[i]), &err),
				     0, "%s", err.text);
	FILE *out = open_memstream(&shown, &n);
	config_show(&world.config, &world.options, out);
	fclose(out);
	put(&world, "shown.yml", shown);
	unload(&world);
	snprintf(option, sizeof(option), "--config=%s/shown.yml", world.root);
	load(&world, (const char *const[]){"config", "show", option, NULL});
	cr_assert_eq(world.result, 0, "%s\n%s", world.said, shown);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_setting *last = NULL;
		if (options_find(str_of(option_table[i].name)) != &option_table[i])
			continue; /* of one command, with a name that means another elsewhere */
		keys++;
		for (size_t j = 0; j < world.options.setting_count; j++)
			if (world.options.settings[j].row == &option_table[i])
				last = &world.options.settings[j];
		if (!last || strcmp(option_table[i].name, "config") == 0)
			continue;
		cr_expect_str_eq(last->value, sample_value(&option_table[i]), "%s",
				 option_table[i].name);
		told++;
	}
	cr_expect_eq(told, keys - 3, "every option is a key");
	unload(&world);
	teardown_world(&world);
	free(shown);
	free(again);
}
