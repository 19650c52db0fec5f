import { formatAmount } from '@doubloon/domain';
import type { Address } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import { signerOf } from '../key-file.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { valueOf, type Instance } from './instance.ts';

/** How many payouts the relayer should be good for, to people whose first token it is. */
const payouts = 10n;
/** Signatures and priority of a payout, more than they cost in quiet times. */
const feeLamports = 50_000n;
/** Bytes of a token account, whose rent the relayer pays once for each person and mint. */
const tokenAccountSize = 165;

/** Whether the treasury can carry out what is decided on GitHub: whom it asks, its key, and the money for it. */
export async function checkRelayer(chain: Chain, instance: Instance, inForce: Address | undefined): Promise<readonly Finding[]> {
  const asks = checkAsking(instance);
  const key = keyFinding(instance, inForce);
  return [...asks, key, ...(key.state === 'ok' && inForce !== undefined ? [await checkBalance(chain, inForce)] : [])];
}

function checkAsking(instance: Instance): readonly Finding[] {
  const missing = ['TREASURY_IDENTITY_URL', 'TREASURY_IDENTITY_TOKEN'].filter((name) => valueOf(instance, 'treasury', name) === undefined);
  // Before the services are set up there is nothing to say of it.
  if (missing.length === 0 || valueOf(instance, 'treasury', 'TREASURY_CALLERS') === undefined) return [];
  return [warn('settings.relayer', `The treasury is not told ${missing.join(' and ')}: nobody can award, veto or cancel by a comment.`, 'Set both, and put the hash of the token under "treasury" into the file of IDENTITY_CALLERS.')];
}

function keyFinding(instance: Instance, inForce: Address | undefined): Finding {
  const check = 'chain.relayer';
  if (inForce === undefined) return fail(check, 'The operator has no relayer key: every deposit would be decided by its funder alone.', 'Schedule one with doubloon operator schedule-keys; it takes over after seven days.');
  const held = valueOf(instance, 'treasury', 'TREASURY_RELAYER_KEY');
  if (held === undefined) return warn(check, `The treasury has no key that can be read for the relayer ${inForce}: what maintainers decide is not carried out, and payouts are left to others.`, 'Point TREASURY_RELAYER_KEY_FILE at the key file that doubloon setup wrote, readable for the treasury.');
  const ours = signerOf(held)?.address;
  if (ours === undefined) return fail(check, 'The relayer key of the treasury is no key file.', 'Put the JSON array of 64 bytes there that doubloon setup wrote.');
  if (ours !== inForce) return fail(check, `The treasury holds the key ${ours}, and the operator's relayer is ${inForce}.`, `Give it the key of ${inForce}, or schedule its own with doubloon operator schedule-keys.`);
  return ok(check, `The relayer is ${inForce}, and the treasury holds its key.`);
}

async function checkBalance(chain: Chain, relayer: Address): Promise<Finding> {
  const check = 'chain.relayer-balance';
  const [account, rent, alive] = await Promise.all([chain.account(relayer, 'confirmed'), chain.minimumBalance(tokenAccountSize), chain.minimumBalance(0)]);
  const [holds, needed] = [account?.lamports ?? 0n, payouts * (feeLamports + rent) + alive];
  const inSol = (lamports: bigint): string => `${formatAmount(lamports, 9)} SOL`;
  if (holds < needed) return warn(check, `The relayer ${relayer} holds ${inSol(holds)}: that is not enough for ${String(payouts)} payouts.`, `Send it at least ${inSol(needed - holds)}, and not much more: it holds only what it spends.`);
  return ok(check, `The relayer holds ${inSol(holds)}, enough for ${String(payouts)} payouts.`);
}
