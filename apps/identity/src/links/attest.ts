import { createHash } from 'node:crypto';
import { isDoubloonError } from '@doubloon/errors';
import { checkSigned, keyInForce, signTransaction, type Address } from '@doubloon/escrow';
import { checkNode, type Ended } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import type { IdentityContext } from '../context.ts';
import { operatorIn } from './account.ts';
import { termsIn, type TermsRow } from './link-row.ts';
import { isAttested, stepInstruction } from './step.ts';

export interface Unattested extends TermsRow {
  readonly message_hash: Buffer;
  readonly transaction: Buffer;
}

export type Attesting = Pick<IdentityContext, 'pool' | 'chain' | 'cluster' | 'program' | 'operator' | 'attestors' | 'now' | 'log'>;

// One intent is signed once: the row is what says that it may be, and what keeps the signature.
const keep = "update link_submission set transaction = $2, attested_at = $3 where message_hash = $1 and attested_at is null and state = 'recorded'";

/**
 * The only place where the attestor signs. What it signs was recorded before, and is checked again as if nobody had: the row's own
 * step for its own user, in these very bytes, by a key that is in force, before its end. Answers the bytes with the signature, or
 * how it ended, because it will never be given. CHAIN_UNAVAILABLE, GENESIS_MISMATCH.
 */
export async function attest(context: Attesting, row: Unattested): Promise<{ transaction: Uint8Array } | Ended> {
  const { pool, chain, operator, attestors, now, log } = context;
  const terms = termsIn(row);
  const { attestation } = terms;
  if (attestation === undefined || !isAttested(row.step)) throw new TypeError('nobody vouches in this step');
  const [time, account] = [await chain.time(), await chain.account(operator, 'confirmed')];
  await checkNode(context);
  const attestor = attestors.find(({ address }) => address === attestation.attestor);
  if (attestor === undefined || keyInForce(operatorIn(account, context), 'attestor', time) !== attestor.address) return { state: 'failed', reason: 'The attestor of this site was changed meanwhile.' };
  if (attestation.expiry <= time) return { state: 'expired', reason: 'The time in which the attestor could vouch for it is over.' };

  const message = messageIn(context, row, attestor.address);
  if (message === undefined) {
    log.error({ githubId: row.github_id, messageHash: row.message_hash.toString('hex') }, 'what is recorded is not what may be attested');
    return { state: 'failed', reason: 'What was recorded is not what was handed out to be signed.' };
  }
  const signature = await attestor.sign(message);
  failpoint('link-attested');
  const transaction = signTransaction(row.transaction, [{ address: attestor.address, sign: () => signature }]);
  await pool.query(keep, [row.message_hash, transaction, now()]);
  failpoint('attestation-kept');
  log.info({ githubId: row.github_id, step: row.step, messageHash: row.message_hash.toString('hex') }, 'attested');
  return { transaction };
}

/** What is to be signed, if it is what the row says. */
function messageIn({ program, operator }: Attesting, row: Unattested, attestor: Address): Uint8Array | undefined {
  const terms = termsIn(row);
  const instruction = stepInstruction({ program, operator, githubId: row.github_id }, terms);
  try {
    const { message } = checkSigned(row.transaction, { program, builds: [{ wallet: terms.wallet, instruction }], attestor });
    return createHash('sha256').update(message).digest().equals(row.message_hash) ? message : undefined;
  } catch (error) {
    if (isDoubloonError(error, 'TRANSACTION_REFUSED')) return undefined;
    throw error;
  }
}
