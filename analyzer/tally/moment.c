#include "tally/moment.h"

int
position_compare(const struct position *a, const struct position *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}
