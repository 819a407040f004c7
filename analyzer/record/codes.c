#include "record/codes.h"

#include <stdio.h>

#include "record/record.h"

struct code {
	const char *text;
	size_t length;
	int32_t number;
};

#define CODE(text, number)                     \
	{                                      \
		text, sizeof(text) - 1, number \
	}

/* Common types first: the table is searched from the front for every line. */
static const struct code types[] = {
	CODE("A", 1),           CODE("AAAA", 28),       CODE("HTTPS", 65),
	CODE("PTR", 12),        CODE("MX", 15),         CODE("NS", 2),
	CODE("SOA", 6),         CODE("TXT", 16),        CODE("SRV", 33),
	CODE("DS", 43),         CODE("DNSKEY", 48),     CODE("ANY", 255),
	CODE("CNAME", 5),       CODE("AXFR", 252),      CODE("IXFR", 251),
	CODE("CAA", 257),       CODE("NAPTR", 35),      CODE("SVCB", 64),
	CODE("TLSA", 52),       CODE("SPF", 99),        CODE("RRSIG", 46),
	CODE("NSEC", 47),       CODE("NSEC3", 50),      CODE("NSEC3PARAM", 51),
	CODE("HINFO", 13),      CODE("LOC", 29),        CODE("SSHFP", 44),
	CODE("DNAME", 39),      CODE("CDS", 59),        CODE("CDNSKEY", 60),
	CODE("MD", 3),          CODE("MF", 4),          CODE("MB", 7),
	CODE("MG", 8),          CODE("MR", 9),          CODE("NULL", 10),
	CODE("WKS", 11),        CODE("MINFO", 14),      CODE("RP", 17),
	CODE("AFSDB", 18),      CODE("X25", 19),        CODE("ISDN", 20),
	CODE("RT", 21),         CODE("NSAP", 22),       CODE("NSAP-PTR", 23),
	CODE("SIG", 24),        CODE("KEY", 25),        CODE("PX", 26),
	CODE("GPOS", 27),       CODE("NXT", 30),        CODE("EID", 31),
	CODE("NIMLOC", 32),     CODE("ATMA", 34),       CODE("KX", 36),
	CODE("CERT", 37),       CODE("A6", 38),         CODE("SINK", 40),
	CODE("OPT", 41),        CODE("APL", 42),        CODE("IPSECKEY", 45),
	CODE("DHCID", 49),      CODE("SMIMEA", 53),     CODE("HIP", 55),
	CODE("NINFO", 56),      CODE("RKEY", 57),       CODE("TALINK", 58),
	CODE("OPENPGPKEY", 61), CODE("CSYNC", 62),      CODE("ZONEMD", 63),
	CODE("DSYNC", 66),      CODE("HHIT", 67),       CODE("BRID", 68),
	CODE("UINFO", 100),     CODE("UID", 101),       CODE("GID", 102),
	CODE("UNSPEC", 103),    CODE("NID", 104),       CODE("L32", 105),
	CODE("L64", 106),       CODE("LP", 107),        CODE("EUI48", 108),
	CODE("EUI64", 109),     CODE("NXNAME", 128),    CODE("TKEY", 249),
	CODE("TSIG", 250),      CODE("MAILB", 253),     CODE("MAILA", 254),
	CODE("URI", 256),       CODE("AVC", 258),       CODE("DOA", 259),
	CODE("AMTRELAY", 260),  CODE("RESINFO", 261),   CODE("WALLET", 262),
	CODE("CLA", 263),       CODE("IPN", 264),       CODE("TA", 32768),
	CODE("DLV", 32769),     CODE("KEYDATA", 65533), CODE("RESERVED0", 0),
};

static const struct code classes[] = {
	CODE("IN", 1),     CODE("CH", 3),    CODE("HS", 4),
	CODE("NONE", 254), CODE("ANY", 255), CODE("RESERVED0", 0),
};

/* The first text of a number is the one printed; 16 is BADVERS outside TSIG (RFC 6891 9). */
static const struct code rcodes[] = {
	CODE("NOERROR", 0),     CODE("NXDOMAIN", 3),    CODE("REFUSED", 5),
	CODE("SERVFAIL", 2),    CODE("FORMERR", 1),     CODE("NOTIMP", 4),
	CODE("NOTIMPL", 4),     CODE("YXDOMAIN", 6),    CODE("YXRRSET", 7),
	CODE("NXRRSET", 8),     CODE("NOTAUTH", 9),     CODE("NOTZONE", 10),
	CODE("RESERVED11", 11), CODE("RESERVED12", 12), CODE("RESERVED13", 13),
	CODE("RESERVED14", 14), CODE("RESERVED15", 15), CODE("DSOTYPENI", 11),
	CODE("BADVERS", 16),    CODE("BADSIG", 16),     CODE("BADKEY", 17),
	CODE("BADTIME", 18),    CODE("BADMODE", 19),    CODE("BADNAME", 20),
	CODE("BADALG", 21),     CODE("BADTRUNC", 22),   CODE("BADCOOKIE", 23),
};

enum { RCODE_MAX = 4095 }; /* 12 bits with EDNS, RFC 6891 6.1.3 */

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int32_t
number_of(const struct code *codes, size_t count, struct str s)
{
	for (size_t i = 0; i < count; i++)
		if (codes[i].length == s.n && str_eq_nocase(s, str_make(codes[i].text, s.n)))
			return codes[i].number;
	return -1;
}

static const char *
text_of(const struct code *codes, size_t count, int32_t number)
{
	for (size_t i = 0; i < count; i++)
		if (codes[i].number == number)
			return codes[i].text;
	return NULL;
}

/* "TYPE65": the generic forms of RFC 3597 5. */
static int32_t
generic_number(struct str s, struct str word, uint64_t max)
{
	uint64_t number;

	if (s.n <= word.n || !str_eq_nocase(str_make(s.p, word.n), word) ||
	    !str_number(str_skip(s, word.n), max, &number))
		return -1;
	return (int32_t)number;
}

static const char *
print_code(const char *text, const char *word, int32_t number, char out[CODE_TEXT])
{
	if (number < 0)
		snprintf(out, CODE_TEXT, "unknown");
	else if (text)
		snprintf(out, CODE_TEXT, "%s", text);
	else
		snprintf(out, CODE_TEXT, "%s%d", word, (int)number);
	return out;
}

int32_t
type_parse(struct str s)
{
	if (s.n == 1) /* more than half of all questions */
		return s.p[0] == 'A' || s.p[0] == 'a' ? TYPE_A : TYPE_UNKNOWN;
	int32_t type = number_of(types, COUNT(types), s);

	return type >= 0 ? type : generic_number(s, STR("TYPE"), 65535);
}

int32_t
class_parse(struct str s)
{
	int32_t class_ = number_of(classes, COUNT(classes), s);

	return class_ >= 0 ? class_ : generic_number(s, STR("CLASS"), 65535);
}

int32_t
rcode_parse(struct str s)
{
	int32_t rcode = number_of(rcodes, COUNT(rcodes), s);
	uint64_t number;

	if (rcode >= 0)
		return rcode;
	if (str_number(s, RCODE_MAX, &number))
		return (int32_t)number;
	return generic_number(s, STR("RCODE"), RCODE_MAX);
}

const char *
type_print(int32_t type, char out[CODE_TEXT])
{
	/* BIND's RESERVED0 is read, but RFC 3597's TYPE0 says what it is. */
	return print_code(type ? text_of(types, COUNT(types), type) : NULL, "TYPE", type, out);
}

const char *
class_print(int32_t class_, char out[CODE_TEXT])
{
	return print_code(class_ ? text_of(classes, COUNT(classes), class_) : NULL, "CLASS", class_,
			  out);
}

const char *
rcode_print(int32_t rcode, char out[CODE_TEXT])
{
	return print_code(text_of(rcodes, COUNT(rcodes), rcode), "RCODE", rcode, out);
}
