#include "names/class.h"

/* Shorter labels hold too little to tell random from odd. */
enum { RANDOM_MIN = 8, WORD_MIN = 3, WORD_MAX = 63 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
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
 * The label itself, or, after cutting digits and at '-', any part of at least three letters
 * (DETECTION.md 14.1: shorter rests made every numbered name a hit).
 */
static bool
is_wordlist(const struct names *names, struct str label)
{
	char word[WORD_MAX];
	size_t n = 0;

	if (label.n > WORD_MAX)
		return false;
	if (has_word(names, label))
		return true;
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
 * Letters and digits that change places often, or consonants in rows no language has. Cheap
 * and order-free; a table of letter pairs may replace it where it is measured to be better.
 */
static bool
is_random(struct str label)
{
	size_t changes = 0, run = 0, longest = 0, letters = 0, vowels = 0;

	if (label.n < RANDOM_MIN)
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		if (i && is_digit(c) != is_digit(label.p[i - 1]))
			changes++;
		letters += is_letter(c);
		vowels += is_vowel(c);
		run = is_letter(c) && !is_vowel(c) ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return changes >= 3 || longest >= 5 || (letters >= RANDOM_MIN && vowels * 6 < letters);
}

/*
 * What zone walkers send: "\000" in front of an owner (Unbound prints every such byte as
 * "?"), the label "0", and an owner with "-" appended (DETECTION.md 1.1: ldns-walk, n3map,
 * nmap dns-nsec-enum, dnsrecon -z).
 */
static bool
is_nsec(struct str label)
{
	return str_starts(label, STR("\\000")) || str_eq(label, STR("?")) ||
	       str_eq(label, STR("0")) || (label.n > 1 && label.p[label.n - 1] == '-');
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
	if (is_wordlist(names, label))
		return NAME_WORDLIST;
	if (is_random(label))
		return NAME_RANDOM;
	return has_digit(label) ? NAME_NUMBERED : NAME_OTHER;
}
