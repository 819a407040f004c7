#include "input/identity.h"

#include <xxhash.h>

#include "base/xalloc.h"
#include "input/source.h"

enum { IDENTITY_BUFFER = 64 * 1024 };

/* Part of the format on disk: never to be changed. */
static const XXH64_hash_t seed = 0x6469677472616931; /* "digtrai1" */

struct identity
identity_of(struct str bytes)
{
	return (struct identity){bytes.n, XXH3_64bits_withSeed(bytes.p, bytes.n, seed)};
}

int
identity_read(const char *path, uint64_t limit, struct identity *out, struct err *err)
{
	struct source *source = source_open(path, err);

	if (!source)
		return -1;
	char *buffer = xmalloc(IDENTITY_BUFFER);
	XXH3_state_t *state = XXH3_createState();
	*out = (struct identity){0};
	XXH3_64bits_reset_withSeed(state, seed);
	while (out->n < limit) {
		uint64_t left = limit - out->n;
		ssize_t got = source_read(source, buffer,
					  left < IDENTITY_BUFFER ? (size_t)left : IDENTITY_BUFFER);
		if (got <= 0)
			break;
		XXH3_64bits_update(state, buffer, (size_t)got);
		out->n += (uint64_t)got;
	}
	out->hash = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	free(buffer);
	source_close(source);
	return 0;
}

/* A stream with what was read of it and not compared yet. */
struct side {
	struct source *source;
	char *buffer;
	size_t start, end;
};

/* False at the end of the stream. */
static bool
side_has_more(struct side *side)
{
	if (side->start < side->end)
		return true;
	ssize_t got = source_read(side->source, side->buffer, IDENTITY_BUFFER);
	side->start = 0;
	side->end = got > 0 ? (size_t)got : 0;
	return got > 0;
}

static enum identity_relation
compare(struct side *a, struct side *b)
{
	for (;;) {
		bool more_a = side_has_more(a), more_b = side_has_more(b);
		if (!more_a || !more_b)
			return more_a   ? IDENTITY_SECOND_BEGINS_FIRST
			       : more_b ? IDENTITY_FIRST_BEGINS_SECOND
					: IDENTITY_EQUAL;
		size_t n = a->end - a->start;
		if (n > b->end - b->start)
			n = b->end - b->start;
		if (memcmp(a->buffer + a->start, b->buffer + b->start, n) != 0)
			return IDENTITY_DIFFERENT;
		a->start += n;
		b->start += n;
	}
}

int
identity_compare(const char *first, const char *second, enum identity_relation *out,
		 struct err *err)
{
	struct side a = {0}, b = {0};
	int result = -1;

	if (!(a.source = source_open(first, err)) || !(b.source = source_open(second, err)))
		goto out;
	a.buffer = xmalloc(IDENTITY_BUFFER);
	b.buffer = xmalloc(IDENTITY_BUFFER);
	*out = compare(&a, &b);
	result = 0;
out:
	source_close(a.source);
	source_close(b.source);
	free(a.buffer);
	free(b.buffer);
	return result;
}
