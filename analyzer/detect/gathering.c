/*
 * Record gathering: the records that tell of a domain's mail, providers and operators, asked
 * as a chain (DETECTION.md 14.10). Mail servers and resolvers ask some of them too, so three
 * things must come together: records that only a collector wants, mail records, and that
 * they are a good part of all that was asked.
 */
#include "detect/attempt.h"
#include "detect/build.h"
#include "detect/disclosed.h"
#include "detect/scan.h"

enum {
	COLLECTOR_KINDS = 3,
	MAIL_KINDS = 2,
	QUESTIONS = 8,     /* fewer are a chain only when they come at once */
	SURVEY_ZONES = 50, /* the same few records of so many zones: a survey of the net */
};
static const int64_t CHAIN_MS = 3600000;
static const double GATHERED_SHARE = 0.3;

static const int32_t collector_types[] = {TYPE_SOA, TYPE_NS, TYPE_CAA,       TYPE_DNSKEY,
					  TYPE_SPF, TYPE_DS, TYPE_NSEC3PARAM};
static const int32_t mail_types[] = {TYPE_MX, TYPE_TXT, TYPE_SPF};
static const int32_t chain_types[] = {TYPE_NS, TYPE_MX};

/* Service names in front of the zone that belong to its mail. */
static const struct str mail_fronts[] = {
	{"_dmarc", 6},      {"_mta-sts", 8},       {"_smtp._tls", 10},
	{"_domainkey", 10}, {"default._bimi", 13}, {"_report._domainkey", 18},
};

struct gathered {
	unsigned collector, mail;  /* kinds */
	double records, questions; /* (name, type) pairs that are such records, and all */
	/* While counting: */
	uint16_t apex;   /* type bits asked of the zone itself */
	uint16_t fronts; /* bit n: mail_fronts[n] */
	bool bare_domainkey, selectors;
};

/* A service name in front of the zone. */
static void
add_service(struct gathered *g, struct str front)
{
	for (size_t i = 0; i < sizeof(mail_fronts) / sizeof(*mail_fronts); i++) {
		if (!str_eq(front, mail_fronts[i]) || g->fronts >> i & 1)
			continue;
		g->fronts |= (uint16_t)(1u << i);
		g->records++;
	}
	g->bare_domainkey |= str_eq(front, STR("_domainkey"));
	if (str_ends(front, STR("._domainkey"))) {
		g->records++;
		g->selectors = true;
	}
}

static void
add_name(struct gathered *g, const struct tally *tally, size_t class_, const struct pair_name *name,
	 size_t zone_length)
{
	const uint16_t addresses = type_bit(TYPE_A) | type_bit(TYPE_AAAA);

	/* A list of services may ride along: it is the SRV detector's. */
	if (class_ == NAME_SERVICE && name->types & type_bit(TYPE_SRV))
		return;
	g->questions += __builtin_popcount(name->types);
	if (class_ == NAME_APEX) {
		g->records += __builtin_popcount(name->types & (uint16_t)~addresses);
		g->apex |= name->types;
	} else if (class_ == NAME_SERVICE) {
		struct str text = texts_get(&tally->texts, name->text);
		size_t front = text.n > zone_length ? text.n - zone_length - 1 : 0;
		add_service(g, str_make(text.p, front));
	}
}

/* As counts_keys. */
static uint64_t
keys_of(const int32_t *types, size_t count)
{
	uint64_t keys = 0;

	for (size_t i = 0; i < count; i++)
		keys |= 1ULL << type_key(types[i]);
	return keys;
}

#define KEYS_OF(types) keys_of(types, sizeof(types) / sizeof(*(types)))

/* How many kinds of records were asked that only a collector wants. */
static unsigned
collector_kinds(const struct pair *pair)
{
	return (unsigned)__builtin_popcountll(counts_keys(&pair->types) & KEYS_OF(collector_types));
}

static bool
has_at_least(uint64_t bits, int count)
{
	for (; count > 1; count--)
		bits &= bits - 1;
	return bits != 0;
}

static struct gathered
gather(const struct tally *tally, const struct pair *pair)
{
	struct gathered g = {0};
	size_t zone_length = texts_get(&tally->texts, pair->key.zone).n;

	for (size_t c = 0; c < NAME_CLASSES; c++) {
		struct pair_class names = pair_class(pair, c);
		const struct pair_name *name;
		if (names.names.count == 0)
			continue;
		double weight =
			(double)sample_distinct(&names.names, &pair_name_type) / names.names.count;
		double records = g.records, questions = g.questions;
		/* Whole numbers first: sums of fractions would tell the sample's chance order. */
		g.records = g.questions = 0;
		for (uint32_t i = 0;
		     (name = sample_next(&names.names, &pair_name_type, &i)) != NULL;)
			add_name(&g, tally, c, name, zone_length);
		g.records = records + weight * g.records;
		g.questions = questions + weight * g.questions;
	}
	g.collector = collector_kinds(pair) + g.bare_domainkey;
	g.mail = (unsigned)__builtin_popcount(g.fronts) + g.selectors +
		 ((g.apex & type_bit(TYPE_MX)) != 0) + ((g.apex & type_bit(TYPE_TXT)) != 0) +
		 ((g.apex & type_bit(TYPE_SPF)) != 0);
	return g;
}

/* Attempts at a transfer, which stand by client as the sources do: those before `next` are past. */
struct passing {
	struct attempts attempts;
	size_t next;
};

/*
 * Whether the source also asked for a transfer: then name servers and mail are a chain too.
 * To be asked of one source after the other.
 */
static bool
asked_transfer(struct passing *passing, const struct ip *address)
{
	const struct attempts *attempts = &passing->attempts;
	int order = -1;

	while (passing->next < attempts->count) {
		order = ip_compare(&attempts->all[passing->next].client, address);
		if (order >= 0)
			break;
		passing->next++;
	}
	return order == 0;
}

static bool
is_gathering(const struct gathered *g, const struct pair *pair, bool transfer)
{
	bool at_once = pair->first == TIME_NONE || pair->last - pair->first <= CHAIN_MS;

	if (g->questions > 0 && g->records / g->questions >= GATHERED_SHARE &&
	    g->collector >= COLLECTOR_KINDS && g->mail >= MAIL_KINDS &&
	    (at_once || g->questions >= QUESTIONS))
		return true;
	return transfer && counts_of(&pair->types, type_key(TYPE_NS)) &&
	       counts_of(&pair->types, type_key(TYPE_MX));
}

/* What is known of providers, for the finding's next step. */
static struct str
say_providers(const struct detect_input *input, struct findings *out,
	      const struct pair *const *pairs, size_t count)
{
	struct text_list asked = {0}, answers = {0};

	for (size_t i = 0; i < count; i++) {
		disclosed_asked(input, pairs[i], &out->arena, &asked);
		disclosed_answers(input, pairs[i], &out->arena, &answers);
	}
	struct str *first = text_list_take(&asked, &out->arena);
	struct str *second = text_list_take(&answers, &out->arena);
	return build_text(
		&out->arena, "%s%.*s%s%s%.*s%s", asked.count ? "The asked names point to " : "",
		STR_ARG(build_join(&out->arena, first, asked.count)), asked.count ? ". " : "",
		answers.count ? "By the zone file the answers disclosed " : "",
		STR_ARG(build_join(&out->arena, second, answers.count)), answers.count ? ". " : "");
}

static void
report(const struct detect_input *input, struct findings *out, const struct pair *const *pairs,
       size_t count, const struct gathered *most)
{
	struct finding *finding = build_from_pairs(out, input, pairs, count);

	finding_term(out, finding, "kinds of records only collectors want", most->collector,
		     COLLECTOR_KINDS, 15);
	finding_term(out, finding, "kinds of mail records", most->mail, MAIL_KINDS, 10);
	if (most->questions > 0)
		finding_term(out, finding, "share of all that was asked",
			     most->records / most->questions, GATHERED_SHARE, 5);
	if (count >= SURVEY_ZONES)
		finding_term(out, finding, "zones: a survey of the net", (double)count,
			     SURVEY_ZONES, -20);
	else if (count >= 3)
		finding_term(out, finding, "zones", (double)count, 3, 5);
	finding->level = level_of_score(finding->score);
	for (size_t i = 0; i < count; i++)
		build_reconstructed_class(out, finding, input, pairs[i], NAME_SERVICE);
	finding->title = build_text(&out->arena, "Records of %.*s were gathered",
				    STR_ARG(texts_get(&input->tally->texts, pairs[0]->key.zone)));
	struct str providers = say_providers(input, out, pairs, count);
	finding->next =
		build_text(&out->arena,
			   "%.*sThe log shows that MX and TXT were asked, not what was "
			   "answered: look at your zone to see which providers it gives away.",
			   STR_ARG(providers));
	finding->lookalikes =
		STR("a mail deliverability test, a certificate authority, DNS research");
	build_attack(out, finding, "T1590.002");
}

/* What a pair's brief must have for it to be worth a look, as counts_keys. */
struct wanted {
	uint64_t collector, mail, chain;
};

/* Nearly no pair: most have too few kinds, even if a service name of theirs is one more. */
static bool
may_gather(const struct wanted *wanted, const struct brief *brief)
{
	bool service = brief->classes >> NAME_SERVICE & 1;

	return has_at_least(brief->types & wanted->collector, COLLECTOR_KINDS - service) &&
	       (service || has_at_least(brief->types & wanted->mail, MAIL_KINDS));
}

/* The source whose pairs begin at `first` and are `count` many. */
static void
look_at_source(const struct detect_input *input, struct findings *out, const struct wanted *wanted,
	       struct passing *passing, size_t first, size_t count)
{
	const struct ground *ground = &input->scans->ground;
	const struct pair *found[64];
	struct gathered most = {0};
	size_t n = 0;
	bool transfer = false, is_asked = passing->attempts.count == 0;

	for (size_t i = first; i < first + count && n < 64; i++) {
		const struct brief *brief = &ground->briefs[i];
		bool is_chain = (brief->types & wanted->chain) == wanted->chain;
		if (is_chain && !is_asked)
			transfer = asked_transfer(passing, &ground_pair(ground, i)->key.address);
		is_asked |= is_chain;
		if (!may_gather(wanted, brief) && !(is_chain && transfer))
			continue;
		const struct pair *pair = ground_pair(ground, i);
		struct gathered g = gather(input->tally, pair);
		if (!is_gathering(&g, pair, transfer))
			continue;
		if (g.collector + g.mail > most.collector + most.mail)
			most = g;
		found[n++] = pair;
	}
	if (n)
		report(input, out, found, n, &most);
}

static void
run(const struct detect_input *input, struct findings *out)
{
	const struct ground *ground = &input->scans->ground;
	struct wanted wanted = {KEYS_OF(collector_types), KEYS_OF(mail_types),
				KEYS_OF(chain_types)};
	struct passing passing = {0};

	attempts_join(&passing.attempts, input->tally);
	/* Both who collects and who asks a chain has asked one of a collector's kinds. */
	for (size_t first = 0, count = 0; ground_seek(ground, wanted.collector, 0, &first, &count);)
		look_at_source(input, out, &wanted, &passing, first, count);
	attempts_release(&passing.attempts);
}

extern const struct detector detector_gathering;
const struct detector detector_gathering = {
	.name = "gathering",
	.kind = "record-gathering",
	.run = run,
};
