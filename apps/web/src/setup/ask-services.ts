import { isDoubloonError } from '@doubloon/errors';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';

/** Whether a service that the pages need answers them. */
export interface ServiceState {
  readonly name: string;
  readonly state: 'answers' | 'refuses' | 'silent';
}

const withinMs = 3_000;

/** Asks each for what nobody has: any answer of its own will do. Never rejects. */
export function askServices({ treasury, identity }: { treasury: TreasuryClient; identity: IdentityClient }): Promise<readonly ServiceState[]> {
  return Promise.all([
    stateOf('treasury', treasury.getOffer({ offerId: '0'.repeat(32) }, { timeoutMs: withinMs })),
    stateOf('identity', identity.getSession({ session: '0'.repeat(43) }, { timeoutMs: withinMs })),
  ]);
}

const stateOf = (name: string, answer: Promise<unknown>): Promise<ServiceState> => answer.then(() => ({ name, state: 'answers' }), (error: unknown) => ({ name, state: meaningOf(error) }));

/** What a failed question says of whoever was asked. */
export function meaningOf(error: unknown): ServiceState['state'] {
  if (isDoubloonError(error, 'UNAUTHENTICATED') || isDoubloonError(error, 'FORBIDDEN')) return 'refuses';
  return isDoubloonError(error, 'OFFER_ABSENT') || isDoubloonError(error, 'SESSION_ABSENT') ? 'answers' : 'silent';
}
