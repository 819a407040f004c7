/*
 * The header of a gzip member (RFC 1952, 2.3), taken off byte by byte: it may end anywhere in
 * what has been read so far. (ISA-L 2.30 reads a header that comes in two pieces wrong where it
 * has a checksum, and some others too.)
 */
#ifndef INPUT_GZIP_HEADER_H
#define INPUT_GZIP_HEADER_H

#include <stdint.h>

#include "input/members.h"

enum gzip_part {
	GZIP_FIXED,
	GZIP_EXTRA_LENGTH,
	GZIP_EXTRA,
	GZIP_NAME,
	GZIP_COMMENT,
	GZIP_CHECKSUM,
	GZIP_BODY, /* the header is complete */
};

/* Zeroed at the beginning of a member. */
struct gzip_header {
	uint8_t part; /* enum gzip_part */
	uint8_t flags;
	uint32_t taken;    /* bytes of this part */
	uint32_t length;   /* of the extra field */
	uint32_t crc;      /* of all bytes before the checksum */
	uint16_t checksum; /* as it is told */
};

/*
 * Moves window->in behind what belongs to the header. MEMBERS_END when it is complete,
 * MEMBERS_GOING when more is needed, MEMBERS_DAMAGED when it is none.
 */
enum members_step gzip_header_take(struct gzip_header *header, struct members_window *window);

#endif
