import type { Denoms } from '@doubloon/domain';
import type { Address } from '@doubloon/escrow';
import type { IdentityClient, identity } from '@doubloon/rpc';
import type { Treasury } from '../treasury.ts';
import type { Relaying } from './context.ts';

const freshMs = 10 * 60_000;
const most = 1_000;

/**
 * The smallest amounts of repositories, as the identity service reads them from their rules, each asked for once in ten
 * minutes. While nobody answers, or a file can't be read, there is none: what people earned does not wait for that.
 */
export function knowMinimums({ identity: client, denoms: { denoms }, now, log }: { identity: Pick<IdentityClient, 'getRules'>; denoms: Denoms; now: () => Date; log: Treasury['log'] }): Relaying['minimumOf'] {
  const known = new Map<string, { readonly at: number; readonly limits: Promise<readonly identity.AmountLimit[]> }>();
  const limitsOf = (repositoryId: string) => client.getRules({ repositoryId }).then(({ rules }) => rules?.limits ?? [], (err: unknown) => {
    log.info({ err, repositoryId }, 'the smallest amounts of a repository are not known');
    return [];
  });
  return async (repositoryId: string, mint: Address | undefined) => {
    const at = now().getTime();
    let found = known.get(repositoryId);
    if (found === undefined || at - found.at > freshMs) {
      if (known.size >= most) known.clear();
      known.set(repositoryId, (found = { at, limits: limitsOf(repositoryId) }));
    }
    const name = denoms.find((denom) => (denom.mint ?? undefined) === mint)?.name;
    const minimum = (await found.limits).find(({ denom }) => denom === name)?.minimum;
    return minimum === undefined || minimum === '' ? undefined : BigInt(minimum);
  };
}
