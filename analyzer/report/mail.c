/*
 * The mail at 03:10: at most 40 lines of 80 columns, and nothing at all when nothing is new.
 * The first line is the subject, as sendmail takes it. No name in it is a link.
 */
#include "report/escape.h"
#include "report/phrase.h"
#include "report/report.h"
#include "report/text.h"

/* All of them together stay within 40 lines. */
enum {
	MAIL_WIDTH = 80,
	FINDINGS_SHOWN = 5,
	KINDS_SHOWN = 5,
	TROUBLES_SHOWN = 5,
	ALLOWS_SHOWN = 2,
	KINDS_MAX = 32,
	SENTENCE_LIMIT = 64 * 1024
};

struct mail {
	const struct summary *summary;
	const struct report_options *options;
	FILE *out;
	struct buf line, safe;
	size_t new_count, low_count, confirm, suppressed, continuing, history;
	size_t unread, quiet;
};

/* What stands in `line`, cut where the page ends. */
static void
print_safe(struct mail *mail, const struct buf *text)
{
	if (text->n > MAIL_WIDTH)
		fprintf(mail->out, "%.*s...\n", MAIL_WIDTH - 3, text->p);
	else
		fprintf(mail->out, "%.*s\n", (int)text->n, text->p ? text->p : "");
}

/* The same, with its names made no links, and empties it. */
static void
print_line(struct mail *mail)
{
	buf_clear(&mail->safe);
	escape_links(&mail->safe, buf_str(&mail->line));
	print_safe(mail, &mail->safe);
	buf_clear(&mail->line);
}

static void
print_blank(struct mail *mail)
{
	fputc('\n', mail->out);
}

static void
print_more(struct mail *mail, size_t count, size_t shown, const char *what)
{
	if (count > shown) {
		buf_printf(&mail->line, "  and %zu more%s", count - shown, what);
		print_line(mail);
	}
}

static bool
is_acknowledged(const struct summary *summary, size_t index)
{
	const struct told_night *told = summary->night ? summary->night->told : NULL;

	for (size_t i = 0; told && i < told->acknowledged_count; i++)
		if (told->acknowledged[i] == index)
			return true;
	return false;
}

static bool
is_alive_due(const struct summary *summary)
{
	return summary->night && summary->night->alive.is_due;
}

/* Tonight's, and nobody has been told of it as it stands. */
static bool
is_new(const struct summary *summary, size_t index)
{
	const struct finding *finding = &summary->findings->all[index];

	return text_finding_is_open(finding) &&
	       (finding->status == STATUS_NEW || finding->status == STATUS_ESCALATED) &&
	       !is_acknowledged(summary, index);
}

static void
count(struct mail *mail)
{
	const struct summary *summary = mail->summary;

	for (size_t i = 0; summary->findings && i < summary->findings->count; i++) {
		const struct finding *finding = &summary->findings->all[i];
		if (finding->suppressed_by.n)
			mail->suppressed++;
		else if (finding->confirm)
			mail->confirm += finding->status == STATUS_NEW;
		else if (finding->status == STATUS_CONTINUING)
			mail->continuing++;
		else if (finding->status == STATUS_HISTORY)
			mail->history++;
		else if (is_new(summary, i) && finding->level >= mail->options->level)
			mail->new_count++;
		else if (is_new(summary, i) && finding->level >= LEVEL_LOW)
			mail->low_count++;
	}
	for (size_t i = 0; i < summary->file_count; i++)
		mail->unread += !summary->files[i].complete;
	mail->quiet = summary->night ? summary->night->quiet_count : 0;
}

/* The index of the worst new finding, SIZE_MAX without one. */
static size_t
worst_new(const struct summary *summary)
{
	size_t worst = SIZE_MAX;

	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		if (is_new(summary, i) &&
		    (worst == SIZE_MAX ||
		     summary->findings->all[i].level > summary->findings->all[worst].level))
			worst = i;
	return worst;
}

static void
print_subject(struct mail *mail)
{
	size_t worst = worst_new(mail->summary);
	struct buf *line = &mail->line;

	buf_add_text(line, "Subject: digtrail: ");
	if (mail->new_count) {
		const struct finding *finding = &mail->summary->findings->all[worst];
		phrase_level(line, finding->level);
		buf_add_char(line, ' ');
		phrase_name(line, finding->title, 200);
	} else if (mail->unread) {
		phrase_counted(line, mail->unread, "log");
		buf_add_text(line, " could not be read in full");
	} else if (mail->quiet) {
		buf_printf(line, "%zu %s gone quiet", mail->quiet,
			   mail->quiet == 1 ? "log has" : "logs have");
	} else {
		buf_add_text(line, mail->summary->partial        ? "interrupted"
				   : is_alive_due(mail->summary) ? "still alive, nothing new"
								 : "nothing new");
	}
	print_line(mail);
}

static void
print_facts(struct mail *mail)
{
	const struct summary *summary = mail->summary;
	struct buf *line = &mail->line;
	const char *separator = "New: ";

	if (summary->first == TIME_NONE)
		buf_add_text(line, "No times told");
	else
		phrase_period(line, summary->first, summary->last);
	buf_add_text(line, summary->first == TIME_NONE ? "" : " UTC");
	buf_add_text(line, summary->partial ? "; INTERRUPTED, only a part was read" : "");
	print_line(mail);
	phrase_counted(line, summary->requests, "request");
	buf_add_text(line, " from ");
	phrase_counted(line, summary->source_total, "source");
	buf_add_text(line, ", ");
	phrase_counted(line, summary->coverage_count, "server");
	buf_add_text(line, ", ");
	phrase_counted(line, summary->file_count, "log");
	print_line(mail);
	for (int level = LEVELS - 1; level >= 0; level--) {
		size_t n = 0;
		for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
			n += is_new(summary, i) && (int)summary->findings->all[i].level == level;
		if (n)
			buf_printf(line, "%s%zu %s", separator, n, level_names[level]);
		separator = n ? ", " : separator;
	}
	if (line->n == 0)
		buf_add_text(line, "New: none");
	if (mail->confirm)
		buf_printf(line, "; %zu to confirm", mail->confirm);
	if (mail->continuing)
		buf_printf(line, "; %zu going on", mail->continuing);
	if (mail->history)
		buf_printf(line, "; %zu from earlier", mail->history);
	print_line(mail);
}

/* That it runs, and over how much nothing else was said. */
static void
print_alive(struct mail *mail)
{
	struct buf *line = &mail->line;

	if (!is_alive_due(mail->summary))
		return;
	const struct alive *alive = &mail->summary->night->alive;
	buf_add_text(line, "Still alive: ");
	phrase_counted(line, alive->nights, "night");
	buf_add_text(line, ", ");
	phrase_counted(line, alive->requests, "request");
	if (alive->since != TIME_NONE) {
		buf_add_text(line, " since ");
		phrase_time(line, alive->since);
	}
	print_line(mail);
}

/* "161 records", "3,175 names, 66 answered" */
static void
say_how_far(struct buf *line, const struct finding *finding)
{
	int64_t records = -1;

	for (size_t i = 0; i < finding->transfer_count; i++)
		if (finding->transfers[i].records > records)
			records = finding->transfers[i].records;
	if (finding->outcome != OUTCOME_NONE)
		buf_printf(line, ", %s", outcome_names[finding->outcome]);
	if (finding->transfer_count) {
		if (records >= 0) {
			buf_add_text(line, ", ");
			phrase_counted(line, (uint64_t)records, "record");
		}
		return;
	}
	if (finding->distinct_names == 0)
		return;
	buf_add_text(line, ", ");
	phrase_counted(line, finding->distinct_names, "name");
	if (finding->oracle == ORACLE_NONE && finding->answered_names == 0) {
		buf_add_text(line, ", answers not told");
		return;
	}
	buf_add_text(line, ", ");
	phrase_count(line, finding->answered_names);
	buf_add_text(line, " answered");
}

/* Who did what to which zone; then what to call it, how sure, since when, how far. */
static void
print_finding(struct mail *mail, const struct finding *finding)
{
	enum { SECONDS = 3 }; /* ":07" says nothing in a mail */
	struct buf *line = &mail->line;

	phrase_level(line, finding->level);
	buf_add_char(line, ' ');
	phrase_actor(line, finding);
	buf_add_text(line, ": ");
	phrase_name(line, finding->title, 200);
	print_line(mail);
	buf_printf(line, "  %.*s, %d/100, ", STR_ARG(finding->id), finding->score);
	if (finding->status == STATUS_ESCALATED)
		buf_add_text(line, "worse, ");
	buf_add_text(line, "since ");
	phrase_time(line, finding->first_seen);
	if (finding->first_seen != TIME_NONE)
		line->n -= SECONDS;
	say_how_far(line, finding);
	print_line(mail);
}

static void
print_findings(struct mail *mail)
{
	const struct findings *findings = mail->summary->findings;
	size_t shown = 0;

	if (mail->new_count == 0)
		return;
	print_blank(mail);
	/* Level by level: a mail has room for the worst only. */
	for (int level = LEVELS - 1; level >= (int)mail->options->level; level--)
		for (size_t i = 0; i < findings->count && shown < FINDINGS_SHOWN; i++)
			if ((int)findings->all[i].level == level && is_new(mail->summary, i)) {
				print_finding(mail, &findings->all[i]);
				shown++;
			}
	print_more(mail, mail->new_count, shown, "");
}

struct kind {
	struct str name;
	const struct finding *example;
	size_t count;
};

static void
print_kind(struct mail *mail, const struct kind *kind)
{
	struct buf *line = &mail->line;

	buf_printf(line, "  %4zu ", kind->count);
	phrase_name(line, kind->name, 24);
	buf_add_text(line, kind->count > 1 ? ", such as " : ", ");
	phrase_actor(line, kind->example);
	if (kind->example->zone_list_count) {
		buf_add_text(line, ": ");
		phrase_names(line, kind->example->zones, kind->example->zone_list_count,
			     kind->example->zone_count, 1);
	}
	print_line(mail);
}

/* One row for each kind of new finding below the level. */
static void
print_digest(struct mail *mail)
{
	const struct findings *findings = mail->summary->findings;
	struct kind kinds[KINDS_MAX];
	size_t n = 0, left = 0;

	for (size_t i = 0; mail->low_count && i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		if (!is_new(mail->summary, i) || finding->level >= mail->options->level ||
		    finding->level < LEVEL_LOW)
			continue;
		size_t at = 0;
		while (at < n && !str_eq(kinds[at].name, finding->kind))
			at++;
		if (at < n)
			kinds[at].count++;
		else if (n < KINDS_MAX)
			kinds[n++] = (struct kind){finding->kind, finding, 1};
	}
	if (n == 0)
		return;
	print_blank(mail);
	buf_printf(&mail->line, "Below %s:", level_names[mail->options->level]);
	print_line(mail);
	for (size_t i = 0; i < n; i++)
		if (i < KINDS_SHOWN)
			print_kind(mail, &kinds[i]);
		else
			left += kinds[i].count;
	print_more(mail, left, 0, " of other kinds");
}

static void
print_quiet(struct mail *mail, const struct quiet *quiet)
{
	struct buf *line = &mail->line;

	buf_add_text(line, "QUIET  ");
	phrase_name(line, quiet->server, 40);
	if (quiet->category.n)
		buf_printf(line, ": no line of %.*s", STR_ARG(quiet->category));
	else
		buf_add_text(line, quiet->vanished ? ": no log of it" : ": nothing logged");
	if (quiet->last != TIME_NONE) {
		buf_add_text(line, " since ");
		phrase_time(line, quiet->last);
	}
	print_line(mail);
}

static void
print_troubles(struct mail *mail)
{
	const struct summary *summary = mail->summary;
	size_t shown = 0;

	if (mail->unread + mail->quiet == 0)
		return;
	print_blank(mail);
	for (size_t i = 0; i < summary->file_count && shown < TROUBLES_SHOWN; i++) {
		if (summary->files[i].complete)
			continue;
		buf_add_text(&mail->line, "UNREAD ");
		phrase_name(&mail->line, summary->files[i].path, 48);
		buf_add_text(&mail->line, ": ");
		phrase_name(&mail->line, summary->files[i].error, 200);
		print_safe(mail, &mail->line);
		buf_clear(&mail->line);
		shown++;
	}
	for (size_t i = 0; i < mail->quiet && shown < TROUBLES_SHOWN; i++, shown++)
		print_quiet(mail, &summary->night->quiet[i]);
	print_more(mail, mail->unread + mail->quiet, shown, " such logs");
}

static void
print_end(struct mail *mail)
{
	const struct summary *summary = mail->summary;
	size_t soon = 0;

	print_blank(mail);
	fprintf(mail->out, "suppressed: %zu\n", mail->suppressed);
	for (size_t i = 0; i < summary->note_count; i++) {
		if (!summary->notes[i].ends_soon || ++soon > ALLOWS_SHOWN)
			continue;
		phrase_name(&mail->line, summary->notes[i].rule, 40);
		buf_add_text(&mail->line, ": ");
		phrase_name(&mail->line, summary->notes[i].text, 200);
		print_safe(mail, &mail->line);
		buf_clear(&mail->line);
	}
	print_more(mail, soon, ALLOWS_SHOWN, " allow entries that end soon");
	if (mail->new_count)
		fputs("Seen: digtrail ack ID --state FILE. Expected from now on:\n"
		      "digtrail allow add ID --reason TEXT --until DATE --state FILE\n",
		      mail->out);
	if (mail->options->full_report) {
		buf_add_text(&mail->line, "Full report: ");
		phrase_name(&mail->line, str_of(mail->options->full_report), 66);
	} else {
		buf_add_text(&mail->line, "No full report was written (--output FILE).");
	}
	print_safe(mail, &mail->line);
	buf_clear(&mail->line);
}

static void
write_mail(const struct summary *summary, const struct report_options *options, FILE *out)
{
	struct mail mail = {.summary = summary, .options = options, .out = out};

	count(&mail);
	if (options->quiet && mail.new_count + mail.unread + mail.quiet == 0 && !summary->partial &&
	    !is_alive_due(summary))
		return;
	buf_init(&mail.line, SENTENCE_LIMIT);
	buf_init(&mail.safe, SENTENCE_LIMIT);
	print_subject(&mail);
	print_blank(&mail);
	print_facts(&mail);
	print_alive(&mail);
	print_findings(&mail);
	print_digest(&mail);
	print_troubles(&mail);
	print_end(&mail);
	buf_release(&mail.line);
	buf_release(&mail.safe);
}

const struct report_format report_mail = {
	.name = "mail",
	.suffix = ".mail",
	.help = "what is new, in 40 lines",
	.write = write_mail,
};
