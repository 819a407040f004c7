/*
 * Law 1 across processes: one run over two or three logs, and the tallies of each merged, give
 * the same report. The first two bytes tell where the input is cut into logs.
 */
#include <stdlib.h>
#include <unistd.h>

#include "program.h"

enum { LOGS = 3 };

/* JSON of logs, or of tallies; a tally is saved beside it. */
static int
report(const char *command, const char *out, const char *save, const char *const *operands)
{
	const char *words[24] = {command, "-q",     "-f", "json",         "-j",    "1", "-o",
				 out,     "--save", save, "--no-sandbox", "--top", "99"};
	size_t n = 13;

	if (strcmp(command, "report") == 0) {
		words[n++] = "--log-timezone";
		words[n++] = "UTC";
	}
	for (; *operands; operands++)
		words[n++] = *operands;
	words[n] = NULL;
	return program_run(words);
}

/* The logs as files; an empty one is none. */
static size_t
write_logs(struct str bytes, const char **logs)
{
	static const char *const names[LOGS] = {"a.log", "b.log", "c.log"};
	size_t cuts[LOGS] = {help_byte(&bytes), help_byte(&bytes), SIZE_MAX}, count = 0;

	for (size_t i = 0; i < LOGS; i++) {
		size_t n = i + 1 < LOGS ? bytes.n * cuts[i] / 256 : SIZE_MAX;
		struct str part = help_take(&bytes, n);
		if (part.n == 0)
			continue;
		logs[count] = program_file(names[count]);
		program_write(logs[count++], part);
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[LOGS] = {"a.tally", "b.tally", "c.tally"};
	const char *logs[LOGS + 1] = {0}, *tallies[LOGS + 1] = {0};
	const char *out = program_file("out"), *one = program_file("one.json"),
		   *merged = program_file("merged.json"), *save = program_file("all.tally");
	size_t count = write_logs(str_make((const char *)data, n), logs);

	/* Only what a run reads in full is anything to compare. */
	if (count < 2 || report("report", one, save, logs) != 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const char *const log[] = {logs[i], NULL};
		tallies[i] = program_file(names[i]);
		if (report("report", out, tallies[i], log) != 0)
			return 0;
	}
	MUST(report("merge", merged, save, tallies) == 0);
	program_same(one, merged, "one run and merged ones");
	return 0;
}
