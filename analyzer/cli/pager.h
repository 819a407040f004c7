/*
 * struct pager: a page of text that another process writes, shown while it comes: scrolled, not
 * obeyed. That process is a copy of this one, so that what it changes stays its own.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "cli/screen.h"

enum { PAGER_LINES = 10000, PAGER_TITLE = 256 };

struct pager {
	char title[PAGER_TITLE];
	pid_t writer; /* 0: none */
	int fd;       /* -1: all is there */
	bool is_cut;  /* there is more than PAGER_LINES */
	struct buf text;
	size_t count, *ends; /* of the lines in `text`, behind their line feed */
	size_t top;          /* the first one on the screen */
	int left;            /* columns scrolled out of sight */
};

/* Starts `write` in a copy of the process, its text to be closed by none of it. -1 with err. */
int pager_open(struct pager *pager, const char *title, void (*write)(void *context, FILE *out),
	       void *context, struct err *err);
/* Ends the writer too. Harmless on one that was not opened (all zero). */
void pager_close(struct pager *pager);
/* Takes what has come; true when something did, or the page is complete. Never waits. */
bool pager_feed(struct pager *pager);
bool pager_is_complete(const struct pager *pager);
void pager_draw(struct pager *pager, struct screen *screen, int from);
/* True when the key was one of the pager's. */
bool pager_key(struct pager *pager, int key, int page);

#endif
