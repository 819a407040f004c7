#include "base/yaml.h"

#include <errno.h>
#include <yaml.h>

#include "base/buf.h"

/* Looking up an alias walks the anchors: few of them keep that cheap. */
enum { ANCHORS_MAX = 256 };

/* What is open while events come in: a mapping, a sequence, or the document itself. */
struct level {
	struct yaml_node *node;
	struct yaml_node *key; /* of a mapping: read, and waiting for its value */
	struct str anchor;
	size_t capacity;
};

struct anchor {
	struct anchor *next;
	struct str name;
	struct yaml_node *node;
};

struct loader {
	struct arena *arena;
	struct err *err;
	unsigned line; /* of the mistake */
	yaml_parser_t parser;
	struct level levels[YAML_DEPTH_MAX];
	size_t depth;
	size_t weight;          /* of everything so far, over all documents */
	struct anchor *anchors; /* of this document, newest first */
	size_t anchor_count;
	struct yaml_node *root;
	struct yaml_documents *out;
	size_t capacity;
};

static int
fail(struct loader *loader, unsigned line, const char *text)
{
	loader->line = line;
	return err_set(loader->err, "%s", text);
}

/* Grows an array in the arena by doubling; the old copies die with the arena. */
static struct yaml_node **
grow(struct arena *arena, struct yaml_node **old, size_t count, size_t capacity)
{
	struct yaml_node **array = arena_alloc(arena, capacity * sizeof(*array));

	if (count)
		memcpy(array, old, count * sizeof(*array));
	return array;
}

static void
reserve(struct loader *loader, struct level *level)
{
	struct yaml_node *node = level->node;

	if (node->count < level->capacity)
		return;
	level->capacity = level->capacity ? level->capacity * 2 : 4;
	node->items = grow(loader->arena, node->items, node->count, level->capacity);
	if (node->kind == YAML_MAPPING)
		node->keys = grow(loader->arena, node->keys, node->count, level->capacity);
}

/* Hangs a finished node into what is open. */
static int
attach(struct loader *loader, struct yaml_node *node, unsigned line)
{
	if (node->weight > YAML_NODES_MAX - loader->weight)
		return fail(loader, line, "too many values (aliases count as what they stand for)");
	loader->weight += node->weight;
	if (loader->depth == 0) {
		loader->root = node;
		return 0;
	}
	struct level *level = &loader->levels[loader->depth - 1];
	level->node->weight += node->weight;
	if (level->node->kind == YAML_MAPPING && !level->key) {
		if (node->kind != YAML_SCALAR)
			return fail(loader, line, "a key must be a text, not a list or a map");
		level->key = node;
		return 0;
	}
	reserve(loader, level);
	if (level->node->kind == YAML_MAPPING)
		level->node->keys[level->node->count] = level->key;
	level->node->items[level->node->count++] = node;
	level->key = NULL;
	return 0;
}

static int
remember(struct loader *loader, struct str name, struct yaml_node *node)
{
	if (name.n == 0)
		return 0;
	if (loader->anchor_count == ANCHORS_MAX)
		return fail(loader, node->line, "too many anchors");
	struct anchor *anchor = arena_alloc(loader->arena, sizeof(*anchor));
	*anchor = (struct anchor){loader->anchors, name, node};
	loader->anchors = anchor;
	loader->anchor_count++;
	return 0;
}

static struct str
copy_text(struct loader *loader, const unsigned char *text)
{
	return text ? arena_str(loader->arena, str_of((const char *)text)) : (struct str){NULL, 0};
}

static struct yaml_node *
make_node(struct loader *loader, enum yaml_kind kind, const yaml_mark_t *mark)
{
	struct yaml_node *node = arena_alloc(loader->arena, sizeof(*node));

	node->kind = kind;
	node->line = (unsigned)mark->line + 1;
	node->column = (unsigned)mark->column + 1;
	node->weight = 1;
	return node;
}

static int
on_scalar(struct loader *loader, const yaml_event_t *event)
{
	struct yaml_node *node = make_node(loader, YAML_SCALAR, &event->start_mark);

	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = arena_str(loader->arena, str_make((const char *)event->data.scalar.value,
						       event->data.scalar.length));
	if (remember(loader, copy_text(loader, event->data.scalar.anchor), node) < 0)
		return -1;
	return attach(loader, node, node->line);
}

/*
 * An anchor is known only when its node is complete, so a node can never hold itself. Anchors
 * are searched newest first: a name may be used again.
 */
static int
on_alias(struct loader *loader, const yaml_event_t *event)
{
	struct str name = str_of((const char *)event->data.alias.anchor);
	unsigned line = (unsigned)event->start_mark.line + 1;

	for (const struct anchor *anchor = loader->anchors; anchor; anchor = anchor->next)
		if (str_eq(anchor->name, name))
			return attach(loader, anchor->node, line);
	loader->line = line;
	return err_set(loader->err, "alias '*%.60s' stands for nothing before it",
		       (const char *)event->data.alias.anchor);
}

static int
on_start(struct loader *loader, enum yaml_kind kind, const yaml_event_t *event,
	 const unsigned char *anchor)
{
	unsigned line = (unsigned)event->start_mark.line + 1;

	if (loader->depth == YAML_DEPTH_MAX)
		return fail(loader, line, "nested too deeply");
	struct level *level = &loader->levels[loader->depth++];
	*level = (struct level){.node = make_node(loader, kind, &event->start_mark),
				.anchor = copy_text(loader, anchor)};
	return 0;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct yaml_node *const *x = a, *const *y = b;
	int order = str_compare((*x)->text, (*y)->text);

	return order ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

/* Sorted copies, so that a map of a hundred thousand keys is no quadratic work. */
static int
check_keys(struct loader *loader, const struct yaml_node *node)
{
	if (node->kind != YAML_MAPPING || node->count < 2)
		return 0;
	struct yaml_node **sorted = grow(loader->arena, node->keys, node->count, node->count);
	qsort(sorted, node->count, sizeof(struct yaml_node *), compare_keys);
	for (size_t i = 1; i < node->count; i++) {
		if (!str_eq(sorted[i - 1]->text, sorted[i]->text))
			continue;
		loader->line = sorted[i]->line;
		return err_set(loader->err, "key '%.*s' stands twice (first in line %u)",
			       sorted[i]->text.n > 60 ? 60 : (int)sorted[i]->text.n,
			       sorted[i]->text.p, sorted[i - 1]->line);
	}
	return 0;
}

static int
on_end(struct loader *loader)
{
	struct level level = loader->levels[--loader->depth];

	if (check_keys(loader, level.node) < 0 || remember(loader, level.anchor, level.node) < 0)
		return -1;
	/* Its parts were counted when they came; only the node itself is new. */
	loader->weight -= level.node->weight - 1;
	return attach(loader, level.node, level.node->line);
}

static void
on_document_end(struct loader *loader)
{
	struct yaml_node *root = loader->root;

	loader->root = NULL;
	loader->anchors = NULL;
	loader->anchor_count = 0;
	if (!root || yaml_is_null(root))
		return;
	if (loader->out->count == loader->capacity) {
		loader->capacity = loader->capacity ? loader->capacity * 2 : 4;
		loader->out->roots = grow(loader->arena, loader->out->roots, loader->out->count,
					  loader->capacity);
	}
	loader->out->roots[loader->out->count++] = root;
}

static int
on_event(struct loader *loader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(loader, event);
	case YAML_ALIAS_EVENT:
		return on_alias(loader, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(loader, YAML_SEQUENCE, event, event->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return on_start(loader, YAML_MAPPING, event, event->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(loader);
	case YAML_DOCUMENT_END_EVENT:
		on_document_end(loader);
		return 0;
	default:
		return 0;
	}
}

static int
run(struct loader *loader)
{
	for (;;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&loader->parser, &event)) {
			const yaml_parser_t *parser = &loader->parser;
			loader->line = (unsigned)parser->problem_mark.line + 1;
			err_set(loader->err, "not YAML: %s%s%s",
				parser->problem ? parser->problem : "cannot be read",
				parser->context ? " " : "", parser->context ? parser->context : "");
			return -1;
		}
		bool end = event.type == YAML_STREAM_END_EVENT;
		int result = on_event(loader, &event);
		yaml_event_delete(&event);
		if (result < 0 || end)
			return result;
	}
}

int
yaml_read(struct arena *arena, struct str text, struct yaml_documents *out, unsigned *line,
	  struct err *err)
{
	struct loader loader = {.arena = arena, .err = err, .out = out};

	*out = (struct yaml_documents){0};
	*line = 0;
	if (text.n > YAML_FILE_MAX)
		return err_set(err, "larger than %d MiB", YAML_FILE_MAX >> 20);
	if (!yaml_parser_initialize(&loader.parser))
		return err_set(err, "out of memory");
	yaml_parser_set_input_string(&loader.parser, (const unsigned char *)(text.p ? text.p : ""),
				     text.n);
	int result = run(&loader);
	yaml_parser_delete(&loader.parser);
	*line = loader.line;
	return result;
}

int
yaml_read_file(struct arena *arena, const char *path, struct yaml_documents *out,
	       struct str *content, unsigned *line, struct err *err)
{
	char block[16 * 1024];
	struct buf buf;
	size_t n;
	int result = -1;

	*out = (struct yaml_documents){0};
	*line = 0;
	FILE *file = fopen(path, "rb");
	if (!file)
		return err_set(err, "%s: %s", path, strerror(errno));
	buf_init(&buf, YAML_FILE_MAX);
	while ((n = fread(block, 1, sizeof(block), file)) > 0 && buf_add(&buf, block, n))
		continue;
	if (ferror(file)) {
		err_set(err, "%s: %s", path, strerror(errno));
	} else if (buf.full) {
		err_set(err, "%s: larger than %d MiB", path, YAML_FILE_MAX >> 20);
	} else {
		if (content)
			*content = arena_str(arena, buf_str(&buf));
		result = yaml_read(arena, buf_str(&buf), out, line, err);
	}
	fclose(file);
	buf_release(&buf);
	return result;
}

const struct yaml_node *
yaml_get(const struct yaml_node *node, const char *key)
{
	struct str name = str_of(key);

	if (!node || node->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->count; i++)
		if (str_eq(node->keys[i]->text, name))
			return node->items[i];
	return NULL;
}

bool
yaml_is_null(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && !node->quoted &&
	       (node->text.n == 0 || str_eq(node->text, STR("~")) ||
		str_eq(node->text, STR("null")) || str_eq(node->text, STR("Null")) ||
		str_eq(node->text, STR("NULL")));
}

bool
yaml_bool(const struct yaml_node *node, bool *out)
{
	if (node->kind != YAML_SCALAR || node->quoted)
		return false;
	bool yes = str_eq_nocase(node->text, STR("true"));
	if (!yes && !str_eq_nocase(node->text, STR("false")))
		return false;
	*out = yes;
	return true;
}

const char *
yaml_kind_name(const struct yaml_node *node)
{
	static const char *const names[] = {"a text", "a list", "a map"};

	return names[node->kind];
}
