#include "detect/judge.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/oracle.h"
#include "record/qname.h"

enum {
	LONG_LABEL = 40,
	PARENT_CHILDREN =
		12, /* so many children, of which fewer than a quarter are in a wordlist */
	ORDER_MIN = 24,
	ESTABLISHED_HOURS = 2,
	LIST_NAMES = 24,
};
static const double LIST_TYPE_SHARE = 0.9;

struct flagged_prefix {
	uint64_t hash;
	uint32_t key;
};

void
flagged_init(struct flagged *flagged)
{
	map_init(&flagged->prefixes, sizeof(struct flagged_prefix), sizeof(uint32_t));
}

void
flagged_release(struct flagged *flagged)
{
	map_release(&flagged->prefixes);
}

void
flagged_add(struct flagged *flagged, uint32_t prefix_hash)
{
	map_put(&flagged->prefixes, hash_mix(prefix_hash, 1), &prefix_hash, NULL);
}

bool
flagged_has(const struct flagged *flagged, uint32_t prefix_hash)
{
	return flagged && map_find(&flagged->prefixes, hash_mix(prefix_hash, 1), &prefix_hash);
}

/* A name below a zone that has children of its own. */
struct parent {
	uint64_t hash;
	uint64_t key; /* sample hash of its text */
	uint32_t children, wordlist;
};

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *left = *(const struct pair *const *)a;
	const struct pair *right = *(const struct pair *const *)b;
	int order = ip_compare(&left->key.address, &right->key.address);

	if (order)
		return order;
	if (left->rank != right->rank) /* of address and zone: the order is the same everywhere */
		return left->rank < right->rank ? -1 : 1;
	return (left->key.resolver > right->key.resolver) -
	       (left->key.resolver < right->key.resolver);
}

/* The name without its first label; empty for a single label. */
static struct str
parent_of(struct str name)
{
	struct str label = qname_first_label(name);

	return label.n < name.n ? str_skip(name, label.n + 1) : STR("");
}

static void
add_parents(struct ground *ground, const struct zone *zone)
{
	const struct tally *tally = ground->input->tally;
	const struct hash_key *key = &tally->settings->names->sample_key;
	size_t zone_length = texts_get(&tally->texts, zone->key.text).n;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct zone_name *name;
		if (!zone->classes[c] || c == NAME_APEX)
			continue;
		for (uint32_t i = 0;
		     (name = sample_next(&zone->classes[c]->names, &zone_name_type, &i)) != NULL;) {
			struct str parent = parent_of(texts_get(&tally->texts, name->text));
			if (parent.n <= zone_length)
				continue;
			uint64_t hash = hash_bytes(key, parent.p, parent.n);
			struct parent *entry = map_put(&ground->parents, hash, &hash, NULL);
			entry->children++;
			entry->wordlist += c == NAME_WORDLIST;
		}
	}
}

void
ground_init(struct ground *ground, const struct detect_input *input)
{
	const struct tally *tally = input->tally;
	const struct pair *pair;
	const struct zone *zone;

	*ground = (struct ground){.input = input};
	ground->pairs = xcalloc(tally->pairs.map.count, sizeof(*ground->pairs));
	for (uint32_t i = 0; (pair = map_next(&tally->pairs.map, &i)) != NULL;)
		ground->pairs[ground->count++] = pair;
	if (ground->count)
		qsort(ground->pairs, ground->count, sizeof(*ground->pairs), compare_pairs);
	map_init(&ground->parents, sizeof(struct parent), sizeof(uint64_t));
	for (uint32_t i = 0; (zone = map_next(&tally->zones.map, &i)) != NULL;)
		add_parents(ground, zone);
}

void
ground_release(struct ground *ground)
{
	free(ground->pairs);
	map_release(&ground->parents);
	*ground = (struct ground){0};
}

size_t
ground_source(const struct ground *ground, size_t first)
{
	size_t next = first + 1;

	while (next < ground->count && ip_compare(&ground->pairs[next]->key.address,
						  &ground->pairs[first]->key.address) == 0)
		next++;
	return next - first;
}

static bool
has_machine_parent(const struct ground *ground, struct str name, size_t zone_offset)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;
	struct str parent = parent_of(name);
	size_t zone_length = name.n - zone_offset;

	if (parent.n <= zone_length)
		return false;
	uint64_t hash = hash_bytes(key, parent.p, parent.n);
	const struct parent *entry = map_find(&ground->parents, hash, &hash);
	return entry && entry->children >= PARENT_CHILDREN && entry->wordlist * 4 < entry->children;
}

bool
judge_has_long_label(struct str front)
{
	size_t run = 0;

	for (size_t i = 0; i < front.n; i++) {
		run = front.p[i] == '.' ? 0 : run + 1;
		if (run >= LONG_LABEL)
			return true;
	}
	return false;
}

/* "4.3.2.1" and the like in front of a zone: a block list was asked about an address. */
static bool
is_reversed_address(struct str front)
{
	uint64_t octet;

	for (int i = 0; i < 4; i++)
		if (!str_take_number(&front, 255, &octet) || (i < 3 && !str_take(&front, STR("."))))
			return false;
	return front.n == 0 || front.p[0] == '.';
}

/* Generic suffixes that nobody uses as a label of hosts inside a zone. */
static bool
is_suffix_label(struct str label)
{
	static const struct str suffixes[] = {
		{"com", 3}, {"net", 3}, {"org", 3}, {"edu", 3},  {"gov", 3},     {"arpa", 4},
		{"io", 2},  {"de", 2},  {"uk", 2},  {"info", 4}, {"biz", 3},     {"local", 5},
		{"lan", 3}, {"fr", 2},  {"nl", 2},  {"eu", 2},   {"example", 7},
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (str_eq(label, suffixes[i]))
			return true;
	return false;
}

/* A public suffix behind the first label: a search list or a block list was appended to. */
static bool
has_inner_suffix(struct str front)
{
	struct str rest = parent_of(front);

	while (rest.n) {
		if (is_suffix_label(qname_first_label(rest)))
			return true;
		rest = parent_of(rest);
	}
	return false;
}

/* Whether the same source asked `front` as a name of its own. */
static bool
asked_alone(const struct ground *ground, size_t first, size_t count, struct str front)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;

	if (str_index(front, '.') == SIZE_MAX)
		return false; /* single labels are asked alone by every search list */
	uint64_t hash = hash_bytes(key, front.p, front.n);
	for (size_t i = first; i < first + count && i < first + 512; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++)
			if (ground->pairs[i]->classes[c] &&
			    sample_find(&ground->pairs[i]->classes[c]->names, &pair_name_type,
					hash))
				return true;
	return false;
}

/* Networks that asked the name, without those flagged; JUDGE_PREFIXES is enough. */
static unsigned
popularity(const struct ground *ground, const struct zone_name *name)
{
	unsigned n = 0;

	for (size_t i = 0; i < ZONE_PREFIXES && name->prefixes[i]; i++)
		n += !flagged_has(ground->flagged, name->prefixes[i]);
	/* More than are listed: attackers alone are not expected to fill the list. */
	if (name->more_prefixes && n)
		n += JUDGE_PREFIXES;
	return n;
}

static bool
is_explained(const struct ground *ground, size_t first, size_t count, struct str text,
	     size_t zone_offset)
{
	struct str front = str_make(text.p, zone_offset ? zone_offset - 1 : 0);

	return judge_has_long_label(front) || is_reversed_address(front) ||
	       has_inner_suffix(front) || asked_alone(ground, first, count, front) ||
	       has_machine_parent(ground, text, zone_offset);
}

enum existence
judge_existence(const struct detect_input *input, uint8_t seen, struct str text,
		enum oracle_kind *by)
{
	*by = ORACLE_RCODE;
	if (seen & SEEN_ANSWERED)
		return EXISTENCE_EXISTS;
	if (seen & SEEN_MISSING)
		return EXISTENCE_MISSING;
	if (input->oracle) {
		enum existence existence = oracle_judge(input->oracle, text, by);
		if (existence != EXISTENCE_UNKNOWN)
			return existence;
	}
	*by = ORACLE_RATE_LIMIT;
	return seen & SEEN_LIMITED ? EXISTENCE_MISSING : EXISTENCE_UNKNOWN;
}

bool
judge_is_established(const struct ground *ground, const struct zone_name *name)
{
	return name && __builtin_popcount(name->hours) >= ESTABLISHED_HOURS &&
	       !(name->seen & (SEEN_MISSING | SEEN_LIMITED)) &&
	       popularity(ground, name) >= JUDGE_PREFIXES;
}

bool
judge_is_machine_made(const struct ground *ground, struct str text, size_t zone_offset)
{
	struct str front = str_make(text.p, zone_offset ? zone_offset - 1 : 0);

	return judge_has_long_label(front) || is_reversed_address(front) ||
	       has_inner_suffix(front) || has_machine_parent(ground, text, zone_offset);
}

struct verdict
judge_name(const struct ground *ground, size_t first, size_t count,
	   const struct judgement *judgement, const struct pair_name *item, uint8_t class_)
{
	const struct tally *tally = ground->input->tally;
	const struct zone_class *names = judgement->zone ? judgement->zone->classes[class_] : NULL;
	const struct zone_name *common =
		names ? sample_find(&names->names, &zone_name_type, item->hash) : NULL;
	struct str text = texts_get(&tally->texts, item->text);
	size_t zone_offset = str_eq(judgement->zone_text, STR("."))
				     ? text.n + 1
				     : text.n - judgement->zone_text.n;
	/* Somebody else's answer is an answer too. */
	uint8_t seen = item->seen | (common ? common->seen : 0);
	struct verdict verdict = {.by = ORACLE_NONE};
	bool novelty = !(ground->input->settings->without & 1u << PART_NOVELTY);
	enum existence existence = judge_existence(ground->input, seen, text, &verdict.by);

	verdict.exists = existence == EXISTENCE_EXISTS;
	verdict.missing = existence == EXISTENCE_MISSING;
	verdict.established =
		!verdict.exists && !verdict.missing && judge_is_established(ground, common);
	verdict.popular = novelty && common && popularity(ground, common) >= JUDGE_PREFIXES;
	verdict.explained = class_ == NAME_SERVICE || class_ == NAME_NSEC ||
			    (class_ == NAME_NUMBERED && str_ends(text, STR(".arpa"))) ||
			    is_explained(ground, first, count, text, zone_offset);
	return verdict;
}

/* The surer of two: what a finding names must not depend on which name came last. */
static enum oracle_kind
surer_oracle(enum oracle_kind a, enum oracle_kind b)
{
	static const uint8_t rank[ORACLES] = {
		[ORACLE_RCODE] = 5,     [ORACLE_ZONE_FILE] = 4,  [ORACLE_KNOWN_NAMES] = 3,
		[ORACLE_CATALOGUE] = 2, [ORACLE_RATE_LIMIT] = 1,
	};

	return rank[a] >= rank[b] ? a : b;
}

static void
add_name(const struct ground *ground, size_t first, size_t count, struct judgement *out,
	 const struct pair_name *item, uint8_t class_, double weight)
{
	struct verdict verdict = judge_name(ground, first, count, out, item, class_);
	struct str text = texts_get(&ground->input->tally->texts, item->text);

	out->all += weight;
	if ((verdict.exists || verdict.missing) && verdict.by != ORACLE_RATE_LIMIT) {
		out->existence += weight;
		out->oracle = surer_oracle(out->oracle, verdict.by);
	} else if (verdict.missing) {
		out->oracle = surer_oracle(out->oracle, ORACLE_RATE_LIMIT);
	}
	out->answered += verdict.exists ? weight : 0;
	out->missing += verdict.missing ? weight : 0;
	out->established += verdict.established ? weight : 0;
	out->popular += verdict.popular || verdict.explained ? weight : 0;
	if (verdict.popular || verdict.explained || verdict.exists)
		return;
	out->names[out->count++] =
		(struct judged_name){item, text, weight, class_, verdict.missing};
	out->judged += weight;
	out->wordlist += class_ == NAME_WORDLIST ? weight : 0;
	out->random += class_ == NAME_RANDOM ? weight : 0;
}

static int
compare_names(const void *a, const void *b)
{
	const struct judged_name *left = a, *right = b;

	if (left->item->moment != right->item->moment)
		return left->item->moment < right->item->moment ? -1 : 1;
	return (left->item->hash > right->item->hash) - (left->item->hash < right->item->hash);
}

static void
find_type_share(struct judgement *out)
{
	for (size_t i = 0; i < out->count; i++) {
		double weight = 0;
		for (size_t j = 0; j < out->count; j++)
			if (out->names[j].item->types == out->names[i].item->types)
				weight += out->names[j].weight;
		if (weight / out->judged > out->type_share) {
			out->type_share = weight / out->judged;
			out->type_set = out->names[i].item->types;
		}
	}
}

/* Kendall's concordance of time and label: 1 ascending, 0.5 no order, 0 descending. */
static void
find_order(struct judgement *out)
{
	size_t ascending = 0, total = 0;

	out->tau = -1;
	if (out->count < ORDER_MIN)
		return;
	for (size_t i = 0; i < out->count; i++) {
		for (size_t j = i + 1; j < out->count; j++) {
			int order = str_compare(out->names[i].text, out->names[j].text);
			if (out->names[i].item->moment == out->names[j].item->moment || order == 0)
				continue;
			total++;
			ascending += order < 0;
		}
	}
	if (total >= ORDER_MIN * (ORDER_MIN - 1) / 4)
		out->tau = (double)ascending / (double)total;
}

/* Many judged names of one set of types: a list, whatever else was asked beside it. */
static bool
is_one_list(const struct judgement *judgement)
{
	return judgement->judged >= LIST_NAMES && judgement->type_share >= LIST_TYPE_SHARE;
}

static double
judged_repeats(const struct judgement *judgement)
{
	double requests = 0, questions = 0;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct judged_name *name = &judgement->names[i];
		requests += name->weight * name->item->count;
		questions += name->weight * __builtin_popcount(name->item->types);
	}
	return questions > 0 ? requests / questions : 0;
}

bool
judge(const struct ground *ground, size_t first, size_t count, size_t index, double least,
      struct judgement *out)
{
	const struct tally *tally = ground->input->tally;
	const struct pair *pair = ground->pairs[index];
	double requests = 0, questions = 0;

	*out = (struct judgement){
		.pair = pair,
		.zone_text = texts_get(&tally->texts, pair->key.zone),
		.missing_share = -1,
		.tau = -1,
	};
	if ((double)pair_distinct(pair) < least)
		return false;
	out->zone = zones_find(tally, out->zone_text, pair->key.resolver);
	out->names = xcalloc(JUDGE_NAMES_MAX, sizeof(*out->names));
	for (size_t c = 0; c < NAME_CLASSES; c++) {
		const struct pair_class *names = pair->classes[c];
		const struct pair_name *item;
		if (!names || c == NAME_APEX || names->names.count == 0)
			continue;
		double weight = (double)sample_distinct(&names->names, &pair_name_type) /
				names->names.count;
		/* Whole numbers first: sums of fractions would tell the sample's chance order. */
		unsigned asked = 0, types = 0;
		for (uint32_t i = 0;
		     (item = sample_next(&names->names, &pair_name_type, &i)) != NULL;) {
			add_name(ground, first, count, out, item, (uint8_t)c, weight);
			asked += item->count;
			types += (unsigned)__builtin_popcount(item->types);
		}
		requests += weight * asked;
		questions += weight * types;
	}
	if (out->judged < least) {
		judgement_release(out);
		return false;
	}
	out->names = xrealloc(out->names, out->count, sizeof(*out->names));
	qsort(out->names, out->count, sizeof(*out->names), compare_names);
	if (out->answered + out->missing > 0 && out->oracle != ORACLE_RATE_LIMIT)
		out->missing_share = out->missing / (out->answered + out->missing);
	if (out->all > 0)
		out->existence /= out->all;
	find_type_share(out);
	find_order(out);
	out->per_type = questions > 0 ? requests / questions : 0;
	if (is_one_list(out)) {
		double judged = judged_repeats(out);
		out->per_type = judged < out->per_type ? judged : out->per_type;
	}
	return true;
}

void
judgement_release(struct judgement *judgement)
{
	free(judgement->names);
	judgement->names = NULL;
}
