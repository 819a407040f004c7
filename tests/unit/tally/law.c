#include "law.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "traffic.h"

void
law_whole(const struct harness *harness, const struct harness_log *log, struct tally *out)
{
	tally_init(out, &harness->settings);
	harness_add(harness, out, log, NULL);
}

void
law_parts(const struct harness *harness, const struct harness_log *log, size_t parts, bool runs,
	  uint64_t *state, struct tally *out)
{
	struct tally *tallies = xcalloc(parts, sizeof(*tallies));
	size_t *owner = xcalloc(log->count, sizeof(*owner));
	size_t *indices = xcalloc(log->count, sizeof(*indices));

	for (size_t i = 0; i < log->count; i++)
		owner[i] = runs && i && harness_random(state) % 50 ? owner[i - 1]
								   : harness_random(state) % parts;
	for (size_t part = 0; part < parts; part++) {
		size_t n = 0;
		for (size_t i = 0; i < log->count; i++)
			if (owner[i] == part)
				indices[n++] = i;
		tally_init(&tallies[part], &harness->settings);
		harness_add(harness, &tallies[part], log, &(struct harness_part){indices, n});
	}
	for (size_t left = parts; left > 1; left--) {
		size_t into = harness_random(state) % left,
		       from = harness_random(state) % (left - 1);
		if (from >= into)
			from++;
		struct workers *workers = workers_new(1 + harness_random(state) % 3);
		tally_merge_by(&tallies[into], &tallies[from], workers);
		workers_free(workers);
		tally_release(&tallies[from]);
		tallies[from] = tallies[left - 1];
	}
	*out = tallies[0];
	free(tallies);
	free(owner);
	free(indices);
}

void
law_expect_equal(const char *whole, const char *parts, unsigned long seed)
{
	size_t at = 0;

	while (whole[at] && whole[at] == parts[at])
		at++;
	size_t from = at > 200 ? at - 200 : 0;
	cr_expect(whole[at] == parts[at],
		  "seed %lu: they part at byte %zu:\n%.400s\n--- in parts:\n%.400s", seed, at,
		  whole + from, parts + from);
}

void
law_expect(char *(*dump)(const struct tally *tally), const struct tally_limits *limits,
	   unsigned traffic, size_t least)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct harness harness;
		struct harness_log log = {0};
		struct tally whole, parts;
		uint64_t state = seed * 77 + 1;
		harness_init(&harness);
		if (limits)
			harness.settings.limits = *limits;
		traffic_make(&log, seed, 3000, traffic);
		law_whole(&harness, &log, &whole);
		law_parts(&harness, &log, 2 + seed % 5, seed % 2, &state, &parts);
		tally_settle(&whole);
		tally_settle(&parts);
		char *one = dump(&whole), *other = dump(&parts);
		cr_expect(strlen(one) >= least, "seed %lu: %zu bytes tell little",
			  (unsigned long)seed, strlen(one));
		law_expect_equal(one, other, (unsigned long)seed);
		free(one);
		free(other);
		tally_release(&whole);
		tally_release(&parts);
		harness_log_release(&log);
		harness_release(&harness);
	}
}
