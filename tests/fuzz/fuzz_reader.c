/*
 * Any bytes as a file: whatever compression they seem to have, reading ends, lines keep
 * within the limit, and their offsets ascend.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A bomb is not a defect: reading may stop here. */
enum { STREAM_ENOUGH = 1 << 24 };

static void
read_lines(struct source *source)
{
	struct reader reader;
	struct line line;
	uint64_t next = 0, number = 0;

	reader_init(&reader, source, 0);
	while (next < STREAM_ENOUGH && reader_next(&reader, &line)) {
		if (line.text.n > READER_LINE_MAX || line.offset < next || line.number <= number)
			abort();
		number = line.number;
		next = line.offset + line.text.n;
	}
	if (next < STREAM_ENOUGH && source_end(source) == SOURCE_OPEN)
		abort();
	reader_release(&reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *source;
	struct err err;
	char path[64];
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	source = source_open(path, &err);
	if (source) {
		read_lines(source);
		source_close(source);
	}
	close(fd);
	return 0;
}
