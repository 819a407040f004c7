/*
 * What the parsers of BIND's messages share: the client part that stood before the message,
 * and the fields inside messages. Names are walked by their escape rule; nothing is searched
 * for in text that a client may have chosen.
 */
#ifndef RECORD_BIND_FIELDS_H
#define RECORD_BIND_FIELDS_H

#include "record/record.h"

/* What the client part told besides the record's own fields. */
struct bind_client {
	struct str name;  /* between the brackets, as written; empty for none */
	bool has_pointer; /* "@0x…": 9.11 or later */
};

/* One message that may follow a client part. `rest` begins after the row's beginning. */
struct bind_message {
	struct str begins;
	enum record_kind (*parse)(struct str rest, const struct bind_client *client,
				  struct record *record);
	bool repeats_name; /* the client's name stands first in `rest`, followed by a blank */
};

/* Sets the defect; returns RECORD_MALFORMED. */
enum record_kind bind_defect(struct record *record, enum record_defect defect);
/*
 * `'…'` or `'…':` at the start, a word without blanks by BIND's escaping; taken off with the
 * blanks after it. DEFECT_TRUNCATED where the line ends in it, DEFECT_SYNTAX otherwise.
 */
enum record_defect bind_quoted(struct str *s, struct str *inner);
/*
 * The name at the start of `s`, followed by a blank. Where the line ends in it, the client's
 * name stands in if it begins alike: then `*s` is empty. Sets record->qname.
 */
enum record_defect bind_name(struct str *s, const struct bind_client *client,
			     struct record *record);
/* Splits "name/a/b" from the right; false with fewer than two '/'. */
bool bind_split(struct str inner, struct str *name, struct str *a, struct str *b);
/* Splits "name/a" from the right. */
bool bind_split_last(struct str inner, struct str *name, struct str *a);
/* Sets record->qname to a whole valid name without final dot; false for an invalid one. */
bool bind_set_name(struct str name, struct record *record);
/* True where `s` is not empty and the line may have been cut inside `text`. */
bool bind_is_cut(struct str s, struct str text);

/* The messages, by room: bind_query.c, bind_denied.c, bind_transfer.c, bind_limit.c, bind_update.c. */
enum record_kind bind_query(struct str rest, const struct bind_client *client,
			    struct record *record);
enum record_kind bind_response(struct str rest, const struct bind_client *client,
			       struct record *record);
enum record_kind bind_query_failed(struct str rest, const struct bind_client *client,
				   struct record *record);
enum record_kind bind_query_denied(struct str rest, const struct bind_client *client,
				   struct record *record);
enum record_kind bind_query_on_denied(struct str rest, const struct bind_client *client,
				      struct record *record);
enum record_kind bind_cache_denied(struct str rest, const struct bind_client *client,
				   struct record *record);
enum record_kind bind_zone_transfer(struct str rest, const struct bind_client *client,
				    struct record *record);
enum record_kind bind_bad_transfer(struct str rest, const struct bind_client *client,
				   struct record *record);
enum record_kind bind_axfr_denied(struct str rest, const struct bind_client *client,
				  struct record *record);
enum record_kind bind_ixfr_denied(struct str rest, const struct bind_client *client,
				  struct record *record);
enum record_kind bind_transfer(struct str rest, const struct bind_client *client,
			       struct record *record);
enum record_kind bind_rate_limit(struct str rest, const struct bind_client *client,
				 struct record *record);
enum record_kind bind_update(struct str rest, const struct bind_client *client,
			     struct record *record);
enum record_kind bind_updating(struct str rest, const struct bind_client *client,
			       struct record *record);
enum record_kind bind_update_failed(struct str rest, const struct bind_client *client,
				    struct record *record);
enum record_kind bind_signer(struct str rest, const struct bind_client *client,
			     struct record *record);
enum record_kind bind_notify(struct str rest, const struct bind_client *client,
			     struct record *record);
enum record_kind bind_rpz(struct str rest, const struct bind_client *client, struct record *record);

/* A burst line of rate limiting, which has no client part; RECORD_UNKNOWN for other text. */
enum record_kind bind_burst(struct str message, struct record *record);

#endif
