/* Types, classes and rcodes: numbers (IANA DNS parameters) and how servers write them. */
#ifndef RECORD_CODES_H
#define RECORD_CODES_H

#include "base/str.h"

enum { CODE_TEXT = 16 };

/* "AAAA", "TYPE65" (RFC 3597) in any case; TYPE_UNKNOWN (-1) for anything else. */
int32_t type_parse(struct str s);
/* "IN", "CH", "CLASS17", BIND's "RESERVED0"; CLASS_UNKNOWN for anything else. */
int32_t class_parse(struct str s);
/* BIND's and Unbound's words, "RCODE23", "RESERVED11", decimal; RCODE_UNKNOWN for anything else. */
int32_t rcode_parse(struct str s);
/* Mnemonic, or TYPEn / CLASSn / RCODEn; "unknown" for -1. Returns `out`. */
const char *type_print(int32_t type, char out[CODE_TEXT]);
const char *class_print(int32_t class_, char out[CODE_TEXT]);
const char *rcode_print(int32_t rcode, char out[CODE_TEXT]);

#endif
