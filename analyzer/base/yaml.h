/*
 * YAML files as small trees whose nodes know their line. This is the only module that knows
 * libyaml. All of a tree lives in the arena it was read into.
 *
 * A file may be hostile: size, depth and the number of nodes are limited, the last one
 * counted as if every alias were written out, so that walking a tree costs no more than a
 * file of that size could say.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/err.h"

enum { YAML_FILE_MAX = 4 * 1024 * 1024, YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 200000 };

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	bool quoted;           /* a scalar in quotes or a block: a string, whatever it looks like */
	unsigned line, column; /* where it begins, from 1 */
	struct str text;       /* of a scalar; terminated */
	size_t count;          /* items, or pairs */
	struct yaml_node **keys;  /* of a mapping; always scalars, each name once */
	struct yaml_node **items; /* of a sequence or, beside `keys`, of a mapping */
	size_t weight;            /* nodes of this tree, aliases written out */
};

struct yaml_documents {
	size_t count;
	struct yaml_node **roots; /* empty documents are left out */
};

/*
 * Reads all documents of `text`. -1 with err (without a place) and `line` set (0 when there
 * is none) on the first mistake.
 */
int yaml_read(struct arena *arena, struct str text, struct yaml_documents *out, unsigned *line,
	      struct err *err);
/* The same from a file; `content` (may be NULL) gets the file's bytes, in the arena. */
int yaml_read_file(struct arena *arena, const char *path, struct yaml_documents *out,
		   struct str *content, unsigned *line, struct err *err);

/* The value of a key of a mapping; NULL when there is none, or the node is no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);
/* A plain scalar that is empty, "~" or "null" (YAML 1.2 core schema). */
bool yaml_is_null(const struct yaml_node *node);
/* A plain "true" or "false"; false when it is neither. */
bool yaml_bool(const struct yaml_node *node, bool *out);
/* "a list", "a map", "a text": for messages. */
const char *yaml_kind_name(const struct yaml_node *node);

#endif
