#include "store/pending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/outfile.h"
#include "base/xalloc.h"
#include "store/db.h"

int
pending_add(struct state *state, const char *name, const char *path, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state), "INSERT OR REPLACE INTO pending VALUES (?, ?)");
	query_text(&query, str_of(name));
	query_text(&query, str_of(path));
	return query_run(&query, err);
}

static int
forget(struct state *state, struct str name, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state), "DELETE FROM pending WHERE name = ?");
	query_text(&query, name);
	return query_run(&query, err);
}

int
pending_complete(struct state *state, struct err *err)
{
	struct arena arena = {0};
	struct str *names = NULL;
	struct query query;
	size_t count = 0;

	query_open(&query, state_db(state), "SELECT name, path FROM pending ORDER BY rowid");
	int status = 0;
	while (status == 0 && query_next(&query)) {
		struct str name = query_take_text(&query, &arena);
		struct str path = query_take_text(&query, &arena);
		/* Gone: it was renamed, and the program ended before that was written down. */
		if (rename(name.p, path.p) == 0)
			outfile_sync_directory(path.p);
		else if (errno != ENOENT)
			status = err_set(err, "%s cannot become %s: %s", name.p, path.p,
					 strerror(errno));
		names = xrealloc(names, count + 1, sizeof(*names));
		if (status == 0)
			names[count++] = name;
	}
	if (query_close(&query, err) != 0)
		status = -1;
	for (size_t i = 0; i < count; i++)
		if (forget(state, names[i], err) != 0)
			status = -1;
	free(names);
	arena_release(&arena);
	return status;
}
