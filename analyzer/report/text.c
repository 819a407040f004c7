/*
 * The text report: a tired analyst reads its first lines in ten seconds and knows whether to
 * get up. 80 columns, plain ASCII unless the options allow more.
 */
#include "report/text.h"

#include "report/phrase.h"

enum { SENTENCE_LIMIT = 64 * 1024, NAME_SHOWN = 48, LOST_MAX = 50 };

struct tally_of_findings {
	size_t open[LEVELS];
	size_t open_count, suppressed, confirm;
	const struct finding *worst; /* the first open one of the worst level; NULL: none */
};

static struct tally_of_findings
count_findings(const struct summary *summary)
{
	struct tally_of_findings counts = {.open_count = 0};

	for (size_t i = 0; summary->findings && i < summary->findings->count; i++) {
		const struct finding *finding = &summary->findings->all[i];
		if (finding->suppressed_by.n > 0) {
			counts.suppressed++;
		} else if (finding->confirm) {
			counts.confirm++;
		} else {
			counts.open[finding->level]++;
			counts.open_count++;
			if (!counts.worst || finding->level > counts.worst->level)
				counts.worst = finding;
		}
	}
	return counts;
}

static size_t
incomplete_files(const struct summary *summary)
{
	size_t n = 0;

	for (size_t i = 0; i < summary->file_count; i++)
		n += !summary->files[i].complete;
	return n;
}

/* quiet: nothing at or above the level, nothing unread, nobody interrupted us. */
static bool
has_something_to_say(const struct summary *summary, const struct report_options *options)
{
	if (summary->partial || incomplete_files(summary) > 0)
		return true;
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++) {
		const struct finding *finding = &summary->findings->all[i];
		if (finding->suppressed_by.n == 0 && finding->level >= options->level)
			return true;
	}
	return false;
}

/* The distinct zones that left, in the order of their transfers. */
struct lost_zones {
	struct str names[LOST_MAX];
	size_t count;
	bool more; /* than LOST_MAX */
	const struct transfer *largest;
};

static void
find_lost_zones(struct lost_zones *lost, const struct finding *finding)
{
	*lost = (struct lost_zones){.count = 0};
	for (size_t i = 0; i < finding->transfer_count; i++) {
		const struct transfer *transfer = &finding->transfers[i];
		if (transfer->outcome != OUTCOME_GRANTED || transfer->style == TRANSFER_POLL)
			continue;
		if (!lost->largest || transfer->records > lost->largest->records)
			lost->largest = transfer;
		size_t known = 0;
		while (known < lost->count && !str_eq(lost->names[known], transfer->zone))
			known++;
		if (known < lost->count)
			continue;
		if (lost->count == LOST_MAX)
			lost->more = true;
		else
			lost->names[lost->count++] = transfer->zone;
	}
}

/* "zone internal.example (2,481 records) left to 203.0.113.17 on 2026-03-10." */
static void
say_loss(struct buf *line, const struct finding *finding, const struct lost_zones *lost)
{
	if (lost->more)
		buf_add_text(line, "more than ");
	if (lost->count > 1) {
		phrase_counted(line, lost->count, "zone");
		buf_add_text(line, " (");
	} else {
		buf_add_text(line, "zone ");
	}
	phrase_names(line, lost->names, lost->count, lost->count, 2);
	if (lost->count > 1) {
		buf_add_char(line, ')');
	} else if (lost->largest->records >= 0) {
		buf_add_text(line, " (");
		phrase_counted(line, (uint64_t)lost->largest->records, "record");
		buf_add_char(line, ')');
	}
	buf_add_text(line, " left to ");
	phrase_actor(line, finding);
	if (finding->first_seen != TIME_NONE) {
		struct civil c = timestamp_civil(finding->first_seen);
		buf_printf(line, " on %04d-%02d-%02d", c.year, c.month, c.day);
	}
	buf_add_char(line, '.');
}

static void
say_finding(struct buf *line, const struct finding *finding)
{
	struct lost_zones lost;

	find_lost_zones(&lost, finding);
	if (lost.count > 0) {
		say_loss(line, finding, &lost);
		return;
	}
	phrase_name(line, finding->title, 160);
	buf_add_text(line, " (");
	phrase_actor(line, finding);
	buf_add_text(line, ").");
}

static void
say_amount(struct buf *line, const struct summary *summary)
{
	phrase_counted(line, summary->requests, "request");
	buf_add_text(line, " from ");
	phrase_counted(line, summary->source_total, "source");
}

/* The verdict when no finding is above low. */
static void
say_calm(struct buf *line, const struct summary *summary, const struct tally_of_findings *counts)
{
	if (summary->requests == 0 && counts->open_count == 0) {
		buf_add_text(line, "Nothing to judge: no requests in ");
		phrase_counted(line, summary->input_lines, "line");
		buf_add_text(line, " of ");
		phrase_counted(line, summary->file_count, "file");
	} else if (counts->open[LEVEL_LOW] > 0) {
		buf_add_text(line, "Nothing above low in ");
		say_amount(line, summary);
	} else {
		buf_add_text(line, "Nothing found in ");
		say_amount(line, summary);
	}
	buf_add_text(line, ".");
	if (counts->confirm > 0) {
		buf_add_char(line, ' ');
		phrase_counted(line, counts->confirm, "granted transfer");
		buf_add_text(line, " to confirm.");
	}
}

static int
say_verdict(struct buf *line, const struct summary *summary, const struct tally_of_findings *counts)
{
	const struct finding *worst = counts->worst;

	if (worst && worst->level > LEVEL_LOW) {
		say_finding(line, worst);
		return (int)worst->level;
	}
	say_calm(line, summary, counts);
	return -1;
}

int
text_verdict(struct buf *line, const struct summary *summary)
{
	struct tally_of_findings counts = count_findings(summary);

	return say_verdict(line, summary, &counts);
}

static void
print_alarm(struct text *text, enum page_style style, struct str word, struct str sentence)
{
	page_styled(text->page, style, word);
	page_to(text->page, TEXT_INDENT + 1);
	page_wrap(text->page, sentence, TEXT_INDENT + 1, 0);
}

static void
print_verdict(struct text *text, const struct tally_of_findings *counts)
{
	struct buf word;

	buf_clear(&text->line);
	int level = say_verdict(&text->line, text->summary, counts);
	if (level < 0) {
		page_wrap(text->page, buf_str(&text->line), 0, 0);
		return;
	}
	buf_init(&word, NAME_SHOWN);
	phrase_level(&word, (enum level)level);
	buf_add_char(&word, ':');
	print_alarm(text, text_level_style((enum level)level), buf_str(&word),
		    buf_str(&text->line));
	buf_release(&word);
}

bool
text_doubt(struct buf *line, const struct summary *summary, size_t i, const char **word)
{
	size_t incomplete = incomplete_files(summary);

	if (summary->partial && i-- == 0) {
		*word = "PARTIAL:";
		return buf_add_text(line, "interrupted; some of the input was not read.");
	}
	if (incomplete > 0 && i-- == 0) {
		*word = "UNREAD:";
		phrase_count(line, incomplete);
		buf_add_text(line, " of ");
		phrase_counted(line, summary->file_count, "file");
		return buf_add_text(line, " could not be read in full; named below.");
	}
	for (size_t server = 0; server < summary->coverage_count; server++) {
		const struct coverage_row *row = &summary->coverage[server];
		if (!text_is_drifting(row) || i-- != 0)
			continue;
		*word = "DRIFT:";
		phrase_share(line, row->unknown, row->lines);
		buf_add_text(line, " of the lines of ");
		phrase_name(line, row->server, NAME_SHOWN);
		return buf_add_text(line, " were not understood; samples below.");
	}
	return false;
}

static void
print_doubts(struct text *text)
{
	const char *word;

	buf_clear(&text->line);
	for (size_t i = 0; text_doubt(&text->line, text->summary, i, &word); i++) {
		print_alarm(text, PAGE_WARNING, str_of(word), buf_str(&text->line));
		buf_clear(&text->line);
	}
}

static void
print_facts(struct text *text, const struct tally_of_findings *counts)
{
	const struct summary *summary = text->summary;
	struct buf *line = &text->line;
	const char *separator = " ";

	page_blank(text->page);
	buf_clear(line);
	if (summary->first == TIME_NONE) {
		buf_add_text(line, "No times told");
	} else {
		phrase_period(line, summary->first, summary->last);
		buf_add_text(line, " UTC");
	}
	buf_add_text(line, ", ");
	phrase_counted(line, summary->coverage_count, "server");
	buf_add_text(line, ", ");
	phrase_counted(line, summary->file_count, "file");
	buf_add_text(line, ", ");
	say_amount(line, summary);
	buf_add_text(line, ".");
	page_wrap(text->page, buf_str(line), 0, 0);
	buf_clear(line);
	buf_add_text(line, "Findings:");
	for (int level = LEVELS - 1; level >= 0; level--) {
		if (counts->open[level] == 0)
			continue;
		buf_printf(line, "%s%zu %s", separator, counts->open[level], level_names[level]);
		separator = ", ";
	}
	if (counts->open_count == 0)
		buf_add_text(line, " none");
	if (counts->confirm > 0)
		buf_printf(line, "; %zu to confirm", counts->confirm);
	if (counts->suppressed > 0)
		buf_printf(line, "; %zu suppressed", counts->suppressed);
	buf_add_text(line, ".");
	page_wrap(text->page, buf_str(line), 0, 0);
}

static void
write_text(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct page page;
	struct text text = {.summary = summary, .options = options, .page = &page};
	struct tally_of_findings counts = count_findings(summary);

	if (options->quiet && !has_something_to_say(summary, options))
		return;
	page_init(&page, out, options->color, options->utf8);
	buf_init(&text.line, SENTENCE_LIMIT);
	print_verdict(&text, &counts);
	print_doubts(&text);
	print_facts(&text, &counts);
	text_findings(&text);
	text_confirm(&text);
	text_digest(&text);
	text_suppressed(&text);
	text_sources(&text);
	text_zones(&text);
	text_shares(&text);
	text_timeline(&text);
	text_coverage(&text);
	text_lines(&text);
	text_files(&text);
	text_notes(&text);
	buf_release(&text.line);
	page_release(&page);
}

const struct report_format report_text = {
	.name = "text",
	.suffix = ".txt",
	.help = "for people, 80 columns",
	.write = write_text,
};
