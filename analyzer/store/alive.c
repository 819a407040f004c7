#include "store/alive.h"

#include "store/db.h"

/* In the state's numbers: the end of the logs when it was said last. */
static const char said[] = "alive";
static const int64_t day = 86400000, hour = 3600000;

int
alive_tonight(struct state *state, int64_t days, int64_t now, struct alive *alive, struct err *err)
{
	struct query query;

	*alive = (struct alive){.since = state_number(state, said, TIME_NONE)};
	/* Logs do not end at the same minute each night: an hour short of the days is enough. */
	if (days == 0 || now == TIME_NONE ||
	    (alive->since != TIME_NONE && now < alive->since + days * day - hour))
		return 0;
	alive->is_due = true;
	query_open(&query, state_db(state),
		   "SELECT count(*), coalesce(sum(requests), 0) FROM nights"
		   " WHERE ?1 IS NULL OR logs_end > ?1");
	query_time(&query, alive->since);
	if (query_next(&query)) {
		alive->nights = (uint64_t)query_take_number(&query);
		alive->requests = (uint64_t)query_take_number(&query);
	}
	return query_close(&query, err) == 0 ? state_set_number(state, said, now, err) : -1;
}
