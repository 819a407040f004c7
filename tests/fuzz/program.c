#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* nftw */
#endif
#include "program.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/config.h"

enum { WORDS_MAX = 32, FILES_MAX = 16, PATH_TEXT = 96 };

static char directory[] = "/dev/shm/digtrail-fuzz-XXXXXX";
static char paths[FILES_MAX][PATH_TEXT];
static pid_t owner;

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

static void
clean(void)
{
	if (getpid() == owner)
		nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
program_file(const char *name)
{
	size_t i = 0;

	if (!owner) {
		MUST(mkdtemp(directory) != NULL);
		owner = getpid();
		atexit(clean);
	}
	for (; i < FILES_MAX && paths[i][0]; i++)
		if (strcmp(paths[i] + sizeof(directory), name) == 0)
			return paths[i];
	MUST(i < FILES_MAX);
	snprintf(paths[i], PATH_TEXT, "%s/%s", directory, name);
	return paths[i];
}

void
program_write(const char *path, struct str bytes)
{
	FILE *file = fopen(path, "wb");

	MUST(file && fwrite(bytes.p, 1, bytes.n, file) == bytes.n && fclose(file) == 0);
}

char *
program_read(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	struct buf bytes;
	char part[16384];
	size_t got;

	buf_init(&bytes, 256u << 20);
	buf_add(&bytes, "", 0);
	while (file && (got = fread(part, 1, sizeof(part), file)) > 0)
		MUST(buf_add(&bytes, part, got));
	if (file)
		fclose(file);
	*n = bytes.n;
	return bytes.p;
}

int
program_run(const char *const *words)
{
	char *argv[WORDS_MAX + 1] = {(char *)"digtrail"};
	struct options options;
	struct err err = {0};
	int argc = 1;

	for (; *words; words++) {
		MUST(argc < WORDS_MAX);
		argv[argc++] = (char *)(uintptr_t)*words;
	}
	/* Little to load: it is loaded anew for each run. */
	setenv("DIGTRAIL_DATADIR", PROGRAM_DATA, 1);
	options_init(&options);
	if (options_parse(&options, commands, argc, argv, &err) != 0)
		help_must(false, err.text, __FILE__, __LINE__);
	int status = options.command->run(&options);
	options_release(&options);
	return status;
}

void
program_same(const char *one, const char *other, const char *what)
{
	size_t n[2];
	char *texts[2] = {program_read(one, &n[0]), program_read(other, &n[1])};

	MUST(n[0] > 0);
	help_same(str_make(texts[0], n[0]), str_make(texts[1], n[1]), what);
	free(texts[0]);
	free(texts[1]);
}
