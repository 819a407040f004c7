#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

void
buf_init(struct buf *buf, size_t limit)
{
	*buf = (struct buf){.limit = limit};
}

void
buf_release(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf){.limit = buf->limit};
}

void
buf_clear(struct buf *buf)
{
	buf->n = 0;
	buf->full = false;
	if (buf->p)
		buf->p[0] = '\0';
}

static bool
reserve(struct buf *buf, size_t more)
{
	if (buf->full || more > buf->limit - buf->n) {
		buf->full = true;
		return false;
	}
	if (buf->n + more + 1 > buf->capacity) {
		size_t capacity = buf->capacity ? buf->capacity : 64;
		while (capacity < buf->n + more + 1)
			capacity *= 2;
		buf->p = xrealloc(buf->p, capacity, 1);
		buf->capacity = capacity;
	}
	return true;
}

bool
buf_add(struct buf *buf, const void *p, size_t n)
{
	if (!reserve(buf, n))
		return false;
	if (n)
		memcpy(buf->p + buf->n, p, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
	return true;
}

bool
buf_add_str(struct buf *buf, struct str s)
{
	return buf_add(buf, s.p, s.n);
}

bool
buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

bool
buf_add_char(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

bool
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	bool fits = n >= 0 && reserve(buf, (size_t)n);
	if (fits) {
		vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
		buf->n += (size_t)n;
	}
	va_end(again);
	return fits;
}
