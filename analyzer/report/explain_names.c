#include "detect/ledger.h"
#include "record/codes.h"
#include "report/explain_parts.h"
#include "report/phrase.h"

enum { NAMES_SHOWN = 20, EXIST_SHOWN = 20, ZONE_SHOWN = 40 };

static uint64_t
rounded(double value)
{
	return (uint64_t)(value + 0.5);
}

static void
put_count(struct explain *explain, uint64_t n, size_t end)
{
	buf_clear(&explain->text.line);
	phrase_short_count(&explain->text.line, n, 8);
	page_right(explain->text.page, buf_str(&explain->text.line), end);
	buf_clear(&explain->text.line);
}

static void
put_pair(struct explain *explain, const struct pair *pair)
{
	struct buf *line = &explain->text.line;

	page_to(explain->text.page, 2);
	phrase_name(line, explain_text(explain, texts_get(&explain->tally->texts, pair->key.zone)),
		    ZONE_SHOWN);
	page_str(explain->text.page, buf_str(line));
	put_count(explain, pair_requests(pair), 52);
	put_count(explain, pair_distinct(pair), 60);
}

static void
print_zones(struct explain *explain, const struct ledger *ledger)
{
	struct page *page = explain->text.page;

	page_blank(page);
	page_styled(page, PAGE_HEADING, STR("Zones asked"));
	page_right(page, STR("requests"), 52);
	page_right(page, STR("names"), 60);
	page_right(page, STR("judged"), 69);
	page_right(page, STR("score"), 78);
	page_end(page);
	for (size_t i = 0; i < ledger->zone_count; i++) {
		const struct ledger_zone *zone = &ledger->zones[i];
		put_pair(explain, zone->scan.judgement.pair);
		put_count(explain, rounded(zone->scan.judgement.judged), 69);
		if (zone->scan.judgement.count)
			buf_printf(&explain->text.line, "%d", zone->scan.score);
		else
			buf_add_char(&explain->text.line, '-');
		page_right(page, buf_str(&explain->text.line), 78);
		buf_clear(&explain->text.line);
		page_end(page);
	}
	for (size_t i = 0; i < ledger->other_count; i++) {
		put_pair(explain, ledger->others[i]);
		page_end(page);
	}
	size_t left = ledger->pair_count - ledger->zone_count - ledger->other_count;
	if (left) {
		page_printf(page, "  and %zu zones more", left);
		page_end(page);
	}
}

/* The names known to exist, ways in first: what the source knows now. */
static void
print_existing(struct explain *explain, const struct ledger *ledger)
{
	struct buf *line = &explain->text.line;
	size_t shown = 0, count = 0;

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < ledger->zone_count; i++)
			for (size_t j = 0; j < ledger->zones[i].name_count; j++) {
				const struct ledger_name *name = &ledger->zones[i].names[j];
				if (name->reason != LEDGER_EXISTS || name->remote != (pass == 0))
					continue;
				if (count++ >= EXIST_SHOWN)
					continue;
				buf_add_text(line, shown++ ? ", " : "");
				phrase_name(line, explain_text(explain, name->text), 70);
			}
	if (count == 0)
		return;
	if (count > shown)
		buf_printf(line, " and %zu more of the sampled names", count - shown);
	page_heading(explain->text.page, "What it knows now: names that exist, ways in first");
	page_wrap(explain->text.page, buf_str(line), 2, 0);
	buf_clear(line);
}

static void
say_names(struct buf *line, const struct ledger_zone *zone)
{
	static const char *const reasons[LEDGER_REASONS] = {
		[LEDGER_JUDGED] = "judged",
		[LEDGER_EXISTS] = "exist",
		[LEDGER_POPULAR] = "asked by several networks",
		[LEDGER_EXPLAINED] = "explained by something innocent",
	};
	const struct judgement *j = &zone->scan.judgement;

	phrase_counted(line, rounded(j->all), "distinct name");
	for (size_t i = 0; i < LEDGER_REASONS; i++) {
		buf_add_text(line, i ? ", " : ": ");
		phrase_count(line, rounded(zone->by_reason[i]));
		buf_printf(line, " %s", reasons[i]);
	}
	buf_add_text(line, "; existence ");
	if (j->oracle == ORACLE_NONE)
		buf_add_text(line, "not told by anything");
	else
		buf_printf(line, "by %s", oracle_names[j->oracle]);
	if (zone->name_count < rounded(j->all)) {
		buf_add_text(line, "; estimated from ");
		phrase_counted(line, zone->name_count, "sampled name");
	}
}

static void
print_terms(struct explain *explain, const struct ledger_zone *zone)
{
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;

	page_to(page, 2);
	page_styled(page, PAGE_FAINT, STR("term"));
	page_right(page, STR("value"), 60);
	page_right(page, STR("threshold"), 70);
	page_right(page, STR("points"), 78);
	page_end(page);
	for (size_t i = 0; i < zone->scan.term_count; i++) {
		const struct scan_term *term = &zone->scan.terms[i];
		page_to(page, 2);
		page_text(page, term->name);
		phrase_value(line, term->value);
		page_right(page, buf_str(line), 60);
		buf_clear(line);
		phrase_value(line, term->threshold);
		page_right(page, buf_str(line), 70);
		buf_clear(line);
		buf_printf(line, term->points ? "%+d" : "%d", term->points);
		page_right(page, buf_str(line), 78);
		buf_clear(line);
		page_end(page);
	}
}

static void
say_verdict(struct buf *line, const struct scan *scan)
{
	buf_printf(line, "%d; a scan from %d on, a deliberate one from %d", scan->score, SCAN_LOW,
		   SCAN_MEDIUM);
	if (scan->judgement.judged < SCAN_LEAST_NAMES)
		buf_printf(line, "; too few judged names: %d are needed", SCAN_LEAST_NAMES);
	else if (scan->is_random)
		buf_add_text(line, "; random labels are no list of names");
}

/* In order of time, with when and how often. */
static void
print_judged(struct explain *explain, const struct judgement *judgement)
{
	struct page *page = explain->text.page;
	struct buf *line = &explain->text.line;
	size_t shown = judgement->count < NAMES_SHOWN ? judgement->count : NAMES_SHOWN;

	for (size_t i = 0; i < shown; i++) {
		const struct judged_name *name = &judgement->names[i];
		page_to(page, 2);
		phrase_time(line, moment_time(name->item->moment));
		page_styled(page, PAGE_FAINT, buf_str(line));
		page_to(page, 23);
		buf_clear(line);
		phrase_name(line, explain_text(explain, name->text), 44);
		page_str(page, buf_str(line));
		buf_clear(line);
		if (name->item->count > 1)
			buf_printf(line, "%u times", (unsigned)name->item->count);
		if (name->missing)
			buf_printf(line, "%smissing", line->n ? ", " : "");
		if (line->n)
			page_to(page, page->column < 57 ? 57 : page->column + 1);
		page_cut(page, buf_str(line), PAGE_WIDTH - page->column);
		buf_clear(line);
		page_end(page);
	}
	if (judgement->count > shown) {
		page_printf(page, "  and %zu more judged names of the sample",
			    judgement->count - shown);
		page_end(page);
	}
}

static void
print_zone(struct explain *explain, const struct ledger_zone *zone)
{
	struct buf *line = &explain->text.line;

	buf_add_text(line, "Names in ");
	phrase_name(line, explain_text(explain, zone->scan.judgement.zone_text), 60);
	if (zone->scan.judgement.pair->key.resolver)
		buf_add_text(line, ", at a resolver");
	page_heading(explain->text.page, line->p);
	buf_clear(line);
	say_names(line, zone);
	explain_row(explain, "names");
	if (zone->scan.judgement.count == 0)
		return;
	print_terms(explain, zone);
	say_verdict(line, &zone->scan);
	explain_row(explain, "score");
	print_judged(explain, &zone->scan.judgement);
}

void
explain_names(struct explain *explain, const struct ledger *ledger)
{
	if (ledger->pair_count == 0)
		return;
	print_zones(explain, ledger);
	print_existing(explain, ledger);
	for (size_t i = 0; i < ledger->zone_count; i++)
		if (ledger->zones[i].name_count)
			print_zone(explain, &ledger->zones[i]);
}
