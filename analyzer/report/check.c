/* One line for a monitoring system, by the guidelines for plugins of Nagios and its kin. */
#include "report/check.h"

#include "report/escape.h"
#include "report/phrase.h"
#include "report/text.h"

enum { LINE_LIMIT = 16384, TITLE_SHOWN = 120 };

static bool
is_current(const struct finding *finding)
{
	return text_finding_is_open(finding) && finding->status != STATUS_ENDED &&
	       finding->status != STATUS_HISTORY;
}

static const struct finding *
worst_current(const struct summary *summary)
{
	const struct finding *worst = NULL;

	for (size_t i = 0; summary->findings && i < summary->findings->count; i++) {
		const struct finding *finding = &summary->findings->all[i];
		if (is_current(finding) && (!worst || finding->level > worst->level))
			worst = finding;
	}
	return worst;
}

enum check_status
check_status(const struct summary *summary, const struct report_options *options)
{
	const struct finding *worst = worst_current(summary);
	bool incomplete = options->troubled || summary->partial;
	int critical = options->level > LEVEL_HIGH ? (int)options->level : LEVEL_HIGH;

	for (size_t i = 0; i < summary->file_count; i++)
		incomplete |= !summary->files[i].complete;
	if (worst && (int)worst->level >= critical)
		return CHECK_CRITICAL;
	if (incomplete)
		return CHECK_UNKNOWN;
	return worst && worst->level >= options->level ? CHECK_WARNING : CHECK_OK;
}

static void
write_check(const struct summary *summary, const struct report_options *options, FILE *out)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	enum check_status status = check_status(summary, options);
	const struct finding *worst = worst_current(summary);
	size_t counts[LEVELS] = {0}, unread = 0;
	struct buf line, safe;

	for (size_t i = 0; summary->findings && i < summary->findings->count; i++)
		counts[summary->findings->all[i].level] += is_current(&summary->findings->all[i]);
	for (size_t i = 0; i < summary->file_count; i++)
		unread += !summary->files[i].complete;
	buf_init(&line, LINE_LIMIT);
	buf_init(&safe, LINE_LIMIT);
	if (worst && worst->level >= options->level) {
		phrase_name(&line, worst->title, TITLE_SHOWN);
		buf_add_text(&line, " by ");
		phrase_actor(&line, worst);
	} else {
		buf_add_text(&line, status == CHECK_UNKNOWN ? "not everything could be read"
							    : "nothing found");
	}
	escape_links(&safe, buf_str(&line));
	/* What follows a bar is data to the monitoring system. */
	for (size_t i = 0; i < safe.n; i++)
		if (safe.p[i] == '|')
			safe.p[i] = '!';
	fprintf(out, "DIGTRAIL %s - %.*s |", words[status], STR_ARG(buf_str(&safe)));
	for (int level = LEVELS - 1; level >= LEVEL_LOW; level--)
		fprintf(out, " '%s'=%zu;;;0", level_names[level], counts[level]);
	fprintf(out, " 'requests'=%llu;;;0 'unread'=%zu;;;0\n",
		(unsigned long long)summary->requests, unread);
	buf_release(&line);
	buf_release(&safe);
}

const struct report_format report_check = {
	.name = "check",
	.suffix = ".check",
	.help = "one line for a monitoring system",
	.write = write_check,
};
