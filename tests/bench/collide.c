/*
 * collide: a log of names chosen against the default sample key, which everybody can read: their
 * hashes end in the same bits, so that a table of a sample that looks by these is one chain.
 *
 *	collide NAMES ROUNDS [random]
 *	collide NAMES low
 *
 * `random` makes names of the same length that were not chosen. `low` prints names instead, below
 * hosts of a word list, whose hashes are so small that a sample keeps them before any others.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

enum { BITS = (1 << 13) - 1, WANTED = 0x1234, NAME_TEXT = 64, LOW_BITS = 12 };

static const char key_text[] = "digtrail default sample key";

/* The next name after number `*n` that ends as wanted. */
static void
find_name(const struct hash_key *key, uint64_t *n, bool chosen, char name[NAME_TEXT])
{
	for (;;) {
		int length = snprintf(name, NAME_TEXT, "h%012llu.example.com",
				      (unsigned long long)(*n)++ * 7919 % 1000000000000);
		if (!chosen || (hash_bytes(key, name, (size_t)length) & BITS) == WANTED)
			return;
	}
}

static void
print_low(const struct hash_key *key, unsigned long names)
{
	static const char *const hosts[] = {"www", "mail", "ns1", "ftp",
					    "vpn", "dev",  "api", "smtp"};
	char name[NAME_TEXT];

	for (uint64_t n = 0; names > 0; n++) {
		int length = snprintf(name, sizeof(name), "%s.x%llu.example.com", hosts[n % 8],
				      (unsigned long long)n);
		if (hash_bytes(key, name, (size_t)length) >> (64 - LOW_BITS) != 0)
			continue;
		puts(name);
		names--;
	}
}

int
main(int argc, char **argv)
{
	unsigned long names = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, rounds;
	struct hash_key key;
	uint64_t n = 0;

	if (names == 0) {
		fprintf(stderr, "usage: collide NAMES ROUNDS [random]\n");
		return EXIT_FAILURE;
	}
	rounds = strtoul(argv[2], NULL, 10);
	hash_key_make(&key, STR(key_text));
	if (strcmp(argv[2], "low") == 0) {
		print_low(&key, names);
		return EXIT_SUCCESS;
	}
	char(*all)[NAME_TEXT] = malloc(names * sizeof(*all));
	if (!all)
		return EXIT_FAILURE;
	for (unsigned long i = 0; i < names; i++)
		find_name(&key, &n, argc == 3, all[i]);
	for (unsigned long i = 0; i < names * rounds; i++)
		printf("10-Mar-2026 %02lu:%02lu:%02lu.%03lu queries: info: client @0x7f00 "
		       "192.0.2.7#%lu "
		       "(%s): query: %s IN A +E(0)K (198.51.100.1)\n",
		       i / 3600000 % 24, i / 60000 % 60, i / 1000 % 60, i % 1000, 1024 + i % 60000,
		       all[i % names], all[i % names]);
	free(all);
	return EXIT_SUCCESS;
}
