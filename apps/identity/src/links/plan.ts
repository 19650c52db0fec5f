import { keyInForce, type Address, type Identity, type Operator } from '@doubloon/escrow';
import type { Attestor } from './attestor.ts';
import { linkStanding } from './standing.ts';
import { impossible, isAttested, type Step, type StepTerms } from './step.ts';

/** Seconds that an attestation holds: longer than the blockhash beside it, and less than the program's ten minutes, since the chain's clock may be set back. */
const attestationSeconds = 300n;

/** What a step is to say now. LINK_STEP_IMPOSSIBLE where the accounts leave no doubt; the chain itself is asked about the rest. */
export function planStep({ step, wallet, identity, operator, time, attestors }: { step: Step; wallet: Address; identity: Identity | undefined; operator: Operator; time: bigint; attestors: readonly Attestor[] }): StepTerms {
  const { state, wallet: linked, pending } = linkStanding(identity, operator, time);
  const attestation = isAttested(step) ? { attestor: attestorNow(step, operator, time, attestors), expiry: time + attestationSeconds } : undefined;
  const plan = (otherWallet?: Address, signing = wallet): StepTerms => ({ step, wallet: signing, otherWallet, attestation });

  if (step === 'link') {
    if (linked !== undefined) throw impossible(step, linked === wallet ? 'this wallet is linked already' : 'a wallet is linked already: change it, or end that link with that wallet');
    return plan();
  }
  if (linked === undefined || identity === undefined) throw impossible(step, state === 'absent' ? 'no wallet was ever linked' : 'no wallet is linked any more');
  switch (step) {
    case 'change':
      if (linked === wallet) throw impossible(step, 'this wallet is the one that is linked');
      if (state === 'changing') throw impossible(step, 'a change is under way already: it ends by itself, or by the wallets');
      return plan(linked);
    case 'cancel-change':
      if (pending === undefined) throw impossible(step, 'no change is under way');
      if (identity.wallet !== wallet) throw impossible(step, 'only the wallet that was linked before can object');
      if (identity.contested) throw impossible(step, 'this wallet has objected already');
      return plan(pending.wallet);
    case 'settle-change':
      if (pending === undefined) throw impossible(step, 'no change is under way');
      if (wallet !== identity.wallet && wallet !== pending.wallet) throw impossible(step, 'this wallet is neither of the two');
      return plan(pending.wallet, identity.wallet);
    case 'unlink':
      if (linked !== wallet) throw impossible(step, 'another wallet is linked, and only that one can end it');
      return plan();
  }
}

function attestorNow(step: Step, operator: Operator, time: bigint, attestors: readonly Attestor[]): Address {
  const key = keyInForce(operator, 'attestor', time);
  if (key === undefined) throw impossible(step, 'whoever runs this site has stopped its attestor, and nobody can vouch for you until a next one takes over');
  if (!attestors.some(({ address }) => address === key)) throw impossible(step, 'the attestor of this site was changed, and the new one is not here yet');
  return key;
}
