#include "tally/textset.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
textset_free(struct textset *set)
{
	if (!set)
		return;
	for (uint8_t i = 0; i < set->count; i++)
		free(set->texts[i]);
	free(set);
}

void
textset_add(struct textset **where, struct str text)
{
	if (text.n > TEXTSET_TEXT)
		text.n = TEXTSET_TEXT;
	if (!*where)
		*where = xcalloc(1, sizeof(**where));
	struct textset *set = *where;
	uint8_t at = 0;
	for (; at < set->count; at++) {
		int order = str_compare(str_of(set->texts[at]), text);
		if (order == 0)
			return;
		if (order > 0)
			break;
	}
	if (set->count == TEXTSET_MAX) {
		set->more = true;
		if (at == TEXTSET_MAX)
			return;
		free(set->texts[--set->count]);
	}
	memmove(&set->texts[at + 1], &set->texts[at],
		(size_t)(set->count - at) * sizeof(*set->texts));
	set->texts[at] = xmemdup(text.p, text.n);
	set->count++;
}

void
textset_merge(struct textset **into, const struct textset *from)
{
	if (!from)
		return;
	for (uint8_t i = 0; i < from->count; i++)
		textset_add(into, str_of(from->texts[i]));
	(*into)->more |= from->more;
}
