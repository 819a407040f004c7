#include "detect/providers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "base/yaml.h"
#include "record/qname.h"
#include "record/record.h"

/* What a pattern is compared with; the names are the file's keys. */
enum test_kind {
	TEST_NAME,
	TEST_TXT,
	TEST_SPF,
	TEST_MX,
	TEST_NS,
	TEST_CNAME,
	TEST_SRV,
	TEST_KINDS
};

static const char *const test_keys[TEST_KINDS] = {"names", "txt",   "spf", "mx",
						  "ns",    "cname", "srv"};

/* A TXT record's strings joined, cut where no provider's mark begins any more. */
enum { TEXT_MAX = 4096 };

struct provider {
	const char *name, *kind;
};

struct test {
	struct str pattern; /* lower case */
	uint32_t provider;
};

struct providers {
	struct arena arena;
	struct provider *list;
	uint32_t count;
	struct test *tests[TEST_KINDS]; /* in the order of the file */
	size_t test_count[TEST_KINDS];
};

/* Providers already written, so that each is told once. */
struct answer {
	const struct providers *providers;
	const char **names;
	size_t count, max;
};

static void
answer_add(struct answer *answer, const struct test *test)
{
	const char *name = answer->providers->list[test->provider].name;

	for (size_t i = 0; i < answer->count; i++)
		if (answer->names[i] == name)
			return;
	if (answer->count < answer->max)
		answer->names[answer->count++] = name;
}

/* `text` against a pattern of one label with at most one '*'; both without dots. */
static bool
matches_label(struct str pattern, struct str text)
{
	size_t star = str_index(pattern, '*');

	if (star == SIZE_MAX)
		return str_eq_nocase(pattern, text);
	struct str tail = str_skip(pattern, star + 1);
	return text.n >= star + tail.n &&
	       str_eq_nocase(str_make(pattern.p, star), str_make(text.p, star)) &&
	       str_eq_nocase(tail, str_make(text.p + text.n - tail.n, tail.n));
}

static struct str
take_first_label(struct str *name)
{
	size_t dot = str_index(*name, '.');
	struct str label = dot == SIZE_MAX ? *name : str_make(name->p, dot);

	*name = dot == SIZE_MAX ? str_make(name->p, 0) : str_skip(*name, dot + 1);
	return label;
}

/* The pattern's labels from the left, or, for hosts, from the right; more may follow. */
static bool
matches_labels(struct str pattern, struct str name, struct str (*take)(struct str *))
{
	while (pattern.n) {
		if (name.n == 0)
			return false;
		struct str wanted = take(&pattern);
		if (!matches_label(wanted, take(&name)))
			return false;
	}
	return true;
}

size_t
providers_of_name(const struct providers *providers, struct str front, const char **names,
		  size_t max)
{
	struct answer answer = {providers, names, 0, max};

	for (size_t i = 0; i < providers->test_count[TEST_NAME]; i++) {
		const struct test *test = &providers->tests[TEST_NAME][i];
		if (matches_labels(test->pattern, front, take_first_label))
			answer_add(&answer, test);
	}
	return answer.count;
}

static void
answer_host(struct answer *answer, enum test_kind kind, struct str host)
{
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	for (size_t i = 0; i < answer->providers->test_count[kind]; i++) {
		const struct test *test = &answer->providers->tests[kind][i];
		if (matches_labels(test->pattern, host, qname_take_last_label))
			answer_add(answer, test);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The host that an MX, NS, CNAME or SRV record leads to is its last field. */
static struct str
last_field(struct str rdata)
{
	rdata = str_trim(rdata);
	size_t start = rdata.n;
	while (start > 0 && !is_blank(rdata.p[start - 1]))
		start--;
	return str_skip(rdata, start);
}

/* A TXT record's strings as one text (RFC 7208 3.3), without quotes and backslashes. */
static struct str
join_strings(struct str rdata, char out[TEXT_MAX])
{
	bool quoted = false;
	size_t n = 0;

	rdata = str_trim(rdata);
	for (size_t i = 0; i < rdata.n && n < TEXT_MAX; i++) {
		char c = rdata.p[i];
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && i + 1 < rdata.n)
			out[n++] = rdata.p[++i];
		else if (quoted || !is_blank(c))
			out[n++] = c;
	}
	return str_make(out, n);
}

/* Text without quotes is one string and keeps its blanks. */
static struct str
text_of(struct str rdata, char out[TEXT_MAX])
{
	struct str text = str_trim(rdata);

	return text.n && text.p[0] == '"' ? join_strings(text, out) : text;
}

static bool
starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_make(s.p, prefix.n), prefix);
}

/* The domain of one SPF term (RFC 7208 4.6.1); empty for terms without one. */
static struct str
spf_domain(struct str term)
{
	if (term.n &&
	    (term.p[0] == '+' || term.p[0] == '-' || term.p[0] == '~' || term.p[0] == '?'))
		term = str_skip(term, 1);
	size_t mark = str_index(term, ':');
	if (mark == SIZE_MAX)
		mark = starts_nocase(term, STR("redirect=")) ? str_index(term, '=') : SIZE_MAX;
	if (mark == SIZE_MAX || starts_nocase(term, STR("ip4:")) ||
	    starts_nocase(term, STR("ip6:")))
		return str_make(term.p, 0);
	struct str domain = str_skip(term, mark + 1);
	size_t slash = str_index(domain, '/');
	return slash == SIZE_MAX ? domain : str_make(domain.p, slash);
}

static void
answer_spf(struct answer *answer, struct str text)
{
	size_t i = 0;

	while (i < text.n) {
		while (i < text.n && is_blank(text.p[i]))
			i++;
		size_t start = i;
		while (i < text.n && !is_blank(text.p[i]))
			i++;
		struct str domain = spf_domain(str_make(text.p + start, i - start));
		if (domain.n)
			answer_host(answer, TEST_SPF, domain);
	}
}

static void
answer_txt(struct answer *answer, struct str text)
{
	if (starts_nocase(text, STR("v=spf1")) && (text.n == 6 || is_blank(text.p[6]))) {
		answer_spf(answer, text);
		return;
	}
	for (size_t i = 0; i < answer->providers->test_count[TEST_TXT]; i++) {
		const struct test *test = &answer->providers->tests[TEST_TXT][i];
		if (starts_nocase(text, test->pattern))
			answer_add(answer, test);
	}
}

size_t
providers_of_text(const struct providers *providers, int32_t qtype, struct str rdata,
		  const char **names, size_t max)
{
	struct answer answer = {providers, names, 0, max};
	char text[TEXT_MAX];

	switch (qtype) {
	case TYPE_TXT:
	case TYPE_SPF:
		answer_txt(&answer, text_of(rdata, text));
		break;
	case TYPE_MX:
		answer_host(&answer, TEST_MX, last_field(rdata));
		break;
	case TYPE_NS:
		answer_host(&answer, TEST_NS, last_field(rdata));
		break;
	case TYPE_CNAME:
		answer_host(&answer, TEST_CNAME, last_field(rdata));
		break;
	case TYPE_SRV:
		answer_host(&answer, TEST_SRV, last_field(rdata));
		break;
	default:
		break;
	}
	return answer.count;
}

const char *
providers_kind(const struct providers *providers, const char *name)
{
	for (uint32_t i = 0; i < providers->count; i++)
		if (strcmp(providers->list[i].name, name) == 0)
			return providers->list[i].kind;
	return NULL;
}

/* Reading providers.yml. */

struct reading {
	struct providers *providers;
	const char *path;
	struct err *err;
	size_t capacity[TEST_KINDS]; /* of the tests */
};

static int
fail_at(const struct reading *reading, const struct yaml_node *node, const char *text)
{
	return err_set(reading->err, "%s:%u: %s", reading->path, node->line, text);
}

static bool
is_list_of_texts(const struct yaml_node *node)
{
	if (node->kind != YAML_SEQUENCE)
		return false;
	for (size_t i = 0; i < node->count; i++)
		if (node->items[i]->kind != YAML_SCALAR || node->items[i]->text.n == 0)
			return false;
	return true;
}

static void
add_test(struct reading *reading, enum test_kind kind, struct str pattern)
{
	struct providers *providers = reading->providers;
	size_t n = providers->test_count[kind]++;

	if (n == reading->capacity[kind]) {
		reading->capacity[kind] = n ? 2 * n : 64;
		providers->tests[kind] = xrealloc(providers->tests[kind], reading->capacity[kind],
						  sizeof(struct test));
	}
	char *lower = arena_copy(&providers->arena, pattern);
	for (size_t i = 0; i < pattern.n; i++)
		lower[i] = str_lower(lower[i]);
	providers->tests[kind][n] = (struct test){str_make(lower, pattern.n), providers->count - 1};
}

/* A key that is none of the tests' must be one of the others': typing mistakes are found. */
static int
read_member(struct reading *reading, struct provider *provider, const struct yaml_node *key,
	    const struct yaml_node *value)
{
	for (int kind = 0; kind < TEST_KINDS; kind++) {
		if (!str_eq(key->text, str_of(test_keys[kind])))
			continue;
		if (!is_list_of_texts(value))
			return fail_at(reading, value, "a list of texts expected");
		for (size_t i = 0; i < value->count; i++)
			add_test(reading, (enum test_kind)kind, value->items[i]->text);
		return 0;
	}
	if (value->kind != YAML_SCALAR || value->text.n == 0)
		return fail_at(reading, value, "a text expected");
	if (str_eq(key->text, STR("provider")))
		provider->name = arena_copy(&reading->providers->arena, value->text);
	else if (str_eq(key->text, STR("kind")))
		provider->kind = arena_copy(&reading->providers->arena, value->text);
	else if (!str_eq(key->text, STR("doc")))
		return fail_at(reading, key, "unknown key");
	return 0;
}

static int
read_provider(struct reading *reading, const struct yaml_node *node)
{
	struct provider *provider = &reading->providers->list[reading->providers->count++];

	if (node->kind != YAML_MAPPING)
		return fail_at(reading, node, "a map expected");
	for (size_t i = 0; i < node->count; i++)
		if (read_member(reading, provider, node->keys[i], node->items[i]) != 0)
			return -1;
	if (!provider->name || !provider->kind)
		return fail_at(reading, node, "provider and kind are needed");
	return 0;
}

static int
read_providers(struct reading *reading)
{
	struct arena arena = {0};
	struct yaml_documents documents;
	unsigned line;
	int status = yaml_read_file(&arena, reading->path, &documents, NULL, &line, reading->err);

	if (status != 0 && line)
		err_prefix(reading->err, "%s:%u", reading->path, line);
	else if (status != 0)
		err_prefix(reading->err, "%s", reading->path);
	else if (documents.count != 1 || documents.roots[0]->kind != YAML_SEQUENCE)
		status = err_set(reading->err, "%s: a list of providers expected", reading->path);
	if (status == 0) {
		const struct yaml_node *root = documents.roots[0];
		reading->providers->list = arena_alloc(&reading->providers->arena,
						       (root->count + 1) * sizeof(struct provider));
		for (size_t i = 0; i < root->count && status == 0; i++)
			status = read_provider(reading, root->items[i]);
	}
	arena_release(&arena);
	return status;
}

struct providers *
providers_load(const char *path, struct err *err)
{
	struct providers *providers = xcalloc(1, sizeof(*providers));
	struct reading reading = {.providers = providers, .path = path, .err = err};

	if (read_providers(&reading) != 0) {
		providers_free(providers);
		return NULL;
	}
	return providers;
}

void
providers_free(struct providers *providers)
{
	if (!providers)
		return;
	for (int kind = 0; kind < TEST_KINDS; kind++)
		free(providers->tests[kind]);
	arena_release(&providers->arena);
	free(providers);
}

/* Public resolvers. */

const char *const resolver_kind_names[RESOLVER_KINDS] = {"service", "egress", "network"};

struct resolvers {
	struct arena arena;
	struct resolver *list;
	size_t count, capacity;
};

static struct str
take_column(struct str *line)
{
	size_t tab = str_index(*line, '\t');
	struct str column = tab == SIZE_MAX ? *line : str_make(line->p, tab);

	*line = tab == SIZE_MAX ? str_make(line->p, 0) : str_skip(*line, tab + 1);
	return str_trim(column);
}

/* "prefix kind operator source", parted by tabs; what is wrong, or NULL. */
static const char *
add_resolver(struct resolvers *resolvers, struct str line)
{
	struct resolver resolver = {.kind = RESOLVER_KINDS};

	if (!prefix_parse(take_column(&line), &resolver.prefix))
		return "no address or prefix";
	struct str kind = take_column(&line);
	for (int i = 0; i < RESOLVER_KINDS; i++)
		if (str_eq(kind, str_of(resolver_kind_names[i])))
			resolver.kind = (enum resolver_kind)i;
	if (resolver.kind == RESOLVER_KINDS)
		return "service, egress or network expected";
	struct str operator_name = take_column(&line), source = take_column(&line);
	if (operator_name.n == 0 || source.n == 0)
		return "operator and source are needed";
	resolver.operator_name = arena_copy(&resolvers->arena, operator_name);
	resolver.source = arena_copy(&resolvers->arena, source);
	if (resolvers->count == resolvers->capacity) {
		resolvers->capacity = resolvers->capacity ? 2 * resolvers->capacity : 128;
		resolvers->list = xrealloc(resolvers->list, resolvers->capacity, sizeof(resolver));
	}
	resolvers->list[resolvers->count++] = resolver;
	return NULL;
}

static int
read_resolvers(struct resolvers *resolvers, const char *path, struct err *err)
{
	char line[1024];
	FILE *file = fopen(path, "r");
	const char *mistake = NULL;
	unsigned number = 0;

	if (!file)
		return err_set(err, "%s: %s", path, strerror(errno));
	while (!mistake && fgets(line, sizeof(line), file)) {
		struct str text = str_trim(str_of(line));
		number++;
		if (text.n && text.p[0] != '#')
			mistake = add_resolver(resolvers, text);
	}
	bool failed = ferror(file);
	fclose(file);
	if (mistake)
		return err_set(err, "%s:%u: %s", path, number, mistake);
	return failed ? err_set(err, "%s: cannot be read to its end", path) : 0;
}

struct resolvers *
resolvers_load(const char *path, struct err *err)
{
	struct resolvers *resolvers = xcalloc(1, sizeof(*resolvers));

	if (read_resolvers(resolvers, path, err) != 0) {
		resolvers_free(resolvers);
		return NULL;
	}
	return resolvers;
}

void
resolvers_free(struct resolvers *resolvers)
{
	if (!resolvers)
		return;
	free(resolvers->list);
	arena_release(&resolvers->arena);
	free(resolvers);
}

const struct resolver *
resolvers_find(const struct resolvers *resolvers, const struct ip *ip)
{
	const struct resolver *best = NULL;

	for (size_t i = 0; i < resolvers->count; i++) {
		const struct resolver *one = &resolvers->list[i];
		if (prefix_contains(&one->prefix, ip) &&
		    (!best || one->prefix.bits > best->prefix.bits))
			best = one;
	}
	return best;
}
