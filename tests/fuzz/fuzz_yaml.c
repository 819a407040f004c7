/* Any bytes as YAML: a tree is as deep and as large as allowed, its texts lie in it. */
#include <stdlib.h>

#include "base/yaml.h"
#include "help.h"

static size_t
check(const struct yaml_node *node, unsigned depth)
{
	size_t weight = 1;

	MUST(depth <= YAML_DEPTH_MAX && node->line > 0 && yaml_kind_name(node));
	if (node->kind == YAML_SCALAR)
		MUST(node->text.p[node->text.n] == '\0');
	for (size_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAPPING)
			weight += check(node->keys[i], depth + 1);
		weight += check(node->items[i], depth + 1);
	}
	MUST(weight <= YAML_NODES_MAX);
	return weight;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena arena = {0};
	struct yaml_documents documents = {0};
	struct err err = {0};
	unsigned line = 0;

	int status = yaml_read(&arena, str_make((const char *)data, n), &documents, &line, &err);
	MUST(status == 0 || err.text[0] != '\0');
	for (size_t i = 0; status == 0 && i < documents.count; i++)
		check(documents.roots[i], 1);
	arena_release(&arena);
	return 0;
}
