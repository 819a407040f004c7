/*
 * The parts of summary_make; each fills its rows of a summary. Private to summary*.c and
 * explain*.c.
 */
#ifndef REPORT_SUMMARY_PARTS_H
#define REPORT_SUMMARY_PARTS_H

#include "report/summary.h"

/* All addresses, the first `input->top` in order. */
struct ranking {
	size_t count;
	const struct source **entries;
	struct ranked *ranked;
};
/* Needs summary->servers, and nothing of summary->arena. */
void summary_rank(const struct summary *summary, const struct summary_input *input,
		  struct ranking *ranking);
/* Releases the ranking. */
void summary_sources(struct summary *summary, const struct summary_input *input,
		     struct ranking *ranking);
/*
 * The row of one address, whatever its rank; false when no server saw it. What stands in its
 * pairs (zones, names) is left out. Lives in summary->arena.
 */
bool summary_one_source(struct summary *summary, const struct summary_input *input,
			const struct ip *address, struct source_row *row);
void summary_zones(struct summary *summary, const struct summary_input *input);
void summary_coverage(struct summary *summary, const struct summary_input *input);
/* One picture for each finding, in their order. */
void summary_pictures(struct summary *summary, const struct summary_input *input);

/* What the streams of a server say together, so that nobody looks through them for each server. */
struct server_sum {
	/* What counts requests, by what its log holds: queries, else responses, else denials. */
	enum record_kind request;
	uint32_t facts;
	int64_t first, last;
	uint64_t lines, unknown, requests;
};
/* Fills summary->servers. */
void summary_servers(struct summary *summary, const struct tally *tally);
/* Adds what the transfers of all findings say of an address, a zone, or both (NULL: any). */
struct transfer_counts summary_transfers(const struct findings *findings, const struct ip *address,
					 const struct zone_row *zone);
/* Whether a transfer is of that zone, at one of the servers of its row. */
bool summary_is_of_zone(const struct zone_row *zone, const struct transfer *transfer);
/* Names of a sample that are missing (or answered), scaled to all distinct names. */
struct name_counts {
	uint64_t distinct, missing, answered;
	bool known; /* existence was told for some */
};
struct name_counts summary_pair_names(const struct pair *pair);
/* Counts by type as rows, most frequent first. */
struct count_row *summary_type_rows(struct arena *arena, const struct counts *types, size_t *count);

#endif
