/*
 * struct buf: bytes that grow up to a limit given at the start. `p` is never NULL after the
 * first append and always followed by a NUL that `n` does not count. Reaching the limit is an
 * ordinary result: the append is refused whole and `full` stays set until buf_clear.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;
	size_t n, capacity, limit;
	bool full;
};

void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf);
/* Each returns false when the limit would be passed. */
bool buf_add(struct buf *buf, const void *p, size_t n);
bool buf_add_str(struct buf *buf, struct str s);
bool buf_add_text(struct buf *buf, const char *text);
bool buf_add_char(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline struct str
buf_str(const struct buf *buf)
{
	return str_make(buf->p, buf->n);
}

#endif
