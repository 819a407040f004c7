#include "files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

void
files_init(struct files *files)
{
	char pattern[] = "/tmp/digtrail-test-XXXXXX";

	cr_assert_not_null(mkdtemp(pattern));
	snprintf(files->directory, sizeof(files->directory), "%s", pattern);
}

void
files_release(struct files *files)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", files->directory);
	cr_assert_eq(system(command), 0);
}

const char *
files_path(const struct files *files, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", files->directory, name);
	return out;
}

void
files_write(const struct files *files, const char *name, struct str content)
{
	char path[256];
	FILE *file = fopen(files_path(files, name, path), "wb");

	cr_assert_not_null(file, "%s", path);
	if (content.n)
		cr_assert_eq(fwrite(content.p, 1, content.n, file), content.n);
	cr_assert_eq(fclose(file), 0);
}

void
files_run(const struct files *files, const char *command)
{
	char line[2048];

	snprintf(line, sizeof(line), "cd '%s' && { %s; }", files->directory, command);
	cr_assert_eq(system(line), 0, "%s", line);
}
