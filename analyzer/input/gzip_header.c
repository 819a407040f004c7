#include "input/gzip_header.h"

#include <zlib.h>

enum {
	FLAG_CHECKSUM = 0x02,
	FLAG_EXTRA = 0x04,
	FLAG_NAME = 0x08,
	FLAG_COMMENT = 0x10,
	FLAGS_RESERVED = 0xe0, /* that no format has yet (2.3.1.2) */
	FIXED_BYTES = 10,
	FLAGS_AT = 3,
	PAIR = 2,
};

static const unsigned char magic[] = {0x1f, 0x8b, 0x08};

/* The flag without which a part is not there. */
static const uint8_t flag_of[] = {
	[GZIP_EXTRA_LENGTH] = FLAG_EXTRA, [GZIP_EXTRA] = FLAG_EXTRA,       [GZIP_NAME] = FLAG_NAME,
	[GZIP_COMMENT] = FLAG_COMMENT,    [GZIP_CHECKSUM] = FLAG_CHECKSUM,
};

/* Goes to the next part that is there. */
static void
go_on(struct gzip_header *header)
{
	do
		header->part++;
	while (header->part < GZIP_BODY && (!(header->flags & flag_of[header->part]) ||
					    (header->part == GZIP_EXTRA && header->length == 0)));
	header->taken = 0;
}

/* False for a byte that cannot stand there. `*ends` when it is the last one of its part. */
static bool
take_fixed(struct gzip_header *header, unsigned char byte, bool *ends)
{
	size_t at = header->taken - 1;

	*ends = header->taken == FIXED_BYTES;
	if (at < sizeof(magic))
		return byte == magic[at];
	if (at == FLAGS_AT)
		header->flags = byte;
	return !(header->flags & FLAGS_RESERVED);
}

static bool
take_byte(struct gzip_header *header, unsigned char byte, bool *ends)
{
	unsigned shift = 8 * (header->taken++);

	switch (header->part) {
	case GZIP_FIXED:
		return take_fixed(header, byte, ends);
	case GZIP_EXTRA_LENGTH:
		header->length |= (uint32_t)byte << shift;
		*ends = header->taken == PAIR;
		return true;
	case GZIP_EXTRA:
		*ends = header->taken == header->length;
		return true;
	case GZIP_CHECKSUM:
		header->checksum = (uint16_t)(header->checksum | byte << shift);
		*ends = header->taken == PAIR;
		return !*ends || header->checksum == (header->crc & 0xffff);
	default:
		*ends = byte == '\0';
		return true;
	}
}

enum members_step
gzip_header_take(struct gzip_header *header, struct members_window *window)
{
	while (header->part != GZIP_BODY) {
		bool ends = false;
		if (window->in == window->in_end)
			return MEMBERS_GOING;
		unsigned char byte = (unsigned char)*window->in++;
		if (header->part != GZIP_CHECKSUM)
			header->crc = (uint32_t)crc32(header->crc, &byte, 1);
		if (!take_byte(header, byte, &ends))
			return MEMBERS_DAMAGED;
		if (ends)
			go_on(header);
	}
	return MEMBERS_END;
}
