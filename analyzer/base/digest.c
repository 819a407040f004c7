#include "base/digest.h"

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>

void
digest_key_make(struct digest_key *key, struct str from)
{
	static const char purpose[] = "digtrail pseudonyms";
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, from.n, (const uint8_t *)(from.n ? from.p : ""));
	hmac_sha256_update(&context, sizeof(purpose) - 1, (const uint8_t *)purpose);
	hmac_sha256_digest(&context, DIGEST_KEY, key->bytes);
}

uint64_t
digest_keyed(const struct digest_key *key, const void *p, size_t n)
{
	struct hmac_sha256_ctx context;
	uint8_t bytes[8];
	uint64_t value = 0;

	hmac_sha256_set_key(&context, DIGEST_KEY, key->bytes);
	hmac_sha256_update(&context, n, p);
	hmac_sha256_digest(&context, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		value = value << 8 | bytes[i];
	return value;
}

const char *
digest_policy(struct str text, char out[DIGEST_TEXT])
{
	struct sha256_ctx context;
	uint8_t bytes[SHA256_DIGEST_SIZE];
	char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1];

	sha256_init(&context);
	sha256_update(&context, text.n, (const uint8_t *)(text.n ? text.p : ""));
	sha256_digest(&context, sizeof(bytes), bytes);
	base64_encode_raw(encoded, sizeof(bytes), bytes);
	encoded[sizeof(encoded) - 1] = '\0';
	snprintf(out, DIGEST_TEXT, "sha256-%s", encoded);
	return out;
}

const char *
digest_sum(struct str text, char out[DIGEST_SUM])
{
	struct sha1_ctx context;
	uint8_t bytes[SHA1_DIGEST_SIZE];

	sha1_init(&context);
	sha1_update(&context, text.n, (const uint8_t *)(text.n ? text.p : ""));
	sha1_digest(&context, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return out;
}

struct uuid
uuid_of_name(const struct uuid *space, struct str name)
{
	struct sha1_ctx context;
	struct uuid uuid;

	sha1_init(&context);
	sha1_update(&context, sizeof(space->bytes), space->bytes);
	sha1_update(&context, name.n, (const uint8_t *)(name.n ? name.p : ""));
	sha1_digest(&context, sizeof(uuid.bytes), uuid.bytes);
	uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x50);
	uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
	return uuid;
}

const char *
uuid_print(const struct uuid *uuid, char out[UUID_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(uuid->bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		snprintf(out + n, UUID_TEXT - n, "%02x", uuid->bytes[i]);
		n += 2;
	}
	return out;
}
