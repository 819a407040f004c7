/*
 * A line like an earlier one takes over its record (record/template.h): whatever a parser has
 * seen before, the record is the one that a parser makes that has seen nothing, field by field.
 * Each line of the input comes with variants of it in which bytes are changed, left out or put
 * in; the first byte picks the format.
 */
#include <stdlib.h>

#include "help.h"
#include "record/parser.h"

enum { VARIANTS = 6, LINES_MOST = 40 };

/* A small generator (xorshift64*), seeded by the input. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* The line itself for variant 0; in a copy of its own size, the caller's to free. */
static struct str
make_variant(struct str line, unsigned variant, uint64_t *state)
{
	static const char bytes[] = "0159aAzZ .:-+#()@/\\'\"[]x,;_\t\r\x7f\xff\0";
	uint64_t r = next_random(state);
	size_t at = line.n ? r % line.n : 0;
	char byte = bytes[(r >> 20) % sizeof(bytes)];
	char *copy = malloc(line.n + 2);

	MUST(copy != NULL);
	if (variant == 0 || line.n == 0) {
		memcpy(copy, line.p, line.n);
		return str_make(copy, line.n);
	}
	size_t kept = (r >> 40) % 4 == 1, put = (r >> 40) % 4 != 2;
	memcpy(copy, line.p, at);
	if (put)
		copy[at] = byte;
	memcpy(copy + at + put, line.p + at + !kept, line.n - at - !kept);
	return str_make(copy, line.n + put - !kept);
}

/* Neither has a view outside the line, nor another one than the other has. */
static void
compare_view(struct str line, struct str one, struct str other)
{
	bool inside = other.n == 0 || (other.p >= line.p && other.p + other.n <= line.p + line.n);

	MUST(inside || str_eq(other, STR(".")));
	help_same(one, other, "fresh parser and one that saw lines before");
}

static void
compare_numbers(const struct record *one, const struct record *other)
{
	MUST(one->kind == other->kind && one->action == other->action);
	MUST(one->transfer == other->transfer && one->defect == other->defect);
	MUST(one->time == other->time && one->port == other->port && one->cached == other->cached);
	MUST(one->qtype == other->qtype && one->qclass == other->qclass);
	MUST(one->rcode == other->rcode && one->answers == other->answers);
	MUST(one->flags == other->flags && one->flags_known == other->flags_known);
	MUST(memcmp(&one->client, &other->client, sizeof(one->client)) == 0);
	MUST(memcmp(&one->server, &other->server, sizeof(one->server)) == 0);
	MUST(one->has_ecs == other->has_ecs && one->ecs.bits == other->ecs.bits);
	MUST(memcmp(&one->ecs.ip, &other->ecs.ip, sizeof(one->ecs.ip)) == 0);
	MUST(one->seconds_us == other->seconds_us && one->size == other->size);
	MUST(one->serial == other->serial && one->serial_from == other->serial_from);
	MUST(one->messages == other->messages && one->records == other->records);
	MUST(one->bytes == other->bytes);
}

static void
compare(struct str line, const struct record *one, const struct record *other)
{
	compare_numbers(one, other);
	compare_view(line, one->qname, other->qname);
	compare_view(line, one->view, other->view);
	compare_view(line, one->key, other->key);
	compare_view(line, one->host, other->host);
	compare_view(line, one->message, other->message);
	compare_view(line, one->category, other->category);
	compare_view(line, one->reason, other->reason);
}

static void
parse_both(struct parser *kept, struct str line, struct record *other)
{
	struct record one;
	struct parser fresh;

	parser_init(&fresh, kept->settings);
	parser_parse(&fresh, line, &one);
	parser_parse(kept, line, other);
	compare(line, &one, other);
	parser_release(&fresh);
}

/*
 * The line before another one, into a record that others have filled before: it is taken whole,
 * without a byte of the other, or not at all.
 */
static void
take_first(struct parser *kept, struct str line, struct record *other)
{
	struct record one;
	struct parser fresh;
	char *copy = malloc(2 * line.n + 1);

	MUST(copy != NULL);
	memcpy(copy, line.p, line.n);
	copy[line.n] = '\n';
	memcpy(copy + line.n + 1, line.p, line.n);
	size_t n;
	if (parser_take(kept, str_make(copy, 2 * line.n + 1), other, &n)) {
		MUST(memchr(copy, '\n', line.n + 1) == copy + n && copy[0]);
		MUST(copy[n - 1] && copy[n - 1] != '\r');
		parser_init(&fresh, kept->settings);
		parser_parse(&fresh, str_make(copy, n), &one);
		compare(str_make(copy, n), &one, other);
		parser_release(&fresh);
	}
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct timezone_change change = {INT64_MIN, 0};
	struct timezone_rules zone = {.name = "UTC", .count = 1, .changes = &change};
	struct parser_settings settings = {.zone = &zone, .anchor = INT64_C(1773187200000)};
	struct str rest = str_make((const char *)data, n), line;
	uint64_t state = 88172645463325252u + n;
	struct record record = {0};
	struct parser kept;

	settings.format = (enum log_format)(help_byte(&rest) % FORMAT_CUSTOM);
	parser_init(&kept, &settings);
	for (unsigned i = 0; i < LINES_MOST && help_line(&rest, &line); i++) {
		for (unsigned variant = 0; variant < VARIANTS; variant++) {
			struct str changed = make_variant(line, variant, &state);
			take_first(&kept, changed, &record);
			parse_both(&kept, changed, &record);
			free((char *)(uintptr_t)changed.p);
		}
		free((char *)(uintptr_t)line.p);
	}
	parser_release(&kept);
	return 0;
}
