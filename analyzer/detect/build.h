/* What detectors share when they fill a finding: lists of texts, evidence lines. */
#ifndef DETECT_BUILD_H
#define DETECT_BUILD_H

#include "detect/detector.h"

/* A growing, duplicate-free list of short texts in an arena, in order of arrival. */
struct text_list {
	size_t count, capacity;
	struct str *all;
};
/* Adds unless it is there. The text is borrowed. */
void text_list_add(struct text_list *list, struct arena *arena, struct str text);
/* Sorts and returns the texts, each copied into the arena. */
struct str *text_list_take(struct text_list *list, struct arena *arena);

/* printf into the arena. */
struct str build_text(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds one raw line; `finding` keeps at most `limit` of them. */
void build_evidence(struct findings *findings, struct finding *finding, size_t limit,
		    const struct tally *tally, const struct position *at, struct str text);
/* Adds what the tally kept of a name as a line of evidence that stands in no log. */
void build_reconstructed(struct findings *findings, struct finding *finding,
			 const struct detect_input *input, const struct pair *pair,
			 const struct pair_name *name);
/* The same with the name's text, which may be an earlier night's. */
void build_asked(struct findings *findings, struct finding *finding,
		 const struct detect_input *input, const struct ip *address, uint64_t moment,
		 struct str text);
/* Adds a sentence on what the tally remembers, where it keeps no names or lines. */
void build_remembered(struct findings *findings, struct finding *finding,
		      const struct detect_input *input, int64_t time, struct str text);
/* The same for all sampled names of one class, the earliest first: a sample has no order. */
void build_reconstructed_class(struct findings *findings, struct finding *finding,
			       const struct detect_input *input, const struct pair *pair,
			       enum name_class class_);
/* True when the first label speaks of a way in: vpn, rdp, owa, citrix, ssh and the like. */
bool build_is_remote_access(struct str name);
/*
 * Adds the sampled names of a pair that exist, those of remote access first: where
 * initial access comes next.
 */
void build_answered(struct findings *findings, struct finding *finding,
		    const struct detect_input *input, const struct pair *pair);
/* The servers of a set whose role fits. */
void build_servers(struct findings *findings, struct finding *finding, const struct tally *tally,
		   const struct serverset *servers, bool resolver);
/* Whether some request of the source came over TCP or with a valid cookie. */
enum tristate build_spoofable(const struct detect_input *input, const struct ip *address);
/* Adds ATT&CK technique ids. */
void build_attack(struct findings *findings, struct finding *finding, const char *technique);
/* Sets the one actor address, with what the settings say of it. */
void build_actor(struct findings *findings, struct finding *finding, const struct ip *address,
		 const struct detect_settings *settings);
/* Points that put a finding in the middle of a level's band. */
int build_points(enum level level);
/* The rule's tags "attack.tNNNN" as technique ids. */
void build_rule_attack(struct findings *findings, struct finding *finding, const struct rule *rule);
/* The texts, comma separated. */
struct str build_join(struct arena *arena, const struct str *texts, size_t count);
/*
 * A new finding about one source from the pairs that show it: actor, zones, servers, times,
 * requests, direction, spoofable. Title, score and the rest are the caller's.
 */
struct finding *build_from_pairs(struct findings *findings, const struct detect_input *input,
				 const struct pair *const *pairs, size_t count);
/* Direction by the role of the server and the place of the actor. */
enum direction build_direction(bool resolver, bool internal);
bool prefix_list_contains(const struct prefix *prefixes, size_t count, const struct ip *ip);

#endif
