#include "cli/options.h"

#include "base/xalloc.h"
#include "cli/search.h"
#include "match/rule.h"
#include "record/parser.h"
#include "report/report.h"

enum { NEAR_ENOUGH = 2, WORD_MAX = 32 };

static const char *
word_of_level(size_t i)
{
	return i < LEVELS ? level_names[i] : NULL;
}

static const char *
word_of_report_format(size_t i)
{
	return report_formats[i] ? report_formats[i]->name : NULL;
}

static const char *
word_of_search_form(size_t i)
{
	return i < SEARCH_FORMS ? search_form_names[i] : NULL;
}

static const char *
word_of_when(size_t i)
{
	static const char *const words[] = {"auto", "always", "never"};

	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

static const char *
word_of_role(size_t i)
{
	static const char *const words[] = {"auto", "authoritative", "resolver"};

	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

const char *const option_group_titles[OPTION_GROUPS] = {
	[GROUP_INPUT] = "What the log does not say itself",
	[GROUP_FILTER] = "Which lines count",
	[GROUP_PEERS] = "Who is who",
	[GROUP_RULES] = "Rules",
	[GROUP_REPORT] = "The report",
	[GROUP_RUN] = "Running",
};

#define AT(member) offsetof(struct options, member)
enum {
	ALL = COMMAND_REPORT | COMMAND_SEARCH | COMMAND_FOLLOW | COMMAND_EXPLAIN | COMMAND_TOP |
	      COMMAND_MERGE | COMMAND_RULES | COMMAND_FORMATS | COMMAND_CONFIG | COMMAND_ACK |
	      COMMAND_ALLOW | COMMAND_HELP | COMMAND_VERSION,
	/* Those that read logs. */
	READING = COMMAND_REPORT | COMMAND_SEARCH | COMMAND_FOLLOW | COMMAND_EXPLAIN | COMMAND_TOP,
	REPORTING = COMMAND_REPORT | COMMAND_FOLLOW | COMMAND_MERGE,
	JUDGING = READING | COMMAND_MERGE,
	WITH_RULES = JUDGING | COMMAND_RULES,
	DECIDING = COMMAND_ACK | COMMAND_ALLOW, /* what a person says of a finding */
	CONFIGURED = WITH_RULES | COMMAND_CONFIG | DECIDING,
	SANDBOXED = CONFIGURED | COMMAND_FORMATS,
};

const struct option_row option_table[] = {
	{"server", 0, "NAME", OPTION_TEXT, GROUP_INPUT, READING, AT(server), 0, 0, NULL, NULL,
	 "name of the server that wrote the logs; else from syslog's host, or the files' names"},
	{"log-format", 0, "NAME", OPTION_TEXT, GROUP_INPUT, READING, AT(log_format), 0, 0, "auto",
	 NULL, "what wrote the logs: auto, bind, unbound, one of `digtrail formats`, or a file"},
	{"log-timezone", 0, "TZ", OPTION_TEXT, GROUP_INPUT, READING, AT(log_timezone), 0, 0, NULL,
	 NULL, "zone of times without one: UTC, Europe/Berlin, +02:00; else this machine's"},
	{"year", 0, "N", OPTION_NUMBER, GROUP_INPUT, READING, AT(year), 1980, 2100, NULL, NULL,
	 "year of times without one; else from the file's own time"},
	{"role", 0, "NAME", OPTION_WORD, GROUP_INPUT, READING, AT(role), 0, 0, "auto", word_of_role,
	 "what kind of server wrote the logs"},

	{"since", 0, "TIME", OPTION_TEXT, GROUP_FILTER, READING, AT(since), 0, 0, NULL, NULL,
	 "lines from then on: 2026-11-23T14:00:00Z, 2026-11-23 (UTC), or 2h, 3d before the logs' "
	 "end"},
	{"until", 0, "TIME", OPTION_TEXT, GROUP_FILTER, READING, AT(until), 0, 0, NULL, NULL,
	 "lines until then; a date means its end"},
	{"source", 0, "CIDR", OPTION_PREFIXES, GROUP_FILTER, READING, AT(sources), 0, 0, NULL, NULL,
	 "lines of these clients; may be repeated"},
	{"zone", 0, "NAME", OPTION_TEXTS, GROUP_FILTER, READING, AT(zones), 0, 0, NULL, NULL,
	 "lines about NAME and the names below it; may be repeated"},
	{"type", 0, "TYPE", OPTION_TEXTS, GROUP_FILTER, READING, AT(types), 0, 0, NULL, NULL,
	 "lines about this type of record, as AXFR or TYPE65; may be repeated"},
	{"name", 0, "PATTERN", OPTION_TEXTS, GROUP_FILTER, READING, AT(names), 0, 0, NULL, NULL,
	 "lines about a name in which this pattern (PCRE2, without case) is found; may be "
	 "repeated"},
	{"rule", 0, "ID", OPTION_TEXTS, GROUP_FILTER, READING, AT(rule_ids), 0, 0, NULL, NULL,
	 "lines that a Sigma rule matches, by its id or name; may be repeated"},
	{"on-server", 0, "NAME", OPTION_TEXTS, GROUP_FILTER, READING, AT(on_servers), 0, 0, NULL,
	 NULL, "lines of this server's logs; may be repeated"},
	{"finding", 0, "ID", OPTION_TEXT, GROUP_FILTER, COMMAND_SEARCH, AT(finding), 0, 0, NULL,
	 NULL, "lines of whom and of what a finding tells"},
	{"count", 'c', NULL, OPTION_FLAG, GROUP_FILTER, COMMAND_SEARCH, AT(count), 0, 0, NULL, NULL,
	 "print how many lines there are, not the lines"},

	{"own-zone", 0, "NAME", OPTION_TEXTS, GROUP_PEERS, JUDGING, AT(own_zones), 0, 0, NULL, NULL,
	 "a zone that is ours; may be repeated"},
	{"zone-file", 0, "NAME=FILE", OPTION_TEXTS, GROUP_PEERS, JUDGING, AT(zone_files), 0, 0,
	 NULL, NULL,
	 "the zone NAME as text, to tell which names exist; may be repeated, also for its views"},
	{"zone-dir", 0, "DIR", OPTION_TEXTS, GROUP_PEERS, JUDGING, AT(zone_dirs), 0, 0, NULL, NULL,
	 "a directory of zone files, called as their zones are; may be repeated"},
	{"known-names", 0, "FILE", OPTION_TEXTS, GROUP_PEERS, JUDGING, AT(known_names), 0, 0, NULL,
	 NULL, "names that exist, one a line, or passive DNS as JSON lines; may be repeated"},
	{"secondary", 0, "CIDR|key:NAME", OPTION_PEERS, GROUP_PEERS, JUDGING, AT(secondaries), 0, 0,
	 NULL, NULL, "a host that may transfer our zones, by address or TSIG key; may be repeated"},
	{"internal", 0, "CIDR", OPTION_PREFIXES, GROUP_PEERS, JUDGING, AT(internal), 0, 0, NULL,
	 NULL, "addresses of our own hosts; may be repeated"},
	{"resolver", 0, "CIDR", OPTION_PREFIXES, GROUP_PEERS, JUDGING, AT(resolvers), 0, 0, NULL,
	 NULL, "resolvers that ask for many others; may be repeated"},
	{"allow", 0, "FILE", OPTION_TEXTS, GROUP_PEERS, JUDGING | COMMAND_ALLOW, AT(allow), 0, 0,
	 NULL, NULL, "what is expected, until when and why (see the manual); may be repeated"},
	{"until", 0, "DATE", OPTION_TEXT, GROUP_PEERS, COMMAND_ALLOW, AT(until), 0, 0, NULL, NULL,
	 "the last day (UTC) on which the finding is expected"},
	{"reason", 0, "TEXT", OPTION_TEXT, GROUP_PEERS, DECIDING, AT(reason), 0, 0, NULL, NULL,
	 "why, for whoever reads it later"},
	{"suffix-list", 0, "FILE", OPTION_TEXT, GROUP_PEERS, JUDGING, AT(suffix_list), 0, 0, NULL,
	 NULL, "public suffix list, the same on all machines of a fleet; else libpsl's own"},
	{"key-file", 0, "FILE", OPTION_TEXT, GROUP_PEERS, JUDGING, AT(key_file), 0, 0, NULL, NULL,
	 "the installation's key, which decides what names samples keep; else a public default"},

	{"rules", 'r', "PATH", OPTION_TEXTS, GROUP_RULES, WITH_RULES, AT(rules), 0, 0, NULL, NULL,
	 "Sigma rules, a file or a directory, besides the shipped ones; may be repeated"},
	{"no-default-rules", 0, NULL, OPTION_FLAG, GROUP_RULES, WITH_RULES, AT(no_default_rules), 0,
	 0, NULL, NULL, "leave the shipped rules out"},
	{"no-jit", 0, NULL, OPTION_FLAG, GROUP_RULES, WITH_RULES, AT(no_jit), 0, 0, NULL, NULL,
	 "run patterns in PCRE2's interpreter, not as machine code"},

	{"output", 'o', "FILE", OPTION_TEXTS, GROUP_REPORT, REPORTING, AT(outputs), 0, 0, NULL,
	 NULL, "write the report here, not to standard output; may be repeated"},
	{"format", 'f', "NAME", OPTION_WORD, GROUP_REPORT, REPORTING, AT(format), 0, 0, NULL,
	 word_of_report_format, "format of the report; else by the ending of --output, else text"},
	{"format", 'f', "NAME", OPTION_WORD, GROUP_REPORT, COMMAND_SEARCH, AT(records), 0, 0,
	 "text", word_of_search_form, "print records, not lines: text, ndjson or csv"},
	{"state", 0, "FILE", OPTION_TEXT, GROUP_REPORT, COMMAND_REPORT | DECIDING, AT(state), 0, 0,
	 NULL, NULL, "nightly memory: count each line once, know earlier nights, tell what is new"},
	{"alive", 0, "DAYS", OPTION_NUMBER, GROUP_REPORT, COMMAND_REPORT, AT(alive), 0, 366, NULL,
	 NULL, "with --state and --quiet: after so many days say that nothing is new (0: never)"},
	{"save", 0, "FILE", OPTION_TEXT, GROUP_REPORT, REPORTING, AT(save), 0, 0, NULL, NULL,
	 "also write all that was counted, for digtrail merge and for SQL"},
	{"level", 0, "LEVEL", OPTION_WORD, GROUP_REPORT, REPORTING, AT(level), 0, 0, "medium",
	 word_of_level, "only count findings below this level"},
	{"fail-on", 0, "LEVEL", OPTION_WORD, GROUP_REPORT, REPORTING, AT(fail_on), 0, 0, NULL,
	 word_of_level, "exit with 1 on a finding at or above this level"},
	{"check", 0, NULL, OPTION_FLAG, GROUP_REPORT, REPORTING, AT(check), 0, 0, NULL, NULL,
	 "as a monitoring plugin: one line, status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN"},
	{"top", 0, "N", OPTION_NUMBER, GROUP_REPORT, REPORTING, AT(top), 1, 1000000, NULL, NULL,
	 "rows in tables of sources and zones (default 10 as text, else 100)"},
	{"examples", 0, "N", OPTION_NUMBER, GROUP_REPORT, REPORTING, AT(examples), 0, 1000, "3",
	 NULL, "log lines shown with each finding"},
	{"geo", 0, "FILE", OPTION_TEXTS, GROUP_REPORT, REPORTING | COMMAND_EXPLAIN, AT(geo), 0, 0,
	 NULL, NULL,
	 "country and network of addresses, a database in MaxMind's format; may be repeated"},
	{"redact", 0, NULL, OPTION_FLAG, GROUP_REPORT, REPORTING | COMMAND_EXPLAIN, AT(redact), 0,
	 0, NULL, NULL, "pseudonyms for all addresses, made with --key-file"},
	{"force-unproven", 0, NULL, OPTION_FLAG, GROUP_REPORT, REPORTING, AT(force_unproven), 0, 0,
	 NULL, NULL, "block lists: also list addresses that may be forged"},
	{"quiet", 'q', NULL, OPTION_FLAG, GROUP_REPORT, JUDGING, AT(quiet), 0, 0, NULL, NULL,
	 "print nothing when there is nothing to say"},
	{"verbose", 'v', NULL, OPTION_FLAG, GROUP_REPORT, JUDGING, AT(verbose), 0, 0, NULL, NULL,
	 "say more about how the report came about"},
	{"color", 0, "WHEN", OPTION_WORD, GROUP_REPORT, JUDGING, AT(color), 0, 0, "auto",
	 word_of_when, "colour the text report"},

	{"config", 'c', "FILE", OPTION_TEXT, GROUP_RUN, CONFIGURED & ~(unsigned)COMMAND_SEARCH,
	 AT(config), 0, 0, NULL, NULL,
	 "read this configuration, not the user's and the system's; /dev/null: none"},
	/* There -c counts. */
	{"config", 0, "FILE", OPTION_TEXT, GROUP_RUN, COMMAND_SEARCH, AT(config), 0, 0, NULL, NULL,
	 "read this configuration, not the user's and the system's; /dev/null: none"},
	{"jobs", 'j', "N", OPTION_NUMBER, GROUP_RUN, JUDGING, AT(jobs), 1, 1024, NULL, NULL,
	 "threads; else one a processor"},
	{"memory", 0, "SIZE", OPTION_SIZE, GROUP_RUN, JUDGING, AT(memory), 16 << 20,
	 INT64_C(1) << 50, NULL, NULL,
	 "ceiling of memory, as 512M or 4G; else a quarter of the machine, at most 1G"},
	{"max-ratio", 0, "N", OPTION_NUMBER, GROUP_RUN, READING, AT(max_ratio), 1, INT64_C(1) << 40,
	 "200", NULL, "give a compressed log up that unpacks to more than N times its size"},
	{"user", 0, "NAME", OPTION_TEXT, GROUP_RUN, JUDGING, AT(user), 0, 0, NULL, NULL,
	 "started by root, become this user before anything is read; logs stay readable"},
	{"no-sandbox", 0, NULL, OPTION_FLAG, GROUP_RUN, SANDBOXED, AT(no_sandbox), 0, 0, NULL, NULL,
	 "keep the network, other programs and all files within reach"},
	{"stats", 0, NULL, OPTION_FLAG, GROUP_RUN, REPORTING, AT(stats), 0, 0, NULL, NULL,
	 "print time, rate and peak memory to standard error"},
	{"follow", 0, NULL, OPTION_FLAG, GROUP_RUN, COMMAND_TOP, AT(follow), 0, 0, NULL, NULL,
	 "read on while the logs grow and rotate, as digtrail follow does"},
	{"progress", 0, "WHEN", OPTION_WORD, GROUP_RUN, READING, AT(progress), 0, 0, "auto",
	 word_of_when, "show progress on standard error"},
	{"without", 0, "PART", OPTION_TEXTS, GROUP_RUN, REPORTING, AT(without), 0, 0, NULL, NULL,
	 NULL},
	{"help", 'h', NULL, OPTION_FLAG, GROUP_RUN, ALL, AT(help), 0, 0, NULL, NULL,
	 "print this page and exit"},
	{"version", 'V', NULL, OPTION_FLAG, GROUP_RUN, ALL, AT(version), 0, 0, NULL, NULL,
	 "print the version and the libraries built in, and exit"},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= 64, "options.given has 64 bits");

void
options_init(struct options *options)
{
	struct err err;

	memset(options, 0, sizeof(*options));
	options->format = options->fail_on = -1;
	options->place = "built in";
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].initial)
			options_set(options, &option_table[i], option_table[i].initial, &err);
	options->given = 0;
	options->place = "command line";
}

static void
peers_release(struct option_peers *peers)
{
	free(peers->prefixes);
	free(peers->keys);
}

void
options_release(struct options *options)
{
	free(options->operands.items);
	free(options->settings);
	for (size_t i = 0; i < option_count; i++) {
		char *target = (char *)options + option_table[i].offset;

		if (option_table[i].kind == OPTION_TEXTS)
			free(((struct option_list *)(void *)target)->items);
		else if (option_table[i].kind == OPTION_PREFIXES ||
			 option_table[i].kind == OPTION_PEERS)
			peers_release((void *)target);
	}
	memset(options, 0, sizeof(*options));
}

static void
list_add(struct option_list *list, const char *text)
{
	list->items = xrealloc(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = text;
}

/* Letters to change, add or leave out to make one word of the other, at most WORD_MAX. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], n = strlen(b), m = strlen(a);

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[n];
}

/* Keeps the better of two suggestions: a word that begins as typed, else the nearest one. */
static void
suggest(const char *typed, const char *word, const char **best, size_t *best_distance)
{
	size_t n = strlen(typed);
	size_t d = n >= 2 && strncmp(word, typed, n) == 0 ? 1 : distance(typed, word);

	if (d <= NEAR_ENOUGH && d < *best_distance && d < n) {
		*best = word;
		*best_distance = d;
	}
}

bool
option_is_list(const struct option_row *row)
{
	return row->kind == OPTION_TEXTS || row->kind == OPTION_PREFIXES ||
	       row->kind == OPTION_PEERS;
}

const char *
options_near(const char *typed)
{
	const char *best = NULL;
	size_t best_distance = WORD_MAX;

	for (size_t i = 0; i < option_count; i++)
		suggest(typed, option_table[i].name, &best, &best_distance);
	return best;
}

static int
unknown_option(const char *typed, struct err *err)
{
	const char *best = options_near(typed);

	if (best)
		return err_set(err, "unknown option '--%s': did you mean '--%s'?", typed, best);
	return err_set(err, "unknown option '--%s'", typed);
}

static int
set_word(int *target, const struct option_row *row, const char *value, struct err *err)
{
	char words[256] = "";
	const char *best = NULL, *word;
	size_t best_distance = WORD_MAX, n = 0;

	for (size_t i = 0; (word = row->word(i)) != NULL; i++) {
		if (strcmp(word, value) == 0) {
			*target = (int)i;
			return 0;
		}
		suggest(value, word, &best, &best_distance);
		if (n < sizeof(words))
			n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%s", i ? ", " : "",
					      word);
	}
	if (best)
		return err_set(err, "--%s: '%s' is none of %s: did you mean '%s'?", row->name,
			       value, words, best);
	return err_set(err, "--%s: '%s' is none of %s", row->name, value, words);
}

static int
set_number(int64_t *target, const struct option_row *row, const char *value, struct err *err)
{
	uint64_t number;

	if (!str_number(str_of(value), (uint64_t)row->max, &number) || number < (uint64_t)row->min)
		return err_set(err, "--%s: '%s' is no whole number from %lld to %lld", row->name,
			       value, (long long)row->min, (long long)row->max);
	*target = (int64_t)number;
	return 0;
}

static int
set_size(int64_t *target, const struct option_row *row, const char *value, struct err *err)
{
	static const struct {
		char suffix;
		uint64_t unit;
	} units[] = {{'k', 1 << 10}, {'m', 1 << 20}, {'g', 1 << 30}, {'\0', 1}};
	struct str digits = str_of(value);
	uint64_t number;
	size_t i;

	for (i = 0; units[i].suffix; i++)
		if (digits.n && str_lower(digits.p[digits.n - 1]) == units[i].suffix) {
			digits.n--;
			break;
		}
	if (!str_number(digits, (uint64_t)row->max / units[i].unit, &number) ||
	    number * units[i].unit < (uint64_t)row->min)
		return err_set(err,
			       "--%s: '%s' is no size of at least %lldM, such as 512M or 4G (units "
			       "of 1024)",
			       row->name, value, (long long)(row->min >> 20));
	*target = (int64_t)(number * units[i].unit);
	return 0;
}

static int
set_peer(struct option_peers *peers, const struct option_row *row, const char *value,
	 struct err *err)
{
	struct str text = str_of(value);
	struct prefix prefix;

	if (row->kind == OPTION_PEERS && str_take(&text, STR("key:")) && text.n > 0) {
		peers->keys = xrealloc(peers->keys, peers->key_count + 1, sizeof(*peers->keys));
		peers->keys[peers->key_count++] = text.p;
		return 0;
	}
	if (!prefix_parse(str_of(value), &prefix))
		return err_set(err,
			       "--%s: '%s' is no address or network such as 192.0.2.1 or "
			       "192.0.2.0/24 (no bits set behind the prefix)%s",
			       row->name, value, row->kind == OPTION_PEERS ? ", nor key:NAME" : "");
	peers->prefixes =
		xrealloc(peers->prefixes, peers->prefix_count + 1, sizeof(*peers->prefixes));
	peers->prefixes[peers->prefix_count++] = prefix;
	return 0;
}

static int
set_flag(bool *target, const struct option_row *row, const char *value, struct err *err)
{
	if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return err_set(err, "--%s takes no value but true or false", row->name);
	*target = !value || strcmp(value, "true") == 0;
	return 0;
}

static int
set_value(struct options *options, const struct option_row *row, const char *value, struct err *err)
{
	void *target = (char *)options + row->offset;

	if (row->kind == OPTION_FLAG)
		return set_flag(target, row, value, err);
	if (!value || *value == '\0')
		return err_set(err, "--%s needs a value: %s", row->name, row->argument);
	switch (row->kind) {
	case OPTION_TEXTS:
		list_add(target, value);
		return 0;
	case OPTION_NUMBER:
		return set_number(target, row, value, err);
	case OPTION_SIZE:
		return set_size(target, row, value, err);
	case OPTION_WORD:
		return set_word(target, row, value, err);
	case OPTION_PREFIXES:
	case OPTION_PEERS:
		return set_peer(target, row, value, err);
	case OPTION_TEXT:
	case OPTION_FLAG:
		break;
	}
	*(const char **)target = value;
	return 0;
}

int
options_set(struct options *options, const struct option_row *row, const char *value,
	    struct err *err)
{
	if (set_value(options, row, value, err) != 0)
		return -1;
	options->given |= UINT64_C(1) << (row - option_table);
	options->settings =
		xrealloc(options->settings, options->setting_count + 1, sizeof(*options->settings));
	options->settings[options->setting_count++] =
		(struct option_setting){row, value, options->place};
	return 0;
}

void
options_add_operand(struct options *options, const char *operand)
{
	list_add(&options->operands, operand);
}

/* What is left of the command line while it is read. */
struct cursor {
	int argc;
	char **argv;
	int at;
	unsigned command; /* its bit: what the first operand says, wherever it stands */
};

/* Of several rows of one name, the command's own. */
static const struct option_row *
better_row(const struct option_row *found, const struct option_row *row, unsigned command)
{
	return !found || (!(found->commands & command) && row->commands & command) ? row : found;
}

static const struct option_row *
find_long(const char *name, size_t n, unsigned command)
{
	const struct option_row *found = NULL;

	for (size_t i = 0; i < option_count; i++)
		if (str_eq(str_of(option_table[i].name), str_make(name, n)))
			found = better_row(found, &option_table[i], command);
	return found;
}

static const struct option_row *
find_letter(char letter, unsigned command)
{
	const struct option_row *found = NULL;

	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].letter && option_table[i].letter == letter)
			found = better_row(found, &option_table[i], command);
	return found;
}

const struct option_row *
options_find(struct str name)
{
	return find_long(name.p, name.n, 0);
}

/* `value` is what stood in the same word, NULL when nothing did. */
static int
take_value(struct options *options, struct cursor *cursor, const struct option_row *row,
	   const char *value, struct err *err)
{
	if (!value && cursor->at + 1 < cursor->argc)
		value = cursor->argv[++cursor->at];
	if (!value)
		return err_set(err, "--%s needs a value: %s", row->name, row->argument);
	return options_set(options, row, value, err);
}

static int
parse_long(struct options *options, struct cursor *cursor, struct err *err)
{
	const char *word = cursor->argv[cursor->at] + 2;
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : NULL;
	const struct option_row *row = find_long(word, n, cursor->command);

	if (!row) {
		char typed[WORD_MAX + 1];

		snprintf(typed, sizeof(typed), "%.*s", (int)(n < WORD_MAX ? n : WORD_MAX), word);
		return unknown_option(typed, err);
	}
	if (row->kind != OPTION_FLAG)
		return take_value(options, cursor, row, value, err);
	return options_set(options, row, value, err);
}

static int
parse_short(struct options *options, struct cursor *cursor, struct err *err)
{
	const char *letters = cursor->argv[cursor->at] + 1;

	for (; *letters; letters++) {
		const struct option_row *row = find_letter(*letters, cursor->command);

		if (!row)
			return err_set(err, "unknown option '-%c'", *letters);
		if (row->kind != OPTION_FLAG)
			return take_value(options, cursor, row, letters[1] ? letters + 1 : NULL,
					  err);
		if (options_set(options, row, NULL, err) != 0)
			return -1;
	}
	return 0;
}

/* Every option given must be one of the command's. */
static int
check_command(const struct options *options, struct err *err)
{
	/* "config" tells what any option would be. */
	for (size_t i = 0; i < option_count && options->command->id != COMMAND_CONFIG; i++)
		if (options->given >> i & 1 && !(option_table[i].commands & options->command->id))
			return err_set(err, "'%s' takes no option '--%s'", options->command->name,
				       option_table[i].name);
	return 0;
}

/* The command of that name, or NULL. */
static const struct command *
find_command(const struct command *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* True when the value of an option follows as a word of its own. */
static bool
takes_next(const char *word)
{
	const struct option_row *row = NULL;

	if (word[1] == '-')
		row = strchr(word, '=') ? NULL : find_long(word + 2, strlen(word + 2), 0);
	for (const char *letter = word + 1; word[1] != '-' && *letter; letter++) {
		row = find_letter(*letter, 0);
		if (row && row->kind != OPTION_FLAG)
			return letter[1] == '\0';
	}
	return row && row->kind != OPTION_FLAG;
}

/* The command that the first operand names; options before it may mean different rows. */
static unsigned
look_ahead(const struct command *table, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			i += takes_next(argv[i]);
			continue;
		}
		const struct command *command = find_command(table, argv[i]);
		return command ? command->id : table->id;
	}
	return table->id;
}

int
options_parse(struct options *options, const struct command *table, int argc, char **argv,
	      struct err *err)
{
	struct cursor cursor = {argc, argv, 1, look_ahead(table, argc, argv)};
	bool options_end = false;

	options->command = NULL;
	for (; cursor.at < argc; cursor.at++) {
		const char *word = argv[cursor.at];
		bool first = !options->command && options->operands.count == 0;
		int result = 0;

		if (options_end || word[0] != '-' || word[1] == '\0') {
			if (first && !options_end)
				options->command = find_command(table, word);
			if (!first || !options->command)
				list_add(&options->operands, word);
		} else if (strcmp(word, "--") == 0) {
			options_end = true;
		} else if (word[1] == '-') {
			result = parse_long(options, &cursor, err);
		} else {
			result = parse_short(options, &cursor, err);
		}
		if (result != 0)
			return -1;
	}
	if (!options->command)
		options->command = table;
	return check_command(options, err);
}
