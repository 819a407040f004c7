#include "detect/judge.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/oracle.h"
#include "detect/pairnames.h"
#include "detect/standing.h"

enum {
	ORDER_MIN = 24,
	ESTABLISHED_HOURS = 2,
	NIGHT_MS = 86400000,
	LIST_NAMES = 24,
};
static const double LIST_TYPE_SHARE = 0.9;

/*
 * Whether the same source asked `front`, of several labels, as a name of its own: single ones are
 * asked alone by every search list.
 */
static bool
asked_alone(const struct ground *ground, size_t first, size_t count, struct str front)
{
	const struct hash_key *key = &ground->input->tally->settings->names->sample_key;

	uint64_t hash = hash_bytes(key, front.p, front.n);
	for (size_t i = first; i < first + count && i < first + 512; i++)
		for (size_t c = 0; c < NAME_CLASSES; c++) {
			struct pair_class names = pair_class(ground_pair(ground, i), c);
			if (sample_find(&names.names, &pair_name_type, hash))
				return true;
		}
	return false;
}

static bool
has_prefix(const struct zone_name *name, uint32_t prefix)
{
	for (size_t i = 0; name && i < ZONE_PREFIXES && name->prefixes[i]; i++)
		if (name->prefixes[i] == prefix)
			return true;
	return false;
}

/*
 * Networks that asked the name and `counted` has not, without those flagged; JUDGE_PREFIXES is
 * enough.
 */
static unsigned
networks_of(const struct ground *ground, const struct zone_name *name,
	    const struct zone_name *counted)
{
	unsigned n = 0;

	for (size_t i = 0; name && i < ZONE_PREFIXES && name->prefixes[i] && n < JUDGE_PREFIXES;
	     i++)
		n += !flagged_has(ground->flagged, name->prefixes[i]) &&
		     !has_prefix(counted, name->prefixes[i]);
	/* More than are listed: attackers alone are not expected to fill the list. */
	return name && name->more_prefixes && n ? n + JUDGE_PREFIXES : n;
}

unsigned
judge_popularity(const struct ground *ground, const struct standing *standing)
{
	unsigned tonight = networks_of(ground, standing->tonight, NULL);

	if (tonight >= JUDGE_PREFIXES || !standing->before)
		return tonight;
	return tonight + networks_of(ground, standing->before, standing->tonight);
}

static const struct zone_name *
find_name(const struct zone *zone, size_t class_, uint64_t hash)
{
	const struct zone_class *names = zone ? zone->classes[class_] : NULL;

	return names ? sample_find(&names->names, &zone_name_type, hash) : NULL;
}

struct standing
judge_standing(const struct zone *zone, const struct zone *zone_before, size_t class_,
	       uint64_t hash)
{
	return (struct standing){find_name(zone, class_, hash),
				 find_name(zone_before, class_, hash)};
}

const struct zone *
judge_zone_before(const struct detect_input *input, struct str zone, bool resolver)
{
	return input->baseline ? zones_find(input->baseline, zone, resolver) : NULL;
}

unsigned
judge_nights_of(const struct ground *ground, const struct standing *standing)
{
	int64_t first = standing->before ? moment_time(standing->before->moment) : TIME_NONE;

	if (first == TIME_NONE || ground->tonight == TIME_NONE || first >= ground->tonight)
		return 0;
	return (unsigned)((ground->tonight - first + NIGHT_MS - 1) / NIGHT_MS);
}

enum explanation
judge_explain(const struct ground *ground, size_t first, size_t count, const struct named *named,
	      uint16_t traits)
{
	enum explanation alone = traits & TRAIT_EXPLANATION;

	if ((alone != EXPLAINED_NOT && alone != EXPLAINED_MACHINE) || !(traits & TRAIT_FRONT_HELD))
		return alone;
	struct str front = traits_front(texts_get(named->texts, named->text), named->zone);
	return asked_alone(ground, first, count, front) ? EXPLAINED_SUFFIX : alone;
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
judge_is_established(const struct ground *ground, const struct standing *standing,
		     unsigned networks)
{
	const struct zone_name *tonight = standing->tonight, *before = standing->before;
	uint32_t hours = (tonight ? tonight->hours : 0) | (before ? before->hours : 0);
	/* What is missing tonight is, whatever it was; else the latest word is that of before. */
	uint8_t seen = tonight && tonight->seen & (SEEN_ANSWERED | SEEN_MISSING | SEEN_LIMITED)
			       ? tonight->seen
		       : before ? before->seen
				: 0;

	/* What was answered on an earlier night was there, whoever asked. */
	if (before && seen & SEEN_ANSWERED && judge_nights_of(ground, standing) > 0)
		return true;
	return !(seen & (SEEN_MISSING | SEEN_LIMITED)) &&
	       (__builtin_popcount(hours) >= ESTABLISHED_HOURS ||
		judge_nights_of(ground, standing) > 0) &&
	       networks >= JUDGE_PREFIXES;
}

/* How a name stands with everybody, and since when. */
struct repute {
	uint8_t seen;
	bool popular, established;
	unsigned nights;
};

static struct repute
look_up(const struct ground *ground, const struct judgement *judgement,
	const struct pair_name *item, uint8_t class_)
{
	const struct zone *zone = judgement->zone
					  ? judgement->zone
					  : zones_find(ground->input->tally, judgement->zone_text,
						       judgement->pair->key.resolver != 0);
	struct standing standing = judge_standing(zone, judgement->zone_before, class_, item->hash);
	unsigned networks = judge_popularity(ground, &standing);

	return (struct repute){
		.seen = standing.tonight ? standing.tonight->seen : 0,
		.popular = networks >= JUDGE_PREFIXES,
		.established = judge_is_established(ground, &standing, networks),
		.nights = judge_nights_of(ground, &standing),
	};
}

static struct repute
repute_of(const struct ground *ground, const struct judgement *judgement,
	  const struct pair_name *item, const struct texts *texts, uint8_t class_)
{
	if (judgement->zone_before || texts != &ground->input->tally->texts)
		return look_up(ground, judgement, item, class_);
	uint8_t bits =
		standing_of(atomic_load_explicit(&ground->marks[item->text], memory_order_relaxed),
			    judgement->pair->key.resolver != 0);
	if (bits & STANDING_TWICE)
		return look_up(ground, judgement, item, class_);
	return (struct repute){
		.seen = bits & STANDING_SEEN,
		.popular = (bits & STANDING_POPULAR) != 0,
		.established = (bits & STANDING_ESTABLISHED) != 0,
	};
}

struct verdict
judge_name(const struct ground *ground, size_t first, size_t count,
	   const struct judgement *judgement, const struct pair_name *item,
	   const struct texts *texts, uint8_t class_)
{
	const struct detect_input *input = ground->input;
	struct repute repute = repute_of(ground, judgement, item, texts, class_);
	struct named named = {texts, item->text, judgement->zone_text, class_};
	struct str text = input->oracle ? texts_get(texts, item->text) : str_make("", 0);
	struct verdict verdict = {.by = ORACLE_NONE};
	bool novelty = !(input->settings->without & 1u << PART_NOVELTY);
	/* Somebody else's answer is an answer too. */
	enum existence existence =
		judge_existence(input, item->seen | repute.seen, text, &verdict.by);

	verdict.exists = existence == EXISTENCE_EXISTS;
	verdict.missing = existence == EXISTENCE_MISSING;
	verdict.established = !verdict.exists && !verdict.missing && repute.established;
	verdict.nights = verdict.established ? repute.nights : 0;
	verdict.popular = novelty && !ground->ignores_popularity && repute.popular &&
			  !(verdict.missing && judgement->is_missing_list);
	verdict.explained = judge_explain(ground, first, count, &named, traits_of(ground, &named));
	return verdict;
}

/*
 * judge_name() for nearly all names: tonight's, where neither earlier nights nor the operator say
 * more of them, and neither the source's other names nor a second sample need be looked through.
 * False where it is not one of these.
 */
static inline bool
judge_plainly(const struct ground *ground, const struct judgement *judgement,
	      const struct pair_name *item, struct verdict *verdict)
{
	uint32_t marks = atomic_load_explicit(&ground->marks[item->text], memory_order_relaxed);
	uint8_t bits = standing_of(marks, judgement->pair->key.resolver != 0);
	unsigned seen = item->seen | bits;
	bool novelty = !(ground->input->settings->without & 1u << PART_NOVELTY);

	if (!(marks & TRAIT_KNOWN) || marks & TRAIT_FRONT_HELD || bits & STANDING_TWICE)
		return false;
	bool exists = (seen & SEEN_ANSWERED) != 0;
	bool missing = !exists && seen & (SEEN_MISSING | SEEN_LIMITED);
	*verdict = (struct verdict){
		.exists = exists,
		.missing = missing,
		.established = !exists && !missing && bits & STANDING_ESTABLISHED,
		.popular = novelty && !ground->ignores_popularity && bits & STANDING_POPULAR &&
			   !(missing && judgement->is_missing_list),
		.explained = marks & TRAIT_EXPLANATION,
		.by = exists || seen & SEEN_MISSING ? ORACLE_RCODE : ORACLE_RATE_LIMIT,
	};
	return true;
}

/* One that judge_name() would not judge, as its marks tell; of the others they do not tell. */
static inline bool
is_plainly_innocent(const struct ground *ground, const struct pair_name *item, bool resolver)
{
	uint32_t marks = atomic_load_explicit(&ground->marks[item->text], memory_order_relaxed);
	uint8_t bits = standing_of(marks, resolver);
	bool novelty = !(ground->input->settings->without & 1u << PART_NOVELTY);

	if (bits & STANDING_TWICE)
		return false;
	return (item->seen | bits) & SEEN_ANSWERED ||
	       (marks & TRAIT_KNOWN && (marks & TRAIT_EXPLANATION) != EXPLAINED_NOT) ||
	       (novelty && !ground->ignores_popularity && bits & STANDING_POPULAR);
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

static inline void
add_name(const struct ground *ground, struct judgement *out, const struct pair_name *item,
	 const struct texts *texts, uint8_t class_, double weight, bool earlier,
	 struct verdict verdict)
{
	bool is_before = texts != &ground->input->tally->texts;

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
	out->nights = verdict.nights > out->nights ? verdict.nights : out->nights;
	out->popular += verdict.popular || verdict.explained ? weight : 0;
	if (verdict.popular || verdict.explained || verdict.exists)
		return;
	out->names[out->count++] =
		(struct judged_name){item,
				     is_before ? texts_get(texts, item->text) : (struct str){0},
				     weight,
				     class_,
				     verdict.missing,
				     earlier};
	out->judged += weight;
	out->earlier += earlier ? weight : 0;
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
	/* Sets beyond these are no commonest one: the weights are kept by the first that come. */
	enum { SETS = 64 };
	double weights[SETS] = {0};
	uint16_t sets[SETS];
	size_t count = 0;

	for (size_t i = 0; i < out->count; i++) {
		size_t at = 0;
		while (at < count && sets[at] != out->names[i].item->types)
			at++;
		if (at == SETS)
			continue;
		if (at == count)
			sets[count++] = out->names[i].item->types;
		weights[at] += out->names[i].weight;
		if (weights[at] / out->judged > out->type_share)
			out->type_share = weights[at] / out->judged;
	}
	for (size_t i = 0; i < count; i++)
		if (weights[i] / out->judged >= out->type_share) {
			out->type_set = sets[i];
			break;
		}
}

/* A judged name where labels are compared: their beginnings lie side by side. */
struct label {
	uint64_t begin; /* eight bytes of the text, in the order of str_compare */
	struct str text;
	int16_t index;
};

static struct label
label_of(struct str text, size_t index)
{
	struct label label = {.text = text, .index = (int16_t)index};

	for (size_t i = 0; i < sizeof(label.begin); i++)
		label.begin = label.begin << 8 | (i < text.n ? (uint8_t)text.p[i] : 0);
	return label;
}

static int
compare_labels(const void *a, const void *b)
{
	const struct label *left = a, *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return str_compare(left->text, right->text);
}

/* Of more names than one source's samples hold every n-th is enough for their order. */
enum { ORDER_MOST = 2 * JUDGE_NAMES_MAX + 1 };

/* The names whose order is told, by moment, with the ranks of their labels: equal ones share one. */
struct ranked {
	size_t count;
	int16_t ranks[ORDER_MOST];
	uint64_t moments[ORDER_MOST];
};

static void
rank_labels(struct ranked *ranked, const struct judgement *judgement)
{
	struct label labels[ORDER_MOST];
	size_t step = 1 + judgement->count / ORDER_MOST;

	ranked->count = 0;
	for (size_t i = 0; i < judgement->count; i += step) {
		labels[ranked->count] = label_of(judgement->names[i].text, ranked->count);
		ranked->moments[ranked->count++] = judgement->names[i].item->moment;
	}
	if (ranked->count)
		qsort(labels, ranked->count, sizeof(*labels), compare_labels);
	for (size_t i = 0, rank = 0; i < ranked->count; i++) {
		rank += i && compare_labels(&labels[i - 1], &labels[i]) != 0;
		ranked->ranks[labels[i].index] = (int16_t)rank;
	}
}

void
judge_order(struct judgement *out)
{
	struct ranked ranked;
	size_t ascending = 0, total = 0;

	out->tau = -1;
	if (out->count < ORDER_MIN)
		return;
	rank_labels(&ranked, out);
	for (size_t i = 0, later = 0; i < ranked.count; i++) {
		unsigned above = 0, equal = 0;
		while (later < ranked.count && ranked.moments[later] == ranked.moments[i])
			later++;
		for (size_t j = later; j < ranked.count; j++) {
			above += ranked.ranks[j] > ranked.ranks[i];
			equal += ranked.ranks[j] == ranked.ranks[i];
		}
		ascending += above;
		total += ranked.count - later - equal;
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

double
judge_same_order(const struct moments *all, size_t count)
{
	size_t same = 0, total = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++) {
			if (all[i].here == all[k].here || all[i].there == all[k].there)
				continue;
			total++;
			same += (all[i].here < all[k].here) == (all[i].there < all[k].there);
		}
	return total ? (double)same / (double)total : -1;
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

/* Requests and (name, type) pairs, estimated, and whether the least can still be reached. */
struct questions {
	double requests, asked;
	double left; /* names not yet looked at */
	double least;
};

/* Half a name of grace: weights are fractions. */
static bool
is_hopeless(const struct judgement *out, const struct questions *questions)
{
	return out->judged + questions->left + .5 < questions->least;
}

/* __builtin_popcount is a call where the processor may have no instruction for it. */
static unsigned
bits_of(uint16_t bits)
{
	unsigned pairs = bits - (bits >> 1 & 0x5555u);
	unsigned nibbles = (pairs & 0x3333) + (pairs >> 2 & 0x3333);

	return (((nibbles + (nibbles >> 4)) & 0x0f0f) * 0x0101 >> 8) & 0x1f;
}

/*
 * Judges one class of a pair; of an earlier night's only the names that tonight's, `other`,
 * has not. For tonight's, `other` is the earlier nights'.
 */
static void
add_class(const struct ground *ground, size_t first, size_t count, struct judgement *out,
	  const struct sample *names, uint8_t class_, const struct texts *texts,
	  const struct sample *other, struct questions *questions)
{
	bool is_before = texts != &ground->input->tally->texts;
	bool is_plain = !is_before && !out->zone_before && !ground->input->oracle;
	const struct pair_name *item;
	double weight = (double)sample_distinct(names, &pair_name_type) / names->count;
	/* Whole numbers first: sums of fractions would tell the sample's chance order. */
	unsigned asked = 0, types = 0;

	for (uint32_t i = 0; !is_hopeless(out, questions) &&
			     (item = sample_next(names, &pair_name_type, &i)) != NULL;) {
		questions->left -= weight;
		bool in_both = sample_find(other, &pair_name_type, item->hash) != NULL;
		if (in_both && is_before)
			continue;
		struct verdict verdict;
		if (!is_plain || !judge_plainly(ground, out, item, &verdict))
			verdict = judge_name(ground, first, count, out, item, texts, class_);
		add_name(ground, out, item, texts, class_, weight, in_both || is_before, verdict);
		asked += item->count;
		types += bits_of(item->types);
	}
	questions->requests += weight * asked;
	questions->asked += weight * types;
}

/* All classes of the pair, and of the same pair on earlier nights when there is one. */
static void
add_classes(const struct ground *ground, size_t first, size_t count, struct judgement *out,
	    struct questions *questions)
{
	const struct detect_input *input = ground->input;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct sample names = pair_class(out->pair, c).names, before = {0};
		if (c == NAME_APEX)
			continue;
		if (out->pair_before)
			before = pair_class(out->pair_before, c).names;
		if (names.count)
			add_class(ground, first, count, out, &names, (uint8_t)c,
				  &input->tally->texts, &before, questions);
		if (before.count)
			add_class(ground, first, count, out, &before, (uint8_t)c,
				  &input->baseline->texts, &names, questions);
	}
}

/* What follows from the sums and from the names, which stand by moment. */
static void
finish(struct judgement *out)
{
	if (out->answered + out->missing > 0 && out->oracle != ORACLE_RATE_LIMIT)
		out->missing_share = out->missing / (out->answered + out->missing);
	if (out->all > 0)
		out->existence /= out->all;
	find_type_share(out);
}

/* Names that the samples of a pair hold. */
static size_t
sampled(const struct pair *pair)
{
	size_t count = class_sample(&pair->one, pair->one_class).count;

	for (size_t i = 0; i < pair_further_count(pair); i++)
		count += class_sample(&pair->more[i].names, pair->more[i].class_).count;
	return count;
}

/*
 * False where it is plain from ground->marks that fewer than `least` names are judged, as it is
 * for nearly all pairs that ask so many. What is not plain of a name counts as judged. Nothing is
 * told of a pair that stands for more names than it holds, or whose popular names count.
 */
static bool
may_have(const struct ground *ground, size_t index, double least)
{
	const struct brief *brief = &ground->briefs[index];
	struct pair_names all = {.pair = ground_pair(ground, index)};
	const struct pair_name *name;
	uint32_t judged = 0, left = 0;

	if (!brief->is_exact || brief->is_missing_list)
		return true;
	left = (uint32_t)sampled(all.pair);
	while (judged < least && judged + left >= least && (name = pair_names_next(&all)) != NULL) {
		judged += !is_plainly_innocent(ground, name, brief->resolver);
		left--;
	}
	return judged >= least;
}

static bool
begin_pair(const struct ground *ground, size_t first, size_t count, size_t index, double least,
	   const struct pair *before, struct judgement *out)
{
	const struct tally *tally = ground->input->tally;
	const struct pair *pair = ground_pair(ground, index);
	struct questions questions = {.least = least};

	if (ground->briefs[index].distinct + (before ? (double)pair_distinct(before) : 0) < least)
		return false;
	if (!before && !may_have(ground, index, least))
		return false;
	*out = (struct judgement){
		.pair = pair,
		.pair_before = before,
		.zone_text = texts_get(&tally->texts, pair->key.zone),
		.is_missing_list = ground->briefs[index].is_missing_list,
		.missing_share = -1,
		.tau = -1,
	};
	out->zone_before =
		judge_zone_before(ground->input, out->zone_text, pair->key.resolver != 0);
	out->names =
		xmalloc((sampled(pair) + (before ? sampled(before) : 0)) * sizeof(*out->names));
	questions.left = (double)(pair_estimate(pair) + (before ? pair_estimate(before) : 0));
	add_classes(ground, first, count, out, &questions);
	if (out->judged < least) {
		judgement_release(out);
		return false;
	}
	out->per_type = questions.asked > 0 ? questions.requests / questions.asked : 0;
	return true;
}

bool
judge_begin(const struct ground *ground, size_t first, size_t count, size_t index, double least,
	    struct judgement *out)
{
	return begin_pair(ground, first, count, index, least, NULL, out);
}

void
judge_finish(const struct ground *ground, struct judgement *out)
{
	const struct tally *tally = ground->input->tally;

	out->zone = zones_find(tally, out->zone_text, out->pair->key.resolver != 0);
	out->names = xrealloc(out->names, out->count, sizeof(*out->names));
	for (size_t i = 0; i < out->count; i++)
		if (!out->names[i].text.p)
			out->names[i].text = texts_get(&tally->texts, out->names[i].item->text);
	qsort(out->names, out->count, sizeof(*out->names), compare_names);
	finish(out);
	if (is_one_list(out)) {
		double judged = judged_repeats(out);
		out->per_type = judged < out->per_type ? judged : out->per_type;
	}
}

static bool
judge_pair(const struct ground *ground, size_t first, size_t count, size_t index, double least,
	   const struct pair *before, struct judgement *out)
{
	if (!begin_pair(ground, first, count, index, least, before, out))
		return false;
	judge_finish(ground, out);
	return true;
}

bool
judge(const struct ground *ground, size_t first, size_t count, size_t index, double least,
      struct judgement *out)
{
	return judge_pair(ground, first, count, index, least, NULL, out);
}

bool
judge_nights(const struct ground *ground, size_t first, size_t count, size_t index, double least,
	     struct judgement *out)
{
	const struct detect_input *input = ground->input;
	const struct pair_key *key = &ground_pair(ground, index)->key;
	const struct pair *before =
		input->baseline
			? pairs_find(input->baseline, &key->address,
				     texts_get(&input->tally->texts, key->zone), key->resolver != 0)
			: NULL;

	return before && judge_pair(ground, first, count, index, least, before, out);
}

/* A name of several sources, so that it counts once. */
struct seen_name {
	uint64_t hash, key;
};

static void
join_pair(struct pair *sum, const struct pair *pair)
{
	sum->one_requests += pair_requests(pair);
	serverset_merge(&sum->servers, &pair->servers);
	sum->flags_known += pair->flags_known;
	sum->recursion_desired += pair->recursion_desired;
	sum->first = time_earlier(sum->first, pair->first);
	sum->last = time_later(sum->last, pair->last);
}

/* Adds one source's judgement; its names go into `out` unless another source asked them. */
static void
join_judgement(struct judgement *out, size_t *room, struct map *seen, const struct judgement *one)
{
	out->all += one->all;
	out->popular += one->popular;
	out->answered += one->answered;
	out->missing += one->missing;
	out->established += one->established;
	out->nights = one->nights > out->nights ? one->nights : out->nights;
	out->existence += one->existence * one->all;
	out->oracle = surer_oracle(out->oracle, one->oracle);
	for (size_t i = 0; i < one->count; i++) {
		uint64_t hash = one->names[i].item->hash;
		bool is_new;
		map_put(seen, hash, &hash, &is_new);
		if (!is_new)
			continue;
		if (out->count == *room) {
			*room = *room ? *room * 2 : 256;
			out->names = xrealloc(out->names, *room, sizeof(*out->names));
		}
		out->names[out->count++] = one->names[i];
		out->judged += one->names[i].weight;
		out->wordlist += one->names[i].class_ == NAME_WORDLIST ? one->names[i].weight : 0;
		out->random += one->names[i].class_ == NAME_RANDOM ? one->names[i].weight : 0;
	}
}

bool
judge_together(const struct ground *ground, const size_t *indices, size_t count, double least,
	       struct pair *sum, struct judgement *out, struct dealt *dealt)
{
	struct map seen;
	size_t room = 0;
	double together = 0, largest = 0, requests = 0, questions = 0;

	*out = (struct judgement){.missing_share = -1, .tau = -1};
	*sum = (struct pair){.key = ground_pair(ground, indices[0])->key,
			     .rank = ground_pair(ground, indices[0])->rank,
			     .first = TIME_NONE,
			     .last = TIME_NONE};
	map_init(&seen, sizeof(struct seen_name), sizeof(uint64_t));
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = ground_pair(ground, indices[i]);
		struct judgement one;
		size_t first, stretch = ground_find(ground, &pair->key.address, &first);
		join_pair(sum, pair);
		if (!judge(ground, first, stretch, indices[i], 1, &one))
			continue;
		out->zone = one.zone;
		out->zone_before = one.zone_before;
		out->zone_text = one.zone_text;
		for (size_t k = 0; k < one.count; k++) {
			requests += one.names[k].weight * one.names[k].item->count;
			questions +=
				one.names[k].weight * __builtin_popcount(one.names[k].item->types);
		}
		together += one.judged;
		largest = one.judged > largest ? one.judged : largest;
		join_judgement(out, &room, &seen, &one);
		judgement_release(&one);
	}
	map_release(&seen);
	if (out->judged < least || out->count == 0) {
		judgement_release(out);
		serverset_release(&sum->servers);
		return false;
	}
	out->pair = sum;
	qsort(out->names, out->count, sizeof(*out->names), compare_names);
	finish(out);
	out->per_type = questions > 0 ? requests / questions : 0;
	*dealt = (struct dealt){together / out->judged, largest / together};
	return true;
}

void
judgement_release(struct judgement *judgement)
{
	free(judgement->names);
	judgement->names = NULL;
}
