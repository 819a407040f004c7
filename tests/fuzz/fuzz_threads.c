/*
 * Law 1: one thread, and three over pieces and blocks that are cut where the fuzzers' small
 * buffers end, give the same report of any log, byte for byte. The first byte tells whether it
 * is compressed.
 */
#include <stdlib.h>

#include "program.h"

#define ZLIB_CONST
#include <zlib.h>

static void
write_log(const char *path, struct str bytes, bool compressed)
{
	if (!compressed) {
		program_write(path, bytes);
		return;
	}
	gzFile file = gzopen(path, "wb1");
	MUST(file && gzwrite(file, bytes.p, (unsigned)bytes.n) == (int)bytes.n &&
	     gzclose(file) == Z_OK);
}

static int
report(const char *jobs, const char *out, const char *log)
{
	const char *const words[] = {"report",
				     "-q",
				     "-f",
				     "json",
				     "-j",
				     jobs,
				     "-o",
				     out,
				     "--no-sandbox",
				     "--log-timezone",
				     "Europe/Berlin",
				     "--top",
				     "99",
				     log,
				     NULL};

	return program_run(words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *log = program_file("x.log"), *one = program_file("one.json"),
		   *other = program_file("other.json");
	struct str bytes = str_make((const char *)data, n);
	bool compressed = help_byte(&bytes) & 1;

	if (bytes.n == 0)
		return 0;
	write_log(log, bytes, compressed);
	int status = report("1", one, log);
	MUST(report("3", other, log) == status);
	program_same(one, other, "one thread and three");
	return 0;
}
