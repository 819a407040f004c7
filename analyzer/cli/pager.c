#include "cli/pager.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { READ_BYTES = 64 * 1024, SIDE_STEP = 20 };

int
pager_open(struct pager *pager, const char *title, void (*write)(void *context, FILE *out),
	   void *context, struct err *err)
{
	int ends[2];

	*pager = (struct pager){.fd = -1};
	snprintf(pager->title, sizeof(pager->title), "%s", title);
	if (pipe(ends) != 0)
		return err_set(err, "no pipe");
	fflush(NULL);
	pager->writer = fork();
	if (pager->writer == 0) {
		FILE *out = fdopen(ends[1], "w");
		close(ends[0]);
		/* Who does not want to read on closes the other end. */
		signal(SIGPIPE, SIG_DFL);
		signal(SIGINT, SIG_IGN);
		if (out) {
			write(context, out);
			fclose(out);
		}
		_exit(0);
	}
	close(ends[1]);
	if (pager->writer < 0) {
		close(ends[0]);
		pager->writer = 0;
		return err_set(err, "no process");
	}
	pager->fd = ends[0];
	buf_init(&pager->text, SIZE_MAX);
	return 0;
}

/* The writer's end is closed or broken by then, so it will not be long. */
static void
end_writer(struct pager *pager)
{
	if (pager->fd >= 0)
		close(pager->fd);
	pager->fd = -1;
	if (pager->writer) {
		kill(pager->writer, SIGTERM);
		waitpid(pager->writer, NULL, 0);
	}
	pager->writer = 0;
}

void
pager_close(struct pager *pager)
{
	if (!pager->title[0])
		return;
	end_writer(pager);
	buf_release(&pager->text);
	free(pager->ends);
	*pager = (struct pager){0};
}

static void
find_lines(struct pager *pager, size_t from)
{
	for (size_t i = from; i < pager->text.n && !pager->is_cut; i++) {
		if (pager->text.p[i] != '\n')
			continue;
		if (pager->count == PAGER_LINES) {
			pager->is_cut = true;
			break;
		}
		if (pager->count % 1024 == 0)
			pager->ends =
				xrealloc(pager->ends, pager->count + 1024, sizeof(*pager->ends));
		pager->ends[pager->count++] = i + 1;
	}
}

bool
pager_feed(struct pager *pager)
{
	char bytes[READ_BYTES];
	struct pollfd ready = {.fd = pager->fd, .events = POLLIN};
	size_t before = pager->text.n;

	if (pager->fd < 0 || poll(&ready, 1, 0) <= 0)
		return false;
	ssize_t got = read(pager->fd, bytes, sizeof(bytes));
	if (got > 0) {
		buf_add(&pager->text, bytes, (size_t)got);
		find_lines(pager, before);
	}
	if (got <= 0 || pager->is_cut)
		end_writer(pager);
	return true;
}

bool
pager_is_complete(const struct pager *pager)
{
	return pager->fd < 0;
}

static struct str
line_at(const struct pager *pager, size_t i)
{
	size_t from = i ? pager->ends[i - 1] : 0;
	struct str line = str_make(pager->text.p + from, pager->ends[i] - 1 - from);

	return str_skip(line, (size_t)pager->left);
}

void
pager_draw(struct pager *pager, struct screen *screen, int from)
{
	int rows = screen_rows(screen) - from - 2, columns = screen_columns(screen);
	char state[PAGER_TITLE + 128];

	snprintf(state, sizeof(state), "%s  %s%zu lines", pager->title,
		 pager->is_cut              ? "the first "
		 : pager_is_complete(pager) ? ""
					    : "looking ... ",
		 pager->count);
	screen_put(screen, from, 0, columns, SCREEN_BAR, str_of(state));
	for (int i = 0; i < rows && pager->top + (size_t)i < pager->count; i++)
		screen_put(screen, from + 1 + i, 0, columns, SCREEN_PLAIN,
			   line_at(pager, pager->top + (size_t)i));
	screen_put(screen, screen_rows(screen) - 1, 0, columns, SCREEN_DIM,
		   STR("q back   arrows, Page Up, Page Down, g, G scroll"));
}

/* The last line may stand at the top of the screen, and no further. */
static void
scroll(struct pager *pager, size_t up, size_t down)
{
	size_t top = pager->top > up ? pager->top - up : 0, last = pager->count;

	top = down < last ? top + down : last;
	pager->top = top < last ? top : last ? last - 1 : 0;
}

bool
pager_key(struct pager *pager, int key, int page)
{
	size_t rows = page > 1 ? (size_t)page : 1;

	switch (key) {
	case KEY_TYPED_UP:
	case 'k':
		scroll(pager, 1, 0);
		return true;
	case KEY_TYPED_DOWN:
	case 'j':
	case KEY_TYPED_ENTER:
		scroll(pager, 0, 1);
		return true;
	case KEY_TYPED_PAGE_UP:
		scroll(pager, rows, 0);
		return true;
	case KEY_TYPED_PAGE_DOWN:
	case ' ':
		scroll(pager, 0, rows);
		return true;
	case KEY_TYPED_HOME:
	case 'g':
		pager->top = 0;
		return true;
	case KEY_TYPED_END:
	case 'G':
		pager->top = pager->count > rows ? pager->count - rows : 0;
		return true;
	case KEY_TYPED_LEFT:
		pager->left = pager->left > SIDE_STEP ? pager->left - SIDE_STEP : 0;
		return true;
	case KEY_TYPED_RIGHT:
		pager->left += SIDE_STEP;
		return true;
	default:
		return false;
	}
}
