/* The tables of a saved tally that tell how it came about; see store/table.h for the others. */
#ifndef STORE_RUN_TABLE_H
#define STORE_RUN_TABLE_H

#include "store/fingerprint.h"
#include "store/row.h"
#include "store/tally_file.h"

struct run_io {
	struct saved_run *run;
	struct fingerprint print;
	const struct tally_settings *settings; /* saving */
	struct arena *arena;                   /* loading: for texts and lists */
};

struct run_table {
	const char *name;
	int columns;
	const char *schema;
	void (*save)(struct run_io *io, struct row *row);
	void (*load)(struct run_io *io, struct row *row); /* NULL: for people only */
};

extern const struct run_table run_tables[]; /* ended by a row without name */

#endif
