#include "names/class.h"

#include "names/random.h"

enum { WORD_MIN = 3, WORD_MAX = 63 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_word(const struct names *names, struct str word)
{
	if (word.n == 0)
		return false;
	uint64_t hash = hash_bytes(&names->table_key, word.p, word.n);
	return map_find(&names->words, hash, &hash) != NULL;
}

/*
 * After cutting digits and at '-', any part of at least three letters (DETECTION.md 14.1:
 * shorter rests made every numbered name a hit).
 */
static bool
has_word_inside(const struct names *names, struct str label)
{
	char word[WORD_MAX];
	size_t n = 0;

	if (label.n > WORD_MAX)
		return false;
	for (size_t i = 0; i <= label.n; i++) {
		if (i < label.n && is_digit(label.p[i]))
			continue;
		if (i < label.n && label.p[i] != '-') {
			word[n++] = label.p[i];
			continue;
		}
		if (n >= WORD_MIN && n < label.n && has_word(names, str_make(word, n)))
			return true;
		n = 0;
	}
	return false;
}

/*
 * What zone walkers send: "\000" in front of an owner or at the end of its first label
 * (ldns-walk; Unbound prints every such byte as "?"), the label "0", and an owner with "-"
 * appended (DETECTION.md 1.1: ldns-walk, n3map, nmap dns-nsec-enum, dnsrecon -z).
 */
static bool
is_nsec(struct str label)
{
	if (label.n > 0 && (label.p[label.n - 1] == '-' || label.p[label.n - 1] == '?'))
		return label.n > 1 || label.p[0] == '?';
	return str_starts(label, STR("\\000")) || str_ends(label, STR("\\000")) ||
	       str_eq(label, STR("0"));
}

static bool
has_service(struct str front)
{
	for (size_t i = 0; i < front.n; i++)
		if (front.p[i] == '_' && (i == 0 || front.p[i - 1] == '.'))
			return true;
	return false;
}

static bool
has_digit(struct str label)
{
	for (size_t i = 0; i < label.n; i++)
		if (is_digit(label.p[i]))
			return true;
	return false;
}

enum name_class
class_of(const struct names *names, struct str name, size_t zone_offset)
{
	struct str label = qname_first_label(name);

	if (zone_offset == 0)
		return NAME_APEX;
	if (str_ends(name, STR(".in-addr.arpa")) || str_ends(name, STR(".ip6.arpa")))
		return NAME_NUMBERED;
	if (is_nsec(label)) /* before the services: walkers put it in front of those too */
		return NAME_NSEC;
	if (has_service(str_make(name.p, zone_offset)))
		return NAME_SERVICE;
	if (has_word(names, label))
		return NAME_WORDLIST;
	/* Before the parts: one UUID in forty holds a word such as "ace" between its dashes. */
	if (random_label(label))
		return NAME_RANDOM;
	if (has_word_inside(names, label))
		return NAME_WORDLIST;
	return has_digit(label) ? NAME_NUMBERED : NAME_OTHER;
}
