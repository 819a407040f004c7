#include "report/blocklist.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "report/escape.h"
#include "report/phrase.h"

enum { LEFT_OUT_SHOWN = 200, TEXT_LIMIT = 400, DAY_MS = 86400000 };

/* How long an address is refused, in days. */
static const unsigned days_of[LEVELS] = {
	[LEVEL_INFORMATIONAL] = 1, [LEVEL_LOW] = 1,       [LEVEL_MEDIUM] = 1,
	[LEVEL_HIGH] = 7,          [LEVEL_CRITICAL] = 30,
};

static bool
is_open(const struct finding *finding)
{
	return finding->suppressed_by.n == 0 && !finding->confirm &&
	       finding->level > LEVEL_INFORMATIONAL;
}

/* What a finding says for or against listing one of its addresses. */
static void
add_finding(struct block *block, const struct finding *finding,
	    const struct report_options *options)
{
	const char *reason = NULL;

	if (finding->role.n)
		reason = str_starts(finding->role, STR("secondary")) ? "a secondary" : "a resolver";
	else if (finding->internal)
		reason = "one of our own hosts";
	else if (finding->suppressed_by.n)
		reason = "expected in part";
	else if (finding->confirm)
		reason = "behaves like a secondary, to be confirmed";
	if (reason && !block->left_out)
		block->left_out = reason;
	block->proven |= finding->spoofable == TRI_NO;
	if (!is_open(finding) || finding->level < options->level)
		return;
	block->findings++;
	if (!block->why || finding->level > block->why->level)
		block->why = finding;
}

static struct block *
find(const struct map *map, const struct hash_key *key, const struct ip *address)
{
	return map_find(map, hash_bytes(key, address, sizeof(*address)), address);
}

/* Actors of all findings first, so that those seen through are found among them. */
static void
collect(struct map *map, const struct findings *findings, const struct report_options *options)
{
	struct hash_key key;

	hash_key_random(&key);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		for (size_t j = 0; j < finding->address_count; j++) {
			const struct ip *address = &finding->addresses[j];
			add_finding(map_put(map, hash_bytes(&key, address, sizeof(*address)),
					    address, NULL),
				    finding, options);
		}
	}
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->all[i];
		for (size_t j = 0; j < finding->contributor_address_count; j++) {
			struct block *block = find(map, &key, &finding->contributors[j]);
			if (block && !block->left_out)
				block->left_out = "others are seen through it";
		}
	}
}

/* Listed ones first, then the worst, then by address. */
static int
compare_blocks(const void *a, const void *b)
{
	const struct block *left = a, *right = b;

	if (!left->left_out != !right->left_out)
		return left->left_out ? 1 : -1;
	if (left->why->level != right->why->level)
		return left->why->level > right->why->level ? -1 : 1;
	return ip_compare(&left->address, &right->address);
}

void
blocklist_make(struct blocklist *list, const struct summary *summary,
	       const struct report_options *options)
{
	struct map map;
	const struct block *block;

	map_init(&map, sizeof(struct block), sizeof(struct ip));
	if (summary->findings)
		collect(&map, summary->findings, options);
	*list = (struct blocklist){.all = xcalloc(map.count, sizeof(*list->all))};
	for (uint32_t i = 0; (block = map_next(&map, &i)) != NULL;) {
		if (!block->why)
			continue;
		struct block *entry = &list->all[list->count++];
		*entry = *block;
		if (!entry->left_out && !entry->proven && !options->force_unproven)
			entry->left_out = "address unproven (--force-unproven lists it)";
		entry->days = days_of[entry->why->level];
		entry->until = summary->last == TIME_NONE
				       ? TIME_NONE
				       : summary->last + (int64_t)entry->days * DAY_MS;
		list->listed += !entry->left_out;
	}
	map_release(&map);
	if (list->count)
		qsort(list->all, list->count, sizeof(*list->all), compare_blocks);
}

void
blocklist_release(struct blocklist *list)
{
	free(list->all);
	*list = (struct blocklist){0};
}

void
blocklist_head(FILE *out, const char *mark, const struct blocklist *list,
	       const struct summary *summary, const struct report_options *options)
{
	struct buf period;

	buf_init(&period, TEXT_LIMIT);
	phrase_period(&period, summary->first, summary->last);
	fprintf(out, "%sdigtrail %.*s: %zu addresses, findings of level %s and above%s\n", mark,
		STR_ARG(summary->version), list->listed, level_names[options->level],
		options->force_unproven ? ", addresses without proof too" : "");
	fprintf(out, "%slogs of ", mark);
	escape_comment(out, buf_str(&period));
	fputs(summary->first == TIME_NONE ? "\n" : " UTC\n", out);
	if (summary->partial)
		fprintf(out, "%spartial: the analysis was interrupted\n", mark);
	buf_release(&period);
}

void
blocklist_reason(FILE *out, const struct block *block)
{
	const struct finding *why = block->why;
	char first[TIME_TEXT], until[TIME_TEXT];

	fprintf(out, "%s: ", level_names[why->level]);
	escape_comment(out,
		       why->title.n > TEXT_LIMIT ? str_make(why->title.p, TEXT_LIMIT) : why->title);
	fputs(" (", out);
	escape_comment(out, why->id);
	if (block->findings > 1)
		fprintf(out, " and %zu more", block->findings - 1);
	fputs("), ", out);
	fputs(why->first_seen == TIME_NONE ? "at an unknown time"
					   : timestamp_print(why->first_seen, first),
	      out);
	if (block->until == TIME_NONE)
		fprintf(out, ", for %u days", block->days);
	else
		fprintf(out, ", until %s", timestamp_print(block->until, until));
}

void
blocklist_rest(FILE *out, const char *mark, const struct blocklist *list)
{
	size_t n = list->count - list->listed;

	for (size_t i = list->listed; i < list->count && i < list->listed + LEFT_OUT_SHOWN; i++) {
		const struct block *block = &list->all[i];
		char text[IP_TEXT];
		fprintf(out, "%sleft out: %s, %s; ", mark, ip_print(&block->address, text),
			block->left_out);
		blocklist_reason(out, block);
		putc('\n', out);
	}
	if (n > LEFT_OUT_SHOWN)
		fprintf(out, "%sleft out: %zu more\n", mark, n - LEFT_OUT_SHOWN);
}
