/* partition: which part of a stream's hash range a record lies in.
 *
 * Kinesis takes the MD5 digest of the partition key as a 128-bit number and puts the record into the shard whose range of hash keys it lies in;
 * shards that were made together have equal ranges. Keys are numbers here, and the digest is that of their decimal text ("0", "17").
 * Source: Amazon Kinesis Data Streams Developer Guide, "Amazon Kinesis Data Streams terminology and concepts", partition key; API Reference,
 * "Shard", HashKeyRange. DynamoDB spreads items over its partitions by a hash of their key that is not published; the same one stands for it.
 *
 * A record without a key gets one of its own, as producers do that have nothing to keep in order (a random partition key). */
#ifndef MODELS_POLL_PARTITION_H
#define MODELS_POLL_PARTITION_H

#include <stddef.h>
#include <stdint.h>

/* The first 64 bits of the digest. They decide: that the rest puts a key on the other side of a border happens to one in 10^17. */
typedef uint64_t partition_hash;

enum { PARTITION_KEPT_MOST = 1 << 20 }; /* keys above it are hashed each time: 8 bytes of memory for each that is kept */

/* Hashes of the keys met so far. {0} is empty. */
struct partitions {
	partition_hash *hashes; /* 0: not known yet; no key's digest is 0 in practice, and it would only be computed again */
	size_t count;
};

partition_hash partition_compute(uint32_t key);                      /* MD5 of the decimal text */
partition_hash partition__learn(struct partitions *p, uint32_t key); /* makes room */
partition_hash partition_without_key(uint64_t identity);             /* uniform, the same for the same event */
void partitions_fini(struct partitions *p);

static inline partition_hash partition_of_key(struct partitions *p, uint32_t key)
{
	if (__builtin_expect(key < p->count && p->hashes[key] != 0, 1))
		return p->hashes[key];
	return partition__learn(p, key);
}

/* Which of `count` equal ranges of all hashes it lies in: floor(hash x count / 2^64). */
static inline uint32_t partition_range(partition_hash hash, uint32_t count)
{
	return (uint32_t)((unsigned __int128)hash * count >> 64);
}

/* Which of `count` lanes of a shard its key belongs to: from bits that do not decide the shard. */
static inline uint32_t partition_lane(partition_hash hash, uint32_t count)
{
	return (uint32_t)((hash & UINT32_MAX) * count >> 32);
}

#endif
