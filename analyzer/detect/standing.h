/*
 * How a name stands with everybody, whoever asks it: worked out for all names that tonight's zones
 * hold, side by side, since each is looked at again for every pair that asked it. The sources that
 * are flagged decide what is popular: it is worked out anew after each flagging.
 */
#ifndef DETECT_STANDING_H
#define DETECT_STANDING_H

#include "detect/ground.h"

/* What tonight says of a name at servers of one role, as bits. */
enum {
	STANDING_SEEN = SEEN_ANSWERED | SEEN_MISSING | SEEN_LIMITED, /* of enum name_seen */
	STANDING_POPULAR = 1 << 3,
	STANDING_ESTABLISHED = 1 << 4, /* where nothing said that it exists */
	STANDING_TWICE = 1 << 5, /* its text is in two samples: each must be looked up for itself */
};

/*
 * Keeps of a name what needs no weighing, and `traits` (traits.h) beside it. It is enough where
 * nobody asks what is popular. By one thread, before others write to ground->marks.
 */
void standing_hold(struct ground *ground, const struct zone *zone, const struct zone_name *name,
		   uint16_t traits);
/* Works out all of them. After the first time, ground->changed tells what is new. */
void standings_weigh(struct ground *ground);
/* Whether a name of the pair, or how it stands, has changed with the last weighing. */
bool standings_changed(const struct ground *ground, size_t index);

/* Of one of ground->marks. */
static inline uint8_t
standing_of(uint32_t marks, bool resolver)
{
	return (uint8_t)(marks >> (resolver ? 24 : 16));
}

#endif
