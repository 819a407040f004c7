/*
 * Findings that were told: by them a finding is new, continuing or escalated, and what was
 * acknowledged is not mailed again. A finding is the same as one before when kind, actor and
 * zone are, and no more than TOLD_GAP_DAYS lie between.
 */
#ifndef STORE_TOLD_H
#define STORE_TOLD_H

#include "detect/finding.h"
#include "store/state.h"

enum { TOLD_GAP_DAYS = 7, TOLD_ID = 16 };

struct told {
	struct str id;   /* the last one; earlier ones find it too */
	struct str kind; /* as in reports */
	/* An address, a network, or empty: many sources, none of them the actor. */
	struct str actor;
	struct str zone; /* empty: several, or none */
	struct str title;
	enum level level; /* the highest so far */
	int score;
	enum finding_status status; /* of the last night in which it was seen, or ended */
	int64_t first_reported, first_seen, last_seen;
	/* Not to be mailed, in later episodes neither, unless it escalates; taken back when it does. */
	bool acknowledged;
	struct str reason; /* of the acknowledgement */
};

/* By any id it had. 1 found, 0 not, -1 with err. Texts live in the arena. */
int told_find(struct state *state, struct str id, struct arena *arena, struct told *out,
	      struct err *err);
/* All, the latest first. */
int told_list(struct state *state, struct arena *arena, struct told **all, size_t *count,
	      struct err *err);
/* Marks as seen by a person; commits by itself. 1 done, 0 not found, -1 with err. */
int told_acknowledge(struct state *state, struct str id, struct str reason, struct err *err);

/* What a mail has to know of tonight's findings besides their status. */
struct told_night {
	size_t *acknowledged; /* indices of findings that were acknowledged; ascending */
	size_t acknowledged_count;
	size_t ended, history;
};

/*
 * Sets status and first_reported of all findings, and writes down that they are told now (the
 * end of the logs). In the first night, what ended more than a day before `now` is history,
 * except granted transfers. Suppressed findings are not written down: they are not told.
 * Within a transaction. Lists live in the arena.
 */
int told_tonight(struct state *state, struct findings *findings, int64_t now, struct arena *arena,
		 struct told_night *night, struct err *err);

#endif
