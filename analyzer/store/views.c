#include "store/views.h"

/*
 * A moment is milliseconds in its upper 43 bits, or marked by its top bit (a negative number)
 * as one without a time: see tally/moment.h.
 */
const char tally_views[] =
	"CREATE VIEW view_sources AS SELECT s.address, v.name AS server,"
	" CASE v.requests_are WHEN 'query' THEN s.query WHEN 'response' THEN s.response"
	" ELSE s.denied END AS requests, s.denied AS refused,"
	" datetime(s.first / 1000, 'unixepoch') AS first_seen,"
	" datetime(s.last / 1000, 'unixepoch') AS last_seen,"
	" s.recursion_desired, s.tcp, s.edns, s.dnssec_ok, s.keys, s.ecs"
	" FROM sources s JOIN servers v ON v.id = s.server;"

	"CREATE VIEW view_pairs AS SELECT p.id AS pair, p.address, t.text AS zone,"
	" CASE coalesce(v.resolver, p.role) WHEN 1 THEN 'resolver' ELSE 'authoritative' END"
	" AS role,"
	" p.requests, coalesce(n.names, 0) AS sampled_names,"
	" datetime(p.first / 1000, 'unixepoch') AS first_seen,"
	" datetime(p.last / 1000, 'unixepoch') AS last_seen"
	" FROM pairs p JOIN texts t ON t.id = p.zone LEFT JOIN servers v ON v.id = p.role - 2"
	" LEFT JOIN"
	" (SELECT pair, count(*) AS names FROM pair_names GROUP BY pair) n ON n.pair = p.id;"

	"CREATE VIEW view_zones AS SELECT z.id AS zone_id, t.text AS zone,"
	" CASE coalesce(v.resolver, z.role) WHEN 1 THEN 'resolver' ELSE 'authoritative' END"
	" AS role, z.own,"
	" z.requests, coalesce(n.names, 0) AS sampled_names,"
	" datetime(z.first / 1000, 'unixepoch') AS first_seen,"
	" datetime(z.last / 1000, 'unixepoch') AS last_seen"
	" FROM zones z JOIN texts t ON t.id = z.zone LEFT JOIN servers v ON v.id = z.role - 2"
	" LEFT JOIN"
	" (SELECT zone, count(*) AS names FROM zone_names GROUP BY zone) n ON n.zone = z.id;"

	"CREATE VIEW view_names AS SELECT t.text AS name, zt.text AS zone, c.name AS class,"
	" n.requests, (n.seen & 1) <> 0 AS answered, (n.seen & 2) <> 0 AS missing,"
	" n.first_asker, CASE WHEN n.moment >= 0"
	" THEN datetime((n.moment >> 20) / 1000, 'unixepoch') END AS first_seen"
	" FROM zone_names n JOIN texts t ON t.id = n.name JOIN zones z ON z.id = n.zone"
	" JOIN texts zt ON zt.id = z.zone JOIN classes c ON c.id = n.class;"

	"CREATE VIEW view_pair_names AS SELECT p.address, zt.text AS zone, t.text AS name,"
	" c.name AS class, n.requests, (n.seen & 1) <> 0 AS answered,"
	" (n.seen & 2) <> 0 AS missing, CASE WHEN n.moment >= 0"
	" THEN datetime((n.moment >> 20) / 1000, 'unixepoch') END AS first_seen"
	" FROM pair_names n JOIN pairs p ON p.id = n.pair JOIN texts t ON t.id = n.name"
	" JOIN texts zt ON zt.id = p.zone JOIN classes c ON c.id = n.class;"

	"CREATE VIEW view_rule_hits AS SELECT h.address, v.name AS server, r.title AS rule,"
	" h.count, datetime(h.first / 1000, 'unixepoch') AS first_seen,"
	" datetime(h.last / 1000, 'unixepoch') AS last_seen"
	" FROM rule_hits h JOIN servers v ON v.id = h.server JOIN rules r ON r.id = h.rule;";
