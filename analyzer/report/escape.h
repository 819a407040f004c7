/*
 * The only places where bytes of a log become bytes of an output. One function per sink;
 * whatever a name, path or line holds, its sink shows it and never obeys it.
 */
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include <stdio.h>

#include "base/buf.h"

/*
 * Terminals and plain text. Printable ASCII passes, every other byte becomes \xHH, so that
 * neither ESC nor a C1 byte nor a right-to-left mark reaches a terminal. A backslash passes
 * too: the server's own \032 and \. stay readable. One that stands before an 'x' becomes
 * \x5c, which keeps the mapping reversible: every \xHH of the output is one byte of the
 * input, all else is itself. False when `out` is full.
 */
bool escape_text(struct buf *out, struct str s);

/*
 * Printable text such that no mail program makes a link of it: example[.]com, [://], [at].
 * Addresses and numbers stay as they are. False when `out` is full.
 */
bool escape_links(struct buf *out, struct str s);

/*
 * The inside of a JSON string (RFC 8259 7), as pure ASCII: valid UTF-8 becomes \uXXXX, so
 * that a terminal is as safe as a parser. A byte that is no UTF-8 cannot be told in JSON, and
 * NUL is refused by many who read it: they become the text of escape_text, that is four
 * characters \xHH, and so does a backslash before an 'x'.
 */
void escape_json(FILE *out, struct str s);

/*
 * A field of CSV (RFC 4180): bytes as in escape_text, quoted where a comma or a quote stands
 * in it. One that a spreadsheet would take for a formula (= + - @ at its start) has an
 * apostrophe before it; so does one with an apostrophe there, which keeps this reversible.
 */
void escape_csv(FILE *out, struct str s);

/*
 * Text and attribute values of HTML and SVG: printable ASCII with & < > " ' as references,
 * every other byte as in escape_text. An attribute must be quoted.
 */
void escape_html(FILE *out, struct str s);
/* The same for text that escape_text or a phrase has made: its \xHH are left alone. */
void escape_markup(FILE *out, struct str s);

/*
 * Text in a comment of a configuration file, whatever its syntax: letters, digits, blanks and
 * . , : / _ - + ( ) @ = pass, every other byte becomes \xHH. So neither a line feed nor a
 * quote, brace, star or semicolon can end the comment, and no line ends in a backslash.
 */
void escape_comment(FILE *out, struct str s);

#endif
