import { createHash } from 'node:crypto';
import { DoubloonError } from '@doubloon/errors';
import { checkSigned, parseAddress, parseTransaction, refusal, signersOf, type Address, type Expected } from '@doubloon/escrow';
import { tryOut } from '@doubloon/escrow/chain';
import { failpoint, lawIsOff } from '@doubloon/failpoints';
import type { identity, MessageInitShape } from '@doubloon/rpc';
import type { IdentityContext } from '../context.ts';
import { allow } from '../sessions/allowance.ts';
import { presentUser } from '../sessions/present.ts';
import { userOf, wouldFail } from './build-link.ts';
import { submissionColumns, submissionView, termsColumns, termsIn, termsValues, type SubmissionRow, type TermsRow } from './link-row.ts';
import { impossible, isAttested, stepInstruction, stepOf, type Step, type StepTerms } from './step.ts';

interface Build extends Expected {
  readonly terms: StepTerms;
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
}

// Wallets may put in a newer blockhash than ours, but whoever signs agrees to what they saw just now.
const oldestBuildMs = 3_600_000;
const builds = `select ${termsColumns}, blockhash, last_valid_block_height from link_build where step = $1 and github_id = $2 and wallet = any ($3) and built_at > $4 order by id desc limit 100`;
const byHash = `select ${submissionColumns} from link_submission where message_hash = $1 and github_id = $2`;
const insert = `
  insert into link_submission (message_hash, signature, ${termsColumns}, transaction, last_valid_block_height, next_at, submitted_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) on conflict do nothing`;

/**
 * Takes signed bytes. They are checked against what was handed out to this user, then recorded, and only then does anybody sign or send
 * them: this works while the chain can't be reached. The same bytes again answer what became of them. SESSION_ABSENT,
 * REQUEST_INVALID, TRANSACTION_REFUSED, BLOCKHASH_EXPIRED, LINK_STEP_IMPOSSIBLE, RATE_LIMITED, GITHUB_UNAVAILABLE.
 */
export async function submitLink(context: IdentityContext, request: { step: identity.LinkStep; session: string; githubId: string; transaction: Uint8Array; address: string }): Promise<MessageInitShape<typeof identity.SubmitLinkResponseSchema>> {
  const { pool, program, now, wake, log } = context;
  const step = stepOf(request.step);
  const user = await userOf(context, step, request);
  const { githubId } = user;
  const { transaction } = request;
  const signers = signersOf(transaction);
  const hash = createHash('sha256').update(parseTransaction(transaction).message).digest();
  const earlier = await recorded(context, hash, githubId);
  if (earlier !== undefined) return earlier;

  // Anybody can ask for what a wallet alone decides: that must not use up what its user may ask for.
  await allow(context, 'submit', { address: request.address, ...(isAttested(step) ? { githubId } : {}) });
  if (isAttested(step)) await presentUser(context, user);
  const handedOut = await buildsOf(context, step, githubId, signers);
  const attestor = attestorOf(handedOut, signers);
  const { build, signature, blockhash } = checkSigned(transaction, { program, builds: handedOut, attestor });
  const lastValid = blockhash === build.blockhash ? build.lastValidBlockHeight : undefined;
  const tried = await tryOut(context, { transaction, lastValid, unasked: (err) => { log.info({ err, githubId, signature }, 'the chain could not be asked about a signed transaction'); } });
  if (tried !== undefined) throw 'expired' in tried ? new DoubloonError('BLOCKHASH_EXPIRED', {}) : wouldFail(step, tried.error);

  failpoint('link-checked');
  // What the third law forbids: on its way before anything says so.
  if (lawIsOff('intent')) await context.chain.send(transaction).catch(() => undefined);
  await pool.query(insert, [hash, signature, ...termsValues(githubId, build.terms), transaction, lastValid ?? null, now()]);
  failpoint('link-kept');
  const kept = await recorded(context, hash, githubId);
  if (kept === undefined) throw impossible(step, 'another transaction of yours is still on its way: wait until it has landed or no longer can');
  log.info({ githubId, signature, step }, 'signed transaction of a link taken');
  wake.sender();
  return kept;
}

async function recorded({ pool }: IdentityContext, hash: Buffer, githubId: string): Promise<MessageInitShape<typeof identity.SubmitLinkResponseSchema> | undefined> {
  const { rows: [row] } = await pool.query<SubmissionRow>(byHash, [hash, githubId]);
  return row && { submission: submissionView(row) };
}

async function buildsOf({ pool, program, operator, now }: IdentityContext, step: Step, githubId: string, wallets: readonly Address[]): Promise<Build[]> {
  const { rows } = await pool.query<TermsRow & { blockhash: string; last_valid_block_height: string }>(builds, [step, githubId, wallets, new Date(now().getTime() - oldestBuildMs)]);
  return rows.map((row) => {
    const terms = termsIn(row);
    return { wallet: parseAddress(row.wallet), terms, instruction: stepInstruction({ program, operator, githubId }, terms), blockhash: row.blockhash, lastValidBlockHeight: BigInt(row.last_valid_block_height) };
  });
}

/** Whose signature is to be added. All that names it is checked before, so it is taken from what we handed out. */
function attestorOf(handedOut: readonly Build[], signers: readonly Address[]): Address | undefined {
  const attestors = handedOut.flatMap(({ terms }) => terms.attestation?.attestor ?? []);
  const named = signers.filter((address) => attestors.includes(address));
  // While a key takes over, two may have been handed out: a transaction names one.
  if (named.length > 1) throw refusal('attestor-elsewhere');
  return named[0];
}
