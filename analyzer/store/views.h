/* Views of a saved tally, for those who query it by hand; digtrail itself reads none. */
#ifndef STORE_VIEWS_H
#define STORE_VIEWS_H

extern const char tally_views[]; /* statements that make them */

#endif
