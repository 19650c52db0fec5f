import { DoubloonError } from '@doubloon/errors';
import { checkSigned, parseAddress, reasonOf, refusal, signatureOf, signersOf, signTransaction, type Address, type Instruction } from '@doubloon/escrow';
import { tryOut } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import { depositByAddress } from '../deposits/deposit-row.ts';
import { keepStepSigned, stepBySignature, stepSubmission } from '../steps/step-row.ts';
import type { Treasury } from '../treasury.ts';
import { authorizeSecond, awardInstruction, seconder, type Seconding } from './build-award.ts';
import type { Share } from './split.ts';

interface Build {
  readonly wallet: Address;
  readonly instruction: Instruction;
  readonly shares: readonly Share[];
  readonly actorId: string | null;
  readonly issueNumber: number | null;
  readonly blockhash: string;
  readonly lastValid: bigint;
}

const { IntentState } = treasury;
const oldestBuildMs = 3_600_000;
const newestBuilds = 'select * from award_build where deposit = $1 and wallet = any ($2) and built_at > $3 order by id desc limit 50';

/**
 * Takes an award that its funder or approver signed. It is checked against what was handed out; where that was for two, the
 * person is asked for again, and the relayer signs these very bytes. Recorded, and only then sent. The same bytes again answer
 * what became of them. TRANSACTION_REFUSED, BLOCKHASH_EXPIRED, NOT_AUTHORIZED, SERVICE_UNAVAILABLE, NOTHING_TO_DECIDE.
 */
export async function submitAward(context: Treasury, seconding: Seconding | undefined, request: { deposit: string; transaction: Uint8Array }): Promise<MessageInitShape<typeof treasury.SubmitAwardResponseSchema>> {
  const { pool, log, now, wake, program } = context;
  const signature = signatureOf(request.transaction);
  const earlier = await recorded(context, request.deposit, signature);
  if (earlier !== undefined) return earlier;
  const row = await depositByAddress(pool, request.deposit);
  if (row === undefined) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: 'there is no such deposit' });

  const all = await buildsOf(context, row.address, signersOf(request.transaction), seconding?.key.address);
  // The newest that fits says whether the relayer is to sign: one made for two lacks its signature.
  const forTwo = all.filter(({ actorId }) => actorId !== null);
  const isForTwo = seconding !== undefined && signersOf(request.transaction).includes(seconding.key.address);
  const checked = checkSigned(request.transaction, isForTwo ? { program, builds: forTwo, attestor: seconding.key.address } : { program, builds: all.filter(({ actorId }) => actorId === null) });
  const { build, blockhash, message } = checked;
  const lastValid = blockhash === build.blockhash ? build.lastValid : undefined;
  const outcome = await tryOut(context, { transaction: request.transaction, lastValid, unasked: (err) => { log.info({ err, signature }, 'the chain could not be asked about a signed award'); } });
  if (outcome !== undefined && 'error' in outcome) throw refusal('would-fail', reasonOf(outcome.error));
  if (outcome !== undefined) throw new DoubloonError('BLOCKHASH_EXPIRED', { offerId: row.offer_id });

  let transaction = request.transaction;
  if (build.actorId !== null) {
    const second = seconder(seconding, row);
    await authorizeSecond(second, { row, wallet: build.wallet, shares: build.shares, actorId: build.actorId, issueNumber: build.issueNumber ?? 0 });
    const theirs = await second.key.sign(message);
    transaction = signTransaction(transaction, [{ address: second.key.address, sign: () => theirs }]);
  }
  failpoint('award-checked');
  await keepStepSigned(pool, { signature, transaction, lastValid, deposit: row.address, step: 'award', wallet: build.wallet }, now());
  failpoint('award-kept');
  wake.relayer();
  log.info({ signature, deposit: row.address, isForTwo }, 'award taken');
  return (await recorded(context, row.address, signature)) ?? {};
}

async function buildsOf(context: Treasury, deposit: string, wallets: readonly Address[], relayer: Address | undefined): Promise<Build[]> {
  const { rows } = await context.pool.query<{ wallet: string; created_slot: string; sequence: string; shares: Share[]; actor_id: string | null; issue_number: number | null; blockhash: string; last_valid_block_height: string }>(newestBuilds, [deposit, wallets, new Date(context.now().getTime() - oldestBuildMs)]);
  return rows.map((row) => {
    const wallet = parseAddress(row.wallet);
    const terms = { deposit: parseAddress(deposit), createdSlot: BigInt(row.created_slot), sequence: BigInt(row.sequence), wallet, shares: row.shares, relayer: row.actor_id === null ? undefined : relayer };
    return { wallet, instruction: awardInstruction(context, terms), shares: row.shares, actorId: row.actor_id, issueNumber: row.issue_number, blockhash: row.blockhash, lastValid: BigInt(row.last_valid_block_height) };
  });
}

async function recorded({ pool }: Treasury, deposit: string, signature: string): Promise<MessageInitShape<typeof treasury.SubmitAwardResponseSchema> | undefined> {
  const row = await stepBySignature(pool, deposit, signature);
  if (row === undefined) return undefined;
  const { submission_state: reached, problem } = row;
  const state = reached === 'finalized' ? IntentState.DONE : reached === 'failed' || reached === 'expired' ? IntentState.FAILED : IntentState.WAITING;
  return { intent: { deposit, state, signature, problem: problem ?? '' }, submission: stepSubmission(row) };
}
