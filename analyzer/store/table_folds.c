#include "store/table.h"

/* One row a limited table: how far it was folded, and what of it is no longer told apart. */
struct fold_row {
	const char *name;
	size_t fold, folded, requests; /* offsets in struct tally; 0 = it has none */
};

#define OF(member) offsetof(struct tally, member)
static const struct fold_row fold_rows[] = {
	{"sources", OF(sources.fold), 0, OF(sources.folded_requests)},
	{"pairs", OF(pairs.fold), OF(pairs.folded), OF(pairs.folded_requests)},
	{"zones", OF(zones.fold), OF(zones.folded), OF(zones.folded_requests)},
	{"sweeps", OF(sweeps.fold), OF(sweeps.folded), 0},
	{"attempts", OF(events.attempts.fold), OF(events.attempts.folded), 0},
	{"transfers", OF(events.transfers.fold), OF(events.transfers.folded), 0},
	{"rule_hits", OF(rulehits.fold), OF(rulehits.folded), 0},
	{"correlations", OF(correlations.fold), OF(correlations.folded), 0},
};
enum {
	FOLD_ROWS = sizeof(fold_rows) / sizeof(fold_rows[0]),
	ALL_ROWS = FOLD_ROWS + 2,
	LEVEL_MAX = 63,
	SHIFT_MAX = 20
};

static const char *
row_name(size_t n)
{
	if (n < FOLD_ROWS)
		return fold_rows[n].name;
	return n == FOLD_ROWS ? "timeline" : "ceiling";
}

static uint64_t
number_at(struct row *row, char *base, size_t offset)
{
	uint64_t *number = (void *)(base + offset);

	if (!offset)
		return row_bits(row, 0);
	*number = row_bits(row, *number);
	return *number;
}

static void
fold_fields(struct row *row, struct tally *tally, const struct fold_row *of)
{
	char *base = (char *)tally;
	struct fold *fold = (void *)(base + of->fold);

	fold->level = (uint8_t)row_number(row, fold->level, 0, LEVEL_MAX);
	fold->evidence_level = (uint8_t)row_number(row, fold->evidence_level, 0, LEVEL_MAX);
	fold->heaviest = row_u32(row, fold->heaviest);
	fold->missed = row_bits(row, fold->missed);
	number_at(row, base, of->folded);
	number_at(row, base, of->requests);
}

/* What rows that are no table's have none of. */
static void
no_fold(struct row *row)
{
	row_number(row, 0, 0, 0);
	row_number(row, 0, 0, 0);
	for (int i = 0; i < 3; i++)
		row_bits(row, 0);
}

static void
save_folds(struct table_io *io, struct row *row, const struct tally *tally)
{
	struct tally copy = *tally;

	(void)io;
	for (size_t i = 0; i < FOLD_ROWS; i++) {
		row_text(row, str_of(fold_rows[i].name));
		fold_fields(row, &copy, &fold_rows[i]);
		row_end(row);
	}
	row_text(row, str_of(row_name(FOLD_ROWS)));
	row_number(row, copy.timeline.shift, 0, SHIFT_MAX);
	no_fold(row);
	row_end(row);
	row_text(row, str_of(row_name(FOLD_ROWS + 1)));
	row_number(row, copy.ceiling.was_met, 0, 1);
	no_fold(row);
	row_end(row);
}

static void
load_folds(struct table_io *io, struct row *row, struct tally *tally)
{
	size_t n = 0;

	for (; row_next(row); n++) {
		struct str name = row_text(row, (struct str){0});
		if (n >= ALL_ROWS || !str_eq(name, str_of(row_name(n)))) {
			row->bad = true;
			return;
		}
		if (n < FOLD_ROWS) {
			fold_fields(row, tally, &fold_rows[n]);
			continue;
		}
		if (n == FOLD_ROWS)
			tally->timeline.shift = (uint8_t)row_number(row, 0, 0, SHIFT_MAX);
		else
			tally->ceiling.was_met = row_bool(row, false);
		no_fold(row);
	}
	row->bad |= n != ALL_ROWS;
	/* Of several servers together: what of it was requests of one is not known. */
	if (io->map->server_count == 1 && table_forgets(io, io->map->servers[0]))
		tally->sources.folded_requests = tally->pairs.folded_requests =
			tally->zones.folded_requests = 0;
}

const struct table table_folds = {
	"folds",
	7,
	"of_table TEXT, level INTEGER, evidence_level INTEGER, heaviest INTEGER, missed INTEGER, "
	"folded INTEGER, "
	"folded_requests INTEGER",
	save_folds,
	load_folds,
};
