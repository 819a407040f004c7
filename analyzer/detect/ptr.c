/*
 * Sweeps of reverse zones: IPv4 by the /24, ip6.arpa by the children of its nodes. Coverage
 * and repeats tell a sweep from the enrichment of logs, never the share of misses
 * (DETECTION.md 14.8).
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "detect/build.h"

enum {
	SWEEP_HOSTS = 64, /* of one /24 */
	SWEEP_COMPACT_HOSTS = 32,
	WALK_CHILDREN = 8, /* of the 16 of one node */
	WALK_DEPTHS = 2,
	NETWORKS_LISTED = 20,
};
static const int64_t SLOW_MS = 3600000;
static const double ONCE_SHARE = 0.95, COMPACTNESS = 0.85;

static int
compare_sweeps(const void *a, const void *b)
{
	const struct sweep *left = *(const struct sweep *const *)a;
	const struct sweep *right = *(const struct sweep *const *)b;
	int order = ip_compare(&left->key.address, &right->key.address);

	if (order)
		return order;
	if (left->key.resolver != right->key.resolver)
		return left->key.resolver < right->key.resolver ? -1 : 1;
	if (left->key.bits != right->key.bits)
		return left->key.bits < right->key.bits ? -1 : 1;
	return ip_compare(&left->key.base, &right->key.base);
}

static bool
is_v4(const struct sweep *sweep)
{
	return sweep->key.bits == 120 && ip_is_v4(&sweep->key.base);
}

/* Hosts asked per address of the range they lie in. */
static double
compactness(const struct sweep *sweep)
{
	int low = -1, high = -1;

	for (int i = 0; i < 256; i++) {
		if (!(sweep->asked[i / 64] >> (i % 64) & 1))
			continue;
		low = low < 0 ? i : low;
		high = i;
	}
	return low < 0 ? 0 : (double)sweep_asked(sweep) / (high - low + 1);
}

static bool
is_swept(const struct sweep *sweep)
{
	unsigned hosts = sweep_asked(sweep);

	if (sweep_asked_once(sweep) < ONCE_SHARE * hosts)
		return false;
	return hosts >= SWEEP_HOSTS ||
	       (hosts >= SWEEP_COMPACT_HOSTS && compactness(sweep) >= COMPACTNESS);
}

/* A resolver asks once what its cache then holds: hours for a part of a /24 are no sweep. */
static bool
is_slow_and_scattered(const struct sweep *const *swept, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (swept[i]->first == TIME_NONE || swept[i]->last - swept[i]->first <= SLOW_MS ||
		    compactness(swept[i]) >= COMPACTNESS)
			return false;
	return true;
}

/* All sweeps by source; to be freed. */
static const struct sweep **
sorted(const struct tally *tally, size_t *count)
{
	const struct sweep **all = xcalloc(tally->sweeps.map.count, sizeof(*all));
	const struct sweep *sweep;

	*count = 0;
	for (uint32_t i = 0; (sweep = map_next(&tally->sweeps.map, &i)) != NULL;)
		all[(*count)++] = sweep;
	if (*count)
		qsort(all, *count, sizeof(*all), compare_sweeps);
	return all;
}

/* Which hosts or children were asked, from the map. */
static void
add_evidence(const struct detect_input *input, struct findings *out, struct finding *finding,
	     const struct sweep *sweep)
{
	struct prefix base = {sweep->key.base, (uint8_t)sweep->key.bits};
	char network[PREFIX_TEXT], address[IP_TEXT], time[TIME_TEXT];

	prefix_print(&base, network);
	ip_print(&sweep->key.address, address);
	timestamp_print(sweep->first, time);
	build_remembered(out, finding, input, sweep->first,
			 build_text(&out->arena, "%s%s%s asked %u %s of %s, %u of them once", time,
				    time[0] ? " " : "", address, sweep_asked(sweep),
				    is_v4(sweep) ? "addresses" : "children", network,
				    sweep_asked_once(sweep)));
}

static struct finding *
start(const struct detect_input *input, struct findings *out, const struct sweep *const *sweeps,
      size_t count)
{
	struct finding *finding = findings_add(out);
	struct serverset servers = {0};

	build_actor(out, finding, &sweeps[0]->key.address, input->settings);
	for (size_t i = 0; i < count; i++) {
		finding->first_seen = time_earlier(finding->first_seen, sweeps[i]->first);
		finding->last_seen = time_later(finding->last_seen, sweeps[i]->last);
		finding->requests += sweeps[i]->requests;
		finding->distinct_names += sweep_asked(sweeps[i]);
		serverset_merge(&servers, &sweeps[i]->servers);
		add_evidence(input, out, finding, sweeps[i]);
	}
	build_servers(out, finding, input->tally, &servers, sweeps[0]->key.resolver);
	serverset_release(&servers);
	finding->direction = build_direction(sweeps[0]->key.resolver, finding->internal);
	finding->spoofable = build_spoofable(input, &sweeps[0]->key.address);
	build_attack(out, finding, "T1590.002");
	build_attack(out, finding, finding->internal ? "T1018" : "T1590.005");
	return finding;
}

static void
report_v4(const struct detect_input *input, struct findings *out, const struct sweep *const *swept,
	  size_t count)
{
	struct finding *finding = start(input, out, swept, count);
	unsigned most = 0;

	finding->zones = arena_alloc(&out->arena, NETWORKS_LISTED * sizeof(*finding->zones));
	finding->zone_count = count;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *b = swept[i]->key.base.b;
		if (sweep_asked(swept[i]) > most)
			most = sweep_asked(swept[i]);
		if (i < NETWORKS_LISTED)
			finding->zones[finding->zone_list_count++] = build_text(
				&out->arena, "%u.%u.%u.in-addr.arpa", b[14], b[13], b[12]);
	}
	finding_term(out, finding, "addresses of one /24, nearly all asked once", most,
		     SWEEP_COMPACT_HOSTS, most >= SWEEP_HOSTS ? 50 : 45);
	if (is_slow_and_scattered(swept, count))
		finding_term(out, finding, "slow and scattered: a cache asks each once too", most,
			     SWEEP_HOSTS, -20);
	if (count > 1)
		finding_term(out, finding, "networks swept", (double)count, 2, 10);
	finding->level = level_of_score(finding->score);
	finding->title =
		count == 1 ? build_text(&out->arena, "The addresses of %.*s were swept",
					STR_ARG(finding->zones[0]))
			   : build_text(&out->arena,
					"The addresses of %zu reverse zones were swept", count);
	finding->next =
		STR("PTR records give host names by address: take those of the network for known, "
		    "and look for the scan of the addresses that follows.");
	finding->lookalikes = STR("address management, log enrichment, your own nmap");
}

static void
run_ptr(const struct detect_input *input, struct findings *out)
{
	size_t count;
	const struct sweep **all = sorted(input->tally, &count);
	const struct sweep **swept = xcalloc(count, sizeof(*swept));

	for (size_t i = 0, next; i < count; i = next) {
		size_t n = 0;
		for (next = i; next < count; next++) {
			if (ip_compare(&all[next]->key.address, &all[i]->key.address) != 0 ||
			    all[next]->key.resolver != all[i]->key.resolver)
				break;
			if (is_v4(all[next]) && is_swept(all[next]))
				swept[n++] = all[next];
		}
		if (n)
			report_v4(input, out, swept, n);
	}
	free(swept);
	free(all);
}

/* The name of a prefix in ip6.arpa (RFC 3596 2.5). */
static struct str
reverse_zone(struct arena *arena, const struct prefix *prefix)
{
	char text[80];
	size_t n = 0;

	for (unsigned depth = prefix->bits / 4; depth-- > 0;) {
		unsigned octet = prefix->ip.b[depth / 2];
		text[n++] = "0123456789abcdef"[depth % 2 ? octet & 15 : octet >> 4];
		text[n++] = '.';
	}
	snprintf(text + n, sizeof(text) - n, "ip6.arpa");
	return arena_str(arena, str_of(text));
}

static void
report_v6(const struct detect_input *input, struct findings *out, const struct sweep *const *nodes,
	  size_t count, unsigned depths)
{
	struct finding *finding = start(input, out, nodes, count);
	struct prefix base = {nodes[0]->key.base, (uint8_t)nodes[0]->key.bits};
	char text[PREFIX_TEXT];

	prefix_print(&base, text);
	finding_term(out, finding, "nodes whose children were all asked", (double)count,
		     WALK_DEPTHS, 50);
	finding_term(out, finding, "depths of the tree", depths, WALK_DEPTHS, 25);
	finding->level = level_of_score(finding->score);
	finding->zones = arena_alloc(&out->arena, sizeof(*finding->zones));
	finding->zones[0] = reverse_zone(&out->arena, &base);
	finding->zone_count = finding->zone_list_count = 1;
	finding->title = build_text(&out->arena, "The ip6.arpa tree below %s was walked", text);
	finding->next =
		STR("Hosts with PTR records in the tree are known now. Serve wildcards or nothing "
		    "in ip6.arpa where names are not needed.");
	finding->lookalikes =
		STR("query name minimisation asks the path to one name, never its siblings");
}

static void
run_ptr6(const struct detect_input *input, struct findings *out)
{
	size_t count;
	const struct sweep **all = sorted(input->tally, &count);
	const struct sweep **nodes = xcalloc(count, sizeof(*nodes));

	for (size_t i = 0, next; i < count; i = next) {
		size_t n = 0;
		unsigned depths = 0;
		uint32_t last_bits = UINT32_MAX;
		for (next = i; next < count; next++) {
			if (ip_compare(&all[next]->key.address, &all[i]->key.address) != 0 ||
			    all[next]->key.resolver != all[i]->key.resolver)
				break;
			if (is_v4(all[next]) || sweep_asked(all[next]) < WALK_CHILDREN)
				continue;
			depths += all[next]->key.bits != last_bits;
			last_bits = all[next]->key.bits;
			nodes[n++] = all[next];
		}
		if (depths >= WALK_DEPTHS)
			report_v6(input, out, nodes, n, depths);
	}
	free(nodes);
	free(all);
}

extern const struct detector detector_ptr, detector_ptr6;
const struct detector detector_ptr = {
	.name = "ptr",
	.kind = "ptr-sweep",
	.run = run_ptr,
};
const struct detector detector_ptr6 = {
	.name = "ptr6",
	.kind = "ptr6-walk",
	.run = run_ptr6,
};
