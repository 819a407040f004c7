#include "names/zone.h"

#include <libpsl.h>

#include "names/suffix.h"

enum {
	IN_ADDR_LABELS = 5, /* c.b.a.in-addr.arpa: a /24 */
	IP6_LABELS = 14,    /* twelve nibbles and ip6.arpa: a /48 */
	SUFFIX_LABELS = 8,  /* no public suffix is nearly as deep */
	SUFFIX_TEXT = 512,
};

static bool
is_own(const struct names *names, struct str zone)
{
	uint64_t hash = hash_bytes(&names->table_key, zone.p, zone.n);

	return map_find(&names->own_zones, hash, &hash) != NULL;
}

/* The tail of `keep` labels; of fewer labels the parent, so that siblings share a zone. */
static size_t
reverse_offset(const uint16_t *starts, size_t labels, size_t keep)
{
	if (labels >= keep)
		return starts[labels - keep];
	return labels > 2 ? starts[1] : starts[0];
}

/* The registrable domain of `text`, a tail of it; NULL where it is a public suffix itself. */
static const char *
registrable(const struct names *names, struct suffix_memo *memo, const char *text, size_t n)
{
	const char *dot = strchr(text, '.');
	const char *parent = dot && dot < text + n ? dot + 1 : NULL;

	if (!memo || !parent || *parent == '.' || !strchr(parent, '.'))
		return psl_registrable_domain(names->suffixes, text);
	/* A name is registrable through the one above it, or by itself, or it is a suffix. */
	if (psl_is_public_suffix(names->suffixes, text))
		return NULL;
	size_t left = n - (size_t)(parent - text);
	uint64_t key = hash_bytes(&names->table_key, parent, left);
	struct suffix_known *known = &memo->all[key % SUFFIX_MEMO];
	if (known->key != key) {
		const char *found = psl_registrable_domain(names->suffixes, parent);
		known->key = key;
		known->length = found ? (uint32_t)(text + n - found) : 0;
	}
	return known->length ? text + n - known->length : text;
}

static size_t
registrable_offset(const struct names *names, struct suffix_memo *memo, struct str name,
		   const uint16_t *starts, size_t labels)
{
	size_t from = labels > SUFFIX_LABELS ? starts[labels - SUFFIX_LABELS] : 0;
	char text[SUFFIX_TEXT];

	if (!names->suffixes || name.n - from >= sizeof(text))
		return starts[labels - 2];
	size_t known = suffix_offset(&names->suffix_rules, &names->table_key, name, starts, labels);
	if (known != SIZE_MAX)
		return known;
	memcpy(text, name.p + from, name.n - from);
	text[name.n - from] = '\0';
	const char *found = registrable(names, memo, text, name.n - from);
	if (!found) /* the name is a public suffix itself and stands for its own zone */
		return 0;
	/* libpsl takes an escaped dot for one that parts labels: go back to the label's start. */
	size_t offset = from + (size_t)(found - text), i = labels - 1;
	while (i > 0 && starts[i] > offset)
		i--;
	return starts[i];
}

size_t
zone_offset(const struct names *names, struct str name, const uint16_t *starts, size_t labels,
	    bool *own)
{
	return zone_offset_memo(names, NULL, name, starts, labels, own);
}

size_t
zone_offset_memo(const struct names *names, struct suffix_memo *memo, struct str name,
		 const uint16_t *starts, size_t labels, bool *own)
{
	size_t known = labels < QNAME_LABELS_MAX ? labels : QNAME_LABELS_MAX;

	*own = false;
	for (size_t i = 0; names->own_zones.count && i < known; i++) {
		if (is_own(names, str_skip(name, starts[i]))) {
			*own = true;
			return starts[i];
		}
	}
	if (labels <= 1 || labels > known)
		return name.n;
	if (str_ends(name, STR(".in-addr.arpa")))
		return reverse_offset(starts, labels, IN_ADDR_LABELS);
	if (str_ends(name, STR(".ip6.arpa")))
		return reverse_offset(starts, labels, IP6_LABELS);
	return registrable_offset(names, memo, name, starts, labels);
}
