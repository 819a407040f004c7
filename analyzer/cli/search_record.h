/* A matched line as text for the output: itself, or the record in it as JSON or CSV. */
#ifndef CLI_SEARCH_RECORD_H
#define CLI_SEARCH_RECORD_H

#include "cli/search.h"
#include "names/names.h"

/* Where the line stands. */
struct search_place {
	const char *server, *file;
	uint64_t offset; /* in the uncompressed stream */
	struct str text;
};

/* One thread's memory for texts. */
struct search_writer {
	bool escape;
	struct buf buf;
	FILE *memory; /* for what writes to streams */
	char *bytes;
	size_t size;
};

void search_writer_init(struct search_writer *writer, bool escape);
void search_writer_release(struct search_writer *writer);
/* With its newline; a view that lives until the next call. `name` is NULL where there is none. */
struct str search_write(struct search_writer *writer, enum search_form form,
			const struct search_place *place, const struct record *record,
			const struct name *name);
/* The first row of CSV. */
void search_write_header(FILE *out);

#endif
