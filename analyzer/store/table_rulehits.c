#include "store/table.h"

#include "base/xalloc.h"

enum { LINE_MAX_KEPT = 4096 };

static uint32_t
rule_field(struct row *row, const struct tally *tally, uint32_t rule)
{
	int64_t last = (int64_t)tally->settings->rules->count - 1;

	if (last < 0)
		row->bad = true;
	return (uint32_t)row_number(row, rule, 0, last);
}

static void
hit_fields(struct row *row, struct rulehit *hit)
{
	hit->rank = row_bits(row, hit->rank);
	hit->evident = row_bool(row, hit->evident);
	hit->count = row_bits(row, hit->count);
	hit->first = row_time(row, hit->first);
	hit->last = row_time(row, hit->last);
	table_threshold(row, &hit->zones);
}

static void
save_hits(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct rulehit *hit;
	uint32_t number = 0;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		struct rulehit copy = *hit;
		row_u32(row, ++number);
		row_ip(row, &copy.key.address);
		table_server(io, row, copy.key.server);
		rule_field(row, tally, copy.key.rule);
		hit_fields(row, &copy);
		row_end(row);
	}
}

static void
load_hits(struct table_io *io, struct row *row, struct tally *tally)
{
	uint32_t number = 0;

	io->parent_count = 0;
	while (row_next(row)) {
		row_number(row, 0, number + 1, number + 1);
		struct rulehit_key key = {.address = row_ip(row, NULL)};
		key.server = table_server(io, row, 0);
		key.rule = rule_field(row, tally, 0);
		struct rulehit *hit =
			table_entry(row, tally, &tally->rulehits.map, &key, sizeof(key));
		if (!hit)
			return;
		hit_fields(row, hit);
		table_add_parent(io, hit);
		number++;
	}
}

const struct table table_rulehits = {
	"rule_hits",
	4 + 6,
	"id INTEGER PRIMARY KEY, address TEXT, server INTEGER, rule INTEGER REFERENCES rules, "
	"rank INTEGER, evidence INTEGER, count INTEGER, first INTEGER, last INTEGER, "
	"zones_threshold INTEGER",
	save_hits,
	load_hits,
};

static void
save_lines(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct rulehit *hit;
	uint32_t number = 0;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		number++;
		for (uint8_t j = 0; j < hit->line_count; j++) {
			table_parent(io, row, number);
			table_position(io, row, &hit->lines[j].at);
			row_text(row, str_make(hit->lines[j].text, hit->lines[j].length));
			row_end(row);
		}
	}
}

static void
load_lines(struct table_io *io, struct row *row, struct tally *tally)
{
	const struct position none = {0};

	(void)tally;
	while (row_next(row)) {
		struct rulehit *hit = table_parent(io, row, 0);
		struct position at = table_position(io, row, &none);
		struct str text = row_text(row, (struct str){0});
		if (row->bad || hit->line_count >= RULEHIT_LINES || text.n > LINE_MAX_KEPT) {
			row->bad = true;
			return;
		}
		rulehit_keep(hit,
			     (struct rulehit_line){at, (uint32_t)text.n, xmemdup(text.p, text.n)});
	}
}

const struct table table_rulehit_lines = {
	"rule_hit_lines",
	7,
	"hit INTEGER REFERENCES rule_hits, time INTEGER, stream INTEGER, chunk INTEGER, "
	"offset INTEGER, line INTEGER, text TEXT",
	save_lines,
	load_lines,
};

static void
save_zones(struct table_io *io, struct row *row, const struct tally *tally)
{
	const struct rulehit *hit;
	const struct rulehit_zone *zone;
	uint32_t number = 0;

	for (uint32_t i = 0; (hit = map_next(&tally->rulehits.map, &i)) != NULL;) {
		number++;
		for (uint32_t j = 0;
		     (zone = sample_next(&hit->zones, &rulehit_zone_type, &j)) != NULL;) {
			table_parent(io, row, number);
			table_text_of(io, row, tally, zone->text);
			row_end(row);
		}
	}
}

static void
load_zones(struct table_io *io, struct row *row, struct tally *tally)
{
	while (row_next(row)) {
		struct rulehit *hit = table_parent(io, row, 0);
		uint64_t hash = 0;
		uint32_t text = table_name(io, row, tally, &hash);
		struct rulehit_zone *zone = NULL;
		if (hit && !row->bad)
			zone = table_item(io, row, tally, &hit->zones, &rulehit_zone_type, hash);
		if (!zone) {
			texts_drop(&tally->texts, text);
			return;
		}
		zone->text = text;
	}
}

const struct table table_rulehit_zones = {
	"rule_hit_zones",
	2,
	"hit INTEGER REFERENCES rule_hits, zone INTEGER REFERENCES texts",
	save_zones,
	load_zones,
};
