/* partition: see partition.h. */
#include "models/poll/partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/invoke/message.h"
#include "sim/base/md5.h"
#include "sim/base/memory.h"

partition_hash partition_compute(uint32_t key)
{
	struct md5 digest;
	char text[16], hexadecimal[MD5_TEXT];
	int length = snprintf(text, sizeof text, "%u", (unsigned)key);
	md5_init(&digest);
	md5_add(&digest, text, (size_t)length);
	md5_end_text(&digest, hexadecimal);
	hexadecimal[2 * sizeof(partition_hash)] = '\0';
	return strtoull(hexadecimal, NULL, 16);
}

partition_hash partition__learn(struct partitions *p, uint32_t key)
{
	if (key >= PARTITION_KEPT_MOST)
		return partition_compute(key);
	if (key >= p->count) {
		size_t count = p->count ? p->count : 64;
		while (count <= key)
			count *= 2;
		p->hashes = memory_grow(p->hashes, count, sizeof *p->hashes);
		memset(p->hashes + p->count, 0, (count - p->count) * sizeof *p->hashes);
		p->count = count;
	}
	return p->hashes[key] = partition_compute(key);
}

partition_hash partition_without_key(uint64_t identity)
{
	return message_identity(identity, 0, 1);
}

void partitions_fini(struct partitions *p)
{
	memory_free(p->hashes);
	*p = (struct partitions){0};
}
