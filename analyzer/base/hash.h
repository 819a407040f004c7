/*
 * Two keyed hashes over the same function (XXH3, 64 bits, with a secret made from the key).
 *
 * A table hash is keyed at random in each process: nobody who writes names into a log can
 * make its chains long, and nothing that is printed may depend on it. A sample hash is keyed
 * by the installation's key: it decides which names a bottom-k sample keeps, so equal keys
 * give equal reports, and tallies merge only under one key.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

enum { HASH_SECRET_BYTES = 192 };

struct hash_key {
	unsigned char secret[HASH_SECRET_BYTES];
};

/* Made from any bytes; the same bytes give the same key. */
void hash_key_make(struct hash_key *key, struct str from);
/* Made from the kernel's random numbers (a weaker clock-and-address key where there are none). */
void hash_key_random(struct hash_key *key);
/* Never 0: tables use 0 for "free". */
uint64_t hash_bytes(const struct hash_key *key, const void *p, size_t n);
/* Eight hex digits that name a key without telling it. Writes 9 bytes. */
void hash_key_name(const struct hash_key *key, char out[9]);

/* Mixes two hashes into one; not symmetric; never 0. */
static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t h =
		(a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdULL;

	h ^= h >> 32;
	return h ? h : 1;
}

/* The hash of a text or address together with a small number; never 0. */
static inline uint64_t
hash_with(uint64_t hash, uint32_t number)
{
	uint64_t h = hash + number * 0x9e3779b97f4a7c15ULL;

	return h ? h : 1;
}

#endif
