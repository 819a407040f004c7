#include "report/phrase.h"
#include "report/text.h"

enum {
	ZONES_SHOWN = 3,
	SERVERS_SHOWN = 2,
	NAMES_SHOWN = 5,
	TERMS_SHOWN = 5,
	EVIDENCE_ROWS = 3,   /* lines of the page that one line of a log may take */
	ONE_LINERS_MAX = 50, /* findings beyond --top, a line each */
	GROUPS_MAX = 24,     /* kinds in the digest, reasons of suppression */
	CONFIRM_MAX = 20
};

bool
text_finding_is_open(const struct finding *finding)
{
	return finding->suppressed_by.n == 0 && !finding->confirm;
}

enum page_style
text_level_style(enum level level)
{
	static const enum page_style styles[LEVELS] = {
		[LEVEL_INFORMATIONAL] = PAGE_FAINT, [LEVEL_LOW] = PAGE_NOTICE,
		[LEVEL_MEDIUM] = PAGE_WARNING,      [LEVEL_HIGH] = PAGE_ALARM,
		[LEVEL_CRITICAL] = PAGE_ALARM,
	};
	return styles[level];
}

/* A row of a finding: its label, and who knows its sentence. */
struct row {
	const char *label;
	void (*say)(struct buf *line, const struct finding *finding);
};

static void
print_row(struct text *text, const char *label)
{
	if (text->line.n > 0)
		page_row(text->page, label, buf_str(&text->line), TEXT_INDENT);
}

void
text_finding_who(struct buf *line, const struct finding *finding)
{
	phrase_actor(line, finding);
	buf_add_text(line, finding->internal ? ", internal" : ", outside");
	if (finding->role.n > 0) {
		buf_add_text(line, ", ");
		phrase_name(line, finding->role, 40);
	}
	if (finding->spoofable == TRI_NO)
		buf_add_text(line, "; address proven");
	else if (finding->spoofable == TRI_YES)
		buf_add_text(line, "; address may be forged (UDP only)");
	else if (finding->address_count > 0)
		buf_add_text(line, "; address unproven (the log tells no transport)");
	if (finding->tool.n > 0) {
		buf_add_text(line, "; looks like ");
		phrase_name(line, finding->tool, 40);
	}
	if (finding->contributor_count > 0 && finding->address_count > 0) {
		buf_add_text(line, "; seen through ");
		phrase_counted(line, finding->contributor_count, "source");
	}
}

void
text_finding_where(struct buf *line, const struct finding *finding)
{
	if (finding->zone_count > 1) {
		phrase_count(line, finding->zone_count);
		buf_add_text(line, " zones: ");
	}
	phrase_names(line, finding->zones, finding->zone_list_count, finding->zone_count,
		     ZONES_SHOWN);
	if (finding->server_count > 0) {
		buf_add_text(line, line->n > 0 ? " on " : "on ");
		phrase_names(line, finding->servers, finding->server_count, finding->server_count,
			     SERVERS_SHOWN);
	}
}

static void
say_one_transfer(struct buf *line, const struct transfer *transfer)
{
	static const char *const styles[] = {
		[TRANSFER_AXFR] = " by AXFR",
		[TRANSFER_IXFR] = " by IXFR",
		[TRANSFER_AXFR_STYLE] = " whole, though IXFR was asked",
		[TRANSFER_POLL] = " (nothing new)",
	};

	if (transfer->style != TRANSFER_UNKNOWN)
		buf_add_text(line, styles[transfer->style]);
	if (transfer->key.n > 0) {
		buf_add_text(line, ", signed with key ");
		phrase_name(line, transfer->key, 40);
	}
	if (transfer->serial >= 0)
		buf_printf(line, ", serial %lld", (long long)transfer->serial);
	if (transfer->records >= 0) {
		buf_add_text(line, ", ");
		phrase_counted(line, (uint64_t)transfer->records, "record");
	}
	if (transfer->bytes >= 0) {
		buf_add_text(line, ", ");
		phrase_bytes(line, (uint64_t)transfer->bytes);
	}
}

/* "granted 3, refused 12: the largest ... */
static void
say_transfers(struct buf *line, const struct finding *finding)
{
	size_t counts[OUTCOMES] = {0};
	const struct transfer *best = NULL;

	for (size_t i = 0; i < finding->transfer_count; i++) {
		const struct transfer *transfer = &finding->transfers[i];
		counts[transfer->outcome]++;
		if (transfer->outcome == finding->outcome &&
		    (!best || transfer->records > best->records))
			best = transfer;
	}
	for (size_t i = 0; i < OUTCOMES; i++) {
		if (counts[i] == 0)
			continue;
		buf_add_text(line, line->n > 0 ? ", " : "");
		if (finding->transfer_count > 1) {
			phrase_count(line, counts[i]);
			buf_add_char(line, ' ');
		}
		buf_add_text(line, i == OUTCOME_NONE ? "undecided" : outcome_names[i]);
		if (i == OUTCOME_UNKNOWN)
			buf_add_text(line, " (the log does not tell the outcome)");
	}
	if (!best || finding->outcome != OUTCOME_GRANTED)
		return;
	if (finding->transfer_count > 1) {
		buf_add_text(line, "; largest: ");
		phrase_name(line, best->zone, 48);
	}
	say_one_transfer(line, best);
}

static void
say_names(struct buf *line, const struct finding *finding)
{
	phrase_counted(line, finding->distinct_names, "name");
	buf_add_text(line, " tried");
	if (finding->wordlist_names > 0) {
		buf_add_text(line, ", ");
		phrase_count(line, finding->wordlist_names);
		buf_add_text(line, " from wordlists");
	}
	if (finding->oracle == ORACLE_NONE && finding->answered_names == 0) {
		buf_add_text(line, "; the log does not tell which exist");
		return;
	}
	if (finding->unknown_names > 0) {
		buf_add_text(line, ", ");
		phrase_count(line, finding->unknown_names);
		buf_add_text(line, " do not exist");
	}
	buf_add_text(line, ", ");
	phrase_count(line, finding->answered_names);
	buf_add_text(line, " answered");
	if (finding->answered_count > 0) {
		buf_add_text(line, ": ");
		phrase_names(line, finding->answered, finding->answered_count,
			     finding->answered_names, NAMES_SHOWN);
	}
}

void
text_finding_what(struct buf *line, const struct finding *finding)
{
	if (finding->transfer_count > 0)
		say_transfers(line, finding);
	else if (finding->distinct_names > 0)
		say_names(line, finding);
	else if (finding->outcome != OUTCOME_NONE)
		buf_add_text(line, outcome_names[finding->outcome]);
}

void
text_finding_when(struct buf *line, const struct finding *finding)
{
	phrase_period(line, finding->first_seen, finding->last_seen);
	buf_add_text(line, ", ");
	phrase_counted(line, finding->requests, "request");
	if (finding->status != STATUS_NEW) {
		buf_add_text(line, "; ");
		buf_add_text(line, finding_status_names[finding->status]);
	}
}

static void
say_how_sure(struct buf *line, const struct finding *finding)
{
	size_t shown = finding->term_count;

	if (shown > TERMS_SHOWN + 1)
		shown = TERMS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		const struct term *term = &finding->terms[i];
		buf_add_text(line, i > 0 ? ", " : "");
		phrase_name(line, term->name, 60);
		if (term->value != 0 && term->value != 1) {
			buf_add_char(line, ' ');
			phrase_value(line, term->value);
		}
		if (term->points != 0)
			buf_printf(line, " (%+d)", term->points);
	}
	if (shown < finding->term_count)
		buf_printf(line, " and %zu more", finding->term_count - shown);
	if (finding->oracle != ORACLE_NONE) {
		buf_add_text(line, "; existence of names by ");
		buf_add_text(line, oracle_names[finding->oracle]);
		if (finding->oracle_nights)
			buf_printf(line, " of %u night%s", finding->oracle_nights,
				   finding->oracle_nights == 1 ? "" : "s");
	}
}

static void
say_next(struct buf *line, const struct finding *finding)
{
	phrase_text(line, finding->next);
}

static void
say_lookalikes(struct buf *line, const struct finding *finding)
{
	phrase_text(line, finding->lookalikes);
}

static void
say_place(struct buf *line, const struct evidence *evidence)
{
	phrase_name(line, evidence->file, 56);
	if (evidence->line) /* unknown where a log was not read from its beginning */
		buf_printf(line, ":%llu", (unsigned long long)evidence->line);
}

/* What the tally remembers instead of lines: a row each. */
static void
print_remembered(struct text *text, const struct finding *finding, size_t shown)
{
	enum { TEXT_MAX = 160 };

	for (size_t i = 0; i < shown; i++) {
		buf_clear(&text->line);
		phrase_name(&text->line, finding->evidence[i].text, TEXT_MAX);
		print_row(text, i ? "" : "seen");
	}
}

/* The first line in full, as far as three rows go; of the others the place. */
static void
print_evidence(struct text *text, const struct finding *finding)
{
	enum { TEXT_MAX = 320 };
	struct buf *line = &text->line;
	size_t shown = finding->evidence_count;

	if (shown > text->options->examples)
		shown = text->options->examples;
	if (shown == 0)
		return;
	if (finding->evidence[0].reconstructed) {
		print_remembered(text, finding, shown);
		return;
	}
	buf_clear(line);
	say_place(line, &finding->evidence[0]);
	print_row(text, "log");
	size_t whole = text->options->verbose ? shown : 1;
	for (size_t i = 0; i < whole; i++) {
		buf_clear(line);
		phrase_name(line, finding->evidence[i].text, TEXT_MAX);
		page_to(text->page, TEXT_INDENT);
		page_wrap(text->page, buf_str(line), TEXT_INDENT, EVIDENCE_ROWS);
		if (i + 1 == whole)
			break;
		buf_clear(line);
		say_place(line, &finding->evidence[i + 1]);
		print_row(text, "");
	}
	buf_clear(line);
	for (size_t i = whole; i < shown; i++) {
		buf_add_text(line, i == whole ? "also " : ", ");
		say_place(line, &finding->evidence[i]);
	}
	print_row(text, "");
}

static void
print_level(struct text *text, const struct finding *finding)
{
	enum { TITLE_COLUMN = 10 };

	buf_clear(&text->line);
	phrase_level(&text->line, finding->level);
	page_styled(text->page, text_level_style(finding->level), buf_str(&text->line));
	page_to(text->page, TITLE_COLUMN);
}

static void
print_headline(struct text *text, const struct finding *finding)
{
	enum { SCORE_WIDTH = 8 };
	struct buf *line = &text->line;

	print_level(text, finding);
	buf_clear(line);
	phrase_name(line, finding->title, PAGE_WIDTH - text->page->column - SCORE_WIDTH);
	page_styled(text->page, PAGE_HEADING, buf_str(line));
	buf_clear(line);
	buf_printf(line, "%d/100", finding->score);
	page_right(text->page, buf_str(line), PAGE_WIDTH);
	page_end(text->page);
}

/* The rows under a headline, each left out where nothing is known. */
static void
print_rows(struct text *text, const struct finding *finding, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_clear(&text->line);
		rows[i].say(&text->line, finding);
		print_row(text, rows[i].label);
	}
}

static void
print_place(struct text *text, const struct finding *finding)
{
	struct place place = {0};

	if (text->summary) /* explain has none */
		place = summary_place(text->summary, finding);
	buf_clear(&text->line);
	phrase_place(&text->line, &place);
	print_row(text, "from");
}

void
text_finding(struct text *text, const struct finding *finding)
{
	static const struct row facts[] = {
		{"who", text_finding_who},   {"where", text_finding_where},
		{"what", text_finding_what}, {"when", text_finding_when},
		{"sure", say_how_sure},
	};
	static const struct row advice[] = {{"next", say_next}, {"or", say_lookalikes}};

	page_blank(text->page);
	print_headline(text, finding);
	print_rows(text, finding, facts, 1);
	print_place(text, finding);
	print_rows(text, finding, facts + 1, sizeof(facts) / sizeof(facts[0]) - 1);
	print_evidence(text, finding);
	print_rows(text, finding, advice, sizeof(advice) / sizeof(advice[0]));
}

/* A finding beyond --top: level, score, title, whom. */
static void
print_one_line(struct text *text, const struct finding *finding)
{
	struct buf *line = &text->line;

	print_level(text, finding);
	buf_clear(line);
	phrase_name(line, finding->title, 120);
	buf_add_text(line, " (");
	phrase_actor(line, finding);
	buf_add_text(line, ")");
	page_cut(text->page, buf_str(line), PAGE_WIDTH - text->page->column);
	page_end(text->page);
}

void
text_findings(struct text *text)
{
	const struct findings *findings = text->summary->findings;
	size_t printed = 0, left = 0;

	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (!text_finding_is_open(finding) || finding->level < text->options->level)
			continue;
		if (printed < text->options->top) {
			text_finding(text, finding);
		} else if (printed - text->options->top < ONE_LINERS_MAX) {
			if (printed == text->options->top)
				page_blank(text->page);
			print_one_line(text, finding);
		} else {
			left++;
		}
		printed++;
	}
	if (left > 0) {
		page_printf(text->page, "and %zu more; the JSON report has them all", left);
		page_end(text->page);
	}
}

void
text_confirm(struct text *text)
{
	static const struct row rows[] = {
		{"where", text_finding_where},
		{"what", text_finding_what},
		{"sure", say_how_sure},
		{"next", say_next},
	};
	const struct findings *findings = text->summary->findings;
	size_t printed = 0, left = 0;

	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (!finding->confirm || finding->suppressed_by.n > 0)
			continue;
		if (printed == CONFIRM_MAX) {
			left++;
			continue;
		}
		if (printed++ == 0)
			page_heading(text->page, "Confirm these: zones given to hosts that behave "
						 "like secondaries");
		page_to(text->page, 2);
		buf_clear(&text->line);
		phrase_actor(&text->line, finding);
		page_styled(text->page, PAGE_WARNING, buf_str(&text->line));
		page_end(text->page);
		print_rows(text, finding, rows, sizeof(rows) / sizeof(rows[0]));
	}
	if (left > 0) {
		page_printf(text->page, "  and %zu more; the JSON report has them all", left);
		page_end(text->page);
	}
}

struct group {
	struct str first, second; /* kind; or by and reason */
	const struct finding *example;
	size_t count;
	enum level worst;
	bool same_outcome;
};

struct groups {
	struct group all[GROUPS_MAX];
	size_t count, others; /* others: findings of groups beyond the limit */
};

static void
groups_add(struct groups *groups, struct str first, struct str second,
	   const struct finding *finding)
{
	for (size_t i = 0; i < groups->count; i++) {
		struct group *group = &groups->all[i];
		if (!str_eq(group->first, first) || !str_eq(group->second, second))
			continue;
		group->count++;
		if (finding->level > group->worst)
			group->worst = finding->level;
		if (finding->outcome != group->example->outcome)
			group->same_outcome = false;
		return;
	}
	if (groups->count == GROUPS_MAX) {
		groups->others++;
		return;
	}
	groups->all[groups->count++] = (struct group){.first = first,
						      .second = second,
						      .example = finding,
						      .count = 1,
						      .worst = finding->level,
						      .same_outcome = true};
}

static void
print_group(struct text *text, const struct group *group)
{
	const struct finding *example = group->example;
	struct buf *line = &text->line;

	page_to(text->page, 2);
	buf_clear(line);
	phrase_name(line, group->first, 24);
	page_str(text->page, buf_str(line));
	buf_clear(line);
	phrase_short_count(line, group->count, 6);
	page_right(text->page, buf_str(line), 32);
	page_to(text->page, 33);
	page_styled(text->page, text_level_style(group->worst), str_of(level_names[group->worst]));
	page_to(text->page, 39);
	buf_clear(line);
	if (group->same_outcome && example->outcome != OUTCOME_NONE) {
		buf_add_text(line, outcome_names[example->outcome]);
		buf_add_text(line, "; ");
	}
	if (group->count > 1)
		buf_add_text(line, "e.g. ");
	phrase_actor(line, example);
	if (example->zone_list_count > 0) {
		buf_add_text(line, ": ");
		phrase_names(line, example->zones, example->zone_list_count, example->zone_count,
			     1);
	}
	page_wrap(text->page, buf_str(line), 39, 2);
}

void
text_digest(struct text *text)
{
	const struct findings *findings = text->summary->findings;
	struct groups groups = {.count = 0};

	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (text_finding_is_open(finding) && finding->level < text->options->level)
			groups_add(&groups, finding->kind, str_of(""), finding);
	}
	if (groups.count == 0)
		return;
	buf_clear(&text->line);
	buf_printf(&text->line, "Below %s (--level shows them in full)",
		   level_names[text->options->level]);
	page_heading(text->page, text->line.p);
	for (size_t i = 0; i < groups.count; i++)
		print_group(text, &groups.all[i]);
	if (groups.others > 0) {
		page_printf(text->page, "  %zu of other kinds", groups.others);
		page_end(text->page);
	}
}

void
text_suppressed(struct text *text)
{
	const struct findings *findings = text->summary->findings;
	struct groups groups = {.count = 0};
	struct buf *line = &text->line;

	for (size_t i = 0; findings && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (finding->suppressed_by.n > 0)
			groups_add(&groups, finding->suppressed_by, finding->suppressed_reason,
				   finding);
	}
	if (groups.count == 0)
		return;
	page_heading(text->page, "Expected, so not counted above");
	for (size_t i = 0; i < groups.count; i++) {
		const struct group *group = &groups.all[i];
		buf_clear(line);
		phrase_short_count(line, group->count, 6);
		page_right(text->page, buf_str(line), TEXT_INDENT - 1);
		page_to(text->page, TEXT_INDENT);
		buf_clear(line);
		phrase_name(line, group->example->kind, 24);
		buf_add_text(line, group->count > 1 ? ", e.g. " : " ");
		phrase_actor(line, group->example);
		buf_add_text(line, "; by ");
		phrase_name(line, group->first, 40);
		if (group->second.n > 0) {
			buf_add_text(line, ": ");
			phrase_name(line, group->second, 200);
		}
		page_wrap(text->page, buf_str(line), TEXT_INDENT, 3);
	}
	if (groups.others > 0) {
		page_printf(text->page, "  %zu for other reasons", groups.others);
		page_end(text->page);
	}
}
