import * as domain from '@doubloon/domain';
import type { Bounty, OfferId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { checkSigned, depositAddress, parseAddress, reasonOf, refusal, signatureOf, signersOf, type Address, type Instruction } from '@doubloon/escrow';
import { tryOut } from '@doubloon/escrow/chain';
import { failpoint, lawIsOff } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { bountyIn, changeOffer, existingOffer } from '../offers/change-offer.ts';
import { fundingInstruction, fundingTerms } from './funding-instruction.ts';
import { type offerById, type OfferRow } from '../offers/offer-row.ts';
import { submissionView } from '../offers/offer-view.ts';
import type { Treasury } from '../treasury.ts';

interface Build {
  readonly wallet: Address;
  readonly instruction: Instruction;
  readonly deposit: Address;
  readonly deadline: Date;
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
}

// Wallets may put in a newer blockhash than ours, but a deadline that counts from yesterday is not what the page shows.
const oldestBuildMs = 3_600_000;
const newestBuilds = 'select wallet, deadline, blockhash, last_valid_block_height from funding_build where offer_id = $1 and wallet = any ($2) and built_at > $3 order by id desc limit 200';

const bySignature = 'select signature, wallet, state as submission_state, submitted_at, problem from submission where offer_id = $1 and signature = $2';

const insert = `
  insert into submission (signature, offer_id, wallet, deposit, deadline, transaction, last_valid_block_height, next_at, submitted_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`;

/**
 * Takes signed bytes. They are checked against what was handed out, then recorded together with the event that tells of
 * them, and only then does the sender see them; this works while the chain can't be reached. The same bytes again answer
 * what became of them. OFFER_ABSENT, OFFER_NOT_OPEN, TRANSACTION_REFUSED, BLOCKHASH_EXPIRED.
 */
export async function submitFunding(context: Treasury, { offerId, transaction }: { offerId: string; transaction: Uint8Array }): Promise<MessageInitShape<typeof treasury.SubmitFundingResponseSchema>> {
  const { pool, now, wake } = context;
  const known = await existingOffer(pool, offerId);
  const signature = signatureOf(transaction);
  const earlier = await recorded(pool, offerId, signature);
  if (earlier !== undefined) return earlier;

  const builds = await buildsOf(context, known, signersOf(transaction));
  const { build, blockhash } = checkSigned(transaction, { program: context.program, builds });
  const at = now();
  const submit = (bounty: Bounty) => domain.submitFunding(bounty, { offer: known.id as OfferId, signature, at });
  submit(bountyIn(known));
  const lastValid = blockhash === build.blockhash ? build.lastValidBlockHeight : undefined;
  const problem = await tried(context, { offerId, signature, transaction, lastValid });

  const details = { funder: build.wallet, deposit: build.deposit, deadline: build.deadline.toISOString() };
  // What the third law forbids: on its way before anything says so.
  if (lawIsOff('intent')) await context.chain.send(transaction).catch(() => undefined);
  failpoint('signature-checked');
  await inTransaction(pool, (db) => changeOffer(db, known, { details }, async (bounty) => {
    const events = submit(bounty);
    // The other click, or the other tab, may be what the chain stumbled over: then it has been answered already.
    if (events.length > 0 && problem !== undefined) throw problem;
    if (events.length > 0) await db.query(insert, [signature, offerId, build.wallet, build.deposit, build.deadline, transaction, lastValid ?? null, at]);
    return events;
  }));
  failpoint('signature-kept');
  wake.sender();
  return (await recorded(pool, offerId, signature)) ?? {};
}

async function recorded(db: Parameters<typeof offerById>[0], offerId: string, signature: string): Promise<MessageInitShape<typeof treasury.SubmitFundingResponseSchema> | undefined> {
  const { rows } = await db.query<Parameters<typeof submissionView>[0]>(bySignature, [offerId, signature]);
  const submission = rows[0] && submissionView(rows[0]);
  return submission && { submission };
}

async function buildsOf({ pool, program, operator, cluster, now }: Treasury, offer: OfferRow, wallets: readonly Address[]): Promise<Build[]> {
  const { rows } = await pool.query<{ wallet: string; deadline: Date; blockhash: string; last_valid_block_height: string }>(newestBuilds, [offer.id, wallets, new Date(now().getTime() - oldestBuildMs)]);
  return rows.map((row) => {
    const terms = fundingTerms({ program, operator, cluster }, offer, { wallet: parseAddress(row.wallet), deadline: BigInt(row.deadline.getTime() / 1000) });
    return {
      wallet: terms.funder, instruction: fundingInstruction(terms), deposit: depositAddress(terms).address, deadline: row.deadline,
      blockhash: row.blockhash, lastValidBlockHeight: BigInt(row.last_valid_block_height),
    };
  });
}

/** What the chain says it would do with it, so that a person hears at once what can't work. The sender finds out everything else. */
async function tried(context: Treasury, { offerId, signature, transaction, lastValid }: { offerId: string; signature: string; transaction: Uint8Array; lastValid: bigint | undefined }): Promise<DoubloonError | undefined> {
  const tried = await tryOut(context, { transaction, lastValid, unasked: (err) => { context.log.info({ err, offerId, signature }, 'the chain could not be asked about a signed transaction'); } });
  if (tried === undefined) return undefined;
  return 'expired' in tried ? new DoubloonError('BLOCKHASH_EXPIRED', { offerId }) : refusal('would-fail', reasonOf(tried.error));
}
