import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { compileTransaction, customErrorOf, parseTransaction, reasonOf, setComputeUnitLimit, setComputeUnitPrice, signTransaction, transactionSignature, type Address, type Instruction } from '@doubloon/escrow';
import { networkFee, priorityPrice } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { Relaying } from './context.ts';
import type { IntentRow } from './intent-row.ts';
import { tokenAccountBytes } from '../funding/token-account.ts';

/** An intent and what makes it true. */
export interface Doable {
  readonly intent: IntentRow;
  readonly instructions: readonly Instruction[];
  readonly opens?: { readonly wallet: Address; readonly mint: Address };
}

/** Compute units for a simulation of four with new token accounts, and the room that is left above what it took. */
const simulationUnits = 400_000;
const roomAbove = 5_000;
const budgetInstructions = 2;

const spentToday = "select coalesce(sum(cost), 0)::text as spent from relayer_transaction where built_at > $1::timestamptz - interval '1 day' and state <> 'expired'";
const openedToday = "select count(*)::int as count from opened_account where opened_at > $1::timestamptz - interval '1 day'";
const opened = 'select 1 from opened_account where github_id = $1 and mint = $2';
const keep = 'insert into relayer_transaction (signature, transaction, last_valid_block_height, next_at, built_at, cost) values ($1, $2, $3, $4, $4, $5)';
const take = "update relayer_intent set state = 'alive', signature = $2, problem = null where id = any ($1::bigint[]) and state = 'waiting'";
const noteOpened = 'insert into opened_account (github_id, mint, signature, opened_at) values ($1, $2, $3, $4)';
const wait = "update relayer_intent set problem = $2 where id = any ($1::bigint[]) and state = 'waiting'";
const again = "update relayer_intent set next_at = $2 where id = any ($1::bigint[]) and state = 'waiting'";

/**
 * The only place where the relayer's key signs: a transaction that was built here from rows, tried out, within its means, and
 * written down in the same step that takes the intents. Answers whether it did. CHAIN_UNAVAILABLE and its siblings leave
 * everything as it was.
 */
export async function signBundle(context: Relaying, bundle: readonly Doable[]): Promise<boolean> {
  const { pool, chain, key, log, now } = context;
  const ids = bundle.map(({ intent }) => intent.id);
  const put = async (problem: string, of: readonly string[] = ids) => {
    await pool.query(wait, [of, problem]);
    return false;
  };
  const openings = bundle.filter(({ opens }) => opens !== undefined);
  const unopenable = await mayNotOpen(context, openings);
  for (const [id, problem] of unopenable) await put(problem, [id]);
  // The others must not wait for somebody who closes their account.
  const rest = bundle.filter(({ intent }) => !unopenable.has(intent.id));
  if (unopenable.size > 0) return rest.length > 0 && signBundle(context, rest);

  const instructions = bundle.flatMap((one) => one.instructions);
  const writable = [...new Set(instructions.flatMap(({ accounts }) => accounts.filter((account) => account.writable).map(({ address }) => address)))];
  const [{ blockhash, lastValidBlockHeight }, price, [balance], rent] = await Promise.all([
    chain.latestBlockhash(), priorityPrice(chain, writable), chain.accounts([key.address], 'confirmed'), chain.minimumBalance(tokenAccountBytes),
  ]);
  const compile = (limit: number) => compileTransaction({ payer: key.address, blockhash, instructions: [setComputeUnitLimit(limit), setComputeUnitPrice(price), ...instructions] });
  const { error, unitsConsumed, lamports: [after] } = await chain.simulate(compile(simulationUnits), [key.address]);
  if (error !== undefined) {
    const failed = whoFailed(bundle, error);
    log.warn({ err: reasonOf(error), intents: ids }, 'the chain would refuse what the relayer is to sign');
    await put(`The chain would refuse it: ${reasonOf(error).message}`, failed);
    // The others must not wait for what keeps failing.
    await pool.query(again, [ids.filter((id) => !failed.includes(id)), now()]);
    return false;
  }

  const limit = Math.ceil(Number(unitsConsumed) * 1.2) + roomAbove;
  const transaction = compile(limit);
  const fee = (units: number) => networkFee({ price, limit: units, signatures: parseTransaction(transaction).signatures.length });
  const rents = rent * BigInt(openings.length);
  const spent = (balance?.lamports ?? 0n) - (after ?? 0n);
  if (spent > fee(simulationUnits) + rents) {
    context.relayed('refused');
    log.error({ intents: ids, spent: String(spent), allowed: String(fee(simulationUnits) + rents) }, 'a transaction would take more from the relayer than its fee and rent');
    return put('It would take more from the relayer than its fee: its operator has to look.');
  }
  const cost = fee(limit) + rents;
  const { rows: [today] } = await pool.query<{ spent: string }>(spentToday, [now()]);
  // A veto keeps money where it is, and each deposit takes one: whoever spends the budget must not buy an award its time.
  if (bundle.some(({ intent }) => intent.action !== 'veto') && BigInt(today?.spent ?? 0) + cost > context.budget) return put('What the relayer may spend in a day is spent.');

  const signed = signTransaction(transaction, [{ address: key.address, sign: await presigned(context, transaction) }]);
  const signature = transactionSignature(signed);
  failpoint('relay-signed');
  if (!(await record(context, bundle, { signature, signed, lastValidBlockHeight, cost }))) return false;
  failpoint('relay-kept');
  log.info({ signature, action: bundle[0]?.intent.action, deposits: bundle.map(({ intent }) => intent.deposit) }, 'relayer signed');
  return true;
}

/** The key may lie elsewhere, and then takes its time. */
async function presigned({ key }: Relaying, transaction: Uint8Array): Promise<() => Uint8Array> {
  const signature = await key.sign(parseTransaction(transaction).message);
  return () => signature;
}

async function record({ pool, now }: Relaying, bundle: readonly Doable[], { signature, signed, lastValidBlockHeight, cost }: { signature: string; signed: Uint8Array; lastValidBlockHeight: bigint; cost: bigint }): Promise<boolean> {
  const ids = bundle.map(({ intent }) => intent.id);
  try {
    await inTransaction(pool, async (db) => {
      await db.query(keep, [signature, signed, lastValidBlockHeight, now(), cost]);
      const { rowCount } = await db.query(take, [ids, signature]);
      // Another process was quicker with one of them.
      if (rowCount !== ids.length) throw new DoubloonError('TRANSACTION_ABORTED', {});
      for (const { intent, opens, instructions } of bundle) if (opens !== undefined && instructions.length > 0) await db.query(noteOpened, [await userOf(db, intent), opens.mint, signature, now()]);
    });
    return true;
  } catch (error) {
    if (isDoubloonError(error, 'TRANSACTION_ABORTED') || (error as { code?: string }).code === '23505') return false;
    throw error;
  }
}

const user = 'select github_id from award_share where deposit = $1 and place = $2';
const userOf = async (db: { query: Relaying['pool']['query'] }, { deposit, share }: IntentRow): Promise<string> => (await db.query<{ github_id: string }>(user, [deposit, share])).rows[0]?.github_id ?? '0';

/** Whose token account may not be opened now, and why: a recipient who closes it gets its rent, so it is done once for each and in bounds. */
async function mayNotOpen({ pool, now, mostAccounts }: Relaying, openings: readonly Doable[]): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  if (openings.length === 0) return problems;
  const { rows: [today] } = await pool.query<{ count: number }>(openedToday, [now()]);
  let left = mostAccounts - (today?.count ?? 0);
  for (const { intent, opens } of openings) {
    const { rowCount } = await pool.query(opened, [await userOf(pool, intent), opens?.mint]);
    if ((rowCount ?? 0) > 0) problems.set(intent.id, 'The token account of who is to be paid was opened before and is gone: they have to open it themselves.');
    else if (left-- <= 0) problems.set(intent.id, 'The token accounts that the relayer may open in a day are opened.');
  }
  return problems;
}

/** The intent whose instruction failed; all when the error does not say. */
function whoFailed(bundle: readonly Doable[], error: unknown): string[] {
  const at = customErrorOf(error)?.instruction ?? indexIn(error);
  let place = budgetInstructions;
  for (const { intent, instructions } of bundle) {
    place += instructions.length;
    if (at !== undefined && at >= budgetInstructions && at < place) return [intent.id];
  }
  return bundle.map(({ intent }) => intent.id);
}

function indexIn(error: unknown): number | undefined {
  const pair = typeof error === 'object' && error !== null && 'InstructionError' in error ? error.InstructionError : undefined;
  return Array.isArray(pair) && typeof pair[0] === 'number' ? pair[0] : undefined;
}
