/*
 * Tables for spreadsheets (RFC 4180), one a file: which one, the file's name says:
 * findings.csv, sources.csv, zones.csv, pairs.csv; any other name gets the sources.
 */
#include "report/escape.h"
#include "report/report.h"

enum { LIST_LIMIT = 256 * 1024 };

/* A row in the making. */
struct csv {
	FILE *out;
	bool started;
	struct buf list;
};

static void
separate(struct csv *csv)
{
	if (csv->started)
		putc(',', csv->out);
	csv->started = true;
}

static void
cell(struct csv *csv, struct str text)
{
	separate(csv);
	escape_csv(csv->out, text);
}

static void
cell_count(struct csv *csv, uint64_t value)
{
	separate(csv);
	fprintf(csv->out, "%llu", (unsigned long long)value);
}

/* Empty where the log cannot tell. */
static void
cell_known(struct csv *csv, bool known, uint64_t value)
{
	if (known)
		cell_count(csv, value);
	else
		cell(csv, STR(""));
}

static void
cell_time(struct csv *csv, int64_t time)
{
	char text[TIME_TEXT];

	cell(csv, str_of(timestamp_print(time, text)));
}

static void
cell_address(struct csv *csv, const struct ip *address)
{
	char text[IP_TEXT];

	cell(csv, str_of(ip_is_none(address) ? "" : ip_print(address, text)));
}

/* All in one cell, separated by blanks, which names do not hold. */
static void
cell_list(struct csv *csv, const struct str *items, size_t count)
{
	buf_clear(&csv->list);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(&csv->list, ' ');
		buf_add_str(&csv->list, items[i]);
	}
	cell(csv, buf_str(&csv->list));
}

static void
cell_counts(struct csv *csv, const struct count_row *rows, size_t count)
{
	buf_clear(&csv->list);
	for (size_t i = 0; i < count; i++)
		buf_printf(&csv->list, "%s%.*s:%llu", i ? " " : "", STR_ARG(rows[i].name),
			   (unsigned long long)rows[i].count);
	cell(csv, buf_str(&csv->list));
}

static void
cell_place(struct csv *csv, const struct place *place)
{
	cell(csv, place->country);
	cell_known(csv, place->asn != 0, place->asn);
	cell(csv, place->network);
}

static void
end_row(struct csv *csv)
{
	fputs("\r\n", csv->out);
	csv->started = false;
}

static void
cell_actor(struct csv *csv, const struct finding *finding)
{
	char text[PREFIX_TEXT];

	buf_clear(&csv->list);
	for (size_t i = 0; i < finding->address_count; i++)
		buf_printf(&csv->list, "%s%s", i ? " " : "",
			   ip_print(&finding->addresses[i], text));
	if (finding->address_count == 0 && finding->has_prefix)
		buf_add_text(&csv->list, prefix_print(&finding->prefix, text));
	cell(csv, buf_str(&csv->list));
}

static void
write_findings(const struct summary *summary, struct csv *csv)
{
	for (size_t i = 0; summary->findings && i < summary->findings->count; i++) {
		const struct finding *finding = &summary->findings->all[i];
		struct place place = summary_place(summary, finding);
		bool known = finding->oracle != ORACLE_NONE;
		cell(csv, finding->id);
		cell(csv, finding->kind);
		cell(csv, str_of(level_names[finding->level]));
		cell_count(csv, (uint64_t)finding->score);
		cell(csv, str_of(finding_status_names[finding->status]));
		cell(csv, str_of(direction_names[finding->direction]));
		cell(csv, finding->title);
		cell_actor(csv, finding);
		cell(csv, finding->role);
		cell(csv, str_of(finding->spoofable == TRI_NO ? "yes" : ""));
		cell_place(csv, &place);
		cell_count(csv, finding->contributor_count);
		cell_list(csv, finding->servers, finding->server_count);
		cell_count(csv, finding->zone_count);
		cell_list(csv, finding->zones, finding->zone_list_count);
		cell_time(csv, finding->first_seen);
		cell_time(csv, finding->last_seen);
		cell_count(csv, finding->requests);
		cell_count(csv, finding->distinct_names);
		cell_known(csv, known || finding->unknown_names, finding->unknown_names);
		cell_known(csv, known || finding->answered_names, finding->answered_names);
		cell_list(csv, finding->answered, finding->answered_count);
		cell(csv, str_of(finding->outcome ? outcome_names[finding->outcome] : ""));
		cell_list(csv, finding->attack, finding->attack_count);
		cell(csv, finding->suppressed_by);
		cell(csv, finding->suppressed_reason);
		cell(csv, finding->next);
		end_row(csv);
	}
}

static void
write_sources(const struct summary *summary, struct csv *csv)
{
	for (size_t i = 0; i < summary->source_count; i++) {
		const struct source_row *row = &summary->sources[i];
		cell_address(csv, &row->address);
		cell_place(csv, &row->place);
		cell(csv, row->role);
		cell(csv, str_of(row->proven_address ? "yes" : ""));
		cell(csv, str_of(row->worst >= 0 ? level_names[row->worst] : ""));
		cell_list(csv, row->findings, row->finding_count);
		cell_list(csv, row->servers, row->server_count);
		cell_count(csv, row->requests);
		cell_known(csv, row->refused_known, row->refused);
		cell_count(csv, row->distinct_names);
		cell_known(csv, row->unknown_known, row->unknown_names);
		cell_known(csv, row->answered_known, row->answered_names);
		cell_count(csv, row->zone_count);
		cell_list(csv, row->top_zones, row->top_zone_count);
		cell_time(csv, row->first_seen);
		cell_time(csv, row->last_seen);
		cell_counts(csv, row->types, row->type_count);
		cell_counts(csv, row->rcodes, row->rcode_count);
		cell_known(csv, row->flags_known, row->tcp);
		cell_count(csv, row->transfers.attempted);
		cell_count(csv, row->transfers.granted);
		cell_time(csv, row->peak_start);
		cell_known(csv, row->peak_start != TIME_NONE, row->peak_requests);
		end_row(csv);
	}
}

static void
write_zones(const struct summary *summary, struct csv *csv)
{
	for (size_t i = 0; i < summary->zone_count; i++) {
		const struct zone_row *row = &summary->zones[i];
		cell(csv, row->zone);
		cell_list(csv, row->servers, row->server_count);
		cell_count(csv, row->requests);
		cell_count(csv, row->sources);
		cell_count(csv, row->distinct_names);
		cell_known(csv, row->unknown_known, row->unknown_names);
		cell(csv, row->existence);
		cell_list(csv, row->top_unknown, row->top_unknown_count);
		cell_count(csv, row->transfers.attempted);
		cell_count(csv, row->transfers.refused);
		cell_count(csv, row->transfers.granted);
		end_row(csv);
	}
}

static void
write_pairs(const struct summary *summary, struct csv *csv)
{
	for (size_t i = 0; i < summary->pair_count; i++) {
		const struct pair_row *row = &summary->pairs[i];
		cell_address(csv, &row->address);
		cell(csv, row->zone);
		cell_count(csv, row->requests);
		cell_count(csv, row->distinct_names);
		cell_known(csv, row->unknown_known, row->unknown_names);
		cell_known(csv, row->answered_known, row->answered_names);
		cell_time(csv, row->first_seen);
		cell_time(csv, row->last_seen);
		cell_counts(csv, row->types, row->type_count);
		end_row(csv);
	}
}

/* The first is for names that are none of these. */
static const struct table {
	struct str name;
	const char *header;
	void (*write)(const struct summary *summary, struct csv *csv);
} tables[] = {
	{{"sources", 7},
	 "address,country,asn,network,role,proven,level,findings,servers,requests,refused,"
	 "distinct_names,unknown_names,answered_names,zone_count,top_zones,first_seen,last_seen,"
	 "types,rcodes,tcp,transfers_attempted,transfers_granted,peak_start,peak_requests",
	 write_sources},
	{{"findings", 8},
	 "id,kind,level,score,status,direction,title,actor,role,proven,country,asn,network,"
	 "contributors,servers,zone_count,zones,first_seen,last_seen,requests,distinct_names,"
	 "unknown_names,answered_names,answered,outcome,attack,suppressed_by,suppressed_reason,"
	 "next",
	 write_findings},
	{{"zones", 5},
	 "zone,servers,requests,sources,distinct_names,unknown_names,existence,top_unknown,"
	 "transfers_attempted,transfers_refused,transfers_granted",
	 write_zones},
	{{"pairs", 5},
	 "address,zone,requests,distinct_names,unknown_names,answered_names,first_seen,last_seen,"
	 "types",
	 write_pairs},
};

/* "zones.csv", "/var/tmp/night-zones.csv": the last word of the name before its ending. */
static const struct table *
table_of(const char *path)
{
	struct str name = str_of(path);

	if (str_ends(name, STR(".csv")))
		name.n -= 4;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		size_t n = tables[i].name.n;
		if (str_ends(name, tables[i].name) &&
		    (name.n == n || strchr("/.-_", name.p[name.n - n - 1])))
			return &tables[i];
	}
	return tables;
}

static void
write_csv(const struct summary *summary, const struct report_options *options, FILE *out)
{
	const struct table *table = table_of(options->path ? options->path : "");
	struct csv csv = {.out = out};

	buf_init(&csv.list, LIST_LIMIT);
	fprintf(out, "%s\r\n", table->header);
	table->write(summary, &csv);
	buf_release(&csv.list);
}

const struct report_format report_csv = {
	.name = "csv",
	.suffix = ".csv",
	.help = "a table: findings.csv, sources.csv, zones.csv or pairs.csv, by name",
	.write = write_csv,
};
