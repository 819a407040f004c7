/*
 * The pairs of a tally in the order in which they are judged: by address, then rank, then role.
 * They are sorted coarsely in one go, and then to the end in parts, by several threads.
 */
#ifndef DETECT_ORDER_H
#define DETECT_ORDER_H

#include "detect/ground.h"

struct order {
	const struct map *pairs; /* borrowed */
	size_t count;
	/* Pages of its own: they are given back before the findings need memory. */
	uint64_t *coarse;
	size_t bytes;
};

void order_begin(struct order *order, const struct map *pairs);
/* Writes a part of the `order->count` briefs; parts may be finished side by side. */
void order_finish(const struct order *order, size_t part, size_t parts, struct brief *briefs);
void order_release(struct order *order);

#endif
