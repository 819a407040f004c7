/*
 * struct board: the tables of a view on a screen: which one is shown, how it is sorted and
 * filtered, and which row is chosen. The choice stays with its row when a new view comes.
 */
#ifndef CLI_BOARD_H
#define CLI_BOARD_H

#include "cli/screen.h"
#include "cli/view.h"

enum { BOARD_FILTER = 64, BOARD_KEY = 1024 };

struct board_order {
	uint64_t number; /* what is sorted by, larger first; or */
	const char *text;
	uint32_t index; /* of the row; as sorted before */
};

struct board {
	enum view_table table;
	size_t sorted_by[VIEW_TABLES]; /* a column; 0: as suspicious as they are */
	bool is_reversed[VIEW_TABLES];
	char filter[BOARD_FILTER]; /* rows whose text holds it, without case; empty: all */
	bool is_typing;            /* the filter */
	char chosen[BOARD_KEY];    /* the key of the row; empty: the first one */
	size_t top;                /* the first row on the screen, among those that are shown */
	size_t count, at;          /* rows that are shown; the chosen one among them */
	struct board_order *order; /* owned */
};

void board_init(struct board *board);
void board_release(struct board *board);
/* What is shown of the view, sorted and filtered anew: after each change of view or board. */
void board_arrange(struct board *board, const struct view *view);
/* From row `from` of the screen to its last but one, the last one helps with keys. */
void board_draw(struct board *board, const struct view *view, struct screen *screen, int from);
/* True when the key was one of the board's; to be arranged and drawn anew then. */
bool board_key(struct board *board, const struct view *view, int key, int page);
/* The chosen row; NULL where there is none. */
const struct view_row *board_row(const struct board *board, const struct view *view);

#endif
