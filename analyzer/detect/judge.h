/*
 * What the names of one (source, zone) look like as evidence, order-free and from first-time
 * distinct names only (DETECTION.md 14: ratios over all names find nothing once a scan is
 * diluted with known names, ratios over judged names do).
 *
 * A name is judged when nothing innocent explains why it was asked: it is below the zone, not
 * a service, walker's or reverse name, holds no label of 40 and no public suffix, was not
 * asked as a name of its own by the same source (a search suffix), lies not below a parent
 * that has many machine-made children, was not asked by several networks, and is not known
 * to exist.
 */
#ifndef DETECT_JUDGE_H
#define DETECT_JUDGE_H

#include "detect/detector.h"
#include "detect/ground.h"
#include "detect/traits.h"
#include "detect/oracle.h"

enum { JUDGE_PREFIXES = 3, JUDGE_NAMES_MAX = NAME_CLASSES * PAIR_K };

/* One judged name of a sample; it stands for `weight` names of its class. */
struct judged_name {
	const struct pair_name *item;
	struct str text;
	double weight;
	uint8_t class_;
	bool missing; /* known not to exist */
	bool earlier; /* the source asked it on an earlier night */
};

/*
 * Whether a name exists by what the log says of it (enum name_seen), else by what the operator
 * gave. `by`: what says so.
 */
enum existence judge_existence(const struct detect_input *input, uint8_t seen, struct str text,
			       enum oracle_kind *by);

struct judgement {
	const struct pair *pair;
	const struct zone *zone;
	const struct zone *zone_before; /* of the earlier nights; NULL */
	const struct pair *pair_before; /* only where earlier nights are judged too */
	struct str zone_text;
	bool is_missing_list; /* its missing names are judged whoever asked them (list.h) */
	size_t count;
	struct judged_name *names; /* by moment; to be freed with judgement_release */
	/* Estimated numbers of distinct names, the apex not counted. */
	double all, judged, popular, answered, missing, wordlist, random;
	double established; /* by the learned catalogue, where nothing told existence */
	double earlier;     /* of the judged names: asked on earlier nights too */
	unsigned nights;    /* since the oldest of the established names was first asked */
	double existence;   /* share of `all` whose existence is known */
	double type_share;  /* of judged names that were asked with the commonest set of types */
	uint16_t type_set;
	/*
	 * Requests per (name, type). Over all names, since resolvers repeat what their clients
	 * like; over the judged ones where these are many of one set of types, since a scan may
	 * be mixed with known names (DETECTION.md 14.5).
	 */
	double per_type;
	double missing_share; /* missing / (missing + existing), where known; -1 */
	double tau;           /* see judge_order; -1 until then */
	enum oracle_kind oracle;
};

/*
 * Judges the pair at `index` of a source whose pairs begin at `first` and are `count` many.
 * False when it has fewer than `least` names to judge.
 */
bool judge(const struct ground *ground, size_t first, size_t count, size_t index, double least,
	   struct judgement *out);
/*
 * The same in two steps, of which the second takes longer: until then the names have neither text
 * nor order, and what follows from them is not known.
 */
bool judge_begin(const struct ground *ground, size_t first, size_t count, size_t index,
		 double least, struct judgement *out);
void judge_finish(const struct ground *ground, struct judgement *out);
/*
 * The same with what the source asked in that zone on earlier nights: for lists that are
 * spread over nights. False also when it asked nothing then.
 */
bool judge_nights(const struct ground *ground, size_t first, size_t count, size_t index,
		  double least, struct judgement *out);
/* How the judged names of several sources are shared out. */
struct dealt {
	double overlap; /* of all, per distinct one */
	double largest; /* share of the source that has most */
};
/*
 * Judges what several sources asked in one zone as if one had: `indices` into ground->briefs, of
 * one zone and role, one at least. `sum` becomes the pair that stands for them: of what it holds, its servers
 * are to be released. False, and nothing to release, where fewer than `least` names are judged.
 */
bool judge_together(const struct ground *ground, const size_t *indices, size_t count, double least,
		    struct pair *sum, struct judgement *out, struct dealt *dealt);
/*
 * Fills `tau`, Kendall's concordance of time and label: 1 ascending, 0.5 no order, 0 descending,
 * -1 below 24 judged names. Apart, since it takes as long as all the rest, and not all want it.
 */
void judge_order(struct judgement *judgement);
void judgement_release(struct judgement *judgement);

/* When a name was asked first, by one and by another. */
struct moments {
	uint64_t here, there;
};
/* The share of pairs of names that both asked in the same order; -1 where no pair tells. */
double judge_same_order(const struct moments *all, size_t count);

/* What is made of one name; it is judged when none of the three speaks for it. */
struct verdict {
	bool popular; /* several networks asked it */
	enum explanation explained;
	bool exists, missing;
	bool established;    /* not told, but learned: see judge_is_established */
	unsigned nights;     /* for which it is */
	enum oracle_kind by; /* what tells existence */
};
/* How everybody together asked a name: tonight and on earlier nights; NULL: not. */
struct standing {
	const struct zone_name *tonight, *before;
};
struct standing judge_standing(const struct zone *zone, const struct zone *zone_before,
			       size_t class_, uint64_t hash);
/* A zone as the earlier nights left it; NULL when there are none, or it was not asked. */
const struct zone *judge_zone_before(const struct detect_input *input, struct str zone,
				     bool resolver);
/*
 * Networks that asked it in all nights, those flagged as scanners not counted: not all of them,
 * JUDGE_PREFIXES is enough for it to be popular.
 */
unsigned judge_popularity(const struct ground *ground, const struct standing *standing);
/*
 * The learned catalogue: a name that several networks ask in more than one hour of the day or
 * asked on earlier nights, those flagged as scanners not counted, and that nothing says is
 * missing, is likely there. `networks` is its judge_popularity.
 */
bool judge_is_established(const struct ground *ground, const struct standing *standing,
			  unsigned networks);
/* Nights since a name was first asked, this one not counted: 0 when it was first asked tonight. */
unsigned judge_nights_of(const struct ground *ground, const struct standing *standing);
/*
 * What explains a name, of those `traits`, that the source asked whose pairs begin at `first` and
 * are `count` many.
 */
enum explanation judge_explain(const struct ground *ground, size_t first, size_t count,
			       const struct named *named, uint16_t traits);
/*
 * The verdict on a sampled name of judgement->pair, of which pair, zones and zone_text must be
 * set; `first` and `count` as for judge(). `texts` hold the name of `item`.
 */
struct verdict judge_name(const struct ground *ground, size_t first, size_t count,
			  const struct judgement *judgement, const struct pair_name *item,
			  const struct texts *texts, uint8_t class_);

#endif
