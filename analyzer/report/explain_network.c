#include <stdlib.h>

#include "detect/ledger.h"
#include "report/explain_parts.h"
#include "report/phrase.h"

enum { SOURCES_SHOWN = 40 };

/* Which findings speak of a source in the network: the worst of them, and how many. */
static int
worst_of(const struct findings *findings, const struct ip *address, size_t *count)
{
	int worst = -1;

	*count = 0;
	for (size_t i = 0; i < findings->count; i++) {
		if (explain_part_of(&findings->all[i], address) == EXPLAIN_NO_PART)
			continue;
		++*count;
		if ((int)findings->all[i].level > worst)
			worst = (int)findings->all[i].level;
	}
	return worst;
}

static void
print_source(struct explain *explain, const struct neighbour *source)
{
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;
	char text[IP_TEXT];
	size_t count;
	int worst = worst_of(explain->input->findings, &source->address, &count);

	page_to(page, 2);
	page_text(page, explain_ip(explain, &source->address, text));
	phrase_short_count(line, source->requests, 8);
	page_right(page, buf_str(line), 52);
	buf_clear(line);
	if (count) {
		phrase_counted(line, count, "finding");
		buf_printf(line, ", worst %s", level_names[worst]);
	}
	page_to(page, 54);
	page_str(page, buf_str(line));
	buf_clear(line);
	page_end(page);
}

static void
print_findings(struct explain *explain, const struct neighbour *sources, size_t count)
{
	const struct findings *findings = explain->input->findings;
	size_t printed = 0;

	page_heading(explain->text.page, "Findings about its sources");
	for (size_t i = 0; i < findings->count; i++) {
		size_t part = 0;
		for (size_t j = 0; j < count && !part; j++)
			part = explain_part_of(&findings->all[i], &sources[j].address);
		if (!part)
			continue;
		printed++;
		explain_finding_of(explain, &findings->all[i]);
	}
	if (printed == 0)
		page_row(explain->text.page, "", STR("none"), 2);
}

void
explain_network(struct explain *explain, const struct prefix *network)
{
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;
	char text[PREFIX_TEXT];
	uint64_t requests = 0;
	size_t count;
	struct neighbour *sources = ledger_network(explain->tally, network, &count);

	for (size_t i = 0; i < count; i++)
		requests += sources[i].requests;
	page_styled(page, PAGE_HEADING, str_of(explain_prefix(explain, network, text)));
	page_text(page, ": ");
	phrase_counted(line, count, "source");
	buf_add_text(line, ", ");
	phrase_counted(line, requests, "request");
	page_str(page, buf_str(line));
	page_end(page);
	buf_clear(line);
	print_findings(explain, sources, count);
	page_heading(page, "Sources");
	for (size_t i = 0; i < count && i < SOURCES_SHOWN; i++)
		print_source(explain, &sources[i]);
	if (count > SOURCES_SHOWN) {
		page_printf(page, "  and %zu more", count - SOURCES_SHOWN);
		page_end(page);
	}
	free(sources);
}
