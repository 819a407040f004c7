/* The lab's logs, if they lie beside the repository: every line of theirs is understood. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "examples.h"
#include "input/reader.h"
#include "record/parser.h"

static const char *
lab_folder(void)
{
	static const char *const places[] = {"../shared/lab/raw", "../../shared/lab/raw"};
	struct stat status;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (stat(places[i], &status) == 0)
			return places[i];
	return NULL;
}

static void
check_file(const char *path, uint64_t *total)
{
	struct err err = {{0}};
	struct source *source = source_open(path, &err);
	struct reader reader;
	struct line line;
	struct bench bench;
	struct record record;
	uint64_t lines = 0, counts[RECORD_KINDS] = {0};

	cr_assert_neq(source, NULL, "%s: %s", path, err.text);
	bench_init(&bench, "UTC");
	reader_init(&reader, source, 0);
	while (reader_next(&reader, &line)) {
		enum record_kind kind = parser_parse(&bench.parser, line.text, &record);
		counts[kind]++;
		lines++;
		if (kind == RECORD_UNKNOWN || kind == RECORD_MALFORMED)
			cr_expect_fail("%s: %s: %.*s", path, record_kind_names[kind],
				       STR_ARG(line.text));
		cr_expect(line.text.n == 0 || record.time != TIME_NONE || strstr(path, "notime"),
			  "%s: no time: %.*s", path, STR_ARG(line.text));
	}
	cr_expect_gt(lines, 0, "%s", path);
	cr_expect_eq(reader.overlong, 0, "%s", path);
	*total += lines;
	reader_release(&reader);
	source_close(source);
	bench_release(&bench);
}

static void
check_folder(const char *folder, uint64_t *total)
{
	DIR *stream = opendir(folder);
	struct dirent *entry;
	char path[512];

	cr_assert_neq(stream, NULL, "%s", folder);
	while ((entry = readdir(stream))) {
		if (!strstr(entry->d_name, ".log"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		check_file(path, total);
	}
	closedir(stream);
}

Test(record_lab, no_line_of_real_servers_is_unknown_or_malformed, .timeout = 120)
{
	const char *folder = lab_folder();
	uint64_t total = 0;
	char variants[64];

	if (!folder)
		cr_skip_test("../shared/lab is not there");
	check_folder(folder, &total);
	snprintf(variants, sizeof(variants), "%s/variants", folder);
	check_folder(variants, &total);
	cr_log_info("%llu lines of the lab understood", (unsigned long long)total);
	cr_expect_gt(total, 500000);
}
