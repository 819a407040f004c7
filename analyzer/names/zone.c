#include "names/zone.h"

#include <libpsl.h>

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

static size_t
registrable_offset(const struct names *names, struct str name, const uint16_t *starts,
		   size_t labels)
{
	size_t from = labels > SUFFIX_LABELS ? starts[labels - SUFFIX_LABELS] : 0;
	char text[SUFFIX_TEXT];

	if (!names->suffixes || name.n - from >= sizeof(text))
		return starts[labels - 2];
	memcpy(text, name.p + from, name.n - from);
	text[name.n - from] = '\0';
	const char *registrable = psl_registrable_domain(names->suffixes, text);
	if (!registrable) /* the name is a public suffix itself and stands for its own zone */
		return 0;
	/* libpsl takes an escaped dot for one that parts labels: go back to the label's start. */
	size_t offset = from + (size_t)(registrable - text), i = labels - 1;
	while (i > 0 && starts[i] > offset)
		i--;
	return starts[i];
}

size_t
zone_offset(const struct names *names, struct str name, const uint16_t *starts, size_t labels,
	    bool *own)
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
	return registrable_offset(names, name, starts, labels);
}
