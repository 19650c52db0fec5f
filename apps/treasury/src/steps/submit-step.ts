import { DoubloonError } from '@doubloon/errors';
import { checkSigned, parseAddress, reasonOf, refusal, signatureOf, signersOf, type Address, type Instruction } from '@doubloon/escrow';
import { tryOut } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { Treasury } from '../treasury.ts';
import { existingDeposit, type KeptInstruction } from './build-step.ts';
import { isOfShare, type StepName } from './judge-step.ts';
import { keepStepSigned, stepBySignature, stepSubmission } from './step-row.ts';
import { readStep } from './step-view.ts';

interface Build {
  readonly wallet: Address;
  readonly instruction: Instruction;
  readonly blockhash: string;
  readonly lastValid: bigint;
}

const oldestBuildMs = 3_600_000;
const newestBuilds = `
  select wallet, instruction, blockhash, last_valid_block_height from step_build
  where deposit = $1 and step = $2 and share is not distinct from $3 and wallet = any ($4) and built_at > $5 order by id desc limit 50`;

/**
 * Takes a step that was signed: it is checked against what was handed out, recorded, and only then sent. The same bytes again
 * answer what became of them. DEPOSIT_ABSENT, REQUEST_INVALID, TRANSACTION_REFUSED, BLOCKHASH_EXPIRED.
 */
export async function submitDepositStep(context: Treasury, request: treasury.SubmitDepositStepRequest): Promise<MessageInitShape<typeof treasury.SubmitDepositStepResponseSchema>> {
  const { pool, program, log, now, wake } = context;
  const { transaction } = request;
  const [step, signature] = [readStep(request.step), signatureOf(transaction)];
  const row = await existingDeposit(pool, request.deposit);
  const earlier = await stepBySignature(pool, row.address, signature);
  if (earlier !== undefined) return { submission: stepSubmission(earlier) };

  const share = isOfShare(step) ? request.share : undefined;
  const { build, blockhash } = checkSigned(transaction, { program, builds: await buildsOf(context, row.address, { step, share, wallets: signersOf(transaction) }) });
  const lastValid = blockhash === build.blockhash ? build.lastValid : undefined;
  const outcome = await tryOut(context, { transaction, lastValid, unasked: (err) => { log.info({ err, signature }, 'the chain could not be asked about a signed step'); } });
  if (outcome !== undefined && 'error' in outcome) throw refusal('would-fail', reasonOf(outcome.error));
  if (outcome !== undefined) throw new DoubloonError('BLOCKHASH_EXPIRED', {});

  failpoint('step-checked');
  await keepStepSigned(pool, { signature, transaction, lastValid, deposit: row.address, step, wallet: build.wallet, ...(share === undefined ? {} : { share }) }, now());
  failpoint('step-kept');
  wake.relayer();
  log.info({ signature, deposit: row.address, step }, 'step taken');
  const kept = await stepBySignature(pool, row.address, signature);
  return kept === undefined ? {} : { submission: stepSubmission(kept) };
}

async function buildsOf({ pool, now }: Treasury, deposit: string, { step, share, wallets }: { step: StepName; share: number | undefined; wallets: readonly Address[] }): Promise<Build[]> {
  const { rows } = await pool.query<{ wallet: string; instruction: KeptInstruction; blockhash: string; last_valid_block_height: string }>(newestBuilds, [deposit, step, share ?? null, wallets, new Date(now().getTime() - oldestBuildMs)]);
  return rows.map(({ wallet, instruction, blockhash, last_valid_block_height: lastValid }) => ({
    wallet: parseAddress(wallet), instruction: { ...instruction, data: Buffer.from(instruction.data, 'base64') }, blockhash, lastValid: BigInt(lastValid),
  }));
}
