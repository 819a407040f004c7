/*
 * readonly FILE: digtrail's own input layer and nothing behind it: what reading and
 * decompressing cost alone. Prints the number of newlines.
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "input/source.h"

int
main(int argc, char **argv)
{
	enum { BLOCK = 256 * 1024 };
	struct err err = {0};
	struct source *source = argc == 2 ? source_open(argv[1], &err) : NULL;
	char *block = xmalloc(BLOCK);
	size_t lines = 0;
	ssize_t n;

	if (!source) {
		fprintf(stderr, "readonly: %s\n", err.text);
		return 2;
	}
	while ((n = source_read(source, block, BLOCK)) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += block[i] == '\n';
	printf("%zu\n", lines);
	int status = source_end(source) == SOURCE_COMPLETE ? 0 : 2;
	source_close(source);
	free(block);
	return status;
}
