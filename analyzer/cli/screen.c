#include "cli/screen.h"

#ifdef HAVE_NCURSESW

#include <ncurses.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { ESCAPE_MS = 50, ASCII_ESCAPE = 27, ASCII_DELETE = 127, KEYS_MAX = 512 };

struct screen {
	SCREEN *terminal;
	FILE *keys;
};

static const struct {
	short colour; /* of the text; -1: the terminal's own */
	attr_t attributes;
} styles[SCREEN_STYLES] = {
	[SCREEN_PLAIN] = {-1, A_NORMAL},
	[SCREEN_BOLD] = {-1, A_BOLD},
	[SCREEN_DIM] = {-1, A_DIM},
	[SCREEN_BAR] = {-1, A_BOLD | A_UNDERLINE},
	[SCREEN_SELECTED] = {-1, A_REVERSE},
	[SCREEN_ALARM] = {COLOR_RED, A_BOLD},
	[SCREEN_WARNING] = {COLOR_YELLOW, A_NORMAL},
};

static const struct {
	int from, to;
} keys[] = {
	{KEY_UP, KEY_TYPED_UP},
	{KEY_DOWN, KEY_TYPED_DOWN},
	{KEY_PPAGE, KEY_TYPED_PAGE_UP},
	{KEY_NPAGE, KEY_TYPED_PAGE_DOWN},
	{KEY_HOME, KEY_TYPED_HOME},
	{KEY_END, KEY_TYPED_END},
	{KEY_LEFT, KEY_TYPED_LEFT},
	{KEY_RIGHT, KEY_TYPED_RIGHT},
	{KEY_ENTER, KEY_TYPED_ENTER},
	{'\r', KEY_TYPED_ENTER},
	{'\n', KEY_TYPED_ENTER},
	{ASCII_ESCAPE, KEY_TYPED_ESCAPE},
	{KEY_BACKSPACE, KEY_TYPED_BACKSPACE},
	{ASCII_DELETE, KEY_TYPED_BACKSPACE},
	{'\b', KEY_TYPED_BACKSPACE},
	{'\t', KEY_TYPED_TAB},
	{KEY_BTAB, KEY_TYPED_BACKTAB},
	{KEY_RESIZE, KEY_TYPED_RESIZE},
};

static void
prepare(bool color)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	if (!color || start_color() == ERR)
		return;
	use_default_colors();
	for (int i = 0; i < SCREEN_STYLES; i++)
		if (styles[i].colour >= 0)
			init_pair((short)(i + 1), styles[i].colour, -1);
}

struct screen *
screen_open(int fd, bool color, struct err *err)
{
	struct screen *screen = xcalloc(1, sizeof(*screen));
	int copy = dup(fd);

	screen->keys = copy < 0 ? NULL : fdopen(copy, "r");
	if (screen->keys && isatty(STDOUT_FILENO) && isatty(fd))
		screen->terminal = newterm(NULL, stdout, screen->keys);
	if (screen->terminal) {
		prepare(color);
		return screen;
	}
	const char *term = getenv("TERM");
	err_set(err, "no terminal to show it on (TERM is %s)", term && term[0] ? term : "not set");
	if (screen->keys)
		fclose(screen->keys);
	free(screen);
	return NULL;
}

void
screen_close(struct screen *screen)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen->terminal);
	fclose(screen->keys);
	free(screen);
}

int
screen_rows(const struct screen *screen)
{
	(void)screen;
	return LINES;
}

int
screen_columns(const struct screen *screen)
{
	(void)screen;
	return COLS;
}

void
screen_clear(struct screen *screen)
{
	(void)screen;
	erase();
}

void
screen_put(struct screen *screen, int row, int column, int width, enum screen_style style,
	   struct str text)
{
	(void)screen;
	if (row < 0 || row >= LINES || column < 0 || column >= COLS)
		return;
	if (width > COLS - column)
		width = COLS - column;
	attr_t attributes = styles[style].attributes;
	if (styles[style].colour >= 0 && has_colors())
		attributes |= (attr_t)COLOR_PAIR(style + 1);
	attrset(attributes);
	for (int i = 0; i < width; i++) {
		unsigned char c = (size_t)i < text.n ? (unsigned char)text.p[i] : ' ';
		mvaddch(row, column + i, c < ' ' || c > '~' ? '?' : c);
	}
	attrset(A_NORMAL);
}

void
screen_show(struct screen *screen)
{
	(void)screen;
	refresh();
}

int
screen_key(struct screen *screen, int milliseconds)
{
	(void)screen;
	timeout(milliseconds);
	int typed = getch();
	if (typed == ERR)
		return KEY_NONE_TYPED;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].from == typed)
			return keys[i].to;
	return typed >= ' ' && typed <= '~' ? typed : KEY_TYPED_OTHER;
}

#else

struct screen *
screen_open(int fd, bool color, struct err *err)
{
	(void)fd;
	(void)color;
	err_set(err, "this digtrail was built without ncurses");
	return NULL;
}

void
screen_close(struct screen *screen)
{
	(void)screen;
}

int
screen_rows(const struct screen *screen)
{
	(void)screen;
	return 0;
}

int
screen_columns(const struct screen *screen)
{
	(void)screen;
	return 0;
}

void
screen_clear(struct screen *screen)
{
	(void)screen;
}

void
screen_put(struct screen *screen, int row, int column, int width, enum screen_style style,
	   struct str text)
{
	(void)screen;
	(void)row;
	(void)column;
	(void)width;
	(void)style;
	(void)text;
}

void
screen_show(struct screen *screen)
{
	(void)screen;
}

int
screen_key(struct screen *screen, int milliseconds)
{
	(void)screen;
	(void)milliseconds;
	return KEY_NONE_TYPED;
}

#endif
