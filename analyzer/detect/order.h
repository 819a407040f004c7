/*
 * The pairs of a tally in the order in which they are judged: by address, then rank, then role.
 * They are sorted coarsely in one go, and then to the end in parts, by several threads; what is
 * said of each is read where it lies.
 */
#ifndef DETECT_ORDER_H
#define DETECT_ORDER_H

#include "detect/ground.h"

struct order {
	const struct map *pairs; /* borrowed */
	size_t count;
	/* Given back before the findings need memory. */
	size_t bytes;
	uint64_t *coarse;    /* sorted */
	uint64_t *ranks;     /* by the pair's entry */
	uint32_t *positions; /* the same: of its brief */
};

/* `briefs`: room from malloc for those of all pairs, which is used before they are written. */
void order_begin(struct order *order, const struct map *pairs, void *briefs);
/* Writes where the pairs of a part of the briefs are; parts may be placed side by side. */
void order_place(const struct order *order, size_t part, size_t parts, struct brief *briefs);
/* When all are placed: writes what the pairs of a part of the map say. */
void order_fill(const struct order *order, size_t part, size_t parts, struct brief *briefs);
void order_release(struct order *order);

#endif
