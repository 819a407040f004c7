/*
 * Names from files in the one form in which names compare (record/qname.h): as BIND logs
 * them, lower-case, without final dot. BIND writes `" . \ ( ) ; @ $` as \c and bytes outside
 * 0x21 to 0x7e as \DDD (dns_name_totext() in lib/dns/name.c); files may escape otherwise.
 */
#ifndef DETECT_OWNERNAME_H
#define DETECT_OWNERNAME_H

#include "record/qname.h"

enum { OWNERNAME_OCTETS_MAX = 255, OWNERNAME_LABEL_MAX = 63 };

/*
 * A name in wire form (RFC 1035 3.1), uncompressed, into `out` (QNAME_TEXT_MAX bytes).
 * Returns the view of `out`; the empty view when the wire form is broken.
 */
struct str ownername_of_wire(const uint8_t *wire, size_t n, char *out);
/*
 * A name in presentation form, with or without final dot, any escapes. The empty view when it
 * is no name: an empty label, one above 63 octets, more than 255 in all, white space.
 */
struct str ownername_of_text(struct str text, char *out);

#endif
