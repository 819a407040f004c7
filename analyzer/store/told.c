#include "store/told.h"

#include "base/buf.h"
#include "store/db.h"

enum { KEY_LIMIT = 4096, IDS_KEPT_DAYS = 400 };

static const int64_t day = 86400000;

#define TOLD_COLUMNS                                                                             \
	"t.id, t.kind, t.actor, t.zone, t.title, t.level, t.score, t.status, t.first_reported, " \
	"t.first_seen, t.last_seen, t.acknowledged, t.reason"

static void
take(struct query *query, struct arena *arena, struct told *out)
{
	out->id = query_take_text(query, arena);
	out->kind = query_take_text(query, arena);
	out->actor = query_take_text(query, arena);
	out->zone = query_take_text(query, arena);
	out->title = query_take_text(query, arena);
	out->level = (enum level)(query_take_number(query) % LEVELS);
	out->score = (int)query_take_number(query);
	out->status = (enum finding_status)(query_take_number(query) % STATUSES);
	out->first_reported = query_take_time(query);
	out->first_seen = query_take_time(query);
	out->last_seen = query_take_time(query);
	out->acknowledged = query_take_number(query) != 0;
	out->reason = query_take_text(query, arena);
}

int
told_find(struct state *state, struct str id, struct arena *arena, struct told *out,
	  struct err *err)
{
	struct query query;
	int found = 0;

	query_open(&query, state_db(state),
		   "SELECT " TOLD_COLUMNS
		   " FROM told_ids i JOIN told t ON t.key = i.key WHERE i.id = ?");
	query_text(&query, id);
	if (query_next(&query)) {
		take(&query, arena, out);
		found = 1;
	}
	return query_close(&query, err) == 0 ? found : -1;
}

int
told_list(struct state *state, struct arena *arena, struct told **all, size_t *count,
	  struct err *err)
{
	struct query query;

	*count = 0;
	*all = NULL;
	query_open(&query, state_db(state),
		   "SELECT " TOLD_COLUMNS " FROM told t ORDER BY t.last_seen DESC, t.key");
	while (query_next(&query)) {
		*all = arena_grow(arena, *all, *count, sizeof(**all));
		take(&query, arena, &(*all)[(*count)++]);
	}
	return query_close(&query, err);
}

int
told_acknowledge(struct state *state, struct str id, struct str reason, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state),
		   "UPDATE told SET acknowledged = 1, reason = ? WHERE key = "
		   "(SELECT key FROM told_ids WHERE id = ?)");
	query_text(&query, reason);
	query_text(&query, id);
	if (query_run(&query, err) != 0)
		return -1;
	return sqlite3_changes(state_db(state)) > 0;
}

/* Whom it accuses: the network, or the address; of several addresses the smallest. */
static struct str
actor_of(const struct finding *finding, char out[PREFIX_TEXT])
{
	const struct ip *least = NULL;

	if (finding->has_prefix)
		return str_of(prefix_print(&finding->prefix, out));
	for (size_t i = 0; i < finding->address_count; i++)
		if (!least || ip_compare(&finding->addresses[i], least) < 0)
			least = &finding->addresses[i];
	return least ? str_of(ip_print(least, out)) : (struct str){0};
}

/* Kind, actor and zone; the title where the kind alone tells little. */
static void
make_key(struct buf *key, const struct finding *finding, struct str actor, struct str zone)
{
	bool is_rule = str_eq(finding->kind, STR("rule"));

	buf_clear(key);
	buf_add_str(key, finding->kind);
	buf_add_char(key, '\x1f');
	buf_add_str(key, actor);
	buf_add_char(key, '\x1f');
	buf_add_str(key, zone);
	if (is_rule) {
		buf_add_char(key, '\x1f');
		buf_add_str(key, finding->title);
	}
}

static int
find_key(struct state *state, struct str key, struct arena *arena, struct told *out,
	 struct err *err)
{
	struct query query;
	int found = 0;

	query_open(&query, state_db(state), "SELECT " TOLD_COLUMNS " FROM told t WHERE t.key = ?");
	query_text(&query, key);
	if (query_next(&query)) {
		take(&query, arena, out);
		found = 1;
	}
	return query_close(&query, err) == 0 ? found : -1;
}

static bool
is_history(const struct finding *finding, int64_t now)
{
	if (finding->outcome == OUTCOME_GRANTED || now == TIME_NONE ||
	    finding->last_seen == TIME_NONE)
		return false;
	return finding->last_seen < now - day;
}

static bool
is_another_episode(const struct told *before, const struct finding *finding)
{
	return before->last_seen != TIME_NONE && finding->first_seen != TIME_NONE &&
	       finding->first_seen - before->last_seen > TOLD_GAP_DAYS * day;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b; /* TIME_NONE is the least */
}

static int
write_down(struct state *state, struct str key, const struct told *told, int64_t now,
	   struct err *err)
{
	struct query query;

	query_open(&query, state_db(state),
		   "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	query_text(&query, key);
	query_text(&query, told->id);
	query_text(&query, told->kind);
	query_text(&query, told->actor);
	query_text(&query, told->zone);
	query_text(&query, told->title);
	query_number(&query, told->level);
	query_number(&query, told->score);
	query_number(&query, told->status);
	query_time(&query, told->first_reported);
	query_time(&query, told->first_seen);
	query_time(&query, told->last_seen);
	query_number(&query, told->acknowledged);
	query_text(&query, told->reason);
	if (query_run(&query, err) != 0)
		return -1;
	query_open(&query, state_db(state), "INSERT OR REPLACE INTO told_ids VALUES (?, ?, ?)");
	query_text(&query, told->id);
	query_text(&query, key);
	query_time(&query, now);
	return query_run(&query, err);
}

/* One finding: its status from what was told of it before, then the same written down. */
static int
tell(struct state *state, struct finding *finding, bool first_night, int64_t now,
     struct arena *arena, struct told *told, struct err *err)
{
	char actor_text[PREFIX_TEXT];
	struct str actor = actor_of(finding, actor_text);
	struct str zone = finding->zone_count == 1 && finding->zone_list_count ? finding->zones[0]
									       : (struct str){0};
	struct buf key;

	buf_init(&key, KEY_LIMIT);
	make_key(&key, finding, actor, zone);
	int found = find_key(state, buf_str(&key), arena, told, err);
	if (found < 0) {
		buf_release(&key);
		return -1;
	}
	if (found && is_another_episode(told, finding))
		found = 0;
	bool seen = told->acknowledged && finding->level <= told->level;
	if (found == 0)
		*told = (struct told){.acknowledged = seen,
				      .reason = seen ? told->reason : (struct str){0},
				      .first_reported = now,
				      .first_seen = finding->first_seen,
				      .last_seen = TIME_NONE,
				      .level = finding->level};
	if (found == 0)
		told->status =
			first_night && is_history(finding, now) ? STATUS_HISTORY : STATUS_NEW;
	else if (finding->level > told->level)
		told->status = STATUS_ESCALATED;
	else if (now != told->first_reported || told->status != STATUS_NEW)
		told->status = STATUS_CONTINUING;
	if (told->status == STATUS_ESCALATED)
		told->acknowledged = false;
	finding->status = told->status;
	finding->first_reported = told->first_reported;
	told->id = finding->id;
	told->kind = finding->kind;
	told->actor = actor;
	told->zone = zone;
	told->title = finding->title;
	if (finding->level > told->level)
		told->level = finding->level;
	told->score = finding->score;
	told->last_seen = later(told->last_seen, finding->last_seen);
	int status = write_down(state, buf_str(&key), told, now, err);
	buf_release(&key);
	return status;
}

/* What was open and has not been seen for a night has ended. */
static int
end_others(struct state *state, int64_t now, struct told_night *night, struct err *err)
{
	struct query query;

	query_open(&query, state_db(state),
		   "UPDATE told SET status = ? WHERE status IN (?, ?, ?) AND last_seen < ?");
	query_number(&query, STATUS_ENDED);
	query_number(&query, STATUS_NEW);
	query_number(&query, STATUS_CONTINUING);
	query_number(&query, STATUS_ESCALATED);
	query_number(&query, now - day);
	if (query_run(&query, err) != 0)
		return -1;
	night->ended = (size_t)sqlite3_changes(state_db(state));
	query_open(&query, state_db(state), "DELETE FROM told_ids WHERE seen < ?");
	query_number(&query, now - IDS_KEPT_DAYS * day);
	if (query_run(&query, err) != 0)
		return -1;
	query_open(&query, state_db(state),
		   "DELETE FROM told WHERE key NOT IN (SELECT key FROM told_ids)");
	return query_run(&query, err);
}

int
told_tonight(struct state *state, struct findings *findings, int64_t now, struct arena *arena,
	     struct told_night *night, struct err *err)
{
	bool first_night = state_nights(state) == 0;

	*night = (struct told_night){0};
	night->acknowledged = arena_alloc(arena, (findings->count + 1) * sizeof(size_t));
	for (size_t i = 0; i < findings->count; i++) {
		struct told told = {0};
		if (findings->all[i].suppressed_by.n)
			continue;
		if (tell(state, &findings->all[i], first_night, now, arena, &told, err) != 0)
			return -1;
		if (told.acknowledged)
			night->acknowledged[night->acknowledged_count++] = i;
		night->history += told.status == STATUS_HISTORY;
	}
	return now == TIME_NONE ? 0 : end_others(state, now, night, err);
}
