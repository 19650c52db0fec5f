import type { IdentityClient } from '@doubloon/rpc';
import type { Treasury } from '../treasury.ts';

/** Puts on record which rules of a repository money is given under from now on. */
export type RecordRules = (repositoryId: string) => void;

/**
 * Has the identity service look at them, which keeps what it sees. Nobody waits for it, and nobody is kept from funding while
 * GitHub is away: the rules under which the offer was taken were seen then, and bind until others are.
 */
export const recordRules = ({ identity, log }: { identity: Pick<IdentityClient, 'getRules'>; log: Treasury['log'] }): RecordRules => (repositoryId) => {
  identity.getRules({ repositoryId }).catch((err: unknown) => { log.warn({ err, repositoryId }, 'the rules under which money is given now were not looked at'); });
};
