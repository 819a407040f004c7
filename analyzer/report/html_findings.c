#include "report/html.h"
#include "report/phrase.h"
#include "report/text.h"

enum { TRANSFERS_SHOWN = 50, ANSWERED_SHOWN = 60, POINTS_WIDTH = 60 };

/* A row of the list of facts: left out where there is nothing to say. */
static void
write_fact(struct html *html, const char *label, const struct finding *finding,
	   void (*say)(struct buf *line, const struct finding *finding))
{
	say(&html->line, finding);
	if (html->line.n == 0)
		return;
	fprintf(html->out, "<dt>%s</dt><dd>", label);
	html_line(html);
	html_raw(html, "</dd>\n");
}

static void
write_facts(struct html *html, const struct finding *finding)
{
	struct place place = summary_place(html->summary, finding);

	html_raw(html, "<dl class=facts>\n<dt>Who</dt><dd>");
	text_finding_who(&html->line, finding);
	html_line(html);
	html_place(html, &place);
	html_raw(html, "</dd>\n");
	write_fact(html, "Where", finding, text_finding_where);
	write_fact(html, "What", finding, text_finding_what);
	write_fact(html, "When", finding, text_finding_when);
	if (finding->attack_count) {
		html_raw(html, "<dt>ATT&amp;CK</dt><dd>");
		for (size_t i = 0; i < finding->attack_count; i++) {
			html_raw(html, i ? ", " : "");
			html_str(html, finding->attack[i]);
		}
		html_raw(html, "</dd>\n");
	}
	html_raw(html, "</dl>\n");
}

static void
write_term(struct html *html, const struct term *term)
{
	int size = term->points < 0 ? -term->points : term->points;

	html_raw(html, "<tr><th scope=row>");
	html_str(html, term->name);
	html_raw(html, "</th><td class=n>");
	phrase_value(&html->line, term->value);
	html_line(html);
	html_raw(html, "</td><td class=n>");
	if (term->threshold != 0)
		phrase_value(&html->line, term->threshold);
	html_line(html);
	fprintf(html->out,
		"</td><td class=n>%+d</td><td class=bar><svg aria-hidden=true viewBox=\"0 0 %d 6\" "
		"width=%d height=6><path%s d=\"M0 0h%dv6h-%dz\"/></svg></td></tr>\n",
		term->points, POINTS_WIDTH, POINTS_WIDTH, term->points < 0 ? " class=minus" : "",
		size > 100 ? POINTS_WIDTH : size * POINTS_WIDTH / 100,
		size > 100 ? POINTS_WIDTH : size * POINTS_WIDTH / 100);
}

static void
write_terms(struct html *html, const struct finding *finding)
{
	if (finding->term_count == 0)
		return;
	fprintf(html->out,
		"<table class=terms><caption>Score %d of 100</caption>\n<thead><tr>"
		"<th scope=col>Evidence</th><th scope=col class=n>Value</th>"
		"<th scope=col class=n>From</th><th scope=col class=n>Points</th>"
		"<td></td></tr></thead><tbody>\n",
		finding->score);
	for (size_t i = 0; i < finding->term_count; i++)
		write_term(html, &finding->terms[i]);
	html_raw(html, "</tbody></table>\n");
}

static void
write_evidence(struct html *html, const struct finding *finding)
{
	size_t shown = finding->evidence_count;

	if (shown > html->options->examples)
		shown = html->options->examples;
	if (shown == 0)
		return;
	html_raw(html, finding->evidence[0].reconstructed
			       ? "<h4>Seen</h4>\n<ol class=log>\n"
			       : "<h4>Lines of the log</h4>\n<ol class=log>\n");
	for (size_t i = 0; i < shown; i++) {
		const struct evidence *evidence = &finding->evidence[i];
		html_raw(html, "<li><code>");
		html_str(html, evidence->text);
		html_raw(html, "</code>");
		if (!evidence->reconstructed) {
			html_raw(html, " <cite>");
			html_str(html, evidence->file);
			fprintf(html->out, ":%llu</cite>", (unsigned long long)evidence->line);
		}
		html_raw(html, "</li>\n");
	}
	html_raw(html, "</ol>\n");
}

static void
write_transfer(struct html *html, const struct transfer *transfer)
{
	static const char *const styles[] = {
		[TRANSFER_UNKNOWN] = "",         [TRANSFER_AXFR] = "AXFR",
		[TRANSFER_IXFR] = "IXFR",        [TRANSFER_AXFR_STYLE] = "IXFR, whole",
		[TRANSFER_POLL] = "nothing new",
	};

	html_raw(html, "<tr><td>");
	html_time(html, transfer->time);
	html_raw(html, "</td><th scope=row>");
	html_str(html, transfer->zone);
	fprintf(html->out, "</th><td>%s</td><td class=\"outcome %s\">%s</td>",
		styles[transfer->style], outcome_names[transfer->outcome],
		transfer->outcome == OUTCOME_NONE ? "undecided" : outcome_names[transfer->outcome]);
	html_count_cell(html, transfer->records >= 0, (uint64_t)transfer->records);
	html_count_cell(html, transfer->bytes >= 0, (uint64_t)transfer->bytes);
	html_raw(html, "<td>");
	html_str(html, transfer->key);
	html_raw(html, "</td></tr>\n");
}

static void
write_transfers(struct html *html, const struct finding *finding)
{
	size_t shown = finding->transfer_count;

	if (shown == 0)
		return;
	if (shown > TRANSFERS_SHOWN)
		shown = TRANSFERS_SHOWN;
	html_raw(html, "<div class=wide role=region tabindex=0 aria-label=\"Transfers of ");
	html_str(html, finding->id);
	html_raw(html, "\"><table class=transfers><caption>Transfers, in their order");
	if (shown < finding->transfer_count) {
		html_raw(html, ": the first ");
		html_count(html, shown);
		html_raw(html, " of ");
		html_count(html, finding->transfer_count);
	}
	html_raw(html, "</caption><thead><tr><th scope=col>Time</th><th scope=col>Zone</th>"
		       "<th scope=col>Kind</th><th scope=col>Outcome</th>"
		       "<th scope=col class=n>Records</th><th scope=col class=n>Bytes</th>"
		       "<th scope=col>Key</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < shown; i++)
		write_transfer(html, &finding->transfers[i]);
	html_raw(html, "</tbody></table></div>\n");
}

/* The names that exist: what the actor has learned. */
static void
write_answered(struct html *html, const struct finding *finding)
{
	size_t shown = finding->answered_count;

	if (shown == 0)
		return;
	if (shown > ANSWERED_SHOWN)
		shown = ANSWERED_SHOWN;
	html_raw(html, "<details class=answered><summary>Names that exist among those asked (");
	html_count(html, finding->answered_count);
	html_raw(html, ")</summary><ul>\n");
	for (size_t i = 0; i < shown; i++) {
		html_raw(html, "<li>");
		html_str(html, finding->answered[i]);
		html_raw(html, "</li>\n");
	}
	html_raw(html, "</ul></details>\n");
}

static void
write_advice(struct html *html, const struct finding *finding)
{
	if (finding->next.n) {
		html_raw(html, "<p class=next><strong>Do now</strong> ");
		html_str(html, finding->next);
		html_raw(html, "</p>\n");
	}
	if (finding->lookalikes.n) {
		html_raw(html, "<p class=or><strong>May also be</strong> ");
		html_str(html, finding->lookalikes);
		html_raw(html, "</p>\n");
	}
	if (finding->suppressed_by.n) {
		html_raw(html, "<p class=or><strong>Expected</strong> by ");
		html_str(html, finding->suppressed_by);
		html_raw(html, finding->suppressed_reason.n ? ": " : "");
		html_str(html, finding->suppressed_reason);
		html_raw(html, "</p>\n");
	}
}

/* What is grave stands open; the others are a line that opens. */
static void
write_finding(struct html *html, const struct finding *finding)
{
	bool open = finding->level >= LEVEL_HIGH && text_finding_is_open(finding);

	fprintf(html->out, "<details class=\"finding %s\" id=\"f-", level_names[finding->level]);
	html_str(html, finding->id);
	html_raw(html, open ? "\" open>\n<summary>" : "\">\n<summary>");
	fprintf(html->out, "<span class=level>%s</span><h3>", level_names[finding->level]);
	html_str(html, finding->title);
	html_raw(html, "</h3><span class=actor>");
	phrase_actor(&html->line, finding);
	html_line(html);
	html_raw(html, "</span>");
	fprintf(html->out,
		"<span class=score>%d<span class=sr> of 100</span></span></summary>\n"
		"<div class=body>\n<div class=left>\n",
		finding->score);
	write_facts(html, finding);
	write_terms(html, finding);
	html_raw(html, "</div>\n<div class=right>"); /* :empty where there is no picture */
	html_picture(html, finding);
	html_raw(html, "</div>\n<div class=under>\n");
	write_transfers(html, finding);
	write_answered(html, finding);
	write_evidence(html, finding);
	write_advice(html, finding);
	html_raw(html, "</div>\n</div>\n</details>\n");
}

static bool
is_open(const struct finding *finding)
{
	return text_finding_is_open(finding);
}

static bool
is_to_confirm(const struct finding *finding)
{
	return finding->confirm && finding->suppressed_by.n == 0;
}

static bool
is_expected(const struct finding *finding)
{
	return finding->suppressed_by.n > 0;
}

static size_t
write_group(struct html *html, const char *title, const char *lead,
	    bool (*belongs)(const struct finding *finding))
{
	const struct findings *findings = html->summary->findings;
	size_t n = 0;

	for (size_t i = 0; findings && i < findings->count; i++) {
		if (!belongs(&findings->all[i]))
			continue;
		if (n++ == 0 && title)
			fprintf(html->out, "<h2>%s</h2>\n<p class=lead>%s</p>\n", title, lead);
		write_finding(html, &findings->all[i]);
	}
	return n;
}

static void
write_counts(struct html *html)
{
	const struct findings *findings = html->summary->findings;

	html_raw(html, "<ul class=counts>\n");
	for (int level = LEVELS - 1; level >= 0; level--) {
		uint64_t n = 0;
		for (size_t i = 0; findings && i < findings->count; i++)
			n += is_open(&findings->all[i]) && (int)findings->all[i].level == level;
		if (n == 0)
			continue;
		fprintf(html->out, "<li class=%s><strong>", level_names[level]);
		html_count(html, n);
		fprintf(html->out, "</strong> %s</li>\n", level_names[level]);
	}
	html_raw(html, "</ul>\n");
}

void
html_findings(struct html *html)
{
	html_raw(html, "<section id=findings aria-labelledby=h-findings>\n"
		       "<h2 id=h-findings>Findings</h2>\n");
	write_counts(html);
	if (write_group(html, NULL, NULL, is_open) == 0)
		html_raw(html,
			 "<p class=empty>Nobody mapped the zones here, as far as these logs can "
			 "tell. What they cannot tell stands under <a "
			 "href=#coverage>Coverage</a>.</p>\n");
	write_group(html, "Confirm these",
		    "Granted to hosts that behave like secondaries. Name them by --secondary.",
		    is_to_confirm);
	write_group(html, "Expected", "Seen, and said to be all right.", is_expected);
	html_raw(html, "</section>\n");
}
