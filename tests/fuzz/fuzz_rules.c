/*
 * Any bytes as Sigma rules and correlations: mistakes are told with a place, what is left can
 * be asked about any record, and machine code and interpreter give the same verdicts.
 */
#include <stdlib.h>
#include <unistd.h>

#include "help.h"
#include "match/matcher.h"
#include "record/parser.h"

static const char *const lines[] = {
	"10-Mar-2026 12:00:00.000 queries: info: client @0x7 192.0.2.1#4711 (www.example.com): "
	"query: www.example.com IN A +E(0)K (198.51.100.1)",
	"10-Mar-2026 12:00:01.000 queries: info: client @0x7 2001:db8::7#53 (\\000.example.com): "
	"view internal: query: \\000.example.com CH TXT -ETDC (198.51.100.1)",
	"10-Mar-2026 12:00:02.000 xfer-out: info: client @0x7 192.0.2.9#53/key k.example "
	"(example.com): "
	"transfer of 'example.com/IN': AXFR started: TSIG k.example (serial 7)",
	"10-Mar-2026 12:00:03.000 security: info: client @0x7 192.0.2.9#53 "
	"(1.2.0.192.in-addr.arpa): "
	"query (cache) '1.2.0.192.in-addr.arpa/PTR/IN' denied",
	"[1773187200] unbound[1:0] info: 192.0.2.1 a_b.example.com. ANY IN NXDOMAIN 0.1 0 56",
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

struct side {
	struct ruleset rules;
	struct rule_errors errors;
	struct matches matches[LINES];
	size_t disabled;
};

static void
check_errors(const struct rule_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		MUST(errors->errors[i].text[0] != '\0');
}

static void
match_all(struct side *side, const struct names *names)
{
	struct timezone_change change = {INT64_MIN, 0};
	struct timezone_rules zone = {.name = "UTC", .count = 1, .changes = &change};
	struct parser_settings settings = {.zone = &zone, .anchor = INT64_C(1773187200000)};
	struct namer *namer = namer_new(names);
	struct matcher *matcher = matcher_new(&side->rules, namer);
	struct parser parser;
	char value[300];
	uint16_t rules[1];

	parser_init(&parser, &settings);
	for (size_t i = 0; i < LINES; i++) {
		struct record record;
		struct str line = str_of(lines[i]);
		parser_parse(&parser, line, &record);
		const struct name *name = record.qname.n ? namer_look(namer, record.qname) : NULL;
		matcher_match(matcher, &record, name, STR("ns1"), line, i % 2 == 0,
			      &side->matches[i]);
		for (size_t c = 0; c < side->rules.correlation_count; c++)
			for (size_t g = 0; g < side->rules.correlations[c].group_count; g++)
				rule_field_value(&record, name, STR("ns1"),
						 side->rules.correlations[c].group_by[g], value,
						 sizeof(value));
	}
	side->disabled = matcher_disabled(matcher, rules, 1);
	matcher_free(matcher);
	namer_free(namer);
	parser_release(&parser);
}

static bool
load(struct side *side, const char *path, bool jit)
{
	struct err err = {0};

	*side = (struct side){0};
	ruleset_init(&side->rules);
	bool loaded = ruleset_load(&side->rules, path, &side->errors, &err) == 0;
	MUST(loaded || err.text[0] != '\0');
	ruleset_finish(&side->rules, jit, &side->errors);
	check_errors(&side->errors);
	return loaded;
}

static void
unload(struct side *side)
{
	ruleset_release(&side->rules);
	rule_errors_release(&side->errors);
}

static void
compare(const struct side *one, const struct side *other)
{
	MUST(one->rules.count == other->rules.count &&
	     one->rules.fingerprint == other->rules.fingerprint);
	/* Where a limit is reached is the one thing in which the two differ. */
	if (one->disabled || other->disabled)
		return;
	for (size_t i = 0; i < LINES; i++) {
		const struct matches *a = &one->matches[i], *b = &other->matches[i];
		MUST(a->count == b->count && a->more == b->more &&
		     memcmp(a->rule, b->rule, a->count * sizeof(a->rule[0])) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct names names;
	static bool is_ready;
	struct side machine, interpreter;
	char path[HELP_PATH];
	int fd = help_file(str_make((const char *)data, n), path);

	if (!is_ready)
		names_init(&names, STR("fuzz"));
	is_ready = true;
	if (load(&machine, path, true)) {
		match_all(&machine, &names);
		load(&interpreter, path, false);
		match_all(&interpreter, &names);
		compare(&machine, &interpreter);
		unload(&interpreter);
	}
	unload(&machine);
	close(fd);
	return 0;
}
