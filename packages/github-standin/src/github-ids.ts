/**
 * The spaces GitHub numbers things in. They start where GitHub's own numbers are today, far apart from each other, so
 * that code which takes one kind of id for another fails here and not first in production.
 */
const starts = {
  account: 183_402_117,
  app: 1_318_204,
  installation: 68_120_733,
  repository: 1_024_889_310,
  issue: 3_611_204_877,
  pullRequest: 2_702_118_459,
  comment: 3_398_551_206,
  review: 3_188_204_915,
  reviewComment: 2_471_930_664,
  reaction: 402_117_883,
  label: 8_944_120_375,
  event: 17_402_118_633,
  hook: 571_204_338,
} as const;

export type IdSpace = keyof typeof starts;

/** Hands out ids that rise with gaps, as GitHub's do. Two instances hand out the same ids. */
export function createIds(): (space: IdSpace) => number {
  const last = new Map<IdSpace, number>();
  return (space) => {
    const before = last.get(space);
    const id = before === undefined ? starts[space] : before + 1 + ((before * 7919) % 83);
    last.set(space, id);
    return id;
  };
}

function packed(value: number): Buffer {
  const bytes = value > 0xffff_ffff ? Buffer.alloc(9, 0xcf) : Buffer.alloc(5, 0xce);
  if (bytes.length === 9) bytes.writeBigUInt64BE(BigInt(value), 1);
  else bytes.writeUInt32BE(value, 1);
  return bytes;
}

/** A global node id in the form GitHub uses today: a prefix for the kind, then the ids that lead to it, in MessagePack. */
export function nodeId(prefix: string, ...ids: readonly number[]): string {
  const bytes = Buffer.concat([Buffer.from([0x91 + ids.length, 0x00]), ...ids.map(packed)]);
  return `${prefix}_${bytes.toString('base64url')}`;
}
