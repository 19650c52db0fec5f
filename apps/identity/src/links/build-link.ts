import { DoubloonError } from '@doubloon/errors';
import { compileTransaction, customErrorOf, identityLayout, lackingLamports, memo, parseWallet, programErrorOf, reasonOf, refusal, rentReserve, setComputeUnitLimit, setComputeUnitPrice, systemProgram, terms as programTerms, type Address } from '@doubloon/escrow';
import { checkNode, networkFee, priorityPrice, roomForGuards, simulationLimit } from '@doubloon/escrow/chain';
import type { identity, MessageInitShape } from '@doubloon/rpc';
import type { IdentityContext } from '../context.ts';
import { isGitHubId, knownPerson, type GitHubUser } from '../person.ts';
import { allow } from '../sessions/allowance.ts';
import { presentUser } from '../sessions/present.ts';
import { sessionOf } from '../sessions/session.ts';
import { accountOf, identityIn, instant, operatorIn } from './account.ts';
import { termsColumns, termsValues } from './link-row.ts';
import { planStep } from './plan.ts';
import { impossible, isAttested, stepInstruction, stepNumber, stepOf, type Step, type StepTerms } from './step.ts';

const insertBuild = `insert into link_build (${termsColumns}, blockhash, last_valid_block_height, built_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Who a step is for: the user of the session where somebody vouches for them. SESSION_ABSENT, REQUEST_INVALID. */
export async function userOf(context: IdentityContext, step: Step, { session, githubId }: { session: string; githubId: string }): Promise<GitHubUser> {
  if (isAttested(step)) return sessionOf(context, session);
  if (!isGitHubId(githubId)) throw new DoubloonError('REQUEST_INVALID', { problem: 'github_id is not a numeric id of GitHub' });
  return { githubId, login: (await knownPerson(context.pool, githubId))?.login ?? '' };
}

/**
 * The transaction of a step, unsigned, and what it means; recorded before it is handed out. SESSION_ABSENT, REQUEST_INVALID, WALLET_INVALID,
 * LINK_STEP_IMPOSSIBLE, BALANCE_TOO_SMALL, TRANSACTION_REFUSED when it would fail for another reason, RATE_LIMITED, GITHUB_UNAVAILABLE, CHAIN_UNAVAILABLE, GENESIS_MISMATCH.
 */
export async function buildLink(context: IdentityContext, request: { step: identity.LinkStep; session: string; githubId: string; wallet: string; address: string }): Promise<MessageInitShape<typeof identity.BuildLinkResponseSchema>> {
  const { pool, chain, facts, program, operator, attestors, now } = context;
  const step = stepOf(request.step);
  const known = await userOf(context, step, request);
  const { githubId } = known;
  await allow(context, 'build', { address: request.address, ...(isAttested(step) ? { githubId } : {}) });
  const user = isAttested(step) ? await presentUser(context, known) : known;
  const wallet = parseWallet(request.wallet);
  const deployed = facts.current();

  const account = accountOf(context, githubId);
  const [time, { blockhash, lastValidBlockHeight }, price, minimum, empty, [found, operatorAccount, ownAccount]] = await Promise.all([
    chain.time(), chain.latestBlockhash(), priorityPrice(chain, [wallet, account]), chain.minimumBalance(identityLayout.size), chain.minimumBalance(0), chain.accounts([account, operator, wallet], 'confirmed'),
  ]);
  // On another chain the same signatures could say other things.
  await checkNode(context);
  if (ownAccount !== undefined && ownAccount.owner !== systemProgram) throw new DoubloonError('WALLET_INVALID', { wallet, problem: 'it belongs to a program' });
  const terms = planStep({ step, wallet, identity: identityIn(found, context, githubId), operator: operatorIn(operatorAccount, context), time, attestors });

  const compile = (limit: number) => compileTransaction({
    payer: terms.wallet, blockhash,
    instructions: [setComputeUnitLimit(limit), setComputeUnitPrice(price), stepInstruction({ program, operator, githubId }, terms), memo(memoOf(step, user))],
  });
  const rent = step === 'link' && found?.owner !== program ? rentReserve(identityLayout.size, minimum) : 0n;
  const signatures = isAttested(step) || step === 'settle-change' ? 2 : 1;
  const payer = terms.wallet === wallet ? ownAccount : await chain.account(terms.wallet, 'confirmed');
  const lacking = lackingLamports({ balance: payer?.lamports ?? 0n, empty, total: rent + networkFee({ price, limit: simulationLimit, signatures }) });
  if (lacking.length > 0) throw new DoubloonError('BALANCE_TOO_SMALL', { wallet: terms.wallet, lacking });
  const { error, unitsConsumed } = await chain.simulate(compile(simulationLimit));
  if (error !== undefined) throw wouldFail(step, error);

  const limit = Math.ceil(Number(unitsConsumed) * 1.2) + roomForGuards;
  await pool.query(insertBuild, [...termsValues(githubId, terms), blockhash, lastValidBlockHeight, now()]);
  return {
    transaction: compile(limit),
    terms: shownTerms(context, { user, terms, account, networkFee: networkFee({ price, limit, signatures }), rent, deployed }),
    lastValidBlockHeight: String(lastValidBlockHeight),
  };
}

/** What our program says no to is the step; everything else is the transaction. */
export function wouldFail(step: Step, error: unknown): DoubloonError {
  const custom = customErrorOf(error);
  if (custom === undefined || programErrorOf(custom.number) === undefined) return refusal('would-fail', reasonOf(error));
  const { message } = reasonOf(error);
  return impossible(step, `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`, error);
}

const did: Readonly<Record<Step, string>> = {
  'link': 'link this wallet to', 'change': 'ask for this wallet as that of', 'cancel-change': 'object to another wallet for', 'settle-change': 'agree to the other wallet of', 'unlink': 'end the link to',
};
const memoOf = (step: Step, { githubId, login }: GitHubUser): string => `Doubloon: ${did[step]} GitHub user ${login === '' ? '' : `${login} `}(id ${githubId})`;

function shownTerms({ cluster, program, operator }: IdentityContext, { user, terms, account, networkFee: fee, rent, deployed }: {
  user: GitHubUser; terms: StepTerms; account: Address; networkFee: bigint; rent: bigint; deployed: ReturnType<IdentityContext['facts']['current']>;
}): MessageInitShape<typeof identity.LinkTermsSchema> {
  const { step, wallet, otherWallet, attestation } = terms;
  return {
    step: stepNumber(step), person: { githubId: user.githubId, login: user.login }, wallet, otherWallet: otherWallet ?? '', account, cluster,
    program: { address: program, upgradeAuthority: deployed.upgradeAuthority ?? '', sha256: deployed.sha256 },
    operator, attestor: attestation?.attestor ?? '', expiresAt: attestation === undefined ? '' : instant(attestation.expiry).toISOString(),
    coolDownSeconds: Number(programTerms.coolDownSeconds), networkFee: String(fee), rent: String(rent),
  };
}
