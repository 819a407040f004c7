#include "rules.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "match/field.h"

void
rules_open(struct rules *rules, const char *text, bool jit)
{
	char directory[] = "/tmp/digtrail-rules-XXXXXX";
	char path[64];
	struct err err;

	*rules = (struct rules){0};
	cr_assert(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/rules.yml", directory);
	FILE *file = fopen(path, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
	ruleset_init(&rules->ruleset);
	cr_assert(ruleset_load(&rules->ruleset, path, &rules->errors, &err) == 0, "%s", err.text);
	unlink(path);
	rmdir(directory);
	ruleset_finish(&rules->ruleset, jit, &rules->errors);
	names_init(&rules->names, STR("test"));
	rules->namer = namer_new(&rules->names);
	rules->matcher = matcher_new(&rules->ruleset, rules->namer);
}

void
rules_open_detection(struct rules *rules, const char *detection, bool jit)
{
	char text[8192];
	int n = snprintf(text, sizeof(text),
			 "title: A rule\nlevel: low\nlogsource:\n  category: dns\ndetection:\n%s",
			 detection);

	cr_assert(n > 0 && (size_t)n < sizeof(text));
	rules_open(rules, text, jit);
}

void
rules_close(struct rules *rules)
{
	matcher_free(rules->matcher);
	ruleset_release(&rules->ruleset);
	rule_errors_release(&rules->errors);
	namer_free(rules->namer);
	names_release(&rules->names);
}

static void
set_flags(struct record *record, const char *flags)
{
	uint16_t mask, want;

	record->flags_known = FLAG_RD | FLAG_TCP | FLAG_EDNS | FLAG_DO | FLAG_CD | FLAG_COOKIE |
			      FLAG_COOKIE_VALID | FLAG_SIGNED;
	cr_assert(field_flags(str_of(flags), &mask, &want));
	record->flags = want;
}

uint32_t
rules_ask(struct rules *rules, const struct ask *ask)
{
	struct record record;
	struct matches matches;
	uint32_t bits = 0;

	record_clear(&record);
	record.kind = (uint8_t)ask->kind;
	record.action = (uint8_t)ask->action;
	record.qname = str_of(ask->query);
	record.qtype = type_parse(str_of(ask->type ? ask->type : "A"));
	record.qclass = class_parse(str_of(ask->class_ ? ask->class_ : "IN"));
	if (ask->rcode)
		record.rcode = rcode_parse(str_of(ask->rcode));
	if (ask->client)
		cr_assert(ip_parse(str_of(ask->client), &record.client));
	if (ask->server)
		cr_assert(ip_parse(str_of(ask->server), &record.server));
	if (ask->port)
		record.port = ask->port;
	if (ask->flags)
		set_flags(&record, ask->flags);
	record.view = str_of(ask->view);
	record.key = str_of(ask->key);
	if (ask->ecs) {
		record.has_ecs = true;
		cr_assert(prefix_parse(str_of(ask->ecs), &record.ecs));
	}
	const struct name *name = record.qname.n ? namer_look(rules->namer, record.qname) : NULL;
	/* Twice: the second answer comes from the memo. */
	for (int i = 0; i < 2; i++) {
		uint32_t again = 0;
		matcher_match(rules->matcher, &record, name, STR("ns1"), str_of(ask->line),
			      !ask->no_request, &matches);
		for (uint16_t j = 0; j < matches.count; j++)
			again |= 1U << matches.rule[j];
		cr_expect(i == 0 || again == bits, "%s: first %x, then %x",
			  ask->query ? ask->query : "(no name)", bits, again);
		bits = again;
	}
	return bits;
}

const char *
rules_mistakes(const struct rules *rules, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < rules->errors.count && n < size; i++) {
		const struct rule_error *error = &rules->errors.errors[i];
		int more = snprintf(out + n, size - n, "%u: %s%s\n", error->line,
				    error->note ? "note: " : "", error->text);
		n += more > 0 ? (size_t)more : 0;
	}
	return out;
}
