/*
 * A fuzz target without libFuzzer: every file of the directories that are named, once. So that
 * what was found stays found, also where there is no clang.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "help.h"

static char *
read_file(const char *path, size_t *n)
{
	struct stat st;
	FILE *file = fopen(path, "rb");

	MUST(file && fstat(fileno(file), &st) == 0);
	*n = (size_t)st.st_size;
	char *bytes = malloc(*n ? *n : 1);
	MUST(bytes && fread(bytes, 1, *n, file) == *n);
	fclose(file);
	return bytes;
}

static unsigned
replay(const char *directory)
{
	DIR *entries = opendir(directory);
	const struct dirent *entry;
	unsigned count = 0;

	if (!entries) {
		perror(directory);
		exit(EXIT_FAILURE);
	}
	while ((entry = readdir(entries)) != NULL) {
		char path[1024];
		size_t n;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		/* Named before it runs: a crash leaves no time for it. */
		if (getenv("REPLAY_VERBOSE"))
			fprintf(stderr, "%s\n", path);
		char *bytes = read_file(path, &n);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
		free(bytes);
		count++;
	}
	closedir(entries);
	return count;
}

int
main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	if (count == 0) {
		fprintf(stderr, "%s: no input to replay\n", argv[0]);
		return EXIT_FAILURE;
	}
	printf("%s: %u inputs\n", argv[0], count);
	return EXIT_SUCCESS;
}
