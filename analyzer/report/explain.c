#include "report/explain.h"

#include "detect/ledger.h"
#include "record/qname.h"
#include "report/explain_parts.h"
#include "report/phrase.h"
#include "report/redact.h"

enum { SENTENCE_LIMIT = 64 * 1024, LISTED = 100 };

enum explain_part
explain_part_of(const struct finding *finding, const struct ip *address)
{
	for (size_t i = 0; i < finding->address_count; i++)
		if (ip_compare(&finding->addresses[i], address) == 0)
			return EXPLAIN_ACTOR;
	for (size_t i = 0; i < finding->contributor_address_count; i++)
		if (ip_compare(&finding->contributors[i], address) == 0)
			return EXPLAIN_CONTRIBUTOR;
	if (finding->has_prefix && prefix_contains(&finding->prefix, address))
		return EXPLAIN_CONTRIBUTOR;
	return EXPLAIN_NO_PART;
}

static bool
is_seen(const struct explain_input *input, const struct ip *address)
{
	const struct tally *tally = input->detect->tally;

	for (uint32_t i = 0; i < tally->settings->server_count; i++)
		if (sources_find(tally, address, i))
			return true;
	for (size_t i = 0; i < input->findings->count; i++)
		if (explain_part_of(&input->findings->all[i], address) != EXPLAIN_NO_PART)
			return true;
	return false;
}

static bool
is_network_seen(const struct explain_input *input, const struct prefix *network)
{
	const struct tally *tally = input->detect->tally;
	const struct source *source;

	for (uint32_t i = 0; (source = map_next(&tally->sources.map, &i)) != NULL;)
		if (prefix_contains(network, &source->key.address))
			return true;
	return false;
}

/* Whose pseudonym the address is: it becomes the source's own. */
static bool
find_pseudonym(const struct explain_input *input, struct ip *address)
{
	const struct tally *tally = input->detect->tally;
	struct arena arena = {0};
	struct redactor *redactor = redactor_new(input->redact, &arena);
	const struct source *source;
	bool found = false;

	for (uint32_t i = 0; !found && (source = map_next(&tally->sources.map, &i)) != NULL;) {
		struct ip pseudonym = redact_ip(redactor, &source->key.address);
		found = ip_compare(&pseudonym, address) == 0;
		if (found)
			*address = source->key.address;
	}
	redactor_free(redactor);
	arena_release(&arena);
	return found;
}

/* By its own id, or by the one that stands in a redacted report. */
static const struct finding *
find_finding(const struct explain_input *input, struct str id)
{
	const struct findings *findings = input->findings;
	char text[REDACT_ID];

	for (size_t i = 0; i < findings->count; i++)
		if (str_eq(findings->all[i].id, id) ||
		    (input->redact &&
		     str_eq(str_of(redact_id(input->redact, findings->all[i].id, text)), id)))
			return &findings->all[i];
	return NULL;
}

/* The number of a zone that somebody asked; TEXT_NONE. */
static uint32_t
find_zone(const struct tally *tally, struct str name)
{
	char folded[QNAME_TEXT_MAX];

	if (!qname_is_valid(name))
		return TEXT_NONE;
	struct str zone = qname_fold(qname_trim_dot(name), folded);
	if (!zones_find(tally, zone, false) && !zones_find(tally, zone, true))
		return TEXT_NONE;
	return texts_find(&tally->texts, zone);
}

struct explain_subject
explain_find(const struct explain_input *input, struct str what)
{
	struct explain_subject subject = {.kind = EXPLAIN_NOTHING};

	if (ip_parse(what, &subject.address)) {
		if (is_seen(input, &subject.address) ||
		    (input->redact && find_pseudonym(input, &subject.address)))
			subject.kind = EXPLAIN_ADDRESS;
	} else if (prefix_parse(what, &subject.network)) {
		if (is_network_seen(input, &subject.network))
			subject.kind = EXPLAIN_NETWORK;
	} else if ((subject.finding = find_finding(input, what)) != NULL) {
		subject.kind = EXPLAIN_FINDING;
	} else if ((subject.zone = find_zone(input->detect->tally, what)) != TEXT_NONE) {
		subject.kind = EXPLAIN_ZONE;
	}
	return subject;
}

void
explain_row(struct explain *explain, const char *label)
{
	if (explain->text.line.n)
		page_row(explain->text.page, label, buf_str(&explain->text.line), EXPLAIN_INDENT);
	buf_clear(&explain->text.line);
}

void
explain_finding_row(struct explain *explain, const struct finding *finding, const char *note)
{
	enum { SCORE_END = 15, ID_COLUMN = 17, TITLE_COLUMN = 30 };
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;

	finding = explain_shown(explain, finding);
	page_to(page, 2);
	page_styled(page, text_level_style(finding->level),
		    finding->level == LEVEL_INFORMATIONAL ? STR("context")
							  : str_of(level_names[finding->level]));
	buf_clear(line);
	buf_printf(line, "%d", finding->score);
	page_right(page, buf_str(line), SCORE_END);
	page_to(page, ID_COLUMN);
	page_str(page, finding->id);
	page_to(page, TITLE_COLUMN);
	buf_clear(line);
	phrase_name(line, finding->kind, 40);
	buf_add_text(line, ": ");
	phrase_name(line, finding->title, 160);
	if (note)
		buf_printf(line, "; %s", note);
	if (finding->suppressed_by.n) {
		buf_add_text(line, "; expected, by ");
		phrase_name(line, finding->suppressed_by, 40);
		buf_add_text(line, ": ");
		phrase_name(line, finding->suppressed_reason, 200);
	}
	page_wrap(page, buf_str(line), TITLE_COLUMN, 0);
	buf_clear(line);
}

void
explain_finding_of(struct explain *explain, const struct finding *finding)
{
	enum { ACTOR_TEXT = 512 };
	struct buf actor;

	buf_init(&actor, ACTOR_TEXT);
	phrase_actor(&actor, explain_shown(explain, finding));
	explain_finding_row(explain, finding, actor.p);
	buf_release(&actor);
}

/* What was found about the address, suppressed or not; and who looked and found nothing. */
static void
print_findings(struct explain *explain, const struct ip *address)
{
	const struct findings *findings = explain->input->findings;
	struct buf *line = &explain->text.line;
	size_t printed = 0, silent = 0;

	page_heading(explain->text.page, "Findings about it");
	for (size_t i = 0; i < findings->count; i++) {
		enum explain_part part = explain_part_of(&findings->all[i], address);
		if (part == EXPLAIN_NO_PART)
			continue;
		printed++;
		explain_finding_row(explain, &findings->all[i],
				    part == EXPLAIN_ACTOR ? NULL : "seen through it");
	}
	if (printed == 0)
		page_row(explain->text.page, "", STR("none"), 2);
	for (size_t i = 0; detectors[i]; i++) {
		bool found = false;
		for (size_t j = 0; j < findings->count && !found; j++)
			found = str_eq(findings->all[j].detector, str_of(detectors[i]->name)) &&
				explain_part_of(&findings->all[j], address) != EXPLAIN_NO_PART;
		if (found)
			continue;
		buf_printf(line, "%s%s", silent++ ? ", " : "", detectors[i]->name);
	}
	if (silent)
		buf_add_text(line, " found nothing.");
	page_to(explain->text.page, 2);
	page_wrap(explain->text.page, buf_str(line), 2, 0);
	buf_clear(line);
}

/* "203.0.113.7 (51)", and so on. */
static void
print_neighbours(struct explain *explain, const struct ledger *ledger, const struct ip *address)
{
	struct buf *line = &explain->text.line;
	struct prefix prefix = ip_prefix(address, 24, 48);
	char text[PREFIX_TEXT];

	buf_printf(line, "%s: ", explain_prefix(explain, &prefix, text));
	phrase_counted(line, ledger->neighbour_total, "other source");
	for (size_t i = 0; i < ledger->neighbour_count; i++) {
		buf_printf(line, "%s%s", i ? ", " : ": ",
			   explain_ip(explain, &ledger->neighbours[i].address, text));
		buf_add_text(line, " (");
		phrase_counted(line, ledger->neighbours[i].requests, "request");
		buf_add_char(line, ')');
	}
	if (ledger->neighbour_total > ledger->neighbour_count) {
		buf_add_text(line, " and ");
		phrase_count(line, ledger->neighbour_total - ledger->neighbour_count);
		buf_add_text(line, " more");
	}
	explain_row(explain, "network");
}

static void
print_relatives(struct explain *explain, const struct ledger *ledger)
{
	struct buf *line = &explain->text.line;
	char text[IP_TEXT];

	for (size_t i = 0; i < ledger->relative_count; i++) {
		const struct relative *relative = &ledger->relatives[i];
		buf_printf(line, "%s asked ", explain_ip(explain, &relative->address, text));
		phrase_share(line, relative->common, relative->of);
		buf_printf(line, " of its %u sampled judged names in ", relative->of);
		phrase_name(line, explain_text(explain, relative->zone), 60);
		if (relative->order >= 0) {
			buf_add_text(line, ", two of them in the same order in ");
			phrase_share(line, (uint64_t)(relative->order * 1000), 1000);
			buf_add_text(line, " of all cases");
		}
		explain_row(explain, i ? "" : "names");
	}
}

static void
print_companions(struct explain *explain, const struct ledger *ledger)
{
	struct buf *line = &explain->text.line;
	char text[IP_TEXT];

	for (size_t i = 0; i < ledger->companion_count; i++) {
		const struct companion *companion = &ledger->companions[i];
		bool earlier = companion->later < 0;
		uint64_t apart = (uint64_t)(earlier ? -companion->later : companion->later);
		buf_printf(line, "%s began in ", explain_ip(explain, &companion->address, text));
		phrase_name(line, explain_text(explain, companion->zone), 60);
		buf_add_char(line, ' ');
		phrase_value(line, (double)apart / 1000);
		buf_printf(line, " s %s; score %d", earlier ? "earlier" : "later",
			   companion->score);
		explain_row(explain, i ? "" : "minute");
	}
}

static void
print_campaigns(struct explain *explain, const struct ip *address)
{
	enum { SHOWN = 5 };
	const struct findings *findings = explain->input->findings;
	struct buf *line = &explain->text.line;
	char text[IP_TEXT];

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		size_t shown = 0;
		if (explain_part_of(finding, address) != EXPLAIN_CONTRIBUTOR)
			continue;
		buf_printf(line, "%.*s with ", STR_ARG(explain_shown(explain, finding)->id));
		phrase_counted(line, finding->contributor_count, "source");
		for (size_t j = 0; j < finding->contributor_address_count && shown < SHOWN; j++)
			if (ip_compare(&finding->contributors[j], address) != 0)
				buf_printf(line, "%s%s", shown++ ? ", " : ": ",
					   explain_ip(explain, &finding->contributors[j], text));
		buf_add_text(line, finding->contributor_count > shown + 1 ? ", ..." : "");
		explain_row(explain, "campaign");
	}
}

static void
explain_address(struct explain *explain, const struct ip *address)
{
	struct ledger ledger;

	ledger_make(&ledger, explain->input->scans, address);
	if (!explain_source(explain, address))
		page_row(explain->text.page, "",
			 STR("No server's own counts of it are left: they were folded into its "
			     "network's to keep within the memory."),
			 2);
	explain_course(explain, &ledger, address);
	print_findings(explain, address);
	explain_names(explain, &ledger);
	explain_traces(explain, address);
	page_heading(explain->text.page, "Related sources");
	print_neighbours(explain, &ledger, address);
	print_relatives(explain, &ledger);
	print_companions(explain, &ledger);
	print_campaigns(explain, address);
	ledger_release(&ledger);
}

static void
print_addresses(struct explain *explain, const char *label, const struct ip *addresses,
		size_t count, uint64_t total)
{
	struct buf *line = &explain->text.line;
	char text[IP_TEXT];
	size_t shown = count < LISTED ? count : LISTED;

	for (size_t i = 0; i < shown; i++)
		buf_printf(line, "%s%s", i ? ", " : "", explain_ip(explain, &addresses[i], text));
	if (total > shown && shown) {
		buf_add_text(line, " and ");
		phrase_count(line, total - shown);
		buf_add_text(line, " more");
	}
	explain_row(explain, label);
}

static void
print_terms(struct explain *explain, const struct finding *finding)
{
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;

	page_heading(page, "Terms of its score: value, threshold, points");
	for (size_t i = 0; i < finding->term_count; i++) {
		const struct term *term = &finding->terms[i];
		page_to(page, 2);
		phrase_name(line, term->name, 46);
		page_str(page, buf_str(line));
		buf_clear(line);
		phrase_value(line, term->value);
		page_right(page, buf_str(line), 60);
		buf_clear(line);
		phrase_value(line, term->threshold);
		page_right(page, buf_str(line), 70);
		buf_clear(line);
		buf_printf(line, "%+d", term->points);
		page_right(page, buf_str(line), 78);
		buf_clear(line);
		page_end(page);
	}
}

static void
explain_finding(struct explain *explain, const struct finding *finding)
{
	struct buf *line = &explain->text.line;

	const struct finding *real = finding;

	explain_finding_row(explain, finding, NULL);
	finding = explain_shown(explain, finding);
	text_finding(&explain->text, finding);
	buf_clear(line);
	phrase_names(line, finding->zones, finding->zone_list_count, finding->zone_count, LISTED);
	explain_row(explain, "zones");
	phrase_names(line, finding->answered, finding->answered_count, finding->answered_names,
		     LISTED);
	explain_row(explain, "exist");
	phrase_names(line, finding->attack, finding->attack_count, finding->attack_count, LISTED);
	explain_row(explain, "ATT&CK");
	print_addresses(explain, "actors", real->addresses, real->address_count,
			real->address_count);
	print_addresses(explain, "through", real->contributors, real->contributor_address_count,
			real->contributor_count);
	print_terms(explain, finding);
	page_blank(explain->text.page);
	if (real->address_count)
		explain_address(explain, &real->addresses[0]);
	else if (real->has_prefix)
		explain_network(explain, &real->prefix);
	else if (real->zone_list_count)
		explain_zone(explain, texts_find(&explain->tally->texts, real->zones[0]));
}

void
explain_write(const struct explain_input *input, const struct explain_subject *subject,
	      const struct report_options *options, FILE *out)
{
	struct page page;
	struct explain explain = {
		.input = input,
		.tally = input->detect->tally,
		.text = {.options = options, .page = &page},
	};

	page_init(&page, out, options->color, options->utf8);
	if (input->redact)
		explain.redactor = redactor_new(input->redact, &explain.arena);
	buf_init(&explain.text.line, SENTENCE_LIMIT);
	if (subject->kind == EXPLAIN_ADDRESS)
		explain_address(&explain, &subject->address);
	else if (subject->kind == EXPLAIN_NETWORK)
		explain_network(&explain, &subject->network);
	else if (subject->kind == EXPLAIN_ZONE)
		explain_zone(&explain, subject->zone);
	else if (subject->kind == EXPLAIN_FINDING)
		explain_finding(&explain, subject->finding);
	buf_release(&explain.text.line);
	page_release(&page);
	redactor_free(explain.redactor);
	arena_release(&explain.arena);
}
