#include "base/hash.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL /* a name is hashed in a few instructions: no call through the linker */
#include <xxhash.h>

_Static_assert(HASH_SECRET_BYTES >= XXH3_SECRET_SIZE_MIN, "secret too short for XXH3");

void
hash_key_make(struct hash_key *key, struct str from)
{
	for (size_t i = 0; i < sizeof(key->secret); i += sizeof(uint64_t)) {
		uint64_t word = XXH3_64bits_withSeed(from.p, from.n, i);
		memcpy(key->secret + i, &word, sizeof(word));
	}
}

void
hash_key_random(struct hash_key *key)
{
	unsigned char bytes[32];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		const void *address = &now;
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, &now, sizeof(now));
		memcpy(bytes + sizeof(now), &address, sizeof(address));
	}
	hash_key_make(key, str_make((const char *)bytes, sizeof(bytes)));
}

uint64_t
hash_bytes(const struct hash_key *key, const void *p, size_t n)
{
	uint64_t hash = XXH3_64bits_withSecret(p, n, key->secret, sizeof(key->secret));

	return hash ? hash : 1;
}

void
hash_key_name(const struct hash_key *key, char out[9])
{
	static const char label[] = "digtrail key name";

	snprintf(out, 9, "%08x", (unsigned)hash_bytes(key, label, sizeof(label) - 1));
}
