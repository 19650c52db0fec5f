import { z } from 'zod';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import type { identity } from '@doubloon/rpc';
import type { Place } from '../github/texts.ts';
import { actions, type Action, type Deed } from './facts.ts';

/** A deed, and the issue that it is said to be about. */
export type DeedPlace = Pick<Deed, 'kind' | 'id'> & Pick<Place, 'repositoryId' | 'issueId' | 'issueNumber'>;

/** A request that can be decided about. */
export interface Asking {
  readonly action: Action;
  readonly repositoryId: GitHubId;
  readonly issueId: GitHubId | undefined;
  readonly place: Place | undefined;
  readonly deed: DeedPlace | undefined;
  readonly actorId: GitHubId | undefined;
  readonly money: { readonly denom: string; readonly amount: bigint } | undefined;
  readonly awardees: readonly { readonly id: GitHubId; readonly bps: number }[];
  /** Whoever asks takes an answer that leaves out some of the stakes. */
  readonly inPart: boolean;
  readonly stakes: readonly { readonly deposit: string; readonly funder: string; readonly repositoryId: GitHubId; readonly isAgreed: boolean; readonly fundedAt: Date }[];
}

const githubId = z.string().transform((text, context): GitHubId => {
  const id = parseGitHubId(text);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'is no id of GitHub' });
  return z.NEVER;
});
const orNone = <T>(schema: z.ZodType<T, string>) => z.union([z.literal('').transform(() => undefined), schema]);
const address = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'is no address');
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'is no instant').transform((text) => new Date(text));

/** More than the treasury tells of one bounty. Each repository among them is a question to GitHub, and issues do not move often. */
const [mostStakes, mostRepositories] = [2_000, 20];

const form = z.object({
  action: z.enum(actions, 'is no action'),
  repositoryId: githubId,
  issueId: orNone(githubId),
  issueNumber: z.number().int().min(0).max(2 ** 31 - 1),
  sourceKind: z.enum(['', 'issue', 'issue-comment', 'review', 'review-comment', 'pull-request', 'closing'], 'is no kind of source'),
  sourceId: orNone(githubId),
  actorId: orNone(githubId),
  money: z.object({ denom: z.string().max(20), amount: z.string().regex(/^[1-9][0-9]{0,19}$/, 'is no number of base units').transform(BigInt) }).optional(),
  awardeeIds: z.array(githubId).max(8),
  awardeeBps: z.array(z.number().int().min(1).max(10_000)),
  inPart: z.boolean(),
  stakes: z.array(z.object({ deposit: address, funder: address, repositoryId: githubId, fundedAt: instant, funderAwarded: z.boolean() })).max(mostStakes),
});

const actionOfDeed: Readonly<Partial<Record<string, Action>>> = { 'pull-request': 'award', 'closing': 'cancel' };

const invalid = (problem: string): DoubloonError => new DoubloonError('REQUEST_INVALID', { problem });

/** Reads what the other side sent. REQUEST_INVALID. */
export function readAsking(request: identity.AuthorizeRequest): Asking {
  const read = form.safeParse(request);
  if (!read.success) throw invalid(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '));
  const { action, repositoryId, issueId, issueNumber, sourceKind, sourceId, actorId, money, awardeeIds, awardeeBps, inPart, stakes } = read.data;
  if ((sourceKind === '') !== (sourceId === undefined)) throw invalid('sourceKind and sourceId stand for one source together');
  if (sourceKind !== '' && (issueId === undefined || issueNumber === 0)) throw invalid('issueId and issueNumber name the issue of a source');
  if ((actionOfDeed[sourceKind] ?? action) !== action) throw invalid('sourceKind is for another action');
  if (action === 'offer' && money === undefined) throw invalid('money is what is offered');
  if (awardeeIds.length !== awardeeBps.length) throw invalid('awardeeBps are the shares of awardeeIds');
  if (new Set(stakes.map(({ repositoryId: of }) => of)).size > mostRepositories) throw invalid(`stakes are of more than ${String(mostRepositories)} repositories`);
  const isOfDeed = sourceKind === 'pull-request' || sourceKind === 'closing';
  return {
    action, repositoryId, issueId, actorId, money, inPart,
    place: isOfDeed || sourceKind === '' || sourceId === undefined || issueId === undefined ? undefined : { repositoryId, issueId, issueNumber, kind: sourceKind, id: sourceId },
    deed: isOfDeed && sourceId !== undefined && issueId !== undefined ? { repositoryId, issueId, issueNumber, kind: sourceKind, id: sourceId } : undefined,
    awardees: awardeeIds.map((id, at) => ({ id, bps: awardeeBps[at] ?? 0 })),
    stakes: stakes.map(({ deposit, funder, repositoryId: at, fundedAt, funderAwarded }) => ({ deposit, funder, repositoryId: at, isAgreed: funderAwarded, fundedAt })),
  };
}
