#include "names/random.h"

#include "names/bigrams.h"

/*
 * 7 bits, in sixteenths. Where it lies between hits on probes and false hits on names that
 * people gave: scripts/measure-names.py prints both for this and other values.
 */
enum { RANDOM_THRESHOLD = 7 * 16 };

/* log2 of the alphabets' sizes, in sixteenths of a bit. */
enum { BITS_OF_10 = 53, BITS_OF_16 = 64, BITS_OF_17 = 65, BITS_OF_26 = 75, BITS_OF_36 = 83 };

enum { HAS_DIGIT = 1, HAS_HEX_LETTER = 2, HAS_LETTER = 4, HAS_MARK = 8 };

/* BIGRAM_SYMBOLS for a byte that host names do not hold. */
static unsigned
symbol_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a');
	if (c >= '0' && c <= '9')
		return BIGRAM_DIGIT;
	return c == '-' ? BIGRAM_HYPHEN : c == '_' ? BIGRAM_UNDERSCORE : BIGRAM_SYMBOLS;
}

static unsigned
kind_of(unsigned symbol)
{
	if (symbol == BIGRAM_DIGIT)
		return HAS_DIGIT;
	if (symbol > BIGRAM_DIGIT)
		return HAS_MARK;
	return symbol <= 'f' - 'a' ? HAS_HEX_LETTER : HAS_LETTER;
}

/* "decade" is letters, not hex: hex digits without any digit are a rare accident. */
static int
bits_of_alphabet(unsigned kinds)
{
	bool hex = (kinds & HAS_LETTER) == 0 && (kinds & HAS_DIGIT) != 0;

	if ((kinds & ~(unsigned)HAS_MARK) == HAS_DIGIT)
		return BITS_OF_10;
	if (hex)
		return kinds & HAS_MARK ? BITS_OF_17 : BITS_OF_16;
	return kinds & (HAS_DIGIT | HAS_MARK) ? BITS_OF_36 : BITS_OF_26;
}

int
random_evidence(struct str label)
{
	unsigned before = BIGRAM_EDGE, kinds = 0;
	int people = 0, known = 0;

	for (size_t i = 0; i < label.n; i++) {
		unsigned symbol = symbol_of(label.p[i]);
		/* Raw bytes, as tunnels send them, are evidence for neither side. */
		if (symbol == BIGRAM_SYMBOLS)
			continue;
		people += bigram_costs[before][symbol];
		kinds |= kind_of(symbol);
		before = symbol;
		known++;
	}
	people += bigram_costs[before][BIGRAM_EDGE];
	return people - known * bits_of_alphabet(kinds);
}

/* "ip-10-0-0-1", "203-0-113-7-dsl": three short numbers between hyphens are an address. */
static bool
looks_like_address(struct str label)
{
	size_t numbers = 0, digits = 0, others = 0;

	for (size_t i = 0; i <= label.n; i++) {
		if (i < label.n && label.p[i] != '-') {
			bool digit = label.p[i] >= '0' && label.p[i] <= '9';
			digits += digit;
			others += !digit;
			continue;
		}
		numbers += digits > 0 && digits <= 3 && others == 0;
		digits = others = 0;
	}
	return numbers >= 3;
}

bool
random_label(struct str label)
{
	bool letter = false;

	if (label.n < RANDOM_LABEL_MIN || str_starts(label, STR("xn--")) ||
	    looks_like_address(label))
		return false;
	for (size_t i = 0; i < label.n && !letter; i++)
		letter = label.p[i] >= 'a' && label.p[i] <= 'z';
	return letter && random_evidence(label) > RANDOM_THRESHOLD;
}
