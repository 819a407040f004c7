/*
 * The sampled names of a pair, of all classes but the apex, one after the other:
 *
 *	struct pair_names all = {.pair = pair};
 *	while ((name = pair_names_next(&all)) != NULL)
 */
#ifndef DETECT_PAIRNAMES_H
#define DETECT_PAIRNAMES_H

#include "tally/pairs.h"

struct pair_names {
	const struct pair *pair;
	size_t classes; /* begun; the class of the name at hand is this less one */
	const struct pair_name *at, *end;
};

static inline const struct pair_name *
pair_names_next(struct pair_names *all)
{
	for (;;) {
		for (; all->at < all->end; all->at++)
			if (all->at->hash)
				return all->at++;
		if (all->classes == NAME_CLASSES)
			return NULL;
		struct pair_class names = pair_class(all->pair, all->classes++);
		if (all->classes != NAME_APEX + 1 && names.names.capacity) {
			all->at = (const void *)names.names.items;
			all->end = all->at + names.names.capacity;
		}
	}
}

#endif
