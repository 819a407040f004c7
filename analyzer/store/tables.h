/* All tables of a tally, written to or read from an SQLite file. */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "store/table.h"

enum { DIGESTS_MAX = 40 };

/* The digests of the tables that were written. */
struct digests {
	size_t count;
	struct digest {
		const char *table;
		uint64_t rows, digest;
	} all[DIGESTS_MAX];
};

int tables_create(sqlite3 *db, const char *name, const char *schema, struct err *err);
void tables_add_digest(struct digests *digests, const struct row *row);
/* Makes and fills the tables of a list that ends by NULL, and texts. `digests` may be NULL. */
int tables_save(sqlite3 *db, const struct table *const *list, const struct tally *tally,
		struct digests *digests, struct err *err);
/* Reads them; each is checked against the table of digests where `checked`. -1 with err. */
int tables_load(sqlite3 *db, const struct table *const *list, const struct tally_map *map,
		bool checked, struct tally *out, struct err *err);
/* -1 with err when what was read is not what was written. */
int tables_check_digest(sqlite3 *db, const struct row *row, struct err *err);

#endif
