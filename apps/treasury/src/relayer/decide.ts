import { z } from 'zod';
import { parseGitHubId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { IdentityClient, MessageInitShape, treasury } from '@doubloon/rpc';
import { lockBounty } from '../offers/bounty-lock.ts';
import { depositsOfBounty, type DepositRow } from '../deposits/deposit-row.ts';
import type { Treasury } from '../treasury.ts';
import { decisionBySource } from './decision-view.ts';
import type { Share } from './split.ts';
import { untouched, type DecisionAction } from './touchable.ts';
import { soonAwarded, stopAwards } from './veto-before-award.ts';

/** What deciding needs beside the treasury: who may, and somebody to carry it out. */
export type Deciding = Pick<Treasury, 'pool' | 'facts' | 'log' | 'now'> & {
  readonly identity: Pick<IdentityClient, 'authorize'>;
  readonly wake: { relayer(): void };
};

const id = z.string().refine((text) => parseGitHubId(text) !== undefined, 'is no id of GitHub');
const sourceSchema = z.object({
  repositoryId: id, issueId: id, issueNumber: z.number().int().min(1).max(2 ** 31 - 1),
  sourceKind: z.enum(['issue', 'issue-comment', 'review', 'review-comment', 'pull-request', 'closing']), sourceId: id,
});
type Source = z.output<typeof sourceSchema>;
type Answer = { decision: MessageInitShape<typeof treasury.DecisionSchema>; untouched: { deposit: string; reason: string }[] };

const insert = `
  insert into decision (action, source_kind, source_id, repository_id, issue_id, actor_id, actor_login, authorized_by, decided_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id`;
const intend = `
  insert into relayer_intent (action, decision, deposit, created_slot, sequence, shares, state, problem, next_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`;

/**
 * Writes down what a comment decided, for exactly the deposits that it touches now, as they were last seen: what comes later,
 * or changes first, needs another decision. Only a veto is also about awards that are still on their way: it stops those that
 * are not signed, and waits for the others. The same comment again answers what became of it, whatever stands in it by then.
 * Whoever may is asked before anything is kept, and nothing is when nobody answers; where it is not theirs, the intent has failed from the beginning.
 * REQUEST_INVALID, NOTHING_TO_DECIDE, NOT_AUTHORIZED, SERVICE_UNAVAILABLE and its siblings.
 */
export async function decide(context: Deciding, action: DecisionAction, request: treasury.DecisionSource | undefined, shares: readonly Share[] = []): Promise<Answer> {
  const { pool, facts, log, now, wake } = context;
  const source = readSource(request);
  const time = facts.current().time();
  const rows = await depositsOfBounty(pool, source);
  const soon = action === 'veto' ? await soonAwarded(pool, rows.map(({ address }) => address), now()) : new Set();
  const judged = rows.map((row) => ({ row, reason: untouched(action, row, { time, shares, soonAwarded: soon.has(row.address) }) }));
  const touched = judged.flatMap(({ row, reason }) => (reason === undefined ? [row] : []));
  const others = judged.flatMap(({ row, reason }) => (reason === undefined ? [] : [{ deposit: row.address, reason }]));
  const earlier = await decisionBySource(pool, action, source);
  if (earlier !== undefined) return { decision: earlier, untouched: others.filter(({ deposit }) => !(earlier.intents ?? []).some((intent) => intent.deposit === deposit)) };
  if (touched.length === 0) throw new DoubloonError('NOTHING_TO_DECIDE', { reason: others.length === 0 ? 'there is no money on this issue' : [...new Set(others.map(({ reason }) => reason.replace(/\.$/, '')))].join('; ') });

  const { actor, decisionId, leftOut } = await authorize(context, action, { source, shares, touched, inPart: true });
  failpoint('decision-allowed');
  await inTransaction(pool, async (db) => {
    await lockBounty(db, source);
    const at = now();
    const { rows: [kept] } = await db.query<{ id: string }>(insert, [action, source.sourceKind, source.sourceId, source.repositoryId, source.issueId, actor.githubId, actor.login, decisionId, at]);
    // The same comment, delivered twice at once.
    if (kept === undefined) return;
    for (const row of touched) {
      const problem = leftOut.get(row.address);
      const isAhead = problem === undefined && action === 'veto' && row.state === 'held';
      if (isAhead) await stopAwards(db, row);
      // An award counts the account's sequence up by one.
      const sequence = BigInt(row.sequence) + (isAhead ? 1n : 0n);
      await db.query(intend, [action, kept.id, row.address, row.created_slot, sequence, action === 'award' ? JSON.stringify(shares) : null, problem === undefined ? 'waiting' : 'failed', problem ?? null, at]);
    }
  });
  failpoint('decision-kept');
  wake.relayer();
  log.info({ action, source, actor: actor.githubId, deposits: touched.map(({ address }) => address) }, 'decided');
  return { decision: (await decisionBySource(pool, action, source)) ?? {}, untouched: others };
}

/** Answers who acts, and, only where that was asked for (`inPart`), for which of the deposits they may not, and why. NOT_AUTHORIZED with the reason; an answer without an actor or a record is none. */
export async function authorize({ identity }: Pick<Deciding, 'identity'>, action: DecisionAction, { source, actorId = '', funderAwarded = false, shares, touched, inPart = false }: { source: Omit<Source, 'sourceKind' | 'sourceId'> & Partial<Source>; actorId?: string; funderAwarded?: boolean; shares: readonly Share[]; touched: readonly DepositRow[]; inPart?: boolean }): Promise<{ actor: { githubId: string; login: string }; decisionId: string; leftOut: ReadonlyMap<string, string> }> {
  const { allowed, reason, reasonCode, actor, decisionId, leftOut } = await identity.authorize({
    action, sourceKind: source.sourceKind ?? '', sourceId: source.sourceId ?? '', repositoryId: source.repositoryId, issueId: source.issueId, issueNumber: source.issueNumber, actorId,
    inPart, awardeeIds: shares.map(({ githubId }) => githubId), awardeeBps: shares.map(({ bps }) => bps),
    stakes: touched.map((row) => ({ deposit: row.address, funder: row.funder, repositoryId: row.repository_id, withRelayer: row.with_relayer, approver: row.approver ?? '', fundedAt: row.seen_at.toISOString(), funderAwarded })),
  });
  if (!allowed) throw new DoubloonError('NOT_AUTHORIZED', { sentence: reason, reason: reasonCode });
  if (actor === undefined || parseGitHubId(actor.githubId) === undefined || decisionId === '') throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'identity' });
  return { actor, decisionId, leftOut: new Map(leftOut.map(({ deposit, reason: why }) => [deposit, why])) };
}

function readSource(request: treasury.DecisionSource | undefined): Source {
  const checked = sourceSchema.safeParse(request);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new DoubloonError('REQUEST_INVALID', { problem: `${issue?.path.join('.') ?? 'it'} ${issue?.message ?? ''}` });
}
