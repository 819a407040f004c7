/*
 * What a name looks like, whoever asks it: worked out once for a name that many sources ask, and
 * looked at again by each pass over the pairs.
 */
#ifndef DETECT_TRAITS_H
#define DETECT_TRAITS_H

#include "detect/ground.h"

/* Something innocent that makes hosts ask for a name; the first that holds. */
enum explanation {
	EXPLAINED_NOT,
	EXPLAINED_SERVICE,   /* "_service" in it, or a walker's shape: other detectors' names */
	EXPLAINED_REVERSE,   /* in a reverse zone */
	EXPLAINED_LONG,      /* a label of 40: data */
	EXPLAINED_BLOCKLIST, /* a reversed address in front of the zone */
	EXPLAINED_SUFFIX,    /* a search list, or a block list by name, was appended to */
	EXPLAINED_MACHINE,   /* one of many machine-made children of its parent */
};

/* Bits above an enum explanation, which is told without regard to what else the source asks. */
enum {
	TRAIT_EXPLANATION = 7,
	TRAIT_KNOWN = 1 << 3,
	TRAIT_DEEP = 1 << 4,       /* more than one label in front of its zone */
	TRAIT_DNS_SD = 1 << 5,     /* "._dns-sd._udp." */
	TRAIT_TRANSPORT = 1 << 6,  /* "_x._tcp." or "_x._udp." */
	TRAIT_PROXY = 1 << 7,      /* first label wpad or isatap */
	TRAIT_MINIMISED = 1 << 8,  /* "_." in front */
	TRAIT_FRONT_HELD = 1 << 9, /* what stands before its zone is a text that tonight holds */
};

/*
 * A name with one of these may be no host's, or on the way to another name. The explanations
 * that only some other detector knows are not odd.
 */
enum {
	TRAITS_ODD = TRAIT_DNS_SD | TRAIT_TRANSPORT | TRAIT_PROXY | TRAIT_MINIMISED | TRAIT_DEEP,
	EXPLANATIONS_ODD =
		1 << EXPLAINED_BLOCKLIST | 1 << EXPLAINED_SUFFIX | 1 << EXPLAINED_MACHINE,
};

/* A name in a tally: tonight's, or that of earlier nights. */
struct named {
	const struct texts *texts;
	uint32_t text;
	struct str zone; /* that it belongs to */
	uint8_t class_;
};
static inline bool
traits_are_odd(uint16_t traits)
{
	return traits & TRAITS_ODD || EXPLANATIONS_ODD >> (traits & TRAIT_EXPLANATION) & 1;
}
/*
 * What the name alone tells. That is all there is to tell unless it is TRAIT_DEEP: no address, no
 * suffix and no parent has room in a single label.
 */
uint16_t traits_alone(struct str text, struct str zone, uint8_t class_);
uint16_t traits_work_out(const struct ground *ground, const struct named *named);
/* The same, worked out once for a name of tonight. */
static inline uint16_t
traits_of(const struct ground *ground, const struct named *named)
{
	uint32_t marks = 0;

	if (named->texts == &ground->input->tally->texts)
		marks = atomic_load_explicit(&ground->marks[named->text], memory_order_relaxed);
	return marks & TRAIT_KNOWN ? (uint16_t)marks : traits_work_out(ground, named);
}
/* Whether some name of the pair, but for the zone itself, is odd: nearly all are not. */
bool traits_have_odd(const struct ground *ground, const struct pair *pair);
/* What stands before the zone and its dot. */
struct str traits_front(struct str text, struct str zone);
/*
 * Whether a name explains itself: a label of 40, a reversed address, a suffix inside, or a
 * parent with many machine-made children.
 */
bool traits_are_machine_made(const struct ground *ground, struct str text, struct str zone);
/* A label of 40 bytes or more. */
bool traits_have_long_label(struct str front);

#endif
