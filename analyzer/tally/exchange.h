/*
 * struct exchange: threads that add lines to tallies of their own hand each other the lines of
 * each other's sources. A source and its pairs are then in one tally instead of all of them: the
 * tables together are about as large as those of one thread, and little is left to merge.
 *
 * It is a chance, no duty: a line for which its source's thread has no room, or which tells more
 * than what is handed over, is added where it was read. Tallies merge all the same, and the
 * report does not depend on it.
 *
 * Of two threads the first one has all sources: adding lines and reading them (with decompressing) are
 * halves of the work, and nothing is left to merge. Of more each has its share.
 *
 * A thread sits at one seat; a seat is used by one thread at a time. Where there is no exchange (NULL)
 * there are no seats, and nothing happens at them.
 */
#ifndef TALLY_EXCHANGE_H
#define TALLY_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

struct exchange;
struct seat;
struct tally;
struct tally_line;

/*
 * NULL where `seats` are too few or too many for it to pay. What waits takes `bytes` at most, unless
 * that is less than two parcels from each thread to each other one.
 */
struct exchange *exchange_new(size_t seats, size_t bytes);
/* What was not taken is lost. */
void exchange_free(struct exchange *exchange);
struct seat *exchange_seat(struct exchange *exchange, size_t index);
/* Whether others hand all lines over to it, and it none: it had better do nothing but add lines. */
bool seat_is_given_all(const struct seat *seat);
/*
 * Hands a line over to the thread of its source; what tally_add works out must have been. False
 * where the caller is to add it.
 */
bool seat_hand_over(struct seat *seat, const struct tally_line *line);
/* Adds what others have handed over so far; how many lines that is. */
size_t seat_take(struct seat *seat, struct tally *tally);
/* To be called after the last line: what waits for more of its kind is handed over too. */
void seat_flush(struct seat *seat);

#endif
