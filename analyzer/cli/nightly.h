/*
 * struct nightly: the state around one run. What was read, what was found and the files that
 * tell of it become true together; without --state nothing is remembered and files appear at
 * once.
 */
#ifndef CLI_NIGHTLY_H
#define CLI_NIGHTLY_H

#include "base/outfile.h"
#include "cli/options.h"
#include "report/summary.h"
#include "store/baseline.h"
#include "store/logs.h"
#include "store/told.h"

struct analysis;

struct nightly {
	struct state *state; /* NULL without --state */
	struct logs *logs;
	struct arena arena;
	struct told_night told;
	struct baseline baseline;
	struct quiet *quiet;        /* logs that should be there */
	struct summary_night night; /* both, for the reports */
	int64_t now;                /* the end of the night's logs */
	bool is_open;               /* the transaction of the night */
	size_t file_count;          /* files that wait for it, by the names they have until then */
	const char **files;         /* the list is owned, the names live in the arena */
};

/* -1 with err when there is a state and it cannot be used. */
int nightly_open(struct nightly *nightly, const struct options *options, struct err *err);
/* After the settings are made: what earlier nights were like. Warns on standard error. */
int nightly_learned(struct nightly *nightly, const struct analysis *analysis, struct err *err);
/* The tally of earlier nights, or NULL. */
const struct tally *nightly_baseline(const struct nightly *nightly);
/*
 * After the detectors: sets what the findings are in the light of earlier nights and begins
 * the transaction that nightly_commit ends.
 */
int nightly_end(struct nightly *nightly, struct analysis *analysis, struct err *err);
/* Takes a file that is complete (or was written at once: it has no name). */
int nightly_put(struct nightly *nightly, struct outfile *file, struct err *err);
/*
 * From here on the night has been. Without it, it never was. Takes pairs and zones out of
 * `tonight`: nothing can be told of it afterwards.
 */
int nightly_commit(struct nightly *nightly, struct tally *tonight, struct err *err);
void nightly_release(struct nightly *nightly);

#endif
