#include "store/quiet.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "store/db.h"

/* The columns of lines that a server may be expected to write; "" stands for any line at all. */
static const struct {
	const char *name;
	enum record_kind kind;
} categories[] = {
	{"", RECORD_KINDS},
	{"query", RECORD_QUERY},
	{"response", RECORD_RESPONSE},
	{"denied", RECORD_DENIED},
	{"transfer", RECORD_TRANSFER},
	{"rate_limited", RECORD_RATE_LIMITED},
	{"query_error", RECORD_QUERY_ERROR},
	{"update", RECORD_UPDATE},
};
enum { CATEGORIES = sizeof(categories) / sizeof(categories[0]) };

/* What tonight's logs of a server hold. */
struct written {
	uint64_t lines[CATEGORIES];
	int64_t last;
};

static void
add_stream(struct written *written, const struct stream *stream)
{
	written->last = time_later(written->last, stream->last);
	for (size_t c = 0; c < CATEGORIES; c++)
		for (size_t k = 0; k < RECORD_KINDS; k++)
			if (k == categories[c].kind || categories[c].kind == RECORD_KINDS)
				written->lines[c] += stream->kinds[k];
}

/* By server; to be freed. */
static struct written *
count_lines(const struct tally *tally)
{
	size_t count = tally->settings->server_count;
	struct written *all = xcalloc(count, sizeof(*all));

	for (size_t i = 0; i < count; i++)
		all[i].last = TIME_NONE;
	for (size_t i = 0; i < tally->streams.count; i++)
		add_stream(&all[tally->settings->streams[i].server], &tally->streams.all[i]);
	return all;
}

/* This night is the next one that state_add_night counts. */
static int
add_category(struct state *state, struct str server, const char *category, int64_t last,
	     int64_t night, struct err *err)
{
	struct query query;

	query_open(
		&query, state_db(state),
		"INSERT INTO written VALUES (?1, ?2, 1, ?3, ?3, ?4) ON CONFLICT DO UPDATE SET "
		"nights = nights + 1, last_night = ?3, last = coalesce(max(last, ?4), last, ?4)");
	query_text(&query, server);
	query_text(&query, str_of(category));
	query_number(&query, night);
	query_time(&query, last);
	if (query_run(&query, err) != 0)
		return -1;
	query_open(&query, state_db(state), "INSERT OR IGNORE INTO tonight VALUES (?, ?)");
	query_text(&query, server);
	query_text(&query, str_of(category));
	return query_run(&query, err);
}

int
quiet_tonight(struct state *state, const struct tally *tally, struct err *err)
{
	int64_t night = (int64_t)state_nights(state) + 1;
	struct query query;

	if (db_run(state_db(state),
		   "CREATE TEMP TABLE IF NOT EXISTS tonight (server TEXT, category TEXT, "
		   "PRIMARY KEY (server, category)); DELETE FROM tonight; DELETE FROM quiet",
		   err) != 0)
		return -1;
	struct written *written = count_lines(tally);
	int status = 0;
	for (uint32_t server = 0; server < tally->settings->server_count; server++)
		for (size_t c = 0; c < CATEGORIES && status == 0; c++)
			if (written[server].lines[c])
				status = add_category(state, tally->settings->servers[server].name,
						      categories[c].name, written[server].last,
						      night, err);
	free(written);
	if (status != 0)
		return -1;
	/* A server without any line tonight is told once, not for each of its categories. */
	query_open(&query, state_db(state),
		   "INSERT INTO quiet SELECT w.server, w.category, w.last, w.nights, "
		   "NOT EXISTS (SELECT 1 FROM tonight t WHERE t.server = w.server) "
		   "FROM written w WHERE w.nights >= ?1 AND w.last_night >= ?2 - ?3 "
		   "AND w.nights * 5 >= (w.last_night - w.first_night + 1) * 4 "
		   "AND NOT EXISTS (SELECT 1 FROM tonight t WHERE t.server = w.server "
		   "AND t.category = w.category) AND (w.category = '' OR "
		   "EXISTS (SELECT 1 FROM tonight t WHERE t.server = w.server))");
	query_number(&query, QUIET_NIGHTS);
	query_number(&query, night);
	query_number(&query, QUIET_TOLD);
	return query_run(&query, err);
}

int
quiet_list(struct state *state, struct arena *arena, struct quiet **all, size_t *count,
	   struct err *err)
{
	struct query query;

	*count = 0;
	*all = NULL;
	query_open(&query, state_db(state),
		   "SELECT server, category, last, nights, vanished FROM quiet "
		   "ORDER BY server, category");
	while (query_next(&query)) {
		*all = arena_grow(arena, *all, *count, sizeof(**all));
		struct quiet *quiet = &(*all)[(*count)++];
		quiet->server = query_take_text(&query, arena);
		quiet->category = query_take_text(&query, arena);
		quiet->last = query_take_time(&query);
		quiet->nights = (uint64_t)query_take_number(&query);
		quiet->vanished = query_take_number(&query) != 0;
	}
	return query_close(&query, err);
}

int
quiet_forget(struct state *state, struct str server, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state), "DELETE FROM quiet WHERE server = ?");
	query_text(&query, server);
	if (query_run(&query, err) != 0)
		return -1;
	query_open(&query, state_db(state), "DELETE FROM written WHERE server = ?");
	query_text(&query, server);
	if (query_run(&query, err) != 0)
		return -1;
	return sqlite3_changes(state_db(state)) > 0;
}
