/*
 * Pieces of sentences for people: each appends printable ASCII to a buf, hostile bytes
 * already escaped. What does not fit into the buf is left out.
 */
#ifndef REPORT_PHRASE_H
#define REPORT_PHRASE_H

#include "base/buf.h"
#include "detect/finding.h"
#include "report/summary.h"

/* 147,483 */
void phrase_count(struct buf *out, uint64_t n);
/* "1 zone", "1,290 zones"; the plural adds an s. */
void phrase_counted(struct buf *out, uint64_t n, const char *noun);
/* 1,188 or 0.98; at most two decimals. */
void phrase_value(struct buf *out, double value);
/* In at most `width` (5 or more) characters: 147,483 or 147k, 12M, 3G. */
void phrase_short_count(struct buf *out, uint64_t n, size_t width);
/* 61%, <1%, >99%, - when the whole is 0. */
void phrase_share(struct buf *out, uint64_t part, uint64_t whole);
/* 11,958 bytes, 13.2 MiB */
void phrase_bytes(struct buf *out, uint64_t n);
/* A name, path or value in at most `max` characters, its middle left out. */
void phrase_name(struct buf *out, struct str name, size_t max);
/* A text of ours that may hold names: escaped, its line feeds kept. */
void phrase_text(struct buf *out, struct str text);
/* CRITICAL */
void phrase_level(struct buf *out, enum level level);
/* "a, b and c", "a, b and 7 more": `shown` of `known` names, `count` in all. */
void phrase_names(struct buf *out, const struct str *names, size_t known, uint64_t count,
		  size_t shown);
/* 2026-03-10 02:14:07, or "an unknown time". */
void phrase_time(struct buf *out, int64_t time);
/* "2026-03-10 02:14:05 to 02:20:11", the second date only where it differs. */
void phrase_period(struct buf *out, int64_t first, int64_t last);
/* "DE, AS64500 Example Net"; nothing where nobody knows. */
void phrase_place(struct buf *out, const struct place *place);
/* Whom the evidence points at: "203.0.113.17", "203.0.113.0/24 (26 addresses)", ... */
void phrase_actor(struct buf *out, const struct finding *finding);

#endif
