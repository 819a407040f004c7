/* Cryptographic digests; digest.c is the only includer of nettle. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

enum { DIGEST_KEY = 32, UUID_TEXT = 37 };

/* A key that no pseudonym gives away: made from any bytes, the same from the same bytes. */
struct digest_key {
	uint8_t bytes[DIGEST_KEY];
};
void digest_key_make(struct digest_key *key, struct str from);
/* The first 64 bits of HMAC-SHA-256. */
uint64_t digest_keyed(const struct digest_key *key, const void *p, size_t n);

enum { DIGEST_TEXT = 64 };
/* SHA-256 in base64, "sha256-..." as a Content-Security-Policy wants it. Returns `out`. */
const char *digest_policy(struct str text, char out[DIGEST_TEXT]);

enum { DIGEST_SUM = 41 };
/* SHA-1 in hexadecimal, as `sha1sum` prints it: to tell files apart, not to trust them. */
const char *digest_sum(struct str text, char out[DIGEST_SUM]);

struct uuid {
	uint8_t bytes[16];
};
/* A UUID of version 5 (RFC 9562 5.5): the same space and name give the same one. */
struct uuid uuid_of_name(const struct uuid *space, struct str name);
/* Returns `out`. */
const char *uuid_print(const struct uuid *uuid, char out[UUID_TEXT]);

#endif
