#include "cli/merge_map.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* The same log: where it lay and how it was compressed does not matter. */
static bool
is_same_log(const struct saved_input *a, const struct saved_input *b)
{
	return a->head_bytes && a->head_bytes == b->head_bytes && a->head_hash == b->head_hash &&
	       a->bytes == b->bytes && a->lines == b->lines;
}

static const struct saved_input *
find_log(const struct saved_run *run, const struct saved_input *log)
{
	for (size_t i = 0; i < run->input_count; i++)
		if (is_same_log(&run->inputs[i], log))
			return &run->inputs[i];
	return NULL;
}

static bool
holds_all(const struct saved_run *larger, const struct saved_run *smaller)
{
	size_t logs = 0;

	for (size_t i = 0; i < smaller->input_count; i++) {
		if (!smaller->inputs[i].head_bytes)
			continue;
		logs++;
		if (!find_log(larger, &smaller->inputs[i]))
			return false;
	}
	return logs > 0;
}

void
merge_choose(struct merge_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (parts[i].state == PART_REPEATED)
			parts[i].state = PART_TAKEN;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count && parts[i].state == PART_TAKEN; j++) {
			if (i == j || parts[j].state != PART_TAKEN ||
			    !holds_all(parts[j].run, parts[i].run))
				continue;
			parts[i].state = PART_REPEATED;
			err_set(&parts[i].err, "left out: all its logs are in %s", parts[j].path);
		}
}

struct sorted_input {
	const struct saved_input *input;
	struct merge_input_place place;
};

/* The order of cli/plan.c, and where it leaves a tie, what does not depend on the operands. */
static int
by_time(const void *a, const void *b)
{
	const struct saved_input *x = ((const struct sorted_input *)a)->input;
	const struct saved_input *y = ((const struct sorted_input *)b)->input;
	bool x_timed = x->first != TIME_NONE, y_timed = y->first != TIME_NONE;
	int order;

	if (x->is_regular != y->is_regular)
		return x->is_regular ? -1 : 1;
	if (x_timed != y_timed)
		return x_timed ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if ((order = str_compare(x->path, y->path)) != 0 ||
	    (order = str_compare(x->server, y->server)) != 0)
		return order;
	return (x->head_hash > y->head_hash) - (x->head_hash < y->head_hash);
}

static int
by_content(const void *a, const void *b)
{
	const struct saved_input *x = ((const struct sorted_input *)a)->input;
	const struct saved_input *y = ((const struct sorted_input *)b)->input;

	if (x->head_hash != y->head_hash)
		return x->head_hash < y->head_hash ? -1 : 1;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static int
refuse_repeated(struct sorted_input *sorted, size_t n, const struct merge_part *parts,
		struct err *err)
{
	qsort(sorted, n, sizeof(*sorted), by_content);
	for (size_t i = 1; i < n; i++) {
		size_t a = sorted[i - 1].place.part, b = sorted[i].place.part;
		if (a != b && is_same_log(sorted[i - 1].input, sorted[i].input))
			return err_set(err,
				       "%s and %s both hold the log %.*s: it would count twice",
				       parts[a < b ? a : b].path, parts[a < b ? b : a].path,
				       STR_ARG(sorted[i].input->path));
	}
	return 0;
}

static struct saved_input
copy_input(struct arena *arena, const struct saved_input *input)
{
	struct saved_input copy = *input;

	copy.path = arena_str(arena, input->path);
	copy.format = arena_str(arena, input->format);
	copy.time_basis = arena_str(arena, input->time_basis);
	copy.error = arena_str(arena, input->error);
	copy.server = arena_str(arena, input->server);
	return copy;
}

int
merge_inputs_make(struct merge_inputs *inputs, struct arena *arena, const struct merge_part *parts,
		  size_t count, struct servers *servers, struct err *err)
{
	size_t total = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		total += parts[i].run->input_count;
	struct sorted_input *sorted = xcalloc(total + 1, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; parts[i].state == PART_TAKEN && j < parts[i].run->input_count;
		     j++)
			sorted[n++] = (struct sorted_input){&parts[i].run->inputs[j], {i, j}};
	int status = refuse_repeated(sorted, n, parts, err);
	qsort(sorted, n, sizeof(*sorted), by_time);
	inputs->count = n;
	inputs->all = arena_alloc(arena, (n + 1) * sizeof(*inputs->all));
	inputs->places = arena_alloc(arena, (n + 1) * sizeof(*inputs->places));
	for (size_t i = 0; i < n; i++) {
		inputs->all[i] = copy_input(arena, sorted[i].input);
		inputs->places[i] = sorted[i].place;
	}
	free(sorted);
	return status == 0 ? servers_make(servers, inputs->all, n, arena, err) : status;
}

/* What a part took its servers for. */
struct alone {
	struct saved_input *inputs; /* in the arena */
	struct servers servers;
};

static int
look_alone(struct alone *alone, struct arena *arena, const struct merge_part *part, struct err *err)
{
	size_t count = part->run->input_count;

	alone->inputs = arena_alloc(arena, (count + 1) * sizeof(*alone->inputs));
	for (size_t i = 0; i < count; i++)
		alone->inputs[i] = part->run->inputs[i];
	if (servers_make(&alone->servers, alone->inputs, count, arena, err) != 0)
		return err_prefix(err, "%s", part->path);
	for (size_t i = 0; i < count; i++)
		if (alone->inputs[i].server_number != part->run->inputs[i].server_number)
			return err_set(err, "%s: its servers are not those of its logs",
				       part->path);
	return 0;
}

/*
 * A server of a part is one server of the whole. A log in which no program was recognised holds
 * nothing that is counted by server: it says where the server is found only where no other does.
 */
static int
map_servers(struct merge_part *part, uint32_t *map, size_t server_count, const uint32_t *whole,
	    const struct saved_input *all, struct err *err)
{
	bool *known = xcalloc(server_count + 1, sizeof(*known));
	int status = 0;

	for (size_t i = 0; i < part->run->input_count; i++)
		map[part->run->inputs[i].server_number] = all[whole[i]].server_number;
	for (size_t i = 0; i < part->run->input_count && status == 0; i++) {
		uint32_t own = part->run->inputs[i].server_number;
		uint32_t now = all[whole[i]].server_number;
		if (!servers_is_known(part->run->inputs[i].format))
			continue;
		if (known[own] && map[own] != now)
			status = err_set(err,
					 "%s: %.*s is the name of two servers; tell them apart "
					 "with --server when the tally is made",
					 part->path, STR_ARG(part->run->inputs[i].server));
		known[own] = true;
		map[own] = now;
	}
	free(known);
	return status;
}

/*
 * A log of denials alone counts those as requests. When another tally has the queries of that
 * server they are no requests.
 */
static const bool *
map_requests(struct arena *arena, const struct merge_part *part, const struct alone *alone,
	     const struct servers *servers)
{
	bool *without = arena_alloc(arena, (servers->count + 1) * sizeof(*without));

	for (size_t i = 0; i < servers->count; i++)
		without[i] = false;
	for (size_t i = 0; i < alone->servers.count; i++) {
		uint32_t now = part->map.servers[i];
		without[now] = servers_request_kind(&alone->servers.all[i]) !=
			       servers_request_kind(&servers->all[now]);
	}
	return without;
}

static int
map_part(struct merge_part *part, const uint32_t *whole, const struct merge_inputs *inputs,
	 struct arena *arena, const struct servers *servers, struct err *err)
{
	struct alone alone = {0};
	uint32_t *numbers;
	int status = look_alone(&alone, arena, part, err);

	numbers = arena_alloc(arena, (alone.servers.count + 1) * sizeof(*numbers));
	part->map = (struct tally_map){
		.stream_count = part->run->input_count,
		.server_count = alone.servers.count,
		.streams = whole,
		.servers = numbers,
	};
	if (status == 0)
		status = map_servers(part, numbers, alone.servers.count, whole, inputs->all, err);
	if (status == 0)
		part->map.without_requests = map_requests(arena, part, &alone, servers);
	servers_release(&alone.servers);
	return status;
}

int
merge_map(const struct merge_inputs *inputs, struct arena *arena, struct merge_part *parts,
	  size_t count, const struct servers *servers, struct err *err)
{
	uint32_t **whole = xcalloc(count + 1, sizeof(*whole));
	int status = 0;

	for (size_t i = 0; i < count; i++)
		whole[i] = arena_alloc(arena, (parts[i].run->input_count + 1) * sizeof(**whole));
	for (size_t i = 0; i < inputs->count; i++)
		whole[inputs->places[i].part][inputs->places[i].input] = (uint32_t)i;
	for (size_t i = 0; i < count && status == 0; i++)
		if (parts[i].state == PART_TAKEN)
			status = map_part(&parts[i], whole[i], inputs, arena, servers, err);
	free(whole);
	return status;
}

bool
merge_part_disables(const struct merge_part *part, size_t rule)
{
	for (size_t i = 0; i < part->run->disabled_count; i++)
		if (part->run->disabled[i] == rule)
			return true;
	return false;
}

size_t
merge_part_incomplete(const struct merge_part *part)
{
	size_t count = part->run->unread_count;

	for (size_t i = 0; i < part->run->input_count; i++)
		count += !part->run->inputs[i].complete;
	return count;
}

static int
by_path(const void *a, const void *b)
{
	const struct saved_unread *x = a, *y = b;
	int order = str_compare(x->path, y->path);

	return order ? order : str_compare(x->text, y->text);
}

void
merge_unread(struct arena *arena, const struct merge_part *parts, size_t count,
	     struct saved_run *run)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += parts[i].run->unread_count;
	run->unread = arena_alloc(arena, (total + 1) * sizeof(*run->unread));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; parts[i].state == PART_TAKEN && j < parts[i].run->unread_count;
		     j++)
			run->unread[run->unread_count++] = (struct saved_unread){
				arena_str(arena, parts[i].run->unread[j].path),
				arena_str(arena, parts[i].run->unread[j].text)};
	if (run->unread_count)
		qsort(run->unread, run->unread_count, sizeof(*run->unread), by_path);
}
