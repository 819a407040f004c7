/*
 * struct screen: a terminal as a grid of cells, and the keys typed at it. Nothing but printable
 * ASCII is ever sent to it, whatever a text holds. ncurses' only user; where digtrail was built
 * without it screen_open says so. One at a time in a program.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/err.h"
#include "base/str.h"

enum screen_style {
	SCREEN_PLAIN,
	SCREEN_BOLD,
	SCREEN_DIM,
	SCREEN_BAR,      /* a heading across the screen */
	SCREEN_SELECTED, /* the row that Enter looks into */
	SCREEN_ALARM,
	SCREEN_WARNING,
	SCREEN_STYLES
};

/* What screen_key returns besides printable ASCII. */
enum screen_key {
	KEY_NONE_TYPED = 0, /* in the time given */
	KEY_TYPED_OTHER = 256,
	KEY_TYPED_UP,
	KEY_TYPED_DOWN,
	KEY_TYPED_PAGE_UP,
	KEY_TYPED_PAGE_DOWN,
	KEY_TYPED_HOME,
	KEY_TYPED_END,
	KEY_TYPED_LEFT,
	KEY_TYPED_RIGHT,
	KEY_TYPED_ENTER,
	KEY_TYPED_ESCAPE,
	KEY_TYPED_BACKSPACE,
	KEY_TYPED_TAB,
	KEY_TYPED_BACKTAB,
	KEY_TYPED_RESIZE, /* screen_rows and screen_columns have changed */
};

struct screen;

/* Takes the terminal that standard output is, with keys from `keys` (borrowed). NULL with err. */
struct screen *screen_open(int keys, bool color, struct err *err);
/* Gives it back as it was; NULL is allowed. */
void screen_close(struct screen *screen);
int screen_rows(const struct screen *screen);
int screen_columns(const struct screen *screen);
/* A new picture begins, all blank; screen_show sends what differs from the last one. */
void screen_clear(struct screen *screen);
/*
 * Text in `width` cells from there on, cut or filled with blanks; what lies outside of the
 * screen is left out.
 */
void screen_put(struct screen *screen, int row, int column, int width, enum screen_style style,
		struct str text);
void screen_show(struct screen *screen);
/* The next key; waits for at most that many milliseconds. Also returns when a signal came. */
int screen_key(struct screen *screen, int milliseconds);

#endif
