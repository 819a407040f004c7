#include "cli/setup.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/regex.h"
#include "base/workers.h"
#include "cli/config.h"
#include "cli/confine.h"
#include "cli/data.h"
#include "cli/existence.h"

enum { KEY_FILE_MAX = 4096, PATH_TEXT = 1024, ORACLE_SHARE = 4 };

static const uint64_t memory_most = 1ULL << 30, memory_least = 16ULL << 20;

/* What stands for the installation's key where there is none; THREATS: its samples can be gamed. */
static const char default_key[] = "digtrail default sample key";

uint64_t
setup_memory(const struct options *options)
{
	if (options->memory)
		return (uint64_t)options->memory;
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
	uint64_t quarter =
		pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 4 : memory_most;
	if (quarter > memory_most)
		return memory_most;
	return quarter < memory_least ? memory_least : quarter;
}

size_t
setup_threads(const struct options *options)
{
	return options->jobs ? (size_t)options->jobs : workers_processors();
}

size_t
setup_readers(const struct options *options)
{
	/*
	 * Beside its tables a thread takes about 12 MiB, for the names that it knows, its reader and
	 * its seat: for the first one they lie in what the whole may take beside --memory.
	 */
	enum { MEMORY_A_READER = 48 << 20 };

	return 1 + (size_t)(setup_memory(options) / MEMORY_A_READER);
}

static int
read_key(const struct options *options, char *key, size_t *n, struct err *err)
{
	if (!options->key_file) {
		*n = sizeof(default_key) - 1;
		memcpy(key, default_key, *n);
		return 0;
	}
	FILE *file = fopen(options->key_file, "rb");
	if (!file)
		return err_set(err, "--key-file %s: %s", options->key_file, strerror(errno));
	*n = fread(key, 1, KEY_FILE_MAX, file);
	fclose(file);
	if (*n < 16)
		return err_set(err, "--key-file %s: holds fewer than 16 bytes", options->key_file);
	return 0;
}

static int
make_names(struct setup *setup, struct err *err)
{
	const struct options *options = setup->options;
	char key[KEY_FILE_MAX], path[PATH_TEXT];
	size_t n = 0;

	if (read_key(options, key, &n, err) != 0)
		return -1;
	digest_key_make(&setup->pseudonyms, str_make(key, n));
	names_init(&setup->names, str_make(key, n));
	for (size_t i = 0; i < options->own_zones.count; i++)
		if (names_add_own_zone(&setup->names, str_of(options->own_zones.items[i]), err) !=
		    0)
			return -1;
	if (names_load_suffixes(&setup->names, options->suffix_list, err) != 0)
		return -1;
	return names_add_wordlist(&setup->names,
				  data_path("wordlists/labels.txt", path, sizeof(path)), err);
}

static void
print_rule_errors(const struct rule_errors *errors, FILE *messages, bool verbose)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct rule_error *error = &errors->errors[i];
		if (error->note && !verbose)
			continue;
		fprintf(messages, "digtrail: %.*s:%u: %s\n", STR_ARG(error->file), error->line,
			error->text);
	}
}

/* With -v. The verdicts are the same, only later. */
static void
tell_how_patterns_run(const struct options *options, FILE *messages)
{
	struct err err;

	if (!options->verbose || options->no_jit)
		return;
	struct regex *regex = regex_compile(STR("a"), 0, &err);
	if (regex && !regex_jit(regex))
		fputs("digtrail: no machine code can be made here: patterns run in PCRE2's "
		      "interpreter\n",
		      messages);
	regex_free(regex);
}

static int
make_rules(struct setup *setup, FILE *messages, struct err *err)
{
	const struct options *options = setup->options;
	struct rule_errors errors = {0};
	char path[PATH_TEXT];
	int status = 0;

	ruleset_init(&setup->rules);
	if (!options->no_default_rules)
		status = ruleset_load(&setup->rules, data_path("rules", path, sizeof(path)),
				      &errors, err);
	for (size_t i = 0; status == 0 && i < options->rules.count; i++)
		status = ruleset_load(&setup->rules, options->rules.items[i], &errors, err);
	if (status == 0)
		ruleset_finish(&setup->rules, !options->no_jit, &errors);
	tell_how_patterns_run(options, messages);
	print_rule_errors(&errors, messages, options->verbose);
	setup->rules_are_faulty = errors.count > errors.notes;
	rule_errors_release(&errors);
	return status;
}

static int
make_allow(struct setup *setup, FILE *messages, struct err *err)
{
	const struct option_list *files = &setup->options->allow;

	for (size_t i = 0; i < files->count; i++)
		if (allow_load(&setup->allow, files->items[i], err) != 0)
			return err_prefix(err, "--allow");
	for (size_t i = 0; i < setup->allow.error_count; i++) {
		const struct allow_error *error = &setup->allow.errors[i];
		fprintf(messages, "digtrail: %.*s:%u: %s\n", STR_ARG(error->file), error->line,
			error->text);
	}
	setup->allow_is_faulty = setup->allow.error_count > 0;
	return 0;
}

/* The bits of --without; -1 with err for a part there is not. */
static int
read_parts(const struct option_list *names, unsigned *without, struct err *err)
{
	for (size_t i = 0; i < names->count; i++) {
		size_t part = 0;
		while (detect_part_names[part] &&
		       strcmp(detect_part_names[part], names->items[i]) != 0)
			part++;
		if (!detect_part_names[part])
			return err_set(err, "--without: there is no part '%s'", names->items[i]);
		*without |= 1u << part;
	}
	return 0;
}

static int
make_detect(struct setup *setup, struct err *err)
{
	const struct options *options = setup->options;
	struct str *keys =
		arena_alloc(&setup->arena, options->secondaries.key_count * sizeof(*keys));

	for (size_t i = 0; i < options->secondaries.key_count; i++)
		keys[i] = str_of(options->secondaries.keys[i]);
	setup->detect = (struct detect_settings){
		.secondary_count = options->secondaries.prefix_count,
		.secondaries = options->secondaries.prefixes,
		.key_count = options->secondaries.key_count,
		.keys = keys,
		.internal_count = options->internal.prefix_count,
		.internals = options->internal.prefixes,
		.resolver_count = options->resolvers.prefix_count,
		.resolvers = options->resolvers.prefixes,
		.allow = &setup->allow,
		.examples = (size_t)options->examples,
		.workers = setup->workers,
	};
	return read_parts(&options->without, &setup->detect.without, err);
}

/* A name that looks like a file is a description of the user's own. */
static bool
is_description(const char *name)
{
	return strchr(name, '/') || str_ends(str_of(name), STR(".yml"));
}

static int
unknown_format(const struct custom_formats *formats, const char *name, struct err *err)
{
	char names[256];
	size_t n = (size_t)snprintf(names, sizeof(names), "auto, bind, unbound");

	for (size_t i = 0; i < formats->count && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, ", %s",
				      custom_info(formats->all[i])->name);
	return err_set(err, "--log-format: '%s' is none of %s, nor a file (*.yml)", name, names);
}

/* What a format's name means; a description of the user's own is loaded. */
static int
find_format(struct setup *setup, const char *name, enum log_format *found,
	    const struct custom_format **custom, struct err *err)
{
	struct custom_formats *formats = &setup->formats;

	for (enum log_format format = FORMAT_UNKNOWN; format < FORMAT_CUSTOM; format++)
		if (strcmp(log_format_names[format], name) == 0) {
			*found = format;
			return 0;
		}
	*found = FORMAT_CUSTOM;
	*custom = custom_find(formats, name);
	if (!*custom && is_description(name)) {
		if (custom_load(formats, name, err) != 0)
			return err_prefix(err, "--log-format");
		*custom = formats->all[formats->count - 1];
	}
	return *custom ? 0 : unknown_format(formats, name, err);
}

/* Loads the shipped formats, and finds what --log-format means. */
static int
make_formats(struct setup *setup, struct plan_settings *settings, struct err *err)
{
	char path[PATH_TEXT];

	if (custom_load(&setup->formats, data_path("formats", path, sizeof(path)), err) != 0)
		return -1;
	settings->formats = &setup->formats;
	return find_format(setup, setup->options->log_format, &settings->format, &settings->custom,
			   err);
}

/* What the configuration says of single inputs. */
static int
make_overrides(struct setup *setup, struct plan_settings *settings, struct err *err)
{
	const struct config *loaded = setup->options->loaded;
	size_t count = loaded ? loaded->input_count : 0;
	struct plan_override *overrides = arena_alloc(&setup->arena, count * sizeof(*overrides));

	for (size_t i = 0; i < count; i++) {
		const struct config_input *input = &loaded->inputs[i];
		overrides[i] = (struct plan_override){.pattern = input->path,
						      .server = input->server,
						      .timezone = input->timezone,
						      .role = input->role};
		if (input->format && find_format(setup, input->format, &overrides[i].format,
						 &overrides[i].custom, err) != 0)
			return err_prefix(err, "%s", input->place);
	}
	settings->overrides = overrides;
	settings->override_count = count;
	return 0;
}

/* Whom close_files takes files away from. */
struct closing {
	const struct options *options;
	FILE *messages;
};

static void
close_files(void *context, const struct listing *logs)
{
	const struct closing *closing = context;

	confine_files(closing->options, logs, closing->messages);
}

static int
make_plan(struct setup *setup, struct closing *closing, struct err *err)
{
	static const char *const standard_input[] = {"-"};
	const struct options *options = setup->options;
	const char *const *paths = options->operands.items;
	size_t count = options->operands.count;

	if (count == 0) {
		paths = standard_input;
		count = 1;
	}
	struct plan_settings settings = {
		.server = options->server,
		.timezone = options->log_timezone,
		.role = (enum option_role)options->role,
		.year = (int)options->year,
		.logs = setup->logs,
		.max_ratio = (uint64_t)options->max_ratio,
		.listed = close_files,
		.context = closing,
	};
	if (make_formats(setup, &settings, err) != 0 || make_overrides(setup, &settings, err) != 0)
		return -1;
	/* Which ones are needed is known when no machine code can be made any more. */
	for (size_t i = 0; i < setup->formats.count; i++)
		custom_jit(setup->formats.all[i]);
	return plan_make(&setup->plan, paths, count, &settings, err);
}

void
setup_tally(struct setup *setup, const struct saved_input *inputs, size_t count,
	    const struct server_row *rows, size_t server_count)
{
	struct stream_info *streams = arena_alloc(&setup->arena, (count + 1) * sizeof(*streams));
	struct server_info *servers =
		arena_alloc(&setup->arena, (server_count + 1) * sizeof(*servers));

	for (size_t i = 0; i < count; i++)
		streams[i] = (struct stream_info){inputs[i].path, inputs[i].server_number};
	for (size_t i = 0; i < server_count; i++)
		servers[i] = (struct server_info){
			.name = str_of(rows[i].name),
			.resolver = rows[i].resolver,
			.request = servers_request_kind(&rows[i]),
			.unbound = rows[i].unbound,
			.apart = setup->options->save && server_count > 1 && !rows[i].settled,
		};
	setup->tally.stream_count = count;
	setup->tally.server_count = server_count;
	setup->tally.streams = streams;
	setup->tally.servers = servers;
}

bool
setup_join_servers(struct setup *setup)
{
	size_t count = setup->tally.server_count;
	struct server_info *servers = arena_alloc(&setup->arena, (count + 1) * sizeof(*servers));
	bool were_apart = false;

	for (size_t i = 0; i < count; i++) {
		servers[i] = setup->tally.servers[i];
		were_apart |= servers[i].apart;
		servers[i].apart = false;
	}
	setup->tally.servers = servers;
	return were_apart;
}

static int
load_providers(struct setup *setup, struct err *err)
{
	char path[PATH_TEXT];

	setup->providers = providers_load(data_path("data/providers.yml", path, sizeof(path)), err);
	return setup->providers ? 0 : -1;
}

int
setup_make(struct setup *setup, const struct options *options, struct logs *logs, FILE *messages,
	   struct err *err)
{
	struct closing closing = {options, messages};

	*setup = (struct setup){
		.options = options,
		.memory = setup_memory(options),
		.logs = logs,
		.workers = workers_new(setup_threads(options)),
	};
	if (make_names(setup, err) != 0 || make_rules(setup, messages, err) != 0 ||
	    make_allow(setup, messages, err) != 0 || load_providers(setup, err) != 0 ||
	    existence_load(&setup->oracle, options, setup->memory / ORACLE_SHARE, messages,
			   &setup->zones_are_faulty, err) != 0 ||
	    make_detect(setup, err) != 0)
		return -1;
	/* From here on nothing is opened but logs, or tallies: cli/merge.c looks at those. */
	if (options->command->id == COMMAND_MERGE)
		close_files(&closing, NULL);
	else if (make_plan(setup, &closing, err) != 0)
		return -1;
	setup->tally = (struct tally_settings){
		.limits = tally_limits_of(setup->memory),
		.names = &setup->names,
		.rules = &setup->rules,
	};
	setup_tally(setup, setup->plan.saved, setup->plan.count, setup->plan.servers,
		    setup->plan.server_count);
	return 0;
}

void
setup_release(struct setup *setup)
{
	oracle_free(setup->oracle);
	providers_free(setup->providers);
	plan_release(&setup->plan);
	custom_release(&setup->formats);
	allow_release(&setup->allow);
	ruleset_release(&setup->rules);
	names_release(&setup->names);
	arena_release(&setup->arena);
	workers_free(setup->workers);
}

static struct setting_row
list_row(struct setup *setup, const char *name, const struct option_peers *peers)
{
	struct setting_row row = {.name = str_of(name), .is_list = true};

	row.items = arena_alloc(&setup->arena,
				(peers->prefix_count + peers->key_count) * sizeof(*row.items));
	for (size_t i = 0; i < peers->prefix_count; i++) {
		char text[PREFIX_TEXT];
		prefix_print(&peers->prefixes[i], text);
		row.items[row.item_count++] = arena_str(&setup->arena, str_of(text));
	}
	for (size_t i = 0; i < peers->key_count; i++) {
		char text[QNAME_TEXT_MAX + 8];
		snprintf(text, sizeof(text), "key:%s", peers->keys[i]);
		row.items[row.item_count++] = arena_str(&setup->arena, str_of(text));
	}
	return row;
}

static struct setting_row
texts_row(struct setup *setup, const char *name, const struct option_list *list)
{
	struct setting_row row = {.name = str_of(name), .is_list = true};

	row.items = arena_alloc(&setup->arena, list->count * sizeof(*row.items));
	for (size_t i = 0; i < list->count; i++)
		row.items[row.item_count++] = str_of(list->items[i]);
	return row;
}

struct str
setup_role(const struct setup *setup)
{
	static const char *const roles[] = {"auto", "authoritative", "resolver"};

	return setup->saved_role.n ? setup->saved_role : str_of(roles[setup->options->role]);
}

struct str
setup_timezone(const struct setup *setup)
{
	const char *given = setup->options->log_timezone;

	return setup->saved_timezone.n ? setup->saved_timezone : str_of(given ? given : "local");
}

static size_t
filter_rows(struct setup *setup, struct setting_row *rows, size_t n)
{
	const struct options *options = setup->options;
	const struct {
		const char *name;
		const struct option_list *list;
	} lists[] = {
		{"zones", &options->zones},           {"types", &options->types},
		{"names", &options->names},           {"rule_ids", &options->rule_ids},
		{"on_servers", &options->on_servers},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (lists[i].list->count)
			rows[n++] = texts_row(setup, lists[i].name, lists[i].list);
	return n;
}

struct setting_row *
setup_rows(struct setup *setup, size_t *count)
{
	const struct options *options = setup->options;
	struct setting_row *rows = arena_alloc(&setup->arena, 32 * sizeof(*rows));
	char key[16], rules[32];
	size_t n = 0;

	rows[n++] = (struct setting_row){.name = STR("role"), .value = setup_role(setup)};
	rows[n++] = texts_row(setup, "own_zones", &options->own_zones);
	if (options->zone_files.count)
		rows[n++] = texts_row(setup, "zone_files", &options->zone_files);
	if (options->zone_dirs.count)
		rows[n++] = texts_row(setup, "zone_dirs", &options->zone_dirs);
	if (options->known_names.count)
		rows[n++] = texts_row(setup, "known_names", &options->known_names);
	if (options->without.count)
		rows[n++] = texts_row(setup, "without", &options->without);
	rows[n++] = list_row(setup, "secondaries", &options->secondaries);
	rows[n++] = list_row(setup, "internal", &options->internal);
	rows[n++] = list_row(setup, "resolvers", &options->resolvers);
	if (options->since)
		rows[n++] =
			(struct setting_row){.name = STR("since"), .value = str_of(options->since)};
	if (options->until)
		rows[n++] =
			(struct setting_row){.name = STR("until"), .value = str_of(options->until)};
	if (options->sources.prefix_count)
		rows[n++] = list_row(setup, "sources", &options->sources);
	n = filter_rows(setup, rows, n);
	if (options->allow.count)
		rows[n++] = texts_row(setup, "allow", &options->allow);
	rows[n++] =
		(struct setting_row){.name = STR("log_timezone"), .value = setup_timezone(setup)};
	if (options->no_sandbox)
		rows[n++] = (struct setting_row){.name = STR("sandbox"), .value = STR("off")};
	hash_key_name(&setup->names.sample_key, key);
	rows[n++] = (struct setting_row){.name = STR("sample_key"),
					 .value = options->key_file
							  ? arena_str(&setup->arena, str_of(key))
							  : STR("default")};
	snprintf(rules, sizeof(rules), "%016llx", (unsigned long long)setup->rules.fingerprint);
	rows[n++] = (struct setting_row){.name = STR("rules"),
					 .value = arena_str(&setup->arena, str_of(rules))};
	*count = n;
	return rows;
}
