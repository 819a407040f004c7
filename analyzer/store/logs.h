/*
 * What was read of which log in earlier nights (DESIGN.md law 7). A log is known by its
 * content in the uncompressed stream: the hash of its first n bytes, and the hash of the
 * bytes before the place up to which it was read. Neither its name nor its inode matters, nor
 * whether it was compressed since.
 *
 * Of a compressed file it is also kept how long it was and the hash of its last bytes: one
 * that has not changed is known without being decompressed, and of one to which members were
 * appended only those are.
 */
#ifndef STORE_LOGS_H
#define STORE_LOGS_H

#include "input/source.h"
#include "store/state.h"

enum { LOGS_HEAD = 4096, LOGS_TAIL = 4096, LOGS_KEPT_NIGHTS = 400 };

struct logs; /* all of them, in memory */

enum log_verdict {
	LOG_READ,  /* read bytes from..to */
	LOG_KNOWN, /* nothing of it is new */
	LOG_WAITS, /* a compressed file that is still being written, it seems */
};

/* One look at a file; what is to be kept of it once it has been read. */
struct log_look {
	enum log_verdict verdict;
	uint64_t from, to;     /* of the uncompressed stream */
	uint64_t member;       /* where in the file the member begins that holds `member_from` */
	uint64_t member_from;  /* ... in the stream; 0 and 0 for the whole file */
	uint64_t lines_before; /* lines read of it in earlier nights */
	struct err damage;     /* why it does not end well; empty when it does */

	/* Private to logs.c. */
	int64_t id; /* of the row; 0 = a new one */
	uint64_t head_bytes, head_hash, tail_bytes, tail_hash;
	uint64_t waiting, packed_bytes, packed_hash;
	int state;
};

struct logs *logs_load(struct state *state, struct err *err);
void logs_free(struct logs *logs);
/*
 * Looks at a regular file of `size` bytes that begins with `head` (at most LOGS_HEAD bytes of
 * its content). A last line without newline waits until it is complete; it is taken as it is
 * when it has not changed for a night, or when the file is compressed. -1 with err when the
 * file cannot be read.
 */
int logs_look(struct logs *logs, const char *path, enum source_kind kind, struct str head,
	      uint64_t size, struct log_look *look, struct err *err);
/* Keeps it; `lines` were read now. Within the transaction of the night. */
int logs_keep(struct state *state, const struct log_look *look, const char *path, uint64_t lines,
	      struct err *err);
/* Forgets what was not seen for LOGS_KEPT_NIGHTS. Within a transaction. */
int logs_prune(struct state *state, struct err *err);

#endif
