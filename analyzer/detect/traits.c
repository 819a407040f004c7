#include "detect/traits.h"

#include "detect/pairnames.h"
#include "record/qname.h"

enum { LONG_LABEL = 40 };

struct str
traits_front(struct str text, struct str zone)
{
	size_t behind = str_eq(zone, STR(".")) ? 0 : zone.n + 1;

	return str_make(text.p, text.n > behind ? text.n - behind : 0);
}

/* A name below its zone that has many machine-made siblings. */
static bool
has_machine_parent(const struct ground *ground, struct str text, struct str zone)
{
	struct str parent = qname_parent(text);

	return !str_eq(zone, STR(".")) && parent.n > zone.n &&
	       ground_is_machine_made(ground, parent);
}

bool
traits_have_long_label(struct str front)
{
	size_t run = 0;

	for (size_t i = 0; front.n >= LONG_LABEL && i < front.n; i++) {
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
	struct str rest = qname_parent(front);

	while (rest.n) {
		if (is_suffix_label(qname_first_label(rest)))
			return true;
		rest = qname_parent(rest);
	}
	return false;
}

bool
traits_are_machine_made(const struct ground *ground, struct str text, struct str zone)
{
	struct str front = traits_front(text, zone);

	return traits_have_long_label(front) || is_reversed_address(front) ||
	       has_inner_suffix(front) || has_machine_parent(ground, text, zone);
}

static bool
has(struct str text, struct str part)
{
	return str_find(text, part, 0) != SIZE_MAX;
}

static bool
begins_with_label(struct str text, struct str label)
{
	return str_take(&text, label) && (text.n == 0 || text.p[0] == '.');
}

/* What the underscores in a name say. */
static unsigned
underscore_traits(struct str text)
{
	unsigned traits = 0;

	if (str_index(text, '_') == SIZE_MAX)
		return 0;
	if (has(text, STR("._dns-sd._udp.")))
		traits |= TRAIT_DNS_SD;
	if (text.p[0] == '_' && (has(text, STR("._tcp.")) || has(text, STR("._udp."))))
		traits |= TRAIT_TRANSPORT;
	if (str_starts(text, STR("_.")))
		traits |= TRAIT_MINIMISED;
	return traits;
}

uint16_t
traits_alone(struct str text, struct str zone, uint8_t class_)
{
	struct str front = traits_front(text, zone);
	unsigned traits = TRAIT_KNOWN | underscore_traits(text);

	if (str_index(front, '.') != SIZE_MAX)
		traits |= TRAIT_DEEP;
	if (begins_with_label(text, STR("wpad")) || begins_with_label(text, STR("isatap")))
		traits |= TRAIT_PROXY;
	if (class_ == NAME_SERVICE || class_ == NAME_NSEC)
		traits |= EXPLAINED_SERVICE;
	else if (class_ == NAME_NUMBERED && str_ends(text, STR(".arpa")))
		traits |= EXPLAINED_REVERSE;
	else if (traits_have_long_label(front))
		traits |= EXPLAINED_LONG;
	return (uint16_t)traits;
}

/* What takes several labels in front of the zone. */
static enum explanation
explain_deep(const struct ground *ground, struct str text, struct str zone)
{
	struct str front = traits_front(text, zone);

	if (is_reversed_address(front))
		return EXPLAINED_BLOCKLIST;
	if (has_inner_suffix(front))
		return EXPLAINED_SUFFIX;
	return has_machine_parent(ground, text, zone) ? EXPLAINED_MACHINE : EXPLAINED_NOT;
}

static uint16_t
work_out(const struct ground *ground, const struct named *named)
{
	struct str text = texts_get(named->texts, named->text);
	unsigned traits = traits_alone(text, named->zone, named->class_);

	if (!(traits & TRAIT_DEEP))
		return (uint16_t)traits;
	if ((traits & TRAIT_EXPLANATION) == EXPLAINED_NOT)
		traits |= explain_deep(ground, text, named->zone);
	struct str front = traits_front(text, named->zone);
	if (texts_find(&ground->input->tally->texts, front) != TEXT_NONE)
		traits |= TRAIT_FRONT_HELD;
	return (uint16_t)traits;
}

uint16_t
traits_work_out(const struct ground *ground, const struct named *named)
{
	uint16_t traits = work_out(ground, named);

	/* Two threads that work out the same come to the same. */
	if (named->texts == &ground->input->tally->texts)
		atomic_fetch_or_explicit(&ground->marks[named->text], traits, memory_order_relaxed);
	return traits;
}

bool
traits_have_odd(const struct ground *ground, const struct pair *pair)
{
	const struct texts *texts = &ground->input->tally->texts;
	struct named named = {.texts = texts, .zone = texts_get(texts, pair->key.zone)};

	struct pair_names all = {.pair = pair};
	const struct pair_name *item;

	while ((item = pair_names_next(&all)) != NULL) {
		named.text = item->text;
		named.class_ = all.class_;
		if (traits_are_odd(traits_of(ground, &named)))
			return true;
	}
	return false;
}
