const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/** MurmurHash2 as Kafka's own clients compute it (org.apache.kafka.common.utils.Utils), a signed 32-bit number. */
export function murmur2(data: Uint8Array): number {
  let hash = seed ^ data.length;
  const words = data.length >> 2;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let word = 0; word < words; word++) {
    let k = Math.imul(view.getInt32(word * 4, true), mix);
    k = Math.imul(k ^ (k >>> 24), mix);
    hash = Math.imul(hash, mix) ^ k;
  }
  const tail = words * 4;
  const rest = data.length - tail;
  if (rest === 3) hash ^= view.getUint8(tail + 2) << 16;
  if (rest >= 2) hash ^= view.getUint8(tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ view.getUint8(tail), mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

/** The partition of a key, the same in both adapters and in Kafka's own clients, so that it never moves with a library's default. */
export const partitionOf = (key: string, partitions: number): number => (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
