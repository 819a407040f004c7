/*
 * Texts written as YAML, such that base/yaml reads the same bytes again. Only printable ASCII
 * comes out, whatever went in.
 */
#ifndef BASE_YAML_TEXT_H
#define BASE_YAML_TEXT_H

#include "base/buf.h"

/*
 * A scalar on one line: plain where it can be nothing else, else in double quotes. False when
 * `text` is no UTF-8, which YAML cannot tell (bytes become '?'), or `out` is full.
 */
bool yaml_add_text(struct buf *out, struct str text);
/* What may stand behind "# ": every byte that could end the comment becomes '?'. */
bool yaml_add_comment(struct buf *out, struct str text);

#endif
