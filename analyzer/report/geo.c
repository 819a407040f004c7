#include "report/geo.h"

#include <stdlib.h>

#ifdef HAVE_LIBMAXMINDDB

#include <maxminddb.h>
#include <netinet/in.h>

#include "base/xalloc.h"

enum { NETWORK_MAX = 200, COUNTRY = 2, DEPTH = 3 };

struct geo {
	size_t count;
	MMDB_s *databases;
};

struct geo *
geo_open(const char *const *paths, size_t count, struct err *err)
{
	struct geo *geo = xcalloc(1, sizeof(*geo));

	geo->databases = xcalloc(count, sizeof(*geo->databases));
	for (size_t i = 0; i < count; i++) {
		int status = MMDB_open(paths[i], MMDB_MODE_MMAP, &geo->databases[i]);
		if (status != MMDB_SUCCESS) {
			err_set(err, "--geo %s: %s", paths[i], MMDB_strerror(status));
			geo_close(geo);
			return NULL;
		}
		geo->count++;
	}
	return geo;
}

void
geo_close(struct geo *geo)
{
	if (!geo)
		return;
	for (size_t i = 0; i < geo->count; i++)
		MMDB_close(&geo->databases[i]);
	free(geo->databases);
	free(geo);
}

/* False where the database does not know the address, or is broken there. */
static bool
look_up(const MMDB_s *database, const struct ip *ip, MMDB_lookup_result_s *result)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	const struct sockaddr *address = (const struct sockaddr *)&v6;
	int error = MMDB_SUCCESS;

	memcpy(&v6.sin6_addr, ip->b, sizeof(ip->b));
	memcpy(&v4.sin_addr, ip->b + 12, sizeof(v4.sin_addr));
	if (ip_is_v4(ip))
		address = (const struct sockaddr *)&v4;
	*result = MMDB_lookup_sockaddr(database, address, &error);
	return error == MMDB_SUCCESS && result->found_entry;
}

/* The text at a path of keys, of at most `most` bytes; empty without. */
static struct str
text_at(MMDB_lookup_result_s *result, const char *const *path, size_t most)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(&result->entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
	    data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return (struct str){NULL, 0};
	return str_make(data.utf8_string, data.data_size < most ? data.data_size : most);
}

static uint32_t
number_at(MMDB_lookup_result_s *result, const char *const *path)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(&result->entry, &data, path) != MMDB_SUCCESS || !data.has_data)
		return 0;
	if (data.type == MMDB_DATA_TYPE_UINT32)
		return data.uint32;
	return data.type == MMDB_DATA_TYPE_UINT16 ? data.uint16 : 0;
}

/* Makers of databases agree on the format and not on the names in it. */
static const char *const country_paths[][DEPTH] = {
	{"country", "iso_code", NULL},
	{"country_code", NULL, NULL},
	{"registered_country", "iso_code", NULL},
	{"country", NULL, NULL},
};
static const char *const network_paths[][DEPTH] = {
	{"autonomous_system_organization", NULL, NULL},
	{"as_name", NULL, NULL},
	{"organization", NULL, NULL},
};
static const char *const asn_paths[][DEPTH] = {
	{"autonomous_system_number", NULL, NULL},
	{"asn", NULL, NULL},
};

static void
add_asn(struct place *place, MMDB_lookup_result_s *result)
{
	enum { AS_TEXT = 12 };

	for (size_t i = 0; !place->asn && i < sizeof(asn_paths) / sizeof(asn_paths[0]); i++) {
		struct str text = text_at(result, asn_paths[i], AS_TEXT);
		uint64_t number;
		place->asn = number_at(result, asn_paths[i]);
		if (!place->asn && str_take(&text, STR("AS")) &&
		    str_number(text, UINT32_MAX, &number))
			place->asn = (uint32_t)number;
	}
}

static void
add_place(struct place *place, struct arena *arena, MMDB_lookup_result_s *result)
{
	for (size_t i = 0; !place->country.n && i < sizeof(country_paths) / sizeof(*country_paths);
	     i++) {
		struct str text = text_at(result, country_paths[i], COUNTRY + 1);
		if (text.n == COUNTRY)
			place->country = arena_str(arena, text);
	}
	for (size_t i = 0; !place->network.n && i < sizeof(network_paths) / sizeof(*network_paths);
	     i++)
		place->network = arena_str(arena, text_at(result, network_paths[i], NETWORK_MAX));
	add_asn(place, result);
}

struct place
geo_place(const struct geo *geo, struct arena *arena, const struct ip *ip)
{
	struct place place = {0};

	for (size_t i = 0; geo && i < geo->count; i++) {
		MMDB_lookup_result_s result;
		if (look_up(&geo->databases[i], ip, &result))
			add_place(&place, arena, &result);
	}
	return place;
}

#else

struct geo *
geo_open(const char *const *paths, size_t count, struct err *err)
{
	(void)count;
	err_set(err, "--geo %s: this program was built without libmaxminddb", paths[0]);
	return NULL;
}

void
geo_close(struct geo *geo)
{
	(void)geo;
}

struct place
geo_place(const struct geo *geo, struct arena *arena, const struct ip *ip)
{
	(void)geo;
	(void)arena;
	(void)ip;
	return (struct place){0};
}

#endif
