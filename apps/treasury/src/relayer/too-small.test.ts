import { expect, test } from 'vitest';
import { wrappedSol as mint, type Deposit } from '@doubloon/escrow';
import type { IntentRow } from './intent-row.ts';
import { tooSmall } from './too-small.ts';

const deposit = { repositoryId: '1', mint, amount: 10_000_000n, award: { shares: [{ bps: 4_999 }, { bps: 5_001 }] } } as unknown as Deposit;
const intent = (changes: Partial<IntentRow> = {}) => ({ action: 'payout', decision: null, share: 0, ...changes }) as IntentRow;
const five = () => Promise.resolve(5_000_000n);
const opening = { opens: { wallet: mint, mint } };

test.each([
  ['a deposit below the minimum is left to others', intent(), { ...deposit, amount: 4_999_999n }, {}, /^The deposit is smaller/],
  ['unless somebody decided so', intent({ action: 'cancel', decision: '1', share: null }), { ...deposit, amount: 4_999_999n }, {}, undefined],
  ['a smaller share is paid where an account is there', intent(), deposit, {}, undefined],
  ['no account is opened for a share below the minimum', intent(), deposit, opening, /^The share is smaller/],
  ['one is for a share above it', intent({ share: 1 }), deposit, opening, undefined],
  ['nothing is known of a deposit that is gone', intent(), undefined, {}, undefined],
] as const)('%s', async (_what, of, found, verdict, problem) => {
  const because = await tooSmall({ minimumOf: five }, of, found, verdict);
  if (problem === undefined) expect(because).toBeUndefined();
  else expect(because).toMatch(problem);
});
