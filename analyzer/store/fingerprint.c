#include "store/fingerprint.h"

#include <stdio.h>
#include <string.h>

const char *const fingerprint_names[FINGERPRINT_PARTS] = {
	"sample_key", "own_zones", "wordlists", "suffix_list", "rules", "samples",
};

/* What a person can do about each. */
static const char *const meanings[FINGERPRINT_PARTS] = {
	"another sample key (--key-file)",
	"other own zones (--own-zone)",
	"other word lists",
	"another public suffix list (--suffix-list)",
	"other rules (--rules, --no-default-rules, or another version of the shipped ones)",
	"samples of other sizes (another version of digtrail)",
};

static void
print_hash(char *out, uint64_t hash)
{
	snprintf(out, FINGERPRINT_TEXT, "%016llx", (unsigned long long)hash);
}

void
fingerprint_make(struct fingerprint *print, const struct tally_settings *settings)
{
	const struct names *names = settings->names;
	const struct tally_limits *limits = &settings->limits;
	char key[16];

	hash_key_name(&names->sample_key, key);
	snprintf(print->parts[PRINT_SAMPLE_KEY], FINGERPRINT_TEXT, "%s", key);
	print_hash(print->parts[PRINT_OWN_ZONES], names->prints[NAMES_OWN_ZONES]);
	print_hash(print->parts[PRINT_WORDLISTS], names->prints[NAMES_WORDLISTS]);
	print_hash(print->parts[PRINT_SUFFIXES], names->prints[NAMES_SUFFIXES]);
	print_hash(print->parts[PRINT_RULES], settings->rules->fingerprint);
	snprintf(print->parts[PRINT_SAMPLES], FINGERPRINT_TEXT, "%d %d %d %d %d %d %d %d %d",
		 PAIR_K, ZONE_K, ZONE_SOURCES_K, ZONE_PREFIXES, RULEHIT_ZONES_K, CORRELATION_K,
		 TIMELINE_NAMES_K, SLOT_MS, SLOTS_MAX);
	snprintf(print->limits, sizeof(print->limits),
		 "bytes %zu, sources %u, pairs %u, zones %u, sweeps %u, event groups %u, "
		 "rule hits %u, correlations %u, timeline %u",
		 limits->bytes, limits->sources, limits->pairs, limits->zones, limits->sweeps,
		 limits->event_groups, limits->rule_hits, limits->correlations, limits->timeline);
}

int
fingerprint_compare(const struct fingerprint *other, const struct fingerprint *own, struct err *err)
{
	/* The key comes first: under another key all that follows differs too. */
	for (size_t i = 0; i < FINGERPRINT_PARTS; i++)
		if (strcmp(other->parts[i], own->parts[i]) != 0)
			return err_set(err, "it was made with %s: %s there, %s here", meanings[i],
				       other->parts[i], own->parts[i]);
	return 0;
}
