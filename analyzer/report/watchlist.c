/*
 * A watch list: who learned which names and when, to be compared with the logs of VPN, web and
 * mail servers: what was found in the DNS is tried there next. A row for each actor and name.
 */
#include "detect/build.h"
#include "record/qname.h"
#include "report/escape.h"
#include "report/report.h"

/* RFC 4180: fields in this order, the first line names them, lines end in CR LF. */
static const char header[] = "actor,first_seen,last_seen,kind,level,zone,name\r\n";

/* Reconnaissance, and not what is expected or only context. */
static bool
is_watched(const struct finding *finding)
{
	return finding->suppressed_by.n == 0 && !finding->confirm &&
	       finding->level > LEVEL_INFORMATIONAL;
}

static void
write_row(FILE *out, const char *actor, const struct finding *finding, struct str zone,
	  struct str name)
{
	char first[TIME_TEXT], last[TIME_TEXT];
	const struct str fields[] = {
		str_of(actor),
		str_of(timestamp_print(finding->first_seen, first)),
		str_of(timestamp_print(finding->last_seen, last)),
		finding->kind,
		str_of(level_names[finding->level]),
		zone,
		name,
	};
	enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

	for (size_t i = 0; i < FIELDS; i++) {
		if (i)
			putc(',', out);
		escape_csv(out, fields[i]);
	}
	fputs("\r\n", out);
}

/* The longest zone of the finding that holds the name; empty when it lists none. */
static struct str
zone_of(const struct finding *finding, struct str name)
{
	struct str best = STR("");

	for (size_t i = 0; i < finding->zone_list_count; i++)
		if (finding->zones[i].n > best.n && qname_is_below(name, finding->zones[i]))
			best = finding->zones[i];
	return best;
}

/* False for a zone that was asked and not given, beside others that were. */
static bool
is_gained(const struct finding *finding, struct str zone)
{
	if (finding->outcome != OUTCOME_GRANTED)
		return true;
	for (size_t i = 0; i < finding->transfer_count; i++)
		if (finding->transfers[i].outcome == OUTCOME_GRANTED &&
		    str_eq(finding->transfers[i].zone, zone))
			return true;
	return finding->transfer_count == 0;
}

/* The names that exist, ways in first; without any, the zones. */
static void
write_actor(FILE *out, const char *actor, const struct finding *finding)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < finding->answered_count; i++) {
			struct str name = finding->answered[i];
			if (build_is_remote_access(name) == (pass == 0))
				write_row(out, actor, finding, zone_of(finding, name), name);
		}
	}
	if (finding->answered_count)
		return;
	for (size_t i = 0; i < finding->zone_list_count; i++)
		if (is_gained(finding, finding->zones[i]))
			write_row(out, actor, finding, finding->zones[i], STR(""));
	if (finding->zone_list_count == 0)
		write_row(out, actor, finding, STR(""), STR(""));
}

/*
 * Whom the evidence points at. Those seen through are no actors: behind resolvers nobody is
 * named, and the names stand with an empty actor.
 */
static void
write_finding(FILE *out, const struct finding *finding)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < finding->address_count; i++)
		write_actor(out, ip_print(&finding->addresses[i], text), finding);
	if (finding->address_count == 0)
		write_actor(out, finding->has_prefix ? prefix_print(&finding->prefix, text) : "",
			    finding);
}

static void
write_watchlist(const struct summary *summary, const struct report_options *options, FILE *out)
{
	const struct findings *findings = summary->findings;

	(void)options;
	fputs(header, out);
	for (size_t i = 0; findings && i < findings->count; i++)
		if (is_watched(&findings->all[i]))
			write_finding(out, &findings->all[i]);
}

const struct report_format report_watchlist = {
	.name = "watchlist",
	.suffix = ".watchlist.csv",
	.help = "who learned which names, to compare with VPN and web logs",
	.write = write_watchlist,
};
