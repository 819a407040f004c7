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
	size_t begun;   /* classes, in the order in which they stand in the pair */
	uint8_t class_; /* of the name at hand */
	const struct pair_name *at, *end;
};

static inline bool
pair_names_begin(struct pair_names *all)
{
	const struct pair *pair = all->pair;
	bool is_one = all->begun == 0;

	if (all->begun > pair_further_count(pair))
		return false;
	const struct further_class *further = is_one ? NULL : &pair->more[all->begun - 1];
	all->begun++;
	uint8_t class_ = is_one ? pair->one_class : further->class_;
	struct sample names = class_sample(is_one ? &pair->one : &further->names, class_);
	all->class_ = (uint8_t)((class_ & ~PAIR_ALONE) - 1);
	if (all->class_ != NAME_APEX) {
		all->at = (const void *)names.items;
		all->end = all->at + names.capacity;
	}
	return true;
}

static inline const struct pair_name *
pair_names_next(struct pair_names *all)
{
	do {
		for (; all->at < all->end; all->at++)
			if (all->at->hash)
				return all->at++;
	} while (pair_names_begin(all));
	return NULL;
}

#endif
