import { expect, test } from 'vitest';
import type { DepositView, StandingView } from './deposit-view.ts';
import { standingsOf } from './get-bounty.ts';

const held: DepositView = { address: 'd', state: 'held', denom: 'sol', amount: '1', text: '0.1', heldText: '', funder: 'f', approver: undefined, withRelayer: true, deadline: '2027-01-01T00:00:00.000Z', createdSlot: '1', sequence: '1', vetoed: false, gone: false, award: undefined, signature: undefined, endSignature: undefined };

test('however many deposits somebody awards, one page asks the chain about twenty of them', async () => {
  const asked: string[] = [];
  const deposits = Array.from({ length: 500 }, (_, nth): DepositView => ({ ...held, address: String(nth), state: nth % 2 === 0 ? 'held' : 'awarded' }));
  const standings = await standingsOf(deposits, (address): Promise<StandingView> => {
    asked.push(address);
    return Promise.resolve({ deposit: { ...held, address }, issue: undefined, cluster: 'localnet', genesisHash: 'g', steps: [], stepsUnknown: false, submitted: undefined });
  });
  expect(asked).toEqual(Array.from({ length: 20 }, (_, nth) => String(2 * nth + 1)));
  expect(standings.map(({ deposit }) => deposit.address)).toEqual(asked);
});
