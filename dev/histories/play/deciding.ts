import { treasury } from '@doubloon/rpc';
import { actOf, earlier, type Came, type DeedOf, type Doing } from './doing.ts';
import { Refused } from './insist.ts';
import { signUntilItLands } from './signing.ts';

/** The deposit that a `fund` made, and whose wallet did. */
export function depositOf(doing: Doing, of: number): { readonly deposit: string; readonly by: DeedOf<'fund'>['by'] } {
  const { by } = earlier(doing, of, 'fund');
  const signed = actOf(doing, of)?.signed?.findLast(({ deposit }) => deposit !== undefined);
  if (signed?.deposit === undefined) throw new Refused('DEPOSIT_ABSENT', {});
  return { deposit: signed.deposit, by };
}

/** By the wallet alone, without a session: whoever decides so leaves the others their time to object. */
export async function signAward(doing: Doing<DeedOf<'sign-award'>>): Promise<Came> {
  const { place, deed, end } = doing;
  const { deposit, by } = depositOf(doing, deed.of);
  const { stage: { stack: { treasury: service } }, people, number } = place;
  const shares = deed.to.map(({ to, bps }) => ({ githubId: people[to].githubId, bps }));
  return signUntilItLands(place, end, {
    by,
    deposit,
    async build() {
      const built = await service.buildAward({ deposit, wallet: people[by].wallet.address, shares, actorId: '', issueNumber: number });
      return { transaction: built.transaction, lastValidBlockHeight: BigInt(built.lastValidBlockHeight) };
    },
    handIn: (transaction) => service.submitAward({ deposit, transaction }),
  });
}

export async function signVeto(doing: Doing<DeedOf<'sign-veto'>>): Promise<Came> {
  const { place, deed, end } = doing;
  const { deposit, by } = depositOf(doing, deed.of);
  const { stage: { stack: { treasury: service }, deposits }, people } = place;
  // Somebody who wants to object to what was said a moment ago waits until it stands.
  if (wasJustAwarded(doing)) await deposits.until(deposit, (known) => known?.state === 'awarded', Math.min(end, Date.now() + standsWithinMs));
  const step = treasury.DepositStep.VETO;
  return signUntilItLands(place, end, {
    by,
    deposit,
    async build() {
      const built = await service.buildDepositStep({ deposit, step, wallet: people[by].wallet.address });
      return { transaction: built.transaction, lastValidBlockHeight: BigInt(built.lastValidBlockHeight) };
    },
    handIn: (transaction) => service.submitDepositStep({ deposit, step, transaction }),
  });
}

const standsWithinMs = 60_000;

function wasJustAwarded({ place: { history: { operations } }, of, deed }: Doing<DeedOf<'sign-veto'>>): boolean {
  const round = operations[of]?.round;
  return operations.slice(0, of).some((one) => one.round === round && (one.kind === 'award' || (one.kind === 'sign-award' && one.of === deed.of)));
}
