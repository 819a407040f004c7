/*
 * How saved tallies go together: which of them count, the order of all their inputs, and what
 * the numbers in each are in the whole.
 */
#ifndef CLI_MERGE_MAP_H
#define CLI_MERGE_MAP_H

#include "cli/servers.h"

enum part_state {
	PART_TAKEN,
	PART_REPEATED, /* all it holds is in another one; err says in which */
	PART_DAMAGED,  /* err says why */
};

struct merge_part {
	const char *path;
	struct tally_file *file;
	const struct saved_run *run;
	enum part_state state;
	bool is_said; /* that it is damaged */
	struct err err;
	struct tally_map map; /* its lists live in the arena */
};

/* The inputs of all parts taken, in the order in which a run over them would read them. */
struct merge_inputs {
	size_t count;
	struct saved_input *all;
	struct merge_input_place {
		size_t part, input;
	} * places;
};

/*
 * Of tallies that hold the same logs only the largest counts: a job that ran twice, or a tally
 * beside one that it was merged into already.
 */
void merge_choose(struct merge_part *parts, size_t count);
/* Lists and texts live in the arena. -1 with err when the same log is in two parts. */
int merge_inputs_make(struct merge_inputs *inputs, struct arena *arena,
		      const struct merge_part *parts, size_t count, struct servers *servers,
		      struct err *err);
/* Fills the maps of the parts taken. -1 with err when what a part says cannot be told anew. */
int merge_map(const struct merge_inputs *inputs, struct arena *arena, struct merge_part *parts,
	      size_t count, const struct servers *servers, struct err *err);
bool merge_part_disables(const struct merge_part *part, size_t rule);
/* Inputs of a part that were not read to their end, or not at all. */
size_t merge_part_incomplete(const struct merge_part *part);
/* The inputs that no part could read, as `run` tells them. */
void merge_unread(struct arena *arena, const struct merge_part *parts, size_t count,
		  struct saved_run *run);

#endif
