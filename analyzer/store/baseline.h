/*
 * The tally of earlier nights that detectors compare with: pairs and zones, with the first
 * time of each of their sampled names. It forgets what was not seen for a while and is folded
 * like any tally (DESIGN.md law 6), so it does not grow for ever.
 */
#ifndef STORE_BASELINE_H
#define STORE_BASELINE_H

#include "store/state.h"
#include "tally/tally.h"

enum {
	BASELINE_PAIR_DAYS = 30,     /* slow lists are put together over so long */
	BASELINE_ZONE_DAYS = 400,    /* which names exist */
	BASELINE_MEMORY = 128 << 20, /* what its limits are reckoned from */
};

struct baseline {
	struct tally_settings settings;
	struct tally tally; /* settled */
	bool is_empty;      /* nothing of earlier nights is known */
	bool is_made;
	bool was_unlike; /* it was learned under other settings and is begun anew */
};

/* Names and rules are borrowed. -1 with err; baseline_release is needed in either case. */
int baseline_load(struct baseline *baseline, struct state *state, const struct names *names,
		  const struct ruleset *rules, struct err *err);
void baseline_release(struct baseline *baseline);
/*
 * Adds the night to it, which takes pairs and zones out of `tonight`, and keeps it. `now` is
 * the end of the night's logs. Within a transaction.
 */
int baseline_add(struct baseline *baseline, struct state *state, struct tally *tonight, int64_t now,
		 struct err *err);

#endif
