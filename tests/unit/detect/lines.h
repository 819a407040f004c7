/* Log lines as servers write them, for the tests of tally/ and detect/. */
#ifndef TESTS_DETECT_LINES_H
#define TESTS_DETECT_LINES_H

#include "../tally/harness.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
#define LINES_START  1773100800000LL /* 2026-03-10T00:00:00Z */
#define LINES_NOTIME INT64_MIN

/* What a line tells; what is 0 has the value in brackets. */
struct line {
	int64_t at;         /* milliseconds after LINES_START, or LINES_NOTIME */
	const char *client; /* needed */
	const char *name;   /* of the question, or the zone [example.com] */
	const char *type;   /* [A] */
	const char *flags;  /* BIND's [-E(0)] */
	const char *key;    /* TSIG key, BIND */
	unsigned port;      /* [4000] */
	uint32_t stream;    /* file of the harness [0] */
};

/* BIND, each line to its stream. */
void lines_query(struct harness_log *log, const struct line *line);
void lines_denied(struct harness_log *log, const struct line *line);  /* zone transfer denied */
void lines_notauth(struct harness_log *log, const struct line *line); /* bad transfer request */
/* "AXFR", "IXFR", "AXFR-style IXFR"; from: -1 or the serial the client had. */
void lines_started(struct harness_log *log, const struct line *line, const char *style,
		   long long from, long long serial);
void lines_ended(struct harness_log *log, const struct line *line, const char *style,
		 long long records, long long serial);
void lines_broken(struct harness_log *log, const struct line *line);  /* connection reset */
void lines_current(struct harness_log *log, const struct line *line); /* poll up to date */
void lines_failed(struct harness_log *log, const struct line *line, const char *rcode);
void lines_limited(struct harness_log *log, const struct line *line); /* NXDOMAIN, log-only */
void lines_response(struct harness_log *log, const struct line *line, const char *rcode);
void lines_notify(struct harness_log *log, const struct line *line);
/* The lines of a whole transfer one second after the other: query, started, ended. */
void lines_transfer(struct harness_log *log, const struct line *line, long long serial);

/* Unbound: always to stream 2. */
void lines_unbound(struct harness_log *log, const struct line *line);
/* `micros` to answer; 0: at once, from the cache. */
void lines_reply(struct harness_log *log, const struct line *line, const char *rcode,
		 unsigned micros);

/* The n-th label of a list: the words of patterns/wordlists/labels.txt, in order. */
const char *lines_word(size_t n);
/* A label of random letters and digits; the same for the same n. */
const char *lines_random(unsigned n, char out[32]);

/* Findings of a log: tally, detect; the tally stays for a look. */
struct scene {
	struct harness harness;
	struct harness_log log;
	struct tally tally;
	struct findings findings;
};
void scene_init(struct scene *scene);
/* Tallies and detects; once. */
void scene_play(struct scene *scene);
void scene_release(struct scene *scene);
/* The only finding of that kind (and actor, unless NULL); fails the test for several. */
const struct finding *scene_find(const struct scene *scene, const char *kind, const char *actor);
size_t scene_count(const struct scene *scene, const char *kind);
/* The worst level of all findings that are not suppressed; -1 without any. */
int scene_worst(const struct scene *scene);
/* True when a term of the finding has that in its name. */
bool finding_has_term(const struct finding *finding, const char *name);

#endif
