#include "cli/existence.h"

#include "base/timestamp.h"

enum { NOTES_SHOWN = 10 };

/* NAME=FILE */
static int
add_zone_file(struct oracle *oracle, const char *value, FILE *messages, bool *faulty,
	      struct err *err)
{
	char zone[QNAME_TEXT_MAX];
	size_t n = strcspn(value, "=");
	struct err why;

	if (value[n] == '\0' || n == 0 || n >= sizeof(zone) || value[n + 1] == '\0')
		return err_set(err, "--zone-file: '%s' is not NAME=FILE", value);
	memcpy(zone, value, n);
	zone[n] = '\0';
	if (oracle_add_zone_file(oracle, zone, value + n + 1, &why) != 0) {
		fprintf(messages, "digtrail: --zone-file: %s\n", why.text);
		*faulty = true;
	}
	return 0;
}

static void
print_note(const struct oracle_note *note, FILE *messages)
{
	if (note->line)
		fprintf(messages, "digtrail: %s:%llu: %s\n", note->path,
			(unsigned long long)note->line, note->text);
	else
		fprintf(messages, "digtrail: %s: %s\n", note->path, note->text);
}

/* What is no zone file in a directory is of interest only to who asks. */
static void
print_notes(const struct oracle *oracle, bool verbose, FILE *messages)
{
	size_t count, shown = 0;
	const struct oracle_note *notes = oracle_notes(oracle, &count);
	uint64_t more = oracle_notes_dropped(oracle);

	for (size_t i = 0; i < count; i++) {
		if (!verbose && (!notes[i].is_zone || shown == NOTES_SHOWN)) {
			more++;
			continue;
		}
		print_note(&notes[i], messages);
		shown++;
	}
	if (more)
		fprintf(messages, "digtrail: %llu more notes on zone files%s\n",
			(unsigned long long)more, verbose ? "" : ": -v shows them");
	if (verbose)
		fprintf(messages, "digtrail: %zu zones with %zu names known\n",
			oracle_zone_count(oracle), oracle_name_count(oracle));
}

int
existence_load(struct oracle **oracle, const struct options *options, uint64_t memory,
	       FILE *messages, bool *faulty, struct err *err)
{
	const struct option_list *files = &options->zone_files, *directories = &options->zone_dirs,
				 *lists = &options->known_names;
	struct err why;

	*oracle = NULL;
	if (files->count + directories->count + lists->count == 0)
		return 0;
	*oracle = oracle_new();
	oracle_limit(*oracle, memory);
	for (size_t i = 0; i < files->count; i++)
		if (add_zone_file(*oracle, files->items[i], messages, faulty, err) != 0)
			return -1;
	for (size_t i = 0; i < directories->count; i++)
		if (oracle_add_zone_dir(*oracle, directories->items[i], &why) != 0) {
			fprintf(messages, "digtrail: --zone-dir: %s\n", why.text);
			*faulty = true;
		}
	for (size_t i = 0; i < lists->count; i++)
		if (oracle_add_known_names(*oracle, lists->items[i], &why) != 0) {
			fprintf(messages, "digtrail: --known-names: %s\n", why.text);
			*faulty = true;
		}
	if (!options->quiet)
		print_notes(*oracle, options->verbose, messages);
	return 0;
}

void
existence_warn(const struct oracle *oracle, int64_t last, FILE *messages)
{
	char changed[TIME_TEXT], end[TIME_TEXT];

	if (!oracle || last == TIME_NONE || oracle_newest(oracle) <= last)
		return;
	fprintf(messages,
		"digtrail: %s: changed at %s, after the log's end at %s: names added or removed "
		"since then are judged as they are now\n",
		oracle_newest_path(oracle), timestamp_print(oracle_newest(oracle), changed),
		timestamp_print(last, end));
}
